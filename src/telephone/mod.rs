//! Telephone PINs: eight digits by which somebody who signed in is recognised by a contact centre (F12).
//!
//! Never usable on the web, and never shown to who checks it: a contact centre sends what the caller spells
//! and is told yes, a name and a masked code, or no. Whoever makes one is signed in by SPID, CIE or CNS at
//! level 2 or above (R13; the act `telephone-pin` of the calendar). A new one ends the old. Of the PIN only a
//! keyed digest is kept; a slow hash would add nothing, for five wrong tries end it.

mod record;
mod verify;

use std::sync::Arc;
use std::time::Duration;

use zeroize::Zeroizing;

pub use record::{PinState, TelephonePin};
pub use verify::{Answer, Asked, Denied};

use crate::crypto::Handle;
use crate::delegation::{Party, Services};
use crate::effects::{Effects, Timestamp};
use crate::identity::Identity;
use crate::policy::{Applicant, Calendar, Day};
use crate::registry::{Actor, Change, Committed, Entry, Registry, RegistryFault, Stored};
use crate::terms::Level;
use record::{HOLDER, LIVE};

/// The act of the calendar that says who may have one.
pub const ACT: &str = "telephone-pin";

/// How long a PIN is good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lasting {
    /// A day.
    Day,
    /// Seven days.
    Week,
    /// Thirty days.
    Month,
    /// Ninety days.
    Quarter,
}

impl Lasting {
    /// All of them, the shortest first.
    pub const ALL: [Self; 4] = [Self::Day, Self::Week, Self::Month, Self::Quarter];

    /// As forms and texts call it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
            Self::Quarter => "quarter",
        }
    }

    const fn time(self) -> Duration {
        let days = match self {
            Self::Day => 1,
            Self::Week => 7,
            Self::Month => 30,
            Self::Quarter => 90,
        };
        Duration::from_hours(24 * days)
    }
}

/// Why there is none.
#[derive(Debug, thiserror::Error)]
pub enum PinRefusal {
    /// Signed in with something, or at a level, that the calendar does not allow this act with.
    #[error("not with this instrument, or not at this level")]
    NotAllowed,
    /// It changed meanwhile.
    #[error("it has changed meanwhile")]
    Stale,
    /// The registry.
    #[error(transparent)]
    Registry(#[from] RegistryFault),
}

impl PinRefusal {
    /// In metrics, and the end of the key of its text.
    #[must_use]
    pub const fn key(&self) -> &'static str {
        match self {
            Self::NotAllowed => "not_allowed",
            Self::Stale => "stale",
            Self::Registry(_) => "unavailable",
        }
    }
}

/// All of them.
pub struct Pins {
    registry: Arc<Registry>,
    fx: Effects,
}

impl Pins {
    /// Over one registry.
    #[must_use]
    pub const fn new(registry: Arc<Registry>, fx: Effects) -> Self {
        Self { registry, fx }
    }

    /// Makes one, which is told this once; the one before it ends.
    ///
    /// # Errors
    /// [`PinRefusal`]; then the one before it holds as it did.
    pub async fn make(
        &self,
        who: &Identity,
        lasting: Lasting,
        services: Services,
        calendar: &Calendar,
    ) -> Result<(Zeroizing<String>, Timestamp), PinRefusal> {
        let day = Day::of(self.fx.now());
        let holder = holder(who).ok_or(PinRefusal::NotAllowed)?;
        let applicant = Applicant::of(who, &[], day);
        calendar.allow(ACT, &applicant, day).map_err(|_| PinRefusal::NotAllowed)?;
        let pin = self.fresh();
        let id = Handle::fresh(&self.fx).reveal().to_owned();
        let (now, ends_at) = (self.fx.now(), self.fx.now().plus(lasting.time()));
        let new = TelephonePin {
            digest: self.digest(&id, &pin),
            id,
            state: PinState::Live,
            holder,
            services,
            made_at: now,
            ends_at,
            uses: Vec::new(),
        };
        let mut change = Change::new();
        if let Some(before) = self.live(new.holder.fiscal_code.as_str()).await? {
            let over = TelephonePin { state: PinState::Replaced, ..TelephonePin::clone(&before) };
            change.replace(&before, &over)?;
        }
        change.insert(&new)?;
        self.commit(change, &self.entry(&new, "telephone_pin.make")).await?;
        Ok((pin, ends_at))
    }

    /// Ends the one that somebody has, if they have one.
    ///
    /// # Errors
    /// [`PinRefusal`]; then it holds as it did.
    pub async fn cancel(&self, who: &Identity) -> Result<(), PinRefusal> {
        let holder = holder(who).ok_or(PinRefusal::NotAllowed)?;
        let live = self.live(holder.fiscal_code.as_str()).await?;
        let Some(before) = live else { return Ok(()) };
        let over = TelephonePin { state: PinState::Cancelled, ..TelephonePin::clone(&before) };
        let mut change = Change::new();
        change.replace(&before, &over)?;
        self.commit(change, &self.entry(&over, "telephone_pin.cancel")).await
    }

    /// The one that somebody has.
    ///
    /// # Errors
    /// [`PinRefusal::Registry`].
    pub async fn of(&self, who: &Identity) -> Result<Option<TelephonePin>, PinRefusal> {
        let Some(holder) = holder(who) else { return Ok(None) };
        let live = self.live(holder.fiscal_code.as_str()).await?;
        Ok(live.map(Stored::into_inner).filter(|pin| self.fx.now() < pin.ends_at))
    }

    /// The one that is not ended yet, though its time may be over.
    async fn live(&self, code: &str) -> Result<Option<Stored<TelephonePin>>, RegistryFault> {
        Ok(self.registry.records_by_key::<TelephonePin>(LIVE, code).await?.into_iter().next())
    }

    fn digest(&self, id: &str, pin: &str) -> String {
        self.registry.keyed_digest(&["telephone pin", id, pin])
    }

    /// Eight digits, each as likely as any other.
    fn fresh(&self) -> Zeroizing<String> {
        loop {
            let mut octets = [0_u8; 4];
            self.fx.fill(&mut octets);
            let number = u32::from_be_bytes(octets);
            // What is left above the last whole hundred million would come up more often.
            if number < WHOLE {
                return Zeroizing::new(format!("{:08}", number % PINS));
            }
        }
    }

    fn entry(&self, pin: &TelephonePin, action: &'static str) -> Entry {
        let person = self.registry.pseudonym(pin.holder.fiscal_code.as_str());
        Entry {
            actor: Actor { person, role: "citizen" },
            action,
            object: format!("{HOLDER}/{}", pin.id),
            office: String::new(),
            reason: String::new(),
            rules: String::new(),
            outcome: "done",
        }
    }

    async fn commit(&self, change: Change, entry: &Entry) -> Result<(), PinRefusal> {
        match self.registry.commit(change, entry).await? {
            Committed::Done(_) => Ok(()),
            Committed::Stale | Committed::Taken(_) => Err(PinRefusal::Stale),
        }
    }
}

impl std::fmt::Debug for Pins {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Pins")
    }
}

/// Whatever a calendar says: by SPID, CIE or CNS, at level 2 or above (R13).
fn holder(who: &Identity) -> Option<Party> {
    let instrument = who.origin.auth_method.as_str();
    let well = who.level >= Level::L2 && ["spid", "cie", "cns"].contains(&instrument);
    Party::of(who).filter(|_| well)
}

const PINS: u32 = 100_000_000;
const WHOLE: u32 = 42 * PINS;

#[cfg(test)]
mod tests;
