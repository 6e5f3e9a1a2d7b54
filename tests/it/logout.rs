//! Single logout over HTTP: from the portal, from Varco and from the provider, by both bindings and on
//! both stores; and messages that log nobody out (SA-64, SA-66, OP-LO-1 to OP-LO-3).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use varco::crypto::jose::SigningAlgorithm;
use varco::crypto::signer::LocalKey;
use varco::crypto::{Handle, digest};
use varco::effects::Effects;
use varco::identity::UpstreamSession;
use varco::login::{AtProviders, Broker, Channel, Onward};
use varco::saml::logout::{LogoutRequest, LogoutResponse};
use varco::saml::request::Written;
use varco::saml::{binding, names};
use varco::state::Shelf;
use varco::terms::Level;
use varco::upstream::{LogoutBody, LogoutInbound};
use varco::xml::Signer;
use varco_sandbox::browser::Browser;
use varco_sandbox::browser::html::{forms, tags};
use varco_sandbox::federation::{keys, provider_id};
use varco_sandbox::logout::{From, Left};
use varco_sandbox::saml::kind::Kind;
use varco_sandbox::{Federation, FederationOptions, LoginOptions, Outcome};

use crate::fixture_redis::RedisServer;
use crate::provider_world::{NOW, Node, Reply};

/// A federation whose broker keeps its state in memory, and one that keeps it in a real Redis.
async fn on_both_stores(binding: &str) -> [(Federation, Option<RedisServer>); 2] {
    let binding = binding.to_owned();
    let memory = FederationOptions { binding, back_channel: true, ..FederationOptions::default() };
    let server = RedisServer::start(&[]);
    let redis = FederationOptions { state: server.url(), ..memory.clone() };
    [
        (Federation::start(&memory).await.unwrap(), None),
        (Federation::start(&redis).await.unwrap(), Some(server)),
    ]
}

#[tokio::test]
async fn a_logout_from_anywhere_by_either_binding_leaves_no_session_and_no_token() {
    for binding in ["redirect", "post"] {
        for (federation, _server) in on_both_stores(binding).await {
            for (at, from) in From::ALL.into_iter().enumerate() {
                let portal = ["inps", "lavoro", "durc"][at];
                let login = LoginOptions {
                    portal: portal.to_owned(),
                    provider: at % 2,
                    ..LoginOptions::default()
                };
                let left: Left = federation.logout(from, &login, binding).await.unwrap();
                assert!(left.is_nothing(), "{binding}: {left:?}");
                let shelves = &federation.assembly().broker.shelves;
                for shelf in [Shelf::Session, Shelf::Logout] {
                    assert_eq!(shelves.walk(shelf).await.unwrap(), 0, "{shelf:?}");
                }
            }
            federation.stop().await;
        }
    }
}

#[tokio::test]
async fn a_login_above_level_1_leaves_no_session_and_costs_no_operation_more() {
    let federation = Federation::start(&FederationOptions::default()).await.unwrap();
    let shelves = &federation.assembly().broker.shelves;
    let mut browser = Browser::new(federation.http());
    for level in [Level::L2, Level::L3] {
        let login = LoginOptions { level, ..LoginOptions::default() };
        let outcome = federation.login_with(&mut browser, &login).await.unwrap();
        let Outcome::Accepted(told) = outcome else { panic!("{outcome:?}") };
        assert!(Handle::parse(told.id_token["sid"].as_str().unwrap()).is_some());
    }
    let touched = |uses: &varco::state::Uses| {
        let logout = matches!(uses.shelf, Shelf::Session | Shelf::Principal | Shelf::Logout);
        logout && uses.answered > 0
    };
    assert!(!shelves.uses().iter().any(touched));
    let portal = federation.ports().portal("inps").unwrap();
    let home = browser.open(&portal).await.unwrap();
    let page = browser.submit(&home, &forms(&home.body)[0]).await.unwrap();
    assert_eq!(page.url.as_str(), format!("{portal}/"), "straight back to the portal");
    let outlived = federation.portal("inps").unwrap().outlived().await.unwrap();
    assert!(!outlived.access_token && !outlived.code);
    federation.stop().await;
}

