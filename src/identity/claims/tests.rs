use std::collections::{BTreeMap, BTreeSet};

use super::*;
use crate::effects::Timestamp;
use crate::identity::UpstreamIdentity;

fn mario(more: &[(&str, &str)]) -> Identity {
    let attributes: BTreeMap<String, String> = [
        ("fiscalNumber", "TINIT-RSSMRA80A01H501U"),
        ("spidCode", "AGID0000000001"),
        ("name", "Mario"),
        ("familyName", "Rossi"),
        ("placeOfBirth", "H501"),
        ("countyOfBirth", "RM"),
        ("gender", "M"),
        ("email", "mario@example.it"),
        ("domicileMunicipality", "Roma"),
        ("registeredOffice", "via Roma 1"),
        ("idCard", "passaporto YA1 questura 2018-01-01 2028-01-31"),
    ]
    .iter()
    .chain(more)
    .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
    .collect();
    Identity::from_upstream(&UpstreamIdentity {
        upstream: "spid".to_owned(),
        provider: "https://idp.example".to_owned(),
        attributes,
        level: Level::L2,
        authenticated_at: Timestamp::from_unix_seconds(1_800_000_000),
        assertion_id: "_a".to_owned(),
        expires_at: Timestamp::from_unix_seconds(1_800_000_300),
        session: None,
    })
    .expect("a person")
}

fn told(granted: &str, entitled: &str, asked: &[&str], profile: ClaimsProfile) -> Value {
    let asked: Vec<String> = asked.iter().map(|name| (*name).to_owned()).collect();
    let release = Release {
        granted: &Scopes::parse(granted),
        entitled: &Scopes::parse(entitled),
        asked: &asked,
        profile,
    };
    Value::Object(release.claims(&mario(&[])))
}

const ALL: &str = "openid profile email phone address fiscal_number company document";

#[test]
fn the_eid_profile_names_claims_as_spid_and_cie_do() {
    assert_eq!(
        told(ALL, ALL, &[], ClaimsProfile::Eid),
        json!({
            "given_name": "Mario", "family_name": "Rossi", "name": "Mario Rossi", "gender": "male",
            "place_of_birth": { "locality": "H501", "region": "RM" },
            "email": "mario@example.it",
            "address": { "locality": "Roma" },
            "https://attributes.eid.gov.it/fiscal_number": "TINIT-RSSMRA80A01H501U",
            "https://attributes.eid.gov.it/registered_office": { "formatted": "via Roma 1" },
            "https://attributes.eid.gov.it/spid_code": "AGID0000000001",
            "document_details": {
                "type": "passaporto", "document_number": "YA1", "issuer": { "name": "questura" },
                "date_of_issuance": "2018-01-01", "date_of_expiry": "2028-01-31"
            },
        })
    );
}

#[test]
fn the_flat_profile_has_plain_names_and_the_bare_fiscal_code() {
    let flat = told("openid fiscal_number profile", ALL, &[], ClaimsProfile::Flat);
    assert_eq!(
        flat,
        json!({
            "given_name": "Mario", "family_name": "Rossi", "name": "Mario Rossi", "gender": "male",
            "birth_place_code": "H501", "birth_province": "RM",
            "fiscal_number": "TINIT-RSSMRA80A01H501U", "codice_fiscale": "RSSMRA80A01H501U",
        })
    );
}

#[test]
fn openid_alone_tells_nothing_about_the_person() {
    assert_eq!(told("openid", ALL, &[], ClaimsProfile::Eid), json!({}));
}

#[test]
fn a_claim_asked_for_by_name_is_told_only_under_an_entitled_scope() {
    let name = "https://attributes.eid.gov.it/fiscal_number";
    let asked = [name, "email", "no_such_claim"];
    assert_eq!(
        told("openid", "openid fiscal_number", &asked, ClaimsProfile::Eid),
        json!({ name: "TINIT-RSSMRA80A01H501U" })
    );
    assert_eq!(told("openid", "openid", &asked, ClaimsProfile::Eid), json!({}));
}

#[test]
fn a_granted_scope_that_the_client_has_lost_tells_nothing() {
    assert_eq!(told("openid email", "openid", &[], ClaimsProfile::Eid), json!({}));
}

#[test]
fn what_the_person_does_not_have_is_absent() {
    let told = told("openid phone company", ALL, &["birthdate"], ClaimsProfile::Flat);
    assert_eq!(told, json!({ "company_registered_office": "via Roma 1" }));
}

#[test]
fn a_town_name_is_never_told_as_a_code() {
    let release = Release {
        granted: &Scopes::parse("profile"),
        entitled: &Scopes::parse("profile"),
        asked: &[],
        profile: ClaimsProfile::Flat,
    };
    let claims = release.claims(&mario(&[("placeOfBirth", "Roma")]));
    assert_eq!(claims.get("birth_place"), Some(&json!("Roma")));
    assert_eq!(claims.get("birth_place_code"), None);
}

#[test]
fn the_proof_says_what_was_achieved() {
    assert_eq!(
        Value::Object(assurance(&mario(&[]))),
        json!({
            "acr": "https://www.spid.gov.it/SpidL2", "amr": ["mfa"], "auth_time": 1_800_000_000,
            "spid_level": 2, "eidas_loa": "http://eidas.europa.eu/LoA/substantial",
            "auth_method": "spid", "idp": "https://idp.example",
        })
    );
}

#[test]
fn no_claim_has_the_name_of_another_one_or_of_the_protocol() {
    for profile in [ClaimsProfile::Eid, ClaimsProfile::Flat] {
        let mut seen: BTreeSet<&str> = ASSURANCE.into_iter().collect();
        seen.extend([
            "sub", "iss", "aud", "exp", "iat", "nonce", "azp", "at_hash", "c_hash", "sid",
        ]);
        for name in CLAIMS.iter().filter_map(|claim| claim.name(profile)) {
            assert!(seen.insert(name), "{name}");
        }
    }
    assert!(CLAIMS.iter().all(|claim| claim.eid.is_some() || claim.flat.is_some()));
    assert_eq!(claims_supported().len(), claims_supported().iter().collect::<BTreeSet<_>>().len());
}
