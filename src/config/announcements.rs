//! The file of announcements and of retired entry points, row by row.
//!
//! Not what they mean: `policy` says when one is shown and whom it concerns. A file with a mistake is not
//! used at all; every mistake is told with its row, its key and what to write instead.

use std::collections::BTreeSet;
use std::path::Path;

use super::relying_party::texts;
use super::section::{File, Section};
use super::{FollowedFile, Knows, Problems};
use crate::oidc::client::{ClientId, Texts};
use crate::policy::{
    Announcement, Announcements, Audience, Calendar, DeepLink, EntryPoint, Severity, When,
};
use crate::terms::{Day, web_address};

/// The key `announcements` of the main file; nobody has looked at what it names.
pub(super) fn named(
    file: &File<'_>,
    root: &Section<'_>,
    problems: &mut Problems,
) -> FollowedFile<Announcements> {
    let written = root.optional_text("announcements", problems);
    FollowedFile::new(written.map(|written| file.beside(written)), read)
}

/// The first reading, with what else is known by then: every mistake is a problem.
pub(super) fn open(
    file: &mut FollowedFile<Announcements>,
    knows: Knows<'_>,
    calendar: &Calendar,
    problems: &mut Problems,
) {
    let judge = |path: &Path, read: &_, problems: &mut _| {
        misnamed(path, read, knows, calendar, problems);
    };
    file.open(&judge, problems);
}

/// Reads it.
fn read(file: &File<'_>, problems: &mut Problems) -> Announcements {
    let root = file.root();
    let mut ids = BTreeSet::new();
    let rows = root.sections("announcement", problems);
    let list = rows.iter().filter_map(|row| announcement(row, &mut ids, problems)).collect();
    let rows = root.sections("entry_point", problems);
    let mut ids = BTreeSet::new();
    let entry_points = rows.iter().filter_map(|row| entry_point(row, &mut ids, problems)).collect();
    root.finish(problems);
    Announcements { list, entry_points, written: file.written_at() }
}

/// Notes every row that names a relying party or a change of the calendar which nobody knows. Without
/// rows there is no calendar to compare with.
pub fn misnamed(
    path: &Path,
    announcements: &Announcements,
    knows: Knows<'_>,
    calendar: &Calendar,
    problems: &mut Problems,
) {
    let mut stranger = |key: String, id: &ClientId| {
        if !knows(id) {
            let wrong = format!("{:?} is not a relying party", id.as_str());
            let remedy = "write the client_id of one of the folder relying_parties";
            problems.add(path, &key, wrong, remedy);
        }
    };
    for (at, one) in announcements.list.iter().enumerate() {
        if let Audience::Services(ids) = &one.audience {
            for id in ids {
                stranger(format!("announcement[{at}].services"), id);
            }
        }
    }
    for (at, one) in announcements.entry_points.iter().enumerate() {
        if let Some(id) = &one.service {
            stranger(format!("entry_point[{at}].service"), id);
        }
    }
    let changes = &calendar.rows().changes;
    if changes.is_empty() {
        return;
    }
    for (at, one) in announcements.list.iter().enumerate() {
        for id in one.about.iter().filter(|id| !changes.iter().any(|row| *row.id == ***id)) {
            let wrong = format!("{id:?} is not a row of the calendar");
            let remedy = "write the id of a [[change]] row";
            problems.add(path, &format!("announcement[{at}].about"), wrong, remedy);
        }
    }
}