/// One browser, three services: all of it ends at once, and the page says so. Each service hears of it.
#[tokio::test]
async fn one_logout_ends_every_login_of_the_browser_and_no_other() {
    let options = FederationOptions { back_channel: true, ..FederationOptions::default() };
    let federation = Federation::start(&options).await.unwrap();
    let (mut mine, mut other) = (Browser::new(federation.http()), Browser::new(federation.http()));
    for portal in ["inps", "lavoro", "durc"] {
        let login = LoginOptions { portal: portal.to_owned(), ..LoginOptions::default() };
        let outcome = federation.login_with(&mut mine, &login).await.unwrap();
        assert!(matches!(outcome, Outcome::Accepted(_)), "{outcome:?}");
    }
    let ask = mine.open(&format!("{}/logout", federation.ports().issuer())).await.unwrap();
    assert!(ask.body.contains("l’accesso: 3."), "{}", ask.body);
    let outcome = federation.login_with(&mut other, &LoginOptions::default()).await.unwrap();
    assert!(matches!(outcome, Outcome::Accepted(_)), "{outcome:?}");
    // A form that was not shown to this browser ends nothing.
    let theirs = other.open(&format!("{}/logout", federation.ports().issuer())).await.unwrap();
    let refused = mine.submit(&ask, &forms(&theirs.body)[0]).await.unwrap();
    assert_eq!(refused.status, 403);
    assert!(refused.body.contains("VARCO-0711"), "{}", refused.body);
    let done = mine.submit(&ask, &forms(&ask.body)[0]).await.unwrap();
    assert!(done.url.path() == "/logout/done" && done.body.contains("data-logged-out"));
    for portal in ["inps", "lavoro", "durc"] {
        federation.portal(portal).unwrap().wait_for_logouts(1).await.unwrap();
        assert!(!is_known_at(&federation, &mut mine, portal).await, "{portal}");
    }
    assert!(is_known_at(&federation, &mut other, "inps").await);
    let again = mine.open(&format!("{}/logout", federation.ports().issuer())).await.unwrap();
    assert!(forms(&again.body).is_empty(), "nobody is signed in");
    let theirs = other.open(&format!("{}/logout", federation.ports().issuer())).await.unwrap();
    assert!(theirs.body.contains("l’accesso: 1."), "the other browser is as it was");
    federation.stop().await;
}

/// Whether the portal has a session with that browser.
async fn is_known_at(federation: &Federation, browser: &mut Browser, portal: &str) -> bool {
    let base = federation.ports().portal(portal).unwrap();
    browser.open(&format!("{base}/session.json")).await.unwrap().status == 200
}

#[tokio::test]
async fn a_portal_forgets_nobody_for_a_token_that_the_broker_did_not_sign() {
    let options = FederationOptions { back_channel: true, ..FederationOptions::default() };
    let federation = Federation::start(&options).await.unwrap();
    let mut browser = Browser::new(federation.http());
    let outcome = federation.login_with(&mut browser, &LoginOptions::default()).await.unwrap();
    let Outcome::Accepted(told) = outcome else { panic!("{outcome:?}") };
    let (base, now) = (federation.ports().portal("inps").unwrap(), Effects::real().now());
    let claims = json!({
        "iss": federation.ports().issuer(),
        "aud": "inps",
        "iat": now.unix_seconds(),
        "exp": now.unix_seconds() + 60,
        "jti": "1",
        "sid": told.id_token["sid"],
        "events": { "http://schemas.openid.net/event/backchannel-logout": {} },
    });
    let part = |value: &Value| digest::base64url(value.to_string().as_bytes());
    let unsigned = part(&json!({"alg": "none", "typ": "logout+jwt"}));
    let foreign = LocalKey::generate(SigningAlgorithm::ES256).unwrap();
    let foreign = LocalKey::from_pkcs8(SigningAlgorithm::ES256, &foreign).unwrap();
    let tokens = [
        "nonsense".to_owned(),
        format!("{unsigned}.{}.", part(&claims)),
        foreign.sign(claims.to_string().as_bytes()).unwrap(),
    ];
    for token in tokens {
        let sent = federation.http().post(format!("{base}/backchannel"));
        let answer = sent.form(&[("logout_token", &token)]).send().await.unwrap();
        assert_eq!(answer.status(), 400, "{token}");
    }
    assert!(is_known_at(&federation, &mut browser, "inps").await);
    assert_eq!(federation.portal("inps").unwrap().logouts(), 0);
    federation.stop().await;
}

