//! Match: somebody from another state, who came without a fiscal code, says theirs (Reg. (EU) 2025/846,
//! art. 3 and 4: unequivocal or not at all, told to the person, and recorded).
//!
//! Not the comparison (`identity::matching`) and not the record (`registry`). Whoever is matched stays the
//! subject they were. What is known is asked of the registry at every login, so a match that an
//! operator withdraws is over at once.

mod answer;

use std::sync::Arc;

use arc_swap::ArcSwapOption;

pub use answer::{Answered, MatchAnswer, MatchAsked, MatchProblem};

use super::verifier::{Question, Verdict, Verifier};
use super::{Broker, Event, Login, Stage};
use crate::crypto::Handle;
use crate::fault::{Fault, Reference};
use crate::identity::matching::agrees;
use crate::identity::{Certainty, FiscalCode, Identity, Matched};
use crate::oidc::Client;
use crate::oidc::client::MatchingMode;
use crate::registry::{MatchWritten, NewMatch, Registry, RegistryFault};
use crate::state::{Held, Key, Shelf};

/// What matching needs.
pub struct Matching {
    registry: Arc<Registry>,
    verifier: ArcSwapOption<Verifier>,
}

impl Matching {
    /// Keeps matches in `registry`; without a verifier every one is self-declared.
    #[must_use]
    pub fn new(registry: Arc<Registry>, verifier: Option<Verifier>) -> Self {
        Self { registry, verifier: ArcSwapOption::new(verifier.map(Arc::new)) }
    }

    /// Asks another verifier, or none, from the next answer on.
    pub fn replace_verifier(&self, verifier: Option<Verifier>) {
        self.verifier.store(verifier.map(Arc::new));
    }

    /// The authority that is asked, as pages call it.
    #[must_use]
    pub fn verifier(&self) -> Option<String> {
        self.verifier.load().as_ref().map(|verifier| verifier.name().to_owned())
    }
}

impl std::fmt::Debug for Matching {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Matching")
    }
}

/// Whoever has to be asked before this login may go on, as far as the login knows.
fn unmatched<'l>(client: &Client, login: &'l Login) -> Option<&'l Identity> {
    let Stage::Identified(identity) = &login.stage else { return None };
    let policy = client.mandate.matching;
    let enough = identity.matched.as_ref().is_some_and(|known| known.certainty.suffices(policy));
    let declined = login.matching.declined && policy.mode == MatchingMode::Offer;
    let asks = policy.mode != MatchingMode::Off && !enough && !declined;
    Some(&**identity).filter(|identity| asks && identity.can_be_matched())
}

impl Broker {
    /// The login, when it may go on; `None` when its person is to be asked. Everybody else's login passes
    /// without a look at the registry.
    ///
    /// # Errors
    /// `match-limit` after too many answers; `match-unavailable` when the registry does not answer and the
    /// client takes nobody without a match.
    pub(super) async fn recall_match(
        &self,
        tx: &Handle,
        browser: &Handle,
        client: &Client,
        login: Held<Login>,
    ) -> Result<Option<Held<Login>>, Fault> {
        let Some(identity) = unmatched(client, &login) else { return Ok(Some(login)) };
        let required = client.mandate.matching.mode == MatchingMode::Require;
        let known = match self.known_match(identity).await {
            Ok(known) => known,
            Err(mut fault) if !required => {
                fault.report("", "");
                self.note_match(client, "unavailable", tx);
                return Ok(Some(login));
            }
            Err(fault) => return Err(fault),
        };
        if let Some(matched) = known.filter(|known| identity.matched.as_ref() != Some(known)) {
            self.write_match(tx, &login, matched).await?;
            let login = self.login_of(tx, browser).await?;
            if unmatched(client, &login).is_none() {
                self.note_match(client, "recalled", tx);
                return Ok(Some(login));
            }
        }
        Ok(None)
    }

