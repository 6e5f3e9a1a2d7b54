//! How an authorization answer comes back: in the query, in a form, in a signed token; attacks OP-RQ-1,
//! OP-RQ-2, OP-RQ-5, R-06, R-19 and R-20.

use std::time::Duration;

use serde_json::Value;
use varco::effects::Effects;
use varco::login::{Answer, Login, Refusal};
use varco::state::{Key, Shelf};
use varco::terms::Level;

use crate::provider_signer::Signer;
use crate::provider_world::{
    CALLBACK, FORM, ISSUER, NOW, Node, Reply, SECRET, asked, basic, client, form, verified,
};

fn node() -> Node {
    let (fx, _) = Effects::scripted(NOW, 1);
    Node::in_memory(&fx)
}

/// The query of an address of ours.
fn query(address: &str) -> Vec<(String, String)> {
    let back = url::Url::parse(address).unwrap();
    assert!(address.starts_with(CALLBACK));
    assert_eq!(back.fragment(), None, "nothing is ever put there");
    back.query_pairs().into_owned().collect()
}

/// The fields of a form that posts itself to the client.
fn fields(reply: &Reply) -> Vec<(String, String)> {
    assert_eq!((reply.status, reply.header("location")), (200, None), "{reply:?}");
    let policy = reply.header("content-security-policy").unwrap();
    assert!(policy.contains("form-action https://rp.test;"), "{policy}");
    assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
    assert!(reply.body.contains(&format!("method=\"post\" action=\"{CALLBACK}\"")));
    assert!(reply.body.contains("<button type=\"submit\">"), "it works without its script");
    let value = |text: &str| text.split_once('"').unwrap().0.to_owned();
    let inputs = reply.body.split("<input type=\"hidden\" name=\"").skip(1);
    inputs.map(|input| (value(input), value(input.split_once("value=\"").unwrap().1))).collect()
}

fn get<'a>(pairs: &'a [(String, String)], name: &str) -> &'a str {
    &pairs.iter().find(|(known, _)| known == name).unwrap_or_else(|| panic!("{name}: {pairs:?}")).1
}

/// What a signed answer says.
async fn signed(node: &Node, pairs: &[(String, String)]) -> Value {
    assert_eq!(pairs.len(), 1, "nothing stands beside it: {pairs:?}");
    let claims = verified(node, get(pairs, "response")).await;
    assert_eq!((&claims["iss"], &claims["aud"]), (&ISSUER.into(), &"inps".into()));
    let end = claims["exp"].as_i64().unwrap();
    assert!(end > NOW && end <= NOW + 600, "at most ten minutes");
    claims
}

#[actix_web::test]
async fn a_code_comes_back_in_the_way_that_was_asked_for() {
    let node = node();
    for mode in ["query", "form_post", "jwt", "query.jwt", "form_post.jwt"] {
        let reply = node.authorize("inps", &[("response_mode", mode)]).await;
        let (tx, browser) = node.identified(&reply).await;
        let completed = node.complete(&tx, &browser).await.unwrap();
        let pairs = match completed.answer {
            Answer::Redirect(place) => {
                assert!(!mode.starts_with("form"), "{mode}");
                query(place.as_str())
            }
            Answer::Post { to, fields } => {
                assert!(mode.starts_with("form"), "{mode}");
                assert_eq!(to.as_str(), CALLBACK);
                fields
            }
        };
        let code = if mode.ends_with("jwt") {
            let claims = signed(&node, &pairs).await;
            assert_eq!(claims["state"], "a state");
            claims["code"].as_str().unwrap().to_owned()
        } else {
            assert_eq!((get(&pairs, "state"), get(&pairs, "iss")), ("a state", ISSUER));
            get(&pairs, "code").to_owned()
        };
        assert_eq!(node.redeem("inps", &code, &[]).await.status, 200, "{mode}");
    }
}

