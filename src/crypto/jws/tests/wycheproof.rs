//! Signatures: the vectors of each algorithm.
//!
//! Not tokens as a whole: the other tests forge those.

use serde_json::Value;

use super::super::*;
use crate::crypto::wycheproof::{Tally, groups, octets, public, rsa, tests};

/// The vectors of `algorithm` in `files`, each key as `jwk` finds it in its group.
fn run(files: &[&str], algorithm: SignatureAlgorithm, jwk: fn(&Value) -> Value) -> Tally {
    let mut tally = Tally::default();
    for file in files {
        for group in groups(file) {
            let key = public(&jwk(&group));
            for test in tests(&group) {
                match &key {
                    Ok(key) => {
                        let (input, signature) = (octets(&test["msg"]), octets(&test["sig"]));
                        let verifies = key.verifies(algorithm, &input, &signature);
                        tally.judge(file, test, verifies);
                    }
                    Err(JwkFault::Weak) => tally.refuse(test, "an RSA exponent below 65537"),
                    Err(fault) => panic!("{file}: {fault}"),
                }
            }
        }
    }
    tally
}

/// Every algorithm that we verify has vectors: another one does not compile without its own.
#[test]
fn every_signature_algorithm_judges_each_vector_as_wycheproof_does() {
    for algorithm in SignatureAlgorithm::ALL {
        let name = algorithm.name();
        match algorithm {
            SignatureAlgorithm::RS256 => {
                let files = [2048, 3072, 4096].map(|bits| format!("rsa_signature_{bits}_sha256"));
                let tally = run(&files.each_ref().map(String::as_str), algorithm, rsa);
                tally.is(name, 21, 749);
                // A DigestInfo without its NULL: RFC 8017 has it, and aws-lc wants it.
                assert_eq!(tally.decided.values().collect::<Vec<_>>(), [&false]);
                assert_eq!(tally.policy.values().sum::<usize>(), 3, "{tally:?}");
            }
            SignatureAlgorithm::PS256 => {
                let files = [2048, 3072, 4096].map(|bits| format!("rsa_pss_{bits}_sha256_mgf1_32"));
                run(&files.each_ref().map(String::as_str), algorithm, rsa).is(name, 189, 135);
            }
            SignatureAlgorithm::RS512 => {
                let files = [2048, 3072, 4096].map(|bits| format!("rsa_signature_{bits}_sha512"));
                let tally = run(&files.each_ref().map(String::as_str), algorithm, rsa);
                tally.is(name, 21, 752);
                assert_eq!(tally.decided.values().collect::<Vec<_>>(), [&false]);
            }
            // As others publish them: not every size of key with every digest.
            SignatureAlgorithm::PS384 => {
                let files = ["rsa_pss_2048_sha384_mgf1_48", "rsa_pss_4096_sha384_mgf1_48"];
                run(&files, algorithm, rsa).is(name, 190, 92);
            }
            SignatureAlgorithm::PS512 => {
                run(&["rsa_pss_4096_sha512_mgf1_64"], algorithm, rsa).is(name, 132, 47);
            }
            SignatureAlgorithm::ES256 => {
                let file = "ecdsa_secp256r1_sha256_p1363";
                run(&[file], algorithm, point).is(name, 173, 89);
            }
            SignatureAlgorithm::ES384 => {
                run(&["ecdsa_secp384r1_sha384_p1363"], algorithm, point).is(name, 193, 87);
            }
            SignatureAlgorithm::ES512 => {
                run(&["ecdsa_secp521r1_sha512_p1363"], algorithm, point).is(name, 231, 87);
            }
            SignatureAlgorithm::EdDSA => {
                run(&["ed25519"], algorithm, |group| group["publicKeyJwk"].clone())
                    .is(name, 88, 63);
            }
        }
    }
}

/// A key on a curve: some groups have no JWK.
fn point(group: &Value) -> Value {
    let curve = match group["publicKey"]["curve"].as_str().unwrap() {
        "secp256r1" => "P-256",
        "secp384r1" => "P-384",
        "secp521r1" => "P-521",
        other => panic!("{other}"),
    };
    let point = octets(&group["publicKey"]["uncompressed"]);
    let (x, y) = point[1..].split_at(point.len() / 2);
    let [x, y] = [x, y].map(crate::crypto::digest::base64url);
    serde_json::json!({"kty": "EC", "crv": curve, "x": x, "y": y})
}

#[test]
fn hs256_judges_each_vector_as_wycheproof_does() {
    let mut tally = Tally::default();
    for group in groups("hmac_sha256") {
        for test in tests(&group) {
            let key = hmac::Key::new(hmac::HMAC_SHA256, &octets(&test["key"]));
            let tag = octets(&test["tag"]);
            let verifies = hmac::verify(&key, &octets(&test["msg"]), &tag).is_ok();
            if group["tagSize"] == 256 {
                tally.judge("hmac_sha256", test, verifies);
            } else {
                // JOSE has whole tags alone.
                assert!(!verifies);
                tally.refuse(test, "a tag that is cut");
            }
        }
    }
    tally.is("HS256", 33, 108);
    assert_eq!(tally.policy.into_iter().collect::<Vec<_>>(), [("a tag that is cut", 33)]);
}
