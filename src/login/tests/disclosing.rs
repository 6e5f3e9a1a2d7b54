//! What a person is told before a service is, and what happens until they go on.

use super::*;
use crate::oidc::client::Information;

fn informing(id: &str, information: Information) -> Client {
    client(id, |client| client.protocol.information = information)
}

async fn told(world: &World, id: &str, browser: &mut Cookies) -> (Begun, Box<Disclosure>) {
    let proof = proof(&world.broker, MARIO, Level::L1);
    match world.proven(world.request(id, |_| ()), browser, &proof).await {
        (begun, Ok(Completion::Tell(disclosure))) => (begun, disclosure),
        (_, other) => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn nothing_leaves_before_the_person_goes_on() {
    let world = world(vec![informing("inps", Information::Notice)]);
    let mut browser = Cookies::default();
    let (begun, disclosure) = told(&world, "inps", &mut browser).await;
    let labels: Vec<_> = disclosure.released.iter().map(|(claim, _)| claim.label()).collect();
    assert_eq!(labels, ["given_name", "fiscal_number", "codice_fiscale"], "what was asked for");
    assert!(!disclosure.asks);
    for shelf in [Shelf::Code, Shelf::Browser, Shelf::Session] {
        assert_eq!(world.count(shelf).await, 0, "{shelf:?}");
    }
    let complete = |shown| world.broker.complete(&begun.tx, &begun.browser, &browser, shown);
    for forged in [None, Some(""), Some("AAAA")] {
        assert!(matches!(complete(forged).await, Ok(Completion::Tell(_))), "{forged:?}");
    }
    let other = Handle::fresh(&world.broker.fx);
    let proof = disclosure.proof(&begun.tx);
    let stolen = world.broker.complete(&begun.tx, &other, &browser, Some(&proof)).await;
    assert_eq!(slug(stolen), "other-browser");
    assert!(matches!(complete(Some(&proof)).await, Ok(Completion::Ended(_))));
    assert_eq!(slug(complete(Some(&proof)).await), "login-expired");
}

#[tokio::test]
async fn who_declines_is_told_to_the_service_as_access_denied() {
    let world = world(vec![informing("inps", Information::Consent)]);
    let mut browser = Cookies::default();
    let (begun, disclosure) = told(&world, "inps", &mut browser).await;
    assert!(disclosure.asks);
    let answer = world.broker.decline(&begun.tx, &begun.browser).await.unwrap();
    let place = answer.place();
    assert!(place.as_str().contains("error=access_denied"), "{}", place.as_str());
    assert_eq!(world.count(Shelf::Code).await, 0);
}

/// The same claims for the same service in the same session are told once; anything else anew.
#[tokio::test]
async fn a_session_remembers_what_was_told() {
    let world = world(vec![
        informing("inps", Information::Notice),
        informing("inail", Information::Consent),
    ]);
    let mut browser = Cookies::default();
    let (begun, disclosure) = told(&world, "inps", &mut browser).await;
    let shown = disclosure.proof(&begun.tx);
    let ended = world.broker.complete(&begun.tx, &begun.browser, &browser, Some(&shown)).await;
    let Ok(Completion::Ended(completed)) = ended else { panic!("{ended:?}") };
    keep(&mut browser, &completed);
    assert!(world.reused("inps", &browser).await.is_some(), "told a moment ago");
    let more = world.request("inps", |request| request.scopes = Scopes::parse("openid email"));
    assert!(matches!(world.reuse(&more, &browser).await, Ok(Reuse::Tell(_))), "other claims");
    let again = world.request("inps", |request| request.prompt = Prompt::Consent);
    assert!(matches!(world.reuse(&again, &browser).await, Ok(Reuse::Tell(_))), "asked for");
    let silent = |id: &str, scopes: &str| {
        world.request(id, |request| {
            request.prompt = Prompt::None;
            request.scopes = Scopes::parse(scopes);
        })
    };
    let asked = silent("inps", "openid email");
    assert_eq!(slug(world.reuse(&asked, &browser).await), "interaction-required");
    let asked = silent("inail", "openid");
    assert_eq!(slug(world.reuse(&asked, &browser).await), "consent-required");
    // The page for somebody known from the session ends like any other.
    let Ok(Reuse::Tell(begun)) = world.reuse(&world.request("inail", |_| ()), &browser).await
    else {
        panic!("not told");
    };
    let ended = world.broker.complete(&begun.tx, &begun.browser, &browser, None).await;
    let Ok(Completion::Tell(disclosure)) = ended else { panic!("{ended:?}") };
    let shown = disclosure.proof(&begun.tx);
    let before = browser.session.clone();
    let ended = world.broker.complete(&begun.tx, &begun.browser, &browser, Some(&shown)).await;
    let Ok(Completion::Ended(completed)) = ended else { panic!("{ended:?}") };
    keep(&mut browser, &completed);
    assert_eq!(browser.session, before);
    assert!(world.reused("inail", &browser).await.is_some());
}

#[tokio::test]
async fn who_logs_out_meanwhile_is_not_signed_in_by_an_old_page() {
    let world = world(vec![client("inps", |_| ()), informing("inail", Information::Notice)]);
    let mut browser = Cookies::default();
    world.sign_in("inps", &mut browser, MARIO, Level::L1).await;
    let Ok(Reuse::Tell(begun)) = world.reuse(&world.request("inail", |_| ()), &browser).await
    else {
        panic!("not told");
    };
    let ended = world.broker.complete(&begun.tx, &begun.browser, &browser, None).await;
    let Ok(Completion::Tell(disclosure)) = ended else { panic!("{ended:?}") };
    world.broker.end(&[], browser.session.as_ref(), None, Channel::Person).await.unwrap();
    let shown = disclosure.proof(&begun.tx);
    let ended = world.broker.complete(&begun.tx, &begun.browser, &browser, Some(&shown)).await;
    assert_eq!(slug(ended), "login-expired");
}

#[tokio::test]
async fn prompt_consent_shows_the_page_of_a_service_that_has_none() {
    let world = world(vec![client("inps", |_| ())]);
    let proof = proof(&world.broker, MARIO, Level::L1);
    let asked = world.request("inps", |request| request.prompt = Prompt::Consent);
    let (_, outcome) = world.proven(asked, &mut Cookies::default(), &proof).await;
    assert!(matches!(outcome, Ok(Completion::Tell(told)) if !told.asks));
}
