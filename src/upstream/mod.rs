//! The upstreams: one folder each, and the one list that names them.
//!
//! Not the journey: `login` runs it. Adding an upstream is one folder and two lines here.

pub mod contract;
mod spid;

use std::time::Duration;

pub use contract::{
    Arrival, Departure, Document, Inbound, Kind, ProviderCard, Setback, Upstream, UpstreamRequest,
};

/// What configuration says about each upstream, typed.
pub mod settings {
    pub use super::spid::{
        Binding, Comparisons, Force, Keys, ResponseSignature, SpidConfig, Trust,
    };
}
pub use spid::Spid;

use crate::crypto::Handle;
use crate::effects::{Effects, Timestamp};

macro_rules! upstreams {
    ($($variant:ident = $type:ty),* $(,)?) => {
        /// One configured upstream.
        #[derive(Debug)]
        pub enum AnyUpstream {
            $(#[doc = stringify!($type)] $variant(Box<$type>)),*
        }

        impl AnyUpstream {
            /// The name in URLs, configuration and `auth_method`.
            #[must_use]
            pub fn name(&self) -> &'static str {
                match self { $(Self::$variant(_) => <$type>::NAME),* }
            }

            /// The providers a person can choose from, in no order.
            #[must_use]
            pub fn providers(&self) -> Vec<ProviderCard> {
                match self { $(Self::$variant(upstream) => upstream.providers()),* }
            }

            /// Whether a person can choose that provider.
            #[must_use]
            pub fn knows(&self, provider: &str) -> bool {
                match self { $(Self::$variant(upstream) => upstream.knows(provider)),* }
            }

            /// What is published.
            #[must_use]
            pub fn publishes(&self) -> Vec<Document> {
                match self { $(Self::$variant(upstream) => upstream.publishes()),* }
            }

            /// Paths at which messages come back.
            #[must_use]
            pub fn returns_to(&self) -> Vec<String> {
                match self { $(Self::$variant(upstream) => upstream.returns_to()),* }
            }

            /// The journey that a message belongs to.
            #[must_use]
            pub fn ticket(&self, inbound: &Inbound) -> Option<Handle> {
                match self { $(Self::$variant(upstream) => upstream.ticket(inbound)),* }
            }

            /// Age of the oldest trusted metadata.
            #[must_use]
            pub fn metadata_age(&self, now: Timestamp) -> Duration {
                match self { $(Self::$variant(upstream) => upstream.metadata_age(now)),* }
            }

            /// Sends the browser to the provider.
            ///
            /// # Errors
            /// The upstream's [`Setback`].
            pub async fn redirect(&self, request: &UpstreamRequest, fx: &Effects) -> Result<(Departure, serde_json::Value), Setback> {
                match self {
                    $(Self::$variant(upstream) => {
                        let (departure, pending) = upstream.redirect(request, fx).await?;
                        Ok((departure, serde_json::to_value(pending).map_err(damaged)?))
                    }),*
                }
            }

            /// Checks what came back.
            ///
            /// # Errors
            /// The upstream's [`Setback`].
            pub async fn receive(&self, pending: serde_json::Value, inbound: Inbound, fx: &Effects) -> Result<Arrival<serde_json::Value>, Setback> {
                match self {
                    $(Self::$variant(upstream) => {
                        let pending = serde_json::from_value(pending).map_err(damaged)?;
                        Ok(match upstream.receive(pending, inbound, fx).await? {
                            Arrival::Identified(identity) => Arrival::Identified(identity),
                            Arrival::Onward(departure, pending) => {
                                Arrival::Onward(departure, serde_json::to_value(pending).map_err(damaged)?)
                            }
                        })
                    }),*
                }
            }
        }

        /// Every slug that any upstream can carry, for the catalogue's own test.
        #[must_use]
        pub fn slugs() -> Vec<&'static str> {
            let mut all = vec!["internal"];
            $(all.extend_from_slice(<$type>::SLUGS);)*
            all
        }
    };
}

upstreams! {
    Spid = spid::Spid,
}

/// The upstreams that configuration switched on, in the order of the page.
#[derive(Debug, Default)]
pub struct Upstreams(Vec<AnyUpstream>);

impl Upstreams {
    /// In the order of the page.
    #[must_use]
    pub const fn new(upstreams: Vec<AnyUpstream>) -> Self {
        Self(upstreams)
    }

    /// The upstream of that name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&AnyUpstream> {
        self.0.iter().find(|upstream| upstream.name() == name)
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &AnyUpstream> {
        self.0.iter()
    }
}

#[expect(clippy::needless_pass_by_value, reason = "the shape that map_err wants")]
fn damaged(cause: serde_json::Error) -> Setback {
    Setback { kind: Kind::Unavailable, slug: "internal", detail: cause.to_string() }
}
