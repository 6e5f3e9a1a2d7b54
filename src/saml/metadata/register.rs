//! The register of providers: metadata from files and addresses, read again and again, each source
//! with its last good copy.
//!
//! Not a task: `app` asks what is due and runs it. A document that is malformed, unsigned, expired or
//! older than what was seen never replaces a good one; a provider that is wrong by itself disappears
//! alone. Operators hear of every change once. SPID technical rules, registry; saml-metadata, section 3.

mod settings;
mod source;
mod state;

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

pub use settings::RegisterSettings;
pub use source::{Found, Place, Source};

use self::state::{Rhythm, State, replace};
use super::aggregate::{self, Contents, Demands, Edition};
use super::kept::{self, Label};
use super::provider::Providers;
use crate::effects::{Effects, Timestamp};

/// The register.
#[derive(Debug)]
pub struct Register {
    upstream: &'static str,
    settings: RegisterSettings,
    opened_at: Timestamp,
    states: Vec<Mutex<State>>,
    /// Standing conflicts between sources.
    conflicts: Mutex<BTreeSet<String>>,
    /// One document at a time is judged: a large one takes memory several times its size.
    judging: Mutex<()>,
}

/// What an attempt came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// A document was read and is in use.
    Renewed,
    /// The server says that the copy at hand is the last one.
    Unchanged,
    /// Nothing usable came: the last good copy stays.
    Failed,
}

impl Outcome {
    /// The label in metrics.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Renewed => "renewed",
            Self::Unchanged => "unchanged",
            Self::Failed => "failed",
        }
    }
}

/// One attempt to read a source.
#[derive(Debug)]
pub struct Refreshed {
    /// What it came to.
    pub outcome: Outcome,
    /// What operators have to hear now; each sentence once, when it becomes true.
    pub raised: Vec<String>,
    /// What was told before and is not so any more.
    pub settled: Vec<String>,
    /// When the source is due again.
    pub due_in: Duration,
}

/// All sources together.
#[derive(Debug)]
pub struct Merged {
    /// The providers that can be used.
    pub providers: Providers,
    /// When the oldest source was last read.
    pub read_at: Timestamp,
    /// Conflicts between sources that are new; they are in the log.
    pub raised: Vec<String>,
    /// Conflicts that are gone.
    pub settled: Vec<String>,
}

/// How a source is, for operators.
#[derive(Clone, Debug)]
pub struct SourceStatus {
    /// The file or address, without its query.
    pub place: String,
    /// Time since it was last read; `None` when it never was.
    pub age: Option<Duration>,
    /// Whether it has been out of reach for too long, or its document is near its end.
    pub stale: bool,
    /// Why the last attempt failed.
    pub problem: Option<String>,
    /// Providers of it that can be used.
    pub providers: usize,
    /// How many alerts stand.
    pub alerts: usize,
}

impl Register {
    /// A register that knows nothing yet.
    #[must_use]
    pub fn new(upstream: &'static str, settings: RegisterSettings, now: Timestamp) -> Self {
        let states = settings.sources.iter().map(|_| Mutex::default()).collect();
        Self {
            upstream,
            settings,
            opened_at: now,
            states,
            conflicts: Mutex::default(),
            judging: Mutex::default(),
        }
    }

    /// A register under other settings, which keeps what is known of the sources that stay.
    #[must_use]
    pub fn followed_by(&self, settings: RegisterSettings) -> Self {
        let next = Self::new(self.upstream, settings, self.opened_at);
        for (source, state) in next.settings.sources.iter().zip(&next.states) {
            let same = |known: &Source| known.is(source);
            let place = self.settings.sources.iter().position(same);
            if let (Some(known), Ok(mut state)) =
                (place.and_then(|at| self.state(at)), state.lock())
            {
                *state = known.clone();
                state.due_at = Duration::ZERO;
            }
        }
        next
    }

    /// Entity IDs that are not to be used.
    #[must_use]
    pub const fn disabled(&self) -> &BTreeSet<String> {
        &self.settings.disabled
    }

    /// Whether a server is among the sources, so that an empty register may fill later.
    #[must_use]
    pub fn asks_servers(&self) -> bool {
        self.settings.sources.iter().any(|source| matches!(source.place, Place::Url(_)))
    }

