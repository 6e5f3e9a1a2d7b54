//! What relying parties cost as they grow from 10 to 10,000: CPU to read their files, memory to keep them,
//! time to look at files that did not change, time to find one client. Prints one JSON object.
//!
//! Not a whole login: `varco-sandbox bench` measures that.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    reason = "a measure that cannot be taken ends the bench, and its numbers are printed"
)]

mod measured;

use std::fs;
use std::hint::black_box;

use varco::config::{Config, Depth};
use varco::effects::Effects;
use varco::oidc::client::{ClientId, Clients};
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
    let template = fs::read_to_string(folder.join("inps.toml")).expect("a portal");
    let read = || {
        let config = Config::read(&main_file).expect("a configuration");
        let clients = Clients::default().with_written(config.relying_parties.clients().cloned());
        (config.relying_parties, clients)
    };
    let write = |numbers: std::ops::Range<usize>| {
        for number in numbers {
            let text = template.replace("\"inps\"", &format!("\"{}\"", name(number)));
            fs::write(folder.join(format!("{}.toml", name(number))), text).expect("a file");
        }
    };
    write(0..10);
    let few = lookup(&read().1, 10, &fx);
    write(10..CLIENTS);
    let before = cpu_seconds();
    let first = read();
    let load = cpu_seconds() - before;
    // What the first one freed is used again: from here on all growth is kept.
    let before = resident();
    let kept: Vec<_> = (0..KEPT).map(|_| read()).collect();
    let bytes = resident().saturating_sub(before) / KEPT / CLIENTS;
    let (mut files, clients) = first;
    let before = cpu_seconds();
    assert!(!files.look(Depth::Changed, &|_| None).changed());
    let look = cpu_seconds() - before;
    let told = serde_json::json!({
        "clients": CLIENTS,
        "load_cpu_seconds": load,
        "look_cpu_seconds": look,
        "kept_bytes_per_client": bytes,
        "lookup_nanoseconds_10": few,
        "lookup_nanoseconds_10000": lookup(&clients, CLIENTS, &fx),
    });
    black_box(kept);
    println!("{told}");
    runtime.block_on(prepared.stop());
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

const CLIENTS: usize = 10_000;
const KEPT: usize = 3;
