//! A fiscal code for somebody from another state, who comes with none (Reg. (EU) 2025/846, art. 3:
//! unequivocal matching on the mandatory data set).
//!
//! Not a proof: that a code agrees with somebody's data says that it could be theirs, and a homonym's could
//! be too. Only an authority makes it [`Certainty::Verified`]. And no code is ever made up: the person
//! says it, and here it is compared.

mod names;

pub use names::transliterated;

use serde::{Deserialize, Serialize};

use super::values::{Gender, Place};
use super::{FiscalCode, Profile};
use crate::oidc::client::MatchingPolicy;
use crate::terms::Country;

/// Who vouches for a match.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Certainty {
    /// The person alone.
    SelfDeclared,
    /// An authority said that the code is this person's and nobody else's.
    Verified,
}

impl Certainty {
    /// As the claim `fiscal_number_match` and the registry say it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::SelfDeclared => "self_declared",
            Self::Verified => "verified",
        }
    }

    /// The one of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::SelfDeclared, Self::Verified].into_iter().find(|known| known.name() == name)
    }

    /// Whether a client with that policy takes the code.
    #[must_use]
    pub fn suffices(self, policy: MatchingPolicy) -> bool {
        self == Self::Verified || policy.accept_self_declared
    }
}

/// A fiscal code that somebody was matched with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Matched {
    /// Who vouches for it.
    pub certainty: Certainty,
    /// The code; absent where a client is not told it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fiscal_code: Option<FiscalCode>,
}

/// Whether everything that `profile` says can be read in `code` (decree of 23 December 1976, art. 2 to 7).
///
/// Family name, given names and day of birth must be known; sex and place of birth count where they are.
/// Omocodia letters are read as their digits, here and nowhere else. A provisional code agrees with nobody.
#[must_use]
pub fn agrees(code: &FiscalCode, profile: &Profile) -> bool {
    let (Some(reading), Some(family), Some(given), Some(birth)) = (
        code.reading(),
        profile.family_name.as_ref(),
        profile.given_name.as_ref(),
        profile.birthdate.as_ref().and_then(super::values::Day::parts),
    ) else {
        return false;
    };
    let (year, month, day) = birth;
    let sex = profile.gender.is_none_or(|gender| (gender == Gender::Female) == reading.female);
    names::family(family.as_str()).contains(&reading.family_name)
        && names::given(given.as_str()).contains(&reading.given_names)
        && (i32::from(reading.year), reading.month, reading.day)
            == (year.rem_euclid(100), month, day)
        && sex
        && profile.birth_place.as_ref().is_none_or(|place| is_place(place, reading.place))
}

/// A cadastral code is compared whole, another state of eIDAS with the `Z` of those born abroad. The name of
/// a town says nothing: Rome is in more than one state.
fn is_place(place: &Place, read: [u8; 4]) -> bool {
    match place.cadastral_code() {
        Some(code) => code.as_bytes() == read,
        None if Country::parse(place.as_str()).is_some() => read.starts_with(b"Z"),
        None => true,
    }
}

#[cfg(test)]
mod tests;
