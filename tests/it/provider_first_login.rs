//! `/first-login`: told to whom the operator lets ask, one code at a time (attack row MT-10).

use std::path::PathBuf;
use std::sync::Arc;

use serde_json::json;
use varco::crypto::sealing::Sealer;
use varco::effects::{Effects, Timestamp};
use varco::login::FirstLogins;
use varco::oidc::client::{AuthenticationMethod, Client, Clients, Mandate};
use varco::registry::{FirstLogin, Registry, RegistryPlace};

use crate::provider_world::{FORM, NOW, Node, Reply, SECRET, basic, client, form};

/// `inps` may ask, `lavoro` may not, `app` cannot prove who it is.
fn node(fx: &Effects) -> Node {
    let node = Node::in_memory(fx);
    let entitled = |client: Client| Client {
        mandate: Mandate { first_login: true, ..Mandate::default() },
        ..client
    };
    let public = Client { authentication: AuthenticationMethod::None, ..client("app") };
    let clients = vec![entitled(client("inps")), client("lavoro"), entitled(public)];
    node.broker.clients.store(Arc::new(Clients::new(clients)));
    node
}

/// A registry in which Mario has signed in, shortly before midnight in Rome.
struct Recorded(Arc<Registry>, PathBuf);

impl Recorded {
    async fn at(node: &Node, fx: &Effects, name: &str) -> Self {
        let file =
            std::env::temp_dir().join(format!("varco-first-{name}-{}.sqlite", std::process::id()));
        let place = RegistryPlace::File(file.clone());
        let registry = Registry::open(&place, Sealer::new(&[5; 32]).unwrap(), fx.clone()).await;
        let registry = Arc::new(registry.unwrap());
        let login = FirstLogin {
            name: registry.first_login_name("RSSMRA80A01H501U"),
            at: Timestamp::from_unix_seconds(1_605_394_740),
            instrument: "spid".to_owned(),
        };
        registry.record_first_logins(&[login]).await.unwrap();
        node.broker.durable.record_first_logins(FirstLogins::new(registry.clone()).0);
        Self(registry, file)
    }
}

impl Drop for Recorded {
    fn drop(&mut self) {
        for end in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(format!("{}{end}", self.1.display()));
        }
    }
}

async fn ask(node: &Node, authorization: &str, fields: &[(&str, &str)]) -> Reply {
    let head = format!("POST /first-login HTTP/1.1\r\n{FORM}\r\nAuthorization: {authorization}");
    node.send(&head, &form(fields)).await
}

const MARIO: (&str, &str) = ("codice_fiscale", "RSSMRA80A01H501U");

#[actix_web::test]
async fn who_may_ask_is_told_whether_a_code_has_signed_in_and_since_which_day() {
    let (fx, _) = Effects::scripted(NOW, 1);
    let node = node(&fx);
    let _recorded = Recorded::at(&node, &fx, "told").await;
    let inps = basic("inps", SECRET);
    for (code, told) in [
        ("RSSMRA80A01H501U", json!({"known": true, "since": "2020-11-14"})),
        ("rssmra80a01h501u", json!({"known": true, "since": "2020-11-14"})),
        ("RSSMRA80A01H50MM", json!({"known": false})),
        ("LVLDAA85T50G702B", json!({"known": false})),
    ] {
        let reply = ask(&node, &inps, &[("codice_fiscale", code)]).await;
        assert_eq!((reply.status, reply.header("cache-control")), (200, Some("no-store")));
        assert_eq!(reply.json(), told, "{code}");
    }
}

#[actix_web::test]
async fn nobody_else_learns_who_has_signed_in() {
    let (fx, _) = Effects::scripted(NOW, 1);
    let node = node(&fx);
    let _recorded = Recorded::at(&node, &fx, "nobody").await;
    let inps = basic("inps", SECRET);
    let refused = ask(&node, &basic("lavoro", SECRET), &[MARIO]).await;
    assert_eq!((refused.status, refused.error().as_str()), (403, "unauthorized_client"));
    let guessed = ask(&node, &basic("inps", "another secret of some length"), &[MARIO]).await;
    assert_eq!((guessed.status, guessed.error().as_str()), (401, "invalid_client"));
    let head = format!("POST /first-login HTTP/1.1\r\n{FORM}");
    let public = node.send(&head, &form(&[("client_id", "app"), MARIO])).await;
    assert_eq!((public.status, public.error().as_str()), (403, "unauthorized_client"));
    for fields in [
        &[][..],
        &[("codice_fiscale", "RSSMRA80A01H501X")],
        &[MARIO, MARIO],
        &[("codice_fiscale", "")],
    ] {
        let reply = ask(&node, &inps, fields).await;
        assert_eq!((reply.status, reply.error().as_str()), (400, "invalid_request"), "{fields:?}");
        assert!(!reply.body.contains("RSSMRA"), "{}", reply.body);
    }
    assert_eq!(node.get("/first-login?codice_fiscale=RSSMRA80A01H501U").await.status, 405);
}

#[actix_web::test]
async fn sixty_questions_a_minute_are_enough() {
    let (fx, clock) = Effects::scripted(NOW, 1);
    let node = node(&fx);
    let _recorded = Recorded::at(&node, &fx, "sixty").await;
    let inps = basic("inps", SECRET);
    for _ in 0..60 {
        assert_eq!(ask(&node, &inps, &[MARIO]).await.status, 200);
    }
    assert_eq!(ask(&node, &inps, &[MARIO]).await.status, 429);
    clock.advance(std::time::Duration::from_secs(61));
    assert_eq!(ask(&node, &inps, &[MARIO]).await.status, 200);
}

#[actix_web::test]
async fn without_a_record_nobody_is_told_that_somebody_never_came() {
    let (fx, _) = Effects::scripted(NOW, 1);
    let node = node(&fx);
    let inps = basic("inps", SECRET);
    assert_eq!(ask(&node, &inps, &[MARIO]).await.status, 503, "first logins are not recorded");
    let recorded = Recorded::at(&node, &fx, "closed").await;
    recorded.0.close().await;
    assert_eq!(ask(&node, &inps, &[MARIO]).await.status, 503, "the registry is away");
}
