use std::collections::BTreeMap;

use super::*;
use crate::identity::subject::pairwise;

const KEY: [u8; 32] = [7; 32];

fn proof(upstream: &str, provider: &str, attributes: &[(&str, &str)]) -> UpstreamIdentity {
    UpstreamIdentity {
        upstream: upstream.to_owned(),
        provider: provider.to_owned(),
        attributes: attributes
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect::<BTreeMap<_, _>>(),
        level: Level::L2,
        authenticated_at: Timestamp::from_unix_seconds(1_800_000_000),
        assertion_id: "_a".to_owned(),
        expires_at: Timestamp::from_unix_seconds(1_800_000_300),
        session: None,

        desk: None,
    }
}

fn person(attributes: &[(&str, &str)]) -> Result<Identity, IdentityFault> {
    Identity::from_upstream(&proof("spid", "https://idp.example", attributes))
}

fn sub(sector: &str, identity: &Identity) -> String {
    pairwise(&KEY, sector, identity).expect("a subject")
}

const MARIO: (&str, &str) = ("fiscalNumber", "TINIT-RSSMRA80A01H501U");

#[test]
fn every_attribute_of_spid_becomes_a_value() {
    let identity = person(&[
        MARIO,
        ("spidCode", "AGID0000000001"),
        ("name", " Mario "),
        ("familyName", "Rossi"),
        ("placeOfBirth", "H501"),
        ("countyOfBirth", "RM"),
        ("dateOfBirth", "1980-01-01"),
        ("gender", "M"),
        ("companyName", "Acme"),
        ("registeredOffice", "via Roma 1 00100 Roma RM"),
        ("ivaCode", "VATIT-12345678903"),
        ("companyFiscalNumber", "TINIT-MHASDV02A31H671H"),
        ("idCard", "CartaIdentità AA00000000 comune di Roma 2018-01-01 2028-01-31"),
        ("mobilePhone", "+393331234567"),
        ("email", "mario@example.it"),
        ("domicileStreetAddress", "via Roma 1"),
        ("domicilePostalCode", "00100"),
        ("domicileMunicipality", "Roma"),
        ("domicileProvince", "RM"),
        ("domicileNation", "IT"),
        ("expirationDate", "2028-01-01"),
        ("digitalAddress", "mario@pec.example.it"),
    ])
    .expect("a person");
    assert_eq!(identity.profile.given_name.as_ref().map(Text::as_str), Some("Mario"));
    assert_eq!(identity.profile.birth_place.as_ref().and_then(Place::cadastral_code), Some("H501"));
    assert_eq!(identity.profile.gender, Some(Gender::Male));
    assert!(
        identity.organisation.fiscal_code.is_some(),
        "its check character is not ours to check"
    );
    let document = identity.document.as_deref().expect("a document");
    assert_eq!(document.kind.as_str(), "cartaIdentita");
    assert_eq!(document.issuer.as_ref().map(Text::as_str), Some("comune di Roma"));
    assert_eq!(document.issued.as_ref().map(Day::as_str), Some("2018-01-01"));
    assert_eq!(document.expires.as_ref().map(Day::as_str), Some("2028-01-31"));

    let text = serde_json::to_string(&identity).expect("serialises");
    assert_eq!(serde_json::from_str::<Identity>(&text).expect("deserialises"), identity);
}

#[test]
fn a_person_known_by_the_fiscal_code_alone_takes_little_room() {
    let identity = person(&[MARIO]).expect("a person");
    let text = serde_json::to_string(&identity).expect("serialises");
    assert!(text.len() < 200, "{} octets", text.len());
    assert!(!text.contains("null"));
    assert_eq!(serde_json::from_str::<Identity>(&text).expect("deserialises"), identity);
}

#[test]
fn a_malformed_fiscal_code_is_no_person() {
    for wrong in ["TINIT-RSSMRA80A01H501X", "RSSMRA80A01H501U", "TINIT-", "ES/IT/12345"] {
        let refused = person(&[("fiscalNumber", wrong), ("spidCode", "AGID0000000001")]);
        assert_eq!(refused, Err(IdentityFault::FiscalCodeInvalid));
    }
}

#[test]
fn nobody_is_no_person() {
    assert_eq!(person(&[("name", "Mario")]), Err(IdentityFault::Incomplete));
    assert_eq!(person(&[("fiscalNumber", " "), ("name", "M")]), Err(IdentityFault::Incomplete));
}

