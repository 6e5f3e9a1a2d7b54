//! The OpenID Foundation's modules for a relying party of a federation and for a deployed entity, written
//! again from what they check: each test has the name of its module.
//!
//! Not the Foundation's suite: the sample federation of the sandbox plays its anchor and its provider, which
//! judges our request and our assertion as the suite does. `docs/reference/cie.md` lists the modules.

use serde_json::Value;
use varco_sandbox::federation::Prepared;
use varco_sandbox::openid::Dialect;
use varco_sandbox::openid::misbehaviour::Case;
use varco_sandbox::openid::registry::Superior;
use varco_sandbox::openid::token::Read;
use varco_sandbox::{Federation, FederationOptions, LoginOptions, Outcome};

use crate::outcome::accepted;

/// A federation of the final dialect in which that is wrong, and how a login in it ended.
async fn played(case: Option<&str>) -> (Federation, Outcome) {
    let openid: Option<Case> = case.map(|name| name.parse().unwrap());
    let options =
        FederationOptions { dialect: Some(Dialect::Final), openid, ..FederationOptions::default() };
    let federation = Federation::start(&options).await.unwrap();
    let login = LoginOptions { upstream: "cie".to_owned(), openid, ..LoginOptions::default() };
    let outcome = federation.login(&login).await.unwrap();
    (federation, outcome)
}

/// Whether the provider was asked for anything: it reads who asks first of all.
fn asked(federation: &Federation) -> bool {
    let provider = federation.openid();
    provider.clients().known(&provider.registry.client(), provider.registry.now()).is_some()
}

async fn aborts_before_asking(case: &str) {
    let (federation, outcome) = played(Some(case)).await;
    assert!(matches!(outcome, Outcome::Refused(_)), "{outcome:?}");
    assert!(!asked(&federation), "an authorization request was sent");
    federation.stop().await;
}

async fn rejects_the_id_token(case: &str, slug: &str) {
    let (federation, outcome) = played(Some(case)).await;
    assert!(matches!(&outcome, Outcome::Refused(page) if page.slug == slug), "{outcome:?}");
    assert!(asked(&federation));
    federation.stop().await;
}

#[tokio::test]
async fn openid_federation_client_test() {
    let (federation, outcome) = played(None).await;
    accepted(outcome);
    assert!(asked(&federation));
    federation.stop().await;
}

#[tokio::test]
async fn openid_federation_client_invalid_iss_in_entity_configuration() {
    aborts_before_asking("ec-other-iss").await;
}

#[tokio::test]
async fn openid_federation_client_invalid_sub_in_entity_configuration() {
    aborts_before_asking("ec-other-sub").await;
}

#[tokio::test]
async fn openid_federation_client_invalid_missing_exp_in_entity_configuration() {
    aborts_before_asking("ec-no-exp").await;
}

#[tokio::test]
async fn openid_federation_client_invalid_missing_iat_in_entity_configuration() {
    aborts_before_asking("ec-no-iat").await;
}

#[tokio::test]
async fn openid_federation_client_invalid_missing_client_registration_types_supported() {
    aborts_before_asking("ec-registration-missing").await;
}

#[tokio::test]
async fn openid_federation_client_invalid_empty_client_registration_types_supported() {
    aborts_before_asking("ec-registration-empty").await;
}

#[tokio::test]
async fn openid_federation_client_valid_unknown_client_registration_types_supported() {
    let (federation, outcome) = played(Some("ec-registration-unknown")).await;
    accepted(outcome);
    federation.stop().await;
}

#[tokio::test]
async fn openid_federation_client_invalid_aud_in_id_token() {
    rejects_the_id_token("id-other-aud", "id-token-wrong-audience").await;
}

#[tokio::test]
async fn openid_federation_client_invalid_iss_in_id_token() {
    rejects_the_id_token("id-other-iss", "id-token-wrong-issuer").await;
}

#[tokio::test]
async fn openid_federation_entity_configuration() {
    let (federation, outcome) = played(None).await;
    accepted(outcome);
    let registry = &federation.openid().registry;
    let client = registry.client();
    let get = async |address: String| federation.http().get(address).send().await.unwrap();
    let answer = get(format!("{client}/.well-known/openid-federation")).await;
    assert_eq!(answer.headers()["content-type"], "application/entity-statement+jwt");
    let text = answer.text().await.unwrap();
    let own = Read::new(&text).unwrap().verified(&registry.keys().broker_federation.jwks());
    let own = own.unwrap();
    assert_eq!((own.text("iss"), own.text("sub")), (client.as_str(), client.as_str()));
    assert!(own.claims.get("metadata_policy").is_none());
    assert!(!own.claims["metadata"].to_string().contains("null"));
    let types = &own.claims["metadata"]["openid_relying_party"]["client_registration_types"];
    assert_eq!(types.to_string(), "[\"automatic\"]");
    for key in own.claims["jwks"]["keys"].as_array().unwrap() {
        assert!(key.get("d").is_none() && key["kty"] == "RSA", "a private or symmetric key");
    }
    for superior in own.claims["authority_hints"].as_array().unwrap() {
        let superior = superior.as_str().unwrap();
        let listed: Vec<String> = get(format!("{superior}/list")).await.json().await.unwrap();
        assert!(listed.contains(&client), "{superior} lists {listed:?}");
        let mut address = url::Url::parse(&format!("{superior}/fetch")).unwrap();
        address.query_pairs_mut().append_pair("sub", &client);
        let text = get(address.to_string()).await.text().await.unwrap();
        let above = Read::new(&text).unwrap().verified(&registry.keys().anchor.jwks()).unwrap();
        assert_eq!((above.text("iss"), above.text("sub")), (superior, client.as_str()));
        for absent in ["authority_hints", "trust_marks", "trust_mark_issuers"] {
            assert!(above.claims.get(absent).is_none(), "{absent}");
        }
    }
    federation.stop().await;
}

