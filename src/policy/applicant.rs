//! The person at the door, as far as policy looks: instrument, level, categories, age.
//!
//! Not the identity: no name and no code stands here.

use crate::identity::{Identity, Organisation};
use crate::terms::{Category, Day, Level};

/// Somebody who wants to enter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Applicant<'a> {
    /// What was used, by name.
    pub instrument: &'a str,
    /// What it proved.
    pub level: Level,
    /// Every category of the person: one that is admitted is enough.
    pub categories: Vec<Category>,
    /// Whole years; where only a fiscal code tells, the youngest that it allows. `None`: unknown.
    pub age: Option<u8>,
    /// The last day of the credential itself, where the broker has to see to it; a provider that
    /// vouches for its own credentials needs none.
    pub expires: Option<Day>,
}

impl<'a> Applicant<'a> {
    /// Whoever was identified, with what else is known of their categories. A person who acts for a
    /// legal person is [`Category::COMPANY`]; everybody else is [`Category::CITIZEN`], and below
    /// eighteen [`Category::MINOR`] too.
    #[must_use]
    pub fn of(identity: &'a Identity, extra: &[Category], day: Day) -> Self {
        let age = age(identity, day);
        let mut categories = Vec::with_capacity(2 + extra.len());
        if identity.organisation == Organisation::default() {
            categories.push(Category::CITIZEN);
            if age.is_some_and(|age| age < MAJORITY) {
                categories.push(Category::MINOR);
            }
        } else {
            categories.push(Category::COMPANY);
        }
        let found = identity.desk.as_ref().and_then(|desk| Category::parse(&desk.category));
        for one in found.iter().chain(extra) {
            if !categories.contains(one) {
                categories.push(one.clone());
            }
        }
        let instrument = &identity.origin.auth_method;
        // Nobody else vouches for our own credentials: that they have not ended is for us to see to.
        let desk = identity.desk.as_deref();
        let expires = identity.expires.as_ref().filter(|_| desk.is_some());
        let expires = expires.and_then(|written| Day::parse(written.as_str()));
        Self { instrument, level: identity.level, categories, age, expires }
    }
}

fn age(identity: &Identity, day: Day) -> Option<u8> {
    let told = identity.profile.birthdate.as_ref();
    let birth = told.and_then(|written| Day::parse(written.as_str())).or_else(|| {
        let code = identity.fiscal_code.as_ref();
        code.and_then(|code| code.latest_birth(day))
    });
    day.years_since(birth?)
}

/// Civil code, article 2.
const MAJORITY: u8 = 18;
