//! The trust marks that a role needs.
//!
//! Not what a mark says: a role that the anchor's configuration lists needs one, and none is read yet, so
//! such a chain does not hold.

use std::sync::Arc;

use super::TrustChain;
use super::links::{Linked, broken_configuration};
use crate::federation::{Broken, EntityId, Flaw, Reader, TrustAnchor};

impl Linked {
    /// Who issued marks that the roles need, apart from the anchor.
    #[expect(clippy::unused_self, reason = "no mark is read yet")]
    pub(in crate::federation) fn mark_issuers(&self, _: &TrustAnchor, _: &Reader) -> Vec<EntityId> {
        Vec::new()
    }

    /// The chain, if its subject has the marks that its roles need.
    pub(in crate::federation) fn marked(
        self,
        anchor: &TrustAnchor,
        vouchers: Vec<Arc<TrustChain>>,
        _: &Reader,
    ) -> Result<TrustChain, Broken> {
        if let Some(role) = self.metadata.keys().find(|role| anchor.marks.contains_key(*role)) {
            let flaw = Flaw::Mark { role: role.clone(), reason: "no mark was read".to_owned() };
            return Err(broken_configuration(self.own.subject(), flaw));
        }
        Ok(self.into_chain(vouchers))
    }

    /// The chain of somebody who is nothing but the issuer of marks.
    pub(in crate::federation) fn into_voucher(self) -> TrustChain {
        self.into_chain(Vec::new())
    }

    fn into_chain(self, vouchers: Vec<Arc<TrustChain>>) -> TrustChain {
        let Self { anchor, own, statements, expires, metadata, dialect } = self;
        let subject = own.subject().clone();
        let keys = statements.first().map_or(&own.statement.keys, |superior| &superior.keys);
        let keys = Arc::clone(keys);
        let anchor_id = anchor.subject().clone();
        let tokens = std::iter::once(own.statement.token)
            .chain(statements.into_iter().map(|statement| statement.token))
            .chain([anchor.statement.token]);
        TrustChain {
            subject,
            anchor: anchor_id,
            dialect,
            statements: tokens.collect(),
            expires,
            keys,
            metadata,
            marks: Vec::new(),
            vouchers,
        }
    }
}
