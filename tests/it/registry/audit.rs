//! The audit of the trail: what is done to it shows, and where.

use std::process::{Command, Output};
use std::time::Duration;

use varco::audit::{Anchor, Anchors, Broken, Signed, Walk, verify};
use varco::crypto::jwk::PublicKeys;
use varco::crypto::keyring::KeyRing;
use varco::effects::Effects;
use varco::registry::{Actor, Change, Entry, PostgresAddress, RegistryPlace, TrailRow};
use varco_sandbox::{Federation, FederationOptions};

use super::records::{Sheet, insert, sheet};
use super::{NOW, World, on_both, open, server};
use crate::fixture_redis::TempDir;

on_both! {
    a_trail_is_whole_and_a_row_changed_missing_moved_or_put_in_is_named
    an_anchored_trail_that_ends_too_early_or_is_written_anew_is_found
}

const ISSUER: &str = "https://login.example";

fn entry(action: &'static str) -> Entry {
    Entry {
        actor: Actor::system(),
        action,
        object: "case/1".to_owned(),
        office: String::new(),
        reason: "a reason".to_owned(),
        rules: String::new(),
        outcome: "done",
    }
}

impl World {
    async fn noted(&self, rows: usize) -> Vec<TrailRow> {
        for _ in 0..rows {
            self.registry.note(&entry("case.look")).await.unwrap();
        }
        self.registry.trail_after(0, 1000).await.unwrap()
    }
}

fn walked(rows: &[TrailRow], head: &(i64, String)) -> Result<u64, Broken> {
    let mut walk = Walk::from_the_beginning(&[]);
    rows.iter().try_for_each(|row| walk.take(row))?;
    walk.end(Some(head)).map(|whole| whole.rows)
}

async fn a_trail_is_whole_and_a_row_changed_missing_moved_or_put_in_is_named(world: World) {
    assert_eq!(verify(&world.registry, &[]).await.unwrap().unwrap().rows, 0);
    let rows = world.noted(6).await;
    let whole = verify(&world.registry, &[]).await.unwrap().unwrap();
    assert_eq!((whole.rows, whole.last, &whole.digest), (6, 6, &rows[5].digest));
    let head = (6, rows[5].digest.clone());
    assert_eq!(walked(&rows, &head), Ok(6));

    let with = |change: &dyn Fn(&mut Vec<TrailRow>)| {
        let mut rows = rows.clone();
        change(&mut rows);
        walked(&rows, &head)
    };
    assert_eq!(with(&|rows| rows[2].outcome = "refused".into()), Err(Broken::Changed(3)));
    assert_eq!(with(&|rows| rows[2].at -= 1000), Err(Broken::Changed(3)), "the clock put back");
    let changed = with(&|rows| {
        rows[2].outcome = "refused".into();
        rows[2].digest = rows[2].computed();
    });
    assert_eq!(changed, Err(Broken::Unchained(4)));
    assert_eq!(with(&|rows| drop(rows.remove(0))), Err(Broken::Missing(1)));
    assert_eq!(with(&|rows| drop(rows.remove(3))), Err(Broken::Missing(4)));
    assert_eq!(with(&|rows| rows.swap(1, 2)), Err(Broken::Missing(2)));
    let moved = with(&|rows| {
        rows.swap(1, 2);
        rows[1].seq = 2;
        rows[2].seq = 3;
    });
    assert_eq!(moved, Err(Broken::Unchained(2)));
    assert_eq!(with(&|rows| rows.insert(3, rows[2].clone())), Err(Broken::Missing(4)));
    assert_eq!(with(&|rows| rows.truncate(4)), Err(Broken::Truncated(5)));
    let end = with(&|rows| {
        rows[5].outcome = "refused".into();
        rows[5].digest = rows[5].computed();
    });
    assert_eq!(end, Err(Broken::Head(6)));
}

