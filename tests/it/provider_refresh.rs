//! Refresh tokens over HTTP: rotation, the lost answer, the replay; attacks OP-RT, R-14 and R-52 to R-55.

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use varco::effects::{Effects, FetchUrl, Fetched, ScriptedOutbound};
use varco::entitlement::{Connector, HttpSource, OnFailure, Source, Sources};
use varco::oidc::client::{AuthenticationMethod, Choose, Client, Clients, Entitling};
use varco::terms::Level;

use crate::provider_world::{
    FORM, NOW, Node, Reply, SECRET, basic, client, fifty, form, metadata, one_of_fifty, redemption,
    trust, verified,
};

const OFFLINE: &str = "openid profile offline_access";

/// A client that is registered for refresh tokens.
fn refreshing(id: &str) -> Client {
    let mut metadata = metadata(id);
    metadata.grant_types = vec!["authorization_code".to_owned(), "refresh_token".to_owned()];
    Client { protocol: metadata.check().unwrap(), ..client(id) }
}

fn public(id: &str) -> Client {
    Client { authentication: AuthenticationMethod::None, ..refreshing(id) }
}

/// Registers `inps` and `lavoro` for refresh tokens, and the public client `app`.
fn prepare(node: Node) -> Node {
    let clients = vec![refreshing("inps"), refreshing("lavoro"), public("app"), client("inail")];
    node.broker.clients.store(Arc::new(Clients::new(clients)));
    node
}

fn in_memory(fx: &Effects) -> Node {
    prepare(Node::in_memory(fx))
}

impl Node {
    /// The tokens of a login with offline access.
    async fn offline(&self, client: &str) -> Value {
        let code = self.code(client, &[("scope", OFFLINE)]).await;
        let mut fields = redemption(&code);
        let reply = if client == "app" {
            fields.push(("client_id", "app"));
            self.send(&format!("POST /token HTTP/1.1\r\n{FORM}"), &form(&fields)).await
        } else {
            self.redeem(client, &code, &[]).await
        };
        assert_eq!(reply.status, 200, "{reply:?}");
        reply.json()
    }

    async fn refresh(&self, client: &str, token: &str, more: &[(&str, &str)]) -> Reply {
        let mut fields = vec![("grant_type", "refresh_token"), ("refresh_token", token)];
        fields.extend(more);
        if client == "app" {
            fields.push(("client_id", "app"));
            return self.send(&format!("POST /token HTTP/1.1\r\n{FORM}"), &form(&fields)).await;
        }
        self.token(&basic(client, SECRET), &form(&fields)).await
    }
}

fn text<'v>(tokens: &'v Value, name: &str) -> &'v str {
    tokens[name].as_str().unwrap_or_else(|| panic!("{name}: {tokens}"))
}

/// R-52.
#[actix_web::test]
async fn a_refresh_token_is_given_only_to_registered_clients_that_ask() {
    let (fx, _) = Effects::scripted(NOW, 1);
    let node = in_memory(&fx);
    let tokens = node.offline("inps").await;
    assert_eq!(text(&tokens, "refresh_token").len(), 120);
    assert_eq!(tokens["scope"], OFFLINE);
    let unasked = node.redeem("inps", &node.code("inps", &[]).await, &[]).await.json();
    assert!(unasked.get("refresh_token").is_none(), "nobody asked");
    let code = node.code("inail", &[("scope", OFFLINE)]).await;
    let unregistered = node.redeem("inail", &code, &[]).await.json();
    assert!(unregistered.get("refresh_token").is_none(), "not registered");
    assert_eq!(unregistered["scope"], "openid profile");
    let refused = node.refresh("inail", text(&tokens, "refresh_token"), &[]).await;
    assert_eq!((refused.status, refused.error().as_str()), (400, "unauthorized_client"));
}

