//! `/authorize` over HTTP: who gets a page, who is sent back, who goes on.

use varco::effects::Effects;
use varco::oidc::Clients;

use crate::provider_world::{CALLBACK, FORM, ISSUER, NOW, Node, asked, client};

#[actix_web::test]
async fn a_request_without_a_good_address_gets_a_page_and_never_a_location() {
    let (fx, _) = Effects::scripted(NOW, 1);
    let node = Node::in_memory(&fx);
    for address in [
        "https://rp.test/cb/",
        "https://rp.test/cb?a=1",
        "https://rp.test:443/cb",
        "http://rp.test/cb",
        "https://evil.test/cb",
        "https://rp.test@evil.test/cb",
        "https://rp.test/cb\r\nX: 1",
        "javascript:alert(1)",
        "//rp.test/cb",
        "",
    ] {
        let reply = node.authorize("inps", &[("redirect_uri", address)]).await;
        assert_eq!(reply.status, 400, "{address}");
        assert_eq!(reply.header("location"), None, "{address}");
        assert_eq!(reply.header("set-cookie"), None, "nothing was begun");
        assert!(reply.body.contains("VARCO-0102"), "{}", reply.body);
        assert!(!reply.body.contains("\"https://evil.test"), "no link leads there");
    }
    let reply = node.authorize("nobody", &[]).await;
    assert_eq!((reply.status, reply.header("location")), (400, None));
    assert!(reply.body.contains("VARCO-0101"));
    let twice = format!("{}&redirect_uri=https%3A%2F%2Fevil.test", asked("inps", &[]));
    let reply = node.get(&format!("/authorize?{twice}")).await;
    assert_eq!((reply.status, reply.header("location")), (400, None));
}

#[actix_web::test]
async fn a_refused_request_goes_back_with_its_state_and_the_issuer() {
    let (fx, _) = Effects::scripted(NOW, 1);
    let node = Node::in_memory(&fx);
    for (name, value, error) in [
        ("response_type", "token", "unsupported_response_type"),
        ("prompt", "none", "login_required"),
        ("request", "e30.e30.", "request_not_supported"),
        ("scope", "profile", "invalid_scope"),
        ("code_challenge_method", "plain", "invalid_request"),
    ] {
        let reply = node.authorize("inps", &[(name, value)]).await;
        assert_eq!(reply.status, 303, "{name}");
        let location = reply.header("location").unwrap();
        assert!(location.starts_with(&format!("{CALLBACK}?error={error}&")), "{location}");
        assert!(location.contains("&state=a+state&iss=https%3A%2F%2Fbroker.test"), "{location}");
        assert_eq!(reply.header("set-cookie"), None, "nothing was begun");
    }
    let twice = format!("{}&state=other", asked("inps", &[]));
    let reply = node.get(&format!("/authorize?{twice}")).await;
    let location = reply.header("location").unwrap();
    assert!(location.contains("error=invalid_request"), "{location}");
    assert!(!location.contains("state="), "neither of two states is the right one");
}

#[actix_web::test]
async fn a_good_request_begins_a_login_by_get_and_by_post() {
    let (fx, _) = Effects::scripted(NOW, 1);
    let node = Node::in_memory(&fx);
    let query = asked("inps", &[("extra", "foobar")]);
    let by_get = node.get(&format!("/authorize?{query}")).await;
    let by_post = node.send(&format!("POST /authorize HTTP/1.1\r\n{FORM}"), &query).await;
    for reply in [by_get, by_post] {
        assert_eq!(reply.status, 303);
        assert!(reply.header("location").unwrap().starts_with("/login?tx="), "{reply:?}");
        let cookie = reply.header("set-cookie").unwrap();
        assert!(cookie.starts_with("__Host-"), "{cookie}");
        for attribute in ["Secure", "HttpOnly", "SameSite=Lax", "Path=/"] {
            assert!(cookie.contains(attribute), "{cookie}");
        }
    }
    let reply = node.send("DELETE /authorize HTTP/1.1", "").await;
    assert_eq!((reply.status, reply.header("allow")), (405, Some("GET, POST")));
}

#[actix_web::test]
async fn discovery_names_only_what_is_served_under_the_issuer() {
    let (fx, _) = Effects::scripted(NOW, 1);
    let node = Node::in_memory(&fx);
    let reply = node.get("/.well-known/openid-configuration").await;
    assert_eq!(reply.header("access-control-allow-origin"), Some("*"));
    let head = node.send("HEAD /.well-known/openid-configuration HTTP/1.1", "").await;
    assert_eq!((head.status, head.body.as_str()), (200, ""));
    let document = reply.json();
    assert_eq!(document["issuer"], ISSUER);
    for endpoint in ["authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri"] {
        let address = document[endpoint].as_str().unwrap();
        let path = address.strip_prefix(ISSUER).unwrap();
        assert_ne!(node.get(path).await.status, 404, "{address}");
    }
    insta::assert_snapshot!(serde_json::to_string_pretty(&document).unwrap());
}

#[actix_web::test]
async fn the_published_keys_have_no_private_member() {
    let (fx, _) = Effects::scripted(NOW, 1);
    let node = Node::in_memory(&fx);
    let reply = node.get("/jwks").await;
    assert_eq!(reply.header("access-control-allow-origin"), Some("*"));
    let set = reply.json();
    let keys = set["keys"].as_array().unwrap();
    assert_eq!(keys.len(), 6, "active and next, RS256, PS256 and ES256");
    for key in keys {
        for private in ["d", "p", "q", "dp", "dq", "qi", "k"] {
            assert!(key.get(private).is_none());
        }
    }
}

/// OP-PK-5, R-12: a code that was asked without a challenge is not redeemed with a verifier.
#[actix_web::test]
async fn a_verifier_without_a_challenge_is_a_downgrade_and_gives_nothing() {
    let (fx, _) = Effects::scripted(NOW, 1);
    let node = Node::in_memory(&fx);
    let mut legacy = client("inps");
    legacy.protocol.requests.legacy_without_pkce = true;
    node.broker.clients.store(std::sync::Arc::new(Clients::new(vec![legacy])));
    let query = asked("inps", &[]);
    let bare: Vec<_> = query.split('&').filter(|field| !field.starts_with("code_ch")).collect();
    let begin = async || {
        let reply = node.get(&format!("/authorize?{}", bare.join("&"))).await;
        node.code_of(&reply).await.0
    };
    let reply = node.redeem("inps", &begin().await, &[]).await;
    assert_eq!((reply.status, reply.error().as_str()), (400, "invalid_grant"));
    let reply = node.redeem("inps", &begin().await, &[("code_verifier", "")]).await;
    assert_eq!(reply.status, 200, "{reply:?}");
}
