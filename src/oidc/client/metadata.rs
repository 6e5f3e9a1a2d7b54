//! Client metadata as it is written, by an operator in a file or by a client that registers itself
//! (RFC 7591, section 2; OpenID Connect Registration 1.0, section 2; RFC 9126, 9101, 9449, 8705).
//!
//! Not secrets, keys, names or colours: whoever reads those adds them to the client. Members have
//! their registered names; what FAPI 2.0 demands is implied by the profile and may not be denied.

#[cfg(test)]
mod tests;
mod wrong;

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::IdTokenAlgorithm as SigningAlgorithm;
use super::protocol::{
    AccessTokenFormat, ApplicationType, Assertions, Grants, Information, Profile, Protocol,
    Requests, SessionReuse, TokenBinding,
};
use crate::crypto::jwk::SignatureAlgorithm;
use crate::terms::Level;
pub use wrong::Wrong;
use wrong::Wrongs;

/// The members, none of them checked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[expect(clippy::struct_excessive_bools, reason = "the registered members are what they are")]
pub struct ClientMetadata {
    /// Whether redirect URIs may be on this machine: the broker's environment says it, never who writes.
    #[serde(skip)]
    pub development: bool,
    /// `standard`, `fapi2` or `fapi2_message_signing`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub profile: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub application_type: Option<String>,
    pub redirect_uris: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub post_logout_redirect_uris: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub response_types: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub grant_types: Vec<String>,
    /// By default `client_secret_basic`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_endpoint_auth_method: Option<String>,
    /// How its assertions are signed; by default as the profile allows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_endpoint_auth_signing_alg: Option<String>,
    /// Whether its assertions may name the token endpoint as their audience.
    pub legacy_assertion_audience: bool,
    pub legacy_without_pkce: bool,
    pub require_pushed_authorization_requests: bool,
    pub require_signed_request_object: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_max_age: Option<u64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub default_acr_values: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authorization_signed_response_alg: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id_token_signed_response_alg: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id_token_encrypted_response_alg: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id_token_encrypted_response_enc: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub userinfo_signed_response_alg: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub userinfo_encrypted_response_alg: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub userinfo_encrypted_response_enc: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub introspection_signed_response_alg: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub introspection_encrypted_response_alg: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub introspection_encrypted_response_enc: Option<String>,
    pub dpop_bound_access_tokens: bool,
    pub tls_client_certificate_bound_access_tokens: bool,
    /// `opaque` (default), or the algorithm of a JWT (RFC 9068).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub access_token_format: Option<String>,
    /// Absolute URIs of resource servers (RFC 8707).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub resources: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backchannel_logout_uri: Option<String>,
    pub backchannel_logout_session_required: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub frontchannel_logout_uri: Option<String>,
    pub frontchannel_logout_session_required: bool,
    /// The highest level that is reused; 0: none. By default 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session_reuse_level: Option<u8>,
    /// `none` (default), `notice` or `consent`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub information: Option<String>,
}

