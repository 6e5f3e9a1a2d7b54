//! One whole login by a scripted browser: portal, broker, provider, broker, portal.
//!
//! Not a shortcut: every step is what a person's browser would do, and the portal decides at the end.

mod options;
mod reading;

use std::time::Duration;

use serde::Serialize;
use serde_json::Value;
use url::Url;
use varco::effects::Effects;
use varco::terms::Level;

use crate::browser::html::{forms, links, tags};
use crate::browser::{Browser, Page};
use crate::card::login::{CARD, Shown};
use crate::desk::{DESK, Wrong};
use crate::error::SandboxError;
use crate::federation::{Federation, FederationOptions, provider_id};
use crate::openid::login::CIE;
use crate::openid::misbehaviour::Case;
use crate::people::Person;
use crate::saml::misbehaviour::Misbehaviour;

pub(crate) use self::reading::{only_form, refusal, unexpected};

/// Which login.
#[derive(Clone, Debug)]
pub struct LoginOptions {
    /// The portal: `inps`, `lavoro` or `durc`.
    pub portal: String,
    /// The upstream: `spid`, `cie`, `cie-saml`, `cns`, `eidas` or `helpdesk`.
    pub upstream: String,
    /// The level the portal asks for.
    pub level: Level,
    /// Who signs in: the id of a [`Person`]; `None`: the first one of the upstream.
    pub person: Option<String>,
    /// What goes wrong.
    pub misbehave: Option<Misbehaviour>,
    /// What goes wrong at CIE by OpenID.
    pub openid: Option<Case>,
    /// What goes wrong with a credential of the help desk.
    pub desk: Option<Wrong>,
    /// Which provider of the upstream, counted from 0.
    pub provider: usize,
    /// What a person with several roles chooses: the name of one, or `none`.
    pub role: Option<String>,
    /// What the person answers when asked for a fiscal code; `None`: goes on without, if that is offered.
    pub fiscal_code: Option<String>,
}

impl Default for LoginOptions {
    fn default() -> Self {
        Self {
            portal: "inps".to_owned(),
            upstream: "spid".to_owned(),
            level: Level::L2,
            person: None,
            misbehave: None,
            openid: None,
            desk: None,
            provider: 0,
            role: None,
            fiscal_code: None,
        }
    }
}

/// How a login ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// The portal accepted the tokens.
    Accepted(Accepted),
    /// The broker refused, and said why.
    Refused(Refused),
}

/// What the portal was told.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Accepted {
    /// Claims of the ID token.
    pub id_token: Value,
    /// Claims of userinfo.
    pub userinfo: Value,
    /// The upstream.
    pub upstream: String,
    /// From the portal's page to the portal's page, in milliseconds.
    pub elapsed_ms: u64,
}

/// What the broker's page said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Refused {
    /// The permanent code: `VARCO-…`.
    pub fault: String,
    /// The name of the row.
    pub slug: String,
    /// The HTTP status of the page.
    pub status: u16,
}

/// A login in a federation of its own.
///
/// # Errors
/// When the login neither succeeded nor was refused by the broker.
pub async fn run_login(
    login: &LoginOptions,
    federation: &FederationOptions,
) -> Result<Outcome, SandboxError> {
    let federation = Federation::start(federation).await?;
    let outcome = federation.login(login).await;
    federation.stop().await;
    outcome
}

impl Federation {
    /// A login in this federation.
    ///
    /// # Errors
    /// When the login neither succeeded nor was refused by the broker.
    pub async fn login(&self, login: &LoginOptions) -> Result<Outcome, SandboxError> {
        self.login_with(&mut Browser::new(self.http()), login).await
    }

    /// The same in a browser that stays.
    ///
    /// # Errors
    /// As [`Federation::login`].
    pub async fn login_with(
        &self,
        browser: &mut Browser,
        login: &LoginOptions,
    ) -> Result<Outcome, SandboxError> {
        let clock = Effects::real();
        if login.upstream == CARD {
            let began = clock.monotonic();
            let page = match self.show_card(browser, login).await? {
                Shown::Page(page) => page,
                Shown::Refused(refused) => return Ok(Outcome::Refused(refused)),
            };
            let elapsed = clock.monotonic().saturating_sub(began);
            return self.accepted(browser, login, &page, elapsed).await;
        }
        let journey = Journey { federation: self, login };
        let began = clock.monotonic();
        let arrived = if login.upstream == DESK {
            self.sign_in_at_desk(browser, login).await?
        } else if login.upstream == CIE {
            journey.by_openid(browser).await?
        } else {
            journey.by_saml(browser).await?
        };
        let mut page = match arrived {
            Arrived::Page(page) => page,
            Arrived::Refusal(refused) => return Ok(Outcome::Refused(refused)),
        };
        if is_question(&page) {
            page = journey.answer(browser, &page).await?;
            if let Some(problem) = problem(&page) {
                return Ok(Outcome::Refused(problem));
            }
        }
        if let Some(refused) = refusal(&page) {
            return Ok(Outcome::Refused(refused));
        }
        if tags(&page.body).iter().any(|tag| tag.get("data-roles").is_some()) {
            page = journey.choose_role(browser, &page).await?;
        }
        let elapsed = clock.monotonic().saturating_sub(began);
        self.accepted(browser, login, &page, elapsed).await
    }

