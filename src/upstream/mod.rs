//! The upstreams: one folder each, and the one list that names them.
//!
//! Not the journey: `login` runs it. Adding an upstream is one folder and two lines here.

mod cie;
mod cns;
pub mod contract;
mod eidas;
pub mod openid;
mod spid;
mod web_sso;

use std::time::Duration;

pub use contract::{
    Arrival, Departure, Document, Inbound, Kind, ListSettings, Lists, LogoutBody, LogoutInbound,
    ProviderCard, Setback, Shown, SingleLogout, Trust, Upstream, UpstreamRequest, Wanted,
};

/// What configuration says about each upstream, typed.
pub mod settings {
    pub use super::cns::{CnsConfig, ENTER as CNS_ENTER, ResponderSettings};
    pub use super::eidas::attribute_sets as eidas_sets;
    use super::spid::SpidRules;
    use super::web_sso::Rules;
    pub use super::web_sso::{
        Binding, Comparisons, Countries, DecryptionKeys, Force, Keys, ResponseSignature,
        SamlConfig, Tenant,
    };

    /// The names that SPID gives to attributes.
    pub const SPID_ATTRIBUTES: &[&str] = <SpidRules as Rules>::ATTRIBUTES;
}
pub use cie::CieSaml;
pub use cns::Cns;
pub use eidas::Eidas;
pub use spid::Spid;

use crate::crypto::Handle;
use crate::effects::{Effects, Timestamp};
use crate::identity::UpstreamSession;
use crate::saml::logout::{Verified, VerifiedRequest};
use crate::saml::metadata::register::RegisterSettings;

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
            pub fn hear(&self, inbound: &LogoutInbound, fx: &Effects) -> Result<Verified, Setback> {
                match self { $(Self::$variant(upstream) => upstream.hear(inbound, fx)),* }
            }

            /// Tells the provider that what it asked is done.
            ///
            /// # Errors
            /// The upstream's [`Setback`].
            pub fn confirm(&self, request: &VerifiedRequest, tenant: Option<&str>, path: &str, fx: &Effects) -> Result<Departure, Setback> {
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

impl AnyUpstream {
    /// Goes on under other settings of the register of metadata, if it has one; what is known of sources
    /// that stay is kept.
    pub fn replace_register(&self, settings: RegisterSettings, fx: &Effects) {
        match self {
            Self::Spid(spid) => spid.replace_register(settings, fx),
            Self::CieSaml(cie) => cie.replace_register(settings, fx),
            Self::Eidas(eidas) => eidas.replace_register(settings, fx),
            Self::Cns(_) => {}
        }
    }
}

upstreams! {
    Spid = spid::Spid,
    CieSaml = cie::CieSaml,
    Cns = cns::Cns,
    Eidas = eidas::Eidas,
}

/// What configuration says about each upstream that is switched on.
#[derive(Debug, Default)]
pub struct UpstreamConfigs {
    /// SPID.
    pub spid: Option<settings::SamlConfig>,
    /// CIE by SAML.
    pub cie_saml: Option<settings::SamlConfig>,
    /// The card.
    pub cns: Option<settings::CnsConfig>,
    /// The eIDAS node.
    pub eidas: Option<settings::SamlConfig>,
}

impl UpstreamConfigs {
    /// The SAML upstreams, by name.
    pub fn saml(&self) -> impl Iterator<Item = (&'static str, &settings::SamlConfig)> {
        let all =
            [(Spid::NAME, &self.spid), (CieSaml::NAME, &self.cie_saml), (Eidas::NAME, &self.eidas)];
        all.into_iter().filter_map(|(name, config)| Some((name, config.as_ref()?)))
    }

    /// Without the folders of last good copies: for whoever only looks.
    #[must_use]
    pub fn without_copies(mut self) -> Self {
        for config in [&mut self.spid, &mut self.cie_saml, &mut self.eidas].into_iter().flatten() {
            config.trust.folder = None;
        }
        if let Some(config) = &mut self.cns {
            config.lists.folder = None;
        }
        self
    }
}

/// The upstreams that configuration switched on, in the order of the page.
#[derive(Debug, Default)]
pub struct Upstreams(Vec<AnyUpstream>);

impl Upstreams {
    /// Opens each that is switched on.
    ///
    /// # Errors
    /// What the first upstream that does not open says of its own configuration.
    pub fn open(configs: UpstreamConfigs, fx: &Effects) -> Result<Self, String> {
        let mut all = Vec::new();
        if let Some(config) = configs.spid {
            all.push(AnyUpstream::Spid(Box::new(opened(Spid::open(config, fx))?)));
        }
        if let Some(config) = configs.cie_saml {
            all.push(AnyUpstream::CieSaml(Box::new(opened(CieSaml::open(config, fx))?)));
        }
        if let Some(config) = configs.cns {
            all.push(AnyUpstream::Cns(Box::new(Cns::open(config, fx))));
        }
        if let Some(config) = configs.eidas {
            all.push(AnyUpstream::Eidas(Box::new(opened(Eidas::open(config, fx))?)));
        }
        Ok(Self(all))
    }

    /// Goes on under the sources, the certificates and the disabled providers that configuration names
    /// now; whatever is known of sources that stay is kept.
    pub fn follow(&self, configs: &UpstreamConfigs, fx: &Effects) {
        for (name, config) in configs.saml() {
            if let Some(upstream) = self.get(name) {
                upstream.replace_register(config.trust.clone(), fx);
            }
        }
        if let (Some(AnyUpstream::Cns(cns)), Some(config)) = (self.get(Cns::NAME), &configs.cns) {
            cns.replace(config.clone(), fx);
        }
    }

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

    /// Those that receive messages at `path`.
    pub fn at<'a>(&'a self, path: &'a str) -> impl Iterator<Item = &'a AnyUpstream> {
        self.0.iter().filter(move |upstream| upstream.receives_at(path))
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &AnyUpstream> {
        self.0.iter()
    }
}

fn opened<U: Upstream>(upstream: Result<U, Vec<String>>) -> Result<U, String> {
    upstream.map_err(|problems| format!("upstream.{}: {}", U::NAME, problems.join("\n")))
}

#[expect(clippy::needless_pass_by_value, reason = "the shape that map_err wants")]
fn damaged(cause: serde_json::Error) -> Setback {
    Setback { kind: Kind::Unavailable, slug: "internal", detail: cause.to_string() }
}

#[cfg(test)]
mod tests {
    use super::web_sso::Rules;
    use crate::oidc::client::instrument_of;

    #[test]
    fn policy_calls_the_instrument_of_an_upstream_as_auth_method_does() {
        fn same<R: Rules>() {
            assert_eq!(instrument_of(R::NAME), R::AUTH_METHOD);
        }
        same::<super::spid::SpidRules>();
        same::<super::cie::CieRules>();
        same::<super::eidas::EidasRules>();
    }
}
