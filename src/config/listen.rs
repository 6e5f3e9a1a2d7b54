//! The tables `listen` and `mtls`: where connections come in, who we are there, and which certificates
//! of clients count.
//!
//! Not sockets: `app` opens them. A certificate that does not belong to its key is found here, before
//! anything listens.

use std::net::SocketAddr;

use super::Problems;
use super::card::{self, CardListener};
use super::section::{File, Section};
use crate::crypto::authorities::Authorities;
use crate::crypto::tls::{IdentityFault, ServerIdentity};
use crate::provider::MutualTls;
use crate::terms::{TrustedProxies, base_address};

/// Where connections come in: one listener for each purpose.
#[derive(Debug)]
pub struct Listen {
    /// Browsers and relying parties.
    pub public: SocketAddr,
    /// Who we are there; `None`: a proxy ends TLS.
    pub tls: Option<ServerIdentity>,
    /// Relying parties that show a certificate.
    pub mutual: Option<MutualListener>,
    /// People who show a card.
    pub card: Option<CardListener>,
    /// Metrics and health.
    pub operations: SocketAddr,
    /// Whose headers are believed.
    pub proxies: TrustedProxies,
    /// Worker threads of each listener for the public.
    pub workers: usize,
}

/// The listener that asks for a certificate.
#[derive(Debug)]
pub struct MutualListener {
    /// Where it is.
    pub address: SocketAddr,
    /// Who we are there.
    pub identity: ServerIdentity,
    /// Whether a handshake without a certificate fails.
    pub required: bool,
}

/// Reads both tables.
pub(super) fn read(
    file: &File<'_>,
    root: &Section<'_>,
    problems: &mut Problems,
) -> (Option<Listen>, Option<MutualTls>) {
    let table = root.section("listen", problems);
    let public = socket(&table, "public", "0.0.0.0:8080", problems);
    let operations = socket(&table, "operations", "127.0.0.1:9090", problems);
    let workers = table.number("workers", 2, 1..=1024, problems);
    let proxies = proxies(&table, problems);
    let own = table.section("tls", problems);
    let tls = if own.present() { identity(file, &own, problems) } else { None };
    own.finish(problems);
    let asking = table.section("mtls", problems);
    let asks = asking.present();
    let mutual = if asks { mutual(file, &asking, tls.as_ref(), problems) } else { None };
    asking.finish(problems);
    let showing = table.section("cns", problems);
    let card = card::listener(file, &showing, (tls.as_ref(), &proxies), problems);
    if let (Some(card), Some(mutual)) = (&card, &mutual)
        && card.address == mutual.address
        && card.address.port() != 0
    {
        showing.wrong(
            problems,
            "address",
            "is the address of listen.mtls",
            "give each listener an address of its own: one is for relying parties, one for people",
        );
    }
    showing.finish(problems);
    table.finish(problems);

    let certificates = root.section("mtls", problems);
    let mutual_tls = if certificates.present() {
        certificates_of_clients(file, &certificates, (asks, proxies.clone()), problems)
    } else {
        None
    };
    certificates.finish(problems);
    if asks && !certificates.present() {
        root.wrong(
            problems,
            "mtls",
            "is missing, so nobody is told of the listener listen.mtls",
            "add [mtls] with url, the address by which relying parties reach that listener",
        );
    }
    let listen = || {
        let workers = usize::try_from(workers).ok()?;
        let (public, operations) = (public?, operations?);
        Some(Listen { public, tls, mutual, card, operations, proxies, workers })
    };
    (listen(), mutual_tls)
}

fn mutual(
    file: &File<'_>,
    table: &Section<'_>,
    tls: Option<&ServerIdentity>,
    problems: &mut Problems,
) -> Option<MutualListener> {
    let address = socket(table, "address", "0.0.0.0:8443", problems);
    let required =
        table.word("client_certificate", &[("optional", false), ("required", true)], problems);
    let shared = !table.has("certificate_file") && !table.has("key_file");
    let identity = match tls {
        Some(identity) if shared => Some(identity.clone()),
        _ => identity(file, table, problems),
    };
    Some(MutualListener { address: address?, identity: identity?, required: required? })
}

