//! Any Response whose assertion the provider really signs, plain and encrypted: the rules are reached,
//! and what is accepted a second reader sees alike.

#![no_main]

use std::sync::OnceLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use libfuzzer_sys::{Corpus, fuzz_target};
use varco::saml::Proof;
use varco::saml::metadata::provider::Reading;
use varco::xml::{Document, Limits, Signer, attribute, canonicalize, elements, sign_enveloped};
use varco_fuzz::messages::{ACS, IDP, REQUEST, SP};
use varco_fuzz::second_reader::read;
use varco_fuzz::world::{encrypted, judge, known, metadata, party};

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
    let Some((around, assertion)) = signed(text, signer) else { return Corpus::Reject };
    let answer = |inside: &str| {
        let mut message = around.clone();
        message.insert_str(message.rfind("</").unwrap_or_default(), inside);
        judge(&STANDARD.encode(message), reading, false).ok()
    };
    let (plain, opened) = (answer(&assertion), answer(&encrypted(&assertion)));
    // What was encrypted shares no identifiers and no limits with what is around it.
    assert!(plain.is_none() || plain == opened, "{plain:?} {opened:?}");
    if let Some(proof) = opened {
        compare(text, &proof);
    }
    Corpus::Keep
});

fn compare(text: &str, proof: &Proof) {
    let seen = read(text).expect("the second reader reads what was accepted");
    assert_eq!(seen.assertions, 1, "{seen:?}");
    assert_eq!(seen.assertion, proof.assertion_id);
    assert_eq!(seen.attributes, proof.attributes);
    assert_eq!(seen.issuers, [IDP, IDP]);
    assert_eq!(seen.confirmation, (ACS.to_owned(), REQUEST.to_owned()));
    assert!(seen.audiences.iter().any(|audience| audience == SP), "{seen:?}");
    assert!(seen.classes.iter().all(|class| class == proof.level.uri()), "{seen:?}");
}

/// The Response `text` without its assertion, and the assertion signed, both in canonical form.
fn signed(text: &str, signer: &Signer) -> Option<(String, String)> {
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
    Some((String::from_utf8(around).ok()?, inner))
}
