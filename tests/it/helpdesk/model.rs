//! Random traces of acts by random people, judged by a model of the desk that shares no code with it.
//!
//! `VARCO_MODEL_TRACES` says how many; `scripts/test model` runs a hundred thousand on each database.
use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use varco::credential::{Case, Cause, Field, Item, Role, State};
use varco::effects::Effects;
use varco::helpdesk::dismiss;
use varco::registry::{Actor, PostgresAddress, RegistryPlace};
use varco::terms::Day;

use super::*;
use crate::fixture_postgres::PostgresServer;
use crate::fixture_redis::TempDir;

const PEOPLE: [&str; 5] = [ADA, BEA, CLEO, DORA, ELIO];
const ROLES: [&str; 5] = ["o", "v", "vs", "ov", ""];
const HOUR: u64 = 3600;

#[derive(Clone, Copy, Debug)]
enum Act {
    /// Who, and which of two issuers is typed.
    Edit(usize, bool),
    Submit(usize),
    Identify(usize),
    Check(usize),
    Look,
    Approve(usize),
    Return(usize),
    Reject(usize),
    Issue(usize),
    Activate,
    Wrong,
    Suspend(usize),
    Propose(usize),
    Seen(usize),
    Resume(usize),
    Revoke(usize),
    Wait(u64),
    Tick,
    Dismiss(usize),
    Appoint(usize),
}

/// What must be so, kept in the plainest way.
#[derive(Clone, Debug, PartialEq)]
struct Model {
    state: &'static str,
    german: bool,
    /// Changes with whatever a decision is about.
    version: u32,
    looked: u32,
    hands: BTreeSet<usize>,
    checked: Option<(usize, u32)>,
    wrong: u8,
    code_until: u64,
    stopped: u64,
    proposed: Option<usize>,
    seen: Option<(usize, u64)>,
    working: [bool; 5],
    now: u64,
    own: bool,
}

impl Model {
    fn is(&self, who: usize, role: char) -> bool {
        self.working[who] && ROLES[who].contains(role)
    }

    fn may(&self, who: usize, role: char, states: &str) -> bool {
        let at = states.split(' ').any(|state| state == self.state);
        self.is(who, role) && !(self.own && PEOPLE[who] == DORA) && at
    }

    fn second(&self, who: usize) -> bool {
        !self.hands.contains(&who)
    }

    fn undone(&mut self) {
        self.state = if self.state == "draft" { "draft" } else { "requested" };
        self.checked = None;
        self.version += 1;
    }

    /// Whether it happens; then the model is as it is afterwards.
    #[expect(clippy::too_many_lines, reason = "one arm for each act, and nothing shared")]
    fn step(&mut self, act: Act) -> bool {
        let month = 30 * 24;
        match act {
            Act::Edit(who, german) => {
                let may = self.may(who, 'o', "draft requested identified verified");
                if may {
                    self.hands.insert(who);
                    if self.german != german {
                        self.german = german;
                        self.undone();
                    }
                }
                may
            }
            Act::Submit(who) => {
                let may = self.may(who, 'o', "draft");
                if may {
                    self.hands.insert(who);
                    self.state = "requested";
                    self.version += 1;
                }
                may
            }
            Act::Identify(who) => {
                let may = self.may(who, 'o', "requested") && !self.german;
                if may {
                    self.hands.insert(who);
                    self.state = "identified";
                    self.version += 1;
                }
                may
            }
            Act::Check(who) => {
                let may = self.may(who, 'v', "identified") && self.second(who);
                if may {
                    self.checked = Some((who, self.version));
                }
                may
            }
            Act::Look => {
                self.looked = self.version;
                true
            }
            Act::Approve(who) => {
                let may = self.may(who, 'v', "identified")
                    && self.second(who)
                    && self.looked == self.version
                    && self.checked == Some((who, self.version));
                if may {
                    self.state = "verified";
                }
                may
            }
            Act::Return(who) => {
                let may = self.may(who, 'v', "identified verified") && self.second(who);
                if may {
                    self.undone();
                }
                may
            }
            Act::Reject(who) => {
                let may = if self.is(who, 'v') {
                    self.may(who, 'v', "requested")
                        || self.may(who, 'v', "identified verified") && self.second(who)
                } else {
                    self.may(who, 'o', "requested")
                };
                if may {
                    self.state = "rejected";
                }
                may
            }
            Act::Issue(who) => {
                let may = self.may(who, 'v', "verified") && self.second(who);
                if may {
                    self.state = "issued";
                    self.code_until = self.now + 7 * 24;
                    self.wrong = 0;
                }
                may
            }
            Act::Activate => {
                let may = self.state == "issued" && self.now < self.code_until;
                if may {
                    self.state = "active";
                } else if self.state == "issued" {
                    self.state = "lapsed";
                }
                may
            }
            Act::Wrong => {
                let may = self.state == "issued";
                if may {
                    self.wrong += 1;
                    if self.wrong == 5 || self.code_until <= self.now {
                        self.state = "lapsed";
                    }
                }
                may
            }
            Act::Suspend(who) => {
                let may = self.may(who, 's', "active");
                if may {
                    self.state = "suspended";
                    self.stopped = self.now;
                    (self.proposed, self.seen) = (None, None);
                }
                may
            }
            Act::Propose(who) => {
                let may = self.may(who, 's', "suspended");
                if may {
                    self.proposed = Some(who);
                }
                may
            }
            Act::Seen(who) => {
                let may = self.may(who, 'o', "suspended");
                if may {
                    self.seen = Some((who, self.now));
                }
                may
            }
            Act::Resume(who) => {
                let long = self.now - self.stopped > month;
                let recent = self.seen.is_some_and(|(_, at)| self.now - at <= month);
                let may = self.may(who, 'v', "suspended")
                    && self.proposed.is_some_and(|other| other != who)
                    && self.seen.is_none_or(|(other, _)| other != who)
                    && (!long || recent);
                if may {
                    self.state = "active";
                }
                may
            }
            Act::Revoke(who) => {
                let all = "draft requested identified verified issued active suspended";
                let may = self.may(who, 's', all);
                if may {
                    self.state = "revoked";
                }
                may
            }
            Act::Wait(hours) => {
                self.now += hours;
                true
            }
            Act::Tick => {
                if self.state == "issued" && self.code_until <= self.now {
                    self.state = "lapsed";
                }
                true
            }
            Act::Dismiss(who) | Act::Appoint(who) => {
                self.working[who] = matches!(act, Act::Appoint(_));
                true
            }
        }
    }
}

