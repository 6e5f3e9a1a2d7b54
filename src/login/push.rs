//! Push: a client deposits its request, and the browser brings only its name (RFC 9126).
//!
//! Not the checks: what is kept here passed all of them. The name may be opened again until a login
//! that it began is completed, and gives one code at most (FAPI 2.0 Security Profile, section 5.3.2.2,
//! note 3).

use std::net::IpAddr;
use std::time::Duration;

use super::Broker;
use crate::crypto::Handle;
use crate::fault::Fault;
use crate::oidc::{AuthorizationRequest, ClientId};
use crate::state::{Key, Put, Shelf};

/// How many one client, or one peer in the name of a public client, may push in a minute: a hundred
/// logins a second, and some megabytes.
const MOST_PUSHED: u64 = 6_000;

impl Broker {
    /// Keeps the request of a client that proved who it is; what it is called.
    ///
    /// # Errors
    /// `too-many-requests` when the client floods us, or when the store does not answer.
    pub async fn push(&self, request: &AuthorizationRequest) -> Result<Handle, Fault> {
        self.push_counted(request, Key::of_parts(&["par", request.client_id.as_str()])).await
    }

    /// The same for a public client: anybody may speak in its name, so each peer has a measure of its
    /// own, and strangers use up nobody else's.
    ///
    /// # Errors
    /// As [`Broker::push`].
    pub async fn push_from(
        &self,
        peer: IpAddr,
        request: &AuthorizationRequest,
    ) -> Result<Handle, Fault> {
        let parts = ["par", request.client_id.as_str(), &network(peer)];
        self.push_counted(request, Key::of_parts(&parts)).await
    }

    async fn push_counted(
        &self,
        request: &AuthorizationRequest,
        pushes: Key,
    ) -> Result<Handle, Fault> {
        let pushed = self.shelves.bump(Shelf::Rate, pushes, Duration::from_mins(1)).await?;
        if pushed > MOST_PUSHED {
            return Err(Fault::of_slug("too-many-requests").with_detail("pushed requests"));
        }
        let name = Handle::fresh(&self.fx);
        let place = place(&request.client_id, &name);
        match self.shelves.put(Shelf::Par, place, request, self.settings.pushed_lives).await? {
            Put::Laid => Ok(name),
            Put::AlreadyThere => {
                Err(Fault::of_slug("internal").with_detail("a fresh request_uri was already taken"))
            }
        }
    }

    /// The request that `client` pushed under this name, if it may still be opened. It is filed under
    /// its name *and* its client: to another client it does not exist.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn pushed(
        &self,
        client: &ClientId,
        name: &Handle,
    ) -> Result<Option<AuthorizationRequest>, Fault> {
        let held =
            self.shelves.get::<AuthorizationRequest>(Shelf::Par, place(client, name)).await?;
        Ok(held
            .map(|held| AuthorizationRequest { pushed: Some(name.clone()), ..held.into_inner() }))
    }

    /// Ends the name, once: of several logins that one pushed request began, one gets a code.
    pub(super) async fn use_up_pushed(
        &self,
        client: &ClientId,
        name: &Handle,
    ) -> Result<(), Fault> {
        let place = place(client, name);
        // As long as a login that began at the last moment may take.
        let lives = self.settings.pushed_lives + self.settings.login_lives;
        match self.shelves.put(Shelf::Seen, place, &(), lives).await? {
            Put::Laid => {
                self.shelves.take::<serde::de::IgnoredAny>(Shelf::Par, place).await?;
                Ok(())
            }
            Put::AlreadyThere => Err(Fault::of_slug("request-uri-used")),
        }
    }
}

/// The network of a peer, to count by: whoever has one IPv6 address has the 2⁶⁴ of its network.
#[must_use]
pub fn network(peer: IpAddr) -> String {
    match peer.to_canonical() {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => format!("{:x}", address.to_bits() >> 64),
    }
}

fn place(client: &ClientId, name: &Handle) -> Key {
    Key::of_parts(&["par", client.as_str(), name.reveal()])
}
