//! Somebody from another state and their fiscal code (attack rows MT-…).

use std::path::PathBuf;

use super::*;
use crate::identity::{Certainty, Matched};
use crate::login::first_login::FirstLoginWriter;
use crate::oidc::client::{MatchingMode, MatchingPolicy};
use crate::registry::{MatchLine, Registry, RegistryPlace};

const GRETA: &str = "DE/IT/greta";
const CODE: &str = "MLLGRT85C50Z112C";
/// Of her homonym, born elsewhere.
const OTHER: &str = "MLLGRT85C50Z102B";
const SELF_DECLARED: bool = true;

/// A world with a registry in a file of its own.
struct Durables {
    world: World,
    registry: Arc<Registry>,
    file: PathBuf,
}

impl Drop for Durables {
    fn drop(&mut self) {
        for end in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(format!("{}{end}", self.file.display()));
        }
    }
}

/// A code whose check character is found.
fn code(fifteen: &str) -> String {
    ('A'..='Z')
        .map(|check| format!("{fifteen}{check}"))
        .find(|code| crate::identity::FiscalCode::parse(code).is_ok())
        .unwrap()
}

fn matching(id: &str, mode: MatchingMode, accept_self_declared: bool) -> Client {
    client(id, |client| client.mandate.matching = MatchingPolicy { mode, accept_self_declared })
}

/// Who verifies: nobody, a list of an office, or a service that the test speaks for.
enum By {
    Nobody,
    List(Vec<Question>),
    Service,
}

impl Durables {
    async fn new(name: &str, clients: Vec<Client>, by: By) -> Self {
        let world = world(clients);
        let file =
            std::env::temp_dir().join(format!("varco-login-{name}-{}.sqlite", std::process::id()));
        let sealer = Sealer::new(&[5; 32]).unwrap();
        let place = RegistryPlace::File(file.clone());
        let registry = Registry::open(&place, sealer, world.broker.fx.clone()).await.unwrap();
        let registry = Arc::new(registry);
        let verifier = match by {
            By::Nobody => None,
            By::List(people) => Some(Verifier::list("Ufficio".to_owned(), &people)),
            By::Service => Some(Verifier::Http {
                name: "ANPR".to_owned(),
                url: crate::effects::FetchUrl::parse("https://gateway.example/", &[], false)
                    .unwrap(),
                token: None,
                time: Duration::from_secs(3),
            }),
        };
        world.broker.durable.match_people(Matching::new(registry.clone(), verifier));
        Self { world, registry, file }
    }

    fn proof(&self, person: &str) -> UpstreamIdentity {
        let said = [
            ("PersonIdentifier", person),
            ("name", "Greta"),
            ("familyName", "Müller"),
            ("dateOfBirth", "1985-03-10"),
        ];
        UpstreamIdentity {
            attributes: said.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
            ..proof(&self.world.broker, MARIO, Level::L1)
        }
    }

    /// Somebody comes through the node, in a browser of their own.
    async fn comes(&self, id: &str, person: &str) -> (Begun, Completion) {
        self.comes_in(id, person, &mut Cookies::default()).await
    }

    async fn comes_in(&self, id: &str, person: &str, cookies: &mut Cookies) -> (Begun, Completion) {
        let request = self.world.request(id, |_| ());
        let (begun, done) = self.world.proven(request, cookies, &self.proof(person)).await;
        (begun, done.unwrap())
    }

    async fn asked(&self, id: &str, person: &str) -> Begun {
        let (begun, completion) = self.comes(id, person).await;
        assert!(matches!(completion, Completion::Match), "{completion:?}");
        begun
    }

    async fn answer(&self, begun: &Begun, typed: &str) -> Result<Answered, Fault> {
        let answer = MatchAnswer::Code(typed);
        self.world.broker.answer_match(&begun.tx, &begun.browser, answer).await
    }

