//! `/token` and `/userinfo` over HTTP: what a portal gets, once; attacks OP-CO, OP-PK and OP-TK.

use std::sync::Arc;
use std::time::Duration;

use varco::effects::Effects;

use crate::provider_world::{
    FORM, ISSUER, NOW, Node, SECRET, VERIFIER, at_hash, basic, fifty, form, one_of_fifty, verified,
};

#[actix_web::test]
async fn a_portal_gets_tokens_that_verify_and_agree_with_userinfo() {
    let (fx, _) = Effects::scripted(NOW, 1);
    let node = Node::in_memory(&fx);
    let mut subjects = Vec::new();
    for (client, algorithm) in [("inps", "RS256"), ("lavoro", "ES256"), ("inail", "PS256")] {
        let reply = node.redeem(client, &node.code(client, &[]).await, &[]).await;
        assert_eq!(reply.status, 200, "{reply:?}");
        assert_eq!(reply.header("cache-control"), Some("no-store"));
        let tokens = reply.json();
        assert_eq!(tokens["token_type"], "Bearer");
        assert_eq!(tokens["expires_in"], 600);
        assert_eq!(tokens["scope"], "openid profile fiscal_number");
        let (id_token, access) =
            (tokens["id_token"].as_str().unwrap(), tokens["access_token"].as_str().unwrap());
        assert_eq!(format!("{:?}", jsonwebtoken::decode_header(id_token).unwrap().alg), algorithm);
        let claims = verified(&node, id_token).await;
        for (name, value) in [
            ("iss", ISSUER),
            ("aud", client),
            ("nonce", "a nonce"),
            ("acr", "https://www.spid.gov.it/SpidL2"),
            ("auth_method", "spid"),
            ("idp", "https://idp.test"),
            ("at_hash", &at_hash(access)),
        ] {
            assert_eq!(claims[name], value, "{name}");
        }
        assert_eq!((&claims["iat"], &claims["exp"]), (&NOW.into(), &(NOW + 300).into()));
        assert_eq!(claims["auth_time"], NOW - 5);
        assert_eq!(claims.get("given_name").is_some(), client != "inps", "claims_in_id_token");

        let info = node.userinfo(access).await;
        assert_eq!(info.status, 200, "{info:?}");
        let info = info.json();
        assert_eq!(info["sub"], claims["sub"]);
        assert_eq!(info["given_name"], "Mario");
        assert!(info.get("email").is_none(), "the scope was not asked");
        let subject = claims["sub"].as_str().unwrap().to_owned();
        assert!(!subject.contains("RSSMRA"));
        subjects.push(subject);
    }
    assert_ne!(subjects[0], subjects[1], "pairwise");
}

#[actix_web::test]
async fn claims_asked_by_name_come_where_they_were_asked() {
    let (fx, _) = Effects::scripted(NOW, 1);
    let node = Node::in_memory(&fx);
    let wish = r#"{"userinfo":{"email":null},"id_token":{"given_name":{"essential":true}}}"#;
    let code = node.code("inps", &[("claims", wish)]).await;
    let tokens = node.redeem("inps", &code, &[]).await.json();
    let claims = verified(&node, tokens["id_token"].as_str().unwrap()).await;
    assert_eq!(claims["given_name"], "Mario");
    assert!(claims.get("family_name").is_none());
    let info = node.userinfo(tokens["access_token"].as_str().unwrap()).await.json();
    assert_eq!(info["email"], "mario.rossi@example.test");
}

/// OP-CO-1 and OP-CO-2.
async fn fifty_at_once(what: &str, nodes: Vec<Node>) {
    let nodes: Vec<Arc<Node>> = nodes.into_iter().map(Arc::new).collect();
    one_of_fifty(what, 5, async |_| {
        let code = nodes[0].code("inps", &[]).await;
        let redeem = |node: Arc<Node>| {
            let code = code.clone();
            async move { node.redeem("inps", &code, &[]).await }
        };
        let mut tokens = Vec::new();
        for reply in fifty(&nodes, redeem).await {
            if reply.status == 200 {
                tokens.push(reply.json()["access_token"].as_str().unwrap().to_owned());
            } else {
                let refused = (reply.status, reply.error());
                assert_eq!(refused, (400, "invalid_grant".to_owned()), "{reply:?}");
            }
        }
        for node in &nodes {
            for token in &tokens {
                assert_eq!(node.userinfo(token).await.status, 401, "the others revoked it");
            }
        }
        tokens.len()
    })
    .await;
}

