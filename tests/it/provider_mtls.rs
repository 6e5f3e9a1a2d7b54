//! Relying parties that prove themselves by a certificate (RFC 8705), on the listener that asks for it
//! and behind a proxy that names it (RFC 9440); attacks CN-HDR, R-50 and OP-TN-2.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::ServerHandle;
use actix_web::{App, HttpServer};
use rcgen::{CertificateParams, DnType, ExtendedKeyUsagePurpose, SanType};
use varco::crypto::authorities::Authorities;
use varco::crypto::digest::{base64url, sha256};
use varco::crypto::distinguished_name::DistinguishedName;
use varco::crypto::jwk::PublicKeys;
use varco::crypto::tls::{Possession, ServerIdentity, ShownIdentity, server};
use varco::effects::{Effects, ScriptedClock};
use varco::oidc::ClientKeys;
use varco::oidc::client::{AuthenticationMethod, CertificateName, Client, Clients, TokenBinding};
use varco::provider::{MutualTls, keep_shown};
use varco::terms::TrustedProxies;

use crate::provider_world::{
    CALLBACK, FORM, NOW, Node, Reply, SECRET, VERIFIER, basic, client, form, metadata, verified,
};
use crate::tls_client::{Authority, Held, TlsClient};

/// A node that takes certificates of one authority, and a listener that asks for them.
struct World {
    node: Node,
    clock: Arc<ScriptedClock>,
    mutual: SocketAddr,
    server: ServerHandle,
    shown: Held,
    authority: Authority,
}

impl Drop for World {
    fn drop(&mut self) {
        drop(self.server.stop(false));
    }
}

impl World {
    fn new(proxies: &[&str]) -> Self {
        let (fx, clock) = Effects::scripted(NOW, 1);
        let node = Node::in_memory(&fx);
        let authority = Authority::new("Authority of portals");
        let mut trusted = TrustedProxies::default();
        assert!(proxies.iter().all(|proxy| trusted.add(proxy)));
        node.provider.replace_mutual_tls(Some(MutualTls {
            url: Some("https://mtls.test".to_owned()),
            proxies: trusted,
            authorities: Some(Authorities::read(&[authority.pem.clone().into_bytes()]).unwrap()),
        }));
        let shown = Held::self_signed(|params| {
            params.subject_alt_names = vec![dns("localhost")];
        });
        let identity =
            ServerIdentity::read(shown.pem().as_bytes(), shown.key.serialize_pem().as_bytes());
        let tls =
            server(Arc::new(ShownIdentity::new(identity.unwrap())), Possession::verifier(false));
        let socket = TcpListener::bind("127.0.0.1:0").unwrap();
        let mutual = socket.local_addr().unwrap();
        let provider = node.provider.clone();
        let server = HttpServer::new(move || {
            App::new().configure(|routes| provider.configure_for_clients(routes))
        })
        .on_connect(keep_shown)
        .workers(1)
        .disable_signals()
        .listen_rustls_0_23(socket, tls.unwrap())
        .unwrap()
        .run();
        let handle = server.handle();
        actix_web::rt::spawn(server);
        Self { node, clock, mutual, server: handle, shown, authority }
    }

    /// The clients are now `inps` with that method and those keys, and `lavoro` with a secret.
    fn register(&self, authentication: AuthenticationMethod, keys: ClientKeys) {
        let inps = Client { authentication, keys, ..client("inps") };
        self.node.broker.clients.store(Arc::new(Clients::new(vec![inps, client("lavoro")])));
    }

    fn register_name(&self, name: CertificateName) {
        self.register(AuthenticationMethod::TlsClientAuth(name), ClientKeys::None);
    }

    fn register_keys(&self, keys: &[&Held]) {
        let set =
            serde_json::json!({"keys": keys.iter().map(|held| held.jwk()).collect::<Vec<_>>()});
        let keys = PublicKeys::parse(set.to_string().as_bytes()).unwrap();
        let method = AuthenticationMethod::SelfSignedTlsClientAuth;
        self.register(method, ClientKeys::registered(keys));
    }

