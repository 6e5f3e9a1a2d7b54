use super::contacts::*;
use super::values::*;
use super::*;
use crate::saml::tests::{SP, made};
use crate::xml::{Document, Limits, Position, VerificationKey, canonicalize, verify_enveloped};

/// The example of the conformance kit.
pub(crate) fn example() -> ServiceProvider {
    let body = "Ente di Prova per il Collaudo";
    let entry = |language: &str| Organization {
        language: language.to_owned(),
        name: body.to_owned(),
        display_name: body.to_owned(),
        url: format!("https://www.ente.example/{language}"),
    };
    let names = ["spidCode", "name", "familyName", "fiscalNumber", "dateOfBirth"];
    ServiceProvider {
        tenant: "default".to_owned(),
        entity_id: SP.to_owned(),
        base_url: "https://broker.example".to_owned(),
        metadata_path: "/saml/metadata".to_owned(),
        consumers: vec![Consumer { index: 0, path: "/saml/acs".to_owned() }],
        slo_path: "/saml/slo".to_owned(),
        attribute_sets: vec![AttributeSet {
            name: "base".to_owned(),
            index: 0,
            titles: vec![Localised { language: "it".to_owned(), text: "Servizi".to_owned() }],
            attributes: names.map(str::to_owned).to_vec(),
            required: vec!["fiscalNumber".to_owned()],
        }],
        organization: vec![entry("it"), entry("en")],
        role: Role::Public(public()),
        age_limits: Vec::new(),
    }
}

fn public() -> PublicBody {
    PublicBody {
        ipa_code: IpaCode::parse("c_h501").unwrap(),
        vat_number: Some(VatNumber::parse("IT12345678903").unwrap()),
        fiscal_code: Some(BodyFiscalCode::parse("12345678903").unwrap()),
        office: office("spid@ente.example"),
    }
}

fn office(email: &str) -> Office {
    Office {
        email: Email::parse(email).unwrap(),
        telephone: Some(Telephone::parse("+390600000000").unwrap()),
    }
}

#[test]
fn our_metadata_verifies_is_canonical_and_never_varies() {
    let (signer, der) = made(5);
    let example = example();
    let document = example.publish(signer, Certificates::default()).unwrap();
    assert_eq!(document, example.publish(signer, Certificates::default()).unwrap());
    let keys = [VerificationKey::from_certificate(der).unwrap()];
    let parsed = Document::parse(&document, &Limits::METADATA).unwrap();
    let first = Position::First;
    assert!(verify_enveloped(&parsed, parsed.root(), first, &keys, &mut Vec::new()).is_ok());
    let mut octets = Vec::new();
    canonicalize(&parsed, parsed.root(), None, &[], &mut octets).unwrap();
    assert_eq!(String::from_utf8(octets).unwrap(), document);
}

#[test]
fn our_metadata_says_what_was_described() {
    let (signer, _) = made(5);
    let mut example = example();
    example.consumers.push(Consumer { index: 1, path: "/saml/acs/1".to_owned() });
    let (_, next) = made(6);
    let document =
        example.publish(signer, Certificates { next: Some(next), encryption: None }).unwrap();
    let count = |part: &str| document.matches(part).count();
    assert_eq!(count("<md:KeyDescriptor use=\"signing\">"), 2);
    assert_eq!(count("<md:AssertionConsumerService "), 2);
    assert_eq!(count("isDefault=\"true\""), 1);
    assert_eq!(
        count("Location=\"https://broker.example/saml/slo\""),
        2,
        "one address, two bindings"
    );
    assert_eq!(count("<md:RequestedAttribute "), 5);
    assert_eq!(count(" xml:lang=\"en\""), 3);
    let order = ["<spid:IPACode", "<spid:VATNumber", "<spid:FiscalCode", "<spid:Public"];
    let places: Vec<_> = order.iter().map(|part| document.find(part).unwrap()).collect();
    assert!(places.is_sorted());
    assert!(!document.contains("fiscalNumber\" isRequired"));
}

#[test]
fn the_company_of_the_contact_is_the_first_name_of_the_organization() {
    let (signer, _) = made(5);
    let mut example = example();
    example.organization.reverse();
    example.organization[0].name = "Sample body".to_owned();
    let document = example.publish(signer, Certificates::default()).unwrap();
    let first = |element: &str| {
        let (_, rest) = document.split_once(&format!("<md:{element}")).unwrap();
        rest.split_once('>').unwrap().1.split_once('<').unwrap().0.to_owned()
    };
    assert_eq!(first("OrganizationName"), "Ente di Prova per il Collaudo");
    assert_eq!(first("Company"), first("OrganizationName"));
}

#[test]
fn values_are_escaped() {
    let (signer, _) = made(5);
    let mut example = example();
    example.organization[0].name = "A & B <\"C\">".to_owned();
    let document = example.publish(signer, Certificates::default()).unwrap();
    assert!(document.contains("A &amp; B &lt;\"C\"&gt;"));
}
