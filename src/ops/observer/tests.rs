//! Each event is counted where an operator looks for it, and nowhere else.

use std::time::Duration;

use crate::fault::catalogue::by_slug;
use crate::login::{Event, Observer};
use crate::oidc::ClientId;
use crate::ops::{Bounds, Metrics, Reading};
use crate::terms::Level;

const IDP: &str = "https://idp.example";

/// The lines that are not zero after one event, without those that are always there.
fn counted(event: Event<'_>) -> Vec<String> {
    let metrics = Metrics::new("1", "a").unwrap();
    metrics.know(Bounds {
        relying_parties: ["inps".to_owned()].into(),
        providers: [IDP.to_owned()].into(),
        upstreams: ["spid".to_owned()].into(),
        instruments: ["cie".to_owned()].into(),
    });
    metrics.observe(event);
    let text = metrics.render(&Reading::default());
    let told = |line: &&str| line.contains("_total{") || line.contains("_count{");
    text.lines().filter(told).map(str::to_owned).collect()
}

fn client() -> ClientId {
    ClientId::parse("inps").unwrap()
}

#[test]
fn leaving_for_a_provider_starts_a_login() {
    assert_eq!(
        counted(Event::Departed { client: &client(), upstream: "spid" }),
        [r#"varco_login_started_total{method="spid",rp="inps"} 1"#]
    );
}

#[test]
fn a_login_ends_in_success_cancellation_or_failure() {
    let ended = |upstream, outcome: Result<Level, &str>| {
        let outcome = outcome.map_err(|slug| by_slug(slug).unwrap());
        let lasted = Duration::from_secs(30);
        counted(Event::Ended { client: &client(), upstream, outcome, lasted }).join("\n")
    };
    let success = ended("spid", Ok(Level::L2));
    assert!(success.contains(r#"{level="2",method="spid",result="success",rp="inps"} 1"#));
    assert!(success.contains(r#"duration_seconds_count{method="spid",result="success"} 1"#));
    let failed = ended("spid", Err("response-expired"));
    assert!(failed.contains(r#"level="none",method="spid",result="failed""#));
    let cancelled = ended("spid", Err("spid-nr25"));
    assert!(cancelled.contains(r#"level="none",method="spid",result="cancelled""#));
    let denied = ended("spid", Err("policy-level"));
    assert!(denied.contains(r#"level="none",method="spid",result="denied_policy""#));
    let turned_back = ended("", Err("login-declined"));
    assert!(turned_back.contains(r#"level="none",method="other",result="cancelled""#));
}

#[test]
fn whom_policy_does_not_let_in_is_counted_by_reason() {
    let denied = Event::Denied { client: &client(), instrument: "cie", reason: "level" };
    let expected = r#"varco_policy_denied_total{instrument="cie",reason="level",rp="inps"} 1"#;
    assert_eq!(counted(denied), [expected]);
}

#[test]
fn a_refusal_is_an_anomaly_or_a_rejection() {
    let refused = |slug| {
        let row = by_slug(slug).unwrap();
        counted(Event::Refused { upstream: "spid", provider: IDP, row })
    };
    assert_eq!(
        refused("spid-nr25"),
        [format!(r#"varco_upstream_anomalies_total{{code="25",idp="{IDP}"}} 1"#)]
    );
    let reason = r#"reason="response-signature-invalid""#;
    assert_eq!(
        refused("response-signature-invalid"),
        [format!(r#"varco_upstream_response_rejected_total{{idp="{IDP}",{reason}}} 1"#)]
    );
}

#[test]
fn every_anomaly_that_calls_an_operator_is_counted_by_its_number() {
    for number in 8..=18 {
        let row = by_slug(&format!("spid-nr{number:02}")).unwrap();
        let expected =
            format!(r#"varco_upstream_anomalies_total{{code="{number}",idp="{IDP}"}} 1"#);
        assert_eq!(counted(Event::Refused { upstream: "spid", provider: IDP, row }), [expected]);
    }
}

#[test]
fn faults_are_counted_by_code_and_token_errors_by_name() {
    let fault = |slug| counted(Event::Fault { row: by_slug(slug).unwrap() });
    assert_eq!(fault("login-expired").len(), 1);
    let both = fault("code-invalid");
    assert_eq!(
        both,
        [
            r#"varco_faults_total{code="VARCO-0203"} 1"#,
            r#"varco_token_errors_total{error="invalid_grant"} 1"#
        ]
    );
    let issued = counted(Event::TokensIssued { client: &client(), grant: "refresh_token" });
    assert_eq!(issued, [r#"varco_tokens_issued_total{grant="refresh_token",rp="inps"} 1"#]);
}

#[test]
fn a_visit_to_a_retired_address_is_counted_by_its_name_in_the_file() {
    let visit = Event::Retired { entry_point: "old-portal" };
    assert_eq!(counted(visit), [r#"varco_entry_point_visits_total{entry_point="old-portal"} 1"#]);
}
