//! The shelves in Redis: one server, Sentinel or Cluster, with or without TLS.
//!
//! Not a cache: eviction would be a replay, so a server that evicts is refused. Every verb is one
//! command on one key, so Cluster needs no hash tags. No verb is repeated after its reply was lost:
//! the caller hears that the store did not answer, and the value stays consumed. (The Cluster client
//! follows redirections by itself; should it repeat a verb that was carried out, the repetition can
//! only find the entry there, gone or changed, and so only refuse.)

mod address;
mod line;

use std::collections::HashMap;
use std::time::Duration;

use redis::cluster_async::ClusterConnection;
use redis::cluster_routing::{MultipleNodeRoutingInfo, RoutingInfo, SingleNodeRoutingInfo};
use redis::{Cmd, FromRedisValue, RedisError, Value, cmd};

use self::address::Address;
use self::line::Line;
use super::{Digest, Shelf, StateFault, Verbs, lifetime_millis};
use crate::crypto::digest::base64url;

/// How to reach Redis.
#[derive(Clone)]
pub struct RedisSettings {
    /// `redis://`, `rediss://`, `redis+unix://`, `redis+sentinel://host:port,host:port/master-name` or
    /// `redis+cluster://host:port,host:port` (and `rediss+…`). It may hold a password.
    pub url: String,
    /// What every key starts with, so that several deployments can share a server.
    pub prefix: String,
    /// How long one verb may take, connecting included.
    pub timeout: Duration,
    /// PEM of the certificate authority of the server, when it is a private one.
    pub ca_pem: Option<Vec<u8>>,
}

/// The store.
pub struct RedisStore {
    link: Link,
    prefix: String,
    timeout: Duration,
}

enum Link {
    /// One server, or the master that Sentinel names.
    Line(Box<Line>),
    /// Many servers; the client knows which holds which key.
    Cluster(ClusterConnection),
}

impl RedisStore {
    /// Connects, and checks that the server never evicts.
    ///
    /// # Errors
    /// [`StateFault::Unfit`] when the address is wrong or the server would evict,
    /// [`StateFault::Unreachable`] when it does not answer.
    pub async fn connect(settings: &RedisSettings) -> Result<Self, StateFault> {
        let address = Address::parse(&settings.url)?;
        let ca_pem = settings.ca_pem.as_deref();
        let timeout = settings.timeout;
        let link = match address {
            Address::Cluster(nodes) => {
                let client = address::cluster(nodes, ca_pem, timeout)?;
                Link::Cluster(within(timeout, client.get_async_connection()).await?)
            }
            Address::Server(server) => {
                Link::Line(Box::new(Line::to_server(*server, ca_pem, timeout)?))
            }
            Address::Sentinel(watched) => {
                Link::Line(Box::new(Line::to_master(*watched, ca_pem, timeout)?))
            }
        };
        let store = Self { link, prefix: settings.prefix.clone(), timeout };
        store.ready().await?;
        if !store.checks_eviction().await? {
            tracing::warn!(
                "the Redis server does not tell its maxmemory-policy: be sure it is noeviction"
            );
        }
        Ok(store)
    }

    fn key(&self, shelf: Shelf, key: &Digest) -> String {
        format!("{}:{}:{}", self.prefix, shelf.name(), base64url(key))
    }

    /// One command, routed by its key.
    async fn ask<T: FromRedisValue>(&self, command: &Cmd) -> Result<T, StateFault> {
        match &self.link {
            Link::Line(line) => {
                within(self.timeout, line.ask(command)).await.inspect_err(|fault| {
                    if matches!(fault, StateFault::Unreachable(cause) if cause.is::<Late>()) {
                        line.abandon();
                    }
                })
            }
            Link::Cluster(nodes) => {
                within(self.timeout, command.query_async(&mut nodes.clone())).await
            }
        }
    }

