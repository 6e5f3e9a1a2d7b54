//! The folder of a sandbox: a complete `varco.toml`, its relying parties, metadata, keys and secrets.
//!
//! Not a template engine and not a second configuration format: production reads these same files,
//! so a folder made here is also an example to start from.

mod calendar;
mod main_file;
mod own;
mod relying_party;
mod roles;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use varco::crypto::Handle;
use varco::crypto::keyring::KeyRing;
use varco::effects::Effects;
use varco::terms::Day;

use crate::card::office::{Kind as CardKind, Office};
use crate::error::{Doing as _, SandboxError};
use crate::openid::registry::Registry;
use crate::people::Person;
use crate::portal::{PORTALS, Portal};
use crate::saml::keys::SigningIdentity;
use crate::saml::{PROVIDERS, Provider};

/// Where everything of one sandbox listens.
#[derive(Clone, Copy, Debug)]
pub struct Ports {
    /// The broker.
    pub broker: u16,
    /// Its second listener: metrics and health.
    pub operations: u16,
    /// The portals, in order.
    pub portals: [u16; 3],
    /// The SAML providers, in order: two of SPID, one of CIE, the eIDAS node.
    pub providers: [u16; PROVIDERS],
    /// The broker, where people show a card; 0: they cannot.
    pub card: u16,
    /// The office that issued the cards.
    pub office: u16,
    /// The federation of CIE: trust anchor, intermediate and provider.
    pub federation: u16,
}

impl Default for Ports {
    fn default() -> Self {
        Self {
            broker: 8080,
            operations: 9090,
            portals: [8081, 8082, 8083],
            providers: [8090, 8091, 8092, 8093],
            card: 8443,
            office: 8094,
            federation: 8095,
        }
    }
}

impl Ports {
    /// The broker's issuer identifier.
    #[must_use]
    pub fn issuer(&self) -> String {
        format!("http://localhost:{}", self.broker)
    }

    /// Where people show a card.
    #[must_use]
    pub fn card_address(&self) -> String {
        format!("https://localhost:{}", self.card)
    }

    /// Address of the office that issued the cards.
    #[must_use]
    pub fn office_address(&self) -> String {
        format!("http://localhost:{}", self.office)
    }

    /// Address of the federation of CIE, which is its trust anchor's identifier.
    #[must_use]
    pub fn federation_address(&self) -> String {
        format!("http://127.0.0.1:{}", self.federation)
    }

    /// Address of the portal with that id.
    #[must_use]
    pub fn portal(&self, id: &str) -> Option<String> {
        PORTALS
            .iter()
            .zip(self.portals)
            .find(|(kind, _)| kind.id == id)
            .map(|(_, port)| format!("http://localhost:{port}"))
    }
}

/// A folder on disk; a temporary one is removed with this value.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    temporary: bool,
}

