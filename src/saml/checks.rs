//! The rules that an answer must fit, one row each: a test, the cause when it fails, the clause.
//!
//! Not parsing and not signatures: both are done when the first row runs. "Core", "profiles" are the
//! SAML 2.0 documents; "SPID" are AgID's technical rules. The order is that of the rules: what comes
//! first names the cause.

use super::answer::{
    Authn, Claimed, Conditions, ConfirmationData, Envelope, Expected, Issuer, NameId,
};
use super::rejection::{Rejected, Rejection};
use super::{CLOCK_SKEW, instant, names};
use crate::effects::Timestamp;
use crate::terms::Level;
use crate::xml::is_ncname;

struct Row<T> {
    holds: fn(&T, &Expected<'_>) -> bool,
    cause: Rejection,
    clause: &'static str,
}

#[rustfmt::skip]
static RESPONSE: &[Row<Envelope>] = &[
    Row { holds: |r, _| is_name(r.id.as_deref()),                     cause: Rejection::Id,            clause: "Response/@ID is an NCName (core 1.3.4)" },
    Row { holds: |r, _| r.version.as_deref() == Some("2.0"),          cause: Rejection::Version,       clause: "Response/@Version is 2.0 (core 3.2.2)" },
    Row { holds: |r, _| moment(r.issue_instant.as_deref()).is_some(),           cause: Rejection::IssueInstant,  clause: "Response/@IssueInstant is an xs:dateTime (core 1.3.3)" },
    Row { holds: |r, e| not_before_request(r.issue_instant.as_deref(), e),      cause: Rejection::BeforeRequest, clause: "Response/@IssueInstant is not before the request's (SPID)" },
    Row { holds: |r, e| not_in_the_future(r.issue_instant.as_deref(), e),       cause: Rejection::FromTheFuture, clause: "Response/@IssueInstant is not after now (SPID)" },
    Row { holds: |r, e| r.in_response_to.as_deref() == Some(e.request_id), cause: Rejection::InResponseTo, clause: "Response/@InResponseTo is the ID of the request (profiles 4.1.4.3)" },
    Row { holds: |r, e| is_issuer(r.issuer.as_ref(), e),              cause: Rejection::Issuer,        clause: "Response/Issuer is the provider that was asked (profiles 4.1.4.2)" },
    Row { holds: |r, _| issuer_format(r.issuer.as_ref(), true),       cause: Rejection::IssuerFormat,  clause: "Response/Issuer/@Format is absent or entity (SPID)" },
    Row { holds: |r, _| r.status.as_ref().and_then(|s| s.code.as_deref()).is_some_and(is_status), cause: Rejection::Status, clause: "Status/StatusCode/@Value is one of the four of SAML (core 3.2.2.2)" },
];

/// Only of an answer that says `Success`: an error may come to the default consumer (SPID, code 16).
#[rustfmt::skip]
static SUCCESS: &[Row<Envelope>] = &[
    Row { holds: |r, e| r.destination.as_deref() == Some(e.consumer), cause: Rejection::Destination,   clause: "Response/@Destination is the consumer that the request named (core 3.2.2)" },
    Row { holds: |_, e| e.arrived_at == e.consumer,                   cause: Rejection::Destination,   clause: "the Response arrived at the consumer that the request named (bindings 3.5.5.2)" },
];

#[rustfmt::skip]
static ASSERTION: &[Row<Claimed>] = &[
    Row { holds: |a, _| is_name(a.id.as_deref()),                     cause: Rejection::AssertionId,           clause: "Assertion/@ID is an NCName (core 1.3.4)" },
    Row { holds: |a, _| a.version.as_deref() == Some("2.0"),          cause: Rejection::AssertionVersion,      clause: "Assertion/@Version is 2.0 (core 2.3.3)" },
    Row { holds: |a, _| moment(a.issue_instant.as_deref()).is_some(),           cause: Rejection::AssertionIssueInstant, clause: "Assertion/@IssueInstant is an xs:dateTime (core 1.3.3)" },
    Row { holds: |a, e| not_before_request(a.issue_instant.as_deref(), e),      cause: Rejection::BeforeRequest,         clause: "Assertion/@IssueInstant is not before the request's (SPID)" },
    Row { holds: |a, e| not_in_the_future(a.issue_instant.as_deref(), e),       cause: Rejection::FromTheFuture,         clause: "Assertion/@IssueInstant is not after now (SPID)" },
    Row { holds: |a, e| is_issuer(a.issuer.as_ref(), e),              cause: Rejection::Issuer,                clause: "Assertion/Issuer is the provider that was asked (profiles 4.1.4.2)" },
    Row { holds: |a, e| issuer_format(a.issuer.as_ref(), e.issuer_format_optional), cause: Rejection::IssuerFormat, clause: "Assertion/Issuer/@Format is entity (SPID)" },
    Row { holds: |a, _| a.subject.is_some(),                          cause: Rejection::Subject,               clause: "Assertion has a Subject (profiles 4.1.4.2)" },
    Row { holds: |a, _| name_id(a).is_some_and(|n| !n.text.is_empty()), cause: Rejection::NameId,              clause: "Subject/NameID has a value (SPID)" },
    Row { holds: |a, _| name_id(a).is_some_and(|n| n.format.as_deref() == Some(names::FORMAT_TRANSIENT)), cause: Rejection::NameId, clause: "Subject/NameID/@Format is transient (SPID)" },
    Row { holds: |a, _| name_id(a).is_some_and(|n| n.qualifier.as_deref().is_some_and(filled)), cause: Rejection::NameId, clause: "Subject/NameID/@NameQualifier has a value (SPID)" },
    Row { holds: |a, _| a.subject.as_ref().is_some_and(|s| s.confirmations.len() == 1), cause: Rejection::Confirmation, clause: "Subject has one SubjectConfirmation (SPID)" },
    Row { holds: |a, _| a.subject.iter().flat_map(|s| &s.confirmations).all(|c| c.method.as_deref() == Some(names::BEARER)), cause: Rejection::Confirmation, clause: "SubjectConfirmation/@Method is bearer (profiles 4.1.4.2)" },
    Row { holds: |a, _| data(a).is_some(),                            cause: Rejection::Confirmation,          clause: "SubjectConfirmation has its data (profiles 4.1.4.2)" },
    Row { holds: |a, e| data(a).is_some_and(|d| d.recipient.as_deref() == Some(e.consumer)), cause: Rejection::Recipient, clause: "SubjectConfirmationData/@Recipient is the consumer that the request named (profiles 4.1.4.2)" },
    Row { holds: |a, e| data(a).is_some_and(|d| d.in_response_to.as_deref() == Some(e.request_id)), cause: Rejection::InResponseTo, clause: "SubjectConfirmationData/@InResponseTo is the ID of the request (profiles 4.1.4.2)" },
    Row { holds: |a, _| data(a).is_some_and(|d| moment(d.not_on_or_after.as_deref()).is_some()), cause: Rejection::Confirmation, clause: "SubjectConfirmationData/@NotOnOrAfter is an xs:dateTime (profiles 4.1.4.2)" },
    Row { holds: |a, e| data(a).is_some_and(|d| not_ended(d.not_on_or_after.as_deref(), e)), cause: Rejection::Expired,  clause: "SubjectConfirmationData/@NotOnOrAfter is after now (profiles 4.1.4.3)" },
    Row { holds: |a, e| data(a).is_some_and(|d| d.not_before.is_none() || begun(d.not_before.as_deref(), e)), cause: Rejection::NotYetValid, clause: "SubjectConfirmationData/@NotBefore, if there, is not after now (core 2.4.1.2)" },
    Row { holds: |a, _| data(a).is_some_and(|d| is_a_span(d.not_before.as_deref(), d.not_on_or_after.as_deref())), cause: Rejection::Confirmation, clause: "SubjectConfirmationData/@NotBefore, if there, is before NotOnOrAfter (core 2.4.1.2)" },
    Row { holds: |a, _| a.conditions.as_ref().is_some_and(|c| !c.unknown), cause: Rejection::Conditions,       clause: "Assertion has Conditions, all of them SAML's (core 2.5.1)" },
    Row { holds: |a, _| conditions(a).is_some_and(|c| moment(c.not_before.as_deref()).is_some()), cause: Rejection::Conditions, clause: "Conditions/@NotBefore is an xs:dateTime (SPID)" },
    Row { holds: |a, e| conditions(a).is_some_and(|c| begun(c.not_before.as_deref(), e)), cause: Rejection::NotYetValid, clause: "Conditions/@NotBefore is not after now (core 2.5.1.2)" },
    Row { holds: |a, _| conditions(a).is_some_and(|c| moment(c.not_on_or_after.as_deref()).is_some()), cause: Rejection::Conditions, clause: "Conditions/@NotOnOrAfter is an xs:dateTime (SPID)" },
    Row { holds: |a, e| conditions(a).is_some_and(|c| not_ended(c.not_on_or_after.as_deref(), e)), cause: Rejection::Expired, clause: "Conditions/@NotOnOrAfter is after now (core 2.5.1.2)" },
    Row { holds: |a, _| conditions(a).is_some_and(|c| is_a_span(c.not_before.as_deref(), c.not_on_or_after.as_deref())), cause: Rejection::Conditions, clause: "Conditions/@NotBefore is before NotOnOrAfter (core 2.5.1.2)" },
    Row { holds: |a, _| conditions(a).is_some_and(|c| !c.audiences.is_empty()), cause: Rejection::Conditions,  clause: "Conditions has an AudienceRestriction (profiles 4.1.4.2)" },
    Row { holds: |a, e| conditions(a).is_some_and(|c| c.audiences.iter().all(|r| r.iter().any(|a| a == e.entity_id))), cause: Rejection::Audience, clause: "every AudienceRestriction names our entity ID (core 2.5.1.4)" },
    Row { holds: |a, _| !a.authn.is_empty(),                          cause: Rejection::AuthnStatement,        clause: "Assertion has an AuthnStatement (profiles 4.1.4.2)" },
    Row { holds: |a, _| a.authn.iter().all(|s| moment(s.instant.as_deref()).is_some()), cause: Rejection::AuthnStatement, clause: "AuthnStatement/@AuthnInstant is an xs:dateTime (core 2.7.2)" },
    Row { holds: |a, e| a.authn.iter().all(|s| not_in_the_future(s.instant.as_deref(), e)), cause: Rejection::FromTheFuture, clause: "AuthnStatement/@AuthnInstant is not after now (core 2.7.2)" },
    Row { holds: |a, e| !e.force || a.authn.iter().all(|s| not_before_request(s.instant.as_deref(), e)), cause: Rejection::AuthnStale, clause: "AuthnStatement/@AuthnInstant is not before a request with ForceAuthn (core 3.4.1)" },
    Row { holds: |a, _| a.authn.iter().all(|s| s.session_ends.is_none() || moment(s.session_ends.as_deref()).is_some()), cause: Rejection::AuthnStatement, clause: "AuthnStatement/@SessionNotOnOrAfter, if there, is an xs:dateTime (core 2.7.2)" },
    Row { holds: |a, e| a.authn.iter().all(|s| s.session_ends.is_none() || not_ended(s.session_ends.as_deref(), e)), cause: Rejection::Expired, clause: "AuthnStatement/@SessionNotOnOrAfter, if there, is after now (core 2.7.2)" },
    Row { holds: |a, _| a.authn.iter().all(|s| matches!(s.classes.as_slice(), [class] if filled(class))), cause: Rejection::AuthnStatement, clause: "AuthnStatement/AuthnContext has one AuthnContextClassRef (SPID)" },
    Row { holds: |a, _| a.authn.iter().all(|s| level(s).is_some()),   cause: Rejection::LevelUnknown,          clause: "AuthnContextClassRef is one of SPID's three levels (SPID)" },
    Row { holds: |a, e| a.authn.iter().all(|s| level(s).is_some_and(|l| e.comparison.accepts(e.level, l))), cause: Rejection::LevelTooLow, clause: "AuthnContextClassRef satisfies RequestedAuthnContext (SPID; core 3.3.2.2.1)" },
    Row { holds: |a, _| !a.attributes.is_empty(),                     cause: Rejection::Attributes,            clause: "AttributeStatement has an Attribute (SPID)" },
    Row { holds: |a, _| a.attributes.iter().all(|t| t.name.as_deref().is_some_and(filled)), cause: Rejection::Attributes, clause: "Attribute/@Name has a value (core 2.7.3.1)" },
    Row { holds: |a, _| a.attributes.iter().all(|t| !t.values.is_empty()), cause: Rejection::Attributes,       clause: "Attribute has an AttributeValue (SPID)" },
    Row { holds: |a, _| a.attributes.iter().all(|t| t.values.len() < 2), cause: Rejection::AttributesDoubled,  clause: "Attribute has one AttributeValue: no SPID attribute has more (SPID)" },
    Row { holds: |a, _| names_differ(a),                              cause: Rejection::AttributesDoubled,     clause: "no two Attributes have one Name (SPID)" },
    Row { holds: |a, e| e.required.iter().all(|name| value(a, name).is_some()), cause: Rejection::AttributesMissing, clause: "every required Attribute has a value" },
];

/// Everything about the Response but its destination.
pub(crate) fn response(envelope: &Envelope, expected: &Expected<'_>) -> Result<(), Rejected> {
    run(RESPONSE, envelope, expected)
}

/// What only a Response that says `Success` must fit.
pub(crate) fn success(envelope: &Envelope, expected: &Expected<'_>) -> Result<(), Rejected> {
    run(SUCCESS, envelope, expected)
}

/// Everything about the assertion.
pub(crate) fn assertion(claimed: &Claimed, expected: &Expected<'_>) -> Result<(), Rejected> {
    run(ASSERTION, claimed, expected)
}

fn run<T>(rows: &[Row<T>], subject: &T, expected: &Expected<'_>) -> Result<(), Rejected> {
    match rows.iter().find(|row| !(row.holds)(subject, expected)) {
        None => Ok(()),
        Some(row) => Err(Rejected::new(row.cause, row.clause)),
    }
}

/// The level that a statement proves.
pub(crate) fn level(statement: &Authn) -> Option<Level> {
    match statement.classes.as_slice() {
        [class] => Level::from_uri(class),
        _ => None,
    }
}

/// The value of the attribute `name`; an empty one is absent.
pub(crate) fn value<'a>(claimed: &'a Claimed, name: &str) -> Option<&'a str> {
    let attribute = claimed.attributes.iter().find(|known| known.name.as_deref() == Some(name))?;
    attribute.values.first().map(String::as_str).filter(|value| filled(value))
}

