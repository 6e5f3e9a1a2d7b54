//! The shape of the source tree: the build fails when an arrow points up or a door is bypassed.
//!
//! Not a test of behaviour. Each rule is a pure function over (path, text); each one is shown to catch
//! a planted violation, and then the real tree is put before it. The papers beside the code (README,
//! decisions, attack page, publiccode.yml) are held to their rules in the same way.

#[path = "architecture/papers.rs"]
mod papers;
#[path = "architecture/rules.rs"]
mod rules;
#[path = "architecture/source.rs"]
mod source;

use std::collections::BTreeSet;
use std::path::Path;

use source::{Source, read_tree};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn product() -> Vec<Source> {
    read_tree(root(), "src")
}

/// Every Rust file of the repository.
fn everything() -> Vec<Source> {
    ["src", "sandbox", "oracle", "tests", "benches", "fuzz"]
        .iter()
        .flat_map(|folder| read_tree(root(), folder))
        .collect()
}

fn plant(path: &str, text: &str) -> Vec<Source> {
    vec![Source::new(path, text)]
}

/// The rule catches each planted file, and lets the innocent one pass.
fn catches(rule: fn(&[Source]) -> Vec<String>, guilty: &[(&str, &str)], innocent: (&str, &str)) {
    for (path, text) in guilty {
        assert_eq!(rule(&plant(path, text)).len(), 1, "not caught once: {path}: {text}");
    }
    let (path, text) = innocent;
    assert_eq!(rule(&plant(path, text)), Vec::<String>::new());
}

fn holds(rule: fn(&[Source]) -> Vec<String>, sources: &[Source]) {
    let found = rule(sources);
    assert!(found.is_empty(), "\n{}\n", found.join("\n"));
}

#[test]
fn the_tree_is_read() {
    let sources = product();
    assert!(sources.len() > 40, "only {} files", sources.len());
    assert!(sources.iter().any(|source| source.path == "src/login/begin.rs"));
}

#[test]
fn an_arrow_that_points_up_is_caught() {
    catches(
        rules::downwards,
        &[
            ("src/state/mod.rs", "use crate::login::Broker;"),
            ("src/xml/reader.rs", "fn f() -> crate::saml::Response { todo() }"),
            ("src/terms/mod.rs", "use crate::{effects::Clock, oidc::{Client, Scopes}};"),
            ("src/crypto/mod.rs", "use super::app;"),
            ("src/crypto/handle.rs", "use super::super::config::Config;"),
            ("src/saml/mod.rs", "use crate as varco;"),
            ("src/saml/mod.rs", "use crate::*;"),
            ("src/attic/mod.rs", "//! A folder that the order does not know."),
        ],
        (
            "src/login/begin.rs",
            "//! use crate::app;\nuse super::Broker; use crate::{state::Key, fault}; const A: &str = \"crate::web::x\";\n\
             #[cfg(test)]\nmod tests { use crate::app::Varco; use super::*; }",
        ),
    );
}

#[test]
fn every_arrow_points_down() {
    holds(rules::downwards, &product());
}

#[test]
fn modules_declared_out_of_order_are_caught() {
    let lib = |text| rules::declared_in_order(&Source::new("src/lib.rs", text)).len();
    assert_eq!(lib("pub mod effects;\npub mod login;\npub mod web;"), 0);
    assert_eq!(lib("pub mod login;\npub mod effects;"), 1);
    assert_eq!(lib("pub mod effects;\npub mod attic;"), 1);
}

#[test]
fn modules_are_declared_in_order() {
    let sources = product();
    let lib = sources.iter().find(|source| source.path == "src/lib.rs").unwrap();
    assert_eq!(rules::declared_in_order(lib), Vec::<String>::new());
}

#[test]
fn an_upstream_named_outside_its_list_is_caught() {
    let tree = |path: &str, text: &str| {
        let mut sources = plant("src/upstream/spid/mod.rs", "//! One.");
        sources.extend(plant("src/upstream/cie/mod.rs", "//! Another."));
        sources.extend(plant(path, text));
        rules::upstreams_apart(&sources).len()
    };
    assert_eq!(tree("src/login/begin.rs", "use crate::upstream::spid::Spid;"), 1);
    assert_eq!(tree("src/login/begin.rs", "use crate::upstream::{Kind, spid};"), 1);
    assert_eq!(tree("src/upstream/cie/x.rs", "use super::super::spid::Spid;"), 1);
    assert_eq!(tree("src/upstream/contract.rs", "use super::spid::Spid;"), 1);
    assert_eq!(tree("src/upstream/mod.rs", "mod spid; use self::spid::Spid;"), 0);
    assert_eq!(tree("src/upstream/cie/x.rs", "use crate::upstream::cie::Cie;"), 0);
    assert_eq!(tree("src/login/begin.rs", "use crate::upstream::{Kind, Setback};"), 0);
}

