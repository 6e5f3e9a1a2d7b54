//! A SPID upstream with sample providers, for the tests of pages.

use std::fmt::Write as _;
use std::sync::LazyLock;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::*;
use crate::crypto::certificate::{Identifier, Subject, self_signed};
use crate::crypto::rsa::RsaSigningKey;
use crate::saml::metadata::service_provider::contacts::{Office, PublicBody};
use crate::saml::metadata::service_provider::values::{Email, IpaCode};
use crate::saml::metadata::service_provider::{
    AttributeSet, Consumer, Organization, Role, ServiceProvider,
};
use crate::upstream::settings::{
    Binding, Comparisons, Force, Keys, ResponseSignature, SamlConfig, Tenant,
};
use crate::upstream::{AnyUpstream, Spid};
use crate::xml::Signer;

/// How many sample providers there are.
pub(crate) const PROVIDERS: usize = 8;

static KEY: LazyLock<Arc<RsaSigningKey>> = LazyLock::new(|| {
    let pkcs8 = RsaSigningKey::generate(2048).expect("a key");
    Arc::new(RsaSigningKey::from_pkcs8(&pkcs8).expect("its own format"))
});

/// The key of provider 0. Those of the others are forgotten.
pub(crate) static PROVIDER: LazyLock<Signer> = LazyLock::new(|| {
    let pkcs8 = RsaSigningKey::generate(2048).expect("a key");
    let pair = rcgen::KeyPair::try_from(pkcs8.as_slice()).expect("its own format");
    let made = rcgen::CertificateParams::new(Vec::new()).expect("no names").self_signed(&pair);
    let key = RsaSigningKey::from_pkcs8(&pkcs8).expect("its own format");
    Signer::new(key, made.expect("a certificate").der())
});

/// The upstream; the name of its provider 0 tries to be markup.
pub(crate) fn spid(fx: &Effects, binding: Binding) -> Upstreams {
    let entity_id = "https://varco.example/saml/metadata";
    let subject = Subject {
        organization: "Ente",
        common_name: "Ente",
        locality: "Roma",
        identifier: Identifier::Ipa("c_h501"),
        entity_id,
    };
    let certificate =
        self_signed(&subject, &KEY, Duration::from_secs(86_400), fx).expect("a certificate");
    let mut metadata = vec![provider(0, PROVIDER.certificate())];
    metadata.extend((1..PROVIDERS).map(|at| provider(at, &of_its_own())));
    let service = ServiceProvider {
        tenant: "default".to_owned(),
        entity_id: entity_id.to_owned(),
        base_url: "https://varco.example".to_owned(),
        metadata_path: "/saml/metadata".to_owned(),
        consumers: vec![Consumer { index: 0, path: "/saml/acs".to_owned() }],
        slo_path: "/saml/slo".to_owned(),
        attribute_sets: vec![
            set("full", 0, &["fiscalNumber"]),
            set("more", 1, &["fiscalNumber", "email"]),
        ],
        organization: vec![Organization {
            language: "it".to_owned(),
            name: "Ente".to_owned(),
            display_name: "Ente".to_owned(),
            url: "https://ente.example".to_owned(),
        }],
        role: Role::Public(PublicBody {
            ipa_code: IpaCode::parse("c_h501").expect("a code"),
            vat_number: None,
            fiscal_code: None,
            office: Office {
                email: Email::parse("ufficio@ente.example").expect("a mailbox"),
                telephone: None,
            },
        }),
        age_limits: Vec::new(),
    };
    let keys =
        Keys { signing: Arc::clone(&KEY), certificate, next_certificate: None, decryption: None };
    let config = SamlConfig {
        binding,
        comparisons: Comparisons::default(),
        response_signature: ResponseSignature::default(),
        force: Force::default(),
        tenants: vec![Tenant { service, keys, published: true, registered: None }],
        countries: None,
        cbc: false,
        trust: crate::saml::tests::trust(&metadata),
    };
    let spid = Spid::open(config, fx).expect("a good configuration");
    Upstreams::new(vec![AnyUpstream::Spid(Box::new(spid))])
}

/// The entity ID of a sample provider: with a query, so that links must encode it.
pub(crate) fn entity_id(at: usize) -> String {
    format!("https://idp{at}.example/?a=1&b={at}")
}

fn set(name: &str, index: u16, attributes: &[&str]) -> AttributeSet {
    AttributeSet {
        name: name.to_owned(),
        index,
        titles: Vec::new(),
        attributes: attributes.iter().map(|name| (*name).to_owned()).collect(),
        required: Vec::new(),
    }
}

/// A certificate of a new key, as no two providers may share one.
fn of_its_own() -> String {
    let made = rcgen::generate_simple_self_signed(Vec::new()).expect("a certificate");
    STANDARD.encode(made.cert.der())
}

fn provider(at: usize, certificate: &str) -> String {
    let name = if at == 0 { "Zero &lt;i&gt;".to_owned() } else { format!("Gestore {at}") };
    let mut endpoints = String::new();
    for binding in ["HTTP-Redirect", "HTTP-POST"] {
        write!(
            endpoints,
            "<md:SingleSignOnService Binding=\"urn:oasis:names:tc:SAML:2.0:bindings:{binding}\" \
             Location=\"https://idp{at}.example/sso\"/>"
        )
        .expect("a String takes it");
    }
    format!(
        "<md:EntityDescriptor xmlns:md=\"urn:oasis:names:tc:SAML:2.0:metadata\" entityID=\"{}\">\
         <md:IDPSSODescriptor protocolSupportEnumeration=\"urn:oasis:names:tc:SAML:2.0:protocol\">\
         <md:KeyDescriptor use=\"signing\"><ds:KeyInfo xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\">\
         <ds:X509Data><ds:X509Certificate>{certificate}</ds:X509Certificate></ds:X509Data>\
         </ds:KeyInfo></md:KeyDescriptor>{endpoints}</md:IDPSSODescriptor>\
         <md:Organization><md:OrganizationName xml:lang=\"it\">{name}</md:OrganizationName>\
         <md:OrganizationDisplayName xml:lang=\"it\">{name}</md:OrganizationDisplayName>\
         <md:OrganizationURL xml:lang=\"it\">https://idp{at}.example</md:OrganizationURL>\
         </md:Organization></md:EntityDescriptor>",
        entity_id(at).replace('&', "&amp;")
    )
}