/// The moment that an attribute names.
pub(crate) fn moment(text: Option<&str>) -> Option<Timestamp> {
    text.and_then(instant::parse)
}

fn filled(text: &str) -> bool {
    !text.trim().is_empty()
}

/// An NCName (core 1.3.4).
fn is_name(id: Option<&str>) -> bool {
    id.is_some_and(is_ncname)
}

fn is_status(code: &str) -> bool {
    matches!(
        code,
        names::STATUS_SUCCESS
            | names::STATUS_REQUESTER
            | names::STATUS_RESPONDER
            | names::STATUS_VERSION
    )
}

fn is_issuer(issuer: Option<&Issuer>, expected: &Expected<'_>) -> bool {
    issuer.is_some_and(|issuer| issuer.text == expected.provider)
}

fn issuer_format(issuer: Option<&Issuer>, optional: bool) -> bool {
    match issuer.and_then(|issuer| issuer.format.as_deref()) {
        Some(format) => format == names::FORMAT_ENTITY,
        None => optional,
    }
}

/// Seconds only on our side: a provider may cut fractions off. Equal moments pass.
fn not_before_request(text: Option<&str>, expected: &Expected<'_>) -> bool {
    let earliest = expected.request_instant.truncated_to_seconds().minus(CLOCK_SKEW);
    moment(text).is_some_and(|at| at >= earliest)
}

