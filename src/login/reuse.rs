//! Reuse: a browser whose person signed in a moment ago is not sent to the provider again, where the
//! relying party takes that login (OpenID Connect Core 1.0, section 3.1.2.3).
//!
//! Not the provider's session, and never a level more than was proven. A session is kept only when
//! some relying party takes that level: SPID wants a fresh authentication from level 2 on.

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::behalf::ActsFor;
use super::role::{Settled, settle};
use super::session::forget_first;
use super::stage::Agreed;
use super::{
    Begun, Broker, Completed, Cookies, Disclosure, Entitled, Login, MatchAsked, SessionSettings,
    Stage,
};
use crate::crypto::Handle;
use crate::crypto::digest::sha256;
use crate::effects::Timestamp;
use crate::fault::Fault;
use crate::identity::{Identity, UpstreamSession};
use crate::oidc::{AuthorizationRequest, Client, Prompt, Scopes};
use crate::state::{Held, Key, Put, Shelf};
use crate::terms::Purpose;
use crate::upstream::Wanted;

/// Who signed in in a browser, for whom they were asked, and what rests on it. Filed under its cookie.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct BrowserSession {
    identity: Box<Identity>,
    /// The upstream, by name.
    upstream: String,
    tenant: String,
    attribute_set: String,
    purpose: Option<Purpose>,
    consumer: Option<u16>,
    /// What the provider keeps.
    kept: Option<Box<UpstreamSession>>,
    begun_at: Timestamp,
    used_at: Timestamp,
    /// The grants that rest on it, the oldest first. It is kept as long as one of them can live, so that a
    /// logout finds them all; it is reused no longer for that.
    grants: Vec<Member>,
    /// Who was told what, after the person had been shown it ([`Disclosure::digest`]).
    told: Vec<[u8; 32]>,
}

/// One grant of a browser's session.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Member {
    sid: Handle,
    /// Until when it, and whatever it gives, can live.
    until: Timestamp,
}

impl BrowserSession {
    fn ends_at(&self, settings: &SessionSettings) -> Timestamp {
        self.begun_at.plus(settings.lives)
    }

    /// How long it must be kept from now on.
    fn kept_for(&self, settings: &SessionSettings, now: Timestamp) -> Duration {
        let grants = self.grants.iter().map(|member| member.until);
        let end = grants.fold(self.ends_at(settings), Timestamp::max);
        end.since(now).max(MOMENT)
    }
}

/// What becomes of the session's cookie.
#[derive(Debug)]
pub enum SessionCookie {
    /// It stays as it is, there or not.
    Unchanged,
    /// Another session: its handle.
    New(Handle),
    /// There is none any more.
    Gone,
}

/// The session that a new grant rests on.
#[derive(Debug)]
pub(super) struct Standing {
    pub(super) session: Option<Handle>,
    pub(super) cookie: SessionCookie,
    /// Whether somebody else had been signed in until now.
    pub(super) replaces: bool,
}

/// What a session is good for.
#[derive(Debug)]
pub enum Reuse {
    /// Nothing: a provider is to be asked.
    Ask,
    /// The login has ended.
    Ended(Completed),
    /// The person is known, and is asked or told something first: `complete` goes on.
    Tell(Box<Begun>),
}

