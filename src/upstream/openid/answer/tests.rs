//! What a browser may bring back (attack rows RP-MIX-1 and RP-CSRF).

use super::*;
use crate::upstream::contract::Shown;

fn inbound(parameters: &[(&str, &str)]) -> Inbound {
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    Inbound {
        path: "/cie/callback".to_owned(),
        posted: false,
        parameters: parameters.iter().map(owned).collect(),
        shown: Shown::Nothing,
        from: None,
    }
}

const NAMED: Asked<'static> = Asked { issuer: "https://op.test", named: true };
const UNNAMED: Asked<'static> = Asked { issuer: "https://op.test", named: false };

fn cause(parameters: &[(&str, &str)], asked: Asked<'_>) -> Rejection {
    code(&inbound(parameters), asked).unwrap_err().cause
}

#[test]
fn a_code_is_taken_from_the_issuer_that_was_asked() {
    let sound = [("code", "abc"), ("state", "s"), ("iss", "https://op.test")];
    assert_eq!(code(&inbound(&sound), NAMED).unwrap(), "abc");
    // A parameter that nobody knows is passed over (RFC 6749, section 4.1.2).
    let more = [("code", "abc"), ("iss", "https://op.test"), ("session_state", "x")];
    assert_eq!(code(&inbound(&more), NAMED).unwrap(), "abc");
    assert_eq!(code(&inbound(&[("code", "abc")]), UNNAMED).unwrap(), "abc");
}

#[test]
fn an_answer_that_names_another_issuer_or_none_where_one_is_due_is_refused() {
    for issuer in ["https://evil.test", "https://op.test/", "https://OP.test", ""] {
        for asked in [NAMED, UNNAMED] {
            let found = cause(&[("code", "abc"), ("iss", issuer)], asked);
            assert_eq!(found, Rejection::AnswerIssuer, "{issuer:?}");
            let found = cause(&[("error", "access_denied"), ("iss", issuer)], asked);
            assert_eq!(found, Rejection::AnswerIssuer, "{issuer:?}");
        }
    }
    assert_eq!(cause(&[("code", "abc")], NAMED), Rejection::AnswerIssuer);
    let twice = [("code", "abc"), ("iss", "https://op.test"), ("iss", "https://op.test")];
    assert_eq!(cause(&twice, NAMED), Rejection::AnswerMalformed);
}

#[test]
fn an_answer_of_another_form_is_refused() {
    let issuer = ("iss", "https://op.test");
    for parameters in [
        vec![issuer],
        vec![("code", ""), issuer],
        vec![("code", "a\nb"), issuer],
        vec![("code", "à"), issuer],
        vec![("code", "a"), ("code", "b"), issuer],
        vec![("code", "a"), ("error", "access_denied"), issuer],
        vec![("error", "access_denied"), ("error", "server_error"), issuer],
        vec![("code", "a"), ("state", "s"), ("state", "s"), issuer],
    ] {
        assert_eq!(cause(&parameters, NAMED), Rejection::AnswerMalformed, "{parameters:?}");
    }
    let long = "x".repeat(4097);
    assert_eq!(cause(&[("code", &long), issuer], NAMED), Rejection::AnswerMalformed);
    let posted = Inbound { posted: true, ..inbound(&[("code", "abc"), issuer]) };
    assert_eq!(code(&posted, NAMED).unwrap_err().cause, Rejection::AnswerMalformed);
}

#[test]
fn every_error_code_has_its_row_and_nothing_else_of_the_answer_is_repeated() {
    for (error, expected) in [
        ("access_denied", Rejection::Denied),
        ("consent_required", Rejection::Denied),
        ("unauthorized_client", Rejection::ClientRefused),
        ("invalid_request", Rejection::RequestRefused),
        ("temporarily_unavailable", Rejection::ProviderUnavailable),
        ("something_new", Rejection::ProviderError),
        ("<script>", Rejection::ProviderError),
        ("", Rejection::ProviderError),
    ] {
        let parameters = [("error", error), ("error_description", "Anna <b>Rossi</b>")];
        // The reference provider's errors come without iss: they grant nothing.
        let rejected = code(&inbound(&parameters), NAMED).unwrap_err();
        assert_eq!(rejected.cause, expected, "{error}");
        assert!(!rejected.detail.contains("Anna") && !rejected.detail.contains('<'));
    }
}
