//! What ends together, and who is to hear of it.

use super::*;
use crate::oidc::Scope;
use crate::oidc::client::LogoutChannel;
use crate::saml::binding;
use crate::saml::logout::LogoutRequest;
use crate::upstream::{LogoutBody, LogoutInbound};

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

/// What a login with offline access gave.
struct Given {
    client: Arc<Client>,
    refresh: RefreshToken,
    access: AccessToken,
}

impl World {
    fn offline(&self, id: &str) -> AuthorizationRequest {
        self.request(id, |request| request.scopes = Scopes::parse("openid offline_access"))
    }

    /// The code of that login becomes tokens.
    async fn redeemed(&self, completed: &Completed, id: &str) -> Given {
        let broker = &self.broker;
        let grant = self.grant_of(completed, id).await;
        assert!(grant.scopes.contains(Scope::OfflineAccess));
        let refresh = RefreshToken::first(&grant.id, &broker.fx);
        let access = AccessToken::opaque(&grant.id, &broker.fx);
        let part = self.part(&access, &grant.scopes);
        broker.issue_tokens(&grant, part, Some((&refresh, None))).await.unwrap();
        Given { client: self.client(id), refresh, access }
    }

    fn part(&self, access: &AccessToken, scopes: &Scopes) -> Access {
        let now = self.broker.fx.now();
        Access {
            digest: access.digest(),
            issued_at: now,
            expires_at: now.plus(self.broker.settings.token_lives),
            scopes: scopes.clone(),
            resources: Vec::new(),
            confirmation: None,
        }
    }

    /// Two services with offline access, the second one from the session of the first.
    async fn two_offline(&self, browser: &mut Cookies) -> ([Given; 2], [Handle; 2]) {
        let proof = proof(&self.broker, MARIO, Level::L1);
        let proven = Box::pin(self.proven(self.offline("inps"), browser, &proof));
        let first = proven.await.1.unwrap();
        let Completion::Ended(first) = first else { panic!("{first:?}") };
        keep(browser, &first);
        let second = Box::pin(self.reuse(&self.offline("inail"), browser)).await.unwrap();
        let Reuse::Ended(second) = second else { panic!("{second:?}") };
        let sids = [&first, &second].map(sid_of);
        ([self.redeemed(&first, "inps").await, self.redeemed(&second, "inail").await], sids)
    }

    /// An access token a moment old, for the refresh token.
    async fn refreshed(&self, given: &mut Given) {
        let broker = &self.broker;
        let found = broker.refreshable(&given.refresh, &given.client, None).await.unwrap();
        given.access = AccessToken::opaque(given.refresh.grant(), &broker.fx);
        let part = self.part(&given.access, &found.grant().scopes);
        let next = broker.refresh(found, &given.refresh, part, true).await.unwrap();
        given.refresh = next.unwrap();
    }

    async fn is_dead(&self, given: &Given) -> bool {
        let broker = &self.broker;
        let refreshable = broker.refreshable(&given.refresh, &given.client, None).await;
        let dead = refreshable.is_err_and(|fault| fault.row().slug == "refresh-invalid");
        let shown = broker.look_at(&given.refresh).await.unwrap();
        let unlocked = broker.unlock(&given.access).await.unwrap();
        assert_eq!((shown.is_none(), unlocked.is_none()), (dead, dead));
        dead
    }
}

/// The provider of the person ends what it calls its session.
async fn said_by_the_provider(world: &World) -> Result<Heard, Fault> {
    let provider = fixture::entity_id(0);
    let written = LogoutRequest {
        id: "_logout",
        issued_at: world.broker.fx.now(),
        destination: "https://varco.example/saml/slo",
        issuer: &provider,
        name_id: &format!("_{MARIO}"),
        name_qualifier: &provider,
        session_index: "_1",
    }
    .write();
    let signer = &fixture::PROVIDER;
    let address = binding::redirect("https://varco.example/saml/slo", &written, "", signer);
    let query = address.unwrap().split_once('?').unwrap().1.to_owned();
    let inbound = LogoutInbound { path: "/saml/slo".to_owned(), body: LogoutBody::Query(query) };
    world.broker.hear(inbound).await
}

