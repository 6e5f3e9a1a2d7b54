//! The doctor: named checks, each with a verdict and a remedy, as one table.
//!
//! Not the place that looks: `app` gathers the facts, and this judges them. No remedy needs the source.

mod files;
#[cfg(test)]
mod tests;

use std::fmt::Write as _;
use std::time::Duration;

use crate::crypto::jose::SigningAlgorithm;
use crate::effects::Timestamp;
use crate::registry::Condition;
use crate::saml::metadata::register::SourceStatus;

/// How a check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// As it should be.
    Ok,
    /// Works, and soon will not, or is not for production.
    Warn,
    /// Does not work.
    Fail,
}

impl Verdict {
    const fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warn => "WARN",
            Self::Fail => "FAIL",
        }
    }
}

/// One check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// What was looked at.
    pub name: String,
    /// How it is.
    pub verdict: Verdict,
    /// What was found.
    pub found: String,
    /// What to do about it; empty when nothing is to be done.
    pub remedy: String,
}

impl Check {
    /// All is well.
    #[must_use]
    pub fn ok(name: &str, found: impl Into<String>) -> Self {
        Self::new(name, Verdict::Ok, found, "")
    }

    /// It works for now.
    #[must_use]
    pub fn warn(name: &str, found: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self::new(name, Verdict::Warn, found, remedy)
    }

    /// It does not work.
    #[must_use]
    pub fn fail(name: &str, found: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self::new(name, Verdict::Fail, found, remedy)
    }

    fn new(
        name: &str,
        verdict: Verdict,
        found: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self { name: name.to_owned(), verdict, found: found.into(), remedy: remedy.into() }
    }

    /// The problems of the configuration, as text; none is good.
    #[must_use]
    pub fn configuration(problems: &[String]) -> Self {
        match problems {
            [] => Self::ok("configuration", "every key is known and well formed"),
            problems => Self::fail(
                "configuration",
                format!("{} problems; the first: {}", problems.len(), first(problems)),
                "run `varco check`, which lists every problem with its file, key and remedy",
            ),
        }
    }

    /// The relying parties by file, and the problems of those files that are no good.
    #[must_use]
    pub fn relying_parties(good: usize, problems: &[String]) -> Self {
        match problems {
            [] if good == 0 => Self::warn(
                "relying parties",
                "none",
                "write a file for each, in the folder that relying_parties names",
            ),
            [] => Self::ok("relying parties", good.to_string()),
            problems => Self::fail(
                "relying parties",
                format!("{good}; {} problems; the first: {}", problems.len(), first(problems)),
                "run `varco check`; a running broker goes on with what it read before, and does not \
                 start again like this",
            ),
        }
    }

    /// The ring of signing keys: its problems, whether its keys are for development, and the
    /// algorithms that it lacks.
    #[must_use]
    pub fn keys(problems: &[String], development: bool, missing: &[SigningAlgorithm]) -> Self {
        match (problems, missing) {
            ([], _) if development => Self::warn(
                "keys",
                "generated for development",
                "before production, make others in an empty folder with `varco keys generate`",
            ),
            ([], []) => Self::ok("keys", "an active key for every algorithm"),
            ([], missing) => {
                let names: Vec<&str> = missing.iter().map(|algorithm| algorithm.name()).collect();
                Self::warn(
                    "keys",
                    format!("no {} key: no relying party can ask for it", names.join(", no ")),
                    "`varco keys generate` adds what is missing",
                )
            }
            (problems, _) => {
                Self::fail("keys", first(problems), "make them with `varco keys generate`")
            }
        }
    }

    /// When one of our certificates ends.
    #[must_use]
    pub fn certificate(purpose: &str, not_after: Timestamp, now: Timestamp) -> Self {
        let remedy = "make the next one with `varco keys`, publish it in the metadata, and wait until the \
                      federation has read it before the old one ends";
        Self::ending(purpose, not_after, now, remedy)
    }

