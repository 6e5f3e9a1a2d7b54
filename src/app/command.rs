//! The subcommands of `varco`.
//!
//! Not their work: each one reads the configuration and calls a module below.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use super::audit::{self, AuditAction};
use super::clients::{self, TokenAction};
use super::helpdesk::{self, StaffAction};
use super::matches::{self, MatchesAction};
use super::{Assembly, doctor, keys, metadata, policy, registry, run};
use crate::config::Config;
use crate::crypto::jose::SigningAlgorithm;
use crate::crypto::keyring::Pace;
use crate::effects::Effects;

/// Identity broker: SPID, CIE and eIDAS in, OpenID Connect out.
#[derive(Parser)]
#[command(name = "varco", version, about)]
struct Arguments {
    /// The configuration file.
    #[arg(long, global = true, default_value = "varco.toml")]
    config: PathBuf,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run the broker until SIGTERM; SIGHUP reads relying parties and provider metadata again.
    Serve,
    /// Report every problem of the configuration at once: file, key, remedy.
    Check,
    /// Look at everything that a login needs, and say what to do about what is wrong.
    Doctor {
        /// Only this upstream, link by link: cie or spid-oidc; or federation,
        /// where the provider itself is a member.
        upstream: Option<String>,
    },
    /// The key ring and the certificates.
    Keys {
        #[command(subcommand)]
        action: KeysAction,
    },
    /// Clients that register themselves.
    Clients {
        #[command(subcommand)]
        action: ClientsAction,
    },
    /// Durable records: a copy of all of them, and what is kept of people.
    Registry {
        #[command(subcommand)]
        action: RegistryAction,
    },
    /// The trail of acts: whether it is whole, a copy of it, its head signed.
    Audit {
        #[command(subcommand)]
        action: AuditAction,
    },
    /// The help desk: who works there.
    Helpdesk {
        #[command(subcommand)]
        action: HelpdeskAction,
    },
    /// The documents that Varco publishes.
    Metadata {
        #[command(subcommand)]
        action: metadata::Action,
    },
    /// Who may enter, with what, until when: explained, simulated, replayed.
    Policy {
        #[command(subcommand)]
        action: policy::Action,
    },
    /// Ask the running broker whether it is ready: exit 0 or 1 (for containers).
    Healthcheck,
}

#[derive(Subcommand)]
enum HelpdeskAction {
    /// Members of staff and their roles.
    Staff {
        #[command(subcommand)]
        action: StaffAction,
    },
}

#[derive(Subcommand)]
enum ClientsAction {
    /// Initial access tokens: who may register clients, how often and until when.
    Token {
        #[command(subcommand)]
        action: TokenAction,
    },
}

#[derive(Subcommand)]
enum RegistryAction {
    /// Write every record into a new file, as they are at one instant; the broker may run.
    Backup {
        /// The file; it must not be there yet.
        file: PathBuf,
    },
    /// Put a backup back, all of it or nothing, into a registry without records; stop the broker first.
    Restore {
        /// The file.
        file: PathBuf,
    },
    /// People from other states who were matched with a fiscal code.
    Matches {
        #[command(subcommand)]
        action: MatchesAction,
    },
}

#[derive(Subcommand)]
enum KeysAction {
    /// What is on the ring, and until when certificates are valid.
    List,
    /// Make the keys that are missing; never touches one that is there.
    Generate {
        /// Mark them as development keys: a production broker refuses to start with them.
        #[arg(long)]
        development: bool,
    },
    /// Let the next keys sign, publish those that come after them, remove what has expired. A running
    /// broker follows without a restart.
    Rotate {
        /// Only this algorithm: RS256, PS256 or ES256.
        #[arg(long, value_parser = algorithm)]
        algorithm: Option<SigningAlgorithm>,
        /// Do not wait until relying parties have read the next key: some may refuse a token or two.
        #[arg(long)]
        now: bool,
        /// Somebody else may have the keys: remove every one, and what they signed with them.
        #[arg(long, conflicts_with = "now")]
        compromised: bool,
    },
}

fn algorithm(name: &str) -> Result<SigningAlgorithm, String> {
    SigningAlgorithm::from_name(name).ok_or_else(|| "RS256, PS256 or ES256 is wanted".to_owned())
}