#[test]
fn values_of_another_form_are_absent_and_the_login_goes_on() {
    let mut dropped = Vec::new();
    let wrong = [
        MARIO,
        ("dateOfBirth", "01/01/1980"),
        ("gender", "X"),
        ("email", "mario at example"),
        ("mobilePhone", "call me"),
        ("expirationDate", "2028-02-30"),
        ("ivaCode", "12345678903"),
        ("name", "Ma\u{7}rio"),
        ("idCard", "passaporto"),
    ];
    let identity =
        Identity::parse(&proof("spid", "https://idp.example", &wrong), &mut dropped).expect("he");
    assert_eq!(identity, person(&[MARIO]).expect("the same person, nothing else known"));
    dropped.sort_unstable();
    assert_eq!(
        dropped,
        [
            "dateOfBirth",
            "email",
            "expirationDate",
            "gender",
            "idCard",
            "ivaCode",
            "mobilePhone",
            "name"
        ]
    );
}

#[test]
fn a_town_name_is_a_place_without_a_code() {
    let identity = person(&[MARIO, ("placeOfBirth", "Roma")]).expect("a person");
    let place = identity.profile.birth_place.expect("a place");
    assert_eq!((place.as_str(), place.cadastral_code()), ("Roma", None));
}

#[test]
fn a_person_does_not_print_values() {
    let printed = format!("{:?}", proof("spid", "https://idp.example", &[MARIO]));
    assert!(printed.contains("fiscalNumber") && !printed.contains("RSSMRA"));
    let identity = person(&[MARIO, ("name", "Mario"), ("email", "mario@example.it")]);
    let printed = format!("{identity:?}");
    assert!(
        !printed.contains("RSSMRA") && !printed.contains("Mario") && !printed.contains("mario")
    );
}

#[test]
fn one_person_is_one_subject_by_any_instrument_and_another_one_in_another_sector() {
    let by_spid =
        Identity::from_upstream(&proof("spid", "https://a", &[MARIO, ("spidCode", "A1")]));
    let by_cie = Identity::from_upstream(&proof("cie", "https://b", &[MARIO]));
    let (by_spid, by_cie) = (by_spid.expect("a person"), by_cie.expect("a person"));
    assert_eq!(sub("inps", &by_spid), sub("inps", &by_cie));
    assert_ne!(sub("inps", &by_spid), sub("lavoro", &by_spid));
    assert_ne!(sub("inps", &by_spid), pairwise(&[8; 32], "inps", &by_spid).expect("a subject"));
    assert_eq!(sub("inps", &by_spid).len(), 43);
}

#[test]
fn a_code_and_its_omocodia_form_are_two_subjects() {
    let base = person(&[MARIO]).expect("a person");
    let other = person(&[("fiscalNumber", "TINIT-RSSMRA80A01H50MM")]).expect("another person");
    assert_ne!(sub("inps", &base), sub("inps", &other));
}

/// The base code with the digits of `subset` replaced by letters, and its check character found by
/// trying them all.
fn omocodia(subset: usize) -> String {
    let mut octets = b"RSSMRA80A01H501".to_vec();
    for (bit, place) in [6, 7, 9, 10, 12, 13, 14].into_iter().enumerate() {
        if subset >> bit & 1 == 1 {
            octets[place] = b"LMNPQRSTUV"[usize::from(octets[place] - b'0')];
        }
    }
    let fifteen = String::from_utf8(octets).expect("ASCII");
    ('A'..='Z')
        .map(|check| format!("{fifteen}{check}"))
        .find(|code| crate::identity::FiscalCode::parse(code).is_ok())
        .expect("one of 26 fits")
}

#[test]
fn the_127_omocodia_forms_of_a_code_are_127_other_subjects() {
    let subjects: std::collections::BTreeSet<String> = (0..128)
        .map(|subset| format!("TINIT-{}", omocodia(subset)))
        .map(|code| sub("inps", &person(&[("fiscalNumber", &code)]).expect("a person")))
        .collect();
    assert_eq!(omocodia(0), "RSSMRA80A01H501U");
    assert_eq!(subjects.len(), 128);
}

