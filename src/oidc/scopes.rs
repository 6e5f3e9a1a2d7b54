//! Scopes: a set of known names.
//!
//! Not entitlements: a client file says which of them a client may ask for.

use serde::{Deserialize, Serialize};

/// A scope that Varco knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// `openid`: always there.
    Openid,
    /// `profile`: names, birth, gender.
    Profile,
    /// `email`.
    Email,
    /// `phone`.
    Phone,
    /// `address`.
    Address,
    /// `fiscal_number`: the fiscal code.
    FiscalNumber,
    /// `company`: legal-person attributes.
    Company,
    /// `document`: identity document, digital address, expiry of the digital identity, SPID code.
    Document,
    /// `roles`: in which roles, and for which body; for clients with an entitlement source.
    Roles,
    /// `offline_access`: a refresh token, for clients that are registered for one.
    OfflineAccess,
}

impl Scope {
    /// Every scope, in the order of discovery.
    pub const ALL: [Self; 10] = [
        Self::Openid,
        Self::Profile,
        Self::Email,
        Self::Phone,
        Self::Address,
        Self::FiscalNumber,
        Self::Company,
        Self::Document,
        Self::Roles,
        Self::OfflineAccess,
    ];

    /// The name on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Openid => "openid",
            Self::Profile => "profile",
            Self::Email => "email",
            Self::Phone => "phone",
            Self::Address => "address",
            Self::FiscalNumber => "fiscal_number",
            Self::Company => "company",
            Self::Document => "document",
            Self::Roles => "roles",
            Self::OfflineAccess => "offline_access",
        }
    }
}

/// A set of scopes, ordered and without doubles.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Scopes(Vec<Scope>);

impl Scopes {
    /// From a space-separated list; names that Varco does not know are dropped (RFC 6749, section 3.3).
    #[must_use]
    pub fn parse(text: &str) -> Self {
        text.split(' ')
            .filter_map(|name| Scope::ALL.into_iter().find(|scope| scope.name() == name))
            .collect()
    }

    /// Whether `scope` is in it.
    #[must_use]
    pub fn contains(&self, scope: Scope) -> bool {
        self.0.contains(&scope)
    }

    /// What both sets hold.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        self.0.iter().copied().filter(|scope| other.contains(*scope)).collect()
    }

    /// The others.
    #[must_use]
    pub fn without(&self, scope: Scope) -> Self {
        self.0.iter().copied().filter(|known| *known != scope).collect()
    }

    /// In order.
    pub fn iter(&self) -> impl Iterator<Item = Scope> {
        self.0.iter().copied()
    }
}

impl FromIterator<Scope> for Scopes {
    fn from_iter<I: IntoIterator<Item = Scope>>(scopes: I) -> Self {
        let mut all: Vec<Scope> = scopes.into_iter().collect();
        all.sort_unstable();
        all.dedup();
        Self(all)
    }
}

impl std::fmt::Display for Scopes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (at, scope) in self.0.iter().enumerate() {
            if at > 0 {
                f.write_str(" ")?;
            }
            f.write_str(scope.name())?;
        }
        Ok(())
    }
}