#[actix_web::test]
async fn of_fifty_parallel_redemptions_one_succeeds_and_the_rest_revoke_it() {
    let (fx, _) = Effects::scripted(NOW, 1);
    fifty_at_once("code, memory", vec![Node::in_memory(&fx)]).await;
}

#[actix_web::test]
async fn of_fifty_parallel_redemptions_at_two_nodes_one_succeeds_and_the_rest_revoke_it() {
    let (_redis, nodes) = Node::two_on_redis(&Effects::real()).await;
    fifty_at_once("code, two nodes", nodes).await;
}

#[actix_web::test]
async fn a_second_use_kills_what_the_first_gave() {
    let (fx, clock) = Effects::scripted(NOW, 1);
    let node = Node::in_memory(&fx);
    let code = node.code("inps", &[]).await;
    let tokens = node.redeem("inps", &code, &[]).await.json();
    let access = tokens["access_token"].as_str().unwrap();
    assert_eq!(node.userinfo(access).await.status, 200);
    clock.advance(Duration::from_secs(90));
    assert_eq!(node.redeem("inps", &code, &[]).await.error(), "invalid_grant");
    let reply = node.userinfo(access).await;
    assert_eq!((reply.status, reply.error().as_str()), (401, "invalid_token"));
    let challenge = reply.header("www-authenticate").unwrap();
    assert!(challenge.starts_with(r#"Bearer realm="varco", error="invalid_token""#), "{challenge}");
}

/// OP-CO-3.
#[actix_web::test]
async fn another_portal_neither_redeems_nor_revokes_a_code() {
    let (fx, _) = Effects::scripted(NOW, 1);
    let node = Node::in_memory(&fx);
    let code = node.code("inps", &[]).await;
    assert_eq!(node.redeem("lavoro", &code, &[]).await.error(), "invalid_grant");
    let tokens = node.redeem("inps", &code, &[]).await;
    assert_eq!(tokens.status, 200);
    assert_eq!(node.redeem("lavoro", &code, &[]).await.error(), "invalid_grant");
    let access = tokens.json()["access_token"].as_str().unwrap().to_owned();
    assert_eq!(node.userinfo(&access).await.status, 200, "still alive");
}

#[actix_web::test]
async fn a_code_lives_sixty_seconds() {
    let (fx, clock) = Effects::scripted(NOW, 1);
    let node = Node::in_memory(&fx);
    let (young, old) = (node.code("inps", &[]).await, node.code("inps", &[]).await);
    clock.advance(Duration::from_secs(59));
    assert_eq!(node.redeem("inps", &young, &[]).await.status, 200);
    clock.advance(Duration::from_secs(2));
    assert_eq!(node.redeem("inps", &old, &[]).await.error(), "invalid_grant");
}

/// OP-CO-5, OP-PK-1.
#[actix_web::test]
async fn a_code_is_bound_to_its_address_and_its_verifier() {
    let (fx, _) = Effects::scripted(NOW, 1);
    let node = Node::in_memory(&fx);
    let (short, long) = ("a".repeat(42), "a".repeat(129));
    let illegal = format!("{}!", "a".repeat(43));
    for (name, value) in [
        ("redirect_uri", "https://rp.test/other"),
        ("redirect_uri", ""),
        ("code_verifier", ""),
        ("code_verifier", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"),
        ("code_verifier", &short),
        ("code_verifier", &long),
        ("code_verifier", &illegal),
        ("code", "0000000000000000000000000000000000000000"),
        ("code", "nonsense"),
    ] {
        let code = node.code("inps", &[]).await;
        let reply = node.redeem("inps", &code, &[(name, value)]).await;
        assert_eq!((reply.status, reply.error().as_str()), (400, "invalid_grant"), "{name}");
        assert!(!reply.body.contains("access_token"));
    }
}

#[actix_web::test]
async fn the_token_endpoint_says_what_was_wrong_with_the_request() {
    let (fx, _) = Effects::scripted(NOW, 1);
    let node = Node::in_memory(&fx);
    let code = node.code("inps", &[]).await;
    let good = form(&[
        ("grant_type", "authorization_code"),
        ("code", &code),
        ("redirect_uri", "https://rp.test/cb"),
        ("code_verifier", VERIFIER),
    ]);
    let inps = basic("inps", SECRET);
    for (authorization, body, status, error) in [
        (basic("inps", "wrong"), good.clone(), 401, "invalid_client"),
        (basic("nobody", SECRET), good.clone(), 401, "invalid_client"),
        (inps.clone(), format!("{good}&client_id=lavoro"), 401, "invalid_client"),
        (inps.clone(), format!("{good}&client_secret=x"), 400, "invalid_request"),
        (inps.clone(), format!("{good}&code=x"), 400, "invalid_request"),
        (inps.clone(), String::new(), 400, "invalid_request"),
        (
            inps.clone(),
            good.replace("authorization_code", "password"),
            400,
            "unsupported_grant_type",
        ),
    ] {
        let reply = node.token(&authorization, &body).await;
        assert_eq!((reply.status, reply.error().as_str()), (status, error), "{body}");
        assert_eq!(reply.header("cache-control"), Some("no-store"));
        assert_eq!(reply.header("www-authenticate").is_some(), status == 401);
    }
    let head = format!("POST /token?{good} HTTP/1.1\r\n{FORM}\r\nAuthorization: {inps}");
    assert_eq!(node.send(&head, "").await.error(), "invalid_request", "never from the address");
    let head = format!("POST /token HTTP/1.1\r\nAuthorization: {inps}");
    assert_eq!(node.send(&head, &good).await.error(), "invalid_request", "form-encoded alone");
    assert_eq!(node.get("/token").await.status, 405);
    assert_eq!(node.token(&inps, &good).await.status, 200, "no refusal used the code up");
}

#[actix_web::test]
async fn userinfo_takes_the_token_from_header_or_body_and_never_from_the_address() {
    let (fx, clock) = Effects::scripted(NOW, 1);
    let node = Node::in_memory(&fx);
    let tokens = node.redeem("inps", &node.code("inps", &[]).await, &[]).await.json();
    let access = tokens["access_token"].as_str().unwrap();
    let body = format!("access_token={access}");
    let lower = format!("GET /userinfo HTTP/1.1\r\nAuthorization: bearer {access}");
    let posted = format!("POST /userinfo HTTP/1.1\r\nAuthorization: Bearer {access}");
    let in_body = format!("POST /userinfo HTTP/1.1\r\n{FORM}");
    assert_eq!(node.send(&lower, "").await.status, 200);
    assert_eq!(node.send(&posted, "").await.status, 200);
    assert_eq!(node.send(&in_body, &body).await.status, 200);

    let in_query = node.get(&format!("/userinfo?{body}")).await;
    assert_eq!(in_query.status, 401);
    assert_eq!(in_query.header("www-authenticate"), Some(r#"Bearer realm="varco""#));
    let both = format!("{posted}\r\n{FORM}");
    assert_eq!(node.send(&both, &body).await.error(), "invalid_request");

    let mut flipped = access.to_owned();
    let last = if flipped.pop() == Some('0') { '1' } else { '0' };
    flipped.push(last);
    let id_token = tokens["id_token"].as_str().unwrap();
    for wrong in [flipped.as_str(), access.split_at(79).0, "", id_token, "é"] {
        assert_eq!(node.userinfo(wrong).await.error(), "invalid_token");
    }
    clock.advance(Duration::from_mins(10));
    assert_eq!(node.userinfo(access).await.error(), "invalid_token", "it has expired");
}
