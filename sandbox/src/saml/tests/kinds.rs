//! CIE and the eIDAS node: what they accept, what they refuse, and what they say.

use roxmltree::{Document, Node};

use super::all_providers;
use crate::markup::Element;
use crate::people::Person;
use crate::saml::binding::{Binding, Departure, Message, depart};
use crate::saml::kind::Kind;
use crate::saml::misbehaviour::Misbehaviour as M;
use crate::saml::service_provider::ServiceProvider;
use crate::saml::{Provider, kinds};
use varco::effects::Effects;
use varco::terms::Level;
use varco::xml::{self, Limits, Position, VerificationKey};

pub(super) const SERVICE: &str = "http://localhost:8080/saml/metadata";
const ACS: &str = "http://localhost:8080/saml/acs";
const BASIC: [&str; 4] = ["name", "familyName", "dateOfBirth", "fiscalNumber"];
const MINIMUM: [&str; 4] = ["spidCode", "name", "familyName", "dateOfBirth"];

/// A service with every set that a provider could be asked for.
pub(super) async fn service() -> ServiceProvider {
    let keys = crate::federation::keys().await.unwrap();
    let set = |index: u16, names: &[&str]| {
        let mut set = Element::new("md:AttributeConsumingService").with("index", index.to_string());
        for name in names {
            set = set.child(Element::new("md:RequestedAttribute").with("Name", *name));
        }
        set
    };
    let mut full = MINIMUM.to_vec();
    full.extend(["placeOfBirth", "address", "gender"]);
    let mut greedy = MINIMUM.to_vec();
    greedy.push("fiscalNumber");
    let key = Element::new("md:KeyDescriptor").with("use", "signing");
    let age = |name, value: &str| Element::new(name).text(value);
    let limit = Element::new("spid:AgeLimit")
        .child(age("spid:AssertionConsumerServiceIndex", "1"))
        .child(age("spid:MinAge", "18"))
        .child(age("spid:MaxAge", "999"));
    let document = Element::new("md:EntityDescriptor")
        .with("entityID", SERVICE)
        .child(Element::new("md:Extensions").child(limit))
        .child(key.child(crate::saml::signature::key_info(&keys.service)))
        .child(
            Element::new("md:SingleLogoutService")
                .with("Binding", Binding::Redirect.uri())
                .with("Location", "http://localhost:8080/saml/slo"),
        )
        .child(Element::new("md:AssertionConsumerService").with("index", "0").with("Location", ACS))
        .child(set(0, &BASIC))
        .child(set(1, &["name", "email"]))
        .child(set(99, &MINIMUM))
        .child(set(100, &full))
        .child(set(101, &greedy));
    ServiceProvider::read(&document.document()).unwrap()
}

pub(super) async fn provider(kind: Kind) -> Provider {
    let (fx, _) = Effects::scripted(1_795_000_000, 7);
    let at = kinds().position(|known| known == kind).unwrap();
    all_providers(&fx).await.swap_remove(at)
}

/// A right request of level 2, changed by `change` before it is signed.
async fn message(
    provider: &Provider,
    binding: Binding,
    change: impl FnOnce(&mut Element),
) -> Message {
    let issuer = Element::new("saml:Issuer")
        .with("Format", "urn:oasis:names:tc:SAML:2.0:nameid-format:entity")
        .with("NameQualifier", SERVICE)
        .text(SERVICE);
    let policy = Element::new("samlp:NameIDPolicy")
        .with("Format", "urn:oasis:names:tc:SAML:2.0:nameid-format:transient");
    let class = Element::new("saml:AuthnContextClassRef").text(Level::L2.uri());
    let context = Element::new("samlp:RequestedAuthnContext").with("Comparison", "minimum");
    let mut request = Element::new("samlp:AuthnRequest")
        .with("ID", "_request")
        .with("Version", "2.0")
        .with("IssueInstant", "2026-11-22T10:00:00Z")
        .with("Destination", provider.location(binding))
        .with("ForceAuthn", "true")
        .with("AssertionConsumerServiceIndex", "0")
        .with(
            "AttributeConsumingServiceIndex",
            if provider.kind == Kind::Eidas { "99" } else { "0" },
        )
        .child(issuer)
        .child(policy)
        .child(context.child(class));
    change(&mut request);
    let key = &crate::federation::keys().await.unwrap().service;
    let to = provider.location(binding);
    let state = Some("state".to_owned());
    match depart(request, "SAMLRequest", &to, binding, state, key).unwrap() {
        Departure::Redirect(address) => {
            Message::from_query(address.split_once('?').unwrap().1, "SAMLRequest").unwrap()
        }
        Departure::Post { value, relay_state, .. } => {
            Message::from_form(&value, relay_state).unwrap()
        }
    }
}

