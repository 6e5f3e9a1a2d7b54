//! What speaks in the issuer's name: the keys that sign, and the one that subjects are made with.
//!
//! Not what is said: ID tokens, logout tokens and authorization responses are put together by whoever
//! sends them.

use arc_swap::{ArcSwap, Guard};
use zeroize::Zeroizing;

use crate::crypto::digest::hmac_sha256;
use crate::crypto::jose::{SigningAlgorithm, TokenType};
use crate::crypto::keyring::KeyRing;
use crate::crypto::signer::Signer;
use crate::fault::Fault;
use crate::identity::{Identity, subject};
use crate::oidc::Client;

/// The keys of the issuer; the ring is a snapshot that a rotation replaces.
pub struct Issuer {
    ring: ArcSwap<KeyRing>,
    /// Key of the pairwise subjects.
    pairwise: Zeroizing<[u8; 32]>,
}

impl Issuer {
    /// Signs with `ring`; `pairwise` is the deployment's secret of subjects.
    #[must_use]
    pub fn new(ring: KeyRing, pairwise: &[u8]) -> Self {
        let pairwise = Zeroizing::new(hmac_sha256(pairwise, b"varco pairwise v1"));
        Self { ring: ArcSwap::from_pointee(ring), pairwise }
    }

    /// The keys as they are now.
    #[must_use]
    pub fn ring(&self) -> Guard<std::sync::Arc<KeyRing>> {
        self.ring.load()
    }

    /// Signs with other keys from the next request on.
    pub fn replace_ring(&self, ring: KeyRing) {
        self.ring.store(std::sync::Arc::new(ring));
    }

    /// A compact JWS over the octets of `payload`, by the active key of that algorithm.
    ///
    /// # Errors
    /// The fault `signing-unavailable` when the ring has no such key or the key does not answer.
    pub async fn sign(
        &self,
        algorithm: SigningAlgorithm,
        typ: TokenType,
        payload: &[u8],
    ) -> Result<String, Fault> {
        let key = |ring: &KeyRing| ring.active(algorithm).map(|key| key.jws(typ, payload));
        // The ring is not held while a key elsewhere signs.
        let signing = key(&self.ring.load()).ok_or_else(|| unavailable(algorithm))?;
        signing.get().await.map_err(|cause| unavailable(algorithm).caused_by(cause))
    }

    /// Whether [`Self::sign`] would sign now: asked before a code is used up, so that whoever shows it
    /// can show it again.
    ///
    /// # Errors
    /// The fault `signing-unavailable`.
    pub async fn ready(&self, algorithm: SigningAlgorithm) -> Result<(), Fault> {
        let key = |ring: &KeyRing| ring.active(algorithm).map(Signer::ready);
        let ready = key(&self.ring.load()).ok_or_else(|| unavailable(algorithm))?;
        ready.get().await.map_err(|cause| unavailable(algorithm).caused_by(cause))
    }

    /// `sub`: who `identity` is to `client`, the same wherever it is told.
    ///
    /// # Errors
    /// When the person has no code of the kind that the client is told.
    pub fn subject(&self, client: &Client, identity: &Identity) -> Result<String, Fault> {
        subject::subject(&self.pairwise, client, identity)
            .map_err(|cause| Fault::of_slug(cause.slug()).caused_by(cause))
    }
}

fn unavailable(algorithm: SigningAlgorithm) -> Fault {
    Fault::of_slug("signing-unavailable").with_detail(algorithm.name())
}

impl std::fmt::Debug for Issuer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Issuer")
    }
}
