//! Fixture: a provider that signs Responses, correctly or by any recipe, and a reader that takes
//! the identity only from what the verifier hands out.

use std::sync::OnceLock;

use aws_lc_rs::digest::{SHA256, SHA384, SHA512, digest};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use varco::crypto::rsa::RsaSigningKey;
use varco::xml::{
    ASSERTION, DSIG, Document, Limits, Node, PROTOCOL, Position, Refusal, Signer, VerificationKey,
    Writer, attribute, check_signature_places, elements, is, only_child, sign_enveloped, text,
    verify_enveloped,
};

pub(crate) const GENUINE: &str = "TINIT-RSSMRA80A01H501U";
pub(crate) const EVIL: &str = "TINIT-VRDLGI70B02F205X";

/// A signer with its certificate in DER.
pub(crate) struct Party {
    pub(crate) signer: Signer,
    pub(crate) certificate: Vec<u8>,
}

impl Party {
    fn new() -> Self {
        let der = RsaSigningKey::generate(2048).unwrap();
        let pair = rcgen::KeyPair::try_from(der.as_slice()).unwrap();
        let certificate =
            rcgen::CertificateParams::new(Vec::new()).unwrap().self_signed(&pair).unwrap();
        let certificate = certificate.der().to_vec();
        let signer = Signer::new(RsaSigningKey::from_pkcs8(&der).unwrap(), &certificate);
        Self { signer, certificate }
    }

    pub(crate) fn keys(&self) -> Vec<VerificationKey> {
        vec![VerificationKey::from_certificate(&self.certificate).unwrap()]
    }
}

/// The provider whose key is registered.
pub(crate) fn provider() -> &'static Party {
    static PARTY: OnceLock<Party> = OnceLock::new();
    PARTY.get_or_init(Party::new)
}

/// Somebody with a key of their own.
pub(crate) fn attacker() -> &'static Party {
    static PARTY: OnceLock<Party> = OnceLock::new();
    PARTY.get_or_init(Party::new)
}

/// An assertion in canonical form, and the place of its signature.
pub(crate) fn assertion(id: &str, fiscal_number: &str) -> (String, usize) {
    let saml = [("saml", ASSERTION)];
    let mut w = Writer::new();
    let attributes = [("Version", "2.0"), ("ID", id), ("IssueInstant", "2026-11-22T10:00:00Z")];
    w.start("saml:Assertion", &saml, &attributes);
    let entity = [("Format", "urn:oasis:names:tc:SAML:2.0:nameid-format:entity")];
    w.leaf("saml:Issuer", &[], &entity, "https://idp.example");
    let place = w.place();
    let transient = [
        ("Format", "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"),
        ("NameQualifier", "https://idp.example"),
    ];
    w.start("saml:Subject", &[], &[]).leaf("saml:NameID", &[], &transient, "_abc");
    w.start(
        "saml:SubjectConfirmation",
        &[],
        &[("Method", "urn:oasis:names:tc:SAML:2.0:cm:bearer")],
    );
    let data = [
        ("Recipient", "https://sp.example/acs"),
        ("InResponseTo", "_req"),
        ("NotOnOrAfter", "2026-11-22T10:05:00Z"),
    ];
    w.leaf("saml:SubjectConfirmationData", &[], &data, "").end().end();
    let window = [("NotBefore", "2026-11-22T09:59:00Z"), ("NotOnOrAfter", "2026-11-22T10:05:00Z")];
    w.start("saml:Conditions", &[], &window).start("saml:AudienceRestriction", &[], &[]);
    w.leaf("saml:Audience", &[], &[], "https://sp.example").end().end();
    w.start("saml:AuthnStatement", &[], &[("AuthnInstant", "2026-11-22T10:00:00Z")]);
    w.start("saml:AuthnContext", &[], &[]);
    w.leaf("saml:AuthnContextClassRef", &[], &[], "https://www.spid.gov.it/SpidL2").end().end();
    w.start("saml:AttributeStatement", &[], &[]);
    for (name, value) in [
        ("name", "Mario"),
        ("familyName", "Rossi & figli <d'Arco> \"Ò\" 🦀"),
        ("fiscalNumber", fiscal_number),
        ("email", "mario@example.it"),
    ] {
        w.start("saml:Attribute", &[], &[("Name", name)]);
        w.leaf("saml:AttributeValue", &[], &[], value).end();
    }
    (w.finish(), place)
}

