//! What is read, what is refused, and what the key alone decides.

pub(crate) mod corpus;
mod wycheproof;

use std::time::Duration;

use serde_json::json;

use self::corpus::{Forger, Sound};
use super::*;
use crate::effects::Timestamp;

const PLAIN: Expected = Expected { longest: 8 * 1024, types: &["JWT"], untyped: true };
const NOW: i64 = 1_795_000_000;

fn verified(token: &str, allowed: &[SignatureAlgorithm]) -> Result<Verified, JwsFault> {
    Compact::read(token, &PLAIN)?.verify(&Forger::get().keys(), allowed)
}

#[test]
fn a_token_of_each_algorithm_is_verified_and_then_read() {
    for algorithm in SignatureAlgorithm::ALL {
        let token = Forger::get().sign(algorithm, &json!({"typ": "JWT"}), &json!({"sub": "anna"}));
        let verified = verified(&token, &SignatureAlgorithm::ALL).unwrap();
        assert_eq!(verified.claims().subject(), Some("anna"), "{algorithm:?}");
    }
    let header = r#"{"alg":"Ed25519","kid":"EdDSA"}"#;
    let newer = Forger::get().sign_text(SignatureAlgorithm::EdDSA, header, "{}");
    assert!(verified(&newer, &SignatureAlgorithm::FAPI2).is_ok());
}

#[test]
fn every_forged_token_is_refused() {
    let forger = Forger::get();
    let sound = Sound {
        header: json!({"typ": "JWT"}),
        claims: json!({"iss": "a", "sub": "a", "aud": "https://broker.test", "exp": NOW + 60,
            "iat": NOW, "jti": "one"}),
        required: &["iss", "sub", "aud", "exp", "jti"],
        types: &["JWT"],
    };
    // What a consumer adds: the rules that this reader leaves to it.
    let accepted = |token: &str| -> Result<(), JwsFault> {
        let verified = verified(token, &SignatureAlgorithm::ALL)?;
        let claims = verified.claims();
        claims.in_time(Timestamp::from_unix_seconds(NOW), Duration::from_secs(60))?;
        let limit = Timestamp::from_unix_seconds(NOW + 600);
        let soon = claims.expires().is_some_and(|end| end < limit);
        let ours = claims.audience().and_then(Audience::only) == Some("https://broker.test");
        let named = claims.issuer().is_some() && claims.subject().is_some();
        let all = ours && soon && named && claims.id().is_some();
        if all { Ok(()) } else { Err(JwsFault::Claim("aud")) }
    };
    let genuine = forger.sign(SignatureAlgorithm::ES256, &sound.header, &sound.claims);
    accepted(&genuine).unwrap();
    for (class, what, token) in forger.refused(&sound) {
        assert!(accepted(&token).is_err(), "{class}: {what}");
    }
}

