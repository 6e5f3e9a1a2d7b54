//! Who signed, what was signed, and what surrounds it.

use super::*;
use crate::saml::Rejection;
use crate::saml::response::MOST_ENCODED;

fn by(response: Option<By>, assertion: Option<By>) -> String {
    Answer::default().signed_by(response, assertion).verdict()
}

#[test]
fn the_assertion_is_signed_always_and_every_signature_verifies() {
    use By::{Idp, IdpNext, OtherIdp, Stranger};
    for (response, assertion, slug) in [
        (Some(Idp), Some(Idp), "accepted"),
        (None, Some(Idp), "accepted"),
        (None, Some(IdpNext), "accepted"),
        (Some(IdpNext), Some(Idp), "accepted"),
        (None, None, "response-unsigned"),
        (Some(Idp), None, "assertion-unsigned"),
        (Some(Stranger), None, "assertion-unsigned"),
        (Some(Stranger), Some(Stranger), "response-signature-invalid"),
        (Some(Stranger), Some(Idp), "response-signature-invalid"),
        (Some(Idp), Some(Stranger), "assertion-signature-invalid"),
        (None, Some(Stranger), "assertion-signature-invalid"),
        (Some(OtherIdp), Some(OtherIdp), "signature-other-provider"),
        (None, Some(OtherIdp), "signature-other-provider"),
        (Some(Idp), Some(OtherIdp), "signature-other-provider"),
    ] {
        assert_eq!(by(response, assertion), slug, "{response:?} {assertion:?}");
    }
}

#[test]
fn a_response_that_must_be_signed_is_refused_without_its_signature() {
    let answer = Answer::default().signed_by(None, Some(By::Idp));
    let rejected = answer.judge_by(&expected(), ResponseSignature::Required).unwrap_err();
    assert_eq!(rejected.cause, Rejection::ResponseSignatureMissing);
    assert!(Answer::default().judge_by(&expected(), ResponseSignature::Required).is_ok());
    // An error needs none: it starts no login.
    let error = Answer::error("ErrorCode nr25");
    let rejected = error.judge_by(&expected(), ResponseSignature::Required).unwrap_err();
    assert_eq!(rejected.cause.slug(), "spid-nr25");
}

#[test]
fn a_certificate_in_the_message_opens_nothing() {
    // The stranger shows the provider's certificate, and its own: both are only hints.
    let shown = Answer::default()
        .signed_by(None, Some(By::Stranger))
        .wire(&certificate(By::Stranger), &certificate(By::Idp));
    assert_eq!(shown.verdict(), "assertion-signature-invalid");
    let other = Answer::default()
        .signed_by(None, Some(By::Stranger))
        .wire(&certificate(By::Stranger), &certificate(By::OtherIdp));
    assert_eq!(other.verdict(), "assertion-signature-invalid");
    // Signed by the other provider in the name of the one asked, or in its own.
    let named = Answer::default()
        .signed_by(None, Some(By::OtherIdp))
        .assertion(">https://idp.example/metadata<", ">https://other.example/metadata<")
        .wire(&certificate(By::OtherIdp), "");
    assert_eq!(named.verdict(), "signature-other-provider");
}

#[test]
fn a_change_after_signing_is_refused() {
    let both = Answer::default().wire("GDNNWA12H81Y874F", "RSSMRA85T10A562S");
    assert_eq!(both.verdict(), "response-signature-invalid");
    let assertion = both.signed_by(None, Some(By::Idp));
    assert_eq!(assertion.verdict(), "assertion-signature-invalid");
    let response = Answer::default()
        .wire("ID=\"_response-1\" InResponseTo", "ID=\"_response-1\" Extra=\"1\" InResponseTo");
    assert_eq!(response.verdict(), "response-signature-invalid");
}

#[test]
fn sha1_is_refused_under_its_name() {
    let sha256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";
    let method = Answer::default()
        .signed_by(None, Some(By::Idp))
        .wire(sha256, "http://www.w3.org/2000/09/xmldsig#rsa-sha1");
    assert_eq!(method.verdict(), "signature-sha1");
    let digest = Answer::default()
        .signed_by(None, Some(By::Idp))
        .wire("http://www.w3.org/2001/04/xmlenc#sha256", "http://www.w3.org/2000/09/xmldsig#sha1");
    assert_eq!(digest.verdict(), "signature-sha1");
}

#[test]
fn what_xml_must_not_hold_is_refused_under_its_name() {
    let start = "<samlp:Response ";
    for (before, slug) in [
        ("<!DOCTYPE r [<!ENTITY e SYSTEM \"file:///etc/passwd\">]>", "xml-doctype"),
        ("<!-- c -->", "xml-comment"),
        ("<?xml-stylesheet href=\"x\"?>", "xml-processing-instruction"),
        ("<?xml version=\"1.0\" encoding=\"UTF-8\"?>", "accepted"),
        ("<", "xml-not-well-formed"),
    ] {
        let answer = Answer::default().wire(start, &format!("{before}{start}"));
        assert_eq!(answer.verdict(), slug, "{before}");
    }
    let comment = Answer::default().wire("GDNNWA12", "GDNNWA<!---->12");
    assert_eq!(comment.verdict(), "xml-comment");
    let doubled = Answer::default().wire("ID=\"_response-1\"", "ID=\"_assertion-1\"");
    assert_eq!(doubled.verdict(), "xml-duplicate-id");
}

