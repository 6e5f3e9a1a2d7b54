//! Admission: policy's yes to the person that a provider proved, on this day; or why not.
//!
//! Not the judgement: `policy` makes that from the calendar and the client's own periods. Asked before a
//! browser leaves for a provider, before a code is given, and again before a token is refreshed.

use super::{Broker, Event, Login, Refusal};
use crate::crypto::Handle;
use crate::fault::Fault;
use crate::identity::Identity;
use crate::oidc::Client;
use crate::policy::{Admitted, Applicant, Category, Day, Denial, Reason};
use crate::state::{Held, Key, Shelf};
use crate::terms::Level;

impl Broker {
    /// Today, in Rome.
    #[must_use]
    pub fn today(&self) -> Day {
        Day::of(self.fx.now())
    }

    /// The lowest level by which somebody who comes by `instrument` could be let in.
    ///
    /// # Errors
    /// The row of policy's reason, when nobody could.
    pub(super) fn prospect(&self, client: &Client, instrument: &str) -> Result<Level, Fault> {
        let prospect = self.calendar.load().prospect(client, instrument, self.today());
        prospect.map_err(|denial| Fault::of_slug(slug(&denial)))
    }

    /// Policy's word about this person, whom an entitlement source puts into `categories` besides.
    pub(super) fn judge(
        &self,
        client: &Client,
        identity: &Identity,
        categories: &[Category],
    ) -> Result<Admitted, Denial> {
        let day = self.today();
        let applicant = Applicant::of(identity, categories, day);
        self.calendar.load().admit(client, &applicant, day)
    }

    /// The same for a login under way: a refusal is counted and remembered on it, and the person may
    /// come by another way.
    ///
    /// # Errors
    /// The row of policy's reason; `login-unanswered` when nobody is known yet; when the state store does
    /// not answer.
    pub(super) async fn admit(
        &self,
        client: &Client,
        tx: &Handle,
        login: &Held<Login>,
    ) -> Result<Admitted, Fault> {
        let identity = login.stage.identity().ok_or_else(|| Fault::of_slug("login-unanswered"))?;
        let denial = match self.judge(client, identity, &login.told_categories()) {
            Ok(admitted) => return Ok(admitted),
            Err(denial) => denial,
        };
        let origin = &identity.origin;
        let (instrument, reason) = (origin.auth_method.as_str(), denial.reason.word());
        self.observer.observe(Event::Denied { client: &client.id, instrument, reason });
        let refusal = Refusal {
            slug: slug(&denial).to_owned(),
            upstream: login.upstream.clone().unwrap_or_default(),
            provider: origin.provider.clone(),
        };
        let refused = Login::clone(login).refused(refusal);
        let left = login.begun_at.plus(self.settings.login_lives).since(self.fx.now());
        self.shelves.swap(Shelf::Login, Key::of(tx), login, &refused, left).await?;
        Err(Fault::of_slug(slug(&denial)))
    }
}

/// Each reason has its row.
fn slug(denial: &Denial) -> &'static str {
    match denial.reason {
        // None is issued or renewed: no word about a sign-in, and refused like one.
        Reason::SwitchOff | Reason::Expired | Reason::NotIssued | Reason::NotRenewed => {
            "policy-switched-off"
        }
        Reason::NotYet => "policy-not-yet",
        Reason::Level => "policy-level",
        Reason::Category => "policy-category",
        Reason::NotDedicated => "policy-not-dedicated",
        Reason::MinAge => "policy-min-age",
        Reason::NotAccepted => "policy-not-accepted",
    }
}
