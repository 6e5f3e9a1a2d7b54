//! Whole sign-ins against a scripted provider: what goes out, what comes in, and what is not asked any more
//! once something is wrong (attack rows RP-MIX-1, RP-ID, RP-TE-1, RP-CA-1, FE-KY-1).

use std::sync::OnceLock;

use serde_json::{Map, Value};
use url::Url;

use super::*;
use crate::crypto::jose::SigningAlgorithm;
use crate::crypto::jwe::{
    ContentEncryption, Encryption, KeyManagement, ReceiverKey, ReceiverKeys, encrypt,
};
use crate::crypto::jwk::{PublicKeys, SignatureAlgorithm};
use crate::crypto::jws::corpus::Forger;
use crate::crypto::signer::LocalKey;
use crate::effects::{Fetched, OutboundFault, ScriptedClock, ScriptedOutbound};
use crate::federation::{AskStatus, Dialect, EntityConfiguration, EntityId, Reader, TrustAnchor};
use crate::terms::Locale;
use crate::upstream::contract::Shown;
use crate::upstream::openid::settings::Organization;

const NOW: i64 = 1_795_338_900;
const OP: &str = "https://op.test/oidc";
const ANCHOR: &str = "https://anchor.test";
const US: &str = "https://broker.test/cie";
const MARIO: &str = "TINIT-RSSMRA80A01H501U";

/// Keys of ours: made once, because making them takes long.
fn pem(at: usize) -> &'static [u8] {
    static KEYS: OnceLock<Vec<Vec<u8>>> = OnceLock::new();
    let make = || LocalKey::generate(SigningAlgorithm::RS256).unwrap().to_vec();
    &KEYS.get_or_init(|| (0..5).map(|_| make()).collect())[at]
}

fn key(at: usize) -> Arc<LocalKey> {
    Arc::new(LocalKey::from_pkcs8(SigningAlgorithm::RS256, pem(at)).unwrap())
}

fn id(text: &str) -> EntityId {
    EntityId::parse(text, false).unwrap()
}

pub(super) fn entity() -> Entity {
    let receiving = ReceiverKeys {
        current: vec![ReceiverKey::from_pkcs8(pem(2)).unwrap()],
        former: Vec::new(),
    };
    Entity {
        tenant: "default".to_owned(),
        id: id(US),
        path: "/cie".to_owned(),
        superiors: vec![id(ANCHOR)],
        organization: Organization {
            name: "Ente di prova".to_owned(),
            homepage: "https://ente.test".to_owned(),
            policy: "https://ente.test/privacy".to_owned(),
            logo: "https://ente.test/logo.svg".to_owned(),
            contacts: vec!["ente@pec.test".to_owned()],
        },
        attribute_sets: vec![AttributeSet {
            name: "default".to_owned(),
            attributes: MINIMUM.map(str::to_owned).to_vec(),
        }],
        keys: Keys {
            federation: vec![key(0)],
            signing: vec![key(1), key(3)],
            receiving: Arc::new(receiving),
        },
    }
}

pub(super) fn config(entities: Vec<Entity>) -> OpenIdConfig {
    OpenIdConfig {
        entities,
        anchor: TrustAnchor {
            id: id(ANCHOR),
            keys: Arc::new(Forger::get().keys()),
            dialect: Dialect::It2023,
            marks: std::collections::BTreeMap::new(),
            mark_status: AskStatus::Always,
            auto_roll: false,
        },
        providers: Vec::new(),
        disabled: std::collections::BTreeSet::new(),
        reach: Reach::default(),
        audience: Audience::Endpoint,
        answers: Answers::default(),
        userinfo_named: true,
        not_before: false,
        force: false,
        folder: None,
        refresh: Duration::from_hours(4),
    }
}

pub(super) fn provider() -> Provider {
    Provider {
        issuer: OP.to_owned(),
        authorization_endpoint: format!("{OP}/authorize"),
        token_endpoint: format!("{OP}/token"),
        userinfo_endpoint: format!("{OP}/userinfo"),
        revocation_endpoint: Some(format!("{OP}/revoke")),
        names_itself: true,
        jwks: Forger::get().jwks().as_object().unwrap().clone(),
        chain: "digest".to_owned(),
        expires: Timestamp::from_unix_seconds(NOW + 1800),
    }
}

const ENCRYPTION: Encryption =
    Encryption { key: KeyManagement::RsaOaep, content: ContentEncryption::A256CbcHs512 };

struct World {
    cie: Cie,
    fx: Effects,
    clock: Arc<ScriptedClock>,
    outbound: Arc<ScriptedOutbound>,
}

fn world() -> World {
    world_with(Answers::default())
}

fn world_with(answers: Answers) -> World {
    let (fx, clock) = Effects::scripted(NOW, 7);
    let outbound = Arc::new(ScriptedOutbound::default());
    let fx = fx.with_outbound(outbound.clone());
    let config = OpenIdConfig { answers, ..config(vec![entity()]) };
    let cie = Cie::open(config, &fx).unwrap();
    cie.deployed.load().register.know(OP, Ok(provider()));
    World { cie, fx, clock, outbound }
}

/// What a request object says.
fn payload(token: &str) -> Map<String, Value> {
    use base64::Engine as _;
    let part = token.split('.').nth(1).unwrap();
    let octets = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(part).unwrap();
    serde_json::from_slice(&octets).unwrap()
}

fn half(text: &str) -> String {
    base64url(&sha256(text.as_bytes())[..16])
}

fn said(media_type: &str, body: String) -> Fetched {
    Fetched {
        status: 200,
        media_type: Some(media_type.to_owned()),
        etag: None,
        last_modified: None,
        body: body.into_bytes(),
    }
}

