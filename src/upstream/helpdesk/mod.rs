//! Credentials of the help desk: a person signs in on a page of ours.
//!
//! Not the page (`web`), and not what opens a credential (`credential::access`). There is no provider behind
//! it: we are that, so whether a credential is still in force is asked of its record each time.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use super::contract::{
    Arrival, Departure, Document, Inbound, Kind, ProviderCard, Setback, SingleLogout, Trust,
    Upstream, UpstreamRequest, Wanted,
};
use crate::credential::Case;
use crate::credential::access::{Book, Breached, Holder, Place, Refused, Standing, Statement, Try};
use crate::crypto::Handle;
use crate::crypto::digest::{base64url, sha256};
use crate::effects::{Effects, Timestamp};
use crate::identity::{DeskProof, Identity, UpstreamIdentity, UpstreamSession};
use crate::terms::{Level, Strength};

/// What configuration says about it.
#[derive(Clone, Debug)]
pub struct HelpDeskConfig {
    /// The issuer, without a slash at its end.
    pub issuer: String,
    /// The name space of its `acr`: `varco` in `urn:varco:acr:helpdesk:1`.
    pub namespace: String,
    /// Passwords that nobody may choose.
    pub breached: Breached,
}

/// The upstream.
#[derive(Debug)]
pub struct HelpDesk {
    config: HelpDeskConfig,
    book: Arc<Book>,
}

/// What is remembered while the person signs in.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Pending {
    /// The digest of the ticket: this journey's own name.
    journey: String,
    tenant: String,
    departed_at: Timestamp,
}

impl HelpDesk {
    /// With the credentials of `book`.
    #[must_use]
    pub const fn new(config: HelpDeskConfig, book: Arc<Book>) -> Self {
        Self { config, book }
    }

    /// The credentials.
    #[must_use]
    pub const fn book(&self) -> &Arc<Book> {
        &self.book
    }

    /// Passwords that nobody may choose.
    #[must_use]
    pub const fn breached(&self) -> &Breached {
        &self.config.breached
    }

    async fn sign_in(&self, inbound: &Inbound) -> Result<(Case, Strength), Refused> {
        let text = |name| inbound.single(name).unwrap_or_default();
        let octets = |name| URL_SAFE_NO_PAD.decode(text(name)).unwrap_or_default();
        let ticket = self.ticket(inbound).ok_or(Refused::Wrong)?;
        let place = Place::of(inbound.from);
        let attempt = Try { ticket: &ticket, place: &place };
        let entered = if text("passkey").is_empty() {
            let typed = (text("username"), text("password"), text("code"));
            self.book.by_password::<Case>(attempt, typed).await?
        } else {
            let statement = Statement {
                client_data: octets("client_data"),
                authenticator_data: octets("authenticator_data"),
            };
            let shown = (text("passkey"), &statement, &*octets("signature"));
            self.book.by_passkey::<Case>(attempt, shown).await?
        };
        Ok((entered.holder, entered.strength))
    }

    fn page(&self, ticket: &str, said: &str) -> Departure {
        let issuer = &self.config.issuer;
        Departure::Redirect(format!("{issuer}{SIGN_IN}?ticket={ticket}{said}"))
    }

    fn identity(
        &self,
        case: &Case,
        strength: Strength,
        at: &Pending,
        now: Timestamp,
    ) -> UpstreamIdentity {
        let granted = case.granted();
        UpstreamIdentity {
            upstream: Self::NAME.to_owned(),
            provider: Self::NAME.to_owned(),
            attributes: case.attributes(),
            level: Level::L1,
            authenticated_at: now,
            assertion_id: at.journey.clone(),
            expires_at: at.departed_at.plus(TIME),
            session: Some(UpstreamSession {
                upstream: Self::NAME.to_owned(),
                tenant: at.tenant.clone(),
                provider: Self::NAME.to_owned(),
                name_id: case.id().to_owned(),
                name_qualifier: String::new(),
                session_index: at.journey.clone(),
                given: None,
            }),
            desk: Some(Box::new(DeskProof {
                acr: strength.uri(&self.config.namespace),
                strength,
                credential: case.id().to_owned(),
                category: granted.map(|granted| granted.category.clone()).unwrap_or_default(),
                services: granted.map(|granted| granted.services.clone()).unwrap_or_default(),
            })),
        }
    }
}

impl Upstream for HelpDesk {
    const NAME: &'static str = "helpdesk";
    type Pending = Pending;

