//! Metadata policies of OpenID Federation, made at random, and another implementation asked about them: the
//! crate `oidfed_metadata_policy`, which follows draft 43 where ours follows the final text.
//!
//! Not a proof that either is right. Where they differ, the reason is one of [`Reason`], each with the section of
//! OpenID Federation 1.0 that decides it; by the final text ours is right in all of them. A difference without
//! a reason is a mistake of one of the two.

use oidfed_metadata_policy::{apply_policy_on_metadata, merge_policies};
use serde_json::{Map, Value, json};
use varco::federation::Dialect;
use varco::federation::policy::MetadataPolicy;

use crate::documents::Dice;

const ROLE: &str = "openid_relying_party";
const WORDS: [&str; 4] = ["a", "b", "c", "d"];
/// The operators that have a list.
const LISTS: [&str; 4] = ["add", "one_of", "subset_of", "superset_of"];

/// The policies of two superiors about one parameter, and the parameter: `null` is its absence.
#[derive(Debug)]
pub struct Case {
    /// Operators of the upper one.
    pub upper: Value,
    /// Operators of the lower one.
    pub lower: Value,
    /// What the subject says.
    pub given: Value,
}

/// Why the two may differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// Two `one_of` become their intersection (section 6.1.3.1.4); the crate wants the lower one within the
    /// upper one.
    NarrowedOneOf,
    /// Two `superset_of` become their union (section 6.1.3.1.6); the crate wants the upper one within the lower
    /// one.
    GrownSupersetOf,
    /// Lists are sets, also as `value` and `default` (section 6.1.3.1); the crate compares these with their
    /// order.
    OrderOfValues,
    /// With `essential` false a parameter may be absent (section 6.1.3.1.7); the crate refuses an absent
    /// parameter that has `essential`, whatever that says.
    VoluntaryAbsence,
    /// `one_of` may be combined with `value`, `default` and `essential` alone (section 6.1.3.1.4); the crate
    /// does not look.
    OneOfWithLists,
    /// `add`, `subset_of` and `superset_of` apply to lists (sections 6.1.3.1.2, .5 and .6); to the crate a text,
    /// a number, an object or `null` is a list of one.
    ScalarAsList,
    /// A `value` must be among those of `one_of` (section 6.1.3.1.1), and a list is none of them; the crate takes
    /// one whose members are.
    ListAmongOneOf,
    /// The default that is set is checked by the operators after it (section 6.1.4.2); the crate does not check
    /// it against `one_of`.
    UncheckedDefault,
}

impl Reason {
    /// Whether it is we who accept.
    const fn we_accept(self) -> bool {
        matches!(
            self,
            Self::NarrowedOneOf
                | Self::GrownSupersetOf
                | Self::OrderOfValues
                | Self::VoluntaryAbsence
        )
    }

    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::NarrowedOneOf,
        Self::GrownSupersetOf,
        Self::OrderOfValues,
        Self::VoluntaryAbsence,
        Self::OneOfWithLists,
        Self::ScalarAsList,
        Self::ListAmongOneOf,
        Self::UncheckedDefault,
    ];
}

/// What the comparison says.
#[derive(Debug, PartialEq, Eq)]
pub enum Comparison {
    /// Both give the same metadata.
    Accepted,
    /// Both refuse.
    Refused,
    /// One accepts what the other refuses, for these reasons.
    Explained(Vec<Reason>),
    /// The crate would panic: it knows no parameter with `essential` alone, and none but lists with `add`.
    NotAsked,
    /// A mistake of one of the two.
    Unexplained(String),
}

fn words(dice: &mut Dice) -> Value {
    let start = dice.roll(WORDS.len());
    // Sometimes turned round, so that the order of sets varies.
    (0..WORDS.len())
        .filter_map(|at| WORDS.get((start + at) % WORDS.len()).copied())
        .filter(|_| dice.roll(2) == 0)
        .collect::<Vec<_>>()
        .into()
}

fn anything(dice: &mut Dice) -> Value {
    match dice.roll(9) {
        0..=3 => words(dice),
        4 | 5 => dice.pick(&WORDS).into(),
        6 => Value::Null,
        7 => json!({"keys": [{"kid": dice.pick(&WORDS)}]}),
        _ => json!(dice.roll(2)),
    }
}

fn operators(dice: &mut Dice) -> Value {
    let mut made = Map::new();
    for name in LISTS {
        if dice.roll(4) == 0 {
            made.insert(name.to_owned(), words(dice));
        }
    }
    if dice.roll(6) == 0 {
        made.insert("value".to_owned(), anything(dice));
    }
    if dice.roll(5) == 0 {
        let default = anything(dice);
        made.insert("default".to_owned(), if default.is_null() { json!("a") } else { default });
    }
    if dice.roll(3) == 0 {
        made.insert("essential".to_owned(), (dice.roll(2) == 0).into());
    }
    made.into()
}

