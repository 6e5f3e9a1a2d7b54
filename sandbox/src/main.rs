//! The commands of the sandbox: everything at once, one login, a bench.
//!
//! Not the product's commands: those are `varco serve`, `check`, `keys` and so on.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};
use serde::Serialize;
use tokio::signal::unix::{SignalKind, signal};
use varco::terms::Level;
use varco_sandbox::bench::{
    BenchOptions, BenchedUpstream, OpenIdOptions, run_bench, run_openid_bench,
};
use varco_sandbox::broker::run_broker;
use varco_sandbox::desk::DESK;
use varco_sandbox::error::{Doing as _, SandboxError};
use varco_sandbox::federation::{Federation, FederationOptions, provider_address};
use varco_sandbox::folder::Ports;
use varco_sandbox::login::{LoginOptions, Outcome, run_login};
use varco_sandbox::logout::{From, run_logout};
use varco_sandbox::openid::Dialect;
use varco_sandbox::openid::login::CIE;
use varco_sandbox::portal::PORTALS;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// A whole federation in a box: broker, sample SPID providers, three portals.
#[derive(Parser)]
#[command(version, args_conflicts_with_subcommands = true)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    serve: Serve,
}

#[derive(Subcommand)]
enum Command {
    /// Start everything and print the addresses (what happens without a command, too).
    Serve(Serve),
    /// Perform one whole login without a browser and print one JSON object.
    Login(Login),
    /// Sign in at level 1, log out and print what is left: nothing, or it fails.
    Logout(Logout),
    /// Measure the broker's processor time per login above the crypto floor.
    Bench(Bench),
    /// Only the broker, for the bench.
    #[command(hide = true)]
    ServeBroker(ServeBroker),
}

#[derive(Args)]
struct Serve {
    /// Port of the broker.
    #[arg(long, default_value_t = 8080)]
    broker_port: u16,
    /// Port of the broker's metrics and health.
    #[arg(long, default_value_t = 9090)]
    operations_port: u16,
    /// Ports of the portals INPS, Lavoro, Durc.
    #[arg(long, num_args = 3, value_delimiter = ',', default_values_t = [8081, 8082, 8083])]
    portal_ports: Vec<u16>,
    /// Ports of the SAML providers: two of SPID, one of CIE, the eIDAS node.
    #[arg(long, num_args = 4, value_delimiter = ',', default_values_t = [8090, 8091, 8092, 8093])]
    provider_ports: Vec<u16>,
    /// Port of the broker where people show a card.
    #[arg(long, default_value_t = 8443)]
    card_port: u16,
    /// Port of the office that issued the cards.
    #[arg(long, default_value_t = 8094)]
    office_port: u16,
    /// Port of the federation of CIE: trust anchor, intermediate and provider.
    #[arg(long, default_value_t = 8095)]
    federation_port: u16,
    /// How people come by CIE: openid, or saml alone.
    #[arg(long, default_value = "openid", value_parser = ["openid", "saml"])]
    cie: String,
    /// Folder for configuration and keys; without it a temporary one.
    #[arg(long)]
    folder: Option<PathBuf>,
    /// Volatile state: `memory`, or a Redis address.
    #[arg(long, default_value = "memory")]
    state: String,
    /// How requests leave for providers: `redirect` or `post`.
    #[arg(long, default_value = "redirect")]
    binding: String,
    /// Worker threads of the broker.
    #[arg(long, default_value_t = 2)]
    workers: usize,
    /// Match people from other states with their fiscal code: INPS offers it, Lavoro demands it.
    #[arg(long)]
    matching: bool,
    /// Log lines of the broker.
    #[arg(long, default_value = "info")]
    log: String,
}

#[derive(Args)]
struct Login {
    /// The portal: inps, lavoro or durc.
    #[arg(long, default_value = "inps")]
    portal: String,
    /// The upstream: spid, cie, cie-saml, cns, eidas, or helpdesk, where no level is asked.
    #[arg(long, default_value = "spid")]
    upstream: String,
    /// The level asked for: 1, 2 or 3.
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u8).range(1..=3))]
    level: u8,
    /// Who signs in: ada, bruno, chiara, dario, elena, fabio or gina; at eidas greta, hugo or irena.
    /// Without it, the first of them.
    #[arg(long)]
    person: Option<String>,
    /// What goes wrong; a wrong name lists all cases.
    #[arg(long)]
    misbehave: Option<String>,
    /// The SPID provider: 1, or 2, which has two keys and signs with the second.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=2))]
    provider: u8,
    /// Volatile state: `memory`, or a Redis address.
    #[arg(long, default_value = "memory")]
    state: String,
    /// How requests leave for providers: `redirect` or `post`.
    #[arg(long, default_value = "redirect")]
    binding: String,
    /// The kind of SPID identity the portal is for: P, LP, PG, PF or PX.
    #[arg(long)]
    purpose: Option<String>,
    /// The role in which somebody with several acts at Durc On Line, by name; or none.
    #[arg(long)]
    role: Option<String>,
    /// The fiscal code that somebody from another state answers when INPS offers or Lavoro demands to be
    /// told; `own`: the one that the office of the sandbox knows, `none`: without.
    #[arg(long = "match")]
    matching: Option<String>,
    /// How the federation of CIE speaks: it-2023, like production, or fed10-final.
    #[arg(long, default_value = "it-2023")]
    dialect: Dialect,
    /// Log lines of the broker; they are printed before the result.
    #[arg(long, default_value = "off")]
    log: String,
}

