//! What is of a file alone; `tests/it/registry.rs` asks both databases everything else.

use std::path::PathBuf;
use std::sync::Arc;

use super::*;
use crate::effects::Timestamp;

/// A registry in a file of its own, removed at the end.
struct World {
    registry: Arc<Registry>,
    fx: Effects,
    file: PathBuf,
}

impl World {
    async fn new(name: &str) -> Self {
        let (fx, _) = Effects::scripted(NOW, 1);
        let file = std::env::temp_dir().join(format!("varco-{name}-{}.sqlite", std::process::id()));
        let registry = Arc::new(open(&file, 7, &fx).await);
        let ends = Timestamp::from_unix_seconds(NOW + 3600);
        registry.add_initial_token(&TOKEN, "prova", 2, ends).await.unwrap();
        Self { registry, fx, file }
    }

    async fn register(&self, id: &str, document: &[u8]) {
        let new = NewClient { id, document, token: &OWN };
        assert!(self.registry.register(&TOKEN, &new).await.unwrap());
    }

    /// Whether the file, after everybody left it, holds those octets.
    async fn holds(&self, what: &[u8]) -> bool {
        self.registry.close().await;
        let octets = std::fs::read(&self.file).unwrap();
        octets.windows(what.len()).any(|window| window == what)
    }
}

impl Drop for World {
    fn drop(&mut self) {
        for end in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(format!("{}{end}", self.file.display()));
        }
    }
}

async fn open(file: &std::path::Path, secret: u8, fx: &Effects) -> Registry {
    let place = RegistryPlace::File(file.to_owned());
    Registry::open(&place, Sealer::new(&[secret; 32]).unwrap(), fx.clone()).await.unwrap()
}

const NOW: i64 = 1_795_000_000;
const TOKEN: [u8; 32] = [1; 32];
const OWN: [u8; 32] = [2; 32];
const GRETA: &str = "DE/IT/greta";
const CODE: &str = "MLLGRT85C50Z112C";

