//! The upstreams: one folder each, and the one list that names them.
//!
//! Not the journey: `login` runs it. Adding an upstream is one folder and two lines here.

mod cie;
mod cns;
pub mod contract;
mod dispatch;
mod eidas;
mod helpdesk;
mod openid;
mod spid;
mod web_sso;

use std::sync::Arc;
use std::time::Duration;

pub use contract::{
    Arrival, Departure, Document, Inbound, Kind, ListSettings, Lists, LogoutBody, LogoutInbound,
    ProviderCard, Renewing, Setback, Shown, SingleLogout, Trust, Upstream, UpstreamRequest, Wanted,
};

/// What configuration says about each upstream, typed.
pub mod settings {
    pub use super::cns::{CnsConfig, ENTER as CNS_ENTER, ResponderSettings};
    pub use super::eidas::attribute_sets as eidas_sets;
    pub use super::openid::{
        Answers, AttributeSet, Audience, Entity, Keys as EntityKeys, MINIMUM as MINIMUM_ATTRIBUTES,
        OpenIdConfig, Organization, Reach,
    };
    use super::spid::SpidRules;
    use super::web_sso::Rules;
    pub use super::web_sso::{
        Binding, Comparisons, Countries, DecryptionKeys, Force, Keys, ResponseSignature,
        SamlConfig, Tenant,
    };
    pub use super::{HelpDeskConfig, SIGN_IN};

    /// The names that SPID gives to attributes.
    pub const SPID_ATTRIBUTES: &[&str] = <SpidRules as Rules>::ATTRIBUTES;
}
pub use cie::CieSaml;
pub use cns::Cns;
pub use eidas::Eidas;
pub use helpdesk::{HelpDesk, HelpDeskConfig, SIGN_IN};
pub use openid::{Cie, SpidOidc};
pub use spid::Spid;

use crate::credential::access::Book;
use crate::crypto::Handle;
use crate::effects::{Effects, Timestamp};
use crate::identity::{Identity, UpstreamSession};
use crate::saml::metadata::register::RegisterSettings;
use crate::terms::Strength;

impl AnyUpstream {
    /// Goes on under other settings of the register of metadata, if it has one; what is known of sources
    /// that stay is kept.
    pub fn replace_register(&self, settings: RegisterSettings, fx: &Effects) {
        match self {
            Self::Spid(spid) => spid.replace_register(settings, fx),
            Self::CieSaml(cie) => cie.replace_register(settings, fx),
            Self::Eidas(eidas) => eidas.replace_register(settings, fx),
            Self::Cie(_) | Self::SpidOidc(_) | Self::Cns(_) | Self::HelpDesk(_) => {}
        }
    }
}

dispatch::upstreams! {
    Spid = spid::Spid,
    CieSaml = cie::CieSaml,
    Cie = openid::Cie,
    SpidOidc = openid::SpidOidc,
    Cns = cns::Cns,
    Eidas = eidas::Eidas,
    HelpDesk = helpdesk::HelpDesk,
}

/// What configuration says about each upstream that is switched on.
#[derive(Debug, Default)]
pub struct UpstreamConfigs {
    /// SPID.
    pub spid: Option<settings::SamlConfig>,
    /// CIE by SAML.
    pub cie_saml: Option<settings::SamlConfig>,
    /// CIE by OpenID Connect.
    pub cie: Option<settings::OpenIdConfig>,
    /// SPID by OpenID Connect.
    pub spid_oidc: Option<settings::OpenIdConfig>,
    /// The card.
    pub cns: Option<settings::CnsConfig>,
    /// The eIDAS node.
    pub eidas: Option<settings::SamlConfig>,
    /// Credentials of the help desk.
    pub helpdesk: Option<settings::HelpDeskConfig>,
}

impl UpstreamConfigs {
    /// The SAML upstreams, by name.
    pub fn saml(&self) -> impl Iterator<Item = (&'static str, &settings::SamlConfig)> {
        let all =
            [(Spid::NAME, &self.spid), (CieSaml::NAME, &self.cie_saml), (Eidas::NAME, &self.eidas)];
        all.into_iter().filter_map(|(name, config)| Some((name, config.as_ref()?)))
    }

    /// The upstreams by OpenID Connect, by name.
    pub fn openid(&self) -> impl Iterator<Item = (&'static str, &settings::OpenIdConfig)> {
        let all = [(Cie::NAME, &self.cie), (SpidOidc::NAME, &self.spid_oidc)];
        all.into_iter().filter_map(|(name, config)| Some((name, config.as_ref()?)))
    }

    /// Without the folders of last good copies: for whoever only looks.
    #[must_use]
    pub fn without_copies(mut self) -> Self {
        for config in [&mut self.spid, &mut self.cie_saml, &mut self.eidas].into_iter().flatten() {
            config.trust.folder = None;
        }
        for config in [&mut self.cie, &mut self.spid_oidc].into_iter().flatten() {
            config.folder = None;
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
    /// Opens each that is switched on; credentials of the help desk are in `book`, and without one nobody
    /// signs in with them.
    ///
    /// # Errors
    /// What the first upstream that does not open says of its own configuration.
    pub fn open(
        configs: UpstreamConfigs,
        book: Option<Arc<Book>>,
        fx: &Effects,
    ) -> Result<Self, String> {
        let mut all = Vec::new();
        if let Some(config) = configs.spid {
            all.push(AnyUpstream::Spid(Box::new(opened(Spid::open(config, fx))?)));
        }
        if let Some(config) = configs.cie_saml {
            all.push(AnyUpstream::CieSaml(Box::new(opened(CieSaml::open(config, fx))?)));
        }
        if let Some(config) = configs.cie {
            all.push(AnyUpstream::Cie(Box::new(opened(Cie::open(config, fx))?)));
        }
        if let Some(config) = configs.spid_oidc {
            all.push(AnyUpstream::SpidOidc(Box::new(opened(SpidOidc::open(config, fx))?)));
        }
        if let Some(config) = configs.cns {
            all.push(AnyUpstream::Cns(Box::new(Cns::open(config, fx))));
        }
        if let Some(config) = configs.eidas {
            all.push(AnyUpstream::Eidas(Box::new(opened(Eidas::open(config, fx))?)));
        }
        if let (Some(config), Some(book)) = (configs.helpdesk, book) {
            all.push(AnyUpstream::HelpDesk(Box::new(HelpDesk::new(config, book))));
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
        if let (Some(AnyUpstream::Cie(cie)), Some(config)) = (self.get(Cie::NAME), &configs.cie) {
            cie.replace(config.clone(), fx);
        }
        let spid_oidc = (self.get(SpidOidc::NAME), &configs.spid_oidc);
        if let (Some(AnyUpstream::SpidOidc(spid)), Some(config)) = spid_oidc {
            spid.replace(config.clone(), fx);
        }
        for name in configs.openid().map(|(name, _)| name).filter(|name| self.get(name).is_none()) {
            tracing::error!(upstream = name, "it is switched on by a restart");
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
