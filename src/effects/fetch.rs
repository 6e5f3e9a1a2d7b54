//! What may be asked of other servers, and what can come back.
//!
//! Not the asking: [`super::HttpOutbound`] does that, [`ScriptedOutbound`] plays it in tests.

#[cfg(test)]
mod tests;

use std::collections::VecDeque;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use secrecy::SecretString;
use url::{Host, Url, form_urlencoded};
use zeroize::Zeroizing;

use super::address::is_public;

/// An address that it is right to ask: https, or http to this machine while developing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FetchUrl {
    url: Url,
    private: bool,
}

impl FetchUrl {
    /// Checks `text`. Hosts in `allowed` may have private addresses, and any port; `development` allows
    /// this machine, and http to it.
    ///
    /// # Errors
    /// [`OutboundFault::Address`] or [`OutboundFault::Private`].
    pub fn parse(text: &str, allowed: &[String], development: bool) -> Result<Self, OutboundFault> {
        Self::judge(text, allowed, development, false)
    }

    /// The same for what is signed and whose signature is verified whatever brought it (lists of revoked
    /// certificates, answers of OCSP): authorities publish it by http, so that is enough.
    ///
    /// # Errors
    /// As [`Self::parse`].
    pub fn of_signed(
        text: &str,
        allowed: &[String],
        development: bool,
    ) -> Result<Self, OutboundFault> {
        Self::judge(text, allowed, development, true)
    }

    fn judge(
        text: &str,
        allowed: &[String],
        development: bool,
        plain: bool,
    ) -> Result<Self, OutboundFault> {
        let url = Url::parse(text).map_err(|_| OutboundFault::Address("is not an address"))?;
        let host = url.host().ok_or(OutboundFault::Address("names no host"))?;
        let literal = match host {
            Host::Domain(_) => None,
            Host::Ipv4(address) => Some(IpAddr::V4(address)),
            Host::Ipv6(address) => Some(IpAddr::V6(address)),
        };
        let this_machine = matches!(host, Host::Domain("localhost"))
            || literal.is_some_and(|address| address.is_loopback());
        let own = development && this_machine;
        if url.scheme() != "https" && !(url.scheme() == "http" && (own || plain)) {
            return Err(OutboundFault::Address("is not https"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(OutboundFault::Address("carries a name or a password"));
        }
        if url.fragment().is_some() {
            return Err(OutboundFault::Address("has a fragment"));
        }
        let named = url.host_str().unwrap_or_default();
        let private = own || allowed.iter().any(|host| host.eq_ignore_ascii_case(named));
        if !private && url.port().is_some_and(is_of_another_service) {
            return Err(OutboundFault::Address("names the port of another service"));
        }
        if !private && literal.is_some_and(|address| !is_public(address)) {
            return Err(OutboundFault::Private);
        }
        Ok(Self { url, private })
    }

    /// The same address with more parameters in its query. Who is asked stays as it was judged.
    #[must_use]
    pub fn with_query(mut self, pairs: &[(&str, &str)]) -> Self {
        if !pairs.is_empty() {
            self.url.query_pairs_mut().extend_pairs(pairs);
        }
        self
    }

    /// All of it, with the query: for tests that play the other server.
    #[cfg(test)]
    pub(crate) fn whole(&self) -> &str {
        self.url.as_str()
    }

    pub(super) const fn url(&self) -> &Url {
        &self.url
    }

    /// Whether its host may have a private address.
    pub(super) const fn may_be_private(&self) -> bool {
        self.private
    }
}

/// Whether a port belongs to something that does not speak HTTP, and could be made to act on it: the
/// privileged ones, and those of common stores.
const fn is_of_another_service(port: u16) -> bool {
    matches!(
        port,
        0..=442 | 444..=1023 | 2375 | 2379 | 3306 | 5432 | 6379 | 9200 | 11211 | 26379 | 27017
    )
}

/// Without the query, which may hold a secret.
impl std::fmt::Display for FetchUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}{}", self.url.origin().ascii_serialization(), self.url.path())
    }
}

/// When to give up.
#[derive(Clone, Copy, Debug)]
pub struct FetchLimits {
    /// Octets of the answer's body.
    pub octets: usize,
    /// From the first lookup to the last octet.
    pub time: Duration,
}

/// One question to another server: a GET, or a POST when it has a body. It may carry a secret and a
/// person's data: it does not print them.
#[derive(Clone)]
pub struct FetchRequest {
    /// Who is asked, and for what.
    pub url: FetchUrl,
    /// What is said.
    pub body: Option<FetchBody>,
    /// When to give up.
    pub limits: FetchLimits,
    /// Media types that are of use, as in `Accept`.
    pub accept: &'static str,
    /// Further header fields: lower-case name, and value.
    pub headers: Vec<(String, SecretString)>,
    /// The entity tag of the copy at hand: the server may answer 304.
    pub etag: Option<String>,
    /// The date of the copy at hand, as its server wrote it.
    pub last_modified: Option<String>,
}

/// The body of a POST.
#[derive(Clone, PartialEq, Eq)]
pub struct FetchBody {
    /// `Content-Type`.
    pub media_type: &'static str,
    /// The body itself.
    pub octets: Zeroizing<Vec<u8>>,
}

