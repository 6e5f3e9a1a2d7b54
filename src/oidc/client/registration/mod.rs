//! A client that registers itself: what it says, under the operator's template, and the client that
//! comes of it (RFC 7591, section 2; OpenID Connect Registration 1.0, section 2).
//!
//! Not a file (`config/relying_party` reads those) and no request: `provider` serves that. Members of
//! the protocol go through [`ClientMetadata::check`], as a file's do.

mod said;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::sync::Arc;

use secrecy::SecretSlice;
use serde_json::{Map, Value};
use url::Url;

use super::{
    AuthenticationMethod, Branding, CertificateName, ClaimsProfile, Client, ClientId,
    ClientMetadata, Grants, Mandate, Protocol, ServicePolicy, SubjectType, Texts, TokenBinding,
    Wrong,
};
use crate::crypto::digest::sha256;
use crate::crypto::jwk::PublicKeys;
use crate::effects::FetchUrl;
use crate::oidc::{ClientKeys, Scope, Scopes};
use crate::terms::{Level, Locale, Purpose, web_address};
use said::Said;

/// What the operator decides for every client that registers itself: it cannot choose these.
#[derive(Clone, Debug)]
pub struct Template {
    /// The profiles it may have; the first one when it names none.
    pub profiles: Vec<String>,
    /// `session_reuse_level`, `information`, `access_token_format`, `resources` and
    /// `legacy_without_pkce`; the other members are the client's.
    pub metadata: ClientMetadata,
    /// See [`Client::minimum_level`].
    pub minimum_level: Level,
    /// See [`Client::upstreams`].
    pub upstreams: Vec<&'static str>,
    /// The scopes it may ask for at most.
    pub scopes: Scopes,
    /// See [`Client::claims_profile`].
    pub claims_profile: ClaimsProfile,
    /// See [`Client::claims_in_id_token`].
    pub claims_in_id_token: bool,
    /// See [`Client::policy`].
    pub policy: ServicePolicy,
    /// Whether the body is a public one: then its services take the means of other states.
    pub public: bool,
    /// See [`Client::tenant`].
    pub tenant: String,
    /// See [`Client::attribute_set`].
    pub attribute_set: String,
    /// See [`Client::attribute_sets`].
    pub attribute_sets: Vec<(&'static str, String)>,
    /// See [`Client::consumer`].
    pub consumer: Option<u16>,
    /// See [`Client::purpose`].
    pub purpose: Option<Purpose>,
    /// What pages show where the client says nothing.
    pub branding: Branding,
    /// What counts of the certificates that clients show.
    pub certificates: Certificates,
    /// Whether addresses may be on this machine.
    pub development: bool,
}

/// What counts of the certificates that clients show (RFC 8705).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Certificates {
    /// None: nobody is asked for one.
    None,
    /// The key of one, which the client registered: no authority is known here.
    Keys,
    /// Also the name in one that a known authority issued.
    KeysAndNames,
}

/// What a client said of itself, with the operator's decisions in it.
#[derive(Clone, Debug)]
pub struct Registration {
    metadata: ClientMetadata,
    said: Said,
}

impl Registration {
    /// From the members of a request or of a stored document; members that nobody knows are dropped.
    ///
    /// # Errors
    /// What is wrong with the request as a whole.
    pub fn parse(mut members: Map<String, Value>, template: &Template) -> Result<Self, Wrong> {
        // RFC 7592, section 2.2: a null is an omission.
        members.retain(|_, value| !value.is_null());
        let said = Said::parse(&members)?;
        let metadata: ClientMetadata =
            serde_json::from_value(members.into()).map_err(|_| said::TYPES)?;
        let ClientMetadata {
            legacy_without_pkce,
            session_reuse_level,
            information,
            access_token_format,
            resources,
            legacy_assertion_audience,
            ..
        } = template.metadata.clone();
        let profile = metadata.profile.clone().or_else(|| template.profiles.first().cloned());
        let method = metadata.token_endpoint_auth_method.clone();
        let metadata = ClientMetadata {
            profile,
            token_endpoint_auth_method: Some(method.unwrap_or_else(|| DEFAULT_METHOD.to_owned())),
            legacy_without_pkce,
            session_reuse_level,
            information,
            access_token_format,
            resources,
            legacy_assertion_audience,
            development: template.development,
            ..metadata
        };
        Ok(Self { metadata, said })
    }

