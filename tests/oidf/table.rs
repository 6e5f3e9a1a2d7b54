//! The table of modules in `docs/reference/conformance.md`: written from the plans, the tests of this
//! binary and the judgements in `judged.toml`, and compared with what stands there.
//!
//! Not a report of a run: a row with a test holds because the test is run. `UPDATE_GOLDEN=1` writes it.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

use serde::Deserialize;

use crate::plans::{self, PlanList};

/// What was judged about modules by hand.
#[derive(Deserialize)]
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
    /// The Rust module of the plan; all below it too.
    plan: String,
    /// The Foundation's name.
    module: String,
    reason: String,
    date: toml::value::Datetime,
}

impl Judgement {
    fn is_about(&self, plan: &PlanList, module: &str) -> bool {
        let below = plan.name.strip_prefix(&*self.plan);
        self.module == module && below.is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
    }
}

fn judged() -> Judged {
    toml::from_str(include_str!("judged.toml")).unwrap()
}

/// The name of a module's test.
fn test_name(module: &str) -> String {
    module.replace('-', "_")
}

fn tests_of(plan: &PlanList) -> BTreeSet<&'static str> {
    let of = crate::TESTS.iter().find(|(name, _)| *name == plan.name);
    of.unwrap_or_else(|| panic!("{} has no tests", plan.name)).1.iter().copied().collect()
}

#[test]
fn every_plan_lists_as_many_modules_as_the_foundation() {
    for plan in plans::all() {
        let names: BTreeSet<_> = plan.modules.iter().collect();
        assert_eq!((plan.modules.len(), names.len()), (plan.count, plan.count), "{}", plan.name);
    }
    assert_eq!(crate::TESTS.len(), plans::all().len());
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
        assert!(known, "{}: {}", one.plan, one.module);
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
    text.push_str("| plan | modules | with a test | exempt |\n|---|---|---|---|\n");
    for plan in &plans {
        let tests = tests_of(plan).len();
        let PlanList { name, title, variant, count, .. } = plan;
        let variant = if variant.is_empty() { String::new() } else { format!(", {variant}") };
        let exempt = count - tests;
        writeln!(text, "| `{name}`: {title}{variant} | {count} | {tests} | {exempt} |").unwrap();
    }
    for plan in &plans {
        let tests = tests_of(plan);
        writeln!(text, "\n## `{}`\n\n{HEAD}", plan.name).unwrap();
        for module in &plan.modules {
            let name = test_name(module);
            let tested = tests.contains(&*name);
            let cell = if tested { format!("`{}::{name}`", plan.name) } else { "none".to_owned() };
            let result = if tested { "passes" } else { "exempt" };
            let about = judged.skip.iter().chain(&judged.note);
            let notes: Vec<String> = about
                .filter(|one| one.is_about(plan, module))
                .map(|one| format!("{} ({})", one.reason, one.date))
                .collect();
            writeln!(text, "| {module} | {cell} | {result} | {} |", notes.join(" ")).unwrap();
        }
    }
    text
}

const HEAD: &str = "| module | test | result | note |\n|---|---|---|---|";

const OPENING: &str = "\
# Conformance to OpenID Connect and FAPI

Every module of the OpenID Foundation's certification plans that apply to Varco, played by tests of \
our own against the running binary: `cargo test --test oidf`. Each test has the name of its module and \
stands in a Rust module with the name of the plan. This is not the Foundation's suite and no \
certificate; it is what makes us expect one.

This page is written by those tests (`UPDATE_GOLDEN=1 cargo test --test oidf table::`). A module without \
a test is refused unless `tests/oidf/judged.toml` says why, and since when.

";