impl World {
    async fn depart(&self, level: Level) -> (String, Pending) {
        let request = UpstreamRequest {
            provider: OP.to_owned(),
            level,
            force: false,
            tenant: "default".to_owned(),
            attribute_set: String::new(),
            consumer: None,
            purpose: None,
            locale: Locale::It,
            ticket: Handle::fresh(&self.fx),
        };
        let (departure, pending) = self.cie.redirect(&request, &self.fx).await.unwrap();
        let Departure::Redirect(address) = departure else { panic!("a form") };
        (address, pending)
    }

    /// The same, after the provider became known again.
    async fn depart_known(&self) -> (String, Pending) {
        self.cie.deployed.load().register.know(OP, Ok(provider()));
        self.depart(Level::L2).await
    }

    fn id_token(pending: &Pending, change: impl FnOnce(&mut Value)) -> String {
        let mut claims = json!({"iss": OP, "aud": US, "sub": "pairwise", "nonce": pending.nonce,
            "iat": NOW, "exp": NOW + 300, "at_hash": half("at"), "acr": Level::L3.uri(), "jti": "one"});
        change(&mut claims);
        Forger::get().sign(SignatureAlgorithm::RS256, &json!({}), &claims)
    }

    fn serve_tokens(&self, id_token: &str) {
        let body = json!({"access_token": "at", "token_type": "Bearer", "expires_in": 600,
            "id_token": id_token});
        self.outbound.answer(Ok(said("application/json", body.to_string())));
    }

    fn sealed(&self, receiver: &ReceiverKeys, claims: &Value) -> String {
        let signed = Forger::get().sign(SignatureAlgorithm::RS256, &json!({}), claims);
        self.encrypted(receiver, Some("JWT"), &signed)
    }

    fn encrypted(&self, receiver: &ReceiverKeys, kind: Option<&str>, text: &str) -> String {
        let jwk = receiver.current[0].jwk(KeyManagement::RsaOaep);
        let keys = PublicKeys::parse(json!({"keys": [jwk]}).to_string().as_bytes()).unwrap();
        encrypt(&keys, ENCRYPTION, kind, text.as_bytes(), &self.fx).unwrap()
    }

    fn serve_userinfo(&self, change: impl FnOnce(&mut Value)) {
        let mut claims = json!({"iss": OP, "aud": US, "sub": "pairwise", "iat": NOW, "exp": NOW + 60,
            "given_name": "Mario", "family_name": "Rossi", "birthdate": "1980-01-01",
            "https://attributes.eid.gov.it/fiscal_number": MARIO});
        change(&mut claims);
        let receiving = Arc::clone(&self.cie.deployed.load().parties[0].entity.keys.receiving);
        let token = self.sealed(&receiving, &claims);
        self.outbound.answer(Ok(said("application/jwt", token)));
    }

    async fn arrive(
        &self,
        pending: Pending,
        parameters: &[(&str, &str)],
    ) -> Result<UpstreamIdentity, Setback> {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        let inbound = Inbound {
            path: "/cie/callback".to_owned(),
            posted: false,
            parameters: parameters.iter().map(owned).collect(),
            shown: Shown::Nothing,
            from: None,
        };
        match self.cie.receive(pending, inbound, &self.fx).await? {
            Arrival::Identified(identity) => Ok(*identity),
            Arrival::Onward(..) => panic!("another round"),
        }
    }

    async fn arrive_with_code(&self, pending: Pending) -> Result<UpstreamIdentity, Setback> {
        self.arrive(pending, &[("code", "code"), ("iss", OP)]).await
    }

    fn asked(&self) -> usize {
        self.outbound.asked().len()
    }
}

fn form(request: &crate::effects::FetchRequest) -> Vec<(String, String)> {
    let body = request.body.as_ref().unwrap();
    url::form_urlencoded::parse(&body.octets).into_owned().collect()
}

fn field(form: &[(String, String)], name: &str) -> String {
    form.iter().find(|(known, _)| known == name).unwrap().1.clone()
}

#[tokio::test]
async fn a_person_signs_in_with_one_code_and_one_userinfo() {
    let world = world();
    let (address, pending) = world.depart(Level::L2).await;
    let url = Url::parse(&address).unwrap();
    let object = url.query_pairs().find(|(name, _)| name == "request").unwrap().1.into_owned();
    let claims = payload(&object);
    assert_eq!((claims["iss"].as_str(), claims["aud"].as_str()), (Some(US), Some(OP)));
    assert_eq!(claims["redirect_uri"], "https://broker.test/cie/callback");
    assert!(!address.contains(&pending.verifier) && !object.contains(&pending.verifier));
    assert_eq!(claims["code_challenge"], base64url(&sha256(pending.verifier.as_bytes())));
    // What lies in the store is what was sent.
    let kept: Pending = serde_json::from_value(serde_json::to_value(&pending).unwrap()).unwrap();
    assert!(!format!("{kept:?}").contains(&kept.verifier));
    world.serve_tokens(&World::id_token(&pending, |_| {}));
    world.serve_userinfo(|claims| claims["email"] = "m@example.test".into());
    let verifier = pending.verifier.clone();
    let identity = world.arrive_with_code(kept).await.unwrap();
    assert_eq!((identity.upstream.as_str(), identity.provider.as_str()), ("cie", OP));
    assert_eq!((identity.level, identity.assertion_id.as_str()), (Level::L3, "one"));
    assert_eq!(identity.attributes["fiscalNumber"], MARIO);
    assert!(!identity.attributes.contains_key("email"), "nobody asked for it");
    let [token, userinfo] = world.outbound.asked().try_into().unwrap();
    let form = form(&token);
    assert_eq!(field(&form, "code_verifier"), verifier);
    let assertion = payload(&field(&form, "client_assertion"));
    assert_eq!(assertion["aud"], format!("{OP}/token"));
    assert_eq!((&assertion["iss"], &assertion["sub"]), (&json!(US), &json!(US)));
    assert_eq!(assertion["exp"].as_i64().unwrap() - assertion["iat"].as_i64().unwrap(), 60);
    assert!(userinfo.body.is_none());
    let (name, bearer) = &userinfo.headers[0];
    assert_eq!((name.as_str(), bearer.expose_secret()), ("authorization", "Bearer at"));
    let given = identity.session.unwrap().given.unwrap();
    assert_eq!(given.endpoint, format!("{OP}/revoke"));
}

