//! Makes the certificates of the fixed world and the seeds of every target anew:
//! `cargo run -p varco-fuzz --bin seeds`.
//!
//! Not needed to fuzz: what it writes is committed. Its keys are new every time and kept nowhere, so
//! nobody can sign what the targets would take for genuine.

use std::fs;
use std::io::Result;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use varco::saml::binding::{deflate, percent_encode};
use varco::xml::{RSA_SHA256, Signer, sign_enveloped, sign_octets};
use varco_fuzz::messages::{ASSERTION, LOGOUT_REQUEST, LOGOUT_RESPONSE, RELAY_STATE, RESPONSE};
use varco_fuzz::world::{corpus, folder, metadata, party, sealed};
use varco_oracle::documents::{Dice, changed, document};

fn main() -> Result<()> {
    let (idp, other, stranger, federation) = (party(1), party(2), party(3), party(4));
    let published = metadata(&idp, &other);
    fs::write(folder().join("fixtures/providers.xml"), &published)?;
    fs::write(folder().join("fixtures/federation.txt"), federation.certificate())?;
    responses(&Folder::new("response")?, &idp, &other, &stranger)?;
    assertions(&Folder::new("assertion")?)?;
    federations(&Folder::new("metadata")?, &published, &federation, &stranger)?;
    redirects(&Folder::new("redirect")?, &idp, &stranger)?;
    logouts(&Folder::new("logout")?, &idp, &stranger)?;
    documents(&Folder::new("canonicalisation")?)
}

/// The seeds of one target.
struct Folder(std::path::PathBuf);

impl Folder {
    fn new(target: &str) -> Result<Self> {
        let path = corpus(target);
        if path.exists() {
            fs::remove_dir_all(&path)?;
        }
        fs::create_dir_all(&path)?;
        Ok(Self(path))
    }

    fn put(&self, name: &str, octets: impl AsRef<[u8]>) -> Result<()> {
        fs::write(self.0.join(Path::new(name)), octets)
    }
}

/// Signs after the first `Issuer`.
fn sign(signer: &Signer, canonical: &str, id: &str) -> String {
    let place = canonical.find("</saml:Issuer>").map_or(0, |at| at + "</saml:Issuer>".len());
    sign_enveloped(signer, canonical, id, place).expect("signed")
}

fn response(assertion: &str) -> String {
    RESPONSE.replace("{assertion}", assertion)
}

fn evil(assertion: &str) -> String {
    assertion.replace("GDNNWA12H81Y874F", "VRDLGI70B02F205X")
}

