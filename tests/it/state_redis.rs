//! What only the Redis store promises: nothing readable in a dump, no server that evicts, and that
//! trouble is told as trouble and never as absence.

use std::sync::Arc;
use std::time::Duration;

use redis::{AsyncCommands, cmd};
use varco::crypto::Handle;
use varco::crypto::sealing::Sealer;
use varco::effects::Effects;
use varco::state::{Key, Put, RedisSettings, RedisStore, Shelf, Shelves, StateFault, Store};

use crate::fixture_redis::{RedisServer, settings};

const MINUTE: Duration = Duration::from_mins(1);

async fn shelves_at(settings: &RedisSettings, secret: &[u8]) -> Result<Shelves, StateFault> {
    let store = Store::Redis(Box::new(RedisStore::connect(settings).await?));
    Ok(Shelves::new(store, Sealer::new(secret).unwrap(), Effects::real()))
}

async fn shelves_on(server: &RedisServer) -> Shelves {
    shelves_at(&settings(server.url()), &[7; 32]).await.unwrap()
}

async fn only_key(raw: &mut redis::aio::MultiplexedConnection) -> String {
    let keys: Vec<String> = raw.keys("*").await.unwrap();
    assert_eq!(keys.len(), 1);
    keys.into_iter().next().unwrap()
}

#[tokio::test]
async fn a_dump_shows_neither_value_nor_handle() {
    let server = RedisServer::start(&[]);
    let shelves = shelves_on(&server).await;
    let handle = Handle::fresh(&Effects::real());
    for shelf in Shelf::ALL {
        let laid = shelves.put(shelf, Key::of(&handle), &"TINIT-RSSMRA80A01H501U", MINUTE).await;
        assert_eq!(laid.unwrap(), Put::Laid);
    }
    let mut raw = server.raw().await;
    let keys: Vec<String> = raw.keys("*").await.unwrap();
    assert_eq!(keys.len(), Shelf::ALL.len());
    for key in keys {
        let held: Vec<u8> = raw.get(&key).await.unwrap();
        let dump = format!("{key}{}", String::from_utf8_lossy(&held));
        assert!(!dump.contains(handle.reveal()), "{key}");
        assert!(!dump.contains("RSSMRA"), "{key}");
        let lives: i64 = raw.pttl(&key).await.unwrap();
        assert!((1..=60_000).contains(&lives), "{key} lives {lives} ms");
    }
}

#[tokio::test]
async fn a_value_moved_to_another_place_does_not_open() {
    let server = RedisServer::start(&[]);
    let shelves = shelves_on(&server).await;
    let (mine, yours) = (Key::of_parts(&["mine"]), Key::of_parts(&["yours"]));
    let mut raw = server.raw().await;
    let _ = shelves.put(Shelf::Code, yours, &"yours", MINUTE).await.unwrap();
    let to = only_key(&mut raw).await;
    let _: () = raw.del(&to).await.unwrap();
    let _ = shelves.put(Shelf::Code, mine, &"mine", MINUTE).await.unwrap();
    let from = only_key(&mut raw).await;

    let _: () = raw.rename(&from, &to).await.unwrap();
    assert!(matches!(shelves.get::<String>(Shelf::Code, yours).await, Err(StateFault::Damaged)));
    let other_shelf = from.replace(":code:", ":token:");
    let _: () = raw.rename(&to, &other_shelf).await.unwrap();
    assert!(matches!(shelves.take::<String>(Shelf::Token, mine).await, Err(StateFault::Damaged)));
    assert!(shelves.get::<String>(Shelf::Token, mine).await.unwrap().is_none(), "taken even so");
}

#[tokio::test]
async fn another_sealing_key_opens_nothing() {
    let server = RedisServer::start(&[]);
    let ours = shelves_on(&server).await;
    let theirs = shelves_at(&settings(server.url()), &[8; 32]).await.unwrap();
    let key = Key::of_parts(&["a"]);
    let _ = ours.put(Shelf::Login, key, &"mine", MINUTE).await.unwrap();
    assert!(matches!(theirs.get::<String>(Shelf::Login, key).await, Err(StateFault::Damaged)));
    assert_eq!(*ours.get::<String>(Shelf::Login, key).await.unwrap().unwrap(), "mine");
}

