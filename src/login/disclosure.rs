//! What a person is told before data leave for a relying party: each claim, its value, and who proved it.
//!
//! Not a legal basis: a public body informs, it does not ask. Whether there is a page at all is the
//! relying party's `information`, or its wish for this once (`prompt=consent`).

use std::sync::Arc;

use serde_json::Value;

use crate::crypto::Handle;
use crate::crypto::digest::{base64url, equal, sha256};
use crate::effects::Timestamp;
use crate::identity::claims::Claim;
use crate::identity::{Identity, Origin, Release, Role};
use crate::oidc::client::{Information, Texts};
use crate::oidc::{AuthorizationRequest, Client, Prompt};
use crate::terms::{Level, Strength};

/// What is shown.
#[derive(Debug)]
pub struct Disclosure {
    /// Who is told.
    pub client: Arc<Client>,
    /// Whether the person is asked, not only informed.
    pub asks: bool,
    /// Who proved it, and how.
    pub origin: Origin,
    /// How surely.
    pub level: Level,
    /// By what a credential of the help desk was proved; such a one has no level.
    pub strength: Option<Strength>,
    /// When.
    pub authenticated_at: Timestamp,
    /// What is told, in the order of the claims table.
    pub released: Vec<(&'static Claim, Value)>,
}

impl Disclosure {
    /// What has to be shown before `identity` is told to `client`; `None` when nothing has.
    pub(super) fn needed(
        client: &Arc<Client>,
        request: &AuthorizationRequest,
        identity: &Identity,
        roles: &[Role],
    ) -> Option<Self> {
        let asks = match (client.protocol.information, request.prompt) {
            (Information::None, Prompt::Consent) | (Information::Notice, _) => false,
            (Information::Consent, _) => true,
            (Information::None, _) => return None,
        };
        let asked = [request.claims.id_token.as_slice(), &request.claims.userinfo].concat();
        let release = Release {
            granted: &request.scopes,
            entitled: &client.scopes,
            asked: &asked,
            profile: client.claims_profile,
            roles,
        };
        let told = identity.clone().told_to(client);
        let released = release.rows(&told).map(|(_, claim, value)| (claim, value)).collect();
        Some(Self {
            client: Arc::clone(client),
            asks,
            origin: identity.origin.clone(),
            level: identity.level,
            strength: identity.desk.as_ref().map(|desk| desk.strength),
            authenticated_at: identity.authenticated_at,
            released,
        })
    }

    /// Which claims are told to whom: what a session remembers, so that the same is told once.
    pub(super) fn digest(&self) -> [u8; 32] {
        let names = self.released.iter().map(|(claim, _)| claim.label());
        let parts: Vec<&str> = std::iter::once(self.client.id.as_str()).chain(names).collect();
        sha256(parts.join("\n").as_bytes())
    }

    /// Why the service asks for that claim, where it says so: of the claim itself, or of its scope.
    #[must_use]
    pub fn reason(&self, claim: &Claim) -> Option<&Texts> {
        let reasons = &self.client.branding.reasons;
        reasons.get(claim.label()).or_else(|| reasons.get(claim.scope.name()))
    }

    /// What only the page of this login, with these very values, can say.
    #[must_use]
    pub fn proof(&self, tx: &Handle) -> String {
        let mut text = format!("varco disclosure {} {}", tx.reveal(), self.client.id.as_str());
        for (claim, value) in &self.released {
            text.push('\n');
            text.push_str(claim.label());
            text.push(' ');
            text.push_str(&value.to_string());
        }
        base64url(&sha256(text.as_bytes()))
    }

    pub(super) fn is_proven(&self, tx: &Handle, shown: Option<&str>) -> bool {
        shown.is_some_and(|shown| equal(shown.as_bytes(), self.proof(tx).as_bytes()))
    }
}