    /// Everything that is registered, with registered names: for the registry and for the client.
    ///
    /// # Errors
    /// Never: every member is JSON already.
    pub fn document(&self) -> Result<Map<String, Value>, serde_json::Error> {
        let mut document = Map::new();
        for value in [serde_json::to_value(&self.metadata)?, self.said.value()?] {
            if let Value::Object(members) = value {
                document.extend(members);
            }
        }
        let defaults = [
            ("application_type", "web".into()),
            ("response_types", vec!["code"].into()),
            ("grant_types", vec!["authorization_code"].into()),
            ("subject_type", "pairwise".into()),
        ];
        for (name, value) in defaults {
            document.entry(name).or_insert(value);
        }
        Ok(document)
    }

    /// The document that must list every redirect URI, if there is one.
    #[must_use]
    pub fn sector_identifier_uri(&self) -> Option<&str> {
        self.said.sector_identifier_uri.as_deref()
    }

    /// Whether the document at `sector_identifier_uri` lists every redirect URI
    /// (OpenID Connect Registration 1.0, section 5).
    #[must_use]
    pub fn is_listed_in(&self, document: &[u8]) -> bool {
        let listed: Option<BTreeSet<String>> = serde_json::from_slice(document).ok();
        listed.is_some_and(|listed| {
            self.metadata.redirect_uris.iter().all(|uri| listed.contains(uri))
        })
    }

    /// The client of that name, with that secret if it needs one.
    ///
    /// # Errors
    /// Everything that is wrong with what it said.
    pub fn client(
        &self,
        id: ClientId,
        secret: &[u8],
        template: &Template,
    ) -> Result<Client, Vec<Wrong>> {
        let mut wrongs = Vec::new();
        let protocol = self.metadata.check();
        let protocol = protocol.map_err(|found| wrongs.extend(found)).ok();
        let mut note = |outcome: Result<(), Wrong>| wrongs.extend(outcome.err());
        note(self.allowed(template));
        let bound =
            protocol.as_ref().is_some_and(|it| it.token_binding == TokenBinding::Certificate);
        if bound && template.certificates == Certificates::None {
            let member = "tls_client_certificate_bound_access_tokens";
            note(Err(wrong(member, "is not offered here", "see the discovery document")));
        }
        let addresses = self.said.check(&self.metadata.redirect_uris, template.development);
        for wrong in addresses {
            note(Err(wrong));
        }
        let keys = self.keys(template).map_err(|wrong| note(Err(wrong))).unwrap_or_default();
        for wrong in protocol.iter().flat_map(|protocol| undecipherable(protocol, &keys)) {
            note(Err(wrong));
        }
        let authentication =
            self.authentication(&keys, secret, template).map_err(|wrong| note(Err(wrong))).ok();
        let sector = self.sector(&id).map_err(|wrong| note(Err(wrong))).ok();
        match (protocol, authentication, sector) {
            (Some(protocol), Some(authentication), Some(sector)) if wrongs.is_empty() => {
                Ok(Client {
                    branding: self.branding(&template.branding),
                    scopes: self.scopes(template, protocol.grants),
                    id,
                    protocol,
                    authentication,
                    keys,
                    minimum_level: template.minimum_level,
                    upstreams: template.upstreams.clone(),
                    claims_profile: template.claims_profile,
                    claims_in_id_token: template.claims_in_id_token,
                    subject_type: SubjectType::Pairwise,
                    sector,
                    tenant: template.tenant.clone(),
                    attribute_set: template.attribute_set.clone(),
                    attribute_sets: template.attribute_sets.clone(),
                    consumer: template.consumer,
                    purpose: template.purpose,
                    mandate: Mandate::default(),
                    policy: template.policy.clone(),
                    entitlements: None,
                    federated: None,
                })
            }
            _ => Err(wrongs),
        }
    }

