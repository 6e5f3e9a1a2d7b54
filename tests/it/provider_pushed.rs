//! `/par` over HTTP: requests that clients push, and what a browser may do with their names; attacks
//! OP-PAR-1, OP-JR-2 and OP-CA-4, and the modules of FAPI 2.0 that are about pushed requests.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use varco::crypto::Handle;
use varco::effects::Effects;
use varco::oidc::client::{AuthenticationMethod, Client, ClientMetadata, Clients};
use varco::oidc::{AuthorizationRequest, ClientId};

use crate::provider_signer::Signer;
use crate::provider_world::{
    CALLBACK, FORM, ISSUER, NOW, Node, Reply, SECRET, asked, basic, client, fifty, form,
    one_of_fifty,
};

const PREFIX: &str = "urn:ietf:params:oauth:request_uri:";
const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// A client of a FAPI profile.
fn fapi(id: &str, profile: &str, signer: &Signer) -> Client {
    let metadata = ClientMetadata {
        profile: Some(profile.to_owned()),
        redirect_uris: vec![CALLBACK.to_owned()],
        token_endpoint_auth_method: Some("private_key_jwt".to_owned()),
        ..ClientMetadata::default()
    };
    Client {
        protocol: metadata.check().unwrap(),
        authentication: AuthenticationMethod::PrivateKeyJwt,
        keys: signer.keys(),
        ..client(id)
    }
}

/// A node with two portals that have a secret, and one of each FAPI profile.
struct World {
    node: Node,
    signer: Signer,
    clock: Arc<varco::effects::ScriptedClock>,
    used: std::cell::Cell<u32>,
}

impl World {
    fn new() -> Self {
        let (fx, clock) = Effects::scripted(NOW, 1);
        let (node, signer) = (Node::in_memory(&fx), Signer::new());
        node.broker.clients.store(Arc::new(Clients::new(vec![
            client("inps"),
            client("lavoro"),
            fapi("fapi", "fapi2", &signer),
            fapi("signing", "fapi2_message_signing", &signer),
        ])));
        Self { node, signer, clock, used: std::cell::Cell::new(0) }
    }

    fn jti(&self) -> String {
        self.used.set(self.used.get() + 1);
        self.used.get().to_string()
    }

    /// Pushes with the secret of a portal.
    async fn push(&self, client: &str, changes: &[(&str, &str)]) -> Reply {
        self.post(&basic(client, SECRET), &asked(client, changes)).await
    }

    async fn post(&self, authorization: &str, body: &str) -> Reply {
        let head = format!("POST /par HTTP/1.1\r\n{FORM}\r\nAuthorization: {authorization}");
        self.node.send(&head, body).await
    }

    /// Pushes with an assertion of a FAPI client.
    async fn push_asserted(&self, client: &str, headers: &str, body: &str) -> Reply {
        let assertion = self.signer.assertion(client, &self.jti());
        let proof =
            form(&[("client_assertion_type", ASSERTION_TYPE), ("client_assertion", &assertion)]);
        let head = format!("POST /par HTTP/1.1\r\n{FORM}{headers}");
        self.node.send(&head, &format!("{body}&{proof}")).await
    }

    /// Pushes a signed request of the client that must sign.
    async fn push_signed(&self, object: &str) -> Reply {
        let body = form(&[("client_id", "signing"), ("request", object)]);
        self.push_asserted("signing", "", &body).await
    }

    async fn open(&self, client: &str, uri: &str) -> Reply {
        let query = form(&[("client_id", client), ("request_uri", uri)]);
        self.node.get(&format!("/authorize?{query}")).await
    }

    /// What was pushed under that name.
    async fn kept(&self, client: &str, uri: &str) -> AuthorizationRequest {
        let name = Handle::parse(uri.strip_prefix(PREFIX).unwrap()).unwrap();
        let client = ClientId::parse(client).unwrap();
        self.node.broker.pushed(&client, &name).await.unwrap().unwrap()
    }
}

fn uri(reply: &Reply) -> String {
    assert_eq!(reply.status, 201, "{reply:?}");
    reply.json()["request_uri"].as_str().unwrap().to_owned()
}

/// Nobody is sent anywhere, and nothing was begun.
fn is_page(reply: &Reply, code: &str) {
    assert_eq!((reply.status, reply.header("location")), (400, None), "{reply:?}");
    assert_eq!(reply.header("set-cookie"), None, "nothing was begun");
    assert!(reply.body.contains(code), "{}", reply.body);
}

