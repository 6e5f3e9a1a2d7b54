//! What is accepted on a day, service by service, and what is other than today.
//!
//! Not a promise: it is what the files say now.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::json;

use super::explain;
use crate::config::Config;
use crate::policy::{Category, Day, Denial, Service};
use crate::terms::Level;

/// One instrument at one relying party.
pub(super) struct Standing<'a> {
    relying_party: &'a str,
    instrument: &'a str,
    /// For each category: today, and on the day.
    of: Vec<(&'a Category, Outcome, Outcome)>,
}

type Outcome = Result<Level, Denial>;

/// Every relying party, or one.
pub(super) fn of<'a>(
    config: &'a Config,
    only: Option<&str>,
    today: Day,
    at: Day,
) -> Result<Vec<Standing<'a>>, String> {
    let calendar = config.calendar.current();
    if let Some(name) = only {
        explain::client(config, name)?;
    }
    let mut clients: Vec<_> = config
        .relying_parties
        .clients()
        .filter(|client| only.is_none_or(|name| client.id.as_str() == name))
        .collect();
    clients.sort_by_key(|client| &client.id);
    let mut found = Vec::new();
    for client in clients {
        let service = Service::of(client);
        let mut instruments = service.instruments(today);
        instruments.extend(service.instruments(at));
        instruments.sort_unstable();
        instruments.dedup();
        for instrument in instruments {
            let outcome = |category, day| calendar.prospect_of(&service, instrument, category, day);
            let rows = calendar.rows().categories.iter().map(|row| &row.id);
            let of = rows.map(|one| (one, outcome(one, today), outcome(one, at))).collect();
            found.push(Standing { relying_party: client.id.as_str(), instrument, of });
        }
    }
    Ok(found)
}

pub(super) fn text(standings: &[Standing<'_>]) -> String {
    let mut told = String::new();
    let mut last = "";
    let mut changes = 0;
    for standing in standings {
        if standing.relying_party != last {
            last = standing.relying_party;
            let _ = writeln!(told, "{last}");
        }
        let mut accepted: BTreeMap<Level, Vec<&str>> = BTreeMap::new();
        let mut changed: BTreeMap<String, Vec<&str>> = BTreeMap::new();
        for (category, today, then) in &standing.of {
            if let Ok(level) = then {
                accepted.entry(*level).or_default().push(category.as_str());
            }
            if let Some(what) = difference(today, then) {
                changed.entry(what).or_default().push(category.as_str());
            }
        }
        if accepted.is_empty() {
            let _ = writeln!(told, "  {}: nobody", standing.instrument);
        }
        for (level, categories) in accepted {
            let (number, all) = (level.number(), categories.join(", "));
            let _ = writeln!(told, "  {}: level {number}: {all}", standing.instrument);
        }
        changes += changed.len();
        for (what, categories) in changed {
            let _ = writeln!(told, "    change: {}: {what}", categories.join(", "));
        }
    }
    let _ = writeln!(told, "{changes} change{} from today", if changes == 1 { "" } else { "s" });
    told
}

/// What changes; `None`: nothing.
fn difference(today: &Outcome, then: &Outcome) -> Option<String> {
    match (today, then) {
        (Ok(one), Ok(other)) if one == other => None,
        (Ok(one), Ok(other)) => {
            Some(format!("level {} instead of {}", other.number(), one.number()))
        }
        (Err(_), Ok(_)) => Some("opens".to_owned()),
        (Ok(_), Err(denial)) => {
            let reference = denial.legal_ref.as_deref().unwrap_or("no legal reference");
            let date = denial.date.map(|date| format!(", {date}")).unwrap_or_default();
            let reason = denial.reason.word();
            Some(format!("closes: {reason} by {}{date} ({reference})", denial.rule.id))
        }
        (Err(_), Err(_)) => None,
    }
}

pub(super) fn json(standings: &[Standing<'_>]) -> String {
    let mut rows = Vec::new();
    for standing in standings {
        for (category, today, then) in &standing.of {
            rows.push(json!({
                "relying_party": standing.relying_party,
                "instrument": standing.instrument,
                "category": category.as_str(),
                "accepted": then.is_ok(),
                "accepted_today": today.is_ok(),
                "level": then.as_ref().ok().map(|level| level.number()),
                "changes": difference(today, then),
                "denial": then.as_ref().err().map(explain::denial),
            }));
        }
    }
    format!("{:#}\n", serde_json::Value::Array(rows))
}