#[tokio::test]
async fn two_departures_share_nothing() {
    let world = world();
    let (first, one) = world.depart(Level::L2).await;
    let (second, other) = world.depart(Level::L2).await;
    assert_ne!(first, second);
    assert_ne!(one.nonce, other.nonce);
    assert_ne!(one.verifier, other.verifier);
    // A code that was meant for the other journey brings the other nonce.
    world.serve_tokens(&World::id_token(&other, |_| {}));
    let setback = world.arrive_with_code(one).await.unwrap_err();
    assert_eq!(setback.slug, "id-token-nonce");
    assert_eq!(world.asked(), 1, "the userinfo endpoint was asked");
}

#[tokio::test]
async fn an_answer_of_another_issuer_sends_no_code_anywhere() {
    let world = world();
    for parameters in [
        vec![("code", "code"), ("iss", "https://evil.test")],
        vec![("code", "code")],
        vec![("code", "code"), ("iss", OP), ("iss", OP)],
        vec![("code", "code"), ("error", "access_denied"), ("iss", OP)],
        vec![("error", "access_denied")],
    ] {
        let (_, pending) = world.depart(Level::L2).await;
        assert!(world.arrive(pending, &parameters).await.is_err(), "{parameters:?}");
        assert_eq!(world.asked(), 0, "{parameters:?}");
    }
}

#[tokio::test]
async fn nobody_is_asked_for_userinfo_before_the_id_token_holds() {
    for (name, value, slug) in [
        ("iss", json!("https://evil.test"), "id-token-wrong-issuer"),
        ("aud", json!([US, "https://evil.test"]), "id-token-wrong-audience"),
        ("exp", json!(NOW - 60), "id-token-time"),
        ("at_hash", json!(half("other")), "id-token-hash"),
        ("acr", json!(Level::L1.uri()), "id-token-level-too-low"),
        ("acr", json!("unheard of"), "id-token-level-unknown"),
    ] {
        let world = world();
        let (_, pending) = world.depart(Level::L2).await;
        world.serve_tokens(&World::id_token(&pending, |claims| claims[name] = value.clone()));
        world.serve_userinfo(|_| {});
        let setback = world.arrive_with_code(pending).await.unwrap_err();
        assert_eq!(setback.slug, slug, "{name} {value}");
        assert_eq!(world.asked(), 1, "{name} {value}");
    }
}

