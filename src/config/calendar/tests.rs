use std::fs;
use std::path::PathBuf;

use super::*;
use crate::config::{Depth, FileLook};
use crate::terms::Day;

/// A calendar in a folder that is removed at the end.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str, text: &str) -> Self {
        let folder =
            std::env::temp_dir().join(format!("varco-calendar-{name}-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let scratch = Self(folder);
        scratch.write(text);
        scratch
    }

    fn write(&self, text: &str) {
        let beside = self.0.join("beside");
        fs::write(&beside, text).unwrap();
        fs::rename(beside, self.path()).unwrap();
    }

    fn path(&self) -> PathBuf {
        self.0.join("calendar.toml")
    }

    fn file(&self) -> FollowedFile<Calendar> {
        FollowedFile::new(Some(self.path()), read)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

const GOOD: &str = r#"
[[category]]
id = "resident_abroad"
title.it = "Residenti all'estero"
legal_ref = "INPS, messaggio 3305/2021"
from = 2021-10-01
until = 2022-09-30

[[instrument]]
id = "pin-inps"
title.it = "PIN INPS"

[[change]]
id = "dl-76-2020"
instruments = ["pin-inps"]
categories = ["citizen", "minor"]
stop_issue = 2021-02-28
stop_renew = 2021-02-28
hard_end = 2021-09-30
source = "law"
reason.it = "Il decreto vieta altre credenziali."
legal_ref = "DL 76/2020, art. 24"
decided_by = ["AgID", "INPS"]
decided_on = 2020-07-16

[[change]]
id = "circ-87"
instruments = ["pin-inps"]
relying_parties = ["inps"]
stop_issue = 2020-10-01
to_be_fixed = ["hard_end"]
source = "circular"
reason.it = "Si passa a SPID."
legal_ref = "INPS, circolare 87/2020"
superseded_by = "dl-76-2020"

[[act]]
id = "delegate"
instruments = ["spid", "cie", "cns"]
minimum_level = 2
legal_ref = "INPS, messaggio 3305/2021"
"#;

fn inps(id: &ClientId) -> bool {
    id.as_str() == "inps"
}

fn look(file: &mut FollowedFile<Calendar>, depth: Depth, knows: Knows<'_>) -> FileLook {
    file.look(depth, &|path, read, problems| strangers(path, read, knows, problems))
}

fn told(look: &FileLook) -> Vec<String> {
    look.refused.iter().map(|problem| format!("{}: {}", problem.key, problem.wrong)).collect()
}

#[test]
fn what_is_written_is_what_is_kept() {
    let scratch = Scratch::new("kept", GOOD);
    let mut file = scratch.file();
    let found = look(&mut file, Depth::All, &inps);
    assert_eq!((found.taken, told(&found)), (true, Vec::new()));
    let rows = file.current().rows();
    let law = &rows.changes[0];
    assert_eq!(&*law.place, "calendar.toml: change[0]");
    assert_eq!(law.hard_end, Day::new(2021, 9, 30));
    assert_eq!(law.decided_by.len(), 2);
    assert_eq!(rows.changes[1].to_be_fixed, [crate::policy::Kind::HardEnd]);
    assert!(rows.instruments.iter().any(|one| &*one.id == "spid"), "the standard ones are there");
    assert!(
        !look(&mut file, Depth::Changed, &inps).taken && !look(&mut file, Depth::All, &inps).taken
    );
}

#[test]
fn every_mistake_is_told_with_its_row_and_its_key() {
    let text = r#"
colour = "blue"

[[category]]
id = "Minori"
from = 2021-10-01
acts_for = "nobody"

[[instrument]]
id = "pin-inps"
[[instrument]]
id = "pin-inps"

[[change]]
id = "a"
instruments = ["pin-imps"]
categories = ["citizens"]
relying_parties = []
start = 2021-10-01
hard_end = "2021-09-30"
to_be_fixed = ["hard_end", "easter"]
reason.en = "Why"
superseded_by = "b"

[[change]]
id = "b"
instruments = ["spid"]
start = 2021-10-01
hard_end = 2021-09-30
source = "notice"
legal_ref = "L. 1"
reason.it = "Perché"
superseded_by = "b"

[[change]]
id = "b"
instruments = ["spid"]
source = "law"
reason.it = "Perché"

[[act]]
id = "delegate"
instruments = []
minimum_level = 4
"#;
    let scratch = Scratch::new("mistakes", text);
    let mut file = scratch.file();
    let found = look(&mut file, Depth::All, &inps);
    assert!(!found.taken && file.refused());
    let lines = told(&found);
    for key in [
        "colour",
        "category[0].id",
        "category[0].legal_ref",
        "category[0].acts_for",
        "instrument[1].id",
        "change[0].instruments",
        "change[0].categories",
        "change[0].relying_parties",
        "change[0].hard_end",
        "change[0].to_be_fixed",
        "change[0].source",
        "change[0].reason.it",
        "change[0].legal_ref",
        "change[1].hard_end",
        "change[1].source",
        "change[2].hard_end",
        "act[0].instruments",
        "act[0].minimum_level",
        "act[0].legal_ref",
    ] {
        assert!(
            lines.iter().any(|line| line.starts_with(&format!("{key}: "))),
            "{key}: {lines:#?}"
        );
    }
    assert!(found.refused.iter().all(|problem| problem.file == scratch.path()));
}

#[test]
fn a_bad_calendar_leaves_the_last_good_one_in_force_and_is_told_once() {
    let scratch = Scratch::new("last", GOOD);
    let mut file = scratch.file();
    look(&mut file, Depth::All, &inps);
    scratch.write(&GOOD.replace("\"inps\"", "\"imps\""));
    let found = look(&mut file, Depth::Changed, &inps);
    assert_eq!(told(&found), ["change[1].relying_parties: \"imps\" is not a relying party"]);
    assert!(!found.taken && file.refused());
    assert_eq!(file.current().rows().changes.len(), 2);
    assert_eq!(look(&mut file, Depth::Changed, &inps), FileLook::default(), "told once");
    fs::remove_file(scratch.path()).unwrap();
    assert_eq!(look(&mut file, Depth::Changed, &inps).refused.len(), 1);
    assert_eq!(file.current().rows().changes.len(), 2);
    scratch.write(&GOOD.replace("2021-09-30", "2021-10-31"));
    let found = look(&mut file, Depth::Changed, &inps);
    assert!(found.taken && found.refused.is_empty() && !file.refused());
    assert_eq!(file.current().rows().changes[0].hard_end, Day::new(2021, 10, 31));
}

#[test]
fn a_refused_calendar_is_taken_when_its_relying_party_comes() {
    let scratch = Scratch::new("comes", GOOD);
    let mut file = scratch.file();
    assert!(!look(&mut file, Depth::All, &|_| false).taken && file.refused());
    assert!(look(&mut file, Depth::Changed, &inps).taken && !file.refused());
}
