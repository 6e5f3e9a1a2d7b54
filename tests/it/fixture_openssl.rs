//! An authority that is nothing but the `openssl` program: it issues cards, writes lists, and answers.
//!
//! Not the product's cryptography, and nothing of the sandbox's: what another implementation writes is
//! what this is for. A machine without `openssl` fails the test and says what to install.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use varco::crypto::certificate::Pem;
use varco_sandbox::card::Card;

use crate::fixture_redis::TempDir;

/// The authority, and everything that it wrote.
pub(crate) struct OpensslAuthority(TempDir);

impl OpensslAuthority {
    pub(crate) fn new() -> Self {
        let authority = Self(TempDir::new());
        for (name, text) in [("conf", CONF), ("index", ""), ("serial", "1001"), ("number", "01")] {
            std::fs::write(authority.path(name), text).unwrap();
        }
        let subject = "/C=IT/O=Ente emettitore di prova/CN=CNS di openssl";
        let mut request = authority.request("authority", subject);
        authority.run(
            request
                .args(["-x509", "-extensions", "authority", "-days", "30"])
                .args(["-out", "authority.pem"]),
        );
        authority
    }

    /// Where one of its files is.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.0.join(name)
    }

    /// A certificate as the section `kind` says, and its key.
    pub(crate) fn issue(&self, name: &str, kind: &str, common_name: &str) -> Card {
        let subject = format!("/C=IT/CN={}", common_name.replace('/', "\\/"));
        let request = format!("{name}.csr");
        self.run(self.request(name, &subject).args(["-out", &request]));
        let certificate = format!("{name}.pem");
        self.run(self.ca().args(["-notext", "-extensions", kind]).args([
            "-in",
            &request,
            "-out",
            &certificate,
        ]));
        let read = |name: &str| std::fs::read_to_string(self.path(name)).unwrap();
        let certificate_pem = read(&certificate);
        Card {
            certificate: Pem::Certificate.read(&certificate_pem).unwrap().to_vec(),
            certificate_pem,
            key_pem: read(&format!("{name}.key")),
        }
    }

    /// Revokes what was issued under that name.
    pub(crate) fn revoke(&self, name: &str, reason: &str) {
        let certificate = format!("{name}.pem");
        self.run(self.ca().args(["-revoke", &certificate, "-crl_reason", reason]));
    }

    /// Writes the list, `list.pem`; `more` are options of `openssl ca`.
    pub(crate) fn list(&self, more: &[&str]) {
        self.run(self.ca().args(["-gencrl", "-out", "list.pem"]).args(more));
    }

    /// A responder that answers what the index of the authority says, signed by `signer`.
    pub(crate) fn responder(&self, signer: &str) -> Responder {
        let (certificate, key) = (format!("{signer}.pem"), format!("{signer}.key"));
        let mut child = self
            .openssl(&["ocsp", "-port", "0", "-index", "index", "-CA", "authority.pem"])
            .args(["-nmin", "5", "-rsigner", &certificate, "-rkey", &key])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let port = loop {
            let line = lines.next().expect("openssl ocsp did not start").unwrap();
            let port = line.strip_prefix("ACCEPT ").and_then(|rest| rest.split(' ').next());
            if let Some((_, port)) = port.and_then(|place| place.rsplit_once(':')) {
                break port.parse().unwrap();
            }
        };
        // Whoever does not read a pipe blocks the program that writes to it.
        std::thread::spawn(move || lines.for_each(drop));
        Responder { child, port }
    }

    fn request(&self, name: &str, subject: &str) -> Command {
        let key = format!("{name}.key");
        let mut command = self.openssl(&["req", "-new", "-config", "conf", "-utf8", "-nodes"]);
        command.args(["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]);
        command.args(["-keyout", &key, "-subj", subject]);
        command
    }

    fn ca(&self) -> Command {
        self.openssl(&["ca", "-batch", "-config", "conf"])
    }

    fn openssl(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new("openssl");
        command.args(arguments).current_dir(&self.0.0).stdin(Stdio::null());
        command
    }

    fn run(&self, command: &mut Command) {
        let output = command.output().unwrap_or_else(|error| {
            panic!("these tests need `openssl` (apt install openssl): {error}")
        });
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{command:?} in {}: {said}", self.0.0.display());
    }
}

/// A running responder; it ends with the test.
pub(crate) struct Responder {
    child: Child,
    pub(crate) port: u16,
}

impl Drop for Responder {
    fn drop(&mut self) {
        // A failure means that it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

const CONF: &str = "\
[req]
distinguished_name = nothing
prompt = no
string_mask = utf8only
[nothing]
[ca]
default_ca = own
[own]
database = index
serial = serial
crlnumber = number
new_certs_dir = .
certificate = authority.pem
private_key = authority.key
default_md = sha256
default_days = 20
default_crl_days = 1
policy = names
unique_subject = no
string_mask = utf8only
[names]
countryName = optional
commonName = supplied
[authority]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
[card]
keyUsage = critical,digitalSignature
extendedKeyUsage = clientAuth
certificatePolicies = 1.3.76.16.2.1
[responder]
keyUsage = critical,digitalSignature
extendedKeyUsage = OCSPSigning
[marked_responder]
keyUsage = critical,digitalSignature
extendedKeyUsage = OCSPSigning
noCheck = ignored
";
