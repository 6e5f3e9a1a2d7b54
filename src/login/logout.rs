//! Logout: everything here ends first; then each provider that keeps a session is asked to end it,
//! one after the other (saml-profiles, section 4.4; OpenID Connect RP-Initiated Logout 1.0).
//!
//! Not a promise about providers: one that does not come back, refuses, or knows no single logout
//! leaves its own session open, and the person is told so. Nobody waits here for a provider.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::redirect::fault_of;
use super::session::Trace;
use super::{Broker, Channel, Event};
use crate::crypto::Handle;
use crate::fault::Fault;
use crate::identity::UpstreamSession;
use crate::oidc::AfterLogout;
use crate::oidc::client::LogoutChannel;
use crate::saml::CLOCK_SKEW;
use crate::saml::logout::{Verified, VerifiedRequest, VerifiedResponse};
use crate::saml::request::fresh_id;
use crate::state::{Held, Key, Put, Shelf};
use crate::upstream::{AnyUpstream, Departure, LogoutInbound, Setback};

/// How long a person may take over it.
const LOGOUT_LIVES: Duration = Duration::from_mins(10);

/// A logout in progress, filed under its ticket: all that is left to do is at services, by front
/// channel, and at providers.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Logout {
    /// The addresses that the browser loads first.
    frames: Vec<String>,
    /// The providers still to be asked, the next one first.
    steps: Vec<Step>,
    /// Where the browser goes at the end.
    then: Option<AfterLogout>,
    /// Whether a provider's session may still be open.
    left_open: bool,
}

/// One session at a provider, and the request that asks to end it.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Step {
    session: UpstreamSession,
    /// `ID` of the request; the same when the page is asked for again.
    id: String,
}

/// What comes next for the browser.
#[derive(Debug)]
pub enum Onward {
    /// Services are to be told by frames: [`Broker::frames`] with this ticket.
    Frames(Handle),
    /// A provider is to be asked: [`Broker::leave`] with this ticket.
    Leave(Handle),
    /// Nothing is left to do.
    Done(LoggedOut),
}

/// The end of a logout.
#[derive(Debug)]
pub struct LoggedOut {
    /// Where the service wants the browser.
    pub then: Option<AfterLogout>,
    /// What is known of the sessions at providers.
    pub providers: AtProviders,
}

/// What is known of the sessions at providers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AtProviders {
    /// We knew of none.
    Unknown,
    /// Each said that it ended.
    Closed,
    /// At least one may still be open.
    Open,
}

/// The next provider to be asked.
#[derive(Debug)]
pub enum Leaving {
    /// The browser goes there.
    To {
        /// How.
        departure: Departure,
        /// The name that people know it by.
        provider: String,
        /// Where the browser goes at the end: a form's policy must let it.
        then: Option<AfterLogout>,
    },
    /// None is left.
    Done(LoggedOut),
}

/// What a logout message amounts to.
#[derive(Debug)]
pub enum Heard {
    /// The provider's wish is done, and it is told so.
    Confirmed(Departure),
    /// The logout in progress goes on, or ends.
    Onward(Onward),
}

impl Broker {
    /// Ends all that rests on these grants and on the session of the browser, at once and whatever
    /// comes after; then files what is left to do. `then` is where the browser goes at the end.
    ///
    /// # Errors
    /// When the state store does not answer.
    pub async fn end(
        &self,
        sids: &[Handle],
        session: Option<&Handle>,
        then: Option<AfterLogout>,
        channel: Channel,
    ) -> Result<Onward, Fault> {
        let ended = self.end_all(sids, session).await?;
        self.notify(&ended).await;
        self.observer.observe(Event::LoggedOut { channel });
        let frames = self.frames_of(&ended);
        let mut sessions: Vec<UpstreamSession> = Vec::new();
        for kept in ended.into_iter().filter_map(|(_, trace)| trace.upstream) {
            // Several grants may rest on one session: it is ended once.
            if !sessions.contains(&kept) {
                sessions.push(*kept);
            }
        }
        let (given, sessions): (Vec<_>, Vec<_>) =
            sessions.into_iter().partition(|session| session.given.is_some());
        self.give_back(&given).await;
        if sessions.is_empty() && frames.is_empty() {
            return Ok(Onward::Done(LoggedOut { then, providers: AtProviders::Unknown }));
        }
        let onward = if frames.is_empty() { Onward::Leave } else { Onward::Frames };
        let step = |session| Step { session, id: fresh_id(&self.fx) };
        let steps = sessions.into_iter().map(step).collect();
        let logout = Logout { frames, steps, then, left_open: false };
        let ticket = Handle::fresh(&self.fx);
        match self.shelves.put(Shelf::Logout, Key::of(&ticket), &logout, LOGOUT_LIVES).await? {
            Put::Laid => Ok(onward(ticket)),
            Put::AlreadyThere => {
                Err(Fault::of_slug("internal").with_detail("a fresh ticket was already taken"))
            }
        }
    }

