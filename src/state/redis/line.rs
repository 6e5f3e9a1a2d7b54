//! One multiplexed connection to one server, opened again when it breaks.
//!
//! Not a pool: one connection carries every call of the process at once. Not the client's own
//! reconnecting connection either: that one stays on a connection that fell silent, and never asks
//! Sentinel again who the master is.

use std::time::Duration;

use arc_swap::ArcSwapOption;
use redis::aio::MultiplexedConnection;
use redis::sentinel::SentinelClient;
use redis::{AsyncConnectionConfig, Client, Cmd, ConnectionInfo, FromRedisValue, RedisError};
use tokio::sync::Mutex;

use super::address::{self, Watched};
use super::{StateFault, fault};

/// The connection, and how to open the next one.
pub(super) struct Line {
    origin: Origin,
    current: ArcSwapOption<MultiplexedConnection>,
    /// Held while connecting, so that a thousand waiting calls open one connection.
    opening: Mutex<()>,
    config: AsyncConnectionConfig,
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
        Self { origin, current: ArcSwapOption::empty(), opening: Mutex::new(()), config }
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

    async fn connection(&self) -> Result<MultiplexedConnection, RedisError> {
        if let Some(connection) = self.current.load_full() {
            return Ok(connection.as_ref().clone());
        }
        let _opening = self.opening.lock().await;
        if let Some(connection) = self.current.load_full() {
            return Ok(connection.as_ref().clone());
        }
        let opened = match &self.origin {
            Origin::Server(client) => {
                client.get_multiplexed_async_connection_with_config(&self.config).await?
            }
            Origin::Master(sentinels) => {
                sentinels.lock().await.get_async_connection_with_config(&self.config).await?
            }
        };
        self.current.store(Some(opened.clone().into()));
        Ok(opened)
    }
}

/// Whether this connection will not serve the next call either: it broke, or the server behind it is
/// no longer the master.
fn is_over(error: &RedisError) -> bool {
    error.is_io_error() || error.is_unrecoverable_error() || error.code() == Some("READONLY")
}
