//! Who delegated whom: asked for, accepted, refused, taken back. Every change is one row of the trail.
//!
//! Not the end of what rests on a delegation: `login` ends that, right after it was taken back here.

use std::sync::Arc;
use std::time::Duration;

use super::record::{DELEGATE, PAIR, PLACE_OF_DELEGATE, PLACE_OF_PRINCIPAL, PRINCIPAL};
use super::{
    ACT, Connector, Delegation, DelegationKind, DelegationState, Guardian, Limits, Party, Refusal,
    Services, Wish,
};
use crate::crypto::Handle;
use crate::effects::Effects;
use crate::identity::{FiscalCode, Identity};
use crate::oidc::ClientId;
use crate::oidc::client::Delegable;
use crate::policy::{Applicant, Calendar, Day};
use crate::registry::{Actor, Change, Committed, Entry, Registry, Stored};
use crate::terms::Level;

/// All of them.
pub struct Book {
    registry: Arc<Registry>,
    connector: Connector,
    limits: Limits,
    /// Whether a delegate must have signed in before.
    first_login: bool,
    fx: Effects,
}

impl Book {
    /// Over one registry. `first_login`: whether first logins are recorded, and so demanded of delegates.
    #[must_use]
    pub fn new(
        registry: Arc<Registry>,
        connector: Connector,
        limits: Limits,
        first_login: bool,
        fx: Effects,
    ) -> Self {
        Self { registry, connector, limits, first_login, fx }
    }

    /// Where delegations come from.
    #[must_use]
    pub const fn connector(&self) -> Connector {
        self.connector
    }

    /// Somebody asks another person to act for them; the other has to accept.
    ///
    /// # Errors
    /// [`Refusal`]; then nothing was written.
    pub async fn ask(
        &self,
        who: &Identity,
        wish: Wish<'_>,
        calendar: &Calendar,
    ) -> Result<String, Refusal> {
        self.connector.serves()?;
        let principal = self.allowed(who, calendar)?;
        let delegate = read(wish.delegate)?;
        let now = self.fx.now();
        if delegate == principal.fiscal_code {
            return Err(Refusal::Oneself);
        }
        if matches!(&wish.services, Services::Only(some) if some.is_empty()) {
            return Err(Refusal::Services);
        }
        let longest = if wish.assisted { ASSISTED } else { self.limits.longest };
        let ends_at = wish.ends_at.unwrap_or_else(|| now.plus(longest));
        if ends_at <= now || ends_at > now.plus(longest) {
            return Err(Refusal::End);
        }
        // Else anybody's code could be tried until one is somebody's.
        if self.first_login && self.registry.first_login(delegate.as_str()).await?.is_none() {
            return Err(Refusal::NeverSignedIn);
        }
        let kind = if wish.assisted { DelegationKind::Assisted } else { DelegationKind::Personal };
        let mut delegation = Delegation {
            id: Handle::fresh(&self.fx).reveal().to_owned(),
            kind,
            state: DelegationState::Asked,
            delegate: Party::named(delegate),
            services: wish.services,
            office: String::new(),
            asked_at: now,
            ends_at: Some(ends_at),
            places: None,
            principal,
        };
        let actor = self.citizen(&delegation.principal);
        if kind == DelegationKind::Assisted {
            self.insert(&delegation, &actor, "delegation.ask", "").await?;
            return Ok(delegation.id);
        }
        // What is over by its time still keeps its place until it is swept.
        self.sweep(&delegation.principal.fiscal_code, &delegation.delegate.fiscal_code).await?;
        let (mut of_principal, mut of_delegate) = (0, 0);
        loop {
            delegation.places = Some((of_principal, of_delegate));
            match self.insert(&delegation, &actor, "delegation.ask", "").await {
                Err(Refusal::TooManyDelegates) if of_principal + 1 < self.limits.delegates => {
                    of_principal += 1;
                }
                Err(Refusal::TooManyPrincipals) if of_delegate + 1 < self.limits.principals => {
                    of_delegate += 1;
                }
                done => return done.map(|()| delegation.id),
            }
        }
    }

    /// The office enters a legal representative: it holds at once, and there is no limit to how many.
    ///
    /// # Errors
    /// [`Refusal`]; then nothing was written.
    pub async fn represent(
        &self,
        staff: &Actor,
        office: &str,
        guardian: Guardian<'_>,
    ) -> Result<String, Refusal> {
        self.connector.serves()?;
        let delegate = read(guardian.representative)?;
        if delegate == guardian.principal.fiscal_code {
            return Err(Refusal::Oneself);
        }
        if guardian.ends_at.is_some_and(|end| end <= self.fx.now()) {
            return Err(Refusal::End);
        }
        let delegation = Delegation {
            id: Handle::fresh(&self.fx).reveal().to_owned(),
            kind: DelegationKind::LegalRepresentative,
            state: DelegationState::Active,
            principal: guardian.principal,
            delegate: Party::named(delegate),
            services: Services::All,
            office: office.to_owned(),
            asked_at: self.fx.now(),
            ends_at: guardian.ends_at,
            places: None,
        };
        self.sweep(&delegation.principal.fiscal_code, &delegation.delegate.fiscal_code).await?;
        self.insert(&delegation, staff, "delegation.represent", guardian.basis).await?;
        Ok(delegation.id)
    }

