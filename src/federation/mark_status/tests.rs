//! What an issuer answers, in both forms and both dialects.

use std::sync::Arc;

use serde_json::{Value, json};

use super::*;
use crate::crypto::jwk::SignatureAlgorithm::RS256;
use crate::crypto::jws::corpus::Forger;
use crate::effects::ScriptedOutbound;
use crate::federation::testing::{NOW, reader, with};
use crate::federation::trust_mark::tests::good;

fn answer(status: u16, media_type: Option<&str>, body: &str) -> Fetched {
    Fetched {
        status,
        media_type: media_type.map(str::to_owned),
        etag: None,
        last_modified: None,
        body: body.as_bytes().to_vec(),
    }
}

fn read(answer: &Fetched, dialect: Dialect) -> Result<MarkStatus, StatusFault> {
    MarkStatus::read(answer, &good(dialect), &Forger::get().keys(), &reader(dialect))
}

/// A signed answer with changes.
fn signed(changes: &Value, dialect: Dialect) -> Fetched {
    let mark = good(dialect);
    let claims = json!({
        "iss": mark.issuer().as_str(), "iat": NOW, "trust_mark": mark.token(), "status": "active",
    });
    let header = json!({"typ": "trust-mark-status-response+jwt"});
    answer(200, Some(SIGNED), &Forger::get().sign(RS256, &header, &with(claims, changes)))
}

#[test]
fn a_signed_answer_says_whether_the_mark_holds() {
    for dialect in Dialect::ALL {
        let told = |status: Value| read(&signed(&json!({"status": status}), dialect), dialect);
        assert_eq!(told(json!("active")), Ok(MarkStatus::Active));
        for status in ["expired", "revoked", "invalid", "suspended", "ACTIVE", ""] {
            assert_eq!(told(json!(status)), Ok(MarkStatus::Inactive), "{status}");
        }
        for status in [json!(null), json!(true), json!(["active"])] {
            assert_eq!(told(status), Ok(MarkStatus::Inactive));
        }
    }
}

#[test]
fn a_signed_answer_that_is_forged_old_or_about_something_else_says_nothing() {
    for dialect in Dialect::ALL {
        let other =
            Forger::get().sign(RS256, &json!({"typ": "trust-mark+jwt"}), &json!({"iat": NOW}));
        for changes in [
            json!({"iss": "https://other.example"}),
            json!({"iss": null}),
            json!({"trust_mark": other}),
            json!({"trust_mark": null}),
            json!({"iat": NOW - 3700}),
        ] {
            let refused = read(&signed(&changes, dialect), dialect);
            assert_eq!(refused, Err(StatusFault::Other), "{changes}");
        }
        for (changes, fault) in [
            (json!({"iat": null}), JwsFault::Claim("iat")),
            (json!({"iat": NOW + 61}), JwsFault::Early),
            (json!({"exp": NOW - 61}), JwsFault::Expired),
        ] {
            assert_eq!(read(&signed(&changes, dialect), dialect), Err(StatusFault::Token(fault)));
        }
        let mark = good(dialect);
        let claims = json!({
            "iss": mark.issuer().as_str(), "iat": NOW, "trust_mark": mark.token(), "status": "active",
        });
        let header = json!({"typ": "trust-mark-status-response+jwt"});
        for (token, fault) in [
            (Forger::new().sign(RS256, &header, &claims), JwsFault::Signature),
            (Forger::get().sign(RS256, &json!({"typ": "JWT"}), &claims), JwsFault::Type),
            (Forger::get().sign(RS256, &json!({}), &claims), JwsFault::Type),
            (r#"{"active": true}"#.to_owned(), JwsFault::Malformed),
        ] {
            let refused = read(&answer(200, Some(SIGNED), &token), dialect);
            assert_eq!(refused, Err(StatusFault::Token(fault)));
        }
    }
}

#[test]
fn an_unsigned_answer_counts_in_the_older_dialect_alone() {
    let json = |body: &str| answer(200, Some("application/json; charset=utf-8"), body);
    let old = |body: &str| read(&json(body), Dialect::It2023);
    assert_eq!(old(r#"{"active": true}"#), Ok(MarkStatus::Active));
    assert_eq!(old(r#"{"active": false}"#), Ok(MarkStatus::Inactive));
    for body in [
        "",
        "[]",
        "{}",
        "true",
        r#"{"active": "true"}"#,
        r#"{"active": null}"#,
        r#"{"active": false, "active": true}"#,
    ] {
        assert_eq!(old(body), Err(StatusFault::Silent), "{body}");
    }
    let strict = read(&json(r#"{"active": true}"#), Dialect::Fed10Final);
    assert_eq!(strict, Err(StatusFault::MediaType));
}

#[test]
fn an_answer_of_no_known_kind_says_nothing_and_an_unknown_mark_does_not_hold() {
    for dialect in Dialect::ALL {
        for media_type in [None, Some("text/html"), Some("application/jwt")] {
            let refused = read(&answer(200, media_type, r#"{"active": true}"#), dialect);
            assert_eq!(refused, Err(StatusFault::MediaType), "{media_type:?}");
        }
        assert_eq!(read(&answer(404, None, ""), dialect), Ok(MarkStatus::Inactive));
        for status in [204, 400, 401, 500, 503] {
            let refused = read(&answer(status, Some(SIGNED), ""), dialect);
            assert_eq!(refused, Err(StatusFault::Status(status)));
        }
    }
}

#[tokio::test]
async fn the_issuer_is_asked_once_by_a_form_that_holds_the_mark() {
    let dialect = Dialect::It2023;
    let (fx, _) = Effects::scripted(NOW, 1);
    let outbound = Arc::new(ScriptedOutbound::default());
    let fx = fx.with_outbound(outbound.clone());
    let mark = good(dialect);
    let endpoint = || FetchUrl::parse("https://issuer.example/status", &[], false).unwrap();
    outbound.answer(Ok(signed(&json!({"status": "revoked"}), dialect)));
    // The keys that signed are among several sets.
    let sets = [Forger::new().keys(), Forger::get().keys()].map(Arc::new);
    let told = MarkStatus::ask(&mark, endpoint(), &sets, &reader(dialect), &fx).await;
    assert_eq!(told, Ok(MarkStatus::Inactive));
    let asked = outbound.asked();
    let [request] = asked.as_slice() else { panic!("asked {} times", asked.len()) };
    let body = request.body.as_ref().unwrap();
    assert_eq!(body.media_type, "application/x-www-form-urlencoded");
    let form = String::from_utf8(body.octets.to_vec()).unwrap();
    assert!(form.starts_with(&format!("trust_mark={}&id=https", mark.token())), "{form}");
    assert!(form.contains("&sub=https"), "the rules of 2023 name it so: {form}");
    // Nobody answers: nothing is known, which is not the same as a mark that holds.
    let silent = MarkStatus::ask(&mark, endpoint(), &sets, &reader(dialect), &fx).await;
    assert!(matches!(silent, Err(StatusFault::Outbound(_))));
}
