//! A small federation for tests: entities with keys of their own, and whatever statements a test wants.
//!
//! Not part of the product. Statements are signed as their claims say, however wrong those are.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};

use super::{AskStatus, Dialect, EntityId, Federation, Reach, Reader, Settings, TrustAnchor};
use crate::crypto::jose::{SigningAlgorithm, TokenType};
use crate::crypto::jwk::PublicKeys;
use crate::crypto::signer::{Answer, LocalKey, Signer as _};
use crate::effects::{
    Effects, FetchRequest, FetchUrl, Fetched, Fetching, Outbound, OutboundFault, ScriptedClock,
    Statusing, Timestamp,
};

/// The moment of these tests.
pub(crate) const NOW: i64 = 1_795_300_000;

/// One entity with its federation key.
pub(crate) struct Entity {
    pub(crate) id: EntityId,
    pub(crate) key: LocalKey,
}

/// How statements are read here.
pub(crate) fn reader(dialect: Dialect) -> Reader {
    Reader { dialect, now: Timestamp::from_unix_seconds(NOW), development: false }
}

/// A new key, the cheap kind.
pub(crate) fn key() -> LocalKey {
    let der = LocalKey::generate(SigningAlgorithm::ES256).unwrap();
    LocalKey::from_pkcs8(SigningAlgorithm::ES256, &der).unwrap()
}

/// A JWK set of these keys.
pub(crate) fn jwks(keys: &[&LocalKey]) -> Value {
    json!({"keys": keys.iter().map(|key| key.jwk()).collect::<Vec<_>>()})
}

/// Signed as a statement, whatever it says.
pub(crate) fn sign(key: &LocalKey, claims: &Value) -> String {
    sign_as(key, TokenType::EntityStatement, claims)
}

pub(crate) fn sign_as(key: &LocalKey, typ: TokenType, claims: &Value) -> String {
    let Answer::Now(Ok(token)) = key.jws(typ, claims.to_string().as_bytes()) else {
        panic!("not signed")
    };
    token
}

/// `claims` with `changes` laid over; a change to null takes a claim away.
pub(crate) fn with(mut claims: Value, changes: &Value) -> Value {
    let members = claims.as_object_mut().unwrap();
    for (name, value) in changes.as_object().unwrap() {
        if value.is_null() {
            members.remove(name);
        } else {
            members.insert(name.clone(), value.clone());
        }
    }
    claims
}

impl Entity {
    pub(crate) fn new(id: &str) -> Self {
        Self { id: EntityId::parse(id, false).unwrap(), key: key() }
    }

    /// The claims of a good configuration of a leaf, half an hour long.
    pub(crate) fn claims(&self, superiors: &[&Self]) -> Value {
        let hints: Vec<_> = superiors.iter().map(|superior| superior.id.as_str()).collect();
        let mut claims = json!({
            "iss": self.id.as_str(), "sub": self.id.as_str(), "iat": NOW, "exp": NOW + 1800,
            "jwks": jwks(&[&self.key]),
            "metadata": {
                "federation_entity": {
                    "organization_name": "Entity",
                    "federation_fetch_endpoint": format!("{}/fetch", self.id),
                    "federation_list_endpoint": format!("{}/list", self.id),
                },
                "openid_provider": {
                    "issuer": self.id.as_str(),
                    "authorization_endpoint": format!("{}/authorize", self.id),
                    "token_endpoint": format!("{}/token", self.id),
                    "response_types_supported": ["code"],
                    "subject_types_supported": ["pairwise"],
                    "id_token_signing_alg_values_supported": ["ES256"],
                    "client_registration_types_supported": ["automatic"],
                    "jwks": jwks(&[&self.key]),
                },
            },
        });
        if !hints.is_empty() {
            claims["authority_hints"] = json!(hints);
        }
        claims
    }

    /// A good configuration.
    pub(crate) fn configuration(&self, superiors: &[&Self]) -> String {
        sign(&self.key, &self.claims(superiors))
    }

    /// The claims of a good statement about `subject`, an hour long.
    pub(crate) fn claims_about(&self, subject: &Self) -> Value {
        json!({
            "iss": self.id.as_str(), "sub": subject.id.as_str(), "iat": NOW, "exp": NOW + 3600,
            "jwks": jwks(&[&subject.key]),
        })
    }

    /// A good statement about `subject`.
    pub(crate) fn about(&self, subject: &Self) -> String {
        sign(&self.key, &self.claims_about(subject))
    }

    /// Its public keys, as a configuration pins them.
    pub(crate) fn pinned(&self) -> Arc<PublicKeys> {
        let Value::Object(set) = jwks(&[&self.key]) else { panic!("no object") };
        Arc::new(PublicKeys::from_members(&set).unwrap())
    }

