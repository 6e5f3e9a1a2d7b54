//! The table `federation`: the broker as a provider in federations, and the relying parties that it takes
//! from them.
//!
//! Not the broker as a relying party of CIE: that is another entity, with other keys (`upstream.cie`).

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::Problems;
use super::registration::template;
use super::relying_party::Offer;
use super::section::{File, Section};
use super::trust_anchor::Anchor;
use crate::crypto::certificate::Pem;
use crate::crypto::jose::SigningAlgorithm;
use crate::crypto::signer::{LocalKey, Signer};
use crate::federation::{EntityId, PastKeys, Reach};
use crate::provider::federation::{MembershipSettings, OwnMark, Rule};
use crate::terms::web_address;

/// What the broker is in its federations.
#[derive(Debug)]
pub struct FederationConfig {
    /// The federation keys: the first one signs, all are published. Never one that signs tokens.
    pub keys: Vec<Arc<dyn Signer>>,
    /// Whose relying parties are taken, and where they may be asked for.
    pub federation: crate::federation::Settings,
    /// What it says and demands.
    pub settings: MembershipSettings,
}

/// What was read before.
pub(super) struct Read<'a> {
    pub(super) issuer: Option<&'a str>,
    pub(super) development: bool,
    pub(super) anchors: &'a BTreeMap<String, Option<Anchor>>,
    pub(super) offer: &'a Offer,
}

/// Reads it; `None` without `[federation]`, or when something that it needs is wrong.
pub(super) fn read(
    file: &File<'_>,
    root: &Section<'_>,
    read: &Read<'_>,
    problems: &mut Problems,
) -> Option<Box<FederationConfig>> {
    let section = root.section("federation", problems);
    if !section.present() {
        return None;
    }
    let id = issuer(&section, read, problems);
    let keys = keys(file, &section, problems);
    let mut anchors = anchors(&section, read.anchors, problems);
    let superiors = superiors(&section, read.development, problems);
    let marks = marks(file, &section, problems);
    let metadata = metadata(&section, problems);
    let rules = rules(&section, read.offer, problems);
    demand(&mut anchors, &rules);
    let allowed = anchors.iter().flat_map(|anchor| anchor.private.clone()).collect();
    let anchors = anchors.into_iter().map(|anchor| anchor.anchor).collect();
    let folder = section.optional_text("cache_folder", problems).map(|name| file.beside(name));
    let past_keys = past_keys(file, &section, &keys, problems);
    let explicit = section.flag("explicit_registration", false, problems);
    section.finish(problems);
    let reach = Reach { allowed, development: read.development };
    let settings = MembershipSettings {
        id: id?,
        superiors,
        metadata,
        marks,
        past_keys,
        rules,
        explicit,
        development: read.development,
    };
    let federation = crate::federation::Settings { anchors, reach, folder };
    Some(Box::new(FederationConfig { keys, federation, settings }))
}

/// Where the federation keys are, the one that signs first.
pub(super) fn key_files(
    file: &File<'_>,
    section: &Section<'_>,
    problems: &mut Problems,
) -> Vec<PathBuf> {
    let named = section.texts("key_files", problems);
    let named = if named.is_empty() { vec!["keys/federation/key.pem"] } else { named };
    named.into_iter().map(|name| file.beside(name)).collect()
}

fn keys(file: &File<'_>, section: &Section<'_>, problems: &mut Problems) -> Vec<Arc<dyn Signer>> {
    let mut keys: Vec<Arc<dyn Signer>> = Vec::new();
    for path in key_files(file, section, problems) {
        let der = std::fs::read_to_string(&path).ok();
        let der = der.and_then(|text| Pem::PrivateKey.read(&text).ok());
        let key = der.and_then(|der| {
            let kinds = [SigningAlgorithm::RS256, SigningAlgorithm::ES256];
            kinds.into_iter().find_map(|kind| LocalKey::from_pkcs8(kind, &der).ok())
        });
        match key {
            Some(key) => keys.push(Arc::new(key)),
            None => section.wrong(
                problems,
                "key_files",
                format!("{} is no RSA or P-256 key in PEM that can be read", path.display()),
                "`varco keys generate` makes it",
            ),
        }
    }
    keys
}

/// The issuer is the entity identifier (OpenID Federation 1.0, section 5.1.3).
fn issuer(section: &Section<'_>, read: &Read<'_>, problems: &mut Problems) -> Option<EntityId> {
    EntityId::parse(read.issuer?, read.development)
        .map_err(|fault| {
            let wrong = format!("needs an issuer that is an entity identifier, and it {fault}");
            section.wrong(
                problems,
                "authority_hints",
                wrong,
                "write issuer as https://host or https://host/path",
            );
        })
        .ok()
}

