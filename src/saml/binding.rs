//! HTTP-Redirect and HTTP-POST (saml-bindings, sections 3.4 and 3.5).
//!
//! Not HTTP: addresses and form fields come out, whoever calls sends them.

use std::cell::RefCell;
use std::io::Read as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::read::DeflateDecoder;
use flate2::{Compress, Compression, FlushCompress, Status};

use super::request::Written;
use crate::crypto::rsa::KeyFault;
use crate::xml::{
    Limits, RSA_SHA256, Refusal, Signer, VerificationKey, sign_enveloped, sign_octets,
    verify_octets,
};

/// The address of a signed HTTP-Redirect message. The signature covers exactly the octets
/// `SAMLRequest=…&RelayState=…&SigAlg=…` that are sent (section 3.4.4.1). An empty `relay_state` is
/// left out.
///
/// # Errors
/// When the library cannot sign.
pub fn redirect(
    location: &str,
    message: &Written,
    relay_state: &str,
    signer: &Signer,
) -> Result<String, KeyFault> {
    let packed = STANDARD.encode(deflate(message.text.as_bytes()));
    let mut signed = format!("{}={}", message.parameter, percent_encode(&packed));
    if !relay_state.is_empty() {
        signed.push_str("&RelayState=");
        signed.push_str(&percent_encode(relay_state));
    }
    signed.push_str("&SigAlg=");
    signed.push_str(&percent_encode(RSA_SHA256));
    let signature = STANDARD.encode(sign_octets(signer.key(), signed.as_bytes())?);
    let mark = if location.contains('?') { '&' } else { '?' };
    Ok(format!("{location}{mark}{signed}&Signature={}", percent_encode(&signature)))
}

/// The form fields of a signed HTTP-POST message; `id` is that of the message. An empty
/// `relay_state` is left out.
///
/// # Errors
/// When the library cannot sign.
pub fn post(
    message: &Written,
    id: &str,
    relay_state: &str,
    signer: &Signer,
) -> Result<Vec<(String, String)>, KeyFault> {
    let signed = sign_enveloped(signer, &message.text, id, message.place)?;
    let mut fields = vec![(message.parameter.to_owned(), STANDARD.encode(signed))];
    if !relay_state.is_empty() {
        fields.push(("RelayState".to_owned(), relay_state.to_owned()));
    }
    Ok(fields)
}

/// Why a redirected message could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BindingFault {
    /// There is no signature.
    #[error("the query is not signed (bindings 3.4.4.1)")]
    Unsigned,
    /// A parameter is missing, doubled, out of order or not encoded as the binding says.
    #[error("the query is not that of an HTTP-Redirect message (bindings 3.4.4.1)")]
    Malformed,
    /// The signature does not verify.
    #[error("the signature of the query does not verify: {0}")]
    Signature(Refusal),
}

/// A message received by HTTP-Redirect, its signature verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redirected {
    /// The XML text.
    pub message: String,
    /// `RelayState`, decoded.
    pub relay_state: Option<String>,
}

/// Reads a signed query as received, not decoded; `parameter` is `SAMLRequest` or `SAMLResponse`.
///
/// # Errors
/// [`BindingFault`].
pub fn read_redirect(
    query: &str,
    parameter: &str,
    keys: &[VerificationKey],
) -> Result<Redirected, BindingFault> {
    let query = Query::split(query)?;
    if query.parameter() != parameter {
        return Err(BindingFault::Malformed);
    }
    query.verify(keys)
}

/// The query of a redirected message, taken apart: nothing is verified and nothing is believed.
#[derive(Debug)]
pub struct Query<'q> {
    /// The octets that the signature covers.
    signed: &'q str,
    parameter: &'q str,
    algorithm: String,
    signature: Vec<u8>,
    message: String,
    relay_state: Option<String>,
}

impl<'q> Query<'q> {
    /// Takes apart a query as received, not decoded. Its parameters stand in the order of the
    /// binding, each once, and none beside them: two readers can never see two messages.
    ///
    /// # Errors
    /// [`BindingFault::Unsigned`] and [`BindingFault::Malformed`].
    pub fn split(query: &'q str) -> Result<Self, BindingFault> {
        if !query.starts_with("SAML") {
            return Err(BindingFault::Malformed);
        }
        let (signed, signature) = query.rsplit_once("&Signature=").ok_or(BindingFault::Unsigned)?;
        let mut fields = signed.split('&').map(|field| field.split_once('='));
        let mut next = || fields.next().flatten();
        let (parameter, packed) = next().ok_or(BindingFault::Malformed)?;
        let (mut field, mut relay_state) = (next(), None);
        if let Some(("RelayState", value)) = field {
            relay_state = Some(percent_decode(value).ok_or(BindingFault::Malformed)?);
            field = next();
        }
        let Some(("SigAlg", algorithm)) = field else { return Err(BindingFault::Malformed) };
        if fields.next().is_some() {
            return Err(BindingFault::Malformed);
        }
        let decoded = |text: &str| STANDARD.decode(percent_decode(text)?).ok();
        let read = || {
            Some(Self {
                signed,
                parameter,
                algorithm: percent_decode(algorithm)?,
                signature: decoded(signature)?,
                message: inflate(&decoded(packed)?)?,
                relay_state,
            })
        };
        read().ok_or(BindingFault::Malformed)
    }

