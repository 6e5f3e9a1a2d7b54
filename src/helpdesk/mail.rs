//! Mails to holders: what they say, and the outbox they wait in until they are sent.
//!
//! Not the dialogue with a server: `effects::mail` has that. A mail is written in the same transaction as the
//! act that it tells of, and is gone from the registry once it is sent. None of them holds a whole code, a
//! name, or a user name together with a part of a code.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::desk::{Desk, DeskFault};
use crate::crypto::Handle;
use crate::effects::{Effects, MailFault, Mailer, OutgoingMail, Timestamp};
use crate::fault::Texts;
use crate::registry::{Actor, Change, Entry, Kept, Listing, RecordKind, Stored};
use crate::terms::{Day, Locale};

/// What a mail tells.
pub enum Message {
    /// The second part of the code.
    Issued {
        /// That part.
        part: Zeroizing<String>,
        /// Of which request.
        number: String,
        /// Until when it counts.
        until: Timestamp,
        /// The page; the code is not in its address.
        activate: String,
        /// Confirms the address.
        confirm: String,
        /// Suspends at once.
        not_me: String,
    },
    /// To the second contact: a credential was issued.
    Notice {
        /// Of which request.
        number: String,
    },
    /// It is in use from now on.
    Activated {
        /// Of which request.
        number: String,
    },
    /// It ends soon.
    Reminder {
        /// Of which request.
        number: String,
        /// In so many days.
        days: u8,
        /// The last day.
        last_day: Option<Day>,
    },
}

impl Message {
    /// The stem of its texts, and their values.
    fn parts(&self) -> (&'static str, Vec<(&'static str, String)>) {
        match self {
            Self::Issued { part, number, until, activate, confirm, not_me } => {
                let until = Day::of(*until).to_string();
                let values = vec![
                    ("part", part.as_str().to_owned()),
                    ("number", number.clone()),
                    ("until", until),
                    ("activate", activate.clone()),
                    ("confirm", confirm.clone()),
                    ("notme", not_me.clone()),
                ];
                ("issued", values)
            }
            Self::Notice { number } => ("notice", vec![("number", number.clone())]),
            Self::Activated { number } => ("activated", vec![("number", number.clone())]),
            Self::Reminder { number, days, last_day } => {
                let last = last_day.map(|day| day.to_string()).unwrap_or_default();
                let values =
                    vec![("number", number.clone()), ("days", days.to_string()), ("last", last)];
                ("reminder", values)
            }
        }
    }
}

/// A mail that waits.
#[derive(Clone, Serialize, Deserialize)]
pub struct Mail {
    id: String,
    to: String,
    subject: String,
    text: String,
    tries: u8,
    next_at: Timestamp,
}

impl Mail {
    /// What `message` says in a language, to be sent at once.
    #[must_use]
    pub fn new(fx: &Effects, to: &str, message: &Message, locale: Locale) -> Self {
        let (stem, values) = message.parts();
        let values: Vec<(&str, &str)> =
            values.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let texts = Texts::embedded();
        let text = |part: &str| texts.get(locale, &format!("mail-{stem}-{part}"), &values);
        Self {
            id: Handle::fresh(fx).reveal().to_owned(),
            to: to.to_owned(),
            subject: text("subject"),
            // A line break in a text is written as a sign that no text has otherwise.
            text: text("text").replace('¶', "\n\n"),
            tries: 0,
            next_at: fx.now(),
        }
    }

    /// What it says.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }
}

impl std::fmt::Debug for Mail {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Mail(…)")
    }
}

impl Kept for Mail {
    const KIND: RecordKind = RecordKind::Mail;

    fn id(&self) -> &str {
        &self.id
    }

    fn due_at(&self) -> Option<Timestamp> {
        (self.tries < MOST_TRIES).then_some(self.next_at)
    }

    fn state(&self) -> &'static str {
        if self.tries < MOST_TRIES { "waiting" } else { "given_up" }
    }
}

impl Desk {
    /// Sends what waits; gives how many were sent. A mail is taken before it is sent, so that of two nodes one
    /// sends it; one that falls over between the two sends it again later.
    ///
    /// # Errors
    /// [`DeskFault`], when the registry does not answer.
    pub async fn post(&self, mailer: &dyn Mailer) -> Result<usize, DeskFault> {
        let due = Listing { due_before: Some(self.fx.now()), limit: AT_ONCE, ..Listing::default() };
        let mut sent = 0;
        for read in self.registry.records::<Mail>(&due).await? {
            let mut taken = Mail::clone(&read);
            let wait = WAITS.get(usize::from(taken.tries)).copied().unwrap_or(WAITS[0]);
            taken.tries += 1;
            taken.next_at = self.fx.now().plus(wait);
            let mut change = Change::new();
            change.replace(&read, &taken)?;
            if self.commit(change, &entry(&taken, "mail.take", "done")).await.is_err() {
                continue;
            }
            sent += usize::from(self.deliver(mailer, &taken).await?);
        }
        Ok(sent)
    }

    async fn deliver(&self, mailer: &dyn Mailer, mail: &Mail) -> Result<bool, DeskFault> {
        let outgoing = OutgoingMail { to: &mail.to, subject: &mail.subject, text: &mail.text };
        let sent = mailer.send(&outgoing).await;
        let over = match &sent {
            Ok(()) => "done",
            Err(MailFault::Refused(cause)) => {
                tracing::error!(%cause, "a mail is refused");
                "refused"
            }
            Err(MailFault::Unreachable(cause)) => {
                tracing::warn!(%cause, "a mail waits");
                return Ok(false);
            }
        };
        let read: Option<Stored<Mail>> = self.registry.record::<Mail>(&mail.id).await?;
        if let Some(read) = read {
            let mut change = Change::new();
            change.remove(&read);
            // Whoever else took it meanwhile removes it.
            let _ = self.registry.commit(change, &entry(mail, "mail.send", over)).await?;
        }
        self.surroundings.acted("mail.send", over);
        Ok(sent.is_ok())
    }
}

fn entry(mail: &Mail, action: &'static str, outcome: &'static str) -> Entry {
    Entry {
        actor: Actor::system(),
        action,
        object: format!("mail/{}", mail.id),
        office: String::new(),
        reason: String::new(),
        rules: String::new(),
        outcome,
    }
}

/// After the first try, after the second, and so on.
const WAITS: [Duration; 7] = [
    Duration::from_mins(1),
    Duration::from_mins(5),
    Duration::from_mins(15),
    Duration::from_hours(1),
    Duration::from_hours(4),
    Duration::from_hours(12),
    Duration::from_hours(24),
];
/// Then an operator of the broker looks at it.
const MOST_TRIES: u8 = 7;
/// Mails of one round.
const AT_ONCE: u32 = 50;
