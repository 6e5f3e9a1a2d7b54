//! What differs between the sample providers, as data: SPID, CIE and the Italian eIDAS node.
//!
//! Not their behaviour: `request.rs`, `response.rs` and `attributes.rs` ask these tables.

use super::signature::Digest;

/// Which identity system a sample provider belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A SPID provider.
    Spid,
    /// The identity provider of the electronic identity card, by SAML.
    Cie,
    /// The Italian eIDAS node: for a service, a SPID provider with rules of its own.
    Eidas,
}

/// Where a provider of that kind takes what, below its address.
#[derive(Clone, Copy, Debug)]
pub struct Paths {
    /// Appended to the address it makes the entity ID.
    pub entity: &'static str,
    /// Its metadata.
    pub metadata: &'static str,
    /// Requests by HTTP-Redirect.
    pub redirect: &'static str,
    /// Requests by HTTP-POST.
    pub post: &'static str,
    /// Single logout, or what stands in its place.
    pub logout: &'static str,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Spid, Self::Cie, Self::Eidas];

    /// The upstream, as command lines and configuration name it.
    #[must_use]
    pub const fn upstream(self) -> &'static str {
        match self {
            Self::Spid => "spid",
            Self::Cie => "cie-saml",
            Self::Eidas => "eidas",
        }
    }

    /// The kind of that upstream.
    #[must_use]
    pub fn of_upstream(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.upstream() == name)
    }

    /// Its paths; those of CIE and of the node are shaped like the real ones, with a different
    /// Location per binding at CIE.
    #[must_use]
    pub const fn paths(self) -> Paths {
        match self {
            Self::Spid => Paths {
                entity: "",
                metadata: "/metadata",
                redirect: "/sso",
                post: "/sso",
                logout: "/slo",
            },
            Self::Cie => Paths {
                entity: "/idp/profile/SAML2/POST/SSO",
                metadata: "/idp/shibboleth",
                redirect: "/idp/profile/SAML2/Redirect/SSO",
                post: "/idp/profile/SAML2/POST/SSO",
                logout: "/idp/profile/Logout",
            },
            Self::Eidas => Paths {
                entity: "/spproxy/idpit",
                metadata: "/spproxy/idpitmetadata",
                redirect: "/spproxy/samlsso",
                post: "/spproxy/samlsso",
                logout: "/spproxy/samlslo",
            },
        }
    }

    /// How it signs: the node with SHA-512.
    #[must_use]
    pub const fn digest(self) -> Digest {
        match self {
            Self::Spid | Self::Cie => Digest::Sha256,
            Self::Eidas => Digest::Sha512,
        }
    }

    /// Whether its Issuer has a `Format`; CIE's has none.
    #[must_use]
    pub const fn issuer_format(self) -> bool {
        !matches!(self, Self::Cie)
    }
}
