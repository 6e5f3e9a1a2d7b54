//! What a supervisor has to look at: pairs that approve each other, haste, nights, numbers, views without a
//! task (HD-DO-4, HD-LG-2).
//!
//! Not a refusal, but for numbers: what is counted here is told. Counts are rows of the registry, so that
//! neither a restart nor another node forgets them.

use std::time::Duration;

use super::desk::{Desk, DeskFault};
use crate::credential::Refusal;
use crate::effects::Timestamp;
use crate::terms::in_rome;

/// Something to look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alert {
    /// Of a verifier's approvals more than 60 % are one operator's.
    SamePair,
    /// Approved within 30 seconds of its submission.
    Haste,
    /// Issued between 22 and 6.
    Night,
    /// One operator identified too many in a day.
    Velocity,
    /// A contact that several people share.
    SharedContact,
    /// A duplicate that was justified.
    Overridden,
    /// Somebody looked at a case without a task.
    ViewWithoutTask,
    /// Somebody looked at too many.
    Views,
    /// The glass was broken.
    BreakGlass,
}

impl Alert {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::SamePair,
        Self::Haste,
        Self::Night,
        Self::Velocity,
        Self::SharedContact,
        Self::Overridden,
        Self::ViewWithoutTask,
        Self::Views,
        Self::BreakGlass,
    ];

    /// Its word, in metrics.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::SamePair => "same_pair",
            Self::Haste => "haste",
            Self::Night => "night",
            Self::Velocity => "velocity",
            Self::SharedContact => "shared_contact",
            Self::Overridden => "overridden",
            Self::ViewWithoutTask => "view_without_task",
            Self::Views => "views",
            Self::BreakGlass => "break_glass",
        }
    }
}

impl Desk {
    /// Tells it: one line without a name, one step of the counter.
    pub(super) fn alarm(&self, alert: Alert) {
        tracing::warn!(alert = alert.word(), "the help desk: something to look at");
        self.surroundings.alarm(alert.word());
    }

    /// After an approval.
    pub(super) async fn watch_approval(
        &self,
        verifier: &str,
        operator: &str,
        submitted: Timestamp,
    ) -> Result<(), DeskFault> {
        if self.fx.now().since(submitted) < HASTE {
            self.alarm(Alert::Haste);
        }
        let all = self.registry.tally("desk approvals", &[verifier], MONTH).await?;
        let pair = self.registry.tally("desk pairs", &[verifier, operator], MONTH).await?;
        if all >= ENOUGH && pair * 100 > all * SHARE {
            self.alarm(Alert::SamePair);
        }
        Ok(())
    }

    /// Before an identification: an operator who has had too many today stops.
    pub(super) async fn watch_identification(&self, operator: &str) -> Result<(), DeskFault> {
        let today = self.registry.tally("desk identified", &[operator], DAY).await?;
        if today > self.settings.identified_a_day {
            self.alarm(Alert::Velocity);
            return Err(Refusal::TooMany.into());
        }
        Ok(())
    }

    /// When something is issued.
    pub(super) fn watch_issue(&self, at: Timestamp) {
        if in_rome(at).is_some_and(|moment| !(6..22).contains(&moment.hour())) {
            self.alarm(Alert::Night);
        }
    }

    /// Before somebody sees a case that is not their task (HD-LG-2).
    pub(super) async fn watch_view(&self, person: &str, task: bool) -> Result<(), DeskFault> {
        if !task {
            self.alarm(Alert::ViewWithoutTask);
        }
        let views = self.registry.tally("desk views", &[person], HOUR).await?;
        if views > self.settings.views_an_hour {
            self.alarm(Alert::Views);
            return Err(Refusal::TooMany.into());
        }
        Ok(())
    }
}

const HASTE: Duration = Duration::from_secs(30);
const HOUR: Duration = Duration::from_hours(1);
const DAY: Duration = Duration::from_hours(24);
const MONTH: Duration = Duration::from_hours(30 * 24);
/// Fewer approvals say nothing of pairs.
const ENOUGH: u64 = 10;
/// Of a hundred.
const SHARE: u64 = 60;
