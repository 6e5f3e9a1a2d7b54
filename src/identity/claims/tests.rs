mod page;

use std::collections::{BTreeMap, BTreeSet};

use super::*;
use crate::effects::Timestamp;
use crate::identity::{Certainty, DeskProof, FiscalCode, Matched, UpstreamIdentity};
use crate::oidc::client::{MatchingMode, MatchingPolicy};
use crate::oidc::sample;
use crate::terms::{DeskDemand, Strength};

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
        desk: None,
    })
    .expect("a person")
}

fn told(granted: &str, entitled: &str, asked: &[&str], profile: ClaimsProfile) -> Value {
    told_of(&mario(&[]), granted, entitled, asked, profile)
}

fn told_of(
    identity: &Identity,
    granted: &str,
    entitled: &str,
    asked: &[&str],
    profile: ClaimsProfile,
) -> Value {
    let asked: Vec<String> = asked.iter().map(|name| (*name).to_owned()).collect();
    let release = Release {
        granted: &Scopes::parse(granted),
        entitled: &Scopes::parse(entitled),
        asked: &asked,
        profile,
        roles: &[],
    };
    Value::Object(release.claims(identity))
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
fn the_saml_profile_has_the_names_and_values_of_spid() {
    let gina = mario(&[
        ("name", "Niccolò"),
        ("dateOfBirth", "1980-01-01"),
        ("expirationDate", "2030-01-01"),
        ("companyName", "Finzione S.p.A."),
        ("ivaCode", "VATIT-12345678903"),
        ("companyFiscalNumber", "TINIT-12345678903"),
        ("domicileStreetAddress", "via Roma 1"),
    ]);
    assert_eq!(
        told_of(&gina, ALL, ALL, &[], ClaimsProfile::Saml),
        json!({
            "name": "Niccolò", "familyName": "Rossi", "gender": "M", "dateOfBirth": "1980-01-01",
            "placeOfBirth": "H501", "countyOfBirth": "RM", "email": "mario@example.it",
            "domicileStreetAddress": "via Roma 1", "domicileMunicipality": "Roma",
            "fiscalNumber": "TINIT-RSSMRA80A01H501U", "spidCode": "AGID0000000001",
            "companyName": "Finzione S.p.A.", "registeredOffice": "via Roma 1",
            "ivaCode": "VATIT-12345678903", "companyFiscalNumber": "TINIT-12345678903",
            "idCard": "passaporto YA1 questura 2018-01-01 2028-01-31", "expirationDate": "2030-01-01",
        })
    );
}

#[test]
fn the_header_profile_has_one_line_of_ascii_for_every_value() {
    let greta = mario(&[
        ("name", "Zoë"),
        ("mobilePhone", "+39333000000"),
        ("companyName", "A,\"B\"; 100% S.p.A."),
    ]);
    let told = told_of(&greta, ALL, ALL, &[], ClaimsProfile::Header);
    assert_eq!(
        told,
        json!({
            "X-Given-Name": "Zo%C3%AB", "X-Family-Name": "Rossi", "X-Gender": "male",
            "X-Birth-Place": "H501", "X-Birth-Province": "RM", "X-Email": "mario@example.it",
            "X-Phone-Number": "%2B39333000000", "X-Municipality": "Roma",
            "X-Fiscal-Number": "TINIT-RSSMRA80A01H501U", "X-Codice-Fiscale": "RSSMRA80A01H501U",
            "X-Company-Name": "A%2C%22B%22%3B 100%25 S.p.A.", "X-Registered-Office": "via Roma 1",
            "X-Spid-Code": "AGID0000000001",
            "X-Id-Card": "passaporto YA1 questura 2018-01-01 2028-01-31",
        })
    );
    let names = CLAIMS.iter().filter_map(|claim| claim.header);
    for name in names.chain(own_assurance(ClaimsProfile::Header).iter().copied()) {
        let (start, rest) = name.split_at(2);
        assert!(start == "X-" && rest.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-'));
    }
}

#[test]
fn the_bare_fiscal_code_is_told_in_every_profile_to_who_asks_for_it_and_may() {
    for (_, profile) in ClaimsProfile::ALL {
        let told = told("openid", "openid fiscal_number", &["codice_fiscale"], profile);
        assert_eq!(told, json!({ "codice_fiscale": "RSSMRA80A01H501U" }));
        let refused = self::told("openid", "openid", &["codice_fiscale"], profile);
        assert_eq!(refused, json!({}));
    }
    let eid = told("openid fiscal_number", ALL, &[], ClaimsProfile::Eid);
    assert_eq!(eid["codice_fiscale"], Value::Null, "nobody asked");
    assert_eq!(
        told("openid", ALL, &["fiscal_number"], ClaimsProfile::Eid),
        json!({}),
        "only that one"
    );
}

#[test]
fn every_profile_tells_everything_of_a_company_and_of_another_state() {
    for (_, profile) in ClaimsProfile::ALL {
        let company = mario(&[
            ("companyName", "Finzione"),
            ("ivaCode", "VATIT-12345678903"),
            ("companyFiscalNumber", "TINIT-12345678903"),
        ]);
        let told = told_of(&company, "openid company", ALL, &[], profile);
        assert_eq!(told.as_object().map(Map::len), Some(4), "{told}");
        for value in ["Finzione", "VATIT-12345678903", "TINIT-12345678903", "via Roma 1"] {
            assert!(told.to_string().contains(value), "{told}");
        }
        let abroad = Identity {
            fiscal_code: None,
            eidas_identifier: crate::identity::EidasIdentifier::parse("DE/IT/abc"),
            ..mario(&[])
        };
        let told = told_of(&abroad, "openid profile fiscal_number", ALL, &[], profile).to_string();
        assert!(told.contains("\"DE/IT/abc\"") && told.contains("\"DE\""), "{told}");
        assert!(!told.contains("RSSMRA"), "{told}");
    }
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
        roles: &[],
    };
    let claims = release.claims(&mario(&[("placeOfBirth", "Roma")]));
    assert_eq!(claims.get("birth_place"), Some(&json!("Roma")));
    assert_eq!(claims.get("birth_place_code"), None);
}

#[test]
fn the_proof_says_what_was_achieved() {
    assert_eq!(
        Value::Object(assurance(&mario(&[]), ClaimsProfile::Flat)),
        json!({
            "acr": "https://www.spid.gov.it/SpidL2", "amr": ["mfa"], "auth_time": 1_800_000_000,
            "spid_level": 2, "eidas_loa": "http://eidas.europa.eu/LoA/substantial",
            "auth_method": "spid", "idp": "https://idp.example",
        })
    );
}

/// RFC 8176, section 2: more than one factor, and which.
#[test]
fn a_card_and_its_pin_are_told_as_such_at_whatever_level() {
    for level in Level::ALL {
        let mut identity = mario(&[]);
        identity.level = level;
        let told = |identity: &Identity| assurance(identity, ClaimsProfile::Flat)["amr"].clone();
        let by_provider = if level == Level::L1 { json!(["pwd"]) } else { json!(["mfa"]) };
        assert_eq!(told(&identity), by_provider);
        identity.origin.auth_method = "cns".to_owned();
        assert_eq!(told(&identity), json!(["mfa", "sc", "pin"]));
    }
}

#[test]
fn two_profiles_say_of_the_proof_in_words_of_their_own_too() {
    let plain = assurance(&mario(&[]), ClaimsProfile::Eid);
    for (profile, own) in [
        (ClaimsProfile::Saml, json!({ "spidLevel": 2 })),
        (
            ClaimsProfile::Header,
            json!({
                "X-Assurance-Level": "2", "X-Auth-Method": "spid",
                "X-Identity-Provider": "https://idp.example",
            }),
        ),
    ] {
        let mut expected = plain.clone();
        expected.extend(own.as_object().cloned().unwrap_or_default());
        assert_eq!(assurance(&mario(&[]), profile), expected);
    }
}

#[test]
fn no_claim_has_the_name_of_another_one_or_of_the_protocol() {
    for (_, profile) in ClaimsProfile::ALL {
        let mut seen: BTreeSet<&str> = ASSURANCE.into_iter().collect();
        seen.extend(own_assurance(profile));
        seen.extend([
            "sub", "iss", "aud", "exp", "iat", "nonce", "azp", "at_hash", "c_hash", "sid",
        ]);
        for name in CLAIMS.iter().filter_map(|claim| claim.name(profile)) {
            assert!(seen.insert(name), "{name}");
        }
    }
    assert!(CLAIMS.iter().all(|claim| !claim.label().is_empty()));
    assert_eq!(claims_supported().len(), claims_supported().iter().collect::<BTreeSet<_>>().len());
}

/// Somebody from another state, matched so, as a client with that policy is told.
fn greta(matched: Option<Certainty>, policy: MatchingPolicy) -> Value {
    let attributes = [("PersonIdentifier", "DE/IT/greta")];
    let identity = Identity::from_upstream(&UpstreamIdentity {
        upstream: "eidas".to_owned(),
        provider: "https://node.example".to_owned(),
        attributes: attributes.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
        level: Level::L2,
        authenticated_at: Timestamp::from_unix_seconds(1_800_000_000),
        assertion_id: "_a".to_owned(),
        expires_at: Timestamp::from_unix_seconds(1_800_000_300),
        session: None,
        desk: None,
    })
    .expect("a person");
    let fiscal_code = FiscalCode::parse("RSSMRA80A01H501U").ok();
    let matched = matched.map(|certainty| Matched { certainty, fiscal_code });
    let mut client = sample::client("inps");
    client.mandate.matching = policy;
    let identity = Identity { matched, ..identity }.told_to(&client);
    let scopes = Scopes::parse("openid fiscal_number");
    let profile = ClaimsProfile::Flat;
    let release = Release { granted: &scopes, entitled: &scopes, asked: &[], profile, roles: &[] };
    Value::Object(release.claims(&identity))
}

#[test]
fn a_matched_code_is_told_when_somebody_vouches_for_it_or_the_client_takes_the_persons_word() {
    let policy = |mode, accept_self_declared| MatchingPolicy { mode, accept_self_declared };
    let with = |how: &str| {
        json!({
            "eidas_person_identifier": "DE/IT/greta", "fiscal_number_match": how,
            "fiscal_number": "TINIT-RSSMRA80A01H501U", "codice_fiscale": "RSSMRA80A01H501U",
        })
    };
    let without =
        |how: &str| json!({ "eidas_person_identifier": "DE/IT/greta", "fiscal_number_match": how });
    for mode in [MatchingMode::Offer, MatchingMode::Require] {
        for accepts in [true, false] {
            let policy = policy(mode, accepts);
            assert_eq!(greta(None, policy), without("none"));
            assert_eq!(greta(Some(Certainty::Verified), policy), with("verified"));
        }
        let declared = Some(Certainty::SelfDeclared);
        assert_eq!(greta(declared, policy(mode, true)), with("self_declared"));
        assert_eq!(greta(declared, policy(mode, false)), without("self_declared"));
    }
    for certainty in [Certainty::SelfDeclared, Certainty::Verified] {
        let told = greta(Some(certainty), policy(MatchingMode::Off, true));
        assert_eq!(told, without("none"), "matched for others");
    }
    assert_eq!(mario(&[]).fiscal_number_match(), None, "only of people from other states");
}

/// HD-SC-1, HD-SC-2: nothing in any profile says a level, and what is said is of the help desk alone.
#[test]
fn a_credential_of_the_help_desk_is_told_as_what_it_is() {
    let desk = DeskProof {
        acr: Strength::Password.uri("varco"),
        strength: Strength::Password,
        credential: "c1".to_owned(),
        category: "extra_eu".to_owned(),
        services: vec!["lavoro".to_owned()],
    };
    let person = |attributes: &[(&str, &str)]| {
        let attributes = attributes.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned()));
        Identity::from_upstream(&UpstreamIdentity {
            upstream: "helpdesk".to_owned(),
            provider: "helpdesk".to_owned(),
            attributes: attributes.collect(),
            level: Level::L1,
            authenticated_at: Timestamp::from_unix_seconds(1_795_000_000),
            assertion_id: "_1".to_owned(),
            expires_at: Timestamp::from_unix_seconds(1_795_000_300),
            session: None,
            desk: Some(Box::new(desk.clone())),
        })
        .unwrap()
    };
    let unverified = person(&[("spidCode", "person-1"), ("name", "Greta")]);
    for (_, profile) in ClaimsProfile::ALL {
        let told = serde_json::Value::from(assurance(&unverified, profile)).to_string();
        assert!(
            told.contains("urn:varco:acr:helpdesk:1") && told.contains(r#"["mfa","pwd","otp"]"#)
        );
        for level in ["SpidL", "spid", "eidas", "LoA", "Level"] {
            assert!(!told.contains(level), "{level} in {told}");
        }
        let all = Scopes::parse("openid profile email phone address fiscal_number document");
        let release = Release { entitled: &all, granted: &all, asked: &[], profile, roles: &[] };
        let told = serde_json::Value::from(release.claims(&unverified));
        let verified = ["fiscal_number_verified", "X-Fiscal-Number-Verified"];
        let says: Vec<_> = verified.iter().filter_map(|name| told.get(name)).collect();
        assert_eq!(says.len(), 1, "{told}");
        assert!(says[0] == &json!(false) || says[0] == &json!("false"));
        assert!(!told.to_string().contains("person-1"), "its own name for the person is nobody's");
    }
    let verified = person(&[("spidCode", "person-1"), ("fiscalNumber", "TINIT-RSSMRA80A01H501U")]);
    let all = Scopes::parse("openid fiscal_number");
    let profile = ClaimsProfile::Flat;
    let release = Release { entitled: &all, granted: &all, asked: &[], profile, roles: &[] };
    let told = release.claims(&verified);
    assert_eq!(told["fiscal_number_verified"], json!(true));
    assert!(
        verified.meets(DeskDemand::Nothing)
            && verified.meets(DeskDemand::AtLeast(Strength::Password))
    );
    assert!(!verified.meets(DeskDemand::Level), "a level that is named is never satisfied");
    assert!(!verified.meets(DeskDemand::AtLeast(Strength::Passkey)));
}
