//! HTTP to other servers: the only file that names the HTTP client.
//!
//! Not a general client: GET and POST, HTTP/1.1, no redirection, no compression, no cookie, no proxy of
//! the environment, and bounded in octets, in time and in where it goes (RFC 9110).

#[cfg(test)]
mod tests;

use std::error::Error;
use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{
    ACCEPT, ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_TYPE, ETAG, HeaderMap, HeaderName,
    HeaderValue, IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED, LOCATION,
};
use reqwest::{Client, Response, StatusCode, redirect};
use secrecy::ExposeSecret as _;

use super::address::is_public;
use super::fetch::{
    FetchLimits, FetchRequest, Fetched, Fetching, Outbound, OutboundFault, Statusing,
};

/// Real HTTP. A client is made when it is first needed: most installations never call out.
#[derive(Debug, Default)]
pub struct HttpOutbound {
    public: OnceLock<Client>,
    private: OnceLock<Client>,
}

impl HttpOutbound {
    fn client(&self, private: bool) -> Result<&Client, OutboundFault> {
        let place = if private { &self.private } else { &self.public };
        if let Some(client) = place.get() {
            return Ok(client);
        }
        // TLS asks for the process-level provider; an already installed one is as good.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let builder = Client::builder()
            .user_agent(concat!("varco/", env!("CARGO_PKG_VERSION")))
            .redirect(redirect::Policy::none())
            .referer(false)
            .no_proxy()
            .http1_only()
            .connect_timeout(CONNECT)
            .pool_max_idle_per_host(MOST_IDLE)
            .pool_idle_timeout(IDLE)
            .dns_resolver(Arc::new(Resolver { private }));
        let client = builder.build().map_err(|cause| fault_of(&cause))?;
        Ok(place.get_or_init(|| client))
    }

    /// Asks; what the server answers, not yet read and no redirection.
    async fn ask(&self, request: &FetchRequest) -> Result<Response, OutboundFault> {
        let client = self.client(request.url.may_be_private())?;
        let url = request.url.url().clone();
        let mut question = match &request.body {
            None => client.get(url),
            Some(body) => {
                let question = client.post(url).header(CONTENT_TYPE, body.media_type);
                question.body(body.octets.to_vec())
            }
        };
        for (name, value) in &request.headers {
            let value = HeaderValue::from_str(value.expose_secret());
            let mut value = value.map_err(|_| OutboundFault::Address("carries no such header"))?;
            value.set_sensitive(true);
            question = question.header(name, value);
        }
        if let Some(tag) = &request.etag {
            question = question.header(IF_NONE_MATCH, tag);
        }
        if let Some(date) = &request.last_modified {
            question = question.header(IF_MODIFIED_SINCE, date);
        }
        let question = question.header(ACCEPT, request.accept).header(ACCEPT_ENCODING, "identity");
        let answer = question.send().await.map_err(|cause| fault_of(&cause))?;
        let status = answer.status();
        if status.is_redirection() && status != StatusCode::NOT_MODIFIED {
            return Err(OutboundFault::Redirected(target(answer.headers())));
        }
        Ok(answer)
    }
}

/// The whole answer, if it is not compressed and not longer than `most` octets.
async fn read(mut answer: Response, most: usize) -> Result<Fetched, OutboundFault> {
    let headers = answer.headers();
    if header(headers, &CONTENT_ENCODING).is_some_and(|how| how != "identity") {
        return Err(OutboundFault::Compressed);
    }
    let mut fetched = Fetched {
        status: answer.status().as_u16(),
        media_type: header(headers, &CONTENT_TYPE),
        etag: header(headers, &ETAG),
        last_modified: header(headers, &LAST_MODIFIED),
        body: Vec::new(),
    };
    let announced = answer.content_length().unwrap_or(0);
    if usize::try_from(announced).map_or(true, |octets| octets > most) {
        return Err(OutboundFault::TooLarge(most));
    }
    while let Some(chunk) = answer.chunk().await.map_err(|cause| fault_of(&cause))? {
        if fetched.body.len().saturating_add(chunk.len()) > most {
            return Err(OutboundFault::TooLarge(most));
        }
        fetched.body.extend_from_slice(&chunk);
    }
    // The connection is free again before whoever asked asks once more.
    tokio::task::yield_now().await;
    Ok(fetched)
}

impl Outbound for HttpOutbound {
    fn fetch<'a>(&'a self, request: &'a FetchRequest) -> Fetching<'a> {
        let FetchLimits { octets, time } = request.limits;
        Box::pin(within(time, async move { read(self.ask(request).await?, octets).await }))
    }

    fn status<'a>(&'a self, request: &'a FetchRequest) -> Statusing<'a> {
        let asking = async move { Ok(self.ask(request).await?.status().as_u16()) };
        Box::pin(within(request.limits.time, asking))
    }
}

async fn within<T>(
    time: Duration,
    asking: impl Future<Output = Result<T, OutboundFault>>,
) -> Result<T, OutboundFault> {
    tokio::time::timeout(time, asking).await.unwrap_or(Err(OutboundFault::TooSlow(time)))
}

/// How long a connection may take, TLS included.
const CONNECT: Duration = Duration::from_secs(10);
/// A connection is used again at once or not at all: a login asks one provider twice in a moment, and two
/// handshakes would cost more than all the rest of it. No server closes so soon what it offered to keep, so
/// that no request meets its end; a request that may count only once is not repeated.
const IDLE: Duration = Duration::from_secs(2);
/// Connections to one host that wait for that.
const MOST_IDLE: usize = 16;

/// A header that is one line of visible ASCII and not longer than any genuine one.
fn header(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    let text = headers.get(name)?.to_str().ok()?;
    (text.len() <= 512).then(|| text.to_owned())
}

/// Where a redirection leads, without its query.
fn target(headers: &HeaderMap) -> String {
    header(headers, &LOCATION)
        .and_then(|place| place.split(['?', '#']).next().map(str::to_owned))
        .unwrap_or_else(|| "nowhere".to_owned())
}

/// Resolves names, and leaves out the addresses that a name may not lead to: what is connected to
/// is what was judged, so a name that changes its address in between gains nothing.
struct Resolver {
    private: bool,
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let private = self.private;
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let usable: Vec<SocketAddr> =
                found.filter(|address| private || is_public(address.ip())).collect();
            if usable.is_empty() {
                return Err(Box::new(OutboundFault::Private) as Box<dyn Error + Send + Sync>);
            }
            Ok(Box::new(usable.into_iter()) as Addrs)
        })
    }
}

/// The whole chain of causes in one line: "certificate expired" stands at its end.
fn fault_of(cause: &reqwest::Error) -> OutboundFault {
    let mut told: Vec<String> = Vec::new();
    let mut next: Option<&(dyn Error + 'static)> = cause.source();
    while let Some(inner) = next {
        if let Some(OutboundFault::Private) = inner.downcast_ref() {
            return OutboundFault::Private;
        }
        let line = inner.to_string();
        if !told.iter().any(|known| known.contains(&line)) {
            told.push(line);
        }
        next = inner.source();
    }
    if cause.is_timeout() {
        told.push("not in time".to_owned());
    }
    OutboundFault::Unreachable(told.join(": "))
}
