//! Signatures: the vectors of each algorithm, and of JSON Web Signature and Key as a whole.

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

/// Tokens as a whole. What is inside is not JSON in any of them, so they are read without it.
fn read(token: &str) -> Result<Compact<'_>, JwsFault> {
    let expected = Expected { longest: 8192, types: &[], untyped: true };
    let (header, _, compact) = Compact::enclosed(token, &expected)?;
    if KEYS.iter().any(|name| header.contains_key(*name)) {
        return Err(JwsFault::OwnKey);
    }
    Ok(compact)
}

/// Whether `token` is accepted under the group's key or keys, as registered keys would.
fn accepts(token: &str, group: &Value) -> bool {
    let jwk = if group["public"].is_object() { &group["public"] } else { &group["private"] };
    let Ok(compact) = read(token) else { return false };
    let listed = match jwk.get("keys") {
        None => vec![jwk.clone()],
        Some(listed) => listed.as_array().unwrap().clone(),
    };
    if let [jwk] = listed.as_slice()
        && jwk["kty"] == "oct"
    {
        // A shared secret is a registration of its own here, and has no name.
        let secret = decoded(jwk["k"].as_str().unwrap()).unwrap();
        let named = jwk.get("kid").is_none_or(|kid| compact.kid() == kid.as_str());
        let stated = jwk["alg"] == "HS256";
        return named && stated && compact.verify_with_secret(&secret).is_ok();
    }
    let set = serde_json::json!({"keys": listed});
    let keys = PublicKeys::parse(set.to_string().as_bytes());
    keys.is_ok_and(|keys| compact.verify(&keys, &SignatureAlgorithm::ALL).is_ok())
}

/// Why a valid token is refused on purpose.
fn refused_on_purpose(test: &Value, group: &Value) -> Option<&'static str> {
    let token = test["jws"].as_str()?;
    let (header, _) = token.split_once('.')?;
    let header = decoded(header).ok().and_then(|header| json::object(&header).ok());
    let algorithm = header.as_ref().and_then(|header| header.get("alg")?.as_str());
    let known = |name: &str| name == "HS256" || SignatureAlgorithm::parse(name).is_some();
    if !algorithm.is_some_and(known) {
        return match algorithm {
            Some(_) => Some("an algorithm that has no name here"),
            None => Some("characters that are not of base64url"),
        };
    }
    if test["comment"].as_str()?.starts_with("InvalidCharacter") {
        return Some("characters that are not of base64url");
    }
    let operations = &group["public"]["key_ops"];
    if operations.as_array().is_some_and(|listed| !listed.contains(&"verify".into())) {
        return Some("key_ops without verify");
    }
    let jwk = if group["public"].is_object() { &group["public"] } else { &group["private"] };
    if jwk["alg"].as_str().is_some_and(|stated| Some(stated) != algorithm) {
        return Some("a key whose alg is another one");
    }
    let shared = |keys: &Vec<Value>| keys.len() > 1 && keys.iter().all(|key| key["kty"] == "oct");
    jwk["keys"].as_array().is_some_and(shared).then_some("a set of shared secrets")
}

fn whole(file: &str) -> Tally {
    let mut tally = Tally::default();
    for group in groups(file) {
        let valid: Vec<&Value> =
            tests(&group).iter().filter(|test| test["result"] == "valid").collect();
        for test in tests(&group) {
            // Some vectors are of JWE, and some are no text at all: the JSON serialisation.
            if test.get("jws").is_none() {
                continue;
            }
            let accepted = test["jws"].as_str().is_some_and(|token| accepts(token, &group));
            let twin = valid.iter().any(|other| other["jws"] == test["jws"]);
            match refused_on_purpose(test, &group) {
                // Two have lost the padding that they are about, and are the valid token itself.
                None if twin && test["result"] == "invalid" => {
                    assert!(accepted);
                    *tally.policy.entry("octet for octet a valid one").or_default() += 1;
                }
                Some(why) if !accepted => tally.refuse(test, why),
                _ => tally.judge(file, test, accepted),
            }
        }
    }
    tally
}

#[test]
fn every_json_web_signature_is_judged_as_wycheproof_does() {
    let tally = whole("json_web_signature");
    tally.is("json_web_signature", 36, 353);
    assert_eq!(tally.policy["octet for octet a valid one"], 2);
    let tally = whole("json_web_crypto");
    tally.is("json_web_crypto", 3, 45);
    let tally = whole("json_web_key");
    tally.is("json_web_key", 2, 21);
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

/// The reader that vectors use is the one that tokens use: it only leaves the claims alone.
#[test]
fn a_token_whose_payload_is_no_object_is_refused_for_that_alone() {
    let group = groups("json_web_signature").into_iter().nth(2).unwrap();
    let token = tests(&group)[0]["jws"].as_str().unwrap();
    assert!(accepts(token, &group));
    let expected = Expected { longest: 8192, types: &[], untyped: true };
    assert_eq!(Compact::read(token, &expected).unwrap_err(), JwsFault::Malformed);
}
