//! What an upstream writes, in no protocol's words.
//!
//! Not HTTP: an upstream sees parameters and octets, never a framework, a store or another upstream.

mod lists;
mod trust;

use std::net::IpAddr;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::crypto::Handle;
use crate::effects::{Effects, Timestamp};
use crate::identity::{Identity, UpstreamIdentity, UpstreamSession};
use crate::saml::logout::{Carried, Verified, VerifiedRequest};
use crate::terms::{Country, Level, Locale, Purpose, Strength};

pub use lists::{ListSettings, Lists};
pub use trust::{Renewing, Trust};

/// What is asked of a provider.
#[derive(Clone, Debug)]
pub struct UpstreamRequest {
    /// The provider: an id of one of the upstream's [`ProviderCard`]s (an entity ID).
    pub provider: String,
    /// The lowest level that satisfies the relying party.
    pub level: Level,
    /// Whether the person must authenticate afresh, whatever session the provider has.
    pub force: bool,
    /// The body in whose name the person is asked: `default`, or a tenant.
    pub tenant: String,
    /// The name of the attribute set.
    pub attribute_set: String,
    /// The consumer that the answer shall come to, by index: services with an age limit have one each.
    pub consumer: Option<u16>,
    /// The kind of identity asked, where the upstream knows kinds.
    pub purpose: Option<Purpose>,
    /// The person's language.
    pub locale: Locale,
    /// Names this journey on the way back (RelayState, state): opaque, at most 80 octets.
    pub ticket: Handle,
}

/// For whom providers are looked up.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    /// The body in whose name the person would be asked.
    pub tenant: &'a str,
    /// The kind of identity that would be asked.
    pub purpose: Option<Purpose>,
}

/// How the browser leaves for the provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Departure {
    /// 303 to this address.
    Redirect(String),
    /// A form that posts itself.
    Post {
        /// Where the form goes.
        action: String,
        /// Its fields, in order.
        fields: Vec<(String, String)>,
    },
}

/// What came back, as the browser sent it.
#[derive(Clone, Debug)]
pub struct Inbound {
    /// The address it came to, as the upstream published it (path only, `/saml/acs`).
    pub path: String,
    /// `true` for POST (form-encoded body), `false` for GET (query).
    pub posted: bool,
    /// Decoded parameters, in order, doubles kept.
    pub parameters: Vec<(String, String)>,
    /// The certificate that came with it; only where a listener asks for one.
    pub shown: Shown,
    /// The address that it came from, where somebody looks at that: a page of ours.
    pub from: Option<IpAddr>,
}

/// The certificate that a browser showed, whose key it has.
#[derive(Clone, Default)]
pub enum Shown {
    /// None.
    #[default]
    Nothing,
    /// One, and nothing is known of it but that its key was used.
    Certificate {
        /// In DER.
        own: Vec<u8>,
        /// How many more came along. Nobody reads them.
        others: usize,
    },
    /// Whoever speaks for the browser says something that cannot be believed; what, without values.
    Refused(&'static str),
}

/// Without the names in it.
impl std::fmt::Debug for Shown {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Nothing => "Nothing",
            Self::Certificate { .. } => "Certificate",
            Self::Refused(why) => why,
        })
    }
}

impl Inbound {
    /// The one value of `name`; `None` when it is missing or doubled.
    #[must_use]
    pub fn single(&self, name: &str) -> Option<&str> {
        let mut values = self.parameters.iter().filter(|(known, _)| known == name);
        match (values.next(), values.next()) {
            (Some((_, value)), None) => Some(value),
            _ => None,
        }
    }
}

/// What an inbound message amounts to.
#[derive(Debug)]
pub enum Arrival<P> {
    /// The person, proven.
    Identified(Box<UpstreamIdentity>),
    /// Another round with the provider is needed.
    Onward(Departure, P),
}

/// Who has to act on a setback.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The provider says no, or the person did: the journey ends, the login goes on.
    Refused,
    /// The message is not acceptable: the journey stays open for the genuine answer.
    Rejected,
    /// The provider or a part of ours cannot be used now.
    Unavailable,
}

