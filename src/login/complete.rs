//! Complete: the browser that began the login fetches its code.
//!
//! Not `receive`: this GET is same-site, so it carries the cookie, and a login that another browser
//! began ends here without a code. Between the two a person may have to be told what is released.

use super::behalf::ActsFor;
use super::reuse::{SessionCookie, Standing};
use super::role::Settled;
use super::session::Trace;
use super::stage::Agreed;
use super::{Answer, Broker, Disclosure, Event, Grant, Login};
use crate::crypto::Handle;
use crate::crypto::digest::{base64url, sha256};
use crate::effects::Timestamp;
use crate::fault::Fault;
use crate::identity::Identity;
use crate::oidc::{AnswerTo, AuthorizationRequest, Client};
use crate::state::{Key, Put, Shelf};

/// What a browser keeps for us.
#[derive(Clone, Debug, Default)]
pub struct Cookies {
    /// Its own name: logins belong to it.
    pub browser: Option<Handle>,
    /// Its session.
    pub session: Option<Handle>,
    /// What relying parties may watch (Session Management 1.0, section 3.2).
    pub state: Option<Handle>,
}

/// What a login comes to.
#[derive(Debug)]
pub enum Completion {
    /// It has ended.
    Ended(Completed),
    /// The person is told first what is released.
    Tell(Box<Disclosure>),
    /// The person has to choose a role first ([`Broker::role_choice`]).
    Choose,
    /// The person has to say first for whom they act ([`Broker::behalf_choice`]).
    ActFor,
    /// The person is asked for a fiscal code first ([`Broker::answer_match`]).
    Match,
}

/// A login that has ended.
#[derive(Debug)]
pub struct Completed {
    /// What the relying party is told: a code, or why it gets none.
    pub answer: Answer,
    /// The name of the grant, if there is one: by it this browser can log out.
    pub sid: Option<Handle>,
    /// What becomes of the cookie of the browser's session.
    pub session: SessionCookie,
    /// What relying parties may watch, where that is on.
    pub state: Option<Handle>,
}

impl Broker {
    /// What the relying party is told. What a logout has to know is filed before the
    /// code, so that nothing it carries outlives a logout. `agreed` is the proof of the page on which
    /// the person went on ([`Disclosure::proof`]).
    ///
    /// # Errors
    /// The refusal that `receive` recorded; policy's; `login-unanswered` when no provider has answered yet;
    /// `login-expired` and `other-browser` as in [`Broker::login_of`]; `client-gone`;
    /// `request-uri-used` when another login of the same pushed request was completed before.
    pub async fn complete(
        &self,
        tx: &Handle,
        browser: &Handle,
        cookies: &Cookies,
        agreed: Option<&str>,
    ) -> Result<Completion, Fault> {
        let login = self.login_of(tx, browser).await?;
        if let Some(refusal) = &login.refusal {
            return Err(Fault::of_slug(&refusal.slug).already_reported());
        }
        let client = self.client_of(&login)?;
        let Some(login) = self.recall_match(tx, browser, &client, login).await? else {
            return Ok(Completion::Match);
        };
        if login.stage.identity().is_some_and(|identity| !identity.meets(login.request.desk)) {
            return Err(Fault::of_slug("level-too-low"));
        }
        if login.stage.identity().is_some_and(|identity| !identity.opens(&client.id)) {
            return Err(Fault::of_slug("credential-elsewhere"));
        }
        let login = self.with_roles(&client, tx, browser, login).await?;
        let admitted = self.admit(&client, tx, &login).await?;
        let Settled::In(capacity) = login.settled(&client)? else {
            return Ok(Completion::Choose);
        };
        let actor = login.stage.identity().ok_or_else(|| Fault::of_slug("login-unanswered"))?;
        let represented = match self.acts_for(&client, actor, login.acting.as_ref()).await? {
            ActsFor::Ask(_) => return Ok(Completion::ActFor),
            ActsFor::Oneself => None,
            ActsFor::Somebody(represented) => Some(represented),
        };
        let told = represented.as_ref().map_or(actor, |represented| &represented.identity);
        let disclosure = match Disclosure::needed(&client, &login.request, told, capacity.roles()) {
            None => None,
            Some(disclosure) if disclosure.is_proven(tx, agreed) => Some(disclosure),
            Some(disclosure) => return Ok(Completion::Tell(Box::new(disclosure))),
        };
        let taken = self.shelves.take_seen::<Login>(Shelf::Login, Key::of(tx), login).await?;
        let login = taken.ok_or_else(|| Fault::of_slug("login-expired"))?;
        let (begun_at, reused) = (login.begun_at, login.reused);
        // What was taken counts, whatever was read before.
        let Settled::In(capacity) = login.settled(&client)? else {
            return Err(Fault::of_slug("login-expired"));
        };
        let agreed = login.agree(admitted, capacity);
        let mut agreed = agreed.map_err(|_| Fault::of_slug("login-unanswered"))?;
        agreed.represented = represented;
        if !self.is_wanted(&agreed.request, &agreed.identity)? {
            return self.unwanted(&agreed, begun_at).await.map(Completion::Ended);
        }
        if let Some(name) = &agreed.request.pushed {
            self.use_up_pushed(&agreed.request.client_id, name).await?;
        }
        let sid = Handle::fresh(&self.fx);
        let member = self.member(&sid, &agreed.request.scopes);
        let told = disclosure.map(|disclosure| disclosure.digest());
        let cookie = cookies.session.as_ref();
        let standing = if reused {
            self.join_session(cookie, &member, told).await?
        } else {
            self.open_session(&client, &agreed, (cookie, member), told).await?
        };
        // In a box: what holds this future, and they are several, stays small.
        Box::pin(self.give_code(&client, agreed, sid, standing, cookies, begun_at))
            .await
            .map(Completion::Ended)
    }

