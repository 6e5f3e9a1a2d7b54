//! `varco audit`: whether the trail is whole, a copy of a part of it, its head signed; and the anchors of the
//! running broker.
//!
//! Not the rows: each act writes its own.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Subcommand;
use secrecy::ExposeSecret as _;
use serde_json::json;
use tokio::task::JoinHandle;

use super::{Assembly, registry, router};
use crate::audit::{self, Anchor, AnchorFault, Anchors, Signed, Walk, Whole};
use crate::config::{AuditConfig, Config};
use crate::crypto::jwk::PublicKeys;
use crate::crypto::keyring::KeyRing;
use crate::crypto::sealing::Sealer;
use crate::effects::Effects;
use crate::registry::{Actor, Entry, Registry, TrailRow};
use crate::terms::Day;

/// What is done with the trail.
#[derive(Subcommand)]
pub(super) enum AuditAction {
    /// Say whether every row is as it was written, or name the first that is not.
    Verify {
        /// A file of anchors; may be repeated. Without it, those of the configuration.
        #[arg(long)]
        anchors: Vec<PathBuf>,
        /// A JWK Set with the keys that signed them; without it, those on the ring.
        #[arg(long)]
        keys: Option<PathBuf>,
        /// An export, instead of the registry.
        #[arg(long)]
        export: Option<PathBuf>,
    },
    /// Print the rows of some days, one JSON object each, with their reasons. The purpose is itself
    /// written to the trail.
    Export {
        /// The first day, as 2026-11-01.
        #[arg(long, value_parser = day)]
        from: Day,
        /// The last day.
        #[arg(long, value_parser = day)]
        to: Day,
        /// What for.
        #[arg(long)]
        purpose: String,
    },
    /// Sign the head of the trail now and append it to every file of anchors.
    Anchor,
}

fn day(text: &str) -> Result<Day, String> {
    Day::parse(text).ok_or_else(|| "a day is written as 2026-11-01".to_owned())
}

/// Does it, and tells.
pub(super) fn run(path: &Path, action: &AuditAction, fx: &Effects) -> Result<String, String> {
    let config = Config::read_without_clients(path).map_err(|problems| problems.to_string())?;
    match action {
        AuditAction::Verify { anchors, keys, export } => {
            let named = config.audit.as_ref().map(|audit| audit.anchors.as_slice());
            let files = if anchors.is_empty() { named.unwrap_or_default() } else { anchors };
            let anchors = read_anchors(files, keys.as_deref(), &config)?;
            match export {
                Some(file) => verify_export(file, &anchors).map(|whole| tell(&whole)),
                None => with_registry(&config, fx, async |registry| {
                    let found = audit::verify(registry, &anchors).await;
                    let found = found.map_err(|fault| fault.to_string())?;
                    found.map(|whole| tell(&whole)).map_err(|broken| broken.to_string())
                }),
            }
        }
        AuditAction::Export { from, to, purpose } => {
            if purpose.trim().is_empty() {
                return Err("--purpose: say what the export is for".to_owned());
            }
            with_registry(&config, fx, async |registry| {
                export_rows(registry, (*from, *to), purpose).await
            })
        }
        AuditAction::Anchor => {
            let audit = config.audit.as_ref().ok_or("add [audit] with the files of anchors")?;
            let ring = KeyRing::open(config.keys.clone()).map_err(|wrong| wrong.join("\n"))?;
            let anchors = Anchors::new(audit.anchors.clone(), audit.every, fx);
            with_registry(&config, fx, async |registry| {
                let signed = anchors.write(registry, &ring, &config.issuer, fx).await;
                match signed.map_err(|fault| fault.to_string())? {
                    Signed::Written(seq) => Ok(format!("row {seq}: anchored\n")),
                    Signed::Unmoved => Ok("there is no row yet\n".to_owned()),
                }
            })
        }
    }
}

fn with_registry(
    config: &Config,
    fx: &Effects,
    act: impl AsyncFnOnce(&Registry) -> Result<String, String>,
) -> Result<String, String> {
    let sealer = Sealer::new(config.sealing.expose_secret()).ok_or("secrets.sealing is short")?;
    router::block_on(async {
        let registry = registry::open(&config.registry, &sealer, fx).await;
        let registry = registry.map_err(|fault| fault.to_string())?;
        let done = act(&registry).await;
        registry.close().await;
        done
    })
}

fn tell(whole: &Whole) -> String {
    let Whole { rows, last, digest, anchors } = whole;
    format!("{rows} rows, the last one {last} ({digest}), {anchors} anchors: whole\n")
}