async fn an_anchored_trail_that_ends_too_early_or_is_written_anew_is_found(world: World) {
    let folder = TempDir::new();
    let ring = KeyRing::create(&folder.0.join("keys"), &world.fx, true).unwrap();
    let files = vec![folder.0.join("one"), folder.0.join("two")];
    let anchors = Anchors::new(files.clone(), Duration::from_secs(60), &world.fx);
    let sign = async || anchors.write(&world.registry, &ring, ISSUER, &world.fx).await.unwrap();
    assert_eq!(sign().await, Signed::Unmoved, "nothing was done");
    world.noted(3).await;
    assert_eq!(sign().await, Signed::Written(3));
    world.clock.advance(Duration::from_secs(60));
    assert_eq!(anchors.age(world.fx.now()), Duration::from_secs(60));
    assert_eq!(sign().await, Signed::Unmoved);
    assert_eq!(anchors.age(world.fx.now()), Duration::ZERO);
    world.clock.advance(Duration::from_secs(86_400));
    assert_eq!(sign().await, Signed::Written(3), "one a day");
    world.noted(2).await;
    assert_eq!(sign().await, Signed::Written(5));

    let keys = PublicKeys::parse(ring.publish().as_bytes()).unwrap();
    let text = std::fs::read_to_string(&files[0]).unwrap();
    assert_eq!(text, std::fs::read_to_string(&files[1]).unwrap());
    let read = |line: &str| Anchor::read(line, ISSUER, &keys);
    let known: Vec<Anchor> = text.lines().map(|line| read(line).unwrap()).collect();
    assert_eq!(known.iter().map(|anchor| anchor.seq).collect::<Vec<_>>(), [3, 3, 5]);
    let whole = verify(&world.registry, &known).await.unwrap().unwrap();
    assert_eq!((whole.rows, whole.anchors), (5, 3));
    let line = text.lines().last().unwrap();
    assert!(Anchor::read(line, "https://other.example", &keys).is_err());
    let mut forged = line.to_owned();
    forged.replace_range(forged.len() - 4..forged.len() - 2, "AA");
    assert!(read(&forged).is_err());

    // An older copy of the database, or another one of the same broker: whole in itself.
    let other = World::in_a_file().await;
    other.clock.advance(Duration::from_secs(1));
    other.noted(3).await;
    let found = verify(&other.registry, &known).await.unwrap();
    assert_eq!(found, Err(Broken::Anchored(3)));
    let found = verify(&other.registry, &known[2..]).await.unwrap();
    assert_eq!(found, Err(Broken::Truncated(5)));

    let unwritable = vec![files[0].clone(), folder.0.join("none/file")];
    let anchors = Anchors::new(unwritable, Duration::from_secs(60), &world.fx);
    let refused = anchors.write(&world.registry, &ring, ISSUER, &world.fx).await;
    assert!(refused.unwrap_err().to_string().contains("none/file"));
    let text = std::fs::read_to_string(&files[0]).unwrap();
    assert_eq!(text.lines().count(), 4, "the other file has it");
}

#[tokio::test]
async fn whoever_writes_to_the_database_is_found_by_the_first_row_they_touched() {
    let server = server();
    server.sql("CREATE DATABASE touched");
    let address = PostgresAddress::parse(&server.url_of("touched")).unwrap();
    let (fx, _) = Effects::scripted(NOW, 1);
    let registry = open(&RegistryPlace::Server(Box::new(address)), 7, &fx).await;
    for _ in 0..6 {
        registry.note(&entry("case.look")).await.unwrap();
    }
    let found = async || verify(&registry, &[]).await.unwrap();
    assert_eq!(found().await.unwrap().rows, 6);
    server.sql_of("touched", "DELETE FROM trail WHERE seq = 6");
    assert_eq!(found().await, Err(Broken::Truncated(6)));
    let cut = "UPDATE trail_head SET latest = 5, \
               digest = (SELECT digest FROM trail WHERE seq = 5)";
    server.sql_of("touched", cut);
    assert_eq!(found().await.unwrap().rows, 5, "for this there are anchors");
    server.sql_of("touched", "UPDATE trail SET role = 'auditor' WHERE seq = 4");
    assert_eq!(found().await, Err(Broken::Changed(4)));
    // A whole chain of their own digests: they cannot seal.
    let mut rows = registry.trail_after(0, 10).await.unwrap();
    let mut previous = String::new();
    for row in &mut rows {
        row.previous.clone_from(&previous);
        let known = row.digest.clone();
        row.digest = row.computed();
        previous.clone_from(&row.digest);
        let (seq, digest, previous) = (row.seq, &row.digest, &row.previous);
        assert!(seq >= 4 || *digest == known);
        server.sql_of(
            "touched",
            &format!(
                "UPDATE trail SET digest = '{digest}', previous = '{previous}' WHERE seq = {seq}"
            ),
        );
    }
    server.sql_of("touched", &format!("UPDATE trail_head SET digest = '{previous}'"));
    assert_eq!(found().await, Err(Broken::Foreign(4)));
}