#[tokio::test]
async fn the_file_shows_neither_metadata_nor_tokens() {
    let world = World::new("sealed").await;
    world.register("a", br#"{"contacts":["persona@ente.example"]}"#).await;
    assert!(world.holds(b"prova").await, "the file was written");
    for secret in [&b"persona@ente"[..], b"contacts", &OWN, &TOKEN] {
        assert!(!world.holds(secret).await);
    }
    let stranger = open(&world.file, 8, &world.fx).await;
    let (latest, changes) = stranger.changes_after(0).await.unwrap();
    assert_eq!((latest, changes.len()), (1, 0), "another secret opens nothing");
}

#[tokio::test]
async fn the_file_names_nobody_without_the_secret() {
    let world = World::new("nobody").await;
    let how = "self_declared";
    let new = NewMatch { person: GRETA, state: "DE", fiscal_code: CODE, how, verifier: "" };
    assert_eq!(world.registry.record_match(&new).await.unwrap(), MatchWritten::Holds);
    let name = world.registry.first_login_name(CODE);
    let at = Timestamp::from_unix_seconds(NOW);
    let login = FirstLogin { name, at, instrument: "cie".into() };
    world.registry.record_first_logins(&[login]).await.unwrap();
    assert!(world.holds(b"self_declared").await, "the file was written");
    for value in [GRETA.as_bytes(), CODE.as_bytes(), base64url(CODE.as_bytes()).as_bytes()] {
        assert!(!world.holds(value).await);
    }
    let stranger = open(&world.file, 8, &world.fx).await;
    assert!(stranger.match_of(GRETA).await.unwrap().is_none());
    assert_eq!(stranger.first_login(CODE).await.unwrap(), None);
}

#[tokio::test]
async fn a_file_of_any_name_is_found() {
    let folder =
        std::env::temp_dir().join(format!("varco registry ?#%41 é {}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("a b?mode=memory.sqlite");
    let (fx, _) = Effects::scripted(NOW, 1);
    open(&file, 7, &fx).await.close().await;
    assert!(std::fs::metadata(&file).unwrap().len() > 0);
    std::fs::remove_dir_all(folder).unwrap();
}

#[tokio::test]
async fn a_backup_knows_every_table() {
    let world = World::new("tables").await;
    let names = "SELECT name FROM sqlite_master WHERE type = 'table' \
                 AND name NOT LIKE 'sqlite_%' AND name <> '_sqlx_migrations' ORDER BY name";
    let names: Vec<String> =
        sqlx::query_scalar(names).fetch_all(&world.registry.pool).await.unwrap();
    let mut known: Vec<&str> = backup::TABLES.iter().map(|(table, _)| *table).collect();
    known.sort_unstable();
    assert_eq!(names, known);
}

#[tokio::test]
async fn the_condition_of_a_registry_is_told_without_touching_it() {
    use std::os::unix::fs::PermissionsExt as _;
    let world = World::new("condition").await;
    world.register("reg-1", b"{}").await;
    world.register("reg-2", b"{}").await;
    assert!(world.registry.remove("reg-2", &OWN).await.unwrap());
    let examine = async |secret: u8| {
        let sealer = Sealer::new(&[secret; 32]).unwrap();
        Registry::examine(&RegistryPlace::File(world.file.clone()), sealer, world.fx.clone()).await
    };
    let usable = |clients, unopened, exposed| Condition::Usable { clients, unopened, exposed };
    assert_eq!(examine(7).await.unwrap(), usable(1, 0, false), "made for nobody else to read");
    assert_eq!(examine(8).await.unwrap(), usable(0, 1, false), "another secret");
    std::fs::set_permissions(&world.file, std::fs::Permissions::from_mode(0o644)).unwrap();
    assert_eq!(examine(7).await.unwrap(), usable(1, 0, true));
    for (change, expected) in [
        ("UPDATE _sqlx_migrations SET version = 99 WHERE version = 2", Condition::Later),
        ("UPDATE _sqlx_migrations SET success = FALSE", Condition::Earlier),
    ] {
        sqlx::query(change).execute(&world.registry.pool).await.unwrap();
        assert_eq!(examine(7).await.unwrap(), expected);
    }
    let (sealer, elsewhere) = (Sealer::new(&[7; 32]).unwrap(), world.file.with_extension("none"));
    let place = RegistryPlace::File(elsewhere.clone());
    let absent = Registry::examine(&place, sealer, world.fx.clone()).await.unwrap();
    assert!(absent == Condition::Absent && !elsewhere.exists(), "none was made");
    std::fs::write(&elsewhere, "no database at all, but a text of some length").unwrap();
    let sealer = Sealer::new(&[7; 32]).unwrap();
    assert!(Registry::examine(&place, sealer, world.fx.clone()).await.is_err());
    std::fs::remove_file(elsewhere).unwrap();
}

#[derive(Debug, serde::Serialize, serde::Deserialize)]
struct Sheet {
    id: String,
    code: String,
}

impl Kept for Sheet {
    const KIND: RecordKind = RecordKind::Case;

    fn id(&self) -> &str {
        &self.id
    }

    fn state(&self) -> &'static str {
        "issued"
    }

    fn due_at(&self) -> Option<Timestamp> {
        Some(Timestamp::from_unix_seconds(NOW))
    }

    fn keys(&self) -> Vec<RecordKey> {
        vec![RecordKey { name: "code", value: self.code.clone(), exclusive: true }]
    }
}

#[tokio::test]
async fn a_record_whose_row_or_keys_were_edited_does_not_open() {
    let edits = [
        "UPDATE records SET state = 'active' WHERE record = 'case/a'",
        "UPDATE records SET office = 'other' WHERE record = 'case/a'",
        "UPDATE records SET due_at = due_at + 1 WHERE record = 'case/a'",
        "UPDATE records SET due_at = NULL WHERE record = 'case/a'",
        "UPDATE records SET version = 7 WHERE record = 'case/a'",
        "UPDATE records SET made_by = 7 WHERE record = 'case/a'",
        "UPDATE records SET kind = 'mail' WHERE record = 'case/a'",
        "UPDATE records SET document = 'AAAA' WHERE record = 'case/a'",
        "UPDATE records SET document = (SELECT document FROM records WHERE record = 'case/b') \
         WHERE record = 'case/a'",
        "DELETE FROM record_keys WHERE record = 'case/a'",
        "UPDATE record_keys SET exclusive = 0 WHERE record = 'case/a'",
        "UPDATE record_keys SET digest = 'other' WHERE record = 'case/a'",
        "INSERT INTO record_keys (entry, record, digest, exclusive) VALUES ('x', 'case/a', 'x', 0)",
    ];
    for (at, edit) in edits.iter().enumerate() {
        let world = World::new(&format!("edited-{at}")).await;
        let mut change = Change::new();
        for id in ["a", "b"] {
            change.insert(&Sheet { id: id.to_owned(), code: id.to_owned() }).unwrap();
        }
        let entry = Entry {
            actor: Actor::system(),
            action: "test",
            object: String::new(),
            office: String::new(),
            reason: String::new(),
            rules: String::new(),
            outcome: "done",
        };
        assert_eq!(world.registry.commit(change, &entry).await.unwrap(), Committed::Done(1));
        assert_eq!(world.registry.record::<Sheet>("a").await.unwrap().unwrap().code, "a");
        let edited = sqlx::query(*edit).execute(&world.registry.pool).await.unwrap();
        assert_eq!(edited.rows_affected(), 1, "{edit}");
        let refused = world.registry.record::<Sheet>("a").await;
        assert!(
            matches!(refused, Err(RegistryFault::Sealed(_) | RegistryFault::Malformed)),
            "{edit}"
        );
        assert_eq!(world.registry.record::<Sheet>("b").await.unwrap().unwrap().code, "b");
    }
}
