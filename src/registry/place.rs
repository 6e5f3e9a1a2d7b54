//! Where the records are kept: a SQLite file of one node, or a PostgreSQL database that nodes share.
//!
//! Not what is kept there: both have the same tables, made by the same migrations, and are asked the same
//! statements.

use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::Once;
use std::time::Duration;

use sqlx::any::{AnyConnectOptions, AnyPoolOptions};
use sqlx::{AnyConnection, AnyPool, AssertSqlSafe, Executor as _};

use super::PostgresAddress;

/// Where the records are.
#[derive(Clone, Debug)]
pub enum RegistryPlace {
    /// A SQLite file of this machine.
    File(PathBuf),
    /// A PostgreSQL database.
    Server(Box<PostgresAddress>),
}

impl RegistryPlace {
    /// The connections to it. A file that is not there is made, for nobody else to read.
    pub(super) async fn connect(&self) -> Result<AnyPool, sqlx::Error> {
        if let Self::File(file) = self {
            // What SQLite keeps beside it inherits the permissions.
            let own =
                std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(file);
            if let Err(cause) = own
                && cause.kind() != std::io::ErrorKind::AlreadyExists
            {
                return Err(sqlx::Error::Io(cause));
            }
        }
        self.reach().await
    }

    /// The connections to it, without making anything.
    pub(super) async fn reach(&self) -> Result<AnyPool, sqlx::Error> {
        static DRIVERS: Once = Once::new();
        DRIVERS.call_once(sqlx::any::install_default_drivers);
        let (address, connections, preparation) = match self {
            Self::File(file) => (address_of(file), WRITERS, SQLITE.to_owned()),
            Self::Server(address) => (address.reveal().to_owned(), CONNECTIONS, postgresql()),
        };
        let options: AnyConnectOptions = address.parse()?;
        AnyPoolOptions::new()
            .max_connections(connections)
            .acquire_timeout(PATIENCE)
            .after_connect(move |connection: &mut AnyConnection, _| {
                let preparation = AssertSqlSafe(preparation.clone());
                Box::pin(async move { connection.execute(preparation).await.map(drop) })
            })
            .connect_with(options)
            .await
    }

    /// The file, where there is one.
    #[must_use]
    pub fn file(&self) -> Option<&Path> {
        match self {
            Self::File(file) => Some(file),
            Self::Server(_) => None,
        }
    }

    /// Whether there is a file that anybody on this machine can read.
    pub(super) fn is_exposed(&self) -> bool {
        let found = self.file().and_then(|file| std::fs::metadata(file).ok());
        found.is_some_and(|found| found.mode() & FOR_OTHERS != 0)
    }
}

/// The file's path; of a server nothing, for its address holds a password.
impl std::fmt::Display for RegistryPlace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::File(file) => file.display().fmt(f),
            Self::Server(_) => f.write_str("the registry's PostgreSQL database"),
        }
    }
}

/// The address of a file, every octet that could mean something else written as `%XX`.
fn address_of(file: &Path) -> String {
    use std::fmt::Write as _;
    let mut address = "sqlite:".to_owned();
    for octet in file.as_os_str().as_bytes() {
        if octet.is_ascii_alphanumeric() || b"/-_.".contains(octet) {
            address.push(char::from(*octet));
        } else {
            let _ = write!(address, "%{octet:02X}");
        }
    }
    address
}

fn postgresql() -> String {
    let limit = PATIENCE.as_millis();
    format!(
        "SET application_name = 'varco'; SET statement_timeout = {limit}; SET lock_timeout = {limit}; \
         SET synchronous_commit = on"
    )
}

/// What was answered is on the disk, and readers do not wait for a writer.
const SQLITE: &str =
    "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL";

/// A write takes a few milliseconds, and one at a time is written.
const WRITERS: u32 = 4;
/// Of one node to a server.
const CONNECTIONS: u32 = 8;
/// How long a write waits for others, on this node and on others.
const PATIENCE: Duration = Duration::from_secs(5);
/// The permissions of whoever is neither the owner nor of the group.
const FOR_OTHERS: u32 = 0o007;
