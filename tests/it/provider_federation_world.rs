//! A federation in this process: an anchor, a relying party below it, and the broker as a provider that
//! trusts the anchor.
//!
//! Not the product's federation: statements here are signed as a test wants them.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use varco::crypto::jose::SigningAlgorithm;
use varco::crypto::jwk::PublicKeys;
use varco::crypto::signer::{LocalKey, Signer};
use varco::effects::{
    Effects, FetchRequest, Fetched, Fetching, Outbound, OutboundFault, ScriptedClock, Statusing,
};
use varco::federation::{
    AskStatus, Dialect, EntityId, Federation, OwnFault, PastKeys, Settings, TrustAnchor,
};
use varco::provider::federation::{MembershipSettings, Rule};

use crate::prover::Prover;
use crate::provider_registration::template;
use crate::provider_world::{
    CALLBACK, CHALLENGE, FORM, ISSUER, NOW, Node, Reply, form, redemption,
};

pub(crate) const ANCHOR: &str = "https://anchor.test";
pub(crate) const RP: &str = "https://rp.test";
pub(crate) const MARK: &str = "https://anchor.test/openid_relying_party/public";
pub(crate) const FETCH: &str = "https://anchor.test/fetch";

/// Documents at their addresses, and which of them were asked for.
#[derive(Default)]
pub(crate) struct Served {
    documents: Mutex<HashMap<String, String>>,
    asked: Mutex<Vec<String>>,
}

impl Served {
    pub(crate) fn put(&self, address: &str, document: String) {
        self.documents.lock().unwrap().insert(address.to_owned(), document);
    }

    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }

    fn answer(&self, request: &FetchRequest) -> Result<Fetched, OutboundFault> {
        let address = request.url.to_string();
        self.asked.lock().unwrap().push(address.clone());
        let body = self.documents.lock().unwrap().get(&address).cloned();
        let body = body.ok_or_else(|| OutboundFault::Unreachable("nobody is there".to_owned()))?;
        Ok(Fetched {
            status: 200,
            media_type: Some("application/entity-statement+jwt".to_owned()),
            etag: None,
            last_modified: None,
            body: body.into_bytes(),
        })
    }
}

impl Outbound for Served {
    fn fetch<'a>(&'a self, request: &'a FetchRequest) -> Fetching<'a> {
        Box::pin(std::future::ready(self.answer(request)))
    }

    fn status<'a>(&'a self, request: &'a FetchRequest) -> Statusing<'a> {
        Box::pin(std::future::ready(self.answer(request).map(|answer| answer.status)))
    }
}

/// The whole of it.
pub(crate) struct World {
    pub(crate) node: Node,
    pub(crate) outbound: Arc<Served>,
    pub(crate) clock: Arc<ScriptedClock>,
    pub(crate) fx: Effects,
    /// The anchor's federation key.
    pub(crate) anchor: Prover,
    /// The relying party's federation key.
    pub(crate) federation: Prover,
    /// The key that its metadata have.
    pub(crate) core: Prover,
    tokens: AtomicU64,
}

impl World {
    /// Every document is where it must be; nobody needs a mark.
    pub(crate) fn new() -> Self {
        Self::demanding(&[])
    }

    /// Relying parties need one of these marks.
    pub(crate) fn demanding(marks: &[&str]) -> Self {
        Self::offering(marks, false)
    }

    /// They may also send their configuration to be registered, and need one of these marks.
    pub(crate) fn registering(marks: &[&str]) -> Self {
        Self::offering(marks, true)
    }

    fn offering(marks: &[&str], explicit: bool) -> Self {
        let outbound = Arc::new(Served::default());
        let (fx, clock) = Effects::scripted(NOW, 7);
        let fx = fx.with_outbound(outbound.clone());
        let (anchor, federation, core) = (Prover::new(), Prover::new(), Prover::new());
        let node = Node::in_memory(&fx);
        member(&node, fresh_key(), &anchor, (marks, explicit), &fx).unwrap();
        let tokens = AtomicU64::new(0);
        let world = Self { node, outbound, clock, fx, anchor, federation, core, tokens };
        let [own, about, top] = world.chain();
        world.outbound.put(&format!("{RP}/.well-known/openid-federation"), own);
        world.outbound.put(FETCH, about);
        world.outbound.put(&format!("{ANCHOR}/.well-known/openid-federation"), top);
        world
    }

    /// The relying party's configuration, the anchor's statement about it, the anchor's configuration.
    pub(crate) fn chain(&self) -> [String; 3] {
        let own = statement(&self.federation, &self.configuration());
        let about = json!({
            "iss": ANCHOR, "sub": RP, "iat": NOW, "exp": NOW + 3600,
            "jwks": {"keys": [self.federation.jwk()]},
        });
        let top = json!({
            "iss": ANCHOR, "sub": ANCHOR, "iat": NOW, "exp": NOW + 3600,
            "jwks": {"keys": [self.anchor.jwk()]},
            "metadata": {"federation_entity": {"federation_fetch_endpoint": FETCH}},
        });
        [own, statement(&self.anchor, &about), statement(&self.anchor, &top)]
    }