#[actix_web::test]
async fn an_error_comes_back_in_the_same_way() {
    let node = node();
    let refused = |mode| [("response_mode", mode), ("prompt", "none")];
    for mode in ["query", "jwt", "query.jwt"] {
        let reply = node.authorize("inps", &refused(mode)).await;
        assert_eq!(reply.status, 303);
        let pairs = query(reply.header("location").unwrap());
        if mode == "query" {
            assert_eq!(get(&pairs, "error"), "login_required");
        } else {
            assert_eq!(signed(&node, &pairs).await["error"], "login_required");
        }
    }
    let posted = fields(&node.authorize("inps", &refused("form_post")).await);
    assert_eq!(get(&posted, "error"), "login_required");
    assert_eq!((get(&posted, "state"), get(&posted, "iss")), ("a state", ISSUER));
    let posted = fields(&node.authorize("inps", &refused("form_post.jwt")).await);
    let claims = signed(&node, &posted).await;
    assert_eq!((&claims["error"], &claims["state"]), (&"login_required".into(), &"a state".into()));
}

#[actix_web::test]
async fn a_way_back_that_is_not_served_is_refused_in_the_query() {
    let node = node();
    for mode in
        ["fragment", "fragment.jwt", "web_message", "webmessage", "cookie", "QUERY", "pi.flow"]
    {
        let reply = node.authorize("inps", &[("response_mode", mode)]).await;
        let pairs = query(reply.header("location").unwrap());
        assert_eq!(get(&pairs, "error"), "invalid_request", "{mode}");
    }
}

/// OP-RQ-5 for the page: nothing of a request becomes markup.
#[actix_web::test]
async fn a_state_is_only_ever_a_value() {
    let node = node();
    for state in [
        "\"><script>alert(1)</script>",
        "a\r\nSet-Cookie: x=1",
        "\u{0}",
        "../../etc/passwd",
        "${7*7}",
    ] {
        let changes = [("response_mode", "form_post"), ("prompt", "none"), ("state", state)];
        let reply = node.authorize("inps", &changes).await;
        assert!(!reply.body.contains("<script>alert"), "{}", reply.body);
        assert_eq!(reply.header("set-cookie"), None);
        fields(&reply);
        let reply = node.authorize("inps", &[("prompt", "none"), ("state", state)]).await;
        assert_eq!(get(&query(reply.header("location").unwrap()), "state"), state);
        assert_eq!(reply.header("set-cookie"), None);
    }
}

/// OP-RQ-1: what a body says is never mixed with what an address says.
#[actix_web::test]
async fn a_post_counts_by_its_body_alone() {
    let node = node();
    let evil =
        form(&[("redirect_uri", "https://evil.test"), ("state", "other"), ("client_id", "lavoro")]);
    let head = format!("POST /authorize?{evil} HTTP/1.1\r\n{FORM}");
    let reply = node.send(&head, &asked("inps", &[("prompt", "none")])).await;
    assert_eq!(get(&query(reply.header("location").unwrap()), "state"), "a state");
    let reply =
        node.send(&format!("POST /authorize?{} HTTP/1.1\r\n{FORM}", asked("inps", &[])), "").await;
    assert_eq!((reply.status, reply.header("location")), (400, None), "nothing from the address");
    let head = "POST /authorize HTTP/1.1\r\nContent-Type: application/json";
    let reply = node.send(head, &asked("inps", &[])).await;
    assert_eq!((reply.status, reply.header("location")), (415, None));
    let large = format!("{}&x={}", asked("inps", &[]), "x".repeat(64 * 1024));
    let reply = node.send(&format!("POST /authorize HTTP/1.1\r\n{FORM}"), &large).await;
    assert_eq!((reply.status, reply.header("location")), (413, None));
}

/// R-20 and R-06: no script of another site reads an answer, and no answer repeats a POST elsewhere.
#[actix_web::test]
async fn authorize_is_no_resource_for_scripts_and_never_repeats_a_post() {
    let node = node();
    let origin = "Origin: https://evil.test";
    for method in ["GET", "POST", "OPTIONS"] {
        for changes in
            [&[][..], &[("prompt", "none")], &[("redirect_uri", "")], &[("client_id", "x")]]
        {
            let body = asked("inps", changes);
            let (path, body) = if method == "POST" {
                (String::new(), body)
            } else {
                (format!("?{body}"), String::new())
            };
            let head = format!("{method} /authorize{path} HTTP/1.1\r\n{FORM}\r\n{origin}");
            let reply = node.send(&head, &body).await;
            assert_eq!(reply.header("access-control-allow-origin"), None);
            assert!(![307, 308].contains(&reply.status), "{reply:?}");
        }
    }
}