    async fn go_on(&self, begun: &Begun) -> Result<Completion, Fault> {
        let cookies = Cookies { browser: Some(begun.browser.clone()), ..Cookies::default() };
        self.world.broker.complete(&begun.tx, &begun.browser, &cookies, None).await
    }

    /// What the client of the login is told.
    async fn told(&self, id: &str, completion: Completion) -> Identity {
        let Completion::Ended(completed) = completion else { panic!("{completion:?}") };
        self.world.grant_of(&completed, id).await.identity
    }

    async fn matches(&self) -> Vec<MatchLine> {
        self.registry.matches().await.unwrap()
    }
}

fn certain(identity: &Identity) -> Option<(Certainty, bool)> {
    let matched = identity.matched.as_ref();
    matched.map(|Matched { certainty, fiscal_code }| (*certainty, fiscal_code.is_some()))
}

fn listed(code: &str) -> Question {
    Question {
        fiscal_code: code.to_owned(),
        family_name: "Müller".to_owned(),
        given_name: "Greta".to_owned(),
        birthdate: "1985-03-10".to_owned(),
    }
}

#[tokio::test]
async fn the_codes_of_these_tests_are_codes() {
    assert_eq!((code("MLLGRT85C50Z112"), code("MLLGRT85C50Z102")), (CODE.into(), OTHER.into()));
}

#[tokio::test]
async fn only_people_from_other_states_are_asked_and_only_where_the_client_wants_it() {
    let clients = vec![
        matching("off", MatchingMode::Off, SELF_DECLARED),
        matching("require", MatchingMode::Require, SELF_DECLARED),
    ];
    let all = Durables::new("asked", clients, By::Nobody).await;
    let (_, completion) = all.comes("off", GRETA).await;
    assert_eq!(certain(&all.told("off", completion).await), None);
    let done = all.world.sign_in("require", &mut Cookies::default(), MARIO, Level::L1).await;
    assert!(all.world.grant_of(&done, "require").await.identity.fiscal_code.is_some());
    let begun = all.asked("require", GRETA).await;
    assert!(matches!(all.go_on(&begun).await, Ok(Completion::Match)), "and asked again");
    assert_eq!(all.world.count(Shelf::Code).await, 2);
}

#[tokio::test]
async fn whoever_is_matched_stays_the_subject_they_were_and_is_not_asked_again() {
    let clients = vec![
        matching("off", MatchingMode::Off, false),
        matching("inps", MatchingMode::Require, SELF_DECLARED),
    ];
    let all = Durables::new("subject", clients, By::Nobody).await;
    let (_, completion) = all.comes("off", GRETA).await;
    let before = all.told("off", completion).await;
    let begun = all.asked("inps", GRETA).await;
    assert_eq!(all.answer(&begun, " mllgrt 85c50 z112c ").await.unwrap(), Answered::GoOn);
    let told = all.told("inps", all.go_on(&begun).await.unwrap()).await;
    assert_eq!(certain(&told), Some((Certainty::SelfDeclared, true)));
    assert_eq!((told.told_fiscal_code().unwrap().as_str(), &told.fiscal_code), (CODE, &None));
    let sub = |identity| all.world.broker.issuer.subject(&all.world.client("inps"), identity);
    assert_eq!(sub(&before).unwrap(), sub(&told).unwrap());

    let (_, completion) = all.comes("inps", GRETA).await;
    assert_eq!(all.told("inps", completion).await.matched, told.matched, "recalled");
    let (_, completion) = all.comes("off", GRETA).await;
    assert_eq!(certain(&all.told("off", completion).await), None, "nothing was asked for it");
    let line = &all.matches().await[0];
    assert_eq!((line.how.as_str(), line.verifier.as_str()), ("self_declared", ""));
}

