//! How a relying party proves who it is, and its public keys.
//!
//! Not whether the method is strong enough for its profile: `oidc` knows that.

use std::sync::Arc;

use jsonwebtoken::jwk::{Jwk, JwkSet};
use jsonwebtoken::{Algorithm, DecodingKey};
use secrecy::ExposeSecret as _;

use super::super::Problems;
use super::super::secret;
use super::super::section::{File, Section};
use crate::crypto::digest::sha256;
use crate::oidc::client::{AuthenticationMethod, CertificateName, ClientKey, ClientMetadata};

/// The registered method, with what it needs.
pub(super) fn method(
    file: &File,
    root: &Section<'_>,
    metadata: &ClientMetadata,
    keys: &[ClientKey],
    problems: &mut Problems,
) -> Option<AuthenticationMethod> {
    let name = metadata.token_endpoint_auth_method.as_deref().unwrap_or("client_secret_basic");
    if matches!(name, "private_key_jwt" | "self_signed_tls_client_auth") && keys.is_empty() {
        root.text("jwks_file", JWKS, problems)?;
    }
    let mut digest = || {
        let secret = secret::read(file, root, "client_secret", 32, problems)?;
        Some(sha256(secret.expose_secret()))
    };
    match name {
        "client_secret_basic" => digest().map(AuthenticationMethod::SecretBasic),
        "client_secret_post" => digest().map(AuthenticationMethod::SecretPost),
        "private_key_jwt" => Some(AuthenticationMethod::PrivateKeyJwt),
        "tls_client_auth" => {
            certificate_name(root, problems).map(AuthenticationMethod::TlsClientAuth)
        }
        "self_signed_tls_client_auth" => Some(AuthenticationMethod::SelfSignedTlsClientAuth),
        "none" => Some(AuthenticationMethod::None),
        // Reported with the other members.
        _ => None,
    }
}

/// Exactly one of the five members of RFC 8705, section 2.1.2.
fn certificate_name(root: &Section<'_>, problems: &mut Problems) -> Option<CertificateName> {
    let mut found = Vec::new();
    for key in CertificateName::MEMBERS {
        let Some(text) = root.optional_text(key, problems) else {
            continue;
        };
        match CertificateName::parse(key, text) {
            Ok(name) => found.push(name),
            Err(wrong) => {
                root.wrong(problems, key, wrong, NAMES);
                return None;
            }
        }
    }
    if found.len() == 1 {
        return found.pop();
    }
    root.wrong(
        problems,
        "tls_client_auth_subject_dn",
        "exactly one name of the client's certificate must be given",
        "write one of tls_client_auth_subject_dn, tls_client_auth_san_dns, tls_client_auth_san_uri, \
         tls_client_auth_san_ip, tls_client_auth_san_email",
    );
    None
}

/// The keys in the file that `jwks_file` names; none without it.
pub(super) fn keys(file: &File, root: &Section<'_>, problems: &mut Problems) -> Arc<[ClientKey]> {
    let Some(path) = root.optional_text("jwks_file", problems) else {
        return Arc::default();
    };
    let set = std::fs::read(file.beside(path))
        .ok()
        .and_then(|octets| serde_json::from_slice::<JwkSet>(&octets).ok());
    let Some(set) = set else {
        root.wrong(problems, "jwks_file", "cannot be read as a JWK set", JWKS);
        return Arc::default();
    };
    let keys: Vec<ClientKey> = set.keys.iter().filter_map(client_key).collect();
    if keys.is_empty() {
        root.wrong(
            problems,
            "jwks_file",
            "holds no key for RS256, PS256 or ES256",
            "each key needs \"alg\": RS256, PS256 or ES256",
        );
    }
    keys.into()
}

const JWKS: &str = "name the client's JWK set (JSON, public keys only), beside this file";
const NAMES: &str =
    "write a subject as CN=portale,O=Ente,C=IT, an address as 192.0.2.1 or 2001:db8::1";

/// One key, bound to the one algorithm its `alg` names: never to what a token claims.
fn client_key(jwk: &Jwk) -> Option<ClientKey> {
    let algorithm = match jwk.common.key_algorithm?.to_string().as_str() {
        "RS256" => Algorithm::RS256,
        "PS256" => Algorithm::PS256,
        "ES256" => Algorithm::ES256,
        _ => return None,
    };
    Some(ClientKey {
        kid: jwk.common.key_id.clone(),
        algorithm,
        key: DecodingKey::from_jwk(jwk).ok()?,
    })
}
