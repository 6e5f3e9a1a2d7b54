//! A compact JWS that somebody else made, or that came back to us: read strictly, then verified (RFC
//! 7515, section 5.2; RFC 7519, section 7.2; RFC 8725).
//!
//! Not signing ([`super::jose`]), and no rule of a protocol: who must be the audience, what may be
//! missing and how often a token may come is for the caller. The key says how it verifies, never the
//! token; claims are read from a [`Verified`] and from nothing else.

mod claims;
#[cfg(test)]
mod tests;

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

pub use claims::{Audience, Claims};
#[cfg(test)]
pub(crate) use tests::corpus;

use super::json;
use super::jwk::{JwkFault, PublicKey, PublicKeys, SignatureAlgorithm, Thumbprint};

/// Why a token is refused. The texts hold nothing of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum JwsFault {
    /// More octets than the caller takes.
    #[error("the token is too long")]
    TooLong,
    /// Not three parts in base64url, of which two are JSON objects without a member twice.
    #[error("the token is not a compact JWS")]
    Malformed,
    /// A header member is missing or of another type.
    #[error("the header member {0:?} is missing or malformed")]
    Header(&'static str),
    /// `crit` or `b64`: extensions that must be understood, and none is.
    #[error("the token asks for an extension")]
    Extension,
    /// `jwk`, `jku`, `x5u` or `x5c`: a key that the token itself brings.
    #[error("the token brings its own key")]
    OwnKey,
    /// `none`, a MAC where a signature is due, or one that this party may not use.
    #[error("the algorithm of the token is not allowed")]
    Algorithm,
    /// Another kind of token (RFC 8725, section 3.11).
    #[error("the token is of another type")]
    Type,
    /// A registered claim is of another type or out of any sense (RFC 7519, section 4.1).
    #[error("the claim {0:?} is malformed")]
    Claim(&'static str),
    /// None of the keys is the one it names, or verifies it if it names none.
    #[error("the token is signed by no known key")]
    UnknownKey,
    /// The key it names does not verify it.
    #[error("the signature is wrong")]
    Signature,
    /// The key that it must bring is none.
    #[error("the key in the token: {0}")]
    Jwk(#[source] JwkFault),
    /// `exp` is past.
    #[error("the token has expired")]
    Expired,
    /// `nbf` or `iat` is ahead.
    #[error("the token is from the future: compare the clocks")]
    Early,
}

/// What a caller takes for one of its tokens.
#[derive(Clone, Copy, Debug)]
pub struct Expected {
    /// Octets of the longest one.
    pub longest: usize,
    /// Values of `typ`, compared without regard to case (RFC 7515, section 4.1.9).
    pub types: &'static [&'static str],
    /// Whether `typ` may be missing.
    pub untyped: bool,
}

/// A token that was read and that nobody has verified: what it claims is kept from sight.
#[derive(Debug)]
pub struct Compact<'t> {
    input: &'t str,
    signature: Vec<u8>,
    algorithm: Declared,
    kid: Option<String>,
    claims: Claims,
}

/// What the header says; it is compared with the key, never followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Declared {
    Signature(SignatureAlgorithm),
    Hs256,
}

/// A token whose signature holds. Only this file makes one.
#[derive(Clone, Debug)]
pub struct Verified {
    claims: Claims,
}

impl Verified {
    /// What it says.
    #[must_use]
    pub const fn claims(&self) -> &Claims {
        &self.claims
    }

    /// What it says, to keep.
    #[must_use]
    pub fn into_claims(self) -> Claims {
        self.claims
    }
}

impl<'t> Compact<'t> {
    /// Reads a token that a registered key is to verify.
    ///
    /// # Errors
    /// [`JwsFault`].
    pub fn read(token: &'t str, expected: &Expected) -> Result<Self, JwsFault> {
        let (header, compact) = Self::parts(token, expected)?;
        if KEYS.iter().any(|name| header.contains_key(*name)) {
            return Err(JwsFault::OwnKey);
        }
        Ok(compact)
    }