    /// The sources whose time has come; `monotonic` is [`Effects::monotonic`].
    #[must_use]
    pub fn due(&self, monotonic: Duration) -> Vec<usize> {
        let due = |at: &usize| self.state(*at).is_some_and(|state| state.due_at <= monotonic);
        (0..self.len()).filter(due).collect()
    }

    /// How many sources there are; the other functions name each by its place in the list.
    #[must_use]
    pub fn len(&self) -> usize {
        self.settings.sources.len()
    }

    /// Whether there is no source.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.settings.sources.is_empty()
    }

    /// Takes up the last good copies of sources of which nothing is known, then reads the files: no
    /// server is asked.
    pub fn restore(&self, fx: &Effects) {
        for (at, source) in self.settings.sources.iter().enumerate() {
            if let Some(mut state) = self.state(at).filter(|state| state.label.is_none()) {
                let taken = self.take_up(source, &mut state, fx.now());
                drop(state);
                if let Some(taken) = taken {
                    self.tell(&taken.raised, &taken.settled);
                }
            }
            if let Place::File(_) = source.place {
                self.judge(at, Found::File, fx);
            }
        }
    }

    /// Asks the server of the source `at`; a file is left to [`Self::judge`].
    pub async fn find(&self, at: usize, fx: &Effects) -> Found {
        let Some(source) = self.settings.sources.get(at) else { return Found::File };
        // Without a copy on disk, "not modified" would leave us with nothing to read again.
        let label = self.settings.folder.as_ref().and_then(|_| self.state(at)?.label.clone());
        source.find(label.map(|label| (label.etag, label.last_modified)), fx).await
    }

    /// Judges what was found at the source `at`, and writes to the log what operators must hear. Takes
    /// as long as the document is large: not for a thread that answers requests. `None` when there is
    /// no such source.
    pub fn judge(&self, at: usize, found: Found, fx: &Effects) -> Option<Refreshed> {
        let _one_at_a_time = self.judging.lock().unwrap_or_else(PoisonError::into_inner);
        let source = self.settings.sources.get(at)?;
        let now = fx.now();
        let outcome = match found {
            Found::Unchanged => Outcome::Unchanged,
            _ => Outcome::Renewed,
        };
        let seen = self.state(at)?.label.clone();
        let judged = self.text_of(source, found).and_then(|(text, etag, last_modified)| {
            let contents = self.contents(source, &text, now)?;
            refuse_rollback(&contents.edition, seen.as_ref())?;
            // The same edition keeps the moment at which it was first seen.
            let same = seen.filter(|seen| seen.edition == contents.edition);
            let label = Label {
                source: source.place.to_string(),
                read_at: now,
                since: same.map_or(now, |seen| seen.since),
                edition: contents.edition,
                etag,
                last_modified,
            };
            Ok((text, contents, label))
        });
        let rhythm = self.rhythm();
        let refreshed = match judged {
            Ok((text, contents, label)) => {
                let stored = self.settings.folder.as_ref().map(|to| kept::store(to, &label, &text));
                let besides = stored.and_then(Result::err);
                self.state(at)?.accept(contents, label, besides, outcome, rhythm)
            }
            Err(problem) => {
                self.state(at)?.fail(format!("{}: {problem}", source.place), rhythm, now)
            }
        };
        self.state(at)?.due_at = fx.monotonic() + spread(refreshed.due_in, fx);
        self.tell(&refreshed.raised, &refreshed.settled);
        Some(refreshed)
    }

    /// Every provider of every source.
    #[must_use]
    pub fn merged(&self) -> Merged {
        let mut providers = Providers::default();
        let mut conflicts = BTreeSet::new();
        let mut read_at: Option<Timestamp> = None;
        for at in 0..self.len() {
            let Some(state) = self.state(at) else { continue };
            let read = state.label.as_ref().map_or(self.opened_at, |label| label.read_at);
            read_at = Some(read_at.map_or(read, |oldest| oldest.min(read)));
            for provider in &state.providers {
                conflicts.extend(providers.add(provider.clone()).err());
            }
        }
        let mut known = self.conflicts.lock().unwrap_or_else(PoisonError::into_inner);
        let (raised, settled) = replace(&mut known, conflicts);
        self.tell(&raised, &settled);
        Merged { providers, read_at: read_at.unwrap_or(self.opened_at), raised, settled }
    }

    /// Everything that operators were told and that still is so.
    #[must_use]
    pub fn alerts(&self) -> Vec<String> {
        let states = (0..self.len()).filter_map(|at| Some(self.state(at)?.standing.clone()));
        let conflicts = self.conflicts.lock().unwrap_or_else(PoisonError::into_inner).clone();
        states.chain([conflicts]).flatten().collect()
    }

    /// How each source is.
    #[must_use]
    pub fn status(&self, now: Timestamp) -> Vec<SourceStatus> {
        let sources = self.settings.sources.iter().enumerate();
        sources
            .filter_map(|(at, source)| {
                let state = self.state(at)?;
                Some(SourceStatus {
                    place: source.place.to_string(),
                    age: state.label.as_ref().map(|label| now.since(label.read_at)),
                    stale: state.is_stale(self.rhythm(), now),
                    problem: state.problem.clone(),
                    providers: state.providers.iter().filter(|one| one.is_valid(now)).count(),
                    alerts: state.standing.len(),
                })
            })
            .collect()
    }

    fn state(&self, at: usize) -> Option<MutexGuard<'_, State>> {
        self.states.get(at).map(|state| state.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn tell(&self, raised: &[String], settled: &[String]) {
        let upstream = self.upstream;
        for alert in raised {
            tracing::error!(upstream, alert, "provider metadata");
        }
        for alert in settled {
            tracing::info!(upstream, alert, "provider metadata: settled");
        }
    }

    fn rhythm(&self) -> Rhythm {
        let RegisterSettings { refresh, stale_after, .. } = self.settings;
        Rhythm { refresh, stale_after, opened_at: self.opened_at }
    }

    /// The last good copy as the start of a source; `None` when there is none. A copy that is past
    /// its time still counts against a rollback.
    fn take_up(&self, source: &Source, state: &mut State, now: Timestamp) -> Option<Refreshed> {
        let place = source.place.to_string();
        let taken = kept::load(self.settings.folder.as_ref()?, &place).and_then(|copy| {
            let Some((label, text)) = copy else { return Ok(None) };
            state.label = Some(label.clone());
            Ok(Some((self.contents(source, &text, now)?, label)))
        });
        match taken {
            Ok(None) => None,
            Ok(Some((contents, label))) => {
                Some(state.accept(contents, label, None, Outcome::Unchanged, self.rhythm()))
            }
            Err(problem) => {
                let problem = format!("{place}: its last good copy is of no use: {problem}");
                Some(state.fail(problem, self.rhythm(), now))
            }
        }
    }

    /// The text of what was found, with what its server says of it.
    fn text_of(&self, source: &Source, found: Found) -> Result<Text, String> {
        match found {
            Found::Document { text, etag, last_modified } => Ok((text, etag, last_modified)),
            Found::File => Ok((source.read_file()?, None, None)),
            Found::Nothing(problem) => Err(problem),
            Found::Unchanged => {
                let folder = self.settings.folder.as_ref().ok_or("not modified since never")?;
                let copy = kept::load(folder, &source.place.to_string())?;
                let (label, text) = copy.ok_or("not modified, and the copy is gone")?;
                Ok((text, label.etag, label.last_modified))
            }
        }
    }

    fn contents(&self, source: &Source, text: &str, now: Timestamp) -> Result<Contents, String> {
        let demands = Demands {
            pinned: source.pinned.as_ref().map(|keys| keys.as_slice()),
            location_hosts: &self.settings.location_hosts,
            valid_until_required: self.settings.valid_until_required,
        };
        aggregate::read(text, &demands, now)
    }
}

/// A document, its entity tag and its date.
type Text = (String, Option<String>, Option<String>);

/// A tenth more or less, so that brokers do not all ask at one moment.
fn spread(span: Duration, fx: &Effects) -> Duration {
    let mut octet = [0];
    fx.fill(&mut octet);
    let [octet] = octet;
    span * (9 * 1280 + 2 * 1280 * u32::from(octet) / 255) / 12_800
}

/// Refuses an edition that was published before the one that was `seen`.
fn refuse_rollback(edition: &Edition, seen: Option<&Label>) -> Result<(), String> {
    let Some(seen) = seen.map(|label| label.edition).filter(|seen| edition.is_before(seen)) else {
        return Ok(());
    };
    let told = |edition: &Edition| {
        let moment = edition.created.or(edition.valid_until);
        moment.map_or_else(String::new, Timestamp::rfc3339)
    };
    let (this, seen) = (told(edition), told(&seen));
    Err(format!("an older edition than the one that was seen before ({this}; seen: {seen})"))
}

#[cfg(test)]
mod tests;
