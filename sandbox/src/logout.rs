//! One whole logout by a scripted browser: after a login at level 1, from the portal, from the
//! broker's own page or from the provider.
//!
//! Not a unit test: it asks portal, broker and provider afterwards whether anything is left.

use std::str::FromStr;

use serde::Serialize;
use serde_json::Value;
use varco::state::Shelf;
use varco::terms::Level;

use crate::browser::html::{forms, tags};
use crate::browser::{Browser, Page};
use crate::error::{Doing as _, SandboxError};
use crate::federation::{Federation, FederationOptions, provider_id};
use crate::login::{LoginOptions, Outcome, only_form, refusal, unexpected};
use crate::saml::kind::Kind;

/// Where the person leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum From {
    /// At the portal: it sends the browser to the broker.
    Portal,
    /// On the broker's own page.
    Varco,
    /// At the identity provider.
    Provider,
}

impl From {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Portal, Self::Varco, Self::Provider];
}

impl FromStr for From {
    type Err = SandboxError;

    fn from_str(text: &str) -> Result<Self, SandboxError> {
        match text {
            "portal" => Ok(Self::Portal),
            "varco" => Ok(Self::Varco),
            "provider" => Ok(Self::Provider),
            _ => Err(SandboxError::new("log out", "use portal, varco or provider")),
        }
    }
}

/// What is left after a logout, and where the browser ended.
#[derive(Clone, Debug, Serialize)]
pub struct Left {
    /// Who began it.
    pub from: From,
    /// The page on which the browser ended, without its query.
    pub ended_at: String,
    /// The access token still opens userinfo.
    pub access_token: bool,
    /// The code still gives tokens.
    pub code: bool,
    /// The portal still has its own session. One that hears by back channel drops it, too, when somebody
    /// leaves elsewhere.
    pub portal_session: bool,
    /// Sessions that the broker still holds.
    pub broker_sessions: u64,
    /// Sessions that the provider still holds.
    pub provider_sessions: usize,
}

impl Left {
    /// Whether every session and every token is gone that should be.
    #[must_use]
    pub const fn is_nothing(&self) -> bool {
        !(self.access_token || self.code || self.portal_session)
            && self.broker_sessions == 0
            && self.provider_sessions == 0
    }
}

/// A logout in a federation of its own, whose broker sends by `federation.binding`.
///
/// # Errors
/// When the login fails, or the logout ends on a page where it should not.
pub async fn run_logout(
    from: From,
    login: &LoginOptions,
    federation: &FederationOptions,
) -> Result<Left, SandboxError> {
    let running = Federation::start(federation).await?;
    // On the heap: a whole login inside a whole logout is too deep for the compiler.
    let left = Box::pin(running.logout(from, login, &federation.binding)).await;
    running.stop().await;
    left
}

impl Federation {
    /// Signs in at level 1, leaves, and looks at what is left. The portal must be one that hears of
    /// logouts by back channel.
    ///
    /// # Errors
    /// As for [`run_logout`].
    pub async fn logout(
        &self,
        from: From,
        login: &LoginOptions,
        binding: &str,
    ) -> Result<Left, SandboxError> {
        let login = LoginOptions { level: Level::L1, ..login.clone() };
        let mut browser = Browser::new(self.http());
        if let Outcome::Refused(refused) = self.login_with(&mut browser, &login).await? {
            return Err(SandboxError::new("sign in", refused.fault));
        }
        let no_portal = || SandboxError::new("find the portal", "use inps, lavoro or durc");
        let portal = self.ports().portal(&login.portal).ok_or_else(no_portal)?;
        let provider = provider_id(&self.ports(), Kind::Spid, login.provider)
            .ok_or_else(|| SandboxError::new("find the provider", "there are two"))?;
        let open = self.sessions_at(&provider).await?;
        let [session] = open.as_slice() else {
            return Err(SandboxError::new("sign in", "the provider has not opened one session"));
        };
        if self.broker_sessions().await? != 1 {
            return Err(SandboxError::new("sign in", "the broker does not hold one session"));
        }
        let site = self.portal(&login.portal).ok_or_else(no_portal)?;
        let heard = site.logouts();
        let index = session.get("session_index").and_then(Value::as_str).unwrap_or_default();
        let (page, expected) = match from {
            From::Portal => {
                let home = browser.open(&portal).await?;
                let page = browser.submit(&home, &only_form(&home)?).await?;
                (page, format!("{portal}/"))
            }
            From::Varco => {
                let ask = browser.open(&format!("{}/logout", self.ports().issuer())).await?;
                let page = browser.submit(&ask, &only_form(&ask)?).await?;
                (page, format!("{}/logout/done", self.ports().issuer()))
            }
            From::Provider => {
                let leave = format!("{provider}/logout?session={index}&binding={binding}");
                (browser.open(&leave).await?, format!("{provider}/slo"))
            }
        };
        let page = go_on(&mut browser, page).await?;
        let mut ended_at = page.url.clone();
        ended_at.set_query(None);
        if let Some(refused) = refusal(&page) {
            return Err(SandboxError::new("log out", refused.fault));
        }
        if page.status != 200 || ended_at.as_str() != expected {
            return Err(unexpected(&format!("the last page, {expected}"), &page));
        }
        // It is told while the browser goes its way.
        site.wait_for_logouts(heard + 1).await?;
        let outlived = site.outlived().await?;
        let own = browser.open(&format!("{portal}/session.json")).await?;
        Ok(Left {
            from,
            ended_at: ended_at.into(),
            access_token: outlived.access_token,
            code: outlived.code,
            portal_session: own.status == 200,
            broker_sessions: self.broker_sessions().await?,
            provider_sessions: self.sessions_at(&provider).await?.len(),
        })
    }

    async fn sessions_at(&self, provider: &str) -> Result<Vec<Value>, SandboxError> {
        let answer = self.http().get(format!("{provider}/sessions.json")).send().await;
        let text = answer.doing("ask the provider")?.text().await.doing("ask the provider")?;
        serde_json::from_str(&text).doing("read the provider's sessions")
    }

    async fn broker_sessions(&self) -> Result<u64, SandboxError> {
        let shelves = &self.assembly().broker.shelves;
        shelves.walk(Shelf::Session).await.doing("count the broker's sessions")
    }
}

/// Does what a script would, or a person without one: presses the one button that leads on.
async fn go_on(browser: &mut Browser, mut page: Page) -> Result<Page, SandboxError> {
    for _ in 0..MOST_PAGES {
        let all = forms(&page.body);
        let form = all.iter().find(|form| form.has("SAMLRequest") || form.has("SAMLResponse"));
        if let Some(form) = form {
            page = browser.submit(&page, form).await?;
            continue;
        }
        let link = tags(&page.body)
            .into_iter()
            .find(|tag| tag.get("id") == Some("onward"))
            .and_then(|tag| tag.get("href").map(str::to_owned));
        let Some(link) = link else { return Ok(page) };
        page = browser.follow(&page, &link).await?;
    }
    Err(SandboxError::new("log out", "there is no end of it"))
}

/// Pages in a row before a browser gives up.
const MOST_PAGES: usize = 8;
