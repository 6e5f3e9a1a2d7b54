//! People from other states over HTTP: asked for their fiscal code, known at the next login, told of to
//! services; and who has signed in before.
//!
//! Not the judgement in detail: the tests of `login` have it.

use varco_sandbox::login::{Accepted, Refused};
use varco_sandbox::people::Person;
use varco_sandbox::portal::PORTALS;
use varco_sandbox::{Federation, FederationOptions, LoginOptions};

use crate::outcome;

async fn federation() -> Federation {
    let options = FederationOptions { matching: true, ..FederationOptions::default() };
    Federation::start(&options).await.unwrap()
}

fn by(upstream: &str, portal: &str, person: &str) -> LoginOptions {
    LoginOptions {
        upstream: upstream.to_owned(),
        portal: portal.to_owned(),
        person: Some(person.to_owned()),
        ..LoginOptions::default()
    }
}

fn answering(portal: &str, person: &str, answer: &str) -> LoginOptions {
    by("eidas", portal, person).answering(Some(answer)).unwrap()
}

async fn accepted(federation: &Federation, login: &LoginOptions) -> Accepted {
    outcome::accepted(federation.login(login).await.unwrap())
}

async fn refused(federation: &Federation, login: &LoginOptions) -> Refused {
    outcome::refused(federation.login(login).await.unwrap())
}

/// How sure the match is, and whether the portal has the code; INPS names claims in the long form.
fn matched(told: &Accepted) -> (Option<&str>, Option<&str>) {
    let long = &told.userinfo["https://attributes.eid.gov.it/fiscal_number"];
    let code = long.as_str().or(told.userinfo["fiscal_number"].as_str());
    (told.userinfo["fiscal_number_match"].as_str(), code)
}

#[tokio::test]
async fn somebody_from_another_state_is_matched_once_and_keeps_their_sub() {
    let federation = federation().await;
    let without = accepted(&federation, &answering("inps", "greta", "none")).await;
    assert_eq!(matched(&without), (Some("none"), None));
    let with = accepted(&federation, &answering("inps", "greta", "own")).await;
    let own = format!("TINIT-{}", Person::named("greta").unwrap().italian_code().unwrap());
    assert_eq!(matched(&with), (Some("verified"), Some(own.as_str())));
    assert_eq!(with.userinfo["sub"], without.userinfo["sub"]);
    // Another browser, another portal, no question; whoever is not asked for is not told.
    let again = accepted(&federation, &by("eidas", "lavoro", "greta")).await;
    assert_eq!(matched(&again), (Some("verified"), Some(own.as_str())));
    let elsewhere = accepted(&federation, &by("eidas", "durc", "greta")).await;
    assert_eq!(matched(&elsewhere).1, None);
    federation.stop().await;
}

#[tokio::test]
async fn a_code_that_is_not_theirs_opens_nothing_and_is_not_recorded() {
    let federation = federation().await;
    // Somebody else's; one that agrees and that the office does not know; no code at all.
    let agrees = ('A'..='Z').map(|check| format!("DXMHGU94T01Z110{check}"));
    let agrees = agrees.filter(|code| varco::identity::FiscalCode::parse(code).is_ok());
    let agrees = agrees.collect::<String>();
    for (code, slug) in [
        ("RSSMRA80A01H501U", "match-disagrees"),
        (agrees.as_str(), "match-disagrees"),
        ("1234", "match-malformed"),
    ] {
        for portal in ["inps", "lavoro"] {
            let refused = refused(&federation, &answering(portal, "hugo", code)).await;
            assert_eq!((refused.slug.as_str(), refused.status), (slug, 200), "{code}");
        }
    }
    let told = accepted(&federation, &answering("inps", "hugo", "none")).await;
    assert_eq!(matched(&told), (Some("none"), None));
    // Lavoro offers no way without.
    assert!(federation.login(&by("eidas", "lavoro", "hugo")).await.is_err());
    federation.stop().await;
}

#[tokio::test]
async fn nobody_with_an_italian_instrument_is_asked() {
    let federation = federation().await;
    for portal in PORTALS {
        for upstream in ["spid", "cie-saml"] {
            let told = accepted(&federation, &by(upstream, portal.id, "ada")).await;
            assert_eq!(matched(&told).0, None, "{upstream}");
        }
    }
    federation.stop().await;
}
