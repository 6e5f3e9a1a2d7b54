//! What time does to cases: codes lapse, credentials expire, holders are reminded, sessions end.
//!
//! Not a scheduler: somebody calls it, on every node, as often as they like. Of two nodes that find the same
//! record one writes it.

use super::desk::{Desk, DeskFault};
use super::mail::Message;
use crate::credential::{By, Case, Field, Refusal};
use crate::registry::{Listing, Stored};

impl Desk {
    /// Does what is due; gives how many cases it looked at.
    ///
    /// # Errors
    /// [`DeskFault`].
    pub async fn tick(&self) -> Result<usize, DeskFault> {
        let due = Listing { due_before: Some(self.fx.now()), limit: AT_ONCE, ..Listing::default() };
        let cases = self.registry.records::<Case>(&due).await?;
        let found = cases.len();
        for case in cases {
            match self.due(case).await {
                // Another node did it.
                Ok(()) | Err(DeskFault::Refused(_)) => {}
                Err(fault) => return Err(fault),
            }
        }
        Ok(found)
    }

    async fn due(&self, read: Stored<Case>) -> Result<(), DeskFault> {
        if read.is_ending() {
            self.end(read.into_inner()).await?;
            return Ok(());
        }
        let mut told = None;
        let mut next = Case::clone(&read);
        let now = self.now();
        let action = if next.lapse(now.at) {
            "case.lapse"
        } else if next.expire(now.day, now.at) {
            "case.expire"
        } else if let Some(days) = next.remind(now.day, now.at) {
            told = Some(days);
            "case.remind"
        } else {
            return Err(Refusal::Changed.into());
        };
        let (case, ()) = self
            .change_with(
                &read,
                &By::system(),
                (action, ""),
                |case, _, _| {
                    *case = next;
                    Ok(())
                },
                |change, case, ()| {
                    let Some(days) = told else { return Ok(()) };
                    let number = case.number().to_owned();
                    let last_day = case.granted().map(|granted| granted.to);
                    let message = Message::Reminder { number, days, last_day };
                    change.insert(&self.mail(case, Field::Email, &message))
                },
            )
            .await?;
        self.end(case).await?;
        Ok(())
    }
}

/// Cases of one round.
const AT_ONCE: u32 = 200;
