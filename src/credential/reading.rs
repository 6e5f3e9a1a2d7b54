//! What the typed fields say, what is wrong with them, and what somebody else has to look at.
//!
//! Not a decision: whoever identifies and whoever verifies decide. A problem keeps a request where it is; a
//! flag lets it go on to somebody who says in writing why it may (MLPS circular 2721/2020; ICAO Doc 9303).

mod document;
mod words;

pub use words::{Channel, DocumentKind, Flag, Problem, Wrong};

use super::field::{Field, Typed};
use super::mrz::Zone;
use super::nation::{Nation, Standing};
use crate::identity::values::{Email, Gender, Text};
use crate::identity::{FiscalCode, Profile, matching, values};
use crate::policy::{self, Calendar, States};
use crate::terms::{Category, Day, Locale};

/// By what requests are judged on a day.
#[derive(Clone, Copy, Debug)]
pub struct Rules<'a> {
    /// The day.
    pub day: Day,
    /// Who adopts eIDAS.
    pub states: &'a States,
    /// What is ruled about the instrument and about categories.
    pub calendar: &'a Calendar,
    /// The categories that this desk serves.
    pub categories: &'a [Category],
    /// The services that are dedicated to its credentials, by client identifier.
    pub services: &'a [Box<str>],
}

/// What the fields say, when nothing is wrong with them.
#[derive(Clone, Debug)]
pub struct Content {
    /// How they meet.
    pub channel: Channel,
    /// Who asks.
    pub category: Category,
    /// For which services.
    pub services: Vec<String>,
    /// In which language.
    pub language: Locale,
    /// The document.
    pub document: Shown,
    /// The fiscal code, where there is one.
    pub fiscal_code: Option<FiscalCode>,
    /// Day of birth.
    pub birth: Day,
    /// Whose nationals they are.
    pub nationalities: Vec<Nation>,
    /// Address for mail.
    pub email: Email,
}

/// A document that was shown.
#[derive(Clone, Debug)]
pub struct Shown {
    /// Of what kind.
    pub kind: DocumentKind,
    /// Its number: letters and digits, upper case.
    pub number: String,
    /// Who issued it.
    pub issuer: Nation,
    /// Its last day.
    pub expires: Day,
}

/// What a look at the fields finds.
#[derive(Clone, Debug)]
pub struct Reading {
    /// Everything that keeps the request where it is, in the order of the fields.
    pub problems: Vec<Problem>,
    /// What somebody has to look at.
    pub flags: Vec<Flag>,
    /// What the fields say; absent while there is a problem.
    pub content: Option<Content>,
}

impl Reading {
    /// Reads everything.
    #[must_use]
    pub fn of(typed: &Typed, rules: &Rules<'_>) -> Self {
        let mut reader = Reader { typed, rules, problems: Vec::new(), flags: Vec::new() };
        let content = reader.read();
        let Reader { mut problems, mut flags, .. } = reader;
        problems.sort_by_key(|problem| problem.field);
        flags.sort_unstable();
        flags.dedup();
        let content = content.filter(|_| problems.is_empty());
        Self { problems, flags, content }
    }
}

struct Reader<'a> {
    typed: &'a Typed,
    rules: &'a Rules<'a>,
    problems: Vec<Problem>,
    flags: Vec<Flag>,
}