#[test]
fn only_the_list_names_upstreams() {
    holds(rules::upstreams_apart, &product());
}

#[test]
fn a_bypassed_door_is_caught() {
    catches(
        rules::one_door,
        &[
            ("src/login/begin.rs", "use redis::aio::ConnectionManager;"),
            ("src/state/memory.rs", "fn f(c: ::redis::Client) {}"),
            ("src/login/begin.rs", "use sqlx::Pool;"),
            ("src/saml/metadata.rs", "let c = reqwest::Client::new();"),
            ("src/login/begin.rs", "use actix_web::HttpRequest;"),
            ("src/ops/health.rs", "use actix_web::web;"),
            ("src/web/pages.rs", "prometheus::gather()"),
            ("src/login/begin.rs", "use std::time::{Duration, Instant};"),
            ("src/state/memory.rs", "let t = std::time::SystemTime::UNIX_EPOCH;"),
            ("src/provider/token.rs", "use aws_lc_rs::digest;"),
            ("src/saml/response.rs", "use roxmltree::Document;"),
        ],
        (
            "src/state/mod.rs",
            "mod redis; pub use self::redis::RedisState; pub use redis::Other; // sqlx::Pool",
        ),
    );
    assert_eq!(rules::one_door(&plant("src/state/redis.rs", "use redis::Script;")).len(), 0);
    assert_eq!(rules::one_door(&plant("src/state/redis/lua.rs", "use redis::Script;")).len(), 0);
    assert_eq!(rules::one_door(&plant("src/web/x.rs", "use actix_web::web;")).len(), 0);
}

#[test]
fn each_foreign_crate_has_one_door() {
    holds(rules::one_door, &product());
}

#[test]
fn a_long_file_is_caught() {
    let lines = |count: usize| format!("//! Long.\n{}", "fn f() {}\n".repeat(count));
    let tests =
        format!("//! Short.\n#[cfg(test)]\nmod tests {{\n{}}}\n", "fn f() {}\n".repeat(500));
    catches(rules::short, &[("src/web/pages.rs", &lines(400))], ("src/web/pages.rs", &lines(399)));
    assert_eq!(rules::short(&plant("src/web/pages.rs", &tests)).len(), 0);
    assert_eq!(rules::short(&plant("src/web/pages/tests.rs", &lines(900))).len(), 0);
}

#[test]
fn no_file_is_long() {
    holds(rules::short, &everything());
}

#[test]
fn a_file_without_an_opening_is_caught() {
    catches(
        rules::introduced,
        &[("src/web/pages.rs", "use std::fmt;\n//! Too late.\n"), ("src/web/pages.rs", "")],
        ("src/web/pages.rs", "//! Pages.\n"),
    );
}

#[test]
fn every_file_opens_by_saying_what_it_is() {
    holds(rules::introduced, &everything());
}

#[test]
fn a_vague_name_is_caught() {
    catches(
        rules::named_by_domain,
        &[
            ("src/web/utils.rs", "//! A."),
            ("src/common/pages.rs", "//! A."),
            ("src/web/string_helpers.rs", "//! A."),
            ("src/web/session_manager.rs", "//! A."),
            ("src/web/mod.rs", "//! A.\nmod misc { }"),
        ],
        ("src/saml/service_provider.rs", "//! A common helper.\nfn service() {}"),
    );
}

#[test]
fn every_name_is_of_the_domain() {
    holds(rules::named_by_domain, &everything());
}

#[test]
fn a_test_switched_off_or_a_gap_is_caught() {
    catches(
        rules::finished,
        &[
            ("src/web/tests.rs", "#[test]\n#[ignore]\nfn a() {}"),
            ("src/web/tests.rs", "#[test]\n#[ignore = \"slow\"]\nfn a() {}"),
            ("src/web/pages.rs", "fn a() { todo!() }"),
            ("sandbox/src/lib.rs", "fn a() { unimplemented!(\"later\") }"),
        ],
        ("src/web/pages.rs", "// todo!() would be refused\nfn ignore() {}"),
    );
}

#[test]
fn no_test_is_switched_off_and_nothing_is_left_to_write() {
    holds(rules::finished, &everything());
}

#[test]
fn a_silenced_lint_is_caught() {
    catches(
        rules::nothing_silenced,
        &[
            ("src/web/pages.rs", "#[allow(dead_code)]\nfn a() {}"),
            ("tests/it/main.rs", "#![allow(clippy::unwrap_used)]"),
        ],
        ("src/web/pages.rs", "#[expect(clippy::cast_lossless, reason = \"checked\")]\nfn a() {}"),
    );
}