    /// What providers gave us for these people goes back to them (CIE id rules, logout). Here everything has
    /// ended already: what a provider does not take back ends by itself, soon.
    async fn give_back(&self, given: &[UpstreamSession]) {
        for session in given {
            let Some(upstream) = self.upstreams.get(&session.upstream) else { continue };
            if let Err(setback) = upstream.give_back(session, &self.fx).await {
                fault_of(setback).report(&session.upstream, &session.provider);
            }
        }
    }

    /// The addresses at which services hear of their logins' end (OpenID Connect Front-Channel Logout
    /// 1.0, section 3): each once.
    fn frames_of(&self, ended: &[(Handle, Trace)]) -> Vec<String> {
        let clients = self.clients.load();
        let mut frames: Vec<String> = Vec::new();
        for (sid, trace) in ended {
            let client = clients.get(&trace.client_id);
            let channel = client.and_then(|client| client.protocol.frontchannel_logout.as_ref());
            let Some(LogoutChannel { uri, session_required }) = channel else { continue };
            let Ok(mut address) = url::Url::parse(uri) else { continue };
            if *session_required {
                let mut query = address.query_pairs_mut();
                query.append_pair("iss", &self.settings.issuer).append_pair("sid", sid.reveal());
            }
            let address = String::from(address);
            if !frames.contains(&address) {
                frames.push(address);
            }
        }
        frames
    }

    /// The addresses that the browser is to load. The same ticket may be asked again.
    ///
    /// # Errors
    /// `logout-gone` when there is no such logout in progress, or the store does not answer.
    pub async fn frames(&self, ticket: &Handle) -> Result<Vec<String>, Fault> {
        Ok(self.logout_of(ticket).await?.into_inner().frames)
    }

    /// The browser has loaded them, or does not wait: on to the providers, or to the end.
    ///
    /// # Errors
    /// As for [`Broker::frames`].
    pub async fn past_frames(&self, ticket: &Handle) -> Result<Onward, Fault> {
        let held = self.logout_of(ticket).await?;
        if !held.steps.is_empty() {
            return Ok(Onward::Leave(ticket.clone()));
        }
        let taken = self.shelves.take::<Logout>(Shelf::Logout, Key::of(ticket)).await?;
        let then = taken.ok_or_else(gone)?.then;
        Ok(Onward::Done(LoggedOut { then, providers: AtProviders::Unknown }))
    }

    /// The way to the next provider. One that cannot be asked is passed over: its session stays
    /// open. The same ticket may be asked again, for whoever comes back by the back button.
    ///
    /// # Errors
    /// `logout-gone` when there is no such logout in progress, or the store does not answer.
    pub async fn leave(&self, ticket: &Handle) -> Result<Leaving, Fault> {
        loop {
            let held = self.logout_of(ticket).await?;
            let Some(step) = held.steps.first() else { return Err(gone()) };
            match self.ask(step, ticket) {
                Ok((departure, provider)) => {
                    return Ok(Leaving::To { departure, provider, then: held.then.clone() });
                }
                Err(setback) => {
                    fault_of(setback).report(&step.session.upstream, &step.session.provider);
                    if let Onward::Done(end) = self.advance(ticket, &held, false).await? {
                        return Ok(Leaving::Done(end));
                    }
                }
            }
        }
    }

    /// The person does not wait for the provider: its session stays open.
    ///
    /// # Errors
    /// As for [`Broker::leave`].
    pub async fn pass_over(&self, ticket: &Handle) -> Result<Onward, Fault> {
        let held = self.logout_of(ticket).await?;
        self.advance(ticket, &held, false).await
    }

    /// A logout message of a provider: its wish, or its answer to ours.
    ///
    /// # Errors
    /// When the message is refused, or the store does not answer: then nobody was logged out by it.
    pub async fn hear(&self, inbound: LogoutInbound) -> Result<Heard, Fault> {
        let mut refused = Fault::of_slug("logout-malformed");
        for upstream in self.upstreams.iter() {
            if !upstream.logs_out_at().contains(&inbound.path) {
                continue;
            }
            match upstream.hear(&inbound, &self.fx) {
                Ok(Verified::Request(request)) => {
                    return self.grant_wish(upstream, &request, &inbound.path).await;
                }
                Ok(Verified::Response(response)) => {
                    return self.go_on(upstream, &response).await.map(Heard::Onward);
                }
                // Several upstreams may be told at one address: another one may know the Issuer.
                Err(setback) => refused = fault_of(setback),
            }
            if refused.row().slug != "logout-wrong-issuer" {
                break;
            }
        }
        Err(refused)
    }

