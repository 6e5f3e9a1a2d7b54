//! `keys` of a body: three that do one thing each, and those that come after them.
//!
//! Not the making of them: `varco keys generate` does that. A key that stands at two places is refused
//! (CIE id rules: federation keys and core keys are others).

use std::path::PathBuf;
use std::sync::Arc;

use super::super::Problems;
use super::super::section::{File, Section};
use super::super::service_provider::DEFAULT;
use super::Defaults;
use crate::crypto::certificate::Pem;
use crate::crypto::jose::SigningAlgorithm;
use crate::crypto::jwe::{ReceiverKey, ReceiverKeys};
use crate::crypto::signer::LocalKey;
use crate::upstream::settings::EntityKeys;

/// The key of the table, and the name of the file below the body's folder.
const USES: [(Keys, &str); 3] = [
    (["federation_key_file", "next_federation_key_file"], "federation.pem"),
    (["signing_key_file", "next_signing_key_file"], "signing.pem"),
    (["encryption_key_file", "next_encryption_key_file"], "encryption.pem"),
];

/// The keys of the file in use and of the one that comes next.
type Keys = [&'static str; 2];

/// Reads the table and every file in it; `None` when one of them cannot be used.
pub(super) fn read(
    file: &File<'_>,
    section: &Section<'_>,
    folder: &str,
    problems: &mut Problems,
) -> Option<EntityKeys> {
    let table = section.section("keys", problems);
    let mut names: Vec<(String, &'static str)> = Vec::new();
    let mut signing = |keys: Keys, default: &str, problems: &mut Problems| {
        let mut read = Vec::new();
        for (key, name) in files(&table, keys, Some(&format!("{folder}/{default}")), problems) {
            let der = pem(file, &table, key, &name, problems)?;
            let Ok(one) = LocalKey::from_pkcs8(SigningAlgorithm::RS256, &der) else {
                table.wrong(problems, key, NO_KEY, REMEDY);
                return None;
            };
            names.push((one.kid().to_owned(), key));
            read.push(Arc::new(one));
        }
        Some(read)
    };
    let [(federation, federation_file), (core, core_file), (receiving, receiving_file)] = USES;
    let federation = signing(federation, federation_file, problems);
    let core = signing(core, core_file, problems);
    let mut current = Some(Vec::new());
    for (key, name) in
        files(&table, receiving, Some(&format!("{folder}/{receiving_file}")), problems)
    {
        let der = pem(file, &table, key, &name, problems);
        match der.map(|der| ReceiverKey::from_pkcs8(&der)) {
            Some(Ok(read)) => {
                names.push((read.kid().to_owned(), key));
                current = current.map(|mut all: Vec<ReceiverKey>| {
                    all.push(read);
                    all
                });
            }
            Some(Err(_)) => {
                table.wrong(problems, key, NO_KEY, REMEDY);
                current = None;
            }
            None => current = None,
        }
    }
    let mut apart = true;
    for (at, (kid, key)) in names.iter().enumerate() {
        if let Some((_, other)) = names.iter().take(at).find(|(known, _)| known == kid) {
            let wrong = format!("is the key of {other}");
            table.wrong(problems, key, wrong, "make another key: each does one thing");
            apart = false;
        }
    }
    table.finish(problems);
    let receiving = Arc::new(ReceiverKeys { current: current?, former: Vec::new() });
    apart.then_some(EntityKeys { federation: federation?, signing: core?, receiving })
}

/// The file in use, and the next one if there is one.
fn files(
    table: &Section<'_>,
    [key, next]: Keys,
    default: Option<&str>,
    problems: &mut Problems,
) -> Vec<(&'static str, String)> {
    let mut all = Vec::new();
    let current = table.optional_text(key, problems).or(default);
    all.extend(current.map(|name| (key, name.to_owned())));
    let following = table.optional_text(next, problems);
    all.extend(following.map(|name| (next, name.to_owned())));
    all
}

fn pem(
    file: &File<'_>,
    table: &Section<'_>,
    key: &str,
    name: &str,
    problems: &mut Problems,
) -> Option<zeroize::Zeroizing<Vec<u8>>> {
    let text = match std::fs::read_to_string(file.beside(name)) {
        Ok(text) => text,
        Err(cause) => {
            table.wrong(problems, key, format!("{name} cannot be read: {cause}"), REMEDY);
            return None;
        }
    };
    let der = Pem::PrivateKey.read(&text);
    if der.is_err() {
        table.wrong(problems, key, NO_KEY, REMEDY);
    }
    der.ok()
}

/// The files that `varco keys generate` makes when they are missing.
pub(in crate::config) fn plan(
    file: &File<'_>,
    (tenant, section): (&str, &Section<'_>),
    defaults: &Defaults,
    problems: &mut Problems,
) -> Vec<PathBuf> {
    let table = section.section("keys", problems);
    let folder = if tenant == DEFAULT {
        defaults.keys.to_owned()
    } else {
        format!("{}/{tenant}", defaults.keys)
    };
    let mut paths = Vec::new();
    for (keys, default) in USES {
        let default = format!("{folder}/{default}");
        for (_, name) in files(&table, keys, Some(&default), problems) {
            paths.push(file.beside(&name));
        }
    }
    paths
}

const REMEDY: &str = "run `varco keys generate`, or name an existing PEM file";
const NO_KEY: &str = "is not an RSA key of 2048 to 4096 bits in PKCS#8 PEM";
