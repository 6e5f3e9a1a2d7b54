//! The judgement against an oracle that was written from the rules and not from the code: a million random
//! people, services and moments in random worlds.
//!
//! The oracle paints days: for each world it makes one sheet per instrument, service and category with a
//! square for every day, and blackens what each row forbids. A question is then one look at a square. It
//! shares no code with `policy`: days are numbers, names are numbers, Rome's clock is a table of moments.

use varco::effects::Timestamp;
use varco::oidc::client::{Delegable, LevelRule, Period, ServicePolicy};
use varco::policy::{
    Applicant, Calendar, Category, CategoryRow, Change, Day, Instrument, Rows, Service, Source,
};
use varco::terms::Level;

/// 1 January 2019 is day 0 of a world, 31 December 2022 its last.
const DAYS: usize = 1461;
/// 2019-01-01T00:00:00Z.
const EPOCH: i64 = 1_546_300_800;
const INSTRUMENTS: usize = 6;
const CATEGORIES: usize = 7;
const SERVICES: usize = 4;
const WORLDS: usize = 40;
const QUESTIONS: usize = 25_000;

/// When summer time began and ended in Rome, as the ministry announced it, in seconds since 1970.
const SUMMERS: [(i64, i64); 4] = [
    (1_553_994_000, 1_572_138_000), // 31 March and 27 October 2019
    (1_585_443_600, 1_603_587_600), // 29 March and 25 October 2020
    (1_616_893_200, 1_635_642_000), // 28 March and 31 October 2021
    (1_648_342_800, 1_667_091_600), // 27 March and 30 October 2022
];

/// The number of the day in Rome.
fn painted_day(seconds: i64) -> usize {
    let summer = SUMMERS.iter().any(|(begin, end)| (*begin..*end).contains(&seconds));
    let local = seconds + if summer { 7200 } else { 3600 };
    usize::try_from((local - EPOCH).div_euclid(86_400)).expect("within the world")
}

/// Numbers from a seed (xorshift64*).
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.roll() >> 11).expect("64 bits") % bound
    }

    fn one_in(&mut self, chances: usize) -> bool {
        self.below(chances) == 0
    }

    fn day(&mut self) -> usize {
        self.below(DAYS)
    }

    fn day_one_in(&mut self, chances: usize) -> Option<usize> {
        self.one_in(chances).then(|| self.day())
    }

    /// Some of the numbers below `bound`, at least one.
    fn some(&mut self, bound: usize) -> Vec<usize> {
        let mut chosen: Vec<usize> = (0..bound).filter(|_| self.one_in(2)).collect();
        if chosen.is_empty() {
            chosen.push(self.below(bound));
        }
        chosen
    }
}

/// A row: numbers only.
struct Rule {
    instruments: Vec<usize>,
    services: Option<Vec<usize>>,
    categories: Option<Vec<usize>>,
    start: Option<usize>,
    hard_end: Option<usize>,
    heeds_expiry: Option<bool>,
    superseded: bool,
}

/// A period of a service.
struct Span {
    from: usize,
    until: usize,
    instruments: Vec<usize>,
    categories: Option<Vec<usize>>,
    dedicated_to: Vec<usize>,
    level: u8,
    raised: Vec<(u8, Vec<usize>, Vec<usize>)>,
    age: Option<u8>,
}

struct World {
    dedicated_only: [bool; INSTRUMENTS],
    /// First and last day, and for whom.
    categories: Vec<(Option<usize>, Option<usize>, Option<usize>)>,
    rules: Vec<Rule>,
    services: Vec<(u8, Vec<Span>)>,
}

