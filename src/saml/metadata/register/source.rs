//! One source of metadata: a file or an address.
//!
//! Not a judge: what is found here is octets with a name.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::effects::{Effects, FetchLimits, FetchRequest, FetchUrl};
use crate::xml::{Limits, VerificationKey};

/// Where metadata comes from.
#[derive(Clone, Debug)]
pub struct Source {
    /// The file or address.
    pub place: Place,
    /// The keys of which one must have signed it; `None`: the operator vouches for the place.
    pub pinned: Option<Arc<Vec<VerificationKey>>>,
}

/// A file or an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// Read again whenever it is due.
    File(PathBuf),
    /// Asked again whenever it is due.
    Url(FetchUrl),
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::File(path) => path.display().fmt(f),
            Self::Url(url) => url.fmt(f),
        }
    }
}

/// What a source gave.
#[derive(Debug)]
pub enum Found {
    /// A document.
    Document {
        /// Its text.
        text: String,
        /// The server's entity tag.
        etag: Option<String>,
        /// The server's date.
        last_modified: Option<String>,
    },
    /// The server says that the copy at hand is the last one.
    Unchanged,
    /// A file, still to be read.
    File,
    /// Nothing, and why.
    Nothing(String),
}

impl Source {
    /// Whether both are one place under one key: what was read there counts for the other.
    pub(super) fn is(&self, other: &Self) -> bool {
        let keys = |source: &Self| -> Option<Vec<[u8; 32]>> {
            Some(source.pinned.as_ref()?.iter().map(VerificationKey::fingerprint).collect())
        };
        self.place == other.place && keys(self) == keys(other)
    }

    /// Asks the server, if there is one. `at_hand` are the entity tag and the date of the copy.
    pub(super) async fn find(
        &self,
        at_hand: Option<(Option<String>, Option<String>)>,
        fx: &Effects,
    ) -> Found {
        let Place::Url(url) = &self.place else { return Found::File };
        let (etag, last_modified) = at_hand.unwrap_or_default();
        let accept =
            "application/samlmetadata+xml, application/xml;q=0.9, text/xml;q=0.8, */*;q=0.1";
        let limits = FetchLimits { octets: Limits::METADATA.octets, time: LONGEST_FETCH };
        let request = FetchRequest::get(url.clone(), accept, limits);
        match fx.fetch(&FetchRequest { etag, last_modified, ..request }).await {
            Err(fault) => Found::Nothing(fault.to_string()),
            Ok(fetched) => match (fetched.status, String::from_utf8(fetched.body)) {
                (200, Ok(text)) => {
                    let (etag, last_modified) = (fetched.etag, fetched.last_modified);
                    Found::Document { text, etag, last_modified }
                }
                (200, Err(_)) => Found::Nothing("the answer is not UTF-8".to_owned()),
                (304, _) => Found::Unchanged,
                (status, _) => Found::Nothing(format!("the server answers with status {status}")),
            },
        }
    }

    /// Reads the file.
    pub(super) fn read_file(&self) -> Result<String, String> {
        let Place::File(path) = &self.place else { return Err("it is no file".to_owned()) };
        let about = std::fs::metadata(path).map_err(|cause| format!("cannot be read: {cause}"))?;
        if usize::try_from(about.len()).map_or(true, |octets| octets > Limits::METADATA.octets) {
            return Err(format!("it is longer than {} octets", Limits::METADATA.octets));
        }
        std::fs::read_to_string(path).map_err(|cause| format!("cannot be read: {cause}"))
    }
}

/// For a large aggregate over a slow line.
const LONGEST_FETCH: Duration = Duration::from_secs(60);
