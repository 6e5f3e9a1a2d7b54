//! Compact JWE (RFC 7516, section 3.1; RFC 7518, sections 4 and 5): the algorithms there are, sealing an
//! answer to a key that its receiver published, and opening what was sealed to a key of ours.
//!
//! Not a proof of who wrote something: anybody can encrypt for us, so what comes out is nothing until the
//! signature inside is verified. `RSA1_5`, `dir`, wrapping with a shared secret, passwords and `zip` have
//! no name here, so no registration and no token can ask for them.

mod agreement;
mod content;
mod decrypt;
mod encrypt;
mod receiver;
#[cfg(test)]
mod tests;

pub use decrypt::{Accepted, DecryptFault, Opened, decrypt};
pub use encrypt::{JweFault, encrypt, key_for};
pub use receiver::{ReceiverKey, ReceiverKeys};

/// How a content key is wrapped or agreed on (RFC 7518, section 4.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyManagement {
    /// `RSA-OAEP`: a fresh key, wrapped with SHA-1 in label and mask; what CIE sends. Safe here, because
    /// OAEP needs no collision resistance.
    RsaOaep,
    /// `RSA-OAEP-256`: the same with SHA-256.
    RsaOaep256,
    /// `ECDH-ES`: the agreed key itself.
    EcdhEs,
    /// `ECDH-ES+A256KW`: a fresh key, wrapped with the agreed one.
    EcdhEsA256Kw,
}

impl KeyManagement {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::RsaOaep, Self::RsaOaep256, Self::EcdhEs, Self::EcdhEsA256Kw];
    /// Those that our own answers are sealed with when a relying party asks for it.
    pub const OFFERED: [Self; 3] = [Self::RsaOaep256, Self::EcdhEs, Self::EcdhEsA256Kw];

    /// The name on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::RsaOaep => "RSA-OAEP",
            Self::RsaOaep256 => "RSA-OAEP-256",
            Self::EcdhEs => "ECDH-ES",
            Self::EcdhEsA256Kw => "ECDH-ES+A256KW",
        }
    }

    /// The one of that name, exactly as written.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.name() == name)
    }

    /// Whether its keys are RSA keys; the others are on P-256.
    const fn is_rsa(self) -> bool {
        matches!(self, Self::RsaOaep | Self::RsaOaep256)
    }
}

/// How content is encrypted (RFC 7518, section 5.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ContentEncryption {
    /// `A128CBC-HS256`: what a registration without `enc` means.
    #[default]
    A128CbcHs256,
    /// `A256CBC-HS512`: what CIE sends.
    A256CbcHs512,
    /// `A128GCM`.
    A128Gcm,
    /// `A256GCM`.
    A256Gcm,
}

impl ContentEncryption {
    /// All of them.
    pub const ALL: [Self; 4] =
        [Self::A128CbcHs256, Self::A256CbcHs512, Self::A128Gcm, Self::A256Gcm];
    /// Those that our own answers are sealed with when a relying party asks for it.
    pub const OFFERED: [Self; 3] = [Self::A128CbcHs256, Self::A128Gcm, Self::A256Gcm];

    /// The name on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::A128CbcHs256 => "A128CBC-HS256",
            Self::A256CbcHs512 => "A256CBC-HS512",
            Self::A128Gcm => "A128GCM",
            Self::A256Gcm => "A256GCM",
        }
    }

    /// The one of that name, exactly as written.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.name() == name)
    }

    /// Octets of its key; with CBC the first half authenticates.
    const fn key_length(self) -> usize {
        match self {
            Self::A128Gcm => 16,
            Self::A128CbcHs256 | Self::A256Gcm => 32,
            Self::A256CbcHs512 => 64,
        }
    }
}

/// Encryption of an answer, as a registration asks for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Encryption {
    /// `alg`.
    pub key: KeyManagement,
    /// `enc`.
    pub content: ContentEncryption,
}
