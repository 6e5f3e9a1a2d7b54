//! Every address of a running broker, asked in every way: what its headers promise, what may be kept of
//! it, and what hostile values come to (attack rows OP-BL-2, OP-UI-1 to OP-UI-3, R-06, R-49, R-57).

use std::collections::BTreeSet;
use std::path::Path;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use varco_sandbox::federation::Prepared;

use crate::provider_world::Reply;
use crate::saml_world::{FIRST, World, mario};

/// Every address, and whether what a GET of it gives is the same for everybody.
pub(crate) const ADDRESSES: &[(&str, bool)] = &[
    ("/", false),
    ("/.well-known/openid-configuration", true),
    ("/.well-known/openid-federation", false),
    ("/account", false),
    ("/account/delegations", false),
    ("/account/return", false),
    ("/account/telephone-pin", false),
    ("/announcements", false),
    ("/announcements.atom", true),
    ("/announcements.ics", true),
    ("/announcements.json", true),
    ("/announcements/nothing", false),
    ("/api/contact-centre/openapi.json", true),
    ("/api/contact-centre/verify", false),
    ("/authorize", false),
    ("/brand/inps.css", true),
    ("/calendar.ics", true),
    ("/calendar.json", true),
    ("/console", false),
    ("/console/case/nobody", false),
    ("/console/export", false),
    ("/console/return", false),
    ("/console/trail", false),
    ("/credential/sign-in", false),
    ("/end_session", false),
    ("/favicon.ico", true),
    ("/federation/resolve", false),
    ("/first-login", false),
    ("/help", false),
    ("/introspect", false),
    ("/jwks", true),
    ("/login", false),
    ("/login/agree", false),
    ("/login/behalf", false),
    ("/login/cancel", false),
    ("/login/continue", false),
    ("/login/go", false),
    ("/login/match", false),
    ("/login/role", false),
    ("/login/unavailable", false),
    ("/logout", false),
    ("/logout/done", false),
    ("/logout/frames", false),
    ("/logout/leave", false),
    ("/logout/onward", false),
    ("/logout/skip", false),
    ("/nowhere", false),
    ("/par", false),
    ("/register", false),
    ("/register/nobody", false),
    ("/revoke", false),
    ("/saml/acs", false),
    ("/saml/metadata", false),
    ("/saml/slo", false),
    ("/session", false),
    ("/static/style.css", true),
    ("/token", false),
    ("/userinfo", false),
];

/// A connection to the broker of `prepared`.
pub(crate) async fn connected(prepared: &Prepared) -> TcpStream {
    TcpStream::connect(("127.0.0.1", prepared.ports.broker)).await.unwrap()
}

/// Sends these octets and reads until the broker has no more to say; `None` when it hangs up unanswered.
pub(crate) async fn exchanged(prepared: &Prepared, octets: &[u8]) -> Option<Reply> {
    let mut stream = connected(prepared).await;
    // It may hang up before it has read everything.
    let _ = stream.write_all(octets).await;
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    (!answer.is_empty()).then(|| Reply::parse(&String::from_utf8_lossy(&answer)))
}