#[tokio::test]
async fn a_token_endpoint_that_fails_is_asked_once() {
    for (answer, slug) in [
        (Err(OutboundFault::TooSlow(Duration::from_secs(10))), "openid-token-unavailable"),
        (Err(OutboundFault::TooLarge(65_536)), "openid-token-unavailable"),
        (
            Err(OutboundFault::Redirected("https://evil.test".to_owned())),
            "openid-token-unavailable",
        ),
        (Err(OutboundFault::Compressed), "openid-token-unavailable"),
        (Ok(said("text/html", "<html>".to_owned())), "openid-token-malformed"),
        (
            Ok(said("application/json", r#"{"access_token":"at"}"#.to_owned())),
            "openid-token-malformed",
        ),
    ] {
        let world = world();
        let (_, pending) = world.depart(Level::L2).await;
        world.outbound.answer(answer);
        let setback = world.arrive_with_code(pending).await.unwrap_err();
        assert_eq!((setback.slug, world.asked()), (slug, 1));
    }
}

#[tokio::test]
async fn userinfo_that_is_not_for_us_about_this_person_proves_nobody() {
    let changes: [(&str, Value, &str); 4] = [
        ("sub", json!("another"), "userinfo-wrong-subject"),
        ("aud", json!("https://evil.test"), "userinfo-wrong-audience"),
        ("https://attributes.eid.gov.it/fiscal_number", json!([MARIO]), "openid-fiscal-number"),
        ("https://attributes.eid.gov.it/fiscal_number", json!(null), "openid-fiscal-number"),
    ];
    for (name, value, slug) in changes {
        let world = world();
        let (_, pending) = world.depart(Level::L2).await;
        world.serve_tokens(&World::id_token(&pending, |_| {}));
        world.serve_userinfo(|claims| claims[name] = value.clone());
        assert_eq!(world.arrive_with_code(pending).await.unwrap_err().slug, slug, "{name}");
    }
}

#[tokio::test]
async fn userinfo_in_the_clear_or_for_another_key_is_refused() {
    let world = world();
    let claims = json!({"iss": OP, "aud": US, "sub": "pairwise",
        "https://attributes.eid.gov.it/fiscal_number": MARIO});
    let signed = Forger::get().sign(SignatureAlgorithm::RS256, &json!({}), &claims);
    let other = ReceiverKeys {
        current: vec![ReceiverKey::from_pkcs8(pem(4)).unwrap()],
        former: Vec::new(),
    };
    let stranger = world.sealed(&other, &claims);
    for (answer, slug) in [
        (Ok(said("application/json", claims.to_string())), "userinfo-not-encrypted"),
        (Ok(said("application/jwt", signed)), "userinfo-not-encrypted"),
        (Ok(said("application/jwt", stranger)), "userinfo-not-decryptable"),
        (Err(OutboundFault::TooSlow(Duration::from_secs(10))), "userinfo-unavailable"),
    ] {
        let (_, pending) = world.depart(Level::L2).await;
        world.serve_tokens(&World::id_token(&pending, |_| {}));
        world.outbound.answer(answer);
        assert_eq!(world.arrive_with_code(pending).await.unwrap_err().slug, slug);
    }
}

#[tokio::test]
async fn what_a_provider_gave_goes_back_to_it_at_logout_while_it_is_good() {
    let world = world();
    let (_, pending) = world.depart(Level::L1).await;
    world.serve_tokens(&World::id_token(&pending, |_| {}));
    world.serve_userinfo(|_| {});
    let session = world.arrive_with_code(pending).await.unwrap().session.unwrap();
    world.outbound.answer(Ok(said("application/json", String::new())));
    world.cie.give_back(&session, &world.fx).await.unwrap();
    let back = world.outbound.asked().pop().unwrap();
    let form = form(&back);
    assert_eq!(field(&form, "token"), "at");
    let assertion = payload(&field(&form, "client_assertion"));
    assert_eq!(
        assertion["aud"],
        format!("{OP}/revoke"),
        "each endpoint has an assertion of its own"
    );
    // After its end nobody is asked.
    world.clock.advance(Duration::from_secs(601));
    let asked = world.asked();
    world.cie.give_back(&session, &world.fx).await.unwrap();
    assert_eq!(world.asked(), asked);
}

#[tokio::test]
async fn a_provider_is_not_asked_beyond_its_chain() {
    let world = world();
    let request = |provider: &str| UpstreamRequest {
        provider: provider.to_owned(),
        level: Level::L2,
        force: false,
        tenant: "default".to_owned(),
        attribute_set: String::new(),
        consumer: None,
        purpose: None,
        locale: Locale::It,
        ticket: Handle::fresh(&world.fx),
    };
    let broken = ("federation-chain-broken", "statement of a about b: forged".to_owned());
    world.cie.deployed.load().register.know("https://broken.test", Err(broken));
    for (provider, slug) in [
        ("https://unknown.test", "federation-provider-unknown"),
        ("https://broken.test", "federation-chain-broken"),
    ] {
        let setback = world.cie.redirect(&request(provider), &world.fx).await.unwrap_err();
        assert_eq!(setback.slug, slug);
    }
    // Who departed in time may still come back: what was frozen counts.
    let (_, pending) = world.depart(Level::L2).await;
    world.clock.advance(Duration::from_secs(1800));
    let ended = world.cie.redirect(&request(OP), &world.fx).await.unwrap_err();
    assert_eq!(ended.slug, "federation-chain-expired");
    assert_eq!(world.cie.usable(world.fx.now()), 0);
    let late = |claims: &mut Value| {
        claims["iat"] = json!(NOW + 1800);
        claims["exp"] = json!(NOW + 2100);
    };
    world.serve_tokens(&World::id_token(&pending, late));
    world.serve_userinfo(late);
    assert!(world.arrive_with_code(pending).await.is_ok());
}

#[tokio::test]
async fn our_entity_configuration_is_a_sound_one_with_two_sets_of_keys() {
    let world = world();
    let path = "/cie/.well-known/openid-federation";
    assert!(world.cie.publishes_at().contains(&path.to_owned()));
    let document = world.cie.published(path, &[], &world.fx).await.unwrap();
    assert_eq!(document.media_type, "application/entity-statement+jwt");
    let token = String::from_utf8(document.body).unwrap();
    let reader = Reader { dialect: Dialect::It2023, now: world.fx.now(), development: false };
    let read = EntityConfiguration::verify(&token, &id(US), &reader).unwrap();
    let claims = json!(read.claims());
    assert_eq!(claims["authority_hints"], json!([ANCHOR]));
    assert_eq!(claims["trust_marks"], json!([]));
    let party = &claims["metadata"]["openid_relying_party"];
    assert_eq!(party["client_id"], US);
    assert_eq!(party["grant_types"], json!(["authorization_code", "refresh_token"]));
    assert_eq!(party["userinfo_encrypted_response_alg"], "RSA-OAEP");
    let kids = |jwks: &Value| -> Vec<String> {
        let keys = jwks["keys"].as_array().unwrap().iter();
        keys.map(|key| key["kid"].as_str().unwrap().to_owned()).collect()
    };
    let (federation, core) = (kids(&claims["jwks"]), kids(&party["jwks"]));
    assert_eq!((federation.len(), core.len()), (1, 3));
    assert!(core.iter().all(|kid| !federation.contains(kid)));
    // The same for whoever asks a moment later, and a fresh one after that.
    let again = world.cie.published(path, &[], &world.fx).await.unwrap();
    assert_eq!(again.body, token.as_bytes());
}

#[test]
fn an_entity_with_one_key_for_two_things_does_not_open() {
    let (fx, _) = Effects::scripted(NOW, 7);
    let shared = Entity { keys: Keys { signing: vec![key(0)], ..entity().keys }, ..entity() };
    let problems = Cie::open(config(vec![shared]), &fx).unwrap_err();
    assert!(problems[0].contains("make another key"), "{problems:?}");
}

#[tokio::test]
async fn nobody_makes_us_ask_about_others() {
    let world = world();
    for query in [
        vec![],
        vec![
            ("sub".to_owned(), "https://stranger.test".to_owned()),
            ("anchor".to_owned(), ANCHOR.to_owned()),
        ],
        vec![
            ("sub".to_owned(), OP.to_owned()),
            ("anchor".to_owned(), "https://evil.test".to_owned()),
        ],
    ] {
        let answer = world.cie.published("/cie/resolve", &query, &world.fx).await.unwrap();
        assert!(matches!(answer.status, 400 | 404), "{query:?}");
        assert!(String::from_utf8(answer.body).unwrap().contains("\"error\""));
    }
    assert_eq!(world.asked(), 0);
}

#[test]
fn the_newest_key_that_the_superior_pins_is_in_use_and_silence_changes_nothing() {
    let party = Party::new(entity(), Dialect::It2023, Answers::default()).unwrap();
    let (current, next) = (key(1).kid().to_owned(), key(3).kid().to_owned());
    let receiving = entity().keys.receiving.current[0].kid().to_owned();
    let signs = || party.signing_key().unwrap().kid().to_owned();
    let said = |core: &[&String]| party::Said {
        marks: vec![json!({"id": "mark", "trust_mark": "x.y.z"})],
        federation: Some(vec![key(0).kid().to_owned()]),
        core: Some(core.iter().map(|kid| (*kid).clone()).collect()),
    };
    assert_eq!((signs(), party.discord().len()), (current.clone(), 0), "nobody was asked");
    party.hear(said(&[&current, &receiving]));
    assert_eq!((signs(), party.discord()), (current.clone(), vec![]));
    party.hear(said(&[&current, &next, &receiving]));
    assert_eq!((signs(), party.discord()), (next.clone(), vec![]));
    // Pinned keys that we do not have: the operator hears of each.
    party.hear(said(&[&"stranger".to_owned()]));
    assert_eq!((signs(), party.discord().len()), (current, 2));
    let without = party::Said { marks: Vec::new(), federation: Some(vec![]), core: None };
    party.hear(without);
    assert_eq!(party.discord().len(), 2);
}

#[tokio::test]
async fn what_the_superior_says_of_us_is_taken_up_and_its_marks_are_published_verbatim() {
    let world = world();
    let forger = Forger::get();
    let statement = |claims: Value| {
        let header = json!({"typ": "entity-statement+jwt"});
        forger.sign(SignatureAlgorithm::RS256, &header, &claims)
    };
    let anchor = statement(json!({"iss": ANCHOR, "sub": ANCHOR, "iat": NOW, "exp": NOW + 600,
        "jwks": forger.jwks(), "metadata": {"federation_entity": {
            "federation_fetch_endpoint": format!("{ANCHOR}/fetch")}}}));
    let parts = &world.cie.deployed.load().parties[0].entity.keys;
    let core =
        json!({"keys": [key(3).jwk(), parts.receiving.current[0].jwk(KeyManagement::RsaOaep)]});
    let about = statement(json!({"iss": ANCHOR, "sub": US, "iat": NOW, "exp": NOW + 600,
        "jwks": {"keys": [key(0).jwk()]},
        "trust_marks": [{"id": "https://anchor.test/openid_relying_party/public", "trust_mark": "x.y.z"}],
        "metadata_policy": {"openid_relying_party": {"jwks": {"value": core}}}}));
    world.outbound.serve(&anchor);
    world.outbound.serve(&about);
    let Trust::Federation(federation) = world.cie.trust() else { panic!("metadata") };
    federation.renew(1, &world.fx).await;
    assert_eq!(federation.alerts(), Vec::<String>::new());
    assert_eq!(world.cie.trust().discords(), Vec::<String>::new());
    let asked: Vec<String> = world.outbound.asked().iter().map(|one| one.url.to_string()).collect();
    assert_eq!(
        asked,
        ["https://anchor.test/.well-known/openid-federation", "https://anchor.test/fetch"]
    );
    let path = "/cie/.well-known/openid-federation";
    let document = world.cie.published(path, &[], &world.fx).await.unwrap();
    let claims = payload(std::str::from_utf8(&document.body).unwrap());
    let mark = &claims["trust_marks"][0];
    assert_eq!((&mark["id"], &mark["trust_mark"]), (&mark["trust_mark_type"], &json!("x.y.z")));
    assert_eq!(world.cie.deployed.load().parties[0].signing_key().unwrap().kid(), key(3).kid());
    // A superior that is silent takes nothing away, and the operator reads which link it is.
    federation.renew(1, &world.fx).await;
    assert!(federation.alerts()[0].contains(ANCHOR), "{:?}", federation.alerts());
    assert_eq!(world.cie.deployed.load().parties[0].signing_key().unwrap().kid(), key(3).kid());
}

#[tokio::test]
async fn a_key_that_is_not_known_is_looked_for_once_a_minute() {
    let world = world();
    let frozen = |pending: &mut Pending| {
        let jwk = Forger::new().jwk(SignatureAlgorithm::RS256);
        pending.provider.jwks = json!({"keys": [jwk]}).as_object().unwrap().clone();
    };
    // Its keys turned over after the departure, and that is known already: nobody is asked.
    let (_, mut pending) = world.depart(Level::L2).await;
    let token = World::id_token(&pending, |_| {});
    frozen(&mut pending);
    world.serve_tokens(&token);
    world.serve_userinfo(|_| {});
    assert!(world.arrive_with_code(pending).await.is_ok());
    assert_eq!(world.asked(), 2);
    // A key that nobody knows: one look, and no other one for a minute.
    for asked in [2, 1] {
        let (_, pending) = world.depart(Level::L2).await;
        let claims = payload(&World::id_token(&pending, |_| {}));
        let header = r#"{"alg":"RS256","kid":"unheard of"}"#;
        let claims = Value::Object(claims).to_string();
        let token = Forger::get().sign_text(SignatureAlgorithm::RS256, header, &claims);
        world.serve_tokens(&token);
        let before = world.asked();
        let setback = world.arrive_with_code(pending).await.unwrap_err();
        assert_eq!(setback.slug, "id-token-unknown-key");
        assert_eq!(world.asked() - before, asked);
    }
}

/// R-03, RP-CSRF: whoever brings an answer again, or at the same moment, finds the journey used.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_answers_with_one_state_one_reaches_the_provider() {
    use crate::login::Received;
    use crate::login::tests::{client, world as node};
    use crate::upstream::{AnyUpstream, Upstreams};

    let mut node = node(vec![client("portal", |client| client.upstreams = vec!["cie"])]);
    let broker = Arc::get_mut(&mut node.broker).unwrap();
    let cie = Cie::open(config(vec![entity()]), &broker.fx).unwrap();
    cie.deployed.load().register.know(OP, Ok(provider()));
    broker.upstreams = Arc::new(Upstreams::new(vec![AnyUpstream::Cie(Box::new(cie))]));
    let begun = node.broker.begin(node.request("portal", |_| ()), None).await.unwrap();
    let departure = node.broker.redirect_begun(&begun, "cie", OP, Locale::It).await.unwrap();
    let Departure::Redirect(address) = departure else { panic!("a form") };
    let url = Url::parse(&address).unwrap();
    let object = url.query_pairs().find(|(name, _)| name == "request").unwrap().1.into_owned();
    let state = payload(&object)["state"].as_str().unwrap().to_owned();
    assert!(state.len() >= 32 && state.bytes().all(|octet| octet.is_ascii_alphanumeric()));
    let inbound = Inbound {
        path: "/cie/callback".to_owned(),
        posted: false,
        parameters: [("code", "code"), ("state", &state), ("iss", OP)]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .to_vec(),
        shown: Shown::Nothing,
        from: None,
    };
    let foreign = Inbound {
        parameters: vec![
            ("code".to_owned(), "code".to_owned()),
            ("state".to_owned(), "0".repeat(40)),
        ],
        ..inbound.clone()
    };
    let unsolicited = node.broker.receive(foreign).await.unwrap_err();
    assert_eq!(unsolicited.row().slug, "response-unsolicited");
    let mut all = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let (broker, inbound) = (Arc::clone(&node.broker), inbound.clone());
        all.spawn(async move { broker.receive(inbound).await.map_err(|fault| fault.row().slug) });
    }
    let outcomes = all.join_all().await;
    let (went_on, refused): (Vec<_>, Vec<_>) = outcomes.into_iter().partition(Result::is_ok);
    assert!(matches!(went_on.as_slice(), [Ok(Received::Continue(_))]), "{went_on:?}");
    assert!(refused.iter().all(|one| *one.as_ref().unwrap_err() == "response-replayed"));
    assert_eq!(node.outbound.asked().len(), 1, "one code was redeemed once");
}

