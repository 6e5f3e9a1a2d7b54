//! Trust marks: what an accredited issuer attests of an entity (OpenID Federation 1.0, sections 7.1 and 7.3).
//!
//! Not the way to the issuer's keys: an issuer that is not the anchor itself is trusted by a chain of its own
//! to the same anchor, and whoever asks resolves it, between [`MarkDraft::read`] and [`MarkDraft::verify`].
//! Everything that needs no signature is checked before, so that a mark that cannot be good sets off nothing.

#[cfg(test)]
pub(in crate::federation) mod tests;

use std::time::Duration;

use serde_json::{Map, Value};

use super::delegation::{self, Owner};
use super::{Dialect, EntityId, Reader};
use crate::crypto::jwk::{PublicKeys, SetFault, SignatureAlgorithm};
use crate::crypto::jws::{Claims, Compact, Expected, JwsFault};
use crate::effects::Timestamp;

/// How far other clocks may be ahead.
pub(super) const SKEW: Duration = Duration::from_secs(60);
/// Octets of the longest mark.
const LONGEST: usize = 64 * 1024;
/// Where the type of a mark stands, in the order in which it is looked for.
const TYPE_NAMES: [&str; 3] = ["trust_mark_type", "id", "trust_mark_id"];

/// Why a mark attests nothing. The texts hold nothing of it but names of claims.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MarkFault {
    /// The entry in `trust_marks` has no mark or no type, or says two.
    #[error("its entry has no trust_mark or no single type")]
    Entry,
    /// Not the token that it must be, or not signed by who it says.
    #[error(transparent)]
    Token(#[from] JwsFault),
    /// A claim is missing or malformed.
    #[error("the claim {0:?} is missing or malformed")]
    Claim(&'static str),
    /// It is of another type than its entry says, or than the role needs.
    #[error("it is of another type")]
    Type,
    /// It was issued to another entity.
    #[error("it is about another entity")]
    Subject,
    /// The anchor does not accept this issuer for the type.
    #[error("the anchor does not let its issuer issue this type")]
    Issuer,
    /// The type has an owner, and the issuer shows no delegation.
    #[error("the owner of the type has delegated nothing")]
    Undelegated,
    /// It shows a delegation for a type that has no owner here.
    #[error("it shows a delegation, and the anchor names no owner of the type")]
    Ownerless,
    /// The owner's keys in the anchor's configuration are no good.
    #[error("the keys of the type's owner: {0}")]
    OwnerKeys(#[source] SetFault),
    /// The delegation is not from the owner, to the issuer, for the type.
    #[error("the delegation is by, to or for another")]
    Delegation,
    /// The delegation is not the token that it must be.
    #[error("the delegation: {0}")]
    DelegationToken(#[source] JwsFault),
}

/// What the anchor's configuration says about marks (section 3.1.2): that of no other entity counts.
#[derive(Clone, Copy, Debug)]
pub struct MarkRules<'a> {
    anchor: &'a EntityId,
    claims: &'a Map<String, Value>,
    dialect: Dialect,
}

impl<'a> MarkRules<'a> {
    /// From the verified configuration of the anchor.
    #[must_use]
    pub const fn new(
        anchor: &'a EntityId,
        claims: &'a Map<String, Value>,
        dialect: Dialect,
    ) -> Self {
        Self { anchor, claims, dialect }
    }

    /// Whether `issuer` may issue marks of `kind`. A type that is not listed, or with an empty list, is the
    /// anchor's own: the specification lets anybody issue the latter, which is no requirement at all.
    fn allows(&self, issuer: &EntityId, kind: &str) -> bool {
        let old = (self.dialect == Dialect::It2023).then_some("trust_marks_issuers");
        let listed = ["trust_mark_issuers"]
            .into_iter()
            .chain(old)
            .find_map(|name| self.claims.get(name))
            .and_then(|types| types.get(kind)?.as_array())
            .filter(|issuers| !issuers.is_empty());
        match listed {
            Some(issuers) => issuers.iter().any(|one| one.as_str() == Some(issuer.as_str())),
            None => issuer == self.anchor,
        }
    }

    /// The owner of `kind`, if it has one.
    fn owner(&self, kind: &str) -> Result<Option<Owner>, MarkFault> {
        match self.claims.get("trust_mark_owners").and_then(|owners| owners.get(kind)) {
            None => Ok(None),
            Some(owner) => Owner::read(owner).map(Some),
        }
    }
}

/// A mark that was read, of which everything is right but what its signature must prove.
#[derive(Debug)]
pub struct MarkDraft<'t> {
    token: &'t str,
    compact: Compact<'t>,
    kind: &'t str,
    issuer: EntityId,
}

impl<'t> MarkDraft<'t> {
    /// The type of mark that an entry of `trust_marks` says to hold.
    #[must_use]
    pub fn type_of(entry: &'t Value, dialect: Dialect) -> Option<&'t str> {
        type_in(entry.as_object()?, dialect)
    }

    /// Reads an entry of the `trust_marks` of `subject`, which needs a mark of type `kind`.
    ///
    /// # Errors
    /// [`MarkFault`].
    pub fn read(
        entry: &'t Value,
        kind: &str,
        subject: &EntityId,
        rules: &MarkRules<'_>,
        reader: &Reader,
    ) -> Result<Self, MarkFault> {
        let entry = entry.as_object().ok_or(MarkFault::Entry)?;
        let told = type_in(entry, rules.dialect).ok_or(MarkFault::Entry)?;
        let token = entry.get("trust_mark").and_then(Value::as_str).ok_or(MarkFault::Entry)?;
        if told != kind {
            return Err(MarkFault::Type);
        }
        let expected = Expected {
            longest: LONGEST,
            types: &["trust-mark+jwt"],
            untyped: rules.dialect == Dialect::It2023,
        };
        let compact = Compact::read(token, &expected)?;
        named_and_in_time(&compact, reader)?;
        let claims = compact.unproven();
        if type_in(claims.members(), rules.dialect) != Some(kind) {
            return Err(MarkFault::Type);
        }
        if claims.subject() != Some(subject.as_str()) {
            return Err(MarkFault::Subject);
        }
        let issuer = entity(claims.issuer(), "iss", reader)?;
        if !rules.allows(&issuer, kind) {
            return Err(MarkFault::Issuer);
        }
        match (claims.members().get("delegation"), rules.owner(kind)?) {
            (None, None) => {}
            (None, Some(_)) => return Err(MarkFault::Undelegated),
            (Some(_), None) => return Err(MarkFault::Ownerless),
            (Some(delegation), Some(owner)) => {
                let token = delegation.as_str().ok_or(MarkFault::Claim("delegation"))?;
                delegation::verify(token, &owner, &issuer, kind, reader)?;
            }
        }
        Ok(Self { token, compact, kind: told, issuer })
    }

    /// Whose federation keys must verify it: the anchor's own, or those of an entity whose chain leads to the
    /// same anchor. Never the keys that the issuer states of itself.
    #[must_use]
    pub const fn issuer(&self) -> &EntityId {
        &self.issuer
    }

    /// Verifies it with the federation keys of its issuer.
    ///
    /// # Errors
    /// [`MarkFault::Token`].
    pub fn verify(self, keys: &PublicKeys) -> Result<TrustMark, MarkFault> {
        let claims = self.compact.verify_stated(keys, &SignatureAlgorithm::ALL)?.into_claims();
        Ok(TrustMark {
            token: self.token.to_owned(),
            kind: self.kind.to_owned(),
            issuer: self.issuer,
            claims,
        })
    }
}

/// A valid mark. Only [`MarkDraft::verify`] makes one. Whether it was revoked since, its issuer alone knows
/// ([`super::MarkStatus`]).
#[derive(Clone, Debug)]
pub struct TrustMark {
    token: String,
    kind: String,
    issuer: EntityId,
    claims: Claims,
}

impl TrustMark {
    /// The token itself.
    #[must_use]
    pub fn token(&self) -> &str {
        &self.token
    }

    /// Its type.
    #[must_use]
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// Who issued it.
    #[must_use]
    pub const fn issuer(&self) -> &EntityId {
        &self.issuer
    }

    /// To whom, as the mark says it.
    #[must_use]
    pub fn subject(&self) -> &str {
        self.claims.subject().unwrap_or_default()
    }

    /// When it ends; one that does not end is good only as long as its issuer says so when asked.
    #[must_use]
    pub fn expires(&self) -> Option<Timestamp> {
        self.claims.expires()
    }

    /// All that it says.
    #[must_use]
    pub const fn claims(&self) -> &Map<String, Value> {
        self.claims.members()
    }
}

/// The type that the members say, if they say one. The older dialect has three names for it, and where
/// several stand they say the same.
fn type_in(members: &Map<String, Value>, dialect: Dialect) -> Option<&str> {
    let names = match dialect {
        Dialect::It2023 => TYPE_NAMES.as_slice(),
        Dialect::Fed10Final => TYPE_NAMES.get(..1)?,
    };
    let mut told = names.iter().filter_map(|name| members.get(*name)).map(Value::as_str);
    let first = told.next()??;
    told.all(|other| other == Some(first)).then_some(first).filter(|kind| !kind.is_empty())
}

/// That a token names its key, says when it was made, is in its time, and states an algorithm of the dialect.
pub(super) fn named_and_in_time(compact: &Compact<'_>, reader: &Reader) -> Result<(), JwsFault> {
    let claims = compact.unproven();
    if compact.kid().is_none() {
        return Err(JwsFault::Header("kid"));
    }
    if claims.issued().is_none() {
        return Err(JwsFault::Claim("iat"));
    }
    compact.states(reader.dialect.signatures())?;
    claims.in_time(reader.now, SKEW)
}

/// The name of an entity in a claim.
pub(super) fn entity(
    text: Option<&str>,
    claim: &'static str,
    reader: &Reader,
) -> Result<EntityId, MarkFault> {
    text.and_then(|text| EntityId::parse(text, reader.development).ok())
        .ok_or(MarkFault::Claim(claim))
}