    /// Signs in at a page of the broker's own by SAML: the page that is shown then, or a refusal's.
    ///
    /// # Errors
    /// As [`Federation::login`].
    pub async fn sign_in(
        &self,
        browser: &mut Browser,
        choice: &Page,
        login: &LoginOptions,
    ) -> Result<Page, SandboxError> {
        let page = self.to_answer(browser, choice, login).await?;
        browser.submit(&page, &only_form(&page)?).await
    }

    /// The same, up to the provider's page that posts the answer.
    ///
    /// # Errors
    /// As [`Federation::login`].
    pub async fn to_answer(
        &self,
        browser: &mut Browser,
        choice: &Page,
        login: &LoginOptions,
    ) -> Result<Page, SandboxError> {
        match (Journey { federation: self, login }).choose(browser, choice).await? {
            Arrived::Page(page) => Ok(page),
            Arrived::Refusal(refused) => Err(SandboxError::new("sign in", refused.slug)),
        }
    }

    /// What the portal was told, when the browser stands at `page` at last.
    async fn accepted(
        &self,
        browser: &mut Browser,
        login: &LoginOptions,
        page: &Page,
        elapsed: Duration,
    ) -> Result<Outcome, SandboxError> {
        let portal = Journey { federation: self, login }.portal()?;
        if page.status != 200 || page.url.as_str() != format!("{portal}/") {
            return Err(unexpected("the portal's page", page));
        }
        let session = browser.open(&format!("{portal}/session.json")).await?;
        let mut session: Value = serde_json::from_str(&session.body)
            .map_err(|_| unexpected("the portal's session", &session))?;
        Ok(Outcome::Accepted(Accepted {
            id_token: session.get_mut("id_token").map(Value::take).unwrap_or_default(),
            userinfo: session.get_mut("userinfo").map(Value::take).unwrap_or_default(),
            upstream: login.upstream.clone(),
            elapsed_ms: u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX),
        }))
    }
}

pub(crate) struct Journey<'a> {
    pub(crate) federation: &'a Federation,
    pub(crate) login: &'a LoginOptions,
}

/// Where a browser stands.
pub(crate) enum Arrived {
    /// On this page: of the provider, or behind the answer.
    Page(Page),
    /// On the broker's, which refuses.
    Refusal(Refused),
}

