//! The names of signatures that others may make for us (RFC 7518, section 3.1; RFC 8037, section 3.1).
//!
//! Not what we sign with ([`super::super::jose`]), and not who may use which: profiles and federations say that
//! with lists of these. `none`, the MACs and everything with SHA-1 have no name here.

use aws_lc_rs::signature::{
    RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA512, RSA_PSS_2048_8192_SHA256,
    RSA_PSS_2048_8192_SHA384, RSA_PSS_2048_8192_SHA512, RsaParameters,
};
use serde::{Deserialize, Serialize};

/// How others may sign for us.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum SignatureAlgorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    RS256,
    /// RSASSA-PKCS1-v1_5 with SHA-512.
    RS512,
    /// RSASSA-PSS with SHA-256.
    PS256,
    /// RSASSA-PSS with SHA-384.
    PS384,
    /// RSASSA-PSS with SHA-512.
    PS512,
    /// ECDSA with P-256 and SHA-256.
    ES256,
    /// ECDSA with P-384 and SHA-384.
    ES384,
    /// ECDSA with P-521 and SHA-512.
    ES512,
    /// EdDSA with Ed25519.
    EdDSA,
}

impl SignatureAlgorithm {
    /// All of them: what an ordinary client may use. An RSA key whose JWK names none is one for the first.
    pub const ALL: [Self; 9] = [
        Self::RS256,
        Self::RS512,
        Self::PS256,
        Self::PS384,
        Self::PS512,
        Self::ES256,
        Self::ES384,
        Self::ES512,
        Self::EdDSA,
    ];
    /// Those of FAPI 2.0 (Security Profile, section 5.4.1): RS256 is not among them.
    pub const FAPI2: [Self; 3] = [Self::PS256, Self::ES256, Self::EdDSA];
    /// Those of CIE id and SPID OIDC (technical rules, "algorithms"): the first two are a must for everybody.
    pub const ITALIAN: [Self; 6] =
        [Self::RS256, Self::RS512, Self::ES256, Self::ES512, Self::PS256, Self::PS512];

    /// The name on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::RS256 => "RS256",
            Self::RS512 => "RS512",
            Self::PS256 => "PS256",
            Self::PS384 => "PS384",
            Self::PS512 => "PS512",
            Self::ES256 => "ES256",
            Self::ES384 => "ES384",
            Self::ES512 => "ES512",
            Self::EdDSA => "EdDSA",
        }
    }

    /// The algorithm of that name, exactly as written; `Ed25519` is the newer name of `EdDSA` with
    /// that curve (RFC 9864, section 2.2).
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        let name = if name == "Ed25519" { "EdDSA" } else { name };
        Self::ALL.into_iter().find(|known| known.name() == name)
    }

    /// How the library verifies it, if its keys are RSA keys.
    pub(super) const fn of_rsa(self) -> Option<&'static RsaParameters> {
        match self {
            Self::RS256 => Some(&RSA_PKCS1_2048_8192_SHA256),
            Self::RS512 => Some(&RSA_PKCS1_2048_8192_SHA512),
            Self::PS256 => Some(&RSA_PSS_2048_8192_SHA256),
            Self::PS384 => Some(&RSA_PSS_2048_8192_SHA384),
            Self::PS512 => Some(&RSA_PSS_2048_8192_SHA512),
            Self::ES256 | Self::ES384 | Self::ES512 | Self::EdDSA => None,
        }
    }

    /// The left half of the digest that belongs to it: what `at_hash` and `c_hash` are made of (OpenID Connect
    /// Core 1.0, section 3.1.3.6). `None` for Ed25519, of which no specification says it in one voice.
    #[must_use]
    pub fn half_digest(self, of: &[u8]) -> Option<Vec<u8>> {
        use aws_lc_rs::digest::{SHA256, SHA384, SHA512, digest};
        let how = match self {
            Self::RS256 | Self::PS256 | Self::ES256 => &SHA256,
            Self::PS384 | Self::ES384 => &SHA384,
            Self::RS512 | Self::PS512 | Self::ES512 => &SHA512,
            Self::EdDSA => return None,
        };
        let whole = digest(how, of);
        whole.as_ref().split_at_checked(whole.as_ref().len() / 2).map(|(left, _)| left.to_vec())
    }
}
