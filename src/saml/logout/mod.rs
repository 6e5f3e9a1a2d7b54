//! Single logout (saml-profiles, section 4.4; saml-core, section 3.7): messages out, checked
//! messages in, by HTTP-Redirect and by HTTP-POST.
//!
//! Not sessions: whoever holds them ends them. A message is read in this order: binding, form,
//! whose it claims to be, that provider's signature over it, the rules of `checks.rs`. Nothing of an
//! unverified message is used but its Issuer, and that only to see whose keys to try.

mod checks;
mod rejection;
mod write;

use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use self::checks::{Claimed, Expected};
use super::binding::Query;
use super::metadata::provider::Provider;
use super::response::MOST_ENCODED;
use super::{names, reading};
use crate::effects::Timestamp;
use crate::saml::answer::NameId;
use crate::xml::{
    Document, Limits, Node, Position, check_signature_places, elements, is, only_child, utf8,
    verify_enveloped,
};

pub use rejection::{Rejected, Rejection};
pub use write::{LogoutRequest, LogoutResponse};

/// How long a logout message is good for: both ways it takes one trip of a browser.
pub const LIVES: Duration = Duration::from_mins(5);

/// The longest `RelayState` (bindings 3.4.3).
pub const MOST_RELAY_STATE: usize = 80;

/// A message as the browser carried it.
#[derive(Clone, Copy, Debug)]
pub enum Carried<'m> {
    /// HTTP-Redirect: the query as received, not decoded.
    Redirected(&'m str),
    /// HTTP-POST: the decoded fields, doubles kept.
    Posted(&'m [(String, String)]),
}

/// A message of the provider that it says it is from.
#[derive(Debug)]
pub enum Verified {
    /// The provider asks to end sessions.
    Request(VerifiedRequest),
    /// The provider answers a request of ours.
    Response(VerifiedResponse),
}

/// A `LogoutRequest` that fits every rule. Only [`accept`] makes one.
pub struct VerifiedRequest {
    id: String,
    provider: String,
    name_id: String,
    session_indexes: Vec<String>,
    relay_state: String,
    posted: bool,
    expires_at: Timestamp,
}

impl VerifiedRequest {
    /// Its `ID`: single use.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Entity ID of the provider that signed it.
    #[must_use]
    pub fn provider(&self) -> &str {
        &self.provider
    }

    /// Under which name the provider knows the person.
    #[must_use]
    pub fn name_id(&self) -> &str {
        &self.name_id
    }

    /// Which sessions; none: all of that name.
    #[must_use]
    pub fn session_indexes(&self) -> &[String] {
        &self.session_indexes
    }

    /// To be sent back unchanged; empty when there was none.
    #[must_use]
    pub fn relay_state(&self) -> &str {
        &self.relay_state
    }

    /// Whether it came by HTTP-POST.
    #[must_use]
    pub const fn was_posted(&self) -> bool {
        self.posted
    }

    /// From when on it is refused for its age: its `ID` must be remembered until then.
    #[must_use]
    pub const fn expires_at(&self) -> Timestamp {
        self.expires_at
    }
}

/// No name of a person by way of `{:?}`.
impl std::fmt::Debug for VerifiedRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("VerifiedRequest")
            .field("id", &self.id)
            .field("provider", &self.provider)
            .finish_non_exhaustive()
    }
}

/// A `LogoutResponse` that fits every rule but the one that needs the request. Only [`accept`]
/// makes one.
#[derive(Debug)]
pub struct VerifiedResponse {
    provider: String,
    in_response_to: String,
    relay_state: String,
    success: bool,
}

impl VerifiedResponse {
    /// What came back with it; empty when nothing did.
    #[must_use]
    pub fn relay_state(&self) -> &str {
        &self.relay_state
    }