/// Long after the session is over, and the provider's own too: what refresh tokens keep alive ends all the
/// same, for every service of the login, and every service hears of it.
#[tokio::test]
async fn a_logout_ends_refresh_tokens_long_after_the_session() {
    for (way, later) in [
        ("provider", Duration::from_hours(13)),
        ("service", Duration::from_hours(13)),
        ("service", Duration::from_hours(24 * 29)),
        ("cookie", Duration::from_hours(24 * 29)),
    ] {
        let world = world(vec![hearing("inps"), hearing("inail")]);
        let broker = &world.broker;
        let mut browser = Cookies::default();
        let (mut given, sids) = world.two_offline(&mut browser).await;
        world.clock.advance(later);
        for given in &mut given {
            world.refreshed(given).await;
            assert!(!world.is_dead(given).await);
        }
        assert!(world.reused("inps", &browser).await.is_none(), "the session itself is over");
        match way {
            "provider" => drop(said_by_the_provider(&world).await.unwrap()),
            "service" => drop(broker.end(&sids[1..], None, None, Channel::Service).await.unwrap()),
            _ => {
                let session = browser.session.as_ref();
                drop(broker.end(&[], session, None, Channel::Person).await.unwrap());
            }
        }
        for given in &given {
            assert!(world.is_dead(given).await, "{way}, {later:?}: {:?}", given.client.id);
        }
        assert_eq!(broker.due_notices().await.unwrap().len(), 2, "{way}, {later:?}");
        world.clock.advance(Duration::from_millis(1));
        for shelf in [Shelf::Browser, Shelf::Session, Shelf::Principal] {
            assert_eq!(world.count(shelf).await, 0, "{way}, {later:?}: {shelf:?}");
        }
    }
}

/// What is not needed to end anything is not kept either.
#[tokio::test]
async fn what_a_logout_has_to_know_goes_when_nothing_is_left_to_end() {
    let kept = async |world: &World| {
        let mut kept = Vec::new();
        for shelf in [Shelf::Browser, Shelf::Session, Shelf::Principal] {
            kept.push(world.count(shelf).await);
        }
        kept
    };
    let world = world(vec![hearing("inps"), hearing("inail")]);
    world.sign_in("inps", &mut Cookies::default(), MARIO, Level::L1).await;
    world.clock.advance(Duration::from_hours(8));
    assert_eq!(kept(&world).await, [0, 1, 1], "no session is older");
    world.clock.advance(Duration::from_hours(4));
    assert_eq!(kept(&world).await, [0, 0, 0], "no refresh tokens, no longer than a working day");
    world.two_offline(&mut Cookies::default()).await;
    world.sign_in("inps", &mut Cookies::default(), MARIO, Level::L1).await;
    world.clock.advance(Duration::from_hours(24 * 30));
    assert_eq!(kept(&world).await, [1, 2, 1], "as long as a last access token can live");
    world.clock.advance(world.broker.settings.token_lives + world.broker.settings.code_lives);
    assert_eq!(kept(&world).await, [0, 0, 0]);
}

/// It is kept so that a logout finds it, and for nothing else.
#[tokio::test]
async fn a_session_that_is_kept_for_a_logout_is_reused_no_longer_for_that() {
    let world = world(vec![client("inps", |_| ()), client("inail", |_| ())]);
    let mut browser = Cookies::default();
    world.two_offline(&mut browser).await;
    for _ in 0..16 {
        world.clock.advance(Duration::from_mins(29));
        assert!(world.reused("inps", &browser).await.is_some());
    }
    world.clock.advance(Duration::from_mins(16));
    assert_eq!(world.count(Shelf::Browser).await, 1, "a logout finds it");
    assert!(world.reused("inps", &browser).await.is_none(), "older than eight hours");
}

/// A session and a name know a bounded number of grants: those that live on are not the ones forgotten.
#[tokio::test]
async fn many_short_logins_push_no_refresh_token_out_of_a_logouts_sight() {
    for way in ["provider", "cookie"] {
        let world = world(vec![client("inps", |_| ()), client("inail", |_| ())]);
        let mut browser = Cookies::default();
        let (given, _) = world.two_offline(&mut browser).await;
        for _ in 0..80 {
            world.reused("inps", &browser).await.unwrap();
        }
        if way == "provider" {
            said_by_the_provider(&world).await.unwrap();
        } else {
            let session = browser.session.as_ref();
            world.broker.end(&[], session, None, Channel::Person).await.unwrap();
        }
        for given in &given {
            assert!(world.is_dead(given).await, "{way}");
        }
    }
}