fn announcement(
    row: &Section<'_>,
    ids: &mut BTreeSet<String>,
    problems: &mut Problems,
) -> Option<Announcement> {
    let id = id(row, ids, problems);
    let from = first_day(row, "write the first day on which it is shown: 2021-09-01", problems);
    let until = row.day("until", problems);
    if let (Some(first), Some(last)) = (from, until)
        && last < first
    {
        row.wrong(problems, "until", "is before from", "write the last day on which it is shown");
    }
    let updated = row.day("updated", problems);
    let audience = audience(row, problems);
    let severities = [Severity::Information, Severity::Warning].map(|one| (one.name(), one));
    let severity = row.word("severity", &severities, problems);
    let title = spoken(row, "title", "write the title in Italian", problems);
    let summary = spoken(row, "summary", "write one or two sentences in Italian", problems);
    let text = spoken(row, "text", "write the whole announcement in Italian", problems);
    let effective = row.day("effective", problems);
    let open = row.flag("to_be_announced", false, problems);
    if open && row.has("effective") {
        let remedy = "remove to_be_announced once the day is fixed, or remove effective";
        row.wrong(problems, "to_be_announced", "contradicts effective", remedy);
    }
    let about = row.texts("about", problems).into_iter().map(str::to_owned).collect();
    let legal_ref = line(row, "legal_ref", problems);
    let link = address(row, "link", problems);
    row.finish(problems);
    let from = from?;
    Some(Announcement {
        id: id?,
        from,
        until,
        updated: updated.unwrap_or(from).max(from),
        audience: audience?,
        severity: severity?,
        title: title?,
        summary: summary?,
        text: text?,
        when: match effective {
            Some(day) => When::On(day),
            None if open => When::ToBeAnnounced,
            None => When::Unstated,
        },
        about,
        legal_ref,
        link,
    })
}

fn entry_point(
    row: &Section<'_>,
    ids: &mut BTreeSet<String>,
    problems: &mut Problems,
) -> Option<EntryPoint> {
    let id = id(row, ids, problems);
    let host = row.optional_text("host", problems).map(str::to_ascii_lowercase);
    if host.as_deref().is_some_and(|host| !is_host(host)) {
        let remedy = "write the name alone: old.example.it, without https:// and port";
        row.wrong(problems, "host", "is not the name of a host", remedy);
    }
    let path = path(row, problems);
    if !row.has("host") && !row.has("path") {
        let remedy = "write the retired host, the retired path on this one, or both";
        row.wrong(problems, "host", "neither host nor path is given", remedy);
    }
    if host.is_none() && path.as_deref().is_some_and(|path| path.trim_matches('/').is_empty()) {
        let remedy = "name a path below it: /durc";
        row.wrong(problems, "path", "is the whole of the broker's own host", remedy);
    }
    let from = first_day(row, "write the first day on which it is retired: 2021-10-01", problems);
    let service = row.optional_text("service", problems).and_then(|text| {
        let service = ClientId::parse(text);
        if service.is_none() {
            row.wrong(problems, "service", "is no client_id", "write one of a relying party");
        }
        service
    });
    let title = spoken(row, "title", "write in Italian, in a few words, what happened", problems);
    let text = spoken(row, "text", "write in Italian why it is retired", problems);
    let legal_ref = line(row, "legal_ref", problems);
    if !row.has("legal_ref") {
        let remedy = "write the law or circular it rests on";
        row.wrong(problems, "legal_ref", "is missing", remedy);
    }
    let moved_to = moved_to(row, problems);
    let links = links(row, problems);
    row.finish(problems);
    Some(EntryPoint {
        id: id?,
        host,
        path,
        from: from?,
        service,
        title: title?,
        text: text?,
        legal_ref: legal_ref?,
        moved_to: moved_to?,
        links,
    })
}

/// Where single pages went.
fn links(row: &Section<'_>, problems: &mut Problems) -> Vec<DeepLink> {
    let mut links = Vec::new();
    for link in row.sections("link", problems) {
        if !link.has("path") {
            link.wrong(problems, "path", "is missing", "write the path of the retired page: /durc");
        }
        let (path, moved_to) = (path(&link, problems), moved_to(&link, problems));
        link.finish(problems);
        links.extend(path.zip(moved_to).map(|(path, moved_to)| DeepLink { path, moved_to }));
    }
    links
}