/// Genuine answers in several dresses, forged ones, and the classical wrappings.
fn responses(folder: &Folder, idp: &Signer, other: &Signer, stranger: &Signer) -> Result<()> {
    let signed = sign(idp, ASSERTION, "_assertion-1");
    let single = response(&signed);
    let both = sign(idp, &single, "_response-1");
    folder.put("genuine-assertion.xml", &single)?;
    folder.put("genuine-both.xml", &both)?;
    folder.put("genuine-field.txt", STANDARD.encode(&both))?;
    let lines: Vec<_> = STANDARD.encode(&single).bytes().collect();
    folder.put("genuine-lines.txt", lines.chunks(76).collect::<Vec<_>>().join(&b"\r\n"[..]))?;
    let declared = format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n{single}");
    folder.put("genuine-declared.xml", declared)?;
    folder.put("genuine-loose.xml", single.replace("><samlp:Status>", ">\r\n <samlp:Status\n>"))?;
    let references = single.replace("AGID-001", "&#65;&#x47;ID-0&#48;1");
    folder.put("genuine-references.xml", references)?;

    let evil_assertion = evil(ASSERTION).replace("_assertion-1", "_evil");
    folder.put("changed.xml", evil(&single))?;
    folder.put("unsigned.xml", response(ASSERTION))?;
    folder.put("by-other.xml", response(&sign(other, ASSERTION, "_assertion-1")))?;
    folder.put("by-stranger.xml", response(&sign(stranger, &evil_assertion, "_evil")))?;
    folder.put("response-only.xml", sign(idp, &response(ASSERTION), "_response-1"))?;
    folder.put("comment.xml", single.replace("AGID-001", "AGID<!---->-001"))?;
    folder.put("doctype.xml", format!("<!DOCTYPE x [<!ENTITY e \"x\">]>{single}"))?;
    folder.put("sha1.xml", single.replace("xmlenc#sha256", "xmldsig#sha1"))?;
    let closed = |cipher: &str| response(&sealed(cipher, &[7; 256], &[9; 64]));
    folder.put("encrypted.xml", closed("http://www.w3.org/2009/xmlenc11#aes256-gcm"))?;
    let cbc = closed("http://www.w3.org/2001/04/xmlenc#aes128-cbc");
    folder.put("encrypted-cbc.xml", sign(idp, &cbc, "_response-1"))?;
    let listed = "exc-c14n#\"><ec:InclusiveNamespaces \
                  xmlns:ec=\"http://www.w3.org/2001/10/xml-exc-c14n#\" PrefixList=\"xs\"/></";
    folder.put("prefix-list.xml", single.replace("exc-c14n#\"></", listed))?;
    let failed = RESPONSE.replace("{assertion}", "").replace(
        "status:Success\"></samlp:StatusCode>",
        "status:Responder\"><samlp:StatusCode \
         Value=\"urn:oasis:names:tc:SAML:2.0:status:AuthnFailed\"></samlp:StatusCode>\
         </samlp:StatusCode><samlp:StatusMessage>ErrorCode nr25</samlp:StatusMessage>",
    );
    folder.put("cancelled.xml", &failed)?;
    folder.put("cancelled-signed.xml", sign(idp, &failed, "_response-1"))?;

    // Wrappings: the signed assertion kept somewhere, a forged one where careless readers look.
    let (from, to) = (signed.find("<ds:Signature"), signed.find("</ds:Signature>"));
    let (from, to) = (from.unwrap_or(0), to.map_or(0, |to| to + "</ds:Signature>".len()));
    let signature = signed.get(from..to).unwrap_or_default();
    let inside = |outer: &str, inner: &str| {
        outer.replace("</saml:Assertion>", &format!("{inner}</saml:Assertion>"))
    };
    let holding = |inner: &str| {
        let filled = format!("<ds:Object>{inner}</ds:Object></ds:Signature>");
        let filled = signature.replace("</ds:Signature>", &filled);
        evil_assertion.replacen("</saml:Issuer>", &format!("</saml:Issuer>{filled}"), 1)
    };
    folder.put("wrapped-before.xml", response(&format!("{evil_assertion}{signed}")))?;
    folder.put("wrapped-after.xml", response(&format!("{signed}{evil_assertion}")))?;
    folder.put("wrapped-around.xml", response(&inside(&evil_assertion, &signed)))?;
    folder.put("wrapped-object.xml", response(&holding(ASSERTION)))?;
    let extensions = format!("<samlp:Extensions>{signed}</samlp:Extensions><samlp:Status>");
    let moved = response(&evil_assertion).replace("<samlp:Status>", &extensions);
    folder.put("wrapped-extensions.xml", moved)?;
    let stuffed = holding("").replace("</ds:Object>", &format!("{single}</ds:Object>"));
    folder.put("wrapped-response.xml", response(&stuffed))
}