async fn asked(prepared: &Prepared, head: &str) -> Reply {
    let text =
        format!("{head}\r\nHost: localhost\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    exchanged(prepared, text.as_bytes()).await.unwrap_or_else(|| panic!("no answer: {head}"))
}

/// Whoever adds an address has it asked by the tests here.
#[test]
fn every_address_that_is_mounted_is_asked() {
    let mut mounted = BTreeSet::new();
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for folder in
        ["web", "web/announcements", "web/console", "web/own", "provider", "provider/registration"]
    {
        for entry in std::fs::read_dir(source.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            let Ok(text) = std::fs::read_to_string(&path) else { continue };
            for mark in ["resource(\"", "step(\"", "file(\"", "place(\"", "posted(\""] {
                let found = text.split(mark).skip(1).filter_map(|rest| rest.split('"').next());
                mounted.extend(found.filter(|address| address.starts_with('/')).map(|address| {
                    let address =
                        address.replace("{client_id}", "nobody").replace("{id}", "nothing");
                    let address = address.replace("{form:atom|json|ics}", "atom");
                    address.replace("{name:.*}", "style.css").replace("{client}", "inps")
                }));
            }
        }
    }
    let listed: BTreeSet<String> = ADDRESSES.iter().map(|(path, _)| (*path).to_owned()).collect();
    let missing: Vec<_> = mounted.difference(&listed).collect();
    assert!(mounted.len() > 20 && missing.is_empty(), "{missing:?}");
}

#[tokio::test]
async fn every_address_asked_in_any_way_keeps_the_headers_and_what_is_somebodys_is_kept_by_nobody()
{
    let world = World::start("memory").await;
    // What a cache or a browser would ask again with.
    let again = "\r\nIf-None-Match: *\r\nIf-Modified-Since: Sun, 22 Nov 2026 10:00:00 GMT\
                 \r\nRange: bytes=0-1\r\nService-Worker: script\r\nOrigin: https://evil.test";
    let methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"];
    for (path, common) in ADDRESSES.iter().copied() {
        let feed = path.starts_with("/announcements.") || path.starts_with("/calendar.");
        for method in methods {
            for more in ["", again, "\r\nContent-Type: application/x-www-form-urlencoded"] {
                let reply =
                    asked(&world.prepared, &format!("{method} {path} HTTP/1.1{more}")).await;
                let told = format!("{method} {path}{more}: {reply:?}");
                let header = |name: &str| reply.header(name).unwrap_or_default();
                assert!(reply.status < 500 && ![206, 307, 308].contains(&reply.status), "{told}");
                assert_eq!(header("x-content-type-options"), "nosniff", "{told}");
                assert_eq!(header("x-frame-options"), "DENY", "{told}");
                assert_eq!(header("referrer-policy"), "no-referrer", "{told}");
                assert_eq!(header("cross-origin-opener-policy"), "same-origin", "{told}");
                assert!(header("permissions-policy").contains("geolocation=()"), "{told}");
                let policy = header("content-security-policy");
                assert!(policy.starts_with("default-src 'none'"), "{told}");
                assert!(policy.contains("frame-ancestors 'none'"), "{told}");
                assert!(!policy.contains("unsafe") && !policy.contains('*'), "{told}");
                for name in ["server", "x-powered-by", "last-modified", "service-worker-allowed"] {
                    let told_by_feeds = name == "last-modified" && feed;
                    assert!(told_by_feeds || reply.header(name).is_none(), "{told}");
                }
                let documents = [
                    "/.well-known/openid-configuration",
                    "/jwks",
                    "/api/contact-centre/openapi.json",
                ];
                let document = documents.contains(&path);
                let scripts = reply.header("access-control-allow-origin");
                assert!(scripts.is_none() || document, "{told}");
                let good = matches!(method, "GET" | "HEAD") && reply.status < 400;
                if common && good {
                    assert_eq!(reply.header("set-cookie"), None, "{told}");
                } else {
                    assert_eq!(header("cache-control"), "no-store", "{told}");
                    assert_eq!(reply.header("etag"), None, "{told}");
                    assert_ne!(reply.status, 304, "{told}");
                }
            }
        }
    }
    world.stop().await;
}

/// OP-UI-1: whatever stands in an address or a cookie is a value in the page, and never markup, a link
/// or another header.
#[tokio::test]
async fn hostile_values_are_never_markup_nor_headers_on_any_page() {
    let world = World::start("memory").await;
    let names = [
        "client_id",
        "redirect_uri",
        "response_type",
        "scope",
        "state",
        "nonce",
        "prompt",
        "login_hint",
        "idp_hint",
        "ui_locales",
        "id_token_hint",
        "claims",
        "acr_values",
        "request",
        "request_uri",
        "tx",
        "lang",
        "upstream",
        "provider",
        "post_logout_redirect_uri",
        "ticket",
        "error",
        "error_description",
        "RelayState",
        "SAMLResponse",
        "access_token",
    ];
    for value in [
        "<script>alert(1)</script>",
        "\"><img src=x onerror=alert(1)>",
        "' onmouseover='alert(1)",
        "</style></title><svg onload=alert(1)>",
        "javascript:alert(1)//",
        "<!--<iframe srcdoc=x>-->",
        "\r\nX-Evil: 1\r\n\r\n<b>",
        "\0<b>\u{202e}",
        "../../etc/passwd<x>",
    ] {
        let pairs = names.iter().map(|name| (*name, value));
        let query =
            url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
        // One that goes as far as the pages of a known service.
        let known = query.replacen("client_id=", "client_id=inps&x=", 1);
        for (path, _) in ADDRESSES {
            for query in [&query, &known] {
                let cookies = format!("__Host-varco_browser={query}; __Host-varco_client={query}");
                let cookies = cookies.replace('&', "; ");
                let head = format!("GET {path}?{query} HTTP/1.1\r\nCookie: {cookies}");
                let reply = asked(&world.prepared, &head).await;
                assert!(reply.status < 500, "{path}: {reply:?}");
                assert!(!reply.body.contains(value), "{path} {value:?}: {}", reply.body);
                for scheme in ["href=\"javascript", "src=\"javascript", "action=\"javascript"] {
                    assert!(!reply.body.contains(scheme), "{path} {value:?}: {}", reply.body);
                }
                assert_eq!(reply.header("x-evil"), None, "{path} {value:?}");
                let place = reply.header("location").unwrap_or_default();
                assert!(place.is_empty() || place.starts_with('/'), "{path} {value:?}: {place}");
            }
        }
    }
    let told = world.visitor().sign_in("inps", FIRST, &mario()).await;
    assert_eq!(told["userinfo"]["given_name"], "Mario");
    world.stop().await;
}

/// no answer travels by a message between windows. One script sends messages: it
/// tells whoever asked, at the very origin that asked, whether a session changed.
#[test]
fn no_script_sends_a_message_to_whoever_listens() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("static");
    let mut sending = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|kind| kind != "js") {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        for call in text.split("postMessage").skip(1) {
            assert!(call.starts_with("(text, event.origin);"), "{}: {call}", path.display());
            sending.push(path.file_name().unwrap().to_owned());
        }
    }
    assert_eq!(sending, ["session.js"]);
}
