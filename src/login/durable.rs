//! What of a login outlives it by years: matches, first logins and delegations, where configuration wants
//! them.
//!
//! Not opened here: `app` does that. A broker that wants neither has neither.

use std::sync::OnceLock;

use super::{FirstLogins, Matching};
use crate::delegation::Book;

/// Each, if it is wanted.
#[derive(Debug, Default)]
pub struct Durable {
    matching: OnceLock<Matching>,
    first_logins: OnceLock<FirstLogins>,
    delegations: OnceLock<Book>,
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

    /// People delegate from now on; once.
    pub fn delegate(&self, book: Book) {
        let _ = self.delegations.set(book);
    }

    /// Who delegated whom, if anybody may.
    #[must_use]
    pub fn delegations(&self) -> Option<&Book> {
        self.delegations.get()
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
