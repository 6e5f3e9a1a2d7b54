//! On whose behalf: whoever has principals at a service says, before the login ends, for whom they act
//! (page P10).
//!
//! Not who may delegate: `delegation` keeps that, and is asked again at each step. Policy judges whoever
//! signed in; what the service is told is of the principal, and always says who acts (RFC 8693, section 4.1).

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Broker, Event, Login};
use crate::crypto::Handle;
use crate::delegation::{Book, Delegation, DelegationKind, Refusal, Services};
use crate::effects::Timestamp;
use crate::fault::Fault;
use crate::identity::{Identity, Profile};
use crate::oidc::Client;
use crate::oidc::client::Delegable;
use crate::state::{Key, Shelf};

/// For whom a person said to act, on a login.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Acting {
    /// For themselves.
    Oneself,
    /// By the delegation of that name.
    By(String),
}

/// By what right a grant is of somebody who did not sign in.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Behalf {
    /// The name of the delegation: what rests on it ends with it.
    pub delegation: String,
    /// Of which kind.
    pub kind: DelegationKind,
    /// Where it holds.
    pub services: Services,
    /// From this moment on it does not.
    pub ends_at: Option<Timestamp>,
    /// Where it comes from.
    pub source: String,
    /// Who signed in.
    pub actor: Identity,
}

/// The principal as the service is told of them, and by what right.
#[derive(Debug)]
pub(super) struct Represented {
    pub(super) identity: Identity,
    pub(super) behalf: Box<Behalf>,
}

impl Represented {
    /// How sure it is, by whom and when, is of whoever signed in; everything else is of the principal.
    fn of(delegation: &Delegation, actor: &Identity, source: &str) -> Self {
        let principal = &delegation.principal;
        let identity = Identity {
            level: actor.level,
            origin: actor.origin.clone(),
            authenticated_at: actor.authenticated_at,
            desk: actor.desk.clone(),
            fiscal_code: Some(principal.fiscal_code.clone()),
            spid_code: None,
            eidas_identifier: None,
            matched: None,
            expires: None,
            profile: Profile {
                given_name: principal.given_name.clone(),
                family_name: principal.family_name.clone(),
                birthdate: principal.birthdate.clone(),
                ..Profile::default()
            },
            contact: crate::identity::Contact::default(),
            address: crate::identity::Address::default(),
            organisation: crate::identity::Organisation::default(),
            document: None,
        };
        let behalf = Behalf {
            delegation: delegation.id.clone(),
            kind: delegation.kind,
            services: delegation.services.clone(),
            ends_at: delegation.ends_at,
            source: source.to_owned(),
            actor: actor.clone(),
        };
        Self { identity, behalf: Box::new(behalf) }
    }
}

/// For whom a login ends, or that the person has to say it.
#[derive(Debug)]
pub(super) enum ActsFor {
    Oneself,
    Somebody(Box<Represented>),
    Ask(Vec<Delegation>),
}

/// The choice that a person has.
#[derive(Debug)]
pub struct BehalfChoice {
    /// At which service.
    pub client: Arc<Client>,
    /// Whom they may act for: the name of one is what chooses it.
    pub principals: Vec<Delegation>,
}

impl Broker {
    /// For whom somebody acts at `client`. A broker without delegations, and a client that takes no
    /// delegates, cost nothing here.
    pub(super) async fn acts_for(
        &self,
        client: &Client,
        actor: &Identity,
        chosen: Option<&Acting>,
    ) -> Result<ActsFor, Fault> {
        // Roles are of whoever signed in: a service that tells them apart takes no delegates.
        let delegable = match client.entitlements {
            None => client.policy.delegable(self.today()),
            Some(_) => Delegable::None,
        };
        let by = match chosen {
            Some(Acting::Oneself) => return Ok(ActsFor::Oneself),
            Some(Acting::By(id)) => Some(id),
            None => None,
        };
        let book = self.durable.delegations().filter(|_| delegable != Delegable::None);
        let Some(book) = book else {
            return if by.is_some() { Err(over()) } else { Ok(ActsFor::Oneself) };
        };
        let principals = match Box::pin(book.principals(actor, client.id.as_str(), delegable)).await
        {
            Ok(principals) => principals,
            // Whoever acts for themselves needs no registry.
            Err(refusal) if by.is_none() => {
                unavailable(refusal).report("", "");
                return Ok(ActsFor::Oneself);
            }
            Err(refusal) => return Err(unavailable(refusal)),
        };
        let Some(id) = by else {
            let nobody = principals.is_empty();
            return Ok(if nobody { ActsFor::Oneself } else { ActsFor::Ask(principals) });
        };
        let chosen = principals.iter().find(|one| one.id == *id).ok_or_else(over)?;
        let source = book.connector().name();
        Ok(ActsFor::Somebody(Box::new(Represented::of(chosen, actor, source))))
    }

