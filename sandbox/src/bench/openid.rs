//! The OpenID half alone: a browser that is signed in already asks for a code, the code becomes tokens,
//! the token opens userinfo. Beside it the same flow at another OpenID provider, in the same run.
//!
//! Not a login: no identity provider takes part. What the signature of the ID token costs, nobody can
//! avoid; it is measured apart.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::Client;
use reqwest::header::COOKIE;
use serde::Serialize;
use varco::effects::Effects;

use super::calls::{Asked, Calls, Cookies, Credential, Endpoints, location};
use super::driver::Driver;
use super::process::BrokerProcess;
use super::upstream::BenchedUpstream;
use super::{Until, floor, ratio};
use crate::error::{Doing as _, SandboxError};
use crate::federation::{FederationOptions, Prepared};

/// How much of it.
#[derive(Clone, Debug)]
pub struct OpenIdOptions {
    /// Concurrent users, each with a browser of its own.
    pub users: usize,
    /// Flows that are counted, over all users.
    pub flows: u64,
    /// `memory`, or a Redis address.
    pub state: String,
    /// Worker threads of the broker.
    pub workers: usize,
    /// The folder of the other provider (`sandbox/peer`, after `npm ci`).
    pub peer: Option<PathBuf>,
}

/// What one provider used, in milliseconds of processor time per flow.
#[derive(Clone, Debug, Serialize)]
pub struct Half {
    /// Everything in it.
    pub cpu_ms: f64,
    /// Without the signature.
    pub above_floor_ms: f64,
    /// Flows that did not end with userinfo.
    pub failures: u64,
    /// The first failure, in words.
    pub first_failure: Option<String>,
    /// Resident memory after the run, MiB.
    pub rss_mib: f64,
}

/// Both, and the floor: one RSA-2048 signature by aws-lc-rs.
#[derive(Clone, Debug, Serialize)]
pub struct OpenIdReport {
    /// One signature.
    pub floor_ms: f64,
    /// Flows counted at each.
    pub flows: u64,
    /// This broker.
    pub varco: Half,
    /// The other provider.
    pub peer: Option<Half>,
    /// How many times as much the other one uses.
    pub peer_to_varco: Option<f64>,
}

impl OpenIdReport {
    /// Flows that failed, at either.
    #[must_use]
    pub fn failures(&self) -> u64 {
        self.varco.failures + self.peer.as_ref().map_or(0, |peer| peer.failures)
    }
}

/// A client as a provider knows it.
#[derive(Debug)]
pub(super) struct Account {
    pub(super) client_id: String,
    pub(super) authorization: String,
    pub(super) redirect_uri: String,
}

/// Runs it.
///
/// # Errors
/// When a provider does not start, or the system does not say what it used.
pub async fn run_openid_bench(options: &OpenIdOptions) -> Result<OpenIdReport, SandboxError> {
    let prepared = Prepared::start(&FederationOptions {
        state: options.state.clone(),
        workers: options.workers,
        ..FederationOptions::default()
    })
    .await?;
    let broker = BrokerProcess::start(&prepared.folder.configuration())?;
    let endpoints = Endpoints::discover(&prepared.http, &prepared.ports.issuer()).await?;
    let driver = Driver::new(BenchedUpstream::Spid, &prepared, endpoints.clone(), &[]).await?;
    let mut browsers = Vec::new();
    for _ in 0..options.users.max(1) {
        let http = crate::client::http_client()?;
        let cookies = driver.sign_in(&http).await?;
        browsers.push((http, cookies));
    }
    let before = one_signature().await?;
    let crowd = Arc::new(Crowd::new(endpoints, driver.account()?));
    let varco = crowd.measure(browsers, options.flows, &broker).await?;
    drop(broker);
    let peer = match &options.peer {
        Some(folder) => Some(peer(folder, &prepared, options).await?),
        None => None,
    };
    let after = one_signature().await?;
    prepared.stop().await;
    let floor_ms = f64::midpoint(before, after);
    let half = |mut half: Half| {
        half.above_floor_ms = half.cpu_ms - floor_ms;
        half
    };
    let peer_to_varco = peer.as_ref().map(|peer| peer.cpu_ms / varco.cpu_ms);
    let (varco, peer) = (half(varco), peer.map(half));
    Ok(OpenIdReport { floor_ms, flows: options.flows, varco, peer, peer_to_varco })
}

