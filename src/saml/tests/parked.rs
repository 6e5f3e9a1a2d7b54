//! Genuine pieces parked where a careless reader would still find them, and messages that are no
//! Response at all: SA-10, SA-11, SA-52, SA-54, SA-55, SA-57, acceptance cases 112 and 113.

use super::*;
use crate::crypto::digest::sha256;

/// Whose fiscal code the attacker writes.
const VICTIM: &str = "RSSMRA85T10A562S";
const GENUINE: &str = "GDNNWA12H81Y874F";

/// The part of a message from the first `start` to the last `end`.
fn part<'t>(text: &'t str, start: &str, end: &str) -> &'t str {
    let (from, to) = (text.find(start).unwrap(), text.rfind(end).unwrap() + end.len());
    text.get(from..to).unwrap()
}

fn assertion_of(text: &str) -> String {
    part(text, "<saml:Assertion", "</saml:Assertion>").to_owned()
}

fn verdict(message: &str) -> String {
    let reading = reading();
    let provider = reading.providers.get(IDP).unwrap();
    let trusted = Trusted {
        provider,
        known: &reading.providers,
        response: ResponseSignature::IfPresent,
        decryption: None,
    };
    match accept(&STANDARD.encode(message), &expected(), &trusted) {
        Ok(_) => "accepted".to_owned(),
        Err(rejected) => rejected.cause.slug().to_owned(),
    }
}

fn only_assertion_signed() -> Answer {
    Answer::default().signed_by(None, Some(By::Idp))
}

/// SA-10, CVE-2024-45409: the reader looks for "a" `DigestValue` and finds the attacker's.
#[test]
fn a_digest_smuggled_into_the_status_proves_nothing() {
    let forged = Answer::default().assertion(GENUINE, VICTIM).signed_by(None, None).xml();
    let digest = STANDARD.encode(sha256(assertion_of(&forged).as_bytes()));
    let smuggled = format!(
        "<ds:DigestValue xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\">{digest}</ds:DigestValue>"
    );
    for (from, to) in [
        (
            "</samlp:Status>",
            format!("<samlp:StatusDetail>{smuggled}</samlp:StatusDetail></samlp:Status>"),
        ),
        ("<ds:X509Data>", format!("{smuggled}<ds:X509Data>")),
    ] {
        let answer = only_assertion_signed().wire(GENUINE, VICTIM).wire(from, &to);
        assert_eq!(answer.verdict(), "assertion-signature-invalid", "{from}");
    }
    for (from, to) in [
        ("<ds:DigestValue>", format!("{smuggled}<ds:DigestValue>")),
        ("<ds:SignedInfo>", format!("{smuggled}<ds:SignedInfo>")),
        ("</ds:SignatureValue>", format!("</ds:SignatureValue><ds:Object>{smuggled}</ds:Object>")),
    ] {
        let answer = only_assertion_signed().wire(GENUINE, VICTIM).wire(from, &to);
        assert_eq!(answer.verdict(), "signature-shape", "{from}");
    }
}

/// SA-10: the genuine assertion, signature and all, is parked; another one stands in its place.
#[test]
fn a_genuine_assertion_parked_elsewhere_proves_nobody() {
    let whole = only_assertion_signed().xml();
    let genuine = assertion_of(&whole);
    let signature = part(&genuine, "<ds:Signature", "</ds:Signature>");
    for keeps_signature in [false, true] {
        for id in ["_forged", "_assertion-1"] {
            let forged = genuine.replace(GENUINE, VICTIM).replacen("_assertion-1", id, 1);
            let forged = if keeps_signature { forged } else { forged.replace(signature, "") };
            let swapped = whole.replace(&genuine, &forged);
            for (from, to) in [
                (
                    "</samlp:Status>",
                    format!("<samlp:StatusDetail>{genuine}</samlp:StatusDetail></samlp:Status>"),
                ),
                (
                    "<samlp:Status>",
                    format!("<samlp:Extensions>{genuine}</samlp:Extensions><samlp:Status>"),
                ),
                (
                    "<saml:AuthnStatement ",
                    format!("<saml:Advice>{genuine}</saml:Advice><saml:AuthnStatement "),
                ),
                ("<saml:AttributeValue>AGID", format!("<saml:AttributeValue>{genuine}AGID")),
                (
                    "</saml:SubjectConfirmationData>",
                    format!("{genuine}</saml:SubjectConfirmationData>"),
                ),
                ("</samlp:Response>", format!("{genuine}</samlp:Response>")),
            ] {
                let message = swapped.replacen(from, &to, 1);
                assert_ne!(message, swapped, "{from}");
                let found = verdict(&message);
                let by_structure = ["response-structure", "xml-duplicate-id"];
                assert!(by_structure.contains(&found.as_str()), "{from} {id}: {found}");
            }
        }
    }
}

/// SA-11: one or two assertions in Advice, none, the first or all of them signed, the outer one
/// signed or not.
#[test]
fn advice_is_refused_whatever_it_holds_and_whoever_signed_it() {
    let inner = |id: &str, by: Option<By>| {
        let whole = Answer::default().signed_by(None, by).xml();
        assertion_of(&whole).replace("_assertion-1", id)
    };
    for outer in [Some(By::Idp), None] {
        for count in [1, 2] {
            for signed in 0..=count {
                let advice: String = (0..count)
                    .map(|at| inner(&format!("_inner-{at}"), (at < signed).then_some(By::Idp)))
                    .collect();
                let answer = Answer::default()
                    .assertion(
                        "<saml:AuthnStatement ",
                        &format!("<saml:Advice>{advice}</saml:Advice><saml:AuthnStatement "),
                    )
                    .signed_by(Some(By::Idp), outer);
                assert_eq!(answer.verdict(), "response-structure", "{outer:?} {count} {signed}");
            }
        }
    }
}

