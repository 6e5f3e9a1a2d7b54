//! What is encrypted here is decrypted by code that shares nothing with it but the primitives; decryption is
//! tried here on what is encrypted here; `wycheproof` judges the primitives by the vectors of others.

mod wycheproof;

use aws_lc_rs::aead::{AES_128_GCM, AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::agreement::{ECDH_P256, ParsedPublicKey, PrivateKey, UnparsedPublicKey, agree};
use aws_lc_rs::cipher::{
    AES_128, AES_256, DecryptionContext, PaddedBlockDecryptingKey, UnboundCipherKey,
};
use aws_lc_rs::encoding::{
    AsBigEndian as _, AsDer as _, EcPublicKeyUncompressedBin, Pkcs8V1Der, PublicKeyX509Der,
};
use aws_lc_rs::hmac;
use aws_lc_rs::iv::FixedLength;
use aws_lc_rs::key_wrap::{self, AesKek, KeyWrap as _};
use aws_lc_rs::rsa::{
    KeySize, OAEP_SHA1_MGF1SHA1, OAEP_SHA256_MGF1SHA256, OaepPrivateDecryptingKey,
    OaepPublicEncryptingKey, PrivateDecryptingKey,
};
use aws_lc_rs::signature::RsaPublicKeyComponents;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::*;
use crate::crypto::digest::{base64url, sha256};
use crate::crypto::jwk::PublicKeys;
use crate::crypto::rsa::KeyFault;
use crate::effects::Effects;

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
        let bits = match enc {
            "A128GCM" => 128_u32,
            "A256CBC-HS512" => 512,
            _ => 256,
        };
        let agreed = |name: &str, bits: u32| {
            let epk = |member: &str| decode(told["epk"][member].as_str().unwrap());
            let point = [&[4], epk("x").as_slice(), &epk("y")].concat();
            let peer = UnparsedPublicKey::new(&ECDH_P256, point);
            let peer = ParsedPublicKey::try_from(peer).unwrap();
            agree(&self.ec, peer, (), |secret| {
                let round = |number: u8| {
                    let mut input = vec![0, 0, 0, number];
                    input.extend(secret);
                    input.extend([0, 0, 0, u8::try_from(name.len()).unwrap()]);
                    input.extend(name.as_bytes());
                    input.extend([0; 8]);
                    input.extend(bits.to_be_bytes());
                    sha256(&input)
                };
                let both = [round(1), round(2)].concat();
                Ok::<_, ()>(both[..bits as usize / 8].to_vec())
            })
            .unwrap()
        };
        let key = match told["alg"].as_str().unwrap() {
            name @ ("RSA-OAEP" | "RSA-OAEP-256") => {
                let padding = match name {
                    "RSA-OAEP" => &OAEP_SHA1_MGF1SHA1,
                    _ => &OAEP_SHA256_MGF1SHA256,
                };
                let key = OaepPrivateDecryptingKey::new(self.rsa.clone()).unwrap();
                let mut room = vec![0; key.min_output_size()];
                key.decrypt(padding, &wrapped, &mut room, None).unwrap().to_vec()
            }
            "ECDH-ES" => {
                assert!(wrapped.is_empty());
                agreed(enc, bits)
            }
            name => {
                let mut room = vec![0; wrapped.len()];
                let key = AesKek::new(&key_wrap::AES_256, &agreed(name, 256)).unwrap();
                key.unwrap(&wrapped, &mut room).unwrap().to_vec()
            }
        };
        if enc.ends_with("GCM") {
            let algorithm = if key.len() == 16 { &AES_128_GCM } else { &AES_256_GCM };
            let key = LessSafeKey::new(UnboundKey::new(algorithm, &key).unwrap());
            sealed.extend(tag);
            let nonce = Nonce::try_assume_unique_for_key(&vector).unwrap();
            let plain = key.open_in_place(nonce, Aad::from(header.as_bytes()), &mut sealed).ok()?;
            return Some((told, plain.to_vec()));
        }
        let length = u64::try_from(header.len()).unwrap() * 8;
        let input = [header.as_bytes(), &vector, &sealed, &length.to_be_bytes()].concat();
        let half = key.len() / 2;
        let (mac, cipher) = match half {
            16 => (hmac::HMAC_SHA256, &AES_128),
            _ => (hmac::HMAC_SHA512, &AES_256),
        };
        if hmac::sign(&hmac::Key::new(mac, &key[..half]), &input).as_ref()[..half] != tag {
            return None;
        }
        let key = UnboundCipherKey::new(cipher, &key[half..]).unwrap();
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
    for other in [KeyManagement::EcdhEsA256Kw, KeyManagement::RsaOaep, KeyManagement::RsaOaep256] {
        let refused = encrypt(&keys(&jwk), how(other), None, b"x", &fx);
        assert_eq!(refused, Err(JweFault::NoKey(other.name())));
    }
}

