//! When an earlier login counts, and when a provider is asked (OP-SE-1, OP-RQ-4).

use super::*;
use crate::oidc::client::SessionReuse;
use crate::terms::Purpose;

fn reusing(id: &str, highest: Option<Level>) -> Client {
    client(id, |client| client.protocol.session_reuse = SessionReuse { highest })
}

#[tokio::test]
async fn a_second_service_gets_the_same_person_and_moment_without_asking() {
    let world = world(vec![client("inps", |_| ()), client("inail", |_| ())]);
    let mut browser = Cookies::default();
    let first = world.sign_in("inps", &mut browser, MARIO, Level::L1).await;
    let one = world.grant_of(&first, "inps").await;
    world.clock.advance(Duration::from_mins(10));
    let second = world.reused("inail", &browser).await.unwrap();
    let two = world.grant_of(&second, "inail").await;
    assert_eq!(one.identity, two.identity);
    assert_eq!(two.identity.authenticated_at, at(0));
    assert_ne!(one.id, two.id, "each service has a grant of its own");
    assert!(matches!(second.session, SessionCookie::Unchanged));
    let silent = world.request("inps", |request| request.prompt = Prompt::None);
    assert!(matches!(world.reuse(&silent, &browser).await, Ok(Reuse::Ended(_))));
}

#[tokio::test]
async fn without_a_session_silence_is_login_required_and_anything_else_asks() {
    let world = world(vec![client("inps", |_| ())]);
    let silent = world.request("inps", |request| request.prompt = Prompt::None);
    let unknown = Cookies { session: Some(Handle::fresh(&world.broker.fx)), ..Cookies::default() };
    for cookies in [Cookies::default(), unknown] {
        assert_eq!(slug(world.reuse(&silent, &cookies).await), "login-required");
        assert!(world.reused("inps", &cookies).await.is_none());
    }
    assert_eq!(world.count(Shelf::Code).await, 0);
}

/// OP-RQ-4: each of these goes to the provider; with `prompt=none` it is `login_required`.
#[tokio::test]
async fn what_asks_for_more_than_the_session_proves_goes_to_the_provider() {
    let world = world(vec![client("inps", |_| ())]);
    let mut browser = Cookies::default();
    world.sign_in("inps", &mut browser, MARIO, Level::L1).await;
    world.clock.advance(Duration::from_secs(30));
    let changes: [fn(&mut AuthorizationRequest); 7] = [
        |request| request.prompt = Prompt::Login,
        |request| request.prompt = Prompt::SelectAccount,
        |request| request.max_age = Some(Duration::ZERO),
        |request| request.max_age = Some(Duration::from_secs(29)),
        |request| request.level = Level::L2,
        |request| request.hint = Some("cie-saml".to_owned()),
        |request| request.hint = Some("https://idp9.example".to_owned()),
    ];
    for change in changes {
        let asked = world.request("inps", change);
        assert!(matches!(world.reuse(&asked, &browser).await, Ok(Reuse::Ask)), "{asked:?}");
    }
    for change in [changes[2], changes[3], changes[4]] {
        let silent = world.request("inps", |request| {
            change(request);
            request.prompt = Prompt::None;
        });
        assert_eq!(slug(world.reuse(&silent, &browser).await), "login-required");
    }
    let enough = world.request("inps", |request| {
        request.max_age = Some(Duration::from_secs(30));
        request.hint = Some("spid".to_owned());
    });
    assert!(matches!(world.reuse(&enough, &browser).await, Ok(Reuse::Ended(_))));
    assert_eq!(world.count(Shelf::Code).await, 2, "the first login's and the last one's");
}