impl Case {
    /// A random one.
    pub fn random(dice: &mut Dice) -> Self {
        Self { upper: operators(dice), lower: operators(dice), given: anything(dice) }
    }

    fn claim(operators: &Value) -> Value {
        json!({ROLE: {"p": operators}})
    }

    fn metadata(&self) -> Map<String, Value> {
        let given = Some(&self.given).filter(|given| !given.is_null());
        given.map(|given| ("p".to_owned(), given.clone())).into_iter().collect()
    }

    fn ours(&self) -> Option<Value> {
        let read = |operators: &Value| {
            MetadataPolicy::parse(Self::claim(operators).as_object()?, Dialect::Fed10Final).ok()
        };
        let merged = read(&self.upper)?.merge(read(&self.lower)?).ok()?;
        let mut after = merged.apply(ROLE, self.metadata()).ok()?;
        Some(after.remove("p").unwrap_or_default())
    }

    fn theirs(&self) -> Option<Value> {
        let (upper, lower) = (Self::claim(&self.upper), Self::claim(&self.lower));
        let merged = merge_policies(&upper, &lower).ok()?;
        let policy = merged.get(ROLE)?.as_object()?.clone();
        let mut after = apply_policy_on_metadata(policy, &self.metadata()).ok()?;
        Some(after.remove("p").unwrap_or_default())
    }

    /// The operator as either superior has it.
    fn either(&self, name: &str) -> Option<&Value> {
        self.upper.get(name).or_else(|| self.lower.get(name))
    }

    fn has(&self, name: &str) -> bool {
        self.either(name).is_some()
    }

    /// Whether the reason is there.
    fn applies(&self, reason: Reason) -> bool {
        let both = |name: &str| self.upper.get(name).zip(self.lower.get(name));
        let absent = self.given.is_null();
        let set = |name| self.has(name);
        match reason {
            Reason::NarrowedOneOf => {
                both("one_of").is_some_and(|(upper, lower)| !within(lower, upper))
            }
            Reason::GrownSupersetOf => {
                both("superset_of").is_some_and(|(upper, lower)| !within(upper, lower))
            }
            Reason::OrderOfValues => ["value", "default"].into_iter().any(|name| {
                both(name).is_some_and(|(one, other)| one != other && alike(one, other))
            }),
            Reason::VoluntaryAbsence => absent && set("essential"),
            Reason::OneOfWithLists => {
                set("one_of") && ["add", "subset_of", "superset_of"].into_iter().any(set)
            }
            Reason::ScalarAsList => {
                let scalar = |value: &Value| !value.is_array();
                let list = ["add", "subset_of", "superset_of"].into_iter().any(set);
                let single = ["value", "default"].map(|name| self.either(name).is_some_and(scalar));
                list && (single.contains(&true) || !absent && scalar(&self.given))
            }
            Reason::ListAmongOneOf => {
                set("one_of") && self.either("value").is_some_and(Value::is_array)
            }
            Reason::UncheckedDefault => absent && set("default") && set("one_of"),
        }
    }

    /// Whether the crate would panic.
    fn panics(&self) -> bool {
        if self.given.is_null() || self.has("value") {
            return false;
        }
        let known = ["add", "default", "one_of", "subset_of", "superset_of"];
        !known.into_iter().any(|name| self.has(name)) || self.has("add") && !self.given.is_array()
    }

    /// Asks both.
    #[must_use]
    pub fn compare(&self) -> Comparison {
        if self.panics() {
            return Comparison::NotAsked;
        }
        let (ours, theirs) = (self.ours(), self.theirs());
        let we_accept = match (&ours, &theirs) {
            (None, None) => return Comparison::Refused,
            (Some(ours), Some(theirs)) if alike(ours, theirs) => return Comparison::Accepted,
            (Some(_), None) => true,
            (None, Some(_)) => false,
            (Some(_), Some(_)) => {
                return Comparison::Unexplained(format!("{self:?}: {ours:?}, {theirs:?}"));
            }
        };
        let reasons: Vec<_> = Reason::ALL
            .into_iter()
            .filter(|reason| reason.we_accept() == we_accept && self.applies(*reason))
            .collect();
        if reasons.is_empty() {
            return Comparison::Unexplained(format!("{self:?}: {ours:?}, {theirs:?}"));
        }
        Comparison::Explained(reasons)
    }
}

/// Whether all values of `inner` are in `outer`.
fn within(inner: &Value, outer: &Value) -> bool {
    let (Some(inner), Some(outer)) = (inner.as_array(), outer.as_array()) else { return false };
    inner.iter().all(|value| outer.contains(value))
}

/// Whether two values are equal, lists as sets.
fn alike(one: &Value, other: &Value) -> bool {
    one == other || within(one, other) && within(other, one)
}
