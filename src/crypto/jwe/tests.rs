//! What is encrypted here is decrypted by code that shares nothing with it but the primitives.

use aws_lc_rs::agreement::{ParsedPublicKey, PrivateKey, agree};
use aws_lc_rs::cipher::{DecryptionContext, PaddedBlockDecryptingKey};
use aws_lc_rs::encoding::{AsBigEndian as _, EcPublicKeyUncompressedBin};
use aws_lc_rs::rsa::{KeySize, OaepPrivateDecryptingKey, PrivateDecryptingKey};
use aws_lc_rs::signature::RsaPublicKeyComponents;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::*;

/// A receiver with one key of each kind.
struct Receiver {
    rsa: PrivateDecryptingKey,
    ec: PrivateKey,
}

impl Receiver {
    fn new() -> Self {
        let rsa = PrivateDecryptingKey::generate(KeySize::Rsa2048).unwrap();
        Self { rsa, ec: PrivateKey::generate(&ECDH_P256).unwrap() }
    }

    fn keys(&self) -> PublicKeys {
        use aws_lc_rs::encoding::{AsDer as _, PublicKeyX509Der};
        let der: PublicKeyX509Der<'_> = self.rsa.public_key().as_der().unwrap();
        let public = aws_lc_rs::rsa::PublicKey::from_der(der.as_ref()).unwrap();
        let public = RsaPublicKeyComponents::<Vec<u8>>::from(&public);
        let point = self.ec.compute_public_key().unwrap();
        let point: EcPublicKeyUncompressedBin<'_> = point.as_be_bytes().unwrap();
        let point = point.as_ref();
        let set = json!({"keys": [
            {"kty": "RSA", "use": "enc", "kid": "r", "n": base64url(&public.n), "e": base64url(&public.e)},
            {"kty": "EC", "use": "enc", "kid": "e", "crv": "P-256", "x": base64url(&point[1..33]), "y": base64url(&point[33..])},
        ]});
        PublicKeys::parse(set.to_string().as_bytes()).unwrap()
    }

    fn open(&self, token: &str) -> Option<(Value, Vec<u8>)> {
        let parts: Vec<&str> = token.split('.').collect();
        let [header, wrapped, vector, sealed, tag] = parts.as_slice() else { return None };
        let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).unwrap();
        let (wrapped, vector) = (decode(wrapped), decode(vector));
        let (mut sealed, tag) = (decode(sealed), decode(tag));
        let told: Value = serde_json::from_slice(&decode(header)).unwrap();
        let enc = told["enc"].as_str().unwrap();
        let bits = if enc == "A128GCM" { 128_u32 } else { 256 };
        let agreed = |name: &str, bits: u32| {
            let epk = |member: &str| decode(told["epk"][member].as_str().unwrap());
            let point = [&[4], epk("x").as_slice(), &epk("y")].concat();
            let peer = UnparsedPublicKey::new(&ECDH_P256, point);
            let peer = ParsedPublicKey::try_from(peer).unwrap();
            agree(&self.ec, peer, (), |secret| {
                let mut input = vec![0, 0, 0, 1];
                input.extend(secret);
                input.extend([0, 0, 0, u8::try_from(name.len()).unwrap()]);
                input.extend(name.as_bytes());
                input.extend([0; 8]);
                input.extend(bits.to_be_bytes());
                Ok::<_, ()>(sha256(&input)[..bits as usize / 8].to_vec())
            })
            .unwrap()
        };
        let key = match told["alg"].as_str().unwrap() {
            "RSA-OAEP-256" => {
                let key = OaepPrivateDecryptingKey::new(self.rsa.clone()).unwrap();
                let mut room = vec![0; key.min_output_size()];
                key.decrypt(&OAEP_SHA256_MGF1SHA256, &wrapped, &mut room, None).unwrap().to_vec()
            }
            "ECDH-ES" => {
                assert!(wrapped.is_empty());
                agreed(enc, bits)
            }
            name => {
                let mut room = vec![0; wrapped.len()];
                let key = AesKek::new(&AES_256, &agreed(name, 256)).unwrap();
                key.unwrap(&wrapped, &mut room).unwrap().to_vec()
            }
        };
        if enc != "A128CBC-HS256" {
            let algorithm = if key.len() == 16 { &AES_128_GCM } else { &AES_256_GCM };
            let key = LessSafeKey::new(UnboundKey::new(algorithm, &key).unwrap());
            sealed.extend(tag);
            let nonce = Nonce::try_assume_unique_for_key(&vector).unwrap();
            let plain = key.open_in_place(nonce, Aad::from(header.as_bytes()), &mut sealed).ok()?;
            return Some((told, plain.to_vec()));
        }
        let length = u64::try_from(header.len()).unwrap() * 8;
        let input = [header.as_bytes(), &vector, &sealed, &length.to_be_bytes()].concat();
        if hmac_sha256(&key[..16], &input)[..16] != tag {
            return None;
        }
        let key = UnboundCipherKey::new(&AES_128, &key[16..]).unwrap();
        let context = DecryptionContext::Iv128(FixedLength::try_from(vector.as_slice()).unwrap());
        let key = PaddedBlockDecryptingKey::cbc_pkcs7(key).unwrap();
        let plain = key.decrypt(&mut sealed, context).unwrap().to_vec();
        Some((told, plain))
    }
}

