//! Client authentication at the token endpoint (RFC 6749, section 2.3; RFC 7523; OpenID Connect Core 1.0, section 9).
//!
//! Not HTTP: the endpoint hands over what it was sent. One method, and the registered one: a client
//! with a key is not served for a secret, and the other way round.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use super::client::AuthenticationMethod;
use super::client_assertion::Assertion;
use super::client_keys::KeysFault;
use super::throttle;
use super::{Client, ClientCertificate, ClientId, Clients};
use crate::crypto::authorities::Authorities;
use crate::crypto::digest::{equal, sha256};
use crate::crypto::jws::JwsFault;
use crate::effects::Effects;
use crate::state::{Key, Put, Shelf, Shelves, StateFault};

/// A client that has proven who it is. Only this file makes one.
#[derive(Clone, Debug)]
pub struct ClientAuthenticated(Arc<Client>);

impl ClientAuthenticated {
    /// Who it is.
    #[must_use]
    pub fn client(&self) -> &Arc<Client> {
        &self.0
    }
}

/// What a request showed as proof, as it was sent.
#[derive(Clone, Copy, Default)]
pub struct Presented<'a> {
    /// The `Authorization` header.
    pub authorization: Option<&'a str>,
    /// Body parameter `client_id`.
    pub client_id: Option<&'a str>,
    /// Body parameter `client_secret`.
    pub client_secret: Option<&'a str>,
    /// Body parameter `client_assertion_type`.
    pub assertion_type: Option<&'a str>,
    /// Body parameter `client_assertion`.
    pub assertion: Option<&'a str>,
    /// What was shown in the TLS handshake. It proves a client that registered so; beside another
    /// method it is no second one, since tokens are bound to it too.
    pub certificate: Option<&'a ClientCertificate>,
}