    fn slugs() -> Vec<&'static str> {
        SLUGS.to_vec()
    }

    fn providers(&self) -> Vec<ProviderCard> {
        vec![ours()]
    }

    fn choice(&self, _: &Wanted<'_>) -> Vec<ProviderCard> {
        vec![ours()]
    }

    fn only(&self, _: &Wanted<'_>) -> Option<String> {
        Some(Self::NAME.to_owned())
    }

    fn offers(&self, provider: &str, _: &Wanted<'_>) -> bool {
        provider == Self::NAME
    }

    fn vouches(&self, method: &str, provider: &str) -> bool {
        method == Self::NAME && provider == Self::NAME
    }

    fn classes(&self) -> Vec<(String, Strength)> {
        let uri = |strength: Strength| (strength.uri(&self.config.namespace), strength);
        Strength::ALL.map(uri).to_vec()
    }

    /// Its record says so now. One that cannot be read, or was edited, is not in force.
    async fn holds(&self, identity: &Identity) -> bool {
        let Some(desk) = &identity.desk else { return false };
        let found = self.book.registry().record::<Case>(&desk.credential).await;
        match found {
            Ok(Some(case)) => case.standing(self.book.now()) == Standing::InForce,
            Ok(None) => false,
            Err(cause) => {
                tracing::error!(upstream = Self::NAME, cause = %cause, "a credential cannot be looked at");
                false
            }
        }
    }

    /// A credential tells everybody the same.
    fn set_covers(&self, _: &str, _: &str, _: &str) -> bool {
        true
    }

    fn publishes(&self) -> Vec<Document> {
        Vec::new()
    }

    fn returns_to(&self) -> Vec<String> {
        Vec::new()
    }

    fn receives_at(&self, path: &str) -> bool {
        path == SIGN_IN
    }

    fn trust(&self) -> Trust {
        Trust::Ourselves
    }

    /// There is nothing to take up.
    fn adopt(&self) {}

    fn usable(&self, _: Timestamp) -> usize {
        1
    }

    fn certificates(&self) -> Vec<Timestamp> {
        Vec::new()
    }

    fn ticket(&self, inbound: &Inbound) -> Option<Handle> {
        inbound.single("ticket").and_then(Handle::parse)
    }

    async fn redirect(
        &self,
        request: &UpstreamRequest,
        fx: &Effects,
    ) -> Result<(Departure, Pending), Setback> {
        if request.provider != Self::NAME {
            return Err(refused("provider-unknown", "there is one choice: the help desk"));
        }
        let ticket = request.ticket.reveal();
        let journey = base64url(&sha256(ticket.as_bytes()));
        let pending = Pending { journey, tenant: request.tenant.clone(), departed_at: fx.now() };
        Ok((self.page(ticket, &format!("&lang={}", request.locale.tag())), pending))
    }

    /// Whoever is not let in is back on the page, and learns nothing but that.
    async fn receive(
        &self,
        pending: Pending,
        inbound: Inbound,
        fx: &Effects,
    ) -> Result<Arrival<Pending>, Setback> {
        let now = fx.now();
        let again = |said: &str| {
            let ticket = inbound.single("ticket").unwrap_or_default();
            Ok(Arrival::Onward(self.page(ticket, said), pending.clone()))
        };
        match self.sign_in(&inbound).await {
            Ok((case, strength)) => {
                let identity = self.identity(&case, strength, &pending, now);
                Ok(Arrival::Identified(Box::new(identity)))
            }
            Err(Refused::Wrong) => again("&said=wrong"),
            Err(Refused::Wait) => again("&said=wait"),
            Err(Refused::Spent) => Err(refused("credential-tries", "five tries in one journey")),
            Err(Refused::Busy) => {
                Err(unavailable("credential-busy", "no room for another password"))
            }
            Err(Refused::Not(Standing::Suspended)) => {
                Err(refused("credential-suspended", "its record"))
            }
            Err(Refused::Not(_)) => Err(refused("credential-over", "its record")),
            Err(Refused::Registry(cause)) => {
                Err(unavailable("credential-unreadable", &cause.to_string()))
            }
        }
    }

    fn metadata_age(&self, _: Timestamp) -> std::time::Duration {
        std::time::Duration::ZERO
    }
}

/// What is kept open is ours, and ends with the browser's session.
impl SingleLogout for HelpDesk {
    fn provider_name(&self, provider: &str) -> Option<String> {
        (provider == Self::NAME).then(|| ours().name)
    }
}

/// What people choose.
fn ours() -> ProviderCard {
    let name = HelpDesk::NAME.to_owned();
    ProviderCard { id: name.clone(), name, logo: None, country: None }
}

fn refused(slug: &'static str, detail: &str) -> Setback {
    Setback { kind: Kind::Refused, slug, detail: detail.to_owned() }
}

fn unavailable(slug: &'static str, detail: &str) -> Setback {
    Setback { kind: Kind::Unavailable, slug, detail: detail.to_owned() }
}

const SLUGS: [&str; 7] = [
    "internal",
    "provider-unknown",
    "credential-tries",
    "credential-busy",
    "credential-suspended",
    "credential-over",
    "credential-unreadable",
];

/// The page on which somebody signs in, and to which it posts.
pub const SIGN_IN: &str = "/credential/sign-in";
/// How long a journey can be identified once: its own name is remembered so long.
const TIME: std::time::Duration = std::time::Duration::from_hours(1);
