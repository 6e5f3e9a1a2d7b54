//! One judgement in words: the rule, its date, its legal reference, the rows beside it.
//!
//! Not a page for the person who was refused: `fault` has that text.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::{Case, Told};
use crate::config::Config;
use crate::policy::{
    Applicant, Calendar, Change, Considered, Day, Denial, Explanation, Kind, Reason, Service,
};
use crate::terms::Locale;

pub(super) fn run(config: &Config, case: &Case, today: Day) -> Result<Told, String> {
    let calendar = config.calendar.current();
    let client = client(config, &case.rp)?;
    known(calendar, case)?;
    let day = case.at.unwrap_or(today);
    let applicant = Applicant {
        instrument: &case.instrument,
        level: case.level,
        categories: case.category.clone(),
        age: case.age,
        expires: None,
    };
    let explanation = calendar.explain(&Service::of(client), &applicant, day);
    let status = u8::from(explanation.outcome.is_err());
    let text = if case.json {
        format!("{:#}\n", as_json(case, &explanation, day))
    } else {
        as_text(case, &explanation, day)
    };
    Ok(Told { text, status })
}

pub(super) fn client<'a>(
    config: &'a Config,
    name: &str,
) -> Result<&'a crate::oidc::Client, String> {
    let mut clients = config.relying_parties.clients();
    let found = clients.find(|client| client.id.as_str() == name);
    found.map(AsRef::as_ref).ok_or_else(|| format!("{name}: no relying party has that client_id"))
}

/// A word that nobody knows is a slip of the keyboard, not a denial.
fn known(calendar: &Calendar, case: &Case) -> Result<(), String> {
    let names = |all: Vec<&str>| all.join(", ");
    if calendar.instrument(&case.instrument).is_none() {
        let all = calendar.rows().instruments.iter().map(|one| &*one.id).collect();
        return Err(format!("{}: not an instrument; there are {}", case.instrument, names(all)));
    }
    match case.category.iter().find(|one| calendar.category(one).is_none()) {
        None => Ok(()),
        Some(one) => {
            let all = calendar.rows().categories.iter().map(|row| row.id.as_str()).collect();
            Err(format!("{}: not a category of person; there are {}", one.as_str(), names(all)))
        }
    }
}

fn as_text(case: &Case, explanation: &Explanation<'_>, day: Day) -> String {
    let categories: Vec<&str> = case.category.iter().map(crate::policy::Category::as_str).collect();
    let mut told = format!(
        "{day}  {}  {}  level {}  {}: ",
        case.rp,
        case.instrument,
        case.level.number(),
        categories.join(", ")
    );
    match &explanation.outcome {
        Ok(admitted) => {
            let (category, needed) = (admitted.category().as_str(), admitted.needed().number());
            let _ = writeln!(told, "accepted\n  as: {category}\n  level needed: {needed}");
            if let Some(end) = &explanation.end {
                let by = end.row.map_or_else(|| "its own expiry".to_owned(), name);
                let _ = writeln!(told, "  last day: {} ({by})", end.last_day);
            }
        }
        Err(denial) => {
            let _ = writeln!(told, "denied");
            tell(&mut told, denial);
        }
    }
    if !explanation.rows.is_empty() {
        told.push_str("  rows of the calendar about it:\n");
    }
    for row in &explanation.rows {
        line(&mut told, row);
    }
    told
}

fn tell(told: &mut String, denial: &Denial) {
    let _ = writeln!(told, "  reason: {} ({})", denial.reason.word(), words(denial.reason));
    let _ = writeln!(told, "  rule: {} ({})", denial.rule.id, denial.rule.place);
    if let Some(date) = denial.date {
        let _ = writeln!(told, "  {}: {date}", meaning(denial.reason));
    }
    let reference = denial.legal_ref.as_deref().unwrap_or("none is recorded");
    let _ = writeln!(told, "  legal reference: {reference}");
    if let Some(category) = &denial.category {
        let _ = writeln!(told, "  nearest category: {}", category.as_str());
    }
    if let Some(needs) = denial.needs {
        let _ = writeln!(told, "  level needed: {}", needs.number());
    }
    if let Some(age) = denial.minimum_age {
        let _ = writeln!(told, "  age needed: {age}");
    }
    let instead = denial.instead.join(", ");
    let instead = if instead.is_empty() { "nothing" } else { instead.as_str() };
    let _ = writeln!(told, "  use instead: {instead}");
}

