//! The main file, section by section.
//!
//! Not the relying parties (`relying_party.rs`) and not an upstream's own section (`saml.rs`).

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use super::card;
use super::listen::{self, BASE_REMEDY};
use super::openid;
use super::relying_party::{Offer, RelyingParties};
use super::saml::{self, Lent};
use super::section::{File, Section};
use super::service_provider::{self, Defaults};
use super::trust_anchor::Anchor;
use super::{
    Config, KeyPlan, Lifetimes, Problems, StateConfig, announcements, audit, calendar, countries,
    delegation, desk_upstream, entitlement, federation, helpdesk, own, persons, registration,
    secret, signing_keys, telephone_pin, trust_anchor,
};
use crate::login::SessionSettings;
use crate::oidc::ClientId;
use crate::state::RedisSettings;
use crate::terms::base_address;
use crate::upstream::settings::CnsConfig;
use crate::upstream::{Cie, SpidOidc, UpstreamConfigs};

const SPID: Defaults = Defaults { upstream: "spid", paths: "/saml", keys: "keys/spid" };
const CIE_SAML: Defaults =
    Defaults { upstream: "cie-saml", paths: "/saml/cie", keys: "keys/cie-saml" };
const CNS: &str = "cns";
const HELPDESK: &str = "helpdesk";
const CIE: openid::Defaults = openid::Defaults {
    upstream: "cie",
    path: "/cie",
    keys: "keys/cie",
    not_before: false,
    encrypts: true,
    tells: Cie::tells,
};
const SPID_OIDC: openid::Defaults = openid::Defaults {
    upstream: "spid-oidc",
    path: "/spid-oidc",
    keys: "keys/spid-oidc",
    not_before: true,
    encrypts: false,
    tells: SpidOidc::tells,
};
const EIDAS: Defaults = Defaults { upstream: "eidas", paths: "/saml/eidas", keys: "keys/eidas" };

/// Reads the main file, and the relying parties if they are wanted too; `None` when something that
/// everything needs is missing.
pub(super) fn read(file: &File<'_>, with_clients: bool, problems: &mut Problems) -> Option<Config> {
    let root = file.root();
    let issuer = issuer(&root, problems);
    let development =
        root.word("environment", &[("production", false), ("development", true)], problems);
    let (listen, mutual_tls) = listen::read(file, &root, problems);
    let secrets = root.section("secrets", problems);
    let sealing = secret::read(file, &secrets, "sealing", 32, problems);
    let pairwise = secret::read(file, &secrets, "pairwise", 32, problems);
    secrets.finish(problems);
    let ring = signing_keys::read(file, &root, problems);
    let state = state(file, &root, problems);
    let lifetimes = lifetimes(&root, problems);
    let session = session(&root, development.unwrap_or(false), problems);
    let dpop = root.section("dpop", problems);
    let dpop_nonces = dpop.flag("nonces", false, problems);
    dpop.finish(problems);
    let log = root.section("log", problems);
    let filter = log.optional_text("filter", problems).unwrap_or("info").to_owned();
    log.finish(problems);

    let anchors = trust_anchor::read(file, &root, development.unwrap_or(false), problems);
    let place = (issuer.as_deref(), development);
    let (on, configs) = upstreams(file, &root, place, &anchors, problems);
    let sources = entitlement::read(file, &root, development.unwrap_or(false), problems);
    let registry = persons::registry(file, &root, problems);
    let persons = persons::read(file, &root, development.unwrap_or(false), problems);
    let folder = root.optional_text("relying_parties", problems).unwrap_or("relying-parties");
    let mut calendar = calendar::named(file, &root, problems);
    // What it says of relying parties is checked later: their files take their words from here.
    calendar.open(&|_, _, _| (), problems);
    let offer = Offer {
        calendar: Arc::clone(calendar.current()),
        development: development.unwrap_or(false),
        sources: entitlement::names(&root, problems),
        certificates: root.has("mtls"),
        // What is wrong with the table was told where it stands.
        authorities: mutual_tls.as_ref().is_none_or(|it| it.authorities.is_some()),
        persons: persons.offer(),
        ..Offer::of(on, &configs)
    };
    let registration = registration::read(&root, &offer, problems);
    let delegation = delegation::read(&root, problems);
    let telephone_pins = telephone_pin::read(&root, problems);
    let audit = audit::read(file, &root, problems);
    let countries = countries::named(file, &root, problems);
    let desk = (issuer.as_deref().unwrap_or_default(), development.unwrap_or(false));
    let helpdesk = helpdesk::read(file, &root, desk, problems);
    let found = federation::Read {
        issuer: issuer.as_deref(),
        development: development.unwrap_or(false),
        anchors: &anchors,
        offer: &offer,
    };
    let federation = federation::read(file, &root, &found, problems);
    let mut announcements = announcements::named(file, &root, problems);
    let own = own::read(&root, problems);
    let mut relying_parties = RelyingParties::new(file.beside(folder), offer);
    if with_clients {
        relying_parties.open(problems);
        let issuer = issuer.as_deref().unwrap_or_default();
        own::check(&root, &own, (issuer, &relying_parties), problems);
        let known: HashSet<&ClientId> =
            relying_parties.clients().map(|client| &client.id).collect();
        let knows = |id: &ClientId| known.contains(id);
        calendar.check(
            &|path, read, problems| calendar::strangers(path, read, &knows, problems),
            problems,
        );
        announcements::open(&mut announcements, &knows, calendar.current(), problems);
    }
    root.finish(problems);
    Some(Config {
        issuer: issuer?,
        development: development?,
        listen: listen?,
        mutual_tls,
        sealing: sealing?,
        pairwise: pairwise?,
        keys: ring,
        state: state?,
        lifetimes,
        session,
        dpop_nonces,
        log: filter,
        calendar,
        relying_parties,
        announcements,
        countries,
        registry: registry?,
        registration,
        audit,
        telephone_pins,
        delegation,
        helpdesk,
        federation,
        entitlements: sources,
        persons,
        own,
        upstreams: configs,
    })
}