/// One change at a time of what the rules look at: (name, from, to).
const CHANGES: [(&str, &str, &str); 30] = [
    ("same", "", ""),
    ("version", "Version=\"2.0\"", "Version=\"1.1\""),
    ("id", "ID=\"_assertion-1\"", "ID=\"1\""),
    ("instant", "2026-11-22T10:00:20Z", "2026-11-22T11:00:20.123456+01:00"),
    ("instant-fraction", "2026-11-22T10:00:20Z", "2026-11-22T10:00:20.9999999999Z"),
    ("instant-bad", "2026-11-22T10:00:20Z", "2026-02-30T24:00:60Z"),
    ("issuer", "https://idp.example/metadata<", " https://other.example/metadata <"),
    ("format", "nameid-format:entity\">https://idp", "nameid-format:unspecified\">https://idp"),
    ("name-id", " _name ", ""),
    ("persistent", "format:transient", "format:persistent"),
    ("method", "cm:bearer", "cm:holder-of-key"),
    ("recipient", "Recipient=\"https://broker", "Recipient=\"https://evil"),
    ("request", "InResponseTo=\"_request-1\" NotOn", "InResponseTo=\"_request-2\" NotOn"),
    ("expired", "NotOnOrAfter=\"2026-11-22T10:05:01Z\"", "NotOnOrAfter=\"2026-11-22T09:05:01Z\""),
    ("not-yet", "NotBefore=\"2026-11-22T10:00:21Z\"", "NotBefore=\"2026-11-22T10:30:21Z\""),
    ("audience", " https://broker.example/saml/metadata ", "https://other.example"),
    ("audiences", "</saml:Audience>", "</saml:Audience><saml:Audience>urn:x</saml:Audience>"),
    ("once", "</saml:Conditions>", "<saml:OneTimeUse></saml:OneTimeUse></saml:Conditions>"),
    ("condition", "</saml:Conditions>", "<saml:Condition></saml:Condition></saml:Conditions>"),
    ("level-1", "SpidL2", "SpidL1"),
    ("level-3", "SpidL2", "SpidL3"),
    ("level-none", "https://www.spid.gov.it/SpidL2", "urn:x"),
    ("doubled", "Name=\"spidCode\"", "Name=\"fiscalNumber\""),
    ("unnamed", "Name=\"spidCode\"", "Name=\"\""),
    ("references", "AGID-001", "&#65;G&amp;&#x1F980;\r\nx&#13;y"),
    ("element", "AGID-001", "<b xmlns=\"\">AGID</b>-001"),
    ("quotes", "Name=\"spidCode\"", "Name='sp&quot;id\n\t&#10;C&gt;ode'"),
    ("default", "saml:Conditions", "Conditions xmlns=\"urn:oasis:names:tc:SAML:2.0:assertion\""),
    ("advice", "</saml:Conditions>", "</saml:Conditions><saml:Advice></saml:Advice>"),
    ("status", "status:Success", "status:Responder"),
];

fn assertions(folder: &Folder) -> Result<()> {
    for (name, from, to) in CHANGES {
        let text = response(ASSERTION);
        let text = if from.is_empty() { text } else { text.replace(from, to) };
        folder.put(&format!("{name}.xml"), text)?;
    }
    Ok(())
}

