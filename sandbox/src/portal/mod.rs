//! The three portals: real OpenID Connect relying parties on the `openidconnect` crate.
//!
//! Not the agencies' own sites: names alone, no marks. What a portal has to do to use the broker
//! stands in `flow.rs`, and is all of it.

mod flow;
mod hearing;
mod leaving;
pub mod server;

use openidconnect::AuthType;
use varco::crypto::jose::SigningAlgorithm;
use varco::crypto::signer::LocalKey;
use varco::effects::Effects;
use varco::terms::Level;

pub use self::flow::{Kept, SignedIn, Started};
pub use self::leaving::Outlived;
use crate::error::{Doing as _, SandboxError};

/// Which portal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PortalKind {
    /// Its name on command lines and its client id.
    pub id: &'static str,
    /// What people read.
    pub name: &'static str,
    /// Colour of its bar.
    pub accent: &'static str,
    /// The scopes it asks for.
    pub scopes: &'static [&'static str],
    /// `token_endpoint_auth_method`.
    pub authentication: &'static str,
    /// `id_token_signed_response_alg`.
    pub algorithm: SigningAlgorithm,
    /// `claims_profile`.
    pub claims_profile: &'static str,
    /// The lowest level it accepts at all.
    pub minimum_level: Level,
    /// Whether SPID providers let only adults through to it.
    pub adults_only: bool,
    /// What it wants to know of people from other states.
    pub eidas_set: &'static str,
}

impl PortalKind {
    /// Whether people have roles there.
    #[must_use]
    pub fn has_roles(&self) -> bool {
        self.scopes.contains(&"roles")
    }
}

/// All of them, in the order of their ports.
pub const PORTALS: [PortalKind; 3] = [
    PortalKind {
        id: "inps",
        name: "INPS",
        accent: "#2f475e",
        scopes: &["profile", "fiscal_number", "email", "phone", "address", "document"],
        authentication: "client_secret_basic",
        algorithm: SigningAlgorithm::RS256,
        claims_profile: "eid",
        minimum_level: Level::L1,
        adults_only: false,
        eidas_set: "eidas-full",
    },
    PortalKind {
        id: "lavoro",
        name: "Ministero del Lavoro",
        accent: "#0f4c81",
        scopes: &["profile", "fiscal_number", "email"],
        authentication: "client_secret_post",
        algorithm: SigningAlgorithm::RS256,
        claims_profile: "flat",
        minimum_level: Level::L1,
        adults_only: false,
        eidas_set: "eidas-minimum",
    },
    PortalKind {
        id: "durc",
        name: "INAIL Durc On Line",
        accent: "#7a2e1f",
        scopes: &["profile", "fiscal_number", "company", "roles"],
        authentication: "private_key_jwt",
        algorithm: SigningAlgorithm::ES256,
        claims_profile: "eid",
        minimum_level: Level::L1,
        adults_only: true,
        eidas_set: "eidas-minimum",
    },
];

/// How a portal proves who it is.
#[derive(Debug)]
pub enum Credential {
    /// A secret, in the way its kind says.
    Secret(String),
    /// A key: `private_key_jwt`.
    Key(Box<LocalKey>),
}

impl Credential {
    /// A new one for a portal.
    ///
    /// # Errors
    /// When the library cannot make a key.
    pub fn generate(kind: &PortalKind, fx: &Effects) -> Result<Self, SandboxError> {
        if kind.authentication == "private_key_jwt" {
            let der = LocalKey::generate(SigningAlgorithm::ES256).doing("make a portal's key")?;
            let signer = LocalKey::from_pkcs8(SigningAlgorithm::ES256, &der);
            return Ok(Self::Key(Box::new(signer.doing("make a portal's key")?)));
        }
        Ok(Self::Secret(varco::crypto::Handle::fresh(fx).reveal().to_owned()))
    }
}

/// One portal.
#[derive(Debug)]
pub struct Portal {
    /// Which.
    pub kind: PortalKind,
    /// Where it lives: `http://localhost:8081`.
    pub base: String,
    /// The issuer it trusts.
    pub issuer: String,
    credential: Credential,
    hears: bool,
    http: reqwest::Client,
    fx: Effects,
}

impl Portal {
    /// A portal at `base` that trusts `issuer`.
    #[must_use]
    pub const fn new(
        kind: PortalKind,
        base: String,
        issuer: String,
        credential: Credential,
        http: reqwest::Client,
        fx: Effects,
    ) -> Self {
        Self { kind, base, issuer, credential, hears: false, http, fx }
    }

    /// The same; if `hears`, one that is told of logouts by back channel.
    #[must_use]
    pub fn hearing(self, hears: bool) -> Self {
        Self { hears, ..self }
    }

    /// The address that receives the code.
    #[must_use]
    pub fn redirect_uri(&self) -> String {
        format!("{}/callback", self.base)
    }

    /// The address to which a browser comes back after a logout.
    #[must_use]
    pub fn after_logout(&self) -> String {
        format!("{}/", self.base)
    }

    /// What it proves itself with.
    #[must_use]
    pub const fn credential(&self) -> &Credential {
        &self.credential
    }

    fn auth_type(&self) -> AuthType {
        match self.kind.authentication {
            "client_secret_basic" => AuthType::BasicAuth,
            _ => AuthType::RequestBody,
        }
    }
}
