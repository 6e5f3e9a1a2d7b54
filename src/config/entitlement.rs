//! The tables `[entitlement.<name>]`: sources of roles, each a file, a database or a server.
//!
//! Not the sources at work: `entitlement/` asks them. A file is read here, so that its mistakes are told
//! with all others; databases and servers are first asked when somebody signs in.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};

use super::section::{File, Section};
use super::{Problems, postgres, secret};
use crate::effects::FetchUrl;
use crate::entitlement::{FileSource, HttpSource, OnFailure};
use crate::registry::PostgresAddress;

/// One source.
#[derive(Debug)]
pub struct SourceConfig {
    /// Where it keeps what it tells.
    pub connector: ConnectorConfig,
    /// What a login comes to when it does not answer.
    pub on_failure: OnFailure,
    /// How long an answer counts.
    pub cache: Duration,
    /// How many answers are kept in that time.
    pub cache_entries: u64,
}

/// Where a source keeps what it tells.
#[derive(Debug)]
pub enum ConnectorConfig {
    /// A file that was read.
    File(FileSource),
    /// A SELECT against a SQLite file.
    Sqlite {
        /// The file.
        file: PathBuf,
        /// The query.
        sql: String,
        /// When to give up.
        timeout: Duration,
    },
    /// A SELECT against PostgreSQL.
    Postgres {
        /// Where it is.
        address: Box<PostgresAddress>,
        /// The query.
        sql: String,
        /// When to give up.
        timeout: Duration,
    },
    /// A server.
    Http(HttpSource),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    File,
    Sql,
    Http,
}

/// Every source that is good; what is wrong with the others is told.
pub(super) fn read(
    file: &File<'_>,
    root: &Section<'_>,
    development: bool,
    problems: &mut Problems,
) -> BTreeMap<String, SourceConfig> {
    let all = root.section("entitlement", problems);
    let mut sources = BTreeMap::new();
    for name in all.keys() {
        let section = all.section(name, problems);
        if !is_name(name) {
            all.wrong(problems, name, "is no name of a source", "use 1 to 32 of a-z 0-9 - _");
        }
        if let Some(source) = one(file, &section, development, problems) {
            sources.insert(name.to_owned(), source);
        }
        section.finish(problems);
    }
    sources
}

/// The names of all of them: what is wrong with one was told where it stands.
pub(super) fn names(root: &Section<'_>, problems: &mut Problems) -> Vec<String> {
    let all = root.section("entitlement", problems);
    all.keys().into_iter().map(str::to_owned).collect()
}

/// It is a label of metrics.
fn is_name(name: &str) -> bool {
    let known = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'_');
    (1..=32).contains(&name.len()) && name.bytes().all(known)
}

fn one(
    file: &File<'_>,
    section: &Section<'_>,
    development: bool,
    problems: &mut Problems,
) -> Option<SourceConfig> {
    const KINDS: [(&str, Kind); 3] =
        [("file", Kind::File), ("sql", Kind::Sql), ("http", Kind::Http)];
    if !section.has("kind") {
        section.wrong(problems, "kind", "is missing", "write \"file\", \"sql\" or \"http\"");
    }
    let kind = section.word("kind", &KINDS, problems)?;
    if kind == Kind::File {
        let connector = ConnectorConfig::File(whole(file, section, problems)?);
        let (on_failure, cache) = (OnFailure::Refuse, Duration::ZERO);
        return Some(SourceConfig { connector, on_failure, cache, cache_entries: 0 });
    }
    let words = [("refuse", OnFailure::Refuse), ("without_roles", OnFailure::WithoutRoles)];
    let on_failure = section.word("on_failure", &words, problems);
    let cache = Duration::from_secs(section.number("cache_seconds", 60, 0..=3600, problems));
    let cache_entries = section.number("cache_entries", 10_000, 0..=1_000_000, problems);
    let timeout = Duration::from_millis(section.number("timeout_ms", 2000, 50..=30_000, problems));
    let connector = match kind {
        Kind::Sql => sql(file, section, timeout, problems),
        _ => http(file, section, timeout, development, problems).map(ConnectorConfig::Http),
    };
    Some(SourceConfig { connector: connector?, on_failure: on_failure?, cache, cache_entries })
}

/// A file: wholly in memory, so nothing is kept beside it, and it always answers.
fn whole(file: &File<'_>, section: &Section<'_>, problems: &mut Problems) -> Option<FileSource> {
    let remedy = "name the TOML or CSV file of roles";
    let path = file.beside(section.text("file", remedy, problems)?);
    match FileSource::open(&path) {
        Ok(source) => Some(source),
        Err(mistakes) => {
            for mistake in mistakes {
                problems.add(&path, &mistake.place, mistake.wrong, &mistake.remedy);
            }
            None
        }
    }
}

