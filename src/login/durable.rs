//! What of a login outlives it by years: matches and first logins, where configuration wants them.
//!
//! Not opened here: `app` does that. A broker that wants neither has neither.

use std::sync::OnceLock;

use super::{FirstLogins, Matching};

/// Both, if they are wanted.
#[derive(Debug, Default)]
pub struct Durable {
    matching: OnceLock<Matching>,
    first_logins: OnceLock<FirstLogins>,
}

impl Durable {
    /// Matches people from now on; once.
    pub fn match_people(&self, matching: Matching) {
        // A second registry is nobody's.
        let _ = self.matching.set(matching);
    }

    /// Records first logins from now on; once.
    pub fn record_first_logins(&self, first_logins: FirstLogins) {
        let _ = self.first_logins.set(first_logins);
    }

    /// How people are matched, if they are.
    #[must_use]
    pub fn matching(&self) -> Option<&Matching> {
        self.matching.get()
    }

    /// The record of first logins, if there is one.
    #[must_use]
    pub fn first_logins(&self) -> Option<&FirstLogins> {
        self.first_logins.get()
    }
}
