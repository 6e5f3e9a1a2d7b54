//! On whose behalf: who is asked, what the grant says, and what ends it.

use std::path::PathBuf;

use super::*;
use crate::delegation::{Book, Connector, Guardian, Limits, Party};
use crate::identity::FiscalCode;
use crate::oidc::client::{Delegable, Period, ServicePolicy};
use crate::registry::{Actor, Registry, RegistryPlace};

/// Ada represents Mario at `open`, and at no other client.
struct Represented {
    world: World,
    id: String,
    file: PathBuf,
}

impl Drop for Represented {
    fn drop(&mut self) {
        for end in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(format!("{}{end}", self.file.display()));
        }
    }
}

fn taking(id: &str, delegable: Delegable) -> Client {
    let period = Period {
        row: 0,
        from: None,
        until: None,
        instruments: vec!["spid".into()],
        categories: None,
        minimum_level: Level::L1,
        levels: Vec::new(),
        minimum_age: None,
        dedicated_to: Vec::new(),
        delegable,
        legal_ref: None,
        eidas_off: None,
    };
    client(id, |client| client.policy = ServicePolicy::new(vec![period]).unwrap())
}

async fn represented(name: &str) -> Represented {
    let world = world(vec![
        taking("open", Delegable::LegalRepresentatives),
        taking("shut", Delegable::None),
        client("silent", |_| ()),
    ]);
    let fx = world.broker.fx.clone();
    let file = std::env::temp_dir().join(format!("varco-behalf-{name}-{}", std::process::id()));
    let sealer = Sealer::new(&[5; 32]).unwrap();
    let registry = Registry::open(&RegistryPlace::File(file.clone()), sealer, fx.clone()).await;
    let limits = Limits { delegates: 1, principals: 3, longest: Duration::from_hours(8760) };
    let book = Book::new(Arc::new(registry.unwrap()), Connector::Local, limits, false, fx);
    let guardian = Guardian {
        principal: Party::named(FiscalCode::parse("RSSMRA80A01H501U").unwrap()),
        representative: "LVLDAA85T50G702B",
        basis: "decree",
        ends_at: Some(world.broker.fx.now().plus(Duration::from_hours(48))),
    };
    let staff = Actor { person: "x".to_owned(), role: "verifier" };
    let id = book.represent(&staff, "rome", guardian).await.unwrap();
    world.broker.durable.delegate(book);
    Represented { world, id, file }
}

impl Represented {
    async fn arrives(&self, id: &str, level: Level) -> (Begun, Completion) {
        let world = &self.world;
        let request = world.request(id, |request| request.level = level);
        let proof = proof(&world.broker, ADA, level);
        let (begun, completion) = world.proven(request, &mut Cookies::default(), &proof).await;
        (begun, completion.unwrap())
    }

    async fn chooses(&self, begun: &Begun, acting: Acting) -> Result<Completion, Fault> {
        let broker = &self.world.broker;
        broker.choose_behalf(&begun.tx, &begun.browser, acting).await?;
        broker.complete(&begun.tx, &begun.browser, &Cookies::default(), None).await
    }

    async fn grant(&self, completion: Completion) -> Grant {
        let Completion::Ended(completed) = completion else { panic!("{completion:?}") };
        self.world.grant_of(&completed, "open").await
    }
}

#[tokio::test]
async fn whoever_has_principals_is_asked_and_the_grant_is_of_the_principal_and_says_who_acts() {
    let all = represented("asked").await;
    let (begun, completion) = all.arrives("open", Level::L2).await;
    assert!(matches!(completion, Completion::ActFor), "{completion:?}");
    let broker = &all.world.broker;
    let choice = broker.behalf_choice(&begun.tx, &begun.browser).await.unwrap().unwrap();
    assert_eq!(choice.principals.len(), 1);
    let ended = all.chooses(&begun, Acting::By(all.id.clone())).await.unwrap();
    let grant = all.grant(ended).await;
    let code = |identity: &Identity| identity.fiscal_code.clone().unwrap().as_str().to_owned();
    assert_eq!(code(&grant.identity), "RSSMRA80A01H501U");
    assert_eq!(code(grant.signed_in()), "LVLDAA85T50G702B");
    assert_eq!((grant.identity.level, grant.identity.contact.email.is_none()), (Level::L2, true));

    let (begun, _) = all.arrives("open", Level::L2).await;
    let ended = all.chooses(&begun, Acting::Oneself).await.unwrap();
    let grant = all.grant(ended).await;
    assert_eq!(
        (code(&grant.identity).as_str(), grant.behalf.is_none()),
        ("LVLDAA85T50G702B", true)
    );
}

#[tokio::test]
async fn nobody_is_asked_where_no_delegate_is_taken_or_by_too_weak_a_login() {
    let all = represented("unasked").await;
    for (id, level) in [("shut", Level::L2), ("silent", Level::L2), ("open", Level::L1)] {
        let (_, completion) = all.arrives(id, level).await;
        assert!(matches!(completion, Completion::Ended(_)), "{id}: {completion:?}");
    }
    let (begun, _) = all.arrives("open", Level::L2).await;
    let refused = all.chooses(&begun, Acting::By("another".to_owned())).await;
    assert_eq!(slug(refused), "delegation-over");
}

#[tokio::test]
async fn a_delegation_taken_back_ends_its_grants_at_once_and_no_others() {
    let all = represented("ended").await;
    let broker = &all.world.broker;
    let (begun, _) = all.arrives("open", Level::L2).await;
    let ended = all.chooses(&begun, Acting::By(all.id.clone())).await.unwrap();
    let grant = all.grant(ended).await;
    let (own, _) = all.arrives("open", Level::L2).await;
    let own = all.grant(all.chooses(&own, Acting::Oneself).await.unwrap()).await;
    let (late, _) = all.arrives("open", Level::L2).await;
    broker.choose_behalf(&late.tx, &late.browser, Acting::By(all.id.clone())).await.unwrap();

    let staff = Actor { person: "x".to_owned(), role: "supervisor" };
    let book = broker.durable.delegations().unwrap();
    book.withdraw(&staff, &all.id, "came of age").await.unwrap();
    assert!(!broker.delegation_holds(grant.behalf.as_ref().unwrap()).await.unwrap(), "at once");
    broker.end_delegation(&all.id).await.unwrap();
    assert!(broker.has_ended(&grant.id).await.unwrap());
    assert!(!broker.has_ended(&own.id).await.unwrap(), "what she does for herself goes on");
    let late = broker.complete(&late.tx, &late.browser, &Cookies::default(), None).await;
    assert_eq!(slug(late), "delegation-over", "chosen before, ended after");
}

#[tokio::test]
async fn a_delegation_that_is_over_by_its_time_is_good_for_nothing_more() {
    let all = represented("time").await;
    let (begun, _) = all.arrives("open", Level::L2).await;
    let ended = all.chooses(&begun, Acting::By(all.id.clone())).await.unwrap();
    let grant = all.grant(ended).await;
    let behalf = grant.behalf.as_ref().unwrap();
    assert!(all.world.broker.delegation_holds(behalf).await.unwrap());
    all.world.clock.advance(Duration::from_hours(48));
    assert!(!all.world.broker.delegation_holds(behalf).await.unwrap());
    let (_, completion) = all.arrives("open", Level::L2).await;
    assert!(matches!(completion, Completion::Ended(_)), "nobody left to act for");
}
