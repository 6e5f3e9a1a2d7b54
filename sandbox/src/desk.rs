//! A credential of the help desk, issued to a Swiss woman, and a login with it by the scripted browser.
//!
//! Not the desk: its two people are played here, by the same moves that they have.

use std::time::Duration;

use varco::app::Assembly;
use varco::credential::access::totp::step_at;
use varco::credential::access::{
    Access, Cost, Password, PasswordHash, RecoveryCodes, Secrets, Totp, Username,
};
use varco::credential::activation::{ActivationKey, Code};
use varco::credential::{
    By, Case, Cause, Field, Issuing, Item, LegalBasis, Opening, Refusal, Role, Rules, Sighting,
};
use varco::crypto::Handle;
use varco::effects::{Effects, Timestamp};
use varco::policy::States;
use varco::registry::{Actor, Change, Committed, Entry};
use varco::terms::{Category, Day};
use varco::upstream::AnyUpstream;

use crate::browser::html::{Form, forms};
use crate::browser::{Browser, Page};
use crate::error::{Doing as _, SandboxError};
use crate::federation::Federation;
use crate::login::{Arrived, Journey, LoginOptions, refusal, unexpected};

/// The upstream.
pub const DESK: &str = "helpdesk";
/// The service that its credentials are issued for.
pub const SERVICE: &str = "lavoro";

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// Another password.
    Password,
    /// A code that no app shows.
    Code,
    /// A code that was used already.
    Replayed,
    /// The credential is suspended.
    Suspended,
    /// Its last day has passed.
    Expired,
    /// Another browser follows the link to the page.
    OtherBrowser,
}

impl Wrong {
    /// All of them, by name.
    pub const ALL: [(&str, Self); 6] = [
        ("wrong-password", Self::Password),
        ("wrong-code", Self::Code),
        ("replayed-code", Self::Replayed),
        ("suspended", Self::Suspended),
        ("expired", Self::Expired),
        ("other-browser", Self::OtherBrowser),
    ];
}

impl std::str::FromStr for Wrong {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let names = Self::ALL.map(|(name, _)| name).join(" ");
        let found = Self::ALL.into_iter().find(|(name, _)| *name == text);
        found.map(|(_, wrong)| wrong).ok_or_else(|| format!("use one of {names}"))
    }
}

/// Somebody who has a credential.
#[derive(Debug)]
pub struct Holder {
    /// The user name.
    pub username: Username,
    /// What the app shows codes of.
    pub totp: Totp,
    /// The opaque name of the record.
    pub case: String,
}

impl Holder {
    /// What the app shows now.
    #[must_use]
    pub fn code(&self) -> String {
        self.totp.code(step_at(Effects::real().now()))
    }
}

/// Issues a credential, with whatever is wrong with it, and activates it.
///
/// # Errors
/// When the help desk is off, or the registry takes no record.
pub async fn issue(assembly: &Assembly, wrong: Option<Wrong>) -> Result<Holder, SandboxError> {
    let Some(AnyUpstream::HelpDesk(desk)) = assembly.broker.upstreams.get(DESK) else {
        return Err(SandboxError::new("issue a credential", "the help desk is off"));
    };
    let fx = Effects::real();
    let year_ago = fx.now().minus(Duration::from_hours(24 * 400));
    let at = if wrong == Some(Wrong::Expired) { year_ago } else { fx.now() };
    let (mut case, username, totp) = issued(assembly, at, &fx)?;
    if wrong == Some(Wrong::Suspended) {
        let supervisor = by("supervisor", Role::Supervisor);
        let suspended = case.suspend(&supervisor, Cause::Report, "Segnalazione di prova", at);
        suspended.map_err(refused)?;
    }
    let mut change = Change::new();
    change.insert(&case).doing("write a case")?;
    let entry = Entry {
        actor: Actor::system(),
        action: "case.sample",
        object: format!("case/{}", case.id()),
        office: case.office().to_owned(),
        reason: String::new(),
        rules: String::new(),
        outcome: "done",
    };
    match desk.book().registry().commit(change, &entry).await.doing("write a case")? {
        Committed::Done(_) => Ok(Holder { username, totp, case: case.id().to_owned() }),
        other => Err(SandboxError::new("write a case", format!("{other:?}"))),
    }
}

