//! The trust marks that a role needs (OpenID Federation 1.0, section 7.3; AgID's marks for each role).
//!
//! Not what a single mark says ([`crate::federation::MarkDraft`]): here stands which ones are needed, and
//! whose keys verify them. The anchor's own are those that count here; of another issuer those that its own
//! chain to the same anchor vouches for, never what it publishes of itself.

#[cfg(test)]
mod tests;

use std::sync::Arc;

use serde_json::Value;

use super::TrustChain;
use super::links::{AnchorKeys, Linked, broken_configuration};
use crate::crypto::jwk::PublicKeys;
use crate::effects::Timestamp;
use crate::federation::{Broken, EntityId, Flaw, MarkDraft, MarkRules, Reader, TrustAnchor};

impl Linked {
    /// Who issued marks that the roles need, apart from the anchor: their chains are asked for.
    pub(in crate::federation) fn mark_issuers(
        &self,
        anchor: &TrustAnchor,
        reader: &Reader,
    ) -> Vec<EntityId> {
        let mut issuers = Vec::new();
        for kind in self.metadata.keys().filter_map(|role| anchor.marks.get(role)).flatten() {
            for entry in self.entries(kind) {
                // What cannot be good sets off nothing.
                if let Ok(draft) = self.draft(entry, kind, reader)
                    && *draft.issuer() != anchor.id
                    && !issuers.contains(draft.issuer())
                {
                    issuers.push(draft.issuer().clone());
                }
            }
        }
        issuers
    }

    /// The chain, if its subject has one of the marks that each of its roles needs. It ends with the last of
    /// them at the latest.
    pub(in crate::federation) fn marked(
        mut self,
        anchor: &TrustAnchor,
        keys: &AnchorKeys,
        vouchers: Vec<Arc<TrustChain>>,
        reader: &Reader,
    ) -> Result<TrustChain, Broken> {
        let mut marks = Vec::new();
        for (role, kinds) in &anchor.marks {
            if !self.metadata.contains_key(role) {
                continue;
            }
            let mut reason = "there is none".to_owned();
            let mut latest: Option<Timestamp> = None;
            for kind in kinds {
                for entry in self.entries(kind) {
                    match self.valid(entry, kind, anchor, keys, &vouchers, reader) {
                        Ok(end) => {
                            latest = latest.max(Some(end));
                            marks.push(entry.clone());
                        }
                        Err(why) => reason = why,
                    }
                }
            }
            let Some(end) = latest else {
                let flaw = Flaw::Mark { role: role.clone(), reason };
                return Err(broken_configuration(self.own.subject(), flaw));
            };
            self.expires = self.expires.min(end);
        }
        Ok(self.into_chain(marks, vouchers))
    }

    /// The chain of somebody who is nothing but the issuer of marks.
    pub(in crate::federation) fn into_voucher(self) -> TrustChain {
        self.into_chain(Vec::new(), Vec::new())
    }

    /// Entries of that type in the subject's configuration.
    fn entries<'c>(&'c self, kind: &'c str) -> impl Iterator<Item = &'c Value> {
        let listed = self.own.claims().get("trust_marks").and_then(Value::as_array);
        let dialect = self.dialect;
        let of_kind = move |entry: &&Value| MarkDraft::type_of(entry, dialect) == Some(kind);
        listed.into_iter().flatten().filter(of_kind)
    }

    fn draft<'c>(
        &'c self,
        entry: &'c Value,
        kind: &str,
        reader: &Reader,
    ) -> Result<MarkDraft<'c>, String> {
        let rules = MarkRules::new(self.anchor.subject(), self.anchor.claims(), self.dialect);
        MarkDraft::read(entry, kind, self.own.subject(), &rules, reader)
            .map_err(|fault| fault.to_string())
    }

    /// Until when a mark holds, and whoever vouches for its issuer.
    fn valid(
        &self,
        entry: &Value,
        kind: &str,
        anchor: &TrustAnchor,
        keys: &AnchorKeys,
        vouchers: &[Arc<TrustChain>],
        reader: &Reader,
    ) -> Result<Timestamp, String> {
        let issuer = self.draft(entry, kind, reader)?.issuer().clone();
        let voucher = vouchers.iter().find(|chain| *chain.subject() == issuer);
        let sets: Vec<&PublicKeys> = if issuer == anchor.id {
            keys.iter().map(AsRef::as_ref).collect()
        } else {
            let vouched = voucher.filter(|chain| *chain.anchor() == anchor.id);
            vouched.map(|chain| chain.keys().as_ref()).into_iter().collect()
        };
        let mut reason = "no chain leads from its issuer to the anchor".to_owned();
        for set in sets {
            match self.draft(entry, kind, reader)?.verify(set) {
                Ok(mark) => {
                    // Whether one without an end still holds, its issuer would have to be asked each time.
                    let end = mark.expires().ok_or("it has no end")?;
                    let end = voucher.map_or(end, |chain| end.min(chain.expires()));
                    return if reader.now < end { Ok(end) } else { Err("it is over".to_owned()) };
                }
                Err(fault) => reason = fault.to_string(),
            }
        }
        Err(reason)
    }

    fn into_chain(self, marks: Vec<Value>, vouchers: Vec<Arc<TrustChain>>) -> TrustChain {
        let Self { anchor, own, statements, expires, metadata, dialect } = self;
        let subject = own.subject().clone();
        let issued = own.statement.issued;
        let keys = statements.first().map_or(&own.statement.keys, |superior| &superior.keys);
        let keys = Arc::clone(keys);
        let anchor_id = anchor.subject().clone();
        let superior = statements.first().map_or(&anchor_id, |superior| &superior.issuer).clone();
        let tokens = std::iter::once(own.statement.token)
            .chain(statements.into_iter().map(|statement| statement.token))
            .chain([anchor.statement.token]);
        TrustChain {
            subject,
            anchor: anchor_id,
            superior,
            issued,
            dialect,
            statements: tokens.collect(),
            expires,
            keys,
            metadata,
            marks,
            vouchers,
        }
    }
}