#[tokio::test]
async fn damaged_octets_are_refused_wherever_the_damage_is() {
    let server = RedisServer::start(&[]);
    let shelves = shelves_on(&server).await;
    let key = Key::of_parts(&["a"]);
    let _ = shelves.put(Shelf::Login, key, &"value", MINUTE).await.unwrap();
    let mut raw = server.raw().await;
    let place = only_key(&mut raw).await;
    let whole: Vec<u8> = raw.get(&place).await.unwrap();
    let epoch = 8;
    for at in 0..whole.len() {
        let mut damaged = whole.clone();
        damaged[at] ^= 1;
        let _: () = raw.set(&place, damaged).await.unwrap();
        let read = shelves.get::<String>(Shelf::Login, key).await;
        if at < epoch {
            assert!(matches!(read, Ok(None)), "of another epoch");
        } else {
            assert!(matches!(read, Err(StateFault::Damaged)));
        }
    }
    for length in [0, 1, 7, 8, 19, 20, 35, whole.len() - 1] {
        let _: () = raw.set(&place, &whole[..length]).await.unwrap();
        assert!(matches!(shelves.get::<String>(Shelf::Login, key).await, Err(StateFault::Damaged)));
    }
    let _: () = cmd("DEL").arg(&place).query_async(&mut raw).await.unwrap();
    let _: () = raw.lpush(&place, "a list").await.unwrap();
    assert!(matches!(shelves.get::<String>(Shelf::Login, key).await, Err(StateFault::Damaged)));
    let _: () = raw.del(&place).await.unwrap();
    let _: () = raw.set(&place, &whole).await.unwrap();
    assert_eq!(*shelves.get::<String>(Shelf::Login, key).await.unwrap().unwrap(), "value");
}

#[tokio::test]
async fn a_server_that_evicts_is_refused_and_later_not_ready() {
    let evicting = RedisServer::start(&["--maxmemory-policy", "allkeys-lru"]);
    let Err(StateFault::Unfit(why)) = RedisStore::connect(&settings(evicting.url())).await else {
        panic!("connected to a server that evicts")
    };
    assert!(why.contains("allkeys-lru") && why.contains("noeviction"), "{why}");

    let server = RedisServer::start(&[]);
    let shelves = shelves_on(&server).await;
    shelves.ready().await.unwrap();
    let mut raw = server.raw().await;
    let mut change = cmd("CONFIG");
    change.arg("SET").arg("maxmemory-policy").arg("volatile-ttl");
    let _: () = change.query_async(&mut raw).await.unwrap();
    assert!(matches!(shelves.ready().await, Err(StateFault::Unfit(_))));
}

#[tokio::test]
async fn a_server_that_hides_its_settings_is_believed() {
    let server = RedisServer::start(&["--rename-command", "CONFIG", ""]);
    let shelves = shelves_on(&server).await;
    shelves.ready().await.unwrap();
}

#[tokio::test]
async fn a_full_server_refuses_new_entries_and_still_gives_the_old_ones() {
    let server = RedisServer::start(&[]);
    let shelves = shelves_on(&server).await;
    let _ = shelves.put(Shelf::Code, Key::of_parts(&["old"]), &"old", MINUTE).await.unwrap();
    let mut raw = server.raw().await;
    let _: () =
        cmd("CONFIG").arg("SET").arg("maxmemory").arg("1mb").query_async(&mut raw).await.unwrap();
    let put = shelves.put(Shelf::Code, Key::of_parts(&["new"]), &"new", MINUTE).await;
    assert!(matches!(put, Err(StateFault::Full)), "{put:?}");
    let count = shelves.bump(Shelf::Rate, Key::of_parts(&["new"]), MINUTE).await;
    assert!(matches!(count, Err(StateFault::Full)), "{count:?}");
    let old = shelves.take::<String>(Shelf::Code, Key::of_parts(&["old"])).await.unwrap();
    assert_eq!(old.as_deref(), Some("old"));
}

#[tokio::test]
async fn a_server_that_is_gone_is_a_fault_and_one_that_is_back_is_used() {
    let server = RedisServer::start(&[]);
    let shelves = shelves_on(&server).await;
    let key = Key::of_parts(&["id"]);
    let _ = shelves.put(Shelf::Seen, key, &(), MINUTE).await.unwrap();
    let restart = server.crash();
    for _ in 0..3 {
        assert!(matches!(
            shelves.get::<()>(Shelf::Seen, key).await,
            Err(StateFault::Unreachable(_))
        ));
        let put = shelves.put(Shelf::Seen, key, &(), MINUTE).await;
        assert!(matches!(put, Err(StateFault::Unreachable(_))), "an outage is not a free place");
        assert!(shelves.ready().await.is_err());
    }
    let _back = restart(&[]);
    shelves.ready().await.unwrap();
    assert_eq!(shelves.put(Shelf::Seen, key, &(), MINUTE).await.unwrap(), Put::Laid);
}

