//! The table `registration`: clients that register themselves.
//!
//! Not the clients: `oidc::client::registration` makes them. They are kept in the registry.

use super::Problems;
use super::asking::asking;
use super::relying_party::{self, Ground, Offer};
use super::section::Section;
use crate::oidc::client::{Certificates, ClientMetadata, Template};
use crate::oidc::{ClaimsProfile, Scope};
use crate::policy::Service;
use crate::terms::Level;

/// What registered clients may be.
#[derive(Debug)]
pub struct RegistrationConfig {
    /// What the operator decides for all of them.
    pub template: Template,
}

/// Reads it; `None` without `[registration]`, or when something that it needs is wrong.
pub(super) fn read(
    root: &Section<'_>,
    offer: &Offer,
    problems: &mut Problems,
) -> Option<Box<RegistrationConfig>> {
    let section = root.section("registration", problems);
    if !section.present() {
        return None;
    }
    let template = template(&section, offer, problems);
    section.finish(problems);
    Some(Box::new(RegistrationConfig { template: template? }))
}

/// What the operator decides for clients that no file describes. The caller finishes the section.
pub(super) fn template(
    section: &Section<'_>,
    offer: &Offer,
    problems: &mut Problems,
) -> Option<Template> {
    let texts = |key: &'static str, problems: &mut Problems| -> Vec<String> {
        section.texts(key, problems).into_iter().map(str::to_owned).collect()
    };
    let profiles = texts("profiles", problems);
    for name in &profiles {
        if !PROFILES.contains(&name.as_str()) {
            section.wrong(
                problems,
                "profiles",
                format!("{name:?} is not a profile"),
                &format!("write some of: {}", PROFILES.join(", ")),
            );
        }
    }
    let metadata = ClientMetadata {
        legacy_without_pkce: section.flag("legacy_without_pkce", false, problems),
        session_reuse_level: section
            .has("session_reuse_level")
            .then(|| section.number("session_reuse_level", 0, 0..=3, problems))
            .and_then(|level| u8::try_from(level).ok()),
        information: section.optional_text("information", problems).map(str::to_owned),
        access_token_format: section
            .optional_text("access_token_format", problems)
            .map(str::to_owned),
        resources: texts("resources", problems),
        ..ClientMetadata::default()
    };
    let minimum_level = relying_party::level(section, "minimum_level", Level::L1, problems);
    let claims_profile = section.word("claims_profile", &ClaimsProfile::ALL, problems);
    let claims_in_id_token = section.flag("claims_in_id_token", false, problems);
    let scopes = relying_party::scopes(section, None, problems);
    if scopes.contains(Scope::Roles) {
        let remedy = "write a file for a relying party whose people have roles";
        section.wrong(
            problems,
            "scopes",
            "holds \"roles\", which no registered client gets",
            remedy,
        );
    }
    let upstreams = relying_party::offered(section, &offer.upstreams, problems);
    let asking = asking(section, &upstreams, &offer.bodies, problems);
    let calendar = &offer.calendar;
    let ground = Ground { minimum_level, upstreams: &upstreams, calendar };
    let policy = relying_party::policy(section, ground, problems);
    let service = Service { id: "", minimum_level, upstreams: &upstreams, policy: &policy };
    relying_party::lint(section, offer, &asking.tenant, &service, problems);
    let branding = relying_party::branding(section, problems);
    let profiles = if profiles.is_empty() { PROFILES.map(str::to_owned).into() } else { profiles };
    Some(Template {
        profiles,
        metadata,
        minimum_level,
        upstreams,
        scopes,
        claims_profile: claims_profile?,
        claims_in_id_token,
        public: offer.is_public(&asking.tenant),
        policy,
        tenant: asking.tenant,
        attribute_set: asking.attribute_set,
        attribute_sets: asking.attribute_sets,
        consumer: asking.consumer,
        purpose: asking.purpose,
        branding: branding?,
        certificates: match (offer.certificates, offer.authorities) {
            (false, _) => Certificates::None,
            (true, false) => Certificates::Keys,
            (true, true) => Certificates::KeysAndNames,
        },
        development: offer.development,
    })
}

/// The first one is a client's that names none.
const PROFILES: [&str; 3] = ["standard", "fapi2", "fapi2_message_signing"];
