//! Redis in its larger forms: TLS with a private authority, Cluster, Sentinel with a failover.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::process::Command;
use std::time::Duration;

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use varco::crypto::sealing::Sealer;
use varco::effects::Effects;
use varco::state::{Key, Put, RedisSettings, RedisStore, Shelf, Shelves, StateFault, Store};

use crate::fixture_redis::{RedisServer, TempDir, free_port, settings};

/// Longer than any of these tests takes: nothing may expire while servers change their roles.
const HOUR: Duration = Duration::from_hours(1);

async fn shelves_at(settings: &RedisSettings) -> Result<Shelves, StateFault> {
    let store = Store::Redis(Box::new(RedisStore::connect(settings).await?));
    Ok(Shelves::new(store, Sealer::new(&[7; 32]).unwrap(), Effects::real()))
}

/// Every verb, on enough keys that a cluster needs all its nodes.
async fn use_every_verb(shelves: &Shelves) {
    for number in 0..60 {
        let key = Key::of_parts(&[&number.to_string()]);
        assert_eq!(shelves.put(Shelf::Code, key, &number, HOUR).await.unwrap(), Put::Laid);
        assert_eq!(shelves.put(Shelf::Code, key, &0, HOUR).await.unwrap(), Put::AlreadyThere);
        let seen = shelves.get::<i32>(Shelf::Code, key).await.unwrap().unwrap();
        assert!(shelves.swap(Shelf::Code, key, &seen, &(number + 1), HOUR).await.unwrap());
        assert!(!shelves.swap(Shelf::Code, key, &seen, &0, HOUR).await.unwrap());
        assert_eq!(shelves.bump(Shelf::Rate, key, HOUR).await.unwrap(), 1);
        assert_eq!(shelves.bump(Shelf::Rate, key, HOUR).await.unwrap(), 2);
    }
    assert_eq!(shelves.walk(Shelf::Code).await.unwrap(), 60);
    for number in 0..60 {
        let key = Key::of_parts(&[&number.to_string()]);
        assert_eq!(shelves.take::<i32>(Shelf::Code, key).await.unwrap(), Some(number + 1));
        assert_eq!(shelves.take::<i32>(Shelf::Code, key).await.unwrap(), None);
    }
    shelves.ready().await.unwrap();
}

/// An authority, and the files of a server it vouches for.
fn certificates(dir: &TempDir) -> String {
    let authority_key = KeyPair::generate().unwrap();
    let mut authority = CertificateParams::new(Vec::new()).unwrap();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let ca_pem = authority.self_signed(&authority_key).unwrap().pem();
    let issuer = Issuer::new(authority, authority_key);
    let key = KeyPair::generate().unwrap();
    let names = vec!["localhost".to_owned(), "127.0.0.1".to_owned()];
    let server = CertificateParams::new(names).unwrap().signed_by(&key, &issuer).unwrap();
    std::fs::write(dir.0.join("ca.pem"), &ca_pem).unwrap();
    std::fs::write(dir.0.join("server.pem"), server.pem()).unwrap();
    std::fs::write(dir.0.join("server.key"), key.serialize_pem()).unwrap();
    ca_pem
}

#[tokio::test]
async fn over_tls_only_the_private_authority_is_trusted() {
    // Another test may have installed it already.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let files = TempDir::new();
    let ca_pem = certificates(&files);
    let path = |name: &str| files.0.join(name).to_str().unwrap().to_owned();
    let (tls_port, ca, cert, key) =
        (free_port(), path("ca.pem"), path("server.pem"), path("server.key"));
    let port_text = tls_port.to_string();
    let _server = RedisServer::start(&[
        "--tls-port",
        &port_text,
        "--tls-cert-file",
        &cert,
        "--tls-key-file",
        &key,
        "--tls-ca-cert-file",
        &ca,
        "--tls-auth-clients",
        "no",
    ]);
    let url = format!("rediss://127.0.0.1:{tls_port}");
    let trusting = RedisSettings { ca_pem: Some(ca_pem.into_bytes()), ..settings(&url) };
    use_every_verb(&shelves_at(&trusting).await.unwrap()).await;

    let public = shelves_at(&settings(&url)).await;
    assert!(matches!(public, Err(StateFault::Unreachable(_))), "an unknown authority was trusted");
    let other = TempDir::new();
    let stranger =
        RedisSettings { ca_pem: Some(certificates(&other).into_bytes()), ..settings(&url) };
    assert!(matches!(shelves_at(&stranger).await, Err(StateFault::Unreachable(_))));
    let broken = RedisSettings { ca_pem: Some(b"no certificate".to_vec()), ..settings(&url) };
    assert!(shelves_at(&broken).await.is_err());
}

