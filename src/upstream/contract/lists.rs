//! The lists of revoked cards, each with its last good copy.
//!
//! Not a task: `app` asks what is due and runs it; no login waits for a list. A list that is malformed,
//! not signed by one of the authorities, or older than what was seen never replaces a good one.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::crypto::digest::{base64url, sha256};
use crate::crypto::issuers::{Issuer, Issuers};
use crate::crypto::revocation::{RevocationList, Standing};
use crate::effects::{Effects, FetchLimits, FetchRequest, Timestamp};
use crate::saml::metadata::register::{Outcome, Place, SourceStatus};

/// Where they are, and how they are kept fresh.
#[derive(Clone, Debug, Default)]
pub struct ListSettings {
    /// Where they are.
    pub places: Vec<Place>,
    /// Where the last good copy of what servers gave is kept.
    pub folder: Option<PathBuf>,
    /// How often they are read again, if they do not end sooner.
    pub refresh: Duration,
}

/// All of them.
#[derive(Debug)]
pub struct Lists {
    settings: ListSettings,
    issuers: Arc<Issuers>,
    states: Vec<Mutex<State>>,
    opened_at: Timestamp,
}

#[derive(Clone, Debug, Default)]
struct State {
    list: Option<Arc<RevocationList>>,
    read_at: Option<Timestamp>,
    due_at: Duration,
    problem: Option<String>,
}

impl Lists {
    /// Takes up the last good copies and reads the files; no server is asked.
    #[must_use]
    pub fn open(settings: ListSettings, issuers: Arc<Issuers>, fx: &Effects) -> Self {
        let states = settings.places.iter().map(|_| Mutex::default()).collect();
        let lists = Self { settings, issuers, states, opened_at: fx.now() };
        for (at, place) in lists.settings.places.iter().enumerate() {
            match place {
                Place::File(path) => {
                    let found = std::fs::read(path).map_err(|cause| cause.to_string());
                    lists.judge(at, found, fx);
                }
                Place::Url(_) => {
                    let Some(octets) = lists.copy_of(at).and_then(|path| std::fs::read(path).ok())
                    else {
                        continue;
                    };
                    let list = RevocationList::read(&octets, &lists.issuers, fx.now());
                    if let (Ok(list), Some(mut state)) = (list, lists.state(at)) {
                        state.list = Some(Arc::new(list));
                    }
                }
            }
        }
        lists
    }

    /// The same under other settings; what is known of sources that stay is kept.
    #[must_use]
    pub fn followed_by(&self, settings: ListSettings, issuers: Arc<Issuers>, fx: &Effects) -> Self {
        let next = Self::open(settings, issuers, fx);
        for (at, place) in next.settings.places.iter().enumerate() {
            let known = self.settings.places.iter().position(|known| known == place);
            if let (Some(known), Some(mut state)) =
                (known.and_then(|known| self.state(known)), next.state(at))
                && state.read_at.is_none()
            {
                *state = State { due_at: Duration::ZERO, ..known.clone() };
            }
        }
        next
    }

    /// The authorities, with the end of each one's own certificate.
    pub fn authorities(&self) -> impl Iterator<Item = (&str, Timestamp)> {
        self.issuers.iter().map(|issuer| (issuer.name(), issuer.not_after()))
    }

    /// What all lists together say at `now`: whoever is on one of them is revoked.
    pub(in crate::upstream) fn standing(
        &self,
        issuer: &Issuer,
        serial: &[u8],
        points: &[Vec<u8>],
        now: Timestamp,
    ) -> Standing {
        let mut told = Standing::NotCovered;
        for list in self.known() {
            match (list.standing(issuer, serial, points, now), told) {
                (Standing::Revoked, _) => return Standing::Revoked,
                (Standing::Good, _) => told = Standing::Good,
                (Standing::Stale, Standing::NotCovered) => told = Standing::Stale,
                _ => {}
            }
        }
        told
    }

    /// Whether a list of this authority is in force at `now`.
    pub(in crate::upstream) fn speak_for(&self, issuer: &Issuer, now: Timestamp) -> bool {
        self.known().any(|list| list.is_of(issuer) && now <= list.next_update())
    }

    /// Time since the oldest source was last read.
    pub(in crate::upstream) fn age(&self, now: Timestamp) -> Duration {
        let read = (0..self.len()).filter_map(|at| self.state(at));
        let ages = read.map(|state| now.since(state.read_at.unwrap_or(self.opened_at)));
        ages.max().unwrap_or_default()
    }

    /// The sources whose time has come.
    pub(in crate::upstream) fn due(&self, monotonic: Duration) -> Vec<usize> {
        let due = |at: &usize| self.state(*at).is_some_and(|state| state.due_at <= monotonic);
        (0..self.len()).filter(due).collect()
    }

