//! Notices: the clients that still have to be told of a logout (OpenID Connect Back-Channel Logout 1.0).
//!
//! Not the telling: `provider` signs and sends. A notice waits on a shelf, so it survives a restart;
//! whoever takes one up holds it for a moment, so another node goes on when that one is gone. Lanes
//! bound how much can wait, and how often two logouts meet.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::sync::Notify;

use super::session::Trace;
use super::{Broker, Event};
use crate::crypto::Handle;
use crate::effects::Timestamp;
use crate::fault::Fault;
use crate::oidc::ClientId;
use crate::state::{Held, Key, Put, Shelf};

/// One client that has to be told of one login's end.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Notice {
    /// The grant that ended.
    pub sid: Handle,
    /// Who is told.
    pub client_id: ClientId,
    /// Whose grant it was, as the client knows them.
    pub subject: String,
    /// How often it was tried, this time included.
    pub tried: usize,
    /// When it is to be tried next.
    due: Timestamp,
}

/// Rings when there is something to tell.
#[derive(Debug, Default)]
pub struct Notices(Notify);

impl Notices {
    /// Waits until there may be something to tell, here or left over by another node.
    pub async fn wait(&self) {
        // Another node's notices do not ring here.
        let _ = tokio::time::timeout(LOOK_AGAIN, self.0.notified()).await;
    }
}

impl Broker {
    /// Files a notice for each trace whose client hears of logouts by back channel. A logout is done
    /// whatever becomes of its notices, so what cannot be filed is told to operators alone.
    pub(super) async fn notify(&self, ended: &[(Handle, Trace)]) {
        let clients = self.clients.load();
        let hears = |trace: &Trace| {
            let client = clients.get(&trace.client_id);
            client.is_some_and(|client| client.protocol.backchannel_logout.is_some())
        };
        let mut lanes: [Vec<Notice>; LANES] = Default::default();
        for (sid, trace) in ended {
            let Some(subject) = trace.subject.clone().filter(|_| hears(trace)) else { continue };
            let (client_id, due) = (trace.client_id.clone(), self.fx.now());
            let lane = lane_of(sid);
            if let Some(lane) = lanes.get_mut(lane) {
                lane.push(Notice { sid: sid.clone(), client_id, subject, tried: 0, due });
            }
        }
        for (lane, new) in lanes.iter().enumerate().filter(|(_, new)| !new.is_empty()) {
            let filed = self.change(lane, |all| {
                let room = MOST_WAITING.saturating_sub(all.len());
                all.extend(new.iter().take(room).cloned());
                new.iter().skip(room).cloned().collect()
            });
            match filed.await {
                Ok(dropped) => self.given_up(&dropped, "too many notices wait"),
                Err(fault) => self.given_up(new, fault.row().slug),
            }
        }
        self.notices.0.notify_one();
    }

    /// Takes up what is due: until [`Broker::told`] says how it went, or the time for one try is
    /// over, nobody else does.
    ///
    /// # Errors
    /// When the state store does not answer.
    pub async fn due_notices(&self) -> Result<Vec<Notice>, Fault> {
        let now = self.fx.now();
        let mut due = Vec::new();
        for lane in 0..LANES {
            let place = lane_place(lane);
            let Some(held) = self.shelves.get::<Vec<Notice>>(Shelf::Notice, place).await? else {
                continue;
            };
            if !held.iter().any(|notice| notice.due <= now) {
                continue;
            }
            let taken = self.change(lane, |all| {
                let mut taken = Vec::new();
                for notice in all.iter_mut().filter(|notice| notice.due <= now) {
                    notice.tried += 1;
                    notice.due = now.plus(ONE_TRY);
                    taken.push(notice.clone());
                }
                taken
            });
            due.extend(taken.await?);
        }
        Ok(due)
    }

    /// How it went: a notice that was heard, or tried often enough, is gone; another one waits.
    pub async fn told(&self, notice: &Notice, heard: bool, detail: &str) {
        let pause = PAUSES.get(notice.tried.saturating_sub(1)).filter(|_| !heard);
        let due = pause.map(|pause| self.fx.now().plus(*pause));
        let settled = self.change(lane_of(&notice.sid), |all| {
            match due {
                Some(due) => {
                    all.iter_mut()
                        .filter(|one| one.sid == notice.sid)
                        .for_each(|one| one.due = due);
                }
                None => all.retain(|one| one.sid != notice.sid),
            }
            Vec::new()
        });
        if let Err(fault) = settled.await {
            // It is tried again: the client hears of one logout twice.
            let mut fault = fault;
            fault.report("", "");
        }
        let client = &notice.client_id;
        match (heard, due) {
            (true, _) => self.observer.observe(Event::Told { client, outcome: "heard" }),
            (false, Some(_)) => {
                tracing::warn!(
                    client = client.as_str(),
                    tried = notice.tried,
                    detail,
                    "a client was not told of a logout; it is tried again"
                );
                self.observer.observe(Event::Told { client, outcome: "retried" });
            }
            (false, None) => self.given_up(std::slice::from_ref(notice), detail),
        }
    }

    fn given_up(&self, notices: &[Notice], detail: &str) {
        for notice in notices {
            let client = &notice.client_id;
            tracing::error!(
                client = client.as_str(),
                tried = notice.tried,
                detail,
                "a client was never told of a logout: its own session ends by its own lifetime"
            );
            self.observer.observe(Event::Told { client, outcome: "given_up" });
        }
    }

    /// Changes a lane; gives what `change` gave at the attempt that counted.
    async fn change(
        &self,
        lane: usize,
        change: impl Fn(&mut Vec<Notice>) -> Vec<Notice>,
    ) -> Result<Vec<Notice>, Fault> {
        let place = lane_place(lane);
        loop {
            let held = self.shelves.get::<Vec<Notice>>(Shelf::Notice, place).await?;
            let mut all = held.as_ref().map(|held| Vec::clone(held)).unwrap_or_default();
            let given = change(&mut all);
            let changed = match &held {
                None if all.is_empty() => true,
                None => self.shelves.put(Shelf::Notice, place, &all, LIVES).await? == Put::Laid,
                Some(held) => self.swapped(place, held, &all).await?,
            };
            if changed {
                return Ok(given);
            }
        }
    }

    async fn swapped(
        &self,
        place: Key,
        held: &Held<Vec<Notice>>,
        all: &Vec<Notice>,
    ) -> Result<bool, Fault> {
        let lives = if all.is_empty() { Duration::ZERO } else { LIVES };
        Ok(self.shelves.swap(Shelf::Notice, place, held, all, lives).await?)
    }
}

fn lane_of(sid: &Handle) -> usize {
    sid.reveal().bytes().next_back().map_or(0, |last| usize::from(last) % LANES)
}

fn lane_place(lane: usize) -> Key {
    Key::of_parts(&["logout notices", &lane.to_string()])
}

/// How many lists there are.
const LANES: usize = 8;
/// How many notices wait in one of them.
const MOST_WAITING: usize = 256;
/// How long one try may take: longer than the sending itself.
const ONE_TRY: Duration = Duration::from_secs(15);
/// Pauses between tries; after the last one it is given up.
const PAUSES: [Duration; 4] = [
    Duration::from_secs(10),
    Duration::from_mins(1),
    Duration::from_mins(5),
    Duration::from_mins(15),
];
/// Longer than all tries together.
const LIVES: Duration = Duration::from_hours(1);
/// How often a node looks for what others left.
const LOOK_AGAIN: Duration = Duration::from_secs(5);
