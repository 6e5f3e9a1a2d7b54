//! What may be asked of other servers, and what can come back.
//!
//! Not the asking: [`super::HttpOutbound`] does that, [`ScriptedOutbound`] plays it in tests.

use std::collections::VecDeque;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use secrecy::SecretString;
use url::{Host, Url};
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
    /// Octets of the body.
    pub octets: usize,
    /// From the first lookup to the last octet.
    pub time: Duration,
}

/// One question: a GET, or a POST when there is something to say.
#[derive(Clone, Debug)]
pub struct FetchRequest {
    /// What is asked for.
    pub url: FetchUrl,
    /// What is said, with its media type.
    pub body: Option<(&'static str, Vec<u8>)>,
    /// When to give up.
    pub limits: FetchLimits,
    /// Media types that are of use, as in `Accept`.
    pub accept: &'static str,
    /// The entity tag of the copy at hand: the server may answer 304.
    pub etag: Option<String>,
    /// The date of the copy at hand, as its server wrote it.
    pub last_modified: Option<String>,
}

/// One POST whose answer's body is of no interest.
#[derive(Clone, Debug)]
pub struct PostRequest {
    /// Where it goes.
    pub url: FetchUrl,
    /// From the first lookup to the status of the answer.
    pub time: Duration,
    /// `Content-Type`.
    pub media_type: &'static str,
    /// The body.
    pub body: String,
}

/// One POST whose answer is read. It may carry a secret and a person's data: it does not print.
#[derive(Clone)]
pub struct AskRequest {
    /// Where it goes.
    pub url: FetchUrl,
    /// When to give up.
    pub limits: FetchLimits,
    /// `Content-Type`, and what is of use in return, as in `Accept`.
    pub media_type: &'static str,
    /// Further header fields: lower-case name, and value.
    pub headers: Vec<(String, SecretString)>,
    /// The body.
    pub body: Zeroizing<String>,
}

impl std::fmt::Debug for AskRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AskRequest").field("url", &self.url.to_string()).finish_non_exhaustive()
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
pub type Posting<'a> = Pin<Box<dyn Future<Output = Result<u16, OutboundFault>> + Send + 'a>>;

/// A way out.
pub trait Outbound: Send + Sync {
    /// Asks for a document: no redirection is followed, no credential is sent.
    fn get<'a>(&'a self, request: &'a FetchRequest) -> Fetching<'a>;
    /// Sends a body and gives the status; what else the answer holds is not read.
    fn post<'a>(&'a self, request: &'a PostRequest) -> Posting<'a>;
    /// Sends a body and reads the answer: no redirection is followed.
    fn ask<'a>(&'a self, request: &'a AskRequest) -> Fetching<'a>;
}

/// Answers from a script and remembers what it was asked. For tests.
#[derive(Debug, Default)]
pub struct ScriptedOutbound {
    answers: Mutex<VecDeque<Result<Fetched, OutboundFault>>>,
    asked: Mutex<Vec<FetchRequest>>,
    posted: Mutex<Vec<PostRequest>>,
    questions: Mutex<Vec<AskRequest>>,
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

    /// What was sent so far.
    #[must_use]
    pub fn posted(&self) -> Vec<PostRequest> {
        self.posted.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What was sent so far, where the answer was read.
    #[must_use]
    pub fn questions(&self) -> Vec<AskRequest> {
        self.questions.lock().unwrap_or_else(PoisonError::into_inner).clone()
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
    fn get<'a>(&'a self, request: &'a FetchRequest) -> Fetching<'a> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).push(request.clone());
        Box::pin(std::future::ready(self.next()))
    }

    fn post<'a>(&'a self, request: &'a PostRequest) -> Posting<'a> {
        self.posted.lock().unwrap_or_else(PoisonError::into_inner).push(request.clone());
        Box::pin(std::future::ready(self.next().map(|answer| answer.status)))
    }

    fn ask<'a>(&'a self, request: &'a AskRequest) -> Fetching<'a> {
        self.questions.lock().unwrap_or_else(PoisonError::into_inner).push(request.clone());
        Box::pin(std::future::ready(self.next()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str, development: bool) -> Result<FetchUrl, OutboundFault> {
        FetchUrl::parse(text, &["inside.example".to_owned(), "10.0.0.7".to_owned()], development)
    }

    #[test]
    fn an_address_is_https_and_carries_no_secret() {
        assert!(parse("https://registry.example/entities-idp?&output=json", false).is_ok());
        for text in [
            "",
            "registry.example",
            "http://registry.example/",
            "http://localhost/",
            "http://inside.example/",
            "ftp://registry.example/",
            "file:///etc/passwd",
            "gopher://registry.example/",
            "dict://registry.example/",
            "unix:/run/socket",
            "https://user@registry.example/",
            "https://user:word@registry.example/",
            "https://registry.example/#part",
            "https://registry.example:22/",
            "https://registry.example:6379/",
        ] {
            assert!(matches!(parse(text, false), Err(OutboundFault::Address(_))), "{text}");
        }
        let shown = parse("https://registry.example/a?token=secret", false).unwrap().to_string();
        assert_eq!(shown, "https://registry.example/a");
    }

    #[test]
    fn a_private_address_is_refused_unless_its_host_is_allowed() {
        for text in [
            "https://127.0.0.1/",
            "https://[::1]/",
            "https://169.254.169.254/latest/meta-data",
            "https://10.0.0.8/",
            "https://0x7f.1/",
            "https://0177.0.0.1/",
            "https://127.1/",
            "https://2130706433/",
            "https://0.0.0.0/",
            "https://[::ffff:127.0.0.1]/",
            "https://[fe80::1]/",
            "https://[fd00::1]/",
            "https://100.64.0.1/",
            "https://172.16.0.1/",
            "https://192.168.1.1/",
            "https://①②⑦.0.0.1/",
            "https://127。0。0。1/",
            "https://%31%32%37.0.0.1/",
        ] {
            assert_eq!(parse(text, false), Err(OutboundFault::Private), "{text}");
        }
        assert!(parse("https://10.0.0.7/", false).unwrap().may_be_private());
        assert!(parse("https://INSIDE.example/", false).unwrap().may_be_private());
        assert!(!parse("https://registry.example/", false).unwrap().may_be_private());
    }

    #[test]
    fn what_is_signed_may_come_by_http_and_from_no_other_place() {
        let parse = |text| FetchUrl::of_signed(text, &[], false);
        assert!(parse("http://authority.example/list.crl").is_ok());
        assert!(parse("https://authority.example/list.crl").is_ok());
        for text in ["ldap://authority.example/", "http://user@authority.example/"] {
            assert!(matches!(parse(text), Err(OutboundFault::Address(_))), "{text}");
        }
        for text in ["http://127.0.0.1/", "http://localhost:6379/", "http://169.254.169.254/"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn this_machine_is_asked_by_http_only_while_developing() {
        for text in ["http://localhost:8080/", "http://127.0.0.1/", "http://[::1]:1/"] {
            assert!(parse(text, true).unwrap().may_be_private(), "{text}");
            assert!(parse(text, false).is_err(), "{text}");
        }
        assert!(parse("http://registry.example/", true).is_err());
        assert!(parse("http://10.0.0.7/", true).is_err(), "allowed, and not this machine");
    }
}
