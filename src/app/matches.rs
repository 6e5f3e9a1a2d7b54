//! `varco registry matches`: which people from other states were matched, without their values.
//!
//! Not a way to make or to change a match: the person does that, and an operator only withdraws.

use std::fmt::Write as _;
use std::path::Path;

use clap::Subcommand;
use secrecy::ExposeSecret as _;

use super::{registry, router};
use crate::config::Config;
use crate::crypto::sealing::Sealer;
use crate::effects::Effects;
use crate::registry::{Registry, RegistryFault};

/// What is done with matches.
#[derive(Subcommand)]
pub(super) enum MatchesAction {
    /// All of them, the newest first: a name, since when, how, and whether it was withdrawn.
    List,
    /// Withdraw one: the person is asked again at the next login, and the code is free.
    Withdraw {
        /// Its name, as `list` shows it; it may begin with a hyphen.
        #[arg(allow_hyphen_values = true)]
        name: String,
    },
}

/// Does it, and tells.
pub(super) fn run(path: &Path, action: &MatchesAction, fx: &Effects) -> Result<String, String> {
    let config = Config::read_without_clients(path).map_err(|problems| problems.to_string())?;
    if config.persons.matching.is_none() {
        return Err(format!("{}: add [matching]: nobody is matched without it", path.display()));
    }
    let sealer = Sealer::new(config.sealing.expose_secret()).ok_or("secrets.sealing is short")?;
    router::block_on(async {
        let registry = registry::open(&config.registry, &sealer, fx).await;
        let registry = registry.map_err(|fault| fault.to_string())?;
        let told = perform(&registry, action).await.map_err(|fault| fault.to_string())?;
        registry.close().await;
        told
    })
}

async fn perform(
    registry: &Registry,
    action: &MatchesAction,
) -> Result<Result<String, String>, RegistryFault> {
    let mut told = String::new();
    match action {
        MatchesAction::List => {
            for line in registry.matches().await? {
                let status = match line.withdrawn_at {
                    Some(at) => format!("withdrawn {}", at.rfc3339()),
                    None => "active".to_owned(),
                };
                let by = if line.verifier.is_empty() { "" } else { " by " };
                let (name, since, how) = (line.name, line.matched_at.rfc3339(), line.how);
                let _ = writeln!(told, "{name} {since} {how}{by}{} {status}", line.verifier);
            }
        }
        MatchesAction::Withdraw { name } => {
            if registry.withdraw_match(name).await? == 0 {
                return Ok(Err(format!("no match that holds is called {name}")));
            }
            told = format!("{name}: withdrawn\n");
        }
    }
    Ok(Ok(told))
}