    pub(in crate::upstream) fn len(&self) -> usize {
        self.states.len()
    }

    /// Reads the file, or asks the server.
    pub(in crate::upstream) async fn find(
        &self,
        at: usize,
        fx: &Effects,
    ) -> Result<Vec<u8>, String> {
        match self.settings.places.get(at) {
            None => Err("there is no such source".to_owned()),
            Some(Place::File(path)) => std::fs::read(path).map_err(|cause| cause.to_string()),
            Some(Place::Url(url)) => {
                let accept = "application/pkix-crl, */*;q=0.1";
                let request = FetchRequest::get(url.clone(), accept, LIMITS);
                let answer = fx.fetch(&request).await.map_err(|fault| fault.to_string())?;
                match answer.status {
                    200 => Ok(answer.body),
                    status => Err(format!("the server answered {status}")),
                }
            }
        }
    }

    /// Judges what was found at the source `at`, and tells the log. Takes as long as the list is long.
    /// `None` when there is no such source.
    pub(in crate::upstream) fn judge(
        &self,
        at: usize,
        found: Result<Vec<u8>, String>,
        fx: &Effects,
    ) -> Option<Outcome> {
        let place = self.settings.places.get(at)?;
        let now = fx.now();
        let held = self.state(at)?.list.clone();
        let judged = found.and_then(|octets| {
            let list = RevocationList::read(&octets, &self.issuers, now)
                .map_err(|fault| fault.to_string())?;
            if held.is_some_and(|held| held.is_alike(&list) && !held.is_followed_by(&list)) {
                return Err("it is older than the list that is in use".to_owned());
            }
            Ok((list, octets))
        });
        let mut state = self.state(at)?;
        match judged {
            Ok((list, octets)) => {
                let left = list.next_update().since(now);
                let pause = self.settings.refresh.min(left / 2).max(SHORTEST);
                state.due_at = fx.monotonic() + pause;
                state.read_at = Some(now);
                state.problem = None;
                state.list = Some(Arc::new(list));
                drop(state);
                if let Some(Err(cause)) = self.copy_of(at).map(|path| keep(&path, &octets)) {
                    tracing::warn!(%place, %cause, "the list of revoked cards was not kept");
                }
                Some(Outcome::Renewed)
            }
            Err(problem) => {
                state.due_at = fx.monotonic() + SHORTEST;
                let problem = format!("{place}: {problem}");
                // Once, when it becomes true.
                if state.problem.as_ref() != Some(&problem) {
                    tracing::error!(upstream = "cns", alert = problem, "list of revoked cards");
                }
                state.problem = Some(problem);
                Some(Outcome::Failed)
            }
        }
    }

    /// How each source is.
    pub(in crate::upstream) fn status(&self, now: Timestamp) -> Vec<SourceStatus> {
        let sources = self.settings.places.iter().enumerate();
        sources
            .filter_map(|(at, place)| {
                let state = self.state(at)?;
                let fresh = state.list.as_ref().is_some_and(|list| now <= list.next_update());
                Some(SourceStatus {
                    place: place.to_string(),
                    age: state.read_at.map(|read| now.since(read)),
                    stale: !fresh,
                    problem: state.problem.clone(),
                    providers: usize::from(fresh),
                    alerts: usize::from(state.problem.is_some()),
                })
            })
            .collect()
    }

    /// What is wrong now.
    pub(in crate::upstream) fn alerts(&self) -> Vec<String> {
        (0..self.len()).filter_map(|at| self.state(at)?.problem.clone()).collect()
    }

    fn known(&self) -> impl Iterator<Item = Arc<RevocationList>> {
        (0..self.len()).filter_map(|at| self.state(at)?.list.clone())
    }

    fn state(&self, at: usize) -> Option<MutexGuard<'_, State>> {
        self.states.get(at).map(|state| state.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Where the last good copy of a server's list is.
    fn copy_of(&self, at: usize) -> Option<PathBuf> {
        let Place::Url(url) = self.settings.places.get(at)? else { return None };
        let name = base64url(&sha256(url.to_string().as_bytes()));
        Some(self.settings.folder.as_ref()?.join(format!("{name}.crl")))
    }
}

/// Whole or not at all.
fn keep(path: &std::path::Path, octets: &[u8]) -> std::io::Result<()> {
    let beside = path.with_extension("new");
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(&beside, octets)?;
    std::fs::rename(beside, path)
}

/// A large authority's list has tens of megabytes.
const LIMITS: FetchLimits = FetchLimits { octets: 64 * 1024 * 1024, time: Duration::from_secs(60) };
/// Between two attempts.
const SHORTEST: Duration = Duration::from_mins(1);