    /// Whether the provider ended its session, when this answers the request `id` to `provider`.
    /// Any status but `Success` (`PartialLogout` among them) says that it did not.
    ///
    /// # Errors
    /// [`Rejection::InResponseTo`] when it answers another request, or another provider sent it.
    pub fn outcome_of(&self, id: &str, provider: &str) -> Result<bool, Rejected> {
        if self.in_response_to == id && self.provider == provider {
            Ok(self.success)
        } else {
            let clause = "LogoutResponse/@InResponseTo is the ID of the request (profiles 4.4.4.2)";
            Err(Rejected::new(Rejection::InResponseTo, clause))
        }
    }
}

/// Reads a message that arrived at `location`, an address of ours. `usable` looks a provider up by
/// its entity ID and says no for those that are not to be used.
///
/// # Errors
/// The first cause in the order of reading.
pub fn accept(
    carried: Carried<'_>,
    location: &str,
    usable: impl FnOnce(&str) -> Option<Arc<Provider>>,
    now: Timestamp,
) -> Result<Verified, Rejected> {
    let posted = matches!(carried, Carried::Posted(_));
    let (parameter, provider, claimed, relay_state) = match carried {
        Carried::Redirected(query) => redirected(query, usable)?,
        Carried::Posted(fields) => from_form(fields, usable)?,
    };
    if relay_state.len() > MOST_RELAY_STATE {
        return Err(malformed("RelayState is at most 80 octets (bindings 3.4.3)"));
    }
    let provider = provider.entity_id.clone();
    let expected = Expected { provider: &provider, location, now };
    if parameter == Parameter::Request {
        checks::request(&claimed, &expected)?;
    } else {
        checks::response(&claimed, &expected)?;
    }
    let issued_at = checks::issued(&claimed).ok_or_else(unreadable)?;
    let Claimed { envelope, name_ids, session_indexes, .. } = claimed;
    Ok(match parameter {
        Parameter::Request => Verified::Request(VerifiedRequest {
            id: envelope.id.ok_or_else(unreadable)?,
            provider,
            name_id: name_ids.into_iter().next().ok_or_else(unreadable)?.text,
            session_indexes,
            relay_state,
            posted,
            expires_at: checks::ends(issued_at),
        }),
        Parameter::Response => Verified::Response(VerifiedResponse {
            provider,
            in_response_to: envelope.in_response_to.ok_or_else(unreadable)?,
            relay_state,
            success: envelope.status.and_then(|status| status.code).as_deref()
                == Some(names::STATUS_SUCCESS),
        }),
    })
}

/// Which of the two parameters carried it: it decides which element must be inside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Parameter {
    Request,
    Response,
}

impl Parameter {
    fn named(name: &str) -> Option<Self> {
        match name {
            names::SAML_REQUEST => Some(Self::Request),
            names::SAML_RESPONSE => Some(Self::Response),
            _ => None,
        }
    }

    const fn element(self) -> &'static str {
        match self {
            Self::Request => "LogoutRequest",
            Self::Response => "LogoutResponse",
        }
    }
}

type Read = (Parameter, Arc<Provider>, Claimed, String);

/// HTTP-Redirect: the signature is over the query, so the message has none inside.
fn redirected(
    query: &str,
    usable: impl FnOnce(&str) -> Option<Arc<Provider>>,
) -> Result<Read, Rejected> {
    let query = Query::split(query)?;
    let parameter = Parameter::named(query.parameter())
        .ok_or_else(|| malformed("the first parameter is SAMLRequest or SAMLResponse"))?;
    let provider = {
        let document = Document::parse(query.unverified(), &Limits::MESSAGE)?;
        check_signature_places(&document, &[])?;
        whose(document.root(), parameter, usable)?
    };
    let verified = query.verify(&provider.keys)?;
    let document = Document::parse(&verified.message, &Limits::MESSAGE)?;
    let claimed = read(document.root(), parameter)?;
    Ok((parameter, provider, claimed, verified.relay_state.unwrap_or_default()))
}