fn issued(
    assembly: &Assembly,
    at: Timestamp,
    fx: &Effects,
) -> Result<(Case, Username, Totp), SandboxError> {
    let calendar = assembly.broker.calendar.load();
    let category = Category::parse(CATEGORY);
    let categories: Vec<Category> = category.into_iter().collect();
    let services = [SERVICE.into()];
    let states = States::new(Vec::new());
    let day = Day::of(at);
    let rules = Rules {
        day,
        states: &states,
        calendar: &calendar,
        categories: &categories,
        services: &services,
    };
    let (operator, verifier) = (by("operator", Role::Operator), by("verifier", Role::Verifier));
    let id = Handle::fresh(fx).reveal().to_owned();
    let number: String = id.chars().take(7).collect();
    let document = number.to_ascii_uppercase();
    let opening = Opening {
        id: id.clone(),
        number: format!("S-{number}"),
        person_id: Handle::fresh(fx).reveal().to_owned(),
        office: "roma".to_owned(),
        at,
    };
    let mut case = Case::open(opening, &operator).map_err(refused)?;
    let mut fields = FIELDS.to_vec();
    fields.push((Field::DocumentNumber, &document));
    case.edit(&operator, &fields, str::to_owned, at).map_err(refused)?;
    case.request(&operator, "2026-1", &rules, at).map_err(refused)?;
    let seen = Sighting { present: true, ..Sighting::default() };
    case.identify(&operator, &seen, &rules, at).map_err(refused)?;
    case.check(&verifier, Item::ALL, at).map_err(refused)?;
    let content = case.digest();
    case.approve(&verifier, &content, "Nessuna zona a lettura ottica", &rules, at)
        .map_err(refused)?;
    let (code, key) = (Code::fresh(fx), ActivationKey::new([0; 32].into()));
    let basis = LegalBasis {
        legal_basis: "Ente di prova, determina 1/2026".to_owned(),
        approved_by: "Ente di prova".to_owned(),
        review_by: day.plus_months(6),
    };
    let new = Issuing {
        code: &code,
        key: &key,
        counts: Duration::from_hours(24),
        not_me: &Handle::fresh(fx),
        confirm: &Handle::fresh(fx),
    };
    case.issue(Some(&basis), &rules, &new, at).map_err(refused)?;
    let (_, accepted) = case.try_code(&code, &key, at).map_err(refused)?;
    let accepted = accepted.ok_or_else(|| SandboxError::new("activate", "the code is wrong"))?;
    let (username, totp) = (Username::fresh(fx), Totp::fresh(fx));
    let password = PasswordHash::of(&Password::typed(PASSWORD), Cost::PRODUCT, fx);
    let password = password.ok_or_else(|| SandboxError::new("hash a password", "its cost"))?;
    let mut access = Access::new(username.clone());
    access.set_secrets(Secrets { password, totp: totp.clone() });
    access.set_recovery(RecoveryCodes::fresh(fx).0);
    case.activate(&accepted, access, at).map_err(refused)?;
    Ok((case, username, totp))
}

fn by(person: &str, role: Role) -> By {
    By { person: person.to_owned(), role }
}

#[expect(clippy::needless_pass_by_value, reason = "the shape that map_err wants")]
fn refused(refusal: Refusal) -> SandboxError {
    SandboxError::new("issue a credential", refusal.word())
}