#[test]
fn no_other_spelling_of_a_code_is_another_subject() {
    let mario = sub("inps", &person(&[MARIO]).expect("a person"));
    let mut same = 0;
    for spelling in [
        "TINIT-RSSMRA80A01H501U",
        "TINIT-rssmra80a01h501u",
        "TINIT-RssMra80A01h501U",
        " TINIT-RSSMRA80A01H501U",
        "TINIT-RSSMRA80A01H501U\n",
        "\tTINIT-RSSMRA80A01H501U \r\n",
        "tinit-RSSMRA80A01H501U",
        "TINIT-R\u{17f}SMRA80A01H501U",
        "TINIT-RSSMR\u{410}80A01H501U",
        "TINIT-RSSMRA80A01H50\u{ff11}U",
        "TINIT-RSSMRA80A01H501U\u{200b}",
        "\u{feff}TINIT-RSSMRA80A01H501U",
        "TINIT-RSSMRA80A01H501U\0",
        "TINIT-RSSMRA80A01H501U\u{85}",
        "TINIT-\u{2066}RSSMRA80A01H501U",
        "\u{a0}TINIT-RSSMRA80A01H501U",
        "TINIT- RSSMRA80A01H501U",
        "TINIT-RSSMRA80A01H501U TINIT-RSSMRA80A01H501U",
    ] {
        match person(&[("fiscalNumber", spelling)]) {
            Ok(identity) => {
                assert_eq!(sub("inps", &identity), mario, "{spelling:?}");
                assert_eq!(identity.fiscal_code.expect("a code").as_str(), "RSSMRA80A01H501U");
                same += 1;
            }
            Err(fault) => assert_eq!(fault, IdentityFault::FiscalCodeInvalid, "{spelling:?}"),
        }
    }
    assert_eq!(same, 6, "case and blanks around, which are taken off once");
}

#[test]
fn a_provider_code_never_meets_a_fiscal_code_or_another_provider() {
    let code = ("spidCode", "RSSMRA80A01H501U");
    let by_code = person(&[code]).expect("a person");
    let elsewhere = Identity::from_upstream(&proof("spid", "https://other.example", &[code]))
        .expect("a person");
    let fiscal = person(&[MARIO]).expect("a person");
    assert_ne!(sub("inps", &by_code), sub("inps", &fiscal));
    assert_ne!(sub("inps", &by_code), sub("inps", &elsewhere));
}

#[test]
fn nobody_has_no_subject() {
    let nobody = Identity { fiscal_code: None, ..person(&[MARIO]).expect("a person") };
    assert_eq!(pairwise(&KEY, "inps", &nobody), Err(IdentityFault::Incomplete));
}

#[test]
fn a_person_from_abroad_is_a_subject_of_their_own_whichever_node_says_so() {
    let identifier = ("PersonIdentifier", "DE/IT/RSSMRA80A01H501U");
    let from = |node: &str, attributes: &[(&str, &str)]| {
        Identity::from_upstream(&proof("eidas", node, attributes)).expect("a person")
    };
    let greta = from("https://node", &[identifier]);
    assert!(greta.fiscal_code.is_none(), "a code that looks like a fiscal code is none");
    assert_eq!(sub("inps", &greta), sub("inps", &from("https://other", &[identifier])));
    let mario = person(&[MARIO]).expect("a person");
    assert_ne!(sub("inps", &greta), sub("inps", &mario));
    let austrian = from("https://node", &[("PersonIdentifier", "AT/IT/RSSMRA80A01H501U")]);
    assert_ne!(sub("inps", &greta), sub("inps", &austrian));
    let company = from(
        "https://node",
        &[("LegalPersonIdentifier", identifier.1), ("companyName", "Muster GmbH")],
    );
    assert_ne!(sub("inps", &greta), sub("inps", &company), "a company is no natural person");
    assert_eq!(company.organisation.name.as_ref().map(Text::as_str), Some("Muster GmbH"));
}

#[test]
fn a_malformed_identifier_of_eidas_is_no_person() {
    for wrong in
        ["IT/DE/abc", "IT/IT/RSSMRA80A01H501U", "abc", "DE/FR/abc", "TINIT-RSSMRA80A01H501U"]
    {
        for name in ["PersonIdentifier", "LegalPersonIdentifier"] {
            let refused =
                Identity::from_upstream(&proof("eidas", "https://node", &[(name, wrong)]));
            assert_eq!(refused, Err(IdentityFault::EidasIdentifierInvalid), "{wrong}");
        }
    }
}