/// The same users at the other provider.
async fn peer(
    folder: &Path,
    prepared: &Prepared,
    options: &OpenIdOptions,
) -> Result<Half, SandboxError> {
    let (client_id, secret) = ("bench", "0123456789abcdef0123456789abcdef");
    let account = Account {
        client_id: client_id.to_owned(),
        authorization: format!("Basic {}", STANDARD.encode(format!("{client_id}:{secret}"))),
        redirect_uri: "https://portal.example/callback".to_owned(),
    };
    // The broker is gone, and its port with it.
    let issuer = prepared.ports.issuer().replace("localhost", "127.0.0.1");
    let port = issuer.rsplit(':').next().unwrap_or_default().to_owned();
    let arguments = ["server.mjs", &port, client_id, secret, &account.redirect_uri];
    let process = BrokerProcess::node(folder, &arguments)?;
    let endpoints = Endpoints::discover(&prepared.http, &issuer).await?;
    let crowd = Arc::new(Crowd::new(endpoints, account));
    let mut browsers = Vec::new();
    for _ in 0..options.users.max(1) {
        let http = crate::client::http_client()?;
        let cookies = crowd.sign_in(&http).await?;
        browsers.push((http, cookies));
    }
    crowd.measure(browsers, options.flows, &process).await
}

/// Users of one provider.
struct Crowd {
    calls: Calls,
    account: Account,
    fx: Effects,
    failures: AtomicU64,
    first_failure: std::sync::Mutex<Option<String>>,
}

impl Crowd {
    fn new(endpoints: Endpoints, account: Account) -> Self {
        Self {
            calls: Calls::new(endpoints),
            account,
            fx: Effects::real(),
            failures: AtomicU64::new(0),
            first_failure: std::sync::Mutex::default(),
        }
    }

    /// What so many flows cost the process, after some that nobody counts.
    async fn measure(
        self: &Arc<Self>,
        mut browsers: Vec<(Client, Cookies)>,
        flows: u64,
        process: &BrokerProcess,
    ) -> Result<Half, SandboxError> {
        browsers = self.run(browsers, &Until::logins(flows.div_ceil(5).max(40))).await?;
        self.failures.store(0, Ordering::Relaxed);
        let start = process.cpu_nanoseconds()?;
        self.run(browsers, &Until::logins(flows)).await?;
        let used = process.cpu_nanoseconds()?.saturating_sub(start);
        Ok(Half {
            cpu_ms: ratio(used, flows) / 1e6,
            above_floor_ms: 0.0,
            failures: self.failures.load(Ordering::Relaxed),
            first_failure: self.first_failure.lock().ok().and_then(|mut first| first.take()),
            rss_mib: process.rss_mib()?,
        })
    }

    async fn run(
        self: &Arc<Self>,
        browsers: Vec<(Client, Cookies)>,
        until: &Until,
    ) -> Result<Vec<(Client, Cookies)>, SandboxError> {
        let mut tasks = Vec::new();
        for (http, mut cookies) in browsers {
            let (crowd, until) = (Arc::clone(self), until.clone());
            tasks.push(tokio::spawn(async move {
                while until.one_more() {
                    if let Err(why) = crowd.flow(&http, &mut cookies).await {
                        crowd.failures.fetch_add(1, Ordering::Relaxed);
                        if let Ok(mut first) = crowd.first_failure.lock() {
                            first.get_or_insert_with(|| why.to_string());
                        }
                    }
                }
                (http, cookies)
            }));
        }
        let mut browsers = Vec::new();
        for task in tasks {
            browsers.push(task.await.doing("wait for a user")?);
        }
        Ok(browsers)
    }

    /// Authorization without a page, token, userinfo.
    async fn flow(&self, http: &Client, cookies: &mut Cookies) -> Result<(), SandboxError> {
        let account = &self.account;
        let asked = Asked::fresh(&self.fx);
        let more = [("prompt", "none")];
        let address = self.calls.ask(&account.client_id, &account.redirect_uri, &asked, &more);
        let request = http.get(&address).header(COOKIE, cookies.header());
        let answer = self.calls.send(request, "ask for authorization").await?;
        cookies.keep(&answer);
        let back = location(&answer, &address)?;
        let credential = Credential {
            authorization: &account.authorization,
            redirect_uri: &account.redirect_uri,
        };
        self.calls.redeem(http, credential, &back, &asked).await.map(|_| ())
    }

    /// Follows the other provider until it sends the browser back: it signs in whoever comes.
    async fn sign_in(&self, http: &Client) -> Result<Cookies, SandboxError> {
        let account = &self.account;
        let asked = Asked::fresh(&self.fx);
        let mut address = self.calls.ask(&account.client_id, &account.redirect_uri, &asked, &[]);
        let mut cookies = Cookies::default();
        for _ in 0..5 {
            let request = http.get(&address).header(COOKIE, cookies.header());
            let answer = self.calls.send(request, "sign in").await?;
            cookies.keep(&answer);
            let onward = location(&answer, &address)?;
            if onward.as_str().starts_with(&account.redirect_uri) {
                return Ok(cookies);
            }
            address = onward.to_string();
        }
        Err(SandboxError::new("sign in", "it never comes back"))
    }
}

async fn one_signature() -> Result<f64, SandboxError> {
    tokio::task::spawn_blocking(floor::one_signature).await.doing("measure the floor")?
}