// Decryption.

const ALL: Accepted =
    Accepted { longest: 4096, management: &KeyManagement::ALL, content: &ContentEncryption::ALL };

impl Receiver {
    fn private(&self) -> [ReceiverKey; 2] {
        let rsa: Pkcs8V1Der<'_> = self.rsa.as_der().unwrap();
        let ec: Pkcs8V1Der<'_> = self.ec.as_der().unwrap();
        [rsa.as_ref(), ec.as_ref()].map(|der| ReceiverKey::from_pkcs8(der).unwrap())
    }
}

/// A receiver with a key of each kind, and the same published for one way of using each.
fn receiver() -> ReceiverKeys {
    ReceiverKeys { current: Receiver::new().private().into(), former: Vec::new() }
}

fn published(keys: &[ReceiverKey], management: KeyManagement) -> PublicKeys {
    let key = keys.iter().find(|key| key.is_for(management)).unwrap();
    PublicKeys::parse(json!({"keys": [key.jwk(management)]}).to_string().as_bytes()).unwrap()
}

fn sealed(keys: &ReceiverKeys, key: KeyManagement, content: ContentEncryption) -> String {
    let (fx, _) = Effects::scripted(0, 1);
    let public = published(&keys.current, key);
    encrypt(&public, Encryption { key, content }, Some("JWT"), b"a.b.c", &fx).unwrap()
}

fn fault(token: &str, keys: &ReceiverKeys) -> DecryptFault {
    decrypt(token, keys, &ALL).unwrap_err()
}

/// The same token with another header.
fn with_header(token: &str, change: impl FnOnce(&mut Value)) -> String {
    let (header, rest) = token.split_once('.').unwrap();
    let mut header: Value =
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(header).unwrap()).unwrap();
    change(&mut header);
    format!("{}.{rest}", base64url(header.to_string().as_bytes()))
}

/// The same token with other octets in one part.
fn with_part(token: &str, part: usize, change: impl FnOnce(&mut Vec<u8>)) -> String {
    let mut parts: Vec<String> = token.split('.').map(str::to_owned).collect();
    let mut octets = URL_SAFE_NO_PAD.decode(&parts[part]).unwrap();
    change(&mut octets);
    parts[part] = base64url(&octets);
    parts.join(".")
}

#[test]
fn whatever_is_encrypted_for_us_opens_for_us_alone_and_says_that_a_token_is_inside() {
    let (keys, others) = (receiver(), receiver());
    for management in KeyManagement::ALL {
        for content in ContentEncryption::ALL {
            let token = sealed(&keys, management, content);
            let opened = decrypt(&token, &keys, &ALL).unwrap();
            assert_eq!(opened.nested(), Some("a.b.c"), "{management:?} {content:?}");
            assert_eq!(fault(&token, &others), DecryptFault::UnknownKey);
            // Somebody who has the name of the key, and not the key.
            let mut named = receiver();
            for (at, key) in keys.current.iter().enumerate() {
                named.current[at].kid.clone_from(&key.kid);
            }
            assert_eq!(fault(&token, &named), DecryptFault::Undecryptable);
        }
    }
}

