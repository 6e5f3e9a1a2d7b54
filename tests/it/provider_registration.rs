//! Clients that register themselves, over HTTP: RFC 7591, RFC 7592 and OpenID Connect Registration 1.0.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use varco::crypto::digest::sha256;
use varco::crypto::sealing::Sealer;
use varco::effects::{Effects, OutboundFault, ScriptedClock, ScriptedOutbound, Timestamp};
use varco::oidc::client::{
    Assistance, Branding, ClaimsProfile, ClientId, ClientMetadata, Delegable, Period,
    ServicePolicy, Template, Texts, Waiver,
};
use varco::oidc::{Scope, Scopes};
use varco::provider::Registrations;
use varco::registry::{Registry, RegistryPlace};
use varco::terms::{Day, Level, Locale};
use zeroize::Zeroizing;

use crate::fixture_redis::TempDir;
use crate::provider_world::{CALLBACK, ISSUER, NOW, Node, Reply, basic, form};

const INITIAL: &str = "0123456789abcdef0123456789abcdef01234567";

/// A node with a registry in a file, where [`INITIAL`] has so many uses.
struct World {
    node: Node,
    outbound: Arc<ScriptedOutbound>,
    fx: Effects,
    clock: Arc<ScriptedClock>,
    folder: TempDir,
}

impl World {
    async fn new(uses: u32) -> Self {
        let outbound = Arc::new(ScriptedOutbound::default());
        let (fx, clock) = Effects::scripted(NOW, 7);
        let fx = fx.with_outbound(outbound.clone());
        let folder = TempDir::new();
        let registry = registry(&folder, &fx).await;
        let ends = Timestamp::from_unix_seconds(NOW + 3600);
        registry.add_initial_token(&sha256(INITIAL.as_bytes()), "", uses, ends).await.unwrap();
        let node = node(registry, &fx).await;
        Self { node, outbound, fx, clock, folder }
    }

    /// Another node on the same registry.
    async fn beside(&self) -> Node {
        node(registry(&self.folder, &self.fx).await, &self.fx).await
    }

    async fn post(&self, metadata: &Value) -> Reply {
        self.ask("POST", "/register", INITIAL, &metadata.to_string()).await
    }

    async fn ask(&self, method: &str, path: &str, token: &str, body: &str) -> Reply {
        let head = format!(
            "{method} {path} HTTP/1.1\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json"
        );
        self.node.send(&head, body).await
    }

    async fn registered(&self, metadata: &Value) -> Value {
        let reply = self.post(metadata).await;
        assert_eq!(reply.status, 201, "{reply:?}");
        reply.json()
    }

    /// The error, and that nobody was registered.
    async fn refused(&self, metadata: &Value) -> (String, String) {
        let before = self.node.broker.clients.load().len();
        let reply = self.post(metadata).await;
        assert_eq!(reply.status, 400, "{reply:?}");
        assert_eq!(self.node.broker.clients.load().len(), before, "nobody was registered");
        let body = reply.json();
        let text = |name: &str| body[name].as_str().unwrap().to_owned();
        (text("error"), text("error_description"))
    }
}

async fn registry(folder: &TempDir, fx: &Effects) -> Registry {
    let sealer = Sealer::new(&[7; 32]).unwrap();
    let place = RegistryPlace::File(folder.0.join("registry.sqlite"));
    Registry::open(&place, sealer, fx.clone()).await.unwrap()
}

async fn node(registry: Registry, fx: &Effects) -> Node {
    let node = Node::in_memory(fx);
    let secrets = Zeroizing::new([5; 32]);
    let registrations =
        Registrations::new(Arc::new(registry), template(), secrets, node.broker.clone());
    registrations.follow().await.unwrap();
    node.provider.serve_registrations(registrations);
    node
}

