//! What ends together, and who is to hear of it.

use super::*;
use crate::oidc::client::LogoutChannel;

fn channel(place: &str, session_required: bool) -> LogoutChannel {
    LogoutChannel { uri: format!("https://{place}"), session_required }
}

pub(crate) fn hearing(id: &str) -> Client {
    client(id, |client| {
        client.protocol.backchannel_logout =
            Some(channel(&format!("{id}.example/backchannel"), true));
    })
}

/// Wherever a logout comes from, all that the person signed in to in that browser ends.
#[tokio::test]
async fn one_end_ends_every_service_of_the_session() {
    let ways = ["cookie", "a grant alone"];
    for way in ways {
        let world = world(vec![hearing("inps"), hearing("inail"), client("lavoro", |_| ())]);
        let mut browser = Cookies::default();
        let first = world.sign_in("inps", &mut browser, MARIO, Level::L1).await;
        let more = [
            world.reused("inail", &browser).await.unwrap(),
            world.reused("lavoro", &browser).await.unwrap(),
        ];
        let broker = &world.broker;
        let onward = match way {
            "cookie" => broker.end(&[], browser.session.as_ref(), None, Channel::Person).await,
            _ => broker.end(&[sid_of(&more[1])], None, None, Channel::Service).await,
        };
        assert!(matches!(onward, Ok(Onward::Leave(_))), "{way}: the provider's session is asked");
        for sid in [&first, &more[0], &more[1]].map(sid_of) {
            assert!(broker.has_ended(&sid).await.unwrap(), "{way}");
        }
        world.clock.advance(Duration::from_millis(1));
        for shelf in [Shelf::Browser, Shelf::Session, Shelf::Principal] {
            assert_eq!(world.count(shelf).await, 0, "{way}: {shelf:?}");
        }
        let due = broker.due_notices().await.unwrap();
        let mut told: Vec<&str> = due.iter().map(|notice| notice.client_id.as_str()).collect();
        told.sort_unstable();
        assert_eq!(told, ["inail", "inps"], "{way}");
    }
}

#[tokio::test]
async fn another_browser_of_the_same_person_stays_as_it_is() {
    let world = world(vec![hearing("inps")]);
    let (mut mine, mut other) = (Cookies::default(), Cookies::default());
    world.sign_in("inps", &mut mine, MARIO, Level::L1).await;
    let there = world.sign_in("inps", &mut other, MARIO, Level::L1).await;
    world.broker.end(&[], mine.session.as_ref(), None, Channel::Person).await.unwrap();
    assert!(!world.broker.has_ended(&sid_of(&there)).await.unwrap());
    assert!(world.reused("inps", &other).await.is_some());
    assert_eq!(world.broker.due_notices().await.unwrap().len(), 1);
}

/// A login above the levels that are reused is told about all the same, if its client wants to hear.
#[tokio::test]
async fn a_client_hears_of_the_end_of_a_login_without_a_session() {
    let world = world(vec![hearing("inps")]);
    let mut browser = Cookies::default();
    let login = world.sign_in("inps", &mut browser, MARIO, Level::L2).await;
    // Long after every token has expired.
    world.clock.advance(Duration::from_hours(2));
    let sid = sid_of(&login);
    let sids = std::slice::from_ref(&sid);
    let onward = world.broker.end(sids, None, None, Channel::Service).await;
    assert!(matches!(onward, Ok(Onward::Done(_))));
    let due = world.broker.due_notices().await.unwrap();
    assert_eq!(due.len(), 1);
    assert!(due[0].sid == sid && due[0].subject.len() == 43);
    // Again: nobody is told twice.
    world.broker.end(sids, None, None, Channel::Service).await.unwrap();
    assert!(world.broker.due_notices().await.unwrap().is_empty());
}

#[tokio::test]
async fn services_that_hear_by_frames_are_loaded_once_each_before_it_goes_on() {
    let framed = |id: &str, required| {
        client(id, |client| {
            client.protocol.frontchannel_logout =
                Some(channel(&format!("{id}.example/out?a=b"), required));
        })
    };
    let world = world(vec![framed("inps", true), framed("inail", false)]);
    let mut browser = Cookies::default();
    let first = world.sign_in("inps", &mut browser, MARIO, Level::L2).await;
    let two = world.sign_in("inail", &mut browser, MARIO, Level::L2).await;
    let three = world.sign_in("inail", &mut browser, MARIO, Level::L2).await;
    let sids = [&first, &two, &three].map(sid_of);
    let Ok(Onward::Frames(ticket)) = world.broker.end(&sids, None, None, Channel::Person).await
    else {
        panic!("no frames");
    };
    let mut frames = world.broker.frames(&ticket).await.unwrap();
    frames.sort();
    let sid = sids[0].reveal();
    assert_eq!(
        frames,
        [
            "https://inail.example/out?a=b".to_owned(),
            format!("https://inps.example/out?a=b&iss=https%3A%2F%2Fvarco.example&sid={sid}"),
        ]
    );
    assert!(matches!(world.broker.past_frames(&ticket).await, Ok(Onward::Done(_))));
    assert_eq!(slug(world.broker.past_frames(&ticket).await), "logout-gone");
}