#[test]
fn an_octet_changed_anywhere_or_cut_off_or_added_gives_one_and_the_same_fault() {
    let keys = receiver();
    for (management, content) in [
        (KeyManagement::RsaOaep, ContentEncryption::A256CbcHs512),
        (KeyManagement::RsaOaep256, ContentEncryption::A128CbcHs256),
        (KeyManagement::EcdhEs, ContentEncryption::A128Gcm),
        (KeyManagement::EcdhEsA256Kw, ContentEncryption::A256Gcm),
    ] {
        let token = sealed(&keys, management, content);
        let lengths: Vec<usize> =
            token.split('.').map(|part| URL_SAFE_NO_PAD.decode(part).unwrap().len()).collect();
        for (part, length) in lengths.into_iter().enumerate().skip(1) {
            // An RSA operation for each of 256 octets would take long and say nothing more.
            for at in (0..length).step_by(if part == 1 { 37 } else { 1 }) {
                let changed = with_part(&token, part, |octets| octets[at] ^= 1);
                let cut = with_part(&token, part, |octets| octets.truncate(at));
                for token in [changed, cut] {
                    let fault = fault(&token, &keys);
                    assert_eq!(fault, DecryptFault::Undecryptable, "{management:?} {part} {at}");
                }
            }
            let longer = with_part(&token, part, |octets| octets.push(0));
            assert_eq!(fault(&longer, &keys), DecryptFault::Undecryptable, "{part}");
        }
        // The same octets, cut at another place.
        let mut moved = 0;
        let shorter = with_part(&token, 3, |octets| moved = octets.pop().unwrap());
        let other = with_part(&shorter, 4, |octets| octets.insert(0, moved));
        assert_eq!(fault(&other, &keys), DecryptFault::Undecryptable, "{content:?}");
        let other = with_header(&token, |header| header["typ"] = "JWT".into());
        assert_eq!(
            fault(&other, &keys),
            DecryptFault::Undecryptable,
            "the header is authenticated"
        );
    }
}

/// A content key of another length than `enc` has unwraps, and is not used.
#[test]
fn a_content_key_of_another_length_is_not_used() {
    let keys = receiver();
    for (length, named) in [(32, "A256CBC-HS512"), (64, "A128CBC-HS256"), (16, "A256GCM")] {
        let how = match length {
            16 => ContentEncryption::A128Gcm,
            32 => ContentEncryption::A128CbcHs256,
            _ => ContentEncryption::A256CbcHs512,
        };
        for management in [KeyManagement::RsaOaep, KeyManagement::EcdhEsA256Kw] {
            let token = sealed(&keys, management, how);
            let token = with_header(&token, |header| header["enc"] = named.into());
            assert_eq!(fault(&token, &keys), DecryptFault::Undecryptable);
        }
    }
    // Tag and ciphertext made for the wrong key: only its length is wrong.
    let (fx, _) = Effects::scripted(0, 1);
    let public = published(&keys.current, KeyManagement::RsaOaep);
    let crate::crypto::jwk::EncryptionMaterial::Rsa(public) = &public.encryption()[0].material
    else {
        panic!()
    };
    let token = |length: usize| {
        let kid = keys.current[0].kid();
        let header = json!({"alg": "RSA-OAEP", "enc": "A256CBC-HS512", "kid": kid}).to_string();
        let header = base64url(header.as_bytes());
        let key = vec![7; length];
        let mut room = vec![0; public.ciphertext_size()];
        let wrapped =
            OaepPublicEncryptingKey::encrypt(public, &OAEP_SHA1_MGF1SHA1, &key, &mut room, None)
                .unwrap();
        // What a reader that pads with zeros or cuts would use.
        let key: Vec<u8> = key.into_iter().chain([0; 64]).take(64).collect();
        let how = ContentEncryption::A256CbcHs512;
        let parts = content::seal(how, &key, header.as_bytes(), b"x", &fx).unwrap();
        let rest = [&*wrapped, &parts.vector, &parts.ciphertext, &parts.tag];
        rest.iter().fold(header, |token, part| token + "." + &base64url(part))
    };
    assert!(decrypt(&token(64), &keys, &ALL).is_ok());
    for length in [0, 1, 16, 32, 48, 63, 65, 128] {
        assert_eq!(fault(&token(length), &keys), DecryptFault::Undecryptable, "{length}");
    }
}

