//! The rules that a logout message must fit, one row each: a test, the cause when it fails, the clause.
//!
//! Not parsing and not signatures: both are done when the first row runs. "Core", "profiles" are the
//! SAML 2.0 documents; "SPID" are AgID's technical rules.

use super::LIVES;
use super::rejection::{Rejected, Rejection};
use crate::effects::Timestamp;
use crate::saml::answer::{Envelope, NameId};
use crate::saml::checks::moment;
use crate::saml::{CLOCK_SKEW, names};
use crate::xml::is_ncname;

/// A logout message as read: texts, not yet believed.
#[derive(Default)]
pub(super) struct Claimed {
    pub(super) envelope: Envelope,
    pub(super) not_on_or_after: Option<String>,
    pub(super) name_ids: Vec<NameId>,
    pub(super) session_indexes: Vec<String>,
}

/// What it must fit.
pub(super) struct Expected<'a> {
    /// The provider whose keys the signature verified with.
    pub(super) provider: &'a str,
    /// Address of our single logout service at which it arrived.
    pub(super) location: &'a str,
    pub(super) now: Timestamp,
}

struct Row {
    holds: fn(&Claimed, &Expected<'_>) -> bool,
    cause: Rejection,
    clause: &'static str,
}

#[rustfmt::skip]
static BOTH: &[Row] = &[
    Row { holds: |m, _| m.envelope.id.as_deref().is_some_and(is_ncname),          cause: Rejection::Malformed,   clause: "@ID is an NCName (core 1.3.4)" },
    Row { holds: |m, _| m.envelope.version.as_deref() == Some("2.0"),             cause: Rejection::Malformed,   clause: "@Version is 2.0 (core 3.2.1)" },
    Row { holds: |m, _| issued(m).is_some(),                                      cause: Rejection::Malformed,   clause: "@IssueInstant is an xs:dateTime (core 1.3.3)" },
    Row { holds: |m, e| issued(m).is_some_and(|at| at <= e.now.plus(CLOCK_SKEW)), cause: Rejection::Expired,     clause: "@IssueInstant is not after now (SPID)" },
    Row { holds: |m, e| issued(m).is_some_and(|at| ends(at) > e.now),             cause: Rejection::Expired,     clause: "@IssueInstant is at most five minutes ago" },
    Row { holds: |m, e| m.envelope.destination.as_deref() == Some(e.location),    cause: Rejection::Destination, clause: "@Destination is the address at which it arrived (core 3.2.1; bindings 3.4.5.2)" },
    Row { holds: |m, e| m.envelope.issuer.as_ref().is_some_and(|i| i.text == e.provider), cause: Rejection::Issuer, clause: "Issuer is the provider whose key signed (profiles 4.4.4.1)" },
    Row { holds: |m, _| m.envelope.issuer.as_ref().and_then(|i| i.format.as_deref()).is_none_or(|f| f == names::FORMAT_ENTITY), cause: Rejection::Issuer, clause: "Issuer/@Format is absent or entity (profiles 4.4.4.1)" },
];

#[rustfmt::skip]
static REQUEST: &[Row] = &[
    Row { holds: |m, _| m.envelope.status.is_none() && m.envelope.in_response_to.is_none(), cause: Rejection::Malformed, clause: "a LogoutRequest has neither Status nor InResponseTo (core 3.7.1)" },
    Row { holds: |m, _| m.not_on_or_after.is_none() || end(m).is_some(),          cause: Rejection::Malformed,   clause: "@NotOnOrAfter, if there, is an xs:dateTime (core 3.7.1)" },
    Row { holds: |m, e| m.not_on_or_after.is_none() || end(m).is_some_and(|end| end > e.now.minus(CLOCK_SKEW)), cause: Rejection::Expired, clause: "@NotOnOrAfter, if there, is after now (core 3.7.1)" },
    Row { holds: |m, _| m.name_ids.len() == 1,                                    cause: Rejection::NameId,      clause: "there is one NameID (core 3.7.1; SPID)" },
    Row { holds: |m, _| m.name_ids.iter().all(|name| !name.text.is_empty()),      cause: Rejection::NameId,      clause: "NameID has a value (SPID)" },
    Row { holds: |m, _| m.name_ids.iter().all(|name| name.format.as_deref().is_none_or(|f| f == names::FORMAT_TRANSIENT)), cause: Rejection::NameId, clause: "NameID/@Format is absent or transient (SPID)" },
    Row { holds: |m, _| m.session_indexes.iter().all(|index| !index.is_empty()),  cause: Rejection::Malformed,   clause: "SessionIndex, if there, has a value (core 3.7.1)" },
];

#[rustfmt::skip]
static RESPONSE: &[Row] = &[
    Row { holds: |m, _| m.name_ids.is_empty() && m.session_indexes.is_empty() && m.not_on_or_after.is_none(), cause: Rejection::Malformed, clause: "a LogoutResponse names no session (core 3.7.2)" },
    Row { holds: |m, _| m.envelope.in_response_to.as_deref().is_some_and(is_ncname), cause: Rejection::InResponseTo, clause: "LogoutResponse/@InResponseTo is the ID of a request (core 3.2.2)" },
    Row { holds: |m, _| m.envelope.status.as_ref().is_some_and(|s| s.code.is_some()), cause: Rejection::Malformed, clause: "LogoutResponse has a Status with its code (core 3.2.2.2)" },
];

/// Everything about a request.
pub(super) fn request(claimed: &Claimed, expected: &Expected<'_>) -> Result<(), Rejected> {
    run(REQUEST, claimed, expected)
}

/// Everything about a response but which request it answers.
pub(super) fn response(claimed: &Claimed, expected: &Expected<'_>) -> Result<(), Rejected> {
    run(RESPONSE, claimed, expected)
}

fn run(rows: &[Row], claimed: &Claimed, expected: &Expected<'_>) -> Result<(), Rejected> {
    match BOTH.iter().chain(rows).find(|row| !(row.holds)(claimed, expected)) {
        None => Ok(()),
        Some(row) => Err(Rejected::new(row.cause, row.clause)),
    }
}

/// `IssueInstant`.
pub(super) fn issued(claimed: &Claimed) -> Option<Timestamp> {
    moment(claimed.envelope.issue_instant.as_deref())
}

/// From when on a message issued at `at` is refused for its age alone.
pub(super) fn ends(at: Timestamp) -> Timestamp {
    at.plus(LIVES).plus(CLOCK_SKEW)
}

fn end(claimed: &Claimed) -> Option<Timestamp> {
    moment(claimed.not_on_or_after.as_deref())
}