#[tokio::test]
async fn an_offer_may_be_declined_and_a_demand_may_not() {
    let clients = vec![
        matching("offer", MatchingMode::Offer, SELF_DECLARED),
        matching("require", MatchingMode::Require, SELF_DECLARED),
    ];
    let all = Durables::new("offer", clients, By::Nobody).await;
    let without = async |begun: &Begun| {
        let answer = MatchAnswer::Without;
        all.world.broker.answer_match(&begun.tx, &begun.browser, answer).await
    };
    let begun = all.asked("offer", GRETA).await;
    assert_eq!(without(&begun).await.unwrap(), Answered::GoOn);
    let told = all.told("offer", all.go_on(&begun).await.unwrap()).await;
    assert_eq!((certain(&told), told.fiscal_number_match()), (None, Some("none")));
    let begun = all.asked("require", GRETA).await;
    assert_eq!(slug(without(&begun).await), "malformed-request");
    assert!(matches!(all.go_on(&begun).await, Ok(Completion::Match)));
    assert!(all.matches().await.is_empty());
}

#[tokio::test]
async fn a_login_takes_five_codes_and_a_slip_of_the_hand_is_none() {
    let clients = vec![matching("inps", MatchingMode::Offer, SELF_DECLARED)];
    let all = Durables::new("five", clients, By::Nobody).await;
    let begun = all.asked("inps", GRETA).await;
    for slip in ["", "MLLGRT85C50Z112X", "12345678903", "' OR '1'='1' --", &"M".repeat(100)] {
        let answered = all.answer(&begun, slip).await.unwrap();
        assert_eq!(answered, Answered::Again(MatchProblem::Malformed), "{slip}");
    }
    for _ in 0..4 {
        let answered = all.answer(&begun, "RSSMRA80A01H501U").await.unwrap();
        assert_eq!(answered, Answered::Again(MatchProblem::Disagrees));
    }
    assert_eq!(slug(all.answer(&begun, "RSSMRA80A01H501U").await), "match-limit");
    assert_eq!(slug(all.answer(&begun, CODE).await), "match-limit", "the right one too late");
    let login = all.world.broker.login_of(&begun.tx, &begun.browser).await.unwrap();
    let again =
        Login::clone(&login).identified(Identity::from_upstream(&all.proof(GRETA)).unwrap());
    assert_eq!(again.matching.tries, 5, "coming again gives no further answers");
    assert!(all.matches().await.is_empty());
}

