//! The national services card (CNS): a person shows the certificate of a card in a TLS handshake.
//!
//! Not the handshake: a listener of its own asks for a certificate and verifies that its key was used,
//! and nothing else; everything else is judged here, so that whoever is refused learns why. There is no
//! provider behind a card: the authority that issued it stands in a provider's place.

mod card;
mod responder;
mod settings;

use std::collections::BTreeMap;
use std::sync::Arc;

use arc_swap::ArcSwap;
use serde::{Deserialize, Serialize};

use self::card::{Card, Holder, Purpose};
use self::responder::Responders;
pub use self::settings::{CnsConfig, ResponderSettings};
use super::contract::{
    Arrival, Departure, Document, Inbound, Kind, Lists, ProviderCard, Setback, Shown, SingleLogout,
    Trust, Upstream, UpstreamRequest, Wanted,
};
use crate::crypto::Handle;
use crate::crypto::digest::{base64url, sha256};
use crate::crypto::issuers::{Issued, PathFault};
use crate::crypto::ocsp::Said;
use crate::crypto::revocation::Standing;
use crate::effects::{Effects, Timestamp};
use crate::identity::UpstreamIdentity;
use crate::terms::Level;

/// The CNS upstream.
#[derive(Debug)]
pub struct Cns(ArcSwap<Judge>);

/// Everything that judges a card; replaced as a whole when configuration is read again.
#[derive(Debug)]
struct Judge {
    config: CnsConfig,
    lists: Arc<Lists>,
    responders: Option<Responders>,
}

/// What is remembered while the person looks for the card.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Pending {
    /// The digest of the ticket: this journey's own name.
    journey: String,
    departed_at: Timestamp,
}

impl Cns {
    /// Reads lists from files; servers are asked later.
    #[must_use]
    pub fn open(config: CnsConfig, fx: &Effects) -> Self {
        let lists = Lists::open(config.lists.clone(), Arc::clone(&config.issuers), fx);
        Self(ArcSwap::from_pointee(Judge::new(config, lists)))
    }

    /// Goes on under another configuration; what is known of lists that stay is kept.
    pub fn replace(&self, config: CnsConfig, fx: &Effects) {
        let issuers = Arc::clone(&config.issuers);
        let lists = self.0.load().lists.followed_by(config.lists.clone(), issuers, fx);
        self.0.store(Arc::new(Judge::new(config, lists)));
    }
}

impl Judge {
    fn new(config: CnsConfig, lists: Lists) -> Self {
        let responders = config.responder.clone().map(Responders::new);
        Self { config, lists: Arc::new(lists), responders }
    }

    /// Whether cards of `issuer` can be judged at `now`.
    fn can_judge(&self, issuer: &crate::crypto::issuers::Issuer, now: Timestamp) -> bool {
        let unchecked = self.config.unchecked_until.is_some_and(|end| now <= end);
        issuer.is_valid(now)
            && (unchecked || self.responders.is_some() || self.lists.speak_for(issuer, now))
    }