/// A Response around `assertion`, in canonical form, and the place of its signature.
pub(crate) fn response(assertion: &str) -> (String, usize) {
    let mut w = Writer::new();
    let attributes = [
        ("ID", "_resp"),
        ("Version", "2.0"),
        ("IssueInstant", "2026-11-22T10:00:00Z"),
        ("Destination", "https://sp.example/acs"),
        ("InResponseTo", "_req"),
    ];
    w.start("samlp:Response", &[("samlp", PROTOCOL)], &attributes);
    w.leaf("saml:Issuer", &[("saml", ASSERTION)], &[], "https://idp.example");
    let place = w.place();
    w.start("samlp:Status", &[], &[]);
    let success = [("Value", "urn:oasis:names:tc:SAML:2.0:status:Success")];
    w.leaf("samlp:StatusCode", &[], &success, "").end();
    w.fragment(assertion);
    (w.finish(), place)
}

/// The assertion `_a1` signed by `party`.
pub(crate) fn signed_assertion(party: &Party, fiscal_number: &str) -> String {
    let (canonical, place) = assertion("_a1", fiscal_number);
    sign_enveloped(&party.signer, &canonical, "_a1", place).unwrap()
}

/// Only the assertion signed.
pub(crate) fn assertion_signed() -> String {
    response(&signed_assertion(provider(), GENUINE)).0
}

/// Response and assertion signed.
pub(crate) fn both_signed() -> String {
    let (canonical, place) = response(&signed_assertion(provider(), GENUINE));
    sign_enveloped(&provider().signer, &canonical, "_resp", place).unwrap()
}

/// How to sign otherwise than [`sign_enveloped`] does.
pub(crate) struct Recipe<'r> {
    pub(crate) canonicalization: &'r str,
    pub(crate) method: &'r str,
    pub(crate) uri: &'r str,
    pub(crate) transforms: &'r str,
    pub(crate) digest_method: &'r str,
    /// Replaces the digest value.
    pub(crate) digest: Option<&'r str>,
    /// After `SignatureValue`.
    pub(crate) rest: &'r str,
    pub(crate) sign: &'r dyn Fn(&[u8]) -> Vec<u8>,
}

pub(crate) const TWO: &str = "<ds:Transform Algorithm=\"http://www.w3.org/2000/09/xmldsig#enveloped-signature\"></ds:Transform><ds:Transform Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"></ds:Transform>";

impl Default for Recipe<'_> {
    fn default() -> Self {
        Self {
            canonicalization: "http://www.w3.org/2001/10/xml-exc-c14n#",
            method: "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
            uri: "#_a1",
            transforms: TWO,
            digest_method: "http://www.w3.org/2001/04/xmlenc#sha256",
            digest: None,
            rest: "",
            sign: &|octets| provider().signer.key().sign_sha256(octets).unwrap(),
        }
    }
}

