//! `varco keys`: make what is missing, list what is there, rotate what signs tokens.
//!
//! Not the running broker: it follows the ring by itself (`follow.rs`).

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::Path;

use crate::config::{CertificatePlan, Config, KeyPurpose};
use crate::crypto::certificate::{self, Pem, Subject};
use crate::crypto::jose::SigningAlgorithm;
use crate::crypto::keyring::{self, KeyRing, KeyState, Pace, Ring, Waits};
use crate::crypto::rsa::RsaSigningKey;
use crate::effects::{Effects, Timestamp};

/// How long the certificate of a service provider is valid: three years, as AgID's examples.
const LIVES: std::time::Duration = std::time::Duration::from_hours(3 * 365 * 24);

/// Makes the ring and the keys and certificates towards SAML providers, each only if it is missing.
pub(super) fn generate(path: &Path, development: bool, fx: &Effects) -> Result<String, String> {
    let plan = Config::read_key_plan(path).map_err(|problems| problems.to_string())?;
    let mut told = String::new();
    let shown = plan.ring.folder.display();
    if Ring::is_in(&plan.ring.folder) {
        let made = keyring::complete(plan.ring.clone(), fx)?;
        for algorithm in &made {
            let _ = writeln!(told, "{shown}: {} made", algorithm.name());
        }
        if made.is_empty() {
            let _ = writeln!(told, "{shown}: there already");
        }
    } else {
        KeyRing::create(plan.ring.clone(), fx, development)
            .map_err(|problems| problems.join("\n"))?;
        let _ = writeln!(told, "{shown}: made");
    }
    for certificate in plan.certificates {
        if certificate.key.exists() {
            let _ = writeln!(told, "{}: there already", certificate.key.display());
        } else {
            certify(&certificate, fx)?;
            let _ = writeln!(
                told,
                "{}: made\n{}: made",
                certificate.key.display(),
                certificate.certificate.display()
            );
        }
    }
    for key in plan.entity_keys {
        if key.exists() {
            let _ = writeln!(told, "{}: there already", key.display());
        } else {
            let pkcs8 = RsaSigningKey::generate(2048).map_err(|cause| cause.to_string())?;
            write(&key, Pem::PrivateKey.write(&pkcs8).as_bytes(), 0o600)?;
            let _ = writeln!(told, "{}: made", key.display());
        }
    }
    Ok(told)
}

/// Moves the keys of the ring one step along: of one algorithm, or of all.
pub(super) fn rotate(
    path: &Path,
    algorithm: Option<SigningAlgorithm>,
    pace: Pace,
    fx: &Effects,
) -> Result<String, String> {
    let plan = Config::read_key_plan(path).map_err(|problems| problems.to_string())?;
    let mut algorithms = SigningAlgorithm::ALL.to_vec();
    let missing = Ring::read(&plan.ring.folder)?.missing();
    match algorithm {
        Some(one) if missing.contains(&one) => {
            return Err(format!(
                "{}: there is no {} key; `varco keys generate` makes one",
                plan.ring.folder.display(),
                one.name()
            ));
        }
        Some(one) => algorithms = vec![one],
        None => algorithms.retain(|one| !missing.contains(one)),
    }
    let rotated = keyring::rotate(plan.ring, fx, &algorithms, pace, &Waits::SAFE)?;
    let mut told = String::new();
    for (what, entries) in [
        ("signs now", &rotated.promoted),
        ("published", &rotated.published),
        ("removed", &rotated.removed),
    ] {
        for entry in entries {
            let _ = writeln!(told, "{:<6} {} {what}", entry.algorithm.name(), entry.kid);
        }
    }
    for (algorithm, safe) in &rotated.waiting {
        let _ = writeln!(
            told,
            "{:<6} too early: the next key may sign from {}, when every relying party has had to \
             read /jwks again; --now does not wait",
            algorithm.name(),
            safe.rfc3339()
        );
    }
    if rotated.waiting.is_empty() { Ok(told) } else { Err(told.trim_end().to_owned()) }
}