    /// Whose card it is, the authority, and the level that it proves now.
    async fn judge(&self, der: &[u8], fx: &Effects) -> Result<(Holder, String, Level), Setback> {
        let now = fx.now();
        let card = Card::read(der).filter(|_| der.len() <= LONGEST);
        let card =
            card.ok_or_else(|| refused("cns-unreadable", "not a certificate that is read"))?;
        match card.purpose {
            Purpose::Authentication => {}
            Purpose::Signature => return Err(refused("cns-signature-certificate", "keyUsage")),
            Purpose::Other => {
                return Err(refused("cns-wrong-purpose", "keyUsage, extendedKeyUsage or CA:TRUE"));
            }
        }
        let issued = self.config.issuers.issued(der, now).map_err(|fault| {
            let slug = match &fault {
                PathFault::Unusable(_) => "cns-unreadable",
                PathFault::UnknownAuthority | PathFault::Outside => "cns-unknown-authority",
                PathFault::AuthorityExpired => "cns-authority-expired",
                PathFault::Expired => "cns-expired",
                PathFault::NotYetValid => "cns-not-yet-valid",
                PathFault::Weak => "cns-weak",
                PathFault::NotForClients => "cns-wrong-purpose",
            };
            refused(slug, &fault.to_string())
        })?;
        let short = self.config.short_keys_until.is_some_and(|end| now <= end);
        let fewest = if short { 1024 } else { 2048 };
        if card.rsa_bits.is_some_and(|bits| bits < fewest) {
            return Err(refused("cns-weak", "the RSA key of the card is too short"));
        }
        if !card.policies.iter().any(|policy| self.config.policies.contains(policy)) {
            return Err(refused(
                "cns-wrong-policy",
                "certificatePolicies has none that is accepted",
            ));
        }
        let level = self.standing(&issued, &card, fx).await?;
        let authority = issued.issuer.name().to_owned();
        let holder = card.holder.map_err(|why| refused("cns-holder-unnamed", &why.to_string()))?;
        Ok((holder, authority, level))
    }

    /// The level that the card proves, if it is not revoked.
    async fn standing(
        &self,
        issued: &Issued<'_>,
        card: &Card,
        fx: &Effects,
    ) -> Result<Level, Setback> {
        let now = fx.now();
        let listed = self.lists.standing(issued.issuer, &issued.serial, &card.points, now);
        if listed == Standing::Revoked {
            return Err(refused("cns-revoked", "on the authority's list"));
        }
        let said = match &self.responders {
            None => None,
            Some(responders) => responders.ask(issued, &card.responders, &self.lists, fx).await,
        };
        let lists_count = !self.responders.as_ref().is_some_and(Responders::required);
        match said {
            Some(Said::Revoked) => Err(refused("cns-revoked", "the responder says so")),
            Some(Said::Good) => Ok(self.config.level),
            _ if lists_count && listed == Standing::Good => Ok(self.config.level),
            _ if self.config.unchecked_until.is_some_and(|end| now <= end) => {
                let authority = issued.issuer.name();
                tracing::warn!(upstream = Cns::NAME, authority, "a card was taken unchecked");
                Ok(self.config.level.min(Level::L2))
            }
            _ => Err(refused("cns-revocation-unknown", "neither a list in force nor a responder")),
        }
    }
}

impl Upstream for Cns {
    const NAME: &'static str = "cns";
    type Pending = Pending;

