//! Whole logins over HTTP: portal, broker, provider and back, by a scripted browser.

use varco::terms::Level;
use varco_sandbox::login::Refused;
use varco_sandbox::people::Person;
use varco_sandbox::portal::PORTALS;
use varco_sandbox::saml::kind::Kind;
use varco_sandbox::{Federation, FederationOptions, LoginOptions, Misbehaviour, Outcome};

use crate::fixture_redis::RedisServer;

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

fn accepted(outcome: Outcome) -> varco_sandbox::login::Accepted {
    match outcome {
        Outcome::Accepted(accepted) => accepted,
        Outcome::Refused(refused) => panic!("{refused:?}"),
    }
}

fn refused(case: Misbehaviour, outcome: Outcome) -> Refused {
    match outcome {
        Outcome::Refused(refused) => refused,
        Outcome::Accepted(_) => panic!("{case} was accepted"),
    }
}

#[tokio::test]
async fn every_portal_signs_people_in_at_every_level_with_either_provider() {
    for binding in ["redirect", "post"] {
        for (federation, _server) in on_both_stores(binding).await {
            for (at, portal) in PORTALS.iter().enumerate() {
                for level in Level::ALL {
                    let login = LoginOptions {
                        portal: portal.id.to_owned(),
                        level,
                        provider: at % 2,
                        ..LoginOptions::default()
                    };
                    let told = accepted(federation.login(&login).await.unwrap());
                    assert_eq!(told.id_token["acr"], level.uri());
                    assert_eq!(told.id_token["aud"], portal.id);
                    assert_eq!(told.id_token["sub"], told.userinfo["sub"]);
                    assert_eq!(told.userinfo["given_name"], "Ada");
                    assert_eq!(told.upstream, "spid");
                }
            }
            federation.stop().await;
        }
    }
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
    for case in Misbehaviour::of(Kind::Spid) {
        let login = LoginOptions { misbehave: Some(case), ..LoginOptions::default() };
        let outcome = federation.login(&login).await.unwrap();
        if case.acceptable() && matches!(outcome, Outcome::Accepted(_)) {
            continue;
        }
        let page = refused(case, outcome);
        assert!(page.fault.starts_with("VARCO-"), "{case}: {page:?}");
        assert_ne!(page.slug, "internal", "{case}: {page:?}");
        assert!((400..500).contains(&page.status), "{case}: {page:?}");
        let expected = match case {
            Misbehaviour::Replay => "response-replayed",
            Misbehaviour::OtherBrowser => "other-browser",
            Misbehaviour::Unsolicited => "response-unsolicited",
            Misbehaviour::Cancelled => "spid-nr25",
            _ => continue,
        };
        assert_eq!(page.slug, expected);
    }
    let higher =
        LoginOptions { misbehave: Some(Misbehaviour::HigherLevel), ..LoginOptions::default() };
    let told = accepted(federation.login(&higher).await.unwrap());
    assert_eq!(told.id_token["acr"], Level::L3.uri(), "what was achieved, not what was asked");
}
