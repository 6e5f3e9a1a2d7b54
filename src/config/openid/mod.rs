//! An upstream by OpenID Connect: `[upstream.cie]`, `[upstream.spid-oidc]`.
//!
//! Not the federation it belongs to: `trust_anchor.rs` reads that. One section is one federation; each body
//! in it is an entity of its own, with keys of its own.

mod keys;

use std::collections::BTreeMap;
use std::time::Duration;

use super::Problems;
use super::section::{File, Section};
use super::service_provider::{DEFAULT, named};
use super::trust_anchor::{Anchor, parsed};
use crate::crypto::jwe::{ContentEncryption, Encryption, KeyManagement};
use crate::crypto::jwk::SignatureAlgorithm;
use crate::federation::EntityId;
use crate::upstream::settings::{
    Answers, AttributeSet, Audience, Entity, MINIMUM_ATTRIBUTES, OpenIdConfig, Organization, Reach,
};

pub(super) use keys::plan;

/// What differs between the upstreams by OpenID Connect in how they are configured: defaults.
#[derive(Clone, Copy, Debug)]
pub(super) struct Defaults {
    /// Name of the upstream.
    pub(super) upstream: &'static str,
    /// Path of the default body.
    pub(super) path: &'static str,
    /// Folder of the default body's keys.
    pub(super) keys: &'static str,
    /// Whether its rules want `nbf` in ID tokens.
    pub(super) not_before: bool,
    /// Whether its rules let ID tokens be encrypted.
    pub(super) encrypts: bool,
    /// The attributes that it tells.
    pub(super) tells: fn(&str) -> bool,
}

impl Defaults {
    fn below(folder: &str, tenant: &str) -> String {
        if tenant == DEFAULT { folder.to_owned() } else { format!("{folder}/{tenant}") }
    }
}

/// Where the broker is, and whether its neighbours may be on this machine.
pub(super) type Broker<'a> = (&'a str, bool);

/// Reads the section; `None` when something it needs is missing or wrong.
pub(super) fn read(
    file: &File<'_>,
    section: &Section<'_>,
    defaults: &Defaults,
    (issuer, development): Broker<'_>,
    anchors: &BTreeMap<String, Option<Anchor>>,
    problems: &mut Problems,
) -> Option<OpenIdConfig> {
    let anchor = anchor(section, anchors, problems);
    let providers = entities(section, "providers", development, problems);
    let owned = |key, problems: &mut Problems| -> Vec<String> {
        section.texts(key, problems).into_iter().map(str::to_owned).collect()
    };
    let disabled = owned("disabled_providers", problems).into_iter().collect();
    let hosts = owned("provider_hosts", problems);
    let audiences = [("endpoint", Audience::Endpoint), ("issuer", Audience::Issuer)];
    let audience = section.word("client_assertion_audience", &audiences, problems);
    let answers = answers(section, defaults, problems);
    let userinfo_named = section.flag("require_userinfo_issuer", !development, problems);
    let not_before = defaults.not_before && !development;
    let not_before = section.flag("require_id_token_nbf", not_before, problems);
    let force = section.word("force_authn", &[("as-asked", false), ("always", true)], problems);
    let folder = section.optional_text("cache_folder", problems).map(|name| file.beside(name));
    let minutes = section.number("refresh_minutes", 240, 5..=1440, problems);
    let tenants = named(section, problems);
    let own = tenants.is_empty() || section.has("organization");
    let bodies = own.then_some((DEFAULT, section)).into_iter();
    let bodies: Vec<_> = bodies.chain(tenants.iter().map(|(name, body)| (*name, body))).collect();
    let wanted = bodies.len();
    let superior = anchor.as_ref().map(|known| known.anchor.id.clone());
    let read: Vec<Entity> = bodies
        .into_iter()
        .filter_map(|body| {
            entity(file, body, defaults, (issuer, development), superior.as_ref(), problems)
        })
        .collect();
    for (_, body) in &tenants {
        body.finish(problems);
    }
    section.finish(problems);
    let Anchor { anchor, private } = anchor?;
    (read.len() == wanted).then_some(())?;
    Some(OpenIdConfig {
        entities: read,
        anchor,
        providers: providers?,
        disabled,
        reach: Reach { hosts, private, development },
        audience: audience?,
        answers: answers?,
        userinfo_named,
        not_before,
        force: force?,
        folder,
        refresh: Duration::from_mins(minutes),
    })
}

/// How providers sign and encrypt for us.
fn answers(section: &Section<'_>, defaults: &Defaults, problems: &mut Problems) -> Option<Answers> {
    let signatures = SignatureAlgorithm::ITALIAN.map(|one| (one.name(), one));
    let id_token = section.word("id_token_signed_response_alg", &signatures, problems);
    let userinfo = section.word("userinfo_signed_response_alg", &signatures, problems);
    // The key that we publish says RSA-OAEP: userinfo is encrypted with that too.
    let keys = [KeyManagement::RsaOaep].map(|one| (one.name(), Some(one)));
    let keys: Vec<_> = [("none", None)].into_iter().chain(keys).collect();
    let key = section.word("id_token_encrypted_response_alg", &keys, problems);
    let contents = [ContentEncryption::A256CbcHs512, ContentEncryption::A128CbcHs256];
    let contents = contents.map(|one| (one.name(), one));
    let content = section.word("id_token_encrypted_response_enc", &contents, problems);
    let encrypted = matches!(key, Some(Some(_)));
    if encrypted && !defaults.encrypts {
        let key = "id_token_encrypted_response_alg";
        let remedy = "leave it out: SPID's rules let no ID token be encrypted";
        section.wrong(problems, key, "is not for this identity system", remedy);
    }
    if !encrypted && section.has("id_token_encrypted_response_enc") {
        let remedy = "write id_token_encrypted_response_alg = \"RSA-OAEP\" beside it, or remove it";
        section.wrong(problems, "id_token_encrypted_response_enc", "stands alone", remedy);
    }
    let (key, content) = (key?, content?);
    let id_token_encryption = key.map(|key| Encryption { key, content });
    Some(Answers { id_token: id_token?, userinfo: userinfo?, id_token_encryption })
}

