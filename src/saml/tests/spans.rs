//! Times and statuses at their edges: SA-46, SA-47, SA-49.

use super::*;

fn with_times(from: &str, to: &str) -> String {
    Answer::default().assertion(from, to).verdict()
}

const BEFORE: &str = "NotBefore=\"2026-11-22T10:00:21Z\"";
const AFTER: &str = "NotOnOrAfter=\"2026-11-22T10:05:01Z\"";
const CONFIRMED: &str = "NotOnOrAfter=\"2026-11-22T10:05:00Z\"";

/// SA-46: both ends lie within the leeway of now, and still no moment lies between them.
#[test]
fn a_span_that_ends_before_it_begins_is_refused() {
    for (begins, ends, slug) in [
        ("2026-11-22T10:01:00Z", "2026-11-22T10:00:00Z", "response-conditions"),
        ("2026-11-22T10:00:30Z", "2026-11-22T10:00:30Z", "response-conditions"),
        ("2026-11-22T10:00:30.001Z", "2026-11-22T10:00:30Z", "response-conditions"),
        ("2026-11-22T10:00:30Z", "2026-11-22T10:00:30.001Z", "accepted"),
        ("2026-11-22T12:00:30+02:00", "2026-11-22T10:00:31Z", "accepted"),
    ] {
        let answer = Answer::default()
            .assertion(BEFORE, &format!("NotBefore=\"{begins}\""))
            .assertion(AFTER, &format!("NotOnOrAfter=\"{ends}\""));
        assert_eq!(answer.verdict(), slug, "{begins} {ends}");
        let slug = if slug == "accepted" { slug } else { "response-confirmation" };
        let span = format!("NotBefore=\"{begins}\" NotOnOrAfter=\"{ends}\"");
        assert_eq!(with_times(CONFIRMED, &span), slug, "confirmation {begins} {ends}");
    }
}

/// SA-46: the rules set no longest span. The answer is still good for one request only.
#[test]
fn a_span_of_years_is_accepted_and_read_without_overflow() {
    for end in ["2036-11-22T10:00:00Z", "9999-12-31T23:59:59.999999999Z"] {
        let answer = Answer::default()
            .assertion(BEFORE, "NotBefore=\"0000-01-01T00:00:00Z\"")
            .assertion(AFTER, &format!("NotOnOrAfter=\"{end}\""))
            .assertion(CONFIRMED, &format!("NotOnOrAfter=\"{end}\""));
        let proof = answer.judge().unwrap();
        assert!(proof.expires_at > Timestamp::from_unix_seconds(SENT + 300_000_000));
        // Whoever keeps it until then has a length, not a panic.
        assert!(proof.expires_at.since(Timestamp::from_unix_seconds(SENT)) > Duration::ZERO);
    }
}

/// SA-46: years at the edges of the calendar, leap seconds, zones, in every place of a time.
#[test]
fn times_at_the_edges_of_the_calendar_are_judged_by_rule() {
    let (future, unread) = ("response-issued-in-future", "accepted");
    for (instant, issued, begins, ends) in [
        ("0000-01-01T00:00:00Z", "response-before-request", unread, "response-expired"),
        ("9999-12-31T23:59:59Z", future, "response-not-yet-valid", unread),
        ("-0001-01-01T00:00:00Z", "form", "form", "form"),
        ("-2026-11-22T10:00:22Z", "form", "form", "form"),
        ("10000-01-01T00:00:00Z", "form", "form", "form"),
        ("2026-11-22T10:00:60Z", "form", "form", "form"),
        ("2026-12-31T23:59:60Z", "form", "form", "form"),
        ("2026-11-22T24:00:00Z", "form", "form", "form"),
        ("2026-11-22T10:00:22", "form", "form", "form"),
        ("2026-11-22T10:00:22.1234567890Z", "form", "form", "form"),
        ("2026-11-22T10:00:22.123456789Z", unread, unread, "accepted"),
        ("2026-11-22T12:00:22+02:00", unread, unread, "accepted"),
    ] {
        let named =
            |slug: &'static str, form: &'static str| if slug == "form" { form } else { slug };
        let response = Answer::default().response("2026-11-22T10:00:22Z", instant);
        assert_eq!(response.verdict(), named(issued, "response-issue-instant"), "{instant}");
        let found = with_times("2026-11-22T10:00:20Z", instant);
        assert_eq!(found, named(issued, "assertion-issue-instant"), "{instant}");
        let found = with_times(BEFORE, &format!("NotBefore=\"{instant}\""));
        assert_eq!(found, named(begins, "response-conditions"), "{instant}");
        let found = with_times(CONFIRMED, &format!("NotOnOrAfter=\"{instant}\""));
        assert_eq!(found, named(ends, "response-confirmation"), "{instant}");
        let ends_at = format!("SessionIndex=\"_s\" SessionNotOnOrAfter=\"{instant}\"");
        let found = with_times("SessionIndex=\"_s\"", &ends_at);
        assert_eq!(found, named(ends, "response-authn-statement"), "{instant}");
    }
}

