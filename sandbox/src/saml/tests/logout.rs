//! Single logout at a SPID provider, in both directions and over both bindings.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use roxmltree::Document;
use varco::xml::{VerificationKey, verify_octets};

use super::kinds::{SERVICE, provider, service, verifies};
use crate::markup::Element;
use crate::saml::Provider;
use crate::saml::binding::{Binding, Departure, Message, depart};
use crate::saml::kind::Kind;
use crate::saml::logout::{LogoutRequest, LogoutResponse, OpenSession};
use crate::saml::response::Session;

const SLO: &str = "http://localhost:8080/saml/slo";

fn open() -> OpenSession {
    let session = Session { name_id: "_name".to_owned(), index: "_index".to_owned() };
    OpenSession { service: SERVICE.to_owned(), person: "ada", session }
}

/// A message of the service, changed by `change` before it is signed.
async fn message(
    provider: &Provider,
    name: &'static str,
    binding: Binding,
    change: impl FnOnce(&mut Element),
) -> Message {
    let issuer = Element::new("saml:Issuer")
        .with("Format", "urn:oasis:names:tc:SAML:2.0:nameid-format:entity")
        .with("NameQualifier", SERVICE)
        .text(SERVICE);
    let mut element = Element::new(name)
        .with("ID", "_logout")
        .with("Version", "2.0")
        .with("IssueInstant", "2026-11-22T10:00:00Z")
        .with("Destination", provider.logout())
        .child(issuer);
    change(&mut element);
    let key = &crate::federation::keys().await.unwrap().service;
    let state = Some("state".to_owned());
    let sent = depart(element, "SAMLRequest", &provider.logout(), binding, state, key).unwrap();
    received(sent, "SAMLRequest")
}

fn received(sent: Departure, name: &str) -> Message {
    match sent {
        Departure::Redirect(address) => {
            Message::from_query(address.split_once('?').unwrap().1, name).unwrap()
        }
        Departure::Post { value, relay_state, .. } => {
            Message::from_form(&value, relay_state).unwrap()
        }
    }
}

fn subject(provider: &Provider) -> impl FnOnce(&mut Element) {
    let name_id = Element::new("saml:NameID")
        .with("Format", "urn:oasis:names:tc:SAML:2.0:nameid-format:transient")
        .with("NameQualifier", &provider.entity_id)
        .text("_name");
    move |request| {
        request.insert(usize::MAX, name_id);
        request.insert(usize::MAX, Element::new("samlp:SessionIndex").text("_index"));
    }
}

/// The message was signed by the provider, as its binding wants it.
fn signed(provider: &Provider, sent: &Departure) {
    match sent {
        Departure::Redirect(address) => {
            let (_, key) = provider.keys().next().unwrap();
            let key = VerificationKey::from_certificate(key.certificate()).unwrap();
            let (signed, signature) =
                address.split_once('?').unwrap().1.split_once("&Signature=").unwrap();
            let pair = format!("s={signature}");
            let (_, signature) = url::form_urlencoded::parse(pair.as_bytes()).next().unwrap();
            let signature = STANDARD.decode(signature.as_bytes()).unwrap();
            let algorithm = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";
            verify_octets(signed.as_bytes(), &signature, algorithm, &[key]).unwrap();
        }
        Departure::Post { value, .. } => {
            verifies(provider, &String::from_utf8(STANDARD.decode(value).unwrap()).unwrap());
        }
    }
}

#[tokio::test]
async fn a_service_ends_exactly_the_session_it_names() {
    let (provider, service) = (provider(Kind::Spid).await, service().await);
    for binding in Binding::ALL {
        let asked = message(&provider, "samlp:LogoutRequest", binding, subject(&provider)).await;
        let request = LogoutRequest::accept(&asked, &service, &provider).unwrap();
        assert!(request.ends(&open(), SERVICE));
        assert!(!request.ends(&open(), "http://localhost:8080/another"));
        let mut other = open();
        other.session.index = "_another".to_owned();
        assert!(!request.ends(&other, SERVICE));
        for (ended, said) in [(true, "status:Success"), (false, "status:PartialLogout")] {
            let answer = provider.answer_logout(&request, &asked, &service, ended).unwrap();
            signed(&provider, &answer);
            let answer = received(answer, "SAMLResponse");
            assert!(answer.xml.contains(said), "{}", answer.xml);
            let document = Document::parse(&answer.xml).unwrap();
            assert_eq!(document.root_element().attribute("InResponseTo"), Some("_logout"));
            assert_eq!(document.root_element().attribute("Destination"), Some(SLO));
            assert_eq!(answer.relay_state.as_deref(), Some("state"));
        }
    }
}

#[tokio::test]
async fn a_logout_request_that_is_not_the_services_ends_nothing() {
    let (provider, mut service) = (provider(Kind::Spid).await, service().await);
    let elsewhere = message(&provider, "samlp:LogoutRequest", Binding::Post, |request| {
        request.set("Destination", "http://127.0.0.1:8091/slo");
    });
    assert!(LogoutRequest::accept(&elsewhere.await, &service, &provider).is_err());
    let nobody = message(&provider, "samlp:LogoutRequest", Binding::Post, |_| {}).await;
    assert!(LogoutRequest::accept(&nobody, &service, &provider).is_err());
    let asked = message(&provider, "samlp:LogoutRequest", Binding::Redirect, subject(&provider));
    service.keys.clear();
    assert!(LogoutRequest::accept(&asked.await, &service, &provider).is_err());
}

#[tokio::test]
async fn the_provider_asks_the_service_to_end_its_session() {
    let (provider, service) = (provider(Kind::Spid).await, service().await);
    let (id, sent) = provider.request_logout(&open(), &service, Binding::Redirect).unwrap();
    signed(&provider, &sent);
    let asked = received(sent, "SAMLRequest");
    let document = Document::parse(&asked.xml).unwrap();
    assert_eq!(document.root_element().attribute("ID"), Some(id.as_str()));
    let text = |name: &str| {
        let found = document.descendants().find(|node| node.tag_name().name() == name);
        found.and_then(|node| node.text()).unwrap_or_default().to_owned()
    };
    assert_eq!((text("NameID").as_str(), text("SessionIndex").as_str()), ("_name", "_index"));
    assert_eq!(asked.issuer().unwrap(), provider.entity_id);
}

#[tokio::test]
async fn the_answer_of_a_service_says_whether_it_ended_its_session() {
    let (provider, service) = (provider(Kind::Spid).await, service().await);
    for (status, success) in [("Success", true), ("Requester", false)] {
        let code = Element::new("samlp:StatusCode")
            .with("Value", format!("urn:oasis:names:tc:SAML:2.0:status:{status}"));
        let answer = message(&provider, "samlp:LogoutResponse", Binding::Redirect, |answer| {
            answer.set("InResponseTo", "_asked");
            answer.insert(usize::MAX, Element::new("samlp:Status").child(code));
        });
        let answer = LogoutResponse::accept(&answer.await, &service, &provider).unwrap();
        assert_eq!((answer.in_response_to.as_str(), answer.success), ("_asked", success));
    }
}
