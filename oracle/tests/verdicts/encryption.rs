//! Encryption: what xmlsec1 and bergshamra encrypt we decrypt, and what our sample providers encrypt
//! they decrypt.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use bergshamra::{EncContext, KeysManager};
use varco::crypto::certificate::Pem;
use varco::crypto::decryption::DecryptionKey;
use varco::crypto::rsa::RsaSigningKey;
use varco::xml::{Decryption, Document, Encrypted, Limits, Position, verify_enveloped};
use varco_sandbox::saml::encryption::{
    Content, Encryption, Flaw, Placement, Sealed, Transport, encrypt_assertion,
};

use crate::fixture_xml::{GENUINE, provider, signed_assertion};

/// Somebody to encrypt for, with the key and the certificate in files as well.
struct Recipient {
    decryption: Decryption,
    certificate: Vec<u8>,
    key_pem: String,
    folder: PathBuf,
}

impl Recipient {
    fn new(name: &str) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        std::fs::create_dir_all(&folder).unwrap();
        let der = RsaSigningKey::generate(2048).unwrap();
        let pair = rcgen::KeyPair::try_from(der.as_slice()).unwrap();
        let certificate =
            rcgen::CertificateParams::new(Vec::new()).unwrap().self_signed(&pair).unwrap();
        let certificate = certificate.der().to_vec();
        let key_pem = Pem::PrivateKey.write(&der).to_string();
        std::fs::write(folder.join("key.pem"), &key_pem).unwrap();
        std::fs::write(folder.join("certificate.der"), &certificate).unwrap();
        let keys = vec![Arc::new(DecryptionKey::from_pkcs8(&der).unwrap())];
        Self { decryption: Decryption { keys, cbc: true }, certificate, key_pem, folder }
    }

    /// Our reading: the assertion inside `EncryptedAssertion`, its signature verified.
    fn read(&self, text: &str) -> String {
        let document = Document::parse(text, &Limits::MESSAGE).unwrap();
        let encrypted = Encrypted::read(document.root(), true).unwrap();
        let plaintext = encrypted.decrypt(&self.decryption).unwrap();
        let inner = plaintext.parse().unwrap();
        let (root, keys) = (inner.root(), provider().keys());
        let signed =
            verify_enveloped(&inner, root, Position::AfterIssuer, &keys, &mut Vec::new()).unwrap();
        String::from_utf8(signed.as_octets().to_vec()).unwrap()
    }

    fn bergshamra(&self) -> EncContext {
        let mut manager = KeysManager::new();
        manager.add_key(
            bergshamra::keys::loader::load_pem_auto(self.key_pem.as_bytes(), None).unwrap(),
        );
        EncContext::new(manager)
    }

    fn xmlsec1(&self, arguments: &[&str], file: &str) -> String {
        let done = Command::new("xmlsec1")
            .args(arguments)
            .arg(file)
            .current_dir(&self.folder)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&done.stderr);
        assert!(done.status.success(), "xmlsec1 {arguments:?}: {said}");
        String::from_utf8(done.stdout).unwrap()
    }
}

fn ways(transports: &[Transport], placements: &[Placement]) -> Vec<Encryption> {
    let ciphers = [Content::Aes128Gcm, Content::Aes256Gcm, Content::Aes128Cbc, Content::Aes256Cbc];
    let mut all = Vec::new();
    for content in ciphers {
        for transport in transports {
            for placement in placements {
                let (transport, placement) = (*transport, *placement);
                all.push(Encryption { content, transport, placement, flaw: Flaw::None });
            }
        }
    }
    all
}

/// An `EncryptedAssertion` whose values are still to be written.
fn template(with: Encryption) -> String {
    Sealed { key: Vec::new(), content: Vec::new() }.write(with).canonical()
}

const BOTH: [Placement; 2] = [Placement::Inside, Placement::Beside];
const OAEP: [Transport; 3] = [Transport::OaepMgf1p, Transport::Oaep, Transport::OaepSha256];

#[test]
fn what_bergshamra_encrypts_we_decrypt_and_the_other_way_round() {
    let recipient = Recipient::new("bergshamra");
    let assertion = signed_assertion(provider(), GENUINE);
    let context = recipient.bergshamra();
    for with in ways(&OAEP, &BOTH) {
        let theirs = bergshamra::encrypt(&context, &template(with), assertion.as_bytes()).unwrap();
        assert!(recipient.read(&theirs).contains(GENUINE), "{with:?}");
    }
    for with in ways(&OAEP, &[Placement::Inside]) {
        let ours = encrypt_assertion(&assertion, &recipient.certificate, with).unwrap();
        let found = bergshamra::decrypt(&context, &ours.canonical()).unwrap();
        assert!(found.contains(GENUINE), "{with:?}: {found}");
    }
}

/// Version 1.2 of xmlsec1 has OAEP with SHA-1 only.
#[test]
fn what_xmlsec1_encrypts_we_decrypt_and_the_other_way_round() {
    let recipient = Recipient::new("xmlsec1");
    let assertion = signed_assertion(provider(), GENUINE);
    let write = |name: &str, text: &str| std::fs::write(recipient.folder.join(name), text).unwrap();
    write("assertion.xml", &assertion);
    for with in ways(&[Transport::OaepMgf1p], &[Placement::Inside]) {
        write("template.xml", &template(with));
        let session = match with.content {
            Content::Aes128Gcm | Content::Aes128Cbc => "aes-128",
            Content::Aes256Gcm | Content::Aes256Cbc => "aes-256",
        };
        let arguments = [
            "--encrypt",
            "--pubkey-cert-der",
            "certificate.der",
            "--session-key",
            session,
            "--xml-data",
            "assertion.xml",
        ];
        // What comes back is the EncryptedData that took the place of the assertion.
        let theirs = recipient.xmlsec1(&arguments, "template.xml");
        let data = theirs.split_once("?>").unwrap().1;
        let theirs = format!("<EncryptedAssertion>{data}</EncryptedAssertion>");
        assert!(recipient.read(&theirs).contains(GENUINE), "{with:?}");
    }
    for with in ways(&[Transport::OaepMgf1p], &BOTH) {
        let ours = encrypt_assertion(&assertion, &recipient.certificate, with).unwrap();
        write("encrypted.xml", &ours.canonical());
        let arguments = [
            "--decrypt",
            "--privkey-pem",
            "key.pem",
            "--id-attr:Id",
            "http://www.w3.org/2001/04/xmlenc#:EncryptedKey",
        ];
        let found = recipient.xmlsec1(&arguments, "encrypted.xml");
        assert!(found.contains(GENUINE), "{with:?}: {found}");
    }
}
