//! The register of states: who adopts eIDAS since when, notified and on the node since when.
//!
//! Not the list of states on the choice page: the node's metadata is asked for that.

use std::path::{Path, PathBuf};

use super::Problems;
use super::file::{File, Text};
use super::section::Section;
use crate::policy::{State, States, Union};

/// The register, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Countries {
    /// Its file.
    pub place: PathBuf,
    /// What it says.
    pub states: States,
}

/// The key `countries` of the main file; without it, the register that the program was made with.
pub(super) fn named(file: &File<'_>, root: &Section<'_>, problems: &mut Problems) -> Countries {
    let written = root.optional_text("countries", problems);
    let (place, states) = if let Some(written) = written {
        let place = file.beside(written);
        let states = File::read(&place, problems, states);
        (place, states)
    } else {
        let place = PathBuf::from(SHIPPED);
        let text = Text::new(&place, include_str!("../../metadata/countries.toml"));
        let states = text.parse(problems).map(|file| states(&file, problems));
        (place, states)
    };
    Countries { place, states: states.unwrap_or_default() }
}

/// Reads and checks a register.
///
/// # Errors
/// Every problem found.
pub fn read_countries(path: &Path) -> Result<States, Problems> {
    let mut problems = Problems::default();
    match File::read(path, &mut problems, states) {
        Some(states) if problems.is_empty() => Ok(states),
        _ => Err(problems),
    }
}

fn states(file: &File<'_>, problems: &mut Problems) -> States {
    let root = file.root();
    let as_of = root.day("as_of", problems);
    let mut states: Vec<State> = Vec::new();
    for section in root.sections("country", problems) {
        if let Some(state) = state(&section, problems) {
            if states.iter().any(|known| known.code == state.code) {
                let wrong = format!("{:?} is the code of another row", state.code);
                section.wrong(problems, "code", wrong, "write one row for each state");
            }
            states.push(state);
        }
        section.finish(problems);
    }
    root.finish(problems);
    States::new(states).as_of(as_of)
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
    let until = section.day("until", problems);
    if let (Some(from), Some(until)) = (from, until)
        && until < from
    {
        let remedy = "until is the last day of membership, and not before the first";
        section.wrong(problems, "until", format!("is before from ({from})"), remedy);
    }
    let scheme_notified = section.day("scheme_notified", problems);
    let recognition_due = section.day("recognition_due", problems);
    if let (Some(notified), Some(due)) = (scheme_notified, recognition_due)
        && due < notified
    {
        let remedy = "it is due twelve months after the scheme was published as notified";
        section.wrong(problems, "recognition_due", "is before scheme_notified", remedy);
    }
    let live_on_node = section.day("live_on_node", problems);
    let source = section.text("source", "write where each of these days stands", problems);
    Some(State {
        code: code?.into(),
        member: member?,
        from: from?,
        until,
        scheme_notified,
        recognition_due,
        live_on_node,
        source: source?.into(),
    })
}

/// How the register of the program is called.
const SHIPPED: &str = "metadata/countries.toml (of the program)";

#[cfg(test)]
mod tests {
    use super::*;

    fn mistakes(text: &str) -> Vec<String> {
        let mut problems = Problems::default();
        let path = Path::new("states.toml");
        let text = Text::new(path, text);
        states(&text.parse(&mut problems).unwrap(), &mut problems);
        assert!(problems.iter().all(|one| one.file == path && !one.remedy.is_empty()));
        problems.iter().map(|one| one.key.clone()).collect()
    }

    #[test]
    fn every_mistake_of_a_register_is_told_with_its_row() {
        let good = "code = \"NO\"\nmember = \"eea\"\nfrom = 1994-01-01\nsource = \"EEA\"\n";
        assert!(mistakes(&format!("[[country]]\n{good}")).is_empty());
        for (row, keys) in [
            ("code = \"NO\"\nmember = \"eea\"\nfrom = 1994-01-01", vec!["country[1].source"]),
            ("code = \"no\"", vec!["code", "from", "source"]),
            (good, vec!["country[1].code"]),
            (&good.replace("NO", "IS").replace("eea", "efta"), vec!["country[1].member"]),
            (
                &format!("{}until = 1993-12-31\nadded = true", good.replace("NO", "IS")),
                vec!["country[1].until", "country[1].added"],
            ),
            (
                &format!("{}live_on_node = \"2019\"", good.replace("NO", "IS")),
                vec!["country[1].live_on_node"],
            ),
        ] {
            let told = mistakes(&format!("[[country]]\n{good}[[country]]\n{row}\n"));
            assert!(told.iter().all(|key| key.starts_with("country[1].")), "{row}: {told:?}");
            let missing = keys.iter().find(|key| !told.iter().any(|one| one.ends_with(**key)));
            assert_eq!(missing, None, "{row}: {told:?}");
        }
    }

    #[test]
    fn the_register_of_the_program_is_read_where_no_key_names_another() {
        let mut problems = Problems::default();
        let text = Text::new(Path::new("/nowhere/varco.toml"), "");
        let main = text.parse(&mut problems).unwrap();
        let shipped = named(&main, &main.root(), &mut problems);
        assert!(problems.is_empty());
        assert_eq!(shipped.states.iter().count(), 31);
        let text = Text::new(Path::new("/nowhere/varco.toml"), "countries = \"own.toml\"");
        let main = text.parse(&mut problems).unwrap();
        let absent = named(&main, &main.root(), &mut problems);
        assert_eq!(absent.states, States::default());
        let told: Vec<_> = problems.iter().map(|one| one.file.clone()).collect();
        assert_eq!(told, [Path::new("/nowhere/own.toml")], "never the shipped one instead");
    }
}
