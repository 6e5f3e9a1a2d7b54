//! Health: is the process alive, and would a login work now.
//!
//! Not a monitor: it judges what it is given, and asks nobody. Liveness asks for nothing, so that no
//! outage elsewhere makes an orchestrator restart a healthy process.

#[cfg(test)]
mod tests;

use serde_json::{Map, Value, json};

/// What was found, a moment ago.
#[derive(Clone, Debug)]
pub struct Findings {
    /// What the state store answered; the error is the text of its fault, which names nothing secret.
    pub state: Result<(), String>,
    /// Whether the keys that sign tokens answer.
    pub signing_key: bool,
    /// The federations that are switched on.
    pub federations: Vec<Federation>,
    /// Where our provider is a member of federations: what superiors say of it that does not go with its keys.
    pub membership: Option<usize>,
    /// Whether the calendar in force is the one that stands in its file.
    pub calendar: bool,
    /// Where acts are anchored: whether the trail can be written.
    pub trail: Option<bool>,
    /// The process was asked to end and takes no new logins.
    pub draining: bool,
}

/// One federation, as far as health goes.
#[derive(Clone, Debug)]
pub struct Federation {
    /// Its name.
    pub name: &'static str,
    /// How many of its providers can be used.
    pub providers: usize,
    /// Sources of its metadata that were out of reach for too long, or are near the end of their validity.
    pub stale: usize,
    /// What superiors say of our own entities that does not go with our keys and marks.
    pub discords: usize,
}

/// The verdict.
#[derive(Debug, PartialEq, Eq)]
pub struct Readiness {
    checks: Vec<(String, Result<(), String>)>,
    ready: bool,
}

impl Readiness {
    /// Judges. One usable federation is enough: the others are told, and do not stop the rest.
    #[must_use]
    pub fn of(findings: &Findings) -> Self {
        let mut checks = vec![
            ("state".to_owned(), findings.state.clone()),
            ("signing_key".to_owned(), or(findings.signing_key, "a signing key does not answer")),
            ("accepting".to_owned(), or(!findings.draining, "the process is ending")),
        ];
        let indispensable = checks.iter().all(|(_, found)| found.is_ok());
        let federations: Vec<_> = findings.federations.iter().map(Federation::check).collect();
        let usable = findings.federations.iter().any(|federation| federation.providers > 0);
        checks.extend(federations);
        // Told, as of the entities of ours that upstreams have: people come by other ways.
        checks.extend(findings.membership.map(|discords| {
            let reason = "a superior does not vouch for our keys; the log says which";
            ("federation".to_owned(), or(discords == 0, reason))
        }));
        // Told, and no reason to take a node away: every node has the same file.
        let calendar =
            or(findings.calendar, "its file is no good; the calendar before it is in force");
        checks.push(("calendar".to_owned(), calendar));
        // Told: whatever needs a row of the trail is refused meanwhile, and people go on signing in.
        checks.extend(findings.trail.map(|written| {
            ("trail".to_owned(), or(written, "the trail of acts cannot be written"))
        }));
        if findings.federations.is_empty() {
            checks.push(("upstream".to_owned(), Err("no upstream is switched on".to_owned())));
        }
        Self { checks, ready: indispensable && usable }
    }

    /// Whether traffic may come.
    #[must_use]
    pub const fn is_ready(&self) -> bool {
        self.ready
    }

    /// HTTP status of `/readyz`.
    #[must_use]
    pub const fn status(&self) -> u16 {
        if self.ready { 200 } else { 503 }
    }

    /// JSON body of `/readyz`: the verdict, and `ok` or a reason for each check.
    #[must_use]
    pub fn body(&self) -> String {
        let checks: Map<String, Value> = self
            .checks
            .iter()
            .map(|(name, found)| {
                let told = found.as_ref().err().map_or("ok", String::as_str);
                (name.clone(), told.into())
            })
            .collect();
        let status = if self.ready { "ready" } else { "not ready" };
        json!({ "status": status, "checks": checks }).to_string()
    }
}

impl Federation {
    /// Old metadata is told and does not make a node unready: its last good copy serves until its
    /// `validUntil`, and every node has the same. So is a superior that disagrees: people come by other ways.
    fn check(&self) -> (String, Result<(), String>) {
        let found = or(self.providers > 0, "none of its providers can be used").and_then(|()| {
            let reason =
                "a superior pins none of our keys, or gives us no trust mark; the log says which";
            or(self.discords == 0, reason)
        });
        let found = found.and_then(|()| {
            or(self.stale == 0, "its metadata is old; the last good copy is in use")
        });
        (format!("metadata_{}", self.name), found)
    }
}

/// JSON body of `/livez`, always with status 200: whoever reads it has the proof already.
#[must_use]
pub const fn live() -> &'static str {
    r#"{"status":"alive"}"#
}

fn or(found: bool, reason: &str) -> Result<(), String> {
    if found { Ok(()) } else { Err(reason.to_owned()) }
}
