//! The two shapes in which federations write the same things.
//!
//! Not a level of trust: a dialect relaxes the shape of a statement, never a signature, a time, an issuer,
//! a subject or a key. It is chosen for each anchor in the configuration, never by looking at what arrives.

use crate::crypto::jwk::SignatureAlgorithm;

/// How the members of one federation write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// `it-2023`: the technical rules of CIE id and SPID OIDC of October 2023, as production writes them.
    It2023,
    /// `fed10-final`: OpenID Federation 1.0.
    Fed10Final,
}

impl Dialect {
    /// Both of them.
    pub const ALL: [Self; 2] = [Self::It2023, Self::Fed10Final];

    /// The name in the configuration.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::It2023 => "it-2023",
            Self::Fed10Final => "fed10-final",
        }
    }

    /// How its members may sign statements, marks and delegations.
    #[must_use]
    pub const fn signatures(self) -> &'static [SignatureAlgorithm] {
        match self {
            Self::It2023 => &SignatureAlgorithm::ITALIAN,
            Self::Fed10Final => &SignatureAlgorithm::ALL,
        }
    }

    /// The dialect of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|dialect| dialect.name() == name)
    }
}
