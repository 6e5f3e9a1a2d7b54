//! Announcements: what people are told before something about signing in changes, and for how long.
//!
//! Not the change itself: an announcement forbids nothing. MLPS circular 2721/2020 and INPS circular
//! 87/2020 announce their dates on sites and on paper, and leave one open: "to be announced" is a state
//! of its own, never a guessed day.

#[cfg(test)]
mod tests;

use super::EntryPoint;
use crate::effects::Timestamp;
use crate::oidc::client::{Client, ClientId, Texts};
use crate::terms::Day;

/// One announcement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Announcement {
    /// Its name in addresses and feeds: `a–z 0–9 -`, and never another announcement's.
    pub id: String,
    /// The first day on which it is shown.
    pub from: Day,
    /// The last day on which it is shown; `None`: as long as it stands in the file.
    pub until: Option<Day>,
    /// The day on which its text was changed last.
    pub updated: Day,
    /// Whom it concerns.
    pub audience: Audience,
    /// How much it matters.
    pub severity: Severity,
    /// What it is about, in a few words.
    pub title: Texts,
    /// The same in a sentence or two.
    pub summary: Texts,
    /// All of it; an empty line separates paragraphs.
    pub text: Texts,
    /// When what it announces takes effect.
    pub when: When,
    /// The changes of the calendar that it is about, by their ids.
    pub about: Vec<String>,
    /// The law, decree or circular that it rests on.
    pub legal_ref: Option<String>,
    /// Where to read more.
    pub link: Option<String>,
}

/// Whom an announcement concerns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Audience {
    /// People of every service.
    Everybody,
    /// People of these services.
    Services(Vec<ClientId>),
    /// People of every service of a tenant.
    Tenant(String),
}

/// How much an announcement matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Somebody may not be able to enter.
    Warning,
    /// Good to know.
    Information,
}

impl Severity {
    /// `warning` or `information`, as the file and the feeds write it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Warning => "warning",
            Self::Information => "information",
        }
    }
}

/// When what is announced takes effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// It has no such day.
    Unstated,
    /// From this day on.
    On(Day),
    /// The day is not fixed yet, and will be announced.
    ToBeAnnounced,
}

impl Announcement {
    /// Whether it is shown on `day`.
    #[must_use]
    pub fn is_shown(&self, day: Day) -> bool {
        self.is_public(day) && self.until.is_none_or(|last| day <= last)
    }

    /// Whether its own page answers on `day`: also after the last day on which it is shown elsewhere,
    /// since paper and other sites carry the address.
    #[must_use]
    pub fn is_public(&self, day: Day) -> bool {
        self.from <= day
    }

    /// Whether it concerns people of that service.
    #[must_use]
    pub fn concerns(&self, client: &Client) -> bool {
        match &self.audience {
            Audience::Everybody => true,
            Audience::Services(services) => services.contains(&client.id),
            Audience::Tenant(tenant) => *tenant == client.tenant,
        }
    }

    /// The day on which what people see of it changed last, as seen on `day`.
    fn changed(&self, day: Day) -> Option<Day> {
        let gone = self.until.map(Day::next);
        [Some(self.from), Some(self.updated), gone]
            .into_iter()
            .flatten()
            .filter(|it| *it <= day)
            .max()
    }
}

/// Everything that the file of announcements says: a snapshot, replaced whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Announcements {
    /// The announcements.
    pub list: Vec<Announcement>,
    /// Addresses of retired portals.
    pub entry_points: Vec<EntryPoint>,
    /// When the file was written.
    pub written: Timestamp,
}

impl Default for Announcements {
    fn default() -> Self {
        let written = Timestamp::from_unix_seconds(0);
        Self { list: Vec::new(), entry_points: Vec::new(), written }
    }
}

impl Announcements {
    /// Those shown on `day`, of one service or of all: warnings first, the newest first.
    #[must_use]
    pub fn shown(&self, day: Day, client: Option<&Client>) -> Vec<&Announcement> {
        let concerned = |one: &&Announcement| {
            one.is_shown(day) && client.is_none_or(|client| one.concerns(client))
        };
        let mut shown: Vec<&Announcement> = self.list.iter().filter(concerned).collect();
        shown.sort_by(|one, other| {
            let order = one.severity.cmp(&other.severity);
            order.then(other.from.cmp(&one.from)).then(one.id.cmp(&other.id))
        });
        shown
    }

    /// The one of that name, if its page answers on `day`.
    #[must_use]
    pub fn find(&self, id: &str, day: Day) -> Option<&Announcement> {
        self.list.iter().find(|one| one.id == id && one.is_public(day))
    }

    /// The one that tells people of that service about a change of the calendar.
    #[must_use]
    pub fn about(&self, change: &str, day: Day, client: &Client) -> Option<&Announcement> {
        self.shown(day, Some(client))
            .into_iter()
            .find(|one| one.about.iter().any(|id| id == change))
    }

    /// The last day, up to `day`, on which one of them came, changed or went; `None` before the first.
    #[must_use]
    pub fn changed(&self, day: Day) -> Option<Day> {
        self.list.iter().filter_map(|one| one.changed(day)).max()
    }

    /// The retired address that was asked for: of that host, then by path on any; the longest path first.
    #[must_use]
    pub fn entry_point(&self, host: Option<&str>, path: &str, day: Day) -> Option<&EntryPoint> {
        let matching = self.entry_points.iter().filter(|one| one.is_at(host, path, day));
        matching.max_by_key(|one| (one.host.is_some(), one.path.as_deref().map_or(0, str::len)))
    }
}