impl Folder {
    /// The folder `path`, or a new temporary one.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn open(path: Option<&Path>, fx: &Effects) -> Result<Self, SandboxError> {
        let temporary = path.is_none();
        let path = path.map_or_else(
            || std::env::temp_dir().join(format!("varco-sandbox-{}", Handle::fresh(fx).reveal())),
            Path::to_owned,
        );
        for part in [
            "relying-parties",
            "metadata",
            "metadata/cns",
            "metadata/cie",
            "cards",
            "keys/spid",
            "keys/cie-saml",
            "keys/cie",
            "keys/cns",
        ] {
            fs::create_dir_all(path.join(part)).doing("make the sandbox's folder")?;
        }
        Ok(Self { path, temporary })
    }

    /// The main configuration file.
    #[must_use]
    pub fn configuration(&self) -> PathBuf {
        self.path.join("varco.toml")
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Writes every file. Token keys and secrets that are there already are kept, so that a folder
    /// can be used again.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn fill(&self, contents: &Contents<'_>, fx: &Effects) -> Result<(), SandboxError> {
        for secret in ["keys/sealing", "keys/pairwise"] {
            if !self.path.join(secret).exists() {
                self.write(secret, Handle::fresh(fx).reveal())?;
            }
        }
        let ring = self.path.join("keys/tokens");
        if !ring.join("ring.toml").exists() {
            KeyRing::create(&ring, fx, true)
                .map_err(|problems| SandboxError::new("make token keys", problems.join("; ")))?;
        }
        for upstream in ["spid", "cie-saml"] {
            let keys = [("", &contents.service_key), ("decryption-", &contents.decryption_key)];
            for (name, key) in keys {
                self.write(&format!("keys/{upstream}/{name}key.pem"), &key.key_pem())?;
                let file = format!("keys/{upstream}/{name}certificate.pem");
                self.write(&file, &key.certificate_pem())?;
            }
        }
        for (at, provider) in contents.providers.iter().enumerate() {
            self.write(&format!("metadata/provider-{}.xml", at + 1), &provider.metadata()?)?;
        }
        for portal in contents.portals {
            self.relying_party(portal, contents)?;
        }
        if contents.own_pages {
            self.own_pages(&contents.ports.issuer())?;
        }
        if let Some(office) = contents.office {
            self.cards(office, &contents.ports)?;
        }
        if let Some(registry) = contents.registry {
            self.federation(registry)?;
        }
        self.write("roles.csv", &roles::csv())?;
        if contents.state != "memory" {
            self.write("keys/redis-url", contents.state)?;
        }
        if contents.matching {
            self.write("people.toml", &main_file::people())?;
        }
        let announced = include_str!("announcements.toml");
        // They are about the portals.
        let announced = if contents.portals.is_empty() { "" } else { announced };
        let mut announced = announced.to_owned();
        if contents.calendar {
            let today = Day::of(fx.now());
            self.write("calendar.toml", &calendar::calendar(today))?;
            announced.push_str(&calendar::announcement(today));
        } else if contents.desk {
            self.write("calendar.toml", include_str!("../../../metadata/calendar.toml"))?;
        }
        self.write("announcements.toml", &announced)?;
        self.write("varco.toml", &main_file::write(contents))
    }

    /// What the broker needs to know cards, and everybody's card for a browser.
    fn cards(&self, office: &Office, ports: &Ports) -> Result<(), SandboxError> {
        let (certificate, key) = office.localhost()?;
        self.write("keys/cns/certificate.pem", &certificate)?;
        self.write("keys/cns/key.pem", &key)?;
        self.write("keys/cns/authority.pem", office.server_pem())?;
        self.write("metadata/cns/authorities.pem", &office.authority_pem())?;
        for person in Person::all() {
            let card = office.card(&person, CardKind::Good, &ports.office_address())?;
            let text = format!("{}{}", card.certificate_pem, card.key_pem);
            self.write(&format!("cards/{}.pem", person.id), &text)?;
        }
        let lost = Person::all().into_iter().next();
        if let Some(person) = lost {
            let card = office.card(&person, CardKind::Revoked, &ports.office_address())?;
            let text = format!("{}{}", card.certificate_pem, card.key_pem);
            self.write(&format!("cards/{}-revoked.pem", person.id), &text)?;
        }
        Ok(())
    }

    /// What the broker needs to be in the federation of CIE: the anchor's keys, and keys of its own, which
    /// its superior knows.
    fn federation(&self, registry: &Registry) -> Result<(), SandboxError> {
        let keys = registry.keys();
        self.write("metadata/cie/anchor.json", &keys.anchor.jwks().to_string())?;
        self.write("keys/cie/federation.pem", &keys.broker_federation.pem())?;
        self.write("keys/cie/signing.pem", &keys.broker_signing.pem())?;
        self.write("keys/cie/encryption.pem", &keys.broker_encryption.pem())
    }

    fn write(&self, name: &str, text: &str) -> Result<(), SandboxError> {
        fs::write(self.path.join(name), text).doing(&format!("write {name}"))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if self.temporary {
            // Nobody is left to be told.
            let _ = fs::remove_dir_all(&self.path);
        }
    }
}

/// What the files say.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each switches one thing on, in any combination")]
pub struct Contents<'a> {
    /// Where everything listens.
    pub ports: Ports,
    /// `memory`, or a Redis address.
    pub state: &'a str,
    /// Worker threads of the broker.
    pub workers: usize,
    /// Log lines of the broker.
    pub log: &'a str,
    /// How `AuthnRequests` leave: `redirect` or `post`.
    pub binding: &'a str,
    /// `spid:Purpose` of every relying party.
    pub purpose: Option<&'a str>,
    /// Whether people choose their state at the broker, and not at the eIDAS node.
    pub countries: bool,
    /// Whether people from other states are matched with their fiscal code.
    pub matching: bool,
    /// Whether the broker's own pages are on.
    pub own_pages: bool,
    /// Whether the help desk is on.
    pub desk: bool,
    /// Whether there is a calendar, in which the Ministero del Lavoro closes one way to sign in after another;
    /// needs the portals.
    pub calendar: bool,
    /// The broker's key towards providers.
    pub service_key: Arc<SigningIdentity>,
    /// The key that providers may encrypt for.
    pub decryption_key: Arc<SigningIdentity>,
    /// The providers it trusts.
    pub providers: &'a [Provider],
    /// The relying parties.
    pub portals: &'a [Portal],
    /// Who issued the cards; `None`: people show none.
    pub office: Option<&'a Office>,
    /// The federation of CIE; `None`: nobody signs in by OpenID.
    pub registry: Option<&'a Registry>,
}
