//! Clients that register themselves: `/register` (RFC 7591; OpenID Connect Registration 1.0) and
//! `/register/{client_id}` (RFC 7592).
//!
//! Not what a client may say: `oidc::client::registration` judges that, under the operator's template.
//! A change is written first and then taken over from the registry, as on every other node.

mod endpoints;
mod refusal;

use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Map, Value};
use tokio::sync::Mutex;
use zeroize::Zeroizing;

use crate::crypto::Handle;
use crate::crypto::digest::{base64url, hmac_sha256, sha256};
use crate::crypto::jose::SigningAlgorithm;
use crate::effects::{FetchLimits, FetchRequest, FetchUrl};
use crate::fault::Fault;
use crate::login::Broker;
use crate::oidc::client::{Client, ClientId, Registration, Template, Wrong};
use crate::policy::{Finding, Lint, Service};
use crate::registry::{ClientChange, ClientRecord, NewClient, Registry, RegistryFault};

pub(super) use endpoints::configure;
use refusal::Refusal;

/// What dynamic registration needs.
pub struct Registrations {
    registry: Arc<Registry>,
    template: ArcSwap<Template>,
    /// Client secrets come of it: none is kept anywhere.
    secrets: Zeroizing<[u8; 32]>,
    broker: Arc<Broker>,
    known: Mutex<Known>,
}

/// What of the registry is in force here.
#[derive(Debug, Default)]
struct Known {
    /// The number of the last change.
    latest: i64,
    /// When that was asked, by the monotonic clock.
    asked: Duration,
}

/// A client that was written, and what only it is told.
struct Issued {
    id: ClientId,
    document: Map<String, Value>,
    secret: Option<SecretString>,
    token: Handle,
    since: i64,
}

impl Registrations {
    /// Clients of `registry` under `template`; `secrets` is the deployment's key of client secrets.
    #[must_use]
    pub fn new(
        registry: Arc<Registry>,
        template: Template,
        secrets: Zeroizing<[u8; 32]>,
        broker: Arc<Broker>,
    ) -> Self {
        let template = ArcSwap::from_pointee(template);
        Self { registry, template, secrets, broker, known: Mutex::default() }
    }

    /// Goes on under another template, which holds for the clients that are there too.
    ///
    /// # Errors
    /// [`RegistryFault`]; then they are taken over at the next call of [`Self::follow`].
    pub async fn replace_template(&self, template: Template) -> Result<(), RegistryFault> {
        self.template.store(Arc::new(template));
        self.known.lock().await.latest = 0;
        self.follow().await
    }

    /// Takes over what changed in the registry since the last call, by whichever node.
    ///
    /// # Errors
    /// [`RegistryFault`]; then everything stays as it was.
    pub async fn follow(&self) -> Result<(), RegistryFault> {
        let mut known = self.known.lock().await;
        known.asked = self.broker.fx.monotonic();
        let (latest, changes) = self.registry.changes_after(known.latest).await?;
        if changes.is_empty() {
            return Ok(());
        }
        let mut written = Vec::with_capacity(changes.len());
        let mut removed = Vec::new();
        for change in changes {
            match change {
                ClientChange::Written(record) => match self.client(&record) {
                    Some(client) => written.push(Arc::new(client)),
                    // What its template does not allow any more is not served.
                    None => removed.extend(ClientId::parse(&record.id)),
                },
                ClientChange::Removed(id) => removed.extend(ClientId::parse(&id)),
            }
        }
        self.broker.clients.rcu(|clients| clients.with_registered(&written, &removed));
        known.latest = latest;
        Ok(())
    }

    /// Asks the registry for a client that another node may have written a moment ago: at most once a
    /// second, whoever asks for whatever name.
    pub(super) async fn recall(&self, id: Option<&str>) {
        let Some(id) = id.filter(|id| id.starts_with(PREFIX)).and_then(ClientId::parse) else {
            return;
        };
        if self.broker.clients.load().get(&id).is_some() {
            return;
        }
        let asked = self.known.lock().await.asked;
        if self.broker.fx.monotonic().saturating_sub(asked) >= PAUSE
            && let Err(fault) = self.follow().await
        {
            tracing::error!(%fault, "registered clients stay as they were");
        }
    }

    /// The client of a record, as the template is now.
    fn client(&self, record: &ClientRecord) -> Option<Client> {
        let id = ClientId::parse(&record.id)?;
        let template = self.template.load();
        let client = serde_json::from_slice(&record.document)
            .ok()
            .and_then(|members| Registration::parse(members, &template).ok())
            .and_then(|registration| {
                let secret = self.secret(&id);
                registration.client(id, secret.expose_secret().as_bytes(), &template).ok()
            })
            .filter(|client| self.lint(client, &template).is_ok());
        if client.is_none() {
            tracing::error!(
                client_id = record.id,
                "a registered client does not fit [registration] any more, and is not served"
            );
        }
        let earlier = self.broker.clients.load();
        client.map(|client| match earlier.get(&client.id) {
            Some(earlier) => client.resuming(earlier),
            None => client,
        })
    }

