//! Whole logins over HTTP: portal, broker, provider and back, by a scripted browser.

use varco::terms::Level;
use varco_sandbox::login::Refused;
use varco_sandbox::portal::PORTALS;
use varco_sandbox::{Federation, FederationOptions, LoginOptions, Misbehaviour, Outcome};

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
async fn every_portal_signs_everybody_in_at_every_level_with_either_provider() {
    for binding in ["redirect", "post"] {
        let options =
            FederationOptions { binding: binding.to_owned(), ..FederationOptions::default() };
        let federation = Federation::start(&options).await.unwrap();
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

#[tokio::test]
async fn a_person_is_the_same_whatever_provider_proved_it() {
    let federation = Federation::start(&FederationOptions::default()).await.unwrap();
    let mut subjects = Vec::new();
    for (portal, provider, person) in
        [("inps", 0, "ada"), ("inps", 1, "ada"), ("inps", 0, "bruno"), ("inps", 0, "chiara")]
    {
        let login = LoginOptions {
            portal: portal.to_owned(),
            person: person.to_owned(),
            provider,
            ..LoginOptions::default()
        };
        let told = accepted(federation.login(&login).await.unwrap());
        subjects.push(told.userinfo["sub"].as_str().unwrap().to_owned());
    }
    federation.stop().await;
    assert_eq!(subjects[0], subjects[1], "another provider, the same person");
    assert_ne!(subjects[0], subjects[2]);
    assert_ne!(subjects[0], subjects[3]);
    assert!(subjects.iter().all(|subject| !subject.contains("SMPDAA")));
}

#[tokio::test]
async fn every_misbehaviour_ends_on_an_error_page_and_signs_nobody_in() {
    let federation = Federation::start(&FederationOptions::default()).await.unwrap();
    for case in Misbehaviour::all() {
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
    federation.stop().await;
}