    /// `SAMLRequest` or `SAMLResponse`, or whatever else stands first.
    #[must_use]
    pub const fn parameter(&self) -> &str {
        self.parameter
    }

    /// The message as somebody sent it: good for nothing but to see whose keys to try.
    #[must_use]
    pub fn unverified(&self) -> &str {
        &self.message
    }

    /// The message, if one of these keys signed the octets as they were received.
    ///
    /// # Errors
    /// [`BindingFault::Signature`].
    pub fn verify(self, keys: &[VerificationKey]) -> Result<Redirected, BindingFault> {
        verify_octets(self.signed.as_bytes(), &self.signature, &self.algorithm, keys)
            .map_err(BindingFault::Signature)?;
        Ok(Redirected { message: self.message, relay_state: self.relay_state })
    }
}

thread_local! {
    /// Its tables are as large as hundreds of requests: made once per worker, not once per request.
    static COMPRESSOR: RefCell<Compress> = RefCell::new(Compress::new(Compression::fast(), false));
}

/// Raw DEFLATE (RFC 1951).
#[must_use]
pub fn deflate(octets: &[u8]) -> Vec<u8> {
    COMPRESSOR.with_borrow_mut(|compressor| {
        compressor.reset();
        let mut out = Vec::with_capacity(octets.len() + ROOM);
        let mut rest = octets;
        loop {
            let before = compressor.total_in();
            // Compressing has no error but a broken stream state, and the state was just reset.
            let status = compressor.compress_vec(rest, &mut out, FlushCompress::Finish);
            if matches!(status, Ok(Status::StreamEnd) | Err(_)) {
                return out;
            }
            let taken = usize::try_from(compressor.total_in() - before).unwrap_or(usize::MAX);
            rest = rest.get(taken..).unwrap_or_default();
            out.reserve(ROOM);
        }
    })
}

/// Octets of room for what does not shrink.
const ROOM: usize = 256;

/// Undoes [`deflate`]; `None` for damaged octets, for octets after the end, for text that is not
/// UTF-8 and for anything longer than a message may be.
#[must_use]
pub fn inflate(octets: &[u8]) -> Option<String> {
    let most = u64::try_from(Limits::MESSAGE.octets).ok()?;
    let mut out = Vec::new();
    let mut decoder = DeflateDecoder::new(octets);
    decoder.by_ref().take(most.saturating_add(1)).read_to_end(&mut out).ok()?;
    let whole = usize::try_from(decoder.total_in()) == Ok(octets.len());
    if out.len() > Limits::MESSAGE.octets || !whole {
        return None;
    }
    String::from_utf8(out).ok()
}

/// Everything but RFC 3986's unreserved characters as `%XX`.
#[must_use]
pub fn percent_encode(text: &str) -> String {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    let digit = |value: u8| DIGITS.get(usize::from(value)).map_or('0', |octet| char::from(*octet));
    let mut out = String::with_capacity(text.len() * 3 / 2);
    for octet in text.bytes() {
        if octet.is_ascii_alphanumeric() || matches!(octet, b'-' | b'.' | b'_' | b'~') {
            out.push(char::from(octet));
        } else {
            out.push('%');
            out.push(digit(octet >> 4));
            out.push(digit(octet & 15));
        }
    }
    out
}

/// Undoes percent-encoding; `+` is a blank (HTML forms). `None` for a broken escape.
#[must_use]
pub fn percent_decode(text: &str) -> Option<String> {
    let mut out = Vec::with_capacity(text.len());
    let mut octets = text.bytes();
    while let Some(octet) = octets.next() {
        match octet {
            b'%' => {
                let high = char::from(octets.next()?).to_digit(16)?;
                let low = char::from(octets.next()?).to_digit(16)?;
                out.push(u8::try_from(high * 16 + low).ok()?);
            }
            b'+' => out.push(b' '),
            _ => out.push(octet),
        }
    }
    String::from_utf8(out).ok()
}
