//! Asking the issuers of trust marks whether these still hold, beside the renewal of chains.
//!
//! Not what becomes of an answer ([`crate::federation::standing`]). A login never asks: a search does, for
//! marks that it meets, and the background for all that are known.

use tokio::task::JoinSet;

use super::{Federation, RENEWALS, on_disk};
use crate::effects::{Effects, FetchUrl};
use crate::federation::standing::{Attested, Digest, PACE};
use crate::federation::{AskStatus, Broken, Document, EntityId, Flaw, MarkStatus, kept};

impl Federation {
    /// The longest time between two rounds in which what issuers take back is heard in time; `None`: no
    /// issuer is asked.
    #[must_use]
    pub fn pace(&self) -> Option<std::time::Duration> {
        let asks = |anchor: &crate::federation::TrustAnchor| {
            anchor.mark_status != AskStatus::Never && !anchor.marks.is_empty()
        };
        self.anchors().any(asks).then_some(PACE)
    }

    /// Asks about the marks that are due: those of `subject`, or everybody's. Whose mark was taken back is
    /// dropped, and told.
    pub(super) async fn ask_issuers(
        &self,
        subject: Option<&EntityId>,
        fx: &Effects,
    ) -> Vec<Broken> {
        let mut due = self.inner.standings.due(subject, fx).into_iter();
        let (mut running, mut withdrawn) = (JoinSet::new(), Vec::new());
        loop {
            while running.len() < RENEWALS
                && let Some((digest, attested)) = due.next()
            {
                let (federation, fx) = (self.clone(), fx.clone());
                running.spawn(async move { federation.ask_issuer(digest, attested, &fx).await });
            }
            match running.join_next().await {
                None => return withdrawn,
                Some(Ok(told)) => withdrawn.extend(told),
                Some(Err(ended)) => tracing::error!(%ended, "the issuer of a mark was not asked"),
            }
        }
    }

    async fn ask_issuer(&self, digest: Digest, asked: Attested, fx: &Effects) -> Option<Broken> {
        let answer = self.status(&asked, fx).await;
        if !self.inner.standings.note(&digest, answer, fx) {
            return None;
        }
        let Attested { subject, anchor, mark, .. } = asked;
        self.drop_chain(&subject, &anchor).await;
        let flaw = Flaw::Withdrawn(mark.kind().to_owned());
        Some(Broken { entity: subject, document: Document::Configuration, flaw })
    }

    async fn status(&self, asked: &Attested, fx: &Effects) -> Result<MarkStatus, String> {
        let reach = &self.inner.reach;
        let anchor = self.anchors().find(|anchor| anchor.id == asked.anchor);
        let (Some(anchor), Some(endpoint)) = (anchor, &asked.endpoint) else {
            return Err("there is nobody to ask".to_owned());
        };
        let endpoint = FetchUrl::parse(endpoint, &reach.allowed, reach.development)
            .map_err(|fault| fault.to_string())?;
        let reader = self.reader(anchor, fx.now());
        MarkStatus::ask(&asked.mark, endpoint, &asked.keys, &reader, fx)
            .await
            .map_err(|fault| fault.to_string())
    }

    /// Forgets a chain that holds no more, here and on disk.
    pub(super) async fn drop_chain(&self, subject: &EntityId, anchor: &EntityId) {
        self.inner.cache.drop_chain(subject, anchor);
        if let Some(folder) = self.inner.folder.clone() {
            let (subject, anchor) = (subject.clone(), anchor.clone());
            on_disk(move || {
                kept::forget(&folder, &subject, &anchor);
                Ok(())
            })
            .await;
        }
    }
}