fn first_day(row: &Section<'_>, remedy: &str, problems: &mut Problems) -> Option<Day> {
    if !row.has("from") {
        row.wrong(problems, "from", "is missing", remedy);
    }
    row.day("from", problems)
}

/// A name that stands in addresses, once.
fn id(row: &Section<'_>, ids: &mut BTreeSet<String>, problems: &mut Problems) -> Option<String> {
    let remedy = "write 1 to 64 of a-z, 0-9 and -: pin-inps-2021";
    let id = row.text("id", remedy, problems)?;
    let known = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    if id.len() > 64 || !id.bytes().all(known) {
        row.wrong(problems, "id", "has another form", remedy);
        return None;
    }
    if !ids.insert(id.to_owned()) {
        row.wrong(problems, "id", "is already the id of another row", "give each row its own id");
    }
    Some(id.to_owned())
}

fn audience(row: &Section<'_>, problems: &mut Problems) -> Option<Audience> {
    let tenant = row.optional_text("tenant", problems);
    let named = row.has("services");
    let services = row.texts("services", problems);
    if tenant.is_some() && named {
        row.wrong(problems, "tenant", "contradicts services", "write one of the two, or neither");
    }
    if let Some(tenant) = tenant {
        return Some(Audience::Tenant(tenant.to_owned()));
    }
    if !named {
        return Some(Audience::Everybody);
    }
    let ids: Option<Vec<ClientId>> = services.into_iter().map(ClientId::parse).collect();
    let ids = ids.filter(|ids| !ids.is_empty());
    if ids.is_none() {
        let remedy = "write [\"inps\"]; without the key it concerns every service";
        row.wrong(problems, "services", "is not a list of client_ids", remedy);
    }
    ids.map(Audience::Services)
}

/// A text in languages that can stand in XML and in a calendar.
fn spoken(
    row: &Section<'_>,
    key: &'static str,
    italian: &str,
    problems: &mut Problems,
) -> Option<Texts> {
    let texts = texts(&row.section(key, problems), italian, problems)?;
    let control = |sign: char| sign.is_control() && sign != '\n';
    if texts.all().any(|text| text.contains(control) || text.trim().is_empty()) {
        let remedy = "write letters, and line feeds between paragraphs";
        row.wrong(problems, key, "holds a control character, or nothing", remedy);
        return None;
    }
    Some(texts)
}

/// A text of one line.
fn line(row: &Section<'_>, key: &'static str, problems: &mut Problems) -> Option<String> {
    let text = row.optional_text(key, problems)?;
    if text.contains(char::is_control) {
        row.wrong(problems, key, "holds a control character", "write it on one line");
        return None;
    }
    Some(text.to_owned())
}

fn moved_to(row: &Section<'_>, problems: &mut Problems) -> Option<String> {
    if !row.has("moved_to") {
        row.wrong(problems, "moved_to", "is missing", "write the https address of the new place");
    }
    address(row, "moved_to", problems)
}

/// An address that people may be sent to.
fn address(row: &Section<'_>, key: &'static str, problems: &mut Problems) -> Option<String> {
    let text = row.optional_text(key, problems)?;
    match web_address(text) {
        Ok(address) => Some(address.into()),
        Err(wrong) => {
            row.wrong(problems, key, wrong, "write https://host/path (http only on loopback)");
            None
        }
    }
}

fn path(row: &Section<'_>, problems: &mut Problems) -> Option<String> {
    let path = row.optional_text("path", problems)?;
    let strange = |sign: char| sign.is_whitespace() || sign.is_control() || "?#\\".contains(sign);
    if !path.starts_with('/') || path.contains(strange) {
        row.wrong(problems, "path", "is not a path", "write it from the slash on: /durc");
        return None;
    }
    Some(path.to_owned())
}

/// A fully qualified name, in lower case.
fn is_host(host: &str) -> bool {
    let label = |label: &str| {
        let known = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        !label.is_empty() && label.len() <= 63 && label.bytes().all(known)
    };
    host.contains('.') && host.split('.').all(label)
}
