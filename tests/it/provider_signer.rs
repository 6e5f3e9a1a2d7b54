//! What a relying party holds and signs with: assertions, request objects, proofs of possession.
//!
//! Not the broker's keys, and not forged: those tokens are made beside the code that refuses them.

use serde_json::{Value, json};
use varco::crypto::jose::SigningAlgorithm;
use varco::crypto::jwk::PublicKeys;
use varco::crypto::signer::LocalKey;
use varco::oidc::ClientKeys;

use crate::provider_world::{ISSUER, NOW};

/// One key on P-256.
pub(crate) struct Signer {
    public: LocalKey,
    private: jsonwebtoken::EncodingKey,
}

impl Signer {
    pub(crate) fn new() -> Self {
        let der = LocalKey::generate(SigningAlgorithm::ES256).unwrap();
        Self {
            public: LocalKey::from_pkcs8(SigningAlgorithm::ES256, &der).unwrap(),
            private: jsonwebtoken::EncodingKey::from_ec_der(&der),
        }
    }

    /// What its client registers.
    pub(crate) fn keys(&self) -> ClientKeys {
        let set = json!({"keys": [self.public.jwk()]});
        ClientKeys::registered(PublicKeys::parse(set.to_string().as_bytes()).unwrap())
    }

    /// Its thumbprint.
    pub(crate) fn thumbprint(&self) -> &str {
        self.public.kid()
    }

    /// A token of that type.
    pub(crate) fn sign(&self, typ: &str, claims: &Value) -> String {
        let mut header = jsonwebtoken::Header::new(jsonwebtoken::Algorithm::ES256);
        header.typ = Some(typ.to_owned());
        header.kid = Some(self.public.kid().to_owned());
        jsonwebtoken::encode(&header, claims, &self.private).unwrap()
    }

    /// A client assertion.
    pub(crate) fn assertion(&self, client: &str, jti: &str) -> String {
        let claims = json!({"iss": client, "sub": client, "aud": ISSUER, "iat": NOW, "exp": NOW + 60,
            "jti": jti});
        self.sign("client-authentication+jwt", &claims)
    }

    /// A request object that asks for a code, with some claims changed; `null` leaves one out.
    pub(crate) fn object(&self, client: &str, jti: &str, changes: &[(&str, Value)]) -> String {
        let mut claims = json!({"iss": client, "client_id": client, "aud": ISSUER, "iat": NOW,
            "nbf": NOW, "exp": NOW + 300, "jti": jti, "response_type": "code",
            "scope": "openid profile", "redirect_uri": crate::provider_world::CALLBACK,
            "state": "inside", "nonce": "inside",
            "code_challenge": crate::provider_world::CHALLENGE, "code_challenge_method": "S256"});
        for (name, value) in changes {
            if value.is_null() {
                claims.as_object_mut().unwrap().remove(*name);
            } else {
                claims[name] = value.clone();
            }
        }
        self.sign("oauth-authz-req+jwt", &claims)
    }

    /// A proof of possession.
    pub(crate) fn proof(&self, uri: &str, jti: &str) -> String {
        let mut header = jsonwebtoken::Header::new(jsonwebtoken::Algorithm::ES256);
        header.typ = Some("dpop+jwt".to_owned());
        header.jwk = Some(serde_json::from_value(self.public.jwk().clone()).unwrap());
        let claims = json!({"jti": jti, "htm": "POST", "htu": uri, "iat": NOW});
        jsonwebtoken::encode(&header, &claims, &self.private).unwrap()
    }
}
