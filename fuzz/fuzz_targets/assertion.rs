//! Any Response whose assertion the provider really signs: the rules are reached, and what is accepted
//! a second reader sees alike.

#![no_main]

use std::sync::OnceLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use libfuzzer_sys::{Corpus, fuzz_target};
use varco::saml::metadata::provider::Reading;
use varco::xml::{Document, Limits, Signer, attribute, canonicalize, elements, sign_enveloped};
use varco_fuzz::messages::{ACS, IDP, REQUEST, SP};
use varco_fuzz::second_reader::read;
use varco_fuzz::world::{judge, known, metadata, party};

/// The provider, and everybody known.
fn provider() -> &'static (Signer, Reading) {
    static PROVIDER: OnceLock<(Signer, Reading)> = OnceLock::new();
    PROVIDER.get_or_init(|| {
        let signer = party(1);
        let reading = known(&metadata(&signer, &party(2)));
        (signer, reading)
    })
}

fuzz_target!(|text: &str| -> Corpus {
    let (signer, reading) = provider();
    let Some(message) = signed(text, signer) else { return Corpus::Reject };
    let Ok(proof) = judge(&STANDARD.encode(message), reading, false) else { return Corpus::Keep };
    let seen = read(text).expect("the second reader reads what was accepted");
    assert_eq!(seen.assertions, 1, "{seen:?}");
    assert_eq!(seen.assertion, proof.assertion_id);
    assert_eq!(seen.attributes, proof.attributes);
    assert_eq!(seen.issuers, [IDP, IDP]);
    assert_eq!(seen.confirmation, (ACS.to_owned(), REQUEST.to_owned()));
    assert!(seen.audiences.iter().any(|audience| audience == SP), "{seen:?}");
    assert!(seen.classes.iter().all(|class| class == proof.level.uri()), "{seen:?}");
    Corpus::Keep
});

/// The Response `text` with its assertion signed, both written in their canonical forms.
fn signed(text: &str, signer: &Signer) -> Option<String> {
    let document = Document::parse(text, &Limits::MESSAGE).ok()?;
    let assertion = elements(document.root()).find(|node| node.tag_name().name() == "Assertion")?;
    let id = attribute(assertion, "ID")?;
    let mut octets = Vec::new();
    canonicalize(&document, assertion, None, &[], &mut octets).ok()?;
    let canonical = String::from_utf8(octets).ok()?;
    let place = Document::parse(&canonical, &Limits::MESSAGE)
        .ok()?
        .root()
        .first_element_child()
        .map_or(canonical.find('>')? + 1, |issuer| issuer.range().end);
    let inner = sign_enveloped(signer, &canonical, id, place).ok()?;
    let mut around = Vec::new();
    canonicalize(&document, document.root(), Some(assertion), &[], &mut around).ok()?;
    let mut around = String::from_utf8(around).ok()?;
    around.insert_str(around.rfind("</")?, &inner);
    Some(around)
}