/// What is on the ring, what comes next and when, and until when the certificates are valid.
pub(super) fn list(path: &Path, fx: &Effects) -> Result<String, String> {
    let plan = Config::read_key_plan(path).map_err(|problems| problems.to_string())?;
    let ring = Ring::read(&plan.ring.folder)?;
    let mut told = ring_told(&ring, fx.now());
    for problem in ring.problems() {
        let _ = writeln!(told, "{problem}");
    }
    for plan in plan.certificates {
        let text = fs::read_to_string(&plan.certificate)
            .map_err(|cause| format!("{}: {cause}", plan.certificate.display()))?;
        let until =
            Pem::Certificate.read(&text).ok().and_then(|der| certificate::not_after(&der).ok());
        let until = until.map_or_else(|| "unreadable".to_owned(), Timestamp::rfc3339);
        let _ = writeln!(
            told,
            "{:<8} RS256  {} ({}) valid until {until}",
            plan.upstream,
            plan.certificate.display(),
            plan.tenant
        );
    }
    Ok(told)
}

/// One line for each key, and one for each algorithm that says what to do.
fn ring_told(ring: &Ring, now: Timestamp) -> String {
    let mut told = String::new();
    if ring.development {
        let _ = writeln!(told, "development keys: a production broker refuses them");
    }
    for entry in &ring.keys {
        let moves = match (entry.state, entry.movable_from(&Waits::SAFE)) {
            (KeyState::Next, Some(safe)) => format!(", may sign from {}", safe.rfc3339()),
            (KeyState::Retired, Some(safe)) => format!(", goes from {}", safe.rfc3339()),
            _ => String::new(),
        };
        let _ = writeln!(
            told,
            "{:<8} {:<6} {} {} since {}{moves}",
            entry.state.name(),
            entry.algorithm.name(),
            entry.kid,
            if entry.pkcs11.is_some() { "in the token," } else { "in a file," },
            entry.since().rfc3339()
        );
    }
    for algorithm in SigningAlgorithm::ALL {
        let name = algorithm.name();
        let next = ring.next(algorithm).and_then(|next| next.movable_from(&Waits::SAFE));
        let step = match next {
            _ if ring.missing().contains(&algorithm) => {
                "no key: `varco keys generate` makes one".to_owned()
            }
            None => format!("no next key: `varco keys rotate --algorithm {name}` publishes one"),
            Some(safe) if safe <= now => {
                format!("`varco keys rotate --algorithm {name}` is safe now")
            }
            Some(safe) => {
                format!("`varco keys rotate --algorithm {name}` is safe from {}", safe.rfc3339())
            }
        };
        let _ = writeln!(told, "{name:<6} {step}");
    }
    told
}

fn certify(plan: &CertificatePlan, fx: &Effects) -> Result<(), String> {
    let pkcs8 = RsaSigningKey::generate(2048).map_err(|cause| cause.to_string())?;
    let key = RsaSigningKey::from_pkcs8(&pkcs8).map_err(|cause| cause.to_string())?;
    let subject = Subject {
        organization: &plan.organization,
        common_name: &plan.common_name,
        locality: &plan.locality,
        identifier: plan.identifier(),
        entity_id: &plan.entity_id,
    };
    let made = match plan.purpose {
        KeyPurpose::Signing => certificate::self_signed,
        KeyPurpose::Decryption => certificate::self_signed_for_encryption,
    };
    let der = made(&subject, &key, LIVES, fx).map_err(|cause| cause.to_string())?;
    write(&plan.certificate, Pem::Certificate.write(&der).as_bytes(), 0o644)?;
    write(&plan.key, Pem::PrivateKey.write(&pkcs8).as_bytes(), 0o600)
}

/// Creates a file that must not be there yet; a half-written one is removed.
fn write(path: &Path, octets: &[u8], mode: u32) -> Result<(), String> {
    let told = |cause: std::io::Error| format!("{}: {cause}", path.display());
    if let Some(folder) = path.parent() {
        fs::DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(told)?;
    }
    let mut file =
        fs::OpenOptions::new().write(true).create_new(true).mode(mode).open(path).map_err(told)?;
    file.write_all(octets).and_then(|()| file.sync_all()).map_err(|cause| {
        let _ = fs::remove_file(path);
        told(cause)
    })
}