fn not_in_the_future(text: Option<&str>, expected: &Expected<'_>) -> bool {
    moment(text).is_some_and(|at| at <= expected.now.plus(CLOCK_SKEW))
}

fn begun(not_before: Option<&str>, expected: &Expected<'_>) -> bool {
    not_in_the_future(not_before, expected)
}

fn not_ended(not_on_or_after: Option<&str>, expected: &Expected<'_>) -> bool {
    moment(not_on_or_after).is_some_and(|end| end > expected.now.minus(CLOCK_SKEW))
}

/// Both clocks are the provider's own: a span that ends before it begins has no moment in it.
fn is_a_span(not_before: Option<&str>, not_on_or_after: Option<&str>) -> bool {
    not_before.is_none() || moment(not_before) < moment(not_on_or_after)
}

fn name_id(claimed: &Claimed) -> Option<&NameId> {
    claimed.subject.as_ref().and_then(|subject| subject.name_id.as_ref())
}

fn data(claimed: &Claimed) -> Option<&ConfirmationData> {
    let confirmations = &claimed.subject.as_ref()?.confirmations;
    confirmations.first().and_then(|confirmation| confirmation.data.as_ref())
}

fn conditions(claimed: &Claimed) -> Option<&Conditions> {
    claimed.conditions.as_ref()
}

fn names_differ(claimed: &Claimed) -> bool {
    let names: std::collections::BTreeSet<_> =
        claimed.attributes.iter().map(|attribute| &attribute.name).collect();
    names.len() == claimed.attributes.len()
}