impl Broker {
    /// Answers the request from the browser's session, if the client takes that login.
    ///
    /// # Errors
    /// With `prompt=none`: `login-required` when a provider would have to be asked,
    /// `interaction-required` or `consent-required` when a page would have to be shown. When the
    /// state store does not answer.
    pub async fn reuse(
        &self,
        client: &Arc<Client>,
        request: &AuthorizationRequest,
        cookies: &Cookies,
    ) -> Result<Reuse, Fault> {
        let silent = request.prompt == Prompt::None;
        let asking = || {
            if silent { Err(Fault::of_slug("login-required")) } else { Ok(Reuse::Ask) }
        };
        let fresh = matches!(request.prompt, Prompt::Login | Prompt::SelectAccount)
            || request.max_age.is_some_and(|age| age.is_zero());
        let Some(cookie) = cookies.session.as_ref().filter(|_| !fresh) else { return asking() };
        loop {
            let Some(held) = self.session_of(cookie).await? else { return asking() };
            if !self.serves(&held, client, request) || !self.is_wanted(request, &held.identity)? {
                return asking();
            }
            if !self.is_in_force(&held.identity).await {
                return asking();
            }
            let Some(identity) = self.recall_for_session(client, &held.identity).await? else {
                if silent {
                    return Err(Fault::of_slug("interaction-required"));
                }
                return self.tell(request, &held, cookies, None).await;
            };
            let entitled = match self.entitled(client, &identity).await {
                Err(fault) if silent => return Err(fault),
                // The page of a login can be tried again.
                Err(_) => return self.tell(request, &held, cookies, None).await,
                Ok(entitled) => entitled,
            };
            // Whom policy does not let in by this login may come by another one.
            let categories = entitled.as_deref().map(Entitled::categories).unwrap_or_default();
            let Ok(admitted) = self.judge(client, &identity, &categories) else {
                return asking();
            };
            let capacity = match settle(client, request, entitled.as_deref()) {
                Ok(Settled::In(capacity)) => capacity,
                Err(fault) if silent => return Err(fault),
                Ok(Settled::Ask(_)) if silent => {
                    return Err(Fault::of_slug("interaction-required"));
                }
                Ok(Settled::Ask(_)) | Err(_) => {
                    return self.tell(request, &held, cookies, entitled).await;
                }
            };
            match self.acts_for(client, &identity, None).await? {
                ActsFor::Ask(_) if silent => return Err(Fault::of_slug("interaction-required")),
                ActsFor::Ask(_) => return self.tell(request, &held, cookies, entitled).await,
                ActsFor::Oneself | ActsFor::Somebody(_) => {}
            }
            let disclosure = Disclosure::needed(client, request, &identity, capacity.roles());
            let untold = |shown: &Disclosure| {
                request.prompt == Prompt::Consent || !held.told.contains(&shown.digest())
            };
            if let Some(shown) = disclosure.filter(untold) {
                return match (silent, shown.asks) {
                    (true, true) => Err(Fault::of_slug("consent-required")),
                    (true, false) => Err(Fault::of_slug("interaction-required")),
                    (false, _) => self.tell(request, &held, cookies, entitled).await,
                };
            }
            let sid = Handle::fresh(&self.fx);
            let member = self.member(&sid, &request.scopes);
            let Some(standing) = self.join(cookie, &held, &member, None).await? else { continue };
            if let Some(name) = &request.pushed {
                self.use_up_pushed(&request.client_id, name).await?;
            }
            let agreed = Agreed {
                request: request.clone(),
                identity,
                session: held.kept.clone(),
                upstream: Some(held.upstream.clone()),
                admitted,
                capacity,
                represented: None,
            };
            let now = self.fx.now();
            let completed =
                Box::pin(self.give_code(client, agreed, sid, standing, cookies, now)).await?;
            return Ok(Reuse::Ended(completed));
        }
    }

    /// Whether this login is one that the client takes for this request.
    fn serves(
        &self,
        session: &BrowserSession,
        client: &Client,
        request: &AuthorizationRequest,
    ) -> bool {
        let (identity, now) = (&session.identity, self.fx.now());
        let highest = client.protocol.session_reuse.highest;
        let wanted = Wanted { tenant: &client.tenant, purpose: client.purpose };
        let provider = &identity.origin.provider;
        highest.is_some_and(|highest| identity.level <= highest)
            && identity.level >= request.level_by(&identity.origin.auth_method)
            && identity.meets(request.desk)
            && identity.opens(&client.id)
            && now < session.used_at.plus(self.settings.session.idle)
            && request.max_age.is_none_or(|age| now.since(identity.authenticated_at) <= age)
            && client.offers(&session.upstream)
            && request
                .hint
                .as_ref()
                .is_none_or(|hint| *hint == session.upstream || hint == provider)
            && (&client.tenant, client.purpose, client.consumer)
                == (&session.tenant, session.purpose, session.consumer)
            && self.upstreams.get(&session.upstream).is_some_and(|upstream| {
                let set = client.attribute_set_for(&session.upstream);
                upstream.serves(provider, &wanted)
                    && upstream.set_covers(&client.tenant, &session.attribute_set, set)
            })
    }

    /// A login of somebody who is known from the session, and of whom the client's source told that.
    async fn tell(
        &self,
        request: &AuthorizationRequest,
        session: &BrowserSession,
        cookies: &Cookies,
        entitled: Option<Box<Entitled>>,
    ) -> Result<Reuse, Fault> {
        let browser = cookies.browser.clone().unwrap_or_else(|| Handle::fresh(&self.fx));
        let login = Login {
            request: request.clone(),
            browser: sha256(browser.reveal().as_bytes()),
            begun_at: self.fx.now(),
            stage: Stage::Identified(session.identity.clone()),
            refusal: None,
            session: session.kept.clone(),
            upstream: Some(session.upstream.clone()),
            reused: true,
            entitled,
            acting: None,
            matching: MatchAsked::default(),
        };
        self.file_login(login, browser).await.map(|begun| Reuse::Tell(Box::new(begun)))
    }

