//! Introspection, access tokens as JWTs, resource servers; attacks OP-TK-1 and OP-TK-2, R-15.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use varco::effects::{Effects, ScriptedClock};
use varco::oidc::ClientKeys;
use varco::oidc::client::{AuthenticationMethod, Client, Clients, Mandate};

use crate::prover::Prover;
use crate::provider_world::{
    FORM, ISSUER, NOW, Node, Reply, SECRET, basic, client, form, metadata, verified,
};
use crate::receiver::Receiver;

const API: &str = "https://api.inps.test/positions";
const OTHER: &str = "https://api.lavoro.test/";

/// `inps` calls two APIs, with tokens in the `format`; `api` and `other` are those, `lavoro` is none.
fn node(format: &str) -> (Node, Arc<ScriptedClock>) {
    let (fx, clock) = Effects::scripted(NOW, 1);
    let node = Node::in_memory(&fx);
    let mut portal = metadata("inps");
    portal.grant_types = vec!["authorization_code".to_owned(), "refresh_token".to_owned()];
    portal.access_token_format = Some(format.to_owned());
    portal.resources = vec![API.to_owned(), OTHER.to_owned(), ISSUER.to_owned()];
    let portal = Client { protocol: portal.check().unwrap(), ..client("inps") };
    let serving = |id: &str, uri: &str| {
        let mandate = Mandate { serves: vec![uri.to_owned()], ..Mandate::default() };
        Client { mandate, ..client(id) }
    };
    let public = Client { authentication: AuthenticationMethod::None, ..client("app") };
    let clients =
        vec![portal, serving("api", API), serving("other", OTHER), client("lavoro"), public];
    node.broker.clients.store(Arc::new(Clients::new(clients)));
    (node, clock)
}

async fn login(node: &Node, resources: &[&str]) -> Value {
    let code = node.code("inps", &[("scope", "openid profile offline_access")]).await;
    let more: Vec<_> = resources.iter().map(|uri| ("resource", *uri)).collect();
    let reply = node.redeem("inps", &code, &more).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    reply.json()
}

async fn ask(node: &Node, client: &str, token: &str, header: &str) -> Reply {
    let authorization = basic(client, SECRET);
    let head =
        format!("POST /introspect HTTP/1.1\r\n{FORM}\r\nAuthorization: {authorization}{header}");
    node.send(&head, &form(&[("token", token)])).await
}

async fn told(node: &Node, client: &str, token: &str) -> Value {
    let reply = ask(node, client, token, "").await;
    assert_eq!((reply.status, reply.header("cache-control")), (200, Some("no-store")));
    reply.json()
}

fn text<'v>(tokens: &'v Value, name: &str) -> &'v str {
    tokens[name].as_str().unwrap()
}

/// OP-TK-1.
#[actix_web::test]
async fn a_token_is_told_to_its_client_and_its_resource_server_and_to_nobody_else() {
    for format in ["opaque", "ES256"] {
        let (node, clock) = node(format);
        let tokens = login(&node, &[API]).await;
        let access = text(&tokens, "access_token");
        let id_token = verified(&node, text(&tokens, "id_token")).await;
        for client in ["inps", "api"] {
            let mut told = told(&node, client, access).await;
            let members = told.as_object_mut().unwrap();
            for (name, value) in [
                ("active", json!(true)),
                ("iss", json!(ISSUER)),
                ("aud", json!(API)),
                ("sub", id_token["sub"].clone()),
                ("client_id", json!("inps")),
                ("scope", json!("openid profile offline_access")),
                ("iat", json!(NOW)),
                ("exp", json!(NOW + 600)),
                ("token_type", json!("Bearer")),
                ("acr", json!("https://www.spid.gov.it/SpidL2")),
                ("auth_time", json!(NOW - 5)),
            ] {
                assert_eq!(members.remove(name), Some(value), "{name}");
            }
            assert!(members.is_empty(), "{members:?}");
        }
        let refresh = text(&tokens, "refresh_token");
        let own = told(&node, "inps", refresh).await;
        assert_eq!((&own["active"], &own["exp"]), (&json!(true), &json!(NOW + 86_400)));
        let nothing = json!({"active": false});
        for (client, token) in [
            ("lavoro", access),
            ("other", access),
            ("api", refresh),
            ("lavoro", refresh),
            ("inps", text(&tokens, "id_token")),
            ("inps", "nonsense"),
            ("inps", "eyJ.eyJ.x"),
        ] {
            assert_eq!(told(&node, client, token).await, nothing, "{client}");
        }
        let body = form(&[("token", access), ("client_id", "app")]);
        let public = node.send(&format!("POST /introspect HTTP/1.1\r\n{FORM}"), &body).await;
        assert_eq!((public.status, public.error().as_str()), (401, "invalid_client"));
        clock.advance(Duration::from_mins(10));
        assert_eq!(told(&node, "api", access).await, nothing, "expired");
    }
}

