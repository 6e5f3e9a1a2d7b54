mod persons;

use std::path::PathBuf;
use std::sync::Arc;

use super::*;
use crate::crypto::digest::sha256;
use crate::effects::{ScriptedClock, Timestamp};

/// A registry in a file of its own, removed at the end.
struct World {
    registry: Arc<Registry>,
    clock: Arc<ScriptedClock>,
    fx: Effects,
    file: PathBuf,
}

impl World {
    async fn new(name: &str) -> Self {
        let (fx, clock) = Effects::scripted(NOW, 1);
        let file = std::env::temp_dir().join(format!("varco-{name}-{}.sqlite", std::process::id()));
        let world = Self { registry: open(&file, &fx).await, clock, fx, file };
        let ends = Timestamp::from_unix_seconds(NOW + 3600);
        world.registry.add_initial_token(&TOKEN, "prova", 2, ends).await.unwrap();
        world
    }

    async fn register(&self, id: &str) -> bool {
        self.registry.register(&TOKEN, &new(id, b"{}")).await.unwrap()
    }
}

impl Drop for World {
    fn drop(&mut self) {
        for end in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(format!("{}{end}", self.file.display()));
        }
    }
}

async fn open(file: &Path, fx: &Effects) -> Arc<Registry> {
    let sealer = Sealer::new(&[7; 32]).unwrap();
    Arc::new(Registry::open(file, sealer, fx.clone()).await.unwrap())
}

fn new<'a>(id: &'a str, document: &'a [u8]) -> NewClient<'a> {
    NewClient { id, document, token: &OWN }
}

/// What the changes after `known` are, as text.
async fn told(registry: &Registry, known: i64) -> (i64, Vec<String>) {
    let (latest, changes) = registry.changes_after(known).await.unwrap();
    let text = |change: &Change| match change {
        Change::Written(record) => {
            format!("{}={}", record.id, String::from_utf8_lossy(&record.document))
        }
        Change::Removed(id) => format!("{id} gone"),
    };
    (latest, changes.iter().map(text).collect())
}

const NOW: i64 = 1_795_000_000;
const TOKEN: [u8; 32] = [1; 32];
const OWN: [u8; 32] = [2; 32];
const NEXT: [u8; 32] = [3; 32];

#[tokio::test]
async fn a_token_registers_as_many_clients_as_it_has_uses() {
    let world = World::new("uses").await;
    assert!(world.registry.has_use_left(&TOKEN).await.unwrap());
    assert!(world.register("a").await && world.register("b").await);
    assert!(!world.registry.has_use_left(&TOKEN).await.unwrap());
    assert!(!world.register("c").await);
    assert_eq!(told(&world.registry, 0).await, (2, vec!["a={}".into(), "b={}".into()]));
}

#[tokio::test]
async fn parallel_registrations_never_use_a_token_more_often_than_it_has_uses() {
    let world = World::new("parallel").await;
    let tries = (0..20).map(|at| {
        let registry = world.registry.clone();
        tokio::spawn(async move {
            registry.register(&TOKEN, &new(&format!("client-{at}"), b"{}")).await.unwrap()
        })
    });
    let mut written = 0;
    for one in tries.collect::<Vec<_>>() {
        written += usize::from(one.await.unwrap());
    }
    assert_eq!(written, 2);
    assert_eq!(told(&world.registry, 0).await.1.len(), 2);
}

#[tokio::test]
async fn a_token_ends_with_its_time_or_by_its_operator() {
    let world = World::new("ends").await;
    let tokens = world.registry.initial_tokens().await.unwrap();
    assert_eq!((tokens.len(), tokens[0].label.as_str(), tokens[0].uses_left), (1, "prova", 2));
    world.clock.advance(Duration::from_secs(3600));
    assert!(!world.registry.has_use_left(&TOKEN).await.unwrap() && !world.register("a").await);
    assert_eq!(world.registry.initial_tokens().await.unwrap(), []);

    let ends = Timestamp::from_unix_seconds(NOW + 7200);
    world.registry.add_initial_token(&sha256(b"other"), "altro", 1, ends).await.unwrap();
    let name = world.registry.initial_tokens().await.unwrap()[0].name.clone();
    assert_eq!(world.registry.end_initial_token("").await.unwrap(), 0);
    assert_eq!(world.registry.end_initial_token(&name).await.unwrap(), 1);
    assert!(!world.registry.has_use_left(&sha256(b"other")).await.unwrap());
}