impl World {
    fn random(dice: &mut Dice) -> Self {
        let mut dedicated_only = [false; INSTRUMENTS];
        for flag in &mut dedicated_only {
            *flag = dice.one_in(8);
        }
        let categories = (0..CATEGORIES).map(|own| {
            let (from, until) = (dice.day_one_in(6), dice.day_one_in(6));
            let principal = dice.below(CATEGORIES);
            let principal = (principal != own && dice.one_in(3)).then_some(principal);
            match (from, until) {
                (Some(one), Some(other)) => (Some(one.min(other)), Some(one.max(other)), principal),
                (from, until) => (from, until, principal),
            }
        });
        let categories = categories.collect();
        let rules = (0..dice.below(9)).map(|_| Rule {
            instruments: dice.some(INSTRUMENTS),
            services: (!dice.one_in(3)).then(|| dice.some(SERVICES)),
            categories: (!dice.one_in(3)).then(|| dice.some(CATEGORIES)),
            start: dice.day_one_in(5),
            hard_end: dice.day_one_in(3),
            heeds_expiry: dice.one_in(3).then(|| dice.one_in(2)),
            superseded: dice.one_in(5),
        });
        let rules = rules.collect();
        let services = (0..SERVICES).map(|_| {
            let mut cuts: Vec<usize> = (0..2 * dice.below(4)).map(|_| dice.day()).collect();
            // Most of the time is in some period.
            if !cuts.is_empty() {
                cuts.extend([0, DAYS - 1]);
            }
            cuts.sort_unstable();
            cuts.dedup();
            let lowest = u8::try_from(1 + dice.below(2)).expect("a level");
            let spans = cuts.chunks_exact(2).map(|pair| Span {
                from: pair[0],
                until: pair[1],
                instruments: dice.some(INSTRUMENTS),
                categories: dice.one_in(3).then(|| dice.some(CATEGORIES)),
                dedicated_to: if dice.one_in(2) { dice.some(CATEGORIES) } else { Vec::new() },
                level: lowest + u8::from(dice.one_in(2)),
                raised: (0..dice.below(3))
                    .map(|_| {
                        let all = |dice: &mut Dice, bound| {
                            if dice.one_in(2) { Vec::new() } else { dice.some(bound) }
                        };
                        let level = u8::try_from(1 + dice.below(3)).expect("a level");
                        (level, all(dice, CATEGORIES), all(dice, INSTRUMENTS))
                    })
                    .collect(),
                age: dice.one_in(4).then_some(18),
            });
            (lowest, spans.collect())
        });
        Self { dedicated_only, categories, rules, services: services.collect() }
    }
}

/// The sheets of a world.
struct Sheets {
    /// Square of a day: whether no row forbids it. By instrument, service, category.
    open: Vec<Vec<bool>>,
    /// Whether a credential ends by itself, by the same.
    heeds: Vec<bool>,
    /// By service: which period a day is in.
    span: Vec<Vec<Option<usize>>>,
}

fn sheet(instrument: usize, service: usize, category: usize) -> usize {
    (instrument * SERVICES + service) * CATEGORIES + category
}

impl Sheets {
    fn paint(world: &World) -> Self {
        let mut open = vec![vec![true; DAYS]; INSTRUMENTS * SERVICES * CATEGORIES];
        let mut said = vec![(false, false); open.len()];
        for rule in world.rules.iter().filter(|rule| !rule.superseded) {
            for instrument in &rule.instruments {
                for service in 0..SERVICES {
                    if rule.services.as_ref().is_some_and(|some| !some.contains(&service)) {
                        continue;
                    }
                    for category in 0..CATEGORIES {
                        let principal = world.categories[category].2;
                        let named = rule.categories.as_ref().is_none_or(|some| {
                            some.iter().any(|one| *one == category || Some(*one) == principal)
                        });
                        if !named {
                            continue;
                        }
                        let at = sheet(*instrument, service, category);
                        // Black before the first day accepted and after the last one.
                        open[at][..rule.start.unwrap_or(0)].fill(false);
                        open[at][rule.hard_end.map_or(DAYS, |last| last + 1)..].fill(false);
                        match rule.heeds_expiry {
                            Some(true) => said[at].0 = true,
                            Some(false) => said[at].1 = true,
                            None => {}
                        }
                    }
                }
            }
        }
        // Whether a credential ends by itself: unless rows say that it does not, and none that it does.
        let heeds = said.iter().map(|(yes, no)| *yes || !*no).collect();
        // A category that does not count lets nobody in.
        for (category, (from, until, _)) in world.categories.iter().enumerate() {
            for at in (0..open.len()).filter(|at| at % CATEGORIES == category) {
                open[at][..from.unwrap_or(0)].fill(false);
                open[at][until.map_or(DAYS, |last| last + 1)..].fill(false);
            }
        }
        let span = world.services.iter().map(|(_, spans)| {
            let mut days = vec![None; DAYS];
            for (at, span) in spans.iter().enumerate() {
                days[span.from..=span.until].fill(Some(at));
            }
            days
        });
        Self { open, heeds, span: span.collect() }
    }
}

/// Somebody, somewhere, at some moment.
struct Asked {
    instrument: usize,
    service: usize,
    categories: Vec<usize>,
    level: u8,
    age: Option<u8>,
    expires: Option<usize>,
    moment: i64,
}