/// What clients that no file describes get.
pub(crate) fn template() -> Template {
    let here = |path: &str| format!("https://ente.test/{path}");
    Template {
        profiles: vec!["standard".to_owned(), "fapi2".to_owned()],
        metadata: ClientMetadata::default(),
        minimum_level: Level::L1,
        upstreams: vec!["spid"],
        scopes: [Scope::Openid, Scope::Profile, Scope::FiscalNumber]
            .into_iter()
            .collect::<Scopes>(),
        claims_profile: ClaimsProfile::Flat,
        claims_in_id_token: false,
        policy: ServicePolicy::default(),
        public: true,
        tenant: "default".to_owned(),
        attribute_set: "default".to_owned(),
        attribute_sets: Vec::new(),
        consumer: None,
        purpose: None,
        branding: Branding {
            name: Texts::new(vec![(Locale::It, "Servizio".to_owned())]).unwrap(),
            accent: "#003366".to_owned(),
            legal_uri: here("legal"),
            privacy_uri: here("privacy"),
            accessibility_uri: here("accessibility"),
            initiate_login_uri: here("login"),
            assistance: Assistance {
                email: Some("aiuto@ente.test".to_owned()),
                ..Default::default()
            },
            default_locale: Locale::It,
            reasons: std::collections::BTreeMap::new(),
        },
        certificates: varco::oidc::client::Certificates::None,
        development: false,
    }
}

/// What a portal says of itself.
fn portal() -> Value {
    json!({"redirect_uris": [CALLBACK], "client_name": "Portale"})
}

fn with(changes: &Value) -> Value {
    let mut metadata = portal();
    let members = metadata.as_object_mut().unwrap();
    members.extend(changes.as_object().unwrap().clone());
    metadata
}

fn path_of(registered: &Value) -> String {
    let address = registered["registration_client_uri"].as_str().unwrap();
    address.strip_prefix(ISSUER).unwrap().to_owned()
}

fn text<'a>(registered: &'a Value, member: &str) -> &'a str {
    registered[member].as_str().unwrap_or_else(|| panic!("{member}: {registered}"))
}

#[actix_web::test]
async fn a_client_registers_and_signs_people_in_at_once() {
    let world = World::new(1).await;
    let discovery = world.node.get("/.well-known/openid-configuration").await.json();
    assert_eq!(discovery["registration_endpoint"], format!("{ISSUER}/register"));

    let told = world
        .registered(&with(&json!({
            "client_name#en": "Portal", "contacts": ["aiuto@rp.test"], "logo_uri": "https://rp.test/l.png",
            "policy_uri": "https://rp.test/policy", "tos_uri": "https://rp.test/tos",
            "initiate_login_uri": "https://rp.test/start", "colour": "red", "jwks": null,
        })))
        .await;
    assert_eq!(told["client_id_issued_at"], NOW);
    assert_eq!(told["client_secret_expires_at"], 0);
    for (member, value) in [
        ("client_name", "Portale"),
        ("client_name#en", "Portal"),
        ("logo_uri", "https://rp.test/l.png"),
        ("policy_uri", "https://rp.test/policy"),
        ("tos_uri", "https://rp.test/tos"),
        ("initiate_login_uri", "https://rp.test/start"),
        ("token_endpoint_auth_method", "client_secret_basic"),
        ("application_type", "web"),
        ("subject_type", "pairwise"),
    ] {
        assert_eq!(told[member], value, "{member}");
    }
    assert_eq!(told["redirect_uris"], json!([CALLBACK]));
    assert_eq!(told["grant_types"], json!(["authorization_code"]));
    assert!(told.get("colour").is_none() && told.get("jwks").is_none());

    let (id, secret) = (text(&told, "client_id"), text(&told, "client_secret"));
    let code = world.node.code(id, &[]).await;
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", &code),
        ("redirect_uri", CALLBACK),
        ("code_verifier", crate::provider_world::VERIFIER),
    ];
    let tokens = world.node.token(&basic(id, secret), &form(&fields)).await;
    assert_eq!(tokens.status, 200, "{tokens:?}");
    let clients = world.node.broker.clients.load();
    let client = clients.get(&ClientId::parse(id).unwrap()).unwrap();
    assert_eq!(client.branding.name.get(Locale::It), "Portale (rp.test)");
    assert_eq!(client.branding.name.get(Locale::En), "Portal (rp.test)");
    assert_eq!(client.branding.privacy_uri, "https://rp.test/policy");
    assert_eq!(client.branding.legal_uri, "https://rp.test/tos");
    assert_eq!(client.branding.accessibility_uri, "https://ente.test/accessibility");
}

