//! Whether records are as the trail left them: the seal of a record does not tell an older copy of it, whole in
//! itself, from the record.
//!
//! Not what a record says: it need not be opened for that.

use std::collections::HashMap;

use super::Broken;
use crate::registry::{Mark, Registry, RegistryFault, TrailRow};

/// The records that stand there, and what the rows of the trail say of each.
pub(super) struct Records {
    /// Rows after this one may be of a later moment than the records that were read.
    head: i64,
    known: HashMap<String, Known>,
}

#[derive(Default)]
struct Known {
    /// Version and digest.
    standing: Option<(i64, String)>,
    /// Whether a row left it so.
    was_left_so: bool,
    /// The last row, up to the head, that changed it, and the version it left.
    last: Option<(i64, i64)>,
    /// Whether it came later than the head.
    is_later: bool,
}

impl Records {
    /// Reads them. `head` was the last row before.
    pub(super) async fn standing(registry: &Registry, head: i64) -> Result<Self, RegistryFault> {
        let mut known = HashMap::new();
        let mut last = String::new();
        loop {
            let marks = registry.marks_after(&last, PAGE).await?;
            let Some(end) = marks.last() else { return Ok(Self { head, known }) };
            last.clone_from(&end.record);
            for Mark { record, version, document } in marks {
                let standing = Some((version, document));
                known.insert(record, Known { standing, ..Known::default() });
            }
        }
    }

    /// What the next row did; `false` when that is not read.
    pub(super) fn take(&mut self, row: &TrailRow) -> bool {
        let Some(marks) = row.marks() else { return false };
        for Mark { record, version, document } in marks {
            let known = self.known.entry(record).or_default();
            known.was_left_so |= known.standing.as_ref() == Some(&(version, document));
            if row.seq <= self.head {
                known.last = Some((row.seq, version));
            } else {
                known.is_later = true;
            }
        }
        true
    }

    /// After the last row.
    ///
    /// # Errors
    /// [`Broken`]: the earliest row that left a record otherwise than it is.
    pub(super) fn end(self) -> Result<(), Broken> {
        let broken = self.known.values().filter_map(Known::broken);
        broken
            .min_by_key(|broken| match broken {
                Broken::Record(seq) => *seq,
                _ => 0,
            })
            .map_or(Ok(()), Err)
    }
}

impl Known {
    fn broken(&self) -> Option<Broken> {
        match (&self.standing, self.last) {
            (None, Some((seq, version))) => {
                (version > 0 && !self.is_later).then_some(Broken::Record(seq))
            }
            (Some((version, _)), Some((seq, left))) => {
                // Removed up to the head, and there again by no later row.
                let again = left == 0 && !self.is_later;
                (!self.was_left_so || *version < left || again).then_some(Broken::Record(seq))
            }
            (Some(_), None) => (!self.was_left_so).then_some(Broken::Unmade),
            (None, None) => None,
        }
    }
}

/// Records that are held at once.
const PAGE: u32 = 500;
