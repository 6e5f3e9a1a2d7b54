//! The table keeps its own rules, and the reference page says what it says.

use super::{Kind, POLICY_DENIED, TABLE, reference_page};
use crate::policy::Reason;

#[test]
fn names_follow_the_conventions_of_prometheus() {
    for row in TABLE {
        let name = row.name;
        assert!(name.starts_with("varco_"), "{name}");
        match row.kind {
            Kind::Counter => assert!(name.ends_with("_total"), "{name}"),
            Kind::Histogram(bounds) => {
                assert!(name.ends_with("_seconds"), "{name}");
                assert!(bounds.is_sorted(), "{name}");
            }
            Kind::Gauge => assert!(!name.ends_with("_total"), "{name}"),
        }
        for label in row.labels {
            let forbidden = ["user", "sub", "ip", "tx", "fiscal", "email", "session", "path"];
            assert!(!forbidden.contains(label), "{name} has the label {label}");
        }
    }
}

#[test]
fn the_reasons_of_a_denial_are_those_that_policy_gives_to_somebody_who_signs_in() {
    let told = POLICY_DENIED.meaning();
    for reason in Reason::ALL {
        let named = told.contains(reason.word());
        assert_eq!(named, reason.is_of_signing_in(), "{}: {told}", reason.word());
    }
    assert!(TABLE.iter().all(|row| !row.meaning().contains('{')), "everything is filled in");
}

#[test]
fn the_reference_page_is_what_the_table_says() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/reference/metrics.md");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(path, reference_page()).unwrap();
    }
    let page = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        page == reference_page(),
        "docs/reference/metrics.md is not what src/ops/metric_table.rs says: run \
         `UPDATE_GOLDEN=1 cargo test --lib ops::metric_table` and read the difference"
    );
}
