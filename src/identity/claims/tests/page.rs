//! `docs/reference/claims.md` is the table. Write it anew with `UPDATE_GOLDEN=1`.

use std::fmt::Write as _;

use super::super::{ASSURANCE, CLAIMS, own_assurance};
use crate::fault::Texts;
use crate::oidc::ClaimsProfile;
use crate::terms::Locale;

const HEAD: &str = include_str!("page-head.md");
const TAIL: &str = include_str!("page-tail.md");

fn page() -> String {
    let mut page = HEAD.to_owned();
    let name = |name: Option<&str>| name.map_or_else(|| "–".to_owned(), |name| format!("`{name}`"));
    for claim in CLAIMS {
        let label = format!("claim-{}", claim.label());
        let meaning = Texts::embedded().get(Locale::En, &label, &[]);
        assert_ne!(meaning, label, "no text for {label}");
        let names = ClaimsProfile::ALL.map(|(_, profile)| name(claim.name(profile)));
        let row = names.join(" | ");
        writeln!(page, "| {meaning} | {row} | `{}` |", claim.scope.name()).unwrap();
    }
    writeln!(page, "\n## Claims about the proof\n").unwrap();
    let listed = |names: &[&str]| {
        names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
    };
    writeln!(page, "In every profile, whatever the scopes: {}.", listed(&ASSURANCE)).unwrap();
    for (word, profile) in ClaimsProfile::ALL {
        let own = own_assurance(profile);
        if !own.is_empty() {
            writeln!(page, "In `{word}` beside them: {}.", listed(own)).unwrap();
        }
    }
    page + TAIL
}

#[test]
fn the_reference_of_claims_is_the_table() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/reference/claims.md");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(path, page()).unwrap();
    }
    let stored = std::fs::read_to_string(path).unwrap_or_default();
    assert!(stored == page(), "run this test with UPDATE_GOLDEN=1 and read the difference");
}