impl Journey<'_> {
    fn portal(&self) -> Result<String, SandboxError> {
        let known = self.federation.ports().portal(&self.login.portal);
        known.ok_or_else(|| SandboxError::new("find the portal", "use inps, lavoro or durc"))
    }

    /// Portal → broker's choice page.
    pub(crate) async fn to_choice(&self, browser: &mut Browser) -> Result<Page, SandboxError> {
        let home = browser.open(&self.portal()?).await?;
        if self.login.upstream == DESK {
            // No level is asked: none would be reached.
            return browser.follow(&home, "/login?level=0").await;
        }
        let wanted = format!("/login?level={}", self.login.level.number());
        let link = links(&home.body).into_iter().find(|href| *href == wanted);
        browser.follow(&home, &link.ok_or_else(|| unexpected("a sign-in link", &home))?).await
    }

    /// Portal → broker → provider → broker, up to what the broker shows then.
    async fn by_saml(&self, browser: &mut Browser) -> Result<Arrived, SandboxError> {
        let returning = match self.to_return(browser).await? {
            Arrived::Page(page) => page,
            refusal @ Arrived::Refusal(_) => return Ok(refusal),
        };
        let form = only_form(&returning)?;
        let mut page = match self.login.misbehave {
            Some(Misbehaviour::OtherBrowser) => {
                let mut other = Browser::new(self.federation.http());
                // The other browser has begun a login of its own, so it has a cookie: a wrong one.
                self.to_choice(&mut other).await?;
                other.submit(&returning, &form).await?
            }
            _ => browser.submit(&returning, &form).await?,
        };
        if self.login.misbehave == Some(Misbehaviour::Replay) {
            page = browser.submit(&returning, &form).await?;
        }
        Ok(Arrived::Page(page))
    }

    /// Portal → broker → provider, up to the page that posts the answer.
    async fn to_return(&self, browser: &mut Browser) -> Result<Arrived, SandboxError> {
        let choice = self.to_choice(browser).await?;
        if let Some(refused) = refusal(&choice) {
            return Ok(Arrived::Refusal(refused));
        }
        self.choose(browser, &choice).await
    }

    /// Broker's choice page → provider, up to the page that posts the answer.
    async fn choose(&self, browser: &mut Browser, choice: &Page) -> Result<Arrived, SandboxError> {
        let person = self.login.person()?;
        let ports = self.federation.ports();
        let provider = provider_id(&ports, self.login.kind()?, self.login.provider);
        let provider = provider.ok_or_else(|| {
            SandboxError::new("find the provider", "SPID has two, the other upstreams one")
        })?;
        let link = links(&choice.body).into_iter().find(|href| {
            choice.url.join(href).is_ok_and(|url| self.leads_to(&url, &provider, &person))
        });
        let link = link.ok_or_else(|| unexpected("a link to the provider", choice))?;
        let mut page = browser.follow(choice, &link).await?;
        if let Some(refused) = refusal(&page) {
            return Ok(Arrived::Refusal(refused));
        }
        if only_form(&page).is_ok_and(|form| form.has("SAMLRequest")) {
            page = browser.submit(&page, &only_form(&page)?).await?;
        }
        // The node asks for the state, unless the broker did.
        if let Some(country) = person.country
            && only_form(&page).is_err()
        {
            let wanted = format!("state={country}");
            let link = links(&page.body).into_iter().find(|href| href.ends_with(&wanted));
            let link = link.ok_or_else(|| unexpected("the person's state", &page))?;
            page = browser.follow(&page, &link).await?;
        }
        let mut form = only_form(&page)?;
        form.set("person", person.id);
        form.set("misbehave", self.login.misbehave.map(Misbehaviour::name).unwrap_or_default());
        form.set("action", "consent");
        let page = browser.submit(&page, &form).await?;
        if only_form(&page).is_ok_and(|form| form.has("SAMLResponse")) {
            Ok(Arrived::Page(page))
        } else {
            Err(unexpected("the provider's answer", &page))
        }
    }

    /// The broker's page of roles → wherever the choice leads.
    async fn choose_role(&self, browser: &mut Browser, page: &Page) -> Result<Page, SandboxError> {
        let wanted = self.login.role.as_deref();
        let offered = roles(page);
        let chosen = offered.iter().find(|(_, name)| Some(name.as_str()) == wanted);
        let Some((value, _)) = chosen else {
            let names: Vec<&str> = offered.iter().map(|(_, name)| name.as_str()).collect();
            let why = format!("the person has several roles; use --role with one of {names:?}");
            return Err(SandboxError::new("choose a role", why));
        };
        let mut form = only_form(page)?;
        form.set("role", value);
        browser.submit(page, &form).await
    }

    /// Answers the page that asks for a fiscal code, once.
    async fn answer(&self, browser: &mut Browser, page: &Page) -> Result<Page, SandboxError> {
        let wanted = if self.login.fiscal_code.is_some() { "fiscal_code" } else { "without" };
        let form = forms(&page.body).into_iter().find(|form| form.has(wanted));
        let mut form = form.ok_or_else(|| unexpected("a way to go on", page))?;
        if let Some(code) = &self.login.fiscal_code {
            form.set("fiscal_code", code);
        }
        browser.submit(page, &form).await
    }

    fn leads_to(&self, url: &Url, provider: &str, person: &Person) -> bool {
        let value = |name: &str| url.query_pairs().find(|(n, _)| n == name).map(|(_, value)| value);
        let chosen = value("provider").unwrap_or_default();
        let (chosen, state) =
            chosen.split_once('#').map_or((&*chosen, None), |(id, state)| (id, Some(state)));
        value("upstream").is_some_and(|name| name == self.login.upstream)
            && chosen == provider
            && (state.is_none() || state == person.country)
    }
}

/// What the page of roles offers: values of its buttons, and the names of roles.
fn roles(page: &Page) -> Vec<(String, String)> {
    let tags = tags(&page.body);
    let buttons = tags.iter().enumerate().filter(|(_, tag)| tag.get("name") == Some("role"));
    let named = buttons.filter_map(|(at, button)| {
        let value = button.get("value")?.to_owned();
        let name = tags.get(at + 1).filter(|inner| inner.name == "strong");
        let name = name.map_or_else(|| value.clone(), |inner| inner.text.to_owned());
        Some((value, name))
    });
    named.collect()
}

/// Whether the broker asks for a fiscal code.
fn is_question(page: &Page) -> bool {
    tags(&page.body).iter().any(|tag| tag.get("data-matching").is_some())
}

/// What the broker says of the fiscal code, when it asks again.
fn problem(page: &Page) -> Option<Refused> {
    let tags = tags(&page.body);
    let problem = tags.iter().find_map(|tag| tag.get("data-problem"))?;
    let slug = format!("match-{problem}");
    Some(Refused { fault: String::new(), slug, status: page.status })
}