fn anchor(
    section: &Section<'_>,
    anchors: &BTreeMap<String, Option<Anchor>>,
    problems: &mut Problems,
) -> Option<Anchor> {
    let remedy = "name one of the tables [trust_anchor.<name>]";
    let name = section.text("trust_anchor", remedy, problems)?;
    let known = anchors.get(name);
    if known.is_none() {
        section.wrong(
            problems,
            "trust_anchor",
            format!("there is no [trust_anchor.{name}]"),
            remedy,
        );
    }
    known.cloned().flatten()
}

/// A list of entity ids; `None` when one of them is none.
fn entities(
    section: &Section<'_>,
    key: &'static str,
    development: bool,
    problems: &mut Problems,
) -> Option<Vec<EntityId>> {
    let texts = section.texts(key, problems);
    let ids: Vec<EntityId> =
        texts.iter().filter_map(|text| parsed(section, key, text, development, problems)).collect();
    (ids.len() == texts.len()).then_some(ids)
}

/// One body; `None` when something it needs is missing or wrong.
fn entity(
    file: &File<'_>,
    (tenant, section): (&str, &Section<'_>),
    defaults: &Defaults,
    (issuer, development): Broker<'_>,
    superior: Option<&EntityId>,
    problems: &mut Problems,
) -> Option<Entity> {
    let default = Defaults::below(defaults.path, tenant);
    let path = section.optional_text("path", problems).unwrap_or(&default).to_owned();
    let sound =
        path.starts_with('/') && !path.ends_with('/') && !path.contains(['?', '#', '{', ' ']);
    if !sound {
        let remedy = "write a path that starts with a slash and does not end with one: \"/cie\"";
        section.wrong(problems, "path", "is not a path", remedy);
    }
    let origin = url::Url::parse(issuer).map(|url| url.origin().ascii_serialization());
    let id = format!("{}{path}", origin.unwrap_or_default());
    let id = parsed(section, "path", &id, development, problems);
    let superiors = if section.has("authority_hints") {
        entities(section, "authority_hints", development, problems)
    } else {
        superior.map(|superior| vec![superior.clone()])
    };
    let organization = organization(section, problems);
    let attribute_sets = attribute_sets(section, defaults, problems);
    let keys = keys::read(file, section, &Defaults::below(defaults.keys, tenant), problems);
    Some(Entity {
        tenant: tenant.to_owned(),
        id: id.filter(|_| sound)?,
        path,
        superiors: superiors?,
        organization: organization?,
        attribute_sets: attribute_sets?,
        keys: keys?,
    })
}

fn organization(section: &Section<'_>, problems: &mut Problems) -> Option<Organization> {
    let table = section.section("organization", problems);
    let remedy = "the federation publishes it (CIE id rules, federation_entity)";
    let mut one = |key| table.text(key, remedy, problems).map(str::to_owned);
    let (name, homepage) = (one("name"), one("homepage_uri"));
    let (policy, logo) = (one("policy_uri"), one("logo_uri"));
    let contacts: Vec<String> =
        table.texts("contacts", problems).into_iter().map(str::to_owned).collect();
    if contacts.is_empty() {
        let remedy = "list an address of electronic mail: the body's certified one, unless the portal wants another";
        table.wrong(problems, "contacts", "is missing or empty", remedy);
    }
    table.finish(problems);
    Some(Organization {
        name: name?,
        homepage: homepage?,
        policy: policy?,
        logo: logo?,
        contacts: (!contacts.is_empty()).then_some(contacts)?,
    })
}

/// `[[…attribute_set]]`; without any, the minimum data set.
fn attribute_sets(
    section: &Section<'_>,
    defaults: &Defaults,
    problems: &mut Problems,
) -> Option<Vec<AttributeSet>> {
    let mut sets: Vec<AttributeSet> = Vec::new();
    let mut sound = true;
    for table in section.sections("attribute_set", problems) {
        let name = table.text("name", "give it a name", problems).unwrap_or_default().to_owned();
        let attributes = table.texts("attributes", problems);
        for unknown in attributes.iter().filter(|name| !(defaults.tells)(name)) {
            let remedy = "write names of docs/reference/cie.md, such as \"fiscalNumber\"";
            table.wrong(problems, "attributes", format!("{unknown:?} is not told"), remedy);
            sound = false;
        }
        if sets.iter().any(|set| set.name == name) {
            table.wrong(problems, "name", "stands twice", "give each set another name");
        }
        sound &= !name.is_empty();
        sets.push(AttributeSet {
            name,
            attributes: attributes.into_iter().map(str::to_owned).collect(),
        });
        table.finish(problems);
    }
    if sets.is_empty() {
        let attributes = MINIMUM_ATTRIBUTES.map(str::to_owned).to_vec();
        sets.push(AttributeSet { name: DEFAULT.to_owned(), attributes });
    }
    sound.then_some(sets)
}