impl Federation {
    /// Signs in with a credential of the help desk: where the browser stands then.
    pub(crate) async fn sign_in_at_desk(
        &self,
        browser: &mut Browser,
        login: &LoginOptions,
    ) -> Result<Arrived, SandboxError> {
        let holder = issue(self.assembly(), login.desk).await?;
        let code = holder.code();
        if login.desk == Some(Wrong::Replayed) {
            let mut first = Browser::new(self.http());
            let page = match self.to_desk(&mut first, login).await? {
                Arrived::Page(page) => page,
                refusal @ Arrived::Refusal(_) => return Ok(refusal),
            };
            first.submit(&page, &filled(&page, &holder, PASSWORD, &code)?).await?;
        }
        let mut page = match self.to_desk(browser, login).await? {
            Arrived::Page(page) => page,
            refusal @ Arrived::Refusal(_) => return Ok(refusal),
        };
        if login.desk == Some(Wrong::OtherBrowser) {
            let mut other = Browser::new(self.http());
            // The other browser has begun a login of its own, so it has a cookie: a wrong one.
            (Journey { federation: self, login }).to_choice(&mut other).await?;
            let page = other.open(page.url.as_str()).await?;
            return Ok(refusal(&page).map_or(Arrived::Page(page), Arrived::Refusal));
        }
        let (password, code) = match login.desk {
            Some(Wrong::Password) => ("not the password of anybody", code.as_str()),
            Some(Wrong::Code) => (PASSWORD, "000000"),
            _ => (PASSWORD, code.as_str()),
        };
        // Whoever is wrong is asked again, until the broker has enough.
        for _ in 0..MOST_TRIES {
            page = browser.submit(&page, &filled(&page, &holder, password, code)?).await?;
            if let Some(refused) = refusal(&page) {
                return Ok(Arrived::Refusal(refused));
            }
            if sign_in_form(&page).is_none() {
                return Ok(Arrived::Page(page));
            }
        }
        Err(unexpected("an end of tries", &page))
    }

    /// Portal → broker's choice page → the page of the desk.
    async fn to_desk(
        &self,
        browser: &mut Browser,
        login: &LoginOptions,
    ) -> Result<Arrived, SandboxError> {
        let choice = (Journey { federation: self, login }).to_choice(browser).await?;
        // Asked for by its address, so that a service that does not offer it can refuse.
        let tx = choice.url.query_pairs().find(|(name, _)| name == "tx");
        let tx = tx.ok_or_else(|| unexpected("the choice page", &choice))?.1.into_owned();
        let link = format!("/login/go?tx={tx}&upstream={DESK}&provider={DESK}&lang=it");
        let page = browser.follow(&choice, &link).await?;
        Ok(refusal(&page).map_or(Arrived::Page(page), Arrived::Refusal))
    }
}

fn sign_in_form(page: &Page) -> Option<Form> {
    forms(&page.body).into_iter().find(|form| form.has("username"))
}

fn filled(page: &Page, holder: &Holder, password: &str, code: &str) -> Result<Form, SandboxError> {
    let mut form = sign_in_form(page).ok_or_else(|| unexpected("the page of the desk", page))?;
    form.set("username", &holder.username.shown());
    form.set("password", password);
    form.set("code", code);
    Ok(form)
}

/// Of everybody's password here.
pub const PASSWORD: &str = "gelso ombra7 quando";
const CATEGORY: &str = "non_eidas_state";
/// More than the broker allows in one journey.
const MOST_TRIES: usize = 8;

/// A Swiss woman with a passport.
const FIELDS: &[(Field, &str)] = &[
    (Field::Channel, "counter"),
    (Field::Category, CATEGORY),
    (Field::Services, SERVICE),
    (Field::Language, "de"),
    (Field::DocumentKind, "passport"),
    (Field::DocumentIssuer, "CHE"),
    (Field::DocumentExpires, "30/06/2035"),
    (Field::Surname, "Müller"),
    (Field::GivenNames, "Änne Maria"),
    (Field::Sex, "F"),
    (Field::BirthDate, "12/08/1974"),
    (Field::BirthCountry, "CHE"),
    (Field::Nationalities, "CHE"),
    (Field::Email, "anne@example.ch"),
    (Field::SecondContact, "+41 44 000 00 00"),
];
