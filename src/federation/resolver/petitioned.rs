//! Relying parties that ask to be registered: the configuration that one sends stands in the place of the
//! one it publishes (OpenID Federation 1.0, section 12.2.2).
//!
//! Not kept among the known chains: what is addressed to us is nobody else's, and is never told by the
//! resolve endpoint.

use std::sync::Arc;

use serde_json::Map;

use super::{Anchored, Federation, Search, of_chain, telling};
use crate::effects::Effects;
use crate::federation::chain::broken_configuration;
use crate::federation::statement::Whose;
use crate::federation::{
    Broken, EntityConfiguration, EntityId, Flaw, MarkDraft, MarkRules, Petition, TrustChain,
};

impl Federation {
    /// The chain of whoever sent `petition`. A chain that it brings is judged, and nobody is asked. For a bare
    /// configuration its superiors are asked; with `marked`, only if it shows a mark that an anchor demands of
    /// an `entity_type` and that proves itself without asking anybody.
    ///
    /// # Errors
    /// [`Broken`].
    pub async fn petitioned(
        &self,
        petition: &Petition,
        entity_type: &str,
        marked: bool,
        fx: &Effects,
    ) -> Result<Arc<TrustChain>, Broken> {
        let subject = petition.subject();
        if let Some(statements) = petition.chain() {
            return self.petitioned_with(subject, statements, fx);
        }
        if marked && !self.shows_mark(petition, entity_type, fx) {
            let reason = "the configuration that was sent shows none that holds".to_owned();
            let flaw = Flaw::Mark { role: entity_type.to_owned(), reason };
            return Err(broken_configuration(subject, flaw));
        }
        let Ok(_slot) = self.inner.slots.try_acquire() else {
            return Err(of_chain(subject, Flaw::Limit("too many searches at once")));
        };
        let mut search = Search::new(fx, &self.inner.reach);
        let mut reason: Option<Broken> = None;
        for (rank, anchored) in self.inner.anchors.iter().enumerate() {
            let own = self.proven(petition, anchored, fx)?;
            match self.traced(&mut search, subject, Some(own), rank, fx).await {
                Ok(chain) => return Ok(Arc::new(chain)),
                Err(broken) => reason = Some(telling(reason, broken)),
            }
        }
        Err(reason.unwrap_or_else(|| of_chain(subject, Flaw::NoAnchor)))
    }

    /// The same from a whole chain that begins with what was sent.
    ///
    /// # Errors
    /// [`Broken`].
    pub fn petitioned_with(
        &self,
        subject: &EntityId,
        statements: &[String],
        fx: &Effects,
    ) -> Result<Arc<TrustChain>, Broken> {
        self.judged(Whose::Registering, subject, statements, fx).map(|(_, chain)| Arc::new(chain))
    }

    /// Whether it shows one mark of a type that an anchor demands of an `entity_type`, in force and by a key
    /// that is known here: the pinned ones, or those of an issuer whose chain is known.
    fn shows_mark(&self, petition: &Petition, entity_type: &str, fx: &Effects) -> bool {
        self.inner.anchors.iter().any(|anchored| {
            self.proven(petition, anchored, fx)
                .is_ok_and(|own| self.marked_for(anchored, &own, entity_type, fx))
        })
    }

    fn marked_for(
        &self,
        anchored: &Anchored,
        own: &EntityConfiguration,
        entity_type: &str,
        fx: &Effects,
    ) -> bool {
        let anchor = &anchored.anchor;
        let reader = self.reader(anchor, fx.now());
        let top = anchored.latest(&reader);
        // While the anchor was not read, nobody but itself is known to issue marks.
        let nothing = Map::new();
        let claims = top.as_ref().map_or(&nothing, EntityConfiguration::claims);
        let rules = MarkRules::new(&anchor.id, claims, anchor.dialect);
        let listed = own.claims().get("trust_marks").and_then(serde_json::Value::as_array);
        let kinds = anchor.marks.get(entity_type).into_iter().flatten();
        let mut shown = kinds.flat_map(|kind| {
            let entries = listed.into_iter().flatten();
            entries
                .filter(move |entry| MarkDraft::type_of(entry, anchor.dialect) == Some(kind))
                .map(move |entry| (entry, kind))
        });
        shown.any(|(entry, kind)| {
            let read = || MarkDraft::read(entry, kind, own.subject(), &rules, &reader);
            let Ok(draft) = read() else { return false };
            let sets = if *draft.issuer() == anchor.id {
                anchored.keys().as_ref().clone()
            } else {
                let known = self.inner.cache.known_to(draft.issuer(), &anchor.id, reader.now);
                known.map(|chain| Arc::clone(chain.keys())).into_iter().collect()
            };
            let holds = |set: &Arc<_>| {
                let mark = read().and_then(|draft| draft.verify(set));
                mark.is_ok_and(|mark| mark.expires().is_some_and(|end| reader.now < end))
            };
            sets.iter().any(holds)
        })
    }

    /// What was sent, by the keys that stand in it.
    fn proven(
        &self,
        petition: &Petition,
        anchored: &Anchored,
        fx: &Effects,
    ) -> Result<EntityConfiguration, Broken> {
        let reader = self.reader(&anchored.anchor, fx.now());
        EntityConfiguration::verify_sent(petition.configuration(), petition.subject(), &reader)
            .map_err(|flaw| broken_configuration(petition.subject(), flaw))
    }
}
