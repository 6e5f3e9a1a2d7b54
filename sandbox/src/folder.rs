//! The folder of a sandbox: a complete `varco.toml`, its relying parties, metadata, keys and secrets.
//!
//! Not a template engine and not a second configuration format: production reads these same files,
//! so a folder made here is also an example to start from.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::json;
use varco::crypto::Handle;
use varco::crypto::keyring::KeyRing;
use varco::effects::Effects;

use crate::error::{Doing as _, SandboxError};
use crate::portal::{Credential, PORTALS, Portal};
use crate::saml::keys::SigningIdentity;
use crate::saml::kind::Kind;
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
}

impl Default for Ports {
    fn default() -> Self {
        Self {
            broker: 8080,
            operations: 9090,
            portals: [8081, 8082, 8083],
            providers: [8090, 8091, 8092, 8093],
        }
    }
}

impl Ports {
    /// The broker's issuer identifier.
    #[must_use]
    pub fn issuer(&self) -> String {
        format!("http://localhost:{}", self.broker)
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
        for part in ["relying-parties", "metadata", "keys/spid"] {
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
        self.write("keys/spid/key.pem", &contents.service_key.key_pem())?;
        self.write("keys/spid/certificate.pem", &contents.service_key.certificate_pem())?;
        for (at, provider) in contents.providers.iter().enumerate() {
            self.write(&format!("metadata/provider-{}.xml", at + 1), &provider.metadata()?)?;
        }
        for portal in contents.portals {
            self.relying_party(portal)?;
        }
        if contents.state != "memory" {
            self.write("keys/redis-url", contents.state)?;
        }
        self.write("varco.toml", &main_file(contents))
    }

    fn relying_party(&self, portal: &Portal) -> Result<(), SandboxError> {
        let kind = portal.kind;
        let credential = match portal.credential() {
            Credential::Secret(secret) => {
                self.write(&format!("relying-parties/{}.secret", kind.id), secret)?;
                format!("client_secret = \"file:{}.secret\"", kind.id)
            }
            Credential::Key(key) => {
                let set = json!({"keys": [key.jwk()]}).to_string();
                self.write(&format!("relying-parties/{}.jwks.json", kind.id), &set)?;
                format!("jwks_file = \"{}.jwks.json\"", kind.id)
            }
        };
        let scopes: Vec<&str> =
            std::iter::once("openid").chain(kind.scopes.iter().copied()).collect();
        let base = &portal.base;
        let text = format!(
            "# {name}: a relying party of the sandbox.\n\
             client_id = \"{id}\"\n\
             redirect_uris = [\"{redirect}\"]\n\
             token_endpoint_auth_method = \"{authentication}\"\n\
             {credential}\n\
             id_token_signed_response_alg = \"{algorithm}\"\n\
             claims_profile = \"{profile}\"\n\
             claims_in_id_token = false\n\
             subject_type = \"pairwise\"\n\
             minimum_level = {level}\n\
             scopes = {scopes:?}\n\
             upstreams = [\"spid\"]\n\
             attribute_set = \"default\"\n\
             initiate_login_uri = \"{base}/login\"\n\n\
             [name]\nit = \"{name}\"\n\n\
             [branding]\n\
             accent = \"{accent}\"\n\
             legal_uri = \"{base}/note-legali\"\n\
             privacy_uri = \"{base}/privacy\"\n\
             accessibility_uri = \"{base}/accessibilita\"\n\n\
             [assistance]\n\
             email = \"assistenza@{id}.example\"\n\
             uri = \"{base}/assistenza\"\n",
            name = kind.name,
            id = kind.id,
            redirect = portal.redirect_uri(),
            authentication = kind.authentication,
            algorithm = kind.algorithm.name(),
            profile = kind.claims_profile,
            level = kind.minimum_level.number(),
            accent = kind.accent,
        );
        self.write(&format!("relying-parties/{}.toml", kind.id), &text)
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
    /// The broker's key towards providers.
    pub service_key: Arc<SigningIdentity>,
    /// The providers it trusts.
    pub providers: &'a [Provider],
    /// The relying parties.
    pub portals: &'a [Portal],
}

fn main_file(contents: &Contents<'_>) -> String {
    let Contents { ports, workers, log, binding, .. } = contents;
    let state = match contents.state {
        "memory" => "kind = \"memory\"\n".to_owned(),
        _ => "kind = \"redis\"\nurl = \"file:keys/redis-url\"\n".to_owned(),
    };
    let files = metadata_files(contents, Kind::Spid);
    format!(
        "# Written by varco-sandbox; read by the same code as in production.\n\
         issuer = \"http://localhost:{broker}\"\n\
         environment = \"development\"\n\
         relying_parties = \"relying-parties\"\n\n\
         [listen]\n\
         public = \"127.0.0.1:{broker}\"\n\
         operations = \"127.0.0.1:{operations}\"\n\
         workers = {workers}\n\n\
         [secrets]\n\
         sealing = \"file:keys/sealing\"\n\
         pairwise = \"file:keys/pairwise\"\n\n\
         [keys]\ntokens = \"keys/tokens\"\n\n\
         [state]\n{state}\n\
         [log]\nfilter = \"{log}\"\n\n\
         [upstream.spid]\n\
         binding = \"{binding}\"\n\n\
         [upstream.spid.keys]\n\
         key_file = \"keys/spid/key.pem\"\n\
         certificate_file = \"keys/spid/certificate.pem\"\n\n\
         [upstream.spid.trust]\n\
         metadata_files = [{files}]\n\n\
         [upstream.spid.organization.it]\n\
         name = \"Ente di prova\"\n\
         url = \"https://ente.example\"\n\n\
         [upstream.spid.contact]\n\
         ipa_code = \"ente_prova\"\n\
         email = \"ufficio@ente.example\"\n\
         telephone = \"+390600000000\"\n\n\
         [[upstream.spid.attribute_set]]\n\
         name = \"default\"\n\
         index = 0\n\
         title = {{ it = \"Servizi in linea\" }}\n\
         required = [\"fiscalNumber\", \"name\", \"familyName\"]\n\
         attributes = [\n{attributes}]\n",
        broker = ports.broker,
        operations = ports.operations,
        attributes = ATTRIBUTES.map(|name| format!("    \"{name}\",\n")).concat(),
    )
}

/// The files of the providers of one kind, as TOML strings.
fn metadata_files(contents: &Contents<'_>, kind: Kind) -> String {
    let mut files = String::new();
    for (at, _) in contents.providers.iter().enumerate().filter(|(_, one)| one.kind == kind) {
        let _ = write!(files, "\"metadata/provider-{}.xml\", ", at + 1);
    }
    files
}

/// Fourteen attributes that every person has, and the four of a company.
const ATTRIBUTES: [&str; 18] = [
    "spidCode",
    "name",
    "familyName",
    "placeOfBirth",
    "countyOfBirth",
    "dateOfBirth",
    "gender",
    "fiscalNumber",
    "idCard",
    "mobilePhone",
    "email",
    "domicileStreetAddress",
    "expirationDate",
    "digitalAddress",
    "companyName",
    "registeredOffice",
    "ivaCode",
    "companyFiscalNumber",
];