#[test]
fn policy_calls_the_instrument_as_the_rules_do() {
    use crate::oidc::client::instrument_of;
    assert_eq!(instrument_of(CieRules::NAME), CieRules::AUTH_METHOD);
    assert_eq!(instrument_of(SpidOidcRules::NAME), SpidOidcRules::AUTH_METHOD);
}

/// A login is finished by whichever node the answer reaches: what the provider is was frozen in the journey,
/// and the other node needs no chain of its own.
#[tokio::test]
async fn a_login_that_began_at_one_node_ends_at_another_that_knows_no_provider_yet() {
    use crate::login::Received;
    use crate::login::tests::{client, world as node};
    use crate::upstream::{AnyUpstream, Upstreams};

    let mut node = node(vec![client("portal", |client| client.upstreams = vec!["cie"])]);
    let opened = |broker: &mut Arc<crate::login::Broker>, known: bool| {
        let broker = Arc::get_mut(broker).unwrap();
        let cie = Cie::open(config(vec![entity()]), &broker.fx).unwrap();
        if known {
            cie.deployed.load().register.know(OP, Ok(provider()));
        }
        broker.upstreams = Arc::new(Upstreams::new(vec![AnyUpstream::Cie(Box::new(cie))]));
    };
    opened(&mut node.broker, true);
    let begun = node.broker.begin(node.request("portal", |_| ()), None).await.unwrap();
    let departure = node.broker.redirect_begun(&begun, "cie", OP, Locale::It).await.unwrap();
    let Departure::Redirect(address) = departure else { panic!("a form") };
    let url = Url::parse(&address).unwrap();
    let object = url.query_pairs().find(|(name, _)| name == "request").unwrap().1.into_owned();
    let object = payload(&object);
    // The other node: the same store, and an upstream that has asked nobody.
    opened(&mut node.broker, false);
    let claims = json!({"iss": OP, "aud": US, "sub": "pairwise", "nonce": object["nonce"],
        "iat": NOW, "exp": NOW + 300, "at_hash": half("at"), "acr": Level::L3.uri(), "jti": "one"});
    let token = Forger::get().sign(SignatureAlgorithm::RS256, &json!({}), &claims);
    let tokens = json!({"access_token": "at", "token_type": "Bearer", "expires_in": 600,
        "id_token": token});
    node.outbound.answer(Ok(said("application/json", tokens.to_string())));
    let told = json!({"iss": OP, "aud": US, "sub": "pairwise", "iat": NOW, "exp": NOW + 60,
        "given_name": "Mario", "family_name": "Rossi", "birthdate": "1980-01-01",
        "https://attributes.eid.gov.it/fiscal_number": MARIO});
    let signed = Forger::get().sign(SignatureAlgorithm::RS256, &json!({}), &told);
    let jwk = ReceiverKey::from_pkcs8(pem(2)).unwrap().jwk(KeyManagement::RsaOaep);
    let keys = PublicKeys::parse(json!({"keys": [jwk]}).to_string().as_bytes()).unwrap();
    let how = Encryption { key: KeyManagement::RsaOaep, content: ContentEncryption::A256CbcHs512 };
    let sealed = encrypt(&keys, how, Some("JWT"), signed.as_bytes(), &node.broker.fx).unwrap();
    node.outbound.answer(Ok(said("application/jwt", sealed)));
    let state = object["state"].as_str().unwrap();
    let inbound = Inbound {
        path: "/cie/callback".to_owned(),
        posted: false,
        parameters: [("code", "code"), ("state", state), ("iss", OP)]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .to_vec(),
        shown: Shown::Nothing,
        from: None,
    };
    let received = node.broker.receive(inbound.clone()).await;
    assert!(matches!(received, Ok(Received::Continue(_))), "{received:?}");
    assert_eq!(node.outbound.asked().len(), 2, "the token and the userinfo, and nobody's chain");
    opened(&mut node.broker, true);
    let again = node.broker.receive(inbound).await.unwrap_err();
    assert_eq!(again.row().slug, "response-replayed", "the first node knows that it is used up");
    assert_eq!(node.outbound.asked().len(), 2);
}