/// A provider that never comes back traps nobody: everything here ended before, and a link goes on.
#[tokio::test]
async fn nobody_waits_for_a_provider() {
    let federation = Federation::start(&FederationOptions::default()).await.unwrap();
    let mut browser = Browser::new(federation.http());
    let login = LoginOptions { level: Level::L1, ..LoginOptions::default() };
    federation.login_with(&mut browser, &login).await.unwrap();
    let portal = federation.ports().portal("inps").unwrap();
    let home = browser.open(&portal).await.unwrap();
    let leave = browser.submit(&home, &forms(&home.body)[0]).await.unwrap();
    assert_eq!(leave.url.path(), "/logout/leave");
    let outlived = federation.portal("inps").unwrap().outlived().await.unwrap();
    assert!(!outlived.access_token && !outlived.code, "before the provider heard of it");
    let reloaded = browser.open(leave.url.as_str()).await.unwrap();
    assert_eq!(reloaded.status, 200, "the back button finds the page");
    let tags = tags(&leave.body);
    let skip = tags.iter().find(|tag| tag.get("id") == Some("skip")).unwrap();
    let page = browser.follow(&leave, skip.get("href").unwrap()).await.unwrap();
    assert_eq!(page.url.as_str(), format!("{portal}/"));
    let again = browser.open(leave.url.as_str()).await.unwrap();
    assert_eq!(again.status, 400, "a logout that is over does not begin again");
    federation.stop().await;
}

// ------------------------------------------------------------------ messages of a provider, by hand

/// The first sample provider, as far as an attacker or a test needs it.
struct Hand<'f> {
    federation: &'f Federation,
    idp: [String; 2],
    slo: String,
}

impl<'f> Hand<'f> {
    fn of(federation: &'f Federation) -> Self {
        let ports = federation.ports();
        Self {
            federation,
            idp: [0, 1].map(|nth| provider_id(&ports, Kind::Spid, nth).unwrap()),
            slo: format!("{}/saml/slo", ports.issuer()),
        }
    }

    fn broker(&self) -> &Broker {
        &self.federation.assembly().broker
    }

    /// Somebody signed in at level 1; the provider's words for the session.
    async fn signed_in(&self, browser: &mut Browser) -> (String, String) {
        let login = LoginOptions { level: Level::L1, ..LoginOptions::default() };
        let outcome = self.federation.login_with(browser, &login).await.unwrap();
        assert!(matches!(outcome, Outcome::Accepted(_)), "{outcome:?}");
        let address = format!("{}/sessions.json", self.idp[0]);
        let text = self.federation.http().get(address).send().await.unwrap().text().await.unwrap();
        let all: Value = serde_json::from_str(&text).unwrap();
        let last = all.as_array().unwrap().last().unwrap().clone();
        let text = |name: &str| last[name].as_str().unwrap().to_owned();
        (text("name_id"), text("session_index"))
    }

    async fn signer(&self, provider: usize) -> Signer {
        keys().await.unwrap().providers.signer(provider).unwrap()
    }

    fn request(&self, issuer: usize, name: &str, index: &str) -> (String, Written) {
        let fx = Effects::real();
        let id = varco::saml::request::fresh_id(&fx);
        let issuer = &self.idp[issuer];
        let written = LogoutRequest {
            id: &id,
            issued_at: fx.now(),
            destination: &self.slo,
            issuer,
            name_id: name,
            name_qualifier: issuer,
            session_index: index,
        }
        .write();
        (id, written)
    }

