//! What a browser sees: pages, departures and arrivals, static files.
//!
//! Not what a relying party's server calls: that is `provider`. Handlers are extract → verb → reply;
//! only `reply.rs` knows how a thing becomes HTTP. Every page works without a script, in five
//! languages, under the strictest Content-Security-Policy that lets it work.

mod announcements;
mod assets;
mod autopost;
pub mod body;
mod behalf;
mod changes;
mod closed;
mod credential;
mod conditional;
pub mod console;
mod card;
mod discovery;
mod documents;
mod entry_point;
mod fault_page;
mod help;
mod icalendar;
mod information;
mod journey;
mod landing;
mod language;
mod local_time;
mod logout;
mod matching;
pub mod own;
pub mod reply;
mod role;
mod session_state;
mod shell;
mod visit;

use std::sync::{Arc, OnceLock};

use actix_web::middleware::DefaultHeaders;
use actix_web::web::{self, ServiceConfig};
use arc_swap::ArcSwap;

use crate::fault::Texts;
use crate::helpdesk::Desk;
use crate::login::Broker;
use crate::policy::Announcements;
use crate::telephone::Pins;
use crate::terms::{Locale, TrustedProxies};

pub use card::{CardDoor, Share, Shares, keep_card};
pub use visit::Visit;

use own::OwnSettings;

/// What every page needs; one per process.
#[derive(Debug)]
pub struct Web {
    /// The five verbs.
    pub broker: Arc<Broker>,
    /// What people are told, as a snapshot that a look at its file replaces.
    pub announcements: ArcSwap<Announcements>,
    own: OnceLock<OwnSettings>,
    desk: OnceLock<Arc<Desk>>,
    proxies: OnceLock<TrustedProxies>,
    telephone_pins: OnceLock<Arc<Pins>>,
}

impl Web {
    /// The pages of that broker.
    #[must_use]
    pub fn new(broker: Arc<Broker>) -> Self {
        Self {
            broker,
            announcements: ArcSwap::default(),
            own: OnceLock::new(),
            desk: OnceLock::new(),
            proxies: OnceLock::new(),
            telephone_pins: OnceLock::new(),
        }
    }

    /// Believes those proxies about where somebody comes from; once.
    pub fn trust(&self, proxies: TrustedProxies) {
        let _ = self.proxies.set(proxies);
    }

    /// Has pages of its own from now on; once, before it is mounted.
    pub fn open_own(&self, settings: OwnSettings) {
        // A second setting is nobody's.
        let _ = self.own.set(settings);
    }

    /// Serves the console by that desk from now on; once, before it is mounted.
    pub fn open_desk(&self, desk: Arc<Desk>) {
        // A second desk is nobody's.
        let _ = self.desk.set(desk);
    }

    /// The help desk, if it is on.
    #[must_use]
    pub fn desk(&self) -> Option<&Arc<Desk>> {
        self.desk.get()
    }

    /// Lets people make telephone PINs from now on; once.
    pub fn offer_telephone_pins(&self, pins: Arc<Pins>) {
        let _ = self.telephone_pins.set(pins);
    }

    /// Telephone PINs, if there are any.
    #[must_use]
    pub fn telephone_pins(&self) -> Option<&Arc<Pins>> {
        self.telephone_pins.get()
    }

    /// The pages of our own that are on.
    #[must_use]
    pub fn own(&self) -> &OwnSettings {
        self.own.get_or_init(OwnSettings::default)
    }

    /// The text of `key`, or the key itself when no catalogue has it (a test forbids that).
    #[must_use]
    pub fn text(&self, locale: Locale, key: &str, values: &[(&str, &str)]) -> String {
        Texts::embedded().get(locale, key, values)
    }

    /// The headers of every answer of this listener, pages or not; an answer's own header wins.
    /// The assembly wraps the whole application in it.
    #[must_use]
    pub fn headers(&self) -> DefaultHeaders {
        let headers = reply::HEADERS.into_iter().fold(DefaultHeaders::new(), DefaultHeaders::add);
        if self.broker.settings.issuer.starts_with("https://") {
            headers.add(("Strict-Transport-Security", "max-age=31536000; includeSubDomains"))
        } else {
            headers
        }
    }

    /// Retired hosts, which have none of the broker's addresses: mount them first.
    pub fn configure_retired_hosts(self: &Arc<Self>, routes: &mut ServiceConfig) {
        entry_point::configure_hosts(self, routes);
    }

    /// What people reach with a card: one address, and the files of its pages.
    pub fn configure_for_cards(self: &Arc<Self>, routes: &mut ServiceConfig, door: CardDoor) {
        routes.app_data(web::Data::from(Arc::clone(self)));
        card::configure(routes, door);
    }

    /// Every address of this module, and the page for all others: mount it last.
    pub fn configure(self: &Arc<Self>, routes: &mut ServiceConfig) {
        routes.app_data(web::Data::from(Arc::clone(self)));
        landing::configure(routes);
        announcements::configure(routes);
        changes::configure(routes);
        help::configure(routes);
        discovery::configure(routes);
        closed::configure(routes);
        journey::configure(routes, &self.broker.upstreams);
        matching::configure(routes);
        behalf::configure(routes);
        credential::configure(routes, self);
        role::configure(routes);
        logout::configure(routes, &self.broker.upstreams);
        own::configure(routes, self.own());
        console::configure(routes, self);
        if self.broker.settings.session.check_iframe {
            session_state::configure(routes);
        }
        documents::configure(routes, &self.broker.upstreams);
        assets::configure(routes);
        routes.default_service(web::to(entry_point::or_not_found));
    }
}

#[cfg(test)]
pub(crate) mod tests;