#[actix_web::test]
async fn nobody_registers_without_a_token_that_has_a_use_left() {
    let world = World::new(1).await;
    let body = portal().to_string();
    for token in ["", "guessed", "0123456789abcdef0123456789abcdef01234568"] {
        let reply = world.ask("POST", "/register", token, &body).await;
        assert_eq!((reply.status, reply.json()["error"].as_str()), (401, Some("invalid_token")));
        assert!(reply.header("www-authenticate").unwrap().starts_with("Bearer "), "{reply:?}");
    }
    let bare = world.node.send("POST /register HTTP/1.1", &body).await;
    assert_eq!(bare.status, 401);
    assert_eq!(world.node.broker.clients.load().len(), 3, "nobody came");

    // What is refused costs no use; what is accepted does.
    world.refused(&json!({"redirect_uris": []})).await;
    world.registered(&portal()).await;
    assert_eq!(world.post(&portal()).await.status, 401);
    assert_eq!(world.node.broker.clients.load().len(), 4);
}

#[actix_web::test]
async fn parallel_registrations_share_one_use() {
    let world = World::new(1).await;
    let portal = portal();
    let replies = futures_of(&world, &portal).await;
    assert_eq!(replies.iter().filter(|status| **status == 201).count(), 1, "{replies:?}");
    assert_eq!(replies.iter().filter(|status| **status == 401).count(), 3, "{replies:?}");
    assert_eq!(world.node.broker.clients.load().len(), 4);
}

async fn futures_of(world: &World, portal: &Value) -> [u16; 4] {
    let post = || async { world.post(portal).await.status };
    let (a, b, c, d) = tokio::join!(post(), post(), post(), post());
    [a, b, c, d]
}

#[actix_web::test]
async fn what_a_redirect_uri_may_not_be_is_refused() {
    let world = World::new(1).await;
    for uri in [
        "https://rp.test/cb#fragment",
        "https://rp.test/cb#",
        "https://*.rp.test/cb",
        "https://rp.test/*",
        "http://rp.test/cb",
        "http://localhost/cb",
        "http://127.0.0.1/cb",
        "https://192.0.2.7/cb",
        "https://[2001:db8::7]/cb",
        "https://user@rp.test/cb",
        "https://user:word@rp.test/cb",
        "https://intranet/cb",
        "https://rp.test./cb",
        "javascript:alert(1)",
        "it.ente.app:/cb",
        "/cb",
        "",
    ] {
        let (error, description) = world.refused(&with(&json!({"redirect_uris": [uri]}))).await;
        assert_eq!(error, "invalid_redirect_uri", "{uri}: {description}");
        assert!(description.contains("redirect_uris"), "{description}");
    }
    let native = |uri: &str| with(&json!({"redirect_uris": [uri], "application_type": "native"}));
    assert_eq!(world.refused(&native("http://localhost/cb")).await.0, "invalid_redirect_uri");
    world.registered(&native("http://127.0.0.1/cb")).await;
}

#[actix_web::test]
async fn metadata_that_does_not_fit_is_refused_with_its_members() {
    let world = World::new(1).await;
    for (changes, member) in [
        (
            json!({"token_endpoint_auth_method": "client_secret_magic"}),
            "token_endpoint_auth_method",
        ),
        (json!({"token_endpoint_auth_method": "private_key_jwt"}), "jwks"),
        (json!({"token_endpoint_auth_method": "tls_client_auth"}), "token_endpoint_auth_method"),
        (json!({"grant_types": ["implicit"]}), "grant_types"),
        (json!({"response_types": ["code id_token"]}), "response_types"),
        (json!({"id_token_signed_response_alg": "none"}), "id_token_signed_response_alg"),
        (json!({"subject_type": "public"}), "subject_type"),
        (json!({"profile": "fapi2_message_signing"}), "profile"),
        (json!({"jwks": {"keys": []}, "jwks_uri": "https://rp.test/jwks"}), "jwks_uri"),
        (json!({"jwks": {"keys": "none"}}), "jwks"),
        (json!({"jwks_uri": "https://169.254.169.254/latest"}), "jwks_uri"),
        (json!({"jwks_uri": "http://rp.test/jwks"}), "jwks_uri"),
        (json!({"logo_uri": "javascript:alert(1)"}), "logo_uri"),
        (json!({"initiate_login_uri": "http://rp.test/start"}), "initiate_login_uri"),
        (json!({"client_name": "Portale\u{202e}"}), "client_name"),
        (json!({"client_name": 7}), "client metadata"),
        (json!({"redirect_uris": [CALLBACK, "https://other.test/cb"]}), "sector_identifier_uri"),
        (json!({"sector_identifier_uri": "https://10.0.0.1/list"}), "sector_identifier_uri"),
    ] {
        let (error, description) = world.refused(&with(&changes)).await;
        assert_eq!(error, "invalid_client_metadata", "{changes}: {description}");
        assert!(description.contains(member), "{changes}: {description}");
    }
    let statement = with(&json!({"software_statement": "e30.e30.e30"}));
    assert_eq!(world.refused(&statement).await.0, "unapproved_software_statement");
    for body in ["", "[]", "{", "\"text\""] {
        let reply = world.ask("POST", "/register", INITIAL, body).await;
        assert_eq!(
            (reply.status, reply.json()["error"].as_str()),
            (400, Some("invalid_client_metadata"))
        );
    }
    assert_eq!(world.outbound.asked().len(), 0, "nobody was asked for anything");
    world.registered(&portal()).await;
}

