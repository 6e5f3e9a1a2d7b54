//! Answers as a provider would sign them, and one change at a time.

mod bindings;
mod look_alikes;
mod matrix;
mod parked;
mod signatures;
mod spans;

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::metadata::provider::{Reading, read};
use super::metadata::register::{Place, RegisterSettings, Source};
use super::response::ResponseSignature;
use super::{Comparison, Expected, Proof, Rejected, Trusted, accept};
use crate::crypto::Handle;
use crate::crypto::certificate::{Identifier, Subject, self_signed};
use crate::crypto::rsa::RsaSigningKey;
use crate::effects::{Effects, Timestamp};
use crate::terms::Level;
use crate::xml::{Signer, sign_enveloped};

/// 2026-11-22T10:00:00Z, when the request was sent.
pub(crate) const SENT: i64 = 1_795_341_600;
pub(crate) const IDP: &str = "https://idp.example/metadata";
pub(crate) const OTHER_IDP: &str = "https://other.example/metadata";
pub(crate) const SP: &str = "https://broker.example/saml/metadata";
pub(crate) const ACS: &str = "https://broker.example/saml/acs";
pub(crate) const REQUEST: &str = "_request-1";

/// Whose key signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum By {
    /// The provider that was asked.
    Idp,
    /// Its second key.
    IdpNext,
    /// Another known provider.
    OtherIdp,
    /// Nobody known.
    Stranger,
}

pub(crate) fn signer(by: By) -> &'static Signer {
    &made(by as u8).0
}

pub(crate) fn certificate(by: By) -> String {
    signer(by).certificate().to_owned()
}

/// A key and its certificate for each number; made once and shared by all tests.
pub(crate) fn made(number: u8) -> &'static (Signer, Vec<u8>) {
    static MADE: [OnceLock<(Signer, Vec<u8>)>; 8] = [const { OnceLock::new() }; 8];
    MADE[usize::from(number)].get_or_init(|| fresh(number))
}

fn fresh(number: u8) -> (Signer, Vec<u8>) {
    let (fx, _) = Effects::scripted(SENT, u64::from(number));
    let key = RsaSigningKey::from_pkcs8(&RsaSigningKey::generate(2048).unwrap()).unwrap();
    let subject = Subject {
        organization: "Ente di Prova per il Collaudo",
        common_name: "Ente Prova",
        locality: "Roma",
        identifier: Identifier::Ipa("c_h501"),
        entity_id: SP,
    };
    let der = self_signed(&subject, &key, Duration::from_hours(24 * 365), &fx).unwrap();
    (Signer::new(Arc::new(key), &der), der)
}

/// Metadata of the two providers; the first has two signing keys, one without `use`.
pub(crate) fn aggregate() -> String {
    let entity = |id: &str, name: &str, keys: &str, host: &str| {
        format!(
            "<md:EntityDescriptor entityID=\"{id}\"><md:IDPSSODescriptor \
             protocolSupportEnumeration=\"urn:oasis:names:tc:SAML:2.0:protocol\">{keys}\
             <md:SingleSignOnService Binding=\"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect\" \
             Location=\"https://{host}/sso/redirect\"/>\
             <md:SingleSignOnService Binding=\"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST\" \
             Location=\"https://{host}/sso/post\"/></md:IDPSSODescriptor>\
             <md:Organization><md:OrganizationDisplayName xml:lang=\"it\">{name}\
             </md:OrganizationDisplayName></md:Organization></md:EntityDescriptor>"
        )
    };
    let first = key(By::Idp, " use=\"signing\"") + &key(By::IdpNext, "");
    let second = key(By::OtherIdp, " use=\"signing\"");
    format!(
        "<md:EntitiesDescriptor xmlns:md=\"urn:oasis:names:tc:SAML:2.0:metadata\" \
         xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\">{}{}</md:EntitiesDescriptor>",
        entity(IDP, "Provider Uno", &first, "idp.example"),
        entity(OTHER_IDP, "Provider Due", &second, "other.example"),
    )
}

pub(crate) fn key(by: By, purpose: &str) -> String {
    format!(
        "<md:KeyDescriptor{purpose}><ds:KeyInfo><ds:X509Data><ds:X509Certificate>{}\
         </ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>",
        certificate(by)
    )
}

