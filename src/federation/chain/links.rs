//! Whether statements follow one another up to the anchor, and what they leave of the subject's metadata.
//!
//! Not trust marks: those need the keys of others. Whatever needs no signature is looked at before the first
//! signature is.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::{Map, Value};

use crate::crypto::jwk::PublicKeys;
use crate::crypto::jws::JwsFault;
use crate::effects::Timestamp;
use crate::federation::policy::{MetadataPolicy, PolicyFault, check_resolved, overlay};
use crate::federation::statement::{Draft, Statement, Whose};
use crate::federation::{
    Broken, Constraints, Dialect, Document, EntityConfiguration, EntityId, Flaw, Reader,
    TrustAnchor,
};

/// Superiors above the subject, the anchor among them.
pub(in crate::federation) const DEPTH: usize = 3;

/// A chain whose signatures, times, names and limits hold; its marks were not looked at.
pub(in crate::federation) struct Linked {
    pub(super) anchor: EntityConfiguration,
    pub(super) own: EntityConfiguration,
    /// Those of the immediate superior first.
    pub(super) statements: Vec<Statement>,
    pub(super) expires: Timestamp,
    pub(super) metadata: Map<String, Value>,
    pub(super) dialect: Dialect,
}

/// Anchor keys that count: the pinned ones, and what was accepted under them.
pub(in crate::federation) type AnchorKeys = [Arc<PublicKeys>];

impl Linked {
    /// Judges `tokens`: the configuration of `subject`, statements upwards, the configuration of `anchor`.
    pub(in crate::federation) fn judge(
        tokens: &[&str],
        subject: &EntityId,
        anchor: &TrustAnchor,
        keys: &AnchorKeys,
        reader: &Reader,
    ) -> Result<Self, Broken> {
        Self::judge_of(Whose::Entity, tokens, subject, anchor, keys, reader)
    }

    /// The same, where the subject may have sent its configuration to be registered.
    pub(in crate::federation) fn judge_of(
        whose: Whose,
        tokens: &[&str],
        subject: &EntityId,
        anchor: &TrustAnchor,
        keys: &AnchorKeys,
        reader: &Reader,
    ) -> Result<Self, Broken> {
        let whole = |flaw| Broken { entity: subject.clone(), document: Document::Chain, flaw };
        let [first, between @ .., last] = tokens else { return Err(whole(Flaw::Order)) };
        if between.is_empty() || between.len() > DEPTH {
            return Err(whole(Flaw::Order));
        }
        let own = Draft::configuration(first, subject, reader, whose)
            .map_err(|flaw| broken_configuration(subject, flaw))?;
        let top = Draft::configuration(last, &anchor.id, reader, Whose::Anchor)
            .map_err(|flaw| broken_configuration(&anchor.id, flaw))?;
        let between: Vec<Draft<'_>> = between
            .iter()
            .map(|token| Draft::subordinate(token, reader))
            .collect::<Result<_, _>>()
            .map_err(whole)?;

        follow(subject, &between, &anchor.id).map_err(whole)?;
        if let Some(superior) = between.first().map(Draft::issuer)
            && !own.hints().contains(superior)
        {
            return Err(broken_configuration(subject, Flaw::NotHinted(superior.clone())));
        }
        let limits = limits(&between, &top, reader.dialect)?;

        // From the anchor down: each statement is signed with a key that the one above vouches for.
        let top = top.prove_anchor(keys).map_err(|flaw| broken_configuration(&anchor.id, flaw))?;
        let mut statements: Vec<Statement> = Vec::new();
        for draft in between.iter().rev() {
            let proven = match statements.last() {
                None => prove_by_any(draft, keys),
                Some(above) => draft.prove(&above.keys),
            };
            statements.push(proven.map_err(|flaw| broken_statement(draft, flaw))?);
        }
        statements.reverse();
        let vouched = statements.first().ok_or_else(|| whole(Flaw::Order))?;
        let own = own
            .prove(&vouched.keys)
            .and_then(|_| own.prove_itself())
            .map_err(|flaw| broken_configuration(subject, flaw))?;

        let ends = statements.iter().map(|statement| statement.expires);
        let expires = ends.fold(own.expires().min(top.expires()), Timestamp::min);
        if expires <= reader.now {
            // A clock that is behind is forgiven in a statement, not in what rests on it.
            return Err(whole(JwsFault::Expired.into()));
        }
        let metadata = resolved(&own, &statements, &limits, reader.dialect).map_err(whole)?;
        Ok(Self { anchor: top, own, statements, expires, metadata, dialect: reader.dialect })
    }