/// `[upstream.…]`: the names of those that are switched on, in the order of the page, and what configures
/// them.
fn upstreams(
    file: &File<'_>,
    root: &Section<'_>,
    (issuer, development): (Option<&str>, Option<bool>),
    anchors: &BTreeMap<String, Option<Anchor>>,
    problems: &mut Problems,
) -> (Vec<&'static str>, UpstreamConfigs) {
    let upstreams = root.section("upstream", problems);
    let mut on = Vec::new();
    let mut read = |defaults: &Defaults, lent: Lent<'_>| {
        let section = upstreams.section(defaults.upstream, problems);
        if !section.present() {
            return None;
        }
        on.push(defaults.upstream);
        let place = (issuer.unwrap_or(""), development.unwrap_or(false));
        saml::read(file, &section, defaults, place, lent, problems)
    };
    let mut spid = read(&SPID, Lent::Nothing);
    let cie_saml = read(&CIE_SAML, Lent::Nothing);
    let lent = match &mut spid {
        Some(spid) => Lent::Bodies(spid),
        None if upstreams.has(SPID.upstream) => Lent::Broken,
        None => Lent::Nothing,
    };
    let eidas = read(&EIDAS, lent);
    let cns = cards(file, root, &upstreams, development.unwrap_or(false), problems);
    let place = (issuer.unwrap_or(""), development.unwrap_or(false));
    let mut federated = |defaults: &openid::Defaults| {
        let section = upstreams.section(defaults.upstream, problems);
        let present = section.present();
        present.then(|| openid::read(file, &section, defaults, place, anchors, problems)).flatten()
    };
    let (cie, spid_oidc) = (federated(&CIE), federated(&SPID_OIDC));
    for name in [SPID_OIDC.upstream, CIE.upstream, CNS].into_iter().filter(|one| upstreams.has(one))
    {
        on.insert(on.iter().position(|name| *name == EIDAS.upstream).unwrap_or(on.len()), name);
    }
    let section = upstreams.section(HELPDESK, problems);
    let helpdesk = if section.present() {
        on.push(HELPDESK);
        desk_upstream::upstream(file, &section, issuer.unwrap_or(""), problems)
    } else {
        None
    };
    section.finish(problems);
    let configs = UpstreamConfigs { spid, cie_saml, cie, spid_oidc, cns, eidas, helpdesk };
    if on.is_empty() {
        upstreams.wrong(
            problems,
            "spid",
            "no upstream is switched on",
            "add a section [upstream.spid], [upstream.cie], [upstream.cie-saml], [upstream.cns] or [upstream.eidas]",
        );
    }
    upstreams.finish(problems);
    (on, configs)
}

/// `[upstream.cns]`, if it is there; the listener where cards are shown must be there with it.
fn cards(
    file: &File<'_>,
    root: &Section<'_>,
    upstreams: &Section<'_>,
    development: bool,
    problems: &mut Problems,
) -> Option<CnsConfig> {
    let section = upstreams.section(CNS, problems);
    let listens = root.section("listen", problems).has(CNS);
    if section.present() != listens {
        section.wrong(
            problems,
            "url",
            "needs both [upstream.cns] and [listen.cns], and one of them is missing",
            "add the other one, or remove both",
        );
    }
    if !section.present() {
        return None;
    }
    let config = card::upstream(file, &section, development, problems);
    section.finish(problems);
    config
}