impl FetchRequest {
    /// A GET.
    #[must_use]
    pub fn get(url: FetchUrl, accept: &'static str, limits: FetchLimits) -> Self {
        let headers = Vec::new();
        Self { url, body: None, limits, accept, headers, etag: None, last_modified: None }
    }

    /// A POST of `octets`.
    #[must_use]
    pub fn post(
        url: FetchUrl,
        media_type: &'static str,
        octets: Vec<u8>,
        accept: &'static str,
        limits: FetchLimits,
    ) -> Self {
        let body = Some(FetchBody { media_type, octets: Zeroizing::new(octets) });
        Self { body, ..Self::get(url, accept, limits) }
    }

    /// A POST of a form (`application/x-www-form-urlencoded`, as token endpoints take it: RFC 6749,
    /// section 4.1.3).
    #[must_use]
    pub fn form(
        url: FetchUrl,
        pairs: &[(&str, &str)],
        accept: &'static str,
        limits: FetchLimits,
    ) -> Self {
        let written = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
        Self::post(url, "application/x-www-form-urlencoded", written.into_bytes(), accept, limits)
    }

    /// The same with one more header field. `name` is in lower case.
    #[must_use]
    pub fn with_header(mut self, name: &str, value: SecretString) -> Self {
        self.headers.push((name.to_owned(), value));
        self
    }
}

/// Neither headers, nor body, nor query.
impl std::fmt::Debug for FetchRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FetchRequest").field("url", &self.url.to_string()).finish_non_exhaustive()
    }
}

/// An answer, whatever its status. Redirections are none: see [`OutboundFault::Redirected`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fetched {
    /// HTTP status.
    pub status: u16,
    /// `Content-Type`.
    pub media_type: Option<String>,
    /// `ETag`.
    pub etag: Option<String>,
    /// `Last-Modified`.
    pub last_modified: Option<String>,
    /// The body.
    pub body: Vec<u8>,
}

impl Fetched {
    /// Whether the body says that it is of `media_type`, whatever parameters that has (RFC 9110,
    /// section 8.3.1).
    #[must_use]
    pub fn is_of(&self, media_type: &str) -> bool {
        let told = self.media_type.as_deref().and_then(|told| told.split(';').next());
        told.is_some_and(|told| told.trim().eq_ignore_ascii_case(media_type))
    }
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OutboundFault {
    /// The address must not be asked.
    #[error("the address {0}")]
    Address(&'static str),
    /// The host is on this machine or in a private network.
    #[error("the host has a private address, and the configuration does not allow that host")]
    Private,
    /// No connection, no TLS, or the connection broke.
    #[error("no answer: {0}")]
    Unreachable(String),
    /// Not finished in time.
    #[error("the answer was not complete after {} s", .0.as_secs())]
    TooSlow(Duration),
    /// More octets than allowed.
    #[error("the answer is longer than {0} octets")]
    TooLarge(usize),
    /// The server wants us elsewhere; nobody goes there unasked.
    #[error("the server redirects to {0}: write that address if you trust it")]
    Redirected(String),
    /// The body is compressed, though we did not ask for it.
    #[error("the answer is compressed")]
    Compressed,
}

/// An answer under way.
pub type Fetching<'a> = Pin<Box<dyn Future<Output = Result<Fetched, OutboundFault>> + Send + 'a>>;

/// A status under way.
pub type Statusing<'a> = Pin<Box<dyn Future<Output = Result<u16, OutboundFault>> + Send + 'a>>;

/// A way out.
pub trait Outbound: Send + Sync {
    /// Asks, and reads the answer: no redirection is followed.
    fn fetch<'a>(&'a self, request: &'a FetchRequest) -> Fetching<'a>;
    /// Asks, and gives the status; what else the answer holds is not read.
    fn status<'a>(&'a self, request: &'a FetchRequest) -> Statusing<'a>;
}

/// Answers from a script and remembers what it was asked. For tests.
#[derive(Debug, Default)]
pub struct ScriptedOutbound {
    answers: Mutex<VecDeque<Result<Fetched, OutboundFault>>>,
    asked: Mutex<Vec<FetchRequest>>,
}

impl ScriptedOutbound {
    /// The next question gets this answer.
    pub fn answer(&self, answer: Result<Fetched, OutboundFault>) {
        self.answers.lock().unwrap_or_else(PoisonError::into_inner).push_back(answer);
    }

    /// The next question gets this body, with status 200.
    pub fn serve(&self, body: &str) {
        self.answer(Ok(Fetched {
            status: 200,
            media_type: None,
            etag: None,
            last_modified: None,
            body: body.as_bytes().to_vec(),
        }));
    }

    fn next(&self) -> Result<Fetched, OutboundFault> {
        let answer = self.answers.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
        let nobody = Err(OutboundFault::Unreachable("the script is at its end".to_owned()));
        answer.unwrap_or(nobody)
    }

    /// What was asked so far.
    #[must_use]
    pub fn asked(&self) -> Vec<FetchRequest> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Outbound for ScriptedOutbound {
    fn fetch<'a>(&'a self, request: &'a FetchRequest) -> Fetching<'a> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).push(request.clone());
        Box::pin(std::future::ready(self.next()))
    }

    fn status<'a>(&'a self, request: &'a FetchRequest) -> Statusing<'a> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).push(request.clone());
        Box::pin(std::future::ready(self.next().map(|answer| answer.status)))
    }
}
