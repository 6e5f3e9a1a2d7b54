//! What makes a node ready, and what does not make it unready.

use super::{Federation, Findings, Readiness};

fn spid() -> Federation {
    Federation { name: "spid", providers: 3, stale: 0, discords: 0 }
}

fn well() -> Findings {
    let federations = vec![spid()];
    Findings {
        state: Ok(()),
        signing_key: true,
        federations,
        membership: None,
        calendar: true,
        trail: None,
        draining: false,
    }
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
    let empty = Federation { providers: 0, ..spid() };
    for (findings, check) in [
        (Findings { state: Err("does not answer".into()), ..well() }, "state"),
        (Findings { signing_key: false, ..well() }, "signing_key"),
        (Findings { draining: true, ..well() }, "accepting"),
        (Findings { federations: vec![], ..well() }, "upstream"),
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
    let other = Federation { name: "eidas", providers: 0, ..spid() };
    let findings = Findings { federations: vec![other, spid()], ..well() };
    assert!(Readiness::of(&findings).is_ready());
    assert_ne!(body(&findings)["checks"]["metadata_eidas"], "ok", "it is told even so");
}

#[test]
fn old_metadata_is_told_and_keeps_a_node_ready() {
    let findings = Findings { federations: vec![Federation { stale: 1, ..spid() }], ..well() };
    assert!(Readiness::of(&findings).is_ready());
    let body = body(&findings);
    assert_eq!(body["status"], "ready");
    assert_eq!(
        body["checks"]["metadata_spid"],
        "its metadata is old; the last good copy is in use"
    );
}

#[test]
fn a_superior_that_disagrees_is_told_and_keeps_a_node_ready() {
    let federation = Federation { stale: 1, discords: 1, ..spid() };
    let findings = Findings { federations: vec![federation], ..well() };
    assert!(Readiness::of(&findings).is_ready());
    let body = body(&findings);
    let told = body["checks"]["metadata_spid"].as_str().unwrap();
    assert!(told.starts_with("a superior pins none of our keys"), "{told}");
}

#[test]
fn a_calendar_that_is_no_good_is_told_and_keeps_a_node_ready() {
    let findings = Findings { calendar: false, ..well() };
    assert!(Readiness::of(&findings).is_ready());
    assert_eq!(
        body(&findings)["checks"]["calendar"],
        "its file is no good; the calendar before it is in force"
    );
    assert_eq!(body(&well())["checks"]["calendar"], "ok");
}

#[test]
fn a_superior_that_does_not_know_our_keys_is_told_and_takes_no_node_away() {
    assert!(!Readiness::of(&well()).body().contains("\"federation\""));
    for (discords, told) in [(0, "\"federation\":\"ok\""), (1, "does not vouch for our keys")] {
        let verdict = Readiness::of(&Findings { membership: Some(discords), ..well() });
        assert!(verdict.is_ready());
        assert!(verdict.body().contains(told), "{}", verdict.body());
    }
}
