//! One multiplexed connection to one server, opened again when it breaks.
//!
//! Not a pool: one connection carries every call of the process at once. Not the client's own
//! reconnecting connection either: that one stays on a connection that fell silent, and never asks
//! Sentinel again who the master is.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use arc_swap::ArcSwapOption;
use redis::aio::MultiplexedConnection;
use redis::sentinel::SentinelClient;
use redis::{AsyncConnectionConfig, Client, Cmd, ConnectionInfo, FromRedisValue, RedisError};
use tokio::sync::Mutex;

use super::address::{self, Watched};
use super::{StateFault, fault};
use crate::crypto::digest::sha256;

/// The connection, and how to open the next one.
pub(super) struct Line {
    origin: Origin,
    current: ArcSwapOption<Open>,
    /// Held while connecting, so that a thousand waiting calls open one connection.
    opening: Mutex<()>,
    config: AsyncConnectionConfig,
    /// Of the server that the last connection led to.
    epoch: AtomicU64,
}

/// A connection, and where it leads.
struct Open {
    connection: MultiplexedConnection,
    server: String,
}

enum Origin {
    Server(Client),
    Master(Mutex<SentinelClient>),
}

impl Line {
    pub(super) fn to_server(
        server: ConnectionInfo,
        ca_pem: Option<&[u8]>,
        timeout: Duration,
    ) -> Result<Self, StateFault> {
        let client = match address::certificates(ca_pem, address::is_tls(&server)) {
            Some(trusted) => Client::build_with_tls(server, trusted),
            None => Client::open(server),
        };
        Ok(Self::new(Origin::Server(client.map_err(fault)?), timeout))
    }

    pub(super) fn to_master(
        watched: Watched,
        ca_pem: Option<&[u8]>,
        timeout: Duration,
    ) -> Result<Self, StateFault> {
        let client = address::sentinel(watched, ca_pem)?;
        Ok(Self::new(Origin::Master(Mutex::new(client)), timeout))
    }

    fn new(origin: Origin, timeout: Duration) -> Self {
        // The whole verb is timed by the store; a second limit on the answer would only blur the cause.
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(timeout))
            .set_response_timeout(None);
        let (current, opening) = (ArcSwapOption::empty(), Mutex::new(()));
        Self { origin, current, opening, config, epoch: AtomicU64::new(0) }
    }

    /// Sends one command and reads its answer. Never repeats it.
    pub(super) async fn ask<T: FromRedisValue>(&self, command: &Cmd) -> Result<T, RedisError> {
        let mut connection = self.connection().await?;
        command.query_async(&mut connection).await.inspect_err(|error| {
            if is_over(error) {
                self.abandon();
            }
        })
    }

    /// Lets the next call open a new connection; calls still waiting on the old one keep it.
    pub(super) fn abandon(&self) {
        self.current.store(None);
    }

    /// Changes when another process answers: a server that started again, or another master.
    pub(super) fn epoch(&self) -> u64 {
        self.epoch.load(Ordering::Acquire)
    }

    /// Asks Sentinel who the master is, and leaves a server that was deposed: it goes on answering for
    /// seconds, and what it is told then is lost. Nothing to ask when there is one server only.
    pub(super) async fn follow(&self) -> Result<(), RedisError> {
        let Origin::Master(sentinels) = &self.origin else { return Ok(()) };
        let master = name(&sentinels.lock().await.async_get_client().await?);
        if self.current.load().as_ref().is_some_and(|open| open.server != master) {
            self.abandon();
        }
        Ok(())
    }

    async fn connection(&self) -> Result<MultiplexedConnection, RedisError> {
        if let Some(open) = self.current.load().as_ref() {
            return Ok(open.connection.clone());
        }
        let _opening = self.opening.lock().await;
        if let Some(open) = self.current.load().as_ref() {
            return Ok(open.connection.clone());
        }
        let client = match &self.origin {
            Origin::Server(client) => client.clone(),
            Origin::Master(sentinels) => sentinels.lock().await.async_get_client().await?,
        };
        let mut connection =
            client.get_multiplexed_async_connection_with_config(&self.config).await?;
        // Before anybody uses the connection: what it reads belongs to this epoch.
        self.epoch.store(run_of(&mut connection).await?, Ordering::Release);
        let open = Open { connection: connection.clone(), server: name(&client) };
        self.current.store(Some(Arc::new(open)));
        Ok(connection)
    }
}

/// The run of the server process, as a number; 0 when it does not tell, as some managed servers do.
async fn run_of(connection: &mut MultiplexedConnection) -> Result<u64, RedisError> {
    let told = redis::cmd("INFO").arg("server").query_async::<String>(connection).await;
    let told = match told {
        Err(refusal) if refusal.code().is_some() => String::new(),
        told => told?,
    };
    let run = told.lines().find_map(|line| line.strip_prefix("run_id:"));
    let Some(run) = run.map(str::trim) else { return Ok(0) };
    let digest = sha256(run.as_bytes());
    Ok(digest.first_chunk().map_or(0, |octets| u64::from_be_bytes(*octets)))
}

/// The address of a server, to compare.
fn name(client: &Client) -> String {
    client.get_connection_info().addr().to_string()
}

/// Whether this connection will not serve the next call either: it broke, or the server behind it is
/// no longer the master.
fn is_over(error: &RedisError) -> bool {
    error.is_io_error() || error.is_unrecoverable_error() || error.code() == Some("READONLY")
}