#[actix_web::test]
async fn an_introspection_is_signed_when_it_is_asked_for_so() {
    let (node, _) = node("opaque");
    let tokens = login(&node, &[API]).await;
    let accept = "\r\nAccept: application/json, application/token-introspection+jwt";
    for (client, token, active) in
        [("api", text(&tokens, "access_token"), true), ("lavoro", "nonsense", false)]
    {
        let reply = ask(&node, client, token, accept).await;
        let media_type = reply.header("content-type");
        assert_eq!(media_type, Some("application/token-introspection+jwt"));
        let header = jsonwebtoken::decode_header(&reply.body).unwrap();
        assert_eq!(header.typ.as_deref(), Some("token-introspection+jwt"));
        let claims = verified(&node, &reply.body).await;
        assert_eq!((&claims["iss"], &claims["aud"]), (&json!(ISSUER), &json!(client)));
        assert_eq!(claims["iat"], NOW);
        assert_eq!(claims["token_introspection"]["active"], active);
    }
}

/// RFC 9701, section 5: signed, then encrypted, without being asked for.
#[actix_web::test]
async fn an_encrypted_introspection_is_signed_and_only_its_receiver_reads_it() {
    let (node, _) = node("opaque");
    let tokens = login(&node, &[API]).await;
    let receiver = Receiver::new();
    let encrypted = |id: &str, keys: ClientKeys| {
        let mut metadata = metadata(id);
        metadata.introspection_encrypted_response_alg = Some("ECDH-ES".to_owned());
        metadata.introspection_encrypted_response_enc = Some("A256GCM".to_owned());
        let mandate = Mandate { serves: vec![API.to_owned()], ..Mandate::default() };
        Client { protocol: metadata.check().unwrap(), keys, mandate, ..client(id) }
    };
    let clients =
        [client("inps"), encrypted("api", receiver.keys()), encrypted("bare", ClientKeys::None)];
    node.broker.clients.store(Arc::new(Clients::new(clients.into())));
    let access = text(&tokens, "access_token");
    for (token, active) in [(access, true), ("nonsense", false)] {
        let reply = ask(&node, "api", token, "\r\nAccept: application/json").await;
        assert_eq!(reply.header("content-type"), Some("application/token-introspection+jwt"));
        assert_eq!(reply.body.split('.').count(), 5, "a JWE: {reply:?}");
        let (header, signed) = receiver.open(&reply.body);
        assert_eq!((&header["cty"], &header["enc"]), (&json!("JWT"), &json!("A256GCM")));
        let signed = std::str::from_utf8(&signed).unwrap();
        let typ = jsonwebtoken::decode_header(signed).unwrap().typ;
        assert_eq!(typ.as_deref(), Some("token-introspection+jwt"));
        let claims = verified(&node, signed).await;
        assert_eq!((&claims["iss"], &claims["aud"]), (&json!(ISSUER), &json!("api")));
        assert_eq!(claims["token_introspection"]["active"], active);
    }
    let without = ask(&node, "bare", access, "").await;
    assert_eq!((without.status, without.error().as_str()), (400, "invalid_request"));
    assert!(without.body.contains("VARCO-0219") && !without.body.contains("active"));
}

/// RFC 9068.
#[actix_web::test]
async fn an_access_token_that_is_a_jwt_says_what_its_resource_server_needs() {
    for algorithm in ["RS256", "PS256", "ES256"] {
        let (node, _) = node(algorithm);
        let tokens = login(&node, &[OTHER, API]).await;
        let access = text(&tokens, "access_token");
        let header = jsonwebtoken::decode_header(access).unwrap();
        assert_eq!(
            (header.typ.as_deref(), format!("{:?}", header.alg).as_str()),
            (Some("at+jwt"), algorithm)
        );
        let claims = verified(&node, access).await;
        let id_token = verified(&node, text(&tokens, "id_token")).await;
        assert_eq!(claims["sub"], id_token["sub"]);
        assert_eq!(claims["aud"], json!([API, OTHER]));
        for (name, value) in [
            ("iss", json!(ISSUER)),
            ("client_id", json!("inps")),
            ("scope", json!("openid profile offline_access")),
            ("iat", json!(NOW)),
            ("exp", json!(NOW + 600)),
            ("acr", json!("https://www.spid.gov.it/SpidL2")),
            ("auth_time", json!(NOW - 5)),
        ] {
            assert_eq!(claims[name], value, "{name}");
        }
        assert!(!claims["jti"].as_str().unwrap().is_empty());
        assert!(claims.get("given_name").is_none() && claims.get("fiscal_number").is_none());
        let for_us = login(&node, &[ISSUER]).await;
        let access = text(&for_us, "access_token");
        assert_eq!(verified(&node, access).await["aud"], ISSUER);
        assert_eq!(node.userinfo(access).await.status, 200);
        let inps = basic("inps", SECRET);
        let head = format!("POST /revoke HTTP/1.1\r\n{FORM}\r\nAuthorization: {inps}");
        assert_eq!(node.send(&head, &form(&[("token", access)])).await.status, 200);
        assert_eq!(node.userinfo(access).await.status, 401, "a JWT is revoked as well");
        assert_eq!(told(&node, "inps", access).await["active"], false);
    }
}

