//! What makes a node ready, and what does not make it unready.

use std::time::Duration;

use super::{Federation, Findings, Readiness};

const HOUR: Duration = Duration::from_hours(1);

fn spid() -> Federation {
    Federation { name: "spid", providers: 3, age: Some(HOUR), stale_after: HOUR * 72 }
}

fn well() -> Findings {
    Findings { state: Ok(()), signing_key: true, federations: vec![spid()], draining: false }
}

fn body(findings: &Findings) -> serde_json::Value {
    serde_json::from_str(&Readiness::of(findings).body()).unwrap()
}

#[test]
fn a_node_with_everything_is_ready() {
    let readiness = Readiness::of(&well());
    assert_eq!(readiness.status(), 200);
    let body = body(&well());
    assert_eq!(body["status"], "ready");
    assert_eq!(body["checks"]["state"], "ok");
    assert_eq!(body["checks"]["metadata_spid"], "ok");
}

#[test]
fn a_node_that_lacks_one_thing_is_not_ready_and_says_which() {
    let stale = Federation { age: Some(HOUR * 73), ..spid() };
    let unread = Federation { age: None, ..spid() };
    let empty = Federation { providers: 0, ..spid() };
    for (findings, check) in [
        (Findings { state: Err("does not answer".into()), ..well() }, "state"),
        (Findings { signing_key: false, ..well() }, "signing_key"),
        (Findings { draining: true, ..well() }, "accepting"),
        (Findings { federations: vec![], ..well() }, "upstream"),
        (Findings { federations: vec![stale], ..well() }, "metadata_spid"),
        (Findings { federations: vec![unread], ..well() }, "metadata_spid"),
        (Findings { federations: vec![empty], ..well() }, "metadata_spid"),
    ] {
        assert_eq!(Readiness::of(&findings).status(), 503, "{check}");
        let body = body(&findings);
        assert_eq!(body["status"], "not ready");
        assert_ne!(body["checks"][check], "ok");
    }
}

#[test]
fn one_usable_federation_keeps_a_node_ready() {
    let other = Federation { name: "eidas", age: None, ..spid() };
    let findings = Findings { federations: vec![other, spid()], ..well() };
    assert!(Readiness::of(&findings).is_ready());
    assert_ne!(body(&findings)["checks"]["metadata_eidas"], "ok", "it is told even so");
}