    /// When the certificate that a listener shows ends.
    #[must_use]
    pub fn server_certificate(listener: &str, not_after: Timestamp, now: Timestamp) -> Self {
        let remedy =
            "renew it with the authority that issued it, put the files in place, and reload";
        Self::ending(listener, not_after, now, remedy)
    }

    /// When the certificate of an authority that issues cards ends.
    #[must_use]
    pub fn authority(name: &str, not_after: Timestamp, now: Timestamp) -> Self {
        let remedy = "its cards are refused from then on: ask the authority for its next certificate and \
                      add it to certificate_authorities";
        Self::ending(name, not_after, now, remedy)
    }

    /// One list of revoked cards, as it was read a moment ago.
    #[must_use]
    pub fn list(upstream: &str, source: &SourceStatus) -> Self {
        let name = format!("list of revoked cards {upstream}");
        match (&source.problem, source.stale) {
            (Some(problem), _) => Self::fail(
                &name,
                problem.clone(),
                "ask the authority, or name another file or address; cards are refused when no list is \
                 in force and no responder answers",
            ),
            (None, true) => Self::fail(
                &name,
                format!("{}: past its time", source.place),
                "the authority has to renew it; its cards are refused until then",
            ),
            (None, false) => Self::ok(&name, format!("{}: in force", source.place)),
        }
    }

    /// One link of a federation: what it is, and how it is or what is wrong with it.
    #[must_use]
    pub fn link(link: (String, Result<String, String>)) -> Self {
        let remedy = "the sentence names the link and the clause; docs/reference/cie.md says whose turn it is";
        Self::one_link(link, remedy)
    }

    /// The same of the federation that our provider is a member of.
    #[must_use]
    pub fn membership(link: (String, Result<String, String>)) -> Self {
        let remedy = "the sentence names the link and the clause; docs/reference/federation.md says whose \
                      turn it is";
        Self::one_link(link, remedy)
    }

    fn one_link((name, found): (String, Result<String, String>), remedy: &str) -> Self {
        match found {
            Ok(found) => Self::ok(&name, found),
            Err(problem) => Self::fail(&name, problem, remedy),
        }
    }

    fn ending(purpose: &str, not_after: Timestamp, now: Timestamp, remedy: &str) -> Self {
        let name = format!("certificate {purpose}");
        let end = not_after.rfc3339();
        let left = not_after.since(now);
        if left.is_zero() {
            Self::fail(&name, format!("ended {end}"), remedy)
        } else if left < RENEW_BEFORE {
            Self::warn(&name, format!("ends {end}, in {} days", days(left)), remedy)
        } else {
            Self::ok(&name, format!("ends {end}"))
        }
    }

    /// One source of metadata, as it was read a moment ago, and how many of its providers can be used.
    #[must_use]
    pub fn metadata(federation: &str, source: &SourceStatus) -> Self {
        let name = format!("metadata {federation}");
        let SourceStatus { place, providers, alerts, .. } = source;
        match &source.problem {
            Some(problem) => Self::fail(
                &name,
                problem.clone(),
                "ask the publisher, or name another file or address under trust; a running broker goes \
                 on with its last good copy",
            ),
            None if *providers == 0 => {
                Self::fail(&name, format!("{place}: not read"), "see the log of the broker")
            }
            None if source.stale => Self::warn(
                &name,
                format!("{place}: near the end of its validity, {providers} providers"),
                "its publisher has to renew it",
            ),
            None if *alerts > 0 => Self::warn(
                &name,
                format!("{place}: {providers} providers; left out: {alerts}"),
                "`varco check` says which ones and why",
            ),
            None => Self::ok(&name, format!("{place}: {providers} providers")),
        }
    }

    /// What the state store answered. `shared` is whether several nodes could use it.
    #[must_use]
    pub fn state(answer: &Result<(), String>, shared: bool) -> Self {
        match answer {
            Ok(()) if shared => Self::ok("state store", "answers, and never evicts"),
            Ok(()) => Self::warn(
                "state store",
                "in this process",
                "enough for one node; a restart ends the logins in progress. For more, use Redis",
            ),
            Err(fault) => Self::fail(
                "state store",
                fault.clone(),
                "check that the server runs, its address and credentials, and `maxmemory-policy noeviction`",
            ),
        }
    }

