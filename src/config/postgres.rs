//! The key `database_url`: where a PostgreSQL database is, and who we are there.
//!
//! Not what is kept there: the registry is ours, a source of roles is the operator's.

use secrecy::ExposeSecret as _;

use super::file::File;
use super::section::Section;
use super::{Problems, secret};
use crate::registry::PostgresAddress;

/// The address that the secret `database_url` of `section` names.
pub(super) fn address(
    file: &File<'_>,
    section: &Section<'_>,
    problems: &mut Problems,
) -> Option<PostgresAddress> {
    let url = secret::read(file, section, "database_url", 12, problems)?;
    let text = std::str::from_utf8(url.expose_secret()).unwrap_or_default();
    let address = PostgresAddress::parse(text);
    let told = address.map_err(|wrong| {
        section.wrong(problems, "database_url", wrong.to_string(), REMEDY);
    });
    told.ok()
}

const REMEDY: &str = "write postgres://user:password@host/database?sslmode=verify-full";