fn oracle(world: &World, sheets: &Sheets, asked: &Asked) -> bool {
    let day = painted_day(asked.moment);
    let (lowest, spans) = &world.services[asked.service];
    let span = sheets.span[asked.service][day].map(|at| &spans[at]);
    // Without periods the upstreams of every service here are the first three instruments.
    let offered = match span {
        Some(span) => span.instruments.contains(&asked.instrument),
        None => spans.is_empty() && asked.instrument < 3,
    };
    offered
        && asked.categories.iter().any(|category| {
            let at = sheet(asked.instrument, asked.service, *category);
            let principal = world.categories[*category].2;
            let named = |list: &[usize]| {
                list.is_empty() || list.iter().any(|one| one == category || Some(*one) == principal)
            };
            let mut needed = *lowest;
            if let Some(span) = span {
                needed = needed.max(span.level);
                for (level, categories, instruments) in &span.raised {
                    let with = instruments.is_empty() || instruments.contains(&asked.instrument);
                    if with && named(categories) {
                        needed = needed.max(*level);
                    }
                }
            }
            let age = span.and_then(|span| span.age);
            sheets.open[at][day]
                && !(sheets.heeds[at] && asked.expires.is_some_and(|last| last < day))
                && span.is_none_or(|span| {
                    span.categories.as_ref().is_none_or(|open| open.contains(category))
                })
                && (!world.dedicated_only[asked.instrument]
                    || span.is_some_and(|span| span.dedicated_to.contains(category)))
                && age.is_none_or(|age| asked.age.is_some_and(|years| years >= age))
                && asked.level >= needed
        })
}

// ---- The same world, as the product knows it ------------------------------------------------------

const NAMES: [&str; INSTRUMENTS] = ["spid", "cie", "eidas", "pin-inps", "cliclavoro", "helpdesk"];
const PEOPLE: [&str; CATEGORIES] =
    ["citizen", "minor", "company", "intermediary", "patronato", "extra_eu", "resident_abroad"];
const PARTIES: [&str; SERVICES] = ["inps", "mlps", "durc", "inail"];

fn real_day(number: usize) -> Day {
    // Noon of that day, in winter or in summer.
    let noon = EPOCH + i64::try_from(number).expect("a day") * 86_400 + 43_200;
    Day::of(Timestamp::from_unix_seconds(noon))
}

fn instruments(numbers: &[usize]) -> Vec<Box<str>> {
    numbers.iter().map(|one| NAMES[*one].into()).collect()
}

fn people(numbers: &[usize]) -> Vec<Category> {
    numbers.iter().map(|one| Category::parse(PEOPLE[*one]).expect("a category")).collect()
}

fn calendar(world: &World) -> Calendar {
    let changes = world.rules.iter().enumerate().map(|(at, rule)| Change {
        id: format!("row-{at}").into(),
        place: "a world".into(),
        instruments: instruments(&rule.instruments),
        relying_parties: rule
            .services
            .as_ref()
            .map(|some| some.iter().map(|one| PARTIES[*one].into()).collect()),
        categories: rule.categories.as_deref().map(people),
        start: rule.start.map(real_day),
        stop_issue: None,
        stop_renew: None,
        natural_expiry: rule.heeds_expiry,
        hard_end: rule.hard_end.map(real_day),
        to_be_fixed: Vec::new(),
        source: if at % 2 == 0 { Source::Law } else { Source::Circular },
        reason: None,
        legal_ref: None,
        decided_by: Vec::new(),
        decided_on: None,
        superseded_by: rule.superseded.then(|| "another".into()),
    });
    let categories =
        world.categories.iter().zip(PEOPLE).map(|((from, until, acts_for), name)| CategoryRow {
            id: Category::parse(name).expect("a category"),
            title: None,
            from: from.map(real_day),
            until: until.map(real_day),
            acts_for: acts_for.map(|one| Category::parse(PEOPLE[one]).expect("a category")),
            legal_ref: None,
        });
    let instruments = NAMES.iter().zip(world.dedicated_only).map(|(name, dedicated_only)| {
        Instrument { id: (*name).into(), title: None, dedicated_only }
    });
    Calendar::of(Rows {
        instruments: instruments.collect(),
        categories: categories.collect(),
        changes: changes.collect(),
        acts: Vec::new(),
    })
}

fn level(number: u8) -> Level {
    Level::try_from(number).expect("a level")
}