    /// What the relying party says of itself.
    pub(crate) fn configuration(&self) -> Value {
        json!({
            "iss": RP, "sub": RP, "iat": NOW, "exp": NOW + 1800,
            "jwks": {"keys": [self.federation.jwk()]},
            "authority_hints": [ANCHOR],
            "metadata": {"openid_relying_party": {
                "client_id": RP, "client_name": "Portale federato",
                "client_registration_types": ["automatic"],
                "redirect_uris": [CALLBACK], "response_types": ["code"],
                "grant_types": ["authorization_code"],
                "token_endpoint_auth_method": "private_key_jwt",
                "id_token_signed_response_alg": "RS256",
                "jwks": {"keys": [self.core.jwk()]},
            }},
        })
    }

    /// What it says to our provider alone, in order to be registered.
    pub(crate) fn petition(&self) -> Value {
        let mut petition = self.configuration();
        petition["aud"] = ISSUER.into();
        petition["metadata"]["openid_relying_party"]["client_registration_types"] =
            json!(["explicit"]);
        petition
    }

    /// Posts a configuration to the registration endpoint of a node.
    pub(crate) async fn register(&self, node: &Node, petition: &Value) -> Reply {
        let body = statement(&self.federation, petition);
        self.post(node, "application/entity-statement+jwt", &body).await
    }

    /// Posts anything there.
    pub(crate) async fn post(&self, node: &Node, media_type: &str, body: &str) -> Reply {
        let head = format!("POST /federation/register HTTP/1.1\r\nContent-Type: {media_type}");
        node.send(&head, body).await
    }

    /// Says something else of the relying party.
    pub(crate) fn say(&self, configuration: &Value) {
        let own = statement(&self.federation, configuration);
        self.outbound.put(&format!("{RP}/.well-known/openid-federation"), own);
    }

    /// The claims of a good request object.
    pub(crate) fn claims(&self) -> Value {
        json!({
            "iss": RP, "client_id": RP, "aud": ISSUER, "iat": NOW, "exp": NOW + 300,
            "jti": self.fresh(), "response_type": "code", "redirect_uri": CALLBACK,
            "scope": "openid profile fiscal_number", "state": "a state", "nonce": "a nonce",
            "code_challenge": CHALLENGE, "code_challenge_method": "S256",
        })
    }

    fn fresh(&self) -> String {
        format!("token {}", self.tokens.fetch_add(1, Ordering::SeqCst))
    }

    /// The claims signed by the relying party's core key.
    pub(crate) fn object(&self, claims: &Value) -> String {
        self.core.sign(&self.header(), claims)
    }

    pub(crate) fn header(&self) -> Value {
        json!({"typ": "oauth-authz-req+jwt", "alg": "ES256", "kid": self.core.thumbprint()})
    }

    /// A good request object with the chain in its header.
    pub(crate) fn object_with_chain(&self) -> String {
        let mut header = self.header();
        header["trust_chain"] = json!(self.chain());
        self.core.sign(&header, &self.claims())
    }

    /// `/authorize` with that object and nothing else that counts.
    pub(crate) async fn authorize(&self, object: &str) -> Reply {
        let query = form(&[
            ("client_id", RP),
            ("response_type", "code"),
            ("scope", "openid"),
            ("request", object),
        ]);
        self.node.get(&format!("/authorize?{query}")).await
    }

    /// The same by POST.
    pub(crate) async fn authorize_by_post(&self, object: &str) -> Reply {
        let body = form(&[("client_id", RP), ("request", object)]);
        self.node.send(&format!("POST /authorize HTTP/1.1\r\n{FORM}"), &body).await
    }

    /// Pushes an object, proven by an assertion.
    pub(crate) async fn push(&self, object: &str) -> Reply {
        let assertion = self.assertion();
        let body = form(&[
            ("client_id", RP),
            ("request", object),
            ("client_assertion_type", ASSERTION),
            ("client_assertion", &assertion),
        ]);
        self.node.send(&format!("POST /par HTTP/1.1\r\n{FORM}"), &body).await
    }

    pub(crate) fn assertion(&self) -> String {
        let claims = json!({
            "iss": RP, "sub": RP, "aud": ISSUER, "iat": NOW, "exp": NOW + 60, "jti": self.fresh(),
        });
        let header = json!({"typ": "JWT", "alg": "ES256", "kid": self.core.thumbprint()});
        self.core.sign(&header, &claims)
    }

