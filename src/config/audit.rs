//! The table `audit`: where the head of the trail is written beside the database.
//!
//! Not whether there is a trail: every act of the help desk has its row, with or without this table.

use std::path::PathBuf;
use std::time::Duration;

use super::Problems;
use super::section::{File, Section};

/// How the trail is anchored.
#[derive(Debug)]
pub struct AuditConfig {
    /// Files that anchors are appended to: one at least.
    pub anchors: Vec<PathBuf>,
    /// Between two of them.
    pub every: Duration,
}

/// Reads it; `None` without `[audit]`, or when it names no file.
pub(super) fn read(
    file: &File<'_>,
    root: &Section<'_>,
    problems: &mut Problems,
) -> Option<AuditConfig> {
    let section = root.section("audit", problems);
    if !section.present() {
        return None;
    }
    let named = section.texts("anchors", problems);
    if named.is_empty() {
        let remedy = "name files that the administrator of the database cannot write to";
        section.wrong(problems, "anchors", "is missing", remedy);
    }
    let every = Duration::from_secs(section.number("anchor_seconds", 60, 10..=3600, problems));
    section.finish(problems);
    let anchors: Vec<PathBuf> = named.into_iter().map(|name| file.beside(name)).collect();
    (!anchors.is_empty()).then_some(AuditConfig { anchors, every })
}