/// Why a changed request is refused.
async fn refused(kind: Kind, change: impl FnOnce(&mut Element)) -> String {
    let provider = provider(kind).await;
    let message = message(&provider, Binding::Redirect, change).await;
    provider.accept(message, &service().await).unwrap_err().to_string()
}

/// The Response for a person, by a request with that attribute set.
async fn answered(kind: Kind, set: &'static str, person: &str, misbehave: Option<M>) -> String {
    let provider = provider(kind).await;
    let change = |request: &mut Element| request.set("AttributeConsumingServiceIndex", set);
    let message = message(&provider, Binding::Post, change).await;
    let request = provider.accept(message, &service().await).unwrap();
    provider.answer(&request, &Person::named(person).unwrap(), misbehave).unwrap().xml
}

fn named<'a, 'i>(document: &'a Document<'i>, name: &str) -> Vec<Node<'a, 'i>> {
    let all = document.descendants();
    all.filter(|node| node.is_element() && node.tag_name().name() == name).collect()
}

fn attributes(document: &Document<'_>) -> Vec<(String, String)> {
    named(document, "Attribute")
        .iter()
        .map(|node| {
            let value = node.first_element_child().unwrap().text().unwrap_or_default();
            (node.attribute("Name").unwrap().to_owned(), value.to_owned())
        })
        .collect()
}

/// What the provider signed verifies with the product's own verifier and the key of the metadata.
pub(super) fn verifies(provider: &Provider, xml: &str) {
    let (_, key) = provider.keys().next().unwrap();
    let key = [VerificationKey::from_certificate(key.certificate()).unwrap()];
    let document = xml::Document::parse(xml, &Limits::METADATA).unwrap();
    let root = document.root();
    if root.tag_name().name() == "EntityDescriptor" {
        xml::verify_enveloped(&document, root, Position::First, &key, &mut Vec::new()).unwrap();
        return;
    }
    let assertion = root.last_element_child().filter(|node| node.tag_name().name() == "Assertion");
    for signed in std::iter::once(root).chain(assertion) {
        let place = Position::AfterIssuer;
        xml::verify_enveloped(&document, signed, place, &key, &mut Vec::new()).unwrap();
    }
}

#[tokio::test]
async fn every_kind_takes_right_requests_over_both_bindings() {
    let service = service().await;
    for kind in Kind::ALL {
        let provider = provider(kind).await;
        for binding in Binding::ALL {
            let message = message(&provider, binding, |_| {}).await;
            let request = provider.accept(message, &service).unwrap();
            assert_eq!((request.acs.as_str(), request.level), (ACS, Level::L2));
            assert_eq!(request.relay_state.as_deref(), Some("state"));
        }
    }
}

#[tokio::test]
async fn a_request_that_breaks_a_rule_of_cie_is_refused() {
    let set = |name, value: &'static str| move |request: &mut Element| request.set(name, value);
    let entity_id = provider(Kind::Cie).await.entity_id;
    for (why, said) in [
        (refused(Kind::Cie, |r| r.set("Destination", entity_id)).await, "anomaly 14"),
        (refused(Kind::Cie, |r| r.unset("ForceAuthn")).await, "ForceAuthn"),
        (refused(Kind::Cie, set("AssertionConsumerServiceIndex", "7")).await, "anomaly 16"),
        (refused(Kind::Cie, set("AttributeConsumingServiceIndex", "7")).await, "anomaly 18"),
        (refused(Kind::Cie, set("AttributeConsumingServiceIndex", "1")).await, "anomaly 18"),
        (refused(Kind::Cie, purpose("P")).await, "anomaly 8"),
        (
            refused(Kind::Cie, |request| {
                request
                    .find_mut("samlp:RequestedAuthnContext")
                    .unwrap()
                    .set("Comparison", "better");
            })
            .await,
            "Comparison",
        ),
    ] {
        assert!(why.contains(said), "{why}");
    }
}

#[tokio::test]
async fn the_node_answers_203021_to_every_set_that_is_not_one_of_its_two() {
    for index in ["0", "1", "101"] {
        let why = refused(Kind::Eidas, |r| r.set("AttributeConsumingServiceIndex", index)).await;
        assert!(why.contains("203021"), "{index}: {why}");
    }
}

#[tokio::test]
async fn only_spid_knows_purposes_and_only_those_of_the_rules() {
    let service = service().await;
    let provider = provider(Kind::Spid).await;
    let asked = message(&provider, Binding::Redirect, purpose("PX")).await;
    assert_eq!(provider.accept(asked, &service).unwrap().purpose.as_deref(), Some("PX"));
    let asked = message(&provider, Binding::Redirect, purpose("XX")).await;
    assert!(provider.accept(asked, &service).unwrap_err().to_string().contains("Purpose"));
    assert!(refused(Kind::Eidas, purpose("P")).await.contains("anomaly 8"));
}

