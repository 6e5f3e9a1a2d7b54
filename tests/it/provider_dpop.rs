//! Tokens bound to a key of their client (RFC 9449), at the token endpoint and at userinfo.

use std::sync::Arc;

use serde_json::{Value, json};
use varco::effects::Effects;
use varco::oidc::client::{AuthenticationMethod, Client, Clients};
use varco::oidc::dpop::Nonces;
use varco::state::{Shelf, Verb};

use crate::prover::Prover;
use crate::provider_world::{
    FORM, NOW, Node, Reply, SECRET, basic, client, fifty, form, metadata, one_of_fifty, redemption,
};

const TOKEN: &str = "https://broker.test/token";
const USERINFO: &str = "https://broker.test/userinfo";

/// `inps` must bind its tokens, `lavoro` may, `app` is public; all refresh.
fn node() -> Node {
    let (fx, _) = Effects::scripted(NOW, 1);
    prepare(Node::in_memory(&fx))
}

fn prepare(node: Node) -> Node {
    let refreshing = |id: &str, must: bool| {
        let mut metadata = metadata(id);
        metadata.grant_types = vec!["refresh_token".to_owned()];
        metadata.dpop_bound_access_tokens = must;
        Client { protocol: metadata.check().unwrap(), ..client(id) }
    };
    let app = Client { authentication: AuthenticationMethod::None, ..refreshing("app", false) };
    let clients = vec![refreshing("inps", true), refreshing("lavoro", false), app];
    node.broker.clients.store(Arc::new(Clients::new(clients)));
    node
}

async fn token(node: &Node, client: &str, proofs: &[&str], fields: &[(&str, &str)]) -> Reply {
    let mut head = format!("POST /token HTTP/1.1\r\n{FORM}");
    let mut fields = fields.to_vec();
    if client == "app" {
        fields.push(("client_id", client));
    } else {
        head = format!("{head}\r\nAuthorization: {}", basic(client, SECRET));
    }
    for proof in proofs {
        head = format!("{head}\r\nDPoP: {proof}");
    }
    node.send(&head, &form(&fields)).await
}

async fn login(node: &Node, client: &str, prover: &Prover, more: &[(&str, &str)]) -> Value {
    let mut changes = vec![("scope", "openid offline_access")];
    changes.extend(more);
    let code = node.code(client, &changes).await;
    let proof = prover.proof("POST", TOKEN, None);
    let reply = token(node, client, &[&proof], &redemption(&code)).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    reply.json()
}

async fn userinfo(node: &Node, scheme: &str, access: &str, proof: Option<&str>) -> Reply {
    let mut head = format!("GET /userinfo HTTP/1.1\r\nAuthorization: {scheme} {access}");
    if let Some(proof) = proof {
        head = format!("{head}\r\nDPoP: {proof}");
    }
    node.send(&head, "").await
}

fn text<'v>(tokens: &'v Value, name: &str) -> &'v str {
    tokens[name].as_str().unwrap()
}

