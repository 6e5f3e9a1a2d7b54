//! `EncryptedAssertion` (SAML core, section 2.3.4; XML Encryption 1.1), as a provider makes it.
//!
//! Not decryption: the broker does that, with other code. What the broker refuses (CBC, RSA-1_5,
//! mixed OAEP, damaged octets) can be made here too.

use aws_lc_rs::aead::{
    AES_128_GCM, AES_256_GCM, Aad, Algorithm, LessSafeKey, NONCE_LEN, Nonce, UnboundKey,
};
use aws_lc_rs::cipher::{self, AES_128, AES_256, DecryptionContext, PaddedBlockEncryptingKey};
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::rand;
use aws_lc_rs::rsa::{
    OAEP_SHA1_MGF1SHA1, OAEP_SHA256_MGF1SHA256, OaepPublicEncryptingKey, Pkcs1PublicEncryptingKey,
    PublicEncryptingKey,
};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use varco::crypto::certificate::public_key_info;

use crate::error::{Doing as _, SandboxError};
use crate::markup::Element;

/// How an assertion is encrypted. The default is what the broker prefers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Encryption {
    /// The cipher of the content.
    pub content: Content,
    /// How the content key is wrapped.
    pub transport: Transport,
    /// Where the wrapped key stands.
    pub placement: Placement,
    /// What is wrong with it.
    pub flaw: Flaw,
}

/// The cipher of the content.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Content {
    /// AES-128 in GCM.
    Aes128Gcm,
    /// AES-256 in GCM.
    #[default]
    Aes256Gcm,
    /// AES-128 in CBC.
    Aes128Cbc,
    /// AES-256 in CBC.
    Aes256Cbc,
}

/// How the content key is wrapped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Transport {
    /// `rsa-oaep-mgf1p` of XML Encryption 1.0, SHA-1 twice.
    OaepMgf1p,
    /// The same with a SHA-256 digest in its name: a mixed pair. The key is wrapped with SHA-1 twice.
    OaepMgf1pSha256,
    /// `rsa-oaep` of XML Encryption 1.1 with its defaults, SHA-1 twice.
    Oaep,
    /// `rsa-oaep` with SHA-256 twice.
    #[default]
    OaepSha256,
    /// PKCS#1 v1.5.
    Rsa15,
}

/// Where the wrapped key stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Placement {
    /// In the `KeyInfo` of the data.
    #[default]
    Inside,
    /// Beside the data, each referring to the other.
    Beside,
}

/// What is wrong with it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Flaw {
    /// Nothing.
    #[default]
    None,
    /// The last octet of the content is another one.
    ChangedContent,
    /// The last four octets of the content are missing.
    ShortContent,
    /// The last octet of the wrapped key is another one.
    ChangedKey,
    /// The content is to be fetched from an address.
    Reference(&'static str),
    /// The wrapped key stands that many times.
    Keys(usize),
}

/// The `EncryptedAssertion` around `assertion` (its text, already signed) for the owner of
/// `certificate` (DER).
///
/// # Errors
/// When the certificate holds no RSA key.
pub fn encrypt_assertion(
    assertion: &str,
    certificate: &[u8],
    with: Encryption,
) -> Result<Element, SandboxError> {
    let mut sealed = Sealed::new(assertion.as_bytes(), certificate, with)?;
    let change = |octets: &mut Vec<u8>| {
        if let Some(last) = octets.last_mut() {
            *last ^= 1;
        }
    };
    match with.flaw {
        Flaw::ChangedContent => change(&mut sealed.content),
        Flaw::ShortContent => sealed.content.truncate(sealed.content.len().saturating_sub(4)),
        Flaw::ChangedKey => change(&mut sealed.key),
        Flaw::None | Flaw::Reference(_) | Flaw::Keys(_) => {}
    }
    Ok(sealed.write(with))
}

/// An encrypted element: its key and its content, each sealed.
#[derive(Clone, Debug)]
pub struct Sealed {
    /// The wrapped content key.
    pub key: Vec<u8>,
    /// Nonce or vector, content, tag.
    pub content: Vec<u8>,
}

impl Sealed {
    /// Encrypts `plaintext` for the owner of `certificate` (DER).
    ///
    /// # Errors
    /// When the certificate holds no RSA key.
    pub fn new(
        plaintext: &[u8],
        certificate: &[u8],
        with: Encryption,
    ) -> Result<Self, SandboxError> {
        let length = match with.content {
            Content::Aes128Gcm | Content::Aes128Cbc => 16,
            Content::Aes256Gcm | Content::Aes256Cbc => 32,
        };
        let mut key = vec![0; length];
        rand::fill(&mut key).doing("draw a content key")?;
        let content = match with.content {
            Content::Aes128Gcm => gcm(&AES_128_GCM, &key, plaintext),
            Content::Aes256Gcm => gcm(&AES_256_GCM, &key, plaintext),
            Content::Aes128Cbc => cbc(&AES_128, &key, plaintext),
            Content::Aes256Cbc => cbc(&AES_256, &key, plaintext),
        }
        .doing("encrypt an assertion")?;
        let public = public_key_info(certificate).doing("read an encryption certificate")?;
        let public = PublicEncryptingKey::from_der(&public).doing("read an encryption key")?;
        let key = wrap(public, with.transport, &key).doing("wrap a content key")?;
        Ok(Self { key, content })
    }

