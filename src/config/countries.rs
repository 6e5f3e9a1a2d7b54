//! The register of states: who adopts eIDAS since when, notified and on the node since when.
//!
//! Not the list of states on the choice page: the node's metadata is asked for that.

use std::path::Path;

use super::Problems;
use super::section::{File, Section};
use crate::policy::{Day, State, States, Union};

/// Reads and checks it (`metadata/countries.toml`).
///
/// # Errors
/// Every problem found.
pub fn read_countries(path: &Path) -> Result<States, Problems> {
    let mut problems = Problems::default();
    let mut states = Vec::new();
    if let Some(file) = File::read(path, &mut problems) {
        let root = file.root();
        for section in root.sections("country", &mut problems) {
            states.extend(state(&section, &mut problems));
            section.finish(&mut problems);
        }
        root.finish(&mut problems);
    }
    if problems.is_empty() { Ok(States::new(states)) } else { Err(problems) }
}

fn state(section: &Section<'_>, problems: &mut Problems) -> Option<State> {
    let remedy = "write two capital letters (ISO 3166-1)";
    let code = section.text("code", remedy, problems);
    if code.is_some_and(|code| code.len() != 2 || !code.bytes().all(|b| b.is_ascii_uppercase())) {
        section.wrong(problems, "code", "is not a code of a state", remedy);
    }
    let words = [("eu", Union::European), ("eea", Union::EconomicArea)];
    let member = section.word("member", &words, problems);
    let from = section.day("from", problems);
    if from.is_none() && !section.has("from") {
        section.wrong(problems, "from", "is missing", "write the first day of membership");
    }
    let mut later = |key: &str| -> Option<Day> { section.day(key, problems) };
    let (until, scheme_notified, live_on_node) =
        (later("until"), later("scheme_notified"), later("live_on_node"));
    let source = section.text("source", "write where this stands", problems);
    Some(State {
        code: code?.into(),
        member: member?,
        from: from?,
        until,
        scheme_notified,
        live_on_node,
        source: source?.into(),
    })
}
