//! The desk of a running broker: its clock and its mails; and `varco helpdesk staff`.
//!
//! Not its acts: `helpdesk` has them.

use std::fmt::Write as _;
use std::io::BufRead as _;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use clap::Subcommand;
use secrecy::ExposeSecret as _;
use tokio::task::JoinHandle;

use super::{Assembly, StartFault, registry, router};
use crate::config::{Config, HelpdeskConfig, MailConfig, MailWay};
use crate::credential::Role;
use crate::credential::activation::ActivationKey;
use crate::crypto::sealing::Sealer;
use crate::effects::{Effects, FileMailer, Mailer, SmtpMailer};
use crate::helpdesk::{Assignment, Desk, appoint, dismiss, everybody};
use crate::identity::FiscalCode;
use crate::policy::States;
use crate::registry::{Actor, Registry};
use crate::terms::Day;

/// What is done about staff.
#[derive(Subcommand)]
pub(super) enum StaffAction {
    /// Give somebody a role. Their fiscal code is read from standard input: arguments are seen by others.
    Add {
        /// operator, verifier, supervisor, auditor or administrator.
        #[arg(long, value_parser = role)]
        role: Role,
        /// As colleagues call them.
        #[arg(long)]
        name: String,
        /// The office.
        #[arg(long)]
        office: String,
        /// The first day, as 2026-11-01; without it, today.
        #[arg(long, value_parser = day)]
        from: Option<Day>,
        /// The last day.
        #[arg(long, value_parser = day)]
        until: Option<Day>,
    },
    /// Everybody who is or was staff: a name for `end`, the office, roles with their days.
    List,
    /// End all roles of somebody.
    End {
        /// As `list` calls them.
        person: String,
        /// The last day, as 2026-11-01; without it, yesterday.
        #[arg(long, value_parser = day)]
        last: Option<Day>,
    },
}

fn role(word: &str) -> Result<Role, String> {
    Role::of_staff(word).ok_or_else(|| "no role of staff".to_owned())
}

fn day(text: &str) -> Result<Day, String> {
    Day::parse(text).ok_or_else(|| "a day is written as 2026-11-01".to_owned())
}

/// Does it.
pub(super) fn staff(path: &Path, action: &StaffAction, fx: &Effects) -> Result<String, String> {
    let config = Config::read_without_clients(path).map_err(|problems| problems.to_string())?;
    if config.helpdesk.is_none() {
        return Err(format!("{}: add [helpdesk]: there is no desk without it", path.display()));
    }
    let sealer = Sealer::new(config.sealing.expose_secret()).ok_or("secrets.sealing is short")?;
    router::block_on(async {
        let registry = registry::open(&config.registry, &sealer, fx).await;
        let registry = registry.map_err(|fault| fault.to_string())?;
        let told = perform(&registry, action, Day::of(fx.now())).await;
        registry.close().await;
        told
    })
}

async fn perform(registry: &Registry, action: &StaffAction, today: Day) -> Result<String, String> {
    match action {
        StaffAction::Add { role, name, office, from, until } => {
            let mut line = String::new();
            std::io::stdin().lock().read_line(&mut line).map_err(|cause| cause.to_string())?;
            let code = FiscalCode::parse(line.trim());
            let code = code.map_err(|_| "write a fiscal code on standard input")?;
            let one = Assignment { role: *role, from: from.unwrap_or(today), until: *until };
            let done = appoint(registry, &code, (name, office), one, Actor::system()).await;
            done.map_err(|fault| fault.to_string())?;
            Ok(format!("{}: {}\n", short(&registry.pseudonym(code.as_str())), role.word()))
        }
        StaffAction::List => {
            let all = everybody(registry).await.map_err(|fault| fault.to_string())?;
            let mut told = String::new();
            for one in all {
                let _ = write!(told, "{} {} ({})", short(one.person()), one.name, one.office);
                for assignment in &one.roles {
                    let until = assignment.until.map(|day| day.to_string()).unwrap_or_default();
                    let _ =
                        write!(told, " {} {}..{until}", assignment.role.word(), assignment.from);
                }
                told.push('\n');
            }
            Ok(told)
        }
        StaffAction::End { person, last } => {
            let all = everybody(registry).await.map_err(|fault| fault.to_string())?;
            let found = all.iter().find(|one| short(one.person()) == *person);
            let found = found.ok_or_else(|| format!("nobody is called {person}"))?;
            let last = last.unwrap_or(today.previous());
            let done = dismiss(registry, found.person(), last, Actor::system()).await;
            done.map_err(|fault| fault.to_string())?;
            Ok(format!("{person}: ended on {last}\n"))
        }
    }
}

/// Enough to tell people apart.
fn short(person: &str) -> String {
    person.chars().take(12).collect()
}

/// A desk that runs, and who sends its mails.
pub(super) struct Running {
    desk: Arc<Desk>,
    mailer: Box<dyn Mailer>,
}

impl std::fmt::Debug for Running {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Running")
    }
}

impl Assembly {
    /// Opens the desk, where there is one.
    pub(super) fn open_desk(
        &mut self,
        config: Option<Box<HelpdeskConfig>>,
        states: &States,
        registry: &Arc<Registry>,
        sealer: &Sealer,
    ) -> Result<(), StartFault> {
        let Some(config) = config else { return Ok(()) };
        let fx = self.broker.fx.clone();
        let key = ActivationKey::new(sealer.derive("activation codes"));
        if let Some(since) = states.stale_since(Day::of(fx.now())) {
            tracing::warn!(%since, "nobody has looked at the register of states for 90 days");
        }
        let (registry, around) = (Arc::clone(registry), Arc::clone(&self.broker));
        let desk = Desk::new(registry, fx, key, config.settings, states.clone(), around);
        let mailer = mailer(&config.mail);
        let mailer = mailer.map_err(|cause| StartFault::Part(format!("mail: {cause}")))?;
        let desk = Arc::new(desk);
        self.web.open_desk(Arc::clone(&desk));
        self.helpdesk = Some(Running { desk, mailer });
        Ok(())
    }
}

fn mailer(config: &MailConfig) -> Result<Box<dyn Mailer>, String> {
    Ok(match &config.way {
        MailWay::Folder(folder) => Box::new(FileMailer::new(folder.clone(), &config.from)?),
        MailWay::Server { host, port, security, login } => {
            let login = login.as_ref().map(|(user, word)| (user.as_str(), word.expose_secret()));
            Box::new(SmtpMailer::new((host, *port), *security, login, &config.from)?)
        }
    })
}

/// Does what is due and sends what waits until the handle is aborted; `None` without `[helpdesk]`.
pub(super) fn keep(assembly: &Arc<Assembly>) -> Option<JoinHandle<()>> {
    assembly.helpdesk.as_ref()?;
    let assembly = Arc::clone(assembly);
    Some(tokio::spawn(async move {
        while let Some(running) = &assembly.helpdesk {
            if let Err(fault) = running.desk.tick().await {
                tracing::error!(%fault, "the help desk's clock stands");
            }
            if let Err(fault) = running.desk.post(running.mailer.as_ref()).await {
                tracing::error!(%fault, "mails wait");
            }
            tokio::time::sleep(ROUND).await;
        }
    }))
}

/// Between two rounds.
const ROUND: Duration = Duration::from_secs(20);