#[test]
fn no_lint_is_silenced_without_a_reason() {
    holds(rules::nothing_silenced, &everything());
}

fn paper(path: &str) -> String {
    let read = std::fs::read_to_string(root().join(path));
    assert!(read.is_ok(), "{path}: {read:?}");
    read.unwrap_or_default()
}

/// Names of the files in a folder with this ending, in order.
fn names(folder: &str, ending: &str) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(root().join(folder))
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .filter(|name| name.ends_with(ending))
        .collect();
    names.sort();
    names
}

#[test]
fn two_languages_that_differ_are_caught() {
    let page = "# A\n## B\n```\n# no heading\n```\n";
    assert_eq!(papers::parity(page, "# X\n## Y\n```\ncode\n```\n").len(), 0);
    assert_eq!(papers::parity(page, "# X\n### Y\n```\ncode\n```\n").len(), 1);
    assert_eq!(papers::parity(page, "# X\n## Y\n").len(), 1);
}

#[test]
fn the_readme_says_the_same_in_both_languages() {
    assert_eq!(papers::parity(&paper("README.md"), &paper("README.en.md")), Vec::<String>::new());
}

#[test]
fn links_are_found_and_addresses_left_alone() {
    let page = "[a](b.md#c) [d](https://e.example/) ![f](g/h.png) [i](#j)";
    assert_eq!(papers::links(page), ["b.md", "g/h.png"]);
}

#[test]
fn every_link_between_papers_leads_somewhere() {
    let mut dead = Vec::new();
    for folder in [".", "docs", "docs/decisions", "docs/reference"] {
        for name in names(folder, ".md") {
            let path = format!("{folder}/{name}");
            for target in papers::links(&paper(&path)) {
                if !root().join(folder).join(&target).exists() {
                    dead.push(format!("{path}: {target}"));
                }
            }
        }
    }
    assert!(dead.is_empty(), "\n{}\n", dead.join("\n"));
}

#[test]
fn a_long_or_incomplete_decision_is_caught() {
    let page = "# 1\n## Context\n## Decision\n## Cost\n## When to revisit\n";
    assert_eq!(papers::decision("a", page).len(), 0);
    assert_eq!(papers::decision("a", &format!("{page}{}", "x\n".repeat(36))).len(), 1);
    assert_eq!(papers::decision("a", "# 1\n## Context\n## Decision\n## Cost\n").len(), 1);
}

#[test]
fn every_decision_fits_on_a_page_and_is_listed() {
    let list = paper("docs/decisions/README.md");
    for name in names("docs/decisions", ".md").iter().filter(|name| *name != "README.md") {
        let path = format!("docs/decisions/{name}");
        assert_eq!(papers::decision(&path, &paper(&path)), Vec::<String>::new());
        assert!(list.contains(&format!("({name})")), "{name} is not listed");
    }
}

#[test]
fn an_attack_without_its_test_is_caught() {
    let tests = BTreeSet::from(["a_code_redeems_once".to_owned()]);
    let page = "| attack | stopped by | test |\n| x | `Signed` | `a_code_redeems_once` |\n";
    assert_eq!(papers::unknown_tests(page, &tests).len(), 0);
    assert_eq!(papers::unknown_tests(&page.replace("once", "twice"), &tests).len(), 1);
    assert_eq!(papers::test_names("fn a_b() {} test(\"c d\", x)"), ["a_b", "c d"]);
}

#[test]
fn a_rule_without_its_test_is_caught() {
    let tests: BTreeSet<String> = (1..=15).map(|number| format!("r{number}_holds")).collect();
    let rows = (1..=15).map(|number| format!("| R{number} | a rule | `r{number}_holds` |\n"));
    let page = rows.collect::<Vec<_>>().concat();
    let count = |page: &str| papers::rule_rows(page, &tests).len();
    assert_eq!(count(&page), 0);
    assert_eq!(count(&page.replace("| R7 | a rule | `r7_holds` |\n", "")), 1, "missing");
    assert_eq!(count(&page.replace("| R1 |", "| R2 |")), 2, "missing, and doubled");
    assert_eq!(count(&page.replace("`r7_holds`", "soon")), 2, "no test, and one left out");
    assert_eq!(count(&page.replace("`r7_holds`", "`r7_holds`, `r7_too`")), 1, "unknown");
    assert_eq!(count(&page.replace("`r7_holds`", "`r7_holds`, `r8_holds`")), 1, "another rule's");
}

#[test]
fn every_rule_of_the_circulars_names_the_tests_that_are_called_after_it() {
    let tests = everything().iter().flat_map(|source| papers::test_names(&source.text)).collect();
    let found = papers::rule_rows(&paper("docs/reference/policy.md"), &tests);
    assert!(found.is_empty(), "\n{}\n", found.join("\n"));
}