    /// Sends a message by GET; the page or the status of the redirection.
    async fn send(&self, query: &str) -> (u16, String) {
        let address = format!("{}?{query}", self.slo);
        let answer = self.federation.http().get(address).send().await.unwrap();
        let onward = answer.headers().get("location").map(|to| to.to_str().unwrap().to_owned());
        (answer.status().as_u16(), onward.unwrap_or(answer.text().await.unwrap()))
    }

    async fn post(&self, fields: &[(String, String)]) -> (u16, String) {
        let body =
            url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let answer = self
            .federation
            .http()
            .post(&self.slo)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(body)
            .send()
            .await
            .unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }

    async fn open_sessions(&self) -> u64 {
        self.broker().shelves.walk(Shelf::Session).await.unwrap()
    }
}

fn query(message: &Written, signer: &Signer) -> String {
    let address = binding::redirect("https://x.example/", message, "", signer).unwrap();
    address.split_once('?').unwrap().1.to_owned()
}

/// SA-66 over HTTP: a genuine key for somebody else's session, wrong names, no signature, a replay.
/// Whoever asks learns nothing about whether there was a session.
#[tokio::test]
async fn nobody_logs_others_out_with_a_message() {
    for (federation, _server) in on_both_stores("redirect").await {
        let hand = Hand::of(&federation);
        let mut browser = Browser::new(federation.http());
        let (name, index) = hand.signed_in(&mut browser).await;
        let (alfa, beta) = (hand.signer(0).await, hand.signer(1).await);
        // The key of another provider, in its own name or in that of the victim's.
        let (_, own) = hand.request(1, &name, &index);
        let (_, forged) = hand.request(0, &name, &index);
        let (status, page) = hand.send(&query(&forged, &beta)).await;
        assert!(status == 403 && page.contains("VARCO-0703"), "{status}: {page}");
        let (status, answered) = hand.send(&query(&own, &beta)).await;
        assert_eq!(status, 302, "Beta is told Success about a session that it does not have");
        assert!(answered.starts_with(&format!("{}/slo?SAMLResponse=", hand.idp[1])));
        // The right provider, but another person or another session.
        for (name, index) in [("_nobody", index.as_str()), (name.as_str(), "_no-session")] {
            let (status, answered) =
                hand.send(&query(&hand.request(0, name, index).1, &alfa)).await;
            assert_eq!(status, 302, "the answer is the same as for a session that was there");
            assert!(answered.starts_with(&format!("{}/slo?SAMLResponse=", hand.idp[0])));
        }
        // Unsigned, by both bindings.
        let (id, genuine) = hand.request(0, &name, &index);
        let unsigned = [(names::SAML_REQUEST.to_owned(), STANDARD.encode(&genuine.text))];
        let (status, page) = hand.post(&unsigned).await;
        assert!(status == 403 && page.contains("VARCO-0702"), "{status}: {page}");
        let signed = query(&genuine, &alfa);
        let (bare, _) = signed.split_once("&SigAlg").unwrap();
        let (status, page) = hand.send(bare).await;
        assert!(status == 403 && page.contains("VARCO-0702"), "{status}: {page}");
        // Changed on the way (SA-64).
        let rewritten = signed.replace("%2F", "%2f");
        assert_ne!(rewritten, signed);
        let (status, page) = hand.send(&rewritten).await;
        assert!(status == 403 && page.contains("VARCO-0703"), "{status}: {page}");
        assert_eq!(hand.open_sessions().await, 1, "nobody was logged out by any of these");
        // The genuine one ends it, by either binding once.
        let (status, _) = hand.send(&signed).await;
        assert_eq!((status, hand.open_sessions().await), (302, 0));
        let (status, page) = hand.send(&signed).await;
        assert!(status == 403 && page.contains("VARCO-0709"), "{status}: {page}");
        let posted = binding::post(&genuine, &id, "", &alfa).unwrap();
        let (status, page) = hand.post(&posted).await;
        assert!(status == 403 && page.contains("VARCO-0709"), "{status}: {page}");
        assert!(!page.contains(&name), "no page shows what the provider calls the person");
        let outlived = federation.portal("inps").unwrap().outlived().await.unwrap();
        assert!(!outlived.access_token && !outlived.code);
        federation.stop().await;
    }
}

