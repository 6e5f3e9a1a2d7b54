//! Verdicts: what Varco accepts, xmlsec1 (through samael) and bergshamra accept, with the same
//! octets; and the wrapping attacks are live: a verifier that only follows references accepts them.

#![cfg(test)]

#[path = "verdicts/encryption.rs"]
mod encryption;
#[path = "../../tests/it/fixture_xml.rs"]
mod fixture_xml;
#[path = "../../tests/it/xml_wrapping.rs"]
mod xml_wrapping;

use std::process::Command;

use bergshamra::{DsigContext, KeysManager};
use fixture_xml::{
    EVIL, GENUINE, Recipe, TWO, assertion, assertion_signed, both_signed, everything_readable,
    identity, provider,
};
use samael::crypto::{CertificateDer, Crypto, CryptoProvider as _, ReduceMode};
use varco::xml::{ASSERTION, Document, Limits, Position, only_child, verify_enveloped};

/// Good documents with one signature, each in another dress.
fn accepted() -> Vec<String> {
    let good = assertion_signed();
    let listed = TWO.replacen(
        "xml-exc-c14n#\"></ds:Transform>",
        "xml-exc-c14n#\"><ec:InclusiveNamespaces xmlns:ec=\"http://www.w3.org/2001/10/xml-exc-c14n#\" \
         PrefixList=\"xs saml\"></ec:InclusiveNamespaces></ds:Transform>",
        1,
    );
    let references: String =
        GENUINE.chars().map(|c| format!("&#{};", u32::from(c))).collect::<Vec<_>>().concat();
    vec![
        good.clone(),
        format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{good}"),
        good.replace(GENUINE, &references),
        good.replace("<ds:SignatureValue>", "<ds:SignatureValue>\r\n   "),
        good.replace("></saml:SubjectConfirmationData>", "/>"),
        good.replacen(" ID=\"_a1\" ", "\n\tID='_a1'\r\n ", 1),
        good.replacen("<samlp:Response ", "<samlp:Response xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\" xmlns=\"urn:other\" ", 1),
        Recipe::default().response(),
        Recipe { transforms: &listed, ..Recipe::default() }.response(),
    ]
}

fn octets(text: &str) -> Vec<u8> {
    let document = Document::parse(text, &Limits::MESSAGE).unwrap();
    let assertion = only_child(document.root(), ASSERTION, "Assertion").unwrap().unwrap();
    let keys = provider().keys();
    verify_enveloped(&document, assertion, Position::AfterIssuer, &keys, &mut Vec::new())
        .unwrap()
        .as_octets()
        .to_vec()
}

fn by_samael(text: &str, mode: ReduceMode) -> Result<String, String> {
    let certificate = CertificateDer::from(provider().certificate.clone());
    Crypto::reduce_xml_to_signed(text, &[certificate], mode).map_err(|error| error.to_string())
}

fn by_bergshamra(text: &str) -> bool {
    let mut manager = KeysManager::new();
    let key = bergshamra::keys::loader::load_x509_cert_der(&provider().certificate).unwrap();
    manager.add_key(key);
    let context = DsigContext::new(manager);
    bergshamra::verify_all(&context, text)
        .is_ok_and(|all| !all.is_empty() && all.iter().all(bergshamra::VerifyResult::is_valid))
}

#[test]
fn what_varco_accepts_the_others_accept_with_the_same_octets() {
    for (number, text) in accepted().iter().enumerate() {
        let ours = identity(text, &provider().keys());
        assert_eq!(ours.as_deref(), Ok(GENUINE), "document {number}");
        let theirs = by_samael(text, ReduceMode::PreDigest);
        let ours = String::from_utf8(octets(text)).unwrap();
        assert_eq!(theirs.as_deref(), Ok(ours.as_str()), "document {number}");
        assert!(by_bergshamra(text), "bergshamra refused document {number}");
    }
}

#[test]
fn both_signatures_are_accepted_by_all() {
    let text = both_signed();
    assert_eq!(identity(&text, &provider().keys()).as_deref(), Ok(GENUINE));
    let reduced = by_samael(&text, ReduceMode::ValidateAndMarkNoAncestors).unwrap();
    assert!(reduced.contains(GENUINE) && reduced.contains(">_abc</"));
    assert!(by_bergshamra(&text));
}

#[test]
fn a_changed_document_is_refused_by_all() {
    let text = assertion_signed().replace(GENUINE, EVIL);
    assert!(identity(&text, &provider().keys()).is_err());
    assert!(by_samael(&text, ReduceMode::PreDigest).is_err());
    assert!(!by_bergshamra(&text));
}

#[test]
fn the_wrapping_attacks_are_live_against_a_naive_verifier() {
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR"));
    let certificate = folder.join("provider.der");
    std::fs::write(&certificate, &provider().certificate).unwrap();
    let naive = |name: &str, text: &str| {
        let file = folder.join(format!("{name}.xml"));
        std::fs::write(&file, text).unwrap();
        let done = Command::new("xmlsec1")
            .args(["--verify", "--pubkey-cert-der"])
            .arg(&certificate)
            .args(["--id-attr:ID", &format!("{ASSERTION}:Assertion")])
            .args(["--id-attr:ID", "urn:oasis:names:tc:SAML:2.0:protocol:Response"])
            .arg(&file)
            .output()
            .unwrap();
        done.status.success()
    };
    assert!(naive("good", &assertion_signed()), "xmlsec1 must accept the genuine document");
    let mut fooled = Vec::new();
    for (name, text) in xml_wrapping::classical() {
        if naive(name, &text) {
            fooled.push(name);
        }
        assert!(identity(&text, &provider().keys()).is_err());
        assert!(everything_readable(&text, &provider().keys()).iter().all(|v| v != EVIL));
    }
    println!("xmlsec1 --verify alone accepts {fooled:?}");
    assert!(fooled.len() >= 4, "the attacks are not live: {fooled:?}");
    assert!(assertion("_x", EVIL).0.contains(EVIL));
}
