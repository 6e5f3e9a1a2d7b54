use std::collections::BTreeSet;

use super::*;
use crate::effects::Timestamp;
use crate::identity::{Certainty, FiscalCode, Matched, UpstreamIdentity};
use crate::oidc::sample;
use crate::terms::Level;

const KEY: [u8; 32] = [7; 32];
const PORTALS: [&str; 3] = ["inps", "inail", "lavoro"];

/// Who an instrument says it is, with everything that differs between instruments.
fn by(instrument: &str, said: &[(&str, &str)]) -> Identity {
    let own = match instrument {
        "spid" => vec![("spidCode", "AGID0000000001"), ("email", "mario@example.it")],
        "cie" => vec![("name", "MARIO"), ("familyName", "ROSSI")],
        _ => Vec::new(),
    };
    let said = own.iter().chain(said).map(|(name, value)| ((*name).into(), (*value).into()));
    Identity::from_upstream(&UpstreamIdentity {
        upstream: instrument.to_owned(),
        provider: format!("https://{instrument}.example"),
        attributes: said.collect(),
        level: if instrument == "spid" { Level::L2 } else { Level::L3 },
        authenticated_at: Timestamp::from_unix_seconds(1_800_000_000),
        assertion_id: "_a".to_owned(),
        expires_at: Timestamp::from_unix_seconds(1_800_000_300),
        session: None,
        desk: None,
    })
    .expect("a person")
}

fn at(portal: &str, subject_type: SubjectType) -> Client {
    let sector = format!("{portal}.example");
    Client { subject_type, sector, ..sample::client(portal) }
}

fn sub(portal: &str, identity: &Identity) -> String {
    subject(&KEY, &at(portal, SubjectType::Pairwise), identity).expect("a subject")
}

#[test]
fn one_fiscal_code_is_one_subject_at_each_portal_by_spid_cie_cns_and_help_desk() {
    let code = [("fiscalNumber", "TINIT-RSSMRA80A01H501U")];
    let people = ["spid", "cie", "cns", "helpdesk"].map(|instrument| by(instrument, &code));
    let mut subjects = BTreeSet::new();
    for portal in PORTALS {
        let told: BTreeSet<String> = people.iter().map(|person| sub(portal, person)).collect();
        assert_eq!(told.len(), 1, "{portal}");
        subjects.extend(told);
    }
    assert_eq!(subjects.len(), 3, "two portals cannot tell that it is one person");
    for one in &people {
        assert!(people.iter().all(|other| one.is_same_person(other)));
    }
    for subject_type in [SubjectType::Public, SubjectType::FiscalCode] {
        let of = |person| subject(&KEY, &at("inps", subject_type), person).expect("a subject");
        let told: BTreeSet<String> = people.iter().map(of).collect();
        assert_eq!(told.len(), 1);
    }
    let methods: BTreeSet<&str> =
        people.iter().map(|person| person.origin.auth_method.as_str()).collect();
    assert_eq!(methods.len(), 4, "the instrument is told beside the subject");
}

/// `base` with the digits of `subset` replaced by letters, and the check character that fits.
fn omocodia(base: &[u8; 15], subset: usize) -> String {
    let mut octets = *base;
    for (bit, place) in [6, 7, 9, 10, 12, 13, 14].into_iter().enumerate() {
        if subset >> bit & 1 == 1 {
            octets[place] = b"LMNPQRSTUV"[usize::from(octets[place] - b'0')];
        }
    }
    let fifteen = std::str::from_utf8(&octets).expect("ASCII");
    ('A'..='Z')
        .map(|check| format!("{fifteen}{check}"))
        .find(|code| FiscalCode::parse(code).is_ok())
        .expect("one of 26 fits")
}

#[test]
fn the_128_people_of_one_base_code_are_128_and_each_is_one_by_every_instrument() {
    let mut seen = BTreeSet::new();
    let mut people: Vec<Identity> = Vec::new();
    for subset in 0..128 {
        // Name and day of birth are the same: homonyms differ by the code alone.
        let code = format!("TINIT-{}", omocodia(b"RSSMRA80A01H501", subset));
        let said =
            [("fiscalNumber", code.as_str()), ("name", "Mario"), ("dateOfBirth", "1980-01-01")];
        let all = ["spid", "cie", "cns"].map(|instrument| by(instrument, &said));
        for portal in PORTALS {
            let told: BTreeSet<String> = all.iter().map(|person| sub(portal, person)).collect();
            assert_eq!(told.len(), 1, "nobody is split");
            assert!(seen.is_disjoint(&told), "nobody is merged");
            seen.extend(told);
        }
        let [by_spid, by_cie, by_cns] = all;
        assert!(by_spid.is_same_person(&by_cie) && by_cie.is_same_person(&by_cns));
        assert!(people.iter().all(|other| !other.is_same_person(&by_cie)));
        assert!(people.iter().all(|other| !by_cie.is_same_person(other)));
        people.push(by_spid);
    }
    assert_eq!(seen.len(), 128 * PORTALS.len());
}

#[test]
fn a_match_makes_nobody_another_subject() {
    let greta = by("eidas", &[("PersonIdentifier", "DE/IT/greta")]);
    let code = FiscalCode::parse("RSSMRA80A01H501U").ok();
    for certainty in [Certainty::SelfDeclared, Certainty::Verified] {
        let matched = Some(Matched { certainty, fiscal_code: code.clone() });
        let matched = Identity { matched, ..greta.clone() };
        assert!(PORTALS.iter().all(|portal| sub(portal, &greta) == sub(portal, &matched)));
        assert!(greta.is_same_person(&matched) && matched.is_same_person(&greta));
        let mario = by("spid", &[("fiscalNumber", "TINIT-RSSMRA80A01H501U")]);
        assert_ne!(sub("inps", &matched), sub("inps", &mario), "they are never switched silently");
        assert!(!matched.is_same_person(&mario) && !mario.is_same_person(&matched));
        let told = subject(&KEY, &at("inps", SubjectType::FiscalCode), &matched);
        assert_eq!(told, Err(IdentityFault::Incomplete), "a matched code is nobody's subject");
    }
}
