//! The file of a replay: a calendar with `days`, `[[service]]` and `[[question]]`.
//!
//! Not the broker's calendar: it is read for `varco policy replay` alone.

use std::path::Path;

use super::Problems;
use super::calendar::rows;
use super::relying_party::{Ground, categories, instruments, level, policy};
use super::section::{File, Section};
use crate::oidc::ClientId;
use crate::oidc::client::ServicePolicy;
use crate::policy::{Ask, Calendar, Note, Question, Replay};
use crate::terms::Level;

/// Reads and checks it.
///
/// # Errors
/// Every problem found.
pub fn read_replay(path: &Path) -> Result<Replay, Problems> {
    let mut problems = Problems::default();
    let replay = File::read(path, &mut problems, |file, problems| read(path, file, problems));
    match replay {
        Some(replay) if problems.is_empty() => Ok(replay),
        _ => Err(problems),
    }
}

type Service = (Box<str>, Level, ServicePolicy);

fn read(path: &Path, file: &File<'_>, problems: &mut Problems) -> Replay {
    let root = file.root();
    let calendar = rows::read(path, &root, problems);
    let days = root.days("days", problems);
    if days.is_empty() {
        root.wrong(problems, "days", "is missing or empty", "list the days of the table");
    }
    let mut services: Vec<Service> = Vec::new();
    for section in root.sections("service", problems) {
        services.extend(service(&section, &calendar, problems));
        section.finish(problems);
    }
    let knows = |id: &ClientId| services.iter().any(|(name, ..)| **name == *id.as_str());
    super::calendar::strangers(path, &calendar, &knows, problems);
    let mut questions = Vec::new();
    for section in root.sections("question", problems) {
        questions.extend(question(&section, &calendar, &services, problems));
        section.finish(problems);
    }
    root.finish(problems);
    Replay { calendar, services, days, questions }
}

fn service(section: &Section<'_>, calendar: &Calendar, problems: &mut Problems) -> Option<Service> {
    let id = section.text("id", "name the service", problems);
    // For readers of the file.
    section.optional_text("title", problems);
    let minimum_level = level(section, "minimum_level", Level::L1, problems);
    let ground = Ground { minimum_level, upstreams: &[], calendar };
    Some((id?.into(), minimum_level, policy(section, ground, problems)))
}

fn question(
    section: &Section<'_>,
    calendar: &Calendar,
    services: &[Service],
    problems: &mut Problems,
) -> Option<Question> {
    let text = section.text("text", "write the question", problems);
    let asks = [
        ("enter", Ask::Enter),
        ("issue", Ask::Issue),
        ("renew", Ask::Renew),
        ("accepts", Ask::Accepts),
    ];
    let ask = section.word("ask", &asks, problems);
    let name = section.text("service", "write the id of a [[service]]", problems);
    let place = name.and_then(|name| services.iter().position(|(id, ..)| **id == *name));
    if name.is_some() && place.is_none() {
        section.wrong(problems, "service", "is not a service", "write the id of a [[service]]");
    }
    let mut notes = Vec::new();
    for note in section.sections("note", problems) {
        let mark = note.text("mark", "write how it is marked", problems).map(Into::into);
        let text = note.optional_text("text", problems).map(Into::into);
        let rule = note.optional_text("rule", problems).map(Into::into);
        note.finish(problems);
        notes.extend(mark.map(|mark| Note { mark, text, rule }));
    }
    let with = instruments(section, calendar, problems);
    let by = categories(section, "categories", calendar, problems);
    for (key, empty) in [("instruments", with.is_empty()), ("categories", by.is_empty())] {
        if empty {
            section.wrong(problems, key, "is missing or empty", "name at least one");
        }
    }
    Some(Question {
        text: text?.into(),
        ask: ask?,
        service: place?,
        instruments: with,
        categories: by,
        level: level(section, "level", Level::L2, problems),
        notes,
    })
}
