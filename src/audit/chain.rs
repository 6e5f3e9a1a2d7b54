//! Verification: the first row that is not as it was written, or none.
//!
//! Not repair: a trail that is broken stays broken, and says where.

use super::Anchor;
use super::records::Records;
use crate::registry::{Registry, RegistryFault, TrailRow};

/// What is wrong, and at which row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    /// A row was taken out, or moved.
    #[error("row {0} is missing")]
    Missing(i64),
    /// A column of the row is not what its digest was made of.
    #[error("row {0} was changed")]
    Changed(i64),
    /// The row does not follow the one before it: one of them was put in or exchanged.
    #[error("row {0} does not follow the row before it")]
    Unchained(i64),
    /// The row was not written by a broker with this sealing secret.
    #[error("row {0} was not written by this broker")]
    Foreign(i64),
    /// The trail ends before the row that its head or an anchor tells of.
    #[error("the trail ends before row {0}, which was there")]
    Truncated(i64),
    /// The head tells of another row than the last one.
    #[error("the head of the trail tells of another row {0}")]
    Head(i64),
    /// An anchor tells of another row: the trail was written anew.
    #[error("row {0} is not the one that was anchored")]
    Anchored(i64),
    /// A record is not as the last row that changed it left it: an older copy was put back, or it was taken
    /// out, or changed without a row.
    #[error("a record is not as row {0} left it")]
    Record(i64),
    /// A record was put in without a row.
    #[error("a record stands there that no row made")]
    Unmade,
}

/// How far a verified trail goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Whole {
    /// Rows that were looked at.
    pub rows: u64,
    /// Number of the last one.
    pub last: i64,
    /// Its digest.
    pub digest: String,
    /// Anchors that were found in them.
    pub anchors: usize,
}

/// A walk along the trail, one row after the other: of a database or of an export.
#[derive(Debug)]
pub struct Walk<'a> {
    anchors: &'a [Anchor],
    before: Option<(i64, String)>,
    found: usize,
    rows: u64,
}

impl<'a> Walk<'a> {
    /// From the beginning of the trail.
    #[must_use]
    pub fn from_the_beginning(anchors: &'a [Anchor]) -> Self {
        Self { before: Some((0, String::new())), ..Self::from_anywhere(anchors) }
    }

    /// From any row: what was before it is not known.
    #[must_use]
    pub fn from_anywhere(anchors: &'a [Anchor]) -> Self {
        Self { anchors, before: None, found: 0, rows: 0 }
    }

    /// The next row.
    ///
    /// # Errors
    /// [`Broken`]: it is not the row that was written there.
    pub fn take(&mut self, row: &TrailRow) -> Result<(), Broken> {
        if let Some((seq, digest)) = &self.before {
            let expected = seq.saturating_add(1);
            if row.seq != expected {
                return Err(Broken::Missing(expected));
            }
            if row.previous != *digest {
                return Err(Broken::Unchained(row.seq));
            }
        }
        if row.digest != row.computed() {
            return Err(Broken::Changed(row.seq));
        }
        for anchor in self.anchors.iter().filter(|anchor| anchor.seq == row.seq) {
            if anchor.digest != row.digest {
                return Err(Broken::Anchored(row.seq));
            }
            self.found += 1;
        }
        self.before = Some((row.seq, row.digest.clone()));
        self.rows += 1;
        Ok(())
    }

    /// The end of the rows: `head` is what is known to have been there.
    ///
    /// # Errors
    /// [`Broken`]: rows are missing at the end.
    pub fn end(self, head: Option<&(i64, String)>) -> Result<Whole, Broken> {
        let (last, digest) = self.before.unwrap_or_default();
        if let Some((seq, of_head)) = head {
            if *seq > last {
                return Err(Broken::Truncated(last.saturating_add(1)));
            }
            if *seq == last && *of_head != digest {
                return Err(Broken::Head(last));
            }
            if let Some(beyond) = self.anchors.iter().find(|anchor| anchor.seq > last) {
                return Err(Broken::Truncated(beyond.seq));
            }
        }
        Ok(Whole { rows: self.rows, last, digest, anchors: self.found })
    }
}

/// Verifies the whole trail of `registry`, also that this broker wrote each row, against `anchors`, and that
/// every record is as the trail left it. Rows and records may be written meanwhile.
///
/// # Errors
/// [`RegistryFault`], when the database does not answer; what is wrong with the trail is the inner one.
pub async fn verify(
    registry: &Registry,
    anchors: &[Anchor],
) -> Result<Result<Whole, Broken>, RegistryFault> {
    // First: whatever it tells of must be among the rows that are read after it.
    let head = registry.trail_head().await?;
    let mut records = Records::standing(registry, head.0).await?;
    let mut walk = Walk::from_the_beginning(anchors);
    let mut last = 0;
    loop {
        let rows = registry.trail_after(last, PAGE).await?;
        let Some(end) = rows.last() else {
            return Ok(walk.end(Some(&head)).and_then(|whole| records.end().map(|()| whole)));
        };
        last = end.seq;
        for row in &rows {
            if let Err(broken) = walk.take(row) {
                return Ok(Err(broken));
            }
            if registry.reason_of(row).is_err() || !records.take(row) {
                return Ok(Err(Broken::Foreign(row.seq)));
            }
            if row.seq == head.0 && row.digest != head.1 {
                return Ok(Err(Broken::Head(row.seq)));
            }
        }
    }
}

/// Rows that are held at once.
const PAGE: u32 = 500;
