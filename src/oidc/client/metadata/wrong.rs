//! Mistakes in client metadata: every one is kept, with its member and a remedy.
//!
//! Not a fault: a file's mistakes go to its operator, a registration's to whoever registers.

use super::super::protocol::{
    ApplicationType, ContentEncryption, Encryption, KeyManagement, LogoutChannel,
};
use crate::terms::{ThisMachine, redirect_address, web_address};

/// What is wrong with one member, and what to write instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    /// The member.
    pub member: &'static str,
    /// What is wrong with it.
    pub wrong: String,
    /// What to write.
    pub remedy: &'static str,
}

/// The mistakes so far.
#[derive(Default)]
pub(super) struct Wrongs(pub(super) Vec<Wrong>);

impl Wrongs {
    pub(super) fn add(
        &mut self,
        member: &'static str,
        wrong: impl Into<String>,
        remedy: &'static str,
    ) {
        self.0.push(Wrong { member, wrong: wrong.into(), remedy });
    }

    /// One of several words; the first when the member is absent.
    pub(super) fn word<T: Copy + Default>(
        &mut self,
        member: &'static str,
        text: Option<&str>,
        words: &[(&'static str, T)],
    ) -> T {
        let first = words.first().map(|(_, value)| *value).unwrap_or_default();
        match text {
            None => first,
            Some(_) => self.optional_word(member, text, words).unwrap_or(first),
        }
    }

    pub(super) fn optional_word<T: Copy>(
        &mut self,
        member: &'static str,
        text: Option<&str>,
        words: &[(&'static str, T)],
    ) -> Option<T> {
        let text = text?;
        let found = words.iter().find(|(word, _)| *word == text).map(|(_, value)| *value);
        if found.is_none() {
            let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            let wrong = format!("is none of {}", known.join(", "));
            self.add(member, wrong, "write one of the known words");
        }
        found
    }

    pub(super) fn encryption(
        &mut self,
        [alg, enc]: [&'static str; 2],
        key: Option<&str>,
        content: Option<&str>,
    ) -> Option<Encryption> {
        if key.is_none() && content.is_some() {
            self.add(enc, "stands without the algorithm for the key", "write …_alg too");
        }
        let key = self.optional_word(alg, key, &KEY_MANAGEMENT)?;
        Some(Encryption { key, content: self.word(enc, content, &CONTENT_ENCRYPTION) })
    }

    pub(super) fn redirect_uris(
        &mut self,
        uris: &[String],
        application_type: ApplicationType,
        development: bool,
    ) {
        if uris.is_empty() {
            self.add(
                "redirect_uris",
                "is missing or empty",
                "list the exact addresses that receive the code",
            );
        }
        let allowed = match application_type {
            ApplicationType::Native => ThisMachine::ByAddress,
            ApplicationType::Web if development => ThisMachine::Yes,
            ApplicationType::Web => ThisMachine::No,
        };
        for uri in uris {
            if let Err(wrong) = redirect_address(uri, allowed) {
                self.add("redirect_uris", format!("{uri:?} {wrong}"), REDIRECT);
            }
        }
    }

    pub(super) fn addresses(&mut self, member: &'static str, uris: &[String]) {
        for uri in uris {
            if let Err(wrong) = web_address(uri) {
                self.add(member, format!("{uri:?} {wrong}"), ADDRESS);
            }
        }
    }

    pub(super) fn channel(
        &mut self,
        member: &'static str,
        uri: Option<&String>,
        session_required: bool,
    ) -> Option<LogoutChannel> {
        let uri = uri?;
        self.addresses(member, std::slice::from_ref(uri));
        Some(LogoutChannel { uri: uri.clone(), session_required })
    }

    /// RFC 8707, section 2: absolute, without a fragment.
    pub(super) fn resources(&mut self, uris: &[String]) -> Vec<String> {
        for uri in uris {
            if url::Url::parse(uri).is_err() || uri.contains('#') {
                let wrong = format!("{uri:?} is not an absolute URI without a fragment");
                self.add("resources", wrong, "write the address of the resource server");
            }
        }
        uris.to_vec()
    }
}

const REDIRECT: &str = "write https://host.domain/path; an application on a device: \
                        http://127.0.0.1/path or http://[::1]/path";
const ADDRESS: &str = "write https://host/path without a fragment (http only on loopback)";
const KEY_MANAGEMENT: [(&str, KeyManagement); 3] = [
    ("RSA-OAEP-256", KeyManagement::RsaOaep256),
    ("ECDH-ES", KeyManagement::EcdhEs),
    ("ECDH-ES+A256KW", KeyManagement::EcdhEsA256Kw),
];
/// The first is what a registration without `enc` means (OpenID Connect Registration 1.0, section 2).
const CONTENT_ENCRYPTION: [(&str, ContentEncryption); 3] = [
    ("A128CBC-HS256", ContentEncryption::A128CbcHs256),
    ("A128GCM", ContentEncryption::A128Gcm),
    ("A256GCM", ContentEncryption::A256Gcm),
];
