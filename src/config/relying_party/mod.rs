//! A relying party's file: `relying-parties/<client_id>.toml`.
//!
//! Not registration by protocol: an operator writes these files, and `folder` looks at them again.

mod authentication;
mod branding;
mod entitling;
mod folder;
mod mandate;
mod offer;
mod policy;
mod protocol;

use super::Problems;
use super::asking::asking;
use super::section::{File, Section};
use crate::effects::FetchUrl;
use crate::oidc::client::{
    AuthenticationMethod, ClientMetadata, Protocol, SubjectType, TokenBinding,
};
use crate::oidc::{ClaimsProfile, Client, ClientId, Scope, Scopes};
use crate::policy::{Lint, Service};
use crate::terms::Level;
pub(super) use branding::{read as branding, texts};
pub use folder::{Depth, Judge, Look, RelyingParties};
pub(super) use offer::{Body, Offer, Persons};
pub(super) use policy::{Ground, LEGAL_REF, categories, instruments, level, read as policy};

/// What one file says.
fn read(file: &File<'_>, offer: &Offer, problems: &mut Problems) -> Option<Client> {
    let root = file.root();
    let id = root.text("client_id", "write the client's name", problems).and_then(|text| {
        // An address is the name of who is known by a federation, and has no file.
        let id = ClientId::parse(text).filter(|id| !id.is_entity());
        if id.is_none() {
            root.wrong(
                problems,
                "client_id",
                "has another form",
                "use 1 to 64 of A-Z a-z 0-9 - _ ., and nothing like a fiscal code or a sub",
            );
        }
        id
    });
    let metadata = protocol::metadata(&root, offer.development, problems);
    let protocol = protocol::checked(&metadata, &root, problems);
    let keys = authentication::keys(file, &root, offer.development, problems);
    if let Some(protocol) = &protocol {
        authentication::check_keys(&root, protocol, &keys, problems);
    }
    let method = authentication::method(file, &root, &metadata, &keys, problems);
    certificates(&root, offer, protocol.as_ref(), method.as_ref(), problems);
    let minimum_level = policy::level(&root, "minimum_level", Level::L1, problems);
    let claims_profile = root.word("claims_profile", &ClaimsProfile::ALL, problems);
    let subject_type = root.word(
        "subject_type",
        &[
            ("pairwise", SubjectType::Pairwise),
            ("public", SubjectType::Public),
            ("fiscal_code", SubjectType::FiscalCode),
        ],
        problems,
    );
    let claims_in_id_token = root.flag("claims_in_id_token", false, problems);
    let sector = sector(&root, &metadata, offer.development, problems);
    let scopes = scopes(&root, protocol.as_ref(), problems);
    let offered = offered(&root, &offer.upstreams, problems);
    let asking = asking(&root, &offered, &offer.bodies, problems);
    let mandate = mandate::read(&root, offer, protocol.as_ref(), problems);
    let ground = policy::Ground { minimum_level, upstreams: &offered, calendar: &offer.calendar };
    let policy = policy::read(&root, ground, problems);
    // As its requests have it when they name none.
    let usual = protocol.as_ref().and_then(|protocol| protocol.requests.default_level);
    let usual = minimum_level.max(usual.unwrap_or(Level::L1));
    let service = Service { id: "", minimum_level: usual, upstreams: &offered, policy: &policy };
    lint(&root, offer, &asking.tenant, &service, problems);
    let entitlements = entitling::read(&root, &offer.sources, &scopes, problems);
    let branding = branding::read(&root, problems);
    root.finish(problems);
    Some(Client {
        id: id?,
        protocol: protocol?,
        authentication: method?,
        keys,
        minimum_level,
        upstreams: offered,
        scopes,
        claims_profile: claims_profile?,
        claims_in_id_token,
        subject_type: subject_type?,
        sector: sector?,
        tenant: asking.tenant,
        attribute_set: asking.attribute_set,
        attribute_sets: asking.attribute_sets,
        consumer: asking.consumer,
        purpose: asking.purpose,
        mandate,
        policy,
        entitlements,
        federated: None,
        branding: branding?,
    })
}

/// The rules that no policy of a public service may break, unless somebody let it off.
pub(super) fn lint(
    root: &Section<'_>,
    offer: &Offer,
    tenant: &str,
    service: &Service<'_>,
    problems: &mut Problems,
) {
    for finding in offer.calendar.findings(service) {
        let remedy = match finding.lint {
            Lint::EidasMissing if finding.waiver.is_some() || !offer.is_public(tenant) => continue,
            Lint::EidasMissing => {
                let waiver = root.dotted("policy.eidas_off");
                &format!(
                    "add eidas to upstreams and instruments (Regulation (EU) 910/2014, article 6), or \
                     record in [{waiver}] why not: reason, decided_by, decided_on"
                )
            }
            Lint::DedicatedOnly => "write dedicated_to, or take the instrument out",
        };
        let key = finding.period.map(|row| format!("policy[{row}].instruments"));
        root.wrong(problems, key.as_deref().unwrap_or("upstreams"), finding.wrong, remedy);
    }
}