/// Acceptance cases 112 and 113: a reader that takes the first signature that verifies meets that of
/// the provider's own metadata.
#[test]
fn signed_metadata_inside_a_response_signs_nothing_else() {
    let bare = format!(
        "<md:EntityDescriptor xmlns:md=\"urn:oasis:names:tc:SAML:2.0:metadata\" \
         ID=\"_metadata\" entityID=\"{IDP}\"></md:EntityDescriptor>"
    );
    let place = bare.find('>').unwrap() + 1;
    let metadata = sign_enveloped(signer(By::Idp), &bare, "_metadata", place).unwrap();
    let issuer = "<saml:Issuer xmlns";
    for (case, response, assertion) in [
        ("112", Some(By::Stranger), None),
        ("113", Some(By::Stranger), Some(By::Stranger)),
        ("even signed by the provider", Some(By::Idp), Some(By::Idp)),
    ] {
        let answer = Answer::default()
            .response(issuer, &format!("{metadata}{issuer}"))
            .signed_by(response, assertion);
        assert_eq!(answer.verdict(), "response-structure", "{case}");
    }
}

/// SA-57: every other message, from every other protocol, under a good signature.
#[test]
fn a_message_of_another_type_is_no_response() {
    let genuine = Answer::default().xml();
    for name in [
        "LogoutResponse",
        "LogoutRequest",
        "AuthnRequest",
        "ArtifactResponse",
        "ManageNameIDResponse",
        "NameIDMappingResponse",
        "response",
    ] {
        let message = genuine.replace("samlp:Response", &format!("samlp:{name}"));
        assert_eq!(verdict(&message), "response-malformed", "{name}");
    }
    let wrapped = |start: &str, end: &str| verdict(&format!("{start}{genuine}{end}"));
    let artifact = "<samlp:ArtifactResponse xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\">";
    assert_eq!(wrapped(artifact, "</samlp:ArtifactResponse>"), "response-malformed");
    let soap = "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body>";
    assert_eq!(wrapped(soap, "</s:Body></s:Envelope>"), "response-malformed");
    assert_eq!(verdict(&assertion_of(&genuine)), "response-malformed", "an Assertion alone");
    assert_eq!(verdict(&aggregate()), "response-malformed", "metadata");
    for older in ["urn:oasis:names:tc:SAML:1.1:protocol", "urn:oasis:names:tc:SAML:1.0:protocol"] {
        let message = genuine.replace("urn:oasis:names:tc:SAML:2.0:protocol", older);
        assert_eq!(verdict(&message), "response-malformed", "{older}");
    }
    let unprefixed = genuine.replace("samlp:", "");
    assert_eq!(verdict(&unprefixed), "response-malformed", "a Response of no namespace");
}

/// SA-54: an address in a message is text. Nothing is fetched, included or validated against.
#[test]
fn hints_to_fetch_are_ignored_or_refused() {
    let schema = "xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" ID=\"_assertion-1\" IssueInstant=\"2026-11-22T10:00:20Z\" Version=\"2.0\" xsi:schemaLocation=\"urn:x http://canary.example/x.xsd\">";
    let start = "xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\" ID=\"_assertion-1\" IssueInstant=\"2026-11-22T10:00:20Z\" Version=\"2.0\">";
    assert_eq!(Answer::default().assertion(start, schema).verdict(), "accepted");
    let include = "<xi:include xmlns:xi=\"http://www.w3.org/2001/XInclude\" href=\"http://canary.example/\"></xi:include>";
    let inside = Answer::default().assertion(">AGID-001<", &format!(">{include}<"));
    assert_eq!(inside.verdict(), "response-structure");
    let beside = Answer::default().response("<samlp:Status>", &format!("{include}<samlp:Status>"));
    assert_eq!(beside.verdict(), "response-structure");
    let sheet = "<?xml-stylesheet href=\"http://canary.example/\"?><samlp:Response ";
    let before = Answer::default().wire("<samlp:Response ", sheet);
    assert_eq!(before.verdict(), "xml-processing-instruction");
}

/// SA-52, SA-55: what is large or many is refused before any key is asked.
#[test]
fn large_values_and_many_signatures_are_refused_unread() {
    let large = Answer::default().wire("AGID-001", &"A".repeat(200_000));
    assert_eq!(large.verdict(), "response-too-large");
    let lines = "\n".repeat(10_000_000);
    let reading = reading();
    let provider = reading.providers.get(IDP).unwrap();
    let trusted = Trusted {
        provider,
        known: &reading.providers,
        response: ResponseSignature::IfPresent,
        decryption: None,
    };
    let padded = Answer::default().encoded() + &lines;
    let rejected = accept(&padded, &expected(), &trusted).unwrap_err();
    assert_eq!(rejected.cause.slug(), "response-too-large");
    let signature = "<ds:Signature xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"></ds:Signature>";
    for place in ["<samlp:Status>", "<saml:Subject>"] {
        let many = Answer::default().wire(place, &(signature.repeat(500) + place));
        let found = many.verdict();
        let early = ["response-structure", "signature-position"];
        assert!(early.contains(&found.as_str()), "{place}: {found}");
    }
}
