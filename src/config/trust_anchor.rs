//! `[trust_anchor.<name>]`: a federation that is trusted, and the keys of its anchor.
//!
//! Not learned: the keys come out of band, in a file, and what the anchor publishes is believed under them
//! alone (OpenID Federation 1.0, section 4).

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Problems;
use super::section::{File, Section};
use crate::crypto::jwk::PublicKeys;
use crate::federation::{AskStatus, Dialect, EntityId, TrustAnchor};

/// An anchor with the hosts of its federation that may have a private address.
#[derive(Clone, Debug)]
pub(super) struct Anchor {
    pub(super) anchor: TrustAnchor,
    pub(super) private: Vec<String>,
}

/// Every anchor by its name; one whose table is wrong is `None`.
pub(super) fn read(
    file: &File<'_>,
    root: &Section<'_>,
    development: bool,
    problems: &mut Problems,
) -> BTreeMap<String, Option<Anchor>> {
    let all = root.section("trust_anchor", problems);
    let mut anchors = BTreeMap::new();
    for name in all.keys() {
        let table = all.section(name, problems);
        anchors.insert(name.to_owned(), one(file, &table, development, problems));
        table.finish(problems);
    }
    anchors
}

fn one(
    file: &File<'_>,
    table: &Section<'_>,
    development: bool,
    problems: &mut Problems,
) -> Option<Anchor> {
    let id = entity(table, "id", development, problems);
    let keys = pinned(file, table, problems);
    let words = Dialect::ALL.map(|dialect| (dialect.name(), dialect));
    let dialect = table.word("dialect", &words, problems);
    let mark_status = table.word("mark_status", &AskStatus::ALL, problems);
    let auto_roll = table.flag("auto_roll", false, problems);
    let private = table.texts("allow_hosts", problems).into_iter().map(str::to_owned).collect();
    let required = table.section("required_marks", problems);
    let mut marks = BTreeMap::new();
    for kind in required.keys() {
        let types = required.texts(kind, problems).into_iter().map(str::to_owned).collect();
        marks.insert(kind.to_owned(), types);
    }
    required.finish(problems);
    let anchor = TrustAnchor {
        id: id?,
        keys: keys?,
        dialect: dialect?,
        marks,
        mark_status: mark_status?,
        auto_roll,
    };
    Some(Anchor { anchor, private })
}

/// An entity id, byte for byte.
pub(super) fn entity(
    table: &Section<'_>,
    key: &'static str,
    development: bool,
    problems: &mut Problems,
) -> Option<EntityId> {
    let text = table.text(key, ENTITY, problems)?;
    parsed(table, key, text, development, problems)
}

/// What somebody wrote as an entity id.
pub(super) fn parsed(
    table: &Section<'_>,
    key: &'static str,
    text: &str,
    development: bool,
    problems: &mut Problems,
) -> Option<EntityId> {
    match EntityId::parse(text, development) {
        Ok(id) => Some(id),
        Err(fault) => {
            table.wrong(problems, key, format!("{text:?} {fault}"), ENTITY);
            None
        }
    }
}

fn pinned(
    file: &File<'_>,
    table: &Section<'_>,
    problems: &mut Problems,
) -> Option<Arc<PublicKeys>> {
    let name = table.text("jwks_file", KEYS, problems)?;
    let wrong = match std::fs::read(file.beside(name)) {
        Err(cause) => format!("{name} cannot be read: {cause}"),
        Ok(octets) => match PublicKeys::parse(&octets) {
            Ok(keys) if keys.signature().is_empty() => format!("{name} has no key that signs"),
            Ok(keys) => return Some(Arc::new(keys)),
            Err(fault) => format!("{name}: {fault}"),
        },
    };
    table.wrong(problems, "jwks_file", wrong, KEYS);
    None
}

const ENTITY: &str = "write the entity id byte for byte as it is registered, such as \"https://oidc.registry.servizicie.interno.gov.it\"";
const KEYS: &str = "name a file with the anchor's federation keys as a JWK set, obtained from who runs it and not from its address";
