//! What a contact centre asks, and what it is told.
//!
//! Not who may ask: `provider` authenticates the client. Whatever is wrong (no PIN, another one, over, for
//! another service) the answer is the same; how often somebody asks is counted before anything is looked at.

use std::time::Duration;

use super::record::{HOLDER, TelephonePin, USES};
use super::{PinState, Pins};
use crate::crypto::digest::equal;
use crate::identity::FiscalCode;
use crate::registry::{Actor, Change, Committed, Entry, RegistryFault};

/// A question.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// The client that asks.
    pub client: &'a str,
    /// Who of its staff has the caller on the line, as the client calls them.
    pub staff: &'a str,
    /// Whom the caller says to be.
    pub fiscal_code: &'a FiscalCode,
    /// What the caller spells.
    pub pin: &'a str,
    /// At which service, by `client_id`.
    pub service: &'a str,
}

/// What the contact centre is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It is theirs: name and masked code.
    Yes(String, String),
    /// It is not, or there is none, or not for this service.
    No,
}

/// Why nobody is told anything.
#[derive(Debug, thiserror::Error)]
pub enum Denied {
    /// This client, this member of its staff, or somebody about this person asks too often.
    #[error("{0} asks too often")]
    TooOften(&'static str),
    /// The registry.
    #[error(transparent)]
    Registry(#[from] RegistryFault),
}

impl Pins {
    /// Whether the PIN is the caller's. Every answer leaves a row of the trail.
    ///
    /// # Errors
    /// [`Denied`].
    pub async fn verify(&self, asked: Asked<'_>) -> Result<Answer, Denied> {
        let (client, staff, code) = (asked.client, asked.staff, asked.fiscal_code.as_str());
        for (what, parts, most, window) in [
            ("client", &[client][..], BY_CLIENT, MINUTE),
            ("staff", &[client, staff], BY_STAFF, MINUTE),
            ("person", &[code], ABOUT_PERSON, HOUR),
        ] {
            let name = format!("telephone pin {what}");
            if self.registry.tally(&name, parts, window).await? > most {
                return Err(Denied::TooOften(what));
            }
        }
        // Somebody may replace it meanwhile: then the new one is asked.
        for _ in 0..TRIES {
            if let Some(answer) = self.judge(asked).await? {
                return Ok(answer);
            }
        }
        Ok(Answer::No)
    }

    async fn judge(&self, asked: Asked<'_>) -> Result<Option<Answer>, RegistryFault> {
        let now = self.fx.now();
        let live = self.live(asked.fiscal_code.as_str()).await?;
        let Some(read) = live else {
            self.registry.note(&self.told(asked, "", "refused")).await?;
            return Ok(Some(Answer::No));
        };
        // Counted before it is compared, so that many at once are not more than many one after the other.
        let tries = self.registry.tally("telephone pin tries", &[&read.id], QUARTER).await?;
        let right = equal(self.digest(&read.id, asked.pin).as_bytes(), read.digest.as_bytes());
        let good = now < read.ends_at && read.services.holds(asked.service);
        let mut next = TelephonePin::clone(&read);
        let (outcome, answer) = if tries > TRIES {
            next.state = PinState::Locked;
            ("locked", Answer::No)
        } else if right && good {
            next.uses.push((now, asked.service.to_owned()));
            let surplus = next.uses.len().saturating_sub(USES);
            next.uses.drain(..surplus);
            ("done", Answer::Yes(read.holder.name(), read.holder.masked()))
        } else {
            let row = self.told(asked, &read.id, "refused");
            self.registry.note(&row).await?;
            return Ok(Some(Answer::No));
        };
        let mut change = Change::new();
        change.replace(&read, &next)?;
        match self.registry.commit(change, &self.told(asked, &read.id, outcome)).await? {
            Committed::Done(_) => {
                if outcome == "done" {
                    self.registry.clear_tally("telephone pin tries", &[&read.id]).await?;
                }
                Ok(Some(answer))
            }
            Committed::Stale | Committed::Taken(_) => Ok(None),
        }
    }

    /// The row: the member of staff is a digest, and stands in the sealed reason as the client calls them.
    fn told(&self, asked: Asked<'_>, id: &str, outcome: &'static str) -> Entry {
        let person = self.registry.keyed_digest(&["contact centre", asked.client, asked.staff]);
        Entry {
            actor: Actor { person, role: "contact_centre" },
            action: "telephone_pin.verify",
            object: format!("{HOLDER}/{id}"),
            office: String::new(),
            reason: format!("{} {} {}", asked.client, asked.staff, asked.service),
            rules: String::new(),
            outcome,
        }
    }
}

/// Wrong answers that a PIN outlives.
const TRIES: u64 = 5;
const MINUTE: Duration = Duration::from_mins(1);
const HOUR: Duration = Duration::from_hours(1);
/// As long as the longest PIN.
const QUARTER: Duration = Duration::from_hours(24 * 90);
const BY_CLIENT: u64 = 300;
const BY_STAFF: u64 = 12;
const ABOUT_PERSON: u64 = 20;