    /// The delegate takes it, or does not.
    ///
    /// # Errors
    /// [`Refusal`]; then nothing changed.
    pub async fn answer(
        &self,
        who: &Identity,
        id: &str,
        accepts: bool,
        calendar: &Calendar,
    ) -> Result<(), Refusal> {
        self.connector.serves()?;
        let delegate = self.allowed(who, calendar)?;
        let read = self.registry.record::<Delegation>(id).await?.ok_or(Refusal::Unknown)?;
        let asked = read.state == DelegationState::Asked && read.is_open(self.fx.now());
        if !asked || read.delegate.fiscal_code != delegate.fiscal_code {
            return Err(Refusal::Unknown);
        }
        let (state, action) = if accepts {
            (DelegationState::Active, "delegation.accept")
        } else {
            (DelegationState::Refused, "delegation.refuse")
        };
        let actor = self.citizen(&delegate);
        let next = Delegation { state, delegate, ..Delegation::clone(&read) };
        self.replace(&read, &next, &actor, action, "").await
    }

    /// One of the two takes it back. The caller ends what rests on it.
    ///
    /// # Errors
    /// [`Refusal`]; then nothing changed. No instrument is demanded but the code: ending is always allowed.
    pub async fn revoke(&self, who: &Identity, id: &str) -> Result<(), Refusal> {
        self.connector.serves()?;
        let party = Party::of(who).filter(|_| signed_in_well(who)).ok_or(Refusal::NotAllowed)?;
        let read = self.registry.record::<Delegation>(id).await?.ok_or(Refusal::Unknown)?;
        let own = [&read.principal, &read.delegate]
            .into_iter()
            .any(|one| one.fiscal_code == party.fiscal_code);
        if !own || !read.is_open(self.fx.now()) {
            return Err(Refusal::Unknown);
        }
        if read.kind == DelegationKind::LegalRepresentative {
            return Err(Refusal::ByTheOffice);
        }
        let next = Delegation { state: DelegationState::Revoked, ..Delegation::clone(&read) };
        self.replace(&read, &next, &self.citizen(&party), "delegation.revoke", "").await
    }

    /// The office takes one back, of whatever kind. The caller ends what rests on it.
    ///
    /// # Errors
    /// [`Refusal`]; then nothing changed.
    pub async fn withdraw(&self, staff: &Actor, id: &str, reason: &str) -> Result<(), Refusal> {
        self.connector.serves()?;
        let read = self.registry.record::<Delegation>(id).await?.ok_or(Refusal::Unknown)?;
        if !read.is_open(self.fx.now()) {
            return Err(Refusal::Unknown);
        }
        let next = Delegation { state: DelegationState::Revoked, ..Delegation::clone(&read) };
        self.replace(&read, &next, staff, "delegation.withdraw", reason).await
    }

    /// Everything between this person and others, the oldest first: as principal, then as delegate.
    ///
    /// # Errors
    /// [`Refusal::Registry`].
    pub async fn of(
        &self,
        code: &FiscalCode,
    ) -> Result<(Vec<Delegation>, Vec<Delegation>), Refusal> {
        let read = async |name| {
            let found = self.registry.records_by_key::<Delegation>(name, code.as_str()).await?;
            Ok::<_, Refusal>(found.into_iter().map(Stored::into_inner).collect())
        };
        Ok((read(PRINCIPAL).await?, read(DELEGATE).await?))
    }

    /// Whom that person may act for at `client` now.
    ///
    /// # Errors
    /// [`Refusal::Registry`]; nobody may be acted for then.
    pub async fn principals(
        &self,
        who: &Identity,
        client: &str,
        delegable: Delegable,
    ) -> Result<Vec<Delegation>, Refusal> {
        let Some(code) = who.fiscal_code.as_ref().filter(|_| signed_in_well(who)) else {
            return Ok(Vec::new());
        };
        if delegable == Delegable::None || self.connector.serves().is_err() {
            return Ok(Vec::new());
        }
        let (_, all) = self.of(code).await?;
        let now = self.fx.now();
        let kept = |one: &Delegation| {
            let legal = one.kind == DelegationKind::LegalRepresentative;
            one.holds(now) && one.services.holds(client) && (legal || delegable == Delegable::All)
        };
        Ok(all.into_iter().filter(kept).collect())
    }