#[actix_web::test]
async fn what_the_operator_decides_is_not_the_clients_to_choose() {
    let world = World::new(1).await;
    let told = world
        .registered(&with(&json!({
            "legacy_without_pkce": true, "session_reuse_level": 3, "access_token_format": "RS256",
            "resources": ["https://api.test"], "scope": "openid company", "minimum_level": 0,
            "subject_type": "pairwise", "client_id": "inps",
        })))
        .await;
    assert_eq!(told["legacy_without_pkce"], false);
    assert!(told.get("session_reuse_level").is_none() && told.get("resources").is_none());
    let id = ClientId::parse(text(&told, "client_id")).unwrap();
    let clients = world.node.broker.clients.load();
    let client = clients.get(&id).unwrap();
    assert!(!client.protocol.requests.legacy_without_pkce);
    assert!(
        !client.scopes.contains(Scope::Company) && !client.scopes.contains(Scope::FiscalNumber)
    );
    assert_eq!(client.upstreams, ["spid"]);
}

/// OP-SS-1: what is inside by its number, in any notation, is refused before anybody is asked. A name that
/// leads inside is not connected to: `effects::outbound` sees to that.
#[actix_web::test]
async fn no_address_of_a_registration_leads_inside() {
    let world = World::new(1).await;
    for place in [
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0177.0.0.1",
        "0x7f.0.0.1",
        "0.0.0.0",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "169.254.169.254",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "100.64.0.1",
        "[fe80::1]",
        "[fc00::1]",
        "①②⑦.0.0.1",
        "user@rp.test",
        "rp.test:22",
        "rp.test:6379",
    ] {
        for member in ["jwks_uri", "sector_identifier_uri"] {
            let asked = with(&json!({member: format!("https://{place}/document")}));
            let (error, description) = world.refused(&asked).await;
            assert_eq!(error, "invalid_client_metadata", "{member} {place}");
            assert!(description.contains(member), "{place}: {description}");
        }
    }
    for scheme in ["http", "file", "gopher", "ftp", "dict", "unix", "data"] {
        let asked = with(&json!({"jwks_uri": format!("{scheme}://rp.test/jwks")}));
        assert_eq!(world.refused(&asked).await.0, "invalid_client_metadata", "{scheme}");
    }
    assert_eq!(world.outbound.asked().len(), 0, "nobody was asked for anything");
}

#[actix_web::test]
async fn a_sector_document_must_list_every_redirect_uri() {
    let world = World::new(1).await;
    let two = with(&json!({
        "redirect_uris": [CALLBACK, "https://other.test/cb"],
        "sector_identifier_uri": "https://sector.test/list.json",
    }));
    let lists = json!([CALLBACK]).to_string();
    world.outbound.serve(&lists);
    assert_eq!(world.refused(&two).await.0, "invalid_client_metadata");
    world.outbound.serve("no list");
    assert_eq!(world.refused(&two).await.0, "invalid_client_metadata");
    world.outbound.answer(Err(OutboundFault::Private));
    let (_, description) = world.refused(&two).await;
    assert!(!description.contains("private"), "nothing is told of addresses: {description}");

    world
        .outbound
        .serve(&json!([CALLBACK, "https://other.test/cb", "https://more.test"]).to_string());
    let told = world.registered(&two).await;
    let asked = world.outbound.asked();
    assert_eq!(asked.last().unwrap().url.to_string(), "https://sector.test/list.json");
    assert!(asked.last().unwrap().limits.octets <= 64 * 1024);
    let id = ClientId::parse(text(&told, "client_id")).unwrap();
    assert_eq!(world.node.broker.clients.load().get(&id).unwrap().sector, "sector.test");
}