    /// One command to every master; one answer from each, with the address it came from.
    async fn ask_all(&self, command: &Cmd) -> Result<Vec<(String, Value)>, StateFault> {
        let Link::Cluster(nodes) = &self.link else {
            return Ok(vec![(String::new(), self.ask(command).await?)]);
        };
        let everywhere = RoutingInfo::MultiNode((MultipleNodeRoutingInfo::AllMasters, None));
        let mut nodes = nodes.clone();
        let answers =
            within(self.timeout, nodes.route_command(command.clone(), everywhere)).await?;
        let Value::Map(answers) = answers else { return Err(StateFault::Damaged) };
        let read = |(node, answer)| Ok((redis::from_redis_value(node)?, answer));
        answers.into_iter().map(read).collect::<Result<_, _>>().map_err(|_: redis::ParsingError| {
            StateFault::Unfit("a node of the cluster has no readable address".to_owned())
        })
    }

    /// One command to the node at `node`.
    async fn ask_node(&self, command: &Cmd, node: &str) -> Result<Value, StateFault> {
        match (&self.link, node.rsplit_once(':')) {
            (Link::Cluster(nodes), Some((host, port))) => {
                let host = host.to_owned();
                let port = port.parse().unwrap_or(6379);
                let there =
                    RoutingInfo::SingleNode(SingleNodeRoutingInfo::ByAddress { host, port });
                let mut nodes = nodes.clone();
                within(self.timeout, nodes.route_command(command.clone(), there)).await
            }
            _ => self.ask(command).await,
        }
    }

    /// A server that evicts would forget marks of use: it is refused. `false` when it does not tell.
    async fn checks_eviction(&self) -> Result<bool, StateFault> {
        let mut question = cmd("CONFIG");
        question.arg("GET").arg("maxmemory-policy");
        let answers = match self.ask_all(&question).await {
            Err(StateFault::Unreachable(cause)) if is_refusal(cause.as_ref()) => return Ok(false),
            answers => answers?,
        };
        let mut told = true;
        for (_, answer) in answers {
            let settings = redis::from_redis_value::<HashMap<String, String>>(answer);
            match settings.ok().and_then(|mut settings| settings.remove("maxmemory-policy")) {
                Some(policy) if policy == "noeviction" => {}
                Some(policy) => return Err(StateFault::Unfit(evicts(&policy))),
                None => told = false,
            }
        }
        Ok(told)
    }

    /// How many keys of one node match.
    async fn walk_node(&self, node: &str, pattern: &str) -> Result<u64, StateFault> {
        let mut cursor = 0_u64;
        let mut count = 0_u64;
        loop {
            let mut scan = cmd("SCAN");
            scan.arg(cursor).arg("MATCH").arg(pattern).arg("COUNT").arg(1000);
            let answer = self.ask_node(&scan, node).await?;
            let (next, keys): (u64, Vec<Value>) =
                redis::from_redis_value(answer).map_err(|_| StateFault::Damaged)?;
            count += keys.len() as u64;
            if next == 0 {
                return Ok(count);
            }
            cursor = next;
        }
    }
}

impl Verbs for RedisStore {
    async fn put(
        &self,
        shelf: Shelf,
        key: &Digest,
        sealed: &[u8],
        lives: Duration,
    ) -> Result<bool, StateFault> {
        let mut set = cmd("SET");
        set.arg(self.key(shelf, key)).arg(sealed).arg("NX").arg("PX").arg(lifetime_millis(lives));
        Ok(self.ask::<Option<String>>(&set).await?.is_some())
    }

    async fn get(&self, shelf: Shelf, key: &Digest) -> Result<Option<Vec<u8>>, StateFault> {
        self.ask(cmd("GET").arg(self.key(shelf, key))).await
    }

    async fn swap(
        &self,
        shelf: Shelf,
        key: &Digest,
        seen: &[u8],
        sealed: &[u8],
        lives: Duration,
    ) -> Result<bool, StateFault> {
        let mut swap = cmd("EVAL");
        swap.arg(SWAP).arg(1).arg(self.key(shelf, key));
        swap.arg(seen).arg(sealed).arg(lifetime_millis(lives));
        self.ask(&swap).await
    }

