//! Whole logins over HTTP: portal, broker, provider and back, by a scripted browser.

use varco::terms::Level;
use varco_sandbox::login::Refused;
use varco_sandbox::people::Person;
use varco_sandbox::portal::PORTALS;
use varco_sandbox::saml::kind::Kind;
use varco_sandbox::{Federation, FederationOptions, LoginOptions, Misbehaviour, Outcome};

use crate::fixture_redis::RedisServer;
use crate::outcome::accepted;

/// A federation whose broker keeps its state in memory, and one that keeps it in a real Redis.
async fn on_both_stores(binding: &str) -> [(Federation, Option<RedisServer>); 2] {
    let memory = FederationOptions { binding: binding.to_owned(), ..FederationOptions::default() };
    let server = RedisServer::start(&[]);
    let redis = FederationOptions { state: server.url(), ..memory.clone() };
    [
        (Federation::start(&memory).await.unwrap(), None),
        (Federation::start(&redis).await.unwrap(), Some(server)),
    ]
}

fn refused(case: Misbehaviour, outcome: Outcome) -> Refused {
    match outcome {
        Outcome::Refused(refused) => refused,
        Outcome::Accepted(_) => panic!("{case} was accepted"),
    }
}

/// A login of the first person of an upstream, at level 2.
fn by(kind: Kind) -> LoginOptions {
    LoginOptions { upstream: kind.upstream().to_owned(), ..LoginOptions::default() }
}

#[tokio::test]
async fn every_portal_signs_people_in_at_every_level_by_every_upstream() {
    for binding in ["redirect", "post"] {
        for (federation, _server) in on_both_stores(binding).await {
            for (at, portal) in PORTALS.iter().enumerate() {
                for (kind, level) in
                    Kind::ALL.into_iter().flat_map(|kind| Level::ALL.map(|level| (kind, level)))
                {
                    let login = LoginOptions {
                        portal: portal.id.to_owned(),
                        level,
                        provider: if kind == Kind::Spid { at % 2 } else { 0 },
                        ..by(kind)
                    };
                    let told = accepted(federation.login(&login).await.unwrap());
                    assert_eq!(told.id_token["acr"], level.uri());
                    assert_eq!(told.id_token["aud"], portal.id);
                    assert_eq!(told.id_token["sub"], told.userinfo["sub"]);
                    let (name, method) = match kind {
                        Kind::Spid => ("Ada", "spid"),
                        Kind::Cie => ("Ada", "cie"),
                        Kind::Eidas => ("Greta", "eidas"),
                    };
                    assert_eq!(told.userinfo["given_name"], name);
                    assert_eq!(told.userinfo["auth_method"], method);
                    assert_eq!(told.upstream, kind.upstream());
                }
            }
            federation.stop().await;
        }
    }
}

#[tokio::test]
async fn a_person_with_a_card_is_the_person_with_spid() {
    let federation = Federation::start(&FederationOptions::default()).await.unwrap();
    let mut subjects = Vec::new();
    for kind in [Kind::Spid, Kind::Cie] {
        let told = accepted(federation.login(&by(kind)).await.unwrap());
        subjects.push(told.userinfo["sub"].clone());
    }
    let measured = federation.assembly().measurements().await;
    federation.stop().await;
    assert_eq!(subjects[0], subjects[1]);
    for upstream in ["spid", "cie-saml"] {
        let counted = |line: &str| {
            line.starts_with("varco_login_completed_total{")
                && line.contains(&format!("=\"{upstream}\""))
                && line.ends_with("} 1")
        };
        assert_eq!(measured.lines().filter(|line| counted(line)).count(), 1, "{measured}");
    }
}

#[tokio::test]
async fn people_from_other_states_have_a_country_and_no_fiscal_code_wherever_they_choose_it() {
    for countries in [false, true] {
        let options = FederationOptions { countries, ..FederationOptions::default() };
        let federation = Federation::start(&options).await.unwrap();
        for portal in PORTALS {
            for person in Person::all_abroad() {
                let login = LoginOptions {
                    portal: portal.id.to_owned(),
                    person: Some(person.id.to_owned()),
                    ..by(Kind::Eidas)
                };
                let told = accepted(federation.login(&login).await.unwrap());
                assert_eq!(told.userinfo["eidas_country"].as_str(), person.country);
                let all = format!("{} {}", told.id_token, told.userinfo);
                for name in ["fiscal_number\"", "codice_fiscale", "TINIT"] {
                    assert!(!all.contains(name), "{}: {all}", person.id);
                }
                let identifier = person.attribute("spidCode").unwrap();
                assert!(!told.id_token["sub"].as_str().unwrap().contains(identifier));
                let company = told.userinfo.get("https://attributes.eid.gov.it/company_name");
                let acts_for = portal.scopes.contains(&"company") && person.id == "irena";
                assert_eq!(company.is_some(), acts_for, "{} at {}", person.id, portal.id);
            }
        }
        federation.stop().await;
    }
}

#[tokio::test]
async fn a_purpose_lets_in_the_kinds_of_identity_that_it_names_and_nobody_else() {
    for purpose in ["P", "LP", "PG", "PF", "PX"] {
        let options =
            FederationOptions { purpose: Some(purpose.to_owned()), ..FederationOptions::default() };
        let federation = Federation::start(&options).await.unwrap();
        for person in Person::all() {
            let login =
                LoginOptions { person: Some(person.id.to_owned()), ..LoginOptions::default() };
            let outcome = federation.login(&login).await.unwrap();
            match outcome {
                Outcome::Accepted(_) => {
                    assert!(person.kind.suits(Some(purpose)), "{purpose} {}", person.id);
                }
                Outcome::Refused(page) => {
                    assert!(!person.kind.suits(Some(purpose)), "{purpose} {}", person.id);
                    assert_eq!(page.slug, "spid-nr30");
                }
            }
        }
        federation.stop().await;
    }
}

