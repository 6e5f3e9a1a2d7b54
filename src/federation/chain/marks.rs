//! The trust marks that a role needs (OpenID Federation 1.0, section 7.3; AgID's marks for each role).
//!
//! Not what a single mark says ([`crate::federation::MarkDraft`]): here stands which ones are needed, and
//! whose keys verify them. The anchor's own are those that count here; of another issuer those that its own
//! chain to the same anchor vouches for, never what it publishes of itself.

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::Value;

use super::TrustChain;
use super::links::{AnchorKeys, Linked, broken_configuration};
use crate::crypto::jwk::PublicKeys;
use crate::effects::Timestamp;
use crate::federation::standing::{Attested, Discounted};
use crate::federation::{Broken, EntityId, Flaw, MarkDraft, MarkRules, Reader, TrustAnchor};

/// Where an issuer tells whether a mark of its own still holds (section 5.1.1).
const STATUS_ENDPOINT: &str = "federation_trust_mark_status_endpoint";

/// A mark of a type that a role needs.
pub(in crate::federation) struct Tried {
    kind: String,
    entry: Value,
    /// It, or why it is not valid.
    pub(in crate::federation) found: Result<Attested, String>,
}

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

    /// The marks that the roles need, each valid or with the reason why it is not.
    pub(in crate::federation) fn tried(
        &self,
        anchor: &TrustAnchor,
        keys: &AnchorKeys,
        vouchers: &[Arc<TrustChain>],
        reader: &Reader,
    ) -> Vec<Tried> {
        let needed = self.metadata.keys().filter_map(|role| anchor.marks.get(role)).flatten();
        let kinds: BTreeSet<&String> = needed.collect();
        let mut all = Vec::new();
        for kind in kinds {
            let tried = self.entries(kind).map(|entry| Tried {
                kind: kind.clone(),
                entry: entry.clone(),
                found: self.valid(entry, kind, anchor, keys, vouchers, reader),
            });
            all.extend(tried);
        }
        all
    }

    /// The chain, if its subject has one of the marks that each of its roles needs. It ends with the last of
    /// them at the latest; `until` says when that is, or why a valid one does not count.
    pub(in crate::federation) fn marked(
        mut self,
        anchor: &TrustAnchor,
        tried: &[Tried],
        vouchers: Vec<Arc<TrustChain>>,
        until: impl Fn(&Attested) -> Result<Timestamp, Discounted>,
    ) -> Result<TrustChain, Broken> {
        let mut marks = Vec::new();
        for (role, kinds) in &anchor.marks {
            if !self.metadata.contains_key(role) {
                continue;
            }
            let mut flaw = Flaw::Mark { role: role.clone(), reason: "there is none".to_owned() };
            let mut latest: Option<Timestamp> = None;
            for one in tried.iter().filter(|one| kinds.contains(&one.kind)) {
                let counts = match &one.found {
                    Ok(attested) => until(attested).map_err(|why| {
                        let withdrawn = why == Discounted::Withdrawn;
                        (withdrawn, why.to_string())
                    }),
                    Err(why) => Err((false, why.clone())),
                };
                match counts {
                    Ok(end) => {
                        latest = latest.max(Some(end));
                        marks.push(one.entry.clone());
                    }
                    Err((true, _)) => flaw = Flaw::Withdrawn(one.kind.clone()),
                    // That one was taken back says most.
                    Err(_) if matches!(flaw, Flaw::Withdrawn(_)) => {}
                    Err((false, reason)) => flaw = Flaw::Mark { role: role.clone(), reason },
                }
            }
            let Some(end) = latest else {
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

    /// A mark that its issuer signed, whoever vouches for the issuer.
    fn valid(
        &self,
        entry: &Value,
        kind: &str,
        anchor: &TrustAnchor,
        keys: &AnchorKeys,
        vouchers: &[Arc<TrustChain>],
        reader: &Reader,
    ) -> Result<Attested, String> {
        let issuer = self.draft(entry, kind, reader)?.issuer().clone();
        let by_anchor = issuer == anchor.id;
        let voucher = vouchers.iter().filter(|_| !by_anchor);
        let mut voucher =
            voucher.filter(|chain| *chain.subject() == issuer && *chain.anchor() == anchor.id);
        let voucher = voucher.next();
        let sets: Vec<Arc<PublicKeys>> = match voucher {
            Some(chain) => vec![Arc::clone(chain.keys())],
            None if by_anchor => keys.to_vec(),
            None => return Err("no chain leads from its issuer to the anchor".to_owned()),
        };
        let endpoint = match voucher {
            Some(chain) => chain
                .metadata("federation_entity")
                .and_then(|metadata| metadata.get(STATUS_ENDPOINT)?.as_str()),
            None => self.anchor.endpoint(STATUS_ENDPOINT).ok(),
        };
        let mut reason = String::new();
        for set in &sets {
            match self.draft(entry, kind, reader)?.verify(set) {
                Ok(mark) => {
                    return Ok(Attested {
                        mark,
                        subject: self.own.subject().clone(),
                        anchor: anchor.id.clone(),
                        endpoint: endpoint.map(str::to_owned),
                        vouched_until: voucher.map(|chain| chain.expires()),
                        keys: sets,
                    });
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
