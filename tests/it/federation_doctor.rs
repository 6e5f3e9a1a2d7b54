//! `[federation]` as a whole, from a file: a broker that is a provider in a federation, and `varco doctor` of
//! that and of CIE, from the command line.
//!
//! The federation is the sandbox's; its anchor vouches for the key that the broker has at CIE.

use std::fs;
use std::process::{Command, Output};

use serde_json::{Value, json};
use varco_sandbox::FederationOptions;
use varco_sandbox::federation::{Federation, Prepared};
use varco_sandbox::openid::Dialect;
use varco_sandbox::openid::registry::Superior;

/// A federation beside a broker that is a member of it with that key.
async fn world(key: &str) -> Federation {
    let options = FederationOptions { dialect: Some(Dialect::It2023), ..Default::default() };
    let prepared = Prepared::start(&options).await.unwrap();
    let main = prepared.folder.configuration();
    let text = fs::read_to_string(&main).unwrap();
    let anchor = prepared.openid.registry.id(Superior::Anchor);
    let table = format!(
        "[trust_anchor.members]\nid = {anchor:?}\ndialect = \"it-2023\"\n\
         jwks_file = \"metadata/cie/anchor.json\"\n\
         [federation]\ntrust_anchors = [\"members\"]\nauthority_hints = [{anchor:?}]\n\
         key_files = [{key:?}]\norganization_name = \"Ente di prova\"\n\
         explicit_registration = true\n\
         [[federation.clients]]\nscopes = [\"openid\", \"profile\"]\nupstreams = [\"spid\"]\n\
         minimum_level = 1\ninitiate_login_uri = \"https://ente.example/\"\n\
         name.it = \"Servizio federato\"\n\
         [federation.clients.branding]\naccent = \"#003366\"\n\
         legal_uri = \"https://ente.example/legal\"\nprivacy_uri = \"https://ente.example/privacy\"\n\
         accessibility_uri = \"https://ente.example/accessibilita\"\n\
         [federation.clients.assistance]\nemail = \"aiuto@ente.example\"\n"
    );
    fs::write(&main, format!("{text}\n{table}")).unwrap();
    Federation::of(prepared).await.unwrap()
}

async fn doctor(world: &Federation, upstream: &str) -> (bool, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_varco"));
    command.args(["doctor", upstream, "--config"]).arg(world.folder().configuration());
    // The servers of the test go on meanwhile.
    let ended = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    let Output { status, stdout, stderr } = ended;
    (status.success(), String::from_utf8([stdout, stderr].concat()).unwrap())
}

fn claims_of(token: &str) -> Value {
    use base64::Engine as _;
    let payload = token.split('.').nth(1).unwrap();
    let octets = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(payload).unwrap();
    serde_json::from_slice(&octets).unwrap()
}

#[tokio::test]
async fn a_broker_with_a_federation_in_its_file_is_a_member_and_the_doctor_walks_up_from_it() {
    let world = world("keys/cie/federation.pem").await;
    let base = format!("http://localhost:{}", world.ports().broker);
    let address = format!("{base}/.well-known/openid-federation");
    let answer = world.http().get(&address).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    let claims = claims_of(&answer.text().await.unwrap());
    assert_eq!((&claims["iss"], &claims["sub"]), (&json!(base), &json!(base)));
    assert_eq!(claims["metadata"]["federation_entity"]["organization_name"], "Ente di prova");
    let provider = &claims["metadata"]["openid_provider"];
    assert_eq!(provider["client_registration_types_supported"], json!(["automatic", "explicit"]));
    let head = world.http().head(&address).send().await.unwrap();
    assert_eq!(head.status(), 200);

    let (well, told) = doctor(&world, "federation").await;
    assert!(well, "{told}");
    assert!(told.contains(&format!("federation {base} up to its superiors")), "{told}");
    assert!(told.contains("good until"), "{told}");

    let (well, told) = doctor(&world, "cie").await;
    assert!(well, "{told}");
    assert!(told.contains("up to its superior") && told.contains("good until"), "{told}");
    world.stop().await;
}

#[tokio::test]
async fn the_doctor_names_the_key_that_the_superior_does_not_know() {
    // A key of another use: the superior pins it for CIE, and not for the federation.
    let world = world("keys/cie/signing.pem").await;
    let (well, told) = doctor(&world, "federation").await;
    assert!(!well, "{told}");
    assert!(told.contains("vouch for none of the federation keys"), "{told}");
    assert!(told.contains("section 3.2"), "the chain breaks at our configuration: {told}");
    assert!(told.contains("docs/reference/federation.md"), "{told}");

    // What is wrong with one membership is nothing of the other's.
    let (well, told) = doctor(&world, "cie").await;
    assert!(well, "{told}");
    let (well, told) = doctor(&world, "spid-oidc").await;
    assert!(!well && told.contains("there is no [upstream.spid-oidc]"), "{told}");
    world.stop().await;
}