impl ClientMetadata {
    /// What it amounts to, once everything fits together.
    ///
    /// # Errors
    /// Every mistake, in the order of the members.
    pub fn check(&self) -> Result<Protocol, Vec<Wrong>> {
        let mut wrongs = Wrongs::default();
        let profile = wrongs.word("profile", self.profile.as_deref(), &PROFILES);
        let application_type =
            wrongs.word("application_type", self.application_type.as_deref(), &APPLICATIONS);
        // Without the code flow no browser comes back.
        let code = |name: &String| name == "authorization_code";
        let needed = self.grant_types.is_empty() || self.grant_types.iter().any(code);
        if needed || !self.redirect_uris.is_empty() {
            wrongs.redirect_uris(&self.redirect_uris, application_type, self.development);
        }
        wrongs.addresses("post_logout_redirect_uris", &self.post_logout_redirect_uris);
        if self.response_types.iter().any(|name| name != "code") {
            wrongs.add("response_types", "holds another type than code", "write [\"code\"]");
        }
        let assertions = self.authentication(profile, &mut wrongs);
        let first = if profile.is_fapi2() { &FAPI_ALGORITHMS[..] } else { &ALGORITHMS[..] };
        let protocol = Protocol {
            profile,
            application_type,
            redirect_uris: self.redirect_uris.clone(),
            post_logout_redirect_uris: self.post_logout_redirect_uris.clone(),
            grants: self.grants(&mut wrongs),
            requests: self.requests(profile, &mut wrongs),
            assertions,
            authorization_response_algorithm: wrongs.word(
                "authorization_signed_response_alg",
                self.authorization_signed_response_alg.as_deref(),
                first,
            ),
            id_token_algorithm: wrongs.word(
                "id_token_signed_response_alg",
                self.id_token_signed_response_alg.as_deref(),
                first,
            ),
            id_token_encryption: wrongs.encryption(
                ["id_token_encrypted_response_alg", "id_token_encrypted_response_enc"],
                self.id_token_encrypted_response_alg.as_deref(),
                self.id_token_encrypted_response_enc.as_deref(),
            ),
            userinfo_algorithm: wrongs.optional_word(
                "userinfo_signed_response_alg",
                self.userinfo_signed_response_alg.as_deref(),
                first,
            ),
            userinfo_encryption: wrongs.encryption(
                ["userinfo_encrypted_response_alg", "userinfo_encrypted_response_enc"],
                self.userinfo_encrypted_response_alg.as_deref(),
                self.userinfo_encrypted_response_enc.as_deref(),
            ),
            introspection_algorithm: wrongs.optional_word(
                "introspection_signed_response_alg",
                self.introspection_signed_response_alg.as_deref(),
                first,
            ),
            introspection_encryption: wrongs.encryption(
                ["introspection_encrypted_response_alg", "introspection_encrypted_response_enc"],
                self.introspection_encrypted_response_alg.as_deref(),
                self.introspection_encrypted_response_enc.as_deref(),
            ),
            token_binding: self.token_binding(profile, &mut wrongs),
            access_token_format: self.access_token_format(first, &mut wrongs),
            resources: wrongs.resources(&self.resources),
            backchannel_logout: wrongs.channel(
                "backchannel_logout_uri",
                self.backchannel_logout_uri.as_ref(),
                self.backchannel_logout_session_required,
            ),
            frontchannel_logout: wrongs.channel(
                "frontchannel_logout_uri",
                self.frontchannel_logout_uri.as_ref(),
                self.frontchannel_logout_session_required,
            ),
            session_reuse: self.session_reuse(&mut wrongs),
            information: wrongs.word("information", self.information.as_deref(), &INFORMATION),
        };
        if wrongs.0.is_empty() { Ok(protocol) } else { Err(wrongs.0) }
    }

    /// FAPI 2.0 Security Profile, section 5.3.2.1: a key or a certificate, never a secret.
    fn authentication(&self, profile: Profile, wrongs: &mut Wrongs) -> Assertions {
        let member = "token_endpoint_auth_method";
        let method = self.token_endpoint_auth_method.as_deref().unwrap_or("client_secret_basic");
        if !METHODS.contains(&method) {
            let wrong = format!("is none of {}", METHODS.join(", "));
            wrongs.add(member, wrong, "write one of the known words");
        } else if profile.is_fapi2() && !FAPI_METHODS.contains(&method) {
            let remedy = "write private_key_jwt, tls_client_auth or self_signed_tls_client_auth";
            wrongs.add(member, "is not strong enough for FAPI 2.0", remedy);
        } else if method == "none" && self.legacy_without_pkce {
            wrongs.add("legacy_without_pkce", "a public client must use PKCE", "leave it out");
        }
        if self.legacy_assertion_audience && profile.is_fapi2() {
            let wrong = "FAPI 2.0 demands the issuer as audience";
            wrongs.add("legacy_assertion_audience", wrong, "leave it out");
        }
        let algorithm = self.assertion_algorithm(method, profile, wrongs);
        Assertions { algorithm, legacy_audience: self.legacy_assertion_audience }
    }

    fn assertion_algorithm(
        &self,
        method: &str,
        profile: Profile,
        wrongs: &mut Wrongs,
    ) -> Option<SignatureAlgorithm> {
        let member = "token_endpoint_auth_signing_alg";
        let name = self.token_endpoint_auth_signing_alg.as_deref()?;
        if method == "client_secret_jwt" {
            if name != "HS256" {
                wrongs.add(member, "is not the one of a secret", "write HS256, or leave it out");
            }
            return None;
        }
        let algorithm = SignatureAlgorithm::parse(name);
        let allowed = |one: &SignatureAlgorithm| {
            !profile.is_fapi2() || SignatureAlgorithm::FAPI2.contains(one)
        };
        if !algorithm.as_ref().is_some_and(allowed) {
            wrongs.add(member, "is not one of the profile", "write PS256, ES256 or EdDSA");
        }
        algorithm
    }