    fn method(&self) -> &str {
        self.metadata.token_endpoint_auth_method.as_deref().unwrap_or(DEFAULT_METHOD)
    }

    fn allowed(&self, template: &Template) -> Result<(), Wrong> {
        let profile = self.metadata.profile.as_ref();
        if profile.is_some_and(|profile| !template.profiles.contains(profile)) {
            return Err(wrong("profile", "is not offered here", "leave it out"));
        }
        if self.said.subject_type.as_deref().is_some_and(|name| name != "pairwise") {
            return Err(wrong("subject_type", "is not pairwise", "write pairwise"));
        }
        Ok(())
    }

    /// `offline_access` comes with the grant type, and only with it.
    fn scopes(&self, template: &Template, grants: Grants) -> Scopes {
        let scopes = match &self.said.scope {
            Some(asked) => template.scopes.and(&Scopes::parse(asked)),
            None => template.scopes.clone(),
        };
        let offline = grants.refresh_token.then_some(Scope::OfflineAccess);
        scopes.without(Scope::OfflineAccess).iter().chain(offline).collect()
    }

    fn keys(&self, template: &Template) -> Result<ClientKeys, Wrong> {
        match (&self.said.jwks, &self.said.jwks_uri) {
            (None, None) => Ok(ClientKeys::None),
            (Some(_), Some(_)) => {
                Err(wrong("jwks_uri", "stands beside jwks", "leave one of the two out"))
            }
            (Some(set), None) => PublicKeys::parse(set.to_string().as_bytes())
                .map(ClientKeys::registered)
                .map_err(|fault| wrong("jwks", fault.to_string(), "write a set of public keys")),
            (None, Some(uri)) => {
                FetchUrl::parse(uri, &[], template.development).map(ClientKeys::published).map_err(
                    |fault| wrong("jwks_uri", fault.to_string(), "write a public https address"),
                )
            }
        }
    }

    fn authentication(
        &self,
        keys: &ClientKeys,
        secret: &[u8],
        template: &Template,
    ) -> Result<AuthenticationMethod, Wrong> {
        const METHOD: &str = "token_endpoint_auth_method";
        let method = self.method();
        if matches!(method, "private_key_jwt" | "self_signed_tls_client_auth") && keys.is_none() {
            return Err(wrong("jwks", "is missing, and the client proves itself by a key", KEYS));
        }
        match method {
            "client_secret_basic" => Ok(AuthenticationMethod::SecretBasic(sha256(secret))),
            "client_secret_post" => Ok(AuthenticationMethod::SecretPost(sha256(secret))),
            "client_secret_jwt" => {
                let secret = Arc::new(SecretSlice::from(secret.to_vec()));
                Ok(AuthenticationMethod::SecretJwt(secret))
            }
            "private_key_jwt" => Ok(AuthenticationMethod::PrivateKeyJwt),
            "tls_client_auth" if template.certificates == Certificates::KeysAndNames => {
                self.certificate_name().map(AuthenticationMethod::TlsClientAuth)
            }
            "self_signed_tls_client_auth" if template.certificates != Certificates::None => {
                Ok(AuthenticationMethod::SelfSignedTlsClientAuth)
            }
            "none" => Ok(AuthenticationMethod::None),
            _ => Err(wrong(METHOD, "is not offered here", "see the discovery document")),
        }
    }