/// Every anchor of those files. One whose signature does not hold is an error: it may be a forged one.
fn read_anchors(
    files: &[PathBuf],
    keys: Option<&Path>,
    config: &Config,
) -> Result<Vec<Anchor>, String> {
    let mut found = Vec::new();
    if files.is_empty() {
        return Ok(found);
    }
    let read = |path: &Path| {
        std::fs::read_to_string(path).map_err(|cause| format!("{}: {cause}", path.display()))
    };
    let keys = if let Some(path) = keys {
        read(path)?
    } else {
        let ring = KeyRing::open(config.keys.clone()).map_err(|wrong| wrong.join("\n"))?;
        ring.publish().to_owned()
    };
    let keys = PublicKeys::parse(keys.as_bytes()).map_err(|cause| format!("keys: {cause}"))?;
    for file in files {
        for (at, line) in read(file)?.lines().enumerate() {
            let anchor = Anchor::read(line, &config.issuer, &keys).map_err(|cause| {
                let (file, line) = (file.display(), at + 1);
                format!("{file}: line {line}: {cause}; name the keys of its time with --keys")
            })?;
            found.push(anchor);
        }
    }
    Ok(found)
}

async fn export_rows(
    registry: &Registry,
    (from, to): (Day, Day),
    purpose: &str,
) -> Result<String, String> {
    let entry = Entry {
        actor: Actor { person: "system".to_owned(), role: "command_line" },
        action: "audit.export",
        object: format!("trail/{from}/{to}"),
        office: String::new(),
        reason: purpose.to_owned(),
        rules: String::new(),
        outcome: "done",
    };
    let told = |fault: crate::registry::RegistryFault| fault.to_string();
    registry.note(&entry).await.map_err(told)?;
    let mut text = String::new();
    let span = registry.trail_span(from.begins(), to.next().begins()).await.map_err(told)?;
    let Some((first, last)) = span else { return Ok(text) };
    let mut before = first.saturating_sub(1);
    while before < last {
        let rows = registry.trail_after(before, 500).await.map_err(told)?;
        let Some(end) = rows.last() else { break };
        before = end.seq;
        for row in rows.iter().filter(|row| row.seq <= last) {
            let reason = registry.reason_of(row).ok();
            let line = json!({ "row": row, "reason": reason.as_ref().map(|text| text.as_str()) });
            let _ = writeln!(text, "{line}");
        }
    }
    Ok(text)
}

#[derive(serde::Deserialize)]
struct Line {
    row: TrailRow,
}

fn verify_export(file: &Path, anchors: &[Anchor]) -> Result<Whole, String> {
    let shown = file.display();
    let text = std::fs::read_to_string(file).map_err(|cause| format!("{shown}: {cause}"))?;
    let mut walk = Walk::from_anywhere(anchors);
    for (at, line) in text.lines().enumerate() {
        let line: Line = serde_json::from_str(line)
            .map_err(|_| format!("{shown}: line {} is no row of an export", at + 1))?;
        walk.take(&line.row).map_err(|broken| broken.to_string())?;
    }
    walk.end(None).map_err(|broken| broken.to_string())
}

/// The trail of a running broker, and where its head goes.
#[derive(Debug)]
pub(super) struct Audit {
    registry: Arc<Registry>,
    pub(super) anchors: Anchors,
}

impl Audit {
    pub(super) fn new(config: AuditConfig, registry: &Arc<Registry>, fx: &Effects) -> Self {
        let anchors = Anchors::new(config.anchors, config.every, fx);
        Self { registry: Arc::clone(registry), anchors }
    }
}

impl Assembly {
    /// Whether an act would be written to the trail now; `None` where it is not anchored.
    pub(super) async fn trail_can_be_written(&self) -> Option<bool> {
        Some(self.audit.as_ref()?.registry.can_write_trail().await.is_ok())
    }

    /// Signs the head of the trail, if it has moved.
    pub(super) async fn anchor(&self, audit: &Audit) -> Result<Signed, AnchorFault> {
        let ring = Arc::clone(&self.broker.issuer.ring());
        let issuer = &self.broker.settings.issuer;
        audit.anchors.write(&audit.registry, &ring, issuer, &self.broker.fx).await
    }
}

/// Anchors until the handle is aborted; `None` without `[audit]`.
pub(super) fn keep(assembly: &Arc<Assembly>) -> Option<JoinHandle<()>> {
    let every = assembly.audit.as_ref()?.anchors.every();
    let assembly = Arc::clone(assembly);
    Some(tokio::spawn(async move {
        while let Some(audit) = &assembly.audit {
            if let Err(fault) = assembly.anchor(audit).await {
                tracing::error!(%fault, "the trail is not anchored");
            }
            tokio::time::sleep(every).await;
        }
    }))
}