/// Reads the arguments, does what they say, and answers with an exit code: 0 done, 1 failed, 2 misused;
/// `metadata diff` has two more, and of `policy explain` 1 is an answer.
#[must_use]
pub fn main() -> ExitCode {
    // Redis over TLS asks for the process-level provider; an already installed one is as good.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let arguments = Arguments::parse();
    let fx = Effects::real();
    let done = match arguments.command {
        Command::Serve => serve(&arguments.config, fx),
        Command::Check => check(&arguments.config, &fx),
        Command::Doctor { upstream: None } => doctor::run(&arguments.config, &fx),
        Command::Doctor { upstream: Some(name) } => doctor::walk(&arguments.config, &name, &fx),
        Command::Keys { action: KeysAction::List } => keys::list(&arguments.config, &fx),
        Command::Keys { action: KeysAction::Generate { development } } => {
            keys::generate(&arguments.config, development, &fx)
        }
        Command::Keys { action: KeysAction::Rotate { algorithm, now, compromised } } => {
            let pace = match (now, compromised) {
                (_, true) => Pace::Compromised,
                (true, _) => Pace::Now,
                _ => Pace::Safe,
            };
            keys::rotate(&arguments.config, algorithm, pace, &fx)
        }
        Command::Clients { action: ClientsAction::Token { action } } => {
            clients::token(&arguments.config, &action, &fx)
        }
        Command::Registry { action: RegistryAction::Backup { file } } => {
            registry::back_up(&arguments.config, &file, &fx)
        }
        Command::Registry { action: RegistryAction::Restore { file } } => {
            registry::restore(&arguments.config, &file, &fx)
        }
        Command::Registry { action: RegistryAction::Matches { action } } => {
            matches::run(&arguments.config, &action, &fx)
        }
        Command::Audit { action } => audit::run(&arguments.config, &action, &fx),
        Command::Helpdesk { action: HelpdeskAction::Staff { action } } => {
            helpdesk::staff(&arguments.config, &action, &fx)
        }
        Command::Metadata { action } => match metadata::run(&arguments.config, &action, fx.now()) {
            // Text and status both say something here.
            Ok(told) if told.status != 0 => return ended(&told),
            done => done.map(|told| told.text),
        },
        Command::Policy { action } => match policy::run(&arguments.config, &action, fx.now()) {
            Ok(told) if told.status != 0 => return ended(&told),
            done => done.map(|told| told.text),
        },
        Command::Healthcheck => healthcheck(&arguments.config),
    };
    match done {
        Ok(text) => {
            // A closed pipe is the reader's choice, not a failure.
            let _ = std::io::stdout().write_all(text.as_bytes());
            ExitCode::SUCCESS
        }
        Err(text) => {
            let _ = writeln!(std::io::stderr(), "{text}");
            ExitCode::FAILURE
        }
    }
}

fn ended(told: &metadata::Told) -> ExitCode {
    let _ = std::io::stdout().write_all(told.text.as_bytes());
    ExitCode::from(told.status)
}

type Done = Result<String, String>;

fn serve(path: &std::path::Path, fx: Effects) -> Done {
    let config = Config::read(path).map_err(|problems| problems.to_string())?;
    crate::ops::telemetry::install(&config.log, &fx).map_err(|cause| cause.to_string())?;
    for warning in metadata::warnings(&config) {
        tracing::warn!(warning, "metadata");
    }
    run::run(config, fx, path).map_err(|fault| fault.to_string())?;
    Ok(String::new())
}

fn check(path: &std::path::Path, fx: &Effects) -> Done {
    let config = Config::read(path).map_err(|problems| problems.to_string())?;
    let relying_parties = config.relying_parties.clients().count();
    let warnings = metadata::warnings(&config);
    let left_out = Assembly::dry_run(config, fx).map_err(|fault| fault.to_string())?;
    let mut told = String::new();
    for warning in warnings {
        told = told + "warning: " + &warning + "\n";
    }
    for alert in left_out {
        told = told + "left out: " + &alert + "\n";
    }
    let path = path.display();
    Ok(format!("{told}{path}: no problem found; relying parties: {relying_parties}\n"))
}

/// One GET to the operations listener, without an HTTP client library: status line only.
fn healthcheck(path: &std::path::Path) -> Done {
    use std::io::{BufRead as _, BufReader};
    use std::net::TcpStream;
    use std::time::Duration;

    let config = Config::read(path).map_err(|problems| problems.to_string())?;
    let mut address = config.listen.operations;
    if address.ip().is_unspecified() {
        address.set_ip(std::net::Ipv4Addr::LOCALHOST.into());
    }
    let ask = || -> std::io::Result<String> {
        let mut stream = TcpStream::connect_timeout(&address, Duration::from_secs(2))?;
        stream.set_read_timeout(Some(Duration::from_secs(2)))?;
        stream.write_all(b"GET /readyz HTTP/1.0\r\nHost: localhost\r\n\r\n")?;
        let mut status = String::new();
        BufReader::new(stream).read_line(&mut status)?;
        Ok(status)
    };
    let status = ask().map_err(|cause| format!("{address} does not answer: {cause}"))?;
    if status.split(' ').nth(1) == Some("200") {
        Ok("ready\n".to_owned())
    } else {
        Err(format!("not ready: {}", status.trim()))
    }
}
