//! A client's key for encrypted answers (RFC 7516), and how it opens them.
//!
//! One algorithm, ECDH-ES with A256GCM; the others are tried where encryption is.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::agreement::{ECDH_P256, PrivateKey, UnparsedPublicKey, agree};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use varco::crypto::digest::{base64url, sha256};
use varco::crypto::jwk::PublicKeys;
use varco::oidc::ClientKeys;

/// A P-256 key.
pub(crate) struct Receiver(PrivateKey);

impl Receiver {
    pub(crate) fn new() -> Self {
        Self(PrivateKey::generate(&ECDH_P256).unwrap())
    }

    /// As it is registered.
    pub(crate) fn keys(&self) -> ClientKeys {
        let public = self.0.compute_public_key().unwrap();
        let (x, y) = public.as_ref()[1..].split_at(32);
        let jwk = json!({"kty": "EC", "crv": "P-256", "use": "enc", "kid": "enc-1",
            "x": base64url(x), "y": base64url(y)});
        let set = json!({"keys": [jwk]}).to_string();
        ClientKeys::registered(PublicKeys::parse(set.as_bytes()).unwrap())
    }

    /// The header and what was encrypted.
    pub(crate) fn open(&self, token: &str) -> (Value, Vec<u8>) {
        let parts: Vec<&str> = token.split('.').collect();
        let [header, "", vector, sealed, tag] = parts.as_slice() else { panic!("{token}") };
        let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).unwrap();
        let told: Value = serde_json::from_slice(&decode(header)).unwrap();
        assert_eq!((&told["alg"], &told["enc"]), (&"ECDH-ES".into(), &"A256GCM".into()));
        let epk = |member: &str| decode(told["epk"][member].as_str().unwrap());
        let point = [&[4], epk("x").as_slice(), &epk("y")].concat();
        let peer = UnparsedPublicKey::new(&ECDH_P256, point);
        let key = agree(&self.0, peer, (), |secret| {
            let name = b"A256GCM";
            let parts: [&[u8]; 6] =
                [&[0, 0, 0, 1], secret, &[0, 0, 0, 7], name, &[0; 8], &[0, 0, 1, 0]];
            Ok::<_, ()>(sha256(&parts.concat()))
        });
        let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &key.unwrap()).unwrap());
        let nonce = Nonce::try_assume_unique_for_key(&decode(vector)).unwrap();
        let mut sealed = [decode(sealed), decode(tag)].concat();
        let plain = key.open_in_place(nonce, Aad::from(header.as_bytes()), &mut sealed).unwrap();
        (told, plain.to_vec())
    }
}
