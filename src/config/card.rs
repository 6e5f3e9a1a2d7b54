//! `[listen.cns]` and `[upstream.cns]`: where cards are shown, whose cards count, and how it is known
//! that one was revoked.
//!
//! Not a judgement about any card, and no list is read here.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use super::Problems;
use super::listen::{self, BASE_REMEDY};
use super::section::{File, Section};
use crate::crypto::issuers::Issuers;
use crate::crypto::tls::ServerIdentity;
use crate::effects::{FetchUrl, OutboundFault, Timestamp};
use crate::saml::metadata::register::Place;
use crate::terms::{Level, TrustedProxies, base_address};
use crate::upstream::ListSettings;
use crate::upstream::settings::{CnsConfig, ResponderSettings};
use crate::web::{CardDoor, Shares};

/// The listener where cards are shown.
#[derive(Debug)]
pub struct CardListener {
    /// Where it is.
    pub address: SocketAddr,
    /// Who we are there; `None`: a proxy ends TLS.
    pub identity: Option<ServerIdentity>,
    /// How certificates come there.
    pub door: CardDoor,
    /// At most so many connections at a time, handshakes included.
    pub connections: usize,
    /// How many of them one address may have, and whose addresses speak for many.
    pub shares: Shares,
}

/// Reads `[listen.cns]`; `None` when it is not there, or wrong.
pub(super) fn listener(
    file: &File<'_>,
    table: &Section<'_>,
    (tls, proxies): (Option<&ServerIdentity>, &TrustedProxies),
    problems: &mut Problems,
) -> Option<CardListener> {
    if !table.present() {
        return None;
    }
    let address = listen::socket(table, "address", "0.0.0.0:8444", problems);
    let connections = table.number("connections", 512, 8..=65_536, problems);
    let each = table.number(SHARE, (connections / 8).max(8), 1..=connections, problems);
    let behind = table.flag("behind_proxy", false, problems);
    let (identity, door) = if behind {
        let verdict = table.optional_text("verified_header", problems);
        let verdict = verdict.unwrap_or("X-SSL-Client-Verify").to_ascii_lowercase();
        let known = |octet: u8| octet.is_ascii_alphanumeric() || octet == b'-';
        if verdict.is_empty() || !verdict.bytes().all(known) {
            table.wrong(
                problems,
                "verified_header",
                "is not the name of a header",
                "write letters, digits and hyphens, such as \"X-SSL-Client-Verify\"",
            );
        }
        if proxies.is_empty() {
            table.wrong(
                problems,
                "behind_proxy",
                "is on, and no proxy is trusted",
                "name the address of the proxy in listen.trusted_proxies",
            );
        }
        (None, CardDoor::Proxy { proxies: proxies.clone(), verdict })
    } else {
        let shared = !table.has("certificate_file") && !table.has("key_file");
        let identity = match tls {
            Some(identity) if shared => identity.clone(),
            _ => listen::identity(file, table, problems)?,
        };
        (Some(identity), CardDoor::Handshake)
    };
    let connections = usize::try_from(connections).ok()?;
    let shares = Shares::new(usize::try_from(each).ok()?, proxies.clone());
    Some(CardListener { address: address?, identity, door, connections, shares })
}

/// Reads `[upstream.cns]`; `None` when something it needs is missing or wrong.
pub(super) fn upstream(
    file: &File<'_>,
    section: &Section<'_>,
    development: bool,
    problems: &mut Problems,
) -> Option<CnsConfig> {
    let url = section.text("url", BASE_REMEDY, problems);
    if let Some(Err(wrong)) = url.map(base_address) {
        section.wrong(problems, "url", wrong, BASE_REMEDY);
    }
    let issuers = issuers(file, section, problems);
    let policies = policies(section, problems);
    let level = match section.number("level", 3, 1..=3, problems) {
        1 => Level::L1,
        2 => Level::L2,
        _ => Level::L3,
    };
    let lists = lists(file, section, development, problems);
    let responder = responder(&section.section("ocsp", problems), development, problems);
    let unchecked_until = day(section, "accept_unchecked_until", problems);
    let short_keys_until = day(section, "accept_rsa_1024_until", problems);
    if lists.places.is_empty() && matches!(responder, Ok(None)) {
        section.wrong(
            problems,
            "crl_files",
            "is missing, and so are crl_urls and ocsp: nobody would know that a card was revoked",
            "name the lists of the authorities in crl_urls, or switch [upstream.cns.ocsp] on",
        );
    }
    let (url, issuers) = (url?.to_owned(), Arc::new(issuers?));
    let responder = responder.ok()?;
    Some(CnsConfig {
        url,
        issuers,
        policies,
        level,
        lists,
        responder,
        unchecked_until,
        short_keys_until,
    })
}

fn issuers(file: &File<'_>, section: &Section<'_>, problems: &mut Problems) -> Option<Issuers> {
    const KEY: &str = "certificate_authorities";
    let names = section.texts(KEY, problems);
    let mut files = Vec::new();
    for name in &names {
        match std::fs::read(file.beside(name)) {
            Ok(octets) => files.push(octets),
            Err(cause) => {
                let wrong = format!("{name} cannot be read: {cause}");
                section.wrong(problems, KEY, wrong, AUTHORITY_REMEDY);
            }
        }
    }
    if names.is_empty() {
        section.wrong(problems, KEY, "is missing or empty", AUTHORITY_REMEDY);
    }
    if files.is_empty() || files.len() < names.len() {
        return None;
    }
    match Issuers::read(&files) {
        Ok(issuers) => Some(issuers),
        Err((at, fault)) => {
            let name = names.get(at).copied().unwrap_or_default();
            section.wrong(problems, KEY, format!("{name} {fault}"), AUTHORITY_REMEDY);
            None
        }
    }
}