    /// The same, with tokens that are bound to a certificate; without keys it has a secret.
    fn register_bound(&self, keys: &[&Held]) {
        if keys.is_empty() {
            self.register(client("inps").authentication, ClientKeys::None);
        } else {
            self.register_keys(keys);
        }
        let clients = self.node.broker.clients.load();
        let mut bound = Client::clone(clients.get(&client("inps").id).unwrap());
        bound.protocol.token_binding = TokenBinding::Certificate;
        self.node.broker.clients.store(Arc::new(Clients::new(vec![bound, client("lavoro")])));
    }

    /// A certificate for `inps.test`.
    fn portal(&self) -> Held {
        self.authority.issue(|params| params.subject_alt_names = vec![dns("inps.test")])
    }

    /// `/token` on the listener that asks for certificates, with a good code of `inps`.
    async fn redeem(&self, held: Option<&Held>, more: &[(&str, &str)]) -> Reply {
        let code = self.node.code("inps", &[]).await;
        let client = TlsClient::new(&self.shown.chain[0], held);
        let head = format!("POST /token HTTP/1.1\r\n{FORM}");
        client.send(self.mutual, &head, &body(&code, more)).await.unwrap()
    }

    /// `/token` on the plain listener, with these header lines.
    async fn forwarded(&self, lines: &[String]) -> Reply {
        let code = self.node.code("inps", &[]).await;
        let head = format!("POST /token HTTP/1.1\r\n{FORM}");
        let head = [&[head], lines].concat().join("\r\n");
        self.node.send(&head, &body(&code, &[])).await
    }
}

fn body(code: &str, more: &[(&str, &str)]) -> String {
    let mut fields = vec![
        ("grant_type", "authorization_code"),
        ("client_id", "inps"),
        ("code", code),
        ("redirect_uri", CALLBACK),
        ("code_verifier", VERIFIER),
    ];
    fields.extend(more);
    form(&fields)
}

fn refused(reply: &Reply) {
    assert_eq!((reply.status, reply.error().as_str()), (401, "invalid_client"), "{reply:?}");
    assert!(!reply.body.contains("access_token"));
}

fn dns(name: &str) -> SanType {
    SanType::DnsName(name.try_into().unwrap())
}

fn named(params: &mut CertificateParams, organization: &str, common_name: &str) {
    params.distinguished_name.push(DnType::OrganizationName, organization);
    params.distinguished_name.push(DnType::CommonName, common_name);
}

fn subject(text: &str) -> CertificateName {
    CertificateName::SubjectDn(DistinguishedName::parse(text).unwrap())
}

#[actix_web::test]
async fn a_certificate_of_an_authority_for_the_registered_name_proves_the_client() {
    let world = World::new(&[]);
    let other = Authority::new("Authority of portals");
    let uri = |text: &str| SanType::URI(text.try_into().unwrap());
    let mailbox = |text: &str| SanType::Rfc822Name(text.try_into().unwrap());
    let ip = |text: &str| SanType::IpAddress(text.parse().unwrap());
    for (name, good, bad) in [
        (
            CertificateName::Dns("Portale.INPS.test".to_owned()),
            dns("portale.inps.test"),
            dns("x.inps.test"),
        ),
        (
            CertificateName::Dns("portale.inps.test".to_owned()),
            dns("PORTALE.inps.test"),
            dns("*.inps.test"),
        ),
        (CertificateName::Uri("urn:inps:a".to_owned()), uri("urn:inps:a"), uri("urn:inps:A")),
        (
            CertificateName::Uri("https://inps.test".to_owned()),
            uri("https://inps.test"),
            dns("inps.test"),
        ),
        (CertificateName::Ip("192.0.2.1".parse().unwrap()), ip("192.0.2.1"), ip("192.0.2.2")),
        (
            CertificateName::Ip("2001:db8::1".parse().unwrap()),
            ip("2001:db8:0::1"),
            dns("2001:db8::1"),
        ),
        (
            CertificateName::Email("a@inps.test".to_owned()),
            mailbox("a@inps.test"),
            mailbox("b@inps.test"),
        ),
    ] {
        world.register_name(name.clone());
        let with = |san: &SanType| {
            let names = vec![dns("first.test"), san.clone()];
            move |params: &mut CertificateParams| params.subject_alt_names = names
        };
        let reply = world.redeem(Some(&world.authority.issue(with(&good))), &[]).await;
        assert_eq!(reply.status, 200, "{name:?}: {reply:?}");
        refused(&world.redeem(Some(&world.authority.issue(with(&bad))), &[]).await);
        refused(&world.redeem(Some(&other.issue(with(&good))), &[]).await);
        refused(&world.redeem(Some(&Held::self_signed(with(&good))), &[]).await);
        refused(&world.redeem(None, &[]).await);
        // Failures of one client are counted by the minute.
        world.clock.advance(Duration::from_mins(2));
    }
}

