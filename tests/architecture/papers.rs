//! Rules for what is written beside the code: the two READMEs, the decisions, the attack page, the
//! public catalogue's file, the lock files.
//!
//! Not a spelling check. Like the rules for the source, these are pure functions over texts.

use std::collections::BTreeSet;

/// `##` and title of every heading outside code blocks.
fn headings(text: &str) -> Vec<(usize, &str)> {
    let mut inside_code = false;
    let mut found = Vec::new();
    for line in text.lines() {
        if line.starts_with("```") {
            inside_code = !inside_code;
        }
        if let (false, Some((marks, title))) = (inside_code, line.split_once(' '))
            && !marks.is_empty()
            && marks.chars().all(|sign| sign == '#')
        {
            found.push((marks.len(), title));
        }
    }
    found
}

/// Two languages of one page: the same headings at the same depths, the same code blocks.
pub(crate) fn parity(one: &str, other: &str) -> Vec<String> {
    let depths = |text| headings(text).iter().map(|(depth, _)| *depth).collect::<Vec<_>>();
    let blocks = |text: &str| text.lines().filter(|line| line.starts_with("```")).count() / 2;
    let mut found = Vec::new();
    if depths(one) != depths(other) {
        found.push(format!("the headings differ: {:?} and {:?}", depths(one), depths(other)));
    }
    if blocks(one) != blocks(other) {
        found.push(format!("{} and {} blocks of code", blocks(one), blocks(other)));
    }
    found
}

/// Targets of `[text](target)` that are neither addresses nor places in the same page.
pub(crate) fn links(text: &str) -> Vec<String> {
    text.split("](")
        .skip(1)
        .filter_map(|rest| rest.split_once(')').map(|(target, _)| target))
        .filter(|target| !target.contains("://") && !target.starts_with(['#', ' ']))
        .map(|target| target.split_once('#').map_or(target, |(path, _)| path).to_owned())
        .collect()
}

/// A decision fits on a page and says what every decision says.
pub(crate) fn decision(path: &str, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let lines = text.lines().count();
    if lines > 40 {
        found.push(format!("{path}: {lines} lines, at most 40"));
    }
    let titles: Vec<&str> = headings(text).iter().map(|(_, title)| *title).collect();
    for part in ["Context", "Decision", "Cost", "When to revisit"] {
        if !titles.contains(&part) {
            found.push(format!("{path}: says nothing under {part:?}"));
        }
    }
    found
}

/// Names in backticks in the last column of a page's tables that are no known test.
pub(crate) fn unknown_tests(text: &str, tests: &BTreeSet<String>) -> Vec<String> {
    let mut found = Vec::new();
    for line in text.lines().filter(|line| line.starts_with('|')) {
        let last = line.trim_end().trim_end_matches('|').rsplit('|').next().unwrap_or("");
        for (at, name) in last.split('`').enumerate() {
            if at % 2 == 1 && !tests.contains(name) {
                found.push(format!("no test is called {name:?}"));
            }
        }
    }
    found
}

/// Rows of the table of the circulars' rules, R1 to R15. Each stands once and names tests that exist and are
/// called after it; no test that is called after a rule is left out.
pub(crate) fn rule_rows(text: &str, tests: &BTreeSet<String>) -> Vec<String> {
    let mut found = Vec::new();
    for number in 1..=15 {
        let (row, prefix) = (format!("| R{number} |"), format!("r{number}_"));
        let lines: Vec<&str> = text.lines().filter(|line| line.starts_with(&row)).collect();
        let [line] = lines.as_slice() else {
            found.push(format!("R{number} stands {} times", lines.len()));
            continue;
        };
        let last = line.trim_end_matches(['|', ' ']).rsplit('|').next().unwrap_or("");
        let named: BTreeSet<&str> = last.split('`').skip(1).step_by(2).collect();
        let called: BTreeSet<&str> =
            tests.iter().map(String::as_str).filter(|test| test.starts_with(&prefix)).collect();
        if named.is_empty() {
            found.push(format!("R{number} has no test"));
        }
        for test in named.symmetric_difference(&called) {
            found.push(format!("R{number}: {test:?} is not there, or not named"));
        }
    }
    found
}

