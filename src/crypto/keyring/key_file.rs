//! A private key in the folder of the ring: `<kid>.pem`, PKCS#8, mode 0600.
//!
//! Not the list: `ring.rs` says which keys there are and where each stands.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::ring::{Entry, KeyState};
use crate::crypto::certificate::Pem;
use crate::crypto::jose::SigningAlgorithm;
use crate::crypto::rsa::KeyFault;
use crate::crypto::signer::LocalKey;
use crate::effects::Effects;

/// A new key in its file, not yet on the list.
///
/// # Errors
/// A sentence for an operator.
pub(super) fn make(
    folder: &Path,
    fx: &Effects,
    algorithm: SigningAlgorithm,
) -> Result<Entry, String> {
    let words = |cause: KeyFault| cause.to_string();
    let der = LocalKey::generate(algorithm).map_err(words)?;
    let kid = LocalKey::from_pkcs8(algorithm, &der).map_err(words)?.kid().to_owned();
    replace(&path(folder, &kid), Pem::PrivateKey.write(&der).as_bytes())?;
    Ok(Entry {
        kid,
        algorithm,
        state: KeyState::Next,
        created: fx.now(),
        since: None,
        pkcs11: None,
    })
}

/// The key of an entry.
///
/// # Errors
/// A sentence for an operator.
pub(super) fn load(folder: &Path, entry: &Entry) -> Result<LocalKey, String> {
    let path = path(folder, &entry.kid);
    let shown = path.display();
    let text = fs::read_to_string(&path).map_err(|cause| format!("{shown}: {cause}"))?;
    let text = Zeroizing::new(text);
    let der = Pem::PrivateKey.read(&text).map_err(|_| format!("{shown}: not a PKCS#8 PEM"))?;
    let key =
        LocalKey::from_pkcs8(entry.algorithm, &der).map_err(|cause| format!("{shown}: {cause}"))?;
    if key.kid() == entry.kid {
        Ok(key)
    } else {
        Err(format!("{shown}: holds another key than its name says"))
    }
}

/// Removes a file, if it is there.
///
/// # Errors
/// A sentence for an operator.
pub(super) fn remove(path: &Path) -> Result<(), String> {
    match fs::remove_file(path) {
        Err(cause) if cause.kind() != std::io::ErrorKind::NotFound => {
            Err(format!("{}: {cause}", path.display()))
        }
        _ => Ok(()),
    }
}

fn path(folder: &Path, kid: &str) -> PathBuf {
    folder.join(format!("{kid}.pem"))
}

/// Writes beside, then renames: a reader sees the old file or the new one. Mode 0600.
pub(super) fn replace(path: &Path, octets: &[u8]) -> Result<(), String> {
    let beside = path.with_extension("new");
    let words = |cause: std::io::Error| format!("{}: {cause}", path.display());
    let _ = fs::remove_file(&beside);
    let mut file = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&beside)
        .map_err(words)?;
    file.write_all(octets).map_err(words)?;
    file.sync_all().map_err(words)?;
    fs::rename(&beside, path).map_err(words)
}