    /// The registry of clients that registered themselves, as a look at its file found it.
    #[must_use]
    pub fn registry(found: &Result<Condition, String>) -> Self {
        let name = "registry";
        match found {
            Err(fault) => Self::fail(
                name,
                fault.clone(),
                "name the registry's own file or database in [registry], and let the broker write there",
            ),
            Ok(Condition::Absent) => Self::warn(
                name,
                "there is none yet",
                "the next start makes it; if clients have registered already, put its copy back first",
            ),
            Ok(Condition::Earlier) => Self::warn(
                name,
                "its tables are of an earlier version",
                "make a backup with the earlier version; the next start brings the tables up to date",
            ),
            Ok(Condition::Later) => Self::fail(
                name,
                "its tables are of a later version of the program",
                "run that version, or put back the copy from before it",
            ),
            Ok(Condition::Usable { clients, unopened: 1.., .. }) => Self::fail(
                name,
                format!("{clients} clients; some more do not open under secrets.sealing"),
                "put back the secret that the registry was made with",
            ),
            Ok(Condition::Usable { clients, exposed: true, .. }) => Self::warn(
                name,
                format!("{clients} clients; anybody on this machine can read the file"),
                "take the rights of others away: chmod o-rwx",
            ),
            Ok(Condition::Usable { clients, .. }) => Self::ok(name, format!("{clients} clients")),
        }
    }

    /// How far our clock is from one that was asked (the `Date` of a server, a time server).
    #[must_use]
    pub fn clock(ours: Timestamp, theirs: Option<Timestamp>) -> Self {
        let remedy = "run a time daemon (chrony, systemd-timesyncd): answers of providers are refused \
                      when clocks differ by more than a minute";
        if ours.unix_seconds() < BUILT_AFTER {
            return Self::fail("clock", format!("says {}", ours.rfc3339()), remedy);
        }
        let Some(theirs) = theirs else {
            return Self::ok("clock", format!("says {}; compared with none", ours.rfc3339()));
        };
        let apart = ours.since(theirs).max(theirs.since(ours));
        let found = format!("{} s from the clock it was compared with", apart.as_secs());
        if apart > SKEW {
            Self::fail("clock", found, remedy)
        } else if apart > SKEW / 6 {
            Self::warn("clock", found, remedy)
        } else {
            Self::ok("clock", found)
        }
    }
}

/// The worst verdict: the exit code of the command follows it.
#[must_use]
pub fn worst(checks: &[Check]) -> Verdict {
    checks.iter().map(|check| check.verdict).max().unwrap_or(Verdict::Ok)
}

/// The table, one line for each check, remedies below the line they belong to.
#[must_use]
pub fn table(checks: &[Check]) -> String {
    let width = checks.iter().map(|check| check.name.chars().count()).max().unwrap_or(0);
    let mut table = String::new();
    for check in checks {
        let verdict = check.verdict.name();
        // Writing to a String cannot fail.
        let _ = writeln!(table, "{verdict:<4}  {:<width$}  {}", check.name, check.found);
        if !check.remedy.is_empty() {
            let _ = writeln!(table, "{:<4}  {:<width$}  → {}", "", "", check.remedy);
        }
    }
    table
}

fn first(problems: &[String]) -> String {
    problems.first().cloned().unwrap_or_default()
}

const fn days(span: Duration) -> u64 {
    span.as_secs() / 86_400
}

/// A federation takes weeks to publish a new certificate.
const RENEW_BEFORE: Duration = Duration::from_hours(30 * 24);

/// What SPID's checks on instants allow.
const SKEW: Duration = Duration::from_mins(1);

/// 2026-01-01: no build of this program is older.
const BUILT_AFTER: i64 = 1_767_225_600;
