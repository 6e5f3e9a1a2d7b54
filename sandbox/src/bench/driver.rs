//! One user of the bench: relying party, browser and provider in one, as cheap as they can be.
//!
//! Not the scripted browser: nothing is rendered or looked for, the requests are known.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use reqwest::Client;
use reqwest::header::COOKIE;
use url::Url;
use varco::effects::Effects;
use varco::terms::Level;

use super::calls::{Asked, Calls, Cookies, Credential, Endpoints, location, post};
use super::openid::Account;
use super::relying_party::RelyingParty;
use super::upstream::{Arrived as Request, Asker, Back, BenchedUpstream};
use crate::error::SandboxError;
use crate::federation::Prepared;
use crate::people::Person;

/// What all users share.
#[derive(Debug)]
pub(super) struct Driver {
    calls: Calls,
    upstream: Asker,
    person: Person,
    redirect_uri: String,
    parties: Vec<RelyingParty>,
    /// Whether ID tokens are verified, which costs the broker nothing.
    verifies: bool,
    fx: Effects,
    /// Logins begun.
    begun: AtomicUsize,
    /// How often a relying party read the keys again.
    pub(super) key_reads: AtomicU64,
    /// Logins that failed.
    pub(super) failures: AtomicU64,
    /// Why the first one failed.
    pub(super) first_failure: Mutex<Option<String>>,
}

impl Driver {
    /// A driver for a broker that answers. People sign in to the portal; with `more` names, in turn to
    /// those relying parties too, and then every ID token is verified.
    pub(super) async fn new(
        upstream: BenchedUpstream,
        prepared: &Prepared,
        endpoints: Endpoints,
        more: &[String],
    ) -> Result<Self, SandboxError> {
        let fx = Effects::real();
        let upstream = Asker::new(upstream, prepared, &endpoints.issuer, &fx).await?;
        let folder = &prepared.folder;
        let mut parties =
            vec![RelyingParty::portal(folder, &endpoints.issuer, &endpoints.jwks_uri)?];
        for id in more {
            let (issuer, jwks_uri) = (&endpoints.issuer, &endpoints.jwks_uri);
            parties.push(RelyingParty::named(id, folder, issuer, jwks_uri)?);
        }
        let portal = parties.first().and_then(|first| prepared.ports.portal(&first.id));
        let portal = portal.unwrap_or_default();
        let person = Person::all().into_iter().next();
        Ok(Self {
            calls: Calls::new(endpoints),
            upstream,
            person: person.ok_or_else(|| SandboxError::new("find a person", "nobody is there"))?,
            redirect_uri: format!("{portal}/callback"),
            parties,
            verifies: !more.is_empty(),
            fx,
            begun: AtomicUsize::new(0),
            key_reads: AtomicU64::new(0),
            failures: AtomicU64::new(0),
            first_failure: Mutex::default(),
        })
    }

    /// Starts counting again.
    pub(super) fn forget(&self) {
        self.calls.forget();
        self.failures.store(0, Ordering::Relaxed);
    }

    /// Counts an outcome.
    pub(super) fn count(&self, outcome: Result<(), SandboxError>) {
        if let Err(why) = outcome {
            self.failures.fetch_add(1, Ordering::Relaxed);
            if let Ok(mut first) = self.first_failure.lock() {
                first.get_or_insert_with(|| why.to_string());
            }
        }
    }

    /// What the provider answers, like those of the run.
    pub(super) async fn sample_response(&self) -> Result<String, SandboxError> {
        let http = crate::client::http_client()?;
        let departed = self.depart(&http, self.party()?, Level::L2).await?;
        self.upstream.sample(&departed.request, &self.person)
    }

    /// One whole login.
    pub(super) async fn login(&self, http: &Client) -> Result<(), SandboxError> {
        let party = self.party()?;
        let arrived = self.arrive(http, party, Level::L2).await?;
        let credential =
            Credential { authorization: &party.authorization, redirect_uri: &self.redirect_uri };
        let id_token = self.calls.redeem(http, credential, &arrived.back, &arrived.asked).await?;
        if self.verifies && party.accept(http, &id_token, &arrived.asked.nonce).await? {
            self.key_reads.fetch_add(1, Ordering::Relaxed);
        }
        Ok(())
    }

    /// Signs in to the portal at level 1: what the broker remembers this browser by.
    pub(super) async fn sign_in(&self, http: &Client) -> Result<Cookies, SandboxError> {
        let arrived = self.arrive(http, self.party()?, Level::L1).await?;
        Ok(arrived.cookies)
    }

    /// The portal's registration.
    pub(super) fn account(&self) -> Result<Account, SandboxError> {
        let party = self.party()?;
        Ok(Account {
            client_id: party.id.clone(),
            authorization: party.authorization.clone(),
            redirect_uri: self.redirect_uri.clone(),
        })
    }

    /// From the portal to the provider and back to the portal's own address.
    async fn arrive(
        &self,
        http: &Client,
        party: &RelyingParty,
        level: Level,
    ) -> Result<Arrived, SandboxError> {
        let Departed { request, mut cookies, asked } = self.depart(http, party, level).await?;
        let (received, place) = match self.upstream.answer(&request, &self.person)? {
            // Cross-site: no cookie.
            Back::Post { address, form } => (post(http, &address, form), address),
            Back::Get(address) => (http.get(&address), address),
        };
        let received = self.calls.send(received, "bring the answer").await?;
        let onward = location(&received, &place)?;
        let continued = http.get(onward).header(COOKIE, cookies.header());
        let continued = self.calls.send(continued, "continue").await?;
        cookies.keep(&continued);
        let back = location(&continued, &self.redirect_uri)?;
        Ok(Arrived { back, cookies, asked })
    }

    /// The authorization request, up to the provider.
    async fn depart(
        &self,
        http: &Client,
        party: &RelyingParty,
        level: Level,
    ) -> Result<Departed, SandboxError> {
        let (asked, provider) = (Asked::fresh(&self.fx), self.upstream.name());
        let more = [("acr_values", level.uri()), ("login_hint", &provider)];
        let mut address = self.calls.ask(&party.id, &self.redirect_uri, &asked, &more);
        let mut cookies = Cookies::default();
        for _ in 0..4 {
            let request = http.get(&address).header(COOKIE, cookies.header());
            let answer = self.calls.send(request, "ask for authorization").await?;
            cookies.keep(&answer);
            let onward = location(&answer, &address)?;
            if let Some(request) = self.upstream.accept(&onward).await? {
                return Ok(Departed { request, cookies, asked });
            }
            address = onward.to_string();
        }
        Err(SandboxError::new("ask for authorization", "it never leads to the provider"))
    }

    /// Requests sent to the broker.
    pub(super) fn requests(&self) -> u64 {
        self.calls.requests()
    }

    /// Whose turn it is.
    fn party(&self) -> Result<&RelyingParty, SandboxError> {
        let at = self.begun.fetch_add(1, Ordering::Relaxed) % self.parties.len().max(1);
        self.parties.get(at).ok_or_else(|| SandboxError::new("choose a portal", "there is none"))
    }
}

struct Departed {
    request: Request,
    cookies: Cookies,
    asked: Asked,
}

struct Arrived {
    back: Url,
    cookies: Cookies,
    asked: Asked,
}