/// Without a `SessionIndex` every session of that name ends; by POST the answer posts itself.
#[tokio::test]
async fn a_provider_may_end_all_sessions_of_a_person_at_once() {
    let federation = Federation::start(&FederationOptions::default()).await.unwrap();
    let hand = Hand::of(&federation);
    let (name, index) = hand.signed_in(&mut Browser::new(federation.http())).await;
    hand.signed_in(&mut Browser::new(federation.http())).await;
    let (id, mut all) = hand.request(0, &name, &index);
    all.text = all.text.replace(&format!("<samlp:SessionIndex>{index}</samlp:SessionIndex>"), "");
    let fields = binding::post(&all, &id, "its own state", &hand.signer(0).await).unwrap();
    let (status, page) = hand.post(&fields).await;
    assert_eq!(status, 200);
    let form = &forms(&page)[0];
    assert_eq!(form.action, format!("{}/slo", hand.idp[0]));
    let field = |name: &str| {
        form.fields.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone())
    };
    assert_eq!(field("RelayState").as_deref(), Some("its own state"));
    let answer = String::from_utf8(STANDARD.decode(field("SAMLResponse").unwrap()).unwrap());
    let answer = answer.unwrap();
    assert!(answer.contains(&format!("InResponseTo=\"{id}\"")));
    assert!(answer.contains("status:Success") && answer.contains("<ds:Signature"));
    assert_eq!(hand.open_sessions().await, 1, "the other login has another name");
    federation.stop().await;
}

/// A response that answers nothing, something else, or comes from somebody else moves nothing; the
/// genuine one goes on, once. A refusal of the provider is a logout here all the same.
#[tokio::test]
async fn only_the_answer_to_our_request_goes_on() {
    let federation = Federation::start(&FederationOptions::default()).await.unwrap();
    let hand = Hand::of(&federation);
    let mut browser = Browser::new(federation.http());
    hand.signed_in(&mut browser).await;
    let portal = federation.ports().portal("inps").unwrap();
    let home = browser.open(&portal).await.unwrap();
    let leave = browser.submit(&home, &forms(&home.body)[0]).await.unwrap();
    let ticket = leave.url.query_pairs().find(|(name, _)| name == "ticket").unwrap().1.into_owned();
    let tags = tags(&leave.body);
    let href = tags.iter().find(|tag| tag.get("id") == Some("onward")).unwrap().get("href");
    let asked = url::Url::parse(href.unwrap()).unwrap();
    let value =
        |name: &str| asked.query_pairs().find(|(known, _)| known == name).unwrap().1.into_owned();
    assert_eq!(value("RelayState"), ticket);
    let message = STANDARD.decode(value("SAMLRequest")).unwrap();
    let message = binding::inflate(&message).unwrap();
    let id = message.split(" ID=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let answer = |issuer: usize, in_response_to: &str| {
        let fx = Effects::real();
        LogoutResponse {
            id: "_answer",
            issued_at: fx.now(),
            destination: &hand.slo,
            issuer: &hand.idp[issuer],
            in_response_to,
        }
        .write()
    };
    let (alfa, beta) = (hand.signer(0).await, hand.signer(1).await);
    let sent = |message: &Written, state: &str, signer: &Signer| {
        let address = binding::redirect("https://x.example/", message, state, signer).unwrap();
        address.split_once('?').unwrap().1.to_owned()
    };
    let nobody = Handle::fresh(&Effects::real());
    for query in [
        sent(&answer(0, "_another"), &ticket, &alfa),
        sent(&answer(1, &id), &ticket, &beta),
        sent(&answer(0, &id), nobody.reveal(), &alfa),
        sent(&answer(0, &id), "", &alfa),
    ] {
        let (status, page) = hand.send(&query).await;
        assert!(status == 403 && page.contains("VARCO-0707"), "{status}: {page}");
    }
    let mut partial = answer(0, &id);
    partial.text = partial.text.replace("status:Success", "status:Requester");
    let genuine = sent(&partial, &ticket, &alfa);
    assert_eq!(hand.send(&genuine).await, (303, format!("{portal}/")));
    let (status, page) = hand.send(&genuine).await;
    assert!(status == 403 && page.contains("VARCO-0707"), "an answer counts once: {page}");
    federation.stop().await;
}

