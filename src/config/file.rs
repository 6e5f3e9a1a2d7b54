//! A TOML file as it stands: its octets, its stamp, and the tables in it, borrowed from its text.
//!
//! Not what the tables mean: [`Section`] reads them key by key.

mod pieces;

use std::cell::RefCell;
use std::fs;
use std::io::{self, Read as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use toml::de::DeTable;

use super::Problems;
use super::section::Section;
use crate::effects::Timestamp;

/// What changes whenever a file is written or replaced: inode, octets, and the instants of its content
/// and of its entry, as the file system tells them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Stamp {
    inode: u64,
    octets: u64,
    written: (i64, i64),
    changed: (i64, i64),
}

impl Stamp {
    /// `None` when there is no such file.
    pub(super) fn of(path: &Path) -> Option<Self> {
        fs::metadata(path).ok().map(|found| Self::from(&found))
    }

    /// When the content was written.
    const fn written_at(&self) -> Timestamp {
        Timestamp::from_unix_seconds(self.written.0)
    }
}

impl From<&fs::Metadata> for Stamp {
    fn from(found: &fs::Metadata) -> Self {
        Self {
            inode: found.ino(),
            octets: found.size(),
            written: (found.mtime(), found.mtime_nsec()),
            changed: (found.ctime(), found.ctime_nsec()),
        }
    }
}

/// What a file holds, and its stamp from before it was read. One walk along the path serves both.
fn content(path: &Path) -> (Option<Stamp>, io::Result<Vec<u8>>) {
    let opened = fs::File::open(path).and_then(|file| Ok((file.metadata()?, file)));
    let (found, file) = match opened {
        Ok(opened) => opened,
        Err(cause) => return (Stamp::of(path), Err(cause)),
    };
    let mut octets = Vec::with_capacity(usize::try_from(found.len()).map_or(0, |len| len + 1));
    // Without the limit, the length would be asked for again.
    let read = file.take(u64::MAX).read_to_end(&mut octets);
    (Some(Stamp::from(&found)), read.map(|_| octets))
}

/// The text of a file.
pub(super) struct Text<'p> {
    path: &'p Path,
    stamp: Option<Stamp>,
    content: Option<String>,
}

impl<'p> Text<'p> {
    /// Reads it.
    pub(super) fn read(path: &'p Path, problems: &mut Problems) -> Self {
        let (stamp, octets) = content(path);
        let text = octets.and_then(|octets| {
            String::from_utf8(octets)
                .map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "it is not UTF-8"))
        });
        if let Err(cause) = &text {
            let remedy = "name an existing, readable file";
            problems.add(path, "", format!("cannot be read: {cause}"), remedy);
        }
        Self { path, stamp, content: text.ok() }
    }

    /// A text that stands at `path`, wherever it came from.
    pub(super) fn new(path: &'p Path, text: impl Into<String>) -> Self {
        Self { path, stamp: None, content: Some(text.into()) }
    }

    /// What the file was like before it was read; `None`: there was none.
    pub(super) const fn stamp(&self) -> Option<Stamp> {
        self.stamp
    }

    /// The tables in it; `None` when it could not be read, or is not TOML.
    pub(super) fn parse(&self, problems: &mut Problems) -> Option<File<'_>> {
        let text = self.content.as_deref()?;
        match pieces::parse(text) {
            Ok(table) => {
                Some(File { path: self.path, stamp: self.stamp, table, named: RefCell::default() })
            }
            Err(cause) => {
                let wrong = format!("is not TOML: {}", cause.message());
                let line = cause
                    .span()
                    .map_or(0, |span| text.get(..span.start).unwrap_or("").lines().count());
                let remedy = "correct the syntax (https://toml.io)";
                problems.add(self.path, &format!("line {line}"), wrong, remedy);
                None
            }
        }
    }
}

/// A file that is well-formed TOML.
pub(super) struct File<'t> {
    path: &'t Path,
    stamp: Option<Stamp>,
    table: DeTable<'t>,
    named: RefCell<Vec<(PathBuf, Option<Stamp>)>>,
}

impl File<'_> {
    /// Reads and parses the file at `path`, and says what `reader` makes of it.
    pub(super) fn read<T>(
        path: &Path,
        problems: &mut Problems,
        reader: impl FnOnce(&File<'_>, &mut Problems) -> T,
    ) -> Option<T> {
        let text = Text::read(path, problems);
        let file = text.parse(problems)?;
        Some(reader(&file, problems))
    }

    /// When it was written, to the second.
    pub(super) fn written_at(&self) -> Timestamp {
        self.stamp.as_ref().map_or(Timestamp::from_unix_seconds(0), Stamp::written_at)
    }

    /// Where it is.
    pub(super) const fn path(&self) -> &Path {
        self.path
    }

    /// The whole file as a section.
    pub(super) fn root(&self) -> Section<'_> {
        Section::root(self.path, &self.table)
    }

    /// A path written in this file, seen from the file's folder.
    pub(super) fn beside(&self, written: &str) -> PathBuf {
        let path = self.joined(written);
        self.named.borrow_mut().push((path.clone(), Stamp::of(&path)));
        path
    }

    /// What the file at a path written in this file holds.
    pub(super) fn content_beside(&self, written: &str) -> io::Result<Vec<u8>> {
        let path = self.joined(written);
        let (stamp, octets) = content(&path);
        self.named.borrow_mut().push((path, stamp));
        octets
    }

    fn joined(&self, written: &str) -> PathBuf {
        self.path.parent().unwrap_or(Path::new(".")).join(written)
    }

    /// Every path that was asked for, with what its file was like before it was read.
    pub(super) fn named(self) -> Vec<(PathBuf, Option<Stamp>)> {
        self.named.into_inner()
    }
}