#[test]
fn every_combination_is_opened_by_its_receiver_alone() {
    let (fx, _) = Effects::scripted(0, 1);
    let (receiver, stranger) = (Receiver::new(), Receiver::new());
    let keys = receiver.keys();
    for key in KeyManagement::ALL {
        for content in ContentEncryption::ALL {
            let how = Encryption { key, content };
            let token = encrypt(&keys, how, Some("JWT"), b"a.b.c", &fx).unwrap();
            let (header, plain) = receiver.open(&token).unwrap();
            assert_eq!(plain, b"a.b.c", "{how:?}");
            assert_eq!(header["alg"], key.name());
            assert_eq!(header["enc"], content.name());
            assert_eq!(header["cty"], "JWT");
            assert!(header.get("zip").is_none());
            // Another receiver finds another key, or none at all.
            if key == KeyManagement::EcdhEs {
                assert!(stranger.open(&token).is_none(), "{how:?}");
            }
            let mut parts: Vec<String> = token.split('.').map(str::to_owned).collect();
            parts[0] = base64url(header.to_string().replace("\"kid\"", "\"kit\"").as_bytes());
            assert!(receiver.open(&parts.join(".")).is_none(), "the header is authenticated");
            let again = encrypt(&keys, how, Some("JWT"), b"a.b.c", &fx).unwrap();
            assert_ne!(token, again);
        }
    }
}

#[test]
fn nothing_is_encrypted_to_a_key_for_another_algorithm() {
    let (fx, _) = Effects::scripted(0, 1);
    let how = |key| Encryption { key, content: ContentEncryption::A256Gcm };
    let point = crate::crypto::jws::corpus::Forger::get();
    let mut jwk = point.jwk(crate::crypto::jwk::SignatureAlgorithm::ES256);
    let keys =
        |jwk: &Value| PublicKeys::parse(json!({"keys": [jwk]}).to_string().as_bytes()).unwrap();
    let bare = encrypt(&keys(&jwk), how(KeyManagement::EcdhEs), None, b"x", &fx);
    assert_eq!(
        bare,
        Err(JweFault::NoKey("ECDH-ES")),
        "a key that is not said to be for encryption"
    );
    jwk["alg"] = "ECDH-ES".into();
    assert!(encrypt(&keys(&jwk), how(KeyManagement::EcdhEs), None, b"x", &fx).is_ok());
    for other in [KeyManagement::EcdhEsA256Kw, KeyManagement::RsaOaep256] {
        let refused = encrypt(&keys(&jwk), how(other), None, b"x", &fx);
        assert_eq!(refused, Err(JweFault::NoKey(other.name())));
    }
}
