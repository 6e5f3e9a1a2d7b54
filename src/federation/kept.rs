//! Chains on disk, so that a restart needs no network.
//!
//! Not believed: what is read is judged like what came from the network. Not encrypted either: these are
//! public documents.

use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::{EntityId, TrustChain};
use crate::crypto::digest::{base64url, sha256};

/// Octets of the longest file.
const LONGEST: u64 = 16 * 1024 * 1024;
/// Files read at most.
const MOST: usize = 10_000;

/// A chain as it is written.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Record {
    pub(super) subject: String,
    pub(super) anchor: String,
    pub(super) statements: Vec<String>,
    /// Chains of those who issued its marks.
    #[serde(default)]
    pub(super) vouchers: Vec<Record>,
}

impl Record {
    pub(super) fn of(chain: &TrustChain) -> Self {
        Self {
            subject: chain.subject().as_str().to_owned(),
            anchor: chain.anchor().as_str().to_owned(),
            statements: chain.statements().to_vec(),
            vouchers: chain.vouchers().iter().map(|voucher| Self::of(voucher)).collect(),
        }
    }
}

/// Writes a chain in the place of the one before: beside it first, so that a file is whole or not there.
///
/// # Errors
/// One sentence.
pub(super) fn store(folder: &Path, record: &Record) -> Result<(), String> {
    let octets = serde_json::to_vec(record).map_err(|cause| cause.to_string())?;
    write(folder, &name(&record.subject, &record.anchor), &octets)
}

/// Takes the chain away that was kept of `subject`.
pub(super) fn forget(folder: &Path, subject: &EntityId, anchor: &EntityId) {
    drop_file(&folder.join(name(subject.as_str(), anchor.as_str())));
}

fn name(subject: &str, anchor: &str) -> String {
    format!("{}.chain", base64url(&sha256(format!("{subject} {anchor}").as_bytes())))
}

/// All chains that are there; files that are none are taken away.
pub(super) fn load(folder: &Path) -> Vec<(PathBuf, Record)> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let chain = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "chain");
    let paths = entries.filter_map(|entry| Some(entry.ok()?.path())).filter(chain);
    let mut found = Vec::new();
    for path in paths.take(MOST) {
        match read(&path).and_then(|octets| serde_json::from_slice(&octets).ok()) {
            Some(record) => found.push((path, record)),
            None => drop_file(&path),
        }
    }
    found
}

/// Takes a file away that does not hold any more.
pub(super) fn drop_file(path: &Path) {
    // One that stays is refused again at the next start.
    let _ = fs::remove_file(path);
}

/// Configurations in which an anchor announced keys that were accepted under earlier ones, in their order.
pub(super) fn load_rolls(folder: &Path, anchor: &EntityId) -> Vec<String> {
    let text = read(&folder.join(roll_name(anchor))).and_then(|text| String::from_utf8(text).ok());
    text.unwrap_or_default().lines().map(str::to_owned).collect()
}

/// Keeps one more of them.
///
/// # Errors
/// One sentence.
pub(super) fn store_roll(folder: &Path, anchor: &EntityId, token: &str) -> Result<(), String> {
    let mut lines = load_rolls(folder, anchor);
    lines.push(token.to_owned());
    write(folder, &roll_name(anchor), lines.join("\n").as_bytes())
}

fn roll_name(anchor: &EntityId) -> String {
    format!("{}.keys", base64url(&sha256(anchor.as_str().as_bytes())))
}

fn read(path: &Path) -> Option<Vec<u8>> {
    let mut octets = Vec::new();
    let read = File::open(path).ok()?.take(LONGEST).read_to_end(&mut octets).ok()?;
    (u64::try_from(read).ok()? < LONGEST).then_some(octets)
}

fn write(folder: &Path, name: &str, octets: &[u8]) -> Result<(), String> {
    let path = folder.join(name);
    let beside = folder.join(format!("{name}.{}.new", std::process::id()));
    let written = fs::create_dir_all(folder)
        .and_then(|()| fs::write(&beside, octets))
        .and_then(|()| fs::rename(&beside, &path));
    written.map_err(|cause| {
        // Half a file helps nobody.
        let _ = fs::remove_file(&beside);
        format!("a trust chain cannot be kept in {}: {cause}", folder.display())
    })
}
