//! Every rule of the ID token, with the provider's own key (attack rows RP-ID-1 to RP-ID-5, RP-ID-8).

use serde_json::{Value, json};

use super::*;
use crate::crypto::jws::corpus::{Forger, Sound};

const NOW: i64 = 1_795_000_000;
const ISSUER: &str = "https://op.test";
const US: &str = "https://broker.test/cie";
const NONCE: &str = "5f0e2a8cf1b0459c8b2a3d4e5f60718293a4b5c6d7e8f9000102030405060708";

fn asked() -> Asked<'static> {
    Asked {
        issuer: ISSUER,
        client_id: US,
        nonce: NONCE,
        access_token: "access",
        code: "code",
        level: Level::L2,
        signed: SignatureAlgorithm::RS256,
        not_before: false,
        now: Timestamp::from_unix_seconds(NOW),
    }
}

fn half(text: &str) -> String {
    base64url(&sha256(text.as_bytes())[..16])
}

fn claims() -> Value {
    json!({"iss": ISSUER, "aud": US, "sub": "pairwise", "nonce": NONCE, "iat": NOW, "exp": NOW + 300,
        "at_hash": half("access"), "acr": Level::L3.uri(), "jti": "one"})
}

fn judged(claims: &Value, asked: &Asked<'_>) -> Result<IdToken, Rejection> {
    let forger = Forger::get();
    let token = forger.sign(SignatureAlgorithm::RS256, &json!({}), claims);
    verify(&token, &forger.keys(), asked).map_err(|rejected| rejected.cause)
}

fn with(name: &str, value: Value) -> Value {
    let mut claims = claims();
    claims[name] = value;
    claims
}

fn without(name: &str) -> Value {
    let mut claims = claims();
    claims.as_object_mut().unwrap().remove(name);
    claims
}

#[test]
fn a_sound_id_token_is_read_with_its_level() {
    let read = judged(&claims(), &asked()).unwrap();
    assert_eq!((read.subject.as_str(), read.level), ("pairwise", Level::L3));
    assert_eq!((read.id.as_str(), read.authenticated), ("one", None));
    // The reference provider lists its audience, and adds c_hash.
    assert!(judged(&with("aud", json!([US])), &asked()).is_ok());
    assert!(judged(&with("c_hash", half("code").into()), &asked()).is_ok());
    let timed = judged(&with("auth_time", json!(NOW - 5)), &asked()).unwrap();
    assert_eq!(timed.authenticated, Some(Timestamp::from_unix_seconds(NOW - 5)));
}

#[test]
fn an_id_token_with_one_claim_wrong_is_refused_for_that_claim() {
    use Rejection::{
        IdTokenAudience, IdTokenHash, IdTokenIssuer, IdTokenLevel, IdTokenNonce, IdTokenSubject,
        IdTokenTime, LevelTooLow,
    };
    let rows: Vec<(Value, Rejection)> = vec![
        (with("iss", "https://op.test/".into()), IdTokenIssuer),
        (with("iss", "https://OP.test".into()), IdTokenIssuer),
        (with("iss", "https://evil.test".into()), IdTokenIssuer),
        (without("iss"), IdTokenIssuer),
        (with("aud", "https://broker.test/cie/".into()), IdTokenAudience),
        (with("aud", "https://broker.test".into()), IdTokenAudience),
        (with("aud", json!([US, "https://evil.test"])), IdTokenAudience),
        (without("aud"), IdTokenAudience),
        (with("azp", "https://evil.test".into()), IdTokenAudience),
        (with("azp", json!([US])), IdTokenAudience),
        (with("nonce", "another".into()), IdTokenNonce),
        (with("nonce", json!([NONCE])), IdTokenNonce),
        (without("nonce"), IdTokenNonce),
        (without("exp"), IdTokenTime),
        (without("iat"), IdTokenTime),
        (with("exp", json!(NOW - 11)), IdTokenTime),
        (with("exp", json!(NOW + 86_401)), IdTokenTime),
        (with("iat", json!(NOW + 61)), IdTokenTime),
        (with("iat", json!(NOW - 661)), IdTokenTime),
        (with("nbf", json!(NOW + 61)), IdTokenTime),
        (with("at_hash", half("another").into()), IdTokenHash),
        (with("at_hash", base64url(&sha256(b"access")).into()), IdTokenHash),
        (with("at_hash", json!(null)), IdTokenHash),
        (without("at_hash"), IdTokenHash),
        (with("c_hash", half("another").into()), IdTokenHash),
        (with("c_hash", json!(7)), IdTokenHash),
        (without("acr"), IdTokenLevel),
        (with("acr", json!([Level::L3.uri()])), IdTokenLevel),
        (with("acr", "https://www.spid.gov.it/SpidL4".into()), IdTokenLevel),
        (with("acr", "https://www.spid.gov.it/SpidL3/".into()), IdTokenLevel),
        (with("acr", "https://www.spid.gov.it/spidl3".into()), IdTokenLevel),
        (with("acr", Level::L1.uri().into()), LevelTooLow),
        (without("sub"), IdTokenSubject),
        (with("sub", "x".repeat(256).into()), IdTokenSubject),
        (with("auth_time", "yesterday".into()), IdTokenTime),
    ];
    for (claims, cause) in rows {
        assert_eq!(judged(&claims, &asked()).unwrap_err(), cause, "{claims}");
    }
}

