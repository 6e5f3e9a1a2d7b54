//! The tables `matching` and `first_login`: what of people is kept in the registry, and the authority that
//! is asked.
//!
//! Not whether anybody is matched: each relying party's file says that.

use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;

use super::relying_party::Persons;
use super::section::{File, Section};
use super::{Problems, postgres, secret};
use crate::effects::FetchUrl;
use crate::login::{Question, Verifier};
use crate::registry::RegistryPlace;

/// What is kept of people.
#[derive(Debug, Default)]
pub struct PersonsConfig {
    /// Matching, if it is on.
    pub matching: Option<MatchingConfig>,
    /// Whether first logins are recorded.
    pub first_logins: bool,
}

/// How people are matched.
#[derive(Debug)]
pub struct MatchingConfig {
    /// The authority that is asked, if there is one.
    pub verifier: Option<Verifier>,
}

impl PersonsConfig {
    /// What relying parties may choose from.
    pub(super) fn offer(&self) -> Persons {
        Persons {
            matching: self.matching.as_ref().map(|matching| matching.verifier.is_some()),
            first_logins: self.first_logins,
        }
    }

    /// Whether anything is kept.
    #[must_use]
    pub const fn needs_a_registry(&self) -> bool {
        self.matching.is_some() || self.first_logins
    }
}

/// Where durable records are; `None` when that is not said well.
pub(super) fn registry(
    file: &File<'_>,
    root: &Section<'_>,
    problems: &mut Problems,
) -> Option<RegistryPlace> {
    let section = root.section("registry", problems);
    let path = section.optional_text("file", problems);
    let place = if !section.has("database_url") {
        Some(RegistryPlace::File(file.beside(path.unwrap_or("registry.sqlite"))))
    } else if path.is_some() {
        let remedy = "write file (SQLite, one node) or database_url (PostgreSQL, several nodes)";
        section.wrong(problems, "file", "stands beside database_url", remedy);
        None
    } else {
        let address = postgres::address(file, &section, problems);
        address.map(|address| RegistryPlace::Server(Box::new(address)))
    };
    section.finish(problems);
    place
}

/// Reads both tables.
pub(super) fn read(
    file: &File<'_>,
    root: &Section<'_>,
    development: bool,
    problems: &mut Problems,
) -> PersonsConfig {
    let first_login = root.section("first_login", problems);
    let first_logins = first_login.flag("record", false, problems);
    first_login.finish(problems);
    let section = root.section("matching", problems);
    let asked = section.section("verifier", problems);
    let verifier =
        if asked.present() { verifier(file, &asked, development, problems) } else { None };
    section.finish(problems);
    let matching = section.present().then_some(MatchingConfig { verifier });
    PersonsConfig { matching, first_logins }
}

fn verifier(
    file: &File<'_>,
    section: &Section<'_>,
    development: bool,
    problems: &mut Problems,
) -> Option<Verifier> {
    let http = section.word("kind", &[("file", false), ("http", true)], problems);
    if !section.has("kind") {
        section.wrong(problems, "kind", "is missing", KINDS);
    }
    let name = section.text("name", "write what people call the authority: \"ANPR\"", problems);
    let verifier = if http? {
        service(file, section, name, development, problems)
    } else {
        list(file, section, name, problems)
    };
    section.finish(problems);
    verifier
}

fn service(
    file: &File<'_>,
    section: &Section<'_>,
    name: Option<&str>,
    development: bool,
    problems: &mut Problems,
) -> Option<Verifier> {
    let hosts = section.texts("allow_hosts", problems);
    let hosts: Vec<String> = hosts.into_iter().map(str::to_owned).collect();
    let url = section.text("url", "write https://host/path", problems);
    let url = url.and_then(|text| {
        let parsed = FetchUrl::parse(text, &hosts, development);
        if let Err(fault) = &parsed {
            section.wrong(problems, "url", fault.to_string(), "write https://host/path");
        }
        parsed.ok()
    });
    let token = section.has("token").then(|| secret::read(file, section, "token", 16, problems));
    let token = token.map(|token| {
        let token = token?;
        let text = std::str::from_utf8(token.expose_secret()).ok()?;
        text.bytes().all(|octet| octet.is_ascii_graphic()).then(|| SecretString::from(text))
    });
    if let Some(None) = token {
        section.wrong(
            problems,
            "token",
            "is no token of visible ASCII",
            "write it in its file alone",
        );
    }
    let time = Duration::from_millis(section.number("timeout_ms", 3000, 100..=10_000, problems));
    Some(Verifier::Http { name: name?.to_owned(), url: url?, token: token.flatten(), time })
}

/// A list is read at the start and at every reload.
fn list(
    file: &File<'_>,
    section: &Section<'_>,
    name: Option<&str>,
    problems: &mut Problems,
) -> Option<Verifier> {
    let path = file.beside(section.text("file", LIST, problems)?);
    let read = std::fs::read_to_string(&path).map_err(|cause| format!("cannot be read: {cause}"));
    let parsed = read.and_then(|text| {
        // What TOML says of a mistake may hold the line, and the line a person.
        toml::from_str::<People>(&text).map_err(|_| "is not a list of people".to_owned())
    });
    match parsed {
        Ok(people) => Some(Verifier::list(name?.to_owned(), &people.person)),
        Err(wrong) => {
            section.wrong(problems, "file", wrong, LIST);
            None
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct People {
    #[serde(default)]
    person: Vec<Question>,
}

const KINDS: &str = "write \"file\" or \"http\"";
const LIST: &str =
    "name a TOML file of [[person]] with fiscal_code, family_name, given_name and birthdate";
