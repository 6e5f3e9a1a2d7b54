//! What the main file gives relying parties to choose from.
//!
//! Not what they choose: `asking` and the readers of a file see to that. It is kept beside the
//! folder, so that a file can be read long after the upstreams were opened.

use std::sync::Arc;

use crate::policy::Calendar;
use crate::upstream::UpstreamConfigs;

/// The upstreams that are switched on, and the bodies of those that have any.
#[derive(Clone, Debug, Default)]
pub(in super::super) struct Offer {
    /// Names of upstreams, in the order of the page.
    pub(in super::super) upstreams: Vec<&'static str>,
    /// Every body of every upstream that has any.
    pub(in super::super) bodies: Vec<Body>,
    /// The words of policies: instruments and categories.
    pub(in super::super) calendar: Arc<Calendar>,
    /// Names of the sources of roles.
    pub(in super::super) sources: Vec<String>,
    /// Whether addresses may be on this machine.
    pub(in super::super) development: bool,
    /// Whether clients are asked for certificates at all.
    pub(in super::super) certificates: bool,
    /// What of people is kept.
    pub(in super::super) persons: Persons,
    /// Whether the authorities are known that clients' certificates come from.
    pub(in super::super) authorities: bool,
}

/// What of people is kept in the registry.
#[derive(Clone, Copy, Debug, Default)]
pub(in super::super) struct Persons {
    /// Whether people are matched with fiscal codes, and then whether an authority is asked.
    pub(in super::super) matching: Option<bool>,
    /// Whether first logins are recorded.
    pub(in super::super) first_logins: bool,
}

/// One body that Varco is a service provider for, at one upstream.
#[derive(Clone, Debug)]
pub(in super::super) struct Body {
    pub(in super::super) upstream: &'static str,
    pub(in super::super) tenant: String,
    /// Whether it is one of the public administration, or serves it.
    pub(in super::super) public: bool,
    pub(in super::super) attribute_sets: Vec<String>,
    pub(in super::super) consumers: Vec<u16>,
}

impl Offer {
    /// What `configs` offer; `upstreams` may name some whose sections are wrong.
    pub(in super::super) fn of(upstreams: Vec<&'static str>, configs: &UpstreamConfigs) -> Self {
        let bodies = configs.saml().flat_map(|(upstream, config)| {
            config.tenants.iter().map(move |body| Body {
                upstream,
                tenant: body.service.tenant.clone(),
                public: body.service.role.is_public(),
                attribute_sets: body
                    .service
                    .attribute_sets
                    .iter()
                    .map(|set| set.name.clone())
                    .collect(),
                consumers: body.service.consumers.iter().map(|entry| entry.index).collect(),
            })
        });
        // What an agreement calls a public body is for the SAML registers to know; a federation's mark says
        // it of its entities.
        let entities = configs.openid().flat_map(|(upstream, config)| {
            config.entities.iter().map(move |entity| Body {
                upstream,
                tenant: entity.tenant.clone(),
                public: true,
                attribute_sets: entity.attribute_sets.iter().map(|set| set.name.clone()).collect(),
                consumers: Vec::new(),
            })
        });
        Self { upstreams, bodies: bodies.chain(entities).collect(), ..Self::default() }
    }

    /// Whether the services of a body are public: at no upstream is it a private one.
    pub(in super::super) fn is_public(&self, tenant: &str) -> bool {
        self.bodies.iter().filter(|body| body.tenant == tenant).all(|body| body.public)
    }
}
