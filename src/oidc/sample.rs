//! A relying party for unit tests: the INPS portal of the sandbox, with a secret.
//!
//! Not a default: a real one is read from its file and every key of that is checked.

use super::client::{
    Assistance, AuthenticationMethod, Branding, ClaimsProfile, Client, ClientId, ClientMetadata,
    Mandate, ServicePolicy, SubjectType, Texts,
};
use super::{AuthorizationRequest, ClaimsRequest, Prompt, ResponseMode, ReturnTo, Scope, Scopes};
use crate::crypto::digest::sha256;
use crate::terms::{Level, Locale};

/// The secret of [`client`].
pub(crate) const SECRET: &str = "a secret: with+odd % characters";

/// `client_secret_basic`, PKCE demanded, every scope, SPID, level 1 and up.
pub(crate) fn client(id: &str) -> Client {
    let here = |path: &str| format!("https://rp.test/{path}");
    Client {
        id: ClientId::parse(id).unwrap(),
        protocol: ClientMetadata {
            redirect_uris: vec![here("cb"), here("cb?fixed=1")],
            post_logout_redirect_uris: vec![here("bye"), here("bye?fixed=1")],
            ..ClientMetadata::default()
        }
        .check()
        .unwrap(),
        authentication: AuthenticationMethod::SecretBasic(sha256(SECRET.as_bytes())),
        keys: super::ClientKeys::None,
        minimum_level: Level::L1,
        upstreams: vec!["spid"],
        scopes: Scope::ALL.into_iter().collect::<Scopes>(),
        claims_profile: ClaimsProfile::Flat,
        claims_in_id_token: false,
        subject_type: SubjectType::Pairwise,
        sector: "rp.test".to_owned(),
        tenant: "default".to_owned(),
        attribute_set: "full".to_owned(),
        attribute_sets: Vec::new(),
        consumer: None,
        purpose: None,
        mandate: Mandate::default(),
        policy: ServicePolicy::default(),
        entitlements: None,
        federated: None,
        branding: Branding {
            name: Texts::new(vec![(Locale::It, "Portale".to_owned())]).unwrap(),
            accent: "#003366".to_owned(),
            legal_uri: here("legal"),
            privacy_uri: here("privacy"),
            accessibility_uri: here("accessibility"),
            initiate_login_uri: here("login"),
            assistance: Assistance::default(),
            default_locale: Locale::It,
            reasons: std::collections::BTreeMap::new(),
        },
    }
}

/// What `client` asks for when it says no more than it must: `openid`, its lowest level.
pub(crate) fn request(client: &Client, return_to: &str) -> AuthorizationRequest {
    AuthorizationRequest {
        return_to: ReturnTo::of(client, return_to).unwrap(),
        client_id: client.id.clone(),
        scopes: Scopes::parse("openid"),
        state: None,
        nonce: None,
        challenge: None,
        level: client.minimum_level,
        desk: crate::terms::DeskDemand::Nothing,
        claims: ClaimsRequest::default(),
        response_mode: ResponseMode::default(),
        dpop_jkt: None,
        resources: Vec::new(),
        prompt: Prompt::Unspecified,
        max_age: None,
        locale: None,
        hint: None,
        subject: None,
        pushed: None,
    }
}

/// What is nearly `https://rp.test/cb`, the first redirect URI of [`client`], and is not (attack row OP-RU-1).
pub(crate) fn variants() -> Vec<String> {
    let mut variants = VARIANTS.map(str::to_owned).to_vec();
    variants.push(format!("https://rp.test/cb{}", "a".repeat(10_240)));
    variants
}

const VARIANTS: [&str; 46] = [
    "https://rp.test/cb/",
    "https://rp.test//cb",
    "https://rp.test/./cb",
    "https://rp.test/x/../cb",
    "https://rp.test/CB",
    "https://rp.test/%63b",
    "https://rp.test/cb%2f",
    "https://rp.test/cb;x",
    "https://rp.test/cb?",
    "https://rp.test/cb?a=1",
    "https://rp.test/cb?fixed=1&a=1",
    "https://rp.test/cb#",
    "https://rp.test/cb#f",
    "https://rp.test:443/cb",
    "HTTPS://rp.test/cb",
    "https://RP.TEST/cb",
    "https://rp.test./cb",
    "http://rp.test/cb",
    "https://user@rp.test/cb",
    "https://rp.test@evil.test/cb",
    "https://evil.test#@rp.test/cb",
    "https://evil.test\\@rp.test/cb",
    "https://rp.test%00.evil.test/cb",
    "https://rp.test%2eevil.test/cb",
    "https://rp.test.evil.test/cb",
    "https://evilrp.test/cb",
    "https://sub.rp.test/cb",
    "https://rp。test/cb",
    "https://xn--rp-test-cb/cb",
    "https://rp.test%0d%0aX:1/cb",
    " https://rp.test/cb",
    "https://rp.test/cb ",
    "https://rp.test/cb\t",
    "\thttps://rp.test/cb",
    "https://rp.test/cb\0",
    "//rp.test/cb",
    "javascript:alert(1)//https://rp.test/cb",
    "data:text/html,x",
    "vbscript:x",
    "blob:https://rp.test/cb",
    "intent://rp.test/cb",
    "https://rp.test/cb%252f..",
    "https://[::1]/cb",
    "https://127.0.0.1/cb",
    "https://localhost/cb",
    "https://rp.test/cb\r\nX: 1",
];
