//! What is known without asking anybody: chains on disk, and those that were known before a reload.
//!
//! Not believed for having been believed: every statement is judged again, under the keys that count now.

use std::sync::Arc;

use super::{Federation, Settings};
use crate::effects::Effects;
use crate::federation::chain::{AnchorKeys, Linked};
use crate::federation::kept::{self, Record};
use crate::federation::statement::Reader;
use crate::federation::{Broken, EntityId, TrustAnchor, TrustChain};

impl Federation {
    /// The one that follows `earlier` under other settings, with whatever of what it knew holds under them.
    /// Nobody is asked.
    #[must_use]
    pub fn following(earlier: &Self, settings: Settings, fx: &Effects) -> Self {
        let new = Self::bare(settings, Arc::clone(&earlier.inner.standings));
        for chain in earlier.inner.cache.all() {
            if let Some((rank, chain)) = new.judge(&Record::of(&chain), fx) {
                new.inner.cache.keep(&Arc::new(chain), rank, fx);
            }
        }
        new
    }

    /// Takes up what is on disk and still holds.
    pub(super) fn restore(&self, fx: &Effects) {
        let Some(folder) = &self.inner.folder else { return };
        for (path, record) in kept::load(folder) {
            match self.judge(&record, fx) {
                Some((rank, chain)) => self.inner.cache.keep(&Arc::new(chain), rank, fx),
                None => kept::drop_file(&path),
            }
        }
    }

    fn judge(&self, record: &Record, fx: &Effects) -> Option<(usize, TrustChain)> {
        let now = fx.now();
        let mut anchors = self.inner.anchors.iter().enumerate();
        let (rank, anchored) =
            anchors.find(|(_, anchored)| anchored.anchor.id.as_str() == record.anchor)?;
        let reader = self.reader(&anchored.anchor, now);
        let keys = anchored.keys();
        let link = |record: &Record| {
            let subject = EntityId::parse(&record.subject, reader.development).ok()?;
            let tokens: Vec<&str> = record.statements.iter().map(String::as_str).collect();
            Linked::judge(&tokens, &subject, &anchored.anchor, &keys, &reader).ok()
        };
        let vouchers = record.vouchers.iter().filter_map(link);
        let vouchers: Vec<_> = vouchers.map(|linked| Arc::new(linked.into_voucher())).collect();
        let linked = link(record)?;
        let chain = self.mark(linked, &anchored.anchor, (&keys, vouchers), &reader, fx).ok()?;
        (now < chain.expires()).then_some((rank, chain))
    }

    /// The chain with what is known of its marks; nobody is asked.
    pub(super) fn mark(
        &self,
        linked: Linked,
        anchor: &TrustAnchor,
        (keys, vouchers): (&AnchorKeys, Vec<Arc<TrustChain>>),
        reader: &Reader,
        fx: &Effects,
    ) -> Result<TrustChain, Broken> {
        let tried = linked.tried(anchor, keys, &vouchers, reader);
        let until = |mark: &_| self.inner.standings.until(mark, anchor.mark_status, fx);
        linked.marked(anchor, &tried, vouchers, until)
    }
}
