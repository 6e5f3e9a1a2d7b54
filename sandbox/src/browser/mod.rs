//! A scripted browser: it follows redirects, keeps cookies as browsers do, clicks links, sends forms.
//!
//! Not a renderer, and it runs no script: every step of a login must work without one. It does model
//! what the broker's design rests on: a cross-site POST carries no `SameSite=Lax` cookie.

pub mod html;
mod jar;

use reqwest::Method;
use reqwest::header::{CONTENT_TYPE, COOKIE, LOCATION, ORIGIN, SET_COOKIE, USER_AGENT};
use url::Url;

use self::html::Form;
use self::jar::Jar;
use crate::error::{Doing as _, SandboxError};

/// One browser with its own cookies.
#[derive(Debug)]
pub struct Browser {
    http: reqwest::Client,
    /// For https, where there is one.
    tls: Option<reqwest::Client>,
    /// Before addresses that begin so it stops.
    halt: Option<String>,
    /// Which browser it says it is.
    agent: String,
    jar: Jar,
}

/// What a browser shows after all redirects.
#[derive(Clone, Debug)]
pub struct Page {
    /// Its address.
    pub url: Url,
    /// Its status.
    pub status: u16,
    /// Its text.
    pub body: String,
}

/// Redirects in a row before a browser gives up.
const MOST_REDIRECTS: usize = 20;

impl Browser {
    /// A browser that has never been anywhere.
    #[must_use]
    pub fn new(http: reqwest::Client) -> Self {
        let agent = "varco-sandbox".to_owned();
        Self { http, tls: None, halt: None, agent, jar: Jar::default() }
    }

    /// Says from now on that it is another browser, and keeps its cookies: what a thief of them does.
    pub fn disguise(&mut self, agent: &str) {
        agent.clone_into(&mut self.agent);
    }

    /// The same browser, which speaks TLS by `tls`: with a card in its reader, or none.
    #[must_use]
    pub fn reading(self, tls: reqwest::Client) -> Self {
        Self { tls: Some(tls), ..self }
    }

    /// Clicks a link of `page`, and stops before the browser goes where https begins.
    ///
    /// # Errors
    /// As [`Browser::open`], and when it never does.
    pub async fn leave(&mut self, page: &Page, href: &str) -> Result<Url, SandboxError> {
        let url = page.url.join(href).doing("follow a link")?;
        self.halt = Some("https:".to_owned());
        let left = self.navigate(Method::GET, url, None, Some(&page.url)).await;
        self.halt = None;
        match left {
            Ok(page) if page.url.scheme() == "https" => Ok(page.url),
            Ok(_) => Err(SandboxError::new("leave for the card", "the browser stayed")),
            Err(cause) => Err(cause),
        }
    }

    /// Sends a form of `page`, and stops before the browser goes to an address that begins with `before`.
    /// When it never does: whatever it shows then.
    ///
    /// # Errors
    /// As [`Browser::open`].
    pub async fn submit_until(
        &mut self,
        page: &Page,
        form: &Form,
        before: &str,
    ) -> Result<Page, SandboxError> {
        self.halt = Some(before.to_owned());
        let shown = self.submit(page, form).await;
        self.halt = None;
        shown
    }

    /// Types an address.
    ///
    /// # Errors
    /// When a server does not answer, or redirects for ever.
    pub async fn open(&mut self, address: &str) -> Result<Page, SandboxError> {
        let url = Url::parse(address).doing("open an address")?;
        self.navigate(Method::GET, url, None, None).await
    }

    /// Clicks a link of `page`.
    ///
    /// # Errors
    /// As [`Browser::open`].
    pub async fn follow(&mut self, page: &Page, href: &str) -> Result<Page, SandboxError> {
        let url = page.url.join(href).doing("follow a link")?;
        self.navigate(Method::GET, url, None, Some(&page.url)).await
    }

    /// Sends a form of `page`.
    ///
    /// # Errors
    /// As [`Browser::open`].
    pub async fn submit(&mut self, page: &Page, form: &Form) -> Result<Page, SandboxError> {
        let mut url = page.url.join(&form.action).doing("send a form")?;
        let fields = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(&form.fields)
            .finish();
        if form.post {
            self.navigate(Method::POST, url, Some(fields), Some(&page.url)).await
        } else {
            url.set_query(Some(&fields));
            self.navigate(Method::GET, url, None, Some(&page.url)).await
        }
    }

    async fn navigate(
        &mut self,
        mut method: Method,
        mut url: Url,
        mut body: Option<String>,
        from: Option<&Url>,
    ) -> Result<Page, SandboxError> {
        for _ in 0..MOST_REDIRECTS {
            if self.halt.as_deref().is_some_and(|halt| url.as_str().starts_with(halt)) {
                return Ok(Page { url, status: 0, body: String::new() });
            }
            let cross_site = from.is_some_and(|from| !same_site(from, &url));
            let client = match (&self.tls, url.scheme()) {
                (Some(tls), "https") => tls,
                _ => &self.http,
            };
            let mut request = client.request(method.clone(), url.clone());
            request = request.header(USER_AGENT, &self.agent);
            if let Some(from) = from.filter(|_| method != Method::GET) {
                request = request.header(ORIGIN, from.origin().ascii_serialization());
            }
            let cookies = self.jar.cookies(&url, cross_site && method != Method::GET);
            if !cookies.is_empty() {
                request = request.header(COOKIE, cookies);
            }
            if let Some(body) = &body {
                request = request
                    .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
                    .body(body.clone());
            }
            let place = format!("{} {}", url.host_str().unwrap_or_default(), url.path());
            let answer = request.send().await.doing(&format!("reach {place}"))?;
            let status = answer.status();
            for cookie in answer.headers().get_all(SET_COOKIE) {
                self.jar.keep(&url, cookie.to_str().unwrap_or_default());
            }
            let onward = answer.headers().get(LOCATION).and_then(|value| value.to_str().ok());
            if let Some(onward) = onward.filter(|_| status.is_redirection()) {
                url = url.join(onward).doing("follow a redirect")?;
                if !matches!(status.as_u16(), 307 | 308) {
                    (method, body) = (Method::GET, None);
                }
                continue;
            }
            let body = answer.text().await.doing(&format!("read {place}"))?;
            return Ok(Page { url, status: status.as_u16(), body });
        }
        Err(SandboxError::new("follow redirects", "there is no end of them"))
    }
}

/// Scheme and host, whatever the port ("Schemeful Same-Site"). No sandbox host has a parent domain.
fn same_site(left: &Url, right: &Url) -> bool {
    left.scheme() == right.scheme() && left.host_str() == right.host_str()
}