    /// RFC 8705, section 2.1.2: exactly one of the five members.
    fn certificate_name(&self) -> Result<CertificateName, Wrong> {
        let mut names = CertificateName::MEMBERS
            .into_iter()
            .filter_map(|member| Some((member, self.said.certificate_names.get(member)?)));
        match (names.next(), names.next()) {
            (Some((member, text)), None) => CertificateName::parse(member, text)
                .map_err(|found| wrong(member, found, "write the name in the certificate")),
            _ => Err(wrong(
                "tls_client_auth_subject_dn",
                "exactly one name of the client's certificate must be given",
                "write one tls_client_auth_… member",
            )),
        }
    }

    /// OpenID Connect Core 1.0, section 8.1. What runs on devices has no host of its own.
    fn sector(&self, id: &ClientId) -> Result<String, Wrong> {
        const SECTOR: &str = "sector_identifier_uri";
        let host = |uri: &str| Url::parse(uri).ok()?.host_str().map(str::to_owned);
        if let Some(uri) = &self.said.sector_identifier_uri {
            return FetchUrl::parse(uri, &[], true).ok().and_then(|_| host(uri)).ok_or_else(|| {
                wrong(SECTOR, "is not an https address", "write https://host/path")
            });
        }
        if self.metadata.application_type.as_deref() == Some("native") {
            return Ok(id.as_str().to_owned());
        }
        let hosts: BTreeSet<Option<String>> =
            self.metadata.redirect_uris.iter().map(|uri| host(uri)).collect();
        let mut hosts = hosts.into_iter();
        match (hosts.next(), hosts.next()) {
            (Some(Some(host)), None) => Ok(host),
            // Reported with the addresses.
            (None | Some(None), _) => Ok(String::new()),
            _ => Err(wrong(
                SECTOR,
                "is missing, and the redirect URIs have several hosts",
                "publish a document that lists them, and name it here",
            )),
        }
    }

    /// The name never stands alone: whoever registers may write what they like, and the host is theirs.
    fn branding(&self, usual: &Branding) -> Branding {
        let host = self.metadata.redirect_uris.first();
        let host = host.and_then(|uri| Url::parse(uri).ok()?.host_str().map(str::to_owned));
        let host = host.unwrap_or_default();
        let shown = |name: &str| format!("{name} ({host})");
        let names = Locale::ALL.into_iter().filter_map(|locale| {
            let name = self.said.name(locale)?;
            Some((locale, shown(name)))
        });
        let mut names: Vec<(Locale, String)> = names.collect();
        if names.iter().all(|(locale, _)| *locale != Locale::It) {
            let any = self.said.any_name().unwrap_or_else(|| usual.name.get(Locale::It));
            names.push((Locale::It, shown(any)));
        }
        let or = |said: &Option<String>, usual: &String| said.as_ref().unwrap_or(usual).clone();
        let mut assistance = usual.assistance.clone();
        if let Some(mail) = self.said.contacts.iter().find(|contact| contact.contains('@')) {
            assistance = super::Assistance { email: Some(mail.clone()), ..Default::default() };
        }
        Branding {
            name: Texts::new(names).unwrap_or_else(|| usual.name.clone()),
            legal_uri: or(&self.said.tos_uri, &usual.legal_uri),
            privacy_uri: or(&self.said.policy_uri, &usual.privacy_uri),
            initiate_login_uri: or(&self.said.initiate_login_uri, &usual.initiate_login_uri),
            assistance,
            ..usual.clone()
        }
    }
}

/// What is to be encrypted needs a key of the client.
fn undecipherable(protocol: &Protocol, keys: &ClientKeys) -> Vec<Wrong> {
    let without = protocol
        .encrypted()
        .filter(|(_, how)| keys.cannot_decrypt(how.key))
        .map(|(member, _)| wrong(member, "has no key to encrypt for", KEYS));
    without.collect()
}

fn wrong(member: &'static str, wrong: impl Into<String>, remedy: &'static str) -> Wrong {
    Wrong { member, wrong: wrong.into(), remedy }
}

/// RFC 7591, section 2.
const DEFAULT_METHOD: &str = "client_secret_basic";
const KEYS: &str = "write jwks or jwks_uri";