fn is_error(reply: &Reply, error: &str, what: &str) {
    assert_eq!((reply.status, reply.error().as_str()), (400, error), "{what}: {reply:?}");
    assert!(!reply.body.contains("request_uri\""), "{what}: nothing was kept");
}

/// `par-without-duplicate-parameters`, `par-attempt-reuse-request_uri`, and the modules about `state` and
/// `nonce` outside.
#[actix_web::test]
async fn a_pushed_request_gives_one_code_and_nothing_beside_its_name_counts() {
    let world = World::new();
    let pushed = world.push("inps", &[]).await;
    assert_eq!(pushed.header("cache-control"), Some("no-store"));
    assert_eq!(pushed.json()["expires_in"], 60);
    let uri = uri(&pushed);
    assert!(uri.starts_with(PREFIX) && uri.len() == PREFIX.len() + 40, "{uri}");
    let beside = [
        ("client_id", "inps"),
        ("request_uri", uri.as_str()),
        ("state", "another"),
        ("nonce", "another"),
        ("redirect_uri", "https://evil.test"),
        ("response_type", "token"),
        ("scope", ""),
    ];
    let reply = world.node.get(&format!("/authorize?{}", form(&beside))).await;
    // It checks that the state is the pushed one.
    let code = world.node.code_of(&reply).await.0;
    assert_eq!(world.node.redeem("inps", &code, &[]).await.status, 200);
    is_page(&world.open("inps", &uri).await, "VARCO-0122");
}

/// `par-ensure-reused-request-uri-prior-to-auth-completion-succeeds`.
#[actix_web::test]
async fn a_name_may_be_opened_again_until_a_login_is_completed() {
    let world = World::new();
    let uri = uri(&world.push("inps", &[]).await);
    let first = world.open("inps", &uri).await;
    let second = world.open("inps", &uri).await;
    let (code, _) = world.node.code_of(&second).await;
    assert_eq!(world.node.redeem("inps", &code, &[]).await.status, 200);
    let (tx, browser) = world.node.identified(&first).await;
    let fault = world.node.complete(&tx, &browser).await.unwrap_err();
    assert_eq!(fault.row().slug, "request-uri-used", "one request, one code");
}

#[actix_web::test]
async fn a_login_may_take_longer_than_its_request_may_be_opened() {
    let world = World::new();
    let begun = world.open("inps", &uri(&world.push("inps", &[]).await)).await;
    world.clock.advance(Duration::from_mins(10));
    let (code, _) = world.node.code_of(&begun).await;
    assert!(!code.is_empty());
}

/// `par-attempt-to-use-expired-request_uri`, `par-attempt-to-use-request_uri-for-different-client`.
#[actix_web::test]
async fn a_name_that_is_anothers_expired_or_guessed_opens_nothing() {
    let world = World::new();
    let uri = uri(&world.push("inps", &[]).await);
    is_page(&world.open("lavoro", &uri).await, "VARCO-0122");
    for guessed in ["", "0", &"0".repeat(40), &"A".repeat(40), &"0".repeat(10_000)] {
        let reply = world.open("inps", &format!("{PREFIX}{guessed}")).await;
        is_page(&reply, "VARCO-0122");
    }
    world.clock.advance(Duration::from_secs(59));
    assert_eq!(world.open("inps", &uri).await.status, 303, "another client did not use it up");
    world.clock.advance(Duration::from_secs(2));
    is_page(&world.open("inps", &uri).await, "VARCO-0122");
    let twice = form(&[("client_id", "inps"), ("request_uri", &uri), ("request_uri", &uri)]);
    is_page(&world.node.get(&format!("/authorize?{twice}")).await, "VARCO-0103");
}