/// R1: the level is the client's to ask, and with it comes the duty to take the means of other states.
#[actix_web::test]
async fn r1_a_client_that_asks_level_2_is_not_registered_where_other_states_means_are_not_accepted()
{
    let world = World::new(2).await;
    let asks = |level: u8| {
        with(&json!({ "default_acr_values": [format!("https://www.spid.gov.it/SpidL{level}")] }))
    };
    for level in [2, 3] {
        let (error, description) = world.refused(&asks(level)).await;
        assert_eq!(error, "invalid_client_metadata");
        assert!(description.contains("default_acr_values"), "{description}");
    }
    let told = world.registered(&asks(1)).await;
    let (path, token) = (path_of(&told), text(&told, "registration_access_token"));
    let mut changes = asks(2);
    changes["client_id"] = told["client_id"].clone();
    let reply = world.ask("PUT", &path, token, &changes.to_string()).await;
    let error = reply.json()["error"].clone();
    assert_eq!((reply.status, error), (400, json!("invalid_client_metadata")));
    assert_eq!(world.ask("GET", &path, token, "").await.json(), told, "nothing changed");

    // A private body, a recorded reason, the means of other states: each makes it right.
    let registrations = world.node.provider.registrations().unwrap();
    let waiver = Waiver {
        reason: "for staff alone".into(),
        decided_by: "the director".into(),
        decided_on: Day::new(2026, 11, 22).unwrap(),
    };
    let waived = Period {
        row: 0,
        from: None,
        until: None,
        instruments: vec!["spid".into()],
        categories: None,
        minimum_level: Level::L1,
        levels: Vec::new(),
        minimum_age: None,
        dedicated_to: Vec::new(),
        delegable: Delegable::All,
        legal_ref: None,
        eidas_off: Some(waiver),
    };
    let private = Template { public: false, ..template() };
    let waived = Template { policy: ServicePolicy::new(vec![waived]).unwrap(), ..template() };
    let european = Template { upstreams: vec!["spid", "eidas"], ..template() };
    registrations.replace_template(private.clone()).await.unwrap();
    let told = world.registered(&asks(2)).await;
    let id = text(&told, "client_id").to_owned();
    let known = |id: &str| {
        let id = ClientId::parse(id).unwrap();
        world.node.broker.clients.load().get(&id).is_some()
    };
    for (template, served) in [
        (private, true),
        (template(), false),
        (waived, true),
        (template(), false),
        (european, true),
    ] {
        registrations.replace_template(template).await.unwrap();
        assert_eq!(known(&id), served);
    }
}

