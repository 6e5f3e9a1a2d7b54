//! Who may be identified at a help desk, and by which document: people of states that do not adopt
//! eIDAS, by the national identity document of their state or a valid passport (MLPS circular
//! 2721/2020).
//!
//! Not the reading of a document: numbers and check digits are the desk's.

use crate::terms::Day;

/// The states of Europe, as the register lists them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct States {
    states: Vec<State>,
    as_of: Option<Day>,
}

/// A state of the register.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State {
    /// ISO 3166-1 alpha-2.
    pub code: Box<str>,
    /// Of what it is a member.
    pub member: Union,
    /// The first day of that.
    pub from: Day,
    /// The last day of that.
    pub until: Option<Day>,
    /// Since when a scheme of it is notified; `None`: none that is known of.
    pub scheme_notified: Option<Day>,
    /// Since when its scheme has to be recognised: twelve months after that (Reg. (EU) 910/2014, art. 6).
    pub recognition_due: Option<Day>,
    /// Since when it can be chosen on the Italian node; `None`: not that is known of.
    pub live_on_node: Option<Day>,
    /// Where this stands.
    pub source: Box<str>,
}

/// What makes a state adopt eIDAS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Union {
    /// The European Union.
    European,
    /// The European Economic Area.
    EconomicArea,
}

/// What somebody shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Document<'a> {
    /// Of what kind.
    pub kind: DocumentKind,
    /// The state that issued it: ISO 3166-1 alpha-2.
    pub issued_by: &'a str,
    /// Its last day, where it has one.
    pub expires: Option<Day>,
}

/// Of what kind a document is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DocumentKind {
    /// An identity document that a state gives its own people.
    NationalIdentity,
    /// A passport.
    Passport,
    /// Anything else.
    Other,
}

impl States {
    /// The states of a register that does not say when it was looked at.
    #[must_use]
    pub const fn new(states: Vec<State>) -> Self {
        Self { states, as_of: None }
    }

    /// The same register, looked at on that day.
    #[must_use]
    pub fn as_of(self, day: Option<Day>) -> Self {
        Self { as_of: day, ..self }
    }

    /// The day on which somebody last looked whether it is right, where that is more than 90 days ago.
    #[must_use]
    pub fn stale_since(&self, day: Day) -> Option<Day> {
        let seconds = |as_of: Day| day.begins().since(as_of.begins()).as_secs();
        self.as_of.filter(|as_of| seconds(*as_of) > STALE)
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &State> {
        self.states.iter()
    }

    /// The state of that code, if it adopts eIDAS on that day.
    #[must_use]
    pub fn adopts_eidas(&self, code: &str, day: Day) -> Option<&State> {
        let within =
            |state: &&State| state.from <= day && state.until.is_none_or(|until| day <= until);
        self.states.iter().filter(|state| *state.code == *code).find(within)
    }

    /// Whether somebody of the state `home` may be identified by `document`.
    ///
    /// # Errors
    /// The state adopts eIDAS, or the document is not one that identifies.
    pub fn identify(
        &self,
        home: &str,
        document: Document<'_>,
        day: Day,
    ) -> Result<(), Unidentified> {
        if let Some(state) = self.adopts_eidas(home, day) {
            let (date, legal_ref) = (Some(state.from), state.source.clone());
            return Err(Unidentified { cause: Cause::AdoptsEidas, legal_ref, date });
        }
        let refused = |cause, date| Err(Unidentified { cause, legal_ref: LEGAL_REF.into(), date });
        let own = document.issued_by == home;
        match (document.kind, document.expires) {
            (DocumentKind::Other, _) => refused(Cause::Kind, None),
            (DocumentKind::NationalIdentity, _) if !own => refused(Cause::Issuer, None),
            (DocumentKind::Passport, None) => refused(Cause::NoExpiry, None),
            (_, Some(last)) if last < day => refused(Cause::Expired, Some(last)),
            _ => Ok(()),
        }
    }
}

/// Why the help desk does not identify somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unidentified {
    /// Why.
    pub cause: Cause,
    /// What that rests on.
    pub legal_ref: Box<str>,
    /// Since when the state adopts eIDAS, or the last day of the document.
    pub date: Option<Day>,
}

/// Why somebody is not identified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// Their state adopts eIDAS: they sign in by its own means.
    AdoptsEidas,
    /// The document is neither a national identity document nor a passport.
    Kind,
    /// The identity document is another state's.
    Issuer,
    /// The passport does not say until when it is valid.
    NoExpiry,
    /// The document has expired.
    Expired,
}

/// 90 days, and the hour by which clocks turn.
const STALE: u64 = 90 * 86_400 + 3600;

const LEGAL_REF: &str = "MLPS, circolare 2721/2020";

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        Day::parse(text).unwrap()
    }

    #[test]
    fn a_state_that_left_the_union_adopts_eidas_no_more() {
        let left = State {
            code: "GB".into(),
            member: Union::European,
            from: day("1973-01-01"),
            until: Some(day("2020-12-31")),
            scheme_notified: None,
            recognition_due: None,
            live_on_node: None,
            source: "agreement".into(),
        };
        let states = States::new(vec![left]);
        let passport = Document {
            kind: DocumentKind::Passport,
            issued_by: "GB",
            expires: Some(day("2021-01-01")),
        };
        let outcome = |on| {
            states
                .identify("GB", passport, day(on))
                .map_err(|refused| (refused.cause, refused.date))
        };
        let since = Some(day("1973-01-01"));
        assert_eq!(outcome("2020-12-31"), Err((Cause::AdoptsEidas, since)));
        assert_eq!(outcome("2021-01-01"), Ok(()));
        assert_eq!(outcome("2021-01-02"), Err((Cause::Expired, Some(day("2021-01-01")))));
    }
}
