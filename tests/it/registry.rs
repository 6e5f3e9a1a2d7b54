//! The registry's conformance suite: everything it promises, on SQLite and on a real PostgreSQL server.

mod audit;
mod backup;
mod command;
mod persons;
mod records;

use std::sync::{Arc, Mutex, Weak};
use std::time::Duration;

use varco::crypto::digest::sha256;
use varco::crypto::sealing::Sealer;
use varco::effects::{Effects, ScriptedClock, Timestamp};
use varco::registry::{
    ClientChange, Condition, NewClient, PostgresAddress, Registry, RegistryPlace,
};

use crate::fixture_postgres::PostgresServer;
use crate::fixture_redis::TempDir;

/// Runs each of the tests on both databases.
macro_rules! on_both {
    ($($name:ident)*) => {
        mod sqlite {
            $(#[tokio::test]
            async fn $name() {
                super::$name($crate::registry::World::in_a_file().await).await;
            })*
        }
        mod postgresql {
            $(#[tokio::test]
            async fn $name() {
                super::$name($crate::registry::World::on_a_server().await).await;
            })*
        }
    };
}
pub(crate) use on_both;

/// An empty registry of a test's own, and one token that registers two clients.
pub(crate) struct World {
    pub(crate) registry: Arc<Registry>,
    pub(crate) clock: Arc<ScriptedClock>,
    pub(crate) fx: Effects,
    pub(crate) place: RegistryPlace,
    _kept: Kept,
}

enum Kept {
    Folder { _it: TempDir },
    Server { _it: Arc<PostgresServer> },
}

impl World {
    pub(crate) async fn in_a_file() -> Self {
        let folder = TempDir::new();
        let place = RegistryPlace::File(folder.0.join("registry.sqlite"));
        Self::at(place, Kept::Folder { _it: folder }).await
    }

    pub(crate) async fn on_a_server() -> Self {
        static NEXT: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
        let server = server();
        let name = format!("registry_{}", NEXT.fetch_add(1, std::sync::atomic::Ordering::Relaxed));
        server.sql(&format!("CREATE DATABASE {name}"));
        let address = PostgresAddress::parse(&server.url_of(&name)).unwrap();
        let place = RegistryPlace::Server(Box::new(address));
        Self::at(place, Kept::Server { _it: server }).await
    }

    async fn at(place: RegistryPlace, kept: Kept) -> Self {
        let (fx, clock) = Effects::scripted(NOW, 1);
        let registry = open(&place, 7, &fx).await;
        let ends = Timestamp::from_unix_seconds(NOW + 3600);
        registry.add_initial_token(&TOKEN, "prova", 2, ends).await.unwrap();
        Self { registry, clock, fx, place, _kept: kept }
    }

    async fn register(&self, id: &str) -> bool {
        self.registry.register(&TOKEN, &new(id, b"{}")).await.unwrap()
    }

    async fn examine(&self, secret: u8) -> Condition {
        let sealer = Sealer::new(&[secret; 32]).unwrap();
        Registry::examine(&self.place, sealer, self.fx.clone()).await.unwrap()
    }
}

/// One server for all tests that run at the same time; it ends with the last of them.
fn server() -> Arc<PostgresServer> {
    static SERVER: Mutex<Weak<PostgresServer>> = Mutex::new(Weak::new());
    let mut known = SERVER.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    known.upgrade().unwrap_or_else(|| {
        let server = Arc::new(PostgresServer::start());
        *known = Arc::downgrade(&server);
        server
    })
}

pub(crate) async fn open(place: &RegistryPlace, secret: u8, fx: &Effects) -> Arc<Registry> {
    let sealer = Sealer::new(&[secret; 32]).unwrap();
    Arc::new(Registry::open(place, sealer, fx.clone()).await.unwrap())
}

fn new<'a>(id: &'a str, document: &'a [u8]) -> NewClient<'a> {
    NewClient { id, document, token: &OWN }
}

