//! Decryption of a compact JWE that somebody made for us (RFC 7516, section 5.2).
//!
//! Not the verification of what is inside. What stands in the header is public, and a mistake there has
//! its own name for the operator; as soon as a private key is used there is one fault, and one path to it
//! (RFC 7516, section 11.5).

use aws_lc_rs::agreement::{ECDH_P256, UnparsedPublicKey, agree};
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::key_wrap::{AES_256, AesKek, KeyWrap as _};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};
use zeroize::Zeroizing;

use super::agreement::{Party, derive};
use super::content::{self, Parts};
use super::receiver::{Private, ReceiverKey, ReceiverKeys};
use super::{ContentEncryption, KeyManagement};
use crate::crypto::decryption::{DecryptionKey, KeyTransport, content_key};
use crate::crypto::json;
use crate::crypto::jwk::ephemeral_point;

/// What is taken from one sender.
#[derive(Clone, Copy, Debug)]
pub struct Accepted {
    /// Octets of the longest token.
    pub longest: usize,
    /// Values of `alg`.
    pub management: &'static [KeyManagement],
    /// Values of `enc`.
    pub content: &'static [ContentEncryption],
}

/// Why a token was not opened. The texts hold nothing of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DecryptFault {
    /// More octets than the caller takes.
    #[error("the encrypted token is too long")]
    TooLong,
    /// Not five parts in base64url, of which the first is a JSON object without a member twice.
    #[error("the token is not a compact JWE")]
    Malformed,
    /// A header member is missing or of another type.
    #[error("the header member {0:?} of the encrypted token is missing or malformed")]
    Header(&'static str),
    /// `crit`, which must be understood, or `zip`, which is refused: few octets would become many.
    #[error("the encrypted token asks for an extension or for compression")]
    Extension,
    /// `alg` or `enc` is not among those that this sender may use.
    #[error("the token is encrypted in a way that is not allowed")]
    Algorithm,
    /// It is for a key that we do not have, or have not any more.
    #[error("the token is encrypted for no key of ours")]
    UnknownKey,
    /// Everything else, on purpose without a difference.
    #[error("the token does not decrypt")]
    Undecryptable,
}

/// What was inside.
pub struct Opened {
    /// `cty`; `JWT` says that a token is inside (RFC 7519, section 5.2).
    pub content_type: Option<String>,
    /// The octets, wiped when dropped.
    pub plaintext: Zeroizing<Vec<u8>>,
}

impl Opened {
    /// What is inside, if it says that it is a token.
    #[must_use]
    pub fn nested(&self) -> Option<&str> {
        let typed = self.content_type.as_deref()?;
        typed.eq_ignore_ascii_case("JWT").then(|| self.text()).flatten()
    }

    /// What is inside, if it is text.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        std::str::from_utf8(&self.plaintext).ok()
    }
}

impl std::fmt::Debug for Opened {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Opened").field("content_type", &self.content_type).finish_non_exhaustive()
    }
}

/// Opens `token` with the one of `keys` that it names, or with whichever of the current ones fits if it
/// names none.
///
/// # Errors
/// [`DecryptFault`].
pub fn decrypt(
    token: &str,
    keys: &ReceiverKeys,
    accepted: &Accepted,
) -> Result<Opened, DecryptFault> {
    if token.len() > accepted.longest {
        return Err(DecryptFault::TooLong);
    }
    let mut parts = token.splitn(6, '.');
    let (Some(head), Some(wrapped), Some(vector), Some(ciphertext), Some(tag), None) =
        (parts.next(), parts.next(), parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(DecryptFault::Malformed);
    };
    let header = json::object(&decoded(head)?).map_err(|_| DecryptFault::Malformed)?;
    let wrapped = decoded(wrapped)?;
    let parts =
        Parts { vector: decoded(vector)?, ciphertext: decoded(ciphertext)?, tag: decoded(tag)? };
    if header.contains_key("crit") || header.contains_key("zip") {
        return Err(DecryptFault::Extension);
    }
    let (management, content) = algorithms(&header, accepted)?;
    let content_type = text(&header, "cty")?.map(str::to_owned);
    let candidates = keys.candidates(text(&header, "kid")?, management);
    if candidates.is_empty() {
        return Err(DecryptFault::UnknownKey);
    }
    let sealed =
        Sealed { management, content, head: head.as_bytes(), header: &header, wrapped, parts };
    let plaintext = if management.is_rsa() {
        sealed.open_with_rsa(&candidates).map_err(|_| DecryptFault::Undecryptable)?
    } else {
        sealed.open_with_curve(&candidates)?
    };
    Ok(Opened { content_type, plaintext })
}