    /// It as an anchor that is trusted here.
    pub(crate) fn anchor(&self, dialect: Dialect) -> TrustAnchor {
        TrustAnchor {
            id: self.id.clone(),
            keys: self.pinned(),
            dialect,
            marks: std::collections::BTreeMap::default(),
            mark_status: AskStatus::Always,
            auto_roll: false,
        }
    }
}

/// Everybody who can be asked, by the whole address.
#[derive(Default)]
pub(crate) struct World {
    answers: Mutex<HashMap<String, Result<Fetched, OutboundFault>>>,
    asked: Mutex<Vec<String>>,
    /// Each answer lets the clock go on by so much.
    slowness: Mutex<Option<(Arc<ScriptedClock>, Duration)>>,
    /// Each answer waits until this many wait.
    crowd: Mutex<Option<Arc<tokio::sync::Barrier>>>,
}

impl World {
    /// A world and its effects, at [`NOW`].
    pub(crate) fn new() -> (Arc<Self>, Effects, Arc<ScriptedClock>) {
        let (fx, clock) = Effects::scripted(NOW, 7);
        let world = Arc::new(Self::default());
        (Arc::clone(&world), fx.with_outbound(world), clock)
    }

    /// Serves the configuration of an entity below `superiors`.
    pub(crate) fn publish(&self, entity: &Entity, superiors: &[&Entity]) {
        self.serve(&entity.id.configuration_url(), &[], &entity.configuration(superiors));
    }

    /// Serves what `superior` says of `subject`.
    pub(crate) fn vouch(&self, superior: &Entity, subject: &Entity) {
        self.say(superior, subject, &superior.about(subject));
    }

    /// Serves `token` as what `superior` says of `subject`.
    pub(crate) fn say(&self, superior: &Entity, subject: &Entity, token: &str) {
        let url = format!("{}/fetch", superior.id);
        self.serve(&url, &[("sub", subject.id.as_str())], token);
    }

    pub(crate) fn serve(&self, url: &str, query: &[(&str, &str)], body: &str) {
        let answer = Fetched {
            status: 200,
            media_type: None,
            etag: None,
            last_modified: None,
            body: body.as_bytes().to_vec(),
        };
        self.answer(url, query, Ok(answer));
    }

    pub(crate) fn answer(
        &self,
        url: &str,
        query: &[(&str, &str)],
        answer: Result<Fetched, OutboundFault>,
    ) {
        let url = FetchUrl::parse(url, &[], false).unwrap().with_query(query);
        self.answers.lock().unwrap().insert(url.whole().to_owned(), answer);
    }

    /// Nobody answers any more.
    pub(crate) fn go_dark(&self) {
        self.answers.lock().unwrap().clear();
    }

    pub(crate) fn be_slow(&self, clock: &Arc<ScriptedClock>, by: Duration) {
        *self.slowness.lock().unwrap() = Some((Arc::clone(clock), by));
    }

    pub(crate) fn hold(&self, until: Arc<tokio::sync::Barrier>) {
        *self.crowd.lock().unwrap() = Some(until);
    }

    /// Addresses that were asked, in their order.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

impl Outbound for World {
    fn fetch<'a>(&'a self, request: &'a FetchRequest) -> Fetching<'a> {
        self.asked.lock().unwrap().push(request.url.whole().to_owned());
        let known = self.answers.lock().unwrap().get(request.url.whole()).cloned();
        let mut answer = known.unwrap_or(Err(OutboundFault::Unreachable("nobody".to_owned())));
        if let Some((clock, by)) = &*self.slowness.lock().unwrap() {
            clock.advance((*by).min(request.limits.time));
            if *by > request.limits.time {
                answer = Err(OutboundFault::TooSlow(request.limits.time));
            }
        }
        if answer.as_ref().is_ok_and(|answer| answer.body.len() > request.limits.octets) {
            answer = Err(OutboundFault::TooLarge(request.limits.octets));
        }
        let crowd = self.crowd.lock().unwrap().clone();
        Box::pin(async move {
            if let Some(crowd) = crowd {
                crowd.wait().await;
            }
            answer
        })
    }

    fn status<'a>(&'a self, _: &'a FetchRequest) -> Statusing<'a> {
        panic!("nobody is told anything")
    }
}

/// A federation below `anchors`, without a folder.
pub(crate) fn federation(anchors: Vec<TrustAnchor>, fx: &Effects) -> Federation {
    Federation::new(Settings { anchors, reach: Reach::default(), folder: None }, fx)
}
