//! The browser of one person: it keeps cookies, follows redirections, sends the forms that send
//! themselves, and signs in at the SPID provider.
//!
//! Not the sandbox's scripted browser: this one stops where the conformance suite looks, at a page of
//! the broker, at the provider, and at the relying party's address, which nobody serves.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::Method;
use reqwest::header::{CONTENT_TYPE, COOKIE, LOCATION, SET_COOKIE};
use url::Url;
use varco_sandbox::Misbehaviour;
use varco_sandbox::browser::html::{forms, links, tags};
use varco_sandbox::people::Person;
use varco_sandbox::saml::binding::{Binding, Message};

use crate::world::{ISSUER, World};

/// One person's browser.
pub(crate) struct Browser {
    world: &'static World,
    cookies: BTreeMap<String, String>,
}

/// Where a browser came to a stop.
#[derive(Debug)]
pub(crate) enum Shown {
    /// A page of the broker.
    Page(Page),
    /// The provider, with the broker's request.
    Provider(Url),
    /// The relying party.
    Arrival(Arrival),
}

/// A page of the broker.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) url: Url,
    pub(crate) status: u16,
    pub(crate) body: String,
}

/// What came to an address of the relying party.
#[derive(Debug)]
pub(crate) struct Arrival {
    /// Where, without the parameters.
    pub(crate) place: String,
    /// Whether by a form.
    pub(crate) posted: bool,
    fields: Vec<(String, String)>,
}

impl Arrival {
    /// The one value of a parameter.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let mut values = self.fields.iter().filter(|(known, _)| known == name);
        let value = values.next().map(|(_, value)| value.as_str());
        assert!(values.next().is_none(), "{name} came twice: {self:?}");
        value
    }

    /// The same arrival with the members of a JWT as its parameters (JARM, section 2.1).
    pub(crate) fn with_fields(mut self, claims: &serde_json::Value) -> Self {
        // Nothing is said twice: beside the JWT only the callback's own query.
        assert!(self.fields.iter().all(|(name, _)| matches!(&**name, "response" | "dummy")));
        let text = claims.as_object().unwrap().iter();
        let text =
            text.filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())));
        self.fields.extend(text);
        self
    }
}

impl Page {
    /// The name of the fault that it shows, whatever the language.
    pub(crate) fn error(&self) -> Option<String> {
        tags(&self.body).iter().find_map(|tag| tag.get("data-error").map(str::to_owned))
    }

    /// Whether it shows what is released, and waits.
    fn asks_to_agree(&self) -> bool {
        tags(&self.body).iter().any(|tag| tag.get("data-information").is_some())
    }

    /// The link to the provider: it is the page that asks how to sign in.
    fn link_to(&self, provider: &str) -> Option<String> {
        links(&self.body).into_iter().find(|link| {
            let url = self.url.join(link).unwrap();
            url.path() == "/login/go"
                && url.query_pairs().any(|(name, value)| name == "provider" && value == provider)
        })
    }
}

impl Shown {
    /// The relying party was reached.
    pub(crate) fn arrival(self) -> Arrival {
        match self {
            Self::Arrival(arrival) => arrival,
            other => panic!("not at the relying party: {other:?}"),
        }
    }

    /// A page of the broker is shown.
    pub(crate) fn page(self) -> Page {
        match self {
            Self::Page(page) => page,
            other => panic!("no page of the broker: {other:?}"),
        }
    }

    /// A page that says what is wrong: what the suite wants a screenshot of.
    pub(crate) fn error_page(self) -> String {
        let page = self.page();
        assert!((400..500).contains(&page.status), "{page:?}");
        page.error().unwrap_or_else(|| panic!("no page of a fault: {page:?}"))
    }

    /// Whether the person is asked to sign in.
    pub(crate) fn asks_to_sign_in(&self, world: &World) -> bool {
        match self {
            Self::Page(page) => {
                page.status == 200 && page.link_to(&world.provider.entity_id).is_some()
            }
            Self::Provider(_) => true,
            Self::Arrival(_) => false,
        }
    }
}

impl Browser {
    /// A browser that has never been anywhere.
    pub(crate) const fn new(world: &'static World) -> Self {
        Self { world, cookies: BTreeMap::new() }
    }

    /// The value of a cookie of the broker.
    pub(crate) fn cookie(&self, name: &str) -> Option<&str> {
        self.cookies.get(name).map(String::as_str)
    }

    /// Opens an address.
    pub(crate) async fn open(&mut self, url: &str) -> Shown {
        self.navigate(Method::GET, Url::parse(url).unwrap(), None, true).await
    }

    /// Sends a form to an address of the broker, from a page of the relying party.
    pub(crate) async fn post(&mut self, url: &str, fields: &[(String, String)]) -> Shown {
        // Cross-site: no Lax cookie goes with it.
        self.navigate(Method::POST, Url::parse(url).unwrap(), Some(encode(fields)), false).await
    }