/// A register whose sources are files with these documents. Equal documents share a file.
pub(crate) fn trust(documents: &[String]) -> RegisterSettings {
    let sources = documents.iter().map(|document| {
        let digest = crate::crypto::digest::sha256(document.as_bytes());
        let name = format!("varco-metadata-{}.xml", STANDARD.encode(digest).replace('/', "-"));
        let path = std::env::temp_dir().join(name);
        if !path.exists() {
            let beside = path.with_extension(Handle::fresh(&Effects::real()).reveal());
            std::fs::write(&beside, document).unwrap();
            std::fs::rename(beside, &path).unwrap();
        }
        Source { place: Place::File(path), pinned: None }
    });
    RegisterSettings { sources: sources.collect(), ..RegisterSettings::default() }
}

pub(crate) fn reading() -> Reading {
    let mut reading = Reading::default();
    read(&aggregate(), None, Timestamp::from_unix_seconds(SENT), &mut reading).unwrap();
    assert_eq!(reading.alerts, Vec::<String>::new());
    reading
}

/// An answer in the making: what to change before signing, who signs, what to change after.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) assertion: Vec<(String, String)>,
    pub(crate) response: Vec<(String, String)>,
    pub(crate) wire: Vec<(String, String)>,
    pub(crate) assertion_by: Option<By>,
    pub(crate) response_by: Option<By>,
}

impl Default for Answer {
    fn default() -> Self {
        Self {
            assertion: Vec::new(),
            response: Vec::new(),
            wire: Vec::new(),
            assertion_by: Some(By::Idp),
            response_by: Some(By::Idp),
        }
    }
}

/// Both are canonical: what is changed in them must stay so.
const ASSERTION: &str = concat!(
    r#"<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_assertion-1" IssueInstant="2026-11-22T10:00:20Z" Version="2.0">"#,
    r#"<saml:Issuer Format="urn:oasis:names:tc:SAML:2.0:nameid-format:entity">https://idp.example/metadata</saml:Issuer>"#,
    r#"<saml:Subject><saml:NameID Format="urn:oasis:names:tc:SAML:2.0:nameid-format:transient" NameQualifier="https://idp.example/"> _name </saml:NameID>"#,
    r#"<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"><saml:SubjectConfirmationData InResponseTo="_request-1" NotOnOrAfter="2026-11-22T10:05:00Z" Recipient="https://broker.example/saml/acs"></saml:SubjectConfirmationData></saml:SubjectConfirmation></saml:Subject>"#,
    r#"<saml:Conditions NotBefore="2026-11-22T10:00:21Z" NotOnOrAfter="2026-11-22T10:05:01Z"><saml:AudienceRestriction><saml:Audience> https://broker.example/saml/metadata </saml:Audience></saml:AudienceRestriction></saml:Conditions>"#,
    r#"<saml:AuthnStatement AuthnInstant="2026-11-22T10:00:19Z" SessionIndex="_s"><saml:AuthnContext><saml:AuthnContextClassRef>https://www.spid.gov.it/SpidL2</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement>"#,
    r#"<saml:AttributeStatement><saml:Attribute Name="spidCode"><saml:AttributeValue>AGID-001</saml:AttributeValue></saml:Attribute>"#,
    r#"<saml:Attribute Name="digitalAddress"><saml:AttributeValue></saml:AttributeValue></saml:Attribute>"#,
    r#"<saml:Attribute Name="fiscalNumber" NameFormat="urn:oasis:names:tc:SAML:2.0:attrname-format:basic"><saml:AttributeValue> TINIT-GDNNWA12H81Y874F </saml:AttributeValue></saml:Attribute></saml:AttributeStatement></saml:Assertion>"#,
);
const RESPONSE: &str = concat!(
    r#"<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" Destination="https://broker.example/saml/acs" ID="_response-1" InResponseTo="_request-1" IssueInstant="2026-11-22T10:00:22Z" Version="2.0">"#,
    r#"<saml:Issuer xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" Format="urn:oasis:names:tc:SAML:2.0:nameid-format:entity">https://idp.example/metadata</saml:Issuer>"#,
    r#"<samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"></samlp:StatusCode></samlp:Status>"#,
    r"{assertion}</samlp:Response>",
);

