//! Every metric of the table appears, and no label grows without bound.

use std::time::Duration;

use super::{Bounds, LoginResult, MetadataReading, Metrics, Reading};
use crate::effects::Timestamp;
use crate::ops::metric_table::TABLE;
use crate::state::{Shelf, Uses, Verb};
use crate::terms::Level;

fn metrics() -> Metrics {
    let metrics = Metrics::new("1.2.3", "abcdef").unwrap();
    metrics.know(Bounds {
        relying_parties: ["inps".to_owned()].into(),
        providers: ["https://idp.example".to_owned()].into(),
        upstreams: ["spid".to_owned()].into(),
        instruments: ["pin-inps".to_owned()].into(),
    });
    metrics
}

fn reading() -> Reading {
    Reading {
        uses: vec![Uses { shelf: Shelf::Login, verb: Verb::Put, answered: 5, failed: 1 }],
        metadata: vec![MetadataReading {
            federation: "spid",
            age: Duration::from_secs(90),
            sources: vec![None, Some(Duration::from_secs(60))],
            alerts: 2,
            discords: 1,
            providers: 12,
        }],
        certificates: vec![("spid_signing", Timestamp::from_unix_seconds(1_800_000_000))],
        signing_keys: vec![("PS256", Duration::from_hours(24))],
        next_changes: vec![(
            "pin-inps".to_owned(),
            "hard_end",
            Timestamp::from_unix_seconds(1_633_039_200),
        )],
        anchor_age: Some(Duration::from_secs(42)),
        ready: true,
    }
}

fn use_everything(metrics: &Metrics) {
    let took = Duration::from_millis(3);
    metrics.http_request(Some("/authorize"), "GET", 302, took);
    metrics.login_started("inps", "spid");
    metrics.login_completed("inps", "spid", Some(Level::L2), LoginResult::Success, took);
    metrics.policy_denied("inps", "pin-inps", "switch_off");
    metrics.entry_points_known(["old-portal"].into_iter());
    metrics.policy_lint("eidas_required", 1);
    metrics.calendar_refused(true);
    metrics.fault("VARCO-0001");
    metrics.upstream_anomaly("https://idp.example", 25);
    metrics.upstream_rejected("https://idp.example", "response-wrong-audience");
    metrics.token_issued("inps", "authorization_code");
    metrics.token_error("invalid_grant");
    metrics.relying_party_files_refused(0);
    metrics.announcements_refused(false);
    metrics.card_connection_refused();
    metrics.metadata_refreshed("spid", 1, "failed");
    metrics.matched("inps", "verified");
    metrics.delegated("local", "use", "done");
    metrics.telephoned("verify", "recognised");
    metrics.desk_acted("case.approve", "done");
    metrics.desk_alarmed("pair");
    metrics.logged_out("service");
    metrics.ring_read("refused");
    metrics.client_told("inps", "given_up");
    metrics.entitlement_asked("durc", "found", Duration::from_millis(3));
    metrics.entitlement_files_refused(0);
}

#[test]
fn every_metric_of_the_table_is_served() {
    let metrics = metrics();
    use_everything(&metrics);
    let text = metrics.render(&reading());
    for row in TABLE {
        assert!(text.contains(&format!("# HELP {} ", row.name)), "{}", row.name);
    }
    for line in [
        r#"varco_build_info{revision="abcdef",version="1.2.3"} 1"#,
        r#"varco_http_request_duration_seconds_count{method="GET",route="/authorize",status_class="3xx"} 1"#,
        r#"varco_login_started_total{method="spid",rp="inps"} 1"#,
        r#"varco_login_completed_total{level="2",method="spid",result="success",rp="inps"} 1"#,
        r#"varco_login_duration_seconds_count{method="spid",result="success"} 1"#,
        r#"varco_policy_denied_total{instrument="pin-inps",reason="switch_off",rp="inps"} 1"#,
        r#"varco_entry_point_visits_total{entry_point="old-portal"} 0"#,
        r#"varco_policy_lint_warnings{rule="eidas_required"} 1"#,
        r#"varco_calendar_next_change_timestamp_seconds{instrument="pin-inps",kind="hard_end"} 1633039200"#,
        "varco_calendar_refused 1",
        r#"varco_faults_total{code="VARCO-0001"} 1"#,
        r#"varco_upstream_anomalies_total{code="25",idp="https://idp.example"} 1"#,
        r#"varco_upstream_response_rejected_total{idp="https://idp.example",reason="response-wrong-audience"} 1"#,
        r#"varco_upstream_metadata_age_seconds{federation="spid"} 90"#,
        r#"varco_metadata_refreshes_total{federation="spid",outcome="failed",source="1"} 1"#,
        r#"varco_metadata_source_age_seconds{federation="spid",source="1"} 60"#,
        r#"varco_metadata_alerts{federation="spid"} 2"#,
        r#"varco_federation_discords{federation="spid"} 1"#,
        r#"varco_upstream_providers{federation="spid"} 12"#,
        r#"varco_certificate_expiry_timestamp_seconds{use="spid_signing"} 1800000000"#,
        r#"varco_tokens_issued_total{grant="authorization_code",rp="inps"} 1"#,
        r#"varco_token_errors_total{error="invalid_grant"} 1"#,
        r#"varco_state_operations_total{result="answered",shelf="login",verb="put"} 5"#,
        r#"varco_state_operations_total{result="failed",shelf="login",verb="put"} 1"#,
        "varco_ready 1",
    ] {
        assert!(text.lines().any(|served| served == line), "missing {line} in\n{text}");
    }
}

#[test]
fn reading_twice_counts_nothing_twice() {
    let metrics = metrics();
    use_everything(&metrics);
    assert_eq!(metrics.render(&reading()), metrics.render(&reading()));
}

#[test]
fn what_configuration_does_not_know_is_other() {
    let metrics = metrics();
    let took = Duration::from_millis(3);
    for number in 0..1_000 {
        let invented = format!("invented-{number}");
        metrics.http_request(None, &invented, 404, took);
        metrics.login_started(&invented, &invented);
        metrics.login_completed(&invented, &invented, None, LoginResult::Failed, took);
        metrics.policy_denied(&invented, &invented, "level");
        metrics.upstream_anomaly(&invented, 25);
        metrics.upstream_rejected(&invented, "response-wrong-audience");
        metrics.token_issued(&invented, "authorization_code");
    }
    let text = metrics.render(&Reading::default());
    assert!(!text.contains("invented"));
    assert!(text.contains(r#"varco_login_started_total{method="other",rp="other"} 1000"#));
}
