//! What is looked at on nobody's account: our own way up to an anchor, and those who issue the marks that are
//! demanded, so that a stranger's mark is judged without asking anybody.
//!
//! Not a search for a stranger: whom to ask stands in the configuration, and in the verified configuration of
//! an anchor.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Anchored, Federation, Search, of_chain};
use crate::effects::Effects;
use crate::federation::{Broken, EntityId, Flaw, Superiors, TrustChain};

/// Issuers of one anchor's marks that are looked up.
const MOST: usize = 16;

impl Federation {
    /// The way to ask superiors of ours below these anchors.
    #[must_use]
    pub fn superiors(&self) -> Superiors {
        Superiors::new(self.anchors().cloned().collect(), self.inner.reach.clone())
    }

    /// The chain of `subject`, an entity of ours, up to that anchor. It is not kept.
    ///
    /// # Errors
    /// [`Broken`].
    pub async fn traced_to(
        &self,
        subject: &EntityId,
        anchor: &EntityId,
        fx: &Effects,
    ) -> Result<TrustChain, Broken> {
        let rank = self.anchors().position(|known| known.id == *anchor);
        let rank = rank.ok_or_else(|| of_chain(subject, Flaw::NoAnchor))?;
        let mut search = Search::new(fx, &self.inner.reach);
        self.traced(&mut search, subject, None, rank, fx).await
    }

    /// Looks up whom the anchors let issue the marks that are demanded, and who is not known yet. What went
    /// wrong: marks of those count for nothing where nobody may be asked.
    pub async fn know_issuers(&self, fx: &Effects) -> Vec<Broken> {
        let mut failed = Vec::new();
        for (rank, anchored) in self.inner.anchors.iter().enumerate() {
            if !anchored.anchor.marks.is_empty() {
                failed.extend(self.know_issuers_of(anchored, rank, fx).await);
            }
        }
        failed
    }

    async fn know_issuers_of(&self, anchored: &Anchored, rank: usize, fx: &Effects) -> Vec<Broken> {
        let anchor = &anchored.anchor;
        let reader = self.reader(anchor, fx.now());
        let mut search = Search::new(fx, &self.inner.reach);
        let own = match search.anchor(anchor, &anchored.keys(), &reader).await {
            Ok(own) => own,
            Err(broken) => return vec![broken],
        };
        self.watch(anchored, &own, fx).await;
        let kinds: BTreeSet<&String> = anchor.marks.values().flatten().collect();
        let names = ["trust_mark_issuers", "trust_marks_issuers"];
        let listed = names.into_iter().find_map(|name| own.claims().get(name));
        let issuers: BTreeSet<EntityId> = kinds
            .into_iter()
            .filter_map(|kind| listed?.get(kind)?.as_array())
            .flatten()
            .filter_map(Value::as_str)
            .filter_map(|name| EntityId::parse(name, reader.development).ok())
            .filter(|issuer| *issuer != anchor.id)
            .collect();
        let mut failed = Vec::new();
        for issuer in issuers.iter().take(MOST) {
            if self.inner.cache.known_to(issuer, &anchor.id, fx.now()).is_none() {
                let mut search = Search::new(fx, &self.inner.reach);
                search.offer(&anchor.id, own.token().to_owned());
                failed.extend(self.search(&mut search, issuer, rank, fx).await.err());
            }
        }
        failed
    }
}
