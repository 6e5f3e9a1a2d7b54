//! Responders are asked about a card (OCSP): with a limit of time, and with answers that are used again.
//!
//! Not the last word: `mod.rs` decides what no answer means. A card names its responder, so nobody is
//! asked whom configuration does not name; and who does not answer is left alone for a while.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::settings::ResponderSettings;
use crate::crypto::digest::sha256;
use crate::crypto::issuers::Issued;
use crate::crypto::ocsp::{Answer, Delegate, Question, Said};
use crate::effects::{Effects, FetchLimits, FetchRequest, FetchUrl, Timestamp};
use crate::upstream::contract::Lists;

/// All responders.
#[derive(Debug)]
pub(super) struct Responders {
    settings: ResponderSettings,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// Answers that say good, by authority and serial number.
    kept: HashMap<[u8; 32], Kept>,
    /// How often in a row the responder of an authority did not answer, and when.
    silent: HashMap<String, (u32, Duration)>,
}

#[derive(Clone, Debug)]
struct Kept {
    until: Timestamp,
    asked_at: Duration,
    /// Who signed it, if not the authority itself.
    by: Option<Arc<Delegate>>,
}

impl Responders {
    pub(super) fn new(settings: ResponderSettings) -> Self {
        Self { settings, state: Mutex::default() }
    }

    /// Whether only their word counts.
    pub(super) const fn required(&self) -> bool {
        self.settings.required
    }

    /// What the responder says of the card; `None` when nobody says anything that counts.
    pub(super) async fn ask(
        &self,
        issued: &Issued<'_>,
        named: &[String],
        lists: &Lists,
        fx: &Effects,
    ) -> Option<Said> {
        let place = sha256(&[issued.issuer.key(), &issued.serial].concat());
        let kept = self.state().kept.get(&place).cloned();
        // A list may have taken the responder's word from it since.
        let speaks = |by: &Arc<Delegate>| {
            by.speaks(lists.standing(issued.issuer, by.serial(), by.points(), fx.now()))
        };
        let kept =
            kept.filter(|kept| fx.now() <= kept.until && kept.by.as_ref().is_none_or(speaks));
        let fresh = |kept: &Kept| fx.monotonic().saturating_sub(kept.asked_at) <= FRESH;
        if kept.as_ref().is_some_and(fresh) {
            return Some(Said::Good);
        }
        let good = kept.map(|_| Said::Good);
        let authority = issued.issuer.name();
        if self.is_left_alone(authority, fx.monotonic()) {
            return good;
        }
        let answer = match self.place(named) {
            Some(url) => self.answer(url, issued, lists, fx).await,
            None => Err("the card names no responder that configuration knows".to_owned()),
        };
        let mut state = self.state();
        match answer {
            Ok(answer) => {
                state.silent.remove(authority);
                state.kept.remove(&place);
                let Answer { said, until, by } = answer;
                if let (Said::Good, Some(until)) = (said, until) {
                    if state.kept.len() >= MOST_KEPT {
                        state.kept.clear();
                    }
                    let kept = Kept { until, asked_at: fx.monotonic(), by: by.map(Arc::new) };
                    state.kept.insert(place, kept);
                }
                Some(said)
            }
            Err(problem) => {
                let entry = state.silent.entry(authority.to_owned()).or_default();
                *entry = (entry.0.saturating_add(1), fx.monotonic());
                drop(state);
                tracing::warn!(upstream = "cns", authority, problem, "no answer about a card");
                good
            }
        }
    }

    async fn answer(
        &self,
        url: FetchUrl,
        issued: &Issued<'_>,
        lists: &Lists,
        fx: &Effects,
    ) -> Result<Answer, String> {
        let question = Question::about(issued, fx).map_err(|fault| fault.to_string())?;
        let (media_type, accept) = ("application/ocsp-request", "application/ocsp-response");
        let request = FetchRequest::post(url, media_type, question.write(), accept, LIMITS);
        let answer = fx.fetch(&request).await.map_err(|fault| fault.to_string())?;
        if answer.status != 200 {
            return Err(format!("the responder answered {}", answer.status));
        }
        let (issuer, now) = (issued.issuer, fx.now());
        // Lists speak of the authority's responders too.
        let standing =
            |serial: &[u8], points: &[Vec<u8>]| lists.standing(issuer, serial, points, now);
        question
            .read(&answer.body, issuer, now, self.settings.nonce_required, standing)
            .map_err(|fault| fault.to_string())
    }

    /// Who is asked: the configured one, or the first of those the card names that is allowed.
    fn place(&self, named: &[String]) -> Option<FetchUrl> {
        let ResponderSettings { url, hosts, development, .. } = &self.settings;
        if url.is_some() {
            return url.clone();
        }
        named.iter().find_map(|text| {
            let host = url::Url::parse(text).ok()?.host_str()?.to_owned();
            let known = hosts.iter().any(|known| known.eq_ignore_ascii_case(&host));
            known.then(|| FetchUrl::of_signed(text, hosts, *development).ok()).flatten()
        })
    }

    fn is_left_alone(&self, authority: &str, monotonic: Duration) -> bool {
        self.state().silent.get(authority).is_some_and(|(times, last)| {
            *times >= PATIENCE && monotonic.saturating_sub(*last) < PAUSE
        })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// When a responder is given up on.
const LIMITS: FetchLimits = FetchLimits { octets: 64 * 1024, time: Duration::from_secs(2) };
/// How long an answer is used without asking again; after that it still counts, until its own end, when
/// nobody answers.
const FRESH: Duration = Duration::from_mins(10);
/// How many silences in a row are borne.
const PATIENCE: u32 = 3;
/// How long a silent responder is left alone.
const PAUSE: Duration = Duration::from_secs(30);
/// How many answers are kept.
const MOST_KEPT: usize = 20_000;
