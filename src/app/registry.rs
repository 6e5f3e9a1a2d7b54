//! The registry: opened when something needs it, what a look at it finds, and `varco registry backup` and
//! `restore`.
//!
//! Not what is kept there: dynamic registration, matching and first logins each know that.

use std::fs::OpenOptions;
use std::io::{BufReader, BufWriter, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::sync::Arc;

use secrecy::{ExposeSecret as _, SecretSlice};

use super::{StartFault, router};
use crate::config::Config;
use crate::crypto::sealing::Sealer;
use crate::effects::Effects;
use crate::registry::{BackupFault, Condition, Registry, RegistryPlace};

/// Whether anything needs it.
pub(super) fn is_needed(config: &Config) -> bool {
    config.registration.is_some()
        || config.persons.needs_a_registry()
        || config.audit.is_some()
        || config.delegation.is_some()
        || config.helpdesk.is_some()
        || config.telephone_pins
        || config.upstreams.helpdesk.is_some()
}

/// Opens it where anything needs it.
pub(super) async fn open_needed(
    config: &Config,
    sealer: &Sealer,
    fx: &Effects,
) -> Result<Option<Arc<Registry>>, StartFault> {
    if is_needed(config) {
        Ok(Some(Arc::new(open(&config.registry, sealer, fx).await?)))
    } else {
        Ok(None)
    }
}

/// Opens it, sealed under a key of its own.
pub(super) async fn open(
    place: &RegistryPlace,
    sealer: &Sealer,
    fx: &Effects,
) -> Result<Registry, StartFault> {
    let wrong = |cause: String| {
        let remedy = match place {
            RegistryPlace::File(_) => "the folder must be the broker's to write in",
            RegistryPlace::Server(_) => "it must answer, and let the broker make tables there",
        };
        StartFault::Part(format!("{place}: {cause}; {remedy}"))
    };
    let own = Sealer::new(sealer.derive("registry").as_slice());
    let own = own.ok_or_else(|| wrong("no key".to_owned()))?;
    Registry::open(place, own, fx.clone()).await.map_err(|cause| wrong(cause.to_string()))
}

/// What a look at it finds, without making or changing anything.
pub(super) async fn examine(
    place: &RegistryPlace,
    sealing: &SecretSlice<u8>,
    fx: &Effects,
) -> Result<Condition, String> {
    let own = Sealer::new(sealing.expose_secret())
        .and_then(|sealer| Sealer::new(sealer.derive("registry").as_slice()));
    let own = own.ok_or("secrets.sealing is short")?;
    Registry::examine(place, own, fx.clone()).await.map_err(|cause| format!("{place}: {cause}"))
}

/// Writes every record into a file that is not there yet, for nobody else to read.
pub(super) fn back_up(path: &Path, to: &Path, fx: &Effects) -> Result<String, String> {
    let wrong = |cause: std::io::Error| format!("{}: {cause}", to.display());
    let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(to);
    let file = file.map_err(wrong)?;
    let done = with_registry(path, fx, async |registry| {
        let mut lines = BufWriter::new(&file);
        let records = registry.back_up(&mut lines).await?;
        lines.flush()?;
        drop(lines);
        // What was told to be kept is on the disk.
        file.sync_all()?;
        Ok(format!("{}: {records} records\n", to.display()))
    });
    if done.is_err() {
        // Part of a backup is none.
        let _ = std::fs::remove_file(to);
    }
    done
}

/// Puts a backup back.
pub(super) fn restore(path: &Path, from: &Path, fx: &Effects) -> Result<String, String> {
    let file = std::fs::File::open(from).map_err(|cause| format!("{}: {cause}", from.display()))?;
    with_registry(path, fx, async |registry| {
        let records = registry.restore(&mut BufReader::new(&file)).await?;
        Ok(format!("{}: {records} records\n", from.display()))
    })
}

fn with_registry(
    path: &Path,
    fx: &Effects,
    act: impl AsyncFnOnce(&Registry) -> Result<String, BackupFault>,
) -> Result<String, String> {
    let config = Config::read_without_clients(path).map_err(|problems| problems.to_string())?;
    let sealer = Sealer::new(config.sealing.expose_secret()).ok_or("secrets.sealing is short")?;
    router::block_on(async {
        let registry = open(&config.registry, &sealer, fx).await;
        let registry = registry.map_err(|fault| fault.to_string())?;
        let done = act(&registry).await.map_err(|fault| fault.to_string());
        registry.close().await;
        done
    })
}
