//! Backups: from either database, into either.

use std::io::Cursor;

use varco::registry::{BackupFault, FirstLogin, MatchWritten, NewMatch};

use super::{NOW, OWN, World, on_both, open};
use varco::effects::{Effects, Timestamp};

on_both! {
    a_backup_that_was_changed_anywhere_writes_nothing
    a_backup_goes_only_into_an_empty_registry_of_the_same_secret
}

const CODE: &str = "MLLGRT85C50Z112C";

async fn fill(world: &World) {
    assert!(world.register("a").await && world.register("b").await);
    assert!(world.registry.remove("b", &OWN).await.unwrap());
    let (person, state, how) = ("DE/IT/greta", "DE", "self_declared");
    let new = NewMatch { person, state, fiscal_code: CODE, how, verifier: "" };
    assert_eq!(world.registry.record_match(&new).await.unwrap(), MatchWritten::Holds);
    let name = world.registry.first_login_name(CODE);
    let at = Timestamp::from_unix_seconds(NOW);
    let login = FirstLogin { name, at, instrument: "cie".to_owned() };
    world.registry.record_first_logins(&[login]).await.unwrap();
}

async fn copy(world: &World) -> Vec<u8> {
    let mut copy = Vec::new();
    world.registry.back_up(&mut copy).await.unwrap();
    copy
}

/// A registry as the migrations leave it, without the world's own token.
async fn empty(world: &World) {
    let token = world.registry.initial_tokens().await.unwrap().remove(0);
    assert_eq!(world.registry.end_initial_token(&token.name).await.unwrap(), 1);
}

#[tokio::test]
async fn a_backup_of_either_database_put_back_into_the_other_is_the_same_registry() {
    let (file, server, again) =
        (World::in_a_file().await, World::on_a_server().await, World::in_a_file().await);
    fill(&file).await;
    let first = copy(&file).await;
    empty(&server).await;
    assert_eq!(server.registry.restore(&mut Cursor::new(&first)).await.unwrap(), 7);
    let second = copy(&server).await;
    empty(&again).await;
    again.registry.restore(&mut Cursor::new(&second)).await.unwrap();
    let sorted = |copy: &[u8]| {
        let text = String::from_utf8(copy.to_vec()).unwrap();
        // The order is each database's own, and the last line follows it.
        let mut lines: Vec<String> =
            text.lines().filter(|line| !line.contains("mac")).map(str::to_owned).collect();
        lines.sort();
        lines
    };
    assert_eq!(sorted(&first), sorted(&second));
    assert_eq!(sorted(&first), sorted(&copy(&again).await));

    let greta = server.registry.match_of("DE/IT/greta").await.unwrap().unwrap();
    assert_eq!(greta.fiscal_code.as_str(), CODE);
    assert!(server.registry.first_login(CODE).await.unwrap().is_some());
    assert!(!server.register("c").await, "the token of the copy has no use left");
    let (latest, changes) = server.registry.changes_after(0).await.unwrap();
    assert_eq!((latest, changes.len()), (3, 2), "numbers go on where they were");
}

async fn a_backup_that_was_changed_anywhere_writes_nothing(world: World) {
    fill(&world).await;
    let good = copy(&world).await;
    let text = String::from_utf8(good.clone()).unwrap();
    let other = World::in_a_file().await;
    empty(&other).await;
    let lines: Vec<&str> = text.lines().collect();
    let without = |at: usize| {
        let mut kept = lines.clone();
        kept.remove(at);
        kept.join("\n") + "\n"
    };
    let mut wrong: Vec<String> = (0..lines.len()).map(without).collect();
    wrong.push(text.replace("\"cie\"", "\"spid\""));
    wrong.push(text.replace("first_logins", "_sqlx_migrations"));
    wrong.push(text.replace("\"instrument\"", "\"x) VALUES (1); --\""));
    wrong.push(format!("{text}{}\n", lines[1]));
    wrong.push(String::new());
    for changed in wrong {
        assert_ne!(changed, text);
        let refused = other.registry.restore(&mut Cursor::new(&changed)).await.unwrap_err();
        assert!(!matches!(refused, BackupFault::NotEmpty), "{refused}");
        assert!(other.registry.matches().await.unwrap().is_empty());
        assert_eq!(other.registry.changes_after(0).await.unwrap().0, 0);
    }
    other.registry.restore(&mut Cursor::new(&good)).await.unwrap();
    assert_eq!(other.registry.matches().await.unwrap().len(), 1);
}

async fn a_backup_goes_only_into_an_empty_registry_of_the_same_secret(world: World) {
    fill(&world).await;
    let good = copy(&world).await;
    let again = world.registry.restore(&mut Cursor::new(&good)).await;
    assert!(matches!(again, Err(BackupFault::NotEmpty)));
    assert_eq!(world.registry.matches().await.unwrap().len(), 1);

    let folder = crate::fixture_redis::TempDir::new();
    let place = varco::registry::RegistryPlace::File(folder.0.join("other.sqlite"));
    let (fx, _) = Effects::scripted(NOW, 2);
    let stranger = open(&place, 8, &fx).await;
    let refused = stranger.restore(&mut Cursor::new(&good)).await;
    assert!(matches!(refused, Err(BackupFault::NotAuthentic)));
    assert!(stranger.matches().await.unwrap().is_empty());

    let later = String::from_utf8(good).unwrap().replacen("\"version\":3", "\"version\":99", 1);
    let refused = stranger.restore(&mut Cursor::new(later)).await;
    assert!(matches!(refused, Err(BackupFault::OtherVersion { theirs: 99, ours: 3 })));
}
