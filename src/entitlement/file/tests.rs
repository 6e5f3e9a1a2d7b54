use super::*;

/// A file of its own, removed at the end.
struct Temporary(PathBuf);

impl Temporary {
    fn new(name: &str, text: &str) -> Self {
        let path = std::env::temp_dir().join(format!("varco-roles-{}-{name}", std::process::id()));
        let file = Self(path);
        file.write(text);
        file
    }

    /// As another file in its place, so that every write is seen.
    fn write(&self, text: &str) {
        let next = self.0.with_extension("next");
        std::fs::write(&next, text).unwrap();
        std::fs::rename(&next, &self.0).unwrap();
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

fn names(source: &FileSource, code: &str) -> Vec<String> {
    let told = source.of(&FiscalCode::parse(code).unwrap());
    told.roles().iter().map(|role| role.name.as_str().to_owned()).collect()
}

const CODE: &str = "RSSMRA80A01H501U";
const OTHER: &str = "LVLDAA85T50G702B";
const TOML: &str = r#"
[[entitlement]]
fiscal_code = "RSSMRA80A01H501U"
role = "Stazione appaltante"
ipa_code = "c_h501"
organization = "Comune di Roma"
valid_from = 2021-10-01

[[entitlement]]
fiscal_code = "TINIT-rssmra80a01h501u"
role = "Amministrazione precedente"
"#;
const CSV: &str = "Fiscal_Code;role;organization;category\r\n\
    RSSMRA80A01H501U;Stazione appaltante;\"Comune di \"\"Roma\"\"\";\r\n\
    RSSMRA80A01H501U;Amministrazione precedente;;\r\n\
    LVLDAA85T50G702B;;;patronato\r\n";

#[test]
fn both_forms_tell_the_same_of_a_fiscal_code_and_nothing_of_another() {
    for (name, text) in [
        ("a.toml", TOML.to_owned().replace("TINIT-rssmra80a01h501u", CODE)),
        ("a.csv", CSV.to_owned()),
    ] {
        let file = Temporary::new(name, &text);
        let source = FileSource::open(&file.0).unwrap();
        assert_eq!(names(&source, CODE), ["Stazione appaltante", "Amministrazione procedente"]);
        assert_eq!(names(&source, OTHER), Vec::<String>::new());
        // A code with letters in the place of digits is another person's.
        let mut omocodia = ('A'..='Z').map(|check| format!("RSSMRA80A01H50M{check}"));
        let omocodia = omocodia.find(|code| FiscalCode::parse(code).is_ok()).unwrap();
        assert_eq!(names(&source, &omocodia).len(), 0);
    }
}

#[test]
fn a_file_that_is_no_good_changes_nothing_until_it_is_right_again() {
    let file = Temporary::new("followed.csv", CSV);
    let source = FileSource::open(&file.0).unwrap();
    assert_eq!(source.look(), Look::Unchanged);
    file.write("fiscal_code;role\nRSSMRA80A01H501X;Stazione appaltante\n");
    let Look::Refused(mistakes) = source.look() else { panic!("taken over") };
    assert_eq!(mistakes[0].place, "line 2");
    assert!(source.is_refused() && source.look() == Look::Unchanged, "told once");
    assert_eq!(names(&source, CODE).len(), 2, "the last good one stays");
    std::fs::remove_file(&file.0).unwrap();
    assert!(matches!(source.look(), Look::Refused(_)));
    assert_eq!(names(&source, CODE).len(), 2);
    file.write(&format!("fiscal_code,role\n{OTHER},Altro\n"));
    assert_eq!(source.look(), Look::Renewed);
    assert!(!source.is_refused());
    assert_eq!((names(&source, CODE).len(), names(&source, OTHER).len()), (0, 1));
}

#[test]
fn every_mistake_is_told_at_once_with_its_place_and_without_what_stands_there() {
    let wrong = [
        (
            "a.toml",
            "[[entitlement]]\nfiscal_code = \"RSSMRA80A01H501X\"\nrole = \"a\"\n\n[[entitlement]]\nfiscal_code = \"RSSMRA80A01H501U\"\nrole = 3\n",
            &["entitlement[0]", "entitlement[1]"][..],
        ),
        ("b.toml", "RSSMRA80A01H501U = 1\n", &["another key"]),
        ("c.toml", "entitlement = \"RSSMRA80A01H501U\"\n", &["entitlement"]),
        ("d.toml", "[[entitlement]]\nfiscal_code = RSSMRA80A01H501U\n", &["line 2"]),
        (
            "e.csv",
            "fiscal_code,role\nRSSMRA80A01H501U\n\nRSSMRA80A01H501U,\n",
            &["line 2", "line 4"],
        ),
        ("f.csv", "codice,role\nRSSMRA80A01H501U,a\n", &["line 1"]),
        ("g.csv", "fiscal_code,role\n\"RSSMRA80A01H501U,a\n", &["line 2"]),
        ("h.csv", "", &["line 1"]),
    ];
    for (name, text, places) in wrong {
        let file = Temporary::new(name, text);
        let mistakes = FileSource::open(&file.0).unwrap_err();
        for place in places {
            assert!(mistakes.iter().any(|mistake| mistake.place == *place), "{name} {mistakes:?}");
        }
        let told = format!("{mistakes:?}");
        assert!(!told.contains("RSSMRA") && !mistakes.iter().any(|one| one.remedy.is_empty()));
    }
    assert!(FileSource::open(Path::new("/no/such/file")).unwrap_err()[0].wrong.contains("read"));
}