    /// Somebody else signed in than the client wanted: it is told so, and gets no code.
    async fn unwanted(&self, agreed: &Agreed, begun_at: Timestamp) -> Result<Completed, Fault> {
        let fault = Fault::of_slug("other-person");
        self.observer.observe(Event::Ended {
            client: &agreed.request.client_id,
            upstream: agreed.came_by(),
            outcome: Err(fault.row()),
            lasted: self.fx.now().since(begun_at),
        });
        let answer = self.refusal(agreed.request.answer_to(), &fault).await?;
        Ok(Completed { answer, sid: None, session: SessionCookie::Unchanged, state: None })
    }

    /// The code of a new grant, and all that a logout has to know of it.
    pub(super) async fn give_code(
        &self,
        client: &Client,
        agreed: Agreed,
        sid: Handle,
        standing: Standing,
        cookies: &Cookies,
        begun_at: Timestamp,
    ) -> Result<Completed, Fault> {
        let came_by = agreed.came_by().to_owned();
        let Agreed { request, identity, session, capacity, represented, .. } = agreed;
        if let Some(first_logins) = self.durable.first_logins() {
            first_logins.note(&identity, self.fx.now());
        }
        let (identity, behalf) = match represented {
            None => (identity.told_to(client), None),
            Some(represented) => (represented.identity, Some(represented.behalf)),
        };
        let hears = client.protocol.backchannel_logout.is_some()
            || client.protocol.frontchannel_logout.is_some();
        let subject = hears.then(|| self.issuer.subject(client, &identity)).transpose()?;
        let trace = Trace {
            client_id: request.client_id.clone(),
            subject,
            upstream: session,
            session: standing.session,
            delegation: behalf.as_ref().map(|behalf| behalf.delegation.clone()),
        };
        let lives = self.settings.grant_lives(&request.scopes);
        self.file_trace(&sid, &trace, lives).await?;
        if let Some(behalf) = &behalf {
            self.use_delegation(behalf, client).await?;
        }
        let code = Handle::fresh(&self.fx);
        let grant = Grant {
            id: sid,
            client_id: request.client_id,
            return_to: request.return_to,
            challenge: request.challenge,
            scopes: request.scopes,
            claims: request.claims,
            nonce: request.nonce,
            dpop_jkt: request.dpop_jkt,
            resources: request.resources,
            capacity,
            delegation: None,
            behalf,
            identity,
            issued_at: self.fx.now(),
        };
        let place = Key::of_parts(&[code.reveal(), grant.client_id.as_str()]);
        // `spent` is laid before `code`: a replay of the code always meets it.
        let spent = self.shelves.put(Shelf::Spent, place, &grant.id, lives).await;
        let filed = self.shelves.put(Shelf::Code, place, &grant, self.settings.code_lives).await;
        if (spent?, filed?) != (Put::Laid, Put::Laid) {
            return Err(Fault::of_slug("internal").with_detail("a fresh code was already taken"));
        }
        self.observer.observe(Event::Ended {
            client: &grant.client_id,
            upstream: &came_by,
            outcome: Ok(grant.identity.level),
            lasted: self.fx.now().since(begun_at),
        });
        let watched = self.settings.session.check_iframe.then(|| {
            let kept = cookies.state.clone().filter(|_| !standing.replaces);
            kept.unwrap_or_else(|| Handle::fresh(&self.fx))
        });
        let session_state = watched.as_ref().map(|watched| self.session_state(&grant, watched));
        let mut told = vec![("code", code.reveal())];
        told.extend(session_state.as_deref().map(|state| ("session_state", state)));
        let to = AnswerTo {
            client_id: &grant.client_id,
            return_to: &grant.return_to,
            mode: request.response_mode,
            state: request.state.as_deref(),
        };
        let answer = self.answer(to, told).await?;
        Ok(Completed { answer, sid: Some(grant.id), session: standing.cookie, state: watched })
    }

    /// Whether this is the person that the client wants, if it wants one (OpenID Connect Core 1.0,
    /// sections 3.1.2.1 and 5.5.1).
    pub(super) fn is_wanted(
        &self,
        request: &AuthorizationRequest,
        who: &Identity,
    ) -> Result<bool, Fault> {
        let Some(wanted) = &request.subject else { return Ok(true) };
        let client = self.clients.load().get(&request.client_id).cloned();
        let client = client.ok_or_else(|| Fault::of_slug("client-gone"))?;
        Ok(self.issuer.subject(&client, who)? == *wanted)
    }

    /// What a relying party shows to our iframe to learn whether `watched` is still there (Session
    /// Management 1.0, section 4.2). The script of that page makes the same digest.
    fn session_state(&self, grant: &Grant, watched: &Handle) -> String {
        let origin = url::Url::parse(grant.return_to.as_str())
            .map(|place| place.origin().ascii_serialization())
            .unwrap_or_default();
        let salt = Handle::fresh(&self.fx);
        let parts = [grant.client_id.as_str(), &origin, watched.reveal(), salt.reveal()];
        format!("{}.{}", base64url(&sha256(parts.join(" ").as_bytes())), salt.reveal())
    }
}