fn purpose(code: &'static str) -> impl FnOnce(&mut Element) {
    move |request| {
        let extensions = Element::new("samlp:Extensions");
        request.insert(1, extensions.child(Element::new("spid:Purpose").text(code)));
    }
}

#[tokio::test]
async fn cie_answers_with_its_four_attributes_and_an_issuer_of_its_own_kind() {
    let provider = provider(Kind::Cie).await;
    let xml = answered(Kind::Cie, "0", "ada", None).await;
    verifies(&provider, &xml);
    let document = Document::parse(&xml).unwrap();
    let sent: Vec<String> = attributes(&document).into_iter().map(|(name, _)| name).collect();
    assert_eq!(sent, BASIC);
    for issuer in named(&document, "Issuer") {
        assert_eq!(issuer.attribute("Format"), None);
        assert_ne!(issuer.text(), Some(provider.entity_id.as_str()), "it is padded");
        assert_eq!(issuer.text().unwrap().trim(), provider.entity_id);
    }
    assert_eq!(named(&document, "NameID")[0].attribute("SPNameQualifier"), Some(SERVICE));
    for attribute in named(&document, "Attribute") {
        assert!(attribute.attribute("FriendlyName").is_some());
        let value = attribute.first_element_child().unwrap();
        assert!(value.attributes().any(|typed| typed.value() == "xs:string"));
    }
}

#[tokio::test]
async fn the_node_signs_with_sha512_and_never_sends_a_fiscal_number() {
    let provider = provider(Kind::Eidas).await;
    for (set, person, count) in [("99", "greta", 4), ("100", "greta", 7), ("100", "hugo", 4)] {
        let xml = answered(Kind::Eidas, set, person, None).await;
        verifies(&provider, &xml);
        assert_eq!(xml.matches("rsa-sha512").count(), 2);
        let document = Document::parse(&xml).unwrap();
        let sent = attributes(&document);
        assert_eq!(sent.len(), count, "{sent:?}");
        assert!(sent.iter().all(|(name, _)| name != "fiscalNumber"));
        assert!(named(&document, "Issuer").iter().all(|node| node.attribute("Format").is_some()));
    }
}

#[tokio::test]
async fn who_acts_for_a_legal_person_brings_both_and_a_legal_person_alone_only_one() {
    let legal = |xml: &str| {
        let document = Document::parse(xml).unwrap();
        let sent = attributes(&document);
        let of_legal = sent.iter().filter(|(name, _)| name.contains("/legalperson/")).count();
        (of_legal, sent.len() - of_legal)
    };
    assert_eq!(legal(&answered(Kind::Eidas, "99", "irena", None).await), (2, 4));
    let alone = Some(M::EidasLegalPersonAlone);
    assert_eq!(legal(&answered(Kind::Eidas, "99", "irena", alone).await), (2, 0));
    assert_eq!(legal(&answered(Kind::Eidas, "99", "greta", alone).await), (2, 0));
}

#[tokio::test]
async fn each_misbehaviour_of_the_node_changes_what_its_name_says() {
    let identifier = |xml: &str| {
        let document = Document::parse(xml).unwrap();
        attributes(&document).into_iter().find(|(name, _)| name == "spidCode").unwrap().1
    };
    let of = |case| answered(Kind::Eidas, "99", "greta", Some(case));
    assert!(identifier(&of(M::EidasPersonIdentifierSwapped).await).starts_with("IT/DE/"));
    assert!(!identifier(&of(M::EidasPersonIdentifierWithoutCountry).await).contains('/'));
    assert!(of(M::EidasInventedFiscalNumber).await.contains("TINIT-"));
    assert!(of(M::EidasNotNotifiedLoa).await.contains("NotNotified"));
    assert!(of(M::EidasLowLevel).await.contains(Level::L1.uri()));
    let forged = of(M::BadAssertionSignature).await;
    assert!(!forged.contains("DE/IT/"), "somebody else");
    let wrong = answered(Kind::Cie, "0", "ada", Some(M::CieIssuerFormatWrong)).await;
    assert!(wrong.contains("nameid-format:unspecified"));
}

#[tokio::test]
async fn metadata_of_cie_is_unsigned_and_has_a_location_per_binding_that_of_the_node_is_sha512() {
    let cie = provider(Kind::Cie).await;
    let metadata = cie.metadata().unwrap();
    let document = Document::parse(&metadata).unwrap();
    assert!(named(&document, "Signature").is_empty());
    let uses: Vec<_> =
        named(&document, "KeyDescriptor").iter().map(|node| node.attribute("use")).collect();
    assert_eq!(uses, [Some("signing"), Some("encryption")]);
    let sso = named(&document, "SingleSignOnService");
    assert_ne!(sso[0].attribute("Location"), sso[1].attribute("Location"));
    let node = provider(Kind::Eidas).await;
    let metadata = node.metadata().unwrap();
    assert!(metadata.contains("rsa-sha512"));
    verifies(&node, &metadata);
}