    /// The choice that this login waits for; `None` when it waits for none.
    ///
    /// # Errors
    /// As in [`Broker::login_of`].
    pub async fn behalf_choice(
        &self,
        tx: &Handle,
        browser: &Handle,
    ) -> Result<Option<BehalfChoice>, Fault> {
        let login = self.login_of(tx, browser).await?;
        let client = self.client_of(&login)?;
        let Some(actor) = login.stage.identity() else { return Ok(None) };
        Ok(match self.acts_for(&client, actor, None).await? {
            ActsFor::Ask(principals) => Some(BehalfChoice { client, principals }),
            ActsFor::Oneself | ActsFor::Somebody(_) => None,
        })
    }

    /// Notes for whom the person acts. Until the login ends it can be chosen anew.
    ///
    /// # Errors
    /// As in [`Broker::login_of`]; `delegation-over` when there is no such delegation for them here.
    pub async fn choose_behalf(
        &self,
        tx: &Handle,
        browser: &Handle,
        acting: Acting,
    ) -> Result<(), Fault> {
        loop {
            let login = self.login_of(tx, browser).await?;
            let client = self.client_of(&login)?;
            let actor = login.stage.identity().ok_or_else(|| Fault::of_slug("login-unanswered"))?;
            self.acts_for(&client, actor, Some(&acting)).await?;
            let next = Login { acting: Some(acting.clone()), ..Login::clone(&login) };
            let left = self.left(login.begun_at);
            if self.shelves.swap(Shelf::Login, Key::of(tx), &login, &next, left).await? {
                return Ok(());
            }
        }
    }

    /// Whoever acts by it at a service leaves a row of the trail; then it must still hold. Asked after the
    /// grant was filed: whoever takes the delegation back at this moment finds the grant, or is found here.
    pub(super) async fn use_delegation(
        &self,
        behalf: &Behalf,
        client: &Client,
    ) -> Result<(), Fault> {
        let book = self.durable.delegations().ok_or_else(over)?;
        let noted = book.note_use(&behalf.delegation, behalf.kind, &behalf.actor, &client.id);
        Box::pin(noted).await.map_err(unavailable)?;
        if !self.delegation_holds(behalf).await? {
            return Err(over());
        }
        self.count_delegation(book, "use", "done");
        Ok(())
    }

    /// Whether what rests on it still counts. The registry is asked each time: what was taken back is over
    /// at once, on every node.
    pub(super) async fn delegation_holds(&self, behalf: &Behalf) -> Result<bool, Fault> {
        let over = behalf.ends_at.is_some_and(|end| end <= self.fx.now());
        match self.durable.delegations() {
            Some(book) if !over => {
                Box::pin(book.holds(&behalf.delegation)).await.map_err(unavailable)
            }
            _ => Ok(false),
        }
    }

    /// Ends every grant that rests on a delegation which was taken back, and tells the services.
    ///
    /// # Errors
    /// When the state store does not answer. Their tokens are dead all the same.
    pub async fn end_delegation(&self, id: &str) -> Result<(), Fault> {
        let mut ended = Vec::new();
        for sid in self.resting_on(RESTING, id, "", &[]).await? {
            // The browser stays signed in: its person has other things to do than this one.
            ended.extend(self.end_one(&sid).await?.map(|trace| (sid, trace)));
        }
        self.notify(&ended).await;
        Ok(())
    }

    /// One step of the counter: `action` and how it ended.
    pub fn count_delegation(&self, book: &Book, action: &'static str, result: &'static str) {
        let source = book.connector().name();
        self.observer.observe(Event::Delegation { source, action, result });
    }
}

/// Where grants that rest on delegations are filed: no upstream is called so.
pub(super) const RESTING: &str = "delegation";

fn over() -> Fault {
    Fault::of_slug("delegation-over")
}

fn unavailable(cause: Refusal) -> Fault {
    Fault::of_slug("delegation-unavailable").caused_by(cause)
}