/// R-14.
#[actix_web::test]
async fn a_refreshed_login_is_the_same_login_without_its_nonce() {
    let (fx, clock) = Effects::scripted(NOW, 1);
    let node = in_memory(&fx);
    for client in ["inps", "app"] {
        let first = node.offline(client).await;
        clock.advance(Duration::from_mins(1));
        let reply = node.refresh(client, text(&first, "refresh_token"), &[]).await;
        assert_eq!((reply.status, reply.header("cache-control")), (200, Some("no-store")));
        let second = reply.json();
        assert_ne!(second["refresh_token"], first["refresh_token"], "it rotates");
        assert_ne!(second["access_token"], first["access_token"]);
        let before = verified(&node, text(&first, "id_token")).await;
        let after = verified(&node, text(&second, "id_token")).await;
        for name in ["iss", "sub", "aud", "auth_time", "acr", "sid"] {
            assert_eq!(before[name], after[name], "{name}");
        }
        assert_eq!((&before["nonce"], after.get("nonce")), (&"a nonce".into(), None));
        assert_eq!(after["iat"].as_i64().unwrap() - before["iat"].as_i64().unwrap(), 60);
        for tokens in [&first, &second] {
            assert_eq!(node.userinfo(text(tokens, "access_token")).await.status, 200, "both live");
        }
    }
}