#[tokio::test]
async fn fifty_answers_at_once_are_five() {
    let clients = vec![matching("inps", MatchingMode::Require, SELF_DECLARED)];
    let all = Durables::new("at-once", clients, By::Service).await;
    for _ in 0..50 {
        all.world.outbound.serve(r#"{"result":"no_match"}"#);
    }
    let begun = all.asked("inps", GRETA).await;
    let answers = (0..50).map(|_| {
        let (broker, tx) = (all.world.broker.clone(), begun.tx.clone());
        let browser = begun.browser.clone();
        tokio::spawn(
            async move { broker.answer_match(&tx, &browser, MatchAnswer::Code(CODE)).await },
        )
    });
    let mut again = 0;
    for answer in answers.collect::<Vec<_>>() {
        match answer.await.unwrap() {
            Ok(answered) => {
                assert_eq!(answered, Answered::Again(MatchProblem::Disagrees));
                again += 1;
            }
            Err(fault) => assert_eq!(fault.row().slug, "match-limit"),
        }
    }
    assert_eq!((again, all.world.outbound.asked().len()), (4, 5));
    assert!(all.matches().await.is_empty());
}

#[tokio::test]
async fn a_code_that_is_matched_already_goes_to_the_operators() {
    let clients = vec![matching("inps", MatchingMode::Require, SELF_DECLARED)];
    let all = Durables::new("taken", clients, By::Nobody).await;
    let begun = all.asked("inps", GRETA).await;
    all.answer(&begun, CODE).await.unwrap();
    let second = all.asked("inps", "DE/IT/another").await;
    assert_eq!(slug(all.answer(&second, CODE).await), "match-taken");
    assert!(matches!(all.go_on(&second).await, Ok(Completion::Match)), "no code for her");
    assert_eq!(all.matches().await.len(), 1);

    // Ten people for another code, at once: one of them has it.
    let mut begun = Vec::new();
    for at in 0..10 {
        begun.push(all.asked("inps", &format!("DE/IT/{at}")).await);
    }
    let claims = begun.into_iter().map(|begun| {
        let broker = all.world.broker.clone();
        tokio::spawn(async move {
            broker.answer_match(&begun.tx, &begun.browser, MatchAnswer::Code(OTHER)).await
        })
    });
    let mut holds = 0;
    for claim in claims.collect::<Vec<_>>() {
        match claim.await.unwrap() {
            Ok(answered) => {
                assert_eq!(answered, Answered::GoOn);
                holds += 1;
            }
            Err(fault) => assert_eq!(fault.row().slug, "match-taken"),
        }
    }
    assert_eq!((holds, all.matches().await.len()), (1, 2));
}

#[tokio::test]
async fn an_authority_makes_a_match_verified_and_nothing_else_does() {
    let clients = vec![matching("inps", MatchingMode::Require, false)];
    let all = Durables::new("authority", clients, By::Service).await;
    let begun = all.asked("inps", GRETA).await;
    for (said, problem) in [
        (r#"{"result":"no_match"}"#, MatchProblem::Disagrees),
        (r#"{"result":"ambiguous"}"#, MatchProblem::Ambiguous),
        (r#"{"result":"perhaps"}"#, MatchProblem::Unavailable),
    ] {
        all.world.outbound.serve(said);
        assert_eq!(all.answer(&begun, CODE).await.unwrap(), Answered::Again(problem));
        assert!(all.matches().await.is_empty());
    }
    // A code that disagrees with her data is not even asked about.
    assert!(matches!(all.answer(&begun, "RSSMRA80A01H501U").await, Ok(Answered::Again(_))));
    assert_eq!(all.world.outbound.asked().len(), 3);
    all.world.outbound.serve(r#"{"result":"match"}"#);
    assert_eq!(all.answer(&begun, CODE).await.unwrap(), Answered::GoOn);
    let told = all.told("inps", all.go_on(&begun).await.unwrap()).await;
    assert_eq!(certain(&told), Some((Certainty::Verified, true)));
    let line = &all.matches().await[0];
    assert_eq!((line.how.as_str(), line.verifier.as_str()), ("verified", "ANPR"));
}

#[tokio::test]
async fn what_was_declared_is_told_to_whom_takes_it_and_verified_for_the_others() {
    let clients = vec![
        matching("trusting", MatchingMode::Offer, SELF_DECLARED),
        matching("strict", MatchingMode::Offer, false),
    ];
    let all = Durables::new("declared", clients, By::Nobody).await;
    let begun = all.asked("trusting", GRETA).await;
    all.answer(&begun, CODE).await.unwrap();
    let matching = all.world.broker.durable.matching().unwrap();
    matching.replace_verifier(Some(Verifier::list("Ufficio".to_owned(), &[listed(CODE)])));

    let begun = all.asked("strict", GRETA).await;
    let refused = all.answer(&begun, OTHER).await.unwrap();
    assert_eq!(refused, Answered::Again(MatchProblem::Disagrees), "the office knows her");
    let without = MatchAnswer::Without;
    all.world.broker.answer_match(&begun.tx, &begun.browser, without).await.unwrap();
    let told = all.told("strict", all.go_on(&begun).await.unwrap()).await;
    assert_eq!(certain(&told), Some((Certainty::SelfDeclared, false)), "how, and not the code");

    let begun = all.asked("strict", GRETA).await;
    assert_eq!(all.answer(&begun, CODE).await.unwrap(), Answered::GoOn);
    let told = all.told("strict", all.go_on(&begun).await.unwrap()).await;
    assert_eq!(certain(&told), Some((Certainty::Verified, true)));
    assert_eq!(all.matches().await.len(), 1);
}

#[tokio::test]
async fn a_match_is_never_changed_by_answering_otherwise() {
    let clients = vec![
        matching("trusting", MatchingMode::Offer, SELF_DECLARED),
        matching("strict", MatchingMode::Offer, false),
    ];
    let both = By::List(vec![listed(CODE), listed(OTHER)]);
    let all = Durables::new("otherwise", clients, both).await;
    let begun = all.asked("trusting", GRETA).await;
    all.answer(&begun, CODE).await.unwrap();
    let (begun, completion) = all.comes("strict", GRETA).await;
    assert!(matches!(completion, Completion::Ended(_)), "verified for both");
    assert_eq!(slug(all.answer(&begun, OTHER).await), "login-expired");
    assert_eq!(all.registry.match_of(GRETA).await.unwrap().unwrap().fiscal_code.as_str(), CODE);
}

#[tokio::test]
async fn a_withdrawn_match_is_over_at_the_next_login_and_in_every_session() {
    let clients = vec![matching("inps", MatchingMode::Require, SELF_DECLARED)];
    let all = Durables::new("over", clients, By::Nobody).await;
    let mut cookies = Cookies::default();
    let (begun, _) = all.comes_in("inps", GRETA, &mut cookies).await;
    all.answer(&begun, CODE).await.unwrap();
    let done = all.world.broker.complete(&begun.tx, &begun.browser, &cookies, None).await.unwrap();
    let Completion::Ended(done) = done else { panic!("{done:?}") };
    keep(&mut cookies, &done);
    let reused = all.world.reused("inps", &cookies).await.unwrap();
    let told = all.world.grant_of(&reused, "inps").await.identity;
    assert_eq!(certain(&told), Some((Certainty::SelfDeclared, true)), "a session carries it");

    let name = all.matches().await[0].name.clone();
    assert_eq!(all.registry.withdraw_match(&name).await.unwrap(), 1);
    let silent = all.world.request("inps", |request| request.prompt = Prompt::None);
    assert_eq!(slug(all.world.reuse(&silent, &cookies).await), "interaction-required");
    let request = all.world.request("inps", |_| ());
    let Reuse::Tell(known) = all.world.reuse(&request, &cookies).await.unwrap() else { panic!() };
    assert!(matches!(all.go_on(&known).await, Ok(Completion::Match)));
    all.asked("inps", GRETA).await;
}

#[tokio::test]
async fn a_session_tells_each_client_what_it_takes() {
    let clients = vec![
        matching("inps", MatchingMode::Require, SELF_DECLARED),
        matching("offer", MatchingMode::Offer, false),
        matching("off", MatchingMode::Off, SELF_DECLARED),
    ];
    let all = Durables::new("session", clients, By::Nobody).await;
    let mut cookies = Cookies::default();
    let (begun, _) = all.comes_in("inps", GRETA, &mut cookies).await;
    all.answer(&begun, CODE).await.unwrap();
    let done = all.world.broker.complete(&begun.tx, &begun.browser, &cookies, None).await.unwrap();
    let Completion::Ended(done) = done else { panic!("{done:?}") };
    keep(&mut cookies, &done);
    let mut told = Vec::new();
    for id in ["inps", "offer", "off"] {
        let reused = all.world.reused(id, &cookies).await.unwrap();
        told.push(certain(&all.world.grant_of(&reused, id).await.identity));
    }
    let declared = Certainty::SelfDeclared;
    assert_eq!(told, [Some((declared, true)), Some((declared, false)), None]);
}

#[tokio::test]
async fn another_browser_answers_nothing() {
    let clients = vec![matching("inps", MatchingMode::Require, SELF_DECLARED)];
    let all = Durables::new("browser", clients, By::Nobody).await;
    let begun = all.asked("inps", GRETA).await;
    let stranger = Handle::fresh(&all.world.broker.fx);
    let answer = MatchAnswer::Code(CODE);
    let refused = all.world.broker.answer_match(&begun.tx, &stranger, answer).await;
    assert_eq!(slug(refused), "other-browser");
    assert!(all.matches().await.is_empty());
    assert_eq!(all.answer(&begun, CODE).await.unwrap(), Answered::GoOn);
    assert_eq!(all.answer(&begun, CODE).await.unwrap(), Answered::GoOn, "a double click");
    assert_eq!(all.matches().await.len(), 1);
    assert!(matches!(all.go_on(&begun).await, Ok(Completion::Ended(_))));
    assert_eq!(slug(all.answer(&begun, CODE).await), "login-expired", "the form again");
}

#[tokio::test]
async fn without_a_registry_an_offer_is_not_made_and_a_demand_is_not_met() {
    let clients = vec![
        matching("offer", MatchingMode::Offer, SELF_DECLARED),
        matching("require", MatchingMode::Require, SELF_DECLARED),
    ];
    let all = Durables::new("closed", clients, By::Nobody).await;
    let open = all.asked("require", GRETA).await;
    all.registry.close().await;
    let (_, completion) = all.comes("offer", GRETA).await;
    assert_eq!(certain(&all.told("offer", completion).await), None);
    assert_eq!(slug(all.answer(&open, CODE).await), "match-unavailable");
    assert_eq!(slug(all.go_on(&open).await), "match-unavailable");
}

/// The durable world, with its record of first logins.
async fn recording(name: &str) -> (Durables, FirstLoginWriter) {
    let clients = vec![matching("inps", MatchingMode::Require, false)];
    let all = Durables::new(name, clients, By::List(vec![listed(CODE)])).await;
    let (first_logins, writer) = FirstLogins::new(all.registry.clone());
    all.world.broker.durable.record_first_logins(first_logins);
    (all, writer)
}

#[tokio::test]
async fn the_first_login_of_a_code_is_recorded_and_never_written_again() {
    let (all, mut writer) = recording("first").await;
    let since = async |code: &str| all.registry.first_login(code).await.unwrap();
    assert_eq!(since("RSSMRA80A01H501U").await, None);
    all.world.sign_in("inps", &mut Cookies::default(), MARIO, Level::L1).await;
    assert!(writer.step().await);
    assert_eq!(since("RSSMRA80A01H501U").await, Some(at(0)));
    all.world.clock.advance(Duration::from_hours(24));
    all.world.sign_in("inps", &mut Cookies::default(), MARIO, Level::L1).await;
    all.world.sign_in("inps", &mut Cookies::default(), ADA, Level::L1).await;
    assert!(writer.step().await);
    assert_eq!(since("RSSMRA80A01H501U").await, Some(at(0)), "the first one");
    assert_eq!(since("LVLDAA85T50G702B").await, Some(at(86_400)));
}

#[tokio::test]
async fn only_a_code_that_somebody_vouches_for_signs_in_first() {
    let (all, mut writer) = recording("vouched").await;
    let begun = all.asked("inps", GRETA).await;
    all.answer(&begun, CODE).await.unwrap();
    assert!(matches!(all.go_on(&begun).await, Ok(Completion::Ended(_))));
    assert!(writer.step().await);
    assert_eq!(all.registry.first_login(CODE).await.unwrap(), Some(at(0)));
}

#[tokio::test]
async fn a_first_login_that_could_not_be_written_is_written_by_the_next_one() {
    let (all, mut writer) = recording("lost").await;
    all.registry.close().await;
    all.world.sign_in("inps", &mut Cookies::default(), MARIO, Level::L1).await;
    assert!(writer.step().await, "the writer goes on");
    all.world.sign_in("inps", &mut Cookies::default(), MARIO, Level::L1).await;
    assert!(writer.step().await, "it was noted again");
}
