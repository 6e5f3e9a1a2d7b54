//! Proof: whether a client would still take a login that is over (RFC 6749, section 10.4; RFC 9700, section
//! 4.14.2).
//!
//! Not the end of what rests on that login: an objection is looked at anew each time, so a mistake in
//! the configuration that is put right ends nobody's login.

use super::Broker;
use crate::identity::Identity;
use crate::oidc::Client;
use crate::terms::Category;

impl Broker {
    /// The same, and whether a credential of our own is still in force: that its record says, not the login.
    pub async fn objection_now(
        &self,
        client: &Client,
        identity: &Identity,
        categories: &[Category],
    ) -> Option<&'static str> {
        if let Some(objection) = self.objection(client, identity, categories) {
            return Some(objection);
        }
        (!self.is_in_force(identity).await).then_some("the credential is not in force any more")
    }

    /// Whether a credential of our own is still in force; anybody else's is its provider's affair.
    pub(super) async fn is_in_force(&self, identity: &Identity) -> bool {
        let upstream = self.upstreams.get(&identity.origin.auth_method);
        match upstream.filter(|_| identity.desk.is_some()) {
            Some(upstream) => upstream.holds(identity).await,
            None => identity.desk.is_none(),
        }
    }

    /// Why `client` could not be given a token for this login today, by a person whom its entitlement
    /// source puts into `categories`; `None` when it can.
    pub fn objection(
        &self,
        client: &Client,
        identity: &Identity,
        categories: &[Category],
    ) -> Option<&'static str> {
        let origin = &identity.origin;
        if identity.level < client.minimum_level {
            return Some("the client takes a higher level now");
        }
        if !identity.opens(&client.id) {
            return Some("the credential was not issued for the client");
        }
        if self.judge(client, identity, categories).is_err() {
            return Some("policy does not let that login in any more");
        }
        let mut offered = client.upstreams.iter().filter_map(|name| self.upstreams.get(name));
        let vouched =
            offered.any(|upstream| upstream.vouches(&origin.auth_method, &origin.provider));
        (!vouched)
            .then_some("the client, the configuration or the metadata no longer admit its provider")
    }
}
