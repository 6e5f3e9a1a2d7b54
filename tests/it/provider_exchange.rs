//! Token exchange between the services of an agency (RFC 8693): what it gives, and what it never gives.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use varco::effects::{Effects, ScriptedClock};
use varco::oidc::client::{Client, Clients, Exchange, Mandate};
use varco::oidc::{ClientId, Scope, Scopes};
use varco::terms::Level;

use crate::provider_world::{
    FORM, ISSUER, NOW, Node, Reply, SECRET, basic, client, form, metadata, verified,
};

const FIRST: &str = "https://api.inps.test/";
const SECOND: &str = "https://api.lavoro.test/";
const EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";

fn service(id: &str, serves: &str, of: &str, resources: &[&str]) -> Client {
    let mut metadata = metadata(id);
    metadata.grant_types = vec![EXCHANGE.to_owned()];
    metadata.access_token_format = Some("ES256".to_owned());
    let exchange = Exchange {
        client: ClientId::parse(of).unwrap(),
        resources: resources.iter().map(|uri| (*uri).to_owned()).collect(),
    };
    let mandate = Mandate {
        serves: vec![serves.to_owned()],
        exchanges: vec![exchange],
        ..Mandate::default()
    };
    Client { protocol: metadata.check().unwrap(), mandate, ..client(id) }
}

fn clients() -> Vec<Client> {
    let mut portal = metadata("inps");
    portal.resources = vec![FIRST.to_owned(), SECOND.to_owned()];
    let portal = Client { protocol: portal.check().unwrap(), ..client("inps") };
    let first = service("first", FIRST, "inps", &[SECOND, ISSUER]);
    let second = service("second", SECOND, "first", &[FIRST]);
    vec![portal, first, second, client("lavoro")]
}

fn node() -> (Node, Arc<ScriptedClock>) {
    let (fx, clock) = Effects::scripted(NOW, 1);
    let node = Node::in_memory(&fx);
    node.broker.clients.store(Arc::new(Clients::new(clients())));
    (node, clock)
}

async fn login(node: &Node) -> Value {
    let code = node.code("inps", &[]).await;
    node.redeem("inps", &code, &[("resource", FIRST)]).await.json()
}

async fn exchange(node: &Node, client: &str, token: &str, changes: &[(&str, &str)]) -> Reply {
    let mut fields = vec![
        ("grant_type", EXCHANGE),
        ("subject_token", token),
        ("subject_token_type", ACCESS_TOKEN),
        ("resource", SECOND),
    ];
    fields.retain(|(name, _)| !changes.iter().any(|(changed, _)| changed == name));
    fields.extend(changes.iter().filter(|(_, value)| !value.is_empty()));
    node.token(&basic(client, SECRET), &form(&fields)).await
}

fn text<'v>(tokens: &'v Value, name: &str) -> &'v str {
    tokens[name].as_str().unwrap_or_else(|| panic!("{name}: {tokens}"))
}

#[actix_web::test]
async fn an_exchanged_token_is_its_actors_own_and_shows_no_more_than_the_first() {
    let (node, clock) = node();
    let tokens = login(&node).await;
    clock.advance(Duration::from_mins(4));
    let reply = exchange(&node, "first", text(&tokens, "access_token"), &[]).await;
    assert_eq!((reply.status, reply.header("cache-control")), (200, Some("no-store")));
    let given = reply.json();
    assert_eq!(
        (text(&given, "issued_token_type"), &given["expires_in"]),
        (ACCESS_TOKEN, &json!(360))
    );
    assert!(given.get("refresh_token").is_none() && given.get("id_token").is_none());
    let claims = verified(&node, text(&given, "access_token")).await;
    for (name, value) in [
        ("aud", json!(SECOND)),
        ("client_id", json!("first")),
        ("act", json!({"sub": "first"})),
        ("scope", json!("openid profile fiscal_number")),
        ("acr", json!("https://www.spid.gov.it/SpidL2")),
        ("auth_time", json!(NOW - 5)),
        ("exp", json!(NOW + 600)),
    ] {
        assert_eq!(claims[name], value, "{name}");
    }
    let id_token = verified(&node, text(&tokens, "id_token")).await;
    assert_ne!(claims["sub"], id_token["sub"], "pairwise for who acts");

    let next =
        exchange(&node, "second", text(&given, "access_token"), &[("resource", FIRST)]).await;
    assert_eq!(next.status, 200, "{next:?}");
    let claims = verified(&node, text(&next.json(), "access_token")).await;
    assert_eq!(claims["act"], json!({"sub": "second", "act": {"sub": "first"}}));
    assert_eq!(claims["exp"], NOW + 600);

    let fields = [("resource", ISSUER), ("scope", "openid")];
    let ours = exchange(&node, "first", text(&tokens, "access_token"), &fields).await.json();
    let info = node.userinfo(text(&ours, "access_token")).await;
    assert_eq!(info.status, 200, "{info:?}");
    assert!(info.json().get("given_name").is_none(), "narrowed");
}

