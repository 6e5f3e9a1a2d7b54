//! Logout tokens and their delivery (OP-LO-4, OP-LO-5).

use std::time::Duration;

use super::*;
use crate::crypto::keyring::KeyRing;
use crate::effects::{Fetched, OutboundFault};
use crate::login::tests::{MARIO, NOW, World, client, sid_of, world};
use crate::login::{Channel, Cookies};
use crate::oidc::client::{LogoutChannel, SubjectType};
use crate::terms::Level;

struct Node {
    world: World,
    provider: Arc<Provider>,
    folder: std::path::PathBuf,
}

impl Drop for Node {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

impl Node {
    fn new(name: &str, uri: &str) -> Self {
        let inps = client("inps", |client| {
            client.subject_type = SubjectType::FiscalCode;
            client.protocol.backchannel_logout =
                Some(LogoutChannel { uri: uri.to_owned(), session_required: true });
        });
        let world = world(vec![inps]);
        let folder = std::env::temp_dir().join(format!("varco-told-{}-{name}", std::process::id()));
        world.broker.issuer.replace_ring(KeyRing::create(&folder, &world.broker.fx, true).unwrap());
        let provider = Arc::new(Provider::new(world.broker.clone()));
        Self { world, provider, folder }
    }

    /// Somebody signs in and out; the name of the grant.
    async fn logged_out(&self) -> Handle {
        let mut browser = Cookies::default();
        let login = self.world.sign_in("inps", &mut browser, MARIO, Level::L2).await;
        let sid = sid_of(&login);
        let sids = std::slice::from_ref(&sid);
        self.world.broker.end(sids, None, None, Channel::Service).await.unwrap();
        sid
    }

    fn answers(&self, status: u16) {
        self.world.outbound.answer(Ok(Fetched {
            status,
            media_type: None,
            etag: None,
            last_modified: None,
            body: Vec::new(),
        }));
    }

    async fn tell_after(&self, pause: Duration) -> usize {
        self.world.clock.advance(pause);
        self.provider.tell_due().await.unwrap();
        self.world.outbound.asked().len()
    }
}

fn token_of(posted: &FetchRequest) -> String {
    let body = posted.body.as_ref().unwrap();
    assert_eq!(body.media_type, "application/x-www-form-urlencoded");
    let body = String::from_utf8(body.octets.to_vec()).unwrap();
    body.strip_prefix("logout_token=").unwrap().to_owned()
}

const URI: &str = "https://inps.example/backchannel";

#[tokio::test]
async fn a_logout_token_says_what_it_must_and_nothing_more() {
    let node = Node::new("token", URI);
    let sid = node.logged_out().await;
    node.answers(200);
    assert_eq!(node.tell_after(Duration::ZERO).await, 1);
    let posted = &node.world.outbound.asked()[0];
    assert_eq!(posted.url.to_string(), URI);
    assert_eq!(posted.limits.time, Duration::from_secs(5));
    let token = token_of(posted);
    let token = token.as_str();
    let header = jsonwebtoken::decode_header(token).unwrap();
    assert_eq!(header.typ.as_deref(), Some("logout+jwt"));
    let jwks: jsonwebtoken::jwk::JwkSet =
        serde_json::from_str(node.world.broker.issuer.ring().publish()).unwrap();
    let key = jwks.find(&header.kid.unwrap()).unwrap();
    let mut validation = jsonwebtoken::Validation::new(header.alg);
    (validation.validate_exp, validation.validate_aud) = (false, false);
    let key = jsonwebtoken::DecodingKey::from_jwk(key).unwrap();
    let claims =
        jsonwebtoken::decode::<serde_json::Value>(token, &key, &validation).unwrap().claims;
    let mut names: Vec<&str> = claims.as_object().unwrap().keys().map(String::as_str).collect();
    names.sort_unstable();
    assert_eq!(names, ["aud", "events", "exp", "iat", "iss", "jti", "sid", "sub"]);
    assert_eq!(claims["iss"], "https://varco.example");
    assert_eq!(claims["aud"], "inps");
    assert_eq!(claims["sid"], sid.reveal());
    assert_eq!(claims["sub"], "RSSMRA80A01H501U");
    assert_eq!((claims["iat"].as_i64(), claims["exp"].as_i64()), (Some(NOW), Some(NOW + 120)));
    let events = json!({"http://schemas.openid.net/event/backchannel-logout": {}});
    assert_eq!(claims["events"], events);
    assert_eq!(node.tell_after(Duration::from_hours(1)).await, 1, "heard: never told again");
}

#[tokio::test]
async fn a_client_that_fails_is_told_again_ever_later_and_then_given_up() {
    let node = Node::new("again", URI);
    node.logged_out().await;
    node.answers(500);
    node.world.outbound.answer(Err(OutboundFault::TooSlow(LIMITS.time)));
    node.world.outbound.answer(Err(OutboundFault::Redirected("http://10.0.0.1/".to_owned())));
    node.answers(400);
    node.answers(503);
    assert_eq!(node.tell_after(Duration::ZERO).await, 1);
    for (told, pause) in [(1, 10), (2, 60), (3, 5 * 60), (4, 15 * 60)] {
        assert_eq!(node.tell_after(Duration::from_secs(pause - 1)).await, told, "not sooner");
        assert_eq!(node.tell_after(Duration::from_secs(1)).await, told + 1);
    }
    // Within the hour for which a notice would be kept.
    assert_eq!(node.tell_after(Duration::from_mins(50)).await, 5, "given up");
    let bodies: std::collections::BTreeSet<_> =
        node.world.outbound.asked().iter().map(token_of).collect();
    assert_eq!(bodies.len(), 5, "every token is a new one");
}

/// A node that dies in the middle of telling leaves the notice to another one.
#[tokio::test]
async fn a_notice_that_nobody_settles_is_taken_up_again() {
    let node = Node::new("orphan", URI);
    node.logged_out().await;
    let broker = &node.world.broker;
    assert_eq!(broker.due_notices().await.unwrap().len(), 1);
    assert!(broker.due_notices().await.unwrap().is_empty(), "held by who took it");
    node.world.clock.advance(Duration::from_secs(15));
    let again = broker.due_notices().await.unwrap();
    assert_eq!((again.len(), again[0].tried), (1, 2));
}

/// OP-LO-4: nobody is asked at an address inside, whatever a registration says.
#[tokio::test]
async fn no_logout_token_goes_to_a_private_address() {
    for uri in [
        "https://127.0.0.1/out",
        "https://169.254.169.254/latest",
        "https://10.1.2.3/out",
        "https://[::1]/out",
        "http://localhost/out",
        "http://inps.example/out",
    ] {
        let name = uri.replace(|c: char| !c.is_ascii_alphanumeric(), "-");
        let node = Node::new(&name, uri);
        node.logged_out().await;
        node.answers(200);
        assert_eq!(node.tell_after(Duration::ZERO).await, 0, "{uri}");
    }
}

#[tokio::test]
async fn parallel_nodes_tell_each_client_once() {
    let node = Node::new("parallel", URI);
    let broker = &node.world.broker;
    for _ in 0..10 {
        node.logged_out().await;
    }
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let broker = Arc::clone(broker);
        tasks.spawn(async move { broker.due_notices().await.unwrap().len() });
    }
    let taken: usize = tasks.join_all().await.into_iter().sum();
    assert_eq!(taken, 10);
}
