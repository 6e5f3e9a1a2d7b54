//! The record of one telephone PIN.
//!
//! Not the PIN: its keyed digest.

use serde::{Deserialize, Serialize};

use crate::delegation::{Party, Services};
use crate::effects::Timestamp;
use crate::registry::{Kept, RecordKey, RecordKind};

/// Whether it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PinState {
    /// It holds, until its end.
    Live,
    /// A newer one was made.
    Replaced,
    /// Its holder ended it.
    Cancelled,
    /// Somebody guessed.
    Locked,
}

/// One telephone PIN.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TelephonePin {
    /// Its name: opaque.
    pub id: String,
    /// Whether it holds.
    pub state: PinState,
    /// Whose it is.
    pub holder: Party,
    /// Keyed digest of name and digits.
    pub(super) digest: String,
    /// Where it is good.
    pub services: Services,
    /// When it was made.
    pub made_at: Timestamp,
    /// From this moment on it does not hold.
    pub ends_at: Timestamp,
    /// When and for which service it was used, the newest last; the last [`USES`].
    pub uses: Vec<(Timestamp, String)>,
}

/// How many uses are shown to the holder.
pub(super) const USES: usize = 20;
/// The key of the one that holds, of each person.
pub(super) const LIVE: &str = "live";
/// The beginning of its name in the trail.
pub(super) const HOLDER: &str = "telephone_pin";

impl Kept for TelephonePin {
    const KIND: RecordKind = RecordKind::TelephonePin;

    fn id(&self) -> &str {
        &self.id
    }

    fn state(&self) -> &'static str {
        match self.state {
            PinState::Live => "live",
            PinState::Replaced => "replaced",
            PinState::Cancelled => "cancelled",
            PinState::Locked => "locked",
        }
    }

    fn due_at(&self) -> Option<Timestamp> {
        (self.state == PinState::Live).then_some(self.ends_at)
    }

    /// One that holds, of each person: the key is exclusive, however many are made at once.
    fn keys(&self) -> Vec<RecordKey> {
        let value = self.holder.fiscal_code.as_str().to_owned();
        match self.state {
            PinState::Live => vec![RecordKey { name: LIVE, value, exclusive: true }],
            PinState::Replaced | PinState::Cancelled | PinState::Locked => Vec::new(),
        }
    }
}
