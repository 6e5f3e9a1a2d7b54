//! A hint that names the way to sign in: an upstream (`spid`) or a provider (its entity ID).
//!
//! Not an obligation: a hint that names nothing offered to this client is ignored, and the person chooses.

use crate::oidc::Client;
use crate::upstream::{Upstreams, Wanted};

/// What a hint names.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Hinted {
    /// The upstream.
    pub(super) upstream: &'static str,
    /// The provider, when the hint names one or the upstream has only one.
    pub(super) provider: Option<String>,
}

/// What `text` names, among the upstreams that `client` accepts.
pub(super) fn resolve(text: &str, client: &Client, upstreams: &Upstreams) -> Option<Hinted> {
    let wanted = Wanted { tenant: &client.tenant, purpose: client.purpose };
    let mut offered = client.upstreams.iter().filter_map(|name| upstreams.get(name));
    // Entity IDs are URIs, upstream names are plain words.
    if text.contains(':') {
        let upstream = offered.find(|upstream| upstream.offers(text, &wanted))?;
        return Some(Hinted { upstream: upstream.name(), provider: Some(text.to_owned()) });
    }
    let upstream = offered.find(|upstream| upstream.name() == text)?;
    Some(Hinted { upstream: upstream.name(), provider: upstream.only(&wanted) })
}
