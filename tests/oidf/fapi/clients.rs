//! The clients of FAPI 2.0: two for each combination, their keys, certificates and files.
//!
//! Not made by registration: an operator would write the same files.

use std::path::Path;
use std::sync::LazyLock;

use jsonwebtoken::Algorithm;
use serde_json::json;

use super::Combination;
use crate::browser::Arrival;
use crate::keys::{Authority, Certificate, Key};
use crate::relying_party::{Asked, CALLBACK, WITHOUT_EIDAS, rest_of_file};
use crate::world::ISSUER;

/// One client.
pub(crate) struct Client {
    pub(crate) id: String,
    combination: Combination,
    pub(crate) redirect_uri: &'static str,
    /// It signs assertions and request objects.
    pub(crate) key: &'static Key,
    /// An RSA key that is registered nowhere.
    pub(crate) rsa: &'static Key,
    /// It signs proofs.
    pub(crate) proof_key: &'static Key,
    pub(crate) certificate: Certificate,
}

/// The callback of every second client has a query.
const SECOND_CALLBACK: &str = "https://suite.test/callback?dummy=lorem";

/// The two clients of a combination.
pub(crate) fn of(combination: Combination) -> [&'static Client; 2] {
    let mut found = CLIENTS.iter().filter(|client| client.combination == combination);
    [found.next().unwrap(), found.next().unwrap()]
}

/// Writes all of their files.
pub(crate) fn write(folder: &Path) {
    for client in CLIENTS.iter() {
        client.write(folder);
    }
}

/// The authority that the broker trusts for certificates of clients.
pub(crate) static AUTHORITY: LazyLock<Authority> = LazyLock::new(Authority::new);

static CLIENTS: LazyLock<Vec<Client>> = LazyLock::new(|| {
    // Keys are dear: all first clients share one set, all second ones another.
    let leak = |key: Key| -> &'static Key { Box::leak(Box::new(key)) };
    let rsa = leak(Key::rsa("unknown", Algorithm::PS256));
    let keys = [
        (leak(Key::rsa("first", Algorithm::PS256)), leak(Key::p256("first proof")), CALLBACK),
        (leak(Key::p256("second")), leak(Key::p256("second proof")), SECOND_CALLBACK),
    ];
    let mut all = Vec::new();
    for (key, dpop, signed) in
        [false, true].into_iter().flat_map(|signed| COMBINATIONS.map(|(k, d)| (k, d, signed)))
    {
        for (at, (signing, proof_key, redirect_uri)) in keys.into_iter().enumerate() {
            let word = |yes, one: &'static str, other| if yes { one } else { other };
            let id = format!(
                "{}-{}-{}-{}",
                word(signed, "signed", "fapi"),
                word(key, "key", "certificate"),
                word(dpop, "dpop", "certificate"),
                at + 1
            );
            all.push(Client {
                certificate: if at == 0 {
                    Certificate::self_signed(&id)
                } else {
                    Certificate::issued(&id, &AUTHORITY)
                },
                id,
                combination: Combination { key, dpop, signed },
                redirect_uri,
                key: signing,
                rsa,
                proof_key,
            });
        }
    }
    all
});

const COMBINATIONS: [(bool, bool); 4] =
    [(true, true), (true, false), (false, true), (false, false)];

impl Client {
    /// What a browser brings for a pushed request, and nothing else.
    pub(crate) fn address(&self, request_uri: &str) -> Asked {
        Asked(Vec::new()).with("client_id", &self.id).with("request_uri", request_uri)
    }

    /// The code in an answer to what it asked, with every check of the answer.
    pub(crate) fn code_of(&self, asked: &Asked, arrival: &Arrival) -> String {
        assert_eq!(arrival.place, CALLBACK);
        assert_eq!(arrival.get("error"), None, "{arrival:?}");
        assert_eq!(arrival.get("state"), asked.get("state"));
        assert_eq!(arrival.get("iss"), Some(ISSUER));
        if self.redirect_uri != CALLBACK {
            assert_eq!(arrival.get("dummy"), Some("lorem"), "the query of the callback is kept");
        }
        arrival.get("code").unwrap_or_else(|| panic!("no code: {arrival:?}")).to_owned()
    }

    fn write(&self, folder: &Path) {
        let Self { id, combination, redirect_uri, key, certificate, .. } = self;
        let set = json!({"keys": [key.public, certificate.public]}).to_string();
        std::fs::write(folder.join(format!("{id}.jwks.json")), set).unwrap();
        let profile = if combination.signed { "fapi2_message_signing" } else { "fapi2" };
        // The first by a certificate of its own, the second by one that an authority issued.
        let method = match (combination.key, *redirect_uri) {
            (true, _) => "\"private_key_jwt\"".to_owned(),
            (false, CALLBACK) => "\"self_signed_tls_client_auth\"".to_owned(),
            (false, _) => format!("\"tls_client_auth\"\ntls_client_auth_san_dns = \"{id}\""),
        };
        let binding = if combination.dpop {
            "dpop_bound_access_tokens"
        } else {
            "tls_client_certificate_bound_access_tokens"
        };
        let text = format!(
            "client_id = \"{id}\"\n\
             profile = \"{profile}\"\n\
             redirect_uris = [\"{redirect_uri}\"]\n\
             grant_types = [\"authorization_code\", \"refresh_token\"]\n\
             token_endpoint_auth_method = {method}\n\
             jwks_file = \"{id}.jwks.json\"\n\
             {binding} = true\n\
             {}{WITHOUT_EIDAS}",
            rest_of_file()
        );
        std::fs::write(folder.join(format!("{id}.toml")), text).unwrap();
    }
}
