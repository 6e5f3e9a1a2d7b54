//! Chains that somebody brings along: in the header of a token, or from a shared store (OpenID Federation
//! 1.0, section 4.3).
//!
//! Not believed for being brought: every statement is judged as if it had been fetched. Nobody is asked,
//! neither for statements nor for the issuers of marks: those count as far as their own chain is known, and
//! what was said of a mark before. The background asks about new ones.

use std::sync::Arc;

use super::{Federation, of_chain};
use crate::effects::Effects;
use crate::federation::chain::Linked;
use crate::federation::statement::Whose;
use crate::federation::{Broken, EntityId, Flaw, TrustChain};

impl Federation {
    /// The chain of `subject` that `statements` are: its own first, the anchor's own last. It is kept.
    ///
    /// # Errors
    /// [`Broken`].
    pub fn offered(
        &self,
        subject: &EntityId,
        statements: &[String],
        fx: &Effects,
    ) -> Result<Arc<TrustChain>, Broken> {
        let (rank, chain) = self.judged(Whose::Entity, subject, statements, fx)?;
        let chain = Arc::new(chain);
        self.inner.cache.keep(&chain, rank, fx);
        Ok(chain)
    }

    /// The chain that `statements` are, with the place of its anchor; the first one may be what the subject
    /// sent to be registered.
    pub(super) fn judged(
        &self,
        whose: Whose,
        subject: &EntityId,
        statements: &[String],
        fx: &Effects,
    ) -> Result<(usize, TrustChain), Broken> {
        let tokens: Vec<&str> = statements.iter().map(String::as_str).collect();
        let mut reason: Option<Broken> = None;
        for (rank, anchored) in self.inner.anchors.iter().enumerate() {
            let anchor = &anchored.anchor;
            let reader = self.reader(anchor, fx.now());
            let keys = anchored.keys();
            let judged = Linked::judge_of(whose, &tokens, subject, anchor, &keys, &reader);
            let marked = judged.and_then(|linked| {
                let issuers = linked.mark_issuers(anchor, &reader).into_iter();
                let known = |issuer| self.inner.cache.known_to(&issuer, &anchor.id, reader.now);
                let vouchers: Vec<_> = issuers.filter_map(known).collect();
                self.mark(linked, anchor, (&keys, vouchers), &reader, fx)
            });
            match marked {
                Ok(chain) if reader.now < chain.expires() => return Ok((rank, chain)),
                // Of several anchors the one that it leads to says most.
                Err(broken) if broken.entity != anchor.id || reason.is_none() => {
                    reason = Some(broken);
                }
                Ok(_) | Err(_) => {}
            }
        }
        Err(reason.unwrap_or_else(|| of_chain(subject, Flaw::NoAnchor)))
    }
}