#[test]
fn a_second_assertion_or_response_anywhere_is_refused() {
    let xml = Answer::default().signed_by(None, Some(By::Idp)).xml();
    let assertion = xml
        .get(xml.find("<saml:Assertion").unwrap()..xml.find("</samlp:Response>").unwrap())
        .unwrap();
    let forged = assertion
        .replace("_assertion-1", "_forged")
        .replace("GDNNWA12H81Y874F", "RSSMRA85T10A562S");
    let unsigned = || Answer::default().signed_by(None, Some(By::Idp));
    for (case, answer) in [
        ("before", unsigned().wire("<saml:Assertion ", &format!("{forged}<saml:Assertion "))),
        ("after", unsigned().wire("</samlp:Response>", &format!("{forged}</samlp:Response>"))),
        (
            "in Extensions",
            unsigned().wire(
                "<samlp:Status>",
                &format!("<samlp:Extensions>{forged}</samlp:Extensions><samlp:Status>"),
            ),
        ),
        ("in KeyInfo", unsigned().wire("<ds:X509Data>", &format!("{forged}<ds:X509Data>"))),
        (
            "in Object",
            unsigned().wire(
                "</ds:Signature>",
                &format!("<ds:Object>{forged}</ds:Object></ds:Signature>"),
            ),
        ),
        (
            "in the Assertion",
            unsigned().wire("</saml:Assertion>", &format!("{forged}</saml:Assertion>")),
        ),
        (
            "in StatusDetail",
            unsigned().wire(
                "</samlp:Status>",
                &format!("<samlp:StatusDetail>{forged}</samlp:StatusDetail></samlp:Status>"),
            ),
        ),
        (
            "in another namespace",
            unsigned().wire(
                "</samlp:Status>",
                "<x:Assertion xmlns:x=\"urn:x\"></x:Assertion></samlp:Status>",
            ),
        ),
        (
            "a Response",
            unsigned().wire("</samlp:Status>", "<samlp:Response></samlp:Response></samlp:Status>"),
        ),
    ] {
        assert_eq!(answer.verdict(), "response-structure", "{case}");
    }
}

#[test]
fn wrapping_that_keeps_every_namespace_is_refused() {
    let xml = Answer::default().signed_by(None, Some(By::Idp)).xml();
    let (head, tail) =
        (xml.find("<saml:Assertion").unwrap(), xml.find("</samlp:Response>").unwrap());
    let (before, genuine, after) =
        (xml.get(..head).unwrap(), xml.get(head..tail).unwrap(), xml.get(tail..).unwrap());
    let (from, to) =
        (genuine.find("<ds:Signature").unwrap(), genuine.find("</ds:Signature>").unwrap() + 15);
    let signature = genuine.get(from..to).unwrap();
    let stripped = genuine.replace(signature, "");
    let forge = |id: &str, inner: &str| {
        let forged =
            stripped.replace("_assertion-1", id).replace("GDNNWA12H81Y874F", "RSSMRA85T10A562S");
        forged.replacen("</saml:Issuer>", &format!("</saml:Issuer>{inner}"), 1)
    };
    let object = |inner: &str| {
        signature
            .replace("</ds:Signature>", &format!("<ds:Object>{inner}</ds:Object></ds:Signature>"))
    };
    for (case, body) in [
        ("xsw3", format!("{}{genuine}", forge("_forged", ""))),
        ("xsw4", forge("_forged", genuine)),
        ("xsw5", format!("{}{stripped}", forge("_forged", signature))),
        ("xsw6", forge("_forged", &object(&stripped))),
        (
            "xsw7",
            format!("<samlp:Extensions>{}</samlp:Extensions>{genuine}", forge("_assertion-1", "")),
        ),
        ("xsw8", forge("_assertion-1", &object(&stripped))),
        ("own reference", forge("_forged", signature)),
    ] {
        let message = format!("{before}{body}{after}");
        let reading = reading();
        let provider = reading.providers.get(IDP).unwrap();
        let trusted = Trusted {
            provider,
            known: &reading.providers,
            response: ResponseSignature::IfPresent,
            decryption: None,
        };
        let rejected = accept(&STANDARD.encode(message), &expected(), &trusted).unwrap_err();
        assert!(!matches!(rejected.cause, Rejection::Refused(_)), "{case}");
    }
}

#[test]
fn encryption_is_refused_where_no_key_is_published() {
    let answer = Answer::default().response("{assertion}", "<saml:EncryptedAssertion xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\"></saml:EncryptedAssertion>");
    assert_eq!(answer.verdict(), "assertion-encrypted");
}

#[test]
fn octets_that_are_no_message_are_refused() {
    let reading = reading();
    let provider = reading.providers.get(IDP).unwrap();
    let trusted = Trusted {
        provider,
        known: &reading.providers,
        response: ResponseSignature::IfPresent,
        decryption: None,
    };
    let slug = |encoded: &str| accept(encoded, &expected(), &trusted).unwrap_err().cause.slug();
    assert_eq!(slug("%%%"), "response-malformed");
    assert_eq!(slug(""), "xml-not-well-formed");
    assert_eq!(slug(&STANDARD.encode([0xFF, 0xFE, b'<'])), "xml-encoding");
    assert_eq!(slug(&"A".repeat(MOST_ENCODED + 1)), "response-too-large");
    assert_eq!(slug(&STANDARD.encode(vec![b' '; 128 * 1024 + 1])), "response-too-large");
    let lines: String = Answer::default()
        .encoded()
        .as_bytes()
        .chunks(76)
        .map(|line| String::from_utf8_lossy(line).into_owned() + "\r\n")
        .collect();
    assert!(accept(&lines, &expected(), &trusted).is_ok(), "line breaks in base64");
}