#[derive(Args)]
struct Logout {
    /// Where the person leaves: portal, varco or provider.
    #[arg(long, default_value = "portal")]
    from: From,
    /// How logout messages travel: `redirect` or `post`.
    #[arg(long, default_value = "redirect")]
    binding: String,
    /// The portal: inps, lavoro or durc.
    #[arg(long, default_value = "inps")]
    portal: String,
    /// The provider: 1, or 2, which has two keys and signs with the second.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=2))]
    provider: u8,
    /// Volatile state: `memory`, or a Redis address.
    #[arg(long, default_value = "memory")]
    state: String,
    /// Log lines of the broker; they are printed before the result.
    #[arg(long, default_value = "off")]
    log: String,
}

#[derive(Args)]
struct Bench {
    /// The upstream: spid, or cie by OpenID.
    #[arg(long, default_value = "spid", value_parser = ["spid", "cie"], conflicts_with = "op")]
    upstream: String,
    /// Concurrent users.
    #[arg(long, default_value_t = 4)]
    users: usize,
    /// Logins.
    #[arg(long, default_value_t = 2000)]
    logins: u64,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
    /// Volatile state: `memory`, or a Redis address.
    #[arg(long, default_value = "memory")]
    state: String,
    /// Worker threads of the broker.
    #[arg(long, default_value_t = 2)]
    workers: usize,
    /// Providers in the metadata beside those that are asked.
    #[arg(long, default_value_t = 0)]
    providers: usize,
    /// So many seconds, instead of a number of logins.
    #[arg(long, conflicts_with = "logins")]
    seconds: Option<u64>,
    /// The OpenID half alone, by people who are signed in already.
    #[arg(long)]
    op: bool,
    /// The folder of another OpenID provider to measure beside it (`sandbox/peer`, after `npm ci`).
    #[arg(long, requires = "op")]
    peer: Option<PathBuf>,
    /// Change every signing key once in so many seconds meanwhile.
    #[arg(long)]
    rotate_keys_every: Option<u64>,
}

#[derive(Args)]
struct ServeBroker {
    /// The configuration.
    #[arg(long)]
    config: PathBuf,
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let ended = match cli.command.unwrap_or(Command::Serve(cli.serve)) {
        Command::ServeBroker(options) => run_broker(&options.config).map(|()| ExitCode::SUCCESS),
        Command::Serve(options) => in_runtime(serve(options)),
        Command::Login(options) => in_runtime(login(options)),
        Command::Logout(options) => in_runtime(logout(options)),
        Command::Bench(options) => in_runtime(bench(options)),
    };
    ended.unwrap_or_else(|why| {
        // Nothing can be done for whoever closed standard error.
        let _ = writeln!(std::io::stderr(), "varco-sandbox: {why}");
        ExitCode::from(1)
    })
}

fn in_runtime(
    work: impl Future<Output = Result<ExitCode, SandboxError>>,
) -> Result<ExitCode, SandboxError> {
    tokio::runtime::Runtime::new().doing("start")?.block_on(work)
}

