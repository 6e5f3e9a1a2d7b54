//! Encryption: the vectors of each primitive through the code that opens tokens.
//!
//! Not tokens as a whole: the other tests make those.

use std::collections::BTreeMap;

use aws_lc_rs::agreement::{ECDH_P256, PrivateKey, UnparsedPublicKey, agree};
use aws_lc_rs::key_wrap::{self, AesKek, KeyWrap as _};
use serde_json::json;

use super::super::content::{self, Parts};
use super::super::*;
use crate::crypto::decryption::{DecryptionKey, KeyTransport};
use crate::crypto::digest::base64url;
use crate::crypto::jwk::ephemeral_point;
use crate::crypto::wycheproof::{Tally, groups, octets, tests};

#[test]
fn every_content_encryption_judges_each_vector_as_wycheproof_does() {
    for how in ContentEncryption::ALL {
        let (file, key_bits, accepted, refused) = match how {
            ContentEncryption::A128CbcHs256 => ("a128cbc_hs256", 256, 67, 27),
            ContentEncryption::A256CbcHs512 => ("a256cbc_hs512", 512, 67, 27),
            ContentEncryption::A128Gcm => ("aes_gcm", 128, 40, 29),
            ContentEncryption::A256Gcm => ("aes_gcm", 256, 39, 29),
        };
        let mut tally = Tally::default();
        for group in groups(file) {
            if group["keySize"] != key_bits {
                continue;
            }
            for test in tests(&group) {
                let [key, header, vector, ciphertext, tag, plain] =
                    ["key", "aad", "iv", "ct", "tag", "msg"].map(|name| octets(&test[name]));
                let opened = content::open(how, &key, &header, &Parts { vector, ciphertext, tag });
                let right = opened.is_ok_and(|opened| *opened == plain);
                if file == "aes_gcm" && group["ivSize"] != 96 {
                    assert!(!right, "{test}");
                    tally.refuse(test, "a nonce that has not 96 bits");
                } else {
                    tally.judge(file, test, right);
                }
            }
        }
        tally.is(how.name(), accepted, refused);
    }
}

#[test]
fn every_rsa_key_management_judges_each_vector_as_wycheproof_does() {
    for (file, transport) in [
        ("rsa_oaep_2048_sha1_mgf1sha1", KeyTransport::OaepSha1),
        ("rsa_oaep_2048_sha256_mgf1sha256", KeyTransport::OaepSha256),
        ("rsa_oaep_3072_sha256_mgf1sha256", KeyTransport::OaepSha256),
        ("rsa_oaep_4096_sha256_mgf1sha256", KeyTransport::OaepSha256),
    ] {
        let mut tally = Tally::default();
        for group in groups(file) {
            let key = DecryptionKey::from_pkcs8(&octets(&group["privateKeyPkcs8"])).unwrap();
            for test in tests(&group) {
                let (wrapped, plain) = (octets(&test["ct"]), octets(&test["msg"]));
                let unwraps = |length: usize| {
                    let (room, fits) = key.unwrap(transport, &wrapped, length);
                    bool::from(fits) && room.starts_with(&plain)
                };
                if test["result"] == "valid" && test["label"] != "" {
                    assert!(![16, 32, 64].into_iter().any(unwraps));
                    tally.refuse(test, "a label");
                } else if test["result"] == "valid" {
                    tally.judge(file, test, unwraps(plain.len()));
                } else {
                    // Of no length that a content key can have.
                    tally.judge(file, test, [16, 32, 64].into_iter().any(unwraps));
                }
            }
        }
        tally.is(file, 10, 19);
    }
}

#[test]
fn key_wrap_and_agreement_judge_each_vector_as_wycheproof_does() {
    let mut tally = Tally::default();
    for group in groups("aes_wrap") {
        if group["keySize"] != 256 {
            continue;
        }
        for test in tests(&group) {
            let (wrapped, plain) = (octets(&test["ct"]), octets(&test["msg"]));
            let mut room = vec![0; wrapped.len().max(8)];
            let key = AesKek::new(&key_wrap::AES_256, &octets(&test["key"])).unwrap();
            let unwrapped = key.unwrap(&wrapped, &mut room);
            tally.judge("aes_wrap", test, unwrapped.is_ok_and(|unwrapped| *unwrapped == plain));
        }
    }
    tally.is("A256KW", 13, 54);
    // Eight octets are no content key; whether the library unwraps them does not matter.
    assert!(tally.decided.len() <= 1);

    let mut tally = Tally::default();
    for group in groups("ecdh_secp256r1_ecpoint") {
        for test in tests(&group) {
            let agreed = agreed(&octets(&test["public"]), &octets(&test["private"]));
            let right = agreed.is_some_and(|agreed| agreed == octets(&test["shared"]));
            tally.judge("ecdh", test, right);
        }
    }
    tally.is("ECDH-ES", 330, 24);
    // JOSE has both coordinates: there is no way to send a compressed point.
    assert_eq!(tally.decided, BTreeMap::from([("compressed public key".to_owned(), false)]));
}

/// The secret that a point and a private key give, the point as an `epk` has it.
fn agreed(point: &[u8], private: &[u8]) -> Option<Vec<u8>> {
    let (x, y) = point.strip_prefix(&[4])?.split_at_checked(32)?;
    let epk = json!({"kty": "EC", "crv": "P-256", "x": base64url(x), "y": base64url(y)});
    let point = ephemeral_point(epk.as_object()?).ok()?;
    // As an integer, of any length.
    let zeros = private.iter().take_while(|octet| **octet == 0).count();
    let digits = &private[zeros..];
    let private = [vec![0; 32 - digits.len()].as_slice(), digits].concat();
    let key = PrivateKey::from_private_key(&ECDH_P256, &private).ok()?;
    agree(&key, UnparsedPublicKey::new(&ECDH_P256, point), (), |secret| Ok(secret.to_vec())).ok()
}
