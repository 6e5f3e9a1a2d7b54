//! A login with a card by the scripted browser, over real TLS.
//!
//! Not a reader: the card's key lies in a file, and the handshake is signed with it.

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

use super::Card;
use super::office::Kind;
use crate::browser::html::links;
use crate::browser::{Browser, Page};
use crate::error::{Doing as _, SandboxError};
use crate::federation::Federation;
use crate::login::{Journey, LoginOptions, Refused, refusal, unexpected};
use crate::people::Person;
use crate::saml::misbehaviour::Misbehaviour;

/// The upstream.
pub const CARD: &str = "cns";

/// How it ended.
pub(crate) enum Shown {
    /// The browser stands here.
    Page(Page),
    /// The broker refused.
    Refused(Refused),
}

/// Whose card it is.
///
/// # Errors
/// When nobody has that name.
pub(crate) fn holder(login: &LoginOptions) -> Result<Person, SandboxError> {
    let wanted = |person: &Person| login.person.as_deref().is_none_or(|id| id == person.id);
    let known: Vec<_> = Person::all().into_iter().map(|person| person.id).collect();
    let why = format!("nobody with a card is called so; use one of {}", known.join(", "));
    Person::all().into_iter().find(wanted).ok_or_else(|| SandboxError::new("sign in", why))
}

impl Federation {
    /// The card that `login` is about.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn card_for(&self, login: &LoginOptions) -> Result<Card, SandboxError> {
        let kind = match login.misbehave {
            Some(Misbehaviour::Expired) => Kind::Expired,
            Some(Misbehaviour::NotYetValid) => Kind::NotYetValid,
            Some(Misbehaviour::Revoked) => Kind::Revoked,
            Some(Misbehaviour::Suspended) => Kind::Suspended,
            Some(Misbehaviour::UnknownAuthority) => Kind::UnknownAuthority,
            Some(Misbehaviour::WrongPolicy) => Kind::WrongPolicy,
            Some(Misbehaviour::SignatureCertificate) => Kind::Signature,
            Some(Misbehaviour::Unnamed) => Kind::Unnamed,
            _ => Kind::Good,
        };
        self.office().card(&holder(login)?, kind, &self.ports().office_address())
    }

    /// TLS with that card in the reader, or with none.
    ///
    /// # Errors
    /// When the library does not take it.
    pub fn reader(
        &self,
        card: Option<&Card>,
        headers: &[(&str, String)],
    ) -> Result<reqwest::Client, SandboxError> {
        let trusted = reqwest::Certificate::from_pem(self.office().server_pem().as_bytes());
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            let name = HeaderName::from_bytes(name.as_bytes()).doing("name a header")?;
            map.append(name, HeaderValue::from_str(value).doing("write a header")?);
        }
        let mut client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .default_headers(map)
            .tls_certs_only([trusted.doing("trust the broker")?]);
        if let Some(card) = card {
            let both = format!("{}{}", card.certificate_pem, card.key_pem);
            let identity = reqwest::Identity::from_pem(both.as_bytes()).doing("read the card")?;
            client = client.identity(identity);
        }
        client.build().doing("set up TLS")
    }

    pub(crate) async fn show_card(
        &self,
        browser: &mut Browser,
        login: &LoginOptions,
    ) -> Result<Shown, SandboxError> {
        let journey = Journey { federation: self, login };
        let card = self.card_for(login)?;
        let reader = match login.misbehave {
            Some(Misbehaviour::NoCertificate) => self.reader(None, &[])?,
            Some(Misbehaviour::HeaderSpoofed) => self.reader(None, &spoofed(&card))?,
            _ => self.reader(Some(&card), &[])?,
        };
        let choice = journey.to_choice(browser).await?;
        if let Some(refused) = refusal(&choice) {
            return Ok(Shown::Refused(refused));
        }
        let wanted = |href: &String| href.contains("upstream=cns");
        let link = links(&choice.body).into_iter().find(wanted);
        let link = link.ok_or_else(|| unexpected("a link for cards", &choice))?;
        let place = browser.leave(&choice, &link).await?;
        let again = reader.clone();
        let page = if login.misbehave == Some(Misbehaviour::OtherBrowser) {
            let mut other = Browser::new(self.http()).reading(reader);
            // The other browser has begun a login of its own, so it has a cookie: a wrong one.
            journey.to_choice(&mut other).await?;
            other.open(place.as_str()).await?
        } else {
            let mut reading = std::mem::replace(browser, Browser::new(self.http())).reading(reader);
            let mut page = reading.open(place.as_str()).await?;
            if login.misbehave == Some(Misbehaviour::Replay) {
                page = Browser::new(self.http()).reading(again).open(place.as_str()).await?;
            }
            *browser = reading;
            page
        };
        Ok(refusal(&page).map_or(Shown::Page(page), Shown::Refused))
    }
}

/// Every header by which somebody might try to show a certificate that he does not have.
fn spoofed(card: &Card) -> [(&'static str, String); 6] {
    use base64::Engine as _;
    let octets = base64::engine::general_purpose::STANDARD.encode(&card.certificate);
    let escaped: String = card.certificate_pem.lines().collect();
    [
        ("Client-Cert", format!(":{octets}:")),
        ("Client_Cert", format!(":{octets}:")),
        ("X-SSL-Client-Verify", "SUCCESS".to_owned()),
        ("X-SSL-Client-Cert", escaped.clone()),
        ("X-Client-Cert", escaped),
        ("X-Forwarded-Client-Cert", "By=spiffe://x".to_owned()),
    ]
}