/// Metadata signed by the federation, by a stranger, by nobody, and with one thing wrong.
fn federations(folder: &Folder, all: &str, federation: &Signer, other: &Signer) -> Result<()> {
    let place = all.find('>').map_or(0, |at| at + 1);
    let signed = |signer: &Signer| sign_enveloped(signer, all, "_all", place).expect("signed");
    folder.put("genuine.xml", signed(federation))?;
    folder.put("genuine-loose.xml", signed(federation).replace(" entityID=", "\n\tentityID = "))?;
    folder.put("by-stranger.xml", signed(other))?;
    folder.put("changed.xml", signed(federation).replace("other.example", "evil.example"))?;
    for (name, from, to) in [
        ("unsigned", "", ""),
        ("comment", "<md:Organization>", "<!-- x --><md:Organization>"),
        ("past", "validUntil=\"2026-12-22", "validUntil=\"2020-12-22"),
        ("no-instant", "validUntil=\"2026-12-22T10:00:00Z", "validUntil=\"tomorrow"),
        ("http", "Location=\"https://other", "Location=\"http://other"),
        ("loopback", "Location=\"https://other.example", "Location=\"http://[::1]:8080"),
        ("user", "Location=\"https://other", "Location=\"https://user@other"),
        ("control", "/sso/post", "/sso/post&#10;X-Header: x"),
        ("encryption", "use=\"signing\"", "use=\"encryption\""),
        ("both-uses", " use=\"signing\"", ""),
        ("no-role", "IDPSSODescriptor", "SPSSODescriptor"),
        ("no-key", "X509Certificate", "X509SubjectName"),
        ("no-base64", "<ds:X509Certificate>", "<ds:X509Certificate>!"),
        ("cut-key", "<ds:X509Certificate>MI", "<ds:X509Certificate>"),
        ("artifact", "HTTP-POST", "HTTP-Artifact"),
        ("names", "xml:lang=\"it\">", "xml:lang=\"de\"> \r\n &#x1F980; "),
        ("twice", "https://other.example/metadata", "https://idp.example/metadata"),
        ("blank-id", "entityID=\"https://other", "entityID=\" https://other"),
    ] {
        let text = if from.is_empty() { all.to_owned() } else { all.replace(from, to) };
        folder.put(&format!("{name}.xml"), text)?;
    }
    let nested = all.replace("<md:EntityDescriptor", "<md:EntitiesDescriptor><md:EntityDescriptor");
    let nested =
        nested.replace("</md:EntityDescriptor>", "</md:EntityDescriptor></md:EntitiesDescriptor>");
    folder.put("nested.xml", nested)
}

/// A signed query.
fn query(signer: &Signer, parameter: &str, relay: &str, message: &[u8]) -> String {
    let signed = format!(
        "{parameter}={}{relay}&SigAlg={}",
        percent_encode(&STANDARD.encode(message)),
        percent_encode(RSA_SHA256)
    );
    let signature = sign_octets(signer.key(), signed.as_bytes()).expect("signed");
    format!("{signed}&Signature={}", percent_encode(&STANDARD.encode(signature)))
}

/// Logout messages: signed for both bindings, and unsigned with one change at a time.
fn logouts(folder: &Folder, idp: &Signer, stranger: &Signer) -> Result<()> {
    for (kind, parameter, message, id) in [
        ("request", "SAMLRequest", LOGOUT_REQUEST, "_logout-1"),
        ("answer", "SAMLResponse", LOGOUT_RESPONSE, "_answer-1"),
    ] {
        let signed = sign(idp, message, id);
        folder.put(&format!("genuine-{kind}.xml"), &signed)?;
        folder.put(&format!("genuine-{kind}-field.txt"), STANDARD.encode(&signed))?;
        let packed = deflate(message.as_bytes());
        folder
            .put(&format!("genuine-{kind}.txt"), query(idp, parameter, "&RelayState=x", &packed))?;
        let packed = deflate(signed.as_bytes());
        folder.put(&format!("twice-{kind}.txt"), query(idp, parameter, "", &packed))?;
        folder.put(&format!("by-stranger-{kind}.xml"), sign(stranger, message, id))?;
        folder.put(&format!("changed-{kind}.xml"), signed.replace("10:00:22Z", "10:00:23Z"))?;
    }
    for (name, from, to) in [
        ("request", "", ""),
        ("no-end", " NotOnOrAfter=\"2026-11-22T10:05:22Z\"", ""),
        ("ended", "NotOnOrAfter=\"2026-11-22T10", "NotOnOrAfter=\"2026-11-22T09"),
        ("old", "IssueInstant=\"2026-11-22T10", "IssueInstant=\"2026-11-22T09"),
        ("elsewhere", "broker.example", "evil.example"),
        ("other", "idp.example", "other.example"),
        ("no-session", "<samlp:SessionIndex>_s</samlp:SessionIndex>", ""),
        ("sessions", "_s<", "_s</samlp:SessionIndex><samlp:SessionIndex>&#x1F980;\r\n&#13;<"),
        ("encrypted", "saml:NameID", "saml:EncryptedID"),
        ("persistent", "transient", "persistent"),
        (
            "names",
            "<samlp:SessionIndex>",
            "<a:NameID xmlns:a=\"urn:oasis:names:tc:SAML:2.0:assertion\">_b</a:NameID><samlp:SessionIndex>",
        ),
        ("element", ">_name<", "><b>_name</b><"),
        ("status", "<samlp:SessionIndex>", "<samlp:Status></samlp:Status><samlp:SessionIndex>"),
    ] {
        let text = LOGOUT_REQUEST.to_owned();
        let text = if from.is_empty() { text } else { text.replace(from, to) };
        folder.put(&format!("{name}.xml"), text)?;
    }
    let partial = "status:Requester\"><samlp:StatusCode \
                   Value=\"urn:oasis:names:tc:SAML:2.0:status:PartialLogout\"></samlp:StatusCode>";
    folder.put("partial.xml", LOGOUT_RESPONSE.replace("status:Success\">", partial))?;
    folder.put("answer.xml", LOGOUT_RESPONSE)
}

