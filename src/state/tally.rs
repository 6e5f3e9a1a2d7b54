//! How often each verb was used on each shelf, and how often the store did not answer.
//!
//! Not metrics: `ops` reads these numbers when it is asked for its own.

use std::sync::atomic::{AtomicU64, Ordering};

use super::{Shelf, StateFault};

/// One of the six verbs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// Create only.
    Put,
    /// Read.
    Get,
    /// Compare and set.
    Swap,
    /// Read and delete.
    Take,
    /// Count one up.
    Bump,
    /// Count a shelf.
    Walk,
}

impl Verb {
    /// Every verb.
    pub const ALL: [Self; 6] =
        [Self::Put, Self::Get, Self::Swap, Self::Take, Self::Bump, Self::Walk];

    /// The name in metrics.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Put => "put",
            Self::Get => "get",
            Self::Swap => "swap",
            Self::Take => "take",
            Self::Bump => "bump",
            Self::Walk => "walk",
        }
    }
}

/// One line of the tally.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Uses {
    /// The shelf.
    pub shelf: Shelf,
    /// The verb.
    pub verb: Verb,
    /// How often the store answered.
    pub answered: u64,
    /// How often it did not, or answered with damage.
    pub failed: u64,
}

/// The numbers since the start of the process.
#[derive(Default)]
pub(super) struct Tally {
    /// For each shelf and verb: answered, failed.
    cells: [[[AtomicU64; 2]; Verb::ALL.len()]; Shelf::ALL.len()],
}

impl Tally {
    /// Counts one use, and hands its answer on.
    pub(super) fn count<T>(
        &self,
        shelf: Shelf,
        verb: Verb,
        answer: Result<T, StateFault>,
    ) -> Result<T, StateFault> {
        if let Some(cell) =
            self.cell(shelf, verb).and_then(|cell| cell.get(usize::from(answer.is_err())))
        {
            cell.fetch_add(1, Ordering::Relaxed);
        }
        answer
    }

    /// Every line that is not zero.
    pub(super) fn uses(&self) -> Vec<Uses> {
        let mut uses = Vec::new();
        for shelf in Shelf::ALL {
            for verb in Verb::ALL {
                let Some([answered, failed]) = self.cell(shelf, verb) else { continue };
                let (answered, failed) =
                    (answered.load(Ordering::Relaxed), failed.load(Ordering::Relaxed));
                if answered + failed > 0 {
                    uses.push(Uses { shelf, verb, answered, failed });
                }
            }
        }
        uses
    }

    fn cell(&self, shelf: Shelf, verb: Verb) -> Option<&[AtomicU64; 2]> {
        self.cells.get(shelf as usize)?.get(verb as usize)
    }
}