/// `certificate_file` and `key_file`.
pub(super) fn identity(
    file: &File<'_>,
    table: &Section<'_>,
    problems: &mut Problems,
) -> Option<ServerIdentity> {
    let mut octets = |key: &'static str, remedy: &str| {
        let name = table.text(key, remedy, problems)?;
        std::fs::read(file.beside(name))
            .map(zeroize::Zeroizing::new)
            .map_err(|cause| table.wrong(problems, key, format!("cannot be read: {cause}"), remedy))
            .ok()
    };
    let chain = octets("certificate_file", CHAIN_REMEDY);
    let key = octets("key_file", KEY_REMEDY);
    match ServerIdentity::read(&chain?, &key?) {
        Ok(identity) => Some(identity),
        Err(fault) => {
            let (key, remedy) = match fault {
                IdentityFault::NoCertificate => ("certificate_file", CHAIN_REMEDY),
                IdentityFault::KeyMismatch => {
                    ("key_file", "name the key for which certificate_file was issued")
                }
                IdentityFault::NoKey | IdentityFault::Unusable(_) => ("key_file", KEY_REMEDY),
            };
            table.wrong(problems, key, fault.to_string(), remedy);
            None
        }
    }
}

fn proxies(table: &Section<'_>, problems: &mut Problems) -> TrustedProxies {
    let mut proxies = TrustedProxies::default();
    for (at, written) in table.texts("trusted_proxies", problems).into_iter().enumerate() {
        if !proxies.add(written) {
            table.wrong(
                problems,
                "trusted_proxies",
                format!("number {} is neither an address nor a network", at + 1),
                "write \"192.0.2.7\" or \"192.0.2.0/28\": the proxy's own address, as narrow as it is",
            );
        }
    }
    proxies
}

/// The table `mtls`.
fn certificates_of_clients(
    file: &File<'_>,
    table: &Section<'_>,
    (asks, proxies): (bool, TrustedProxies),
    problems: &mut Problems,
) -> Option<MutualTls> {
    if !asks && proxies.is_empty() {
        table.wrong(
            problems,
            "url",
            "is of no use: no certificate of a client can arrive",
            "add [listen.mtls], or name the proxy that asks for certificates in listen.trusted_proxies",
        );
    }
    let url = if asks {
        table.text("url", BASE_REMEDY, problems)
    } else {
        table.optional_text("url", problems)
    };
    if let Some(Err(wrong)) = url.map(base_address) {
        table.wrong(problems, "url", wrong, BASE_REMEDY);
    }
    let authorities = authorities(file, table, problems);
    Some(MutualTls { url: url.map(str::to_owned), proxies, authorities: authorities.ok()? })
}

/// `None` when there is none; `Err` when one of them is of no use.
fn authorities(
    file: &File<'_>,
    table: &Section<'_>,
    problems: &mut Problems,
) -> Result<Option<Authorities>, ()> {
    const KEY: &str = "certificate_authorities";
    let names = table.texts(KEY, problems);
    let mut files = Vec::with_capacity(names.len());
    for name in &names {
        match std::fs::read(file.beside(name)) {
            Ok(octets) => files.push(octets),
            Err(cause) => {
                let wrong = format!("{name} cannot be read: {cause}");
                table.wrong(problems, KEY, wrong, AUTHORITY_REMEDY);
            }
        }
    }
    if files.len() < names.len() {
        return Err(());
    }
    if files.is_empty() {
        return Ok(None);
    }
    match Authorities::read(&files) {
        Ok(authorities) => Ok(Some(authorities)),
        Err((at, fault)) => {
            let name = names.get(at).copied().unwrap_or_default();
            table.wrong(problems, KEY, format!("{name} {fault}"), AUTHORITY_REMEDY);
            Err(())
        }
    }
}

pub(super) fn socket(
    section: &Section<'_>,
    key: &'static str,
    default: &str,
    problems: &mut Problems,
) -> Option<SocketAddr> {
    let text = section.optional_text(key, problems).unwrap_or(default);
    let address = text.parse().ok();
    if address.is_none() {
        section.wrong(
            problems,
            key,
            "is not an address and a port",
            "write \"127.0.0.1:8080\" or \"[::]:8080\"",
        );
    }
    address
}

/// What an address to which paths are added looks like.
pub(super) const BASE_REMEDY: &str =
    "write https://host or https://host/path, without a trailing slash (http only on loopback)";
const CHAIN_REMEDY: &str = "name the PEM file of the certificate chain, the server's own first";
const KEY_REMEDY: &str = "name the PEM file of the certificate's private key (PKCS#8, PKCS#1 or SEC1; RSA, P-256 or P-384)";
const AUTHORITY_REMEDY: &str =
    "name PEM files with the certificates of the authorities that issue to relying parties";