    /// Notes that somebody acts by it at a service: assisted access and every other leaves its row.
    ///
    /// # Errors
    /// [`Refusal`]; then nobody acts.
    pub async fn note_use(
        &self,
        id: &str,
        kind: DelegationKind,
        actor: &Identity,
        client: &ClientId,
    ) -> Result<(), Refusal> {
        let party = Party::of(actor).ok_or(Refusal::NotAllowed)?;
        let entry = Entry {
            actor: Actor { role: kind.name(), ..self.citizen(&party) },
            action: "delegation.use",
            object: format!("delegation/{id}"),
            office: String::new(),
            reason: client.as_str().to_owned(),
            rules: String::new(),
            outcome: "done",
        };
        Ok(self.registry.note(&entry).await?)
    }

    /// Whether it still holds.
    ///
    /// # Errors
    /// [`Refusal::Registry`].
    pub async fn holds(&self, id: &str) -> Result<bool, Refusal> {
        let found = self.registry.record::<Delegation>(id).await?;
        Ok(found.is_some_and(|found| found.holds(self.fx.now())))
    }

    fn allowed(&self, who: &Identity, calendar: &Calendar) -> Result<Party, Refusal> {
        let day = Day::of(self.fx.now());
        let party = Party::of(who).filter(|_| signed_in_well(who)).ok_or(Refusal::NotAllowed)?;
        let applicant = Applicant::of(who, &[], day);
        calendar.allow(ACT, &applicant, day).map_err(|_| Refusal::NotAllowed)?;
        Ok(party)
    }

    /// Ends what is over by its time between these people, so that its places are free.
    async fn sweep(&self, principal: &FiscalCode, delegate: &FiscalCode) -> Result<(), Refusal> {
        let now = self.fx.now();
        for (name, code) in [(PRINCIPAL, principal), (DELEGATE, delegate)] {
            let all = self.registry.records_by_key::<Delegation>(name, code.as_str()).await?;
            for read in all.iter().filter(|one| one.is_over(now) && one.due_is_open()) {
                let state = DelegationState::Revoked;
                let next = Delegation { state, ..Delegation::clone(read) };
                match self.replace(read, &next, &Actor::system(), "delegation.expire", "").await {
                    // Somebody else swept it.
                    Ok(()) | Err(Refusal::Stale) => {}
                    Err(other) => return Err(other),
                }
            }
        }
        Ok(())
    }

    fn citizen(&self, party: &Party) -> Actor {
        let person = self.registry.pseudonym(party.fiscal_code.as_str());
        Actor { person, role: "citizen" }
    }

    async fn insert(
        &self,
        delegation: &Delegation,
        actor: &Actor,
        action: &'static str,
        reason: &str,
    ) -> Result<(), Refusal> {
        let mut change = Change::new();
        change.insert(delegation)?;
        self.committed(change, &entry(actor, action, delegation, reason)).await
    }

    async fn replace(
        &self,
        read: &Stored<Delegation>,
        next: &Delegation,
        actor: &Actor,
        action: &'static str,
        reason: &str,
    ) -> Result<(), Refusal> {
        let mut change = Change::new();
        change.replace(read, next)?;
        self.committed(change, &entry(actor, action, next, reason)).await
    }

    async fn committed(&self, change: Change, entry: &Entry) -> Result<(), Refusal> {
        match self.registry.commit(change, entry).await? {
            Committed::Done(_) => Ok(()),
            Committed::Taken(PAIR) => Err(Refusal::AlreadyThere),
            Committed::Taken(PLACE_OF_PRINCIPAL) => Err(Refusal::TooManyDelegates),
            Committed::Taken(PLACE_OF_DELEGATE) => Err(Refusal::TooManyPrincipals),
            Committed::Taken(_) | Committed::Stale => Err(Refusal::Stale),
        }
    }
}

impl Delegation {
    fn due_is_open(&self) -> bool {
        matches!(self.state, DelegationState::Asked | DelegationState::Active)
    }
}

impl std::fmt::Debug for Book {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Book")
    }
}

fn entry(actor: &Actor, action: &'static str, of: &Delegation, reason: &str) -> Entry {
    Entry {
        actor: actor.clone(),
        action,
        object: format!("delegation/{}", of.id),
        office: of.office.clone(),
        reason: reason.to_owned(),
        rules: String::new(),
        outcome: "done",
    }
}

/// A code as people type it: no provisional one, which is nobody's in particular.
fn read(typed: &str) -> Result<FiscalCode, Refusal> {
    if typed.len() > 64 {
        return Err(Refusal::Malformed);
    }
    let typed: String = typed.chars().filter(|letter| !letter.is_whitespace()).collect();
    let code = FiscalCode::parse(&typed).map_err(|_| Refusal::Malformed)?;
    if code.is_provisional() { Err(Refusal::Malformed) } else { Ok(code) }
}

/// Whatever a calendar says: by SPID, CIE or CNS, at level 2 or above (R10, R12).
fn signed_in_well(who: &Identity) -> bool {
    let instrument = who.origin.auth_method.as_str();
    who.level >= Level::L2 && ["spid", "cie", "cns"].contains(&instrument)
}

/// The longest that somebody is helped at a time.
const ASSISTED: Duration = Duration::from_hours(24);