/// Why a client is not believed. The texts never hold a secret.
#[derive(Debug, thiserror::Error)]
pub enum AuthenticationFault {
    /// More than one method in one request (RFC 6749, section 2.3).
    #[error("more than one authentication method in one request")]
    Several,
    /// No method, another than the registered one, or a proof that does not hold.
    #[error("{0}")]
    Refused(&'static str),
    /// An assertion that is refused.
    #[error(transparent)]
    Token(#[from] JwsFault),
    /// An assertion that the client's keys do not verify.
    #[error(transparent)]
    Keys(#[from] KeysFault),
    /// One of many failures in this client's name, too many to tell what is wrong with it.
    #[error("too many failures within a minute")]
    TooMany,
    /// The replay check could not be made.
    #[error("the replay check could not be made")]
    Unavailable(#[source] StateFault),
}

/// What the proofs are checked against.
#[derive(Clone, Copy)]
pub struct Authenticator<'a> {
    /// The relying parties.
    pub clients: &'a Clients,
    /// The issuer identifier: the one audience of an assertion.
    pub issuer: &'a str,
    /// Where used assertions are remembered.
    pub shelves: &'a Shelves,
    /// Who vouches for certificates of clients.
    pub authorities: Option<&'a Authorities>,
    /// The clock.
    pub fx: &'a Effects,
}

impl Authenticator<'_> {
    /// The client that `presented` proves. Failures are counted: what is right is accepted however many
    /// there were.
    ///
    /// # Errors
    /// [`AuthenticationFault`]; an unknown client and a wrong secret are one fault.
    pub async fn authenticate(
        &self,
        presented: &Presented<'_>,
    ) -> Result<ClientAuthenticated, AuthenticationFault> {
        let outcome = self.judge(presented).await;
        match outcome {
            Ok(_) | Err(AuthenticationFault::Unavailable(_)) => outcome,
            Err(fault) => {
                let name = claimed(presented);
                let kind = throttle::Kind::Authentication;
                let many = throttle::too_many(self.shelves, kind, &name).await;
                Err(if many { AuthenticationFault::TooMany } else { fault })
            }
        }
    }

    async fn judge(
        &self,
        presented: &Presented<'_>,
    ) -> Result<ClientAuthenticated, AuthenticationFault> {
        let asserted = presented.assertion.is_some() || presented.assertion_type.is_some();
        match (presented.authorization, presented.client_secret, asserted) {
            (Some(header), None, false) => {
                let (id, secret) = basic(header).ok_or(MALFORMED_BASIC)?;
                self.secret(&id, &secret, presented, AuthenticationMethod::basic_digest)
            }
            (None, Some(secret), false) => {
                let id = presented.client_id.ok_or(NO_CLIENT)?;
                self.secret(id, secret, presented, AuthenticationMethod::post_digest)
            }
            (None, None, true) => self.assertion(presented).await,
            (None, None, false) => self.named(presented).await,
            _ => Err(AuthenticationFault::Several),
        }
    }

    /// A client that only names itself: a certificate proves it (RFC 8705, section 2), or it is a public
    /// one, which has nothing to show (RFC 6749, section 3.2.1).
    async fn named(
        &self,
        presented: &Presented<'_>,
    ) -> Result<ClientAuthenticated, AuthenticationFault> {
        let client = presented.client_id.and_then(ClientId::parse);
        let client = client.and_then(|id| self.clients.get(&id)).ok_or(NOTHING)?;
        let shown = presented.certificate.ok_or(AuthenticationFault::Refused("no certificate"));
        let now = self.fx.now();
        match &client.authentication {
            AuthenticationMethod::None => Ok(()),
            AuthenticationMethod::TlsClientAuth(name) => {
                shown?.proves_name(name, self.authorities, now)
            }
            AuthenticationMethod::SelfSignedTlsClientAuth => {
                let shown = shown?;
                let keys = client.keys.current(self.fx).await?;
                shown.proves_key(keys.signature(), now)
            }
            _ => Err("no authentication"),
        }
        .map_err(AuthenticationFault::Refused)?;
        Ok(ClientAuthenticated(client.clone()))
    }

    fn secret(
        &self,
        id: &str,
        secret: &str,
        presented: &Presented<'_>,
        registered: fn(&AuthenticationMethod) -> Option<&[u8; 32]>,
    ) -> Result<ClientAuthenticated, AuthenticationFault> {
        if presented.client_id.is_some_and(|named| named != id) {
            return Err(OTHER_CLIENT);
        }
        // The digest is computed for unknown clients too, so that both answers take as long.
        let shown = sha256(secret.as_bytes());
        let client = ClientId::parse(id).and_then(|id| self.clients.get(&id));
        let known = client.and_then(|client| registered(&client.authentication));
        let proven = equal(&shown, known.unwrap_or(&[0; 32]));
        match (client, known) {
            (Some(client), Some(_)) if proven => Ok(ClientAuthenticated(client.clone())),
            (Some(_), None) => Err(OTHER_METHOD),
            _ => Err(AuthenticationFault::Refused("unknown client or wrong secret")),
        }
    }

    async fn assertion(
        &self,
        presented: &Presented<'_>,
    ) -> Result<ClientAuthenticated, AuthenticationFault> {
        let (Some(ASSERTION_TYPE), Some(token)) = (presented.assertion_type, presented.assertion)
        else {
            return Err(AuthenticationFault::Refused("client_assertion_type is not jwt-bearer"));
        };
        let assertion = Assertion::read(token)?;
        let claimed = assertion.claimed_client().ok_or(AuthenticationFault::Refused("no iss"))?;
        if presented.client_id.is_some_and(|named| named != claimed) {
            return Err(OTHER_CLIENT);
        }
        let client = ClientId::parse(claimed)
            .and_then(|id| self.clients.get(&id))
            .ok_or(AuthenticationFault::Refused("unknown client"))?;
        let used = assertion.verify(client, self.issuer, self.fx).await?;
        // Single use, at whichever endpoint (RFC 7523, section 3, item 7): `put` creates, or says that it
        // was there.
        let place = Key::of_parts(&["client_assertion", client.id.as_str(), &used.id]);
        match self.shelves.put(Shelf::Seen, place, &(), used.lives).await {
            Ok(Put::Laid) => Ok(ClientAuthenticated(client.clone())),
            Ok(Put::AlreadyThere) => Err(AuthenticationFault::Refused("the assertion was used")),
            Err(cause) => Err(AuthenticationFault::Unavailable(cause)),
        }
    }
}

impl AuthenticationMethod {
    const fn basic_digest(&self) -> Option<&[u8; 32]> {
        match self {
            Self::SecretBasic(digest) => Some(digest),
            _ => None,
        }
    }

    const fn post_digest(&self) -> Option<&[u8; 32]> {
        match self {
            Self::SecretPost(digest) => Some(digest),
            _ => None,
        }
    }
}

const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
const MALFORMED_BASIC: AuthenticationFault =
    AuthenticationFault::Refused("the Authorization header is not Basic, or malformed");
const NOTHING: AuthenticationFault = AuthenticationFault::Refused("no authentication");
const NO_CLIENT: AuthenticationFault = AuthenticationFault::Refused("no client_id");
const OTHER_CLIENT: AuthenticationFault =
    AuthenticationFault::Refused("client_id names another client than the proof");
const OTHER_METHOD: AuthenticationFault =
    AuthenticationFault::Refused("another method than the registered one");

/// In whose name a proof was shown, whether it proves anything or not.
fn claimed(presented: &Presented<'_>) -> String {
    let of_header = || presented.authorization.and_then(basic).map(|(id, _)| id);
    let of_assertion = || {
        let assertion = Assertion::read(presented.assertion?).ok()?;
        assertion.claimed_client().map(str::to_owned)
    };
    let named = presented.client_id.map(str::to_owned);
    named.or_else(of_header).or_else(of_assertion).unwrap_or_default()
}

/// Name and secret of `Basic`; both were form-encoded before (RFC 6749, section 2.3.1).
fn basic(header: &str) -> Option<(String, Zeroizing<String>)> {
    let (scheme, credentials) = header.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let decoded = Zeroizing::new(STANDARD.decode(credentials.trim()).ok()?);
    let text = std::str::from_utf8(&decoded).ok()?;
    let (id, secret) = text.split_once(':')?;
    Some((form_decoded(id)?, Zeroizing::new(form_decoded(secret)?)))
}

/// One value of `application/x-www-form-urlencoded`; `None` when an escape is malformed.
fn form_decoded(text: &str) -> Option<String> {
    let mut out = Vec::with_capacity(text.len());
    let mut octets = text.bytes();
    while let Some(octet) = octets.next() {
        out.push(match octet {
            b'+' => b' ',
            b'%' => {
                let high = char::from(octets.next()?).to_digit(16)?;
                let low = char::from(octets.next()?).to_digit(16)?;
                u8::try_from(high * 16 + low).ok()?
            }
            other => other,
        });
    }
    String::from_utf8(out).ok()
}

#[cfg(test)]
mod tests;
