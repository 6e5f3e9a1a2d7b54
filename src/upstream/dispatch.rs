//! One enum of all upstreams, and every question of the contract passed on to the one that is meant.
//!
//! Not a list of them: `upstream/mod.rs` has that, and names each once.

macro_rules! upstreams {
    ($($variant:ident = $type:ty),* $(,)?) => {
        /// One configured upstream.
        #[derive(Debug)]
        pub enum AnyUpstream {
            $(#[doc = stringify!($type)] $variant(Box<$type>)),*
        }

        impl AnyUpstream {
            /// The name in URLs and configuration.
            #[must_use]
            pub fn name(&self) -> &'static str {
                match self { $(Self::$variant(_) => <$type>::NAME),* }
            }

            /// Every provider there is, in no order.
            #[must_use]
            pub fn providers(&self) -> Vec<ProviderCard> {
                match self { $(Self::$variant(upstream) => upstream.providers()),* }
            }

            /// The providers that a person can choose from, in no order.
            #[must_use]
            pub fn choice(&self, wanted: &Wanted<'_>) -> Vec<ProviderCard> {
                match self { $(Self::$variant(upstream) => upstream.choice(wanted)),* }
            }

            /// The one provider that a person can choose, when there is no choice.
            #[must_use]
            pub fn only(&self, wanted: &Wanted<'_>) -> Option<String> {
                match self { $(Self::$variant(upstream) => upstream.only(wanted)),* }
            }

            /// Whether a person can choose that provider.
            #[must_use]
            pub fn offers(&self, provider: &str, wanted: &Wanted<'_>) -> bool {
                match self { $(Self::$variant(upstream) => upstream.offers(provider, wanted)),* }
            }

            /// Whether a login that ended at that provider serves whoever may choose this upstream.
            #[must_use]
            pub fn serves(&self, provider: &str, wanted: &Wanted<'_>) -> bool {
                match self { $(Self::$variant(upstream) => upstream.serves(provider, wanted)),* }
            }

            /// Whether a login by that method at that provider still counts.
            #[must_use]
            pub fn vouches(&self, method: &str, provider: &str) -> bool {
                match self { $(Self::$variant(upstream) => upstream.vouches(method, provider)),* }
            }

            /// The classes of assurance of its own, by their `acr`.
            #[must_use]
            pub fn classes(&self) -> Vec<(String, Strength)> {
                match self { $(Self::$variant(upstream) => upstream.classes()),* }
            }

            /// Whether who was identified still is.
            pub async fn holds(&self, identity: &Identity) -> bool {
                match self { $(Self::$variant(upstream) => upstream.holds(identity).await),* }
            }

            /// Whether who was asked for the set `held` told all that `wanted` asks for.
            #[must_use]
            pub fn set_covers(&self, tenant: &str, held: &str, wanted: &str) -> bool {
                match self { $(Self::$variant(upstream) => upstream.set_covers(tenant, held, wanted)),* }
            }

            /// What is published.
            #[must_use]
            pub fn publishes(&self) -> Vec<Document> {
                match self { $(Self::$variant(upstream) => upstream.publishes()),* }
            }

            /// Paths at which something is published.
            #[must_use]
            pub fn publishes_at(&self) -> Vec<String> {
                match self { $(Self::$variant(upstream) => upstream.publishes_at()),* }
            }

            /// What is published at `path` now.
            pub async fn published(&self, path: &str, query: &[(String, String)], fx: &Effects) -> Option<Document> {
                match self { $(Self::$variant(upstream) => upstream.published(path, query, fx).await),* }
            }

            /// Whether an answer comes by GET, and uses up its journey before the provider is asked.
            #[must_use]
            pub const fn redeems(&self) -> bool {
                match self { $(Self::$variant(_) => <$type as Upstream>::REDEEMS),* }
            }

            /// Gives back what the provider gave us for a person.
            ///
            /// # Errors
            /// The upstream's [`Setback`].
            pub async fn give_back(&self, session: &UpstreamSession, fx: &Effects) -> Result<(), Setback> {
                match self { $(Self::$variant(upstream) => upstream.give_back(session, fx).await),* }
            }

            /// Paths at which messages come back.
            #[must_use]
            pub fn returns_to(&self) -> Vec<String> {
                match self { $(Self::$variant(upstream) => upstream.returns_to()),* }
            }

            /// Whether messages come back at `path`.
            #[must_use]
            pub fn receives_at(&self, path: &str) -> bool {
                match self { $(Self::$variant(upstream) => upstream.receives_at(path)),* }
            }

            /// What it trusts: whoever refreshes it calls [`Self::adopt`] afterwards.
            #[must_use]
            pub fn trust(&self) -> Trust {
                match self { $(Self::$variant(upstream) => upstream.trust()),* }
            }

            /// Takes up what was read.
            pub fn adopt(&self) {
                match self { $(Self::$variant(upstream) => upstream.adopt()),* }
            }

            /// How many providers can be used at `now`.
            #[must_use]
            pub fn usable(&self, now: Timestamp) -> usize {
                match self { $(Self::$variant(upstream) => upstream.usable(now)),* }
            }

            /// Until when our certificates are valid.
            #[must_use]
            pub fn certificates(&self) -> Vec<Timestamp> {
                match self { $(Self::$variant(upstream) => upstream.certificates()),* }
            }

            /// The journey that a message belongs to.
            #[must_use]
            pub fn ticket(&self, inbound: &Inbound) -> Option<Handle> {
                match self { $(Self::$variant(upstream) => upstream.ticket(inbound)),* }
            }

            /// Paths at which logout messages come.
            #[must_use]
            pub fn logs_out_at(&self) -> Vec<String> {
                match self { $(Self::$variant(upstream) => upstream.logs_out_at()),* }
            }

            /// The name that people know a provider by.
            #[must_use]
            pub fn provider_name(&self, provider: &str) -> Option<String> {
                match self { $(Self::$variant(upstream) => upstream.provider_name(provider)),* }
            }

            /// Sends the browser to the provider to end a session.
            ///
            /// # Errors
            /// The upstream's [`Setback`].
            pub fn ask_to_end(&self, session: &UpstreamSession, id: &str, ticket: &Handle, fx: &Effects) -> Result<Departure, Setback> {
                match self { $(Self::$variant(upstream) => upstream.ask_to_end(session, id, ticket, fx)),* }
            }

            /// Checks a logout message.
            ///
            /// # Errors
            /// The upstream's [`Setback`].
            pub fn hear(&self, inbound: &LogoutInbound, fx: &Effects) -> Result<$crate::saml::logout::Verified, Setback> {
                match self { $(Self::$variant(upstream) => upstream.hear(inbound, fx)),* }
            }

            /// Tells the provider that what it asked is done.
            ///
            /// # Errors
            /// The upstream's [`Setback`].
            pub fn confirm(&self, request: &$crate::saml::logout::VerifiedRequest, tenant: Option<&str>, path: &str, fx: &Effects) -> Result<Departure, Setback> {
                match self { $(Self::$variant(upstream) => upstream.confirm(request, tenant, path, fx)),* }
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
            $(all.extend(<$type>::slugs());)*
            all
        }
    };
}

pub(super) use upstreams;
