//! The last good copy of a metadata document, on disk: a restart without network starts with it.
//!
//! Not trusted: what is read back is judged like what came from its source, signature included.

use std::fs::{self, File};
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::aggregate::Edition;
use crate::crypto::digest::sha256;
use crate::effects::Timestamp;
use crate::xml::Limits;

/// What is known about a copy; the first line of its file, as JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Label {
    /// Where it came from.
    pub(super) source: String,
    /// When its source last gave it, or said that it has not changed.
    pub(super) read_at: Timestamp,
    /// When this edition was first seen.
    pub(super) since: Timestamp,
    /// Which edition it is: an older one is never taken again.
    pub(super) edition: Edition,
    /// The server's entity tag.
    pub(super) etag: Option<String>,
    /// The server's date.
    pub(super) last_modified: Option<String>,
}

/// The copy of `source`, if there is one.
///
/// # Errors
/// One sentence when there is a file and it cannot be used.
pub(super) fn load(folder: &Path, source: &str) -> Result<Option<(Label, String)>, String> {
    let path = path(folder, source);
    let wrong = |why: &dyn std::fmt::Display| format!("{} cannot be used: {why}", path.display());
    let octets = match fs::metadata(&path) {
        Err(cause) if cause.kind() == ErrorKind::NotFound => return Ok(None),
        Err(cause) => return Err(wrong(&cause)),
        Ok(about) => usize::try_from(about.len()).unwrap_or(usize::MAX),
    };
    if octets > Limits::METADATA.octets + LONGEST_LABEL {
        return Err(wrong(&"it is longer than any metadata"));
    }
    let mut text = fs::read_to_string(&path).map_err(|cause| wrong(&cause))?;
    let end = text.find('\n').ok_or_else(|| wrong(&"it has no label"))?;
    let document = text.split_off(end + 1);
    let label: Label = serde_json::from_str(&text).map_err(|cause| wrong(&cause))?;
    if label.source != source {
        return Err(wrong(&"it belongs to another source"));
    }
    Ok(Some((label, document)))
}

/// Replaces the copy, whole or not at all: written beside it, forced to disk, renamed over it.
///
/// # Errors
/// One sentence; the old copy is untouched then.
pub(super) fn store(folder: &Path, label: &Label, document: &str) -> Result<(), String> {
    let path = path(folder, &label.source);
    let beside = path.with_extension(format!("{}.new", std::process::id()));
    let write = || -> std::io::Result<()> {
        fs::create_dir_all(folder)?;
        let mut file = File::create(&beside)?;
        serde_json::to_writer(&mut file, label)?;
        file.write_all(b"\n")?;
        file.write_all(document.as_bytes())?;
        file.sync_all()?;
        fs::rename(&beside, &path)?;
        // The rename itself is on disk once the folder is.
        File::open(folder)?.sync_all()
    };
    write().map_err(|cause| {
        // Half a copy helps nobody.
        let _ = fs::remove_file(&beside);
        format!("the last good copy cannot be kept in {}: {cause}", folder.display())
    })
}

/// One file for each source, named by its digest: an address is no file name.
fn path(folder: &Path, source: &str) -> PathBuf {
    let digest = sha256(source.as_bytes());
    let number = digest.first_chunk().map_or(0, |octets| u64::from_be_bytes(*octets));
    folder.join(format!("{number:016x}.metadata"))
}

/// Octets of the first line.
const LONGEST_LABEL: usize = 16 * 1024;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::Handle;
    use crate::effects::Effects;

    fn label() -> Label {
        let now = Timestamp::from_unix_seconds(1_795_341_600);
        Label {
            source: "https://registry.example/entities-idp".to_owned(),
            read_at: now,
            since: now,
            edition: Edition { created: Some(now), valid_until: None },
            etag: Some("\"one\"".to_owned()),
            last_modified: None,
        }
    }

    fn folder() -> PathBuf {
        std::env::temp_dir()
            .join(format!("varco-kept-{}", Handle::fresh(&Effects::real()).reveal()))
    }

    #[test]
    fn a_copy_is_read_back_as_it_was_kept_and_a_new_one_replaces_it() {
        let folder = folder();
        let label = label();
        assert_eq!(load(&folder, &label.source), Ok(None));
        for document in ["<a>\n</a>", "<b/>"] {
            store(&folder, &label, document).unwrap();
            let kept = load(&folder, &label.source).unwrap().unwrap();
            assert_eq!(kept, (label.clone(), document.to_owned()));
        }
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 1, "nothing half written stays");
        assert_eq!(load(&folder, "https://registry.example/other"), Ok(None));
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_damaged_copy_is_told_and_not_used() {
        let folder = folder();
        let label = label();
        store(&folder, &label, "<a/>").unwrap();
        let path = path(&folder, &label.source);
        for damaged in ["", "<a/>", "{}\n<a/>", "\n<a/>"] {
            fs::write(&path, damaged).unwrap();
            assert!(load(&folder, &label.source).is_err(), "{damaged}");
        }
        let other = Label { source: "another".to_owned(), ..label.clone() };
        fs::write(&path, format!("{}\n<a/>", serde_json::to_string(&other).unwrap())).unwrap();
        assert!(load(&folder, &label.source).is_err(), "the copy of another source");
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_folder_that_cannot_be_written_is_told() {
        let folder = folder();
        fs::write(&folder, "a file").unwrap();
        assert!(store(&folder, &label(), "<a/>").is_err());
        fs::remove_file(folder).unwrap();
    }
}