/// A token whose header was read.
struct Sealed<'t> {
    management: KeyManagement,
    content: ContentEncryption,
    head: &'t [u8],
    header: &'t Map<String, Value>,
    wrapped: Vec<u8>,
    parts: Parts,
}

impl Sealed<'_> {
    /// Every key is tried, and one that nobody knows stands for what does not unwrap: a wrong wrapping
    /// and a wrong tag are one path.
    fn open_with_rsa(&self, keys: &[&ReceiverKey]) -> Result<Zeroizing<Vec<u8>>, Unspecified> {
        let transport = match self.management {
            KeyManagement::RsaOaep => KeyTransport::OaepSha1,
            _ => KeyTransport::OaepSha256,
        };
        let keys: Vec<&DecryptionKey> = keys
            .iter()
            .filter_map(|key| match &key.private {
                Private::Rsa(key) => Some(key),
                Private::P256(_) => None,
            })
            .collect();
        let key = content_key(&keys, transport, &self.wrapped, self.content.key_length())
            .ok_or(Unspecified)?;
        let key = key.get(..self.content.key_length()).ok_or(Unspecified)?;
        content::open(self.content, key, self.head, &self.parts)
    }

    /// Whoever made the token knows the secret that it is agreed on with, so nothing is to be learnt from
    /// the time that a refusal takes.
    fn open_with_curve(&self, keys: &[&ReceiverKey]) -> Result<Zeroizing<Vec<u8>>, DecryptFault> {
        let epk = self.header.get("epk").and_then(Value::as_object);
        let point =
            epk.and_then(|jwk| ephemeral_point(jwk).ok()).ok_or(DecryptFault::Header("epk"))?;
        let sender = self.named("apu")?;
        let receiver = self.named("apv")?;
        let party = Party { sender: &sender, receiver: &receiver };
        let opened = keys.iter().find_map(|key| match &key.private {
            Private::P256(key) => {
                let point = UnparsedPublicKey::new(&ECDH_P256, &point);
                let derived = agree(key, point, Unspecified, |secret| {
                    Ok(derive(secret, self.management, self.content, &party))
                });
                derived.and_then(|derived| self.open_with_agreed(&derived)).ok()
            }
            Private::Rsa(_) => None,
        });
        opened.ok_or(DecryptFault::Undecryptable)
    }

    fn open_with_agreed(&self, derived: &[u8]) -> Result<Zeroizing<Vec<u8>>, Unspecified> {
        if self.management != KeyManagement::EcdhEsA256Kw {
            if !self.wrapped.is_empty() {
                return Err(Unspecified);
            }
            return content::open(self.content, derived, self.head, &self.parts);
        }
        if self.wrapped.len() != self.content.key_length() + 8 {
            return Err(Unspecified);
        }
        let mut room = Zeroizing::new(vec![0; self.wrapped.len()]);
        let key = AesKek::new(&AES_256, derived)?.unwrap(&self.wrapped, &mut room)?;
        content::open(self.content, key, self.head, &self.parts)
    }

    /// A name that goes into the derivation (RFC 7518, sections 4.6.1.2 and 4.6.1.3).
    fn named(&self, name: &'static str) -> Result<Vec<u8>, DecryptFault> {
        match self.header.get(name) {
            None => Ok(Vec::new()),
            Some(Value::String(text)) => decoded(text).map_err(|_| DecryptFault::Header(name)),
            Some(_) => Err(DecryptFault::Header(name)),
        }
    }
}

fn algorithms(
    header: &Map<String, Value>,
    accepted: &Accepted,
) -> Result<(KeyManagement, ContentEncryption), DecryptFault> {
    let management = text(header, "alg")?.ok_or(DecryptFault::Header("alg"))?;
    let content = text(header, "enc")?.ok_or(DecryptFault::Header("enc"))?;
    let management =
        KeyManagement::parse(management).filter(|one| accepted.management.contains(one));
    let content = ContentEncryption::parse(content).filter(|one| accepted.content.contains(one));
    management.zip(content).ok_or(DecryptFault::Algorithm)
}

/// base64url without padding, blanks or bits that mean nothing.
fn decoded(part: &str) -> Result<Vec<u8>, DecryptFault> {
    URL_SAFE_NO_PAD.decode(part).map_err(|_| DecryptFault::Malformed)
}

/// A header member that is text, and not the empty one.
fn text<'h>(
    header: &'h Map<String, Value>,
    name: &'static str,
) -> Result<Option<&'h str>, DecryptFault> {
    match header.get(name) {
        None => Ok(None),
        Some(Value::String(text)) if !text.is_empty() => Ok(Some(text)),
        Some(_) => Err(DecryptFault::Header(name)),
    }
}
