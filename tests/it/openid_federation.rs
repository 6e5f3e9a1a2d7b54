//! The sample federation of CIE, wrong in every way it knows, before the resolver of the product: over real
//! HTTP, in both dialects.

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::sync::Arc;

use actix_web::dev::ServerHandle;
use varco::crypto::jwk::PublicKeys;
use varco::effects::Effects;
use varco::federation::{
    AskStatus, Broken, Dialect, EntityId, Federation, Reach, Settings, TrustAnchor, TrustChain,
};
use varco_sandbox::client::http_client;
use varco_sandbox::federation::serve;
use varco_sandbox::openid;
use varco_sandbox::openid::keys::keys;
use varco_sandbox::openid::misbehaviour::{Case, Verdict};
use varco_sandbox::openid::provider::Provider;
use varco_sandbox::openid::registry::{PROVIDER_MARK, Registry, Superior};

const OPENID_PROVIDER: &str = "openid_provider";

/// A sample federation, and whoever looks at it.
struct World {
    provider: Arc<Provider>,
    dialect: Dialect,
    server: ServerHandle,
    fx: Effects,
}

impl World {
    async fn start(dialect: Dialect) -> Self {
        let fx = Effects::real();
        let socket = TcpListener::bind("127.0.0.1:0").unwrap();
        let base = format!("http://{}", socket.local_addr().unwrap());
        let shape = dialect.name().parse().unwrap();
        let keys = keys().await.unwrap();
        let broker = "http://localhost:1";
        let registry = Registry::new(base, broker, shape, Superior::Anchor, keys, fx.clone());
        let provider =
            Arc::new(Provider::new(Arc::new(registry), http_client().unwrap(), fx.clone()));
        let served = Arc::clone(&provider);
        let server = serve(socket, move |config| openid::server::routes(config, &served)).unwrap();
        Self { provider, dialect, server, fx }
    }

    fn entity(text: &str) -> EntityId {
        EntityId::parse(text, true).unwrap()
    }

    /// A resolver that has seen nothing yet.
    fn resolver(&self) -> Federation {
        let registry = &self.provider.registry;
        let id = registry.id(Superior::Anchor);
        let mark = format!("{id}{PROVIDER_MARK}");
        let pinned = registry.keys().anchor.jwks().to_string();
        let anchor = TrustAnchor {
            id: Self::entity(&id),
            keys: Arc::new(PublicKeys::parse(pinned.as_bytes()).unwrap()),
            dialect: self.dialect,
            marks: BTreeMap::from([(OPENID_PROVIDER.to_owned(), vec![mark])]),
            mark_status: AskStatus::Always,
            auto_roll: false,
        };
        let reach = Reach { allowed: vec!["127.0.0.1".to_owned()], development: true };
        let settings = Settings { anchors: vec![anchor], reach, folder: None };
        Federation::new(settings, &self.fx)
    }

    async fn resolve(&self, case: Option<Case>) -> Result<Arc<TrustChain>, Broken> {
        self.provider.registry.misbehave(case);
        let provider = Self::entity(&self.provider.registry.provider());
        self.resolver().resolve(&provider, OPENID_PROVIDER, &self.fx).await
    }
}

/// Cases whose chain holds: the metadata it resolves to are of no use, and whoever uses metadata says so.
const UNFIT: [&str; 4] =
    ["ec-issuer-elsewhere", "ec-no-pkce", "ec-key-address", "policy-other-keys"];

/// A constraint that the final dialect does not know, and so ignores (OpenID Federation 1.0, section 6.2).
const LEAF_TYPES: &str = "shape-leaf-types";

#[tokio::test]
async fn a_chain_is_found_judged_and_ends_with_its_earliest_statement() {
    for dialect in Dialect::ALL {
        let world = World::start(dialect).await;
        let chain = world.resolve(None).await.unwrap();
        let registry = &world.provider.registry;
        assert_eq!(chain.subject().as_str(), registry.provider());
        assert_eq!(chain.anchor().as_str(), registry.id(Superior::Anchor));
        assert_eq!(chain.statements().len(), 3, "configuration, statement, anchor");
        // The superior's statement lives half an hour, the provider's own an hour, the anchor's a day.
        let left = chain.expires().since(world.fx.now()).as_secs();
        assert!((1700..=1800).contains(&left), "{left}");
        let metadata = chain.metadata(OPENID_PROVIDER).unwrap();
        assert_eq!(metadata["jwks"], registry.keys().tokens.jwks());
        world.server.stop(false).await;
    }
}

#[tokio::test]
async fn every_broken_chain_is_refused_and_every_sound_one_is_not() {
    for dialect in Dialect::ALL {
        let world = World::start(dialect).await;
        let mut wrong = Vec::new();
        // What does not answer takes the whole time of a search.
        let all = Case::all().filter(|case| case.is_of_federation() && case.name() != "ec-slow");
        for case in all {
            let accepts = match case.verdict() {
                Verdict::Accepted => true,
                Verdict::Accepted2023 => dialect == Dialect::It2023,
                Verdict::Refused => {
                    let name = case.name();
                    let unknown = name == LEAF_TYPES && dialect == Dialect::Fed10Final;
                    unknown || UNFIT.contains(&name)
                }
            };
            let resolved = world.resolve(Some(case)).await;
            if resolved.is_ok() != accepts {
                let told = resolved.err().map(|broken| broken.to_string());
                wrong.push(format!("{case} in {}: {told:?}", dialect.name()));
            }
        }
        world.server.stop(false).await;
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
}

#[tokio::test]
async fn a_refusal_names_the_link_and_what_is_wrong_with_it() {
    let world = World::start(Dialect::It2023).await;
    let provider = world.provider.registry.provider();
    for (case, document) in [
        ("ec-expired", "entity configuration of"),
        ("ss-by-stranger", "statement of"),
        ("anchor-by-stranger", "entity configuration of"),
        ("policy-not-in", "trust chain of"),
    ] {
        let broken = world.resolve(Some(case.parse().unwrap())).await.unwrap_err();
        let told = broken.to_string();
        assert!(told.starts_with(document), "{case}: {told}");
        if case != "anchor-by-stranger" {
            assert!(told.contains(&provider), "{case}: {told}");
        }
    }
    world.server.stop(false).await;
}

#[tokio::test]
async fn a_provider_that_does_not_answer_costs_ten_seconds_at_most() {
    let world = World::start(Dialect::It2023).await;
    let began = world.fx.monotonic();
    assert!(world.resolve(Some("ec-slow".parse().unwrap())).await.is_err());
    assert!(world.fx.monotonic().saturating_sub(began).as_secs() <= 12);
    world.server.stop(false).await;
}
