//! What an operator grants a relying party beside its registration: `serves`, `[[token_exchange]]`,
//! `[matching]` and `first_login`.
//!
//! Not metadata: none of it can be registered by protocol.

use super::super::Problems;
use super::super::section::Section;
use super::Offer;
use crate::oidc::ClientId;
use crate::oidc::client::{Exchange, Mandate, MatchingMode, MatchingPolicy, Protocol};

/// The keys, against what the client registered and what the broker does.
pub(super) fn read(
    root: &Section<'_>,
    offer: &Offer,
    protocol: Option<&Protocol>,
    problems: &mut Problems,
) -> Mandate {
    let serves = uris(root, "serves", problems);
    let tables = root.sections("token_exchange", problems);
    let registered = protocol.map(|protocol| protocol.grants.token_exchange);
    match (registered, tables.is_empty()) {
        (Some(true), true) => root.wrong(
            problems,
            "token_exchange",
            "is missing: the client may exchange tokens, and nobody's",
            "add [[token_exchange]] with client and resources, or leave the grant type out",
        ),
        (Some(false), false) => root.wrong(
            problems,
            "token_exchange",
            "stands without the grant type",
            "add \"urn:ietf:params:oauth:grant-type:token-exchange\" to grant_types",
        ),
        _ => {}
    }
    let exchange = |table: &Section<'_>, problems: &mut Problems| {
        let name = table.text("client", CLIENT, problems);
        let client = name.and_then(ClientId::parse);
        if name.is_some() && client.is_none() {
            table.wrong(problems, "client", "is not a client_id", CLIENT);
        }
        let resources = uris(table, "resources", problems);
        if resources.is_empty() {
            table.wrong(problems, "resources", "is missing or empty", RESOURCES);
        }
        table.finish(problems);
        client.map(|client| Exchange { client, resources })
    };
    let exchanges = tables.iter().filter_map(|table| exchange(table, problems)).collect();
    let matching = matching(root, offer, problems);
    let first_login = root.flag("first_login", false, problems);
    if first_login && !offer.persons.first_logins {
        let remedy = "write record = true under [first_login] in the broker's file";
        root.wrong(problems, "first_login", "is true, and first logins are not recorded", remedy);
    }
    let named = root.texts("contact_centre_of", problems);
    if named.iter().any(|name| ClientId::parse(name).is_none()) {
        let remedy = "list the client_id of each service whose calls it answers";
        root.wrong(problems, "contact_centre_of", "holds something that is no client_id", remedy);
    }
    let contact_centre_of = named.into_iter().map(str::to_owned).collect();
    Mandate { serves, exchanges, matching, first_login, contact_centre_of }
}

/// Whether people from other states are asked for their fiscal code. What nobody could answer well is not
/// asked.
fn matching(root: &Section<'_>, offer: &Offer, problems: &mut Problems) -> MatchingPolicy {
    let section = root.section("matching", problems);
    let modes = [
        ("off", MatchingMode::Off),
        ("offer", MatchingMode::Offer),
        ("require", MatchingMode::Require),
    ];
    let mode = section.word("mode", &modes, problems).unwrap_or_default();
    let accept_self_declared = section.flag("accept_self_declared", false, problems);
    if mode != MatchingMode::Off {
        match offer.persons.matching {
            None => {
                let wrong = "asks for fiscal codes, and the broker matches nobody";
                section.wrong(problems, "mode", wrong, "add [matching] to the broker's file");
            }
            Some(false) if !accept_self_declared => {
                let wrong = "asks for fiscal codes that nobody verifies, and takes no others";
                let remedy = "add [matching.verifier] to the broker's file, or write \
                              accept_self_declared = true";
                section.wrong(problems, "mode", wrong, remedy);
            }
            Some(_) => {}
        }
    }
    section.finish(problems);
    MatchingPolicy { mode, accept_self_declared }
}

/// Absolute URIs without a fragment (RFC 8707, section 2).
fn uris(section: &Section<'_>, key: &'static str, problems: &mut Problems) -> Vec<String> {
    let uris: Vec<String> = section.texts(key, problems).into_iter().map(str::to_owned).collect();
    for uri in &uris {
        if url::Url::parse(uri).is_err() || uri.contains('#') {
            let wrong = format!("{uri:?} is not an absolute URI without a fragment");
            section.wrong(problems, key, wrong, RESOURCES);
        }
    }
    uris
}

const CLIENT: &str = "write the client_id of the relying party whose tokens are exchanged";
const RESOURCES: &str = "list the absolute URIs of the resource servers";