#[tokio::test]
async fn a_service_for_adults_has_a_consumer_at_which_no_provider_lets_minors_through() {
    let federation = Federation::start(&FederationOptions::default()).await.unwrap();
    let minor = LoginOptions { person: Some("elena".to_owned()), ..LoginOptions::default() };
    accepted(federation.login(&minor).await.unwrap());
    let turned_away = LoginOptions { portal: "durc".to_owned(), ..minor };
    let why = federation.login(&turned_away).await.unwrap_err().to_string();
    federation.stop().await;
    assert!(why.contains("18"), "{why}");
}

#[tokio::test]
async fn a_person_is_the_same_whatever_provider_proved_it() {
    let federation = Federation::start(&FederationOptions::default()).await.unwrap();
    let mut subjects = Vec::new();
    let people = || Person::all().into_iter().filter(|person| person.kind.suits(None));
    for person in people() {
        let mut seen = Vec::new();
        for provider in 0..2 {
            let login = LoginOptions {
                person: Some(person.id.to_owned()),
                provider,
                ..LoginOptions::default()
            };
            let told = accepted(federation.login(&login).await.unwrap());
            assert_eq!(told.userinfo["given_name"].as_str(), person.attribute("name"));
            assert_eq!(told.userinfo["birthdate"].as_str(), person.attribute("dateOfBirth"));
            seen.push(told.userinfo["sub"].as_str().unwrap().to_owned());
        }
        assert_eq!(seen[0], seen[1], "{}", person.id);
        let code = person.attribute("fiscalNumber").unwrap();
        assert!(!code.contains(&seen[0]) && !seen[0].contains(code));
        subjects.push(seen.remove(0));
    }
    federation.stop().await;
    subjects.sort();
    subjects.dedup();
    assert_eq!(subjects.len(), people().count(), "nobody shares a subject");
}

#[tokio::test]
async fn every_misbehaviour_ends_on_an_error_page_and_signs_nobody_in() {
    for (federation, _server) in on_both_stores("redirect").await {
        refuse_every_misbehaviour(&federation).await;
        federation.stop().await;
    }
}

async fn refuse_every_misbehaviour(federation: &Federation) {
    for kind in Kind::ALL {
        for case in Misbehaviour::of(kind) {
            let login = LoginOptions { misbehave: Some(case), ..by(kind) };
            let outcome = federation.login(&login).await.unwrap();
            if case.acceptable() && matches!(outcome, Outcome::Accepted(_)) {
                continue;
            }
            let page = refused(case, outcome);
            assert!(page.fault.starts_with("VARCO-"), "{kind:?} {case}: {page:?}");
            assert_ne!(page.slug, "internal", "{kind:?} {case}: {page:?}");
            assert!((400..500).contains(&page.status), "{kind:?} {case}: {page:?}");
            let expected = match case {
                Misbehaviour::Replay => "response-replayed",
                Misbehaviour::OtherBrowser => "other-browser",
                Misbehaviour::Unsolicited => "response-unsolicited",
                Misbehaviour::Cancelled => "spid-nr25",
                Misbehaviour::EncryptedCbc | Misbehaviour::EncryptedRsa15 => {
                    "response-encryption-algorithm"
                }
                Misbehaviour::EncryptedWrongKey | Misbehaviour::EncryptedTampered => {
                    "response-not-decryptable"
                }
                Misbehaviour::EncryptedUnsignedInner => "assertion-unsigned",
                Misbehaviour::CieIssuerFormatWrong => "response-issuer-format",
                Misbehaviour::EidasPersonIdentifierSwapped
                | Misbehaviour::EidasPersonIdentifierWithoutCountry => "eidas-identifier-invalid",
                Misbehaviour::EidasNotNotifiedLoa => "response-level-unknown",
                Misbehaviour::EidasLowLevel => "response-level-too-low",
                Misbehaviour::EidasLegalPersonAlone => "response-attributes-missing",
                _ => continue,
            };
            assert_eq!(page.slug, expected, "{kind:?} {case}");
        }
        let higher = LoginOptions { misbehave: Some(Misbehaviour::HigherLevel), ..by(kind) };
        let told = accepted(federation.login(&higher).await.unwrap());
        assert_eq!(told.id_token["acr"], Level::L3.uri(), "what was achieved, not what was asked");
    }
}

#[tokio::test]
async fn an_encrypted_assertion_signs_in_and_an_invented_fiscal_code_reaches_nobody() {
    let federation = Federation::start(&FederationOptions::default()).await.unwrap();
    for kind in Kind::ALL {
        let login = LoginOptions { misbehave: Some(Misbehaviour::Encrypted), ..by(kind) };
        accepted(federation.login(&login).await.unwrap());
    }
    let invented = Some(Misbehaviour::EidasInventedFiscalNumber);
    let login = LoginOptions { misbehave: invented, ..by(Kind::Eidas) };
    if let Outcome::Accepted(told) = federation.login(&login).await.unwrap() {
        let all = format!("{} {}", told.id_token, told.userinfo);
        assert!(!all.contains("TINIT") && !all.contains("fiscal_number\""), "{all}");
    }
    federation.stop().await;
}
