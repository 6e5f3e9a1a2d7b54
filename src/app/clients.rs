//! `varco clients token`: who may register clients, how often and until when.
//!
//! Not the clients: they register, change and remove themselves.

use std::fmt::Write as _;
use std::path::Path;
use std::time::Duration;

use clap::Subcommand;
use secrecy::ExposeSecret as _;

use super::{registry, router};
use crate::config::Config;
use crate::crypto::Handle;
use crate::crypto::digest::sha256;
use crate::crypto::sealing::Sealer;
use crate::effects::Effects;
use crate::registry::{Registry, RegistryFault};

/// What is done with initial access tokens.
#[derive(Subcommand)]
pub(super) enum TokenAction {
    /// Make one, and show it: this once.
    Create {
        /// How many clients it registers.
        #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=10_000))]
        uses: u32,
        /// For how many days.
        #[arg(long, default_value_t = 7, value_parser = clap::value_parser!(u16).range(1..=3650))]
        days: u16,
        /// Whom it is for.
        #[arg(long, default_value = "")]
        label: String,
    },
    /// Those that can still be used; the tokens themselves are not kept.
    List,
    /// End one before its time.
    End {
        /// Its name, as `list` shows it; it may begin with a hyphen.
        #[arg(allow_hyphen_values = true)]
        name: String,
    },
}

/// Does it, and tells.
pub(super) fn token(path: &Path, action: &TokenAction, fx: &Effects) -> Result<String, String> {
    let config = Config::read_without_clients(path).map_err(|problems| problems.to_string())?;
    if config.registration.is_none() {
        let path = path.display();
        return Err(format!("{path}: add [registration]: no client registers itself without it"));
    }
    let sealer = Sealer::new(config.sealing.expose_secret()).ok_or("secrets.sealing is short")?;
    router::block_on(async {
        let registry = registry::open(&config.registry, &sealer, fx).await;
        let registry = registry.map_err(|fault| fault.to_string())?;
        let told = perform(&registry, action, fx).await.map_err(|fault| fault.to_string())?;
        registry.close().await;
        told
    })
}

type Told = Result<String, String>;

async fn perform(
    registry: &Registry,
    action: &TokenAction,
    fx: &Effects,
) -> Result<Told, RegistryFault> {
    let mut told = String::new();
    match action {
        TokenAction::Create { uses, days, label } => {
            let token = Handle::fresh(fx);
            let ends = fx.now().plus(Duration::from_secs(u64::from(*days) * 86_400));
            let digest = sha256(token.reveal().as_bytes());
            registry.add_initial_token(&digest, label, *uses, ends).await?;
            told = format!("{}\n", token.reveal());
        }
        TokenAction::List => {
            for token in registry.initial_tokens().await? {
                let (name, uses, ends) = (token.name, token.uses_left, token.expires_at.rfc3339());
                let _ = writeln!(told, "{name} uses left: {uses} until {ends} {}", token.label);
            }
        }
        TokenAction::End { name } => {
            if registry.end_initial_token(name).await? == 0 {
                return Ok(Err(format!("no token is called {name}")));
            }
            told = format!("{name}: ended\n");
        }
    }
    Ok(Ok(told))
}
