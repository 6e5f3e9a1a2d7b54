//! What relying parties with dated policies cost as they grow from 10 to 10,000: CPU and time to read their files,
//! memory to keep them, time to look at files that did not change, time to find one client and to judge
//! who may enter. What no reader could go without, the files' octets and their TOML, is measured beside it, and
//! so is a judgement among ten of the 10,000: what it costs more among all of them is cold memory.
//! Prints one JSON object.
//!
//! Not a whole login: `varco-sandbox bench` measures that.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    reason = "a measure that cannot be taken ends the bench, and its numbers are printed"
)]

mod measured;

use std::fs;
use std::hint::black_box;
use std::path::Path;

use varco::config::{Config, Depth};
use varco::effects::Effects;
use varco::oidc::client::{ClientId, Clients};
use varco::policy::{Applicant, Calendar, Category, Day};
use varco::terms::Level;
use varco_sandbox::FederationOptions;
use varco_sandbox::federation::Prepared;

use measured::{cpu_seconds, resident};

/// The allocator of the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    let fx = Effects::real();
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let prepared = runtime.block_on(Prepared::start(&FederationOptions::default()));
    let prepared = prepared.expect("a sample world");
    let folder = prepared.folder.path().join("relying-parties");
    let main_file = prepared.folder.configuration();
    let template = fs::read_to_string(folder.join("inps.toml")).expect("a portal") + PERIODS;
    let main = fs::read_to_string(&main_file).expect("a main file");
    fs::write(&main_file, format!("calendar = \"calendar.toml\"\n{main}")).expect("a file");
    let calendar = |rows: usize| {
        let rows = (0..rows).map(row).collect::<String>();
        let text = format!("{CALENDAR}{rows}");
        fs::write(prepared.folder.path().join("calendar.toml"), text).expect("a file");
    };
    let read = || {
        let config = Config::read(&main_file).unwrap_or_else(|wrong| panic!("{wrong}"));
        let clients = Clients::default().with_written(config.relying_parties.clients().cloned());
        (config.relying_parties, clients, config.calendar)
    };
    let write = |numbers: std::ops::Range<usize>| {
        for number in numbers {
            let text = template.replace("\"inps\"", &format!("\"{}\"", name(number)));
            fs::write(folder.join(format!("{}.toml", name(number))), text).expect("a file");
        }
    };
    write(0..10);
    calendar(10);
    let few = read();
    let judged_few = judgements(&few.1, few.2.current(), 10, &fx);
    let few = lookup(&few.1, 10, &fx);
    write(10..CLIENTS);
    calendar(CLIENTS);
    let (before, began) = (cpu_seconds(), fx.monotonic());
    let first = read();
    let load = (cpu_seconds() - before, fx.monotonic().saturating_sub(began).as_secs_f64());
    let (octets, tables) = floor(&folder, &prepared.folder.path().join("calendar.toml"));
    // What the first one freed is used again: from here on all growth is kept.
    let before = resident();
    let kept: Vec<_> = (0..KEPT).map(|_| read()).collect();
    let bytes = resident().saturating_sub(before) / KEPT / CLIENTS;
    let (mut files, clients, calendar) = first;
    let judged_many = judgements(&clients, calendar.current(), CLIENTS, &fx);
    let judged_warm = judgements(&clients, calendar.current(), 10, &fx);
    let before = cpu_seconds();
    assert!(!files.look(Depth::Changed, &|_| None).changed());
    let look = cpu_seconds() - before;
    let told = serde_json::json!({
        "clients": CLIENTS,
        "load_cpu_seconds": load.0,
        "load_seconds": load.1,
        "load_cpu_seconds_of_octets": octets,
        "load_cpu_seconds_of_toml": tables,
        "look_cpu_seconds": look,
        "kept_bytes_per_client": bytes,
        "lookup_nanoseconds_10": few,
        "lookup_nanoseconds_10000": lookup(&clients, CLIENTS, &fx),
        "admitted_nanoseconds_10": judged_few.0,
        "admitted_nanoseconds_10000": judged_many.0,
        "admitted_nanoseconds_10_of_10000": judged_warm.0,
        "denied_nanoseconds_10": judged_few.1,
        "denied_nanoseconds_10000": judged_many.1,
        "denied_nanoseconds_10_of_10000": judged_warm.1,
    });
    black_box(kept);
    println!("{told}");
    runtime.block_on(prepared.stop());
}

