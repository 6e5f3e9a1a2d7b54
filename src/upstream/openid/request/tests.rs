//! The request object, member by member (CIE id rules, authorization endpoint).

use super::*;
use crate::crypto::digest::{base64url, sha256};

const VERIFIER: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

fn asking<'a>(challenge: &'a str, attributes: &'a [String]) -> Asking<'a> {
    Asking {
        client_id: "https://broker.test/cie",
        issuer: "https://op.test",
        redirect_uri: "https://broker.test/cie/callback",
        state: "3a1f9c3a1f9c3a1f9c3a1f9c3a1f9c3a1f9c3a1f",
        nonce: "5f0e2a8cf1b0459c8b2a3d4e5f607182",
        challenge,
        level: Level::L2,
        force: true,
        attributes,
        now: Timestamp::from_unix_seconds(1_795_000_000),
    }
}

#[test]
fn the_request_object_says_what_the_rules_want_and_nothing_more() {
    let attributes = attributes::MINIMUM.map(str::to_owned);
    let object = asking("challenge", &attributes).object("an id");
    let names: Vec<&str> = object.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(
        names,
        [
            "acr_values",
            "aud",
            "claims",
            "client_id",
            "code_challenge",
            "code_challenge_method",
            "exp",
            "iat",
            "iss",
            "jti",
            "nonce",
            "prompt",
            "redirect_uri",
            "response_type",
            "scope",
            "state",
        ]
    );
    assert_eq!(object["aud"], "https://op.test", "one text, never a list");
    assert_eq!(object["exp"], 1_795_000_180);
    assert_eq!(object["prompt"], "consent login");
    assert_eq!(object["scope"], "openid", "nothing that lasts");
    assert_eq!(
        object["acr_values"],
        "https://www.spid.gov.it/SpidL2 https://www.spid.gov.it/SpidL3"
    );
    let claims = &object["claims"];
    assert_eq!(
        claims["userinfo"]["https://attributes.eid.gov.it/fiscal_number"]["essential"],
        true
    );
    assert_eq!(claims["userinfo"]["birthdate"], Value::Null);
    assert!(claims.get("id_token").is_none());
}

#[test]
fn a_session_at_the_provider_may_be_used_only_when_nothing_is_forced() {
    let attributes = [];
    let unforced = Asking { force: false, level: Level::L1, ..asking("c", &attributes) };
    let object = unforced.object("an id");
    assert_eq!(object["prompt"], "consent");
    assert_eq!(object["acr_values"].as_str().unwrap().split(' ').count(), 3);
}

#[test]
fn the_code_verifier_is_nowhere_in_what_the_browser_sees() {
    let challenge = base64url(&sha256(VERIFIER.as_bytes()));
    let attributes = [];
    let asking = asking(&challenge, &attributes);
    let object = asking.object("an id").to_string();
    let address = asking.address("https://op.test/authorize?a=b", "signed.object.here").unwrap();
    for text in [&object, &address] {
        assert!(!text.contains(VERIFIER) && !text.contains("verifier"), "{text}");
    }
    assert!(object.contains(&challenge));
}

#[test]
fn outside_stands_what_oauth_wants_and_nothing_that_only_the_object_says() {
    let attributes = [];
    let address =
        asking("c", &attributes).address("https://op.test/authorize?a=b", "x.y.z").unwrap();
    let url = Url::parse(&address).unwrap();
    let names: Vec<String> = url.query_pairs().map(|(name, _)| name.into_owned()).collect();
    assert_eq!(
        names,
        [
            "a",
            "client_id",
            "response_type",
            "scope",
            "code_challenge",
            "code_challenge_method",
            "request"
        ]
    );
    for inside in ["nonce", "state=", "redirect_uri", "claims"] {
        assert!(!address.contains(inside), "{inside}");
    }
    assert!(asking("c", &attributes).address("no address", "x").is_none());
}

#[test]
fn words_are_64_hexadecimal_digits_and_uuids_are_of_version_4() {
    let (fx, _) = Effects::scripted(0, 7);
    let (one, two) = (fresh_word(&fx), fresh_word(&fx));
    assert_ne!(one, two);
    assert!(one.len() == 64 && one.bytes().all(|b| b.is_ascii_alphanumeric()));
    for _ in 0..50 {
        let uuid = fresh_uuid(&fx);
        let parts: Vec<usize> = uuid.split('-').map(str::len).collect();
        assert_eq!(parts, [8, 4, 4, 4, 12], "{uuid}");
        assert_eq!(uuid.as_bytes()[14], b'4', "{uuid}");
        assert!(matches!(uuid.as_bytes()[19], b'8' | b'9' | b'a' | b'b'), "{uuid}");
    }
}
