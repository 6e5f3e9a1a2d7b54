//! Whether resolved metadata can be used at all: that what a role cannot do without is there, and that no
//! policy has emptied it (OpenID Federation 1.0, section 6.1.4.2; OpenID Connect Discovery 1.0, section 3;
//! OpenID Connect Registration 1.0, section 2).
//!
//! Not whether we support what it says: who uses the metadata chooses among it.

use serde_json::{Map, Value};

use super::fault::{Place, PolicyFault};

/// What a parameter must be.
#[derive(Clone, Copy)]
enum Form {
    /// Text that is not empty.
    Text,
    /// A list of texts that is not empty.
    Texts,
}

/// What a provider cannot do without (OpenID Federation 1.0, section 5.1.3).
const PROVIDER: [(&str, Form); 7] = [
    ("issuer", Form::Text),
    ("authorization_endpoint", Form::Text),
    ("token_endpoint", Form::Text),
    ("response_types_supported", Form::Texts),
    ("subject_types_supported", Form::Texts),
    ("id_token_signing_alg_values_supported", Form::Texts),
    ("client_registration_types_supported", Form::Texts),
];

/// What a relying party cannot do without (section 5.1.2).
const RELYING_PARTY: [(&str, Form); 2] =
    [("redirect_uris", Form::Texts), ("client_registration_types", Form::Texts)];

/// Where keys are.
const KEYS: [&str; 3] = ["jwks", "jwks_uri", "signed_jwks_uri"];

/// That an `openid_provider` or an `openid_relying_party` can be one with this metadata. Of other entity
/// types nothing is known here.
///
/// # Errors
/// [`PolicyFault::Broken`] with the first parameter that is wrong.
pub fn check_resolved(entity_type: &str, metadata: &Map<String, Value>) -> Result<(), PolicyFault> {
    let needed: &[(&str, Form)] = match entity_type {
        "openid_provider" => &PROVIDER,
        "openid_relying_party" => &RELYING_PARTY,
        _ => return Ok(()),
    };
    let broken = |name: &str| Err(PolicyFault::Broken(Place::new(entity_type, name)));
    for (name, form) in needed {
        let text = |value: &Value| value.as_str().is_some_and(|text| !text.is_empty());
        let sound = metadata.get(*name).is_some_and(|value| match form {
            Form::Text => text(value),
            Form::Texts => {
                value.as_array().is_some_and(|list| !list.is_empty() && list.iter().all(text))
            }
        });
        if !sound {
            return broken(name);
        }
    }
    if KEYS.iter().any(|name| metadata.contains_key(*name)) { Ok(()) } else { broken("jwks") }
}
