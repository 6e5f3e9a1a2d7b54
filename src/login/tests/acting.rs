//! In which role: who is asked, what is told, and what a source that does not answer ends.

use super::*;
use crate::effects::{FetchUrl, Fetched};
use crate::entitlement::{Connector, HttpSource, OnFailure, Source, Sources};
use crate::oidc::client::{Choose, Entitling};

const ROLE: fn(&str) -> String = |name| {
    format!(r#"{{"role": "{name}", "organization": {{"ipa_code": "c_h501", "name": "Comune"}}}}"#)
};

/// A client whose people have roles.
fn entitled(id: &str, choose: Choose, without_role: bool) -> Client {
    client(id, |client| {
        client.entitlements =
            Some(Box::new(Entitling { source: "durc".to_owned(), choose, without_role }));
    })
}

fn world_of(client: Client, on_failure: OnFailure) -> World {
    let world = world(vec![client, super::client("plain", |_| ())]);
    let server = HttpSource {
        url: FetchUrl::parse("https://roles.example/of", &[], false).unwrap(),
        headers: Vec::new(),
        timeout: Duration::from_secs(2),
    };
    let minute = Duration::from_mins(1);
    let source = Source::new(Connector::Http(server), on_failure, minute, 10);
    let sources = Sources::new([("durc".to_owned(), source)].into(), &[7; 32]);
    world.broker.entitlements.store(Arc::new(sources));
    world
}

impl World {
    fn source_says(&self, roles: &[&str]) {
        let roles: Vec<String> = roles.iter().map(|name| ROLE(name)).collect();
        self.outbound.answer(Ok(Fetched {
            status: 200,
            media_type: Some("application/json".to_owned()),
            etag: None,
            last_modified: None,
            body: format!("{{\"roles\": [{}]}}", roles.join(",")).into_bytes(),
        }));
    }

    /// A login with the scope `roles`, up to where it stops.
    async fn arrives(&self, cookies: &mut Cookies) -> (Begun, Result<Completion, Fault>) {
        let request = self.request("durc", asking);
        let proof = proof(&self.broker, MARIO, Level::L1);
        let (begun, completion) = self.proven(request, cookies, &proof).await;
        if let Ok(Completion::Ended(completed)) = &completion {
            keep(cookies, completed);
        }
        (begun, completion)
    }

    async fn chooses(&self, begun: &Begun, choice: Chosen) -> Result<(), Fault> {
        self.broker.choose_role(&begun.tx, &begun.browser, choice).await
    }

    async fn goes_on(&self, begun: &Begun, cookies: &Cookies) -> Result<Completion, Fault> {
        self.broker.complete(&begun.tx, &begun.browser, cookies, None).await
    }

    async fn roles_of(&self, completion: Completion) -> Vec<String> {
        let Completion::Ended(completed) = completion else { panic!("{completion:?}") };
        let grant = self.grant_of(&completed, "durc").await;
        grant.capacity.roles().iter().map(|role| role.name.as_str().to_owned()).collect()
    }
}

fn asking(request: &mut AuthorizationRequest) {
    request.scopes = Scopes::parse("openid roles");
}

#[tokio::test]
async fn who_has_several_roles_chooses_and_the_grant_has_that_one_alone() {
    let world = world_of(entitled("durc", Choose::Several, true), OnFailure::Refuse);
    let mut cookies = Cookies::default();
    world.source_says(&["A", "B"]);
    let (begun, completion) = world.arrives(&mut cookies).await;
    assert!(matches!(completion.unwrap(), Completion::Choose));
    assert_eq!(world.count(Shelf::Code).await, 0, "no code before the choice");
    let choice = world.broker.role_choice(&begun.tx, &begun.browser).await.unwrap().unwrap();
    assert_eq!((choice.roles.len(), choice.without), (2, true));
    assert!(matches!(world.goes_on(&begun, &cookies).await.unwrap(), Completion::Choose));
    for wrong in [2, 99] {
        assert_eq!(slug(world.chooses(&begun, Chosen::Role(wrong)).await), "role-unknown");
    }
    let other = Handle::fresh(&world.broker.fx);
    let stolen = world.broker.choose_role(&begun.tx, &other, Chosen::Role(0)).await;
    assert_eq!(slug(stolen), "other-browser");
    assert!(matches!(world.goes_on(&begun, &cookies).await.unwrap(), Completion::Choose));
    world.chooses(&begun, Chosen::Role(0)).await.unwrap();
    world.chooses(&begun, Chosen::Role(1)).await.unwrap();
    let completion = world.goes_on(&begun, &cookies).await.unwrap();
    assert_eq!(world.roles_of(completion).await, ["B"], "the last choice before the end");
    assert_eq!(slug(world.chooses(&begun, Chosen::Role(0)).await), "login-expired");
    assert_eq!(world.outbound.asked().len(), 1, "asked once");
}

#[tokio::test]
async fn each_way_of_choosing_asks_whom_it_should() {
    use Choose::{Always, Never, Several};
    for (choose, without, said, expected) in [
        (Several, true, &["A"][..], Some(&["A"][..])),
        (Several, true, &[], Some(&[])),
        (Several, false, &["A"], Some(&["A"])),
        (Always, true, &["A"], None),
        (Always, true, &[], Some(&[])),
        (Never, true, &["A", "B"], Some(&["A", "B"])),
        (Never, true, &[], Some(&[])),
    ] {
        let world = world_of(entitled("durc", choose, without), OnFailure::Refuse);
        world.source_says(said);
        let (_, completion) = world.arrives(&mut Cookies::default()).await;
        match (completion.unwrap(), expected) {
            (Completion::Choose, None) => {}
            (completion, Some(expected)) => {
                assert_eq!(world.roles_of(completion).await, expected, "{choose:?} {said:?}");
            }
            (completion, None) => panic!("{choose:?} {completion:?}"),
        }
    }
}

#[tokio::test]
async fn a_service_may_want_a_role_and_then_nobody_enters_without() {
    let world = world_of(entitled("durc", Choose::Several, false), OnFailure::Refuse);
    world.source_says(&[]);
    let (begun, completion) = world.arrives(&mut Cookies::default()).await;
    assert_eq!(slug(completion), "role-required");
    assert_eq!(world.count(Shelf::Code).await, 0);
    assert_eq!(slug(world.chooses(&begun, Chosen::Without).await), "role-unknown");
    let world = world_of(entitled("durc", Choose::Several, true), OnFailure::Refuse);
    world.source_says(&["A", "B"]);
    let (begun, _) = world.arrives(&mut Cookies::default()).await;
    world.chooses(&begun, Chosen::Without).await.unwrap();
    let completion = world.goes_on(&begun, &Cookies::default()).await.unwrap();
    assert_eq!(world.roles_of(completion).await.len(), 0);
}

#[tokio::test]
async fn nobody_is_asked_for_a_role_that_would_not_be_told() {
    let world = world_of(entitled("durc", Choose::Always, true), OnFailure::Refuse);
    world.source_says(&["A", "B"]);
    let request = world.request("durc", |_| ());
    let proof = proof(&world.broker, MARIO, Level::L2);
    let (_, completion) = world.proven(request, &mut Cookies::default(), &proof).await;
    assert_eq!(world.roles_of(completion.unwrap()).await.len(), 0);
}

#[tokio::test]
async fn a_source_that_does_not_answer_gives_no_code_and_the_login_goes_on_when_it_does() {
    let world = world_of(entitled("durc", Choose::Several, true), OnFailure::Refuse);
    let mut cookies = Cookies::default();
    let (begun, completion) = world.arrives(&mut cookies).await;
    assert_eq!(slug(completion), "entitlements-unavailable");
    assert_eq!(world.count(Shelf::Code).await, 0);
    world.source_says(&["A"]);
    let completion = world.goes_on(&begun, &cookies).await.unwrap();
    assert_eq!(world.roles_of(completion).await, ["A"]);
    let world = world_of(entitled("durc", Choose::Several, true), OnFailure::WithoutRoles);
    let (_, completion) = world.arrives(&mut cookies).await;
    assert_eq!(world.roles_of(completion.unwrap()).await.len(), 0);
}

#[tokio::test]
async fn a_session_asks_the_source_anew_and_offers_the_choice_again() {
    let world = world_of(entitled("durc", Choose::Several, true), OnFailure::Refuse);
    let mut cookies = Cookies::default();
    world.source_says(&["A"]);
    let (_, completion) = world.arrives(&mut cookies).await;
    assert_eq!(world.roles_of(completion.unwrap()).await, ["A"]);
    let request = world.request("durc", asking);
    let reused = world.reuse(&request, &cookies).await.unwrap();
    assert!(matches!(reused, Reuse::Ended(_)), "what it told counts for its time");
    world.clock.advance(Duration::from_mins(2));
    world.source_says(&["A", "B"]);
    let Reuse::Tell(begun) = world.reuse(&request, &cookies).await.unwrap() else { panic!() };
    world.chooses(&begun, Chosen::Role(1)).await.unwrap();
    let completion = world.goes_on(&begun, &cookies).await.unwrap();
    assert_eq!(world.roles_of(completion).await, ["B"]);
    let silent = world.request("durc", |request| {
        asking(request);
        request.prompt = Prompt::None;
    });
    assert_eq!(slug(world.reuse(&silent, &cookies).await), "interaction-required");
    world.clock.advance(Duration::from_mins(2));
    assert_eq!(slug(world.reuse(&silent, &cookies).await), "entitlements-unavailable");
    // Without prompt=none the person sees the page, and can try again.
    let Reuse::Tell(begun) = world.reuse(&request, &cookies).await.unwrap() else { panic!() };
    assert_eq!(slug(world.goes_on(&begun, &cookies).await), "entitlements-unavailable");
    world.source_says(&[]);
    let completion = world.goes_on(&begun, &cookies).await.unwrap();
    assert_eq!(world.roles_of(completion).await.len(), 0, "withdrawn meanwhile");
}

/// The plain login pays nothing for what it does not use.
#[tokio::test]
async fn a_client_without_a_source_makes_no_state_operation_more() {
    let world = world_of(entitled("durc", Choose::Several, true), OnFailure::Refuse);
    world.sign_in("plain", &mut Cookies::default(), MARIO, Level::L2).await;
    let total = |world: &World| -> u64 {
        world.broker.shelves.uses().iter().map(|uses| uses.answered).sum()
    };
    // begin: put. The test's own answer of a provider: get, swap. complete: get, take, two puts.
    assert_eq!(total(&world), 7);
    assert_eq!(world.outbound.asked().len(), 0);
    let before = total(&world);
    world.source_says(&["A"]);
    let (_, completion) = world.arrives(&mut Cookies::default()).await;
    assert_eq!(world.roles_of(completion.unwrap()).await, ["A"]);
    let shelf = |uses: &&crate::state::Uses| uses.shelf == Shelf::Entitlement;
    let kept: u64 =
        world.broker.shelves.uses().iter().filter(shelf).map(|uses| uses.answered).sum();
    assert_eq!(kept, 2, "looked for what was kept, and kept it");
    assert!(total(&world) > before + 7 + kept);
}
