//! Matches and first logins.

use std::time::Duration;

use varco::effects::Timestamp;
use varco::registry::{FirstLogin, MatchWritten, NewMatch, VERIFIED};

use super::{NOW, World, on_both};

const GRETA: &str = "DE/IT/greta";
const CODE: &str = "MLLGRT85C50Z112C";

on_both! {
    a_match_is_remembered_and_never_changed_into_another
    a_code_belongs_to_one_person_of_a_state
    what_a_person_declared_becomes_verified_and_stays_so
    fifty_people_who_claim_one_code_at_once_are_one_match
    one_person_who_claims_fifty_codes_at_once_has_one
    a_withdrawn_match_is_history_and_both_are_free_again
    the_first_login_of_a_code_is_written_once
}

fn matched<'a>(person: &'a str, fiscal_code: &'a str) -> NewMatch<'a> {
    let (state, _) = person.split_once('/').unwrap();
    NewMatch { person, state, fiscal_code, how: "self_declared", verifier: "" }
}

impl World {
    async fn matches(&self, person: &str, code: &str) -> MatchWritten {
        self.registry.record_match(&matched(person, code)).await.unwrap()
    }

    async fn known(&self, person: &str) -> Option<(String, String)> {
        let found = self.registry.match_of(person).await.unwrap();
        found.map(|record| (record.fiscal_code.to_string(), record.how))
    }
}

async fn a_match_is_remembered_and_never_changed_into_another(world: World) {
    assert_eq!(world.known(GRETA).await, None);
    assert_eq!(world.matches(GRETA, CODE).await, MatchWritten::Holds);
    assert_eq!(world.matches(GRETA, CODE).await, MatchWritten::Holds, "again");
    assert_eq!(world.matches(GRETA, "RSSMRA80A01H501U").await, MatchWritten::OtherCode);
    assert_eq!(world.known(GRETA).await, Some((CODE.to_owned(), "self_declared".to_owned())));
    assert_eq!(world.registry.matches().await.unwrap().len(), 1);
}

async fn a_code_belongs_to_one_person_of_a_state(world: World) {
    assert_eq!(world.matches(GRETA, CODE).await, MatchWritten::Holds);
    assert_eq!(world.matches("DE/IT/other", CODE).await, MatchWritten::OtherPerson);
    assert_eq!(world.known("DE/IT/other").await, None);
    assert_eq!(world.matches("AT/IT/greta", CODE).await, MatchWritten::Holds, "her other state");
}

async fn what_a_person_declared_becomes_verified_and_stays_so(world: World) {
    assert_eq!(world.matches(GRETA, CODE).await, MatchWritten::Holds);
    let verified = NewMatch { how: VERIFIED, verifier: "anpr", ..matched(GRETA, CODE) };
    assert_eq!(world.registry.record_match(&verified).await.unwrap(), MatchWritten::Holds);
    assert_eq!(world.known(GRETA).await, Some((CODE.to_owned(), "verified".to_owned())));
    assert_eq!(world.matches(GRETA, CODE).await, MatchWritten::Holds);
    assert_eq!(world.known(GRETA).await, Some((CODE.to_owned(), "verified".to_owned())));
    let line = &world.registry.matches().await.unwrap()[0];
    assert_eq!((line.verifier.as_str(), line.withdrawn_at), ("anpr", None));
}

async fn fifty_people_who_claim_one_code_at_once_are_one_match(world: World) {
    let claims = (0..50).map(|at| {
        let registry = world.registry.clone();
        tokio::spawn(async move {
            let person = format!("DE/IT/{at}");
            registry.record_match(&matched(&person, CODE)).await.unwrap()
        })
    });
    let mut holds = 0;
    for claim in claims.collect::<Vec<_>>() {
        match claim.await.unwrap() {
            MatchWritten::Holds => holds += 1,
            other => assert_eq!(other, MatchWritten::OtherPerson),
        }
    }
    assert_eq!((holds, world.registry.matches().await.unwrap().len()), (1, 1));
}

async fn one_person_who_claims_fifty_codes_at_once_has_one(world: World) {
    let claims = (0..50).map(|at| {
        let registry = world.registry.clone();
        let code = format!("code {at}");
        tokio::spawn(async move { registry.record_match(&matched(GRETA, &code)).await.unwrap() })
    });
    let mut holds = 0;
    for claim in claims.collect::<Vec<_>>() {
        match claim.await.unwrap() {
            MatchWritten::Holds => holds += 1,
            other => assert_eq!(other, MatchWritten::OtherCode),
        }
    }
    assert_eq!((holds, world.registry.matches().await.unwrap().len()), (1, 1));
}

async fn a_withdrawn_match_is_history_and_both_are_free_again(world: World) {
    world.matches(GRETA, CODE).await;
    let name = world.registry.matches().await.unwrap()[0].name.clone();
    assert_eq!(world.registry.withdraw_match("").await.unwrap(), 0);
    world.clock.advance(Duration::from_secs(60));
    assert_eq!(world.registry.withdraw_match(&name).await.unwrap(), 1);
    assert_eq!(world.registry.withdraw_match(&name).await.unwrap(), 0, "once");
    assert_eq!(world.known(GRETA).await, None);
    assert_eq!(world.matches("DE/IT/other", CODE).await, MatchWritten::Holds);
    assert_eq!(world.matches(GRETA, "RSSMRA80A01H501U").await, MatchWritten::Holds);
    let lines = world.registry.matches().await.unwrap();
    let withdrawn: Vec<_> = lines.iter().filter_map(|line| line.withdrawn_at).collect();
    assert_eq!((lines.len(), withdrawn), (3, vec![Timestamp::from_unix_seconds(NOW + 60)]));
}

async fn the_first_login_of_a_code_is_written_once(world: World) {
    let login = |code: &str, at: i64, instrument: &str| FirstLogin {
        name: world.registry.first_login_name(code),
        at: Timestamp::from_unix_seconds(at),
        instrument: instrument.to_owned(),
    };
    assert_eq!(world.registry.first_login(CODE).await.unwrap(), None);
    let both = [login(CODE, NOW, "spid"), login("RSSMRA80A01H501U", NOW + 1, "cie")];
    world.registry.record_first_logins(&both).await.unwrap();
    world.registry.record_first_logins(&[login(CODE, NOW + 9, "cie")]).await.unwrap();
    let since = world.registry.first_login(CODE).await.unwrap();
    assert_eq!(since, Some(Timestamp::from_unix_seconds(NOW)));
    assert_eq!(world.registry.first_login("RSSMRA80A01H50MM").await.unwrap(), None, "omocodia");
}