    /// Presses the button of a page's form.
    pub(crate) async fn press(&mut self, page: &Page) -> Shown {
        let form = forms(&page.body).into_iter().next().unwrap();
        let url = page.url.join(&form.action).unwrap();
        self.navigate(Method::POST, url, Some(encode(&form.fields)), true).await
    }

    /// Signs in as `ada`, from the page that asks or from the provider, and agrees to what is released
    /// where the page asks that.
    pub(crate) async fn sign_in(&mut self, shown: Shown) -> Shown {
        match self.answer(shown, None).await {
            Shown::Page(page) if page.asks_to_agree() => self.press(&page).await,
            shown => shown,
        }
    }

    /// Presses "Annulla" at the provider.
    pub(crate) async fn cancel(&mut self, shown: Shown) -> Shown {
        self.answer(shown, Some(Misbehaviour::Cancelled)).await
    }

    async fn answer(&mut self, shown: Shown, misbehave: Option<Misbehaviour>) -> Shown {
        let world = self.world;
        let at = match shown {
            Shown::Provider(at) => at,
            Shown::Page(page) => {
                let link = page.link_to(&world.provider.entity_id);
                let link = link.unwrap_or_else(|| panic!("no page to sign in: {page:?}"));
                match self.open(page.url.join(&link).unwrap().as_str()).await {
                    Shown::Provider(at) => at,
                    other => panic!("not at the provider: {other:?}"),
                }
            }
            Shown::Arrival(arrival) => panic!("nobody was asked: {arrival:?}"),
        };
        let message = Message::from_query(at.query().unwrap(), "SAMLRequest").unwrap();
        let request = world.provider.accept(message, &world.service).unwrap();
        let ada = Person::named("ada").unwrap();
        let response = world.provider.answer(&request, &ada, misbehave).unwrap().xml;
        let fields = [
            ("SAMLResponse".to_owned(), STANDARD.encode(response)),
            ("RelayState".to_owned(), request.relay_state.unwrap_or_default()),
        ];
        self.post(&request.acs, &fields).await
    }

    async fn navigate(
        &mut self,
        mut method: Method,
        mut url: Url,
        mut body: Option<String>,
        mut same_site: bool,
    ) -> Shown {
        for _ in 0..10 {
            if url.as_str().starts_with(&self.world.provider.location(Binding::Redirect)) {
                return Shown::Provider(url);
            }
            if url.origin() != Url::parse(ISSUER).unwrap().origin() {
                return Shown::Arrival(arrival(&url, None));
            }
            let mut request = self.world.ask(method.clone(), url.as_str());
            if same_site && !self.cookies.is_empty() {
                let pairs = self.cookies.iter().map(|(name, value)| format!("{name}={value}"));
                request = request.header(COOKIE, pairs.collect::<Vec<_>>().join("; "));
            }
            if let Some(body) = body.take() {
                request =
                    request.header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(body);
            }
            let answer = request.send().await.unwrap();
            for cookie in answer.headers().get_all(SET_COOKIE) {
                self.keep(cookie.to_str().unwrap());
            }
            let status = answer.status();
            if status.is_redirection() {
                let onward = answer.headers().get(LOCATION).unwrap().to_str().unwrap();
                url = url.join(onward).unwrap();
                // Every redirection is followed by GET, and a GET carries Lax cookies.
                (method, same_site) = (Method::GET, true);
                continue;
            }
            let page = Page { url, status: status.as_u16(), body: answer.text().await.unwrap() };
            return onward_by_form(page);
        }
        panic!("there is no end of redirections: {url}")
    }

    fn keep(&mut self, header: &str) {
        let mut parts = header.split(';').map(str::trim);
        let (name, value) = parts.next().unwrap().split_once('=').unwrap();
        if parts.any(|part| part.eq_ignore_ascii_case("max-age=0")) {
            self.cookies.remove(name);
        } else {
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
    }
}

/// A page whose form sends itself to the relying party (`response_mode=form_post`) is as good as sent.
fn onward_by_form(page: Page) -> Shown {
    let form = forms(&page.body).into_iter().find(|form| form.post);
    let Some(form) = form.filter(|_| page.status == 200) else { return Shown::Page(page) };
    let to = page.url.join(&form.action).unwrap();
    if to.origin() == page.url.origin() {
        return Shown::Page(page);
    }
    Shown::Arrival(arrival(&to, Some(form.fields)))
}

fn arrival(url: &Url, posted: Option<Vec<(String, String)>>) -> Arrival {
    let mut place = url.clone();
    place.set_query(None);
    Arrival {
        place: place.into(),
        posted: posted.is_some(),
        fields: posted.unwrap_or_else(|| url.query_pairs().into_owned().collect()),
    }
}

pub(crate) fn encode(fields: &[(String, String)]) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}
