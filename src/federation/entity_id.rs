//! The name of an entity, which is also its address (OpenID Federation 1.0, section 1.2).
//!
//! Not an address that is normalised: a name is opaque and compared octet for octet, so `…/rp` and `…/rp/`
//! are two entities. A text that an address parser would write differently is no name here, so that nobody
//! has one entity under two names.

#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::Arc;

use url::{Host, Url};

/// Octets of the longest name.
const LONGEST: usize = 2048;

/// Why a text names no entity; each is the end of a sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EntityIdFault {
    /// No address at all, or longer than 2048 octets.
    #[error("is not an address")]
    Address,
    /// Another scheme; http is for this machine, while developing.
    #[error("is not https")]
    Scheme,
    /// More than host, port and path.
    #[error("has a query, a fragment or a user name")]
    Extra,
    /// Upper case in the host, a default port, dot segments, a trailing dot, signs that are not ASCII.
    #[error("is not written as address parsers write it")]
    Form,
}

/// Name of an entity: `client_id` of a relying party, `issuer` of a provider.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EntityId(Arc<str>);

impl EntityId {
    /// Reads a name. `development` allows http to this machine.
    ///
    /// # Errors
    /// [`EntityIdFault`].
    pub fn parse(text: &str, development: bool) -> Result<Self, EntityIdFault> {
        if text.len() > LONGEST {
            return Err(EntityIdFault::Address);
        }
        let url = Url::parse(text).map_err(|_| EntityIdFault::Address)?;
        let this_machine = match url.host().ok_or(EntityIdFault::Address)? {
            Host::Domain(name) => name == "localhost",
            Host::Ipv4(address) => address.is_loopback(),
            Host::Ipv6(address) => address.is_loopback(),
        };
        if url.scheme() != "https" && !(url.scheme() == "http" && development && this_machine) {
            return Err(EntityIdFault::Scheme);
        }
        let user = !url.username().is_empty() || url.password().is_some();
        if user || url.query().is_some() || url.fragment().is_some() {
            return Err(EntityIdFault::Extra);
        }
        let same = url.as_str() == text || url.as_str().strip_suffix('/') == Some(text);
        if !same || url.host_str().is_none_or(|host| host.ends_with('.')) {
            return Err(EntityIdFault::Form);
        }
        Ok(Self(text.into()))
    }

    /// The name as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Where its configuration is: one trailing slash gives way to the well-known path, which is appended
    /// and not inserted as in RFC 8414 (section 9).
    #[must_use]
    pub fn configuration_url(&self) -> String {
        let base = self.0.strip_suffix('/').unwrap_or(&self.0);
        format!("{base}/.well-known/openid-federation")
    }

    /// Its host, if that is a name and no number: what naming constraints are about (RFC 5280, section
    /// 4.2.1.10).
    #[must_use]
    pub fn host_name(&self) -> Option<String> {
        match Url::parse(&self.0).ok()?.host()? {
            Host::Domain(name) => Some(name.to_owned()),
            Host::Ipv4(_) | Host::Ipv6(_) => None,
        }
    }
}

impl fmt::Display for EntityId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for EntityId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EntityId({})", self.0)
    }
}