/// A generator of its own, so that a trace has a number.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }

    fn who(&mut self) -> usize {
        usize::try_from(self.roll(5)).unwrap()
    }

    /// Half of the time what goes on from here, by whoever may do it; else anything.
    fn act(&mut self, model: &Model) -> Act {
        if self.roll(8) < 5 {
            let next = match model.state {
                "draft" => Act::Submit(0),
                "requested" if model.german => Act::Edit(0, false),
                "requested" => Act::Identify([0, 3][usize::from(self.roll(4) == 0)]),
                "identified" if model.looked != model.version => Act::Look,
                "identified" => match model.checked {
                    Some((who, version)) if version == model.version => Act::Approve(who),
                    _ => Act::Check([1, 2, 3][usize::try_from(self.roll(3)).unwrap()]),
                },
                "verified" => Act::Issue(1),
                "issued" => Act::Activate,
                "active" => Act::Suspend(2),
                "suspended" if model.proposed.is_none() => Act::Propose(2),
                "suspended" => Act::Resume(1),
                _ => Act::Tick,
            };
            return next;
        }
        let who = self.who();
        match self.roll(20) {
            0 => Act::Edit(who, self.roll(2) == 0),
            1 => Act::Submit(who),
            2 => Act::Identify(who),
            3 => Act::Check(who),
            4 => Act::Look,
            5 => Act::Approve(who),
            6 => Act::Return(who),
            7 => Act::Reject(who),
            8 => Act::Issue(who),
            9 => Act::Activate,
            10 => Act::Wrong,
            11 => Act::Suspend(who),
            12 => Act::Propose(who),
            13 => Act::Seen(who),
            14 => Act::Resume(who),
            15 => Act::Revoke(who),
            16 => Act::Wait([1, 24, 170, 721][usize::try_from(self.roll(4)).unwrap()]),
            17 => Act::Tick,
            18 => Act::Dismiss(who),
            _ => Act::Appoint(who),
        }
    }
}

struct Run<'a> {
    bureau: &'a Bureau,
    id: String,
    looked: Mutex<String>,
    code: Mutex<Option<Code>>,
}