/// OpenID Connect Core 1.0, section 8.1. The operator vouches for the document at
/// `sector_identifier_uri`: nothing is fetched for a file.
fn sector(
    root: &Section<'_>,
    metadata: &ClientMetadata,
    development: bool,
    problems: &mut Problems,
) -> Option<String> {
    const URI: &str = "sector_identifier_uri";
    let host = |uri: &str| url::Url::parse(uri).ok()?.host_str().map(str::to_owned);
    let named = root.optional_text("sector_identifier", problems).map(str::to_owned);
    if let Some(uri) = root.optional_text(URI, problems) {
        if named.is_some() {
            root.wrong(
                problems,
                URI,
                "stands beside sector_identifier",
                "leave one of the two out",
            );
        }
        if let Err(fault) = FetchUrl::parse(uri, &[], development) {
            root.wrong(problems, URI, fault.to_string(), "write https://host/path");
        }
        return host(uri);
    }
    let mut hosts: Vec<String> =
        metadata.redirect_uris.iter().filter_map(|uri| host(uri)).collect();
    hosts.sort();
    hosts.dedup();
    if named.is_none() && hosts.len() > 1 {
        let remedy = "write it, or sector_identifier: a change of it makes every person a stranger";
        root.wrong(problems, URI, "is missing, and the redirect URIs have several hosts", remedy);
    }
    if named.is_none() && metadata.redirect_uris.is_empty() {
        let wrong = "is missing, and there is no redirect URI whose host could stand for it";
        root.wrong(problems, "sector_identifier", wrong, "write the host of the service");
    }
    named.or_else(|| hosts.into_iter().next())
}

/// A certificate is of use only where one is asked for.
fn certificates(
    root: &Section<'_>,
    offer: &Offer,
    protocol: Option<&Protocol>,
    method: Option<&AuthenticationMethod>,
    problems: &mut Problems,
) {
    let named = matches!(method, Some(AuthenticationMethod::TlsClientAuth(_)));
    let shown = named
        || matches!(method, Some(AuthenticationMethod::SelfSignedTlsClientAuth))
        || protocol.is_some_and(|it| it.token_binding == TokenBinding::Certificate);
    let method = "token_endpoint_auth_method";
    if shown && !offer.certificates {
        let wrong = "the client shows a certificate, and the broker asks nobody for one";
        root.wrong(problems, method, wrong, "add [listen.mtls] and [mtls] to the broker's file");
    } else if named && !offer.authorities {
        let wrong = "is tls_client_auth, and no authority of such certificates is known";
        root.wrong(problems, method, wrong, "add certificate_authorities to [mtls]");
    }
}

/// `offline_access` comes with the grant type, and only with it.
pub(super) fn scopes(
    root: &Section<'_>,
    protocol: Option<&Protocol>,
    problems: &mut Problems,
) -> Scopes {
    let names = root.texts("scopes", problems);
    for name in &names {
        if !Scope::ALL.iter().any(|scope| scope.name() == *name) {
            let known = Scope::ALL.map(Scope::name).join(", ");
            root.wrong(
                problems,
                "scopes",
                format!("{name:?} is not a scope"),
                &format!("write some of: {known}"),
            );
        }
    }
    if !names.contains(&"openid") {
        root.wrong(
            problems,
            "scopes",
            "does not hold \"openid\"",
            "list the scopes this client may ask for, \"openid\" among them",
        );
    }
    let refreshes = protocol.is_some_and(|protocol| protocol.grants.refresh_token);
    if protocol.is_some() && !refreshes && names.contains(&Scope::OfflineAccess.name()) {
        root.wrong(
            problems,
            "scopes",
            "holds \"offline_access\", but the client has no refresh tokens",
            "write \"refresh_token\" in grant_types, or leave the scope out",
        );
    }
    let offline = refreshes.then_some(Scope::OfflineAccess);
    Scopes::parse(&names.join(" ")).iter().chain(offline).collect()
}

pub(super) fn offered(
    root: &Section<'_>,
    upstreams: &[&'static str],
    problems: &mut Problems,
) -> Vec<&'static str> {
    let names = root.texts("upstreams", problems);
    if names.is_empty() {
        return upstreams.to_vec();
    }
    let mut offered = Vec::new();
    for name in names {
        match upstreams.iter().find(|known| **known == name) {
            Some(known) => offered.push(*known),
            None => root.wrong(
                problems,
                "upstreams",
                format!("{name:?} is not switched on"),
                &format!("write some of: {}", upstreams.join(", ")),
            ),
        }
    }
    offered
}