/// Rows of the attack tables that stand for a number of the catalogue: those of SAML, of the OpenID
/// Provider, of OpenID Federation, of cards, of RFC 9700, of JOSE and of fiscal codes. Each stands once; it
/// names its tests, or says that it is exempt, why, and on which day.
pub(crate) fn attack_rows(text: &str) -> Vec<String> {
    let mut wanted: BTreeSet<String> = (1..=82).map(|number| format!("SA-{number:02}")).collect();
    wanted.extend(('A'..='G').map(|letter| format!("CF-{letter}")));
    wanted.extend((1..=63).map(|number| format!("R-{number:02}")));
    wanted.extend((1..=19).map(|number| format!("J{number:02}")));
    for (part, rows) in PROVIDER_ROWS {
        wanted.extend((1..=rows).map(|number| format!("OP-{part}-{number}")));
    }
    for (part, rows) in FEDERATION_ROWS {
        wanted.extend((1..=rows).map(|number| format!("FE-{part}-{number}")));
    }
    for (part, rows) in CARD_ROWS {
        wanted.extend((1..=rows).map(|number| format!("CN-{part}-{number}")));
    }
    for (part, rows) in RELYING_PARTY_ROWS {
        wanted.extend((1..=rows).map(|number| format!("RP-{part}-{number}")));
    }
    wanted.insert("RP-CSRF".to_owned());
    let of_the_catalogue = |line: &&str| {
        let row = line.trim_start_matches("| ").split(' ').next().unwrap_or_default();
        let numbered = row.strip_prefix('J').is_some_and(|rest| rest.parse::<u8>().is_ok());
        line.starts_with("| ")
            && (numbered
                || ["SA-", "CF-", "R-", "OP-", "FE-", "CN-", "RP-"]
                    .iter()
                    .any(|part| row.starts_with(part)))
    };
    let mut found = Vec::new();
    for line in text.lines().filter(of_the_catalogue) {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let [row, attack, stopped_by, tests] = cells.as_slice() else {
            found.push(format!("not four cells: {line}"));
            continue;
        };
        if !wanted.remove(*row) {
            found.push(format!("{row} is no row, or stands twice"));
        }
        if attack.is_empty() || stopped_by.is_empty() {
            found.push(format!("{row}: says neither what is tried nor what stops it"));
        }
        let exempt = tests.strip_prefix("exempt: ").is_some_and(is_argued);
        if !exempt && !tests.contains('`') {
            found.push(format!("{row}: no test, and no argument with its day"));
        }
    }
    found.extend(wanted.iter().map(|row| format!("{row} is missing")));
    found
}

/// The parts of the catalogue about Varco as a relying party, and how many rows each has; `RP-CSRF` stands
/// alone.
const RELYING_PARTY_ROWS: [(&str, u8); 4] = [("ID", 9), ("MIX", 2), ("TE", 1), ("CA", 1)];

/// The parts of the catalogue about the OpenID Provider, and how many rows each has: 65 in all.
const PROVIDER_ROWS: [(&str, u8); 16] = [
    ("BL", 2),
    ("CA", 6),
    ("CO", 7),
    ("DS", 8),
    ("JR", 3),
    ("LO", 5),
    ("PAR", 1),
    ("PK", 5),
    ("RQ", 6),
    ("RT", 3),
    ("RU", 2),
    ("SE", 4),
    ("SS", 3),
    ("TK", 4),
    ("TN", 2),
    ("UI", 4),
];

/// The parts of the catalogue about OpenID Federation.
const FEDERATION_ROWS: [(&str, u8); 8] =
    [("CS", 1), ("DS", 2), ("ER", 3), ("ES", 2), ("KY", 1), ("MP", 2), ("TC", 4), ("TM", 2)];

