//! The table `trust` of a SAML upstream: where the metadata of providers comes from and who vouches for it.
//!
//! Not a provider list, and no metadata is read here: the register reads files and asks servers.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::Problems;
use super::section::{File, Section};
use crate::crypto::certificate::Pem;
use crate::effects::FetchUrl;
use crate::saml::metadata::register::{Place, RegisterSettings, Source};
use crate::xml::VerificationKey;

/// Reads the table; `None` when the certificate that it names cannot be used.
pub(super) fn read(
    file: &File<'_>,
    section: &Section<'_>,
    development: bool,
    problems: &mut Problems,
) -> Option<RegisterSettings> {
    let table = section.section("trust", problems);
    let mut places = files(file, &table, problems);
    let servers = urls(&table, development, problems);
    let folder = table.optional_text("cache_folder", problems).map(|name| file.beside(name));
    if !servers.is_empty() && folder.is_none() {
        table.wrong(
            problems,
            "cache_folder",
            "is missing",
            "name a folder that survives a restart: the last good copy of metadata_urls is kept there",
        );
    }
    places.extend(servers);
    if places.is_empty() {
        table.wrong(
            problems,
            "metadata_files",
            "is missing or empty, and so is metadata_urls",
            "list the metadata files of the providers, such as \"metadata/spid/providers.xml\"",
        );
    }
    let pinned = pinned(file, &table, problems);
    let minutes = table.number("refresh_minutes", 240, 5..=1440, problems);
    let hours = table.number("stale_hours", 72, 72..=720, problems);
    let settings = RegisterSettings {
        sources: Vec::new(),
        folder,
        refresh: Duration::from_mins(minutes),
        stale_after: Duration::from_hours(hours),
        location_hosts: owned(&table, "location_hosts", problems),
        valid_until_required: table.flag("require_valid_until", false, problems),
        disabled: owned(&table, "disabled_providers", problems).into_iter().collect(),
    };
    table.finish(problems);
    let pinned = pinned.ok()?;
    let source = |place| Source { place, pinned: pinned.clone() };
    Some(RegisterSettings { sources: places.into_iter().map(source).collect(), ..settings })
}

/// The files; each must be there, whatever stands in it.
fn files(file: &File<'_>, table: &Section<'_>, problems: &mut Problems) -> Vec<Place> {
    let mut places = Vec::new();
    for name in table.texts("metadata_files", problems) {
        let path: PathBuf = file.beside(name);
        if let Err(cause) = std::fs::File::open(&path) {
            table.wrong(
                problems,
                "metadata_files",
                format!("{name} cannot be read: {cause}"),
                "name an existing, readable file",
            );
        }
        places.push(Place::File(path));
    }
    places
}

/// The addresses, in the order of the file; the first problem of each is told.
fn urls(table: &Section<'_>, development: bool, problems: &mut Problems) -> Vec<Place> {
    let allowed = owned(table, "allow_hosts", problems);
    let mut places = Vec::new();
    for (at, address) in table.texts("metadata_urls", problems).into_iter().enumerate() {
        match FetchUrl::parse(address, &allowed, development) {
            Ok(url) => places.push(Place::Url(url)),
            // The address itself is not repeated: it may carry a password.
            Err(fault) => table.wrong(
                problems,
                "metadata_urls",
                format!("number {}: {fault}", at + 1),
                "write https://host/path; name a host with a private address in allow_hosts too",
            ),
        }
    }
    places
}

type Keys = Option<Arc<Vec<VerificationKey>>>;

/// The key of the certificate that must have signed every document.
fn pinned(file: &File<'_>, table: &Section<'_>, problems: &mut Problems) -> Result<Keys, ()> {
    let Some(name) = table.optional_text("certificate_file", problems) else { return Ok(None) };
    let der = std::fs::read_to_string(file.beside(name))
        .ok()
        .and_then(|text| Pem::Certificate.read(&text).ok());
    let wrong = match der.map(|der| VerificationKey::from_certificate(&der)) {
        Some(Ok(key)) => return Ok(Some(Arc::new(vec![key]))),
        Some(Err(refusal)) => format!("{name} cannot be used: {refusal}"),
        None => format!("{name} is not a certificate in PEM"),
    };
    table.wrong(
        problems,
        "certificate_file",
        wrong,
        "name the certificate that signs the metadata",
    );
    Err(())
}

fn owned(table: &Section<'_>, key: &'static str, problems: &mut Problems) -> Vec<String> {
    table.texts(key, problems).into_iter().map(str::to_owned).collect()
}