impl Run<'_> {
    /// Does it; `None`: somebody was refused.
    async fn act(&self, act: Act) -> Result<(), DeskFault> {
        let (bureau, desk, id) = (self.bureau, &self.bureau.desk, self.id.as_str());
        let agent = |who: usize| bureau.agent(PEOPLE[who]);
        match act {
            Act::Edit(who, german) => {
                let code = if german { "D" } else { "CHE" };
                let typed = [(Field::DocumentIssuer, code), (Field::Nationalities, code)];
                desk.save(&agent(who).await?, id, &typed).await.map(|_| ())
            }
            Act::Submit(who) => desk.submit(&agent(who).await?, id, "1").await.map(|_| ()),
            Act::Identify(who) => desk.identify(&agent(who).await?, id, &seen()).await.map(|_| ()),
            Act::Check(who) => desk.check(&agent(who).await?, id, Item::ALL).await.map(|_| ()),
            Act::Look => {
                *self.looked.lock().unwrap() = bureau.case(id).await.digest();
                Ok(())
            }
            Act::Approve(who) => {
                let looked = self.looked.lock().unwrap().clone();
                desk.approve(&agent(who).await?, id, &looked, "n").await.map(|_| ())
            }
            Act::Return(who) => desk.give_back(&agent(who).await?, id, "r").await.map(|_| ()),
            Act::Reject(who) => desk.reject(&agent(who).await?, id, "r").await.map(|_| ()),
            Act::Issue(who) => {
                let code = bureau.issue(PEOPLE[who], id).await?;
                *self.code.lock().unwrap() = Some(code);
                Ok(())
            }
            Act::Activate => {
                let code = self.code.lock().unwrap().clone();
                let code = code.unwrap_or_else(|| Code::fresh(&bureau.fx));
                bureau.activate(id, &code).await.map(|_| ())
            }
            Act::Wrong => {
                let number = bureau.case(id).await.number().to_owned();
                let wrong = Code::fresh(&bureau.fx);
                desk.redeem(&number, &wrong).await.map(|found| assert!(found.is_none()))
            }
            Act::Suspend(who) => {
                desk.suspend(&agent(who).await?, id, Cause::Other, "r").await.map(|_| ())
            }
            Act::Propose(who) => desk.propose_resume(&agent(who).await?, id, "r").await.map(|_| ()),
            Act::Seen(who) => desk.reidentify(&agent(who).await?, id, "r").await.map(|_| ()),
            Act::Resume(who) => desk.resume(&agent(who).await?, id).await.map(|_| ()),
            Act::Revoke(who) => {
                desk.revoke(&agent(who).await?, id, Cause::Other, "r").await.map(|_| ())
            }
            Act::Wait(hours) => {
                bureau.clock.advance(Duration::from_secs(hours * HOUR));
                Ok(())
            }
            Act::Tick => {
                while desk.tick().await? > 0 {}
                Ok(())
            }
            Act::Dismiss(who) => {
                let yesterday = Day::of(bureau.fx.now()).previous();
                let person = bureau.registry.pseudonym(PEOPLE[who]);
                dismiss(&bureau.registry, &person, yesterday, Actor::system()).await
            }
            Act::Appoint(who) => {
                for sign in ROLES[who].chars() {
                    let role = match sign {
                        'o' => Role::Operator,
                        'v' => Role::Verifier,
                        _ => Role::Supervisor,
                    };
                    bureau.appoint(PEOPLE[who], "roma", role).await;
                }
                Ok(())
            }
        }
    }
}

fn done(result: Result<(), DeskFault>) -> bool {
    match result {
        Ok(()) => true,
        Err(DeskFault::Refused(_)) => false,
        Err(DeskFault::Registry(fault)) => panic!("{fault}"),
    }
}