    /// The same for somebody who is known from the browser's session: with their match, or `None` when
    /// they have to be asked. An offer is made only after a proof.
    ///
    /// # Errors
    /// As [`Self::recall_match`].
    pub(super) async fn recall_for_session(
        &self,
        client: &Client,
        identity: &Identity,
    ) -> Result<Option<Identity>, Fault> {
        let policy = client.mandate.matching;
        if policy.mode == MatchingMode::Off || !identity.can_be_matched() {
            return Ok(Some(identity.clone()));
        }
        let required = policy.mode == MatchingMode::Require;
        let matched = match self.known_match(identity).await {
            Err(mut fault) if !required => {
                fault.report("", "");
                None
            }
            known => known?,
        };
        let enough = matched.as_ref().is_some_and(|known| known.certainty.suffices(policy));
        Ok((enough || !required).then(|| Identity { matched, ..identity.clone() }))
    }

    /// Whether the page of the question is this login's next one, and how many answers are left.
    ///
    /// # Errors
    /// `match-limit` when none is.
    pub fn match_question(&self, client: &Client, login: &Login) -> Result<Option<u8>, Fault> {
        if unmatched(client, login).is_none() {
            return Ok(None);
        }
        match MOST_TRIES.saturating_sub(login.matching.tries) {
            0 => Err(Fault::of_slug("match-limit")),
            left => Ok(Some(left)),
        }
    }

    /// Takes the answer. It is counted before it is judged, so that many at once are not more than many
    /// one after the other.
    ///
    /// # Errors
    /// As [`Broker::login_of`]; `match-limit` after too many answers; `match-taken` when the code or the
    /// person has another match: only an operator can say who is right; `match-unavailable` when the
    /// registry does not answer.
    pub async fn answer_match(
        &self,
        tx: &Handle,
        browser: &Handle,
        answer: MatchAnswer<'_>,
    ) -> Result<Answered, Fault> {
        loop {
            let login = self.login_of(tx, browser).await?;
            let client = self.client_of(&login)?;
            let Some(identity) = unmatched(&client, &login) else { return Ok(Answered::GoOn) };
            if self.match_question(&client, &login)?.is_none() {
                return Ok(Answered::GoOn);
            }
            let asked = login.matching;
            let (code, asked) = match answer {
                MatchAnswer::Without if client.mandate.matching.mode == MatchingMode::Offer => {
                    (None, MatchAsked { declined: true, ..asked })
                }
                MatchAnswer::Without => {
                    return Err(
                        Fault::of_slug("malformed-request").with_detail("a match is required")
                    );
                }
                MatchAnswer::Code(typed) => {
                    let Some(code) = read(typed) else {
                        self.note_match(&client, MatchProblem::Malformed.name(), tx);
                        return Ok(Answered::Again(MatchProblem::Malformed));
                    };
                    (Some(code), MatchAsked { tries: asked.tries + 1, ..asked })
                }
            };
            let next = Login { matching: asked, ..Login::clone(&login) };
            let lives = self.left(login.begun_at);
            if !self.shelves.swap(Shelf::Login, Key::of(tx), &login, &next, lives).await? {
                continue;
            }
            let Some(code) = code else {
                self.note_match(&client, "declined", tx);
                return Ok(Answered::GoOn);
            };
            return match self.judge_match(tx, &client, identity, &code).await? {
                Some(problem) if asked.tries >= MOST_TRIES => {
                    self.note_match(&client, problem.name(), tx);
                    Err(Fault::of_slug("match-limit"))
                }
                Some(problem) => {
                    self.note_match(&client, problem.name(), tx);
                    Ok(Answered::Again(problem))
                }
                None => Ok(Answered::GoOn),
            };
        }
    }

