//! What a client of a federation shows before anybody here knows it, and what can be said of it without
//! asking anybody (OpenID Federation 1.0, section 12.1.1).
//!
//! Not proof: no key of it is known yet. What fails here fails before a single connection is made for a
//! stranger. What passes is looked at again under the keys that its chain gives.

use serde_json::Value;

use crate::crypto::jws::{Audience, Claims, Compact, Expected, JwsFault, header};
use crate::effects::Timestamp;
use crate::oidc::ClientId;
use crate::provider::request_object::{REQUEST_OBJECT, SKEW};

/// The token that speaks for a newcomer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::provider) enum Letter<'a> {
    /// A request object, at `/authorize` or `/par`.
    Request(&'a str),
    /// A client assertion, where clients prove themselves.
    Assertion(&'a str),
}

/// A letter in order, as far as that can be seen.
#[derive(Debug)]
pub(super) struct Newcomer {
    /// Who it says it is.
    pub(super) client: ClientId,
    /// What makes the letter single.
    pub(super) id: String,
    /// The chain that it brings, if it brings one: a hint, and nobody's word.
    pub(super) chain: Option<Vec<String>>,
}

/// Why a letter is not even looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Refusal {
    /// It is no token of that kind, or out of time.
    #[error(transparent)]
    Token(#[from] JwsFault),
    /// What is wrong with what it says.
    #[error("{0}")]
    Says(&'static str),
}

impl Newcomer {
    /// Reads a letter of `client` to `issuer`.
    ///
    /// # Errors
    /// [`Refusal`].
    pub(super) fn read(
        letter: Letter<'_>,
        client: ClientId,
        issuer: &str,
        now: Timestamp,
    ) -> Result<Self, Refusal> {
        let (token, expected) = match letter {
            Letter::Request(token) => (token, &REQUEST_OBJECT),
            Letter::Assertion(token) => (token, &ASSERTION),
        };
        let compact = Compact::read(token, expected)?;
        let claims = compact.unproven();
        match letter {
            Letter::Request(_) => request(claims, client.as_str(), issuer),
            Letter::Assertion(_) => assertion(claims, client.as_str(), issuer),
        }
        .map_err(Refusal::Says)?;
        claims.in_time(now, SKEW)?;
        let id = claims.id().ok_or(Refusal::Says("jti is missing"))?.to_owned();
        let header = header(token)?;
        // The claim is what older drafts had, and what the conformance suite still posts.
        let chain = header.get(CHAIN).or_else(|| claims.members().get(CHAIN)).map(chain);
        let chain = chain.transpose().map_err(Refusal::Says)?;
        Ok(Self { client, id, chain })
    }
}

/// The name that a letter is written in: to look for, and for nothing else.
pub(super) fn named(letter: Letter<'_>) -> Option<String> {
    let (token, expected) = match letter {
        Letter::Request(token) => (token, &REQUEST_OBJECT),
        Letter::Assertion(token) => (token, &ASSERTION),
    };
    Compact::read(token, expected).ok()?.claimed_issuer().map(str::to_owned)
}

/// A request object of a client that nobody registered says more than others must (section 12.1.1.1).
///
/// # Errors
/// What is wrong.
pub(in crate::provider) fn request(
    claims: &Claims,
    client: &str,
    issuer: &str,
) -> Result<(), &'static str> {
    if claims.issuer() != Some(client) || claims.text("client_id") != Some(client) {
        return Err("iss and client_id must both be the client");
    }
    if claims.subject().is_some() {
        return Err("sub must not stand in it");
    }
    single(claims, issuer)
}

/// A client assertion (RFC 7523, section 3).
fn assertion(claims: &Claims, client: &str, issuer: &str) -> Result<(), &'static str> {
    if claims.issuer() != Some(client) || claims.subject() != Some(client) {
        return Err("iss and sub must both be the client");
    }
    single(claims, issuer)
}

/// For us alone, once, and not for ever.
fn single(claims: &Claims, issuer: &str) -> Result<(), &'static str> {
    if claims.audience().and_then(Audience::only) != Some(issuer) {
        return Err("aud must be the issuer and nothing else");
    }
    if claims.expires().is_none() {
        return Err("exp is missing");
    }
    match claims.id() {
        None => Err("jti is missing"),
        Some(id) if id.len() > LONGEST_ID => Err("jti is longer than 256 octets"),
        Some(_) => Ok(()),
    }
}

fn chain(value: &Value) -> Result<Vec<String>, &'static str> {
    let listed = value.as_array().filter(|listed| (2..=MOST_STATEMENTS).contains(&listed.len()));
    let texts = listed.and_then(|listed| {
        listed.iter().map(|one| one.as_str().map(str::to_owned)).collect::<Option<Vec<_>>>()
    });
    texts.ok_or("trust_chain is not a list of two to eight statements")
}

const CHAIN: &str = "trust_chain";
/// Statements of the longest chain that is looked at.
const MOST_STATEMENTS: usize = 8;
/// Octets of the longest `jti`.
const LONGEST_ID: usize = 256;
/// As at the token endpoint, and longer: it may bring a chain.
const ASSERTION: Expected =
    Expected { longest: 32 * 1024, types: &["JWT", "client-authentication+jwt"], untyped: true };
