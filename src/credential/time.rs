//! What time does to a case: its code lapses, it expires, its holder is told before.
//!
//! Not the clock: whoever calls says which day it is.

use std::time::Duration;

use super::by::By;
use super::case::{Act, Case, State};
use crate::effects::Timestamp;
use crate::terms::Day;

impl Case {
    /// Its last day has passed, or its successor takes its place: the clock's move. `false` when it is not
    /// time yet.
    pub fn expire(&mut self, day: Day, at: Timestamp) -> bool {
        let over = self.granted.as_ref().is_some_and(|granted| granted.to < day);
        if !over || !matches!(self.state, State::Active | State::Suspended) {
            return false;
        }
        self.suspension = None;
        self.state = State::Expired;
        self.ending = true;
        self.note(Act::Expire, &By::system(), at, "");
        true
    }

    /// The code was not used in time: the clock's move. `false` when it is not time yet.
    pub fn lapse(&mut self, at: Timestamp) -> bool {
        let over = self.code_until().is_some_and(|until| until <= at);
        if self.state != State::Issued || !over {
            return false;
        }
        self.over(at);
        true
    }

    /// Days before the end of which the holder is to be told today; then they count as told.
    pub fn remind(&mut self, day: Day, at: Timestamp) -> Option<u8> {
        let left = self.days_left(day)?;
        let due = REMINDERS.into_iter().rev().find(|before| left <= u32::from(*before))?;
        if self.state != State::Active || self.reminded.is_some_and(|told| told <= due) {
            return None;
        }
        self.reminded = Some(due);
        self.note(Act::Remind, &By::system(), at, "");
        Some(due)
    }

    /// Days until the last one; `None` when nothing was granted, or it has passed.
    #[must_use]
    pub fn days_left(&self, day: Day) -> Option<u32> {
        let end = self.granted.as_ref()?.to;
        let days = end.begins().unix_seconds() - day.begins().unix_seconds();
        // Summer and winter time make days of 23 and of 25 hours.
        u32::try_from((days + 7200).div_euclid(86_400)).ok().filter(|_| day <= end)
    }

    /// When the clock has something to do with it.
    pub(super) fn due(&self) -> Option<Timestamp> {
        if self.ending {
            return Some(Timestamp::from_unix_seconds(0));
        }
        let end = self.granted.as_ref().map(|granted| granted.to.next().begins());
        match self.state {
            State::Issued => self.code_until(),
            State::Suspended => end,
            State::Active => {
                let end = end?;
                let next =
                    REMINDERS.into_iter().find(|due| self.reminded.is_none_or(|told| *due < told));
                let before = |days: u8| Duration::from_secs(u64::from(days) * 86_400 + 86_400);
                Some(next.map_or(end, |days| end.minus(before(days)).min(end)))
            }
            _ => None,
        }
    }
}

/// Days before the end on which the holder is told.
const REMINDERS: [u8; 3] = [60, 30, 7];
