//! Every verdict of every check, and the table they make.

use std::time::Duration;

use super::{Check, Verdict, table, worst};
use crate::crypto::jose::SigningAlgorithm;
use crate::effects::Timestamp;
use crate::entitlement::{Examined, SourceFault};
use crate::registry::{Condition, QueryFault};
use crate::saml::metadata::register::SourceStatus;

const DAY: Duration = Duration::from_hours(24);

fn now() -> Timestamp {
    Timestamp::from_unix_seconds(1_790_000_000)
}

#[test]
fn a_certificate_warns_thirty_days_before_its_end() {
    let verdict = |not_after| Check::certificate("spid", not_after, now()).verdict;
    assert_eq!(verdict(now().plus(DAY * 31)), Verdict::Ok);
    assert_eq!(verdict(now().plus(DAY * 29)), Verdict::Warn);
    assert_eq!(verdict(now()), Verdict::Fail);
    assert_eq!(verdict(now().minus(DAY)), Verdict::Fail);
}

fn source() -> SourceStatus {
    SourceStatus {
        place: "metadata/spid.xml".to_owned(),
        age: Some(DAY),
        stale: false,
        problem: None,
        providers: 12,
        alerts: 0,
    }
}

#[test]
fn metadata_fails_when_it_cannot_be_read_and_warns_when_something_is_left_out() {
    let verdict = |source: SourceStatus| Check::metadata("spid", &source).verdict;
    assert_eq!(verdict(source()), Verdict::Ok);
    assert_eq!(verdict(SourceStatus { alerts: 1, ..source() }), Verdict::Warn);
    assert_eq!(verdict(SourceStatus { stale: true, ..source() }), Verdict::Warn);
    assert_eq!(verdict(SourceStatus { providers: 0, ..source() }), Verdict::Fail);
    let problem = Some("not signed".to_owned());
    assert_eq!(verdict(SourceStatus { problem, ..source() }), Verdict::Fail);
}

#[test]
fn a_clock_is_compared_in_both_directions() {
    let verdict = |theirs| Check::clock(now(), Some(theirs)).verdict;
    let seconds = Duration::from_secs;
    assert_eq!(verdict(now()), Verdict::Ok);
    assert_eq!(verdict(now().plus(seconds(30))), Verdict::Warn);
    assert_eq!(verdict(now().minus(seconds(30))), Verdict::Warn);
    assert_eq!(verdict(now().plus(seconds(61))), Verdict::Fail);
    assert_eq!(verdict(now().minus(seconds(61))), Verdict::Fail);
    assert_eq!(Check::clock(now(), None).verdict, Verdict::Ok);
    assert_eq!(Check::clock(Timestamp::from_unix_seconds(0), None).verdict, Verdict::Fail);
}

#[test]
fn everything_that_is_not_well_has_a_remedy() {
    let checks = [
        Check::configuration(&["varco.toml: issuer: missing".to_owned()]),
        Check::keys(&[], true, &[]),
        Check::keys(&[], false, &[SigningAlgorithm::PS256]),
        Check::keys(&["keys/ is empty".to_owned()], false, &[]),
        Check::certificate("spid", now(), now()),
        Check::metadata("spid", &SourceStatus { providers: 0, ..source() }),
        Check::metadata("spid", &SourceStatus { alerts: 1, ..source() }),
        Check::metadata("spid", &SourceStatus { stale: true, ..source() }),
        Check::state(&Ok(()), false),
        Check::state(&Err("the state store does not answer".to_owned()), true),
        Check::clock(now(), Some(now().plus(DAY))),
        Check::followed("calendar", None, "", &["calendar.toml: change[0].id: missing".to_owned()]),
        Check::source_of_roles("durc", &Ok(Examined::Indiscriminate)),
        Check::source_of_roles("durc", &Err(SourceFault::Status(404))),
        Check::source_of_roles("durc", &Err(SourceFault::Malformed("is no JSON"))),
        Check::source_of_roles("durc", &Err(QueryFault::TooSlow(DAY).into())),
    ];
    for check in checks {
        assert_ne!(check.verdict, Verdict::Ok, "{}", check.name);
        assert!(!check.remedy.is_empty(), "{}", check.name);
        assert!(!check.found.is_empty(), "{}", check.name);
    }
}

#[test]
fn the_table_is_aligned_and_the_worst_verdict_counts() {
    let checks = [
        Check::configuration(&[]),
        Check::keys(&[], true, &[]),
        Check::state(&Err("the state store does not answer".to_owned()), true),
    ];
    assert_eq!(worst(&checks), Verdict::Fail);
    assert_eq!(worst(&checks[..2]), Verdict::Warn);
    assert_eq!(worst(&[]), Verdict::Ok);
    assert_eq!(
        table(&checks),
        "\
ok    configuration  every key is known and well formed
WARN  keys           generated for development
                     → before production, make others in an empty folder with `varco keys generate`
FAIL  state store    the state store does not answer
                     → check that the server runs, its address and credentials, and `maxmemory-policy noeviction`
"
    );
}

#[test]
fn a_registry_fails_when_clients_of_it_would_not_be_served() {
    let usable = |unopened, exposed| Condition::Usable { clients: 3, unopened, exposed };
    for (found, verdict) in [
        (Ok(usable(0, false)), Verdict::Ok),
        (Ok(usable(0, true)), Verdict::Warn),
        (Ok(usable(1, true)), Verdict::Fail),
        (Ok(Condition::Absent), Verdict::Warn),
        (Ok(Condition::Earlier), Verdict::Warn),
        (Ok(Condition::Later), Verdict::Fail),
        (Err("registry.sqlite: it is not a database".to_owned()), Verdict::Fail),
    ] {
        let check = Check::registry(&found);
        assert_eq!((check.verdict, check.remedy.is_empty()), (verdict, verdict == Verdict::Ok));
    }
}