#[actix_web::test]
async fn a_registered_subject_is_the_whole_subject_and_no_other() {
    let world = World::new(&[]);
    let issue = |organization: &'static str, common_name: &'static str| {
        world.authority.issue(|params| named(params, organization, common_name))
    };
    world.register_name(subject("cn=portale, O=INPS\\, Roma"));
    assert_eq!(world.redeem(Some(&issue("INPS, Roma", "portale")), &[]).await.status, 200);
    for held in [
        issue("INPS, Roma", "Portale"),
        issue("INPS", "portale"),
        issue("INPS, Roma,CN=portale", ""),
        world
            .authority
            .issue(|params| params.distinguished_name.push(DnType::CommonName, "portale")),
        world.authority.issue(|_| {}),
        world.authority.issue(|params| {
            params.distinguished_name.push(DnType::CommonName, "portale");
            params.distinguished_name.push(DnType::OrganizationName, "INPS, Roma");
        }),
    ] {
        refused(&world.redeem(Some(&held), &[]).await);
    }
}

#[actix_web::test]
async fn a_certificate_out_of_its_time_or_for_another_purpose_proves_nothing() {
    let world = World::new(&[]);
    world.register_name(CertificateName::Dns("inps.test".to_owned()));
    let issue = |change: fn(&mut CertificateParams)| {
        world.authority.issue(|params| {
            params.subject_alt_names = vec![dns("inps.test")];
            change(params);
        })
    };
    assert_eq!(world.redeem(Some(&issue(|_| {})), &[]).await.status, 200);
    for held in [
        issue(|params| params.not_after = rcgen::date_time_ymd(2026, 11, 1)),
        issue(|params| params.not_before = rcgen::date_time_ymd(2027, 1, 1)),
        issue(|params| params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth]),
    ] {
        refused(&world.redeem(Some(&held), &[]).await);
    }
}

#[actix_web::test]
async fn a_self_signed_certificate_proves_the_client_whose_key_it_holds() {
    let world = World::new(&[]);
    let mine = Held::self_signed(|params| named(params, "INPS", "portale"));
    let second = Held::self_signed(|_| {});
    world.register_keys(&[&mine, &second]);
    for held in [&mine, &second, &mine.renewed(|_| {})] {
        assert_eq!(world.redeem(Some(held), &[]).await.status, 200);
    }
    // The same words and another key; a key out of time; a stranger that an authority vouches for.
    for held in [
        Held::self_signed(|params| named(params, "INPS", "portale")),
        mine.renewed(|params| params.not_after = rcgen::date_time_ymd(2026, 11, 1)),
        mine.renewed(|params| params.not_before = rcgen::date_time_ymd(2027, 1, 1)),
        world.authority.issue(|params| named(params, "INPS", "portale")),
    ] {
        refused(&world.redeem(Some(&held), &[]).await);
    }
    refused(&world.redeem(None, &[]).await);
}