/// The parts that say where keys go, and nothing that needs a key.
pub(super) fn key_plan(file: &File<'_>, problems: &mut Problems) -> Option<KeyPlan> {
    let root = file.root();
    let issuer = issuer(&root, problems)?;
    let ring = signing_keys::read(file, &root, problems);
    let upstreams = root.section("upstream", problems);
    let mut certificates = Vec::new();
    for defaults in [&SPID, &CIE_SAML, &EIDAS] {
        let section = upstreams.section(defaults.upstream, problems);
        // The eIDAS node knows us by SPID's metadata unless the section describes a body of its own.
        let shares = defaults.upstream == EIDAS.upstream
            && !section.has("organization")
            && !section.has("tenant");
        if section.present() && !shares {
            let named = service_provider::named(&section, problems);
            for body in service_provider::bodies(&section, &named) {
                let plan =
                    service_provider::certificate_plans(file, body, defaults, &issuer, problems);
                certificates.extend(plan.into_iter().flatten());
            }
        }
    }
    let mut entity_keys = Vec::new();
    for defaults in [&CIE, &SPID_OIDC] {
        let section = upstreams.section(defaults.upstream, problems);
        let named = service_provider::named(&section, problems);
        let own = section.present() && (named.is_empty() || section.has("organization"));
        let bodies = own.then_some((service_provider::DEFAULT, &section)).into_iter();
        for body in bodies.chain(named.iter().map(|(name, body)| (*name, body))) {
            entity_keys.extend(openid::plan(file, body, defaults, problems));
        }
    }
    let federation = root.section("federation", problems);
    if federation.present() {
        entity_keys.extend(federation::key_files(file, &federation, problems));
    }
    Some(KeyPlan { ring, certificates, entity_keys })
}

fn issuer(root: &Section<'_>, problems: &mut Problems) -> Option<String> {
    let text = root.text("issuer", BASE_REMEDY, problems)?;
    if let Err(wrong) = base_address(text) {
        root.wrong(problems, "issuer", wrong, BASE_REMEDY);
        return None;
    }
    Some(text.to_owned())
}

fn state(file: &File<'_>, root: &Section<'_>, problems: &mut Problems) -> Option<StateConfig> {
    let section = root.section("state", problems);
    let redis = section.word("kind", &[("memory", false), ("redis", true)], problems)?;
    let state = if redis {
        let url = secret::read(file, &section, "url", 8, problems).and_then(|url| {
            let text = std::str::from_utf8(secrecy::ExposeSecret::expose_secret(&url))
                .ok()
                .map(str::to_owned);
            let known = [
                "redis://",
                "rediss://",
                "redis+sentinel://",
                "rediss+sentinel://",
                "redis+cluster://",
                "rediss+cluster://",
            ];
            let good = text.filter(|text| known.iter().any(|scheme| text.starts_with(scheme)));
            if good.is_none() {
                section.wrong(
                    problems,
                    "url",
                    "is not a Redis address",
                    "use redis://, rediss://, redis+sentinel://, redis+cluster:// (or rediss+…)",
                );
            }
            good
        });
        let ca_pem = section.optional_text("ca_file", problems).and_then(|path| {
            let octets = std::fs::read(file.beside(path));
            if octets.is_err() {
                section.wrong(
                    problems,
                    "ca_file",
                    "cannot be read",
                    "name the PEM file of the server's certificate authority",
                );
            }
            octets.ok()
        });
        let prefix = section.optional_text("prefix", problems).unwrap_or("varco").to_owned();
        let timeout =
            Duration::from_millis(section.number("timeout_ms", 500, 10..=30_000, problems));
        url.map(|url| StateConfig::Redis(RedisSettings { url, prefix, timeout, ca_pem }))
    } else {
        let capacity = section.number("capacity", 500_000, 100..=100_000_000, problems);
        Some(StateConfig::Memory { capacity: usize::try_from(capacity).ok()? })
    };
    section.finish(problems);
    state
}

fn lifetimes(root: &Section<'_>, problems: &mut Problems) -> Lifetimes {
    let section = root.section("lifetimes", problems);
    let lifetimes = Lifetimes {
        login: Duration::from_secs(section.number("login_seconds", 1200, 60..=3600, problems)),
        code: Duration::from_secs(section.number("code_seconds", 60, 5..=60, problems)),
        pushed: Duration::from_secs(section.number("pushed_seconds", 60, 5..=600, problems)),
        token: Duration::from_secs(section.number("token_seconds", 300, 30..=3600, problems)),
        refresh: Duration::from_hours(
            24 * section.number("refresh_token_days", 30, 1..=365, problems),
        ),
    };
    section.finish(problems);
    lifetimes
}

fn session(root: &Section<'_>, development: bool, problems: &mut Problems) -> SessionSettings {
    let section = root.section("session", problems);
    let hosts = section.texts("allow_hosts", problems);
    let settings = SessionSettings {
        idle: Duration::from_secs(section.number("idle_seconds", 1800, 60..=43_200, problems)),
        lives: Duration::from_secs(section.number("seconds", 28_800, 60..=43_200, problems)),
        check_iframe: section.flag("check_session_iframe", false, problems),
        private_hosts: hosts.into_iter().map(str::to_owned).collect(),
        development,
    };
    section.finish(problems);
    settings
}
