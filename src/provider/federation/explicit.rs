//! Explicit registration: a relying party posts its configuration, or a chain that begins with it, and is
//! told as what it is registered and until when (OpenID Federation 1.0, section 12.2).
//!
//! Not another judgement: chain, marks and metadata are looked at as where a client registers automatically,
//! and in the same order, so that a stranger without the mark that is demanded makes us ask nobody. What is
//! sent twice registers once, and what is older than the registration does not replace it.

use std::net::IpAddr;
use std::time::Duration;

use actix_web::http::header;
use actix_web::web::{Bytes, Data};
use actix_web::{HttpMessage as _, HttpRequest, HttpResponse};

use super::admission::{Kept, place};
use super::registered::Way;
use super::{Membership, RELYING_PARTY, broken};
use crate::fault::Fault;
use crate::federation::{Petition, PetitionForm, TrustChain};
use crate::oidc::ClientId;
use crate::provider::{Provider, answer};
use crate::state::{Key, Put, Shelf};

/// `federation_registration_endpoint`.
pub(super) async fn post(
    provider: Data<Provider>,
    request: HttpRequest,
    body: Bytes,
) -> HttpResponse {
    let membership = provider.membership().filter(|member| member.settings.explicit);
    let Some(membership) = membership else { return HttpResponse::NotFound().finish() };
    let peer = request.peer_addr().map(|peer| peer.ip());
    let form = PetitionForm::of(request.content_type());
    match membership.register(&provider, form, &body, peer).await {
        Ok(token) => HttpResponse::Ok()
            .content_type("application/explicit-registration-response+jwt")
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .body(token),
        Err(fault) => answer::fault(&provider.broker, fault, |_| String::new()),
    }
}

impl Membership {
    /// Registers whoever sent `body`; the signed answer.
    async fn register(
        &self,
        provider: &Provider,
        form: Option<PetitionForm>,
        body: &[u8],
        peer: Option<IpAddr>,
    ) -> Result<String, Fault> {
        let (fx, own) = (&self.broker.fx, self.own.load_full());
        let form = form.ok_or_else(|| refused("Content-Type is none of the two"))?;
        let petition = Petition::read(form, body, &own, fx.now(), self.settings.development);
        let petition = petition.map_err(|flaw| invalid().caused_by(flaw))?;
        let client = ClientId::parse(petition.subject().as_str());
        let client = client.ok_or_else(|| refused("the name is too long for a client"))?;
        let known = self.broker.clients.load().get(&client).cloned();
        if known.is_some_and(|known| known.federated.is_none()) {
            return Err(refused("an operator registered a client of that name"));
        }
        self.measure(peer).await?;
        self.is_news(&client, &petition).await?;
        let marked = self.demands_marks();
        let chain = self.federation.petitioned(&petition, RELYING_PARTY, marked, fx).await;
        let chain = chain.map_err(broken::fault)?;
        let (served, document) = self.client(&chain, &provider.signs_with(), Way::Explicit)?;
        let ends = served.federated.map_or_else(|| chain.expires(), |federated| federated.until);
        let answer = own.registered(&chain, &document, fx.now(), ends).await;
        let answer =
            answer.map_err(|cause| Fault::of_slug("signing-unavailable").caused_by(cause))?;
        self.file(&client, &chain).await?;
        self.serve(served)?;
        tracing::info!(client_id = client.as_str(), anchor = %chain.anchor(), "client registered by a federation");
        Ok(answer)
    }

    /// How often one peer asks, and all of them together.
    async fn measure(&self, peer: Option<IpAddr>) -> Result<(), Fault> {
        self.measure_peer(peer).await?;
        let all = Key::of_parts(&["federated registrations"]);
        if self.broker.shelves.bump(Shelf::Rate, all, WINDOW).await? > MOST {
            let slug = "federated-client-throttled";
            return Err(Fault::of_slug(slug).with_detail("all registrations"));
        }
        Ok(())
    }

    /// That nothing newer is registered.
    async fn is_news(&self, client: &ClientId, petition: &Petition) -> Result<(), Fault> {
        let kept = self.broker.shelves.get::<Kept>(Shelf::Federated, place(client)).await?;
        match kept {
            Some(kept) if !kept.gives_way(petition.issued(), petition.configuration()) => {
                Err(refused("a newer configuration is registered"))
            }
            _ => Ok(()),
        }
    }

    /// Files the chain for all nodes, unless a newer one stands there.
    async fn file(&self, client: &ClientId, chain: &TrustChain) -> Result<(), Fault> {
        let (shelves, place) = (&self.broker.shelves, place(client));
        let lives = chain.expires().since(self.broker.fx.now());
        let new = Kept::of(chain, Way::Explicit);
        let own = new.configuration().to_owned();
        for _ in 0..ATTEMPTS {
            match shelves.get::<Kept>(Shelf::Federated, place).await? {
                Some(earlier) if !earlier.gives_way(chain.issued(), &own) => {
                    return Err(refused("a newer configuration is registered"));
                }
                Some(earlier) => {
                    if shelves.swap(Shelf::Federated, place, &earlier, &new, lives).await? {
                        return Ok(());
                    }
                }
                None => {
                    if shelves.put(Shelf::Federated, place, &new, lives).await? == Put::Laid {
                        return Ok(());
                    }
                }
            }
        }
        Err(Fault::of_slug("federated-client-throttled").with_detail("one client"))
    }
}

fn invalid() -> Fault {
    Fault::of_slug("federated-registration-invalid")
}

fn refused(why: &'static str) -> Fault {
    invalid().with_detail(why)
}

/// Registrations of all relying parties together, within the window.
const MOST: u64 = 600;
const WINDOW: Duration = Duration::from_mins(1);
/// How often a registration tries to be filed beside others of the same client.
const ATTEMPTS: usize = 8;