    /// The anchor's configuration, believed.
    pub(in crate::federation) const fn anchor(&self) -> &EntityConfiguration {
        &self.anchor
    }
}

pub(in crate::federation) fn broken_configuration(entity: &EntityId, flaw: Flaw) -> Broken {
    Broken { entity: entity.clone(), document: Document::Configuration, flaw }
}

fn broken_statement(draft: &Draft<'_>, flaw: Flaw) -> Broken {
    let document = Document::Statement(draft.issuer().clone());
    Broken { entity: draft.subject().clone(), document, flaw }
}

/// Each statement is about the issuer of the one below it, the last one is by the anchor, and nobody stands
/// there twice.
fn follow(subject: &EntityId, between: &[Draft<'_>], anchor: &EntityId) -> Result<(), Flaw> {
    let mut next = subject;
    let mut seen = BTreeSet::new();
    for draft in between {
        if draft.subject() != next || !seen.insert(draft.subject()) {
            return Err(Flaw::Order);
        }
        next = draft.issuer();
    }
    if next != anchor || !seen.insert(anchor) {
        return Err(Flaw::Order);
    }
    Ok(())
}

/// The constraints of every superior, each kept to on its own; in the old dialect those in the anchor's own
/// configuration as well.
fn limits(
    between: &[Draft<'_>],
    top: &Draft<'_>,
    dialect: Dialect,
) -> Result<Vec<Constraints>, Broken> {
    let mut limits = Vec::new();
    for (at, draft) in between.iter().enumerate() {
        let of_anchor = dialect == Dialect::It2023 && at + 1 == between.len();
        let claims = [Some(draft), of_anchor.then_some(top)];
        for source in claims.into_iter().flatten() {
            let below = between.iter().take(at + 1).map(Draft::subject);
            let judged = Constraints::read(source.claims().get("constraints"), dialect)
                .and_then(|limit| limit.allow(draft.issuer(), at, below).map(|()| limit));
            limits.push(judged.map_err(|flaw| broken_statement(draft, flaw))?);
        }
    }
    Ok(limits)
}

fn prove_by_any(draft: &Draft<'_>, keys: &AnchorKeys) -> Result<Statement, Flaw> {
    let mut last = Flaw::Token(JwsFault::UnknownKey);
    for set in keys {
        match draft.prove(set) {
            Ok(statement) => return Ok(statement),
            Err(flaw) => last = flaw,
        }
    }
    Err(last)
}

/// Section 6.1.4: what the immediate superior sets, then which entity types are allowed, then the policies,
/// merged from the anchor down.
fn resolved(
    own: &EntityConfiguration,
    statements: &[Statement],
    limits: &[Constraints],
    dialect: Dialect,
) -> Result<Map<String, Value>, Flaw> {
    let object =
        |claims: &'_ Map<String, Value>| claims.get("metadata").and_then(Value::as_object).cloned();
    let mut metadata = object(own.claims()).unwrap_or_default();
    if let Some(set) = statements.first().and_then(|superior| object(&superior.claims)) {
        overlay(&mut metadata, &set);
    }
    for limit in limits {
        limit.restrict(&mut metadata);
    }
    let claims = statements.iter().rev().map(|statement| &statement.claims);
    let policy = MetadataPolicy::resolve(claims, dialect).map_err(of_policy)?;
    metadata
        .into_iter()
        .map(|(entity_type, parameters)| {
            let Value::Object(mut parameters) = parameters else {
                return Err(Flaw::Claim("metadata"));
            };
            if let Some(policy) = &policy {
                parameters = policy.apply(&entity_type, parameters).map_err(of_policy)?;
            }
            check_resolved(&entity_type, &parameters).map_err(of_policy)?;
            Ok((entity_type, Value::Object(parameters)))
        })
        .collect()
}

#[expect(clippy::needless_pass_by_value, reason = "it is what becomes of an error")]
fn of_policy(fault: PolicyFault) -> Flaw {
    Flaw::Policy(fault.to_string())
}