/// R-15; RFC 8707.
#[actix_web::test]
async fn a_token_for_resource_servers_is_for_them_alone() {
    let (node, _) = node("opaque");
    let tokens = login(&node, &[API]).await;
    let reply = node.userinfo(text(&tokens, "access_token")).await;
    assert_eq!((reply.status, reply.error().as_str()), (401, "invalid_token"));
    let code = node.code("inps", &[]).await;
    let unknown = node.redeem("inps", &code, &[("resource", "https://evil.test/")]).await;
    assert_eq!((unknown.status, unknown.error().as_str()), (400, "invalid_target"));
    let refresh = text(&tokens, "refresh_token");
    let fields = [("grant_type", "refresh_token"), ("refresh_token", refresh), ("resource", OTHER)];
    let other = node.token(&basic("inps", SECRET), &form(&fields)).await.json();
    let access = text(&other, "access_token");
    assert_eq!(told(&node, "other", access).await["aud"], OTHER);
    assert_eq!(told(&node, "api", access).await["active"], false);
}

/// OP-TK-2.
#[actix_web::test]
async fn a_token_that_is_not_octet_by_octet_what_was_issued_is_none() {
    let (node, _) = node("ES256");
    let tokens = login(&node, &[ISSUER]).await;
    let access = text(&tokens, "access_token");
    let (input, signature) = access.rsplit_once('.').unwrap();
    let (header, payload) = input.split_once('.').unwrap();
    let forged = |changes: Value| {
        let mut header: Value =
            serde_json::from_slice(&URL_SAFE_NO_PAD.decode(header).unwrap()).unwrap();
        for (name, value) in changes.as_object().unwrap() {
            header[name] = value.clone();
        }
        Prover::new().sign(
            &header,
            &serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap(),
        )
    };
    let mut wrong = vec![
        format!("{input}."),
        format!("{input}.{signature}A"),
        format!("{access}.x.y"),
        access.split_at(access.len() - 1).0.to_owned(),
        forged(json!({})),
        forged(json!({"alg": "none"})),
        forged(json!({"kid": "retired"})),
        forged(json!({"jku": "https://evil.test/jwks"})),
        text(&tokens, "id_token").to_owned(),
    ];
    for at in [0, header.len() + 1, header.len() + 20, access.len() - 2] {
        let mut octets: Vec<u8> = access.bytes().collect();
        octets[at] = if octets[at] == b'A' { b'B' } else { b'A' };
        wrong.push(String::from_utf8(octets).unwrap());
    }
    for wrong in wrong {
        let reply = node.userinfo(&wrong).await;
        assert_eq!((reply.status, reply.error().as_str()), (401, "invalid_token"));
        assert_eq!(told(&node, "inps", &wrong).await, json!({"active": false}));
    }
    assert_eq!(node.userinfo(access).await.status, 200);
}

#[actix_web::test]
async fn a_resource_server_that_asks_uses_the_token() {
    let (node, _) = node("opaque");
    let refresh = async |token: &str| {
        let fields = [("grant_type", "refresh_token"), ("refresh_token", token), ("resource", API)];
        node.token(&basic("inps", SECRET), &form(&fields)).await
    };
    let first = login(&node, &[]).await;
    let second = refresh(text(&first, "refresh_token")).await.json();
    assert_eq!(told(&node, "inps", text(&second, "access_token")).await["active"], true);
    let again = refresh(text(&first, "refresh_token")).await;
    assert_eq!(again.status, 200, "its own client may look: {again:?}");
    let again = again.json();
    assert_eq!(told(&node, "api", text(&again, "access_token")).await["active"], true);
    let replay = refresh(text(&first, "refresh_token")).await;
    assert_eq!(replay.error(), "invalid_grant", "somebody called the API with it");
    assert_eq!(told(&node, "api", text(&again, "access_token")).await["active"], false);
}