/// SA-47: the provider itself says that its session is over.
#[test]
fn a_session_that_has_ended_proves_nobody() {
    let session = |end: &str| {
        with_times(
            "SessionIndex=\"_s\"",
            &format!("SessionIndex=\"_s\" SessionNotOnOrAfter=\"{end}\""),
        )
    };
    // Now is 10:00:30.
    assert_eq!(session("2026-11-22T18:00:00Z"), "accepted");
    assert_eq!(session("2026-11-22T09:59:31Z"), "accepted", "within the leeway");
    assert_eq!(session("2026-11-22T09:59:30Z"), "response-expired");
    assert_eq!(session("2020-01-01T00:00:00Z"), "response-expired");
    assert_eq!(session(""), "response-authn-statement");
}

/// SA-47: every assertion is for one use; one that says so is no different.
#[test]
fn one_time_use_is_a_condition_that_is_kept() {
    let once = "<saml:OneTimeUse></saml:OneTimeUse><saml:AudienceRestriction>";
    assert_eq!(with_times("<saml:AudienceRestriction>", once), "accepted");
}

/// SA-49: only the outermost code counts, and only `Success` lets an assertion be read.
#[test]
fn a_success_inside_a_failure_is_a_failure() {
    let code = "Value=\"urn:oasis:names:tc:SAML:2.0:status:Success\">";
    for outer in ["Responder", "Requester", "VersionMismatch"] {
        let nested = format!(
            "Value=\"urn:oasis:names:tc:SAML:2.0:status:{outer}\"><samlp:StatusCode {code}</samlp:StatusCode>"
        );
        let answer = Answer::default().response(code, &nested);
        assert_eq!(answer.verdict(), "spid-nr-unknown", "{outer}");
    }
    let foreign = Answer::default().response(code, "Value=\"Success\">");
    assert_eq!(foreign.verdict(), "response-status");
}

/// SA-49: a failure is the failure it names, whatever assertion comes with it.
#[test]
fn a_failure_with_an_assertion_is_that_failure() {
    for number in 19..=25_u32 {
        let status = format!(
            "status:Responder\"></samlp:StatusCode><samlp:StatusMessage>ErrorCode nr{number}</samlp:StatusMessage>"
        );
        let answer = Answer::default().response("status:Success\"></samlp:StatusCode>", &status);
        let slug = match number {
            24 => "spid-nr-unknown".to_owned(),
            _ => format!("spid-nr{number}"),
        };
        assert_eq!(answer.verdict(), slug);
    }
}

/// SA-49: what providers send and what the acceptance tool sends, which signs it.
#[test]
fn a_failure_is_its_number_signed_or_not() {
    for number in [19, 20, 21, 22, 23, 25] {
        let error = Answer::error(&format!("ErrorCode nr{number}"));
        for signed in [None, Some(By::Idp)] {
            let found = error.clone().signed_by(signed, None).verdict();
            assert_eq!(found, format!("spid-nr{number}"));
        }
    }
}
