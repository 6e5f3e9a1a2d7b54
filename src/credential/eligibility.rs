//! The first questions: whether somebody is for this desk at all, before anything is typed.
//!
//! Not an identification: nothing is kept of the answers. In the order of the reference: whoever has
//! something better is told so and goes there.

use super::nation::{Nation, Standing};
use super::reading::Rules;
use crate::terms::Day;

/// What somebody answers.
#[derive(Clone, Copy, Debug)]
pub struct Answers {
    /// An Italian fiscal code, and an Italian identity or residence document.
    pub italian_document: bool,
    /// Resident in Italy, whatever the nationality.
    pub resident: bool,
    /// Whose document or electronic identity they have.
    pub nation: Nation,
    /// Not eighteen yet, or represented by somebody.
    pub represented: bool,
}

/// Where somebody goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Way {
    /// SPID or CIE.
    SpidOrCie,
    /// The CIE of residents, or SPID.
    Resident,
    /// The eIDAS node: the state adopts eIDAS since then, and can be chosen there since the other day, where
    /// that is known.
    Eidas {
        /// ISO 3166-1 alpha-2.
        state: String,
        /// The first day of membership.
        since: Day,
        /// The first day on the Italian node.
        live: Option<Day>,
    },
    /// Somebody acts for them, by a delegation.
    Representative,
    /// The document identifies nobody here.
    NoDocument,
    /// This desk.
    Desk,
}

/// Where somebody with these answers goes. The calendar says whether the desk serves those who are
/// represented: it has a category for them.
#[must_use]
pub fn way(answers: &Answers, rules: &Rules<'_>) -> Way {
    if answers.italian_document {
        return Way::SpidOrCie;
    }
    if answers.resident {
        return Way::Resident;
    }
    let Standing::State(alpha2) = answers.nation.standing() else {
        return match answers.nation.standing() {
            Standing::Stateless | Standing::Refugee => Way::Desk,
            _ => Way::NoDocument,
        };
    };
    if alpha2 == "IT" {
        return Way::SpidOrCie;
    }
    if let Some(state) = rules.states.adopts_eidas(alpha2, rules.day) {
        let live = state.live_on_node.filter(|from| *from <= rules.day);
        return Way::Eidas { state: alpha2.to_owned(), since: state.from, live };
    }
    let serves = |name: &str| rules.categories.iter().any(|known| known.as_str() == name);
    if answers.represented && !serves("minor") && !serves("protected_person") {
        return Way::Representative;
    }
    Way::Desk
}