    /// Compares, asks the authority and records; `None` when the match holds.
    async fn judge_match(
        &self,
        tx: &Handle,
        client: &Client,
        identity: &Identity,
        code: &FiscalCode,
    ) -> Result<Option<MatchProblem>, Fault> {
        let (Some(matching), Some(person)) =
            (self.durable.matching(), identity.eidas_identifier.as_ref())
        else {
            return Err(Fault::of_slug("match-unavailable").with_detail("[matching] is missing"));
        };
        let (true, Some(question)) =
            (agrees(code, &identity.profile), Question::of(code, &identity.profile))
        else {
            return Ok(Some(MatchProblem::Disagrees));
        };
        let verifier = matching.verifier.load_full();
        let verdict = match &verifier {
            None => None,
            Some(verifier) => match verifier.ask(&question, &self.fx).await {
                Ok(Verdict::Match) => Some(verifier.name()),
                Ok(Verdict::NoMatch) => return Ok(Some(MatchProblem::Disagrees)),
                Ok(Verdict::Ambiguous) => return Ok(Some(MatchProblem::Ambiguous)),
                Err(cause) => {
                    tracing::error!(verifier = verifier.name(), %cause, "no match is verified");
                    return Ok(Some(MatchProblem::Unavailable));
                }
            },
        };
        let state = person.country();
        let certainty =
            if verdict.is_some() { Certainty::Verified } else { Certainty::SelfDeclared };
        let new = NewMatch {
            person: person.as_str(),
            state: state.code(),
            fiscal_code: code.as_str(),
            how: certainty.name(),
            verifier: verdict.unwrap_or_default(),
        };
        match matching.registry.record_match(&new).await.map_err(unavailable)? {
            MatchWritten::Holds => self.note_match(client, certainty.name(), tx),
            taken @ (MatchWritten::OtherCode | MatchWritten::OtherPerson) => {
                self.note_match(client, "taken", tx);
                let detail = if taken == MatchWritten::OtherCode {
                    "the person is matched with another code"
                } else {
                    "the code is matched with another person of that state"
                };
                return Err(Fault::of_slug("match-taken").with_detail(detail));
            }
        }
        // What the registry says counts: it may know more than was declared just now.
        if let Some(matched) = self.known_match(identity).await?
            && let Some(login) = self.shelves.get::<Login>(Shelf::Login, Key::of(tx)).await?
        {
            self.write_match(tx, &login, matched).await?;
        }
        Ok(None)
    }

    /// The match that the registry has of somebody.
    async fn known_match(&self, identity: &Identity) -> Result<Option<Matched>, Fault> {
        let missing = || Fault::of_slug("match-unavailable").with_detail("[matching] is missing");
        let matching = self.durable.matching().ok_or_else(missing)?;
        let Some(person) = &identity.eidas_identifier else { return Ok(None) };
        let found = matching.registry.match_of(person.as_str()).await.map_err(unavailable)?;
        let Some(found) = found else { return Ok(None) };
        let fiscal_code = FiscalCode::parse(&found.fiscal_code).ok();
        let certainty = Certainty::from_name(&found.how);
        match (certainty, fiscal_code) {
            (Some(certainty), Some(code)) => {
                Ok(Some(Matched { certainty, fiscal_code: Some(code) }))
            }
            _ => Err(Fault::of_slug("match-unavailable").with_detail("a record is malformed")),
        }
    }

    /// Puts a match on the login, unless somebody else was identified in it meanwhile: `continue` recalls
    /// what is missing.
    async fn write_match(
        &self,
        tx: &Handle,
        login: &Held<Login>,
        matched: Matched,
    ) -> Result<(), Fault> {
        let mut next = Login::clone(login);
        if let Stage::Identified(identity) = &mut next.stage
            && identity.can_be_matched()
        {
            identity.matched = Some(matched);
            let lives = self.left(login.begun_at);
            self.shelves.swap(Shelf::Login, Key::of(tx), login, &next, lives).await?;
        }
        Ok(())
    }

    /// One line for operators, without a value, and one step of the counter.
    fn note_match(&self, client: &Client, outcome: &'static str, tx: &Handle) {
        let reference = Reference::of(tx);
        tracing::info!(
            client = client.id.as_str(),
            outcome,
            reference = reference.as_str(),
            "a person from another state and a fiscal code"
        );
        self.observer.observe(Event::Matching { client: &client.id, outcome });
    }
}

/// A code as people type it: in either case, with blanks between its groups. No provisional one: it says
/// nothing that could be compared.
fn read(typed: &str) -> Option<FiscalCode> {
    if typed.len() > LONGEST {
        return None;
    }
    let typed: String = typed.chars().filter(|letter| !letter.is_whitespace()).collect();
    FiscalCode::parse(&typed).ok().filter(|code| !code.is_provisional())
}

fn unavailable(cause: RegistryFault) -> Fault {
    Fault::of_slug("match-unavailable").caused_by(cause)
}

/// Answers that a login takes.
const MOST_TRIES: u8 = 5;
/// Octets of the longest answer.
const LONGEST: usize = 64;
