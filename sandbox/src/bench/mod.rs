//! What a login costs the broker, as processor time above the cryptography nobody can avoid.
//!
//! Not a load test: wall time on a shared machine says little. The broker runs in a process of its
//! own, so that its processor time is its own; the crypto floor is measured in the same run.

mod crowd;
mod driver;
mod floor;
mod process;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use serde::Serialize;

use self::driver::{Driver, Endpoints};
use self::process::BrokerProcess;
use crate::error::{Doing as _, SandboxError};
use crate::federation::{FederationOptions, Prepared};

/// How much of it.
#[derive(Clone, Debug)]
pub struct BenchOptions {
    /// Concurrent users, each with one kept-alive connection pool.
    pub users: usize,
    /// Logins that are counted, over all users.
    pub logins: u64,
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
    /// Octets of the last SAML Response.
    pub response_octets: usize,
    /// Processor time from the start to the first answer.
    pub start_ms: f64,
    /// Resident memory of the broker once it is ready, MiB.
    pub rss_ready_mib: f64,
    /// Resident memory of the broker after the run, MiB.
    pub rss_mib: f64,
    /// The store of volatile state.
    pub state: String,
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
        ..FederationOptions::default()
    })
    .await?;
    crowd::add(&prepared.folder, options.providers)?;
    let broker = BrokerProcess::start(&prepared.folder.configuration())?;
    let endpoints = Endpoints::discover(&prepared).await?;
    let (start, rss_ready_mib) = (broker.cpu_nanoseconds()?, broker.rss_mib()?);
    let start_ms = ratio(start, 1) / 1e6;
    let driver = Arc::new(Driver::new(&prepared, endpoints).await?);
    let sample = driver.sample_response().await?;
    let before = measure_floor(&sample).await?;
    // Connections, caches and lazily made things are not what a login costs.
    run(&driver, options.users, options.logins.div_ceil(10).max(40)).await?;
    driver.forget();
    let start = broker.cpu_nanoseconds()?;
    run(&driver, options.users, options.logins).await?;
    let used = broker.cpu_nanoseconds()?.saturating_sub(start);
    let after = measure_floor(&sample).await?;
    let rss_mib = broker.rss_mib()?;
    drop(broker);
    prepared.stop().await;
    let floor_ms = f64::midpoint(before, after);
    let cpu_ms = ratio(used, options.logins) / 1e6;
    Ok(BenchReport {
        floor_ms,
        cpu_ms,
        above_floor_ms: cpu_ms - floor_ms,
        logins: options.logins,
        failures: driver.failures.load(Ordering::Relaxed),
        requests_per_login: ratio(driver.requests.load(Ordering::Relaxed), options.logins),
        response_octets: sample.len(),
        start_ms,
        rss_ready_mib,
        rss_mib,
        state: if options.state == "memory" { "memory" } else { "redis" }.to_owned(),
        first_failure: driver.first_failure.lock().ok().and_then(|mut first| first.take()),
    })
}

/// All users together do so many logins.
async fn run(driver: &Arc<Driver>, users: usize, logins: u64) -> Result<(), SandboxError> {
    let left = Arc::new(AtomicU64::new(logins));
    let mut tasks = Vec::new();
    for _ in 0..users.max(1) {
        let (driver, left) = (Arc::clone(driver), Arc::clone(&left));
        tasks.push(tokio::spawn(async move {
            let http = crate::client::http_client()?;
            while take_one(&left) {
                driver.count(driver.login(&http).await);
            }
            Ok::<(), SandboxError>(())
        }));
    }
    for task in tasks {
        task.await.doing("wait for a user")??;
    }
    Ok(())
}

fn take_one(left: &AtomicU64) -> bool {
    let step = |left: u64| left.checked_sub(1);
    left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, step).is_ok()
}

async fn measure_floor(sample: &str) -> Result<f64, SandboxError> {
    let sample = sample.as_bytes().to_vec();
    tokio::task::spawn_blocking(move || floor::measure(&sample)).await.doing("measure the floor")?
}

#[expect(clippy::cast_precision_loss, reason = "nanoseconds and counts stay far below 2^52")]
fn ratio(amount: u64, parts: u64) -> f64 {
    amount as f64 / parts.max(1) as f64
}