    fn parts(token: &'t str, expected: &Expected) -> Result<(Map<String, Value>, Self), JwsFault> {
        if token.len() > expected.longest {
            return Err(JwsFault::TooLong);
        }
        let (input, signature) = token.rsplit_once('.').ok_or(JwsFault::Malformed)?;
        let (header, payload) = input.split_once('.').ok_or(JwsFault::Malformed)?;
        // A point is no letter of base64url: more than three parts do not decode.
        let header = object(header)?;
        let declared = header_text(&header, "alg")?.ok_or(JwsFault::Header("alg"))?;
        let typ = header_text(&header, "typ")?;
        let kid = header_text(&header, "kid")?;
        if header.contains_key("crit") || header.contains_key("b64") {
            return Err(JwsFault::Extension);
        }
        let algorithm = match declared {
            "HS256" => Declared::Hs256,
            other => {
                Declared::Signature(SignatureAlgorithm::parse(other).ok_or(JwsFault::Algorithm)?)
            }
        };
        let known = |typ: &str| expected.types.iter().any(|one| one.eq_ignore_ascii_case(typ));
        if !typ.map_or(expected.untyped, known) {
            return Err(JwsFault::Type);
        }
        let kid = kid.map(str::to_owned);
        let payload = decoded(payload)?;
        let signature = decoded(signature)?;
        let claims = Claims::read(json::object(&payload).map_err(|_| JwsFault::Malformed)?)?;
        Ok((header, Self { input, signature, algorithm, kid, claims }))
    }

    /// The `iss` it writes, proven by nobody: to find the keys by, and for nothing else.
    #[must_use]
    pub fn claimed_issuer(&self) -> Option<&str> {
        self.claims.issuer()
    }

    /// The `jti` it writes, proven by nobody: to find a record by, and for nothing else.
    #[must_use]
    pub fn claimed_id(&self) -> Option<&str> {
        self.claims.id()
    }

    /// The name of the key that it says to be signed with.
    #[must_use]
    pub fn kid(&self) -> Option<&str> {
        self.kid.as_deref()
    }

    /// What it writes, proven by nobody: for a statement that brings the keys of its own signer, and to
    /// refuse early what no signature would make right.
    #[must_use]
    pub const fn unproven(&self) -> &Claims {
        &self.claims
    }

    /// Verifies it with the one of `keys` that it names, or with any of them if it names none; each
    /// with the one algorithm that [`PublicKey::algorithm`] gives for `allowed`.
    ///
    /// # Errors
    /// [`JwsFault::Algorithm`], [`JwsFault::UnknownKey`] or [`JwsFault::Signature`].
    pub fn verify(
        &self,
        keys: &PublicKeys,
        allowed: &[SignatureAlgorithm],
    ) -> Result<Verified, JwsFault> {
        let Declared::Signature(declared) = self.algorithm else { return Err(JwsFault::Algorithm) };
        if !allowed.contains(&declared) {
            return Err(JwsFault::Algorithm);
        }
        let keys = keys.signature();
        let Some(kid) = self.kid.as_deref() else {
            let proven = keys.iter().any(|key| self.is_signed_by(key, declared, allowed).is_ok());
            return if proven { Ok(self.verified()) } else { Err(JwsFault::UnknownKey) };
        };
        let key = keys.iter().find(|key| key.name() == kid).ok_or(JwsFault::UnknownKey)?;
        self.is_signed_by(key, declared, allowed).map(|()| self.verified())
    }

    /// Whether it states one of `allowed`: to refuse early what no key would make right.
    ///
    /// # Errors
    /// [`JwsFault::Algorithm`].
    pub fn states(&self, allowed: &[SignatureAlgorithm]) -> Result<(), JwsFault> {
        let stated = matches!(self.algorithm, Declared::Signature(one) if allowed.contains(&one));
        if stated { Ok(()) } else { Err(JwsFault::Algorithm) }
    }

    /// Verifies it where no registration says what a key is for: one without `alg` takes the algorithm of
    /// `allowed` that the token states, one with `alg` its own alone.
    ///
    /// # Errors
    /// As [`Self::verify`].
    pub fn verify_stated(
        &self,
        keys: &PublicKeys,
        allowed: &[SignatureAlgorithm],
    ) -> Result<Verified, JwsFault> {
        let Declared::Signature(stated) = self.algorithm else { return Err(JwsFault::Algorithm) };
        self.states(allowed)?;
        self.verify(keys, &[stated])
    }

