//! Receive: a provider's answer is checked and recorded, whoever's browser carried it.
//!
//! Not the end of a login: it always answers with the address of `continue`, success or not.

use super::redirect::{Attempt, fault_of};
use super::{Broker, Event, Login, Refusal};
use crate::crypto::Handle;
use crate::effects::Timestamp;
use crate::fault::{Fault, Reference};
use crate::identity::{Identity, UpstreamIdentity, UpstreamSession};
use crate::state::{Held, Key, Put, Shelf};
use crate::terms::Level;
use crate::upstream::{Arrival, Departure, Inbound, Kind, Setback};

/// Where the browser goes next.
#[derive(Debug)]
pub enum Received {
    /// To `continue` of this login.
    Continue(Handle),
    /// To the provider once more.
    Onward(Departure),
}

impl Broker {
    /// Checks an inbound message against the journey it names.
    ///
    /// # Errors
    /// When the message belongs to no journey (unsolicited), its journey is over (replay), or the
    /// store does not answer. Every other failure is recorded on the login and shown by `continue`.
    pub async fn receive(&self, inbound: Inbound) -> Result<Received, Fault> {
        let unsolicited = || Fault::of_slug("response-unsolicited");
        let ticket = self
            .upstreams
            .at(&inbound.path)
            .find_map(|upstream| upstream.ticket(&inbound))
            .ok_or_else(unsolicited)?;
        let place = Key::of(&ticket);
        let attempt =
            self.shelves.get::<Attempt>(Shelf::Attempt, place).await?.ok_or_else(unsolicited)?;
        let Attempt::Underway { tx, upstream, provider, level, pending } = &*attempt else {
            return Err(Fault::of_slug("response-replayed"));
        };
        // The journey says which upstream the answer is for; it must expect answers here.
        let known = self
            .upstreams
            .get(upstream)
            .filter(|known| known.receives_at(&inbound.path))
            .ok_or_else(unsolicited)?;
        let (tx, provider, level) = (tx.clone(), provider.clone(), *level);
        let used = known.redeems();
        if used {
            // Before anybody is asked: a code is redeemed once, whoever brings it how often.
            self.use_up(place, &attempt, &Attempt::Used).await?;
        }
        let outcome = match known.receive(pending.clone(), inbound, &self.fx).await {
            Ok(Arrival::Onward(departure, pending)) => {
                let onward =
                    Attempt::Underway { tx, upstream: upstream.clone(), provider, level, pending };
                self.use_up(place, &attempt, &onward).await?;
                return Ok(Received::Onward(departure));
            }
            Ok(Arrival::Identified(proof)) => {
                // The journey first, then the assertion: whoever loses either race is a replay.
                if !used {
                    self.use_up(place, &attempt, &Attempt::Used).await?;
                }
                self.identify(&proof, level).await.map(|identity| (identity, proof.session))
            }
            Err(Setback { kind: Kind::Refused, slug, detail }) if !used => {
                self.use_up(place, &attempt, &Attempt::Used).await?;
                Err(Fault::of_slug(slug).with_detail(detail))
            }
            // A message that is not acceptable does not use up the journey by itself: the genuine answer
            // may still come (a forger must not be able to end somebody's login).
            Err(setback) => Err(fault_of(setback)),
        };
        self.record(&tx, upstream, &provider, outcome).await?;
        Ok(Received::Continue(tx))
    }

    /// The login that a journey belongs to, if this browser began it: for a page of ours that stands where
    /// others have a provider.
    ///
    /// # Errors
    /// `response-unsolicited` when there is no such journey, `response-replayed` when it is over, and as
    /// [`Broker::login_of`].
    pub async fn login_of_journey(
        &self,
        ticket: &Handle,
        browser: &Handle,
    ) -> Result<(Handle, Held<Login>), Fault> {
        let attempt = self.shelves.get::<Attempt>(Shelf::Attempt, Key::of(ticket)).await?;
        let attempt = attempt.ok_or_else(|| Fault::of_slug("response-unsolicited"))?;
        let Attempt::Underway { tx, .. } = &*attempt else {
            return Err(Fault::of_slug("response-replayed"));
        };
        Ok((tx.clone(), self.login_of(tx, browser).await?))
    }

    /// Turns a proof into a person, once.
    async fn identify(&self, proof: &UpstreamIdentity, asked: Level) -> Result<Identity, Fault> {
        if proof.level < asked {
            return Err(Fault::of_slug("level-too-low"));
        }
        let lives = proof.expires_at.since(self.fx.now()) + crate::saml::CLOCK_SKEW;
        let seen = Key::of_parts(&[&proof.upstream, &proof.provider, &proof.assertion_id]);
        match self.shelves.put(Shelf::Seen, seen, &(), lives).await? {
            Put::Laid => {}
            Put::AlreadyThere => return Err(Fault::of_slug("response-replayed")),
        }
        Identity::from_upstream(proof)
            .map_err(|cause| Fault::of_slug(cause.slug()).caused_by(cause))
    }

    async fn use_up(&self, place: Key, seen: &Held<Attempt>, next: &Attempt) -> Result<(), Fault> {
        let lives = self.settings.login_lives;
        if self.shelves.swap(Shelf::Attempt, place, seen, next, lives).await? {
            Ok(())
        } else {
            Err(Fault::of_slug("response-replayed"))
        }
    }

    /// Writes the outcome on the login. A login that is gone meanwhile keeps nothing: `continue` says so.
    async fn record(
        &self,
        tx: &Handle,
        upstream: &str,
        provider: &str,
        outcome: Result<(Identity, Option<UpstreamSession>), Fault>,
    ) -> Result<(), Fault> {
        let place = Key::of(tx);
        let Some(held) = self.shelves.get::<Login>(Shelf::Login, place).await? else {
            return Ok(());
        };
        let left = self.left(held.begun_at);
        let login = Login::clone(&held);
        let login = match outcome {
            Ok((identity, session)) => login.identified(identity).resting_on(session).by(upstream),
            Err(fault) => {
                let mut fault = fault.with_reference(Reference::of(tx));
                fault.report(upstream, provider);
                self.observer.observe(Event::Refused { upstream, provider, row: fault.row() });
                login.refused(Refusal {
                    slug: fault.row().slug.to_owned(),
                    upstream: upstream.to_owned(),
                    provider: provider.to_owned(),
                })
            }
        };
        self.shelves.swap(Shelf::Login, place, &held, &login, left).await?;
        Ok(())
    }

    /// How long that login may still take.
    pub(super) fn left(&self, begun_at: Timestamp) -> std::time::Duration {
        begun_at.plus(self.settings.login_lives).since(self.fx.now())
    }
}