impl Reader<'_> {
    fn read(&mut self) -> Option<Content> {
        for field in Field::ALL.iter().filter(|field| field.is_required()) {
            if self.typed.get(*field).is_empty() {
                self.wrong(*field, Wrong::Missing);
            }
        }
        let channel = self.word(Field::Channel, Channel::ALL, Channel::word);
        let language = self.word(Field::Language, Locale::ALL, Locale::tag);
        let category = self.category();
        let services = self.services();
        let birth = self.past(Field::BirthDate);
        self.age(birth, category.as_ref());
        self.nation(Field::BirthCountry);
        self.nation(Field::CompanyCountry);
        let nationalities = self.nationalities();
        let sex = self.word(Field::Sex, ['M', 'F', 'X'], |sex| match sex {
            'M' => "M",
            'F' => "F",
            _ => "X",
        });
        let document = self.document(&nationalities);
        if let Some(zone) = self.zone(document.as_ref()) {
            self.compare(&zone, document.as_ref(), birth, &nationalities, sex);
        }
        let email = self.contacts();
        let fiscal_code = self.fiscal_code(birth, sex);
        Some(Content {
            channel: channel?,
            category: category?,
            services,
            language: language?,
            document: document?,
            fiscal_code,
            birth: birth?,
            nationalities,
            email: email?,
        })
    }

    fn wrong(&mut self, field: Field, wrong: Wrong) {
        self.problems.push(Problem { field, wrong });
    }

    /// What was typed there, if anything.
    fn text(&self, field: Field) -> Option<&str> {
        Some(self.typed.get(field)).filter(|text| !text.is_empty())
    }

    fn word<T: Copy, const N: usize>(
        &mut self,
        field: Field,
        all: [T; N],
        word: impl Fn(T) -> &'static str,
    ) -> Option<T> {
        let text = self.text(field)?;
        let found = all.into_iter().find(|one| word(*one) == text);
        if found.is_none() {
            self.wrong(field, Wrong::Unknown);
        }
        found
    }

    fn category(&mut self) -> Option<Category> {
        let found = Category::parse(self.text(Field::Category)?);
        let found = found.filter(|category| self.rules.categories.contains(category));
        if found.is_none() {
            self.wrong(Field::Category, Wrong::Unknown);
        }
        found
    }

    fn services(&mut self) -> Vec<String> {
        let named: Vec<String> =
            self.typed.get(Field::Services).split_whitespace().map(str::to_owned).collect();
        if named.iter().any(|name| !self.rules.services.iter().any(|known| **known == **name)) {
            self.wrong(Field::Services, Wrong::NotDedicated);
        }
        named
    }

    fn day(&mut self, field: Field) -> Option<Day> {
        let found = typed_day(self.text(field)?);
        if found.is_none() {
            self.wrong(field, Wrong::NotADay);
        }
        found
    }

    /// A day that is not to come.
    fn past(&mut self, field: Field) -> Option<Day> {
        let day = self.day(field)?;
        if day > self.rules.day {
            self.wrong(field, Wrong::Future);
        }
        Some(day)
    }

    fn nation(&mut self, field: Field) -> Option<Nation> {
        let found = Nation::parse(&self.text(field)?.to_ascii_uppercase());
        if found.is_none() {
            self.wrong(field, Wrong::Unknown);
        }
        found
    }

    fn nationalities(&mut self) -> Vec<Nation> {
        let typed = self.typed.get(Field::Nationalities).to_ascii_uppercase();
        let read: Vec<Option<Nation>> = typed.split_whitespace().map(Nation::parse).collect();
        if read.iter().any(Option::is_none) {
            self.wrong(Field::Nationalities, Wrong::Unknown);
        }
        read.into_iter().flatten().collect()
    }

    fn age(&mut self, birth: Option<Day>, category: Option<&Category>) {
        let Some(years) = birth.and_then(|birth| self.rules.day.years_since(birth)) else { return };
        if years >= MAJORITY {
            return;
        }
        match category.map(Category::as_str) {
            Some("minor" | "protected_person") => self.flags.push(Flag::Minor),
            _ => self.wrong(Field::BirthDate, Wrong::Minor),
        }
    }

    fn contacts(&mut self) -> Option<Email> {
        let typed = self.text(Field::Email)?;
        let same = self.typed.get(Field::SecondContact).eq_ignore_ascii_case(typed);
        let found = Email::parse(typed).filter(|_| typed.is_ascii());
        if found.is_none() {
            self.wrong(Field::Email, Wrong::NotAnAddress);
        }
        if same {
            self.wrong(Field::SecondContact, Wrong::SameContact);
        }
        found
    }

    /// A code is compared with the person; it is never made.
    fn fiscal_code(&mut self, birth: Option<Day>, sex: Option<char>) -> Option<FiscalCode> {
        let typed = self.text(Field::FiscalCode)?;
        let Ok(code) = FiscalCode::parse(&typed.replace(' ', "")) else {
            self.wrong(Field::FiscalCode, Wrong::NotAFiscalCode);
            return None;
        };
        if code.is_provisional() {
            self.flags.push(Flag::ProvisionalCode);
            return Some(code);
        }
        let (surname, given) = (self.typed.get(Field::Surname), self.typed.get(Field::GivenNames));
        let birthdate = birth.and_then(|birth| values::Day::parse(&birth.to_string()));
        if surname.is_empty() || given.is_empty() || birthdate.is_none() {
            return Some(code);
        }
        let profile = Profile {
            family_name: Text::parse(surname),
            given_name: Text::parse(given),
            birthdate,
            gender: sex.and_then(|sex| Gender::parse(&sex.to_string())),
            ..Profile::default()
        };
        let latin = |name: &str| {
            let known = |sign: char| sign.is_ascii() || matching::transliterated(sign).is_some();
            name.chars().all(|sign| known(sign) || !sign.is_alphabetic())
        };
        if !latin(surname) || !latin(given) {
            self.flags.push(Flag::Spelling);
        } else if !matching::agrees(&code, &profile) {
            self.wrong(Field::FiscalCode, Wrong::Disagrees);
        }
        Some(code)
    }
}

/// `gg/mm/aaaa`, or `aaaa-mm-gg` as browsers may send it.
#[must_use]
pub fn typed_day(text: &str) -> Option<Day> {
    if let Some(day) = Day::parse(text) {
        return Some(day);
    }
    let mut parts = text.split(['/', '.', '-']);
    let mut number = |most: usize| {
        let part = parts.next()?;
        let digits = (1..=most).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
        digits.then(|| part.parse::<i32>().ok()).flatten()
    };
    let (day, month, year) = (number(2)?, number(2)?, number(4)?);
    let whole = parts.next().is_none() && (1900..=2199).contains(&year);
    Day::new(year, u8::try_from(month).ok()?, u8::try_from(day).ok()?).filter(|_| whole)
}

/// Civil code, article 2.
const MAJORITY: u8 = 18;

#[cfg(test)]
pub(super) mod tests;