    async fn take(&self, shelf: Shelf, key: &Digest) -> Result<Option<Vec<u8>>, StateFault> {
        self.ask(cmd("GETDEL").arg(self.key(shelf, key))).await
    }

    async fn bump(&self, shelf: Shelf, key: &Digest, window: Duration) -> Result<u64, StateFault> {
        let mut bump = cmd("EVAL");
        bump.arg(BUMP).arg(1).arg(self.key(shelf, key)).arg(lifetime_millis(window));
        self.ask(&bump).await
    }

    async fn walk(&self, shelf: Shelf) -> Result<u64, StateFault> {
        let pattern = format!("{}:{}:*", literally(&self.prefix), shelf.name());
        let mut count = 0;
        for (node, _) in self.ask_all(&cmd("PING")).await? {
            count += self.walk_node(&node, &pattern).await?;
        }
        Ok(count)
    }

    async fn ready(&self) -> Result<(), StateFault> {
        if let Link::Line(line) = &self.link {
            within(self.timeout, line.follow()).await?;
        }
        for (_, answer) in self.ask_all(&cmd("PING")).await? {
            if let Value::ServerError(refusal) = answer {
                return Err(fault(RedisError::from(refusal)));
            }
        }
        self.checks_eviction().await.map(|_| ())
    }

    /// The run of the server. A cluster has none: its client changes servers without a word, so a
    /// cluster needs replicas that confirm writes (`min-replicas-to-write 1`) to keep this promise.
    fn epoch(&self) -> u64 {
        match &self.link {
            Link::Line(line) => line.epoch(),
            Link::Cluster(_) => 0,
        }
    }
}

impl std::fmt::Debug for RedisStore {
    /// Neither addresses nor credentials.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RedisStore")
    }
}

impl std::fmt::Debug for RedisSettings {
    /// The address may hold a password.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RedisSettings")
            .field("prefix", &self.prefix)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}

/// It took longer than the settings allow.
#[derive(Debug, thiserror::Error)]
#[error("no answer within {0:?}")]
struct Late(Duration);

async fn within<T>(
    timeout: Duration,
    answer: impl Future<Output = Result<T, RedisError>>,
) -> Result<T, StateFault> {
    match tokio::time::timeout(timeout, answer).await {
        Ok(answer) => answer.map_err(fault),
        Err(_) => Err(StateFault::Unreachable(Box::new(Late(timeout)))),
    }
}

fn fault(error: RedisError) -> StateFault {
    match error.code() {
        Some("OOM") => StateFault::Full,
        Some("WRONGTYPE") => StateFault::Damaged,
        _ if error.kind() == redis::ErrorKind::InvalidClientConfig => {
            // Without its detail, which may repeat the address.
            StateFault::Unfit("its address or certificate cannot be used".to_owned())
        }
        _ => StateFault::Unreachable(Box::new(error)),
    }
}

/// Whether the server answered, and the answer is that this is not for us: managed servers hide CONFIG.
fn is_refusal(cause: &(dyn std::error::Error + 'static)) -> bool {
    cause.downcast_ref::<RedisError>().is_some_and(|error| error.code().is_some())
}

fn evicts(policy: &str) -> String {
    format!(
        "maxmemory-policy is {policy}; set it to noeviction: an evicted mark of use is a replay"
    )
}

/// A name as a pattern that matches only itself.
fn literally(name: &str) -> String {
    let mut pattern = String::with_capacity(name.len());
    for letter in name.chars() {
        if matches!(letter, '*' | '?' | '[' | ']' | '\\' | '^') {
            pattern.push('\\');
        }
        pattern.push(letter);
    }
    pattern
}

/// Compare and set. The lifetime starts again, as with `put`.
const SWAP: &str = "if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end \
     redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3]) return 1";

/// Count, and let the first count start the window: in one step, so no counter lives for ever.
const BUMP: &str = "local count = redis.call('INCR', KEYS[1]) \
     if count == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end return count";
