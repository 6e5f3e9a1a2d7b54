//! Logins while a federation of a thousand providers is looked at.

use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::json;

use super::*;
use crate::crypto::Handle;
use crate::crypto::jwk::SignatureAlgorithm;
use crate::crypto::jws::corpus::Forger;
use crate::effects::{FetchRequest, Fetching, Outbound, ScriptedOutbound, Statusing};
use crate::terms::{Level, Locale};
use crate::upstream::contract::{Departure, Renewing as _, Upstream as _, UpstreamRequest};
use crate::upstream::openid::Cie;
use crate::upstream::openid::tests::{config, entity, provider};

/// Nobody answers. How often somebody was asked.
#[derive(Default)]
struct Silence(AtomicUsize);

impl Outbound for Silence {
    fn fetch<'a>(&'a self, _: &'a FetchRequest) -> Fetching<'a> {
        self.0.fetch_add(1, Ordering::SeqCst);
        Box::pin(std::future::pending())
    }

    fn status<'a>(&'a self, _: &'a FetchRequest) -> Statusing<'a> {
        panic!("nobody is told anything")
    }
}

#[tokio::test]
#[expect(clippy::await_holding_lock, reason = "that nobody waits for them is what is tested")]
async fn people_leave_for_any_of_a_thousand_providers_while_a_look_at_them_hangs() {
    let (fx, clock) = Effects::scripted(1_795_338_900, 7);
    let outbound = Arc::new(ScriptedOutbound::default());
    let fx = fx.with_outbound(outbound.clone());
    let names: Vec<_> = (0..1000).map(|at| format!("https://op{at}.test/oidc")).collect();
    let mut config = config(vec![entity()]);
    config.providers = names.iter().map(|name| EntityId::parse(name, false).unwrap()).collect();
    let cie = Cie::open(config, &fx).unwrap();
    let mut snapshot = Snapshot { read: true, ..Snapshot::default() };
    for name in &names {
        let provider = Provider { issuer: name.clone(), ..provider() };
        snapshot.known.insert(name.clone(), Known { provider, name: name.clone() });
    }
    let register = Arc::clone(&cie.deployed.load().register);
    register.snapshot.store(Arc::new(snapshot));
    let silence = Arc::new(Silence::default());
    let looking = tokio::spawn({
        let (register, slow) = (Arc::clone(&register), fx.clone().with_outbound(silence.clone()));
        async move { register.renew(0, &slow).await }
    });
    while silence.0.load(Ordering::SeqCst) == 0 {
        tokio::task::yield_now().await;
    }
    // Whoever waited for one of these would wait for ever.
    let held: Vec<_> = (0..register.sources()).map(|at| register.source(at)).collect();
    let looked = register.looked.lock().unwrap();
    for name in names.iter().step_by(20) {
        let request = UpstreamRequest {
            provider: name.clone(),
            level: Level::L2,
            force: false,
            tenant: "default".to_owned(),
            attribute_set: String::new(),
            consumer: None,
            purpose: None,
            locale: Locale::It,
            ticket: Handle::fresh(&fx),
        };
        let (departure, pending) = cie.redirect(&request, &fx).await.unwrap();
        assert!(matches!(departure, Departure::Redirect(_)));
        assert_eq!(pending.provider.issuer, *name);
        clock.advance(Duration::from_secs(1));
    }
    drop((held, looked));
    assert!(outbound.asked().is_empty(), "nobody is asked on the way out");
    assert!(!looking.is_finished());
    looking.abort();
}

const NOW: i64 = 1_795_338_900;
const ANCHOR: &str = "https://anchor.test";

/// The statements of a provider below the anchor, which share their key, good for so many seconds.
fn chain(id: &str, seconds: i64) -> Vec<String> {
    let sign = |issuer: &str, subject: &str, more: serde_json::Value| {
        let mut claims = json!({"iss": issuer, "sub": subject, "iat": NOW, "exp": NOW + seconds,
            "jwks": Forger::get().jwks()});
        claims.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let header = json!({"typ": "entity-statement+jwt"});
        Forger::get().sign(SignatureAlgorithm::RS256, &header, &claims)
    };
    let metadata = json!({
        "issuer": id,
        "authorization_endpoint": format!("{id}/authorize"),
        "token_endpoint": format!("{id}/token"),
        "userinfo_endpoint": format!("{id}/userinfo"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "request_object_signing_alg_values_supported": ["RS256"],
        "token_endpoint_auth_methods_supported": ["private_key_jwt"],
        "client_registration_types_supported": ["automatic"],
        "code_challenge_methods_supported": ["S256"],
        "jwks": Forger::get().jwks(),
    });
    let own = json!({"authority_hints": [ANCHOR], "metadata": {"openid_provider": metadata}});
    vec![sign(id, id, own), sign(ANCHOR, id, json!({})), sign(ANCHOR, ANCHOR, json!({}))]
}

#[tokio::test]
async fn a_renewed_chain_counts_at_once_though_another_provider_never_answers() {
    let (fx, clock) = Effects::scripted(NOW, 7);
    let silence = Arc::new(Silence::default());
    let fx = fx.with_outbound(silence.clone());
    let (good, dead) = ("https://good.test/oidc", "https://dead.test/oidc");
    let id = |name: &str| EntityId::parse(name, false).unwrap();
    let mut config = config(vec![entity()]);
    config.providers = vec![id(dead), id(good)];
    let cie = Cie::open(config, &fx).unwrap();
    let register = &Arc::clone(&cie.deployed.load().register);
    let before = Provider { issuer: dead.to_owned(), ..provider() };
    register.know(dead, Ok(before.clone()));
    let offered = |seconds| register.federation.offered(&id(good), &chain(good, seconds), &fx);
    let first = offered(600).unwrap();
    assert!(register.usable(good, fx.now()).is_err(), "nobody has looked");
    let looking = tokio::spawn({
        let (register, fx) = (Arc::clone(register), fx.clone());
        async move { register.renew(0, &fx).await }
    });
    while silence.0.load(Ordering::SeqCst) == 0 {
        tokio::task::yield_now().await;
    }
    assert_eq!(register.usable(good, fx.now()).unwrap().expires, first.expires());
    assert_eq!(register.usable(dead, fx.now()).unwrap(), before, "what was good stays so");
    // The look is not over when that chain ends, and another one is known by then.
    clock.advance(Duration::from_secs(600));
    assert_eq!(register.usable(good, fx.now()).unwrap_err().slug, ENDED);
    let second = offered(1200).unwrap();
    assert_eq!(register.usable(good, fx.now()).unwrap().expires, second.expires());
    clock.advance(Duration::from_secs(600));
    assert_eq!(register.usable(good, fx.now()).unwrap_err().slug, ENDED, "never past its end");
    assert!(!looking.is_finished());
    looking.abort();
}