#[actix_web::test]
async fn a_resumed_connection_shows_its_certificate_and_is_judged_anew() {
    let world = World::new(&[]);
    let held = Held::self_signed(|_| {});
    world.register_keys(&[&held]);
    let head = format!("POST /token HTTP/1.1\r\n{FORM}");
    for version in rustls::ALL_VERSIONS {
        let client = TlsClient::speaking(&world.shown.chain[0], Some(&held), &[version]);
        let code = world.node.code("inps", &[]).await;
        let first = client.send(world.mutual, &head, &body(&code, &[])).await.unwrap();
        assert_eq!(first.status, 200);
        assert!(client.resumes(world.mutual).await.unwrap(), "{version:?}");
        let code = world.node.code("inps", &[]).await;
        world.register_keys(&[&Held::self_signed(|_| {})]);
        refused(&client.send(world.mutual, &head, &body(&code, &[])).await.unwrap());
        world.register_keys(&[&held]);
        let again = client.send(world.mutual, &head, &body(&code, &[])).await.unwrap();
        assert_eq!(again.status, 200, "{version:?}: the refusal left the code alone");
    }
}

#[actix_web::test]
async fn a_certificate_is_one_method_and_only_for_who_registered_it() {
    let world = World::new(&[]);
    let held = world.portal();
    world.register_name(CertificateName::Dns("inps.test".to_owned()));
    // A secret beside it, or in its place.
    refused(&world.redeem(Some(&held), &[("client_secret", SECRET)]).await);
    refused(&world.redeem(None, &[("client_secret", SECRET)]).await);
    let kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
    let assertion = [("client_assertion_type", kind), ("client_assertion", "a.b.c")];
    refused(&world.redeem(Some(&held), &assertion).await);
    // A certificate does not make somebody else of the client.
    let code = world.node.code("lavoro", &[]).await;
    let client = TlsClient::new(&world.shown.chain[0], Some(&held));
    let head = format!("POST /token HTTP/1.1\r\n{FORM}");
    let asked = body(&code, &[]).replace("client_id=inps", "client_id=lavoro");
    refused(&client.send(world.mutual, &head, &asked).await.unwrap());
    let unnamed = body(&code, &[]).replace("client_id=inps&", "");
    refused(&client.send(world.mutual, &head, &unnamed).await.unwrap());
    // A client with a secret may come that way too, and its certificate is no second method.
    let head = format!("{head}\r\nAuthorization: {}", basic("lavoro", SECRET));
    let reply = client.send(world.mutual, &head, &unnamed).await.unwrap();
    assert_eq!(reply.status, 200, "{reply:?}");
}

#[actix_web::test]
async fn without_authorities_a_certificate_for_a_name_proves_nothing() {
    let world = World::new(&[]);
    world.register_name(CertificateName::Dns("inps.test".to_owned()));
    let held = world.authority.issue(|params| params.subject_alt_names = vec![dns("inps.test")]);
    assert_eq!(world.redeem(Some(&held), &[]).await.status, 200);
    world.node.provider.replace_mutual_tls(Some(MutualTls::default()));
    refused(&world.redeem(Some(&held), &[]).await);
    world.node.provider.replace_mutual_tls(None);
    refused(&world.redeem(Some(&held), &[]).await);
}

#[actix_web::test]
async fn a_client_pushes_its_request_with_its_certificate() {
    let world = World::new(&[]);
    let held = Held::self_signed(|_| {});
    world.register_keys(&[&held]);
    let head = format!("POST /par HTTP/1.1\r\n{FORM}");
    let asked = crate::provider_world::asked("inps", &[]);
    for (shown, expected) in
        [(Some(&held), 201), (Some(&Held::self_signed(|_| {})), 401), (None, 401)]
    {
        let client = TlsClient::new(&world.shown.chain[0], shown);
        let reply = client.send(world.mutual, &head, &asked).await.unwrap();
        assert_eq!(reply.status, expected, "{reply:?}");
        assert_eq!(reply.body.contains("request_uri"), expected == 201);
    }
}