#[tokio::test]
async fn a_record_that_is_put_back_taken_out_or_put_in_is_found_by_the_row_that_left_it_otherwise()
{
    let server = server();
    server.sql("CREATE DATABASE put_back");
    let address = PostgresAddress::parse(&server.url_of("put_back")).unwrap();
    let (fx, _) = Effects::scripted(NOW, 1);
    let registry = open(&RegistryPlace::Server(Box::new(address)), 7, &fx).await;
    let sql = |text: &str| server.sql_of("put_back", text);
    let found = async || verify(&registry, &[]).await.unwrap().map(|whole| whole.rows);
    insert(&registry, &sheet("a", "1")).await;
    insert(&registry, &sheet("b", "2")).await;
    sql("CREATE TABLE older AS SELECT * FROM records; \
         CREATE TABLE older_keys AS SELECT * FROM record_keys");
    let read = registry.record::<Sheet>("a").await.unwrap().unwrap();
    let mut change = Change::new();
    let mut over = sheet("a", "1");
    over.active = false;
    change.replace(&read, &over).unwrap();
    registry.commit(change, &entry("credential.revoke")).await.unwrap();
    let mut change = Change::new();
    change.remove(&registry.record::<Sheet>("b").await.unwrap().unwrap());
    registry.commit(change, &entry("credential.remove")).await.unwrap();
    assert_eq!(found().await, Ok(4));

    // The revoked one is in force again: its older copy opens, and the trail knows better.
    sql("CREATE TABLE newer AS SELECT * FROM records; DELETE FROM records; \
         INSERT INTO records SELECT * FROM older WHERE record LIKE '%/a'; \
         CREATE TABLE newer_keys AS SELECT * FROM record_keys; DELETE FROM record_keys; \
         INSERT INTO record_keys SELECT * FROM older_keys");
    assert!(registry.record::<Sheet>("a").await.unwrap().unwrap().active);
    assert_eq!(found().await, Err(Broken::Record(3)));
    sql("DELETE FROM records");
    assert_eq!(found().await, Err(Broken::Record(3)), "taken out");
    sql("INSERT INTO records SELECT * FROM newer; \
         INSERT INTO records SELECT * FROM older WHERE record LIKE '%/b'");
    assert_eq!(found().await, Err(Broken::Record(4)), "removed, and there again");
    sql("DELETE FROM records WHERE record LIKE '%/b'; \
         INSERT INTO records SELECT 'delegation/c', kind, version, state, office, due_at, made_by, \
         document FROM older WHERE record LIKE '%/b'");
    assert_eq!(found().await, Err(Broken::Unmade));
    sql("DELETE FROM records WHERE record LIKE '%/c'");
    assert_eq!(found().await, Ok(4));
}

#[tokio::test]
async fn the_command_anchors_exports_with_a_purpose_and_verifies() {
    let federation = Federation::start(&FederationOptions::default()).await.unwrap();
    let folder = TempDir::new();
    let configuration = federation.folder().configuration();
    let anchors = folder.0.join("anchors.jws");
    let mut text = std::fs::read_to_string(&configuration).unwrap();
    text += "\n[audit]\nanchors = [\"";
    text += anchors.to_str().unwrap();
    text += "\"]\n";
    std::fs::write(&configuration, text).unwrap();
    let audit = |arguments: &[&str]| -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_varco"));
        command.arg("audit").args(arguments).arg("--config").arg(&configuration);
        command.output().unwrap()
    };
    let days = ["export", "--from", "2026-01-01", "--to", "2100-01-01", "--purpose"];
    let export = |purpose| audit(&[&days[..], &[purpose]].concat());
    assert!(!export(" ").status.success());
    assert!(export("a first look").status.success());
    let exported = export("request 12/2026");
    assert!(exported.status.success(), "{exported:?}");
    let text = String::from_utf8(exported.stdout).unwrap();
    assert_eq!(text.lines().count(), 2, "{text}");
    assert!(text.lines().last().unwrap().contains("request 12/2026"), "itself too");
    let signed = audit(&["anchor"]);
    assert!(signed.status.success(), "{signed:?}");
    let told = audit(&["verify"]);
    assert!(String::from_utf8(told.stdout).unwrap().starts_with("2 rows, the last one 2 "));

    let file = folder.0.join("export.jsonl");
    let name = file.to_str().unwrap();
    std::fs::write(&file, &text).unwrap();
    let told = audit(&["verify", "--export", name]);
    assert!(String::from_utf8(told.stdout).unwrap().contains("1 anchors: whole"));
    std::fs::write(&file, text.replacen("audit.export", "audit.import", 1)).unwrap();
    let told = audit(&["verify", "--export", name]);
    assert!(!told.status.success());
    assert_eq!(String::from_utf8(told.stderr).unwrap(), "row 1 was changed\n");
    std::fs::write(&anchors, "forged\n").unwrap();
    assert!(!audit(&["verify"]).status.success());
}