/// HTTP-POST: the signature stands in the message, and only what it covers is read.
fn from_form(
    fields: &[(String, String)],
    usable: impl FnOnce(&str) -> Option<Arc<Provider>>,
) -> Result<Read, Rejected> {
    let mut messages =
        fields.iter().filter_map(|(name, value)| Some((Parameter::named(name)?, value)));
    let (Some((parameter, encoded)), None) = (messages.next(), messages.next()) else {
        return Err(malformed("the form has one SAMLRequest or SAMLResponse (bindings 3.5.4)"));
    };
    let mut states = fields.iter().filter(|(name, _)| name == "RelayState");
    let relay_state = states.next().map(|(_, value)| value.clone()).unwrap_or_default();
    if states.next().is_some() {
        return Err(malformed("the form has one RelayState (bindings 3.5.3)"));
    }
    if encoded.len() > MOST_ENCODED {
        return Err(malformed("the message is longer than 256 KiB"));
    }
    let dense: String = encoded.split_ascii_whitespace().collect();
    let octets =
        STANDARD.decode(dense).map_err(|_| malformed("the message is base64 (bindings 3.5.4)"))?;
    let document = Document::parse(utf8(&octets)?, &Limits::MESSAGE)?;
    let root = document.root();
    let provider = whose(root, parameter, usable)?;
    check_signature_places(&document, &[root])?;
    let place = Position::AfterIssuer;
    let signed = verify_enveloped(&document, root, place, &provider.keys, &mut Vec::new())?;
    let claimed = read(signed.read()?.root(), parameter)?;
    Ok((parameter, provider, claimed, relay_state))
}

/// Whose keys to try: those of the provider that the message claims to be from.
fn whose(
    root: Node<'_, '_>,
    parameter: Parameter,
    usable: impl FnOnce(&str) -> Option<Arc<Provider>>,
) -> Result<Arc<Provider>, Rejected> {
    if !is(root, names::PROTOCOL, parameter.element()) {
        return Err(malformed("the root is the message that the parameter names (core 3.7)"));
    }
    let issuer = only_child(root, names::ASSERTION, "Issuer")?
        .ok_or_else(|| malformed("there is an Issuer (profiles 4.4.4.1)"))?;
    usable(&reading::text(issuer)?)
        .ok_or_else(|| Rejected::new(Rejection::Issuer, "Issuer is a provider that may be used"))
}

/// The message; `root` is the root of what was signed.
fn read(root: Node<'_, '_>, parameter: Parameter) -> Result<Claimed, Rejected> {
    if !is(root, names::PROTOCOL, parameter.element()) {
        return Err(malformed("what was signed is the message"));
    }
    let mut claimed = Claimed {
        envelope: reading::envelope(root)?,
        not_on_or_after: reading::attribute(root, "NotOnOrAfter"),
        ..Claimed::default()
    };
    for part in elements(root) {
        let known = |namespace, local| is(part, namespace, local);
        if known(names::ASSERTION, "NameID") {
            claimed.name_ids.push(NameId {
                text: reading::text(part)?,
                format: reading::attribute(part, "Format"),
                qualifier: reading::attribute(part, "NameQualifier"),
            });
        } else if known(names::PROTOCOL, "SessionIndex") {
            claimed.session_indexes.push(reading::text(part)?);
        } else if known(names::ASSERTION, "EncryptedID") || known(names::ASSERTION, "BaseID") {
            return Err(Rejected::new(Rejection::NameId, "the name is a plain NameID (SPID)"));
        } else if !(known(names::ASSERTION, "Issuer")
            || known(names::DSIG, "Signature")
            || known(names::PROTOCOL, "Status"))
        {
            return Err(malformed("an element stands where the schema has none (core 3.7)"));
        }
    }
    Ok(claimed)
}

fn malformed(clause: &str) -> Rejected {
    Rejected::new(Rejection::Malformed, clause)
}

fn unreadable() -> Rejected {
    malformed("a checked value cannot be read again")
}

#[cfg(test)]
mod tests;