    /// What a provider wants ended ends, once per request. The answer is the same whether or not
    /// there was anything to end.
    async fn grant_wish(
        &self,
        upstream: &AnyUpstream,
        request: &VerifiedRequest,
        path: &str,
    ) -> Result<Heard, Fault> {
        let seen = Key::of_parts(&["logout", upstream.name(), request.provider(), request.id()]);
        let lives = request.expires_at().since(self.fx.now()) + CLOCK_SKEW;
        match self.shelves.put(Shelf::Seen, seen, &(), lives).await? {
            Put::Laid => {}
            Put::AlreadyThere => return Err(Fault::of_slug("logout-replayed")),
        }
        let (name, indexes) = (request.name_id(), request.session_indexes());
        let sids = self.resting_on(upstream.name(), request.provider(), name, indexes).await?;
        let ended = self.end_all(&sids, None).await?;
        self.notify(&ended).await;
        // The session it names may rest on another one of ours.
        let named = |trace: &Trace| {
            let kept = trace.upstream.as_ref().filter(|kept| kept.name_id == name)?;
            Some(kept.tenant.clone())
        };
        let tenant = ended.iter().find_map(|(_, trace)| named(trace));
        self.observer.observe(Event::LoggedOut { channel: Channel::Provider });
        match upstream.confirm(request, tenant.as_deref(), path, &self.fx) {
            Ok(departure) => Ok(Heard::Confirmed(departure)),
            // It takes no answer: the person is told instead.
            Err(setback) => {
                fault_of(setback).report(upstream.name(), request.provider());
                let end = LoggedOut { then: None, providers: AtProviders::Unknown };
                Ok(Heard::Onward(Onward::Done(end)))
            }
        }
    }

    /// A provider's answer to our request: the logout in progress goes on. An answer that does not
    /// fit leaves it as it is, for the genuine one may still come.
    async fn go_on(
        &self,
        upstream: &AnyUpstream,
        response: &VerifiedResponse,
    ) -> Result<Onward, Fault> {
        let unasked = || Fault::of_slug("logout-in-response-to");
        let ticket = Handle::parse(response.relay_state()).ok_or_else(unasked)?;
        let held = self.shelves.get::<Logout>(Shelf::Logout, Key::of(&ticket)).await?;
        let held = held.ok_or_else(unasked)?;
        let step = held.steps.first().ok_or_else(unasked)?;
        if step.session.upstream != upstream.name() {
            return Err(unasked());
        }
        let closed = response.outcome_of(&step.id, &step.session.provider).map_err(|rejected| {
            Fault::of_slug(rejected.cause.slug()).with_detail(rejected.detail)
        })?;
        self.advance(&ticket, &held, closed).await
    }

    /// One provider less; `closed` says whether it ended its session. Whoever is second at this
    /// finds the logout gone on without them.
    async fn advance(
        &self,
        ticket: &Handle,
        held: &Held<Logout>,
        closed: bool,
    ) -> Result<Onward, Fault> {
        let mut next = Logout::clone(held);
        next.steps.drain(..1);
        next.left_open |= !closed;
        let place = Key::of(ticket);
        if !self.shelves.swap(Shelf::Logout, place, held, &next, LOGOUT_LIVES).await? {
            return Err(gone());
        }
        if !next.steps.is_empty() {
            return Ok(Onward::Leave(ticket.clone()));
        }
        self.shelves.take::<Logout>(Shelf::Logout, place).await?;
        let providers = if next.left_open { AtProviders::Open } else { AtProviders::Closed };
        Ok(Onward::Done(LoggedOut { then: next.then, providers }))
    }

    async fn logout_of(&self, ticket: &Handle) -> Result<Held<Logout>, Fault> {
        self.shelves.get::<Logout>(Shelf::Logout, Key::of(ticket)).await?.ok_or_else(gone)
    }

    fn ask(&self, step: &Step, ticket: &Handle) -> Result<(Departure, String), Setback> {
        let session = &step.session;
        let upstream = self.upstreams.get(&session.upstream).ok_or_else(|| Setback {
            kind: crate::upstream::Kind::Unavailable,
            slug: "provider-disabled",
            detail: "the upstream of the session was switched off".to_owned(),
        })?;
        let departure = upstream.ask_to_end(session, &step.id, ticket, &self.fx)?;
        let name = upstream.provider_name(&session.provider);
        Ok((departure, name.unwrap_or_else(|| session.provider.clone())))
    }
}

fn gone() -> Fault {
    Fault::of_slug("logout-gone")
}
