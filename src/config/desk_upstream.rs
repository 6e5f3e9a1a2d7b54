//! `[upstream.helpdesk]`: people sign in with credentials that a help desk of ours issued.
//!
//! Not who works at the desk, nor what it rests on.

use super::Problems;
use super::section::{File, Section};
use crate::credential::access::Breached;
use crate::upstream::settings::HelpDeskConfig;

/// Reads it; `None` when something is wrong.
pub(super) fn upstream(
    file: &File<'_>,
    section: &Section<'_>,
    issuer: &str,
    problems: &mut Problems,
) -> Option<HelpDeskConfig> {
    let namespace = section.optional_text("namespace", problems).unwrap_or("varco");
    let letter = |octet: u8| octet.is_ascii_lowercase() || octet.is_ascii_digit() || octet == b'-';
    // RFC 8141, section 2: 2 to 32 of them, no hyphen at an end.
    let is_name = (2..=32).contains(&namespace.len())
        && namespace.bytes().all(letter)
        && !namespace.starts_with('-')
        && !namespace.ends_with('-');
    if !is_name {
        let remedy = "write 2 to 32 lower-case letters, digits and hyphens, such as \"varco\"";
        section.wrong(problems, "namespace", "is no name space of a URN", remedy);
    }
    let breached = match section.optional_text(BREACHED, problems) {
        Some(name) => leaked(file, section, name, problems)?,
        None => Breached::default(),
    };
    let (issuer, namespace) = (issuer.trim_end_matches('/').to_owned(), namespace.to_owned());
    is_name.then_some(HelpDeskConfig { issuer, namespace, breached })
}

fn leaked(
    file: &File<'_>,
    section: &Section<'_>,
    name: &str,
    problems: &mut Problems,
) -> Option<Breached> {
    let remedy = "name a file with one SHA-1 a line in hexadecimal, 16 digits of it or more, a count behind a colon if there is one";
    let text = match std::fs::read_to_string(file.beside(name)) {
        Ok(text) => text,
        Err(cause) => {
            section.wrong(problems, BREACHED, format!("{name} cannot be read: {cause}"), remedy);
            return None;
        }
    };
    match Breached::read(&text) {
        Ok(breached) => Some(breached),
        Err(line) => {
            let wrong = format!("{name}, line {line}: no SHA-1 in hexadecimal");
            section.wrong(problems, BREACHED, wrong, remedy);
            None
        }
    }
}

const BREACHED: &str = "breached_passwords";
