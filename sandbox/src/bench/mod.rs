//! What a login costs the broker, as processor time above the cryptography nobody can avoid.
//!
//! Not a load test: wall time on a shared machine says little. The broker runs in a process of its
//! own, so that its processor time is its own; the crypto floor is measured in the same run.

mod calls;
mod crowd;
mod driver;
mod floor;
mod openid;
mod process;
mod relying_party;
mod rotation;
mod upstream;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use serde::Serialize;
use varco::effects::Effects;

use self::calls::Endpoints;
use self::driver::Driver;
pub use self::openid::{OpenIdOptions, OpenIdReport, run_openid_bench};
use self::process::BrokerProcess;
use self::relying_party::RelyingParty;
use self::rotation::Rotation;
pub use self::upstream::BenchedUpstream;
use crate::error::{Doing as _, SandboxError};
use crate::federation::{FederationOptions, Prepared};
use crate::openid::Dialect;

/// How much of it.
#[derive(Clone, Debug)]
pub struct BenchOptions {
    /// Where people come from.
    pub upstream: BenchedUpstream,
    /// Concurrent users, each with one kept-alive connection pool.
    pub users: usize,
    /// Logins that are counted, over all users.
    pub logins: u64,
    /// How long, instead of how many logins.
    pub time: Option<Duration>,
    /// How often every signing key changes meanwhile. People then sign in to three relying parties,
    /// one for each algorithm, which verify their ID tokens.
    pub rotate_keys_every: Option<Duration>,
    /// `memory`, or a Redis address.
    pub state: String,
    /// Worker threads of the broker.
    pub workers: usize,
    /// Providers in the metadata beside those that are asked.
    pub providers: usize,
}

/// What was measured; times in milliseconds of processor time per login.
#[derive(Clone, Debug, Serialize)]
pub struct BenchReport {
    /// Where people came from.
    pub upstream: &'static str,
    /// What `above_floor_ms` may be.
    pub goal_ms: f64,
    /// The cryptography alone.
    pub floor_ms: f64,
    /// The broker, everything in it.
    pub cpu_ms: f64,
    /// The difference.
    pub above_floor_ms: f64,
    /// Logins counted.
    pub logins: u64,
    /// Logins that did not end with tokens.
    pub failures: u64,
    /// HTTP requests at the broker per login.
    pub requests_per_login: f64,
    /// Octets of a SAML Response, or of an encrypted userinfo.
    pub response_octets: usize,
    /// Processor time from the start to the first answer.
    pub start_ms: f64,
    /// Resident memory of the broker once it is ready, MiB.
    pub rss_ready_mib: f64,
    /// Resident memory of the broker after the run, MiB.
    pub rss_mib: f64,
    /// The store of volatile state.
    pub state: String,
    /// How often every signing key changed.
    pub key_rotations: u64,
    /// How often a relying party read `/jwks` because it did not know a key.
    pub key_reads: u64,
    /// The first failure, in words.
    pub first_failure: Option<String>,
}

/// Runs it.
///
/// # Errors
/// When the broker does not start, or the system does not say what it used.
pub async fn run_bench(options: &BenchOptions) -> Result<BenchReport, SandboxError> {
    let prepared = Prepared::start(&FederationOptions {
        state: options.state.clone(),
        workers: options.workers,
        dialect: (options.upstream == BenchedUpstream::Cie).then_some(Dialect::It2023),
        ..FederationOptions::default()
    })
    .await?;
    crowd::add(&prepared.folder, options.providers)?;
    let mut more = Vec::new();
    if options.rotate_keys_every.is_some() {
        for algorithm in ["PS256", "ES256"] {
            more.push(RelyingParty::register(&prepared.folder, algorithm)?);
        }
    }
    let broker = BrokerProcess::start(&prepared.folder.configuration())?;
    let endpoints = Endpoints::discover(&prepared.http, &prepared.ports.issuer()).await?;
    let (start, rss_ready_mib) = (broker.cpu_nanoseconds()?, broker.rss_mib()?);
    let start_ms = ratio(start, 1) / 1e6;
    let driver = Arc::new(Driver::new(options.upstream, &prepared, endpoints, &more).await?);
    let sample = until_asked(&driver).await?;
    let before = measure_floor(options.upstream, &sample).await?;
    // Connections, caches and lazily made things are not what a login costs.
    run(&driver, options.users, &Until::logins(options.logins.div_ceil(10).max(40))).await?;
    driver.forget();
    let start = broker.cpu_nanoseconds()?;
    let rotation = options.rotate_keys_every.map(|every| Rotation::start(&prepared.folder, every));
    let until = options.time.map_or_else(|| Until::logins(options.logins), Until::time);
    let logins = run(&driver, options.users, &until).await?;
    let key_rotations = match rotation {
        Some(rotation) => rotation.stop().await?,
        None => 0,
    };
    let used = broker.cpu_nanoseconds()?.saturating_sub(start);
    let after = measure_floor(options.upstream, &sample).await?;
    let rss_mib = broker.rss_mib()?;
    drop(broker);
    prepared.stop().await;
    let floor_ms = f64::midpoint(before, after);
    let cpu_ms = ratio(used, logins) / 1e6;
    Ok(BenchReport {
        upstream: options.upstream.name(),
        goal_ms: options.upstream.goal_ms(),
        floor_ms,
        cpu_ms,
        above_floor_ms: cpu_ms - floor_ms,
        logins,
        failures: driver.failures.load(Ordering::Relaxed),
        requests_per_login: ratio(driver.requests(), logins),
        response_octets: sample.len(),
        start_ms,
        rss_ready_mib,
        rss_mib,
        state: if options.state == "memory" { "memory" } else { "redis" }.to_owned(),
        key_rotations,
        key_reads: driver.key_reads.load(Ordering::Relaxed),
        first_failure: driver.first_failure.lock().ok().and_then(|mut first| first.take()),
    })
}

