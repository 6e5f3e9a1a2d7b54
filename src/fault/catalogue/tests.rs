use std::collections::BTreeSet;

use super::*;

#[test]
fn codes_and_slugs_are_unique_and_in_order() {
    let codes: Vec<&str> = rows().map(|row| row.code).collect();
    assert!(codes.is_sorted_by(|left, right| left < right), "a code is out of order or doubled");
    let slugs: BTreeSet<&str> = rows().map(|row| row.slug).collect();
    assert_eq!(slugs.len(), codes.len(), "a slug is doubled");
}

#[test]
fn codes_slugs_and_hints_have_their_form() {
    for row in rows() {
        let digits = row.code.strip_prefix("VARCO-").expect("the prefix");
        assert!(digits.len() == 4 && digits.bytes().all(|b| b.is_ascii_digit()), "{}", row.code);
        for name in [row.slug, row.person] {
            let known = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
            assert!(!name.is_empty() && name.bytes().all(known), "{name}");
        }
        assert!(row.operator.ends_with(['.', '?']), "{}: the hint is no sentence", row.code);
        assert!((400..=503).contains(&row.status), "{}", row.code);
    }
}

#[test]
fn every_slug_of_an_upstream_has_a_row() {
    for slug in crate::upstream::slugs() {
        assert!(by_slug(slug).is_some(), "no row has the slug {slug}");
    }
}

#[test]
fn an_anomaly_has_its_number_as_the_last_digits_of_its_code() {
    for row in rows().filter(|row| row.code.starts_with("VARCO-05")) {
        let number = row.code.rsplit('-').next().and_then(|digits| digits.strip_prefix("05"));
        let number: u8 = number.and_then(|digits| digits.parse().ok()).expect("two digits");
        match row.spid_anomaly {
            Some(anomaly) => {
                assert_eq!(number, anomaly);
                assert_eq!(row.slug, format!("spid-nr{anomaly:02}"));
            }
            None => assert_eq!((number, row.slug), (0, "spid-nr-unknown")),
        }
    }
}

#[test]
fn what_only_our_operators_can_mend_is_an_alert() {
    for row in rows().filter(|row| row.spid_anomaly.is_some()) {
        let ours = matches!(row.spid_anomaly, Some(4..=18));
        assert_eq!(row.severity == Severity::Alert, ours, "{}", row.slug);
    }
    for number in 8..=18 {
        assert!(rows().any(|row| row.spid_anomaly == Some(number)), "nr{number:02}");
    }
}

#[test]
fn a_relying_party_hears_of_an_anomaly_by_who_can_act() {
    for row in rows() {
        let expected = match row.spid_anomaly {
            Some(19..=25 | 30) => "access_denied",
            Some(2 | 3) => "temporarily_unavailable",
            Some(_) => "server_error",
            None => continue,
        };
        assert_eq!(row.oauth, Some(expected), "{}", row.slug);
    }
}

#[test]
fn an_unknown_slug_has_no_row() {
    assert_eq!(by_slug("no-such-slug"), None);
    assert_eq!(by_slug("internal"), Some(&INTERNAL));
}

#[test]
fn every_reason_why_a_proof_is_no_person_has_a_row() {
    for fault in crate::identity::IdentityFault::ALL {
        assert!(by_slug(fault.slug()).is_some(), "no row has the slug {}", fault.slug());
    }
}

#[test]
fn every_slug_that_the_code_names_has_a_row() {
    let mut folders = vec![std::path::PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/src"))];
    let mut seen = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let source = std::fs::read_to_string(&path).expect("UTF-8");
                for rest in source.split(concat!("of_slug", "(\"")).skip(1) {
                    let slug = rest.split('"').next().expect("a literal");
                    assert!(by_slug(slug).is_some(), "{}: no row is {slug}", path.display());
                    seen += 1;
                }
            }
        }
    }
    assert!(seen > 20, "faults are made in another way now");
}