/// `par-attempt-invalid-http-method`.
#[actix_web::test]
async fn only_a_client_that_proves_itself_pushes_and_only_by_post() {
    let world = World::new();
    for authorization in ["Basic", "Bearer x", &basic("inps", "wrong"), &basic("nobody", SECRET)] {
        let reply = world.post(authorization, &asked("inps", &[])).await;
        assert_eq!((reply.status, reply.error().as_str()), (401, "invalid_client"));
        assert!(reply.header("www-authenticate").is_some());
    }
    let body = asked("inps", &[]);
    let reply = world.node.send(&format!("POST /par HTTP/1.1\r\n{FORM}"), &body).await;
    assert_eq!((reply.status, reply.error().as_str()), (401, "invalid_client"), "no proof at all");
    let reply = world.post(&basic("lavoro", SECRET), &body).await;
    assert_eq!((reply.status, reply.error().as_str()), (401, "invalid_client"), "another's name");
    for method in ["GET", "PUT", "DELETE", "PATCH", "HEAD"] {
        let head = format!("{method} /par HTTP/1.1\r\nAuthorization: {}", basic("inps", SECRET));
        let reply = world.node.send(&head, "").await;
        assert_eq!((reply.status, reply.header("allow")), (405, Some("POST")), "{method}");
    }
    let head = format!("POST /par HTTP/1.1\r\nAuthorization: {}", basic("inps", SECRET));
    let reply = world.node.send(&format!("{head}\r\nContent-Type: text/plain"), &body).await;
    assert_eq!(reply.status, 415);
    let large = format!("{body}&x={}", "x".repeat(64 * 1024));
    assert_eq!(world.post(&basic("inps", SECRET), &large).await.status, 413);
}

/// `par-ensure-pkce-required`, `par-plain-pkce-rejected`, `ensure-response-type-…-fails`,
/// `par-authorization-request-containing-request_uri-form-param`,
/// `ensure-request-object-without-redirect-uri-fails`, `ensure-redirect-uri-in-authorization-request`.
#[actix_web::test]
async fn what_is_wrong_with_a_request_is_told_when_it_is_pushed() {
    let world = World::new();
    for (name, value, error) in [
        ("code_challenge", "", "invalid_request"),
        ("code_challenge_method", "plain", "invalid_request"),
        ("response_type", "token", "unsupported_response_type"),
        ("response_type", "code id_token", "unsupported_response_type"),
        ("response_mode", "fragment", "invalid_request"),
        ("redirect_uri", "", "invalid_request"),
        ("redirect_uri", "https://evil.test/cb", "invalid_request"),
        ("request_uri", &format!("{PREFIX}{}", "0".repeat(40)), "invalid_request"),
        ("request_uri", "https://evil.test", "invalid_request"),
        ("scope", "profile", "invalid_scope"),
        ("resource", "https://elsewhere.test", "invalid_target"),
        ("registration", "{}", "registration_not_supported"),
        ("id_token_hint", "e30.e30.e30", "invalid_request"),
        ("claims", "[]", "invalid_request"),
        ("dpop_jkt", "x", "invalid_request"),
        ("state", &"x".repeat(1025), "invalid_request"),
    ] {
        let what = format!("{name}={value}");
        for client in ["inps", "fapi"] {
            let body = asked(client, &[(name, value)]);
            let reply = match client {
                "inps" => world.post(&basic(client, SECRET), &body).await,
                _ => world.push_asserted(client, "", &body).await,
            };
            is_error(&reply, error, &what);
        }
        let twice = format!("{}&{name}=a&{name}=b", asked("inps", &[]));
        if name != "resource" {
            let reply = world.post(&basic("inps", SECRET), &twice).await;
            is_error(&reply, "invalid_request", &what);
        }
    }
    let essential = r#"{"id_token":{"acr":{"essential":true,"values":["bogus"]}}}"#;
    let reply = world.push("inps", &[("claims", essential)]).await;
    assert_eq!(reply.error(), "unmet_authentication_requirements");
}

/// `ensure-unsigned-authorization-request-without-using-par-fails`,
/// `ensure-unsigned-request-at-par-endpoint-fails`.
#[actix_web::test]
async fn a_fapi_client_asks_only_by_pushing_and_signs_where_it_must() {
    let world = World::new();
    for client in ["fapi", "signing"] {
        let reply = world.node.authorize(client, &[]).await;
        let location = reply.header("location").unwrap();
        assert!(location.starts_with(&format!("{CALLBACK}?error=invalid_request&")), "{location}");
        let object = world.signer.object(client, "plain", &[]);
        let query = form(&[("client_id", client), ("request", &object)]);
        let reply = world.node.get(&format!("/authorize?{query}")).await;
        let location = reply.header("location").unwrap();
        assert!(location.contains("error=invalid_request&"), "{location}");
        assert_eq!(reply.header("set-cookie"), None, "nothing was begun");
    }
    let uri = uri(&world.push_asserted("fapi", "", &asked("fapi", &[])).await);
    assert_eq!(world.open("fapi", &uri).await.status, 303);
    let unsigned = world.push_asserted("signing", "", &asked("signing", &[])).await;
    is_error(&unsigned, "invalid_request", "unsigned");
    let signed = world.push_signed(&world.signer.object("signing", "1", &[])).await;
    let reply = world.open("signing", &self::uri(&signed)).await;
    assert_eq!(reply.status, 303, "{reply:?}");
}