#[tokio::test]
async fn a_take_whose_answer_is_lost_is_a_fault_and_gives_the_value_at_most_once() {
    let server = RedisServer::start(&[]);
    let hasty = RedisSettings { timeout: Duration::from_millis(100), ..settings(server.url()) };
    let shelves = Arc::new(shelves_at(&hasty, &[7; 32]).await.unwrap());
    let key = Key::of_parts(&["code"]);
    let _ = shelves.put(Shelf::Code, key, &"grant", MINUTE).await.unwrap();
    let mut raw = server.raw().await;
    let _: () = cmd("CLIENT").arg("PAUSE").arg(300).arg("ALL").query_async(&mut raw).await.unwrap();
    let lost = shelves.take::<String>(Shelf::Code, key).await;
    assert!(matches!(lost, Err(StateFault::Unreachable(_))));
    let _: () = cmd("PING").query_async(&mut raw).await.unwrap();
    let mut winners = 0;
    for _ in 0..10 {
        if let Ok(Some(_)) = shelves.take::<String>(Shelf::Code, key).await {
            winners += 1;
        }
    }
    assert!(winners <= 1);
    assert!(shelves.get::<String>(Shelf::Code, key).await.unwrap().is_none());
}

#[tokio::test]
async fn an_address_that_cannot_be_used_says_why_and_hides_its_password() {
    for (url, hint) in [
        ("http://user:hunter2@localhost", "redis+cluster://"),
        ("localhost:6379", "redis://"),
        ("redis+sentinel://user:hunter2@localhost:26379", "master-name"),
        ("redis+sentinel://user:hunter2@localhost:26379/", "master-name"),
        ("redis://user:hunter2@localhost:notaport", "percent-encoded"),
        ("redis://user:hunter2@localhost/notadatabase", "percent-encoded"),
        ("redis+cluster://user:hunter2@:x,b:7000", "percent-encoded"),
    ] {
        let wrong = settings(url);
        assert!(!format!("{wrong:?}").contains("hunter2"));
        let Err(fault) = RedisStore::connect(&wrong).await else { panic!("{url} connected") };
        let told = format!("{fault} {fault:?}");
        assert!(matches!(fault, StateFault::Unfit(_)), "{told}");
        assert!(told.contains(hint), "{url}: {told}");
        assert!(!told.contains("hunter2"), "{told}");
    }
}

#[tokio::test]
async fn a_password_and_a_database_are_taken_from_the_address() {
    let server = RedisServer::start(&["--requirepass", "s3cret@:/"]);
    let open = RedisStore::connect(&settings(server.url())).await;
    assert!(open.is_err(), "connected without a password");
    let url = format!("redis://:s3cret%40%3A%2F@127.0.0.1:{}/3", server.port);
    let shelves = shelves_at(&settings(url), &[7; 32]).await.unwrap();
    assert!(!format!("{shelves:?}").contains("s3cret"));
    let _ = shelves.put(Shelf::Code, Key::of_parts(&["a"]), &"a", MINUTE).await.unwrap();
    assert_eq!(shelves.walk(Shelf::Code).await.unwrap(), 1);
}

#[tokio::test]
async fn deployments_with_different_prefixes_share_a_server() {
    let server = RedisServer::start(&[]);
    let with = |prefix: &str| RedisSettings { prefix: prefix.into(), ..settings(server.url()) };
    let one = shelves_at(&with("varco*"), &[7; 32]).await.unwrap();
    let two = shelves_at(&with("varco-two"), &[7; 32]).await.unwrap();
    let key = Key::of_parts(&["a"]);
    let _ = two.put(Shelf::Code, key, &"two", MINUTE).await.unwrap();
    assert!(one.get::<String>(Shelf::Code, key).await.unwrap().is_none());
    assert_eq!(one.walk(Shelf::Code).await.unwrap(), 0, "a prefix is no pattern");
    assert_eq!(two.walk(Shelf::Code).await.unwrap(), 1);
}

#[tokio::test]
async fn what_was_laid_before_the_server_started_again_gives_nothing_and_frees_nothing() {
    let durable = ["--appendonly", "yes", "--appendfsync", "always"];
    let server = RedisServer::start(&durable);
    let shelves = shelves_on(&server).await;
    let (code, used) = (Key::of_parts(&["code"]), Key::of_parts(&["assertion"]));
    let _ = shelves.put(Shelf::Code, code, &"grant", MINUTE).await.unwrap();
    let _ = shelves.put(Shelf::Seen, used, &(), MINUTE).await.unwrap();
    let server = server.crash()(&durable);
    let mut raw = server.raw().await;
    let keys: Vec<String> = raw.keys("*").await.unwrap();
    assert_eq!(keys.len(), 2, "the server itself remembers");

    while shelves.ready().await.is_err() {}
    assert!(shelves.get::<String>(Shelf::Code, code).await.unwrap().is_none());
    assert!(shelves.take::<String>(Shelf::Code, code).await.unwrap().is_none());
    let replayed = shelves.put(Shelf::Seen, used, &(), MINUTE).await.unwrap();
    assert_eq!(replayed, Put::AlreadyThere, "a mark of use is honoured whatever its epoch");
    let other_node = shelves_on(&server).await;
    let _ = other_node.put(Shelf::Code, code, &"new", MINUTE).await.unwrap();
    let taken = shelves.take::<String>(Shelf::Code, code).await.unwrap();
    assert_eq!(taken.as_deref(), Some("new"), "all nodes are in the same epoch");
}
