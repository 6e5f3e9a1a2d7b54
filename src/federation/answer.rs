//! The resolve endpoint: what is known of another entity, told to whoever asks (OpenID Federation 1.0,
//! section 8.3; the technical rules of CIE id, "resolve").
//!
//! Not a search: nobody who asks here makes this server ask others. Who is not in the cache is unknown.

#[cfg(test)]
mod tests;

use serde_json::{Map, Value, json};

use super::own::OwnEntity;
use super::{Dialect, EntityId, Federation};
use crate::crypto::jose::TokenType;
use crate::effects::Timestamp;

/// Entity types that one question may name.
const MOST_TYPES: usize = 16;

/// A question, read.
#[derive(Debug, PartialEq, Eq)]
pub struct ResolveQuery {
    subject: EntityId,
    anchors: Vec<EntityId>,
    entity_types: Vec<String>,
}

/// An answer, signed.
#[derive(Debug, PartialEq, Eq)]
pub struct Resolved {
    /// `Content-Type`.
    pub media_type: &'static str,
    /// The token.
    pub token: String,
}

/// Why there is none (section 8.9).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unresolved {
    /// The question is none.
    #[error("a parameter is missing, repeated or malformed")]
    Request,
    /// Nobody here trusts that anchor.
    #[error("the trust anchor is unknown")]
    Anchor,
    /// Not in the cache.
    #[error("the subject is unknown")]
    Subject,
    /// The key does not sign just now.
    #[error("the answer cannot be signed")]
    Key,
}

impl Unresolved {
    /// `error` of the JSON answer.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Request => "invalid_request",
            Self::Anchor => "invalid_trust_anchor",
            Self::Subject => "not_found",
            Self::Key => "temporarily_unavailable",
        }
    }

    /// HTTP status.
    #[must_use]
    pub const fn status(self) -> u16 {
        match self {
            Self::Request => 400,
            Self::Anchor | Self::Subject => 404,
            Self::Key => 503,
        }
    }
}

impl ResolveQuery {
    /// Reads the pairs of a query. The anchor is `trust_anchor` (which may be there several times: one of
    /// them) or, in the old dialect, `anchor`; entity types are `entity_type`, once `type`.
    ///
    /// # Errors
    /// [`Unresolved::Request`].
    pub fn read(
        pairs: &[(String, String)],
        dialect: Dialect,
        development: bool,
    ) -> Result<Self, Unresolved> {
        let (anchor, old_type) = match dialect {
            Dialect::It2023 => ("anchor", Some("type")),
            Dialect::Fed10Final => ("trust_anchor", None),
        };
        let (mut subjects, mut anchors, mut entity_types) = (Vec::new(), Vec::new(), Vec::new());
        let id = |text: &str| EntityId::parse(text, development).map_err(|_| Unresolved::Request);
        for (name, value) in pairs {
            match name.as_str() {
                "sub" => subjects.push(id(value)?),
                name if name == anchor => anchors.push(id(value)?),
                name if name == "entity_type" || Some(name) == old_type => {
                    entity_types.push(value.clone());
                }
                _ => {}
            }
        }
        let [subject] = subjects.as_slice() else { return Err(Unresolved::Request) };
        if !(1..=MOST_TYPES).contains(&anchors.len()) || entity_types.len() > MOST_TYPES {
            return Err(Unresolved::Request);
        }
        Ok(Self { subject: subject.clone(), anchors, entity_types })
    }
}

impl Federation {
    /// Answers from what is known, in the name of `own`.
    ///
    /// # Errors
    /// [`Unresolved`].
    pub async fn answer(
        &self,
        own: &OwnEntity,
        query: &ResolveQuery,
        now: Timestamp,
    ) -> Result<Resolved, Unresolved> {
        let trusted = |id: &&EntityId| self.anchors().any(|anchor| anchor.id == **id);
        let mut anchors = query.anchors.iter().filter(trusted).peekable();
        if anchors.peek().is_none() {
            return Err(Unresolved::Anchor);
        }
        let known = anchors.find_map(|anchor| self.known_to(&query.subject, anchor, now));
        let chain = known.ok_or(Unresolved::Subject)?;
        let wanted =
            |name: &String| query.entity_types.is_empty() || query.entity_types.contains(name);
        let metadata: Map<String, Value> = chain
            .all_metadata()
            .iter()
            .filter(|(name, _)| wanted(name))
            .map(|(name, parameters)| (name.clone(), parameters.clone()))
            .collect();
        let claims = json!({
            "iss": own.id().as_str(),
            "sub": chain.subject().as_str(),
            "iat": now.unix_seconds(),
            "exp": chain.expires().unix_seconds(),
            "metadata": metadata,
            "trust_chain": chain.statements(),
            "trust_marks": chain.trust_marks(),
        });
        let (typ, media_type) = match own.dialect() {
            Dialect::It2023 => (TokenType::EntityStatement, "application/entity-statement+jwt"),
            Dialect::Fed10Final => (TokenType::ResolveResponse, "application/resolve-response+jwt"),
        };
        let token = own.sign(typ, &claims).await.map_err(|_| Unresolved::Key)?;
        Ok(Resolved { media_type, token })
    }
}
