//! What a policy must not be, whoever wrote it: without eIDAS where the law wants it, open to
//! credentials that are for other services.
//!
//! Not a judgement of a person. A date without a legal reference and a missing address are mistakes of
//! the file, and told where it is read.

use super::calendar::Calendar;
use super::judgement::Service;
use crate::oidc::Client;
use crate::oidc::client::{Period, Waiver, instrument_of};
use crate::terms::Level;

/// A rule for policies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lint {
    /// A service at level 2 or 3 takes the means of other states (Regulation (EU) 910/2014, article 6).
    EidasMissing,
    /// An instrument for dedicated services is not taken by others.
    DedicatedOnly,
}

impl Lint {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::EidasMissing, Self::DedicatedOnly];

    /// As metrics name it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::EidasMissing => "eidas_required",
            Self::DedicatedOnly => "dedicated_only",
        }
    }
}

/// A rule that a policy breaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding<'a> {
    /// Which one.
    pub lint: Lint,
    /// The row of the period; `None`: there are none.
    pub period: Option<usize>,
    /// What is wrong.
    pub wrong: String,
    /// Who let it off, if anybody did.
    pub waiver: Option<&'a Waiver>,
}

impl Calendar {
    /// Every rule that the policy of a public service breaks.
    #[must_use]
    pub fn findings<'a>(&self, service: &Service<'a>) -> Vec<Finding<'a>> {
        let offers = |name: &str| service.upstreams.iter().any(|one| instrument_of(one) == name);
        let mut found = Vec::new();
        let periods = service.policy.periods();
        if periods.is_empty() {
            let needs_it =
                service.minimum_level > Level::L1 && NATIONAL.iter().any(|it| offers(it));
            if needs_it && !offers(EIDAS) {
                found.push(Finding {
                    lint: Lint::EidasMissing,
                    period: None,
                    wrong: without_eidas(service.minimum_level),
                    waiver: None,
                });
            }
            return found;
        }
        for period in periods {
            let highest = period.levels.iter().map(|rule| rule.at_least);
            let highest = highest.fold(period.minimum_level.max(service.minimum_level), Level::max);
            let national = NATIONAL.iter().any(|it| period.accepts(it));
            if highest > Level::L1 && national && !(period.accepts(EIDAS) && offers(EIDAS)) {
                found.push(Finding {
                    lint: Lint::EidasMissing,
                    period: Some(period.row),
                    wrong: without_eidas(highest),
                    waiver: period.eidas_off.as_ref(),
                });
            }
            for instrument in self.undedicated(period) {
                found.push(Finding {
                    lint: Lint::DedicatedOnly,
                    period: Some(period.row),
                    wrong: format!("accepts {instrument:?}, which only dedicated services do"),
                    waiver: None,
                });
            }
        }
        found
    }

    /// Instruments for dedicated services in a period that is dedicated to nobody.
    fn undedicated<'a>(&'a self, period: &'a Period) -> impl Iterator<Item = &'a str> {
        let names = period.instruments.iter().map(|one| &**one);
        names.filter(|name| period.dedicated_to.is_empty() && self.is_dedicated_only(name))
    }
}

/// How many policies in force break each rule, let off or not: what a file breaks outright never takes
/// effect, unless the calendar changed after it.
pub fn warnings<'a>(
    calendar: &Calendar,
    clients: impl Iterator<Item = &'a Client>,
) -> [(Lint, usize); 2] {
    let mut counts = Lint::ALL.map(|lint| (lint, 0));
    for client in clients {
        for finding in calendar.findings(&Service::as_usually_asked(client)) {
            // A client of a private body needs no eIDAS and no waiver.
            let counted = finding.lint != Lint::EidasMissing || finding.waiver.is_some();
            for (lint, count) in &mut counts {
                *count += usize::from(counted && *lint == finding.lint);
            }
        }
    }
    counts
}

fn without_eidas(level: Level) -> String {
    format!("asks level {} and does not accept the means of other states", level.number())
}

const EIDAS: &str = "eidas";
/// Those whose levels 2 and 3 open the door to other states' (MLPS circular 2721/2020).
const NATIONAL: [&str; 3] = ["spid", "cie", "cns"];
