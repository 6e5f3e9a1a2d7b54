//! What was written on a command line, judged before anything is started.
//!
//! Not the login.

use varco::terms::Level;

use super::LoginOptions;
use crate::card;
use crate::card::login::CARD;
use crate::desk::DESK;
use crate::error::{Doing as _, SandboxError};
use crate::openid::login::CIE;
use crate::people::Person;
use crate::saml::kind::Kind;
use crate::saml::misbehaviour::Misbehaviour;

impl LoginOptions {
    /// The same, with that answer to the question for a fiscal code: a code, `own` or `none`.
    ///
    /// # Errors
    /// When somebody has no code of their own.
    pub fn answering(mut self, answer: Option<&str>) -> Result<Self, SandboxError> {
        self.fiscal_code = match answer {
            None | Some("none") => None,
            Some("own") => {
                let own = self.person()?.italian_code();
                Some(own.ok_or_else(|| SandboxError::new("sign in", "the person has no own code"))?)
            }
            Some(code) => Some(code.to_owned()),
        };
        Ok(self)
    }

    /// The same, with that case of misbehaviour: one of those that the upstream has.
    ///
    /// # Errors
    /// When there is no such case; the text lists those that there are.
    pub fn misbehaving(mut self, case: Option<&str>) -> Result<Self, SandboxError> {
        if self.upstream == DESK {
            self.desk = case.map(str::parse).transpose().doing("misbehave")?;
        } else if self.upstream == CIE {
            self.openid = case.map(str::parse).transpose().doing("misbehave")?;
        } else {
            self.misbehave = case.map(str::parse).transpose().doing("misbehave")?;
        }
        Ok(self)
    }

    /// Whether anything is to go wrong.
    #[must_use]
    pub const fn misbehaves(&self) -> bool {
        self.misbehave.is_some() || self.openid.is_some() || self.desk.is_some()
    }

    /// Checks what was written on a command line.
    ///
    /// # Errors
    /// What is wrong, and what to write instead.
    pub fn check(&self) -> Result<(), SandboxError> {
        let wrong = |why: String| Err(SandboxError::new("sign in", why));
        if self.upstream == CARD {
            card::login::holder(self)?;
            return match self.misbehave {
                Some(case) if !case.is_of_cards() => wrong(format!(
                    "a card cannot do that; use one of {}",
                    Misbehaviour::of_cards().map(Misbehaviour::name).collect::<Vec<_>>().join(" ")
                )),
                _ => Ok(()),
            };
        }
        if self.upstream == DESK {
            return Ok(());
        }
        self.person()?;
        if self.upstream == CIE {
            let lowers = self.openid.is_some_and(|case| case.name() == "lower-level");
            return if lowers && self.level == Level::L1 {
                wrong("a lower level needs --level 2 or 3".to_owned())
            } else {
                Ok(())
            };
        }
        let kind = self.kind()?;
        if self.misbehave.is_some_and(|case| !case.fits(kind)) {
            let known: Vec<_> = Misbehaviour::of(kind).map(Misbehaviour::name).collect();
            return wrong(format!(
                "{} cannot do that; use one of {}",
                self.upstream,
                known.join(" ")
            ));
        }
        let lowers = [Misbehaviour::LowerLevel, Misbehaviour::EidasLowLevel];
        if self.level == Level::L1 && self.misbehave.is_some_and(|case| lowers.contains(&case)) {
            return wrong("a lower level needs --level 2 or 3".to_owned());
        }
        Ok(())
    }

    /// The kind of provider that the upstream has.
    pub(crate) fn kind(&self) -> Result<Kind, SandboxError> {
        Kind::of_upstream(&self.upstream).ok_or_else(|| {
            let known = Kind::ALL.map(Kind::upstream).join(", ");
            let why = format!(
                "there is no upstream {:?}; use one of {known}, {CIE}, {CARD}",
                self.upstream
            );
            SandboxError::new("sign in", why)
        })
    }

    pub(crate) fn person(&self) -> Result<Person, SandboxError> {
        let people = if self.upstream == CIE { Person::all() } else { Person::at(self.kind()?) };
        let known: Vec<_> = people.iter().map(|person| person.id).collect();
        let why = format!("nobody there is called so; use one of {}", known.join(", "));
        let wanted = |person: &Person| self.person.as_deref().is_none_or(|id| id == person.id);
        people.into_iter().find(wanted).ok_or_else(|| SandboxError::new("sign in", why))
    }
}