#[tokio::test]
async fn a_client_is_changed_only_by_its_own_token_and_by_one_of_two_at_once() {
    let world = World::new("change").await;
    world.register("a").await;
    world.register("b").await;
    let next = |document| NewClient { id: "a", document, token: &NEXT };
    assert!(!world.registry.replace(&NEXT, &next(b"1")).await.unwrap());
    assert!(world.registry.client_for("a", &NEXT).await.unwrap().is_none());
    assert!(!world.registry.remove("a", &TOKEN).await.unwrap());

    let one = next(b"1");
    let two = next(b"2");
    let both = tokio::join!(world.registry.replace(&OWN, &one), world.registry.replace(&OWN, &two));
    assert!(both.0.unwrap() != both.1.unwrap(), "one of them");
    assert!(world.registry.client_for("a", &OWN).await.unwrap().is_none());
    let record = world.registry.client_for("a", &NEXT).await.unwrap().unwrap();
    assert!([b"1", b"2"].iter().any(|known| record.document.as_slice() == *known));
    assert_eq!(record.issued_at, NOW);
}

#[tokio::test]
async fn another_node_reads_what_changed_and_nothing_else() {
    let world = World::new("nodes").await;
    let other = open(&world.file, &world.fx).await;
    world.register("a").await;
    world.register("b").await;
    let (latest, _) = told(&other, 0).await;
    assert_eq!(told(&other, latest).await, (latest, Vec::new()));
    assert!(world.registry.remove("a", &OWN).await.unwrap());
    let (after, changes) = told(&other, latest).await;
    assert_eq!((after > latest, changes), (true, vec!["a gone".to_owned()]));
    assert!(other.client_for("a", &OWN).await.unwrap().is_none());
    assert!(!other.remove("a", &OWN).await.unwrap(), "once");
}

#[tokio::test]
async fn the_file_shows_neither_metadata_nor_tokens() {
    let world = World::new("sealed").await;
    let document = br#"{"contacts":["persona@ente.example"]}"#;
    assert!(world.registry.register(&TOKEN, &new("a", document)).await.unwrap());
    world.registry.close().await;
    let octets = std::fs::read(&world.file).unwrap();
    let holds = |what: &[u8]| octets.windows(what.len()).any(|window| window == what);
    assert!(holds(b"prova"), "the file was written");
    assert!(!holds(b"persona@ente") && !holds(b"contacts") && !holds(&OWN) && !holds(&TOKEN));

    let other = Sealer::new(&[8; 32]).unwrap();
    let stranger = Registry::open(&world.file, other, world.fx.clone()).await.unwrap();
    assert_eq!(told(&stranger, 0).await, (1, Vec::new()), "another secret opens nothing");
}

#[tokio::test]
async fn a_registry_is_opened_again_as_it_was() {
    let world = World::new("again").await;
    world.register("a").await;
    world.registry.close().await;
    let again = open(&world.file, &world.fx).await;
    assert_eq!(told(&again, 0).await.1, ["a={}"]);
}

#[tokio::test]
async fn the_condition_of_a_registry_is_told_without_touching_it() {
    use std::os::unix::fs::PermissionsExt as _;
    let world = World::new("condition").await;
    assert!(world.register("reg-1").await && world.register("reg-2").await);
    assert!(world.registry.remove("reg-2", &OWN).await.unwrap());
    let examine = async |secret: u8| {
        let sealer = Sealer::new(&[secret; 32]).unwrap();
        Registry::examine(&world.file, sealer, world.fx.clone()).await
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
    let absent = Registry::examine(&elsewhere, sealer, world.fx.clone()).await.unwrap();
    assert!(absent == Condition::Absent && !elsewhere.exists(), "none was made");
    std::fs::write(&elsewhere, "no database at all, but a text of some length").unwrap();
    let sealer = Sealer::new(&[7; 32]).unwrap();
    assert!(Registry::examine(&elsewhere, sealer, world.fx.clone()).await.is_err());
    std::fs::remove_file(elsewhere).unwrap();
}