/// Queries signed and changed, and compressed octets.
fn redirects(folder: &Folder, idp: &Signer, stranger: &Signer) -> Result<()> {
    let packed = deflate(LOGOUT_REQUEST.as_bytes());
    let relay = format!("&RelayState={}", percent_encode(RELAY_STATE));
    let genuine = query(idp, "SAMLRequest", &relay, &packed);
    folder.put("genuine.txt", &genuine)?;
    folder.put("genuine-no-relay-state.txt", query(idp, "SAMLRequest", "", &packed))?;
    folder.put("genuine-lower.txt", genuine.replace("%3D", "%3d"))?;
    folder.put("by-stranger.txt", query(stranger, "SAMLRequest", &relay, &packed))?;
    folder.put("answer.txt", query(stranger, "SAMLResponse", &relay, &packed))?;
    folder.put("sha1.txt", genuine.replace("rsa-sha256", "rsa-sha1"))?;
    folder.put("doubled.txt", genuine.replace("&SigAlg", "&RelayState=x&SigAlg"))?;
    folder.put("reordered.txt", genuine.replace("SAMLRequest=", "RelayState=x&SAMLRequest="))?;
    folder.put("unsigned.txt", genuine.split("&SigAlg").next().unwrap_or_default())?;
    folder.put("plus.txt", "a+b%20c%2B%zz%e2%82%ac%C3%28")?;
    folder.put("message.deflate", &packed)?;
    folder.put("stored.deflate", b"\x01\x05\x00\xfa\xffhello")?;
    folder.put("cut.deflate", packed.get(..packed.len() / 2).unwrap_or_default())?;
    folder.put("bomb.deflate", deflate(&vec![b'x'; 4_000_000]))
}

fn documents(folder: &Folder) -> Result<()> {
    for number in 0..20 {
        folder.put(&format!("made-{number:02}.xml"), document(number))?;
        let mut dice = Dice::new(number);
        folder.put(
            &format!("changed-{number:02}.xml"),
            changed(&document(number + 100), &mut dice),
        )?;
    }
    for (name, text) in FOUND {
        folder.put(&format!("found-{name}.xml"), text)?;
    }
    folder.put("response.xml", response(ASSERTION))
}

/// What Varco once read otherwise than libxml2.
const FOUND: [(&str, &str); 7] = [
    ("bare-colon", "<a:e xmlns:a=\"urn:one\" :xmlns=\"urn:two\"><e/></a:e>"),
    ("prefixed-xmlns", "<a:e xmlns:a=\"urn:one\" a:xmlns=\"urn:two\"><e/></a:e>"),
    ("end-tag", "<e></:e>"),
    ("long-reference", "<e>&#x00000010FFFF;</e>"),
    ("no-uri", "<a:e xmlns:a=\"http://example.it/%C3%A9?\u{398}\"/>"),
    ("no-port", "<a:e xmlns:a=\"http://a://b\"/>"),
    ("standalone", "<?xml version=\"1.0\" standalone=\"maybe\"?><e/>"),
];