    /// The secret of that client: 256 bits that nobody who lacks the deployment's secret can tell.
    fn secret(&self, id: &ClientId) -> SecretString {
        let octets = Zeroizing::new(hmac_sha256(self.secrets.as_slice(), id.as_str().as_bytes()));
        base64url(octets.as_slice()).into()
    }

    /// RFC 7591, section 3.
    async fn register(
        &self,
        initial: &str,
        members: Map<String, Value>,
        signs: &[SigningAlgorithm],
    ) -> Result<Issued, Refusal> {
        let initial = sha256(initial.as_bytes());
        let fx = &self.broker.fx;
        let id = format!("{PREFIX}{}", Handle::fresh(fx).reveal());
        let id = ClientId::parse(&id).ok_or_else(|| Fault::of_slug("internal"))?;
        let document = self.judge(&id, members, signs).await?;
        let token = Handle::fresh(fx);
        let octets = octets(&document)?;
        let digest = sha256(token.reveal().as_bytes());
        let new = NewClient { id: id.as_str(), document: &octets, token: &digest };
        if !self.registry.register(&initial, &new).await.map_err(unavailable)? {
            return Err(Refusal::token());
        }
        self.follow().await.map_err(unavailable)?;
        tracing::info!(client_id = id.as_str(), "client registered");
        Ok(self.issued(id, document, token, fx.now().unix_seconds()))
    }

    /// RFC 7592, section 2.1.
    async fn read(&self, id: ClientId, token: Handle) -> Result<Issued, Refusal> {
        let record = self.record(&id, &token).await?;
        let document = serde_json::from_slice(&record.document)
            .map_err(|cause| Fault::of_slug("internal").caused_by(cause))?;
        Ok(self.issued(id, document, token, record.issued_at))
    }

    /// RFC 7592, section 2.2: what is left out is gone, and the token is another one afterwards.
    async fn update(
        &self,
        id: ClientId,
        token: &Handle,
        mut members: Map<String, Value>,
        signs: &[SigningAlgorithm],
    ) -> Result<Issued, Refusal> {
        let record = self.record(&id, token).await?;
        if let Some(member) = ISSUED.into_iter().find(|member| members.contains_key(*member)) {
            return Err(one_wrong(member, "is not the client's to change", "leave it out"));
        }
        if members.remove("client_id").as_ref().and_then(Value::as_str) != Some(id.as_str()) {
            return Err(one_wrong("client_id", "is not that of the address", "write it"));
        }
        if let Some(shown) = members.remove("client_secret") {
            let secret = self.secret(&id);
            if shown.as_str() != Some(secret.expose_secret()) {
                return Err(one_wrong("client_secret", "is not the one given", "leave it out"));
            }
        }
        let document = self.judge(&id, members, signs).await?;
        let next = Handle::fresh(&self.broker.fx);
        let octets = octets(&document)?;
        let digest = sha256(next.reveal().as_bytes());
        let new = NewClient { id: id.as_str(), document: &octets, token: &digest };
        let shown = sha256(token.reveal().as_bytes());
        if !self.registry.replace(&shown, &new).await.map_err(unavailable)? {
            return Err(Refusal::token());
        }
        self.follow().await.map_err(unavailable)?;
        tracing::info!(client_id = id.as_str(), "client changed itself");
        Ok(self.issued(id, document, next, record.issued_at))
    }

    /// RFC 7592, section 2.3. Whatever it holds dies with it: nothing is given for a client that nobody
    /// knows.
    async fn remove(&self, id: &ClientId, token: &Handle) -> Result<(), Refusal> {
        let digest = sha256(token.reveal().as_bytes());
        if !self.registry.remove(id.as_str(), &digest).await.map_err(unavailable)? {
            return Err(Refusal::token());
        }
        self.follow().await.map_err(unavailable)?;
        tracing::info!(client_id = id.as_str(), "client removed itself");
        Ok(())
    }

    /// Whether `initial` may register a client now. Nothing else is looked at for strangers.
    async fn admits(&self, initial: &str) -> Result<(), Refusal> {
        let digest = sha256(initial.as_bytes());
        if self.registry.has_use_left(&digest).await.map_err(unavailable)? {
            Ok(())
        } else {
            Err(Refusal::token())
        }
    }

    async fn record(&self, id: &ClientId, token: &Handle) -> Result<ClientRecord, Refusal> {
        let digest = sha256(token.reveal().as_bytes());
        let record = self.registry.client_for(id.as_str(), &digest).await.map_err(unavailable)?;
        record.ok_or_else(Refusal::token)
    }