/// The parts of the catalogue about cards, and how many rows each has: 13 in all.
const CARD_ROWS: [(&str, u8); 6] =
    [("CF", 2), ("CH", 2), ("DS", 2), ("HDR", 3), ("RV", 2), ("SE", 2)];

/// An argument of a few words, then a day.
fn is_argued(text: &str) -> bool {
    let Some((argument, day)) = text.rsplit_once(", ") else { return false };
    let pattern = |(at, sign): (usize, char)| match at {
        4 | 7 => sign == '-',
        _ => sign.is_ascii_digit(),
    };
    argument.split_whitespace().count() > 5
        && day.len() == "2026-11-22".len()
        && day.chars().enumerate().all(pattern)
}

/// The names of all tests: functions in Rust, sentences in scripts.
pub(crate) fn test_names(text: &str) -> Vec<String> {
    let functions = text
        .split("fn ")
        .skip(1)
        .filter_map(|rest| rest.split_once('(').map(|(name, _)| name.to_owned()));
    let sentences = text
        .split("test(\"")
        .skip(1)
        .filter_map(|rest| rest.split_once('"').map(|(name, _)| name.to_owned()));
    functions.chain(sentences).collect()
}

/// `publiccode.yml` by the rules of the standard, v0.7.0; `languages` are those really shipped.
pub(crate) fn public_code(text: &str, version: &str, languages: &[String]) -> Vec<String> {
    let mut found = Vec::new();
    for key in [
        "publiccodeYmlVersion: \"0\"",
        "name: ",
        "url: ",
        "platforms:",
        "developmentStatus: development",
        "softwareType: standalone/backend",
        "description:",
        "  it:",
        "  en:",
        "  license: EUPL-1.2",
        "  type: community",
        "  contacts:",
        "  localisationReady: true",
        "  availableLanguages:",
    ] {
        if !text.lines().any(|line| line.starts_with(key)) {
            found.push(format!("nothing under {key:?}"));
        }
    }
    for old in [
        "IT:",
        "monochromeLogo:",
        "inputTypes:",
        "outputTypes:",
        "authorsFile:",
        "repoOwner:",
        "genericName:",
    ] {
        if text.lines().any(|line| line.trim_start().starts_with(old)) {
            found.push(format!("{old} is deprecated"));
        }
    }
    if !text.contains(&format!("softwareVersion: \"{version}\"")) {
        found.push(format!("softwareVersion is not {version}"));
    }
    let known = ["spid", "cie", "eidas", "gdpr", "nis2"];
    for line in text.lines() {
        if let Some(alias) = line.trim().strip_prefix("- id: alias:")
            && !known.contains(&alias)
        {
            found.push(format!("unknown alias {alias}"));
        }
    }
    for (key, least, most) in [("shortDescription", 1, 150), ("longDescription", 150, 10_000)] {
        let texts = folded(text, key);
        if texts.len() < 2 {
            found.push(format!("{key} is not there in both languages"));
        }
        for text in texts {
            let length = text.chars().count();
            if !(least..=most).contains(&length) {
                found.push(format!("{key} has {length} characters"));
            }
        }
    }
    let written: BTreeSet<String> = text
        .split_once("availableLanguages:")
        .map_or("", |(_, rest)| rest)
        .lines()
        .filter_map(|line| line.trim().strip_prefix("- ").map(str::to_owned))
        .collect();
    if written != languages.iter().cloned().collect() {
        found.push(format!("availableLanguages are {written:?}, the catalogues are {languages:?}"));
    }
    found
}

/// The texts of `key: >-` blocks, as YAML folds them.
fn folded(text: &str, key: &str) -> Vec<String> {
    let lines: Vec<&str> = text.lines().collect();
    let mut found = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        if line.trim() != format!("{key}: >-") {
            continue;
        }
        let indent = line.len() - line.trim_start().len();
        let block: Vec<&str> = lines
            .iter()
            .skip(at + 1)
            .take_while(|line| line.len() - line.trim_start().len() > indent)
            .map(|line| line.trim())
            .collect();
        found.push(block.join(" "));
    }
    found
}