#[tokio::test]
async fn a_hint_that_names_somebody_else_is_login_required() {
    let world = world(vec![client("inps", |_| ())]);
    let mut browser = Cookies::default();
    let mine = world.sign_in("inps", &mut browser, MARIO, Level::L1).await;
    let who = world.grant_of(&mine, "inps").await.identity;
    let subject = world.broker.issuer.subject(&world.client("inps"), &who).unwrap();
    let silent = |subject: &str| {
        world.request("inps", |request| {
            request.prompt = Prompt::None;
            request.subject = Some(subject.to_owned());
        })
    };
    assert_eq!(slug(world.reuse(&silent("somebody else"), &browser).await), "login-required");
    assert!(matches!(world.reuse(&silent(&subject), &browser).await, Ok(Reuse::Ended(_))));
}

#[tokio::test]
async fn another_purpose_body_age_limit_or_upstream_is_another_login() {
    let others: [fn(&mut Client); 6] = [
        |client| client.upstreams = vec!["cie-saml"],
        |client| client.tenant = "other".to_owned(),
        |client| client.purpose = Some(Purpose::PX),
        |client| client.consumer = Some(1),
        |client| client.minimum_level = Level::L2,
        |client| client.protocol.session_reuse = SessionReuse { highest: None },
    ];
    for other in others {
        let world = world(vec![client("inps", |_| ()), client("inail", other)]);
        let mut browser = Cookies::default();
        world.sign_in("inps", &mut browser, MARIO, Level::L1).await;
        assert!(world.reused("inail", &browser).await.is_none(), "{:?}", world.client("inail"));
        assert!(world.reused("inps", &browser).await.is_some());
    }
}

/// OP-SE-4: what the provider was not asked for the first time, it is asked for now; the other way round
/// a login knows enough.
#[tokio::test]
async fn a_login_with_fewer_attributes_does_not_serve_who_wants_more() {
    let wants_more = client("inail", |client| client.attribute_set = "more".to_owned());
    let world = world(vec![client("inps", |_| ()), wants_more]);
    let mut browser = Cookies::default();
    world.sign_in("inps", &mut browser, MARIO, Level::L1).await;
    assert!(world.reused("inail", &browser).await.is_none());
    let silent = world.request("inail", |request| request.prompt = Prompt::None);
    assert_eq!(slug(world.reuse(&silent, &browser).await), "login-required");
    world.sign_in("inail", &mut browser, MARIO, Level::L1).await;
    assert!(world.reused("inps", &browser).await.is_some());
}

#[tokio::test]
async fn a_session_ends_when_it_rests_too_long_or_gets_too_old() {
    let world = world(vec![client("inps", |_| ())]);
    let mut browser = Cookies::default();
    world.sign_in("inps", &mut browser, MARIO, Level::L1).await;
    for _ in 0..16 {
        world.clock.advance(Duration::from_mins(29));
        assert!(world.reused("inps", &browser).await.is_some());
    }
    world.clock.advance(Duration::from_mins(16));
    assert!(world.reused("inps", &browser).await.is_none(), "older than eight hours");
    world.sign_in("inps", &mut browser, MARIO, Level::L1).await;
    world.clock.advance(Duration::from_mins(30));
    assert!(world.reused("inps", &browser).await.is_none(), "half an hour at rest");
}

/// The levels that SPID wants proven afresh leave nothing, and cost nothing, unless a client takes them.
#[tokio::test]
async fn a_login_that_no_client_takes_again_leaves_no_session() {
    let world = world(vec![client("inps", |_| ())]);
    let mut browser = Cookies::default();
    world.sign_in("inps", &mut browser, MARIO, Level::L2).await;
    assert!(browser.session.is_none());
    let touched: Vec<_> = world
        .broker
        .shelves
        .uses()
        .into_iter()
        .filter(|uses| {
            let kept = matches!(uses.shelf, Shelf::Browser | Shelf::Session | Shelf::Principal);
            kept && uses.answered > 0
        })
        .collect();
    assert!(touched.is_empty(), "{touched:?}");
    let willing = reusing("inail", Some(Level::L2));
    let world = super::world(vec![client("inps", |_| ()), willing]);
    world.sign_in("inps", &mut browser, MARIO, Level::L2).await;
    assert!(browser.session.is_some());
    assert!(world.reused("inail", &browser).await.is_some());
    assert!(world.reused("inps", &browser).await.is_none(), "level 2 is not taken there");
}

