//! Connection strings: which servers, how protected, with which credentials.
//!
//! Not connections: nothing here talks. No error repeats the string, for it may hold a password.

use std::time::Duration;

use redis::cluster::{ClusterClient, ClusterClientBuilder};
use redis::sentinel::{SentinelClient, SentinelClientBuilder, SentinelServerType};
use redis::{ConnectionAddr, ConnectionInfo, IntoConnectionInfo, TlsCertificates, TlsMode};
use url::Url;

use super::{StateFault, fault};

/// What a connection string says.
pub(super) enum Address {
    /// One server.
    Server(Box<ConnectionInfo>),
    /// A master watched by Sentinel.
    Sentinel(Box<Watched>),
    /// The first nodes of a cluster.
    Cluster(Vec<ConnectionInfo>),
}

/// A master and those who know its address.
pub(super) struct Watched {
    sentinels: Vec<ConnectionInfo>,
    /// The name of the master.
    name: String,
    /// Credentials for the Sentinels themselves, from the query.
    sentinel_username: Option<String>,
    sentinel_password: Option<String>,
}

impl Address {
    /// Reads a connection string.
    pub(super) fn parse(text: &str) -> Result<Self, StateFault> {
        let (scheme, rest) = text.split_once("://").ok_or_else(unknown_scheme)?;
        match scheme {
            "redis" | "rediss" | "redis+unix" => Ok(Self::Server(Box::new(node(text)?))),
            "redis+cluster" => Ok(Self::Cluster(nodes("redis", rest)?)),
            "rediss+cluster" => Ok(Self::Cluster(nodes("rediss", rest)?)),
            "redis+sentinel" => Ok(Self::Sentinel(Box::new(watched("redis", rest)?))),
            "rediss+sentinel" => Ok(Self::Sentinel(Box::new(watched("rediss", rest)?))),
            _ => Err(unknown_scheme()),
        }
    }
}

/// The certificates to trust, when TLS is on and the authority is a private one.
pub(super) fn certificates(ca_pem: Option<&[u8]>, tls: bool) -> Option<TlsCertificates> {
    let root_cert = ca_pem.filter(|_| tls).map(<[u8]>::to_vec)?;
    Some(TlsCertificates { client_tls: None, root_cert: Some(root_cert) })
}

/// Whether that server is reached over TLS.
pub(super) fn is_tls(server: &ConnectionInfo) -> bool {
    matches!(server.addr(), ConnectionAddr::TcpTls { .. })
}

/// A client that asks Sentinel where the master is.
pub(super) fn sentinel(
    watched: Watched,
    ca_pem: Option<&[u8]>,
) -> Result<SentinelClient, StateFault> {
    let first = watched.sentinels.first().ok_or_else(no_server)?;
    let tls = is_tls(first);
    let to_master = first.redis_settings().clone();
    let addresses = watched.sentinels.iter().map(|sentinel| sentinel.addr().clone());
    let mut client =
        SentinelClientBuilder::new(addresses, &watched.name, SentinelServerType::Master)
            .map_err(fault)?
            .set_client_to_redis_db(to_master.db());
    if let Some(username) = to_master.username() {
        client = client.set_client_to_redis_username(username);
    }
    if let Some(password) = to_master.password() {
        client = client.set_client_to_redis_password(password);
    }
    if let Some(username) = watched.sentinel_username {
        client = client.set_client_to_sentinel_username(username);
    }
    if let Some(password) = watched.sentinel_password {
        client = client.set_client_to_sentinel_password(password);
    }
    if tls {
        client = client
            .set_client_to_redis_tls_mode(TlsMode::Secure)
            .set_client_to_sentinel_tls_mode(TlsMode::Secure);
    }
    if let Some(trusted) = certificates(ca_pem, tls) {
        client = client
            .set_client_to_redis_certificates(trusted.clone())
            .set_client_to_sentinel_certificates(trusted);
    }
    client.build().map_err(fault)
}

/// A client that knows which node holds which key.
pub(super) fn cluster(
    nodes: Vec<ConnectionInfo>,
    ca_pem: Option<&[u8]>,
    timeout: Duration,
) -> Result<ClusterClient, StateFault> {
    let tls = nodes.first().is_some_and(is_tls);
    let mut builder = ClusterClientBuilder::new(nodes)
        .connection_timeout(timeout)
        .response_timeout(timeout)
        .retries(REDIRECTIONS);
    if let Some(trusted) = certificates(ca_pem, tls) {
        builder = builder.certs(trusted);
    }
    builder.build().map_err(fault)
}

/// `user:password@host:port,host:port/path`: one address for each host, all with the same rest.
fn nodes(scheme: &str, rest: &str) -> Result<Vec<ConnectionInfo>, StateFault> {
    let (authority, path) =
        rest.find(['/', '?']).and_then(|at| rest.split_at_checked(at)).unwrap_or((rest, ""));
    let (credentials, hosts) = match authority.rsplit_once('@') {
        Some((credentials, hosts)) => (format!("{credentials}@"), hosts),
        None => (String::new(), authority),
    };
    hosts.split(',').map(|host| node(&format!("{scheme}://{credentials}{host}{path}"))).collect()
}

fn node(text: &str) -> Result<ConnectionInfo, StateFault> {
    let unreadable = || {
        StateFault::Unfit(
            "its address cannot be read: write scheme://user:password@host:port/database, with \
             special characters percent-encoded"
                .to_owned(),
        )
    };
    let url = Url::parse(text).map_err(|_| unreadable())?;
    if url.scheme() != "redis+unix" && url.host_str().is_none_or(str::is_empty) {
        return Err(no_server());
    }
    url.into_connection_info().map_err(|_| unreadable())
}

fn watched(scheme: &str, rest: &str) -> Result<Watched, StateFault> {
    // The path names the master, where the path of one server numbers a database.
    let (authority, path) = rest.split_once('/').ok_or_else(no_master)?;
    let (name, query) = path.split_once('?').unwrap_or((path, ""));
    if name.is_empty() {
        return Err(no_master());
    }
    let query = Url::parse(&format!("redis://host/?{query}")).map_err(|_| no_master())?;
    let option =
        |name: &str| query.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value);
    let database = option("db").unwrap_or_default();
    Ok(Watched {
        sentinels: nodes(scheme, &format!("{authority}/{database}"))?,
        name: name.to_owned(),
        sentinel_username: option("sentinel_username").map(Into::into),
        sentinel_password: option("sentinel_password").map(Into::into),
    })
}

fn unknown_scheme() -> StateFault {
    StateFault::Unfit(
        "its address must start with redis://, rediss://, redis+unix://, redis+sentinel://, \
         rediss+sentinel://, redis+cluster:// or rediss+cluster://"
            .to_owned(),
    )
}

fn no_master() -> StateFault {
    StateFault::Unfit(
        "a Sentinel address names the master: redis+sentinel://host:port,host:port/master-name"
            .to_owned(),
    )
}

fn no_server() -> StateFault {
    StateFault::Unfit("its address names no server".to_owned())
}

/// How often one verb may be sent on to another node while a cluster moves its keys.
const REDIRECTIONS: u32 = 3;