fn policies(section: &Section<'_>, problems: &mut Problems) -> Vec<String> {
    if !section.has("policies") {
        return vec![CNS_POLICY.to_owned()];
    }
    let written = section.texts("policies", problems);
    let is_oid = |text: &str| {
        let mut arcs = text.split('.');
        arcs.clone().count() > 1
            && arcs.all(|arc| !arc.is_empty() && arc.bytes().all(|octet| octet.is_ascii_digit()))
    };
    if written.is_empty() || !written.iter().all(|text| is_oid(text)) {
        section.wrong(
            problems,
            "policies",
            "is empty, or has something that is no object identifier",
            "write \"1.3.76.16.2.1\" (CNS), \"1.3.76.47.4\" (CIE)",
        );
    }
    written.into_iter().map(str::to_owned).collect()
}

fn lists(
    file: &File<'_>,
    section: &Section<'_>,
    development: bool,
    problems: &mut Problems,
) -> ListSettings {
    let mut places: Vec<Place> = Vec::new();
    for name in section.texts("crl_files", problems) {
        let path = file.beside(name);
        if let Err(cause) = std::fs::File::open(&path) {
            let wrong = format!("{name} cannot be read: {cause}");
            section.wrong(problems, "crl_files", wrong, "name an existing, readable file");
        }
        places.push(Place::File(path));
    }
    let private = hosts(section, "allow_hosts", problems);
    for (at, text) in section.texts("crl_urls", problems).into_iter().enumerate() {
        match FetchUrl::of_signed(text, &private, development) {
            Ok(url) => places.push(Place::Url(url)),
            Err(fault) => address(section, "crl_urls", at, &fault, problems),
        }
    }
    let minutes = section.number("crl_refresh_minutes", 60, 5..=1440, problems);
    let folder = section.optional_text("cache_folder", problems).map(|name| file.beside(name));
    ListSettings { places, folder, refresh: Duration::from_mins(minutes) }
}

/// `[upstream.cns.ocsp]`; `Err` when it is wrong.
fn responder(
    table: &Section<'_>,
    development: bool,
    problems: &mut Problems,
) -> Result<Option<ResponderSettings>, ()> {
    let modes = [("off", None), ("prefer", Some(false)), ("require", Some(true))];
    let mode = table.word("mode", &modes, problems);
    let hosts = hosts(table, "hosts", problems);
    let written = table.optional_text("url", problems);
    let nonce_required = table.flag("nonce_required", true, problems);
    table.finish(problems);
    let url = written.map(|text| {
        let host = url::Url::parse(text).ok().and_then(|url| url.host_str().map(str::to_owned));
        let private: Vec<String> = host.into_iter().filter(|host| hosts.contains(host)).collect();
        FetchUrl::of_signed(text, &private, development)
    });
    let url = match url {
        None => None,
        Some(Ok(url)) => Some(url),
        Some(Err(fault)) => {
            address(table, "url", 0, &fault, problems);
            return Err(());
        }
    };
    let Some(required) = mode.ok_or(())? else { return Ok(None) };
    if url.is_none() && hosts.is_empty() {
        table.wrong(
            problems,
            "hosts",
            "is missing, and so is url: nobody could be asked",
            "name the hosts of the responders that cards may name, or one responder in url",
        );
        return Err(());
    }
    Ok(Some(ResponderSettings { required, url, hosts, nonce_required, development }))
}

/// The address itself is not repeated: it may carry a password.
fn address(
    table: &Section<'_>,
    key: &'static str,
    at: usize,
    fault: &OutboundFault,
    problems: &mut Problems,
) {
    table.wrong(
        problems,
        key,
        format!("number {}: {fault}", at + 1),
        "write http://host/path or https://host/path; a host with a private address is named in \
         allow_hosts (lists) or hosts (responders) too",
    );
}

/// The last second of a day, UTC.
fn day(section: &Section<'_>, key: &'static str, problems: &mut Problems) -> Option<Timestamp> {
    let text = section.optional_text(key, problems)?;
    let end = Timestamp::from_rfc3339(&format!("{text}T23:59:59Z"));
    if end.is_none() {
        section.wrong(
            problems,
            key,
            "is not a day",
            "write the last day on which it holds, such as \"2027-06-30\", or leave it out",
        );
    }
    end
}

fn hosts(table: &Section<'_>, key: &'static str, problems: &mut Problems) -> Vec<String> {
    table.texts(key, problems).into_iter().map(str::to_owned).collect()
}

/// The connections of one address.
const SHARE: &str = "connections_per_address";
/// Certificates of authentication on a CNS.
const CNS_POLICY: &str = "1.3.76.16.2.1";
const AUTHORITY_REMEDY: &str = "name PEM files with the certificates of the authorities that issue cards: those that sign cards \
     themselves, not only their roots";