#[actix_web::test]
async fn a_token_bound_to_a_certificate_is_used_with_that_certificate_alone() {
    let world = World::new(&["127.0.0.1"]);
    let (held, thief) = (Held::self_signed(|_| {}), Held::self_signed(|_| {}));
    world.register_bound(&[&held, &thief]);
    let tokens = world.redeem(Some(&held), &[]).await.json();
    assert_eq!(tokens["token_type"], "Bearer");
    let token = tokens["access_token"].as_str().unwrap();
    let head = format!("GET /userinfo HTTP/1.1\r\nAuthorization: Bearer {token}");
    let forwarded = |held: &Held| format!("{head}\r\nClient-Cert: {}", held.header());
    for (shown, expected) in [(Some(&held), 200), (Some(&thief), 401), (None, 401)] {
        let client = TlsClient::new(&world.shown.chain[0], shown);
        let reply = client.send(world.mutual, &head, "").await.unwrap();
        assert_eq!(reply.status, expected);
        assert_eq!(reply.body.contains("fiscal_number"), expected == 200);
        // What the handshake did not show, no header brings.
        let reply = client.send(world.mutual, &forwarded(&held), "").await.unwrap();
        assert_eq!(reply.status, expected);
    }
    // Another certificate of the same key is another certificate (RFC 8705, section 3.1).
    let client = TlsClient::new(&world.shown.chain[0], Some(&held.renewed(|_| {})));
    assert_eq!(client.send(world.mutual, &head, "").await.unwrap().status, 401);
    // Behind a proxy of ours, and with nothing.
    assert_eq!(world.node.send(&forwarded(&held), "").await.status, 200);
    assert_eq!(world.node.send(&forwarded(&thief), "").await.status, 401);
    assert_eq!(world.node.send(&head, "").await.status, 401);
    let dpop = head.replace("Bearer", "DPoP");
    assert_eq!(world.node.send(&dpop, "").await.status, 401);
}

#[actix_web::test]
async fn a_client_of_bound_tokens_gets_none_without_a_certificate() {
    let world = World::new(&[]);
    world.register_bound(&[]);
    let code = world.node.code("inps", &[]).await;
    let client = TlsClient::new(&world.shown.chain[0], None);
    let head =
        format!("POST /token HTTP/1.1\r\n{FORM}\r\nAuthorization: {}", basic("inps", SECRET));
    let reply = client.send(world.mutual, &head, &body(&code, &[])).await.unwrap();
    assert_eq!((reply.status, reply.error().as_str()), (400, "invalid_request"), "{reply:?}");
    // Any certificate will do: the secret proves the client, the certificate binds the token.
    let held = Held::self_signed(|_| {});
    let client = TlsClient::new(&world.shown.chain[0], Some(&held));
    let reply = client.send(world.mutual, &head, &body(&code, &[])).await.unwrap();
    assert_eq!(reply.status, 200, "the refusal left the code alone: {reply:?}");
}

/// CN-HDR-1.
#[actix_web::test]
async fn a_forwarded_certificate_from_anybody_but_a_proxy_of_ours_is_not_there() {
    for proxies in [&[][..], &["192.0.2.7", "10.0.0.0/8", "::1"]] {
        let world = World::new(proxies);
        let held = world.portal();
        world.register_name(CertificateName::Dns("inps.test".to_owned()));
        let value = held.header();
        for lines in [
            vec![format!("Client-Cert: {value}")],
            vec![format!("CLIENT-CERT: {value}"), format!("Client-Cert: {value}")],
            vec![format!("Client-Cert: {value}"), "X-Forwarded-For: 192.0.2.7".to_owned()],
            vec![format!("Client-Cert: {value}"), "Forwarded: for=192.0.2.7".to_owned()],
            vec!["Client-Cert: nothing".to_owned()],
        ] {
            refused(&world.forwarded(&lines).await);
        }
    }
}