    /// Redeems a code at a node, proven by an assertion.
    pub(crate) async fn redeem(&self, node: &Node, code: &str) -> Reply {
        let assertion = self.assertion();
        let mut fields = redemption(code);
        fields.push(("client_assertion_type", ASSERTION));
        fields.push(("client_assertion", &assertion));
        node.send(&format!("POST /token HTTP/1.1\r\n{FORM}"), &form(&fields)).await
    }

    /// From a login that began to tokens; the claims of the ID token.
    pub(crate) async fn tokens(&self, reply: &Reply) -> Value {
        let (code, _) = self.node.code_of(reply).await;
        let reply = self.redeem(&self.node, &code).await;
        assert_eq!(reply.status, 200, "{reply:?}");
        let token = reply.json()["id_token"].as_str().unwrap().to_owned();
        crate::provider_world::verified(&self.node, &token).await
    }

    /// A page for the person with this code, no redirect, and nobody is known afterwards.
    pub(crate) fn is_page(reply: &Reply, code: &str) {
        assert!((400..=503).contains(&reply.status), "{reply:?}");
        assert_eq!(reply.header("location"), None, "{reply:?}");
        assert!(reply.body.contains(code), "{code}: {reply:?}");
    }

    /// Whether the relying party is a client now.
    pub(crate) fn is_known(&self) -> bool {
        self.node.broker.clients.load().federated().count() > 0
    }
}

/// Makes a node a member that trusts `anchor`, with a federation key of its own.
pub(crate) fn join(node: &Node, anchor: &Prover, marks: &[&str], fx: &Effects) {
    join_with(node, fresh_key(), anchor, marks, fx).unwrap();
}

/// A federation key of ours.
pub(crate) fn fresh_key() -> LocalKey {
    let der = LocalKey::generate(SigningAlgorithm::ES256).unwrap();
    LocalKey::from_pkcs8(SigningAlgorithm::ES256, &der).unwrap()
}

/// The same with that key.
pub(crate) fn join_with(
    node: &Node,
    key: LocalKey,
    anchor: &Prover,
    marks: &[&str],
    fx: &Effects,
) -> Result<(), OwnFault> {
    member(node, key, anchor, (marks, false), fx)
}

/// The same; which marks relying parties need, and whether they may register explicitly.
pub(crate) fn member(
    node: &Node,
    key: LocalKey,
    anchor: &Prover,
    demanded: (&[&str], bool),
    fx: &Effects,
) -> Result<(), OwnFault> {
    member_with(node, vec![key], anchor, demanded, None, fx)
}

/// The same with several keys, the one that signs first, and with keys of the past.
pub(crate) fn member_with(
    node: &Node,
    ours: Vec<LocalKey>,
    anchor: &Prover,
    (marks, explicit): (&[&str], bool),
    past_keys: Option<PastKeys>,
    fx: &Effects,
) -> Result<(), OwnFault> {
    let keys = json!({"keys": [anchor.jwk()]}).to_string();
    let id = |text: &str| EntityId::parse(text, false).unwrap();
    let marks: Vec<String> = marks.iter().map(|mark| (*mark).to_owned()).collect();
    let required = (!marks.is_empty()).then(|| ("openid_relying_party".to_owned(), marks.clone()));
    let anchor = TrustAnchor {
        id: id(ANCHOR),
        keys: Arc::new(PublicKeys::parse(keys.as_bytes()).unwrap()),
        dialect: Dialect::Fed10Final,
        marks: required.into_iter().collect(),
        mark_status: AskStatus::Always,
        auto_roll: false,
    };
    let federation = Federation::new(Settings { anchors: vec![anchor], ..Settings::default() }, fx);
    let settings = MembershipSettings {
        id: id(ISSUER),
        superiors: vec![id(ANCHOR)],
        metadata: serde_json::Map::new(),
        marks: Vec::new(),
        past_keys,
        rules: vec![Rule { marks, template: template() }],
        explicit,
        development: false,
    };
    let ours = ours.into_iter().map(|key| -> Arc<dyn Signer> { Arc::new(key) });
    node.provider.join(federation, settings, ours.collect())
}

/// Signed as a statement, whatever it says.
pub(crate) fn statement(key: &Prover, claims: &Value) -> String {
    let header = json!({"typ": "entity-statement+jwt", "alg": "ES256", "kid": key.thumbprint()});
    key.sign(&header, claims)
}

/// A mark of the relying party by the anchor.
pub(crate) fn mark(anchor: &Prover, changes: &Value) -> Value {
    let mut claims = json!({
        "iss": ANCHOR, "sub": RP, "trust_mark_type": MARK, "iat": NOW, "exp": NOW + 3600,
    });
    for (name, value) in changes.as_object().unwrap() {
        claims[name] = value.clone();
    }
    let header = json!({"typ": "trust-mark+jwt", "alg": "ES256", "kid": anchor.thumbprint()});
    json!({"trust_mark_type": MARK, "trust_mark": anchor.sign(&header, &claims)})
}

const ASSERTION: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