impl Recipe<'_> {
    /// The signature over `canonical`; `SignedInfo` is really signed, whatever it says.
    pub(crate) fn signature(&self, canonical: &str) -> String {
        let algorithm = match self.digest_method.rsplit('#').next() {
            Some("sha384") => &SHA384,
            Some("sha512") => &SHA512,
            _ => &SHA256,
        };
        let digest = STANDARD.encode(digest(algorithm, canonical.as_bytes()));
        let inside = format!(
            "<ds:CanonicalizationMethod Algorithm=\"{}\"></ds:CanonicalizationMethod>\
             <ds:SignatureMethod Algorithm=\"{}\"></ds:SignatureMethod>\
             <ds:Reference URI=\"{}\"><ds:Transforms>{}</ds:Transforms>\
             <ds:DigestMethod Algorithm=\"{}\"></ds:DigestMethod>\
             <ds:DigestValue>{}</ds:DigestValue></ds:Reference></ds:SignedInfo>",
            self.canonicalization,
            self.method,
            self.uri,
            self.transforms,
            self.digest_method,
            self.digest.unwrap_or(&digest),
        );
        // Apexes carry their namespaces: ds on SignedInfo, ec where the list stands.
        let value = (self.sign)(format!("<ds:SignedInfo xmlns:ds=\"{DSIG}\">{inside}").as_bytes());
        format!(
            "<ds:Signature xmlns:ds=\"{DSIG}\"><ds:SignedInfo>{inside}\
             <ds:SignatureValue>{}</ds:SignatureValue>{}</ds:Signature>",
            STANDARD.encode(value),
            self.rest
        )
    }

    /// A Response whose assertion is signed by this recipe.
    pub(crate) fn response(&self) -> String {
        let (canonical, place) = assertion("_a1", GENUINE);
        let (head, tail) = canonical.split_at(place);
        response(&format!("{head}{}{tail}", self.signature(&canonical))).0
    }
}

/// The strict reader: the structure rules, every signature, then the value by its exact path.
pub(crate) fn identity(text: &str, keys: &[VerificationKey]) -> Result<String, Refusal> {
    let document = Document::parse(text, &Limits::MESSAGE)?;
    let root = document.root();
    let named = |node: &Node<'_, '_>| node.tag_name().name() == "Assertion";
    let count = root.descendants().filter(named).count();
    let assertion = only_child(root, ASSERTION, "Assertion")?;
    let Some(assertion) = assertion.filter(|_| count == 1 && is(root, PROTOCOL, "Response")) else {
        return Err(Refusal::Value);
    };
    check_signature_places(&document, &[root, assertion])?;
    let mut buffer = Vec::new();
    if elements(root).any(|child| is(child, DSIG, "Signature")) {
        verify_enveloped(&document, root, Position::AfterIssuer, keys, &mut buffer)?;
    }
    let octets = verify_enveloped(&document, assertion, Position::AfterIssuer, keys, &mut buffer)?;
    let signed = octets.read()?;
    fiscal_number(signed.root())
}

/// The careless reader: no structure rule at all, every element is asked whether it is signed.
/// Returns every fiscal number that any witness shows.
pub(crate) fn everything_readable(text: &str, keys: &[VerificationKey]) -> Vec<String> {
    let Ok(document) = Document::parse(text, &Limits::MESSAGE) else { return Vec::new() };
    let mut found = Vec::new();
    for element in document.root().descendants().filter(Node::is_element) {
        for position in [Position::AfterIssuer, Position::First] {
            let octets = verify_enveloped(&document, element, position, keys, &mut Vec::new());
            let Ok(octets) = octets else { continue };
            let signed = octets.read().unwrap();
            let numbers = signed
                .root()
                .descendants()
                .filter(|node| attribute(*node, "Name") == Some("fiscalNumber"));
            for number in numbers {
                found.extend(number.descendants().filter_map(|n| n.text()).map(String::from));
            }
        }
    }
    found
}

fn fiscal_number(assertion: Node<'_, '_>) -> Result<String, Refusal> {
    let statement = only_child(assertion, ASSERTION, "AttributeStatement")?;
    let statement = statement.ok_or(Refusal::Value)?;
    let attribute = elements(statement)
        .find(|child| attribute(*child, "Name") == Some("fiscalNumber"))
        .ok_or(Refusal::Value)?;
    let value = only_child(attribute, ASSERTION, "AttributeValue")?.ok_or(Refusal::Value)?;
    Ok(text(value)?.into_owned())
}