#[actix_web::test]
async fn a_proxy_of_ours_is_believed_for_one_header_that_it_sets_once() {
    let world = World::new(&["127.0.0.1"]);
    let held = world.portal();
    let thief = Held::self_signed(|_| {});
    world.register_name(CertificateName::Dns("inps.test".to_owned()));
    let value = held.header();
    for line in [format!("Client-Cert: {value}"), format!("client-cert:   {value}  ")] {
        assert_eq!(world.forwarded(&[line]).await.status, 200);
    }
    refused(&world.forwarded(&[format!("Client-Cert: {}", thief.header())]).await);
    refused(&world.forwarded(&[]).await);
    // Names that some proxies use; a certificate is only where RFC 9440 puts it.
    for name in [
        "Client_Cert",
        "X-Client-Cert",
        "X-SSL-Client-Cert",
        "X-Forwarded-Client-Cert",
        "SSL_CLIENT_CERT",
        "Client-Cert-Chain",
    ] {
        refused(&world.forwarded(&[format!("{name}: {value}")]).await);
    }
    // CN-HDR-2: what is malformed is refused, and never taken for no certificate.
    let inner = value.trim_matches(':');
    for lines in [
        vec![format!("Client-Cert: {value}"), format!("Client-Cert: {value}")],
        vec![format!("Client-Cert: {}", thief.header()), format!("client-cert: {value}")],
        vec![format!("Client-Cert: {value}, {value}")],
        vec![format!("Client-Cert: {value};verified=SUCCESS")],
        vec![format!("Client-Cert: {inner}")],
        vec![format!("Client-Cert: :{inner}")],
        vec![format!("Client-Cert: : {inner}:")],
        vec![format!("Client-Cert: :{}:", inner.replace('+', "-").trim_end_matches('='))],
        vec![format!("Client-Cert: :{inner}AAAA:")],
        vec!["Client-Cert: ::".to_owned()],
        vec!["Client-Cert: NONE".to_owned()],
        vec!["Client-Cert: ".to_owned()],
        vec![format!("Client-Cert: :{}:", "A".repeat(20_000))],
    ] {
        let reply = world.forwarded(&lines).await;
        assert_eq!((reply.status, reply.error().as_str()), (400, "invalid_request"), "{lines:?}");
        assert_eq!(reply.json()["error_description"], "VARCO-0250");
    }
}

#[actix_web::test]
async fn on_the_listener_that_asks_the_handshake_alone_counts() {
    let world = World::new(&["127.0.0.1"]);
    let held = world.portal();
    let thief = Held::self_signed(|_| {});
    world.register_name(CertificateName::Dns("inps.test".to_owned()));
    let code = world.node.code("inps", &[]).await;
    let head = format!("POST /token HTTP/1.1\r\n{FORM}\r\nClient-Cert: {}", held.header());
    for shown in [None, Some(&thief)] {
        let client = TlsClient::new(&world.shown.chain[0], shown);
        refused(&client.send(world.mutual, &head, &body(&code, &[])).await.unwrap());
    }
}

#[actix_web::test]
async fn discovery_says_which_certificates_are_taken_and_where() {
    let world = World::new(&[]);
    let methods = |document: &serde_json::Value| {
        let list = document["token_endpoint_auth_methods_supported"].as_array().unwrap().clone();
        ["tls_client_auth", "self_signed_tls_client_auth"].map(|name| list.contains(&name.into()))
    };
    let discovery = || async { world.node.get("/.well-known/openid-configuration").await.json() };
    let document = discovery().await;
    assert_eq!(methods(&document), [true, true]);
    for (name, path) in [
        ("token", "token"),
        ("userinfo", "userinfo"),
        ("pushed_authorization_request", "par"),
        ("revocation", "revoke"),
        ("introspection", "introspect"),
    ] {
        let alias = &document["mtls_endpoint_aliases"][format!("{name}_endpoint")];
        assert_eq!(*alias, format!("https://mtls.test/{path}"));
    }
    assert_eq!(document["tls_client_certificate_bound_access_tokens"], true);

    world.node.provider.replace_mutual_tls(Some(MutualTls::default()));
    let document = discovery().await;
    assert_eq!(methods(&document), [false, true]);
    assert!(document.get("mtls_endpoint_aliases").is_none());

    world.node.provider.replace_mutual_tls(None);
    let document = discovery().await;
    assert_eq!(methods(&document), [false, false]);
    assert_eq!(document["tls_client_certificate_bound_access_tokens"], false);
}

