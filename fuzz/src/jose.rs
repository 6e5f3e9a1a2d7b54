//! The fixed world of tokens: one key that signs what alone is genuine, and keys of ours that others encrypt
//! for.
//!
//! The signing key of the genuine tokens is thrown away by `token-seeds`. The private key that tokens are encrypted
//! for is written here: whoever fuzzes must be able to open them, and it opens nothing else.

use std::sync::OnceLock;

use varco::crypto::jwe::{ReceiverKey, ReceiverKeys};
use varco::crypto::jwk::PublicKeys;
use varco::crypto::rsa::RsaSigningKey;
use varco::federation::{Dialect, EntityId, Reader};

use crate::world::{folder, now};

/// What the one genuine token claims.
pub const CLAIMS: &str =
    r#"{"iss":"https://op.example","sub":"AGID-001","aud":"https://rp.example","exp":4102444800}"#;
/// What the genuine encrypted tokens hold.
pub const INSIDE: &str = "a.b.c";
/// The entity whose statements are genuine, and its superior.
pub const ENTITY: &str = "https://op.example";
/// The superior.
pub const SUPERIOR: &str = "https://ta.example";

/// The public keys of `fixtures/jwks.json`, whose private halves nobody has.
#[must_use]
pub fn keys() -> &'static PublicKeys {
    static KEYS: OnceLock<PublicKeys> = OnceLock::new();
    KEYS.get_or_init(|| {
        let set = std::fs::read(folder().join("fixtures/jwks.json")).expect("fixtures/jwks.json");
        PublicKeys::parse(&set).expect("a set of keys")
    })
}

/// PKCS#8 of the P-256 key with the private number 0x4242….
#[must_use]
pub fn receiver_der() -> Vec<u8> {
    let mut der =
        b"\x30\x41\x02\x01\x00\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\
        \x48\xce\x3d\x03\x01\x07\x04\x27\x30\x25\x02\x01\x01\x04\x20"
            .to_vec();
    der.extend([0x42; 32]);
    der
}

/// Our keys: that one, and an RSA key made anew each time, for which no seed was encrypted.
#[must_use]
pub fn receivers() -> &'static ReceiverKeys {
    static KEYS: OnceLock<ReceiverKeys> = OnceLock::new();
    KEYS.get_or_init(|| {
        let rsa = RsaSigningKey::generate(2048).expect("a key");
        let read = |der: &[u8]| ReceiverKey::from_pkcs8(der).expect("a key");
        ReceiverKeys { current: vec![read(&receiver_der()), read(&rsa)], former: Vec::new() }
    })
}

/// How statements are read.
#[must_use]
pub fn reader(dialect: Dialect) -> Reader {
    Reader { dialect, now: now(), development: false }
}

/// An entity.
#[must_use]
pub fn entity(name: &str) -> EntityId {
    EntityId::parse(name, false).expect("a name")
}