/// Processor time to read every file of the folder and the calendar, and to parse their TOML.
fn floor(folder: &Path, calendar: &Path) -> (f64, f64) {
    let before = cpu_seconds();
    let files =
        fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    let files = files.filter(|path| path.extension().is_some_and(|ending| ending == "toml"));
    let texts: Vec<String> = files
        .chain([calendar.to_owned()])
        .map(|path| fs::read_to_string(path).expect("a file"))
        .collect();
    let octets = cpu_seconds() - before;
    let before = cpu_seconds();
    for text in &texts {
        black_box(toml::de::DeTable::parse(text).expect("TOML"));
    }
    (octets, cpu_seconds() - before)
}

fn name(number: usize) -> String {
    format!("portale-{number:05}")
}

/// Nanoseconds to find one client, over a million times.
fn lookup(clients: &Clients, many: usize, fx: &Effects) -> f64 {
    let names: Vec<ClientId> =
        (0..many).filter_map(|number| ClientId::parse(&name(number))).collect();
    let before = fx.monotonic();
    for turn in 0..1_000_000 {
        // A large odd step visits them in no order.
        let name = &names[turn * 7919 % names.len()];
        black_box(clients.get(black_box(name)).expect("a client"));
    }
    fx.monotonic().saturating_sub(before).as_secs_f64() * 1_000.0
}

/// Nanoseconds to judge somebody who may enter and somebody who may not, each over a hundred thousand times.
fn judgements(clients: &Clients, calendar: &Calendar, many: usize, fx: &Effects) -> (f64, f64) {
    let clients: Vec<_> = (0..many)
        .filter_map(|number| ClientId::parse(&name(number)))
        .filter_map(|id| clients.get(&id))
        .collect();
    let day = Day::new(2026, 11, 22).expect("a day");
    let person = |instrument| Applicant {
        instrument,
        level: Level::L2,
        categories: vec![Category::CITIZEN, Category::MINOR],
        age: Some(17),
        expires: None,
    };
    let time = |applicant: &Applicant<'_>, admitted: bool| {
        let before = fx.monotonic();
        for turn in 0..JUDGEMENTS {
            let client = clients[turn * 7919 % clients.len()];
            let outcome = calendar.admit(black_box(client), black_box(applicant), day);
            assert_eq!(outcome.is_ok(), admitted);
            let _ = black_box(outcome);
        }
        fx.monotonic().saturating_sub(before).as_secs_f64() * 1e9 / JUDGEMENTS as f64
    };
    // The fourth period is closed to CIE by the row of each relying party.
    (time(&person("spid"), true), time(&person("cie"), false))
}

/// A row for one relying party.
fn row(number: usize) -> String {
    format!(
        "[[change]]\nid = \"row-{number}\"\ninstruments = [\"cie\"]\n\
         relying_parties = [\"{}\"]\nhard_end = 2025-12-31\nsource = \"circular\"\n\
         reason.it = \"Prova\"\nlegal_ref = \"L. 1/2025\"\n",
        name(number)
    )
}

const CALENDAR: &str = include_str!("../metadata/calendar.toml");

/// Four years of one service.
const PERIODS: &str = r#"
[[policy]]
until = 2023-12-31
instruments = ["spid"]
legal_ref = "L. 1/2023"
[[policy]]
from = 2024-01-01
until = 2024-12-31
legal_ref = "L. 1/2024"
[[policy]]
from = 2025-01-01
until = 2025-12-31
legal_ref = "L. 1/2025"
[[policy]]
from = 2026-01-01
categories = ["citizen", "minor", "company", "intermediary"]
minimum_age = 14
legal_ref = "L. 1/2026"
[[policy.level]]
at_least = 2
categories = ["company"]
"#;

const JUDGEMENTS: usize = 100_000;
const CLIENTS: usize = 10_000;
const KEPT: usize = 3;
