//! The table `delegation`: where delegations come from, how many, and how long.
//!
//! Not who may delegate: the act `delegate` of the calendar says that. Not where: each relying party's
//! file says `delegable`.

use std::time::Duration;

use super::Problems;
use super::section::Section;
use crate::delegation::{Connector, Limits};

/// How people delegate.
#[derive(Clone, Copy, Debug)]
pub struct DelegationConfig {
    /// Where delegations come from.
    pub connector: Connector,
    /// How many, and how long.
    pub limits: Limits,
}

/// Reads it; `None` without `[delegation]`.
pub(super) fn read(root: &Section<'_>, problems: &mut Problems) -> Option<DelegationConfig> {
    let section = root.section("delegation", problems);
    if !section.present() {
        return None;
    }
    let connectors =
        [("local", Connector::Local), ("national_platform", Connector::NationalPlatform)];
    let connector = section.word("source", &connectors, problems);
    if connector == Some(Connector::NationalPlatform) {
        let wrong = "is the national platform (art. 64-ter CAD), whose interface is not published";
        section.wrong(problems, "source", wrong, "write \"local\" until it is");
    }
    let count = |key, default, problems: &mut Problems| {
        u32::try_from(section.number(key, default, 1..=100, problems)).unwrap_or(1)
    };
    let delegates = count("delegates_per_person", 1, problems);
    let principals = count("principals_per_delegate", 3, problems);
    let days = section.number("longest_days", 365, 1..=3650, problems);
    section.finish(problems);
    let longest = Duration::from_hours(days.saturating_mul(24));
    let limits = Limits { delegates, principals, longest };
    Some(DelegationConfig { connector: connector?, limits })
}
