//! What a federation of providers costs as it grows from 10 to 1,000: time to find one chain, also while all
//! are being renewed by a server that never answers; CPU to judge and take up a chain, memory to keep it.
//! Prints one JSON object.
//!
//! Not a whole login: `varco-sandbox bench --upstream cie` measures that.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    clippy::panic,
    reason = "a measure that cannot be taken ends the bench, and its numbers are printed"
)]

mod measured;

use std::collections::BTreeMap;
use std::hint::black_box;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::{Value, json};
use varco::crypto::jose::{SigningAlgorithm, TokenType};
use varco::crypto::jwk::PublicKeys;
use varco::crypto::signer::{Answer, LocalKey, Signer as _};
use varco::effects::{Effects, FetchRequest, Fetching, Outbound, Statusing};
use varco::federation::{AskStatus, Dialect, EntityId, Federation, Reach, Settings, TrustAnchor};

use measured::{cpu_seconds, resident};

fn main() {
    let (scripted, clock) = Effects::scripted(NOW, 7);
    let silence = Arc::new(Silence::default());
    let fx = scripted.with_outbound(silence.clone());
    let real = Effects::real();
    let anchor = Entity::new(ANCHOR);
    let few = Known::of(&anchor, 10, &fx);
    let before = resident();
    let start = cpu_seconds();
    let many = Known::of(&anchor, PROVIDERS, &fx);
    let judged = (cpu_seconds() - start - many.signing) * 1000.0 / PROVIDERS as f64;
    let bytes = resident().saturating_sub(before) / PROVIDERS;
    let alone = [few.lookup(&fx, &real), many.lookup(&fx, &real)];

    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .expect("a runtime");
    // Past the middle of every life: all are due.
    clock.advance(Duration::from_secs(1300));
    let waiting = runtime.spawn({
        let (federation, fx) = (many.federation.clone(), fx.clone());
        async move { federation.refresh(&fx).await }
    });
    while silence.0.load(Ordering::SeqCst) == 0 {
        std::thread::yield_now();
    }
    let meanwhile = many.lookup(&fx, &real);
    assert!(!waiting.is_finished(), "nobody answered");
    waiting.abort();
    let told = json!({
        "chains": PROVIDERS,
        "judge_cpu_milliseconds": judged,
        "kept_bytes_per_chain": bytes,
        "lookup_nanoseconds_10": alone[0],
        "lookup_nanoseconds_1000": alone[1],
        "lookup_nanoseconds_1000_while_renewing": meanwhile,
    });
    println!("{told}");
}

struct Entity {
    id: EntityId,
    key: LocalKey,
}

impl Entity {
    fn new(id: &str) -> Self {
        let der = LocalKey::generate(SigningAlgorithm::ES256).expect("a key");
        Self {
            id: EntityId::parse(id, false).expect("a name"),
            key: LocalKey::from_pkcs8(SigningAlgorithm::ES256, &der).expect("a key"),
        }
    }

    fn jwks(&self) -> Value {
        json!({"keys": [self.key.jwk()]})
    }

    /// A statement about somebody, half an hour long.
    fn about(&self, subject: &Self, more: Value) -> String {
        let mut claims = json!({
            "iss": self.id.as_str(), "sub": subject.id.as_str(), "iat": NOW, "exp": NOW + 1800,
            "jwks": subject.jwks(),
        });
        if let (Some(claims), Value::Object(more)) = (claims.as_object_mut(), more) {
            claims.extend(more);
        }
        let text = claims.to_string();
        match self.key.jws(TokenType::EntityStatement, text.as_bytes()) {
            Answer::Now(Ok(token)) => token,
            _ => panic!("not signed"),
        }
    }
}

/// A federation that knows so many providers.
struct Known {
    federation: Federation,
    names: Vec<EntityId>,
    /// CPU that went into signing what others sign.
    signing: f64,
}

impl Known {
    fn of(anchor: &Entity, providers: usize, fx: &Effects) -> Self {
        let set = anchor.jwks();
        let keys = PublicKeys::from_members(set.as_object().expect("a set")).expect("keys");
        let trusted = TrustAnchor {
            id: anchor.id.clone(),
            keys: Arc::new(keys),
            dialect: Dialect::Fed10Final,
            marks: BTreeMap::default(),
            mark_status: AskStatus::default(),
            auto_roll: false,
        };
        let settings = Settings { anchors: vec![trusted], reach: Reach::default(), folder: None };
        let federation = Federation::new(settings, fx);
        let top = anchor.about(anchor, json!({}));
        let start = cpu_seconds();
        let mut chains = Vec::new();
        for number in 0..providers {
            let op = Entity::new(&format!("https://op-{number}.example/oidc"));
            let own = op.about(&op, metadata(&op));
            let said = anchor.about(&op, json!({}));
            chains.push((op.id, [own, said, top.clone()]));
        }
        let signing = cpu_seconds() - start;
        for (id, chain) in &chains {
            federation.offered(id, chain, fx).expect("a chain");
        }
        Self { federation, names: chains.into_iter().map(|(id, _)| id).collect(), signing }
    }

    /// Nanoseconds to find one chain, over a million times.
    fn lookup(&self, fx: &Effects, real: &Effects) -> f64 {
        let now = fx.now();
        let before = real.monotonic();
        for turn in 0..1_000_000 {
            // A large odd step visits them in no order.
            let name = &self.names[turn * 7919 % self.names.len()];
            black_box(self.federation.known(black_box(name), now).expect("a chain"));
        }
        real.monotonic().saturating_sub(before).as_secs_f64() * 1_000.0
    }
}

fn metadata(op: &Entity) -> Value {
    let at = |tail: &str| format!("{}/{tail}", op.id);
    json!({
        "authority_hints": [ANCHOR],
        "metadata": {
            "federation_entity": {"organization_name": "Ente di prova"},
            "openid_provider": {
                "issuer": op.id.as_str(),
                "authorization_endpoint": at("authorize"),
                "token_endpoint": at("token"),
                "userinfo_endpoint": at("userinfo"),
                "response_types_supported": ["code"],
                "subject_types_supported": ["pairwise"],
                "id_token_signing_alg_values_supported": ["RS256", "ES256"],
                "client_registration_types_supported": ["automatic"],
                "code_challenge_methods_supported": ["S256"],
                "jwks": op.jwks(),
            },
        },
    })
}

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

const ANCHOR: &str = "https://anchor.example";
const PROVIDERS: usize = 1_000;
const NOW: i64 = 1_795_300_000;
