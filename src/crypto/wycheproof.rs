//! Vectors of Project Wycheproof (C2SP), which others made to find what implementations get wrong, for every
//! algorithm of JOSE that has a name here.
//!
//! Not part of the product. The files in `tests/vectors/wycheproof` are unmodified, as the crate `wycheproof`
//! 0.7.0 publishes them; tests run the code that tokens run through, and count.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::digest::base64url;
use super::jwk::PublicKey;

/// The test groups of a file.
pub(super) fn groups(file: &str) -> Vec<Value> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors/wycheproof");
    let text = std::fs::read(format!("{folder}/{file}_test.json")).unwrap();
    let vectors: Value = serde_json::from_slice(&text).unwrap();
    vectors["testGroups"].as_array().unwrap().clone()
}

/// The tests of a group.
pub(super) fn tests(group: &Value) -> &[Value] {
    group["tests"].as_array().unwrap()
}

/// A member in hexadecimal.
pub(super) fn octets(value: &Value) -> Vec<u8> {
    let digits: Vec<u8> = value.as_str().unwrap().bytes().collect();
    let digit = |digit: u8| u8::try_from(char::from(digit).to_digit(16).unwrap()).unwrap();
    digits.chunks(2).map(|pair| digit(pair[0]) * 16 + digit(pair[1])).collect()
}

/// A public key, whatever it is called there.
pub(super) fn public(jwk: &Value) -> Result<PublicKey, super::jwk::JwkFault> {
    let mut jwk = jwk.as_object().unwrap().clone();
    jwk.retain(|name, value| name != "kid" || *value != "none");
    PublicKey::from_jwk(&jwk)
}

/// An RSA public key, by its numbers: the vectors' own JWK is not everywhere.
pub(super) fn rsa(group: &Value) -> Value {
    let number = |name: &str| {
        let octets = octets(&group["publicKey"][name]);
        let zeros = octets.iter().take_while(|octet| **octet == 0).count();
        base64url(&octets[zeros..])
    };
    json!({"kty": "RSA", "n": number("modulus"), "e": number("publicExponent")})
}

/// What became of the vectors of one algorithm.
#[derive(Debug, Default)]
pub(super) struct Tally {
    /// Valid and accepted, invalid and refused.
    pub(super) accepted: usize,
    pub(super) refused: usize,
    /// What Wycheproof leaves open: what it is, and whether we take it.
    pub(super) decided: BTreeMap<String, bool>,
    /// Valid, and refused on purpose: why, and how many.
    pub(super) policy: BTreeMap<&'static str, usize>,
}

impl Tally {
    /// Notes whether the vector was accepted.
    pub(super) fn judge(&mut self, file: &str, test: &Value, accepted: bool) {
        let what = format!("{file} {}: {}", test["tcId"], test["comment"]);
        match (test["result"].as_str().unwrap(), accepted) {
            ("valid", true) => self.accepted += 1,
            ("invalid", false) => self.refused += 1,
            ("acceptable", _) => {
                self.decided.insert(test["comment"].as_str().unwrap().to_owned(), accepted);
            }
            (result, _) => panic!("{what} is {result}, accepted: {accepted}"),
        }
    }

    /// Notes a vector that is refused by a rule of ours, whatever it is.
    pub(super) fn refuse(&mut self, test: &Value, why: &'static str) {
        if test["result"] == "invalid" {
            self.refused += 1;
        } else {
            *self.policy.entry(why).or_default() += 1;
        }
    }

    /// Prints the figures, and compares them: a file that lost its tests would otherwise pass.
    pub(super) fn is(&self, name: &str, accepted: usize, refused: usize) {
        println!("{name}: {self:?}");
        assert_eq!((self.accepted, self.refused), (accepted, refused), "{name}: {self:?}");
    }
}
