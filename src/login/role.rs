//! In which role: what a client's entitlement source tells of a person is put on the login once, and where
//! there is a choice the person makes it before the login ends (page P11).
//!
//! Not a source of roles: `entitlement` asks that. The choice stands on the login, in the store, and only
//! what the source told can be chosen. A client without a source costs nothing here.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Broker, Event, Login, Stage};
use crate::crypto::Handle;
use crate::entitlement::LookupFault;
use crate::fault::Fault;
use crate::identity::{Capacity, Entitlements, Identity, Role};
use crate::oidc::client::{Choose, Entitling};
use crate::oidc::{AuthorizationRequest, Client, Scope};
use crate::state::{Held, Key, Shelf};
use crate::terms::{Category, Day};

/// What the source told of whoever is identified, and what the person chose of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entitled {
    entitlements: Entitlements,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    chosen: Option<Capacity>,
}

impl Entitled {
    /// The categories of person that the source knows of.
    #[must_use]
    pub fn categories(&self) -> Vec<Category> {
        self.entitlements.categories()
    }

    /// That capacity under what the source tells now.
    pub(super) fn renewed(&self, capacity: &Capacity) -> Capacity {
        capacity.renewed(&self.entitlements)
    }
}

/// The choice that a person has.
#[derive(Debug)]
pub struct RoleChoice {
    /// At which service.
    pub client: Arc<Client>,
    /// The roles, in the order of the source: the place of one is what chooses it.
    pub roles: Vec<Role>,
    /// Whether the person may go on without one.
    pub without: bool,
}

/// What a person chose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Chosen {
    /// The role at that place.
    Role(usize),
    /// None.
    Without,
}

/// In which roles a login ends, or that the person has to say it.
#[derive(Debug)]
pub(super) enum Settled {
    In(Capacity),
    Ask(Entitlements),
}

impl Login {
    /// The categories of person that the client's source told, for whoever judges who may enter.
    #[must_use]
    pub fn told_categories(&self) -> Vec<Category> {
        self.entitled.as_deref().map(Entitled::categories).unwrap_or_default()
    }

    /// In which roles the login ends.
    pub(super) fn settled(&self, client: &Client) -> Result<Settled, Fault> {
        settle(client, &self.request, self.entitled.as_deref())
    }
}

/// The same for a person who is known from elsewhere.
pub(super) fn settle(
    client: &Client,
    request: &AuthorizationRequest,
    entitled: Option<&Entitled>,
) -> Result<Settled, Fault> {
    let Some(Entitling { choose, without_role, .. }) = client.entitlements.as_deref() else {
        return Ok(Settled::In(Capacity::default()));
    };
    // Somebody else was identified since the source was asked.
    let entitled = entitled.ok_or_else(|| Fault::of_slug("login-unanswered"))?;
    let entitlements = &entitled.entitlements;
    let many = entitlements.roles().len();
    if many == 0 && !without_role {
        return Err(Fault::of_slug("role-required"));
    }
    let asks = match choose {
        Choose::Never => false,
        Choose::Several => many > 1,
        Choose::Always => many > 0,
    };
    Ok(match &entitled.chosen {
        _ if !is_told(client, request) => Settled::In(Capacity::without()),
        Some(chosen) => Settled::In(chosen.clone()),
        None if asks => Settled::Ask(entitlements.clone()),
        None if *choose == Choose::Never => Settled::In(entitlements.all()),
        None => Settled::In(entitlements.one(0).unwrap_or_else(Capacity::without)),
    })
}

/// Whether the client would be told a role at all: nobody is asked for nothing.
fn is_told(client: &Client, request: &AuthorizationRequest) -> bool {
    let rows = || crate::identity::claims::CLAIMS.iter().filter(|row| row.scope == Scope::Roles);
    let named = |name: &String| rows().any(|row| row.name(client.claims_profile) == Some(name));
    let claims = &request.claims;
    client.scopes.contains(Scope::Roles)
        && (request.scopes.contains(Scope::Roles)
            || claims.id_token.iter().chain(&claims.userinfo).any(named))
}

