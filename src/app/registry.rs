//! The registry: opened when something needs it, and what a look at it finds.
//!
//! Not what is kept there: dynamic registration, matching and first logins each know that.

use std::path::Path;

use secrecy::{ExposeSecret as _, SecretSlice};

use super::StartFault;
use crate::config::Config;
use crate::crypto::sealing::Sealer;
use crate::effects::Effects;
use crate::registry::{Condition, Registry};

/// Whether anything needs it.
pub(super) fn is_needed(config: &Config) -> bool {
    config.registration.is_some() || config.persons.needs_a_registry()
}

/// Opens it, sealed under a key of its own.
pub(super) async fn open(
    file: &Path,
    sealer: &Sealer,
    fx: &Effects,
) -> Result<Registry, StartFault> {
    let wrong = |cause: String| {
        let file = file.display();
        StartFault::Part(format!("{file}: {cause}; the folder must be the broker's to write in"))
    };
    let own = Sealer::new(sealer.derive("registry").as_slice());
    let own = own.ok_or_else(|| wrong("no key".to_owned()))?;
    Registry::open(file, own, fx.clone()).await.map_err(|cause| wrong(cause.to_string()))
}

/// What a look at it finds, without making or changing anything.
pub(super) async fn examine(
    file: &Path,
    sealing: &SecretSlice<u8>,
    fx: &Effects,
) -> Result<Condition, String> {
    let own = Sealer::new(sealing.expose_secret())
        .and_then(|sealer| Sealer::new(sealer.derive("registry").as_slice()));
    let own = own.ok_or("secrets.sealing is short")?;
    let path = file.display();
    Registry::examine(file, own, fx.clone()).await.map_err(|cause| format!("{path}: {cause}"))
}