// ------------------------------------------------------------------------------- the verbs themselves

fn session(provider: &str, index: &str) -> UpstreamSession {
    UpstreamSession {
        upstream: "spid".to_owned(),
        tenant: "default".to_owned(),
        provider: provider.to_owned(),
        name_id: "_name".to_owned(),
        name_qualifier: provider.to_owned(),
        session_index: index.to_owned(),
        given: None,
    }
}

#[test]
fn a_session_shows_no_name_in_a_log() {
    let text = format!("{:?}", session("https://idp.example", "_index"));
    assert!(!text.contains("_name") && !text.contains("_index"), "{text}");
}

/// A code that was not redeemed before the logout gives nothing after it.
#[actix_web::test]
async fn a_code_that_was_not_redeemed_dies_with_the_login() {
    let (fx, _) = Effects::scripted(NOW, 1);
    let node = Node::in_memory(&fx);
    let (code, sid) = node.code_and_sid("inps", &[]).await;
    let onward =
        node.broker.end(std::slice::from_ref(&sid), None, None, Channel::Person).await.unwrap();
    let Onward::Done(end) = onward else { panic!("no provider keeps a session at level 2") };
    assert!(end.then.is_none() && end.providers == AtProviders::Unknown);
    let refused = node.redeem("inps", &code, &[]).await;
    assert_eq!((refused.status, refused.error().as_str()), (400, "invalid_grant"));
    assert!(node.broker.has_ended(&sid).await.unwrap());
    node.broker.end(&[sid], None, None, Channel::Person).await.unwrap();
}

async fn signed_in(node: &Node) -> (Value, String) {
    let code = node.code("inps", &[]).await;
    let tokens = node.redeem("inps", &code, &[]).await.json();
    let token = tokens["access_token"].as_str().unwrap().to_owned();
    (tokens, token)
}

async fn end_session(node: &Node, fields: &[(&str, &str)], cookie: &str) -> Reply {
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    node.send(&format!("GET /end_session?{query} HTTP/1.1\r\nCookie: {cookie}"), "").await
}

/// OP-LO-1, and the conformance plan of RP-initiated logout.
#[actix_web::test]
async fn a_browser_goes_only_where_the_service_registered() {
    let (fx, _) = Effects::scripted(NOW, 1);
    let node = Node::in_memory(&fx);
    let (tokens, token) = signed_in(&node).await;
    let hint = tokens["id_token"].as_str().unwrap();
    for wrong in [
        "https://inps.test/bye?foo=bar",
        "https://inps.test/bye/",
        "https://inps.test/bye#",
        "HTTPS://inps.test/bye",
        "https://inps.test:443/bye",
        "https://inps.test@evil.test/bye",
        "https://lavoro.test/bye",
        "https://rp.test/cb",
        "javascript:alert(1)",
        "//inps.test/bye",
    ] {
        let asked = [("id_token_hint", hint), ("post_logout_redirect_uri", wrong)];
        let reply = end_session(&node, &asked, "").await;
        assert_eq!(reply.status, 400, "{wrong}: {reply:?}");
        assert!(reply.header("location").is_none() && reply.body.contains("VARCO-0713"), "{wrong}");
    }
    for repeated in [
        [("id_token_hint", hint), ("state", "a"), ("state", "b")],
        [("id_token_hint", hint), ("client_id", "lavoro"), ("state", "a")],
    ] {
        let reply = end_session(&node, &repeated, "").await;
        assert!(reply.status == 400 && reply.body.contains("VARCO-0712"), "{reply:?}");
    }
    assert_eq!(node.userinfo(&token).await.status, 200, "none of these ended anything");
    let asked = [
        ("id_token_hint", hint),
        ("client_id", "inps"),
        ("post_logout_redirect_uri", "https://inps.test/bye"),
        ("state", "a b&c"),
    ];
    let reply = end_session(&node, &asked, "").await;
    assert_eq!(reply.status, 303);
    assert_eq!(reply.header("location"), Some("https://inps.test/bye?state=a+b%26c"));
    let cookie = reply.header("set-cookie").unwrap();
    assert!(cookie.starts_with("__Host-varco_sessions=;") && cookie.contains("Max-Age=0"));
    assert_eq!(node.userinfo(&token).await.status, 401);
    let again = end_session(&node, &asked, "").await;
    assert_eq!(again.status, 303, "leaving twice does no harm");
}