impl Broker {
    /// What the client's source tells of that person; nothing of a person without a fiscal code, by whom
    /// nobody is asked.
    pub(super) async fn entitled(
        &self,
        client: &Client,
        identity: &Identity,
    ) -> Result<Option<Box<Entitled>>, Fault> {
        let Some(entitling) = client.entitlements.as_deref() else { return Ok(None) };
        let Some(code) = identity.vouched_fiscal_code() else { return Ok(Some(Box::default())) };
        let sources = self.entitlements.load_full();
        let source = entitling.source.as_str();
        let looked = sources.look_up(source, code, &self.shelves, &self.fx).await;
        let (outcome, lasted) = (looked.outcome, looked.lasted);
        self.observer.observe(Event::Entitlements { source, outcome, lasted });
        let told = looked.entitlements.map_err(|cause| match cause {
            LookupFault::State(cause) => cause.into(),
            LookupFault::Source(cause) => {
                let fault = Fault::of_slug("entitlements-unavailable");
                fault.with_detail(format!("source {source}")).caused_by(cause)
            }
        })?;
        let entitlements = told.on(Day::of(self.fx.now()));
        Ok(Some(Box::new(Entitled { entitlements, chosen: None })))
    }

    /// The login with what the client's source tells of its person: asked once, and kept on it.
    pub(super) async fn with_roles(
        &self,
        client: &Client,
        tx: &Handle,
        browser: &Handle,
        login: Held<Login>,
    ) -> Result<Held<Login>, Fault> {
        let Stage::Identified(identity) = &login.stage else { return Ok(login) };
        if client.entitlements.is_none() || login.entitled.is_some() {
            return Ok(login);
        }
        let entitled = self.entitled(client, identity).await?;
        let next = Login { entitled, ..Login::clone(&login) };
        let left = self.left(login.begun_at);
        // Whoever was faster asked the same source.
        self.shelves.swap(Shelf::Login, Key::of(tx), &login, &next, left).await?;
        self.login_of(tx, browser).await
    }

    /// The choice that this login waits for; `None` when it waits for none.
    ///
    /// # Errors
    /// As in [`Broker::login_of`]; `role-required`.
    pub async fn role_choice(
        &self,
        tx: &Handle,
        browser: &Handle,
    ) -> Result<Option<RoleChoice>, Fault> {
        let login = self.login_of(tx, browser).await?;
        let client = self.client_of(&login)?;
        if login.entitled.is_none() {
            return Ok(None);
        }
        let without = client.entitlements.as_deref().is_some_and(|one| one.without_role);
        Ok(match login.settled(&client)? {
            Settled::In(_) => None,
            Settled::Ask(told) => {
                Some(RoleChoice { client, roles: told.roles().to_vec(), without })
            }
        })
    }

    /// Notes what the person chose. Until the login ends it can be chosen anew.
    ///
    /// # Errors
    /// As in [`Broker::login_of`]; `role-unknown` when the source did not tell that role, or the client
    /// lets nobody go on without one.
    pub async fn choose_role(
        &self,
        tx: &Handle,
        browser: &Handle,
        choice: Chosen,
    ) -> Result<(), Fault> {
        let unknown = || Fault::of_slug("role-unknown");
        loop {
            let login = self.login_of(tx, browser).await?;
            let client = self.client_of(&login)?;
            let entitling = client.entitlements.as_deref().ok_or_else(unknown)?;
            let entitled = login.entitled.as_deref().ok_or_else(unknown)?;
            let chosen = match choice {
                Chosen::Role(_) if entitling.choose == Choose::Never => None,
                Chosen::Role(at) => entitled.entitlements.one(at),
                Chosen::Without => entitling.without_role.then(Capacity::without),
            };
            let entitled =
                Entitled { chosen: Some(chosen.ok_or_else(unknown)?), ..entitled.clone() };
            let next = Login { entitled: Some(Box::new(entitled)), ..Login::clone(&login) };
            let left = self.left(login.begun_at);
            if self.shelves.swap(Shelf::Login, Key::of(tx), &login, &next, left).await? {
                return Ok(());
            }
        }
    }
}