/// What the changes after `known` are, as text.
async fn told(registry: &Registry, known: i64) -> (i64, Vec<String>) {
    let (latest, changes) = registry.changes_after(known).await.unwrap();
    let text = |change: &ClientChange| match change {
        ClientChange::Written(record) => {
            format!("{}={}", record.id, String::from_utf8_lossy(&record.document))
        }
        ClientChange::Removed(id) => format!("{id} gone"),
    };
    (latest, changes.iter().map(text).collect())
}

pub(crate) const NOW: i64 = 1_795_000_000;
const TOKEN: [u8; 32] = [1; 32];
pub(crate) const OWN: [u8; 32] = [2; 32];
const NEXT: [u8; 32] = [3; 32];

on_both! {
    a_token_registers_as_many_clients_as_it_has_uses
    parallel_registrations_never_use_a_token_more_often_than_it_has_uses
    a_token_ends_with_its_time_or_by_its_operator
    a_client_is_changed_only_by_its_own_token_and_by_one_of_two_at_once
    another_node_reads_what_changed_and_nothing_else
    a_registry_is_opened_again_as_it_was
    the_condition_tells_records_that_open_from_those_that_do_not
}

async fn a_token_registers_as_many_clients_as_it_has_uses(world: World) {
    assert!(world.registry.has_use_left(&TOKEN).await.unwrap());
    assert!(world.register("a").await && world.register("b").await);
    assert!(!world.registry.has_use_left(&TOKEN).await.unwrap());
    assert!(!world.register("c").await);
    assert_eq!(told(&world.registry, 0).await, (2, vec!["a={}".into(), "b={}".into()]));
}

async fn parallel_registrations_never_use_a_token_more_often_than_it_has_uses(world: World) {
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

async fn a_token_ends_with_its_time_or_by_its_operator(world: World) {
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

async fn a_client_is_changed_only_by_its_own_token_and_by_one_of_two_at_once(world: World) {
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

async fn another_node_reads_what_changed_and_nothing_else(world: World) {
    let other = open(&world.place, 7, &world.fx).await;
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

async fn a_registry_is_opened_again_as_it_was(world: World) {
    world.register("a").await;
    world.registry.close().await;
    let again = open(&world.place, 7, &world.fx).await;
    assert_eq!(told(&again, 0).await.1, ["a={}"]);
}

async fn the_condition_tells_records_that_open_from_those_that_do_not(world: World) {
    assert!(world.register("a").await && world.register("b").await);
    assert!(world.registry.remove("b", &OWN).await.unwrap());
    let usable = |clients, unopened| Condition::Usable { clients, unopened, exposed: false };
    assert_eq!((world.examine(7).await, world.examine(8).await), (usable(1, 0), usable(0, 1)));
}

#[tokio::test]
async fn an_empty_database_is_no_registry_yet_and_is_left_empty() {
    let server = server();
    server.sql("CREATE DATABASE absent");
    let address = PostgresAddress::parse(&server.url_of("absent")).unwrap();
    let place = RegistryPlace::Server(Box::new(address));
    let (fx, _) = Effects::scripted(NOW, 1);
    let sealer = Sealer::new(&[7; 32]).unwrap();
    let found = Registry::examine(&place, sealer, fx.clone()).await.unwrap();
    assert_eq!(found, Condition::Absent);
    let tables = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'";
    assert_eq!(server.sql_of("absent", tables), "0");
}

#[tokio::test]
async fn two_nodes_that_start_at_once_make_the_tables_once() {
    let server = server();
    server.sql("CREATE DATABASE nodes");
    let address = PostgresAddress::parse(&server.url_of("nodes")).unwrap();
    let place = RegistryPlace::Server(Box::new(address));
    let (fx, _) = Effects::scripted(NOW, 1);
    let (one, two) = tokio::join!(open(&place, 7, &fx), open(&place, 7, &fx));
    assert_eq!(told(&one, 0).await, told(&two, 0).await);
}
