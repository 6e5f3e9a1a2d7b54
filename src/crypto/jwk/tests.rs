//! What a JWK set may hold (attack OP-SS-2), and the thumbprints of the RFCs.

use serde_json::json;

use super::*;
use crate::crypto::digest::base64url;
use crate::crypto::jws::corpus::Forger;

fn fault(jwk: &Value) -> Option<JwkFault> {
    PublicKey::from_jwk(jwk.as_object().unwrap()).err()
}

fn set(keys: &[Value]) -> Result<PublicKeys, SetFault> {
    PublicKeys::parse(json!({"keys": keys}).to_string().as_bytes())
}

fn ec() -> Value {
    Forger::get().jwk(SignatureAlgorithm::ES256)
}

fn rsa() -> Value {
    Forger::get().jwk(SignatureAlgorithm::RS256)
}

fn with(mut jwk: Value, name: &str, value: Value) -> Value {
    jwk[name] = value;
    jwk
}

#[test]
fn thumbprints_are_those_of_the_specifications() {
    // RFC 7638, section 3.1, and RFC 8037, appendix A.3.
    let rsa = json!({"kty": "RSA", "e": "AQAB", "alg": "RS256", "kid": "2011-04-29", "n":
        "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw"});
    let ed =
        json!({"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"});
    let thumbprint = |jwk: &Value| {
        let key = PublicKey::from_jwk(jwk.as_object().unwrap()).unwrap();
        key.thumbprint().as_str().to_owned()
    };
    assert_eq!(thumbprint(&rsa), "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
    assert_eq!(thumbprint(&ed), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
}

#[test]
fn a_private_or_symmetric_key_is_refused() {
    for name in ["d", "p", "q", "dp", "dq", "qi", "oth", "k"] {
        assert_eq!(fault(&with(ec(), name, "AAAA".into())), Some(JwkFault::Private), "{name}");
    }
    let oct = json!({"kty": "oct", "k": "AAAA"});
    assert_eq!(fault(&oct), Some(JwkFault::Symmetric));
    assert_eq!(set(&[ec(), oct]).unwrap_err(), SetFault::Key(2, JwkFault::Symmetric));
}

#[test]
fn an_rsa_key_has_2048_to_4096_bits_and_is_not_a_weak_one() {
    let modulus = |octets: usize| {
        let mut n = vec![0xff; octets];
        n[octets / 2] = 0x17;
        json!({"kty": "RSA", "e": "AQAB", "n": base64url(&n)})
    };
    for octets in [128, 255, 513, 2048] {
        assert_eq!(fault(&modulus(octets)), Some(JwkFault::Size), "{octets}");
    }
    for e in [&[3_u8][..], &[1], &[1, 0, 0], &[1, 0, 0, 0, 1]] {
        let weak = with(rsa(), "e", base64url(e).into());
        assert_eq!(fault(&weak), Some(JwkFault::Weak), "{e:?}");
    }
    let padded = URL_SAFE_NO_PAD.decode(rsa()["n"].as_str().unwrap()).unwrap();
    let padded = base64url(&[&[0], padded.as_slice()].concat());
    assert_eq!(fault(&with(rsa(), "n", padded.into())), Some(JwkFault::Member("n")));
    let roca = json!({"kty": "RSA", "e": "AQAB", "n": ROCA});
    assert_eq!(fault(&roca), Some(JwkFault::Weak), "CVE-2017-15361");
}

#[test]
fn a_malformed_key_is_refused() {
    let off = with(ec(), "y", base64url(&[1; 32]).into());
    assert_eq!(fault(&off), Some(JwkFault::Invalid), "not on the curve");
    assert_eq!(fault(&with(ec(), "x", base64url(&[1; 31]).into())), Some(JwkFault::Invalid));
    assert_eq!(fault(&with(ec(), "x", json!(1))), Some(JwkFault::Member("x")));
    assert_eq!(fault(&with(ec(), "x", "A+/=".into())), Some(JwkFault::Member("x")));
    assert_eq!(fault(&with(ec(), "alg", "RS256".into())), Some(JwkFault::Member("alg")));
    assert_eq!(fault(&with(ec(), "kid", "".into())), Some(JwkFault::Member("kid")));
    let chain = json!({"kty": "RSA", "x5c": ["MIIB"]});
    assert_eq!(fault(&chain), Some(JwkFault::Member("n")), "a certificate alone");
    assert_eq!(fault(&json!({})), Some(JwkFault::Member("kty")));
}

#[test]
fn a_key_serves_only_what_it_is_for() {
    let mut keys = set(&[with(ec(), "use", "enc".into())]).unwrap();
    assert_eq!((keys.signature().len(), keys.encryption().len()), (0, 1));
    keys =
        set(&[with(ec(), "use", "sig".into()), with(rsa(), "alg", "RSA-OAEP-256".into())]).unwrap();
    assert_eq!((keys.signature().len(), keys.encryption().len()), (1, 1));
    keys = set(&[ec()]).unwrap();
    assert_eq!((keys.signature().len(), keys.encryption().len()), (1, 0));
    for unused in [
        with(ec(), "use", "other".into()),
        with(ec(), "key_ops", json!(["sign"])),
        with(ec(), "crv", "secp256k1".into()),
        with(rsa(), "alg", "RS384".into()),
        with(with(rsa(), "use", "enc".into()), "alg", "RSA1_5".into()),
        json!({"kty": "AKP"}),
    ] {
        assert_eq!(set(std::slice::from_ref(&unused)).unwrap_err(), SetFault::Nothing, "{unused}");
        assert_eq!(set(&[unused, ec()]).unwrap().signature().len(), 1, "passed over");
    }
}

#[test]
fn a_key_on_a_curve_has_the_one_algorithm_of_that_curve() {
    let of = |algorithm| Forger::get().jwk(algorithm);
    for own in [SignatureAlgorithm::ES256, SignatureAlgorithm::ES384, SignatureAlgorithm::ES512] {
        let key = PublicKey::from_jwk(of(own).as_object().unwrap()).unwrap();
        assert_eq!(key.algorithm(&SignatureAlgorithm::ALL), Some(own));
        for other in SignatureAlgorithm::ALL.into_iter().filter(|other| *other != own) {
            assert_eq!(key.algorithm(&[other]), None);
            let stated = with(of(own), "alg", other.name().into());
            assert_eq!(fault(&stated), Some(JwkFault::Member("alg")), "{own:?} as {other:?}");
        }
        // Nothing but P-256 is encrypted for.
        let wraps = set(&[with(of(own), "use", "enc".into())]);
        assert_eq!(wraps.is_ok(), own == SignatureAlgorithm::ES256, "{own:?}");
    }
    let short = with(of(SignatureAlgorithm::ES512), "x", base64url(&[1; 65]).into());
    assert_eq!(fault(&short), Some(JwkFault::Invalid));
    let elsewhere = with(of(SignatureAlgorithm::ES384), "crv", "P-521".into());
    assert_eq!(fault(&elsewhere), Some(JwkFault::Invalid));
}

#[test]
fn a_half_digest_is_of_the_algorithm() {
    let octets =
        |algorithm: SignatureAlgorithm| algorithm.half_digest(b"at").map(|half| half.len());
    let halves = SignatureAlgorithm::ALL.map(octets);
    let [short, middle, long] = [16, 24, 32].map(Some);
    assert_eq!(halves, [short, long, short, middle, long, short, middle, long, None]);
}

#[test]
fn a_set_is_bounded_and_its_names_differ() {
    let many = vec![ec(); 33];
    assert_eq!(set(&many).unwrap_err(), SetFault::Large);
    assert!(set(&many[..32]).is_ok());
    let named = with(ec(), "kid", "a".into());
    let other = with(rsa(), "kid", "a".into());
    assert_eq!(set(&[named.clone(), other.clone()]).unwrap_err(), SetFault::SameKid(2));
    assert!(set(&[named, with(other, "kid", "b".into())]).is_ok());
    for text in
        ["", "<html>", "[]", "{}", r#"{"keys":{}}"#, r#"{"keys":[1]}"#, r#"{"keys":[],"keys":[]}"#]
    {
        assert_eq!(PublicKeys::parse(text.as_bytes()).unwrap_err(), SetFault::Shape, "{text}");
    }
    assert_eq!(set(&[]).unwrap_err(), SetFault::Nothing);
    let large = format!(r#"{{"keys":[],"x":"{}"}}"#, "x".repeat(256 * 1024));
    assert_eq!(PublicKeys::parse(large.as_bytes()).unwrap_err(), SetFault::Large);
}

/// A power of 65537 modulo the product of the primes up to 167, plus a multiple of that, 2048 bits.
const ROCA: &str = "gAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAACGkfJp-hUqCrNmpxKL8k7hUZnfQtti__3HDwZeyZv6Q";
