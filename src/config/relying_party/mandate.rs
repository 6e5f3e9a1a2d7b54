//! What an operator grants a relying party beside its registration: `serves` and `[[token_exchange]]`.
//!
//! Not metadata: none of it can be registered by protocol.

use super::super::Problems;
use super::super::section::Section;
use crate::oidc::ClientId;
use crate::oidc::client::{Exchange, Mandate, Protocol};

/// The two keys, against what the client registered.
pub(super) fn read(
    root: &Section<'_>,
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
    Mandate { serves, exchanges, ..Mandate::default() }
}

/// Absolute URIs without a fragment (RFC 8707, section 2).
fn uris(section: &Section<'_>, key: &str, problems: &mut Problems) -> Vec<String> {
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