#[test]
fn a_level_is_never_more_than_the_token_says() {
    for level in Level::ALL {
        let read = judged(&with("acr", level.uri().into()), &Asked { level, ..asked() }).unwrap();
        assert_eq!(read.level, level);
    }
}

#[test]
fn an_id_token_of_spid_is_good_from_the_moment_it_was_issued() {
    let spid = Asked { not_before: true, ..asked() };
    assert!(judged(&with("nbf", json!(NOW)), &spid).is_ok());
    assert_eq!(judged(&claims(), &spid).unwrap_err(), Rejection::IdTokenTime);
    assert_eq!(judged(&with("nbf", json!(NOW - 1)), &spid).unwrap_err(), Rejection::IdTokenTime);
}

#[test]
fn an_id_token_without_a_name_is_held_to_its_journey() {
    let first = judged(&without("jti"), &asked()).unwrap().id;
    let mut other = without("jti");
    other["nonce"] = "other".into();
    let second = judged(&other, &Asked { nonce: "other", ..asked() }).unwrap().id;
    assert_ne!(first, second);
}

#[test]
fn every_forged_id_token_is_refused() {
    let forger = Forger::get();
    // Tokens of the corpus are signed with ES256; what is registered says so here.
    let asked = Asked { signed: SignatureAlgorithm::ES256, ..asked() };
    let sound = Sound {
        header: json!({"typ": "JWT"}),
        claims: claims(),
        required: &["iss", "sub", "aud", "exp", "iat", "nonce", "at_hash", "acr"],
        types: &["JWT"],
    };
    let genuine = forger.sign(SignatureAlgorithm::ES256, &sound.header, &sound.claims);
    verify(&genuine, &forger.keys(), &asked).unwrap();
    for (class, what, token) in forger.refused(&sound) {
        assert!(verify(&token, &forger.keys(), &asked).is_err(), "{class}: {what}");
    }
}

#[test]
fn an_id_token_is_signed_as_registered_and_by_no_other_algorithm_of_the_provider() {
    let forger = Forger::get();
    for algorithm in SignatureAlgorithm::ALL {
        let token = forger.sign(algorithm, &json!({}), &claims());
        let read = verify(&token, &forger.keys(), &asked());
        assert_eq!(read.is_ok(), algorithm == SignatureAlgorithm::RS256, "{algorithm:?}");
        if let Err(rejected) = read {
            assert_eq!(rejected.cause, Rejection::IdTokenAlgorithm);
        }
    }
}

#[test]
fn a_token_that_names_no_key_is_taken_only_where_there_is_no_choice() {
    let forger = Forger::get();
    let token =
        forger.sign_text(SignatureAlgorithm::RS256, r#"{"alg":"RS256"}"#, &claims().to_string());
    let many = verify(&token, &forger.keys(), &asked()).unwrap_err();
    assert_eq!(many.cause, Rejection::IdTokenKey);
    let one = json!({"keys": [forger.jwk(SignatureAlgorithm::RS256)]});
    let mut one = one;
    one["keys"][0]["alg"] = "RS256".into();
    let one = PublicKeys::parse(one.to_string().as_bytes()).unwrap();
    assert!(verify(&token, &one, &asked()).is_ok());
}

#[test]
fn a_key_that_the_chain_does_not_hold_is_an_unknown_key_and_a_stranger_signs_nothing() {
    let forger = Forger::get();
    let header = r#"{"alg":"RS256","kid":"next"}"#;
    let token = forger.sign_text(SignatureAlgorithm::RS256, header, &claims().to_string());
    let unknown = verify(&token, &forger.keys(), &asked()).unwrap_err();
    assert_eq!(unknown.cause, Rejection::IdTokenKey);
    let stranger = Forger::new().sign(SignatureAlgorithm::RS256, &json!({}), &claims());
    let forged = verify(&stranger, &forger.keys(), &asked()).unwrap_err();
    assert_eq!(forged.cause, Rejection::IdTokenSignature);
    assert!(!forged.detail.contains("pairwise"));
}