    fn grants(&self, wrongs: &mut Wrongs) -> Grants {
        let known = ["authorization_code", "refresh_token", TOKEN_EXCHANGE];
        if self.grant_types.iter().any(|name| !known.contains(&name.as_str())) {
            wrongs.add(
                "grant_types",
                "holds a grant type that is not served",
                "write some of authorization_code, refresh_token, \
                 urn:ietf:params:oauth:grant-type:token-exchange",
            );
        }
        let has = |name: &str| self.grant_types.iter().any(|known| known == name);
        Grants { refresh_token: has("refresh_token"), token_exchange: has(TOKEN_EXCHANGE) }
    }

    fn requests(&self, profile: Profile, wrongs: &mut Wrongs) -> Requests {
        if self.legacy_without_pkce && profile.is_fapi2() {
            wrongs.add("legacy_without_pkce", "FAPI 2.0 demands PKCE", "leave it out");
        }
        let levels: Vec<Level> =
            self.default_acr_values.iter().filter_map(|uri| Level::from_uri(uri)).collect();
        if levels.len() != self.default_acr_values.len() {
            wrongs.add(
                "default_acr_values",
                "holds something else than a level",
                "write https://www.spid.gov.it/SpidL1, …L2 or …L3",
            );
        }
        Requests {
            pushed_only: self.require_pushed_authorization_requests || profile.is_fapi2(),
            signed_only: self.require_signed_request_object
                || profile == Profile::Fapi2MessageSigning,
            legacy_without_pkce: self.legacy_without_pkce,
            default_max_age: self.default_max_age.map(Duration::from_secs),
            default_level: levels.into_iter().min(),
        }
    }

    fn token_binding(&self, profile: Profile, wrongs: &mut Wrongs) -> TokenBinding {
        let certificate = self.tls_client_certificate_bound_access_tokens;
        match (self.dpop_bound_access_tokens, certificate) {
            (true, true) => {
                wrongs.add(
                    "dpop_bound_access_tokens",
                    "tokens cannot be bound to a certificate as well",
                    "leave one of the two out",
                );
                TokenBinding::Dpop
            }
            (_, true) => TokenBinding::Certificate,
            (true, false) => TokenBinding::Dpop,
            // FAPI 2.0 knows no bearer tokens (Security Profile, section 5.3.2.1).
            (false, false) if profile.is_fapi2() => TokenBinding::Dpop,
            (false, false) => TokenBinding::Bearer,
        }
    }

    fn access_token_format(
        &self,
        algorithms: &[(&'static str, SigningAlgorithm)],
        wrongs: &mut Wrongs,
    ) -> AccessTokenFormat {
        match self.access_token_format.as_deref() {
            None | Some("opaque") => AccessTokenFormat::Opaque,
            name => AccessTokenFormat::Jwt(wrongs.word("access_token_format", name, algorithms)),
        }
    }

    fn session_reuse(&self, wrongs: &mut Wrongs) -> SessionReuse {
        match self.session_reuse_level {
            None => SessionReuse::default(),
            Some(0) => SessionReuse { highest: None },
            Some(number) => {
                let highest = Level::try_from(number).ok();
                if highest.is_none() {
                    wrongs.add("session_reuse_level", "is not a level", "write 0, 1, 2 or 3");
                }
                SessionReuse { highest }
            }
        }
    }
}

const TOKEN_EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
const METHODS: [&str; 7] = [
    "client_secret_basic",
    "client_secret_post",
    "client_secret_jwt",
    "private_key_jwt",
    "tls_client_auth",
    "self_signed_tls_client_auth",
    "none",
];
const FAPI_METHODS: [&str; 3] =
    ["private_key_jwt", "tls_client_auth", "self_signed_tls_client_auth"];
const PROFILES: [(&str, Profile); 3] = [
    ("standard", Profile::Standard),
    ("fapi2", Profile::Fapi2),
    ("fapi2_message_signing", Profile::Fapi2MessageSigning),
];
const APPLICATIONS: [(&str, ApplicationType); 2] =
    [("web", ApplicationType::Web), ("native", ApplicationType::Native)];
const INFORMATION: [(&str, Information); 3] = [
    ("none", Information::None),
    ("notice", Information::Notice),
    ("consent", Information::Consent),
];
const ALGORITHMS: [(&str, SigningAlgorithm); 3] = [
    ("RS256", SigningAlgorithm::RS256),
    ("PS256", SigningAlgorithm::PS256),
    ("ES256", SigningAlgorithm::ES256),
];
/// FAPI 2.0 Security Profile, section 5.4.1.
const FAPI_ALGORITHMS: [(&str, SigningAlgorithm); 2] =
    [("PS256", SigningAlgorithm::PS256), ("ES256", SigningAlgorithm::ES256)];
