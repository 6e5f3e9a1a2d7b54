//! Signature wrapping against the whole check of a Response: SA-01 to SA-13, none accepted.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use varco::effects::Timestamp;
use varco::saml::metadata::provider::{Providers, Reading, read};
use varco::saml::response::ResponseSignature;
use varco::saml::{Comparison, Decryption, Expected, Proof, Rejected, Trusted, accept};
use varco::terms::Level;

use crate::fixture_xml::{GENUINE, assertion_signed, both_signed, provider};
use crate::xml_wrapping::{classical, everywhere};

/// 2026-11-22T10:00:00Z.
const SENT: i64 = 1_795_341_600;

/// The registry: one provider, with the certificate of the fixture.
pub(crate) fn providers() -> Providers {
    let metadata = format!(
        "<md:EntityDescriptor xmlns:md=\"urn:oasis:names:tc:SAML:2.0:metadata\" \
         xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\" entityID=\"https://idp.example\">\
         <md:IDPSSODescriptor protocolSupportEnumeration=\"urn:oasis:names:tc:SAML:2.0:protocol\">\
         <md:KeyDescriptor use=\"signing\"><ds:KeyInfo><ds:X509Data><ds:X509Certificate>{}\
         </ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>\
         <md:SingleSignOnService Binding=\"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST\" \
         Location=\"https://idp.example/sso\"/></md:IDPSSODescriptor>\
         <md:Organization><md:OrganizationDisplayName xml:lang=\"it\">Uno\
         </md:OrganizationDisplayName></md:Organization></md:EntityDescriptor>",
        provider().signer.certificate()
    );
    let mut reading = Reading::default();
    read(&metadata, None, Timestamp::from_unix_seconds(SENT), &mut reading).unwrap();
    assert_eq!(reading.alerts, Vec::<String>::new());
    reading.providers
}

fn check(text: &str, providers: &Providers) -> Result<Proof, Rejected> {
    judge(text, providers, None)
}

/// The whole check of a Response, with or without a key for what is encrypted.
pub(crate) fn judge(
    text: &str,
    providers: &Providers,
    decryption: Option<&Decryption>,
) -> Result<Proof, Rejected> {
    let expected = Expected {
        request_id: "_req",
        request_instant: Timestamp::from_unix_seconds(SENT),
        provider: "https://idp.example",
        consumer: "https://sp.example/acs",
        arrived_at: "https://sp.example/acs",
        entity_id: "https://sp.example",
        level: Level::L2,
        comparison: Comparison::Minimum,
        force: false,
        required: &["fiscalNumber".to_owned()],
        issuer_format_optional: false,
        now: Timestamp::from_unix_seconds(SENT + 60),
    };
    let trusted = Trusted {
        provider: providers.get("https://idp.example").unwrap(),
        known: providers,
        response: ResponseSignature::IfPresent,
        decryption,
    };
    accept(&STANDARD.encode(text), &expected, &trusted)
}

/// Without this the refusals below would prove nothing.
#[test]
fn the_responses_that_the_attacks_start_from_are_accepted() {
    let providers = providers();
    for text in [both_signed(), assertion_signed()] {
        let proof = check(&text, &providers).unwrap();
        assert_eq!(proof.attributes.get("fiscalNumber").map(String::as_str), Some(GENUINE));
    }
}

#[test]
fn the_eight_classical_wrappings_prove_nobody() {
    let providers = providers();
    for (name, text) in classical() {
        let proof = check(&text, &providers);
        assert!(proof.is_err(), "{name} was accepted: {proof:?}");
    }
}

#[test]
fn an_evil_assertion_proves_nobody_at_any_place_of_the_tree() {
    let providers = providers();
    let seen = everywhere(|name, text| {
        let proof = check(text, &providers);
        assert!(proof.is_err(), "{name} was accepted: {proof:?}");
    });
    assert!(seen >= 140 * 5, "only {seen} documents");
}
