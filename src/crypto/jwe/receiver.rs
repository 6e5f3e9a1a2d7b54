//! Keys of ours that others encrypt for.
//!
//! Not the keys that sign ([`crate::crypto::keyring`]): a key does one of both.

use aws_lc_rs::agreement::{ECDH_P256, PrivateKey};
use serde_json::{Value, json};

use super::KeyManagement;
use crate::crypto::decryption::DecryptionKey;
use crate::crypto::digest::base64url;
use crate::crypto::jwk::PublicKey;
use crate::crypto::rsa::KeyFault;

/// A private key, RSA or on P-256, with its name.
pub struct ReceiverKey {
    pub(in crate::crypto) kid: String,
    public: Value,
    pub(super) private: Private,
}

pub(super) enum Private {
    Rsa(DecryptionKey),
    P256(PrivateKey),
}

impl ReceiverKey {
    /// From PKCS#8 DER: RSA with 2048 to 4096 bits, or P-256.
    ///
    /// # Errors
    /// [`KeyFault`].
    pub fn from_pkcs8(der: &[u8]) -> Result<Self, KeyFault> {
        let (private, public) = match DecryptionKey::from_pkcs8(der) {
            Ok(key) => {
                let (n, e) = key.public_numbers()?;
                let public = json!({"kty": "RSA", "n": base64url(&n), "e": base64url(&e)});
                (Private::Rsa(key), public)
            }
            Err(KeyFault::Unreadable) => {
                let key = PrivateKey::from_private_key_der(&ECDH_P256, der)
                    .map_err(|_| KeyFault::Unreadable)?;
                let point = key.compute_public_key().map_err(|_| KeyFault::Refused)?;
                let (x, y) = point
                    .as_ref()
                    .strip_prefix(&[4])
                    .and_then(|point| point.split_at_checked(32))
                    .ok_or(KeyFault::Refused)?;
                let (x, y) = (base64url(x), base64url(y));
                (Private::P256(key), json!({"kty": "EC", "crv": "P-256", "x": x, "y": y}))
            }
            Err(fault) => return Err(fault),
        };
        let kid = public
            .as_object()
            .and_then(|jwk| PublicKey::from_jwk(jwk).ok())
            .ok_or(KeyFault::Refused)?
            .thumbprint()
            .as_str()
            .to_owned();
        Ok(Self { kid, public, private })
    }

    /// Its name: the RFC 7638 thumbprint with SHA-256.
    #[must_use]
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// The public half to publish: `use` is `enc`, and `alg` the one way others are to use it.
    #[must_use]
    pub fn jwk(&self, management: KeyManagement) -> Value {
        let mut jwk = self.public.clone();
        if let Some(members) = jwk.as_object_mut() {
            for (name, value) in [("use", "enc"), ("alg", management.name()), ("kid", &self.kid)] {
                members.insert(name.to_owned(), value.into());
            }
        }
        jwk
    }

    /// Whether keys of its kind are used by `management`.
    #[must_use]
    pub const fn is_for(&self, management: KeyManagement) -> bool {
        matches!(self.private, Private::Rsa(_)) == management.is_rsa()
    }
}

impl std::fmt::Debug for ReceiverKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ReceiverKey").field("kid", &self.kid).finish_non_exhaustive()
    }
}

/// The keys of one receiver.
#[derive(Debug, Default)]
pub struct ReceiverKeys {
    /// Those it publishes; a token that names no key can be for these only.
    pub current: Vec<ReceiverKey>,
    /// Those it published once: still opened for whoever names one of them.
    pub former: Vec<ReceiverKey>,
}

impl ReceiverKeys {
    /// Those that a token with that `kid`, or with none, may be for.
    pub(super) fn candidates(
        &self,
        kid: Option<&str>,
        management: KeyManagement,
    ) -> Vec<&ReceiverKey> {
        let former = self.former.iter().filter(|_| kid.is_some());
        self.current
            .iter()
            .chain(former)
            .filter(|key| kid.is_none_or(|kid| key.kid == kid) && key.is_for(management))
            .collect()
    }
}