/// OP-SE-1: the name of a session is new after every proof, and the old one names nothing.
#[tokio::test]
async fn a_session_has_a_new_name_after_every_proof() {
    let world = world(vec![client("inps", |_| ())]);
    let planted = Handle::fresh(&world.broker.fx);
    let mut browser = Cookies { session: Some(planted.clone()), ..Cookies::default() };
    world.sign_in("inps", &mut browser, MARIO, Level::L1).await;
    let first = browser.session.clone().unwrap();
    assert_ne!(first, planted);
    world.sign_in("inps", &mut browser, MARIO, Level::L1).await;
    let second = browser.session.clone().unwrap();
    assert_ne!(first, second);
    assert_eq!(world.count(Shelf::Browser).await, 1);
    for old in [planted, first] {
        let cookies = Cookies { session: Some(old), ..Cookies::default() };
        assert!(world.reused("inps", &cookies).await.is_none());
    }
    assert!(world.reused("inps", &browser).await.is_some());
}

/// Two people at one computer: whoever signs in last, at any level, is the only one who can be reused.
#[tokio::test]
async fn somebody_elses_login_ends_the_session_before_it() {
    let world = world(vec![client("inps", |_| ())]);
    for (level, left) in [(Level::L1, true), (Level::L2, false)] {
        let mut browser = Cookies::default();
        world.sign_in("inps", &mut browser, MARIO, Level::L1).await;
        let marios = browser.clone();
        world.sign_in("inps", &mut browser, ADA, level).await;
        assert!(world.reused("inps", &marios).await.is_none());
        assert_eq!(browser.session.is_some(), left);
        if let Some(completed) = world.reused("inps", &browser).await {
            let person = world.grant_of(&completed, "inps").await.identity;
            assert_eq!(person.fiscal_code.unwrap().tax_number(), ADA);
        }
    }
    // The same person at a higher level keeps the session as it was.
    let mut browser = Cookies::default();
    world.sign_in("inps", &mut browser, MARIO, Level::L1).await;
    world.sign_in("inps", &mut browser, MARIO, Level::L2).await;
    assert!(world.reused("inps", &browser).await.is_some());
}

#[tokio::test]
async fn parallel_requests_each_get_a_grant_and_the_session_knows_them_all() {
    let world = Arc::new(world(vec![client("inps", |_| ())]));
    let mut browser = Cookies::default();
    let first = world.sign_in("inps", &mut browser, MARIO, Level::L1).await;
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let (world, browser) = (Arc::clone(&world), browser.clone());
        tasks.spawn(async move { world.reused("inps", &browser).await.unwrap().sid.unwrap() });
    }
    let mut sids = tasks.join_all().await;
    sids.push(sid_of(&first));
    let ended = world.broker.end(&[], browser.session.as_ref(), None, Channel::Person).await;
    assert!(matches!(ended, Ok(Onward::Leave(_))));
    for sid in sids {
        assert!(world.broker.has_ended(&sid).await.unwrap());
    }
    assert!(world.reused("inps", &browser).await.is_none());
}

#[tokio::test]
async fn a_logout_at_the_same_moment_leaves_no_login_that_it_does_not_end() {
    for _ in 0..50 {
        let world = Arc::new(world(vec![client("inps", |_| ())]));
        let mut browser = Cookies::default();
        world.sign_in("inps", &mut browser, MARIO, Level::L1).await;
        let (one, two) = (Arc::clone(&world), Arc::clone(&world));
        let (reusing, leaving) = (browser.clone(), browser.clone());
        let reused = tokio::spawn(async move { one.reused("inps", &reusing).await });
        let left = tokio::spawn(async move {
            two.broker.end(&[], leaving.session.as_ref(), None, Channel::Person).await
        });
        left.await.unwrap().unwrap();
        if let Some(completed) = reused.await.unwrap() {
            assert!(world.broker.has_ended(&sid_of(&completed)).await.unwrap());
        }
    }
}
