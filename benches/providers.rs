//! What a register of providers costs as it grows from 10 to 4,000: CPU to load it, memory to keep it,
//! time to find one provider in it. Prints one JSON object.
//!
//! Not a whole login: `varco-sandbox bench` measures that, with a crowd of providers beside those in use.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    reason = "a measure that cannot be taken ends the bench, and its numbers are printed"
)]

mod measured;

use std::fmt::Write as _;
use std::fs;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use varco::crypto::rsa::RsaSigningKey;
use varco::effects::Effects;
use varco::saml::metadata::register::{Place, Register, RegisterSettings, Source};
use varco::xml::{Document, Limits, Signer, VerificationKey, canonicalize, sign_enveloped};

use measured::{cpu_seconds, resident};

fn main() {
    let fx = Effects::real();
    let folder = std::env::temp_dir().join("varco-bench-providers");
    fs::create_dir_all(&folder).expect("a folder");
    let (signer, certificate) = identity();
    let key = VerificationKey::from_certificate(&certificate).expect("a key");
    let pinned = Some(Arc::new(vec![key]));
    let few = written(&folder, 10, &certificate, &signer, &fx);
    let many = written(&folder, PROVIDERS, &certificate, &signer, &fx);

    let cpu = |path: &Path, pinned: &Option<Arc<Vec<VerificationKey>>>| {
        let before = cpu_seconds();
        let register = register(path, pinned.clone(), &fx);
        (cpu_seconds() - before, register)
    };
    let (plain, first) = cpu(&many, &None);
    let (signed, second) = cpu(&many, &pinned);
    // What the first ones freed is used again: from here on all growth is kept.
    let before = resident();
    let kept: Vec<Register> = (0..KEPT).map(|_| cpu(&many, &None).1).collect();
    let bytes = resident().saturating_sub(before) / KEPT / PROVIDERS;
    let small = register(&few, None, &fx);
    let told = serde_json::json!({
        "providers": PROVIDERS,
        "document_bytes_per_provider": fs::metadata(&many).map_or(0, |about| about.len()) / 4_000,
        "load_cpu_seconds": plain,
        "load_signed_cpu_seconds": signed,
        "kept_bytes_per_provider": bytes,
        "lookup_nanoseconds_10": lookup(&small, &fx),
        "lookup_nanoseconds_4000": lookup(&second, &fx),
    });
    black_box((first, kept));
    println!("{told}");
    let _ = fs::remove_dir_all(folder);
}

/// A register that has read the file.
fn register(path: &Path, pinned: Option<Arc<Vec<VerificationKey>>>, fx: &Effects) -> Register {
    let sources = vec![Source { place: Place::File(path.to_owned()), pinned }];
    let settings = RegisterSettings { sources, ..RegisterSettings::default() };
    let register = Register::new("spid", settings, fx.now());
    register.restore(fx);
    assert_eq!(register.alerts(), Vec::<String>::new());
    register
}

/// Nanoseconds to find one provider, over a million times.
fn lookup(register: &Register, fx: &Effects) -> f64 {
    let providers = register.merged().providers;
    let names: Vec<String> = providers.iter().map(|one| one.entity_id.clone()).collect();
    let now = fx.now();
    let before = fx.monotonic();
    for turn in 0..1_000_000 {
        // A large odd step visits them in no order.
        let name = &names[turn * 7919 % names.len()];
        let provider = providers.get(black_box(name)).expect("a provider");
        black_box(provider.is_valid(now));
    }
    fx.monotonic().saturating_sub(before).as_secs_f64() * 1_000.0
}

fn identity() -> (Signer, Vec<u8>) {
    let pkcs8 = RsaSigningKey::generate(2048).expect("a key");
    let pair = rcgen::KeyPair::try_from(pkcs8.as_slice()).expect("a key");
    let parameters = rcgen::CertificateParams::new(Vec::new()).expect("parameters");
    let certificate = parameters.self_signed(&pair).expect("a certificate").der().to_vec();
    let key = Arc::new(RsaSigningKey::from_pkcs8(&pkcs8).expect("a key"));
    (Signer::new(key, &certificate), certificate)
}