/// OP-JR-3: nothing is fetched; the scripted network would say so.
#[actix_web::test]
async fn an_address_of_a_request_is_never_fetched() {
    let (fx, _) = Effects::scripted(NOW, 1);
    let node = Node::in_memory(&fx);
    let canary = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    canary.set_nonblocking(true).unwrap();
    let here = format!("http://{}/request.jwt", canary.local_addr().unwrap());
    for address in [
        here.as_str(),
        "https://rp.test/request.jwt",
        "file:///etc/passwd",
        "data:application/jwt,e30.e30.",
        "urn:example:1",
        "URN:ietf:params:oauth:request_uri:0000000000000000000000000000000000000000",
    ] {
        let reply = node.authorize("inps", &[("request_uri", address)]).await;
        let pairs = query(reply.header("location").unwrap());
        assert_eq!(get(&pairs, "error"), "request_uri_not_supported", "{address}");
        assert_eq!(reply.header("set-cookie"), None, "nothing was begun");
        let bare = form(&[("client_id", "inps"), ("request_uri", address)]);
        let reply = node.get(&format!("/authorize?{bare}")).await;
        assert_eq!((reply.status, reply.header("location")), (400, None));
    }
    assert!(canary.accept().is_err(), "nobody called");
}

/// R-01 and OP-JR-2 at `/authorize`.
#[actix_web::test]
async fn a_signed_request_in_the_address_counts_alone() {
    let node = node();
    let signer = Signer::new();
    let signing = varco::oidc::client::Client { keys: signer.keys(), ..client("inps") };
    let clients = varco::oidc::Clients::new(vec![signing, client("lavoro")]);
    node.broker.clients.store(std::sync::Arc::new(clients));
    let object = signer.object("inps", "1", &[("prompt", "none".into())]);
    let outside =
        [("state", "outside"), ("redirect_uri", "https://evil.test"), ("request", &object)];
    let reply = node.authorize("inps", &outside).await;
    let pairs = query(reply.header("location").unwrap());
    assert_eq!((get(&pairs, "error"), get(&pairs, "state")), ("login_required", "inside"));
    let reply = node.authorize("inps", &outside).await;
    assert_eq!(
        (reply.status, reply.header("location")),
        (400, None),
        "used, and no address is safe"
    );
    let evil = [("redirect_uri", "https://evil.test".into()), ("prompt", "none".into())];
    let object = signer.object("inps", "2", &evil);
    let reply = node.authorize("inps", &[("request", &object)]).await;
    assert_eq!((reply.status, reply.header("location")), (400, None), "the address inside counts");
    let reply = node.authorize("inps", &[("request", "e30.e30.")]).await;
    let pairs = query(reply.header("location").unwrap());
    assert_eq!(get(&pairs, "error"), "invalid_request_object", "to the registered address outside");
    let both =
        [("request", object.as_str()), ("request_uri", "urn:ietf:params:oauth:request_uri:0")];
    let reply = node.authorize("inps", &both).await;
    assert_eq!(get(&query(reply.header("location").unwrap()), "error"), "invalid_request");
    let reply = node.authorize("lavoro", &[("request", &object)]).await;
    let pairs = query(reply.header("location").unwrap());
    assert_eq!(get(&pairs, "error"), "request_not_supported", "a client without keys");
}