fn sql(
    file: &File<'_>,
    section: &Section<'_>,
    timeout: Duration,
    problems: &mut Problems,
) -> Option<ConnectorConfig> {
    let query = section.text("query", QUERY, problems).and_then(|sql| {
        let wrong = wrong_query(sql);
        if let Some(wrong) = wrong {
            section.wrong(problems, "query", wrong, QUERY);
        }
        wrong.is_none().then(|| sql.to_owned())
    });
    match (section.has("database_file"), section.has("database_url")) {
        (true, false) => {
            let path =
                file.beside(section.text("database_file", "name the SQLite file", problems)?);
            if let Err(cause) = std::fs::File::open(&path) {
                let wrong = format!("cannot be read: {cause}");
                section.wrong(problems, "database_file", wrong, "name an existing SQLite file");
            }
            Some(ConnectorConfig::Sqlite { file: path, sql: query?, timeout })
        }
        (false, true) => {
            let address = Box::new(postgres::address(file, section, problems)?);
            Some(ConnectorConfig::Postgres { address, sql: query?, timeout })
        }
        (both, _) => {
            let wrong = if both { "stands beside database_url" } else { "is missing" };
            let remedy = "write database_file (SQLite) or database_url (PostgreSQL)";
            section.wrong(problems, "database_file", wrong, remedy);
            None
        }
    }
}

/// What is wrong with a query: it must read, and ask for one person.
fn wrong_query(sql: &str) -> Option<&'static str> {
    let start = sql.trim_start().to_ascii_lowercase();
    let reads = ["select", "with"].iter().any(|word| {
        start.strip_prefix(word).is_some_and(|rest| rest.starts_with(char::is_whitespace))
    });
    if !reads {
        Some("does not begin with SELECT or WITH")
    } else if !sql.contains("$1") {
        Some("does not ask for $1, the fiscal code")
    } else if sql.contains("$2") || sql.trim_end().trim_end_matches(';').contains(';') {
        Some("has another parameter than $1, or a second statement")
    } else {
        None
    }
}

fn http(
    file: &File<'_>,
    section: &Section<'_>,
    timeout: Duration,
    development: bool,
    problems: &mut Problems,
) -> Option<HttpSource> {
    const REMEDY: &str =
        "write https://host/path; name a host with a private address in allow_hosts too";
    let allowed: Vec<String> =
        section.texts("allow_hosts", problems).into_iter().map(str::to_owned).collect();
    let url = section.text("url", REMEDY, problems).and_then(|text| {
        let url = FetchUrl::parse(text, &allowed, development);
        if let Err(fault) = &url {
            section.wrong(problems, "url", fault.to_string(), REMEDY);
        }
        url.ok()
    });
    let mut headers = Vec::new();
    let mut header = |name: &str, key: &'static str, before: &str, problems: &mut Problems| {
        let octets = secret::read(file, section, key, 16, problems)?;
        let text = std::str::from_utf8(octets.expose_secret()).ok();
        let visible = |text: &&str| text.bytes().all(|octet| octet.is_ascii_graphic());
        match text.filter(visible) {
            Some(text) => {
                headers.push((name.to_owned(), SecretString::from(format!("{before}{text}"))));
            }
            None => {
                section.wrong(problems, key, "is not visible ASCII", "use base64 or hexadecimal");
            }
        }
        Some(())
    };
    let (bearer, secret) = (section.has("bearer_token"), section.has("secret"));
    if bearer {
        header("authorization", "bearer_token", "Bearer ", problems);
    }
    if secret {
        let name = section.optional_text("secret_header", problems).unwrap_or("x-api-key");
        let name = name.to_ascii_lowercase();
        let known = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
        if !name.bytes().all(known) || RESERVED.contains(&name.as_str()) {
            let wrong = "is no name of a header that could hold a secret";
            section.wrong(problems, "secret_header", wrong, "write a name such as \"X-Api-Key\"");
        } else {
            header(&name, "secret", "", problems);
        }
    }
    if !bearer && !secret {
        let remedy = "write bearer_token, or secret and secret_header";
        section.wrong(problems, "bearer_token", "is missing: nothing proves who asks", remedy);
    }
    Some(HttpSource { url: url?, headers, timeout })
}

/// Fields that the message itself needs.
const RESERVED: [&str; 7] = [
    "authorization",
    "host",
    "content-type",
    "content-length",
    "transfer-encoding",
    "connection",
    "accept",
];
const QUERY: &str =
    "write one SELECT with $1 for the fiscal code, whose columns have the names of the fields";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_reads_and_asks_for_one_person() {
        for good in [
            "SELECT role FROM roles WHERE code = $1",
            " with a as (select 1) select role from roles where code = $1 or other = $1;",
        ] {
            assert_eq!(wrong_query(good), None, "{good}");
        }
        for wrong in [
            "DELETE FROM roles WHERE code = $1",
            "SELECT role FROM roles",
            "SELECT role FROM roles WHERE code = $1 AND a = $2",
            "SELECT role FROM roles WHERE code = $1; DROP TABLE roles",
            "selector $1",
            "",
        ] {
            assert!(wrong_query(wrong).is_some(), "{wrong}");
        }
    }
}