fn anchors(
    section: &Section<'_>,
    known: &BTreeMap<String, Option<Anchor>>,
    problems: &mut Problems,
) -> Vec<Anchor> {
    let named = section.texts("trust_anchors", problems);
    if named.is_empty() {
        section.wrong(problems, "trust_anchors", "is missing or empty", ANCHORS);
    }
    let mut anchors = Vec::new();
    for name in named {
        match known.get(name) {
            Some(Some(anchor)) => anchors.push(anchor.clone()),
            // What is wrong with the table was told where it stands.
            Some(None) => {}
            None => {
                let wrong = format!("there is no table [trust_anchor.{name}]");
                section.wrong(problems, "trust_anchors", wrong, ANCHORS);
            }
        }
    }
    anchors
}

fn superiors(section: &Section<'_>, development: bool, problems: &mut Problems) -> Vec<EntityId> {
    let mut hints = Vec::new();
    for text in section.texts("authority_hints", problems) {
        match EntityId::parse(text, development) {
            Ok(id) => hints.push(id),
            Err(fault) => section.wrong(problems, "authority_hints", fault.to_string(), HINTS),
        }
    }
    if hints.is_empty() {
        section.wrong(problems, "authority_hints", "names no superior", HINTS);
    }
    hints
}

/// The marks that superiors gave us, as they gave them.
fn marks(file: &File<'_>, section: &Section<'_>, problems: &mut Problems) -> Vec<OwnMark> {
    let mut marks = Vec::new();
    for name in section.texts("trust_mark_files", problems) {
        let text = std::fs::read_to_string(file.beside(name)).ok();
        match text.and_then(|text| OwnMark::parse(text.trim())) {
            Some(mark) => marks.push(mark),
            None => section.wrong(
                problems,
                "trust_mark_files",
                format!("{name} is not a readable trust mark"),
                "name a file with the token that the issuer gave out, and nothing else",
            ),
        }
    }
    marks
}

/// Keys that sign no more, as their entity configurations had them, each with its end.
fn past_keys(
    file: &File<'_>,
    section: &Section<'_>,
    keys: &[Arc<dyn Signer>],
    problems: &mut Problems,
) -> Option<PastKeys> {
    let name = section.optional_text("historical_keys_file", problems)?;
    let read = std::fs::read(file.beside(name)).map_err(|cause| cause.to_string());
    let read = read.and_then(|octets| PastKeys::parse(&octets)).and_then(|past| {
        match keys.iter().find(|key| past.names().any(|name| name == key.public().kid())) {
            Some(key) => Err(format!("the key {:?} is in use", key.public().kid())),
            None => Ok(past),
        }
    });
    read.map_err(|wrong| {
        section.wrong(
            problems,
            "historical_keys_file",
            format!("{name}: {wrong}"),
            "write a JWK set of public keys that are in key_files no more, each with kid and exp",
        );
    })
    .ok()
}

/// `federation_entity` of our configuration (section 5.1.1).
fn metadata(section: &Section<'_>, problems: &mut Problems) -> Map<String, Value> {
    let mut metadata = Map::new();
    if let Some(name) = section.text("organization_name", "write the organization's name", problems)
    {
        metadata.insert("organization_name".to_owned(), name.into());
    }
    for member in ["homepage_uri", "policy_uri", "logo_uri"] {
        let Some(address) = section.optional_text(member, problems) else { continue };
        if let Err(wrong) = web_address(address) {
            section.wrong(problems, member, wrong, "write https://host/path");
        }
        metadata.insert(member.to_owned(), address.into());
    }
    let contacts = section.texts("contacts", problems);
    if !contacts.is_empty() {
        metadata.insert("contacts".to_owned(), contacts.into());
    }
    metadata
}

/// `[[federation.clients]]`: the first one whose marks a relying party holds is its own.
fn rules(section: &Section<'_>, offer: &Offer, problems: &mut Problems) -> Vec<Rule> {
    let tables = section.sections("clients", problems);
    if tables.is_empty() {
        section.wrong(
            problems,
            "clients",
            "is missing",
            "write [[federation.clients]] with scopes, upstreams and branding, and trust_marks if marks are required",
        );
    }
    let mut rules = Vec::new();
    for table in tables {
        let marks = table.texts("trust_marks", problems).into_iter().map(str::to_owned).collect();
        let template = template(&table, offer, problems);
        table.finish(problems);
        rules.extend(template.map(|template| Rule { marks, template }));
    }
    rules
}

/// Where every rule wants a mark, a chain without one is no chain: marks are verified with it.
fn demand(anchors: &mut [Anchor], rules: &[Rule]) {
    if rules.iter().any(|rule| rule.marks.is_empty()) {
        return;
    }
    let wanted: Vec<String> = rules.iter().flat_map(|rule| rule.marks.clone()).collect();
    for anchor in anchors {
        let role = "openid_relying_party".to_owned();
        anchor.anchor.marks.entry(role).or_insert_with(|| wanted.clone());
    }
}

const ANCHORS: &str = "name tables [trust_anchor.<name>] whose relying parties are taken";
const HINTS: &str = "list the entity identifiers of the superiors: [\"https://anchor\"]";
