//! A broker over memory state with a moving clock, and browsers in which somebody signs in.

mod admitting;
mod acting;
mod behalf;
mod disclosing;
mod ending;
mod matching;
mod reusing;
mod watching;

use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;

use super::*;
use crate::crypto::Handle;
use crate::crypto::keyring::KeyRing;
use crate::crypto::sealing::Sealer;
use crate::effects::{Effects, ScriptedClock, ScriptedOutbound, Timestamp};
use crate::fault::Fault;
use crate::identity::{Identity, UpstreamIdentity, UpstreamSession};
use crate::oidc::{AuthorizationRequest, Client, Clients, Prompt, Scopes, sample};
use crate::state::{Key, MemoryStore, Shelf, Shelves, Store};
use crate::terms::Level;
use crate::upstream::settings::Binding;
use crate::web::tests::fixture;

pub(crate) const NOW: i64 = 1_795_338_900;
pub(crate) const MARIO: &str = "TINIT-RSSMRA80A01H501U";
pub(crate) const ADA: &str = "TINIT-LVLDAA85T50G702B";

/// One node, and what surrounds it.
pub(crate) struct World {
    pub(crate) broker: Arc<Broker>,
    pub(crate) clock: Arc<ScriptedClock>,
    pub(crate) outbound: Arc<ScriptedOutbound>,
}

/// A client of the fixture's body, changed.
pub(crate) fn client(id: &str, change: impl FnOnce(&mut Client)) -> Client {
    let mut client = sample::client(id);
    change(&mut client);
    client
}

pub(crate) fn world(clients: Vec<Client>) -> World {
    with_settings(clients, SessionSettings::default())
}

pub(crate) fn with_settings(clients: Vec<Client>, session: SessionSettings) -> World {
    let (fx, clock) = Effects::scripted(NOW, 7);
    let outbound = Arc::new(ScriptedOutbound::default());
    let fx = fx.with_outbound(outbound.clone());
    let store = Store::Memory(MemoryStore::new(fx.clone(), 10_000));
    let broker = Broker {
        calendar: ArcSwap::default(),
        issuer: Issuer::new(KeyRing::empty(), &[9; 32]),
        shelves: Shelves::new(store, Sealer::new(&[7; 32]).unwrap(), fx.clone()),
        clients: ArcSwap::from_pointee(Clients::new(clients)),
        upstreams: Arc::new(fixture::spid(&fx, Binding::Redirect)),
        settings: Settings {
            issuer: "https://varco.example".to_owned(),
            login_lives: Duration::from_mins(20),
            code_lives: Duration::from_mins(1),
            token_lives: Duration::from_mins(5),
            refresh_lives: Duration::from_hours(720),
            pushed_lives: Duration::from_mins(1),
            session,
        },
        fx,
        entitlements: ArcSwap::default(),
        notices: Notices::default(),
        durable: Durable::default(),
        observer: Arc::new(Unobserved),
    };
    World { broker: Arc::new(broker), clock, outbound }
}

/// Whom a provider proves.
pub(crate) fn proof(broker: &Broker, code: &str, level: Level) -> UpstreamIdentity {
    let attributes = [("fiscalNumber", code), ("name", "Mario"), ("email", "m@example.test")];
    let provider = fixture::entity_id(0);
    let session = (level == Level::L1).then(|| UpstreamSession {
        upstream: "spid".to_owned(),
        tenant: "default".to_owned(),
        provider: provider.clone(),
        name_id: format!("_{code}"),
        name_qualifier: provider.clone(),
        session_index: "_1".to_owned(),
        given: None,
    });
    UpstreamIdentity {
        upstream: "spid".to_owned(),
        provider,
        attributes: attributes.map(|(k, v)| (k.to_owned(), v.to_owned())).into(),
        level,
        authenticated_at: broker.fx.now(),
        assertion_id: "_1".to_owned(),
        expires_at: broker.fx.now().plus(Duration::from_mins(1)),
        session,

        desk: None,
    }
}

impl World {
    pub(crate) fn client(&self, id: &str) -> Arc<Client> {
        let id = crate::oidc::ClientId::parse(id).unwrap();
        self.broker.clients.load().get(&id).cloned().unwrap()
    }

