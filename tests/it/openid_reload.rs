//! A running broker reads what concerns CIE by OpenID again: what it knows of whom it still trusts is kept,
//! and a table that is no good changes nothing.

use std::fs;
use std::path::Path;

use toml::{Table, Value};
use varco::app::{self, Running};
use varco::config::Config;
use varco::effects::Effects;
use varco_sandbox::FederationOptions;
use varco_sandbox::federation::Prepared;
use varco_sandbox::openid::Dialect;

fn usable(running: &Running) -> usize {
    let broker = &running.assembly().broker;
    let cie = broker.upstreams.get("cie").unwrap();
    assert_eq!(cie.providers().len(), cie.usable(broker.fx.now()));
    cie.providers().len()
}

/// Writes the main file with one member of a table changed, and has it read again.
async fn reload(running: &Running, path: &Path, good: &Table, change: impl FnOnce(&mut Table)) {
    let mut table = good.clone();
    change(&mut table);
    fs::write(path, toml::to_string(&table).unwrap()).unwrap();
    running.reload(path).await;
}

fn cie<'t>(table: &'t mut Table, kind: &str) -> &'t mut Table {
    table[kind].as_table_mut().unwrap()["cie"].as_table_mut().unwrap()
}

#[actix_web::test]
async fn a_broker_reads_its_federations_again_and_a_table_that_is_no_good_changes_nothing() {
    let options =
        FederationOptions { dialect: Some(Dialect::It2023), ..FederationOptions::default() };
    let prepared = Prepared::start(&options).await.unwrap();
    let path = prepared.folder.configuration();
    let mut good: Table = fs::read_to_string(&path).unwrap().parse().unwrap();
    let anywhere = || Value::from("127.0.0.1:0");
    let listen = good["listen"].as_table_mut().unwrap();
    let _ = listen.insert("public".to_owned(), anywhere());
    let _ = listen.insert("operations".to_owned(), anywhere());
    let _ = listen["cns"].as_table_mut().unwrap().insert("address".to_owned(), anywhere());
    fs::write(&path, toml::to_string(&good).unwrap()).unwrap();
    let config = Config::read(&path).unwrap();
    let running = Box::pin(app::start(config, Effects::real())).await.unwrap();
    assert_eq!(usable(&running), 1);

    // Nothing of this can be used.
    reload(&running, &path, &good, |table| {
        let _ = cie(table, "trust_anchor").insert("dialect".to_owned(), Value::from("2023"));
    })
    .await;
    assert_eq!(usable(&running), 1);
    reload(&running, &path, &good, |table| {
        let _ = cie(table, "upstream").insert("path".to_owned(), Value::from("/elsewhere"));
    })
    .await;
    assert_eq!(usable(&running), 1, "a path changes by a restart");

    // Keys that are pinned no more are believed no more, and again when they are.
    let pinned = path.with_file_name("metadata/cie/anchor.json");
    let keys = fs::read_to_string(&pinned).unwrap();
    let others = prepared.openid.registry.keys().stranger.jwks().to_string();
    fs::write(&pinned, others).unwrap();
    reload(&running, &path, &good, |_| {}).await;
    assert_eq!(usable(&running), 0);
    fs::write(&pinned, keys).unwrap();
    reload(&running, &path, &good, |_| {}).await;
    assert_eq!(usable(&running), 1);

    let provider = prepared.openid.registry.provider();
    reload(&running, &path, &good, |table| {
        let _ = cie(table, "upstream")
            .insert("disabled_providers".to_owned(), Value::from(vec![provider]));
    })
    .await;
    assert_eq!(usable(&running), 0);
    running.stop().await;
    prepared.stop().await;
}
