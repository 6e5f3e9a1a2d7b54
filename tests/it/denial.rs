//! Requests that are made to be expensive, and honest people beside them (attack rows OP-CA-6, OP-DS-1 to
//! OP-DS-5 and OP-DS-7).
//!
//! Not a measurement: how much one node carries is measured by the benches.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use varco::effects::Effects;
use varco::state::{MemoryStore, Store};
use varco_sandbox::federation::Prepared;

use crate::addresses::{ADDRESSES, connected, exchanged};
use crate::provider_world::{FORM, NOW, Node, SECRET, asked, basic, form};
use crate::saml_acs::all;
use crate::saml_world::{FIRST, World, mario};

/// The addresses that read what is posted.
const READING: [&str; 9] = [
    "/authorize",
    "/end_session",
    "/introspect",
    "/logout",
    "/par",
    "/revoke",
    "/saml/acs",
    "/token",
    "/userinfo",
];

/// More than any address takes.
const ENOUGH: usize = 1024 * 1024;

/// The end of every test.
async fn and_people_sign_in(world: &World) {
    let told = world.visitor().sign_in("inps", FIRST, &mario()).await;
    assert_eq!(told["userinfo"]["given_name"], "Mario");
}

/// The status of the answer to a POST; what hangs up has none.
async fn posted(prepared: &Prepared, path: &str, lines: &str, body: &[u8]) -> Option<u16> {
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: localhost\r\n{FORM}\r\nConnection: close\r\n{lines}\r\n\r\n"
    );
    let octets = [head.as_bytes(), body].concat();
    exchanged(prepared, &octets).await.map(|reply| reply.status)
}

/// OP-DS-1.
#[tokio::test]
async fn no_address_reads_more_of_a_body_than_it_takes() {
    let world = World::start("memory").await;
    let filled = vec![b'a'; ENOUGH];
    let mut fields = String::new();
    for number in 0..100_000 {
        write!(fields, "a{number}=&").unwrap();
    }
    // At once: whoever was refused may be waited for, in case he reads the answer.
    let at_each = ADDRESSES.iter().map(async |(path, _)| {
        // Announced and not sent: nobody waits for it.
        let announced = posted(&world.prepared, path, "Content-Length: 100000000", b"a=b").await;
        assert!(
            announced.is_some_and(|status| (400..500).contains(&status)),
            "{path} {announced:?}"
        );
        if READING.contains(path) {
            assert_eq!(announced, Some(413), "{path}");
        }
        // Sent without an end: the limit ends it.
        let mut stream = connected(&world.prepared).await;
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: localhost\r\n{FORM}\r\nTransfer-Encoding: chunked\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        let chunk = [b"10000\r\n".as_slice(), filled.get(..0x10000).unwrap(), b"\r\n"].concat();
        let (mut reading, mut writing) = stream.into_split();
        let endless = tokio::spawn(async move { while writing.write_all(&chunk).await.is_ok() {} });
        let mut answer = [0; 12];
        reading.read_exact(&mut answer).await.unwrap_or_else(|fault| panic!("{path}: {fault}"));
        assert!(answer.starts_with(b"HTTP/1.1 4"), "{path}");
        endless.abort();
    });
    all(at_each).await;
    for path in READING {
        let length = format!("Content-Length: {}", fields.len());
        assert_eq!(
            posted(&world.prepared, path, &length, fields.as_bytes()).await,
            Some(413),
            "{path}"
        );
        // A length that is a lie, and two that differ.
        for lines in
            ["Content-Length: -1", "Content-Length: 1\r\nContent-Length: 2", "Content-Length: x"]
        {
            assert_eq!(
                posted(&world.prepared, path, lines, b"a=b").await,
                Some(400),
                "{path} {lines}"
            );
        }
        // What comes after the announced end is another request, and none that can be read.
        let reply = posted(&world.prepared, path, "Content-Length: 3", b"a=bGARBAGE\r\n\r\n").await;
        assert!(reply.is_some_and(|status| status < 500), "{path} {reply:?}");
        let both = "Content-Length: 3\r\nTransfer-Encoding: chunked";
        let reply = posted(&world.prepared, path, both, b"0\r\n\r\n").await;
        assert!(reply.is_none_or(|status| (400..500).contains(&status)), "{path} {reply:?}");
    }
    and_people_sign_in(&world).await;
    world.stop().await;
}

