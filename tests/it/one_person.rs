//! One person across instruments (rule R2), by whole logins over HTTP: SPID, CIE, the card, and the means of
//! another state; what services are told of them, and what two services together know.
//!
//! Not the making of a subject: the tests of `identity` have it. Not the question for a fiscal code in
//! detail: `matching` has that.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use varco_sandbox::people::Person;
use varco_sandbox::portal::PORTALS;
use varco_sandbox::{Federation, FederationOptions, LoginOptions};

use crate::outcome::accepted;

/// The claims of userinfo that must not depend on the instrument.
const LASTING: [&str; 6] =
    ["sub", "given_name", "family_name", "roles", "organization", "role_assignments"];

struct World(Federation);

impl World {
    async fn start() -> Self {
        let options = FederationOptions { matching: true, ..FederationOptions::default() };
        Self(Federation::start(&options).await.unwrap())
    }

    async fn told(
        &self,
        portal: &str,
        upstream: &str,
        person: &str,
        answer: Option<&str>,
    ) -> Value {
        let login = LoginOptions {
            portal: portal.to_owned(),
            upstream: upstream.to_owned(),
            person: Some(person.to_owned()),
            ..LoginOptions::default()
        };
        let login = login.answering(answer).unwrap();
        let told = accepted(self.0.login(&login).await.unwrap());
        assert_eq!(told.id_token["sub"], told.userinfo["sub"], "{portal} {upstream}");
        told.userinfo
    }
}

/// What of it must not depend on the instrument.
fn lasting(userinfo: &Value) -> Vec<Option<&Value>> {
    LASTING.iter().map(|claim| userinfo.get(claim)).collect()
}

/// R2: authorisations belong to the fiscal code, not to the credential. By SPID, by CIE and by card a person
/// is one `sub` at each portal, in the same roles for the same agency, and another `sub` at the next portal.
#[tokio::test]
async fn r2_one_person_has_one_sub_and_the_same_roles_by_spid_by_cie_and_by_card() {
    let world = World::start().await;
    let mut subjects = BTreeSet::new();
    for portal in PORTALS {
        let mut methods = Vec::new();
        let spid = world.told(portal.id, "spid", "ada", None).await;
        for upstream in ["spid", "cie-saml", "cns"] {
            let told = world.told(portal.id, upstream, "ada", None).await;
            assert_eq!(lasting(&told), lasting(&spid), "{} {upstream}", portal.id);
            methods.push(told["auth_method"].as_str().unwrap().to_owned());
        }
        assert_eq!(methods, ["spid", "cie", "cns"], "three instruments");
        if portal.has_roles() {
            assert_eq!(spid["roles"], json!(["Stazione appaltante"]));
            let agency = json!({"ipa_code": "c_prova", "name": "Comune di Prova"});
            assert_eq!(spid["organization"], agency);
        } else {
            assert!(spid.get("roles").is_none() && spid.get("organization").is_none());
        }
        subjects.insert(spid["sub"].as_str().unwrap().to_owned());
        // Nobody else is that person by any of them.
        for upstream in ["spid", "cie-saml", "cns"] {
            let other = world.told(portal.id, upstream, "chiara", None).await;
            assert!(!subjects.contains(other["sub"].as_str().unwrap()), "{upstream}");
        }
    }
    assert_eq!(subjects.len(), PORTALS.len(), "portals cannot compare notes by sub");
    world.0.stop().await;
}

/// R2, for who comes from another state: no fiscal code, then one that was matched, and the same `sub` at
/// each portal all the while.
#[tokio::test]
async fn r2_somebody_from_another_state_keeps_their_sub_when_a_fiscal_code_is_matched() {
    let world = World::start().await;
    let long = "https://attributes.eid.gov.it/fiscal_number";
    let code = format!("TINIT-{}", Person::named("greta").unwrap().italian_code().unwrap());
    let unmatched = world.told("inps", "eidas", "greta", Some("none")).await;
    let elsewhere = world.told("durc", "eidas", "greta", None).await;
    for told in [&unmatched, &elsewhere] {
        assert!(told.get(long).is_none(), "absent, and not made up");
        assert!(told.get("roles").is_none(), "nobody is looked up without a code");
    }
    assert_ne!(unmatched["sub"], elsewhere["sub"]);
    let matched = world.told("inps", "eidas", "greta", Some("own")).await;
    assert_eq!(
        (&matched[long], &matched["fiscal_number_match"]),
        (&json!(code), &json!("verified"))
    );
    let known = world.told("inps", "eidas", "greta", None).await;
    assert_eq!(known[long], json!(code), "and is not asked again");
    for told in [&matched, &known] {
        assert_eq!(lasting(told), lasting(&unmatched));
    }
    // A service that asks for no match is told of none, and knows whom it knew.
    let still = world.told("durc", "eidas", "greta", None).await;
    assert_eq!(lasting(&still), lasting(&elsewhere));
    assert!(still.get(long).is_none());
    world.0.stop().await;
}
