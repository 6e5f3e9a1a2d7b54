//! The fixed world: who is known, what is expected, and what alone may be accepted.
//!
//! Not random and not the wall clock: a finding repeats.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::rsa::{OAEP_SHA1_MGF1SHA1, OaepPublicEncryptingKey, PrivateDecryptingKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use varco::crypto::certificate::{Identifier, Subject, self_signed};
use varco::crypto::decryption::DecryptionKey;
use varco::crypto::rsa::RsaSigningKey;
use varco::effects::{Effects, Timestamp};
use varco::saml::metadata::provider::{Provider, Reading, read};
use varco::saml::response::ResponseSignature;
use varco::saml::{Comparison, Expected, Proof, Rejected, Trusted, accept};
use varco::terms::Level;
use varco::xml::{Decryption, Signer, VerificationKey};

use crate::messages::{ACS, ATTRIBUTES, IDP, OTHER_IDP, REQUEST, SENT, SP};

/// The folder of this crate.
#[must_use]
pub fn folder() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The folder of a target's seeds.
#[must_use]
pub fn corpus(target: &str) -> PathBuf {
    folder().join("corpus").join(target)
}

/// When answers arrive.
#[must_use]
pub fn now() -> Timestamp {
    Timestamp::from_unix_seconds(SENT + 30)
}

/// What an answer must fit.
#[must_use]
pub fn expected() -> Expected<'static> {
    Expected {
        request_id: REQUEST,
        request_instant: Timestamp::from_unix_seconds(SENT),
        provider: IDP,
        consumer: ACS,
        arrived_at: ACS,
        entity_id: SP,
        level: Level::L2,
        comparison: Comparison::Minimum,
        force: true,
        required: &[],
        issuer_format_optional: false,
        now: now(),
    }
}

/// The two providers of `fixtures/providers.xml`, whose keys nobody has.
#[must_use]
pub fn providers() -> &'static Reading {
    static KNOWN: OnceLock<Reading> = OnceLock::new();
    KNOWN.get_or_init(|| known(include_str!("../fixtures/providers.xml")))
}

/// Our key for decryption, made anew each time, and its public half: no seed was encrypted for it.
fn decryption() -> &'static (Decryption, OaepPublicEncryptingKey) {
    static OURS: OnceLock<(Decryption, OaepPublicEncryptingKey)> = OnceLock::new();
    OURS.get_or_init(|| {
        let der = RsaSigningKey::generate(2048).expect("a key");
        let ours = Arc::new(DecryptionKey::from_pkcs8(&der).expect("a key"));
        let public = PrivateDecryptingKey::from_pkcs8(&der).expect("a key").public_key();
        let public = OaepPublicEncryptingKey::new(public).expect("a key");
        (Decryption { keys: vec![ours], cbc: true }, public)
    })
}

/// An `EncryptedAssertion` around `assertion`, for our key, in canonical form.
#[must_use]
pub fn encrypted(assertion: &str) -> String {
    const CONTENT_KEY: [u8; 32] = [9; 32];
    let nonce = [5; NONCE_LEN];
    let mut content = assertion.as_bytes().to_vec();
    let key = UnboundKey::new(&AES_256_GCM, &CONTENT_KEY).map(LessSafeKey::new).expect("a key");
    key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::empty(), &mut content)
        .expect("encrypted");
    let public = &decryption().1;
    let mut wrapped = vec![0; public.ciphertext_size()];
    public.encrypt(&OAEP_SHA1_MGF1SHA1, &CONTENT_KEY, &mut wrapped, None).expect("encrypted");
    sealed("http://www.w3.org/2009/xmlenc11#aes256-gcm", &wrapped, &[&nonce[..], &content].concat())
}

/// An `EncryptedAssertion` of these octets, in canonical form.
#[must_use]
pub fn sealed(cipher: &str, wrapped: &[u8], content: &[u8]) -> String {
    format!(
        "<saml:EncryptedAssertion xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\">\
         <xenc:EncryptedData xmlns:xenc=\"http://www.w3.org/2001/04/xmlenc#\" \
         Type=\"http://www.w3.org/2001/04/xmlenc#Element\">\
         <xenc:EncryptionMethod Algorithm=\"{cipher}\"></xenc:EncryptionMethod>\
         <ds:KeyInfo xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"><xenc:EncryptedKey>\
         <xenc:EncryptionMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p\">\
         <ds:DigestMethod Algorithm=\"http://www.w3.org/2000/09/xmldsig#sha1\"></ds:DigestMethod>\
         </xenc:EncryptionMethod><xenc:CipherData><xenc:CipherValue>{}</xenc:CipherValue>\
         </xenc:CipherData></xenc:EncryptedKey></ds:KeyInfo><xenc:CipherData>\
         <xenc:CipherValue>{}</xenc:CipherValue></xenc:CipherData></xenc:EncryptedData>\
         </saml:EncryptedAssertion>",
        STANDARD.encode(wrapped),
        STANDARD.encode(content),
    )
}