    fn slugs() -> Vec<&'static str> {
        SLUGS.to_vec()
    }

    /// The card as people choose it, and every authority: their names stand in tokens and metrics.
    fn providers(&self) -> Vec<ProviderCard> {
        let judge = self.0.load();
        let authorities = judge.config.issuers.iter().map(|issuer| ProviderCard {
            id: issuer.name().to_owned(),
            name: issuer.name().to_owned(),
            logo: None,
            country: None,
        });
        std::iter::once(the_card()).chain(authorities).collect()
    }

    fn choice(&self, _: &Wanted<'_>) -> Vec<ProviderCard> {
        vec![the_card()]
    }

    fn only(&self, _: &Wanted<'_>) -> Option<String> {
        Some(Self::NAME.to_owned())
    }

    fn offers(&self, provider: &str, _: &Wanted<'_>) -> bool {
        provider == Self::NAME
    }

    /// People choose the card, and the authority that issued it signs them in.
    fn serves(&self, provider: &str, _: &Wanted<'_>) -> bool {
        self.vouches(Self::NAME, provider)
    }

    fn vouches(&self, method: &str, provider: &str) -> bool {
        let judge = self.0.load();
        method == Self::NAME && judge.config.issuers.iter().any(|issuer| issuer.name() == provider)
    }

    /// A card tells everybody the same.
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
        path == ENTER
    }

    fn trust(&self) -> Trust {
        Trust::Lists(Arc::clone(&self.0.load().lists))
    }

    /// Lists judge by themselves: there is nothing to take up.
    fn adopt(&self) {}

    fn usable(&self, now: Timestamp) -> usize {
        let judge = self.0.load();
        judge.config.issuers.iter().filter(|issuer| judge.can_judge(issuer, now)).count()
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
        let judge = self.0.load_full();
        if request.provider != Self::NAME {
            return Err(refused("provider-unknown", "there is one choice: the card"));
        }
        let ticket = request.ticket.reveal();
        let pending =
            Pending { journey: base64url(&sha256(ticket.as_bytes())), departed_at: fx.now() };
        let address = format!("{}{ENTER}?ticket={ticket}", judge.config.url);
        Ok((Departure::Redirect(address), pending))
    }

    /// Every outcome ends the journey: a card is shown once, and a stolen ticket is of no use afterwards.
    async fn receive(
        &self,
        pending: Pending,
        inbound: Inbound,
        fx: &Effects,
    ) -> Result<Arrival<Pending>, Setback> {
        let judge = self.0.load_full();
        if fx.now().since(pending.departed_at) > TIME_FOR_THE_CARD {
            return Err(refused("cns-too-late", "the ticket is too old"));
        }
        let der = match inbound.shown {
            Shown::Certificate { others, .. } if others > MOST_OTHERS => {
                return Err(refused("cns-chain-too-long", "too many certificates came along"));
            }
            Shown::Certificate { own, .. } => own,
            Shown::Nothing => return Err(refused("cns-no-certificate", "none was shown")),
            Shown::Refused(why) => return Err(refused("cns-proxy-refused", why)),
        };
        let (holder, authority, level) = judge.judge(&der, fx).await?;
        let mut attributes = BTreeMap::new();
        attributes.insert("fiscalNumber".to_owned(), holder.fiscal_code.tax_number());
        let names = [("name", holder.given_name), ("familyName", holder.family_name)];
        for (name, value) in names {
            attributes.extend(value.map(|value| (name.to_owned(), value)));
        }
        Ok(Arrival::Identified(Box::new(UpstreamIdentity {
            upstream: Self::NAME.to_owned(),
            provider: authority,
            attributes,
            level,
            authenticated_at: fx.now(),
            assertion_id: pending.journey,
            expires_at: pending.departed_at.plus(TIME_FOR_THE_CARD),
            session: None,
            desk: None,
        })))
    }

    fn metadata_age(&self, now: Timestamp) -> std::time::Duration {
        self.0.load().lists.age(now)
    }
}

/// A card keeps no session: nobody asks for its end, and nothing comes.
impl SingleLogout for Cns {
    fn provider_name(&self, provider: &str) -> Option<String> {
        self.vouches(Self::NAME, provider).then(|| provider.to_owned())
    }
}

/// What people choose: any card.
fn the_card() -> ProviderCard {
    ProviderCard { id: Cns::NAME.to_owned(), name: "CNS".to_owned(), logo: None, country: None }
}

fn refused(slug: &'static str, detail: &str) -> Setback {
    Setback { kind: Kind::Refused, slug, detail: detail.to_owned() }
}

const SLUGS: [&str; 18] = [
    "internal",
    "provider-unknown",
    "cns-no-certificate",
    "cns-unreadable",
    "cns-chain-too-long",
    "cns-signature-certificate",
    "cns-wrong-purpose",
    "cns-unknown-authority",
    "cns-authority-expired",
    "cns-expired",
    "cns-not-yet-valid",
    "cns-weak",
    "cns-wrong-policy",
    "cns-revoked",
    "cns-revocation-unknown",
    "cns-holder-unnamed",
    "cns-proxy-refused",
    "cns-too-late",
];

/// Where a card is shown.
pub const ENTER: &str = "/cns/enter";
/// From the choice page to the end of the handshake: long enough to find the card and type its PIN.
const TIME_FOR_THE_CARD: std::time::Duration = std::time::Duration::from_mins(5);
/// Octets of the longest certificate.
const LONGEST: usize = 16 * 1024;
/// How many certificates a genuine client sends along with its own.
const MOST_OTHERS: usize = 3;
