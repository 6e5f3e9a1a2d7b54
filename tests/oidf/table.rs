//! The table of modules in `docs/reference/conformance.md`: written from the plans, the tests of this
//! binary and the judgements in `judged.toml`, and compared with what stands there.
//!
//! Not a report of a run: a row with a test holds because the test is run. `UPDATE_GOLDEN=1` writes it.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

use serde::Deserialize;

use crate::federation;
use crate::plans::{self, Plan};

/// What was judged about modules by hand.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Judged {
    /// Modules without a test.
    #[serde(default)]
    skip: Vec<Judgement>,
    /// What to know about the test of a module.
    #[serde(default)]
    note: Vec<Judgement>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Judgement {
    /// The Rust modules of the plans; all below them too.
    plans: Vec<String>,
    /// The Foundation's name.
    module: String,
    reason: String,
    date: toml::value::Datetime,
}

impl Judgement {
    fn is_about(&self, plan: &Plan, module: &str) -> bool {
        self.module == module
            && self.plans.iter().any(|name| {
                let below = plan.name.strip_prefix(&**name);
                below.is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
            })
    }
}

fn judged() -> Judged {
    toml::from_str(include_str!("judged.toml")).unwrap()
}

/// The name of a module's test.
fn test_name(module: &str) -> String {
    let name = module.strip_prefix(federation::LEFT_OUT).unwrap_or(module);
    name.replace('-', "_").to_lowercase()
}

fn tests_of(plan: &Plan) -> BTreeSet<&'static str> {
    let lists = crate::TESTS.iter().filter(|(name, _)| *name == plan.name);
    let here = lists.flat_map(|(_, lists)| lists.iter().copied().flatten().copied());
    here.chain(federation::tests(plan.name)).collect()
}

#[test]
fn every_plan_lists_as_many_modules_as_the_foundation() {
    for plan in plans::all() {
        let names: BTreeSet<_> = plan.modules.iter().collect();
        assert_eq!((plan.modules.len(), names.len()), (plan.count, plan.count), "{}", plan.name);
    }
    let known: BTreeSet<_> = plans::all().iter().map(|plan| plan.name).collect();
    assert!(crate::TESTS.iter().all(|(name, _)| known.contains(name)));
}

#[test]
fn every_module_has_a_test_or_an_argued_exemption_and_never_both() {
    let judged = judged();
    for plan in plans::all() {
        let tests = tests_of(&plan);
        for module in &plan.modules {
            let exempt = judged.skip.iter().filter(|skip| skip.is_about(&plan, module)).count();
            let tested = tests.contains(&*test_name(module));
            assert_eq!(exempt + usize::from(tested), 1, "{}: {module}", plan.name);
        }
        let listed: BTreeSet<_> = plan.modules.iter().map(|module| test_name(module)).collect();
        for test in tests {
            assert!(listed.contains(test), "{}: the plan has no {test}", plan.name);
        }
    }
}

#[test]
fn every_judgement_is_about_a_module_and_says_why_and_since_when() {
    let Judged { skip, note } = judged();
    for one in skip.iter().chain(&note) {
        let known = plans::all()
            .iter()
            .any(|plan| plan.modules.iter().any(|module| one.is_about(plan, module)));
        assert!(known, "{:?}: {}", one.plans, one.module);
        assert!(one.reason.len() >= 20, "{}: {}", one.module, one.reason);
        assert!(one.date.date.is_some() && one.date.time.is_none(), "{}", one.module);
    }
}

#[test]
fn the_table_is_what_is_tested() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/reference/conformance.md");
    let written = page();
    if std::env::vars().any(|(name, value)| name == "UPDATE_GOLDEN" && value == "1") {
        std::fs::write(&path, &written).unwrap();
    }
    let stands = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(stands == written, "write it anew: UPDATE_GOLDEN=1 cargo test --test oidf table::");
}

fn page() -> String {
    let judged = judged();
    let mut text = OPENING.to_owned();
    let plans = plans::all();
    for plan in &plans {
        let tests = tests_of(plan).len();
        let Plan { name, title, variant, count, .. } = plan;
        let variant = if variant.is_empty() { String::new() } else { format!(" ({variant})") };
        let exempt = count - tests;
        writeln!(text, "| `{name}` | {title}{variant} | {count} | {tests} | {exempt} |").unwrap();
    }
    let mut families: Vec<&str> = plans.iter().map(family).collect();
    families.dedup();
    for name in families {
        let family: Vec<&Plan> = plans.iter().filter(|plan| family(plan) == name).collect();
        writeln!(text, "\n## `{name}`\n").unwrap();
        section(&mut text, &family, &judged);
    }
    text
}

/// Combinations of one plan share a table.
fn family(plan: &Plan) -> &'static str {
    plan.name.split("::").next().unwrap()
}

fn section(text: &mut String, family: &[&Plan], judged: &Judged) {
    let several = family.len() > 1;
    let heads = family.iter().map(|plan| if several { column(plan) } else { "result" });
    let heads: Vec<&str> = heads.collect();
    writeln!(text, "| module | test | {} | note |", heads.join(" | ")).unwrap();
    writeln!(text, "|---|---|{}---|", "---|".repeat(heads.len())).unwrap();
    let longest = family.iter().max_by_key(|plan| plan.modules.len()).unwrap();
    for module in &longest.modules {
        let name = test_name(module);
        let results: Vec<&str> = family
            .iter()
            .map(|plan| match () {
                () if !plan.modules.contains(module) => "not applicable",
                () if tests_of(plan).contains(&*name) => "passes",
                () => "exempt",
            })
            .collect();
        let about = judged.skip.iter().chain(&judged.note);
        let notes: Vec<String> = about
            .filter(|one| family.iter().any(|plan| one.is_about(plan, module)))
            .map(|one| format!("{} ({})", one.reason, one.date))
            .collect();
        let test = if results.contains(&"passes") { format!("`{name}`") } else { String::new() };
        let (results, notes) = (results.join(" | "), notes.join(" "));
        writeln!(text, "| {module} | {test} | {results} | {notes} |").unwrap();
    }
}

fn column(plan: &Plan) -> &'static str {
    match plan.name.split("::").nth(1) {
        Some("private_key_jwt_dpop") => "private_key_jwt, DPoP",
        Some("private_key_jwt_mtls") => "private_key_jwt, mTLS",
        Some("mtls_dpop") => "mTLS, DPoP",
        _ => "mTLS, mTLS",
    }
}

const OPENING: &str = "\
# Conformance to OpenID Connect, FAPI and OpenID Federation

Every module of the OpenID Foundation's certification plans that apply to Varco, played by tests of \
our own against the running binary: `cargo test --test oidf`. Each test has the name of its module and \
stands in a Rust module with the name of the plan. This is not the Foundation's suite and no \
certificate; it is what makes us expect one.

This page is written by those tests (`UPDATE_GOLDEN=1 cargo test --test oidf table::`). A module without \
a test is refused unless `tests/oidf/judged.toml` says why, and since when.

A heading is the Rust module of a plan; a table names the tests in it, for FAPI in one Rust module for each \
combination of client authentication and token binding (`fapi2_sp::private_key_jwt_dpop`, …). Of the names of \
FAPI's modules `fapi2-security-profile-final-` is left out. The plans that begin with `federation_` need a \
federation of their own and are played in one process: `cargo test --test it modules`; of the names of tests \
`openid_federation_automatic_client_registration_` is left out there.

| plan | the Foundation's | modules | with a test | exempt |
|---|---|---|---|---|
";
