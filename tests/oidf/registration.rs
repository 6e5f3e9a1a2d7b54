//! Clients that register themselves (OpenID Connect Registration 1.0; RFC 7591, RFC 7592).
//!
//! Not the modules about registration: `dynamic_modules`.

use reqwest::Method;
use reqwest::header::CONTENT_TYPE;
use serde_json::{Value, json};

use crate::discovery_modules::document;
use crate::keys::Key;
use crate::plan::Plan;
use crate::relying_party::{Authentication, CALLBACK, RelyingParty, Reply};
use crate::world::World;

/// A client that registered itself.
pub(crate) struct Registered {
    /// The plan, played by it.
    pub(crate) plan: Plan,
    /// What the broker answered.
    pub(crate) answer: Value,
}

impl Plan {
    /// Dynamic OP: a client of the usual kind, registered for this module alone.
    pub(crate) async fn dynamic() -> Self {
        Self::basic().await.registered(&json!({})).await.plan
    }

    /// The same plan by a client that registers with these members beside the usual ones.
    pub(crate) async fn registered(&self, members: &Value) -> Registered {
        self.registered_with(members, None).await
    }

    /// The same; with a key it authenticates by `private_key_jwt`.
    pub(crate) async fn registered_with(
        &self,
        members: &Value,
        key: Option<&'static Key>,
    ) -> Registered {
        let metadata = usual(members);
        let reply = register(self.world, &metadata).await;
        assert_eq!(reply.status, 201, "{reply:?}");
        let answer = reply.json();
        let text = |name: &str| answer[name].as_str().map(str::to_owned);
        let authentication = match (&metadata["token_endpoint_auth_method"], key) {
            (_, Some(key)) => Authentication::Key(key),
            (method, None) if method == "client_secret_post" => Authentication::Post,
            _ => Authentication::Basic,
        };
        let client = RelyingParty {
            id: text("client_id").unwrap(),
            authentication,
            secret: text("client_secret").unwrap_or_default(),
            redirect_uri: metadata["redirect_uris"][0].as_str().unwrap().to_owned(),
        };
        Registered { plan: self.of(client), answer }
    }
}

/// What every client of these modules registers, and these members over it.
fn usual(members: &Value) -> Value {
    let mut metadata = json!({
        "client_name": "Suite di conformità",
        "redirect_uris": [CALLBACK],
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        "token_endpoint_auth_method": "client_secret_basic",
        "scope": "openid profile email phone address offline_access",
        "contacts": ["suite@suite.test"],
    });
    for (name, value) in members.as_object().unwrap() {
        metadata[name] = value.clone();
    }
    metadata
}

/// Sends a registration.
pub(crate) async fn register(world: &World, metadata: &Value) -> Reply {
    let document = document(world).await;
    let endpoint = document["registration_endpoint"].as_str().unwrap();
    let request = world.ask(Method::POST, endpoint).header(CONTENT_TYPE, "application/json");
    let request = request.bearer_auth(&world.initial_token);
    Reply::of(request.body(metadata.to_string())).await
}

/// Sends a registration with the usual members that must be refused with this error.
pub(crate) async fn refused(world: &World, members: &Value, error: &str) {
    register(world, &usual(members)).await.refused(error);
}
