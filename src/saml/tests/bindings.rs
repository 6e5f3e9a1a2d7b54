//! Requests as they leave, read with our own verifier.

use super::*;
use crate::saml::binding::{
    BindingFault, deflate, inflate, percent_decode, percent_encode, post, read_redirect, redirect,
};
use crate::saml::request::{AuthnRequest, fresh_id};
use crate::xml::{
    Document, Limits, Position, VerificationKey, attribute, canonicalize, elements, text,
    verify_enveloped,
};

fn keys(by: By) -> Vec<VerificationKey> {
    let der = STANDARD.decode(certificate(by)).unwrap();
    vec![VerificationKey::from_certificate(&der).unwrap()]
}

fn request(id: &str) -> AuthnRequest<'_> {
    AuthnRequest {
        id,
        issued_at: Timestamp::from_unix_millis(SENT * 1000 + 531),
        destination: "https://idp.example/sso?a=1&b=\"<",
        issuer: SP,
        consumer: 0,
        attribute_set: 3,
        level: Level::L2,
        comparison: Comparison::Minimum,
        force: true,
        purpose: None,
    }
}

#[test]
fn a_request_is_what_the_rules_of_spid_ask_and_no_more() {
    insta::assert_snapshot!(request("_r").write().text, @r#"<samlp:AuthnRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" AssertionConsumerServiceIndex="0" AttributeConsumingServiceIndex="3" Destination="https://idp.example/sso?a=1&amp;b=&quot;&lt;" ForceAuthn="true" ID="_r" IssueInstant="2026-11-22T10:00:00Z" Version="2.0"><saml:Issuer xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" Format="urn:oasis:names:tc:SAML:2.0:nameid-format:entity" NameQualifier="https://broker.example/saml/metadata">https://broker.example/saml/metadata</saml:Issuer><samlp:NameIDPolicy Format="urn:oasis:names:tc:SAML:2.0:nameid-format:transient"></samlp:NameIDPolicy><samlp:RequestedAuthnContext Comparison="minimum"><saml:AuthnContextClassRef xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">https://www.spid.gov.it/SpidL2</saml:AuthnContextClassRef></samlp:RequestedAuthnContext></samlp:AuthnRequest>"#);
    let free = AuthnRequest { force: false, ..request("_r") };
    assert!(!free.write().text.contains("ForceAuthn"));
}

#[test]
fn a_request_is_written_in_its_canonical_form() {
    let text = request("_r").write().text;
    let document = Document::parse(&text, &Limits::MESSAGE).unwrap();
    let mut octets = Vec::new();
    canonicalize(&document, document.root(), None, &[], &mut octets).unwrap();
    assert_eq!(String::from_utf8(octets).unwrap(), text);
}

#[test]
fn a_redirected_request_verifies_and_carries_no_xml_signature() {
    let address =
        redirect("https://idp.example/sso", &request("_r").write(), "ticket", signer(By::Idp))
            .unwrap();
    let (place, query) = address.split_once('?').unwrap();
    assert_eq!(place, "https://idp.example/sso");
    let read = read_redirect(query, "SAMLRequest", &keys(By::Idp)).unwrap();
    assert_eq!(read.relay_state.as_deref(), Some("ticket"));
    assert_eq!(read.message, request("_r").write().text);
    assert!(!read.message.contains("Signature"));
    let names: Vec<&str> = query.split('&').filter_map(|field| field.split('=').next()).collect();
    assert_eq!(names, ["SAMLRequest", "RelayState", "SigAlg", "Signature"]);
    let query_already =
        redirect("https://idp.example/sso?tenant=1", &request("_r").write(), "t", signer(By::Idp));
    assert!(query_already.unwrap().starts_with("https://idp.example/sso?tenant=1&SAMLRequest="));
}

#[test]
fn a_changed_query_does_not_verify() {
    let address =
        redirect("https://idp.example/sso", &request("_r").write(), "ticket", signer(By::Idp))
            .unwrap();
    let query = address.split_once('?').unwrap().1;
    let read = |query: &str, by| read_redirect(query, "SAMLRequest", &keys(by));
    let bad = |fault| matches!(fault, Err(BindingFault::Signature(_)));
    assert!(bad(read(&query.replace("ticket", "tickets"), By::Idp)));
    assert!(bad(read(query, By::Stranger)));
    assert!(bad(read(&query.replace("RelayState=ticket&", ""), By::Idp)));
    assert!(bad(read(&query.replace("rsa-sha256", "rsa-sha512"), By::Idp)));
    assert_eq!(read_redirect(query, "SAMLResponse", &keys(By::Idp)), Err(BindingFault::Malformed));
    let doubled = query.replace("&SigAlg", "&SAMLRequest=x&SigAlg");
    assert_eq!(read(&doubled, By::Idp), Err(BindingFault::Malformed));
    assert_eq!(read("SAMLRequest=x", By::Idp), Err(BindingFault::Unsigned));
}

#[test]
fn a_posted_request_verifies_after_its_issuer() {
    let fields = post(&request("_r").write(), "_r", "ticket", signer(By::Idp)).unwrap();
    let [(name, encoded), relay] = fields.as_slice() else { panic!("two fields") };
    assert_eq!(name, "SAMLRequest");
    assert_eq!(relay, &("RelayState".to_owned(), "ticket".to_owned()));
    let message = String::from_utf8(STANDARD.decode(encoded).unwrap()).unwrap();
    let document = Document::parse(&message, &Limits::MESSAGE).unwrap();
    let signed = verify_enveloped(
        &document,
        document.root(),
        Position::AfterIssuer,
        &keys(By::Idp),
        &mut Vec::new(),
    );
    let signed = signed.unwrap();
    let read = signed.read().unwrap();
    assert_eq!(attribute(read.root(), "ID"), Some("_r"));
    let issuer = elements(read.root()).next().unwrap();
    assert_eq!(text(issuer).unwrap(), SP, "no blanks: providers compare octets");
    let stranger = verify_enveloped(
        &document,
        document.root(),
        Position::AfterIssuer,
        &keys(By::Stranger),
        &mut Vec::new(),
    );
    assert!(stranger.is_err());
}

#[test]
fn inflating_stops_at_the_size_of_a_message() {
    assert_eq!(inflate(&deflate(b"<a></a>")).as_deref(), Some("<a></a>"));
    let (first, again) = (deflate(b"<first></first>"), deflate(b"<a></a>"));
    assert_ne!(first, again);
    assert_eq!(again, deflate(b"<a></a>"), "nothing is left of the request before");
    let noise: String = (0..9_000_u32).map(|n| char::from(33 + (n * n % 89) as u8)).collect();
    assert_eq!(inflate(&deflate(noise.as_bytes())), Some(noise), "text that hardly shrinks");
    let most = vec![b'a'; 128 * 1024];
    assert_eq!(inflate(&deflate(&most)).map(|text| text.len()), Some(most.len()));
    assert_eq!(inflate(&deflate(&vec![b'a'; 128 * 1024 + 1])), None);
    assert_eq!(inflate(&deflate(&vec![0_u8; 64 * 1024 * 1024])), None, "a bomb");
    assert_eq!(inflate(b"\xFF\xFF\xFF"), None);
    assert_eq!(inflate(&deflate(&[0xFF])), None, "not UTF-8");
    let whole = deflate(b"<a></a>");
    let after = |tail: &[u8]| inflate(&[&whole[..], tail].concat());
    assert_eq!((after(b"x"), after(b"\0"), after(&whole)), (None, None, None), "after the end");
    assert_eq!(inflate(&whole[..whole.len() - 1]), None, "cut short");
    let headed = |head: &[u8]| inflate(&[head, &whole[..]].concat());
    assert_eq!(headed(b"\x78\x9c"), None, "zlib");
    assert_eq!(headed(b"\x1f\x8b\x08\0\0\0\0\0\0\xff"), None, "gzip");
    assert_eq!(inflate(&deflate(&deflate(&most))), None, "nested: octets, not text");
}

#[test]
fn percent_encoding_comes_back_as_it_went() {
    for text in ["", "abc-._~", "a b+c/=&?#%", "è€😀"] {
        assert_eq!(percent_decode(&percent_encode(text)).as_deref(), Some(text));
    }
    assert_eq!(percent_encode("+/= "), "%2B%2F%3D%20");
    assert_eq!(percent_decode("a+b%2b").as_deref(), Some("a b+"));
    for broken in ["%", "%2", "%zz", "%FF"] {
        assert_eq!(percent_decode(broken), None, "{broken}");
    }
}

#[test]
fn request_ids_are_names_and_never_repeat() {
    let (fx, _) = Effects::scripted(SENT, 1);
    let ids: std::collections::BTreeSet<String> = (0..100).map(|_| fresh_id(&fx)).collect();
    assert_eq!(ids.len(), 100);
    assert!(ids.iter().all(|id| crate::xml::is_ncname(id) && id.len() == 41));
}