/// OP-DS-1.
#[tokio::test]
async fn a_head_of_a_megabyte_or_a_thousand_lines_is_no_request() {
    let world = World::start("memory").await;
    let long = "a".repeat(ENOUGH);
    let mut lines = String::new();
    for number in 0..1_000 {
        write!(lines, "X-{number}: a\r\n").unwrap();
    }
    for head in [
        format!("GET / HTTP/1.1\r\nHost: localhost\r\nX-Long: {long}\r\n\r\n"),
        format!("GET / HTTP/1.1\r\nHost: localhost\r\nCookie: {long}\r\n\r\n"),
        format!("GET /authorize?{long} HTTP/1.1\r\nHost: localhost\r\n\r\n"),
        format!("{long} / HTTP/1.1\r\nHost: localhost\r\n\r\n"),
        format!("GET / HTTP/1.1\r\nHost: localhost\r\n{lines}\r\n"),
    ] {
        let status = exchanged(&world.prepared, head.as_bytes()).await.map(|reply| reply.status);
        assert!(status.is_none_or(|status| (400..500).contains(&status)), "{status:?}");
    }
    and_people_sign_in(&world).await;
    world.stop().await;
}

/// OP-DS-4: nothing is inflated, so nothing can be a bomb.
#[tokio::test]
async fn a_body_that_is_encoded_is_refused_before_it_is_read() {
    let world = World::start("memory").await;
    let at_each = ADDRESSES.iter().map(async |(path, _)| {
        for how in [
            "gzip",
            "br",
            "zstd",
            "deflate",
            "identity, gzip",
            "identity\r\nContent-Encoding: gzip",
            "x",
        ] {
            let lines = format!("Content-Encoding: {how}\r\nContent-Length: 3");
            let status = posted(&world.prepared, path, &lines, b"a=b").await;
            assert_eq!(status, Some(415), "{path} {how}");
        }
    });
    all(at_each).await;
    let lines = "Content-Encoding: gzip\r\nContent-Length: 100000000";
    assert_eq!(
        posted(&world.prepared, "/token", lines, b"").await,
        Some(415),
        "nothing was sent yet"
    );
    let lines = "Content-Encoding: identity\r\nContent-Length: 3";
    assert_eq!(posted(&world.prepared, "/par", lines, b"a=b").await, Some(401));
    and_people_sign_in(&world).await;
    world.stop().await;
}

/// OP-DS-7: everything is read once, from front to back; no expression is matched by trying again, and no
/// table is filled with keys that a stranger chose.
#[tokio::test]
async fn what_is_hard_to_read_costs_no_more_than_its_octets() {
    let world = World::start("memory").await;
    let full = 60_000;
    let nested = |open: &str| open.repeat(full / open.len());
    let bodies = [
        nested("a&"),
        nested("&"),
        nested("%25"),
        nested("%"),
        nested("+="),
        nested("a[b]["),
        format!("client_id=inps&claims={}", nested("[")),
        format!("client_id=inps&claims={}", nested("{\"a\":")),
        format!("client_id=inps&scope={}", nested("a+")),
        format!("client_id=inps&ui_locales={}", nested("a-")),
        format!("client_id=inps&redirect_uri=https://{}", nested("a.")),
        format!("client_id=inps&request={}", nested(".")),
        format!("client_id=inps&client_assertion={}", nested("e30.")),
        format!("SAMLResponse={}", nested("PG")),
    ];
    for path in READING {
        for body in &bodies {
            let begun = Instant::now();
            let length = format!("Content-Length: {}", body.len());
            let status = posted(&world.prepared, path, &length, body.as_bytes()).await;
            let (start, _) = body.split_at(20);
            assert!(status.is_some_and(|status| status < 500), "{path} {start} {status:?}");
            // A slow machine, other tests beside, no optimisation: what is not linear takes minutes.
            assert!(
                begun.elapsed() < Duration::from_secs(5),
                "{path} {start} {:?}",
                begun.elapsed()
            );
        }
    }
    and_people_sign_in(&world).await;
    world.stop().await;
}

/// OP-DS-2: hundreds of connections that send the half of a head or of a body, or read nothing.
#[tokio::test]
async fn people_sign_in_beside_connections_that_never_finish() {
    let world = World::start("memory").await;
    let mut open = Vec::new();
    for number in 0..400 {
        let mut stream = connected(&world.prepared).await;
        let text = match number % 4 {
            0 => "GET /authorize?client_id=inps HTTP/1.1\r\nHost: localhost\r\nX-".to_owned(),
            1 => format!(
                "POST /token HTTP/1.1\r\nHost: localhost\r\n{FORM}\r\nContent-Length: 999\r\n\r\na="
            ),
            2 => format!(
                "POST /saml/acs HTTP/1.1\r\nHost: localhost\r\n{FORM}\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n"
            ),
            _ => "GET /static/fonts/titillium-web-700.woff2 HTTP/1.1\r\nHost: localhost\r\n\r\n"
                .repeat(50),
        };
        stream.write_all(text.as_bytes()).await.unwrap();
        open.push(stream);
    }
    for _ in 0..5 {
        let begun = Instant::now();
        and_people_sign_in(&world).await;
        assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
    }
    drop(open);
    world.stop().await;
}