#[tokio::test]
async fn a_cluster_of_three_keeps_every_verb() {
    let nodes: Vec<_> = (0..3)
        .map(|_| {
            let bus = free_port().to_string();
            RedisServer::start(&["--cluster-enabled", "yes", "--cluster-port", &bus])
        })
        .collect();
    let addresses: Vec<_> = nodes.iter().map(|node| format!("127.0.0.1:{}", node.port)).collect();
    let created = Command::new("redis-cli")
        .args(["--cluster", "create"])
        .args(&addresses)
        .arg("--cluster-yes")
        .output()
        .unwrap_or_else(|error| {
            panic!("this test needs `redis-cli` (apt install redis-tools): {error}")
        });
    let said = String::from_utf8_lossy(&created.stdout);
    assert!(created.status.success(), "{said}");

    let url = format!("redis+cluster://{}", addresses.join(","));
    let mut shelves = shelves_at(&settings(&url)).await;
    for _ in 0..10_000 {
        // The nodes agree on their slots a moment after the command that gave them out ended.
        let Ok(joined) = &shelves else { break };
        if joined.put(Shelf::Seen, Key::of_parts(&["joined"]), &(), HOUR).await.is_ok() {
            break;
        }
        shelves = shelves_at(&settings(&url)).await;
    }
    use_every_verb(&shelves.unwrap()).await;

    let mut raw = nodes[1].raw().await;
    let mut change = redis::cmd("CONFIG");
    change.arg("SET").arg("maxmemory-policy").arg("allkeys-lru");
    let _: () = change.query_async(&mut raw).await.unwrap();
    let refused = shelves_at(&settings(&url)).await;
    assert!(matches!(refused, Err(StateFault::Unfit(_))), "one of the nodes evicts");
}

#[tokio::test]
async fn after_a_failover_sentinel_is_asked_again() {
    let master = RedisServer::start(&[]);
    let of = master.port.to_string();
    let replica = RedisServer::start(&["--replicaof", &format!("127.0.0.1 {of}")]);
    until_linked(&replica).await;
    let sentinel = RedisServer::start_sentinel("varco", master.port);
    let url = format!("redis+sentinel://127.0.0.1:{}/varco", sentinel.port);
    let shelves = shelves_at(&settings(&url)).await.unwrap();
    use_every_verb(&shelves).await;
    let mut on_master = master.raw().await;
    let keys: u64 = redis::cmd("DBSIZE").query_async(&mut on_master).await.unwrap();
    assert_eq!(keys, 60, "the counters stand on the master");

    let code = Key::of_parts(&["code"]);
    let _ = shelves.put(Shelf::Code, code, &"grant", HOUR).await.unwrap();
    assert!(shelves.get::<String>(Shelf::Code, code).await.unwrap().is_some());
    // What a replica has not heard of is lost with its master.
    let mut on_replica = replica.raw().await;
    let mut held = 0;
    for _ in 0..1_000_000 {
        held = redis::cmd("DBSIZE").query_async(&mut on_replica).await.unwrap();
        if held == 61 {
            break;
        }
    }
    assert_eq!(held, 61, "the replica follows");
    let mut events = Events::of(&sentinel);
    events.say("SUBSCRIBE +switch-master +slave");
    let mut orders = Events::of(&sentinel);
    // Until it knows the replica, Sentinel refuses; it hears of it from the master within a second.
    loop {
        orders.say("SENTINEL FAILOVER varco");
        if orders.line().starts_with("+OK") {
            break;
        }
    }
    while !events.line().contains(&format!("varco 127.0.0.1 {of} 127.0.0.1 {}", replica.port)) {}

    // The deposed master still answers: only asking Sentinel shows that it is one.
    let mut after = Err(StateFault::Full);
    for _ in 0..1_000_000 {
        if shelves.ready().await.is_ok() {
            after = shelves.put(Shelf::Seen, Key::of_parts(&["after"]), &(), HOUR).await;
            break;
        }
    }
    assert_eq!(after.unwrap(), Put::Laid);
    // A promotion ends the connections of clients.
    let mut on_replica = replica.raw().await;
    let keys: u64 = redis::cmd("DBSIZE").query_async(&mut on_replica).await.unwrap();
    assert_eq!(keys, 62, "the new master was written to");
    let replayed = shelves.take::<String>(Shelf::Code, code).await.unwrap();
    assert!(replayed.is_none(), "it may have been redeemed at the old master: it is not any more");
}

async fn until_linked(replica: &RedisServer) {
    let mut raw = replica.raw().await;
    for _ in 0..1_000_000 {
        let mut question = redis::cmd("INFO");
        let told: String = question.arg("replication").query_async(&mut raw).await.unwrap();
        if told.contains("master_link_status:up") {
            return;
        }
    }
    panic!("the replica never reached its master");
}

/// A bare connection, read line by line: events arrive without asking.
struct Events(BufReader<TcpStream>);

impl Events {
    fn of(server: &RedisServer) -> Self {
        Self(BufReader::new(TcpStream::connect(("127.0.0.1", server.port)).unwrap()))
    }

    fn say(&mut self, line: &str) {
        self.0.get_mut().write_all(format!("{line}\r\n").as_bytes()).unwrap();
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        assert_ne!(self.0.read_line(&mut line).unwrap(), 0, "the server hung up");
        line
    }
}
