//! Automatic registration: a client that nobody here knows brings a request, and its federation vouches for
//! it (OpenID Federation 1.0, section 12.1; AgID, "Considerazioni di sicurezza").
//!
//! Not the proof of the request: that is made as for every client, with the keys that the chain gives. In
//! this order: what costs nothing, how often this peer brings strangers, what can be judged without a
//! connection, and only then a search. A stranger without the mark that is demanded causes none at all.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::newcomer::{self, Letter, Newcomer};
use super::registered::Way;
use super::{Membership, RELYING_PARTY, broken};
use crate::effects::Timestamp;
use crate::fault::Fault;
use crate::federation::{EntityId, TrustChain};
use crate::login::network;
use crate::oidc::{Client, ClientId};
use crate::provider::Provider;
use crate::provider::request_object;
use crate::state::{Key, Shelf};

/// Who is at the door.
#[derive(Clone, Copy, Debug)]
pub(in crate::provider) struct Knock<'a> {
    /// The client that the request names, if it names one.
    pub(in crate::provider) client: Option<&'a str>,
    /// What speaks for it.
    pub(in crate::provider) letter: Option<Letter<'a>>,
    /// Where the request comes from.
    pub(in crate::provider) peer: Option<IpAddr>,
}

/// What other nodes have to know of a client: the statements of its chain, which they judge for themselves.
#[derive(Serialize, Deserialize)]
pub(super) struct Kept {
    statements: Vec<String>,
    /// When its own configuration was made, in seconds since the epoch.
    issued: i64,
    /// Whether it sent that to be registered.
    explicit: bool,
}

impl Kept {
    pub(super) fn of(chain: &TrustChain, way: Way) -> Self {
        Self {
            statements: chain.statements().to_vec(),
            issued: chain.issued().unix_seconds(),
            explicit: way == Way::Explicit,
        }
    }

    /// The client's own configuration.
    pub(super) fn configuration(&self) -> &str {
        self.statements.first().map_or("", String::as_str)
    }

    /// Whether a `configuration` of that time that is sent to be registered may take its place: a newer one,
    /// or the same once more. What the client publishes may be as old as what it sends.
    pub(super) fn gives_way(&self, issued: Timestamp, configuration: &str) -> bool {
        let issued = issued.unix_seconds();
        issued > self.issued
            || (issued == self.issued && !self.explicit)
            || configuration == self.configuration()
    }
}

impl Membership {
    /// Sees to it that the client of a request is known if its federation vouches for it. Nothing is done
    /// for names that are no entity's, and for clients that are known and whose registration holds.
    ///
    /// # Errors
    /// Why a client of a federation is not taken. Its name proves nothing yet: it is shown to the person,
    /// never sent anywhere.
    pub(in crate::provider) async fn admit(
        &self,
        provider: &Provider,
        knock: &Knock<'_>,
    ) -> Result<(), Fault> {
        let Some((client, entity)) = self.named(knock) else { return Ok(()) };
        let broker = &self.broker;
        let known = broker.clients.load().get(&client).cloned();
        if let Some(known) = known {
            if known.is_current(broker.fx.now()) {
                return self.follow(provider, &known, &entity).await;
            }
            // One whose registration is over is a stranger like any other.
            let over = [client.clone()];
            broker.clients.rcu(|clients| clients.with_registered(&[], &over));
        }
        if self.recalled(provider, &client, &entity).await? {
            return Ok(());
        }
        let Some(letter) = knock.letter else {
            return Err(Fault::of_slug("federated-client-unproven"));
        };
        let chain = match self.federation.known(&entity, broker.fx.now()) {
            Some(known) => known,
            None => self.vouched(letter, client, &entity, knock.peer).await?,
        };
        self.take(provider, &chain).await
    }

    /// The name in a request, if it can be an entity's.
    fn named(&self, knock: &Knock<'_>) -> Option<(ClientId, EntityId)> {
        let named = match (knock.client, knock.letter) {
            (Some(client), _) => ClientId::parse(client)?,
            (None, Some(letter)) => ClientId::parse(&newcomer::named(letter)?)?,
            (None, None) => return None,
        };
        if !named.is_entity() {
            return None;
        }
        let entity = EntityId::parse(named.as_str(), self.settings.development).ok()?;
        Some((named, entity))
    }

    /// The chain that speaks for whoever wrote `letter`.
    async fn vouched(
        &self,
        letter: Letter<'_>,
        client: ClientId,
        entity: &EntityId,
        peer: Option<IpAddr>,
    ) -> Result<Arc<TrustChain>, Fault> {
        let broker = &self.broker;
        let (issuer, now) = (&broker.settings.issuer, broker.fx.now());
        let letter_refused = || {
            Fault::of_slug(match letter {
                Letter::Request(_) => "request-object-invalid",
                Letter::Assertion(_) => "client-authentication-failed",
            })
        };
        let newcomer = Newcomer::read(letter, client, issuer, now)
            .map_err(|refusal| letter_refused().caused_by(refusal))?;
        self.measure_peer(peer).await?;
        let used = match letter {
            Letter::Request(_) => request_object::used(&newcomer.client, &newcomer.id),
            Letter::Assertion(_) => {
                Key::of_parts(&["client_assertion", newcomer.client.as_str(), &newcomer.id])
            }
        };
        if broker.shelves.get::<()>(Shelf::Seen, used).await?.is_some() {
            return Err(letter_refused().with_detail("it was used"));
        }
        let found = match newcomer.chain {
            Some(statements) => self.federation.offered(entity, &statements, &broker.fx),
            None if self.demands_marks() => {
                let slug = "federated-client-mark";
                return Err(Fault::of_slug(slug).with_detail("it brings no trust_chain with marks"));
            }
            None => self.federation.resolve(entity, RELYING_PARTY, &broker.fx).await,
        };
        found.map_err(broken::fault)
    }