/// All users together, until it is enough; so many logins there were.
async fn run(driver: &Arc<Driver>, users: usize, until: &Until) -> Result<u64, SandboxError> {
    let mut tasks = Vec::new();
    for _ in 0..users.max(1) {
        let (driver, until) = (Arc::clone(driver), until.clone());
        tasks.push(tokio::spawn(async move {
            let http = crate::client::http_client()?;
            let mut logins = 0;
            while until.one_more() {
                driver.count(driver.login(&http).await);
                logins += 1;
            }
            Ok::<u64, SandboxError>(logins)
        }));
    }
    let mut logins = 0;
    for task in tasks {
        logins += task.await.doing("wait for a user")??;
    }
    Ok(logins)
}

/// When it is enough.
#[derive(Clone)]
enum Until {
    Logins(Arc<AtomicU64>),
    Moment(Effects, Duration),
}

impl Until {
    fn logins(logins: u64) -> Self {
        Self::Logins(Arc::new(AtomicU64::new(logins)))
    }

    fn time(time: Duration) -> Self {
        let fx = Effects::real();
        let end = fx.monotonic().saturating_add(time);
        Self::Moment(fx, end)
    }

    fn one_more(&self) -> bool {
        match self {
            Self::Logins(left) => {
                let step = |left: u64| left.checked_sub(1);
                left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, step).is_ok()
            }
            Self::Moment(fx, end) => fx.monotonic() < *end,
        }
    }
}

/// What the provider answers, once the broker asks it: at first it does not know the federation. Ten seconds
/// at most.
async fn until_asked(driver: &Driver) -> Result<String, SandboxError> {
    let mut tries = 0;
    loop {
        match driver.sample_response().await {
            Err(_) if tries < 200 => tries += 1,
            ended => return ended,
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

async fn measure_floor(upstream: BenchedUpstream, sample: &str) -> Result<f64, SandboxError> {
    let sample = sample.as_bytes().to_vec();
    let measure = move || match upstream {
        BenchedUpstream::Spid => floor::measure(&sample),
        BenchedUpstream::Cie => floor::measure_openid(&sample),
    };
    tokio::task::spawn_blocking(measure).await.doing("measure the floor")?
}

#[expect(clippy::cast_precision_loss, reason = "nanoseconds and counts stay far below 2^52")]
fn ratio(amount: u64, parts: u64) -> f64 {
    amount as f64 / parts.max(1) as f64
}

impl BenchReport {
    /// For people.
    #[must_use]
    pub fn table(&self) -> String {
        let failures = match &self.first_failure {
            Some(why) => format!("{} (first: {why})", self.failures),
            None => self.failures.to_string(),
        };
        [
            ("upstream", self.upstream.to_owned()),
            ("crypto floor", format!("{:.3} ms", self.floor_ms)),
            ("broker CPU per login", format!("{:.3} ms", self.cpu_ms)),
            (
                "above the floor",
                format!("{:.3} ms (goal: at most {:.2})", self.above_floor_ms, self.goal_ms),
            ),
            ("HTTP requests per login", format!("{:.2}", self.requests_per_login)),
            ("answer of the provider", format!("{} octets", self.response_octets)),
            ("logins", self.logins.to_string()),
            ("failures", failures),
            ("CPU until ready", format!("{:.0} ms", self.start_ms)),
            ("memory when ready (RSS)", format!("{:.1} MiB", self.rss_ready_mib)),
            ("broker memory (RSS)", format!("{:.1} MiB", self.rss_mib)),
            ("state", self.state.clone()),
            ("key rotations", self.key_rotations.to_string()),
            ("keys read again", self.key_reads.to_string()),
        ]
        .map(|(name, value)| format!("{name:<26}{value}"))
        .join("\n")
    }
}