fn line(told: &mut String, row: &Considered<'_>) {
    let change = row.change;
    let _ = write!(told, "  - {} [{}", name(change), row.bearing.word());
    match &change.superseded_by {
        Some(by) => {
            let _ = writeln!(told, " by {by}]");
        }
        None => told.push_str("]\n"),
    }
    let mut dates: Vec<String> = Kind::ALL
        .into_iter()
        .filter_map(|kind| change.date(kind).map(|day| format!("{} {day}", kind.key())))
        .collect();
    dates.extend(change.to_be_fixed.iter().map(|kind| format!("{} to be fixed", kind.key())));
    let _ = writeln!(told, "    {}: {}", change.source.word(), dates.join(", "));
    if let Some(reference) = &change.legal_ref {
        let _ = writeln!(told, "    legal reference: {reference}");
    }
    let on = change.decided_on.map(|day| format!(" on {day}")).unwrap_or_default();
    if !change.decided_by.is_empty() || !on.is_empty() {
        let _ = writeln!(told, "    decided by {}{on}", change.decided_by.join(", "));
    }
    if let Some(reason) = &change.reason {
        let _ = writeln!(told, "    {}", reason.get(Locale::En));
    }
}

fn name(change: &Change) -> String {
    format!("{} ({})", change.id, change.place)
}

/// What the date of a denial is.
const fn meaning(reason: Reason) -> &'static str {
    match reason {
        Reason::NotYet => "first day accepted",
        Reason::SwitchOff | Reason::Expired => "last day accepted",
        _ => "since",
    }
}

const fn words(reason: Reason) -> &'static str {
    match reason {
        Reason::NotAccepted => "the service does not accept the instrument",
        Reason::NotYet => "not before a later day",
        Reason::SwitchOff => "not any more",
        Reason::Expired => "the credential has ended",
        Reason::NotIssued => "none is issued any more",
        Reason::NotRenewed => "none is renewed any more",
        Reason::Category => "not for this category of person",
        Reason::NotDedicated => "only for services dedicated to its holders",
        Reason::MinAge => "too young, or the age is unknown",
        Reason::Level => "the level is too low",
    }
}

fn as_json(case: &Case, explanation: &Explanation<'_>, day: Day) -> Value {
    let rows = explanation.rows.iter().map(|row| {
        let change = row.change;
        json!({
            "id": change.id, "place": change.place, "bearing": row.bearing.word(),
            "source": change.source.word(), "legal_ref": change.legal_ref,
            "start": date(change.start), "stop_issue": date(change.stop_issue),
            "stop_renew": date(change.stop_renew), "hard_end": date(change.hard_end),
            "to_be_fixed": change.to_be_fixed.iter().map(|kind| kind.key()).collect::<Vec<_>>(),
            "natural_expiry": change.natural_expiry, "decided_by": change.decided_by,
            "decided_on": date(change.decided_on), "superseded_by": change.superseded_by,
        })
    });
    let end = explanation.end.as_ref().map(
        |end| json!({"last_day": end.last_day.to_string(), "rule": end.row.map(|row| &row.id)}),
    );
    json!({
        "day": day.to_string(), "relying_party": case.rp, "instrument": case.instrument,
        "level": case.level.number(),
        "categories": case.category.iter().map(crate::policy::Category::as_str).collect::<Vec<_>>(),
        "accepted": explanation.outcome.is_ok(),
        "as": explanation.outcome.as_ref().ok().map(|admitted| admitted.category().as_str()),
        "end": end,
        "denial": explanation.outcome.as_ref().err().map(denial),
        "rows": rows.collect::<Vec<_>>(),
    })
}

pub(super) fn denial(denial: &Denial) -> Value {
    json!({
        "reason": denial.reason.word(),
        "rule": {"id": denial.rule.id, "place": denial.rule.place},
        "date": date(denial.date), "legal_ref": denial.legal_ref,
        "category": denial.category.as_ref().map(crate::policy::Category::as_str),
        "level_needed": denial.needs.map(crate::terms::Level::number),
        "age_needed": denial.minimum_age, "instead": denial.instead,
    })
}

fn date(day: Option<Day>) -> Option<String> {
    day.map(|day| day.to_string())
}
