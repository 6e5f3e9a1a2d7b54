//! `varco policy`, as an operator calls it: what is printed, and with which status it ends.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

fn varco(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_varco"))
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .args(arguments)
        .output()
        .expect("the product starts")
}

fn told(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("text")
}

#[test]
fn a_replay_is_printed_as_a_table_and_as_json() {
    let file = "fixtures/calendar-2020-2021.toml";
    let text = varco(&["policy", "replay", file]);
    assert!(text.status.success());
    let text = told(&text);
    assert_eq!(text.lines().count(), 1 + 12 + 3, "{text}");
    let line = text.lines().find(|line| line.starts_with("MLPS: sign in with cliclavoro"));
    let words: Vec<&str> = line.expect("a row").split_whitespace().collect();
    assert!(words.ends_with(&["yes", "yes", "yes", "no", "no", "no", "no", "no"]), "{words:?}");
    let json = varco(&["policy", "replay", file, "--json"]);
    let json: Value = serde_json::from_str(&told(&json)).expect("JSON");
    assert_eq!(json["questions"].as_array().map(Vec::len), Some(12));
    let last = &json["questions"][11]["answers"][7];
    assert_eq!(last["answer"], "no (moved to INAIL)");
    assert_eq!(last["rule"], "policy[0]");
}

#[test]
fn a_replay_with_a_mistake_is_no_table() {
    let path = std::env::temp_dir().join(format!("varco-replay-{}.toml", std::process::id()));
    let text = std::fs::read_to_string("fixtures/calendar-2020-2021.toml").expect("a fixture");
    let broken = text.replacen("service = \"mlps\"", "service = \"mpls\"", 1);
    std::fs::write(&path, broken).expect("a file");
    let output = varco(&["policy", "replay", &path.to_string_lossy()]);
    std::fs::remove_file(&path).expect("removed");
    assert_eq!((output.status.code(), told(&output).as_str()), (Some(1), ""));
    let wrong = String::from_utf8(output.stderr).expect("text");
    assert!(wrong.contains("question[7].service") && wrong.contains("remedy:"), "{wrong}");
}

/// A world of the sandbox whose calendar lets people of INPS sign in by CIE until the end of 2030.
async fn world() -> varco_sandbox::federation::Prepared {
    let options = varco_sandbox::FederationOptions::default();
    let prepared = varco_sandbox::federation::Prepared::start(&options).await.expect("a world");
    let main = prepared.folder.configuration();
    let text = std::fs::read_to_string(&main).expect("a main file");
    std::fs::write(&main, format!("calendar = \"calendar.toml\"\n{text}")).expect("written");
    let calendar = r#"
[[change]]
id = "cie-ends"
instruments = ["cie"]
relying_parties = ["inps"]
categories = ["citizen"]
hard_end = 2030-12-31
source = "law"
reason.it = "Prova"
legal_ref = "L. 7/2030, art. 3"
decided_by = ["Parlamento"]
decided_on = 2030-01-07

[[change]]
id = "cie-ended"
instruments = ["cie"]
hard_end = 2029-12-31
source = "law"
reason.it = "Prova"
legal_ref = "L. 1/2029"
superseded_by = "cie-ends"
"#;
    std::fs::write(prepared.folder.path().join("calendar.toml"), calendar).expect("written");
    prepared
}

fn of(main: &Path, arguments: &[&str]) -> Output {
    let main = main.to_string_lossy();
    varco(&[&["--config", &main, "policy"], arguments].concat())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_official_is_told_who_may_enter_why_and_what_will_change() {
    let world = world().await;
    let main = world.folder.configuration();
    let asked = ["explain", "--rp", "inps", "--instrument", "cie", "--at"];
    let last = of(&main, &[&asked[..], &["2030-12-31"]].concat());
    assert_eq!(last.status.code(), Some(0), "{last:?}");
    let text = told(&last);
    assert!(text.contains(": accepted\n") && text.contains("last day: 2030-12-31"), "{text}");
    let after = of(&main, &[&asked[..], &["2031-01-01"]].concat());
    assert_eq!(after.status.code(), Some(1), "{after:?}");
    let text = told(&after);
    for part in [
        ": denied\n",
        "reason: switch_off",
        "rule: cie-ends (calendar.toml: change[0])",
        "last day accepted: 2030-12-31",
        "legal reference: L. 7/2030, art. 3",
        "use instead: spid, cns, eidas",
        "cie-ended (calendar.toml: change[1]) [superseded by cie-ends]",
        "decided by Parlamento on 2030-01-07",
    ] {
        assert!(text.contains(part), "{part:?} is not in {text}");
    }
    let company = of(&main, &[&asked[..], &["2031-01-01", "--category", "company"]].concat());
    assert_eq!(company.status.code(), Some(0), "an exception is a category that no row names");
    let json = of(&main, &[&asked[..], &["2031-01-01", "--json"]].concat());
    let json: Value = serde_json::from_str(&told(&json)).expect("JSON");
    assert_eq!(json["denial"]["rule"]["id"], "cie-ends");
    assert_eq!(json["accepted"], false);

    let then = of(&main, &["simulate", "--at", "2031-01-01", "--rp", "inps"]);
    assert_eq!(then.status.code(), Some(0), "{then:?}");
    let text = told(&then);
    let change = "change: citizen: closes: switch_off by cie-ends, 2030-12-31 (L. 7/2030, art. 3)";
    assert!(text.contains(change) && text.contains("1 change from today"), "{text}");
    for wrong in [
        ["explain", "--rp", "inss", "--instrument", "cie"],
        ["explain", "--rp", "inps", "--instrument", "cia"],
    ] {
        let output = of(&main, &wrong);
        assert_eq!((output.status.code(), told(&output).as_str()), (Some(1), ""));
        assert!(!output.stderr.is_empty());
    }
    world.stop().await;
}