#[actix_web::test]
async fn a_client_reads_changes_and_removes_itself_and_nobody_else_does() {
    let world = World::new(2).await;
    let told = world.registered(&portal()).await;
    let other = world.registered(&portal()).await;
    let (path, token) = (path_of(&told), text(&told, "registration_access_token"));
    let read = world.ask("GET", &path, token, "").await;
    assert_eq!((read.status, read.json()), (200, told.clone()));

    // A stranger, another client, an unknown name: the same answer.
    let strangers = [(&path, INITIAL), (&path, text(&other, "registration_access_token"))];
    let unknown = "/register/reg-unknown".to_owned();
    let mut answers = Vec::new();
    for (path, token) in strangers.into_iter().chain([(&unknown, token)]) {
        for method in ["GET", "PUT", "DELETE"] {
            let reply = world.ask(method, path, token, "{}").await;
            assert_eq!(reply.status, 401, "{method} {path}: {reply:?}");
            answers.push(reply.body);
        }
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "{answers:?}");

    let id = text(&told, "client_id");
    let update = |changes: Value| with(&changes).to_string();
    for wrong in [
        json!({}),
        json!({"client_id": "reg-other"}),
        json!({"client_id": id, "client_secret": "guessed"}),
        json!({"client_id": id, "registration_access_token": token}),
        json!({"client_id": id, "client_id_issued_at": 1}),
    ] {
        let reply = world.ask("PUT", &path, token, &update(wrong)).await;
        assert_eq!(
            (reply.status, reply.json()["error"].as_str()),
            (400, Some("invalid_client_metadata"))
        );
    }
    let bad = update(json!({"client_id": id, "redirect_uris": ["http://rp.test"]}));
    assert_eq!(world.ask("PUT", &path, token, &bad).await.status, 400);
    assert_eq!(world.ask("GET", &path, token, "").await.json(), told, "nothing changed");

    let secret = text(&told, "client_secret");
    let good =
        json!({"client_id": id, "client_secret": secret, "redirect_uris": ["https://rp.test/new"]});
    let changed = world.ask("PUT", &path, token, &update(good)).await;
    assert_eq!(changed.status, 200, "{changed:?}");
    let changed = changed.json();
    assert_eq!(changed["client_secret"], told["client_secret"]);
    assert_eq!(world.node.authorize(id, &[]).await.status, 400, "the old address is gone");
    let next = text(&changed, "registration_access_token");
    assert_eq!(world.ask("GET", &path, token, "").await.status, 401, "the old token is of no use");

    let removed = world.ask("DELETE", &path, next, "").await;
    assert_eq!((removed.status, removed.body.as_str()), (204, ""));
    assert_eq!(world.ask("GET", &path, next, "").await.status, 401);
    assert_eq!(world.ask("DELETE", &path, next, "").await.status, 401, "once");
    let other_id = text(&other, "client_id");
    assert_eq!(world.node.authorize(other_id, &[]).await.status, 303, "the other one is untouched");
}

#[actix_web::test]
async fn what_a_removed_client_holds_dies_at_once() {
    let world = World::new(1).await;
    let told = world.registered(&portal()).await;
    let (id, secret) = (text(&told, "client_id"), text(&told, "client_secret"));
    let redeem = async |code: &str| {
        let fields = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", CALLBACK),
            ("code_verifier", crate::provider_world::VERIFIER),
        ];
        world.node.token(&basic(id, secret), &form(&fields)).await
    };
    let first = world.node.code(id, &[]).await;
    let token = redeem(&first).await.json()["access_token"].as_str().unwrap().to_owned();
    assert_eq!(world.node.userinfo(&token).await.status, 200);
    let waiting = world.node.code(id, &[]).await;

    let management = text(&told, "registration_access_token");
    assert_eq!(world.ask("DELETE", &path_of(&told), management, "").await.status, 204);
    assert_eq!(world.node.userinfo(&token).await.status, 401);
    assert_eq!(redeem(&waiting).await.status, 401);
    assert_eq!(world.node.authorize(id, &[]).await.status, 400);
}

#[actix_web::test]
async fn another_node_knows_a_client_as_soon_as_somebody_comes_for_it() {
    let world = World::new(2).await;
    let other = world.beside().await;
    let told = world.registered(&portal()).await;
    let id = text(&told, "client_id");
    assert_eq!(other.authorize(id, &[]).await.status, 400, "the registry was asked a moment ago");
    world.clock.advance(Duration::from_secs(1));
    assert_eq!(other.authorize(id, &[]).await.status, 303);

    let token = text(&told, "registration_access_token");
    assert_eq!(world.ask("DELETE", &path_of(&told), token, "").await.status, 204);
    other.provider.registrations().unwrap().follow().await.unwrap();
    assert_eq!(other.authorize(id, &[]).await.status, 400);

    // A node that starts now knows the same.
    let kept = world.registered(&portal()).await;
    let third = world.beside().await;
    assert_eq!(third.authorize(text(&kept, "client_id"), &[]).await.status, 303);
    assert_eq!(third.authorize(id, &[]).await.status, 400);
}

#[actix_web::test]
async fn without_registration_there_is_no_endpoint() {
    let (fx, _) = Effects::scripted(NOW, 8);
    let node = Node::in_memory(&fx);
    let discovery = node.get("/.well-known/openid-configuration").await.json();
    assert!(discovery.get("registration_endpoint").is_none());
    for (method, path) in [("POST", "/register"), ("GET", "/register/x"), ("DELETE", "/register/x")]
    {
        let head = format!("{method} {path} HTTP/1.1\r\nAuthorization: Bearer {INITIAL}");
        assert_eq!(node.send(&head, "{}").await.status, 404, "{method} {path}");
    }
}
