//! How a relying party proves who it is, and its public keys.
//!
//! Not whether the method is strong enough for its profile: `oidc` knows that.

use std::sync::Arc;

use secrecy::{ExposeSecret as _, SecretSlice};

use super::super::Problems;
use super::super::secret;
use super::super::section::{File, Section};
use crate::crypto::digest::sha256;
use crate::crypto::jwk::PublicKeys;
use crate::effects::FetchUrl;
use crate::oidc::ClientKeys;
use crate::oidc::client::{AuthenticationMethod, CertificateName, ClientMetadata, Protocol};

/// The registered method, with what it needs.
pub(super) fn method(
    file: &File<'_>,
    root: &Section<'_>,
    metadata: &ClientMetadata,
    keys: &ClientKeys,
    problems: &mut Problems,
) -> Option<AuthenticationMethod> {
    let name = metadata.token_endpoint_auth_method.as_deref().unwrap_or("client_secret_basic");
    if matches!(name, "private_key_jwt" | "self_signed_tls_client_auth")
        && keys.is_none()
        && !root.has("jwks_file")
        && !root.has("jwks_uri")
    {
        root.text("jwks_file", JWKS, problems)?;
    }
    let mut secret = || secret::read(file, root, "client_secret", 32, problems);
    let digest = |secret: SecretSlice<u8>| sha256(secret.expose_secret());
    match name {
        "client_secret_basic" => secret().map(digest).map(AuthenticationMethod::SecretBasic),
        "client_secret_post" => secret().map(digest).map(AuthenticationMethod::SecretPost),
        "client_secret_jwt" => secret().map(Arc::new).map(AuthenticationMethod::SecretJwt),
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

/// What a client signs, or wants encrypted, needs a key of it.
pub(super) fn check_keys(
    root: &Section<'_>,
    protocol: &Protocol,
    keys: &ClientKeys,
    problems: &mut Problems,
) {
    if protocol.requests.signed_only && keys.is_none() {
        let key = "require_signed_request_object";
        let remedy = "write jwks_file or jwks_uri";
        root.wrong(problems, key, "the client has no key to sign its requests with", remedy);
    }
    for (key, wanted) in protocol.encrypted() {
        if keys.cannot_decrypt(wanted.key) {
            let remedy = "add a key with \"use\": \"enc\" to the client's JWK set";
            root.wrong(problems, key, "the client has no encryption key for it", remedy);
        }
    }
}

/// The keys in the file that `jwks_file` names, or at `jwks_uri`; none without both. In development the
/// address may be on this machine.
pub(super) fn keys(
    file: &File<'_>,
    root: &Section<'_>,
    development: bool,
    problems: &mut Problems,
) -> ClientKeys {
    let path = root.optional_text("jwks_file", problems);
    let uri = root.optional_text("jwks_uri", problems);
    match (path, uri) {
        (None, None) => ClientKeys::None,
        (Some(path), None) => {
            let set = file.content_beside(path).map_err(|cause| cause.to_string());
            match set
                .and_then(|octets| PublicKeys::parse(&octets).map_err(|fault| fault.to_string()))
            {
                Ok(keys) => ClientKeys::registered(keys),
                Err(wrong) => {
                    root.wrong(problems, "jwks_file", wrong, JWKS);
                    ClientKeys::None
                }
            }
        }
        (None, Some(uri)) => match FetchUrl::parse(uri, &[], development) {
            Ok(uri) => ClientKeys::published(uri),
            Err(fault) => {
                let remedy = "write the https address of the client's JWK set";
                root.wrong(problems, "jwks_uri", fault.to_string(), remedy);
                ClientKeys::None
            }
        },
        (Some(_), Some(_)) => {
            root.wrong(problems, "jwks_uri", "stands beside jwks_file", "leave one of the two out");
            ClientKeys::None
        }
    }
}

const JWKS: &str = "name the client's JWK set (JSON, public keys only), beside this file";
const NAMES: &str =
    "write a subject as CN=portale,O=Ente,C=IT, an address as 192.0.2.1 or 2001:db8::1";