#[tokio::test]
async fn who_is_signing_in_ends_after_a_reload_with_the_provider_that_they_left_for() {
    let world = world();
    let (_, pending) = world.depart(Level::L2).await;
    let mut next = config(vec![entity()]);
    next.providers = vec![id("https://another.test")];
    world.cie.replace(next, &world.fx);
    assert!(world.cie.providers().is_empty(), "nobody else is sent there");
    world.serve_tokens(&World::id_token(&pending, |_| {}));
    world.serve_userinfo(|_| {});
    assert!(world.arrive_with_code(pending).await.is_ok());
    // One that is disabled now is asked for nothing any more.
    let (_, other) = world.depart_known().await;
    let mut next = config(vec![entity()]);
    next.disabled = std::collections::BTreeSet::from([OP.to_owned()]);
    world.cie.replace(next, &world.fx);
    let before = world.asked();
    assert_eq!(world.arrive_with_code(other).await.unwrap_err().slug, "provider-disabled");
    assert_eq!(world.asked(), before);
}

#[tokio::test]
async fn a_reload_that_is_no_good_or_moves_an_entity_changes_nothing() {
    let world = world();
    let moved = Entity { path: "/elsewhere".to_owned(), ..entity() };
    let mut twice = entity();
    twice.keys.federation = twice.keys.signing.clone();
    for entities in [vec![moved], vec![twice], vec![]] {
        world.cie.replace(config(entities), &world.fx);
        assert_eq!(world.cie.providers().len(), 1);
        assert!(world.cie.receives_at("/cie/callback"));
        assert!(!world.cie.receives_at("/elsewhere/callback"));
    }
}