    /// A provider has just proven who it is: a session under a new name, where some client takes
    /// logins of that level. Whoever was signed in before is not any more, unless it is the same
    /// person; their grants stay with the browser.
    pub(super) async fn open_session(
        &self,
        client: &Client,
        agreed: &Agreed,
        (cookie, member): (Option<&Handle>, Member),
        told: Option<[u8; 32]>,
    ) -> Result<Standing, Fault> {
        let identity = &agreed.identity;
        let earlier = match cookie {
            Some(cookie) => self.session_of(cookie).await?,
            None => None,
        };
        let other =
            earlier.as_ref().is_some_and(|earlier| !earlier.identity.is_same_person(identity));
        let reusable = self.clients.load().highest_reuse() >= Some(identity.level);
        let Some(upstream) = agreed.upstream.clone().filter(|_| reusable) else {
            let cookie = match cookie.filter(|_| other) {
                Some(cookie) => {
                    self.close(cookie).await?;
                    SessionCookie::Gone
                }
                None => SessionCookie::Unchanged,
            };
            return Ok(Standing { session: None, cookie, replaces: other });
        };
        let mut grants = match cookie.filter(|_| earlier.is_some()) {
            Some(cookie) => self.close(cookie).await?,
            None => Vec::new(),
        };
        rest(&mut grants, member);
        let now = self.fx.now();
        let session = BrowserSession {
            // Whom they were matched with is asked of the registry again.
            identity: Box::new(Identity { matched: None, ..identity.clone() }),
            attribute_set: client.attribute_set_for(&upstream).to_owned(),
            upstream,
            tenant: client.tenant.clone(),
            purpose: client.purpose,
            consumer: client.consumer,
            kept: agreed.session.clone(),
            begun_at: now,
            used_at: now,
            grants,
            told: told.into_iter().collect(),
        };
        let handle = Handle::fresh(&self.fx);
        let lives = session.kept_for(&self.settings.session, now);
        match self.shelves.put(Shelf::Browser, Key::of(&handle), &session, lives).await? {
            Put::Laid => Ok(Standing {
                session: Some(handle.clone()),
                cookie: SessionCookie::New(handle),
                replaces: other,
            }),
            Put::AlreadyThere => {
                Err(Fault::of_slug("internal").with_detail("a fresh session was already taken"))
            }
        }
    }

    /// A grant of somebody who was known from the session: it must still be there.
    pub(super) async fn join_session(
        &self,
        cookie: Option<&Handle>,
        member: &Member,
        told: Option<[u8; 32]>,
    ) -> Result<Standing, Fault> {
        let over = || Fault::of_slug("login-expired");
        let cookie = cookie.ok_or_else(over)?;
        loop {
            let held = self.session_of(cookie).await?.ok_or_else(over)?;
            if let Some(standing) = self.join(cookie, &held, member, told).await? {
                return Ok(standing);
            }
        }
    }

    /// Writes the grant on the session: the one step at which a logout and a reuse meet. `None` when
    /// somebody else wrote on it meanwhile.
    async fn join(
        &self,
        cookie: &Handle,
        held: &Held<BrowserSession>,
        member: &Member,
        told: Option<[u8; 32]>,
    ) -> Result<Option<Standing>, Fault> {
        let now = self.fx.now();
        let mut next = BrowserSession { used_at: now, ..BrowserSession::clone(held) };
        rest(&mut next.grants, member.clone());
        if let Some(told) = told.filter(|told| !next.told.contains(told)) {
            next.told.push(told);
            next.told.drain(..next.told.len().saturating_sub(MOST_TOLD));
        }
        let lives = next.kept_for(&self.settings.session, now);
        let swapped =
            self.shelves.swap(Shelf::Browser, Key::of(cookie), held, &next, lives).await?;
        Ok(swapped.then(|| Standing {
            session: Some(cookie.clone()),
            cookie: SessionCookie::Unchanged,
            replaces: false,
        }))
    }

    /// Ends the session alone; the grants that rested on it.
    pub(super) async fn close(&self, cookie: &Handle) -> Result<Vec<Member>, Fault> {
        let taken = self.shelves.take::<BrowserSession>(Shelf::Browser, Key::of(cookie)).await?;
        Ok(taken.map(|session| session.grants).unwrap_or_default())
    }

    /// The same; their names.
    pub(super) async fn close_all(&self, cookie: &Handle) -> Result<Vec<Handle>, Fault> {
        Ok(self.close(cookie).await?.into_iter().map(|member| member.sid).collect())
    }

    /// A grant that is about to be made.
    pub(super) fn member(&self, sid: &Handle, scopes: &Scopes) -> Member {
        let until = self.fx.now().plus(self.settings.grant_lives(scopes));
        Member { sid: sid.clone(), until }
    }

    /// The session, unless it is too old.
    async fn session_of(&self, cookie: &Handle) -> Result<Option<Held<BrowserSession>>, Fault> {
        let held = self.shelves.get::<BrowserSession>(Shelf::Browser, Key::of(cookie)).await?;
        let (settings, now) = (&self.settings.session, self.fx.now());
        Ok(held.filter(|session| now < session.ends_at(settings)))
    }
}

fn rest(grants: &mut Vec<Member>, one: Member) {
    grants.push(one);
    forget_first(grants, MOST_GRANTS, |member| member.until);
}

/// How many grants a session knows; beyond it the one that ends first is forgotten.
const MOST_GRANTS: usize = 64;
/// How many disclosures a session remembers.
const MOST_TOLD: usize = 32;
/// A lifetime is never nothing.
const MOMENT: Duration = Duration::from_millis(1);