fn policy(lowest: u8, spans: &[Span]) -> ServicePolicy {
    let periods = spans.iter().enumerate().map(|(row, span)| Period {
        row,
        from: Some(real_day(span.from)),
        until: Some(real_day(span.until)),
        instruments: instruments(&span.instruments),
        categories: span.categories.as_deref().map(people),
        minimum_level: level(span.level.max(lowest)),
        levels: span
            .raised
            .iter()
            .map(|(at_least, whom, with)| LevelRule {
                at_least: level(*at_least),
                categories: people(whom),
                instruments: instruments(with),
            })
            .collect(),
        minimum_age: span.age,
        dedicated_to: people(&span.dedicated_to),
        delegable: Delegable::All,
        legal_ref: None,
        eidas_off: None,
    });
    ServicePolicy::new(periods.collect()).expect("periods apart")
}

#[test]
fn a_million_people_enter_exactly_where_and_when_the_oracle_lets_them() {
    let mut dice = Dice(0x5eed_2020_1001);
    let (mut entered, mut edges) = (0, 0);
    for number in 0..WORLDS {
        let world = World::random(&mut dice);
        let sheets = Sheets::paint(&world);
        let calendar = calendar(&world);
        let policies: Vec<ServicePolicy> =
            world.services.iter().map(|(lowest, spans)| policy(*lowest, spans)).collect();
        let edge_days: Vec<usize> = edge_days(&world);
        for _ in 0..QUESTIONS {
            let asked = Asked {
                instrument: dice.below(INSTRUMENTS),
                service: dice.below(SERVICES),
                categories: if dice.one_in(3) {
                    dice.some(CATEGORIES)
                } else {
                    vec![dice.below(CATEGORIES)]
                },
                level: u8::try_from(1 + dice.below(3)).expect("a level"),
                age: (!dice.one_in(4)).then(|| u8::try_from(15 + dice.below(6)).expect("an age")),
                expires: dice.day_one_in(3),
                moment: if dice.one_in(2) && !edge_days.is_empty() {
                    edges += 1;
                    moment_at_an_edge(&mut dice, &edge_days)
                } else {
                    let within = (DAYS - 2) * 86_400;
                    EPOCH + i64::try_from(dice.below(within)).expect("seconds")
                },
            };
            let service = Service {
                id: PARTIES[asked.service],
                minimum_level: level(world.services[asked.service].0),
                upstreams: &["spid", "cie-saml", "eidas"],
                policy: &policies[asked.service],
            };
            let applicant = Applicant {
                instrument: NAMES[asked.instrument],
                level: level(asked.level),
                categories: people(&asked.categories),
                age: asked.age,
                expires: asked.expires.map(real_day),
            };
            let day = Day::of(Timestamp::from_unix_seconds(asked.moment));
            let outcome = calendar.admit_to(&service, &applicant, day);
            let expected = oracle(&world, &sheets, &asked);
            assert_eq!(
                outcome.is_ok(),
                expected,
                "world {number}: {applicant:?} at {} on {day}: {outcome:?}",
                service.id
            );
            entered += usize::from(expected);
        }
    }
    let all = WORLDS * QUESTIONS;
    assert!((all / 20..all / 2).contains(&entered), "{entered} of {all} say something both ways");
    assert!(edges > all / 4, "{edges} moments at an edge");
}

/// Every day on which something begins or ends, and its neighbours.
fn edge_days(world: &World) -> Vec<usize> {
    let rules = world.rules.iter().flat_map(|rule| [rule.start, rule.hard_end]).flatten();
    let spans = world.services.iter().flat_map(|(_, spans)| spans);
    let spans = spans.flat_map(|span| [span.from, span.until]);
    let counts = world.categories.iter().flat_map(|(from, until, _)| [*from, *until]).flatten();
    let all = rules.chain(spans).chain(counts);
    all.filter(|day| (2..DAYS - 3).contains(day)).collect()
}

/// Around the first or the last midnight of such a day, by seconds and by hours.
fn moment_at_an_edge(dice: &mut Dice, days: &[usize]) -> i64 {
    let day = i64::try_from(days[dice.below(days.len())]).expect("a day");
    let midnight = EPOCH + (day + i64::from(dice.one_in(2))) * 86_400;
    let away = i64::try_from(dice.below(14_402)).expect("seconds") - 10_801;
    midnight + if dice.one_in(2) { away } else { [-7201, -7200, -3601, -3600][dice.below(4)] }
}

#[test]
fn the_product_and_the_oracle_agree_on_the_day_at_every_hour_of_four_years() {
    for hour in 0..24 * (i64::try_from(DAYS).expect("days") - 1) {
        for seconds in [0, 3599] {
            let moment = EPOCH + hour * 3600 + seconds;
            let day = Day::of(Timestamp::from_unix_seconds(moment));
            assert_eq!(day, real_day(painted_day(moment)), "{moment}");
        }
    }
}
