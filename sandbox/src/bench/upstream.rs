//! The identity provider of a bench: it is asked and answers within the process of the bench.
//!
//! Not the requests at the broker (`driver`), and no page: people agree before they are asked.

use std::collections::BTreeMap;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use url::Url;
use varco::effects::Effects;

use super::calls::encode;
use crate::error::{Doing as _, SandboxError};
use crate::federation::{Prepared, keys, provider_address};
use crate::openid::provider::Provider as OpenIdProvider;
use crate::people::Person;
use crate::saml::Provider;
use crate::saml::binding::{Binding, Message};
use crate::saml::request::AuthnRequest;
use crate::saml::service_provider::ServiceProvider;

/// By which way people come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BenchedUpstream {
    /// SPID: a Response by POST.
    #[default]
    Spid,
    /// CIE by OpenID: a code, which the broker redeems.
    Cie,
}

impl BenchedUpstream {
    /// Milliseconds of processor time above the cryptography that a login may cost.
    #[must_use]
    pub const fn goal_ms(self) -> f64 {
        match self {
            Self::Spid => 0.5,
            Self::Cie => 0.6,
        }
    }

    /// The name in the configuration.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Spid => "spid",
            Self::Cie => "cie",
        }
    }
}

/// The provider itself.
#[derive(Debug)]
pub(super) enum Asker {
    Saml(Box<(Provider, ServiceProvider)>),
    OpenId(Arc<OpenIdProvider>),
}

/// A request of the broker that arrived there.
#[derive(Debug)]
pub(super) enum Arrived {
    Saml(Box<AuthnRequest>),
    /// The name it waits under.
    OpenId(String),
}

/// How the browser comes back to the broker.
#[derive(Debug)]
pub(super) enum Back {
    Post { address: String, form: String },
    Get(String),
}

impl Asker {
    pub(super) async fn new(
        upstream: BenchedUpstream,
        prepared: &Prepared,
        issuer: &str,
        fx: &Effects,
    ) -> Result<Self, SandboxError> {
        if upstream == BenchedUpstream::Cie {
            return Ok(Self::OpenId(Arc::clone(&prepared.openid)));
        }
        let [first, ..] = prepared.ports.providers;
        let provider =
            Provider::new(0, provider_address(first), keys().await?.providers.clone(), fx.clone());
        let metadata = prepared.http.get(format!("{issuer}/saml/metadata"));
        let metadata = metadata.send().await.doing("fetch metadata")?;
        let metadata = metadata.text().await.doing("fetch metadata")?;
        Ok(Self::Saml(Box::new((provider, ServiceProvider::read(&metadata)?))))
    }

    /// What the broker's configuration calls it.
    pub(super) fn name(&self) -> String {
        match self {
            Self::Saml(both) => both.0.entity_id.clone(),
            Self::OpenId(provider) => provider.registry.provider(),
        }
    }

    /// The request in `onward`, if that leads here.
    pub(super) async fn accept(&self, onward: &Url) -> Result<Option<Arrived>, SandboxError> {
        match self {
            Self::Saml(both) => {
                let (provider, service) = both.as_ref();
                if !onward.as_str().starts_with(&provider.location(Binding::Redirect)) {
                    return Ok(None);
                }
                let query = onward.query().unwrap_or_default();
                let message = Message::from_query(query, "SAMLRequest")?;
                Ok(Some(Arrived::Saml(Box::new(provider.accept(message, service)?))))
            }
            Self::OpenId(provider) => {
                if !onward.as_str().starts_with(&provider.registry.provider()) {
                    return Ok(None);
                }
                let fields: BTreeMap<_, _> = onward.query_pairs().into_owned().collect();
                let (name, _) = provider.ask(&fields).await?;
                Ok(Some(Arrived::OpenId(name)))
            }
        }
    }

    /// The person agrees.
    pub(super) fn answer(&self, request: &Arrived, person: &Person) -> Result<Back, SandboxError> {
        match (self, request) {
            (Self::Saml(both), Arrived::Saml(request)) => {
                let response = both.0.answer(request, person, None)?.xml;
                let form = encode(&[
                    ("SAMLResponse", &STANDARD.encode(response)),
                    ("RelayState", request.relay_state.as_deref().unwrap_or_default()),
                ]);
                Ok(Back::Post { address: request.acs.clone(), form })
            }
            (Self::OpenId(provider), Arrived::OpenId(name)) => {
                Ok(Back::Get(provider.decide(name, person.clone(), None, true)?))
            }
            _ => Err(another()),
        }
    }

    /// A Response, or an encrypted userinfo, like those of the run.
    pub(super) fn sample(
        &self,
        request: &Arrived,
        person: &Person,
    ) -> Result<String, SandboxError> {
        match (self, request) {
            (Self::Saml(both), Arrived::Saml(request)) => {
                Ok(both.0.answer(request, person, None)?.xml)
            }
            (Self::OpenId(provider), Arrived::OpenId(name)) => {
                provider.foretell(name, person.clone())
            }
            _ => Err(another()),
        }
    }
}

fn another() -> SandboxError {
    SandboxError::new("answer the request", "it was for another provider")
}
