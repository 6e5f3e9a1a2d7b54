//! A statement that was read and that nobody has verified: every check that needs no signature.
//!
//! Not a witness: it is turned into one by its signature alone.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value};

use super::{EntityConfiguration, LONGEST, Reader, Statement};
use crate::crypto::jwk::{PublicKeys, SignatureAlgorithm};
use crate::crypto::jws::{Audience, Compact, Expected, JwsFault};
use crate::effects::Timestamp;
use crate::federation::constraints::Constraints;
use crate::federation::{Dialect, EntityId, Flaw};

/// How far other clocks may be ahead.
const SKEW: Duration = Duration::from_secs(60);
/// Longest time that a statement may have left: five years, as OpenID's own tests have it.
const LONGEST_LIFE: Duration = Duration::from_secs(5 * 366 * 24 * 3600);
/// Superiors, policies and marks in one statement: more are a trial.
const MOST_LISTED: usize = 4096;

const EXPECTED: Expected =
    Expected { longest: LONGEST, types: &["entity-statement+jwt"], untyped: false };

/// Whose configuration it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::federation) enum Whose {
    /// An entity's.
    Entity,
    /// That of an entity which sends it to a provider, to be registered: it says in `aud` to whom, and no
    /// other statement does (section 12.2.1).
    Registering,
    /// An anchor's.
    Anchor,
}

/// What is read of a statement before its signature is looked at.
pub(in crate::federation) struct Draft<'t> {
    token: &'t str,
    compact: Compact<'t>,
    issuer: EntityId,
    subject: EntityId,
    issued: Timestamp,
    expires: Timestamp,
    keys: PublicKeys,
    hints: Vec<EntityId>,
}

impl<'t> Draft<'t> {
    /// A configuration of `asked`. That of an anchor may be without superiors.
    pub(in crate::federation) fn configuration(
        token: &'t str,
        asked: &EntityId,
        reader: &Reader,
        whose: Whose,
    ) -> Result<Self, Flaw> {
        let anchor = whose == Whose::Anchor;
        let mut draft = Self::read(token, reader)?;
        if whose != Whose::Registering {
            draft.addressed_to_nobody(reader)?;
        }
        draft.about(asked, asked)?;
        let claims = draft.claims();
        let own_limits = anchor && reader.dialect == Dialect::It2023;
        absent(claims, &["metadata_policy", "metadata_policy_crit", "source_endpoint"])?;
        if own_limits {
            Constraints::read(claims.get("constraints"), reader.dialect)?;
        } else {
            absent(claims, &["constraints"])?;
        }
        let hints = match claims.get("authority_hints") {
            None if anchor => Vec::new(),
            None => return Err(Flaw::Claim("authority_hints")),
            Some(listed) => names(listed, "authority_hints", reader)?,
        };
        // A claim of the anchor's may be there for nothing in an ordinary configuration, but not as anything.
        for name in ["trust_mark_issuers", "trust_mark_owners"] {
            typed(claims, name, Value::is_object)?;
        }
        draft.hints = hints;
        Ok(draft)
    }

    /// A statement of a superior, whoever that is.
    pub(in crate::federation) fn subordinate(
        token: &'t str,
        reader: &Reader,
    ) -> Result<Self, Flaw> {
        let draft = Self::read(token, reader)?;
        draft.addressed_to_nobody(reader)?;
        if draft.issuer == draft.subject {
            return Err(Flaw::Issuer);
        }
        let claims = draft.claims();
        if reader.dialect == Dialect::Fed10Final {
            absent(claims, &["authority_hints", "trust_anchor_hints", "trust_marks"])?;
            absent(claims, &["trust_mark_issuers", "trust_mark_owners"])?;
        }
        typed(claims, "metadata_policy", |policy| {
            policy.as_object().is_some_and(|types| types.values().all(Value::is_object))
        })?;
        typed(claims, "metadata_policy_crit", |critical| {
            critical.as_array().is_some_and(|names| {
                !names.is_empty()
                    && names.len() <= MOST_LISTED
                    && names.iter().all(Value::is_string)
            })
        })?;
        Constraints::read(claims.get("constraints"), reader.dialect)?;
        Ok(draft)
    }

    fn read(token: &'t str, reader: &Reader) -> Result<Self, Flaw> {
        let compact = Compact::read(token, &EXPECTED)?;
        if compact.kid().is_none() {
            return Err(JwsFault::Header("kid").into());
        }
        compact.states(reader.dialect.signatures())?;
        let claims = compact.unproven();
        let name = |text: Option<&str>, claim| {
            let text = text.ok_or(Flaw::Claim(claim))?;
            EntityId::parse(text, reader.development).map_err(|_| Flaw::Claim(claim))
        };
        let (issuer, subject) = (name(claims.issuer(), "iss")?, name(claims.subject(), "sub")?);
        let issued = claims.issued().ok_or(Flaw::Claim("iat"))?;
        let expires = claims.expires().ok_or(Flaw::Claim("exp"))?;
        claims.in_time(reader.now, SKEW)?;
        if expires <= issued || expires > reader.now.plus(LONGEST_LIFE) {
            return Err(Flaw::Lifetime);
        }
        let members = claims.members();
        if members.contains_key("crit") {
            return Err(Flaw::Critical);
        }
        if reader.dialect == Dialect::Fed10Final {
            // It belongs to the answer to an explicit registration alone.
            absent(members, &["trust_anchor"])?;
        }
        let metadata = |metadata: &Value| {
            let Some(types) = metadata.as_object() else { return false };
            types.values().all(Value::is_object) && !holds_null(metadata)
        };
        typed(members, "metadata", metadata)?;
        typed(members, "trust_marks", |marks| {
            marks.as_array().is_some_and(|marks| {
                marks.len() <= MOST_LISTED && marks.iter().all(Value::is_object)
            })
        })?;
        let keys = keys(members)?;
        let hints = Vec::new();
        Ok(Self { token, compact, issuer, subject, issued, expires, keys, hints })
    }