#[test]
fn a_token_is_opened_by_the_key_it_names_and_a_nameless_one_by_current_keys_alone() {
    let mut keys = receiver();
    let [rsa, ec] = Receiver::new().private();
    keys.current.extend([rsa, ec]);
    for management in KeyManagement::ALL {
        let token = sealed(&keys, management, ContentEncryption::A256Gcm);
        let nameless = |keys: &ReceiverKeys| {
            let (fx, _) = Effects::scripted(0, 1);
            let key = keys.current.iter().find(|key| key.is_for(management)).unwrap();
            let mut jwk = key.jwk(management);
            jwk.as_object_mut().unwrap().remove("kid");
            let public = PublicKeys::parse(json!({"keys": [jwk]}).to_string().as_bytes()).unwrap();
            let how = Encryption { key: management, content: ContentEncryption::A256Gcm };
            encrypt(&public, how, None, b"x", &fx).unwrap()
        };
        let nameless = nameless(&keys);
        assert!(decrypt(&token, &keys, &ALL).is_ok());
        let opened = decrypt(&nameless, &keys, &ALL).unwrap();
        assert_eq!((opened.text(), opened.nested()), (Some("x"), None));
        // The keys are replaced; the old ones are kept for those who still have them.
        keys.former = std::mem::replace(&mut keys.current, Receiver::new().private().into());
        assert!(decrypt(&token, &keys, &ALL).is_ok(), "{management:?}");
        assert_eq!(fault(&nameless, &keys), DecryptFault::Undecryptable);
        keys.current = std::mem::take(&mut keys.former);
    }
    // A name of another key, of a key of another kind, and names that are none.
    let token = sealed(&keys, KeyManagement::RsaOaep, ContentEncryption::A256Gcm);
    let other = keys.current[1].kid().to_owned();
    for kid in [&other, "x", "../../etc/passwd", "' OR 1=1"] {
        let named = with_header(&token, |header| header["kid"] = kid.into());
        assert_eq!(fault(&named, &keys), DecryptFault::UnknownKey, "{kid}");
    }
    for kid in [json!(""), json!(1), json!(null), json!(["x"])] {
        let named = with_header(&token, |header| header["kid"] = kid);
        assert_eq!(fault(&named, &keys), DecryptFault::Header("kid"));
    }
    assert_eq!(fault(&token, &ReceiverKeys::default()), DecryptFault::UnknownKey);
}

#[test]
fn compression_and_extensions_are_refused_before_any_key_is_used() {
    let keys = receiver();
    let token = sealed(&keys, KeyManagement::RsaOaep, ContentEncryption::A256CbcHs512);
    for (name, value) in
        [("zip", json!("DEF")), ("zip", json!(null)), ("crit", json!(["exp"])), ("crit", json!([]))]
    {
        let asked = with_header(&token, |header| header[name] = value);
        assert_eq!(fault(&asked, &keys), DecryptFault::Extension, "{name}");
        assert_eq!(fault(&asked, &ReceiverKeys::default()), DecryptFault::Extension, "{name}");
    }
}

#[test]
fn an_algorithm_that_the_sender_may_not_use_is_refused_whatever_we_could_do() {
    let keys = receiver();
    let token = sealed(&keys, KeyManagement::RsaOaep, ContentEncryption::A256CbcHs512);
    for alg in [
        "RSA1_5",
        "dir",
        "A128KW",
        "A256GCMKW",
        "PBES2-HS256+A128KW",
        "ECDH-ES+A128KW",
        "none",
        "rsa-oaep",
        "RSA-OAEP ",
        "RSA-OAEP-384",
        "RS256",
    ] {
        let named = with_header(&token, |header| {
            header["alg"] = alg.into();
            header["p2c"] = json!(i64::MAX);
        });
        assert_eq!(fault(&named, &keys), DecryptFault::Algorithm, "{alg}");
    }
    for enc in ["A192CBC-HS384", "A192GCM", "none", "A256CBC", "a256gcm"] {
        let named = with_header(&token, |header| header["enc"] = enc.into());
        assert_eq!(fault(&named, &keys), DecryptFault::Algorithm, "{enc}");
    }
    for name in ["alg", "enc"] {
        for value in [json!(null), json!(""), json!(["RSA-OAEP"])] {
            let named = with_header(&token, |header| header[name] = value);
            assert_eq!(fault(&named, &keys), DecryptFault::Header(name));
        }
    }
    // What we can do, and this sender may not.
    let narrow = Accepted {
        longest: 4096,
        management: &[KeyManagement::RsaOaep256],
        content: &[ContentEncryption::A256CbcHs512],
    };
    assert_eq!(decrypt(&token, &keys, &narrow).unwrap_err(), DecryptFault::Algorithm);
    let narrow = Accepted { management: &[KeyManagement::RsaOaep], ..narrow };
    assert!(decrypt(&token, &keys, &narrow).is_ok());
    let gcm = sealed(&keys, KeyManagement::RsaOaep, ContentEncryption::A256Gcm);
    assert_eq!(decrypt(&gcm, &keys, &narrow).unwrap_err(), DecryptFault::Algorithm);
}