/// OP-DS-3.
#[tokio::test]
async fn http_2_is_not_spoken_and_cannot_be_agreed() {
    let world = World::start("memory").await;
    // With prior knowledge, and then as many streams as there are.
    let mut preface = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0".to_vec();
    preface.extend(b"\0\0\x04\x03\0\0\0\0\x01\0\0\0\x08".repeat(10_000));
    let reply = exchanged(&world.prepared, &preface).await;
    assert!(reply.is_none_or(|reply| (400..500).contains(&reply.status)));
    let upgrade =
        b"GET /jwks HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade, HTTP2-Settings, close\r\n\
                    Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n\r\n";
    let reply = exchanged(&world.prepared, upgrade).await.unwrap();
    assert_eq!((reply.status, reply.header("upgrade")), (200, None));
    let lock = include_str!("../../Cargo.lock");
    assert!(!lock.contains("name = \"h2\""), "nothing here can read its frames");
    and_people_sign_in(&world).await;
    world.stop().await;
}

/// OP-DS-5: nobody is counted by address, so five hundred people behind one are served like one; and when
/// logins that nobody ends have filled the store, those under way still end.
#[actix_web::test]
async fn a_flood_of_logins_from_one_address_stops_new_ones_and_none_that_is_under_way() {
    let (fx, clock) = Effects::scripted(NOW, 1);
    let node = Node::on(Store::Memory(MemoryStore::new(fx.clone(), 800)), &fx);
    let mut honest = Vec::new();
    for _ in 0..500 {
        let reply = node.authorize("inps", &[]).await;
        assert_eq!(reply.status, 303, "{reply:?}");
        honest.push(reply);
    }
    let mut refused = 0;
    for _ in 0..300 {
        let reply = node.authorize("inps", &[]).await;
        if !reply.header("location").is_some_and(|place| place.starts_with("/login?")) {
            refused += 1;
            let place = reply.header("location").unwrap_or_default();
            assert!(place.contains("error=temporarily_unavailable"), "{reply:?}");
            assert_eq!(reply.header("set-cookie"), None, "nothing was begun");
        }
    }
    assert_eq!(refused, 200);
    for reply in honest.iter().take(20) {
        let (code, _) = node.code_of(reply).await;
        let tokens = node.redeem("inps", &code, &[]).await;
        assert_eq!(tokens.status, 200, "{tokens:?}");
        let token = tokens.json()["access_token"].as_str().unwrap().to_owned();
        assert_eq!(node.userinfo(&token).await.status, 200);
    }
    clock.advance(Duration::from_mins(21));
    assert_eq!(node.authorize("inps", &[]).await.status, 303, "they are gone with their time");
}

/// OP-CA-6: who asks at these endpoints does not learn whether a client exists. Nor is it a secret: its
/// name stands in every address that it sends a browser to, and `/authorize` says whether it is known.
#[actix_web::test]
async fn an_unknown_client_is_answered_like_one_whose_proof_is_wrong() {
    let (fx, _) = Effects::scripted(NOW, 1);
    let node = Node::in_memory(&fx);
    let assertion = |client: &str| {
        use base64::Engine as _;
        let coded = |value: serde_json::Value| {
            base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(value.to_string())
        };
        let claims = json!({"iss": client, "sub": client, "jti": "1", "exp": NOW + 60, "aud": "x"});
        let token = format!("{}.{}.AAAA", coded(json!({"alg": "ES256"})), coded(claims));
        form(&[
            ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
            ("client_assertion", &token),
            ("grant_type", "authorization_code"),
        ])
    };
    for path in ["/token", "/par", "/introspect", "/revoke"] {
        let mut answers = Vec::new();
        for client in ["inps", "nobody"] {
            let by_secret = format!(
                "POST {path} HTTP/1.1\r\n{FORM}\r\nAuthorization: {}",
                basic(client, "wrong")
            );
            let by_key = format!("POST {path} HTTP/1.1\r\n{FORM}");
            let named = form(&[("client_id", client)]);
            for (head, body) in
                [(&by_secret, asked(client, &[])), (&by_key, assertion(client)), (&by_key, named)]
            {
                let reply = node.send(head, &body).await;
                assert_eq!(reply.status, 401, "{path} {client}: {reply:?}");
                answers.push(reply.body);
            }
        }
        let (known, unknown) = answers.split_at(3);
        assert_eq!(known, unknown, "{path}");
    }
    assert_eq!(node.token(&basic("inps", SECRET), "grant_type=x").await.status, 400);
}