    /// That it is a statement for everybody.
    fn addressed_to_nobody(&self, reader: &Reader) -> Result<(), Flaw> {
        match reader.dialect {
            Dialect::Fed10Final => absent(self.claims(), &["aud"]),
            Dialect::It2023 => Ok(()),
        }
    }

    /// When it was made.
    pub(in crate::federation) const fn issued(&self) -> Timestamp {
        self.issued
    }

    /// That it is for `receiver` and nobody else.
    pub(in crate::federation) fn addressed_to(&self, receiver: &EntityId) -> Result<(), Flaw> {
        let audience = self.compact.unproven().audience().and_then(Audience::only);
        if audience == Some(receiver.as_str()) { Ok(()) } else { Err(Flaw::Audience) }
    }

    pub(in crate::federation) const fn issuer(&self) -> &EntityId {
        &self.issuer
    }

    pub(in crate::federation) const fn subject(&self) -> &EntityId {
        &self.subject
    }

    /// Superiors that a configuration names.
    pub(in crate::federation) fn hints(&self) -> &[EntityId] {
        &self.hints
    }

    /// What it says, proven by nobody.
    pub(in crate::federation) const fn claims(&self) -> &Map<String, Value> {
        self.compact.unproven().members()
    }

    /// That `issuer` says it about `subject`.
    pub(in crate::federation) fn about(
        &self,
        issuer: &EntityId,
        subject: &EntityId,
    ) -> Result<(), Flaw> {
        if self.issuer != *issuer {
            return Err(Flaw::Issuer);
        }
        if self.subject != *subject {
            return Err(Flaw::Subject);
        }
        Ok(())
    }

    /// That one of `keys` signed it.
    pub(in crate::federation) fn prove(&self, keys: &PublicKeys) -> Result<Statement, Flaw> {
        let claims = self.compact.verify_stated(keys, &SignatureAlgorithm::ALL)?.into_claims();
        let keys = PublicKeys::from_members(
            claims.members().get("jwks").and_then(Value::as_object).ok_or(Flaw::Claim("jwks"))?,
        )?;
        Ok(Statement {
            token: self.token.to_owned(),
            issuer: self.issuer.clone(),
            subject: self.subject.clone(),
            issued: self.issued,
            expires: self.expires,
            keys: Arc::new(keys),
            claims: claims.members().clone(),
        })
    }

    /// That its entity holds one of the keys that it publishes there.
    pub(in crate::federation) fn prove_itself(&self) -> Result<EntityConfiguration, Flaw> {
        let statement = self.prove(&self.keys)?;
        Ok(EntityConfiguration { statement, hints: self.hints.clone() })
    }

    /// The same for an anchor, whose key is also one that counts here.
    pub(in crate::federation) fn prove_anchor(
        &self,
        sets: &[Arc<PublicKeys>],
    ) -> Result<EntityConfiguration, Flaw> {
        for set in sets {
            match self.compact.verify_stated(set, &SignatureAlgorithm::ALL) {
                Ok(_) => return self.prove_itself(),
                Err(JwsFault::UnknownKey | JwsFault::Signature) => {}
                Err(fault) => return Err(fault.into()),
            }
        }
        Err(Flaw::Unpinned)
    }
}

/// The federation keys of the subject: at least one that verifies, each with a name of its own.
fn keys(claims: &Map<String, Value>) -> Result<PublicKeys, Flaw> {
    let set = claims.get("jwks").and_then(Value::as_object).ok_or(Flaw::Claim("jwks"))?;
    let keys = PublicKeys::from_members(set)?;
    let listed = set.get("keys").and_then(Value::as_array).ok_or(Flaw::Claim("jwks"))?;
    let named =
        |key: &Value| key.get("kid").and_then(Value::as_str).is_some_and(|kid| !kid.is_empty());
    if !listed.iter().all(named) {
        return Err(Flaw::NamelessKey);
    }
    if keys.signature().is_empty() {
        return Err(Flaw::Claim("jwks"));
    }
    Ok(keys)
}

fn names(listed: &Value, claim: &'static str, reader: &Reader) -> Result<Vec<EntityId>, Flaw> {
    let listed = listed.as_array().filter(|listed| (1..=MOST_LISTED).contains(&listed.len()));
    let named = |one: &Value| EntityId::parse(one.as_str()?, reader.development).ok();
    let named: Option<Vec<_>> = listed.ok_or(Flaw::Claim(claim))?.iter().map(named).collect();
    named.ok_or(Flaw::Claim(claim))
}

fn absent(claims: &Map<String, Value>, names: &[&'static str]) -> Result<(), Flaw> {
    let there = names.iter().find(|name| claims.contains_key(**name));
    there.map_or(Ok(()), |name| Err(Flaw::Misplaced(name)))
}

/// That a claim is `sound` if it is there.
fn typed(
    claims: &Map<String, Value>,
    name: &'static str,
    sound: impl Fn(&Value) -> bool,
) -> Result<(), Flaw> {
    if claims.get(name).is_none_or(sound) { Ok(()) } else { Err(Flaw::Claim(name)) }
}

/// Nested at most as deeply as the reader of JSON allows.
fn holds_null(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(values) => values.iter().any(holds_null),
        Value::Object(members) => members.values().any(holds_null),
        _ => false,
    }
}