/// The keys that sign metadata, pinned.
#[must_use]
pub fn federation() -> &'static [VerificationKey] {
    static KEYS: OnceLock<Vec<VerificationKey>> = OnceLock::new();
    KEYS.get_or_init(|| {
        let der = STANDARD.decode(include_str!("../fixtures/federation.txt").trim());
        vec![VerificationKey::from_certificate(&der.expect("base64")).expect("a certificate")]
    })
}

/// Reads metadata that must be good.
#[must_use]
pub fn known(metadata: &str) -> Reading {
    let mut reading = Reading::default();
    read(metadata, None, Timestamp::from_unix_seconds(SENT), &mut reading).expect("metadata");
    assert!(reading.alerts.is_empty() && reading.providers.len() == 2, "{:?}", reading.alerts);
    reading
}

/// The provider that was asked.
#[must_use]
pub fn asked(reading: &Reading) -> &Provider {
    reading.providers.get(IDP).expect("the provider is known")
}

/// Opens a form field as an answer of the provider that was asked, or of the `other` one.
///
/// # Errors
/// Why it is not accepted.
pub fn judge(encoded: &str, reading: &Reading, other: bool) -> Result<Proof, Rejected> {
    let provider = reading.providers.get(if other { OTHER_IDP } else { IDP });
    let trusted = Trusted {
        provider: provider.expect("the provider is known"),
        known: &reading.providers,
        response: ResponseSignature::IfPresent,
        decryption: Some(&decryption().0),
    };
    accept(encoded, &expected(), &trusted)
}

/// Whether `proof` says what the genuine assertion says, and nothing else.
#[must_use]
pub fn is_genuine(proof: &Proof) -> bool {
    let attributes = proof.attributes.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    proof.assertion_id == "_assertion-1"
        && proof.level == Level::L2
        && proof.authenticated_at == Timestamp::from_unix_seconds(SENT + 19)
        && attributes.eq(ATTRIBUTES)
}

/// Somebody with a new key.
#[must_use]
pub fn party(seed: u64) -> Signer {
    let (fx, _) = Effects::scripted(SENT, seed);
    let key = RsaSigningKey::generate(2048).and_then(|der| RsaSigningKey::from_pkcs8(&der));
    let key = key.expect("a key");
    let subject = Subject {
        organization: "Ente di Prova per il Collaudo",
        common_name: "Ente Prova",
        locality: "Roma",
        identifier: Identifier::Ipa("c_h501"),
        entity_id: SP,
    };
    let der = self_signed(&subject, &key, Duration::from_hours(24 * 365), &fx);
    Signer::new(Arc::new(key), &der.expect("a certificate"))
}

/// Metadata of the two providers with these signing certificates, in canonical form.
#[must_use]
pub fn metadata(first: &Signer, other: &Signer) -> String {
    let entity = |id: &str, name: &str, host: &str, signer: &Signer| {
        format!(
            "<md:EntityDescriptor entityID=\"{id}\"><md:IDPSSODescriptor \
             protocolSupportEnumeration=\"urn:oasis:names:tc:SAML:2.0:protocol\">\
             <md:KeyDescriptor use=\"signing\"><ds:KeyInfo \
             xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"><ds:X509Data>\
             <ds:X509Certificate>{}</ds:X509Certificate></ds:X509Data></ds:KeyInfo>\
             </md:KeyDescriptor>\
             <md:SingleLogoutService Binding=\"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect\" \
             Location=\"https://{host}/slo/redirect\"></md:SingleLogoutService>\
             <md:SingleSignOnService Binding=\"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect\" \
             Location=\"https://{host}/sso/redirect\"></md:SingleSignOnService>\
             <md:SingleSignOnService Binding=\"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST\" \
             Location=\"https://{host}/sso/post\"></md:SingleSignOnService></md:IDPSSODescriptor>\
             <md:Organization><md:OrganizationDisplayName xml:lang=\"it\">{name}\
             </md:OrganizationDisplayName></md:Organization></md:EntityDescriptor>",
            signer.certificate(),
        )
    };
    format!(
        "<md:EntitiesDescriptor xmlns:md=\"urn:oasis:names:tc:SAML:2.0:metadata\" ID=\"_all\" \
         validUntil=\"2026-12-22T10:00:00Z\">{}{}</md:EntitiesDescriptor>",
        entity(IDP, "Provider Uno", "idp.example", first),
        entity(OTHER_IDP, "Provider Due", "other.example", other),
    )
}
