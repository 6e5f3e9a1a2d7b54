//! A sample OpenID Federation shaped like CIE's: trust anchor, intermediate and provider, on one port.
//!
//! Not the product's federation code, and on purpose none of it: this is the other party, and it reads and
//! writes with code of its own. It speaks the dialect of 2023, which production has, or the final one.

pub mod chain;
pub mod keys;
pub mod login;
pub mod metadata;
pub mod misbehaviour;
pub mod policy;
pub mod provider;
pub mod registry;
pub mod request;
pub mod sealed;
pub mod server;
pub mod token;
pub mod words;
pub mod wrong;

/// How statements are shaped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Dialect {
    /// Like the Italian registries since 2023.
    #[default]
    It2023,
    /// OpenID Federation 1.0 as published.
    Final,
}

impl Dialect {
    /// The name in the broker's configuration.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::It2023 => "it-2023",
            Self::Final => "fed10-final",
        }
    }
}

impl std::str::FromStr for Dialect {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        [Self::It2023, Self::Final]
            .into_iter()
            .find(|dialect| dialect.name() == text)
            .ok_or("use it-2023 or fed10-final")
    }
}

#[cfg(test)]
mod tests;