/// OP-TN-2.
#[actix_web::test]
async fn no_header_and_no_address_in_a_request_changes_issuer_or_links() {
    let world = World::new(&["127.0.0.1"]);
    let path = "/.well-known/openid-configuration";
    let expected = world.node.get(path).await.body;
    let asked =
        format!("/authorize?{}", crate::provider_world::asked("inps", &[("scope", "none")]));
    let answered = world.node.get(&asked).await.header("location").unwrap().to_owned();
    assert!(answered.contains("iss=https%3A%2F%2Fbroker.test"), "{answered}");
    for (target, lines) in [
        ("", "Host: evil.test"),
        ("", "Host: evil.test:8443"),
        ("", "Host: broker.test\r\nX-Forwarded-Host: evil.test\r\nX-Forwarded-Proto: http"),
        ("", "Host: broker.test\r\nForwarded: host=evil.test;proto=http;for=192.0.2.1"),
        (
            "",
            "Host: broker.test\r\nX-Forwarded-Prefix: /evil\r\nX-Original-URL: /evil\r\nX-Rewrite-URL: /evil",
        ),
        ("http://evil.test", "Host: broker.test"),
        ("https://broker.test:444", "Host: evil.test"),
    ] {
        let reply = world.node.raw(&format!("GET {target}{path} HTTP/1.1\r\n{lines}"), "").await;
        assert_eq!(reply.body, expected, "{target} {lines}");
        let reply = world.node.raw(&format!("GET {target}{asked} HTTP/1.1\r\n{lines}"), "").await;
        assert_eq!(reply.header("location"), Some(answered.as_str()), "{target} {lines}");
    }
    let reply = world.node.raw(&format!("GET /{path} HTTP/1.1\r\nHost: broker.test"), "").await;
    assert_eq!(reply.status, 404, "two slashes are another address");
}

/// RFC 8705, section 3.
#[actix_web::test]
async fn a_token_for_a_certificate_is_good_with_that_certificate_alone() {
    let world = World::new(&[]);
    let (held, other) = (world.portal(), world.portal());
    let mut bound = metadata("inps");
    bound.tls_client_certificate_bound_access_tokens = true;
    bound.access_token_format = Some("ES256".to_owned());
    let protocol = bound.check().unwrap();
    let name = CertificateName::Dns("inps.test".to_owned());
    let authentication = AuthenticationMethod::TlsClientAuth(name);
    let by_name = Client { protocol: protocol.clone(), authentication, ..client("inps") };
    world.node.broker.clients.store(Arc::new(Clients::new(vec![by_name])));
    let tokens = world.redeem(Some(&held), &[]).await.json();
    assert_eq!(tokens["token_type"], "Bearer");
    let access = tokens["access_token"].as_str().unwrap();
    let cnf = &verified(&world.node, access).await["cnf"];
    assert_eq!(cnf["x5t#S256"], base64url(&sha256(&held.chain[0])));
    let ask = async |held: Option<&Held>| {
        let client = TlsClient::new(&world.shown.chain[0], held);
        let head = format!("GET /userinfo HTTP/1.1\r\nAuthorization: Bearer {access}");
        client.send(world.mutual, &head, "").await.unwrap()
    };
    assert_eq!(ask(Some(&held)).await.status, 200);
    for reply in [ask(Some(&other)).await, ask(None).await, world.node.userinfo(access).await] {
        assert_eq!((reply.status, reply.error().as_str()), (401, "invalid_token"), "{reply:?}");
        assert!(!reply.body.contains("sub"));
    }
    let by_secret = Client { protocol, ..client("inps") };
    world.node.broker.clients.store(Arc::new(Clients::new(vec![by_secret])));
    let code = world.node.code("inps", &[]).await;
    let refused = world.node.redeem("inps", &code, &[]).await;
    assert_eq!((refused.status, refused.error().as_str()), (400, "invalid_request"));
    assert!(!refused.body.contains("access_token"));
}
