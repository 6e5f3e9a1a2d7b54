//! `keys`: the keys of one body, read from PEM files.
//!
//! Not the making of them: `varco keys generate` does that.

use std::sync::Arc;

use super::super::Problems;
use super::super::section::{File, Section};
use super::Defaults;
use crate::crypto::certificate::Pem;
use crate::crypto::decryption::DecryptionKey;
use crate::crypto::rsa::RsaSigningKey;
use crate::upstream::settings::{DecryptionKeys, Keys};

const REMEDY: &str = "run `varco keys generate`, or name an existing PEM file";

/// The files that the table names.
pub(super) struct Files {
    pub(super) key: String,
    pub(super) certificate: String,
    pub(super) next_key: Option<String>,
    pub(super) next_certificate: Option<String>,
    pub(super) decryption: Option<(String, String)>,
    pub(super) next_decryption: Option<(String, String)>,
}

impl Files {
    pub(super) fn read(
        table: &Section<'_>,
        tenant: &str,
        defaults: &Defaults,
        problems: &mut Problems,
    ) -> Self {
        let mut one = |key: &'static str| table.optional_text(key, problems).map(str::to_owned);
        let (key, certificate) = (one("key_file"), one("certificate_file"));
        let (next_key, next_certificate) = (one("next_key_file"), one("next_certificate_file"));
        let mut pair = |key: &'static str, certificate: &'static str| {
            let both = (one(key), one(certificate));
            match both {
                (Some(key), Some(certificate)) => (Some((key, certificate)), true),
                (None, None) => (None, true),
                _ => (None, false),
            }
        };
        let (decryption, whole) = pair("decryption_key_file", "decryption_certificate_file");
        let (next_decryption, next_whole) =
            pair("next_decryption_key_file", "next_decryption_certificate_file");
        let together = "write the key and the certificate, or neither";
        if !whole {
            table.wrong(problems, "decryption_key_file", "stands alone, or is missing", together);
        }
        if !next_whole {
            let key = "next_decryption_key_file";
            table.wrong(problems, key, "stands alone, or is missing", together);
        }
        if next_key.is_some() && next_certificate.is_none() {
            let remedy = "write next_certificate_file too: it is what is published";
            table.wrong(problems, "next_key_file", "stands alone", remedy);
        }
        if next_decryption.is_some() && decryption.is_none() {
            let (key, remedy) = ("next_decryption_key_file", "write decryption_key_file first");
            table.wrong(problems, key, "comes next, but after nothing", remedy);
        }
        Self {
            key: key.unwrap_or_else(|| defaults.key(tenant, "key.pem")),
            certificate: certificate.unwrap_or_else(|| defaults.key(tenant, "certificate.pem")),
            next_key,
            next_certificate,
            decryption,
            next_decryption,
        }
    }
}

/// Reads the table and every file in it; `None` when one of them cannot be used.
pub(super) fn read(
    file: &File<'_>,
    (tenant, section): (&str, &Section<'_>),
    defaults: &Defaults,
    problems: &mut Problems,
) -> Option<Keys> {
    let table = section.section("keys", problems);
    let files = Files::read(&table, tenant, defaults, problems);
    let mut pems = Pems { file, table: &table, problems };
    let signing = pems.signing(&files.key);
    let certificate = pems.certificate(&files.certificate, "certificate_file");
    let next_certificate = match &files.next_certificate {
        None => Some(None),
        Some(name) => pems.certificate(name, "next_certificate_file").map(Some),
    };
    let decryption = match &files.decryption {
        None => Some(None),
        Some(current) => pems.decryption(current, files.next_decryption.as_ref()).map(Some),
    };
    table.finish(problems);
    Some(Keys {
        signing: signing?,
        certificate: certificate?,
        next_certificate: next_certificate?,
        decryption: decryption?,
    })
}

struct Pems<'s, 'f, 'a, 'p> {
    file: &'s File<'f>,
    table: &'s Section<'a>,
    problems: &'p mut Problems,
}

impl Pems<'_, '_, '_, '_> {
    fn text(&mut self, name: &str, key: &str) -> Option<String> {
        let read = std::fs::read_to_string(self.file.beside(name));
        let report = |cause| {
            let wrong = format!("{name} cannot be read: {cause}");
            self.table.wrong(self.problems, key, wrong, REMEDY);
        };
        read.map_err(report).ok()
    }

    fn signing(&mut self, name: &str) -> Option<Arc<RsaSigningKey>> {
        let text = self.text(name, "key_file")?;
        let der = Pem::PrivateKey.read(&text).ok();
        let key = der.and_then(|der| RsaSigningKey::from_pkcs8(&der).ok());
        self.usable(key, "key_file", NO_KEY).map(Arc::new)
    }

    fn certificate(&mut self, name: &str, key: &str) -> Option<Vec<u8>> {
        let text = self.text(name, key)?;
        let der = Pem::Certificate.read(&text).ok().map(|der| der.to_vec());
        self.usable(der, key, "is not a certificate in PEM")
    }

    /// The current pair, and the next one: its certificate is published from the day it is there, and
    /// both keys decrypt.
    fn decryption(
        &mut self,
        current: &(String, String),
        next: Option<&(String, String)>,
    ) -> Option<DecryptionKeys> {
        let (key, certificate) =
            self.pair(current, "decryption_key_file", "decryption_certificate_file")?;
        let Some(next) = next else {
            return Some(DecryptionKeys { keys: vec![key], certificate });
        };
        let (next, certificate) =
            self.pair(next, "next_decryption_key_file", "next_decryption_certificate_file")?;
        Some(DecryptionKeys { keys: vec![key, next], certificate })
    }

    fn pair(
        &mut self,
        (name, certificate_name): &(String, String),
        at: &str,
        certificate_at: &str,
    ) -> Option<(Arc<DecryptionKey>, Vec<u8>)> {
        let text = self.text(name, at)?;
        let der = Pem::PrivateKey.read(&text).ok();
        let key = der.and_then(|der| DecryptionKey::from_pkcs8(&der).ok());
        let key = self.usable(key, at, NO_KEY);
        let certificate = self.certificate(certificate_name, certificate_at);
        let (key, certificate) = (key?, certificate?);
        let own = key.is_of(&certificate).then_some(());
        self.usable(own, certificate_at, "is not the certificate of that key")?;
        Some((Arc::new(key), certificate))
    }

    fn usable<T>(&mut self, value: Option<T>, key: &str, wrong: &str) -> Option<T> {
        if value.is_none() {
            self.table.wrong(self.problems, key, wrong, REMEDY);
        }
        value
    }
}

const NO_KEY: &str = "is not an RSA key of 2048 to 4096 bits in PKCS#8 PEM";