/// A signed aggregate on disk. The keys are of nobody, and as long as those of real providers.
fn written(
    folder: &Path,
    providers: usize,
    template: &[u8],
    signer: &Signer,
    fx: &Effects,
) -> PathBuf {
    let mut text = String::from(
        "<md:EntitiesDescriptor xmlns:md=\"urn:oasis:names:tc:SAML:2.0:metadata\" ID=\"_all\">",
    );
    for number in 0..providers {
        entity(&mut text, number, &[other_key(template, fx), other_key(template, fx)]);
    }
    text.push_str("</md:EntitiesDescriptor>");
    let parsed = Document::parse(&text, &Limits::METADATA).expect("a document");
    let mut octets = Vec::new();
    canonicalize(&parsed, parsed.root(), None, &[], &mut octets).expect("a canonical form");
    let canonical = String::from_utf8(octets).expect("text");
    let place = canonical.find('>').expect("a root") + 1;
    let signed = sign_enveloped(signer, &canonical, "_all", place).expect("a signature");
    let path = folder.join(format!("{providers}.xml"));
    fs::write(&path, signed).expect("a file");
    path
}

/// The template with another modulus: 2048 bits behind a zero octet in DER.
fn other_key(template: &[u8], fx: &Effects) -> String {
    let mut certificate = template.to_vec();
    let mark = [2, 0x82, 1, 1, 0];
    let place = template.windows(5).position(|octets| octets == mark).expect("a modulus") + 5;
    let modulus = &mut certificate[place..place + 256];
    fx.fill(modulus);
    modulus[0] |= 0x80;
    modulus[255] |= 1;
    STANDARD.encode(certificate)
}

/// As long as what providers publish: two keys, four endpoints, attributes, a signature of its own.
fn entity(text: &mut String, number: usize, keys: &[String; 2]) {
    let host = format!("https://gestore-{number}.example");
    let info = |certificate: &str| {
        format!(
            "<ds:KeyInfo xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"><ds:X509Data>\
             <ds:X509Certificate>{certificate}</ds:X509Certificate></ds:X509Data></ds:KeyInfo>"
        )
    };
    let _ = write!(
        text,
        "<md:EntityDescriptor ID=\"_{number}\" entityID=\"{host}\">\
         <ds:Signature xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"><ds:SignedInfo>\
         <ds:CanonicalizationMethod Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"/>\
         <ds:SignatureMethod Algorithm=\"http://www.w3.org/2001/04/xmldsig-more#rsa-sha256\"/>\
         <ds:Reference URI=\"#_{number}\"><ds:DigestValue>{}</ds:DigestValue></ds:Reference>\
         </ds:SignedInfo><ds:SignatureValue>{}</ds:SignatureValue>{}</ds:Signature>\
         <md:IDPSSODescriptor protocolSupportEnumeration=\"urn:oasis:names:tc:SAML:2.0:protocol\">",
        "A".repeat(44),
        "A".repeat(344),
        info(&keys[0]),
    );
    for key in keys {
        let _ = write!(text, "<md:KeyDescriptor use=\"signing\">{}</md:KeyDescriptor>", info(key));
    }
    for service in ["SingleLogoutService", "SingleSignOnService"] {
        for binding in ["HTTP-Redirect", "HTTP-POST"] {
            let _ = write!(
                text,
                "<md:{service} Binding=\"urn:oasis:names:tc:SAML:2.0:bindings:{binding}\" \
                 Location=\"{host}/{service}/{binding}\"/>"
            );
        }
    }
    for attribute in 0..20 {
        let _ = write!(
            text,
            "\n    <saml:Attribute xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\" \
             Name=\"attribute{attribute}\"/>"
        );
    }
    let _ = write!(
        text,
        "</md:IDPSSODescriptor><md:Organization>\
         <md:OrganizationName xml:lang=\"it\">Gestore {number} S.p.A.</md:OrganizationName>\
         <md:OrganizationDisplayName xml:lang=\"it\">Gestore {number}</md:OrganizationDisplayName>\
         <md:OrganizationURL xml:lang=\"it\">{host}</md:OrganizationURL></md:Organization>\
         </md:EntityDescriptor>"
    );
}

const PROVIDERS: usize = 4_000;
const KEPT: usize = 3;