/// `par-authorization-request-containing-request_uri`; the other modules stand beside `request_object`.
#[actix_web::test]
async fn only_what_stands_in_a_signed_request_counts() {
    let world = World::new();
    let object = world.signer.object("signing", "1", &[]);
    let outside = asked("signing", &[("scope", "openid email"), ("request", &object)]);
    let pushed = world.push_asserted("signing", "", &outside).await;
    let kept = world.kept("signing", &uri(&pushed)).await;
    assert_eq!(kept.state.as_deref(), Some("inside"));
    assert_eq!(kept.nonce.as_deref(), Some("inside"));
    assert_eq!(kept.scopes.to_string(), "openid profile");
    let missing = [("state", json!(null)), ("nonce", json!(null))];
    let object = world.signer.object("signing", "2", &missing);
    let outside = asked("signing", &[("request", &object)]);
    let pushed = world.push_asserted("signing", "", &outside).await;
    let kept = world.kept("signing", &uri(&pushed)).await;
    assert_eq!((kept.state, kept.nonce), (None, None), "nothing is filled in from outside");
    for (at, (name, value)) in [
        ("request_uri", json!(format!("{PREFIX}{}", "0".repeat(40)))),
        ("request", json!("e30.e30.")),
        ("client_id", json!("fapi")),
        ("iss", json!("fapi")),
        ("aud", json!("https://other.test")),
        ("exp", json!(null)),
        ("nbf", json!(null)),
    ]
    .into_iter()
    .enumerate()
    {
        let object = world.signer.object("signing", &format!("x{at}"), &[(name, value)]);
        is_error(&world.push_signed(&object).await, "invalid_request_object", name);
    }
    let object = world.signer.object("signing", "1", &[]);
    is_error(&world.push_signed(&object).await, "invalid_request_object", "the jti was used");
    let object = Signer::new().object("signing", "3", &[]);
    is_error(&world.push_signed(&object).await, "invalid_request_object", "another's key");
}

/// OP-CA-4.
#[actix_web::test]
async fn an_assertion_used_to_push_is_used_everywhere() {
    let world = World::new();
    let assertion = world.signer.assertion("fapi", "one");
    let proof =
        form(&[("client_assertion_type", ASSERTION_TYPE), ("client_assertion", &assertion)]);
    let body = format!("{}&{proof}", asked("fapi", &[]));
    let head = |path: &str| format!("POST {path} HTTP/1.1\r\n{FORM}");
    assert_eq!(world.node.send(&head("/par"), &body).await.status, 201);
    for path in ["/par", "/token"] {
        let reply = world.node.send(&head(path), &body).await;
        assert_eq!((reply.status, reply.error().as_str()), (401, "invalid_client"), "{path}");
    }
}

/// `ensure-mismatched-dpop-jkt-fails`, `ensure-dpopproof-at-par-endpoint-binding-success`,
/// `ensure-dpop-auth-code-binding-success`.
#[actix_web::test]
async fn a_key_shown_with_a_pushed_request_binds_its_code() {
    let world = World::new();
    let par = format!("{ISSUER}/par");
    let shown = |jti: &str| format!("\r\nDPoP: {}", world.signer.proof(&par, jti));
    let named = asked("fapi", &[("dpop_jkt", world.signer.thumbprint())]);
    for (headers, body) in
        [(shown("1"), asked("fapi", &[])), (String::new(), named.clone()), (shown("2"), named)]
    {
        let pushed = world.push_asserted("fapi", &headers, &body).await;
        let kept = world.kept("fapi", &uri(&pushed)).await;
        assert_eq!(kept.dpop_jkt.as_deref(), Some(world.signer.thumbprint()));
    }
    let other = asked("fapi", &[("dpop_jkt", Signer::new().thumbprint())]);
    let elsewhere = world.signer.proof(&format!("{ISSUER}/token"), "4");
    for (headers, body, what) in [
        (shown("3"), other, "another key"),
        (shown("1"), asked("fapi", &[]), "used before"),
        (format!("\r\nDPoP: {elsewhere}"), asked("fapi", &[]), "another endpoint"),
        (format!("{}{}", shown("5"), shown("6")), asked("fapi", &[]), "two proofs"),
        ("\r\nDPoP: x".to_owned(), asked("fapi", &[]), "no proof"),
    ] {
        let reply = world.push_asserted("fapi", &headers, &body).await;
        is_error(&reply, "invalid_dpop_proof", what);
    }
}