    /// Verifies a MAC (HS256) made with `secret`, which has at least 32 octets (RFC 7518, section 3.2).
    ///
    /// # Errors
    /// [`JwsFault::Algorithm`] or [`JwsFault::Signature`].
    pub fn verify_with_secret(&self, secret: &[u8]) -> Result<Verified, JwsFault> {
        if self.algorithm != Declared::Hs256 || secret.len() < 32 {
            return Err(JwsFault::Algorithm);
        }
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
        hmac::verify(&key, self.input.as_bytes(), &self.signature)
            .map(|()| self.verified())
            .map_err(|_| JwsFault::Signature)
    }

    fn is_signed_by(
        &self,
        key: &PublicKey,
        declared: SignatureAlgorithm,
        allowed: &[SignatureAlgorithm],
    ) -> Result<(), JwsFault> {
        if key.algorithm(allowed) != Some(declared) {
            return Err(JwsFault::Algorithm);
        }
        let proven = key.verifies(declared, self.input.as_bytes(), &self.signature);
        if proven { Ok(()) } else { Err(JwsFault::Signature) }
    }

    fn verified(&self) -> Verified {
        Verified { claims: self.claims.clone() }
    }
}

/// A token that proves the possession of the key in its own header (RFC 9449): nobody's signature.
#[derive(Debug)]
pub struct SelfSigned<'t> {
    compact: Compact<'t>,
    key: PublicKey,
}

impl<'t> SelfSigned<'t> {
    /// Reads a token that brings its key as `jwk`, and in no other way.
    ///
    /// # Errors
    /// [`JwsFault`].
    pub fn read(token: &'t str, expected: &Expected) -> Result<Self, JwsFault> {
        let (header, compact) = Compact::parts(token, expected)?;
        if KEYS.iter().any(|name| *name != "jwk" && header.contains_key(*name)) {
            return Err(JwsFault::OwnKey);
        }
        let jwk = header.get("jwk").and_then(Value::as_object).ok_or(JwsFault::Header("jwk"))?;
        let key = PublicKey::from_jwk(jwk).map_err(JwsFault::Jwk)?;
        Ok(Self { compact, key })
    }

    /// What it says, and the thumbprint of the key that it proves to hold.
    ///
    /// # Errors
    /// [`JwsFault::Algorithm`] or [`JwsFault::Signature`].
    pub fn verify(
        &self,
        allowed: &[SignatureAlgorithm],
    ) -> Result<(Verified, Thumbprint), JwsFault> {
        let Declared::Signature(declared) = self.compact.algorithm else {
            return Err(JwsFault::Algorithm);
        };
        if !allowed.contains(&declared) {
            return Err(JwsFault::Algorithm);
        }
        // An RSA key without `alg` is used by its owner as its owner says: here that is the token.
        self.compact.is_signed_by(&self.key, declared, &[declared])?;
        Ok((self.compact.verified(), self.key.thumbprint().clone()))
    }
}

/// The header of a token that [`Compact::read`] took, proven by nobody.
///
/// # Errors
/// [`JwsFault::Malformed`].
pub fn header(token: &str) -> Result<Map<String, Value>, JwsFault> {
    let (header, _) = token.split_once('.').ok_or(JwsFault::Malformed)?;
    object(header)
}

/// Header members that bring a key (RFC 7515, sections 4.1.2 to 4.1.6).
const KEYS: [&str; 4] = ["jwk", "jku", "x5u", "x5c"];

/// base64url without padding, blanks or bits that mean nothing.
fn decoded(part: &str) -> Result<Vec<u8>, JwsFault> {
    URL_SAFE_NO_PAD.decode(part).map_err(|_| JwsFault::Malformed)
}

fn object(part: &str) -> Result<Map<String, Value>, JwsFault> {
    json::object(&decoded(part)?).map_err(|_| JwsFault::Malformed)
}

/// A header member that is text, and not the empty one.
fn header_text<'h>(
    header: &'h Map<String, Value>,
    name: &'static str,
) -> Result<Option<&'h str>, JwsFault> {
    match header.get(name) {
        None => Ok(None),
        Some(Value::String(text)) if !text.is_empty() => Ok(Some(text)),
        Some(_) => Err(JwsFault::Header(name)),
    }
}