/// A person who is not the one that was wanted: the client is told, and gets no code.
#[actix_web::test]
async fn another_person_than_the_wanted_one_gives_no_code() {
    let node = node();
    let code = node.code("inps", &[]).await;
    let tokens = node.redeem("inps", &code, &[]).await.json();
    let hint = tokens["id_token"].as_str().unwrap();
    let subject = verified(&node, hint).await["sub"].as_str().unwrap().to_owned();
    let claims = |sub: &str| format!(r#"{{"id_token":{{"sub":{{"value":"{sub}"}}}}}}"#);
    let (me, another) = (claims(&subject), claims("somebody-else"));
    for (name, value, gets_a_code) in
        [("id_token_hint", hint, true), ("claims", &me, true), ("claims", &another, false)]
    {
        let reply = node.authorize("inps", &[(name, value)]).await;
        let (tx, browser) = node.identified(&reply).await;
        let completed = node.complete(&tx, &browser).await.unwrap();
        let pairs = query(completed.answer.place().as_str());
        assert_eq!(completed.sid.is_some(), gets_a_code);
        assert_eq!(pairs.iter().any(|(name, _)| name == "code"), gets_a_code);
        if !gets_a_code {
            assert_eq!(get(&pairs, "error"), "login_required");
        }
    }
    let flipped = hint.replace('.', ".A");
    for (client, forged) in [("inps", flipped.as_str()), ("lavoro", hint), ("inps", "e30.e30.e30")]
    {
        let reply = node.authorize(client, &[("id_token_hint", forged)]).await;
        let pairs = query(reply.header("location").unwrap());
        assert_eq!(
            get(&pairs, "error"),
            "invalid_request",
            "another client's, or no token of ours"
        );
    }
}

/// OP-RQ-3: a provider that proves less than was asked ends at the portal, by name and without a code.
#[actix_web::test]
async fn a_level_that_falls_short_is_told_to_the_portal_and_gives_no_code() {
    let node = node();
    for slug in ["response-level-too-low", "level-too-low"] {
        let reply = node.authorize("inps", &[("acr_values", Level::L2.uri())]).await;
        let (tx, browser) = Node::begun(&reply);
        let held = node.broker.shelves.get::<Login>(Shelf::Login, Key::of(&tx)).await.unwrap();
        let held = held.unwrap();
        let refused = Login::clone(&held).refused(Refusal {
            slug: slug.to_owned(),
            upstream: "spid".to_owned(),
            provider: "https://idp.test".to_owned(),
        });
        let lives = Duration::from_mins(1);
        let shelves = &node.broker.shelves;
        assert!(shelves.swap(Shelf::Login, Key::of(&tx), &held, &refused, lives).await.unwrap());
        assert!(node.complete(&tx, &browser).await.is_err(), "no code");
        let told = node.broker.decline(&tx, &browser).await.unwrap();
        let pairs = query(told.place().as_str());
        assert_eq!(get(&pairs, "error"), "unmet_authentication_requirements");
        assert_eq!((get(&pairs, "state"), get(&pairs, "iss")), ("a state", ISSUER));
        assert!(!pairs.iter().any(|(name, _)| name == "code"));
    }
}

/// OP-RQ-4.
#[actix_web::test]
async fn without_a_login_to_reuse_no_page_means_login_required() {
    let node = node();
    for more in [("max_age", "0"), ("max_age", "4294967295"), ("login_hint", "spid"), ("x", "y")] {
        let reply = node.authorize("inps", &[("prompt", "none"), more]).await;
        let pairs = query(reply.header("location").unwrap());
        assert_eq!(get(&pairs, "error"), "login_required", "{more:?}");
        assert_eq!(reply.header("set-cookie"), None, "nothing was begun");
    }
    for (name, value) in [("max_age", "-1"), ("max_age", "1.5"), ("max_age", "99999999999")] {
        let reply = node.authorize("inps", &[(name, value)]).await;
        assert_eq!(get(&query(reply.header("location").unwrap()), "error"), "invalid_request");
    }
}

/// R-16: nobody gives us a password of another's.
#[actix_web::test]
async fn passwords_and_implicit_tokens_are_not_served() {
    let node = node();
    let body = form(&[("grant_type", "password"), ("username", "x"), ("password", "y")]);
    let reply = node.token(&basic("inps", SECRET), &body).await;
    assert_eq!(reply.error(), "unsupported_grant_type");
    let document = node.get("/.well-known/openid-configuration").await.json();
    assert!(!document["grant_types_supported"].as_array().unwrap().contains(&"password".into()));
    assert!(!document["grant_types_supported"].as_array().unwrap().contains(&"implicit".into()));
    assert_eq!(document["response_types_supported"], serde_json::json!(["code"]));
}