    pub(crate) fn request(
        &self,
        id: &str,
        change: impl FnOnce(&mut AuthorizationRequest),
    ) -> AuthorizationRequest {
        let client = self.client(id);
        let mut request = AuthorizationRequest {
            scopes: Scopes::parse("openid profile fiscal_number"),
            ..sample::request(&client, "https://rp.test/cb")
        };
        change(&mut request);
        request
    }

    /// A provider proves who sits at the browser, and the login goes on as far as it can.
    pub(crate) async fn proven(
        &self,
        request: AuthorizationRequest,
        cookies: &mut Cookies,
        proof: &UpstreamIdentity,
    ) -> (Begun, Result<Completion, Fault>) {
        let begun = self.broker.begin(request, cookies.browser.clone()).await.unwrap();
        cookies.browser = Some(begun.browser.clone());
        let place = Key::of(&begun.tx);
        let held = self.broker.shelves.get::<Login>(Shelf::Login, place).await.unwrap().unwrap();
        let login = Login::clone(&held)
            .identified(Identity::from_upstream(proof).unwrap())
            .resting_on(proof.session.clone())
            .by("spid");
        let lives = Duration::from_mins(20);
        assert!(self.broker.shelves.swap(Shelf::Login, place, &held, &login, lives).await.unwrap());
        let complete = self.broker.complete(&begun.tx, &begun.browser, cookies, None);
        let completion = Box::pin(complete).await;
        (begun, completion)
    }

    /// Somebody signs in at the provider; the browser keeps what it is given.
    pub(crate) async fn sign_in(
        &self,
        id: &str,
        cookies: &mut Cookies,
        code: &str,
        level: Level,
    ) -> Completed {
        let request = self.request(id, |request| request.level = level);
        let proof = proof(&self.broker, code, level);
        match self.proven(request, cookies, &proof).await.1.unwrap() {
            Completion::Ended(completed) => {
                keep(cookies, &completed);
                completed
            }
            other => panic!("{other:?}"),
        }
    }

    /// Whether `request` is answered from the session.
    pub(crate) async fn reuse(
        &self,
        request: &AuthorizationRequest,
        cookies: &Cookies,
    ) -> Result<Reuse, Fault> {
        let client = self.client(request.client_id.as_str());
        self.broker.reuse(&client, request, cookies).await
    }

    /// The same, without changes to the request; the new grant.
    pub(crate) async fn reused(&self, id: &str, cookies: &Cookies) -> Option<Completed> {
        match self.reuse(&self.request(id, |_| ()), cookies).await.unwrap() {
            Reuse::Ended(completed) => Some(completed),
            Reuse::Ask => None,
            Reuse::Tell(begun) => panic!("{begun:?}"),
        }
    }

    pub(crate) async fn grant_of(&self, completed: &Completed, id: &str) -> Grant {
        let address = url::Url::parse(completed.answer.place().as_str()).unwrap();
        let code = address.query_pairs().find(|(name, _)| name == "code").unwrap().1.into_owned();
        let place = Key::of_parts(&[&code, id]);
        self.broker.shelves.get::<Grant>(Shelf::Code, place).await.unwrap().unwrap().into_inner()
    }

    pub(crate) async fn count(&self, shelf: Shelf) -> u64 {
        self.broker.shelves.walk(shelf).await.unwrap()
    }
}

/// The name of the grant of a login that ended with a code.
pub(crate) fn sid_of(completed: &Completed) -> Handle {
    completed.sid.clone().unwrap()
}

/// What a browser does with the cookies of an answer.
pub(crate) fn keep(cookies: &mut Cookies, completed: &Completed) {
    match &completed.session {
        SessionCookie::Unchanged => {}
        SessionCookie::New(handle) => cookies.session = Some(handle.clone()),
        SessionCookie::Gone => cookies.session = None,
    }
    cookies.state.clone_from(&completed.state);
}

/// The slug of a refusal.
pub(crate) fn slug<T: std::fmt::Debug>(outcome: Result<T, Fault>) -> &'static str {
    outcome.unwrap_err().row().slug
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_unix_seconds(NOW + seconds)
}