/// OP-PAR-1: a flood fills its own client's measure, and nobody else's.
#[actix_web::test]
async fn a_client_that_floods_is_stopped_and_others_go_on() {
    let world = World::new();
    let kept = world.kept("inps", &uri(&world.push("inps", &[]).await)).await;
    let request = AuthorizationRequest { pushed: None, ..kept };
    let mut refused = 0;
    for _ in 0..10_000 {
        refused += u32::from(world.node.broker.push(&request).await.is_err());
    }
    assert_eq!(refused, 10_000 - 5_999);
    let reply = world.push("inps", &[]).await;
    assert_eq!((reply.status, reply.error().as_str()), (429, "temporarily_unavailable"));
    assert_eq!(world.push("lavoro", &[]).await.status, 201);
    world.clock.advance(Duration::from_secs(61));
    assert_eq!(world.push("inps", &[]).await.status, 201, "a minute later");
}

/// OP-PAR-1: anybody may push in the name of a public client, so one peer's flood is its own.
#[actix_web::test]
async fn strangers_do_not_use_up_the_measure_of_a_public_client() {
    let world = World::new();
    let kept = world.kept("inps", &uri(&world.push("inps", &[]).await)).await;
    let request = AuthorizationRequest { pushed: None, ..kept };
    let from = async |peer: &str| {
        world.node.broker.push_from(peer.parse().unwrap(), &request).await.is_ok()
    };
    let mut kept = 0;
    for _ in 0..7_000 {
        kept += u32::from(from("192.0.2.1").await);
    }
    assert_eq!(kept, 6_000);
    assert!(!from("::ffff:192.0.2.1").await, "the same peer at another socket");
    assert!(from("192.0.2.2").await && from("2001:db8::1").await);
    // The store has room for what comes now.
    world.clock.advance(Duration::from_secs(61));
    for at in 0..6_000 {
        from(&format!("2001:db8:0:1::{at:x}")).await;
    }
    assert!(!from("2001:db8:0:1:ffff::").await, "one network is one peer");
    assert!(from("2001:db8:0:2::1").await);
    assert_eq!(world.push("inps", &[]).await.status, 201, "who proves itself has its own");
}

/// Of fifty logins that one pushed request began, one gets a code.
async fn fifty_at_once(what: &str, nodes: Vec<Node>) {
    let nodes: Vec<Arc<Node>> = nodes.into_iter().map(Arc::new).collect();
    let reply = nodes[0].authorize("inps", &[]).await;
    let (tx, browser) = nodes[0].identified(&reply).await;
    let request = nodes[0].broker.login_of(&tx, &browser).await.unwrap().request.clone();
    one_of_fifty(what, 10, async |_| {
        let name = nodes[0].broker.push(&request).await.unwrap();
        let login = |node: Arc<Node>| {
            let name = name.clone();
            async move {
                let client = ClientId::parse("inps").unwrap();
                let asked = node.broker.pushed(&client, &name).await.unwrap()?;
                let begun = node.broker.begin(asked, None).await.unwrap();
                node.identify(&begun.tx).await;
                node.complete(&begun.tx, &begun.browser).await.ok()
            }
        };
        fifty(&nodes, login).await.iter().flatten().count()
    })
    .await;
}

#[actix_web::test]
async fn of_fifty_parallel_logins_of_one_pushed_request_one_gets_a_code() {
    let (fx, _) = Effects::scripted(NOW, 1);
    fifty_at_once("pushed request, memory", vec![Node::in_memory(&fx)]).await;
}

#[actix_web::test]
async fn of_fifty_parallel_logins_of_one_pushed_request_at_two_nodes_one_gets_a_code() {
    let (_redis, nodes) = Node::two_on_redis(&Effects::real()).await;
    fifty_at_once("pushed request, two nodes", nodes).await;
}