/// OP-LO-2 and OP-LO-3: a hint that is no token of ours, or is not this browser's, asks the person.
#[actix_web::test]
async fn without_a_hint_that_fits_the_person_is_asked() {
    let (fx, clock) = Effects::scripted(NOW, 1);
    let node = Node::in_memory(&fx);
    let (tokens, token) = signed_in(&node).await;
    let hint = tokens["id_token"].as_str().unwrap();
    let (head, rest) = hint.split_once('.').unwrap();
    let (body, signature) = rest.split_once('.').unwrap();
    let coded =
        |value: Value| base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(value.to_string());
    let none = format!("{}.{body}.", coded(json!({"alg": "none", "typ": "JWT"})));
    let other_body = format!("{head}.{}.{signature}", coded(json!({"iss": "x"})));
    let to = ("post_logout_redirect_uri", "https://inps.test/bye");
    for bad in ["", "x", none.as_str(), other_body.as_str(), token.as_str()] {
        let reply = end_session(&node, &[("id_token_hint", bad), to], "").await;
        assert_eq!((reply.status, reply.header("location")), (303, Some("/logout")), "{bad}");
    }
    for fields in [vec![], vec![to], vec![to, ("client_id", "inps")], vec![("state", "x")]] {
        let reply = end_session(&node, &fields, "").await;
        assert_eq!((reply.status, reply.header("location")), (303, Some("/logout")));
    }
    let german = end_session(&node, &[("ui_locales", "ja de-AT en")], "").await;
    assert_eq!(german.header("location"), Some("/logout?lang=de"));
    let somebody = format!("__Host-varco_sessions={}", Handle::fresh(&fx).reveal());
    let reply = end_session(&node, &[("id_token_hint", hint), to], &somebody).await;
    assert_eq!(reply.header("location"), Some("/logout"), "another browser's login");
    assert_eq!(node.userinfo(&token).await.status, 200, "none of these ended anything");
    clock.advance(std::time::Duration::from_mins(8));
    let reply = end_session(&node, &[("id_token_hint", hint), to], "").await;
    assert_eq!(reply.header("location"), Some("https://inps.test/bye"), "expired is no hindrance");
    assert_eq!(node.userinfo(&token).await.status, 401);
}

#[actix_web::test]
async fn discovery_says_where_to_log_out() {
    let (fx, _) = Effects::scripted(NOW, 1);
    let node = Node::in_memory(&fx);
    let document = node.get("/.well-known/openid-configuration").await.json();
    assert_eq!(document["end_session_endpoint"], "https://broker.test/end_session");
}

/// A logout message where nobody is told of logouts is an address like any other that is not there.
#[actix_web::test]
async fn a_message_at_an_address_that_no_upstream_has_is_refused() {
    let (fx, _) = Effects::scripted(NOW, 1);
    let node = Node::in_memory(&fx);
    let inbound =
        LogoutInbound { path: "/saml/slo".to_owned(), body: LogoutBody::Query(String::new()) };
    let fault = node.broker.hear(inbound).await.unwrap_err();
    assert_eq!(fault.row().slug, "logout-malformed");
    let gone = node.broker.leave(&Handle::fresh(&fx)).await;
    assert_eq!(gone.unwrap_err().row().slug, "logout-gone");
}