/// Why a journey did not end with a person.
#[derive(Debug, thiserror::Error)]
#[error("{slug}")]
pub struct Setback {
    /// Who has to act.
    pub kind: Kind,
    /// The `slug` of a row in the fault catalogue. Every slug an upstream can say is in its `SLUGS`.
    pub slug: &'static str,
    /// What was wrong, for operators: element, clause, expected and found *kinds*. Never a value
    /// from the message that could name a person.
    pub detail: String,
}

/// One entry of the provider list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderCard {
    /// The provider's id: its entity ID.
    pub id: String,
    /// The name people know.
    pub name: String,
    /// Path of its logo below `/static/`, when Varco ships one.
    pub logo: Option<String>,
    /// The state it stands for, where people choose a state and not a provider.
    pub country: Option<Country>,
}

/// A document that an upstream publishes.
#[derive(Clone, Debug)]
pub struct Document {
    /// Path at the broker.
    pub path: String,
    /// Media type.
    pub media_type: &'static str,
    /// Its octets.
    pub body: Vec<u8>,
    /// HTTP status: 200, or 404 where the answer to a question is that there is none.
    pub status: u16,
}

/// One way to prove who a person is.
#[expect(async_fn_in_trait, reason = "called through an enum, never through a trait object")]
pub trait Upstream: Sized {
    /// The name in URLs and configuration.
    const NAME: &'static str;
    /// What must be remembered between departure and arrival.
    type Pending: Serialize + DeserializeOwned;
    /// Whether an answer comes by GET and is redeemed at the provider. Such an answer uses up its journey
    /// before anybody is asked, whatever comes of it: two of them never reach the provider.
    const REDEEMS: bool = false;