    /// The document to be written, if a client comes of it that can be served.
    async fn judge(
        &self,
        id: &ClientId,
        members: Map<String, Value>,
        signs: &[SigningAlgorithm],
    ) -> Result<Map<String, Value>, Refusal> {
        if members.get("software_statement").is_some_and(|statement| !statement.is_null()) {
            return Err(Fault::of_slug("registration-statement-refused").into());
        }
        let template = self.template.load_full();
        let registration = Registration::parse(members, &template)
            .map_err(|wrong| Refusal::Metadata(vec![wrong]))?;
        // The form of the secret does not matter here.
        let client = registration.client(id.clone(), &[], &template).map_err(Refusal::Metadata)?;
        self.lint(&client, &template).map_err(|wrong| Refusal::Metadata(vec![wrong]))?;
        if let Some((member, _)) = client.protocol.unsigned(signs) {
            return Err(one_wrong(member, "is not signed with here", "see the discovery document"));
        }
        if let Some(uri) = registration.sector_identifier_uri() {
            let document = self.sector_document(uri).await?;
            if !registration.is_listed_in(&document) {
                return Err(one_wrong(
                    SECTOR,
                    "does not lead to a JSON list of every redirect URI",
                    "publish the list there",
                ));
            }
        }
        registration.document().map_err(|cause| Fault::of_slug("internal").caused_by(cause).into())
    }

    /// What no relying party's file may be, no registered client is: the operator's template was held to
    /// it when it was read, so that only the client's own level can break it.
    fn lint(&self, client: &Client, template: &Template) -> Result<(), Wrong> {
        let calendar = self.broker.calendar.load();
        let found = calendar.findings(&Service::as_usually_asked(client));
        let breaks = |one: &Finding<'_>| {
            one.lint == Lint::EidasMissing && one.waiver.is_none() && template.public
        };
        found.into_iter().find(breaks).map_or(Ok(()), |one| {
            let remedy = "ask level 1, or have the operator accept the means of other states";
            Err(Wrong { member: "default_acr_values", wrong: one.wrong, remedy })
        })
    }

    async fn sector_document(&self, uri: &str) -> Result<Vec<u8>, Refusal> {
        let refused =
            |why: String| one_wrong(SECTOR, why, "publish the list of redirect URIs there");
        let url = FetchUrl::parse(uri, &[], self.template.load().development)
            .map_err(|fault| refused(fault.to_string()))?;
        let request = FetchRequest::get(url, "application/json", LIMITS);
        match self.broker.fx.fetch(&request).await {
            Ok(answer) if answer.status == 200 => Ok(answer.body),
            // Whoever registers learns nothing of what stands behind an address.
            Ok(_) | Err(_) => Err(refused("cannot be fetched".to_owned())),
        }
    }

    fn issued(
        &self,
        id: ClientId,
        document: Map<String, Value>,
        token: Handle,
        since: i64,
    ) -> Issued {
        let method = document.get("token_endpoint_auth_method").and_then(Value::as_str);
        let needs_secret = method.is_some_and(|method| method.starts_with("client_secret_"));
        let secret = needs_secret.then(|| self.secret(&id));
        Issued { id, document, secret, token, since }
    }
}

impl Issued {
    /// RFC 7591, section 3.2.1; RFC 7592, section 3.
    fn answer(self, issuer: &str) -> Value {
        let Self { id, mut document, secret, token, since } = self;
        let address = format!("{issuer}/register/{}", id.as_str());
        let mut add = |member: &str, value: Value| document.insert(member.to_owned(), value);
        add("client_id", id.as_str().into());
        add("client_id_issued_at", since.into());
        if let Some(secret) = secret {
            add("client_secret", secret.expose_secret().into());
            add("client_secret_expires_at", 0.into());
        }
        add("registration_access_token", token.reveal().into());
        add("registration_client_uri", address.into());
        document.into()
    }
}

impl std::fmt::Debug for Registrations {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Registrations")
    }
}

fn octets(document: &Map<String, Value>) -> Result<Vec<u8>, Refusal> {
    serde_json::to_vec(document).map_err(|cause| Fault::of_slug("internal").caused_by(cause).into())
}

fn unavailable(cause: RegistryFault) -> Refusal {
    Fault::of_slug("registry-unavailable").caused_by(cause).into()
}

fn one_wrong(member: &'static str, wrong: impl Into<String>, remedy: &'static str) -> Refusal {
    Refusal::Metadata(vec![Wrong { member, wrong: wrong.into(), remedy }])
}

/// What registered names begin with: no file has to avoid them, and no other name is looked for.
const PREFIX: &str = "reg-";

/// Members of an answer that no request may have (RFC 7592, section 2.2).
const ISSUED: [&str; 4] = [
    "registration_access_token",
    "registration_client_uri",
    "client_secret_expires_at",
    "client_id_issued_at",
];

const SECTOR: &str = "sector_identifier_uri";

/// When to give up on a sector document.
const LIMITS: FetchLimits = FetchLimits { octets: 64 * 1024, time: Duration::from_secs(5) };

/// Between two questions for names that are not known.
const PAUSE: Duration = Duration::from_secs(1);