#[tokio::test]
async fn openid_federation_compare_trust_chain_to_resolve() {
    let (federation, outcome) = played(None).await;
    accepted(outcome);
    let registry = &federation.openid().registry;
    let anchor = federation.ports().federation_address();
    let mut address = url::Url::parse(&format!("{anchor}/resolve")).unwrap();
    let query = [("sub", registry.client()), ("trust_anchor", anchor.clone())];
    address.query_pairs_mut().extend_pairs(query);
    let answer = federation.http().get(address).send().await.unwrap();
    assert_eq!(answer.headers()["content-type"], "application/resolve-response+jwt");
    let text = answer.text().await.unwrap();
    let told = Read::new(&text).unwrap().verified(&registry.keys().anchor.jwks()).unwrap();
    let chain: Vec<(String, String)> = told.claims["trust_chain"]
        .as_array()
        .unwrap()
        .iter()
        .map(|statement| {
            let read = Read::new(statement.as_str().unwrap()).unwrap();
            (read.text("iss").to_owned(), read.text("sub").to_owned())
        })
        .collect();
    let client = registry.client();
    let pair = |iss: &str, sub: &str| (iss.to_owned(), sub.to_owned());
    assert_eq!(chain, [pair(&client, &client), pair(&anchor, &client), pair(&anchor, &anchor)]);
    let resolved = &told.claims["metadata"]["openid_relying_party"];
    // The keys are those that the superior pins.
    let pinned = resolved["jwks"]["keys"].as_array().map(Vec::len);
    assert_eq!((resolved["client_id"].as_str(), pinned), (Some(client.as_str()), Some(2)));
    assert!(matches!(&resolved["redirect_uris"], Value::Array(all) if all.len() == 1));
    federation.stop().await;
}

/// The anchor and the intermediate with nobody signing in, and their answer at an address.
async fn superiors() -> (Prepared, Vec<String>) {
    let options =
        FederationOptions { dialect: Some(Dialect::Final), ..FederationOptions::default() };
    let prepared = Prepared::start(&options).await.unwrap();
    let registry = &prepared.openid.registry;
    let ids = [Superior::Anchor, Superior::Intermediate].map(|who| registry.id(who));
    (prepared, ids.into())
}

async fn fetched(prepared: &Prepared, superior: &str, sub: &str) -> reqwest::Response {
    let mut address = url::Url::parse(&format!("{superior}/fetch")).unwrap();
    address.query_pairs_mut().append_pair("sub", sub);
    prepared.http.get(address).send().await.unwrap()
}

async fn fetch_fails(sub: impl Fn(&str) -> String, status: u16, error: &str) {
    let (prepared, superiors) = superiors().await;
    for superior in &superiors {
        let answer = fetched(&prepared, superior, &sub(superior)).await;
        assert_eq!(answer.status(), status);
        assert_eq!(answer.json::<Value>().await.unwrap()["error"], error);
    }
    prepared.stop().await;
}

#[tokio::test]
async fn openid_federation_ensure_fetch_with_invalid_sub_fails() {
    fetch_fails(|_| "https://nobody.example".to_owned(), 404, "not_found").await;
}

#[tokio::test]
async fn openid_federation_ensure_fetch_with_iss_as_sub_fails() {
    fetch_fails(str::to_owned, 400, "invalid_request").await;
}

#[tokio::test]
async fn openid_federation_preconfigured_keys_match_trust_anchors_keys() {
    let (prepared, superiors) = superiors().await;
    let address = format!("{}/.well-known/openid-federation", superiors[0]);
    let text = prepared.http.get(address).send().await.unwrap().text().await.unwrap();
    let pinned = prepared.folder.path().join("metadata/cie/anchor.json");
    let pinned: Value = serde_json::from_slice(&std::fs::read(pinned).unwrap()).unwrap();
    let own = Read::new(&text).unwrap().verified(&pinned).unwrap();
    assert_eq!(own.claims["jwks"], pinned);
    prepared.stop().await;
}

#[tokio::test]
async fn openid_federation_list_and_fetch() {
    let (prepared, superiors) = superiors().await;
    let mut all = 0;
    for superior in &superiors {
        let address = format!("{superior}/list");
        let listed = prepared.http.get(address).send().await.unwrap();
        for sub in listed.json::<Vec<String>>().await.unwrap().iter().take(10) {
            let answer = fetched(&prepared, superior, sub).await;
            assert_eq!(answer.headers()["content-type"], "application/entity-statement+jwt");
            let text = answer.text().await.unwrap();
            let read = Read::new(&text).unwrap();
            assert_eq!((read.text("iss"), read.text("sub")), (superior.as_str(), sub.as_str()));
            all += 1;
        }
    }
    assert_eq!(all, 3, "the intermediate, the provider and the broker");
    prepared.stop().await;
}