/// One trace: the desk and the model say the same of every act, and end in the same state. Now and then two
/// acts come at once: then what happened is what happens when they come in one order or in the other, or when
/// one of them is refused because the other came first.
async fn trace(bureau: &Bureau, seed: u64) -> u64 {
    let mut dice = Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0xD1CE);
    let ada = bureau.agent(ADA).await.unwrap();
    let id = bureau.desk.open(&ada).await.unwrap();
    let (number, own) = (format!("T{seed}"), dice.roll(5) == 0);
    let (email, second) = (format!("{number}@example.ch"), format!("s{number}@example.ch"));
    let mut typed = super::fields().to_vec();
    typed.push((Field::DocumentNumber, &number));
    typed.extend([(Field::Email, email.as_str()), (Field::SecondContact, second.as_str())]);
    if own {
        typed.push((Field::FiscalCode, DORA));
    }
    bureau.desk.save(&ada, &id, &typed).await.unwrap();
    let mut model = Model {
        state: "draft",
        german: false,
        version: 1,
        looked: 0,
        hands: BTreeSet::from([0]),
        checked: None,
        wrong: 0,
        code_until: 0,
        stopped: 0,
        proposed: None,
        seen: None,
        working: [true; 5],
        now: 0,
        own,
    };
    let run = Run { bureau, id, looked: Mutex::default(), code: Mutex::default() };
    let (mut story, mut acts) = (Vec::new(), 0);
    for _ in 0..4 + dice.roll(20) {
        let one = dice.act(&model);
        let two = dice.act(&model);
        let alone = |act: Act| {
            matches!(act, Act::Wait(_) | Act::Tick | Act::Dismiss(_) | Act::Appoint(_) | Act::Look)
                || matches!(act, Act::Activate | Act::Wrong | Act::Issue(_))
        };
        if dice.roll(6) == 0 && !alone(one) && !alone(two) {
            let (first, second) = tokio::join!(run.act(one), run.act(two));
            let happened = (done(first), done(second));
            story.push(format!("{one:?} with {two:?}: {happened:?}"));
            let state = bureau.case(&run.id).await.state().word();
            let orders = |swap: bool, skip: Option<bool>| {
                let mut next = model.clone();
                let (mut first, mut second) = (false, false);
                for turn in [swap, !swap] {
                    if skip == Some(turn) {
                        continue;
                    }
                    if turn { second = next.step(two) } else { first = next.step(one) }
                }
                ((first, second), next)
            };
            let possible = [
                orders(false, None),
                orders(true, None),
                orders(false, Some(true)),
                orders(true, Some(false)),
            ];
            let found = possible
                .into_iter()
                .find(|(result, next)| *result == happened && next.state == state);
            model = found.unwrap_or_else(|| panic!("{seed}: {story:#?}\n{model:?} {state}")).1;
            acts += 2;
            continue;
        }
        let before = model.state;
        let expected = model.step(one);
        let happened = done(run.act(one).await);
        story.push(format!("{before} {one:?}: {happened}"));
        assert_eq!(happened, expected, "{seed}: {story:#?}\n{model:?}");
        let state = bureau.case(&run.id).await.state().word();
        assert_eq!(state, model.state, "{seed}: {story:#?}\n{model:?}");
        acts += 1;
    }
    let case = bureau.case(&run.id).await;
    two_persons(&case);
    for who in 0..4 {
        if !model.working[who] {
            done(run.act(Act::Appoint(who)).await);
        }
    }
    if !matches!(case.state(), State::Rejected | State::Lapsed | State::Expired | State::Revoked) {
        assert!(done(run.act(Act::Revoke(2)).await));
    }
    acts
}

/// What the reference demands, read from the history alone.
fn two_persons(case: &Case) {
    use varco::credential::Act as Line;
    let history = case.history();
    for (at, line) in history.iter().enumerate() {
        if line.act == Line::Activate {
            let before = &history[..at];
            let approved = before.iter().rev().find(|line| line.act == Line::Approve).unwrap();
            let hands = before.iter().filter(|line| {
                matches!(line.act, Line::Open | Line::Edit | Line::Request | Line::Identify)
            });
            for hand in hands {
                assert_ne!(hand.by.person, approved.by.person);
            }
        }
    }
}

fn wanted() -> u64 {
    std::env::var("VARCO_MODEL_TRACES").ok().and_then(|text| text.parse().ok()).unwrap_or(150)
}

/// Traces from `from` in steps of two, on databases that are made new every 500 traces.
async fn traces(from: u64, place: impl Fn(u64) -> RegistryPlace) -> u64 {
    let mut acts = 0;
    let mut seeds = (from..wanted()).step_by(2).peekable();
    let mut round = 0;
    while seeds.peek().is_some() {
        let (fx, clock) = Effects::scripted(1_795_000_000, round * 2 + from);
        let registry = crate::registry::open(&place(round), 7, &fx).await;
        let bureau = Bureau::of(registry.clone(), fx, clock).await;
        for seed in seeds.by_ref().take(500) {
            acts += Box::pin(trace(&bureau, seed)).await;
        }
        registry.close().await;
        round += 1;
    }
    acts
}

async fn report(
    name: &str,
    one: impl Future<Output = u64> + Send + 'static,
    two: impl Future<Output = u64> + Send + 'static,
) {
    let began = Instant::now();
    let both = (tokio::spawn(one), tokio::spawn(two));
    let acts = both.0.await.unwrap() + both.1.await.unwrap();
    println!("model on {name}: {} traces, {acts} acts, {:.1?}", wanted(), began.elapsed());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn every_trace_on_sqlite_is_as_the_model_says() {
    let folder = Arc::new(TempDir::new());
    let run = |from: u64| {
        let folder = folder.clone();
        traces(from, move |round| {
            RegistryPlace::File(folder.0.join(format!("{from}-{round}.sqlite")))
        })
    };
    Box::pin(report("SQLite", run(0), run(1))).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn every_trace_on_postgresql_is_as_the_model_says() {
    let server = Arc::new(PostgresServer::start());
    let run = |from: u64| {
        let server = server.clone();
        traces(from, move |round| {
            let name = format!("model_{from}_{round}");
            server.sql(&format!("CREATE DATABASE {name}"));
            let address = PostgresAddress::parse(&server.url_of(&name)).unwrap();
            RegistryPlace::Server(Box::new(address))
        })
    };
    Box::pin(report("PostgreSQL", run(0), run(1))).await;
}