    /// How often one peer brings strangers, in whichever way.
    pub(super) async fn measure_peer(&self, peer: Option<IpAddr>) -> Result<(), Fault> {
        let peer = peer.map(network).unwrap_or_default();
        let place = Key::of_parts(&["newcomers", &peer]);
        if self.broker.shelves.bump(Shelf::Rate, place, WINDOW).await? > MOST {
            return Err(Fault::of_slug("federated-client-throttled").with_detail("one peer"));
        }
        Ok(())
    }

    /// Whether every relying party needs a mark: then nobody is asked about one that does not bring it.
    pub(super) fn demands_marks(&self) -> bool {
        self.settings.rules.iter().all(|rule| !rule.marks.is_empty())
            || self.federation.anchors().all(|anchor| anchor.marks.contains_key(RELYING_PARTY))
    }

    /// Takes the client of a chain, here and on the other nodes.
    async fn take(&self, provider: &Provider, chain: &TrustChain) -> Result<(), Fault> {
        let (client, _) = self.client(chain, &provider.signs_with(), Way::Automatic)?;
        let id = client.id.clone();
        let lives = chain.expires().since(self.broker.fx.now());
        self.serve(client)?;
        tracing::info!(client_id = id.as_str(), anchor = %chain.anchor(), "client of a federation");
        let kept = Kept::of(chain, Way::Automatic);
        let (shelves, place) = (&self.broker.shelves, place(&id));
        // What stands there is an older chain of the same client, or the same one.
        match shelves.get::<Kept>(Shelf::Federated, place).await? {
            Some(earlier) if earlier.statements == kept.statements => {}
            Some(earlier) => {
                // Whoever was quicker has a chain that is as good.
                let _ = shelves.swap(Shelf::Federated, place, &earlier, &kept, lives).await?;
            }
            None => {
                let _ = shelves.put(Shelf::Federated, place, &kept, lives).await?;
            }
        }
        Ok(())
    }

    /// Whether another node took the client and its chain still holds here.
    async fn recalled(
        &self,
        provider: &Provider,
        client: &ClientId,
        entity: &EntityId,
    ) -> Result<bool, Fault> {
        let kept = self.broker.shelves.get::<Kept>(Shelf::Federated, place(client)).await?;
        kept.map_or(Ok(false), |kept| self.reopened(provider, &kept, entity))
    }

    /// Serves the client that another node took as `kept`, if its chain holds here.
    fn reopened(&self, provider: &Provider, kept: &Kept, entity: &EntityId) -> Result<bool, Fault> {
        let (federation, fx) = (&self.federation, &self.broker.fx);
        let (way, chain) = if kept.explicit {
            (Way::Explicit, federation.petitioned_with(entity, &kept.statements, fx))
        } else {
            (Way::Automatic, federation.offered(entity, &kept.statements, fx))
        };
        let Ok(chain) = chain else { return Ok(false) };
        let (client, _) = self.client(&chain, &provider.signs_with(), way)?;
        self.serve(client).map(|()| true)
    }

    /// A client that was registered explicitly may have been registered anew, by another node.
    async fn follow(
        &self,
        provider: &Provider,
        known: &Client,
        entity: &EntityId,
    ) -> Result<(), Fault> {
        let Some(registered) = known.federated.and_then(|federated| federated.registered) else {
            return Ok(());
        };
        let kept = self.broker.shelves.get::<Kept>(Shelf::Federated, place(&known.id)).await?;
        match kept {
            Some(kept) if kept.issued > registered.unix_seconds() => {
                self.reopened(provider, &kept, entity).map(|_| ())
            }
            _ => Ok(()),
        }
    }

    /// Serves it from now on, and nobody whose registration is over.
    pub(super) fn serve(&self, client: Client) -> Result<(), Fault> {
        let broker = &self.broker;
        let now = broker.fx.now();
        let clients = broker.clients.load();
        let over = |client: &&Arc<Client>| !client.is_current(now);
        let over: Vec<ClientId> =
            clients.federated().filter(over).map(|client| client.id.clone()).collect();
        if clients.federated().count() - over.len() >= MOST_CLIENTS {
            return Err(Fault::of_slug("federated-client-throttled").with_detail("all clients"));
        }
        let client = match clients.get(&client.id) {
            Some(earlier) => client.resuming(earlier),
            None => client,
        };
        let client = [Arc::new(client)];
        broker.clients.rcu(|clients| clients.with_registered(&client, &over));
        Ok(())
    }
}

pub(super) fn place(client: &ClientId) -> Key {
    Key::of_parts(&["federated", client.as_str()])
}

/// Strangers that one peer may bring within the window. Behind a proxy the peer is the proxy, so this is
/// also the most that there are.
const MOST: u64 = 60;
const WINDOW: Duration = Duration::from_mins(1);
/// Clients of federations that are served at a time.
const MOST_CLIENTS: usize = 10_000;