/// A role may be withdrawn meanwhile; and a source that does not answer withdraws none.
#[actix_web::test]
async fn a_refreshed_token_has_the_roles_of_now_and_waits_for_a_source_that_does_not_answer() {
    let outbound = Arc::new(ScriptedOutbound::default());
    let (fx, clock) = Effects::scripted(NOW, 9);
    let node = Node::in_memory(&fx.with_outbound(outbound.clone()));
    let entitling =
        Entitling { source: "durc".to_owned(), choose: Choose::Never, without_role: true };
    let inps = Client { entitlements: Some(Box::new(entitling)), ..refreshing("inps") };
    node.broker.clients.store(Arc::new(Clients::new(vec![inps])));
    let minute = Duration::from_mins(1);
    let server = HttpSource {
        url: FetchUrl::parse("https://roles.test/of", &[], false).unwrap(),
        headers: Vec::new(),
        timeout: minute,
    };
    let source = Source::new(Connector::Http(server), OnFailure::Refuse, minute, 10);
    let sources = Sources::new([("durc".to_owned(), source)].into(), &[1; 32]);
    node.broker.entitlements.store(Arc::new(sources));
    let says = |roles: &str| {
        outbound.answer(Ok(Fetched {
            status: 200,
            media_type: Some("application/json".to_owned()),
            etag: None,
            last_modified: None,
            body: format!("{{\"roles\": [{roles}]}}").into_bytes(),
        }));
    };
    says(r#"{"role": "A"}, {"role": "B"}"#);
    let code = node.code("inps", &[("scope", "openid roles offline_access")]).await;
    let first = node.redeem("inps", &code, &[]).await.json();
    let told = node.userinfo(text(&first, "access_token")).await.json();
    assert_eq!(told["roles"], serde_json::json!(["A", "B"]));

    clock.advance(minute);
    let waits = node.refresh("inps", text(&first, "refresh_token"), &[]).await;
    assert_eq!((waits.status, waits.error().as_str()), (503, "temporarily_unavailable"));
    says(r#"{"role": "B"}"#);
    let second = node.refresh("inps", text(&first, "refresh_token"), &[]).await.json();
    let told = node.userinfo(text(&second, "access_token")).await.json();
    assert_eq!(told["roles"], serde_json::json!(["B"]), "the refresh token was still good");

    clock.advance(minute);
    says("");
    let third = node.refresh("inps", text(&second, "refresh_token"), &[]).await.json();
    let told = node.userinfo(text(&third, "access_token")).await.json();
    assert!(told.get("roles").is_none() && told["sub"].is_string(), "{told}");
}

#[actix_web::test]
async fn a_lost_answer_is_asked_for_again_without_a_second_live_pair() {
    let (fx, _) = Effects::scripted(NOW, 1);
    let node = in_memory(&fx);
    let first = node.offline("inps").await;
    let shown = text(&first, "refresh_token");
    let lost = node.refresh("inps", shown, &[]).await.json();
    let again = node.refresh("inps", shown, &[]).await;
    assert_eq!(again.status, 200, "nothing of the lost answer was used: {again:?}");
    let again = again.json();
    assert_eq!(node.userinfo(text(&lost, "access_token")).await.status, 401, "it died unused");
    assert_eq!(node.userinfo(text(&again, "access_token")).await.status, 200);
    let next = node.refresh("inps", text(&again, "refresh_token"), &[]).await;
    assert_eq!(next.status, 200, "the family lives: {next:?}");
}

/// OP-RT-1, R-54.
#[actix_web::test]
async fn a_replayed_refresh_token_ends_its_family() {
    let (fx, _) = Effects::scripted(NOW, 1);
    let node = in_memory(&fx);
    let used_access = |second: Value| second["access_token"].as_str().unwrap().to_owned();
    for used in ["access", "refresh", "lost"] {
        let first = node.offline("inps").await;
        let shown = text(&first, "refresh_token");
        let second = node.refresh("inps", shown, &[]).await.json();
        let (replayed, live) = match used {
            "access" => {
                assert_eq!(node.userinfo(text(&second, "access_token")).await.status, 200);
                (shown.to_owned(), used_access(second))
            }
            "refresh" => {
                let third = node.refresh("inps", text(&second, "refresh_token"), &[]).await.json();
                (shown.to_owned(), used_access(third))
            }
            _ => {
                let again = node.refresh("inps", shown, &[]).await.json();
                (text(&second, "refresh_token").to_owned(), used_access(again))
            }
        };
        let reply = node.refresh("inps", &replayed, &[]).await;
        assert_eq!((reply.status, reply.error().as_str()), (400, "invalid_grant"), "{used}");
        assert!(reply.body.contains("VARCO-0214"), "{reply:?}");
        for dead in [live.as_str(), text(&first, "access_token")] {
            assert_eq!(node.userinfo(dead).await.status, 401, "{used}");
        }
    }
}

/// OP-RT-3, R-53, R-55.
#[actix_web::test]
async fn a_refresh_token_is_bound_to_its_client_its_scopes_and_every_bit_of_it() {
    let (fx, clock) = Effects::scripted(NOW, 1);
    let node = in_memory(&fx);
    let tokens = node.offline("inps").await;
    let shown = text(&tokens, "refresh_token");
    assert_eq!(node.refresh("lavoro", shown, &[]).await.error(), "invalid_grant");
    let anonymous = form(&[("grant_type", "refresh_token"), ("refresh_token", shown)]);
    let anonymous = node.send(&format!("POST /token HTTP/1.1\r\n{FORM}"), &anonymous).await;
    assert_eq!(anonymous.error(), "invalid_client");
    let wider = node.refresh("inps", shown, &[("scope", "openid profile email")]).await;
    assert_eq!((wider.status, wider.error().as_str()), (400, "invalid_scope"));
    for at in [0, 39, 40, 79] {
        let mut flipped: Vec<u8> = shown.bytes().collect();
        flipped[at] = if flipped[at] == b'0' { b'1' } else { b'0' };
        let flipped = String::from_utf8(flipped).unwrap();
        assert_eq!(node.refresh("inps", &flipped, &[]).await.error(), "invalid_grant", "{at}");
    }
    for wrong in ["", "x", text(&tokens, "access_token"), text(&tokens, "id_token")] {
        let reply = node.refresh("inps", wrong, &[]).await;
        assert_eq!(reply.status, 400, "{wrong}");
    }
    let narrow = node.refresh("inps", shown, &[("scope", "openid")]).await.json();
    assert_eq!(narrow["scope"], "openid");
    let info = node.userinfo(text(&narrow, "access_token")).await.json();
    assert!(info.get("given_name").is_none(), "narrowed");
    let whole = node.refresh("inps", text(&narrow, "refresh_token"), &[]).await.json();
    assert_eq!(whole["scope"], OFFLINE, "only that access token was narrow");
    let bare = node.refresh("inps", text(&whole, "refresh_token"), &[("scope", "profile")]).await;
    let bare = bare.json();
    assert!(bare.get("id_token").is_none());
    let info = node.userinfo(text(&bare, "access_token")).await;
    assert_eq!((info.status, info.error().as_str()), (403, "insufficient_scope"));
    clock.advance(Duration::from_hours(24));
    let late = node.refresh("inps", text(&bare, "refresh_token"), &[]).await;
    assert_eq!(late.error(), "invalid_grant", "the family has an end");
}

/// OP-RT-3.
#[actix_web::test]
async fn a_refresh_token_ends_with_the_login_the_client_and_what_the_client_takes() {
    let (fx, _) = Effects::scripted(NOW, 1);
    let node = in_memory(&fx);
    let (code, sid) = node.code_and_sid("inps", &[("scope", OFFLINE)]).await;
    let tokens = node.redeem("inps", &code, &[]).await.json();
    let other = node.offline("inps").await;
    node.broker.end(&[sid], None, None, varco::login::Channel::Person).await.unwrap();
    let reply = node.refresh("inps", text(&tokens, "refresh_token"), &[]).await;
    assert_eq!((reply.status, reply.error().as_str()), (400, "invalid_grant"), "logged out");

    let shown = text(&other, "refresh_token");
    for changed in [
        Client { minimum_level: Level::L3, ..refreshing("inps") },
        Client { upstreams: vec!["eidas"], ..refreshing("inps") },
    ] {
        node.broker.clients.store(Arc::new(Clients::new(vec![changed])));
        let reply = node.refresh("inps", shown, &[]).await;
        assert_eq!(reply.error(), "invalid_grant");
        assert_eq!(reply.json()["error_description"], "VARCO-0220");
    }
    node.broker.clients.store(Arc::new(Clients::new(vec![client("lavoro")])));
    assert_eq!(node.refresh("inps", shown, &[]).await.error(), "invalid_client");
    node.broker.clients.store(Arc::new(Clients::new(vec![refreshing("inps")])));
    assert_eq!(node.refresh("inps", shown, &[]).await.status, 200, "no refusal used it up");
}

/// OP-RT-3: disabled or switched off after the login. A replay ends the family all the same.
#[actix_web::test]
async fn nobody_is_refreshed_whose_provider_was_disabled_meanwhile() {
    let (fx, _) = Effects::scripted(NOW, 1);
    let node = in_memory(&fx);
    let first = node.offline("inps").await;
    let (shown, spid) = (text(&first, "refresh_token"), node.broker.upstreams.get("spid").unwrap());
    spid.replace_register(trust(&["https://idp.test"]), &fx);
    let reply = node.refresh("inps", shown, &[]).await;
    assert_eq!((reply.status, reply.error().as_str()), (400, "invalid_grant"));
    assert_eq!(reply.json()["error_description"], "VARCO-0220");
    assert!(!reply.body.contains("_token"), "{reply:?}");
    spid.replace_register(trust(&["https://another.test"]), &fx);
    let second = node.refresh("inps", shown, &[]).await;
    assert_eq!(second.status, 200, "the mistake was put right, and nothing used the token up");

    let second = second.json();
    assert_eq!(node.userinfo(text(&second, "access_token")).await.status, 200);
    spid.replace_register(trust(&["https://idp.test"]), &fx);
    let replayed = node.refresh("inps", shown, &[]).await;
    assert_eq!(replayed.json()["error_description"], "VARCO-0214");
    spid.replace_register(trust(&[]), &fx);
    let ended = node.refresh("inps", text(&second, "refresh_token"), &[]).await;
    assert_eq!(ended.json()["error_description"], "VARCO-0213");
}

/// RP-Initiated Logout 1.0, section 2: an ID token names its login however old it is.
#[actix_web::test]
async fn a_service_that_logs_out_a_day_later_ends_its_refresh_tokens() {
    let (fx, clock) = Effects::scripted(NOW, 1);
    let node = in_memory(&fx);
    let (first, other) = (node.offline("inps").await, node.offline("lavoro").await);
    clock.advance(Duration::from_hours(13));
    let second = node.refresh("inps", text(&first, "refresh_token"), &[]).await.json();
    let left = form(&[("id_token_hint", text(&first, "id_token"))]);
    assert_eq!(node.get(&format!("/end_session?{left}")).await.status, 303);
    let refused = node.refresh("inps", text(&second, "refresh_token"), &[]).await;
    assert_eq!((refused.status, refused.error().as_str()), (400, "invalid_grant"));
    for name in ["access_token", "refresh_token"] {
        let inps = basic("inps", SECRET);
        let head = format!("POST /introspect HTTP/1.1\r\n{FORM}\r\nAuthorization: {inps}");
        let told = node.send(&head, &form(&[("token", text(&second, name))])).await;
        assert_eq!((told.status, told.body.as_str()), (200, r#"{"active":false}"#), "{name}");
    }
    let spared = node.refresh("lavoro", text(&other, "refresh_token"), &[]).await;
    assert_eq!(spared.status, 200, "another login: {spared:?}");
}

#[actix_web::test]
async fn a_code_shown_again_a_day_later_ends_the_refresh_tokens_too() {
    let (fx, clock) = Effects::scripted(NOW, 1);
    let node = in_memory(&fx);
    let code = node.code("inps", &[("scope", OFFLINE)]).await;
    let tokens = node.redeem("inps", &code, &[]).await.json();
    clock.advance(Duration::from_hours(20));
    assert_eq!(node.redeem("inps", &code, &[]).await.error(), "invalid_grant");
    let reply = node.refresh("inps", text(&tokens, "refresh_token"), &[]).await;
    assert_eq!(reply.error(), "invalid_grant");
}

/// OP-RT-2.
async fn fifty_at_once(what: &str, nodes: Vec<Node>) {
    let nodes: Vec<Arc<Node>> = nodes.into_iter().map(Arc::new).collect();
    one_of_fifty(what, 2, async |_| {
        let first = nodes[0].offline("inps").await;
        let shown = text(&first, "refresh_token");
        let refresh = |node: Arc<Node>| {
            let shown = shown.to_owned();
            async move { node.refresh("inps", &shown, &[]).await }
        };
        let mut given = Vec::new();
        for reply in fifty(&nodes, refresh).await {
            assert_eq!(reply.status, 200, "each may be the repetition of a lost answer: {reply:?}");
            given.push(reply.json());
        }
        let mut live = Vec::new();
        for tokens in &given {
            if nodes[0].userinfo(text(tokens, "access_token")).await.status == 200 {
                live.push(tokens);
            }
        }
        let reply = nodes[0].refresh("inps", text(live[0], "refresh_token"), &[]).await;
        assert_eq!(reply.status, 200, "and its refresh token is the live one: {reply:?}");
        let access = reply.json()["access_token"].as_str().unwrap().to_owned();
        let dead = given.iter().find(|tokens| tokens["access_token"] != live[0]["access_token"]);
        let dead = text(dead.unwrap(), "refresh_token");
        assert_eq!(nodes[0].refresh("inps", dead, &[]).await.error(), "invalid_grant");
        assert_eq!(nodes[0].userinfo(&access).await.status, 401, "a dead child ends the family");
        live.len()
    })
    .await;
}

#[actix_web::test]
async fn of_fifty_parallel_refreshes_one_child_lives() {
    let (fx, _) = Effects::scripted(NOW, 1);
    fifty_at_once("refresh token, memory", vec![in_memory(&fx)]).await;
}

#[actix_web::test]
async fn of_fifty_parallel_refreshes_at_two_nodes_one_child_lives() {
    let (_redis, nodes) = Node::two_on_redis(&Effects::real()).await;
    fifty_at_once("refresh token, two nodes", nodes.into_iter().map(prepare).collect()).await;
}

/// Using what a refresh gave, and showing again what it was given for, exclude each other.
#[actix_web::test]
async fn of_a_use_and_a_repetition_at_once_one_wins() {
    let (fx, _) = Effects::scripted(NOW, 1);
    let node = Arc::new(in_memory(&fx));
    for _ in 0..20 {
        let first = node.offline("inps").await;
        let shown = text(&first, "refresh_token").to_owned();
        let second = node.refresh("inps", &shown, &[]).await.json();
        let access = text(&second, "access_token").to_owned();
        let using = {
            let node = node.clone();
            actix_web::rt::spawn(async move { node.userinfo(&access).await.status })
        };
        let again = {
            let node = node.clone();
            actix_web::rt::spawn(async move { node.refresh("inps", &shown, &[]).await.status })
        };
        let (used, repeated) = (using.await.unwrap(), again.await.unwrap());
        assert!(matches!((used, repeated), (200, 400) | (401, 200)), "{used} {repeated}");
    }
}

/// OP-CO-6.
#[actix_web::test]
async fn guesses_at_codes_and_tokens_are_throttled_and_a_right_one_is_accepted() {
    let (fx, clock) = Effects::scripted(NOW, 1);
    let node = in_memory(&fx);
    let tokens = node.offline("inps").await;
    let code = node.code("inps", &[]).await;
    let guess = "0".repeat(120);
    for at in 0..30 {
        let reply = if at % 2 == 0 {
            node.refresh("inps", &guess, &[]).await
        } else {
            node.redeem("inps", guess.split_at(40).0, &[]).await
        };
        assert_eq!(reply.error(), "invalid_grant");
        assert_eq!(reply.status, if at < 20 { 400 } else { 429 }, "{at}");
    }
    assert_eq!(node.redeem("lavoro", guess.split_at(40).0, &[]).await.status, 400, "another one");
    assert_eq!(node.redeem("inps", &code, &[]).await.status, 200);
    assert_eq!(node.refresh("inps", text(&tokens, "refresh_token"), &[]).await.status, 200);
    clock.advance(Duration::from_secs(61));
    assert_eq!(node.refresh("inps", &guess, &[]).await.status, 400);
}

#[actix_web::test]
async fn a_client_gives_back_its_own_tokens_and_no_others() {
    let (fx, _) = Effects::scripted(NOW, 1);
    let node = in_memory(&fx);
    let revoke = async |client: &str, token: &str, more: &[(&str, &str)]| {
        let mut fields = vec![("token", token)];
        fields.extend(more);
        let inps = basic(client, SECRET);
        let head = format!("POST /revoke HTTP/1.1\r\n{FORM}\r\nAuthorization: {inps}");
        node.send(&head, &form(&fields)).await
    };
    let tokens = node.offline("inps").await;
    let (access, refresh) = (text(&tokens, "access_token"), text(&tokens, "refresh_token"));
    for token in [access, refresh, "nonsense", text(&tokens, "id_token")] {
        let reply = revoke("lavoro", token, &[]).await;
        assert_eq!((reply.status, reply.body.as_str()), (200, ""), "the same for every token");
    }
    assert_eq!(node.userinfo(access).await.status, 200, "another client's is left as it is");
    assert_eq!(revoke("inps", access, &[("token_type_hint", "refresh_token")]).await.status, 200);
    assert_eq!(node.userinfo(access).await.status, 401);
    let second = node.refresh("inps", refresh, &[]).await.json();
    assert_eq!(revoke("inps", text(&second, "refresh_token"), &[]).await.status, 200);
    assert_eq!(node.userinfo(text(&second, "access_token")).await.status, 401, "the whole grant");
    let dead = node.refresh("inps", text(&second, "refresh_token"), &[]).await;
    assert_eq!(dead.error(), "invalid_grant");
    let inps = basic("inps", SECRET);
    let head = format!("POST /revoke HTTP/1.1\r\n{FORM}\r\nAuthorization: {inps}");
    assert_eq!(node.send(&head, "").await.error(), "invalid_request");
    let stranger = node.send(&format!("POST /revoke HTTP/1.1\r\n{FORM}"), "token=x").await;
    assert_eq!((stranger.status, stranger.error().as_str()), (401, "invalid_client"));
}