#[test]
fn what_is_no_compact_jwe_is_refused_at_once_however_long_it_is() {
    let keys = receiver();
    let token = sealed(&keys, KeyManagement::RsaOaep, ContentEncryption::A256CbcHs512);
    let twice = base64url(br#"{"alg":"RSA-OAEP","alg":"RSA-OAEP","enc":"A256CBC-HS512"}"#);
    let (_, rest) = token.split_once('.').unwrap();
    let dots = ".".repeat(4000);
    let [more, padded] = [".", "="].map(|tail| token.clone() + tail);
    for wrong in [
        "",
        ".",
        "....",
        "a.b.c",
        &dots,
        &more,
        &padded,
        &token.replace('.', " ."),
        &format!("{twice}.{rest}"),
        &format!("W10.{rest}"),
        &format!(" {token}"),
        "{\"protected\":\"x\"}",
    ] {
        assert_eq!(fault(wrong, &keys), DecryptFault::Malformed, "{wrong:.60}");
    }
    let long = token + &"A".repeat(4096);
    assert_eq!(fault(&long, &keys), DecryptFault::TooLong);
}

#[test]
fn an_ephemeral_key_off_the_curve_with_a_private_half_or_of_another_curve_is_refused() {
    let keys = receiver();
    let token = sealed(&keys, KeyManagement::EcdhEs, ContentEncryption::A256Gcm);
    let other = |change: &dyn Fn(&mut Value)| {
        fault(&with_header(&token, |header| change(&mut header["epk"])), &keys)
    };
    let zero = base64url(&[0; 32]);
    let off = other(&|epk| epk["y"] = zero.as_str().into());
    assert_eq!(off, DecryptFault::Undecryptable);
    for change in [
        &|epk: &mut Value| epk["d"] = zero.as_str().into(),
        &|epk: &mut Value| epk["crv"] = "P-384".into(),
        &|epk: &mut Value| epk["kty"] = "oct".into(),
        &|epk: &mut Value| epk["x"] = "AA".into(),
        &|epk: &mut Value| *epk = json!([]),
    ] as [&dyn Fn(&mut Value); 5]
    {
        assert_eq!(other(change), DecryptFault::Header("epk"));
    }
    for name in ["apu", "apv"] {
        for (value, expected) in [
            (json!("QQ"), DecryptFault::Undecryptable),
            (json!("Q"), DecryptFault::Header(name)),
            (json!(1), DecryptFault::Header(name)),
        ] {
            let named = with_header(&token, |header| header[name] = value);
            assert_eq!(fault(&named, &keys), expected);
        }
    }
}

#[test]
fn a_receiver_key_is_read_from_pkcs8_named_by_its_thumbprint_and_prints_nothing() {
    let [rsa, ec] = Receiver::new().private();
    for (key, management) in [(rsa, KeyManagement::RsaOaep), (ec, KeyManagement::EcdhEs)] {
        let jwk = key.jwk(management);
        let public = crate::crypto::jwk::EncryptionKey::from_jwk(jwk.as_object().unwrap());
        assert_eq!(public.unwrap().kid.as_deref(), Some(key.kid()));
        assert_eq!((&jwk["use"], &jwk["alg"]), (&json!("enc"), &json!(management.name())));
        assert!(!jwk.to_string().contains("\"d\""));
        assert_eq!(key.kid().len(), 43);
        assert!(!format!("{key:?}").contains("private"));
    }
    assert_eq!(ReceiverKey::from_pkcs8(b"none").unwrap_err(), KeyFault::Unreadable);
    let opened = Opened { content_type: None, plaintext: b"secret".to_vec().into() };
    assert!(!format!("{opened:?}").contains("secret"));
}
