use std::collections::BTreeMap;
use std::sync::Arc;

use actix_web::{App, HttpResponse, HttpServer, web};
use serde_json::{Value, json};
use varco::effects::Effects;

use super::Dialect;
use super::keys::{Key, Keys, encode, keys};
use super::misbehaviour::Place;
use super::provider::Provider;
use super::registry::{Registry, STATEMENT, Superior};
use super::token::{Draft, Read, remove, set};
use crate::client::http_client;
use crate::people::Person;

type Fields = BTreeMap<String, String>;

/// A relying party in a federation of its own: it serves its configuration, and asks.
struct Stub {
    id: String,
    provider: Provider,
    keys: &'static Keys,
}

const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

impl Stub {
    async fn start(dialect: Dialect, below: Superior, change: fn(&mut Value)) -> Self {
        let (keys, fx) = (keys().await.unwrap(), Effects::real());
        let socket = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let broker = format!("http://{}", socket.local_addr().unwrap());
        let base = "http://127.0.0.1:1".to_owned();
        let registry = Arc::new(Registry::new(base, &broker, dialect, below, keys, fx.clone()));
        let id = format!("{broker}/rp");
        let now = registry.now();
        let client = json!({
            "client_id": id, "redirect_uris": [format!("{id}/callback")], "response_types": ["code"],
            "grant_types": ["authorization_code"], "client_registration_types": ["automatic"],
            "token_endpoint_auth_method": "private_key_jwt",
            "id_token_signed_response_alg": "RS256", "userinfo_signed_response_alg": "RS256",
            "userinfo_encrypted_response_alg": "RSA-OAEP",
            "userinfo_encrypted_response_enc": "A256CBC-HS512",
            // What a superior pins wins over what a client says.
            "jwks": keys.stranger.jwks(),
        });
        let mark = registry.client_mark(&id).unwrap();
        let kind = "http://127.0.0.1:1/openid_relying_party/public";
        let mut claims = json!({
            "iss": id, "sub": id, "iat": now, "exp": now + 1800, "jwks": keys.broker_federation.jwks(),
            "authority_hints": [registry.id(registry.clients_below())],
            "trust_marks": [{"id": kind, "trust_mark": mark}],
            "metadata": {"openid_relying_party": client},
        });
        change(&mut claims);
        let right = registry.wrong_with(None);
        let draft = Draft::new(STATEMENT, claims, &keys.broker_federation);
        let own = draft.sign(Place::World, &right).unwrap();
        let server = HttpServer::new(move || {
            let own = own.clone();
            let serve = move || {
                let own = own.clone();
                async move {
                    HttpResponse::Ok().content_type("application/entity-statement+jwt").body(own)
                }
            };
            App::new().route("/rp/.well-known/openid-federation", web::get().to(serve))
        });
        tokio::spawn(server.workers(1).disable_signals().listen(socket).unwrap().run());
        let provider = Provider::new(registry, http_client().unwrap(), fx);
        Self { id, provider, keys }
    }

    async fn usual() -> Self {
        Self::start(Dialect::It2023, Superior::Anchor, |_| ()).await
    }

    fn sign(&self, key: &Key, claims: Value) -> String {
        let right = self.provider.registry.wrong_with(None);
        Draft::new("JWT", claims, key).sign(Place::World, &right).unwrap()
    }

    /// A request; `change` is made to the request object before it is signed.
    fn request(&self, key: &Key, change: impl FnOnce(&mut Value)) -> Fields {
        let now = self.provider.registry.now();
        let mut object = json!({
            "iss": self.id, "client_id": self.id, "aud": self.provider.registry.provider(),
            "iat": now, "exp": now + 60, "jti": fresh(), "response_type": "code",
            "scope": "openid", "redirect_uri": format!("{}/callback", self.id),
            "state": "0123456789abcdef0123456789abcdef", "nonce": "fedcba9876543210fedcba9876543210",
            "code_challenge": CHALLENGE, "code_challenge_method": "S256", "prompt": "consent login",
            "acr_values": "https://www.spid.gov.it/SpidL2 https://www.spid.gov.it/SpidL3",
            "claims": {"userinfo": {"given_name": null, FISCAL: {"essential": true}}},
        });
        change(&mut object);
        let mut fields: Fields =
            ["response_type", "scope", "code_challenge", "code_challenge_method"]
                .into_iter()
                .map(|name| (name.to_owned(), object[name].as_str().unwrap_or_default().to_owned()))
                .collect();
        fields.insert("client_id".to_owned(), self.id.clone());
        fields.insert("request".to_owned(), self.sign(key, object));
        fields
    }