    /// The `EncryptedAssertion`.
    #[must_use]
    pub fn write(&self, with: Encryption) -> Element {
        let value = match with.flaw {
            Flaw::Reference(address) => Element::new("xenc:CipherReference").with("URI", address),
            _ => value(&self.content),
        };
        let data = |info: Element| {
            Element::new("xenc:EncryptedData")
                .with("Id", DATA)
                .with("Type", "http://www.w3.org/2001/04/xmlenc#Element")
                .child(method(cipher_name(with.content)))
                .child(info)
                .child(Element::new("xenc:CipherData").child(value))
        };
        let count = if let Flaw::Keys(count) = with.flaw { count } else { 1 };
        let keys = (0..count).map(|number| self.key(number == 0, with));
        let (info, whole) = (Element::new("ds:KeyInfo"), Element::new("saml:EncryptedAssertion"));
        match with.placement {
            Placement::Inside => whole.child(data(keys.fold(info, Element::child))),
            Placement::Beside => {
                let there = Element::new("ds:RetrievalMethod")
                    .with("Type", "http://www.w3.org/2001/04/xmlenc#EncryptedKey")
                    .with("URI", format!("#{KEY}"));
                keys.fold(whole.child(data(info.child(there))), Element::child)
            }
        }
    }

    /// An `EncryptedKey`; identifiers are unique, so only one has it.
    fn key(&self, named: bool, with: Encryption) -> Element {
        let key = Element::new("xenc:EncryptedKey");
        let key = if named { key.with("Id", KEY) } else { key };
        let key = key
            .child(transport(with.transport))
            .child(Element::new("xenc:CipherData").child(value(&self.key)));
        match with.placement {
            Placement::Inside => key,
            Placement::Beside => key.child(
                Element::new("xenc:ReferenceList")
                    .child(Element::new("xenc:DataReference").with("URI", format!("#{DATA}"))),
            ),
        }
    }
}

const DATA: &str = "_encrypted-data";
const KEY: &str = "_encrypted-key";

fn value(octets: &[u8]) -> Element {
    Element::new("xenc:CipherValue").text(STANDARD.encode(octets))
}

fn method(uri: &'static str) -> Element {
    Element::new("xenc:EncryptionMethod").with("Algorithm", uri)
}

const fn cipher_name(content: Content) -> &'static str {
    match content {
        Content::Aes128Gcm => "http://www.w3.org/2009/xmlenc11#aes128-gcm",
        Content::Aes256Gcm => "http://www.w3.org/2009/xmlenc11#aes256-gcm",
        Content::Aes128Cbc => "http://www.w3.org/2001/04/xmlenc#aes128-cbc",
        Content::Aes256Cbc => "http://www.w3.org/2001/04/xmlenc#aes256-cbc",
    }
}

/// The `EncryptionMethod` of a wrapped key.
fn transport(transport: Transport) -> Element {
    const MGF1P: &str = "http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p";
    const OAEP: &str = "http://www.w3.org/2009/xmlenc11#rsa-oaep";
    let digest = |uri: &'static str| Element::new("ds:DigestMethod").with("Algorithm", uri);
    let sha1 = || digest("http://www.w3.org/2000/09/xmldsig#sha1");
    let sha256 = || digest("http://www.w3.org/2001/04/xmlenc#sha256");
    match transport {
        Transport::OaepMgf1p => method(MGF1P).child(sha1()),
        Transport::OaepMgf1pSha256 => method(MGF1P).child(sha256()),
        Transport::Oaep => method(OAEP),
        Transport::OaepSha256 => method(OAEP).child(sha256()).child(
            Element::new("xenc11:MGF")
                .with("Algorithm", "http://www.w3.org/2009/xmlenc11#mgf1sha256"),
        ),
        Transport::Rsa15 => method("http://www.w3.org/2001/04/xmlenc#rsa-1_5"),
    }
}

type Made = Result<Vec<u8>, Unspecified>;

fn wrap(public: PublicEncryptingKey, transport: Transport, key: &[u8]) -> Made {
    let mut room = vec![0; public.key_size_bytes()];
    let oaep = match transport {
        Transport::Rsa15 => None,
        Transport::OaepSha256 => Some(&OAEP_SHA256_MGF1SHA256),
        Transport::OaepMgf1p | Transport::OaepMgf1pSha256 | Transport::Oaep => {
            Some(&OAEP_SHA1_MGF1SHA1)
        }
    };
    let length = match oaep {
        None => Pkcs1PublicEncryptingKey::new(public)?.encrypt(key, &mut room)?.len(),
        Some(oaep) => {
            OaepPublicEncryptingKey::new(public)?.encrypt(oaep, key, &mut room, None)?.len()
        }
    };
    room.truncate(length);
    Ok(room)
}

fn gcm(algorithm: &'static Algorithm, key: &[u8], plaintext: &[u8]) -> Made {
    let mut nonce = [0; NONCE_LEN];
    rand::fill(&mut nonce)?;
    let mut body = plaintext.to_vec();
    LessSafeKey::new(UnboundKey::new(algorithm, key)?).seal_in_place_append_tag(
        Nonce::assume_unique_for_key(nonce),
        Aad::empty(),
        &mut body,
    )?;
    Ok([nonce.as_slice(), &body].concat())
}

/// The padding of PKCS#7 is one that XML Encryption allows.
fn cbc(algorithm: &'static cipher::Algorithm, key: &[u8], plaintext: &[u8]) -> Made {
    let key = PaddedBlockEncryptingKey::cbc_pkcs7(cipher::UnboundCipherKey::new(algorithm, key)?)?;
    let mut body = plaintext.to_vec();
    match key.encrypt(&mut body)? {
        DecryptionContext::Iv128(vector) => Ok([vector.as_ref().as_slice(), &body].concat()),
        _ => Err(Unspecified),
    }
}