impl Answer {
    /// Changes the assertion before it is signed.
    pub(crate) fn assertion(mut self, from: &str, to: &str) -> Self {
        self.assertion.push((from.to_owned(), to.to_owned()));
        self
    }

    /// Changes the response before it is signed.
    pub(crate) fn response(mut self, from: &str, to: &str) -> Self {
        self.response.push((from.to_owned(), to.to_owned()));
        self
    }

    /// Changes what travels, after all signatures.
    pub(crate) fn wire(mut self, from: &str, to: &str) -> Self {
        self.wire.push((from.to_owned(), to.to_owned()));
        self
    }

    pub(crate) fn signed_by(mut self, response: Option<By>, assertion: Option<By>) -> Self {
        (self.response_by, self.assertion_by) = (response, assertion);
        self
    }

    /// An answer with an error, unsigned and without an assertion, as test providers send them.
    pub(crate) fn error(message: &str) -> Self {
        Self::default()
            .response("{assertion}", "")
            .response(
                "status:Success\"></samlp:StatusCode>",
                &format!(
                    "status:Responder\"><samlp:StatusCode Value=\"urn:oasis:names:tc:SAML:2.0:status:AuthnFailed\"></samlp:StatusCode></samlp:StatusCode><samlp:StatusMessage>{message}</samlp:StatusMessage>"
                ),
            )
            .signed_by(None, None)
    }

    pub(crate) fn xml(&self) -> String {
        let assertion = sign(&edit(ASSERTION, &self.assertion), "_assertion-1", self.assertion_by);
        let mut edits = self.response.clone();
        edits.push(("{assertion}".to_owned(), assertion));
        if self.response.iter().any(|(from, _)| from == "{assertion}") {
            edits.pop();
        }
        let response = sign(&edit(RESPONSE, &edits), "_response-1", self.response_by);
        edit(&response, &self.wire)
    }

    pub(crate) fn encoded(&self) -> String {
        STANDARD.encode(self.xml())
    }

    pub(crate) fn judge(&self) -> Result<Proof, Rejected> {
        self.judge_by(&expected(), ResponseSignature::IfPresent)
    }

    pub(crate) fn judge_by(
        &self,
        expected: &Expected<'_>,
        response: ResponseSignature,
    ) -> Result<Proof, Rejected> {
        let reading = reading();
        let provider = reading.providers.get(IDP).unwrap();
        let trusted = Trusted { provider, known: &reading.providers, response, decryption: None };
        accept(&self.encoded(), expected, &trusted)
    }

    /// The slug of the refusal; `accepted` when there is none.
    pub(crate) fn verdict(&self) -> String {
        match self.judge() {
            Ok(_) => "accepted".to_owned(),
            Err(rejected) => rejected.cause.slug().to_owned(),
        }
    }
}

pub(crate) fn expected() -> Expected<'static> {
    Expected {
        request_id: REQUEST,
        request_instant: Timestamp::from_unix_seconds(SENT),
        provider: IDP,
        consumer: ACS,
        arrived_at: ACS,
        entity_id: SP,
        level: Level::L2,
        comparison: Comparison::Minimum,
        force: true,
        required: &[],
        issuer_format_optional: false,
        now: Timestamp::from_unix_seconds(SENT + 30),
    }
}

/// Each change must change something, or the test would prove nothing.
fn edit(text: &str, edits: &[(String, String)]) -> String {
    edits.iter().fold(text.to_owned(), |text, (from, to)| {
        assert_eq!(text.matches(from.as_str()).count(), 1, "{from} does not stand once in {text}");
        text.replace(from.as_str(), to)
    })
}

/// Signs after the Issuer; at the end of the start tag when there is none.
fn sign(text: &str, id: &str, by: Option<By>) -> String {
    let Some(by) = by else { return text.to_owned() };
    let id = if text.contains(&format!(" ID=\"{id}\"")) { id } else { "_other" };
    let place = match (text.find("</saml:Issuer>"), text.find("<saml:Assertion")) {
        (Some(issuer), inner) if inner.is_none_or(|inner| inner == 0 || issuer < inner) => {
            issuer + "</saml:Issuer>".len()
        }
        _ => text.find('>').unwrap() + 1,
    };
    sign_enveloped(signer(by), text, id, place).unwrap()
}
