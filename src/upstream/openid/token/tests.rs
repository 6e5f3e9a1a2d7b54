//! The token endpoint: what we send, and what it may answer (attack rows RP-TE-1 and RP-CA-1).

use secrecy::ExposeSecret as _;

use super::*;

fn said(status: u16, media_type: &str, body: &str) -> Fetched {
    Fetched {
        status,
        media_type: Some(media_type.to_owned()),
        etag: None,
        last_modified: None,
        body: body.as_bytes().to_vec(),
    }
}

const SOUND: &str = r#"{"access_token":"at","token_type":"bearer","expires_in":300,"id_token":"a.b.c","refresh_token":"r"}"#;

#[test]
fn a_sound_answer_gives_two_tokens_and_a_refresh_token_is_left_alone() {
    let tokens = answer(&said(200, "application/json;charset=UTF-8", SOUND)).unwrap();
    assert_eq!(tokens.access.expose_secret(), "at");
    assert_eq!((tokens.id.as_str(), tokens.lives), ("a.b.c", Some(Duration::from_mins(5))));
    assert_eq!(format!("{tokens:?}"), "Tokens(…)");
}

#[test]
fn a_token_answer_of_another_form_is_refused() {
    let long = format!(
        r#"{{"access_token":"{}","token_type":"Bearer","id_token":"a.b.c"}}"#,
        "x".repeat(LONGEST + 1)
    );
    let deep = format!(r#"{{"a":{}{},"token_type":"Bearer"}}"#, "[".repeat(40), "]".repeat(40));
    for (kind, body) in [
        ("text/html", SOUND),
        ("application/jwt", SOUND),
        ("", SOUND),
        ("application/json", "[]"),
        ("application/json", ""),
        ("application/json", "null"),
        ("application/json", &deep),
        ("application/json", &long),
        ("application/json", r#"{"token_type":"Bearer","id_token":"a.b.c"}"#),
        ("application/json", r#"{"access_token":"","token_type":"Bearer","id_token":"a.b.c"}"#),
        ("application/json", r#"{"access_token":"a b","token_type":"Bearer","id_token":"a.b.c"}"#),
        (
            "application/json",
            r#"{"access_token":"a\r\nX: y","token_type":"Bearer","id_token":"a.b.c"}"#,
        ),
        ("application/json", r#"{"access_token":["at"],"token_type":"Bearer","id_token":"a.b.c"}"#),
        ("application/json", r#"{"access_token":"at","id_token":"a.b.c"}"#),
        ("application/json", r#"{"access_token":"at","token_type":"DPoP","id_token":"a.b.c"}"#),
        ("application/json", r#"{"access_token":"at","token_type":"Bearer"}"#),
        ("application/json", r#"{"access_token":"at","token_type":"Bearer","id_token":{}}"#),
        (
            "application/json",
            r#"{"access_token":"at","token_type":"Bearer","id_token":"a.b.c","expires_in":"300"}"#,
        ),
        (
            "application/json",
            r#"{"access_token":"at","token_type":"Bearer","id_token":"a.b.c","expires_in":-1}"#,
        ),
        (
            "application/json",
            r#"{"access_token":"at","access_token":"other","token_type":"Bearer","id_token":"a.b.c"}"#,
        ),
    ] {
        let rejected = answer(&said(200, kind, body)).unwrap_err();
        assert_eq!(rejected.cause, Rejection::TokenMalformed, "{kind} {body:.80}");
    }
}

#[test]
fn an_error_has_its_row_and_only_known_codes_are_repeated() {
    for (status, body, cause) in [
        (401, r#"{"error":"invalid_client"}"#, Rejection::ClientRefused),
        // The reference provider's way to say so.
        (403, r#"{"error":"unauthorized_client"}"#, Rejection::ClientRefused),
        (400, r#"{"error":"invalid_grant","error_description":"Anna"}"#, Rejection::TokenRefused),
        (400, "Anna", Rejection::TokenRefused),
        (302, "", Rejection::TokenRefused),
        (201, SOUND, Rejection::TokenRefused),
        (500, "<html>Anna", Rejection::TokenUnavailable),
        (503, r#"{"error":"temporarily_unavailable"}"#, Rejection::TokenUnavailable),
        (400, r#"{"error":"Anna"}"#, Rejection::TokenRefused),
    ] {
        let rejected = answer(&said(status, "application/json", body)).unwrap_err();
        assert_eq!(rejected.cause, cause, "{status} {body}");
        assert!(!rejected.detail.contains("Anna"), "{}", rejected.detail);
    }
}

#[test]
fn a_client_assertion_is_for_one_endpoint_for_one_minute() {
    let now = Timestamp::from_unix_seconds(1_795_000_000);
    let claims = assertion("https://broker.test/cie", "https://op.test/token", now, "fresh");
    assert_eq!(
        claims,
        json!({"iss": "https://broker.test/cie", "sub": "https://broker.test/cie",
            "aud": "https://op.test/token", "iat": 1_795_000_000, "exp": 1_795_000_060, "jti": "fresh"})
    );
}

#[test]
fn a_code_is_redeemed_with_verifier_address_and_assertion() {
    let redeeming = Redeeming {
        client_id: "https://broker.test/cie",
        code: "a code",
        redirect_uri: "https://broker.test/cie/callback",
        verifier: "verifier",
        assertion: "x.y.z",
    };
    let fields = redeeming.fields();
    let names = fields.map(|(name, _)| name);
    assert_eq!(
        names,
        [
            "grant_type",
            "code",
            "redirect_uri",
            "code_verifier",
            "client_id",
            "client_assertion_type",
            "client_assertion",
        ]
    );
    assert_eq!(fields[5].1, "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
    let back = revocation("https://broker.test/cie", "at", "x.y.z");
    assert_eq!(back[0], ("token", "at"));
}