#[tokio::test]
async fn what_the_superiors_said_outlives_a_reload_and_not_another_superior() {
    let world = world();
    let said = party::Said { core: Some(vec![key(3).kid().to_owned()]), ..party::Said::default() };
    world.cie.deployed.load().parties[0].hear(said);
    let signs = |world: &World| {
        let key = world.cie.deployed.load().parties[0].signing_key();
        key.unwrap().kid().to_owned()
    };
    world.cie.replace(config(vec![entity()]), &world.fx);
    assert_eq!(signs(&world), key(3).kid(), "the one that is pinned");
    let below = Entity { superiors: vec![id("https://another.test")], ..entity() };
    world.cie.replace(config(vec![below]), &world.fx);
    assert_eq!(signs(&world), key(1).kid(), "nobody has said anything of us there");
}

#[tokio::test]
async fn a_superior_that_pins_other_keys_is_told_apart_from_one_that_is_silent() {
    let world = world();
    assert_eq!(world.cie.trust().discords(), Vec::<String>::new(), "nobody was asked");
    let said = party::Said {
        federation: Some(vec![key(0).kid().to_owned()]),
        core: Some(vec!["another".to_owned()]),
        marks: Vec::new(),
    };
    world.cie.deployed.load().parties[0].hear(said);
    let told = world.cie.trust().discords();
    assert_eq!(told.len(), 3, "signing, encryption and the mark: {told:?}");
    let signs = world.cie.deployed.load().parties[0].signing_key().unwrap();
    assert_eq!(signs.kid(), key(1).kid(), "requests go on with the one in use");
}

