//! Why an entity is not trusted: which link, which document, what is wrong with it.
//!
//! Not a fault row: who asked makes one of it. Nothing here is about a person: entity names, claim names and
//! sentences of ours.

use super::EntityId;
use crate::crypto::jwk::SetFault;
use crate::crypto::jws::JwsFault;

/// A chain that does not hold.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{document} {entity}: {flaw}")]
pub struct Broken {
    /// Whom the document is about.
    pub entity: EntityId,
    /// Which document.
    pub document: Document,
    /// What is wrong with it.
    pub flaw: Flaw,
}

/// A document of a chain, as the beginning of a sentence that ends with whom it is about.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Document {
    /// An entity's statement about itself.
    #[error("entity configuration of")]
    Configuration,
    /// A superior's statement.
    #[error("statement of {0} about")]
    Statement(EntityId),
    /// All of them together.
    #[error("trust chain of")]
    Chain,
    /// What a superior lists.
    #[error("list of")]
    List,
}

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// Nobody answers, or not in time, or not from where they should.
    #[error("{0}")]
    Unreachable(String),
    /// An answer, and not the document.
    #[error("the server answered with status {0}")]
    Status(u16),
    /// Too much asked for; what of.
    #[error("given up: {0}")]
    Limit(&'static str),
    /// Not a token, or not one that can be read or verified.
    #[error(transparent)]
    Token(#[from] JwsFault),
    /// A claim is missing or malformed (section 3.1).
    #[error("the claim {0:?} is missing or malformed")]
    Claim(&'static str),
    /// A claim stands where it must not.
    #[error("the claim {0:?} must not stand there")]
    Misplaced(&'static str),
    /// `crit` names what nobody here understands (section 3.1.1).
    #[error("it says that something must be understood that is not")]
    Critical,
    /// It is valid for more than five years, or ends before it begins.
    #[error("its lifetime makes no sense")]
    Lifetime,
    /// The keys in `jwks` are not good.
    #[error("jwks: {0}")]
    Keys(#[from] SetFault),
    /// A key in `jwks` without a name.
    #[error("jwks: a key has no kid")]
    NamelessKey,
    /// Somebody else's statement.
    #[error("it is by another issuer than the one asked")]
    Issuer,
    /// A statement about somebody else.
    #[error("it is about another subject than the one asked for")]
    Subject,
    /// A configuration that was sent to be registered, to others than us.
    #[error("aud must be this provider and nobody else")]
    Audience,
    /// No pinned key of the anchor verifies it.
    #[error("no pinned key of the anchor verifies it")]
    Unpinned,
    /// The subject does not know this superior.
    #[error("the entity does not name {0} in authority_hints")]
    NotHinted(EntityId),
    /// A superior without the address of something.
    #[error("it has no {0} in its metadata")]
    NoEndpoint(&'static str),
    /// The statements do not follow one another up to the anchor (section 4).
    #[error("the statements do not follow one another up to the anchor")]
    Order,
    /// No way leads to an anchor that is known here.
    #[error("no superior leads to a known trust anchor")]
    NoAnchor,
    /// `constraints` that say nothing readable (section 6.2).
    #[error("its constraints are malformed")]
    Constraints,
    /// Too many between the subject and the one that limits them.
    #[error("more than {0} intermediates below {1}")]
    PathLength(u64, EntityId),
    /// A name that a superior does not allow.
    #[error("{1} does not allow the name {0} below it")]
    Name(EntityId, EntityId),
    /// The policies of the superiors do not go together, or the metadata does not follow them.
    #[error("metadata policy: {0}")]
    Policy(String),
    /// The entity is nothing of what was asked for.
    #[error("it is no {0}")]
    EntityType(String),
    /// None of the marks that the role needs is there and valid; the last reason.
    #[error("no valid trust mark for {role}: {reason}")]
    Mark {
        /// The entity type that needs it.
        role: String,
        /// Why the last one was refused.
        reason: String,
    },
    /// The mark that the role needs was valid, and its issuer says that it holds no more (section 8.4).
    #[error("the issuer of the trust mark for {0} says that it holds no more")]
    Withdrawn(String),
}

/// What an operator does about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Nobody answered: wait, look at the network.
    Outage,
    /// The asker asked for too much.
    Limit,
    /// A document is not what it must be.
    Malformed,
    /// A signature, a key, an issuer or a subject is not the right one.
    Forged,
    /// A time is past or ahead.
    Time,
    /// Sound, and not of a federation that is known here, or not in that role.
    Untrusted,
    /// Sound, and a superior forbids it.
    Forbidden,
}

impl Broken {
    /// What an operator does about it.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        match &self.flaw {
            // The superior is there, and does not know the entity (section 8.9).
            Flaw::Status(404) if matches!(self.document, Document::Statement(_)) => Kind::Untrusted,
            Flaw::Unreachable(_) | Flaw::Status(_) => Kind::Outage,
            Flaw::Limit(_) => Kind::Limit,
            Flaw::Token(JwsFault::Expired | JwsFault::Early) | Flaw::Lifetime => Kind::Time,
            Flaw::Token(
                JwsFault::UnknownKey
                | JwsFault::Signature
                | JwsFault::Algorithm
                | JwsFault::OwnKey
                | JwsFault::Type,
            )
            | Flaw::Issuer
            | Flaw::Subject
            | Flaw::Audience
            | Flaw::Unpinned
            | Flaw::Order => Kind::Forged,
            Flaw::Token(_)
            | Flaw::Claim(_)
            | Flaw::Misplaced(_)
            | Flaw::Critical
            | Flaw::Keys(_)
            | Flaw::NamelessKey
            | Flaw::NoEndpoint(_)
            | Flaw::Constraints => Kind::Malformed,
            Flaw::NotHinted(_)
            | Flaw::NoAnchor
            | Flaw::EntityType(_)
            | Flaw::Mark { .. }
            | Flaw::Withdrawn(_) => Kind::Untrusted,
            Flaw::PathLength(..) | Flaw::Name(..) | Flaw::Policy(_) => Kind::Forbidden,
        }
    }

    /// Whether the entity was let in before and is no more: then nothing that was known of it counts on.
    #[must_use]
    pub const fn is_withdrawn(&self) -> bool {
        matches!(self.flaw, Flaw::Withdrawn(_))
    }

    /// The clause that it breaks, of OpenID Federation 1.0.
    #[must_use]
    pub const fn clause(&self) -> &'static str {
        match &self.flaw {
            Flaw::Unreachable(_) | Flaw::Status(_) => "section 8",
            Flaw::Limit(_) => "section 18.1",
            Flaw::Constraints | Flaw::PathLength(..) | Flaw::Name(..) => "section 6.2",
            Flaw::Policy(_) => "section 6.1",
            Flaw::EntityType(_) | Flaw::NoEndpoint(_) => "section 5",
            Flaw::Mark { .. } => "section 7.3",
            Flaw::Audience => "section 12.2",
            Flaw::Withdrawn(_) => "section 8.4",
            Flaw::Order | Flaw::NoAnchor | Flaw::NotHinted(_) | Flaw::Unpinned => "section 10",
            _ => "section 3.2",
        }
    }
}