#[actix_web::test]
async fn what_the_operator_did_not_allow_is_not_exchanged() {
    let (node, _) = node();
    let tokens = login(&node).await;
    let access = text(&tokens, "access_token");
    let id_token = text(&tokens, "id_token");
    for (client, token, changes, error) in [
        ("inps", access, &[][..], "unauthorized_client"),
        ("lavoro", access, &[], "unauthorized_client"),
        ("second", access, &[("resource", FIRST)], "invalid_request"),
        ("first", access, &[("resource", "https://evil.test/")], "invalid_target"),
        ("first", access, &[("audience", "https://evil.test/")], "invalid_target"),
        ("first", access, &[("scope", "openid email")], "invalid_scope"),
        ("first", access, &[("scope", "openid offline_access")], "invalid_scope"),
        ("first", access, &[("subject_token_type", "")], "invalid_request"),
        ("first", access, &[("subject_token", "")], "invalid_request"),
        ("first", access, &[("actor_token", access)], "invalid_request"),
        ("first", access, &[("requested_token_type", "urn:x")], "invalid_request"),
        ("first", id_token, &[], "invalid_request"),
        ("first", "nonsense", &[], "invalid_request"),
    ] {
        let reply = exchange(&node, client, token, changes).await;
        let told = (reply.status, reply.error());
        assert_eq!(told, (400, error.to_owned()), "{client} {changes:?}");
        assert!(!reply.body.contains("access_token"));
    }
    let code = node.code("inps", &[]).await;
    let elsewhere = node.redeem("inps", &code, &[("resource", SECOND)]).await.json();
    let reply = exchange(&node, "first", text(&elsewhere, "access_token"), &[]).await;
    assert_eq!(reply.error(), "invalid_request", "a token for another service");

    let stricter = |mut clients: Vec<Client>| {
        clients[1].minimum_level = Level::L3;
        clients
    };
    node.broker.clients.store(Arc::new(Clients::new(stricter(clients()))));
    assert_eq!(exchange(&node, "first", access, &[]).await.error(), "invalid_request");
    let poorer = |mut clients: Vec<Client>| {
        clients[1].scopes = [Scope::Openid].into_iter().collect::<Scopes>();
        clients
    };
    node.broker.clients.store(Arc::new(Clients::new(poorer(clients()))));
    assert_eq!(exchange(&node, "first", access, &[]).await.json()["scope"], "openid");
}

#[actix_web::test]
async fn an_exchanged_token_ends_with_each_that_it_came_from() {
    for ended in ["logout", "code", "revoked"] {
        let (node, _) = node();
        let (code, sid) = node.code_and_sid("inps", &[]).await;
        let tokens = node.redeem("inps", &code, &[("resource", FIRST)]).await.json();
        let first = exchange(&node, "first", text(&tokens, "access_token"), &[]).await.json();
        let fields = [("resource", FIRST)];
        let second = exchange(&node, "second", text(&first, "access_token"), &fields).await.json();
        let (first, second) = (text(&first, "access_token"), text(&second, "access_token"));
        let active = async |client: &str, token: &str| {
            let authorization = basic(client, SECRET);
            let head =
                format!("POST /introspect HTTP/1.1\r\n{FORM}\r\nAuthorization: {authorization}");
            node.send(&head, &form(&[("token", token)])).await.json()["active"] == json!(true)
        };
        assert!(active("first", first).await && active("second", second).await);
        if ended == "logout" {
            node.broker.end(&[sid], None, None, varco::login::Channel::Person).await.unwrap();
        } else if ended == "code" {
            assert_eq!(node.redeem("inps", &code, &[]).await.error(), "invalid_grant");
        } else {
            let inps = basic("inps", SECRET);
            let head = format!("POST /revoke HTTP/1.1\r\n{FORM}\r\nAuthorization: {inps}");
            let body = form(&[("token", text(&tokens, "access_token"))]);
            assert_eq!(node.send(&head, &body).await.status, 200);
        }
        assert!(!active("first", first).await && !active("second", second).await, "{ended}");
        let reply = exchange(&node, "second", first, &[("resource", FIRST)]).await;
        assert_eq!(reply.error(), "invalid_request");
    }
}