/// The row that refuses it, and a token made of ours, our keys, a stranger's and a genuine ID token.
type Wrong = (&'static str, fn(&World, &ReceiverKeys, &ReceiverKeys, &str) -> String);

#[tokio::test]
async fn an_id_token_that_must_be_encrypted_is_taken_encrypted_and_in_no_other_way() {
    let answers = Answers { id_token_encryption: Some(ENCRYPTION), ..Answers::default() };
    let ours = entity().keys.receiving;
    let world = world_with(answers);
    let (_, pending) = world.depart(Level::L2).await;
    let genuine = World::id_token(&pending, |_| {});
    world.serve_tokens(&world.encrypted(&ours, Some("JWT"), &genuine));
    world.serve_userinfo(|_| {});
    let identity = world.arrive_with_code(pending).await.unwrap();
    assert_eq!((identity.level, identity.attributes["fiscalNumber"].as_str()), (Level::L3, MARIO));

    let stranger = ReceiverKeys {
        current: vec![ReceiverKey::from_pkcs8(pem(4)).unwrap()],
        former: Vec::new(),
    };
    let rows: [Wrong; 8] = [
        ("id-token-not-encrypted", |_, _, _, token| token.to_owned()),
        ("id-token-not-encrypted", |_, _, _, token| format!("{token}.")),
        ("id-token-not-decryptable", |world, _, other, token| {
            world.encrypted(other, Some("JWT"), token)
        }),
        ("id-token-not-decryptable", |world, ours, _, token| {
            let sealed = world.encrypted(ours, Some("JWT"), token);
            let (head, tag) = sealed.rsplit_once('.').unwrap();
            let (first, rest) = tag.split_at(1);
            format!("{head}.{}{rest}", if first == "A" { 'B' } else { 'A' })
        }),
        // Nothing says that a token is inside, or something else does.
        ("id-token-malformed", |world, ours, _, token| world.encrypted(ours, None, token)),
        ("id-token-malformed", |world, ours, _, token| world.encrypted(ours, Some("JSON"), token)),
        // Encryption is nobody's signature: claims alone, and a token inside a token.
        ("id-token-malformed", |world, ours, _, token| {
            let claims = Value::Object(payload(token)).to_string();
            world.encrypted(ours, Some("JWT"), &claims)
        }),
        ("id-token-algorithm", |world, ours, _, token| {
            let inside = world.encrypted(ours, Some("JWT"), token);
            world.encrypted(ours, Some("JWT"), &inside)
        }),
    ];
    for (at, (slug, make)) in rows.into_iter().enumerate() {
        let world = world_with(answers);
        let (_, pending) = world.depart(Level::L2).await;
        let token = World::id_token(&pending, |_| {});
        world.serve_tokens(&make(&world, &ours, &stranger, &token));
        world.serve_userinfo(|_| {});
        let setback = world.arrive_with_code(pending).await.unwrap_err();
        assert_eq!(setback.slug, slug, "row {at}: {}", setback.detail);
        assert_eq!(world.asked(), 1, "row {at}: the userinfo endpoint was asked");
    }
    // The rules of the token hold inside as well.
    let world = world_with(answers);
    let (_, pending) = world.depart(Level::L2).await;
    let wrong = World::id_token(&pending, |claims| claims["aud"] = "https://evil.test".into());
    world.serve_tokens(&world.encrypted(&ours, Some("JWT"), &wrong));
    let setback = world.arrive_with_code(pending).await.unwrap_err();
    assert_eq!(setback.slug, "id-token-wrong-audience");
}

#[tokio::test]
async fn an_id_token_that_nobody_wanted_encrypted_is_refused() {
    let world = world();
    let (_, pending) = world.depart(Level::L2).await;
    let sealed =
        world.encrypted(&entity().keys.receiving, Some("JWT"), &World::id_token(&pending, |_| {}));
    world.serve_tokens(&sealed);
    let setback = world.arrive_with_code(pending).await.unwrap_err();
    assert_eq!(setback.slug, "id-token-algorithm");
    assert_eq!(world.asked(), 1, "the userinfo endpoint was asked");
}

#[tokio::test]
async fn tokens_are_signed_as_registered_and_what_is_registered_is_published() {
    for (algorithm, half) in [
        (SignatureAlgorithm::RS512, 32),
        (SignatureAlgorithm::PS256, 16),
        (SignatureAlgorithm::PS512, 32),
        (SignatureAlgorithm::ES256, 16),
        (SignatureAlgorithm::ES512, 32),
    ] {
        let answers = Answers {
            id_token: algorithm,
            userinfo: algorithm,
            id_token_encryption: Some(ENCRYPTION),
        };
        let world = world_with(answers);
        let own =
            world.cie.deployed.load().parties[0].own().configuration(world.fx.now()).await.unwrap();
        let own = payload(&own);
        let published = &own["metadata"]["openid_relying_party"];
        for name in ["id_token_signed_response_alg", "userinfo_signed_response_alg"] {
            assert_eq!(published[name], algorithm.name());
        }
        assert_eq!(published["id_token_encrypted_response_alg"], "RSA-OAEP");
        assert_eq!(published["id_token_encrypted_response_enc"], "A256CBC-HS512");
        for signed in [algorithm, SignatureAlgorithm::RS256] {
            let (_, pending) = world.depart(Level::L2).await;
            let digest = signed.half_digest(b"at").unwrap();
            let claims = json!({"iss": OP, "aud": US, "sub": "pairwise", "nonce": pending.nonce,
                "iat": NOW, "exp": NOW + 300, "at_hash": base64url(&digest),
                "acr": Level::L3.uri(), "jti": "one"});
            let token = Forger::get().sign(signed, &json!({}), &claims);
            let ours = entity().keys.receiving;
            world.serve_tokens(&world.encrypted(&ours, Some("JWT"), &token));
            let userinfo = json!({"iss": OP, "aud": US, "sub": "pairwise", "given_name": "Mario",
                "family_name": "Rossi", "birthdate": "1980-01-01",
                "https://attributes.eid.gov.it/fiscal_number": MARIO});
            let userinfo = Forger::get().sign(signed, &json!({}), &userinfo);
            let userinfo = world.encrypted(&ours, Some("JWT"), &userinfo);
            world.outbound.answer(Ok(said("application/jwt", userinfo)));
            let arrived = world.arrive_with_code(pending).await;
            if signed == algorithm {
                assert_eq!((arrived.unwrap().level, digest.len()), (Level::L3, half));
            } else {
                assert_eq!(arrived.unwrap_err().slug, "id-token-algorithm");
            }
        }
    }
    let world = world();
    let own =
        world.cie.deployed.load().parties[0].own().configuration(world.fx.now()).await.unwrap();
    let own = payload(&own);
    let published = &own["metadata"]["openid_relying_party"];
    assert!(published.get("id_token_encrypted_response_alg").is_none());
}

#[tokio::test]
async fn an_answer_at_another_address_or_of_a_provider_disabled_since_is_not_taken_up() {
    let world = world();
    let (_, pending) = world.depart(Level::L2).await;
    let inbound = |path: &str| Inbound {
        path: path.to_owned(),
        posted: false,
        parameters: [("code", "code"), ("iss", OP)]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .to_vec(),
        shown: Shown::Nothing,
        from: None,
    };
    let refused = world.cie.receive(pending, inbound("/other/callback"), &world.fx).await;
    assert_eq!(refused.unwrap_err().slug, "internal");
    let (_, pending) = world.depart(Level::L2).await;
    let mut without = config(vec![entity()]);
    without.disabled.insert(OP.to_owned());
    let cie = Cie::open(without, &world.fx).unwrap();
    cie.deployed.load().register.know(OP, Ok(provider()));
    let refused = cie.receive(pending, inbound("/cie/callback"), &world.fx).await;
    assert_eq!(refused.unwrap_err().slug, "provider-disabled");
    assert_eq!(world.asked(), 0, "the code is redeemed by nobody");
}

#[tokio::test]
async fn what_is_encrypted_and_says_that_it_is_no_token_is_no_userinfo() {
    let world = world();
    let claims = json!({"iss": OP, "aud": US, "sub": "pairwise", "iat": NOW, "exp": NOW + 60,
        "given_name": "Mario", "family_name": "Rossi", "birthdate": "1980-01-01",
        "https://attributes.eid.gov.it/fiscal_number": MARIO});
    let signed = Forger::get().sign(SignatureAlgorithm::RS256, &json!({}), &claims);
    let receiving = Arc::clone(&world.cie.deployed.load().parties[0].entity.keys.receiving);
    for (kind, good) in [(Some("json"), false), (Some("jwt"), true), (None, true)] {
        let (_, pending) = world.depart(Level::L2).await;
        world.serve_tokens(&World::id_token(&pending, |_| {}));
        let token = world.encrypted(&receiving, kind, &signed);
        world.outbound.answer(Ok(said("application/jwt", token)));
        let arrived = world.arrive_with_code(pending).await;
        assert_eq!(arrived.is_ok(), good, "{kind:?}");
    }
}