#[test]
fn only_allowed_algorithms_verify_and_only_by_their_own_keys() {
    let forger = Forger::get();
    let token = |algorithm| forger.sign(algorithm, &json!({}), &json!({}));
    let rs256 = token(SignatureAlgorithm::RS256);
    assert_eq!(verified(&rs256, &SignatureAlgorithm::FAPI2).unwrap_err(), JwsFault::Algorithm);
    // The key of PS256 is the same RSA key, and still none for RS256.
    let header = r#"{"alg":"RS256","kid":"PS256"}"#;
    let crossed = forger.sign_text(SignatureAlgorithm::RS256, header, "{}");
    assert_eq!(verified(&crossed, &SignatureAlgorithm::ALL).unwrap_err(), JwsFault::Algorithm);
    let unnamed = forger.sign_text(SignatureAlgorithm::ES256, r#"{"alg":"ES256"}"#, "{}");
    assert!(verified(&unnamed, &SignatureAlgorithm::ALL).is_ok(), "any key of the set");
    let stranger = Forger::new().sign_text(SignatureAlgorithm::ES256, r#"{"alg":"ES256"}"#, "{}");
    assert_eq!(verified(&stranger, &SignatureAlgorithm::ALL).unwrap_err(), JwsFault::UnknownKey);
}

#[test]
fn an_rsa_key_without_alg_is_used_as_the_registration_says() {
    let forger = Forger::get();
    let bare = json!({"keys": [forger.jwk(SignatureAlgorithm::RS256)]}).to_string();
    let keys = PublicKeys::parse(bare.as_bytes()).unwrap();
    let by = |algorithm: SignatureAlgorithm, allowed: &[SignatureAlgorithm]| {
        let header = format!(r#"{{"alg":"{}"}}"#, algorithm.name());
        let token = forger.sign_text(algorithm, &header, "{}");
        Compact::read(&token, &PLAIN).unwrap().verify(&keys, allowed).is_ok()
    };
    assert!(by(SignatureAlgorithm::RS256, &SignatureAlgorithm::ALL));
    assert!(!by(SignatureAlgorithm::PS256, &SignatureAlgorithm::ALL), "the token does not choose");
    assert!(by(SignatureAlgorithm::PS256, &SignatureAlgorithm::FAPI2));
    assert!(!by(SignatureAlgorithm::RS256, &SignatureAlgorithm::FAPI2));
}

#[test]
fn where_no_registration_says_it_an_rsa_key_without_alg_takes_what_the_token_states() {
    let forger = Forger::get();
    let bare = json!({"keys": [forger.jwk(SignatureAlgorithm::RS256)]}).to_string();
    let keys = PublicKeys::parse(bare.as_bytes()).unwrap();
    for algorithm in SignatureAlgorithm::ALL {
        let header = format!(r#"{{"alg":"{}"}}"#, algorithm.name());
        let token = forger.sign_text(algorithm, &header, "{}");
        let compact = Compact::read(&token, &PLAIN).unwrap();
        let rsa = matches!(algorithm.name().as_bytes(), [b'R' | b'P', ..]);
        let any = compact.verify_stated(&keys, &SignatureAlgorithm::ALL);
        assert_eq!(any.is_ok(), rsa, "{algorithm:?}");
        assert!(compact.states(&[algorithm]).is_ok());
        let listed = SignatureAlgorithm::ITALIAN.contains(&algorithm);
        let italian = compact.verify_stated(&keys, &SignatureAlgorithm::ITALIAN);
        assert_eq!(italian.is_ok(), rsa && listed, "{algorithm:?}");
        assert_eq!(compact.states(&SignatureAlgorithm::ITALIAN).is_ok(), listed);
        // One that names an algorithm takes no other.
        let crossed = forger.sign_text(
            algorithm,
            &format!(r#"{{"alg":"{}","kid":"RS256"}}"#, algorithm.name()),
            "{}",
        );
        let crossed = Compact::read(&crossed, &PLAIN).unwrap();
        let stated = crossed.verify_stated(&forger.keys(), &SignatureAlgorithm::ALL);
        assert_eq!(stated.is_ok(), algorithm == SignatureAlgorithm::RS256, "{algorithm:?}");
    }
}

#[test]
fn a_key_without_kid_is_named_by_its_thumbprint_and_by_nothing_else() {
    let forger = Forger::get();
    let bare = json!({"keys": [forger.jwk(SignatureAlgorithm::ES256)]}).to_string();
    let keys = PublicKeys::parse(bare.as_bytes()).unwrap();
    let thumbprint = keys.signature()[0].thumbprint().as_str().to_owned();
    for (kid, known) in [(thumbprint.as_str(), true), ("../../key", false)] {
        let header = json!({"alg": "ES256", "kid": kid}).to_string();
        let token = forger.sign_text(SignatureAlgorithm::ES256, &header, "{}");
        let verified =
            Compact::read(&token, &PLAIN).unwrap().verify(&keys, &SignatureAlgorithm::ALL);
        assert_eq!(verified.is_ok(), known, "{kid}");
    }
}

#[test]
fn a_shared_secret_has_its_own_door() {
    let secret = [7_u8; 32];
    let input = "eyJhbGciOiJIUzI1NiJ9.e30";
    let mac = crate::crypto::digest::hmac_sha256(&secret, input.as_bytes());
    let token = format!("{input}.{}", crate::crypto::digest::base64url(&mac));
    let compact = Compact::read(&token, &PLAIN).unwrap();
    assert!(compact.verify_with_secret(&secret).is_ok());
    assert_eq!(compact.verify_with_secret(&[8; 32]).unwrap_err(), JwsFault::Signature);
    assert_eq!(compact.verify_with_secret(&secret[..31]).unwrap_err(), JwsFault::Algorithm);
    let keys = Forger::get().keys();
    let by_key = compact.verify(&keys, &SignatureAlgorithm::ALL);
    assert_eq!(by_key.unwrap_err(), JwsFault::Algorithm);
    let signed = Forger::get().sign(SignatureAlgorithm::ES256, &json!({}), &json!({}));
    let signed = Compact::read(&signed, &PLAIN).unwrap();
    assert_eq!(signed.verify_with_secret(&secret).unwrap_err(), JwsFault::Algorithm);
}

#[test]
fn a_token_that_brings_its_key_proves_that_key_and_no_other() {
    let forger = Forger::get();
    let proof = Expected { longest: 8192, types: &["dpop+jwt"], untyped: false };
    for algorithm in SignatureAlgorithm::FAPI2 {
        let header = json!({"typ": "dpop+jwt", "jwk": {}});
        let token = forger.sign(algorithm, &header, &json!({"jti": "one"}));
        assert_eq!(Compact::read(&token, &proof).unwrap_err(), JwsFault::OwnKey);
        let read = SelfSigned::read(&token, &proof).unwrap();
        let (_, thumbprint) = read.verify(&SignatureAlgorithm::FAPI2).unwrap();
        let jwk = forger.jwk(algorithm);
        let key = PublicKey::from_jwk(jwk.as_object().unwrap()).unwrap();
        assert_eq!(thumbprint, *key.thumbprint());
        assert!(read.verify(&[SignatureAlgorithm::RS256]).is_err());
    }
    let mut private = forger.jwk(SignatureAlgorithm::ES256);
    private["d"] = "AAAA".into();
    let header = json!({"alg": "ES256", "typ": "dpop+jwt", "jwk": private}).to_string();
    let token = forger.sign_text(SignatureAlgorithm::ES256, &header, "{}");
    let refused = SelfSigned::read(&token, &proof).unwrap_err();
    assert_eq!(refused, JwsFault::Jwk(JwkFault::Private));
}

#[test]
fn a_hostile_token_costs_next_to_nothing() {
    // OP-DS-6: time is counted in work, not in seconds: what is too long is not looked at.
    let long = "a".repeat(2_000_000);
    assert_eq!(Compact::read(&long, &PLAIN).unwrap_err(), JwsFault::TooLong);
    let points = ".".repeat(PLAIN.longest);
    assert_eq!(Compact::read(&points, &PLAIN).unwrap_err(), JwsFault::Malformed);
}