    /// Every slug that a [`Setback`] of this upstream can carry.
    fn slugs() -> Vec<&'static str>;
    /// Every provider there is, in no order.
    fn providers(&self) -> Vec<ProviderCard>;
    /// The providers that a person can choose from, in no order.
    fn choice(&self, wanted: &Wanted<'_>) -> Vec<ProviderCard>;
    /// The one provider that a person can choose, when there is no choice: two are looked at, however
    /// many there are.
    fn only(&self, wanted: &Wanted<'_>) -> Option<String>;
    /// Whether a person can choose `provider`: answered from an index, however many there are.
    fn offers(&self, provider: &str, wanted: &Wanted<'_>) -> bool;
    /// Whether a login that ended at `provider` serves whoever may choose this upstream. As a rule who
    /// signed a person in is who was chosen; not where the choice is wider than the one who vouches.
    fn serves(&self, provider: &str, wanted: &Wanted<'_>) -> bool {
        self.offers(provider, wanted)
    }
    /// Whether a login by `method` (as `auth_method` names it) at `provider` still counts: not when
    /// configuration has taken the provider out since then, or metadata that name others name it no
    /// more. An upstream that knows no provider at all has not read its metadata yet, and objects to
    /// none.
    fn vouches(&self, method: &str, provider: &str) -> bool;
    /// The classes of assurance of its own, by their `acr`; none where it proves levels.
    fn classes(&self) -> Vec<(String, Strength)> {
        Vec::new()
    }
    /// Whether who was identified still is, by a proof of ours that somebody may have ended since: asked
    /// before tokens are given again. Nobody else's proof is asked about.
    async fn holds(&self, _: &Identity) -> bool {
        true
    }
    /// Whether who was asked for the set of attributes `held`, in the name of `tenant`, told all that
    /// `wanted` asks for.
    fn set_covers(&self, tenant: &str, held: &str, wanted: &str) -> bool;
    /// What is published and stands still: metadata.
    fn publishes(&self) -> Vec<Document>;
    /// Paths at which something is published.
    fn publishes_at(&self) -> Vec<String> {
        self.publishes().into_iter().map(|document| document.path).collect()
    }
    /// What is published at `path` now, for whoever asks with those parameters.
    async fn published(&self, path: &str, _: &[(String, String)], _: &Effects) -> Option<Document> {
        self.publishes().into_iter().find(|document| document.path == path)
    }
    /// Paths at which messages come back; several upstreams may share one.
    fn returns_to(&self) -> Vec<String>;
    /// Whether messages come back at `path`.
    fn receives_at(&self, path: &str) -> bool;
    /// What it trusts: whoever refreshes it calls [`Self::adopt`] afterwards.
    fn trust(&self) -> Trust;
    /// Takes up what was read.
    fn adopt(&self);
    /// How many providers can be used at `now`.
    fn usable(&self, now: Timestamp) -> usize;
    /// Until when our certificates are valid.
    fn certificates(&self) -> Vec<Timestamp>;
    /// The journey that a message belongs to.
    fn ticket(&self, inbound: &Inbound) -> Option<Handle>;
    /// Sends the browser to the provider.
    async fn redirect(
        &self,
        request: &UpstreamRequest,
        fx: &Effects,
    ) -> Result<(Departure, Self::Pending), Setback>;
    /// Checks what came back.
    async fn receive(
        &self,
        pending: Self::Pending,
        inbound: Inbound,
        fx: &Effects,
    ) -> Result<Arrival<Self::Pending>, Setback>;
    /// Gives back what the provider gave us for a person, where it gave something that lasts.
    async fn give_back(&self, _: &UpstreamSession, _: &Effects) -> Result<(), Setback> {
        Ok(())
    }
    /// When the oldest trusted metadata was read, for readiness and metrics.
    fn metadata_age(&self, now: Timestamp) -> std::time::Duration;
}

/// A logout message, as the browser brought it.
#[derive(Clone, Debug)]
pub struct LogoutInbound {
    /// The address it came to (path only, `/saml/slo`).
    pub path: String,
    /// What it carried.
    pub body: LogoutBody,
}

/// How a logout message came.
#[derive(Clone, Debug)]
pub enum LogoutBody {
    /// GET: the query, not decoded, because its very octets are signed.
    Query(String),
    /// POST: the decoded fields, in order, doubles kept.
    Form(Vec<(String, String)>),
}

impl LogoutBody {
    /// In the words of the protocol.
    pub(super) fn carried(&self) -> Carried<'_> {
        match self {
            Self::Query(query) => Carried::Redirected(query),
            Self::Form(fields) => Carried::Posted(fields),
        }
    }
}

/// An upstream's part in single logout. It holds no session: `login` has ended ours before a
/// provider hears of it. An upstream whose providers keep none still answers those that ask (SPID
/// rules, on single logout). Where there is no such thing, it says its providers' names and nothing else.
pub trait SingleLogout {
    /// Paths at which logout messages come; several upstreams may share one.
    fn logs_out_at(&self) -> Vec<String> {
        Vec::new()
    }
    /// The name that people know a provider by.
    fn provider_name(&self, provider: &str) -> Option<String>;
    /// Sends the browser to the provider to end `session`; `id` names the request, `ticket` comes
    /// back with the answer.
    ///
    /// # Errors
    /// When the provider may not be used or takes no such request.
    fn ask_to_end(
        &self,
        _session: &UpstreamSession,
        _id: &str,
        _ticket: &Handle,
        _fx: &Effects,
    ) -> Result<Departure, Setback> {
        Err(no_session())
    }
    /// Checks a message; nothing is said about which session or request it means.
    ///
    /// # Errors
    /// Why it is refused.
    fn hear(&self, _inbound: &LogoutInbound, _fx: &Effects) -> Result<Verified, Setback> {
        Err(no_session())
    }
    /// Tells the provider that what it asked is done, whether or not there was a session: in the
    /// name of `tenant`, or of the first body that is told at `path`.
    ///
    /// # Errors
    /// When the provider takes no answer.
    fn confirm(
        &self,
        _request: &VerifiedRequest,
        _tenant: Option<&str>,
        _path: &str,
        _fx: &Effects,
    ) -> Result<Departure, Setback> {
        Err(no_session())
    }
}

fn no_session() -> Setback {
    let detail = "nothing here keeps a session that can be ended".to_owned();
    Setback { kind: Kind::Unavailable, slug: "internal", detail }
}