#[actix_web::test]
async fn a_bound_token_is_good_with_a_fresh_proof_of_its_key_and_in_no_other_way() {
    let node = node();
    let (prover, other) = (Prover::new(), Prover::new());
    let tokens = login(&node, "lavoro", &prover, &[]).await;
    assert_eq!(tokens["token_type"], "DPoP");
    let access = text(&tokens, "access_token");
    let good = || prover.proof("GET", USERINFO, Some(access));
    for scheme in ["DPoP", "dpop", "DPOP"] {
        let reply = userinfo(&node, scheme, access, Some(&good())).await;
        assert_eq!(reply.status, 200, "{scheme}: {reply:?}");
    }
    let used = good();
    assert_eq!(userinfo(&node, "DPoP", access, Some(&used)).await.status, 200);
    for (scheme, proof, error) in [
        ("Bearer", None, "invalid_token"),
        ("Bearer", Some(good()), "invalid_token"),
        ("DPoP", None, "invalid_dpop_proof"),
        ("DPoP", Some(used), "invalid_dpop_proof"),
        ("DPoP", Some(prover.proof("GET", USERINFO, None)), "invalid_dpop_proof"),
        ("DPoP", Some(prover.proof("GET", USERINFO, Some("another"))), "invalid_dpop_proof"),
        ("DPoP", Some(prover.proof("POST", USERINFO, Some(access))), "invalid_dpop_proof"),
        ("DPoP", Some(prover.proof("GET", TOKEN, Some(access))), "invalid_dpop_proof"),
        ("DPoP", Some(other.proof("GET", USERINFO, Some(access))), "invalid_token"),
        ("DPoP", Some("nonsense".to_owned()), "invalid_dpop_proof"),
    ] {
        let reply = userinfo(&node, scheme, access, proof.as_deref()).await;
        assert_eq!((reply.status, reply.error().as_str()), (401, error), "{scheme} {proof:?}");
        let challenge = reply.header("www-authenticate").unwrap();
        assert_eq!(challenge.starts_with("DPoP "), scheme == "DPoP", "{challenge}");
        assert!(challenge.contains(&format!("error=\"{error}\"")), "{challenge}");
        let algorithms = challenge.contains(r#"algs="PS256 ES256 EdDSA""#);
        assert_eq!(algorithms, scheme == "DPoP", "{challenge}");
        assert!(!reply.body.contains("sub"), "nothing was released");
    }
    let twice = format!(
        "GET /userinfo HTTP/1.1\r\nAuthorization: DPoP {access}\r\nDPoP: {}\r\nDPoP: {}",
        good(),
        good()
    );
    assert_eq!(node.send(&twice, "").await.error(), "invalid_dpop_proof");
    assert_eq!(userinfo(&node, "DPoP", access, Some(&good())).await.status, 200, "still good");

    let code = node.code("lavoro", &[]).await;
    let bearer = token(&node, "lavoro", &[], &redemption(&code)).await.json();
    assert_eq!(bearer["token_type"], "Bearer");
    let access = text(&bearer, "access_token");
    let proof = prover.proof("GET", USERINFO, Some(access));
    let reply = userinfo(&node, "DPoP", access, Some(&proof)).await;
    assert_eq!(reply.error(), "invalid_token", "it is bound to nothing");
}

#[actix_web::test]
async fn a_client_that_must_bind_its_tokens_gets_none_without_a_proof() {
    let node = node();
    let prover = Prover::new();
    let code = node.code("inps", &[]).await;
    for proofs in [
        vec![],
        vec!["nonsense".to_owned()],
        vec![prover.proof("GET", TOKEN, None)],
        vec![prover.proof("POST", USERINFO, None)],
        vec![prover.proof_with("POST", TOKEN, None, &json!({"iat": NOW - 3600}))],
        vec![prover.proof("POST", TOKEN, None), prover.proof("POST", TOKEN, None)],
    ] {
        let proofs: Vec<&str> = proofs.iter().map(String::as_str).collect();
        let reply = token(&node, "inps", &proofs, &redemption(&code)).await;
        assert_eq!((reply.status, reply.error().as_str()), (400, "invalid_dpop_proof"));
        assert!(!reply.body.contains("access_token"));
    }
    let good = prover.proof("POST", TOKEN, None);
    let reply = token(&node, "inps", &[&good], &redemption(&code)).await;
    assert_eq!(reply.status, 200, "no refusal used the code up: {reply:?}");
    assert_eq!(
        token(&node, "inps", &[&good], &redemption(&code)).await.error(),
        "invalid_dpop_proof"
    );
}

#[actix_web::test]
async fn a_code_for_one_key_is_not_redeemed_with_another() {
    let node = node();
    let (prover, other) = (Prover::new(), Prover::new());
    let jkt = prover.thumbprint();
    for (holder, status) in [(Some(&other), 400), (None, 400), (Some(&prover), 200)] {
        let code = node.code("lavoro", &[("dpop_jkt", &jkt)]).await;
        let proof = holder.map(|holder| holder.proof("POST", TOKEN, None));
        let proofs: Vec<&str> = proof.iter().map(String::as_str).collect();
        let reply = token(&node, "lavoro", &proofs, &redemption(&code)).await;
        assert_eq!(reply.status, status, "{reply:?}");
        if status == 400 {
            assert_eq!(reply.error(), "invalid_grant");
        }
    }
}

#[actix_web::test]
async fn a_refresh_token_of_a_public_client_is_for_its_key_and_a_confidential_one_does_not_rotate()
{
    let node = node();
    let (prover, other) = (Prover::new(), Prover::new());
    let refresh = async |client: &str, shown: &str, holder: Option<&Prover>| {
        let proof = holder.map(|holder| holder.proof("POST", TOKEN, None));
        let proofs: Vec<&str> = proof.iter().map(String::as_str).collect();
        let fields = [("grant_type", "refresh_token"), ("refresh_token", shown)];
        token(&node, client, &proofs, &fields).await
    };
    let tokens = login(&node, "app", &prover, &[]).await;
    let shown = text(&tokens, "refresh_token");
    assert_eq!(refresh("app", shown, Some(&other)).await.error(), "invalid_grant");
    assert_eq!(refresh("app", shown, None).await.error(), "invalid_grant");
    let second = refresh("app", shown, Some(&prover)).await.json();
    assert_ne!(second["refresh_token"], tokens["refresh_token"], "public: it rotates");

    let tokens = login(&node, "inps", &prover, &[]).await;
    let shown = text(&tokens, "refresh_token");
    assert_eq!(refresh("inps", shown, None).await.error(), "invalid_dpop_proof");
    for _ in 0..3 {
        let reply = refresh("inps", shown, Some(&prover)).await;
        assert_eq!(reply.status, 200, "{reply:?}");
        let next = reply.json();
        assert_eq!(next["refresh_token"], tokens["refresh_token"], "FAPI 2.0: no rotation");
        assert_eq!(next["token_type"], "DPoP");
        let access = text(&next, "access_token");
        let proof = prover.proof("GET", USERINFO, Some(access));
        assert_eq!(userinfo(&node, "DPoP", access, Some(&proof)).await.status, 200);
    }
}

/// RFC 9449, sections 8 and 9.
#[actix_web::test]
async fn where_nonces_are_demanded_a_proof_without_one_is_told_the_next() {
    let node = node();
    node.provider.demand_nonces(Nonces::new([3; 32].into()));
    let prover = Prover::new();
    let code = node.code("inps", &[]).await;
    let bare = prover.proof("POST", TOKEN, None);
    let reply = token(&node, "inps", &[&bare], &redemption(&code)).await;
    assert_eq!((reply.status, reply.error().as_str()), (400, "use_dpop_nonce"));
    let nonce = json!({"nonce": reply.header("dpop-nonce").unwrap()});
    let foreign = prover.proof_with("POST", TOKEN, None, &json!({"nonce": "AAAA"}));
    let reply = token(&node, "inps", &[&foreign], &redemption(&code)).await;
    assert_eq!(reply.error(), "use_dpop_nonce");
    let good = prover.proof_with("POST", TOKEN, None, &nonce);
    let reply = token(&node, "inps", &[&good], &redemption(&code)).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    let tokens = reply.json();
    let access = text(&tokens, "access_token");
    let bare = prover.proof("GET", USERINFO, Some(access));
    let reply = userinfo(&node, "DPoP", access, Some(&bare)).await;
    assert_eq!((reply.status, reply.error().as_str()), (401, "use_dpop_nonce"));
    assert!(reply.header("dpop-nonce").is_some());
    assert!(reply.header("www-authenticate").unwrap().contains("use_dpop_nonce"));
    let good = prover.proof_with("GET", USERINFO, Some(access), &nonce);
    assert_eq!(userinfo(&node, "DPoP", access, Some(&good)).await.status, 200);
}

/// RFC 9449, section 11.1.
async fn fifty_at_once(what: &str, nodes: Vec<Node>) {
    let nodes: Vec<Arc<Node>> = nodes.into_iter().map(|node| Arc::new(prepare(node))).collect();
    let prover = Prover::new();
    let tokens = login(&nodes[0], "lavoro", &prover, &[]).await;
    let access = text(&tokens, "access_token");
    one_of_fifty(what, 5, async |_| {
        let proof = prover.proof("GET", USERINFO, Some(access));
        let show = |node: Arc<Node>| {
            let (access, proof) = (access.to_owned(), proof.clone());
            async move { userinfo(&node, "DPoP", &access, Some(&proof)).await }
        };
        let mut served = 0;
        for reply in fifty(&nodes, show).await {
            if reply.status == 200 {
                served += 1;
            } else {
                let refused = (reply.status, reply.error());
                assert_eq!(refused, (401, "invalid_dpop_proof".to_owned()), "{reply:?}");
            }
        }
        served
    })
    .await;
}

#[actix_web::test]
async fn of_fifty_parallel_uses_of_a_proof_one_succeeds() {
    let (fx, _) = Effects::scripted(NOW, 1);
    fifty_at_once("DPoP proof, memory", vec![Node::in_memory(&fx)]).await;
}

#[actix_web::test]
async fn of_fifty_parallel_uses_of_a_proof_at_two_nodes_one_succeeds() {
    // The prover makes its proofs at the scripted moment.
    let (fx, _) = Effects::scripted(NOW, 1);
    let (_redis, nodes) = Node::two_on_redis(&fx).await;
    fifty_at_once("DPoP proof, two nodes", nodes).await;
}

/// The plain flow uses the store as often as before there were refresh tokens and bindings.
#[actix_web::test]
async fn a_code_costs_two_state_operations_and_userinfo_one() {
    let (fx, _) = Effects::scripted(NOW, 1);
    let node = Node::in_memory(&fx);
    let counted = |node: &Node| -> Vec<(Shelf, Verb, u64)> {
        let uses = node.broker.shelves.uses().into_iter();
        uses.filter(|uses| uses.answered > 0)
            .map(|uses| (uses.shelf, uses.verb, uses.answered))
            .collect()
    };
    let code = node.code("inps", &[]).await;
    let before = counted(&node);
    let tokens = node.redeem("inps", &code, &[]).await.json();
    let after: Vec<_> = counted(&node).into_iter().filter(|use_| !before.contains(use_)).collect();
    assert_eq!(after, [(Shelf::Code, Verb::Take, 1), (Shelf::Token, Verb::Put, 1)]);
    let before = counted(&node);
    assert_eq!(node.userinfo(text(&tokens, "access_token")).await.status, 200);
    let after: Vec<_> = counted(&node).into_iter().filter(|use_| !before.contains(use_)).collect();
    assert_eq!(after, [(Shelf::Token, Verb::Get, 1)]);
}
