//! The providers as logins see them: a map that is replaced and never changed.
//!
//! Not the search for them, which fills it.

use std::collections::BTreeMap;

use crate::upstream::openid::provider::Provider;

/// The providers of one moment.
#[derive(Clone, Debug, Default)]
pub(super) struct Snapshot {
    /// Those whose chain holds.
    pub(super) known: BTreeMap<String, Known>,
    /// Those that were named and may not be used, and why: a slug and a sentence.
    pub(super) refused: BTreeMap<String, (&'static str, String)>,
    /// Whether anybody was ever asked.
    pub(super) read: bool,
}

/// One of them.
#[derive(Clone, Debug)]
pub(super) struct Known {
    pub(super) provider: Provider,
    pub(super) name: String,
}

impl Snapshot {
    /// It may be asked.
    pub(super) fn admit(&mut self, id: &str, known: Known) {
        self.refused.remove(id);
        self.known.insert(id.to_owned(), known);
    }

    /// It may not, and why.
    pub(super) fn refuse(&mut self, id: &str, why: (&'static str, String)) {
        self.known.remove(id);
        self.refused.insert(id.to_owned(), why);
    }

    /// These, and in their place those of whom `newer` says something.
    pub(super) fn with(&self, newer: &Self) -> Self {
        let mut all = Self { read: newer.read, ..self.clone() };
        for (id, known) in &newer.known {
            all.refused.remove(id);
            all.known.insert(id.clone(), known.clone());
        }
        for (id, refused) in &newer.refused {
            all.known.remove(id);
            all.refused.insert(id.clone(), refused.clone());
        }
        all
    }
}
