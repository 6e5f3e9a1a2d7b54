//! The token inside the encrypted one, and everything that is not encrypted (attack row RP-ID-6).

use serde_json::json;

use super::*;
use crate::crypto::jws::corpus::{Forger, Sound};

const NOW: i64 = 1_795_000_000;
const US: &str = "https://broker.test/cie";

fn asked() -> Asked<'static> {
    Asked {
        issuer: "https://op.test",
        client_id: US,
        subject: "pairwise",
        signed: SignatureAlgorithm::RS256,
        named: true,
        now: Timestamp::from_unix_seconds(NOW),
    }
}

fn claims() -> Value {
    json!({"iss": "https://op.test", "aud": US, "sub": "pairwise", "iat": NOW, "exp": NOW + 60,
        "given_name": "Anna"})
}

fn judged(claims: &Value, asked: &Asked<'_>) -> Result<Map<String, Value>, Rejection> {
    let forger = Forger::get();
    let token = forger.sign(SignatureAlgorithm::RS256, &json!({}), claims);
    verify(&token, &forger.keys(), asked).map_err(|rejected| rejected.cause)
}

fn answer(status: u16, media_type: &str, body: &str) -> Fetched {
    Fetched {
        status,
        media_type: Some(media_type.to_owned()),
        etag: None,
        last_modified: None,
        body: body.as_bytes().to_vec(),
    }
}

#[test]
fn userinfo_is_an_encrypted_token_or_nothing() {
    for kind in ["application/jwt", "application/jose", "Application/JWT; charset=utf-8"] {
        assert_eq!(encrypted(&answer(200, kind, "a.b.c.d.e\n")).unwrap(), "a.b.c.d.e");
    }
    for (status, kind, body, cause) in [
        (200, "application/json", r#"{"sub":"pairwise"}"#, Rejection::UserinfoPlain),
        (200, "application/json", "a.b.c.d.e", Rejection::UserinfoPlain),
        (200, "text/html", "a.b.c.d.e", Rejection::UserinfoPlain),
        (200, "application/jwt", "a.b.c", Rejection::UserinfoPlain),
        (200, "application/jwt", r#"{"sub":"pairwise"}"#, Rejection::UserinfoPlain),
        (200, "application/jwt", "", Rejection::UserinfoPlain),
        (401, "application/jwt", "a.b.c.d.e", Rejection::UserinfoUnavailable),
        (302, "application/jwt", "a.b.c.d.e", Rejection::UserinfoUnavailable),
    ] {
        let rejected = encrypted(&answer(status, kind, body)).unwrap_err();
        assert_eq!(rejected.cause, cause, "{status} {kind} {body}");
    }
    let untyped = Fetched { media_type: None, ..answer(200, "", "a.b.c.d.e") };
    assert_eq!(encrypted(&untyped).unwrap_err().cause, Rejection::UserinfoPlain);
}

#[test]
fn userinfo_is_of_the_person_of_the_id_token_and_for_us() {
    assert_eq!(judged(&claims(), &asked()).unwrap()["given_name"], "Anna");
    for (name, value, cause) in [
        ("sub", json!("another"), Rejection::UserinfoSubject),
        ("iss", json!("https://evil.test"), Rejection::UserinfoAudience),
        ("aud", json!("https://evil.test"), Rejection::UserinfoAudience),
        ("aud", json!([US, "https://evil.test"]), Rejection::UserinfoAudience),
        ("exp", json!(NOW - 11), Rejection::UserinfoAudience),
        ("iat", json!(NOW + 61), Rejection::UserinfoAudience),
    ] {
        let mut claims = claims();
        claims[name] = value;
        assert_eq!(judged(&claims, &asked()).unwrap_err(), cause, "{claims}");
        claims.as_object_mut().unwrap().remove(name);
        if name == "sub" {
            assert_eq!(judged(&claims, &asked()).unwrap_err(), Rejection::UserinfoSubject);
        }
    }
}

#[test]
fn userinfo_that_names_nobody_is_taken_only_where_configuration_says_so() {
    let bare = json!({"sub": "pairwise"});
    assert_eq!(judged(&bare, &asked()).unwrap_err(), Rejection::UserinfoAudience);
    let lenient = Asked { named: false, ..asked() };
    assert!(judged(&bare, &lenient).is_ok());
    // What is there must be right all the same.
    let wrong = json!({"sub": "pairwise", "aud": "https://evil.test"});
    assert_eq!(judged(&wrong, &lenient).unwrap_err(), Rejection::UserinfoAudience);
}

#[test]
fn every_forged_userinfo_is_refused() {
    let forger = Forger::get();
    let asked = Asked { signed: SignatureAlgorithm::ES256, ..asked() };
    let sound = Sound {
        header: json!({"typ": "JWT"}),
        claims: claims(),
        required: &["iss", "sub", "aud"],
        types: &["JWT"],
    };
    let genuine = forger.sign(SignatureAlgorithm::ES256, &sound.header, &sound.claims);
    verify(&genuine, &forger.keys(), &asked).unwrap();
    for (class, what, token) in forger.refused(&sound) {
        assert!(verify(&token, &forger.keys(), &asked).is_err(), "{class}: {what}");
    }
}

#[test]
fn userinfo_of_a_stranger_is_no_userinfo() {
    let stranger = Forger::new().sign(SignatureAlgorithm::RS256, &json!({}), &claims());
    let rejected = verify(&stranger, &Forger::get().keys(), &asked()).unwrap_err();
    assert_eq!(rejected.cause, Rejection::UserinfoSignature);
}
