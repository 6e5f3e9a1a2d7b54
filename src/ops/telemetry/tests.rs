//! What a line looks like, and what never stands in one.

use std::io::Write;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::Value;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt;

use super::{JsonLines, check_filter};
use crate::effects::Effects;

#[derive(Clone, Default)]
struct Paper(Arc<Mutex<Vec<u8>>>);

impl Write for Paper {
    fn write(&mut self, octets: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(octets)
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'w> MakeWriter<'w> for Paper {
    type Writer = Self;
    fn make_writer(&'w self) -> Self {
        self.clone()
    }
}

/// The lines written while `act` runs.
fn lines(act: impl FnOnce()) -> Vec<String> {
    let paper = Paper::default();
    let (fx, clock) = Effects::scripted(1_790_000_000, 1);
    clock.advance(Duration::from_millis(7));
    let written = tracing_subscriber::registry().with(JsonLines { fx, out: paper.clone() });
    tracing::subscriber::with_default(written, act);
    let text = String::from_utf8(paper.0.lock().unwrap().clone()).unwrap();
    text.lines().map(str::to_owned).collect()
}

#[test]
fn a_line_is_one_json_object_in_a_fixed_order() {
    let written = lines(|| tracing::warn!(code = "VARCO-0001", took = 12_u64, "a \"fault\"\nhere"));
    assert_eq!(
        written,
        [
            r#"{"ts":"2026-09-21T14:13:20.007Z","level":"warn","target":"varco::ops::telemetry::tests","msg":"a \"fault\"\nhere","code":"VARCO-0001","took":12}"#
        ]
    );
}

#[test]
fn fields_of_the_spans_around_a_line_are_in_it() {
    let written = lines(|| {
        let span = tracing::info_span!("login", rp = "inps", method = tracing::field::Empty);
        let _inside = span.enter();
        span.record("method", "spid");
        tracing::info!(rp = "inail", msg = "not the message", "departed");
    });
    let line: Value = serde_json::from_str(&written[0]).unwrap();
    assert_eq!(line["method"], "spid");
    assert_eq!(line["rp"], "inail", "the line's own value counts");
    assert_eq!(line["msg"], "departed");
    assert_eq!(line["msg_"], "not the message");
}

#[test]
fn what_looks_like_a_fiscal_code_is_masked() {
    let written = lines(|| {
        let cause = "no such person: TINIT-RSSMRA80A01H501U";
        tracing::error!(cause, debug = ?Some("RSSMRA80A01H501U"), "for RSSMRA80A01H501U");
    });
    assert_eq!(written.len(), 1);
    assert!(!written[0].contains("RSSMRA"), "{}", written[0]);
    assert!(written[0].contains("no such person"));
}

#[test]
fn a_wrong_filter_is_told_before_the_start() {
    assert!(check_filter("info,varco::login=debug").is_ok());
    assert!(check_filter("varco=loud").is_err());
}

/// Whoever adds a log call that prints a person meets this test; the end-to-end check is elsewhere.
#[test]
fn no_log_call_in_the_source_names_a_personal_value() {
    let personal = [
        "fiscal",
        "given_name",
        "family_name",
        "birth",
        "email",
        "phone",
        "mobile",
        "address",
        "identity",
        "assertion",
        "token",
        "cookie",
        "secret",
        "password",
        "claims",
        "reveal",
        "sub",
    ];
    let mut found = Vec::new();
    let mut calls = 0;
    for_each_source(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut |path, text| {
        for macro_name in ["trace!(", "debug!(", "info!(", "warn!(", "error!("] {
            for (_, call) in text.match_indices(macro_name).map(|(at, _)| text.split_at(at)) {
                let call = call.split(");").next().unwrap();
                calls += 1;
                // Only what is interpolated or given as a field: quoted words are harmless.
                let mut code = String::new();
                for (number, part) in call.split('"').enumerate() {
                    let braces = part.split('{').skip(1).filter_map(|rest| rest.split('}').next());
                    let quoted = number % 2 == 1;
                    code.push_str(&if quoted { braces.collect() } else { part.to_owned() });
                    code.push(' ');
                }
                let mut words =
                    code.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_');
                if let Some(word) = words.find(|word| personal.contains(word)) {
                    found.push(format!("{path}: `{word}` in {call}"));
                }
            }
        }
    });
    assert!(calls >= 3, "the search finds no log calls any more");
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}

fn for_each_source(folder: &Path, visit: &mut impl FnMut(&str, &str)) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            for_each_source(&path, visit);
        } else if path.extension().is_some_and(|ext| ext == "rs") && !path.ends_with("tests.rs") {
            visit(&path.to_string_lossy(), &std::fs::read_to_string(&path).unwrap());
        }
    }
}