    fn call(&self, endpoint: &str, more: &[(&str, &str)]) -> Fields {
        let (id, now) = (&self.id, self.provider.registry.now());
        let aud = format!("{}/{endpoint}", self.provider.registry.provider());
        let claims =
            json!({"iss": id, "sub": id, "aud": aud, "iat": now, "exp": now + 60, "jti": fresh()});
        let kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
        let assertion = self.sign(&self.keys.broker_signing, claims);
        let proof = [("client_assertion", assertion.as_str())];
        let all = [("client_id", id.as_str()), ("client_assertion_type", kind)];
        let all = all.iter().chain(more).chain(&proof);
        all.map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    async fn refused(&self, fields: Fields) -> String {
        self.provider.ask(&fields).await.expect_err("a request that must be refused").to_string()
    }
}

/// What is wrong with a client's configuration, and what the provider says of it.
type Broken = (fn(&mut Value), &'static str);

const FISCAL: &str = "https://attributes.eid.gov.it/fiscal_number";

fn fresh() -> String {
    varco::crypto::Handle::fresh(&Effects::real()).reveal().to_owned()
}

#[actix_web::test]
async fn a_stub_below_either_superior_signs_in_and_revokes_in_both_dialects() {
    for (dialect, below) in [
        (Dialect::It2023, Superior::Anchor),
        (Dialect::It2023, Superior::Intermediate),
        (Dialect::Final, Superior::Anchor),
    ] {
        let stub = Stub::start(dialect, below, |_| ()).await;
        let fields = stub.request(&stub.keys.broker_signing, |_| ());
        let (name, asked) = stub.provider.ask(&fields).await.unwrap();
        assert_eq!(asked.acr, "https://www.spid.gov.it/SpidL2");
        let ada = Person::named("ada").unwrap();
        let back = stub.provider.decide(&name, ada, None, true).unwrap();
        let back: Fields = url::Url::parse(&back).unwrap().query_pairs().into_owned().collect();
        assert_eq!(back["iss"], stub.provider.registry.provider());
        assert_eq!(back["state"], "0123456789abcdef0123456789abcdef");
        let callback = format!("{}/callback", stub.id);
        let grant = [
            ("grant_type", "authorization_code"),
            ("code", back["code"].as_str()),
            ("redirect_uri", callback.as_str()),
            ("code_verifier", VERIFIER),
        ];
        let answer = stub.provider.redeem(&stub.call("token", &grant)).unwrap();
        assert!(stub.provider.redeem(&stub.call("token", &grant)).is_err(), "a code served twice");
        let tokens: Value = serde_json::from_str(&answer.body).unwrap();
        let id_token = Read::new(tokens["id_token"].as_str().unwrap()).unwrap();
        let id_token = id_token.verified(&stub.keys.tokens.jwks()).unwrap();
        assert_eq!(id_token.text("nonce"), "fedcba9876543210fedcba9876543210");
        assert_eq!(id_token.claims["aud"], json!([stub.id]));
        let access = tokens["access_token"].as_str().unwrap();
        assert_eq!(stub.provider.userinfo(access).unwrap().body.split('.').count(), 5);
        stub.provider.revoke(&stub.call("revocation", &[("token", access)])).unwrap();
        assert_eq!(stub.provider.revoked(), 1);
        assert!(stub.provider.userinfo(access).is_err());
    }
}

#[actix_web::test]
async fn requests_that_break_a_rule_are_refused() {
    let stub = Stub::usual().await;
    let right = &stub.keys.broker_signing;
    let cases: [(&str, Option<Value>, &str); 13] = [
        ("aud", Some(json!([stub.provider.registry.provider()])), "aud is not"),
        ("iss", Some(json!("https://example.invalid")), "iss, client_id"),
        ("sub", Some(json!(stub.id)), "sub or code_verifier"),
        ("code_verifier", Some(json!(VERIFIER)), "sub or code_verifier"),
        ("exp", None, "iat or exp"),
        ("exp", Some(json!(4_102_444_800_i64)), "too far"),
        ("jti", None, "jti"),
        ("redirect_uri", Some(json!(format!("{}/callback/", stub.id))), "redirect_uri"),
        ("state", Some(json!("short")), "state"),
        ("nonce", Some(json!("-123456789abcdef0123456789abcdef_")), "nonce"),
        ("prompt", Some(json!("login")), "prompt"),
        ("acr_values", Some(json!("https://www.spid.gov.it/SpidL4")), "acr_values"),
        ("scope", Some(json!("profile")), "openid"),
    ];
    for (name, value, why) in cases {
        let pointer = format!("/{name}");
        let fields = stub.request(right, |object| match value {
            Some(value) => set(object, &pointer, value),
            None => remove(object, &pointer),
        });
        let told = stub.refused(fields).await;
        assert!(told.contains(why), "{name}: {told}");
    }
    let told = stub.refused(stub.request(&stub.keys.stranger, |_| ())).await;
    assert!(told.contains("no key of its issuer"), "{told}");
    let again = stub.request(right, |_| ());
    stub.provider.ask(&again).await.unwrap();
    assert!(stub.refused(again).await.contains("jti"));
    let mut outside = stub.request(right, |_| ());
    outside.insert("nonce".to_owned(), "fedcba9876543210fedcba9876543210".to_owned());
    assert!(stub.refused(outside).await.contains("nonce stands outside"));
}

#[actix_web::test]
async fn a_client_that_the_federation_does_not_vouch_for_is_refused() {
    let cases: [Broken; 6] = [
        (|ec| set(ec, "/trust_marks", json!([])), "trust mark"),
        (|ec| set(ec, "/authority_hints", json!(["https://example.invalid"])), "authority_hints"),
        (|ec| set(ec, "/iss", json!("https://example.invalid")), "iss or sub"),
        (|ec| remove(ec, "/exp"), "exp is missing"),
        (
            |ec| set(ec, "/metadata/openid_relying_party/grant_types", json!(["implicit"])),
            "grant_types",
        ),
        (|ec| remove(ec, "/metadata/openid_relying_party/redirect_uris"), "redirect_uris"),
    ];
    for (change, why) in cases {
        let stub = Stub::start(Dialect::It2023, Superior::Anchor, change).await;
        let told = stub.refused(stub.request(&stub.keys.broker_signing, |_| ())).await;
        assert!(told.contains(why), "{why}: {told}");
    }
}

#[actix_web::test]
async fn a_superior_answers_for_its_subordinates_alone() {
    let registry = Stub::usual().await.provider.registry;
    let provider = registry.provider();
    assert!(registry.fetch(Superior::Anchor, &provider).unwrap().is_some());
    assert!(registry.fetch(Superior::Intermediate, &provider).unwrap().is_none());
    assert!(registry.fetch(Superior::Anchor, "https://example.invalid").unwrap().is_none());
    assert_eq!(registry.list(Superior::Anchor, Some("openid_provider")), [provider.as_str()]);
    registry.misbehave(Some("below-intermediate".parse().unwrap()));
    let statement = registry.fetch(Superior::Intermediate, &provider).unwrap().unwrap();
    let read = Read::new(&statement).unwrap().verified(&registry.keys().intermediate.jwks());
    assert_eq!(read.unwrap().text("sub"), provider);
    assert!(registry.list(Superior::Anchor, Some("openid_provider")).is_empty());
}

#[test]
fn base64url_has_no_padding() {
    assert_eq!(encode([0xFF, 0xEF]), "_-8");
}