#[test]
fn an_attack_row_that_is_missing_doubled_or_unargued_is_caught() {
    let page = paper("docs/attacks.md");
    let count = |page: &str| papers::attack_rows(page).len();
    let row = page.lines().find(|line| line.starts_with("| SA-05 ")).unwrap().to_owned();
    let without = page.replace(&row, "");
    assert_eq!(papers::attack_rows(&without), ["SA-05 is missing"]);
    let with = |line: &str| count(&page.replace(&row, line));
    assert_eq!(with(&row), 0);
    assert_eq!(with(&format!("{row}\n{row}")), 1);
    assert_eq!(with("| SA-05 | wrapping | one place | soon |"), 1);
    assert_eq!(with("| SA-05 | wrapping | | `a_test` |"), 1);
    assert_eq!(with("| SA-05 | wrapping | `a_test` |"), 2, "too few cells, and so missing");
    assert_eq!(with("| SA-83 | wrapping | one place | `a_test` |"), 2);
    for id in ["OP-PAR-1", "OP-DS-8", "R-01", "R-63", "J19", "CF-G", "CN-HDR-3", "CN-DS-2"] {
        let mark = format!("| {id} ");
        let row = page.lines().find(|line| line.starts_with(&mark)).unwrap();
        assert_eq!(papers::attack_rows(&page.replace(row, "")), [format!("{id} is missing")]);
        assert_eq!(count(&page.replace(row, &format!("{row}\n{row}"))), 1, "{id}");
    }
    for unknown in ["OP-DS-9", "OP-RE-1", "R-64", "J20", "R-01, R-02", "CN-DS-3", "CN-1"] {
        let more = format!("{row}\n| {unknown} | wrapping | one place | `a_test` |");
        assert_eq!(with(&more), 1, "{unknown}");
    }
    let argued =
        "| SA-05 | wrapping | one place | exempt: nothing here can be wrapped at all, 2026-11-22 |";
    assert_eq!(with(argued), 0);
    assert_eq!(with(&argued.replace(", 2026-11-22", "")), 1);
    assert_eq!(with(&argued.replace("nothing here can be wrapped at all", "no")), 1);
}

#[test]
fn every_row_of_the_attack_catalogue_stands_once_with_its_tests() {
    let found = papers::attack_rows(&paper("docs/attacks.md"));
    assert!(found.is_empty(), "\n{}\n", found.join("\n"));
}

#[test]
fn every_attack_names_a_test_that_exists() {
    let mut tests: BTreeSet<String> =
        everything().iter().flat_map(|source| papers::test_names(&source.text)).collect();
    let chapters = names("tests/conformance/openid-client", ".mjs");
    let chapters = chapters.iter().map(|name| format!("tests/conformance/openid-client/{name}"));
    for script in chapters.chain(["tests/browser/run.mjs".to_owned()]) {
        tests.extend(papers::test_names(&paper(&script)));
    }
    let page = paper("docs/attacks.md");
    // A suite of its own is named by its path.
    let suites = page.split('`').filter(|name| name.contains('/') && root().join(name).is_file());
    tests.extend(suites.map(str::to_owned));
    let found = papers::unknown_tests(&page, &tests);
    assert!(found.is_empty(), "\n{}\n", found.join("\n"));
}

#[test]
fn a_wrong_public_code_file_is_caught() {
    let text = paper("publiccode.yml");
    let languages = shipped_languages();
    let version = env!("CARGO_PKG_VERSION");
    let count = |text: &str| papers::public_code(text, version, &languages).len();
    assert_eq!(count(&text), 0, "{:?}", papers::public_code(&text, version, &languages));
    assert_eq!(count(&text.replace("EUPL-1.2", "MIT")), 1);
    assert_eq!(count(&text.replace("alias:gdpr", "alias:gpdr")), 1);
    assert_eq!(count(&format!("{text}\nIT:\n")), 1);
    assert_eq!(papers::public_code(&text, "9.9.9", &languages).len(), 1);
    assert_eq!(count(&text.replacen("Federa le", &"Federa ".repeat(30), 1)), 1);
}

/// The folders or files of `locales/`, by their language tag.
fn shipped_languages() -> Vec<String> {
    names("locales", "")
        .iter()
        .filter_map(|name| name.split('.').next().map(str::to_owned))
        .filter(|name| name.len() == 2)
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect()
}

#[test]
fn lock_files_name_no_host() {
    for path in
        ["tests/browser/package-lock.json", "tests/conformance/openid-client/package-lock.json"]
    {
        assert!(!paper(path).contains("\"resolved\""), "{path} names a registry host");
    }
}
