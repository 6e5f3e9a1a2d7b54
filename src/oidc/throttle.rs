//! How often a client may fail within a minute (attack rows OP-CO-6 and OP-CA-6).
//!
//! Not a lock: what is right is accepted however often others guessed in the client's name, so nobody can
//! shut out an honest client. Only failures are counted; the honest way costs no operation.

use std::time::Duration;

use crate::crypto::digest::sha256;
use crate::state::{Key, Shelf, Shelves};

/// Counts a failure of `kind` in the name of `client`, and says whether it is one too many. Names that are
/// no client's are counted alike, in a bounded number of counters. A store that is away throttles nobody.
pub async fn too_many(shelves: &Shelves, kind: Kind, client: &str) -> bool {
    let digest = sha256(client.as_bytes());
    let bucket =
        digest.first_chunk::<2>().map_or(0, |octets| u16::from_be_bytes(*octets)) % BUCKETS;
    let place = Key::of_parts(&["failures", kind.name(), &bucket.to_string()]);
    let count = shelves.bump(Shelf::Rate, place, WINDOW).await;
    count.is_ok_and(|count| count > MOST)
}

/// What failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The client did not prove who it is.
    Authentication,
    /// It showed a code or a refresh token that is none.
    Grant,
}

impl Kind {
    const fn name(self) -> &'static str {
        match self {
            Self::Authentication => "authentication",
            Self::Grant => "grant",
        }
    }
}

/// Failures that are answered as what they are.
const MOST: u64 = 20;
/// Within this time. It is also what `Retry-After` says.
const WINDOW: Duration = Duration::from_secs(60);
/// Counters of one kind: many more than clients that fail at the same time, and few to store.
const BUCKETS: u16 = 4096;