async fn serve(options: Serve) -> Result<ExitCode, SandboxError> {
    let three = |ports: Vec<u16>| <[u16; 3]>::try_from(ports);
    let four = |ports: Vec<u16>| <[u16; 4]>::try_from(ports);
    let wrong =
        |_| SandboxError::new("read the ports", "give three for portals, four for providers");
    let ports = Ports {
        broker: options.broker_port,
        operations: options.operations_port,
        portals: three(options.portal_ports).map_err(wrong)?,
        providers: four(options.provider_ports).map_err(wrong)?,
        card: options.card_port,
        office: options.office_port,
        federation: options.federation_port,
    };
    let federation = Federation::start(&FederationOptions {
        ports: Some(ports),
        folder: options.folder,
        state: options.state,
        binding: options.binding,
        back_channel: true,
        matching: options.matching,
        dialect: (options.cie == "openid").then(Dialect::default),
        calendar: true,
        own_pages: true,
        workers: options.workers,
        log: options.log,
        ..FederationOptions::default()
    })
    .await?;
    let mut lines = Vec::new();
    for (kind, port) in PORTALS.iter().zip(ports.portals) {
        lines.push(format!("{:<22} http://localhost:{port}", kind.name));
    }
    lines.push(format!("{:<22} {}", "Broker", ports.issuer()));
    lines.push(format!("{:<22} http://localhost:{}/metrics", "Metrics", ports.operations));
    for (port, name) in ports.providers.into_iter().zip(PROVIDER_NAMES) {
        lines.push(format!("{name:<22} {}", provider_address(port)));
    }
    lines.push(format!("{:<22} {}/cie", "CIE by OpenID", ports.federation_address()));
    lines.push(format!("{:<22} {}", "Cards are shown at", ports.card_address()));
    let cards = federation.folder().path().join("cards");
    lines.push(format!(
        "{:<22} {}/ada.pem and the others; for a browser:",
        "Cards",
        cards.display()
    ));
    lines.push(format!(
        "{:<22} openssl pkcs12 -export -passout pass:cns -in ada.pem -out ada.p12",
        "(in that folder)"
    ));
    lines.push(format!("{:<22} {}", "Files", federation.folder().path().display()));
    lines.push("Ctrl-C stops everything.".to_owned());
    print(&lines.join("\n"))?;
    let mut terminate = signal(SignalKind::terminate()).doing("wait for the end")?;
    tokio::select! {
        _ = terminate.recv() => {}
        pressed = tokio::signal::ctrl_c() => pressed.doing("wait for Ctrl-C")?,
    }
    federation.stop().await;
    Ok(ExitCode::SUCCESS)
}

async fn login(options: Login) -> Result<ExitCode, SandboxError> {
    let login = LoginOptions {
        portal: options.portal,
        upstream: options.upstream,
        level: Level::try_from(options.level).doing("read the level")?,
        person: options.person,
        provider: usize::from(options.provider.saturating_sub(1)),
        role: options.role,
        ..LoginOptions::default()
    };
    let login = login.answering(options.matching.as_deref())?;
    let login = login.misbehaving(options.misbehave.as_deref())?;
    login.check()?;
    let federation = FederationOptions {
        state: options.state,
        binding: options.binding,
        purpose: options.purpose,
        matching: options.matching.is_some(),
        desk: login.upstream == DESK,
        dialect: (login.upstream == CIE).then_some(options.dialect),
        openid: login.openid,
        log: options.log,
        ..FederationOptions::default()
    };
    match run_login(&login, &federation).await? {
        Outcome::Accepted(accepted) => {
            print(&json(&accepted)?)?;
            Ok(ExitCode::SUCCESS)
        }
        Outcome::Refused(refused) => {
            print(&json(&refused)?)?;
            // Without misbehaviour nobody expects a refusal: it is a failure like any other.
            let expected = login.misbehaves() || login.upstream == DESK;
            Ok(ExitCode::from(if expected { 3 } else { 1 }))
        }
    }
}

async fn logout(options: Logout) -> Result<ExitCode, SandboxError> {
    let login = LoginOptions {
        portal: options.portal,
        provider: usize::from(options.provider.saturating_sub(1)),
        ..LoginOptions::default()
    };
    let federation = FederationOptions {
        state: options.state,
        binding: options.binding,
        back_channel: true,
        log: options.log,
        ..FederationOptions::default()
    };
    let left = run_logout(options.from, &login, &federation).await?;
    print(&json(&left)?)?;
    Ok(ExitCode::from(u8::from(!left.is_nothing())))
}

async fn bench(options: Bench) -> Result<ExitCode, SandboxError> {
    if options.op {
        let report = run_openid_bench(&OpenIdOptions {
            users: options.users,
            flows: options.logins,
            state: options.state,
            workers: options.workers,
            peer: options.peer,
        })
        .await?;
        print(&json(&report)?)?;
        return Ok(ExitCode::from(u8::from(report.failures() > 0)));
    }
    let cie = options.upstream == "cie";
    let report = run_bench(&BenchOptions {
        upstream: if cie { BenchedUpstream::Cie } else { BenchedUpstream::Spid },
        users: options.users,
        logins: options.logins,
        state: options.state,
        workers: options.workers,
        providers: options.providers,
        time: options.seconds.map(Duration::from_secs),
        rotate_keys_every: options
            .rotate_keys_every
            .map(|seconds| Duration::from_secs(seconds.max(1))),
    })
    .await?;
    if options.json {
        print(&json(&report)?)?;
    } else {
        print(&report.table())?;
    }
    Ok(ExitCode::from(u8::from(report.failures > 0)))
}

fn json(value: &impl Serialize) -> Result<String, SandboxError> {
    serde_json::to_string(value).doing("write JSON")
}

/// In the order of their ports.
const PROVIDER_NAMES: [&str; 4] =
    ["SPID provider Alfa", "SPID provider Beta", "CIE by SAML", "eIDAS node"];

/// The one place that prints.
fn print(text: &str) -> Result<(), SandboxError> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{text}").and_then(|()| out.flush()).doing("print")
}
