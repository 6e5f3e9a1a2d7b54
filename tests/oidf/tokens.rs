//! What the suite checks about every set of tokens: the answer, the ID token, userinfo (OpenID
//! Connect Core 1.0, sections 3.1.3.3 to 3.1.3.8 and 5.3).
//!
//! Not one module's question: those stand in the modules.

use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{DecodingKey, Header, Validation, decode, decode_header};
use reqwest::Method;
use serde_json::Value;
use varco::crypto::digest::{base64url, sha256};

use crate::relying_party::{Asked, Reply};
use crate::world::{ISSUER, World};

/// Tokens that were accepted.
#[derive(Debug)]
pub(crate) struct Tokens {
    pub(crate) access: String,
    /// The ID token as it came.
    pub(crate) id_token: String,
    /// Its header.
    pub(crate) header: Header,
    /// Its claims.
    pub(crate) claims: Value,
    /// The whole answer.
    pub(crate) answer: Value,
}

impl Tokens {
    /// Accepts the answer of the token endpoint to what began with `asked`.
    pub(crate) async fn accept(world: &World, asked: &Asked, reply: &Reply) -> Self {
        let answer = reply.good();
        assert!(reply.header("cache-control").unwrap_or_default().contains("no-store"));
        let text = |name: &str| answer[name].as_str().unwrap_or_else(|| panic!("{name}: {answer}"));
        assert!(text("token_type").eq_ignore_ascii_case("bearer"));
        assert!(answer["expires_in"].as_u64().is_some_and(|seconds| seconds > 0), "{answer}");
        let (access, id_token) = (text("access_token").to_owned(), text("id_token").to_owned());
        let (header, claims) = verified(world, &id_token).await;
        Self::check(world, asked, &claims);
        let half = base64url(sha256(access.as_bytes()).split_at(16).0);
        assert_eq!(claims["at_hash"], half);
        Self { access, id_token, header, claims, answer }
    }

    fn check(world: &World, asked: &Asked, claims: &Value) {
        let now = world.fx.now().unix_seconds();
        assert_eq!(claims["iss"], ISSUER);
        assert_eq!(claims["aud"], asked.get("client_id").unwrap());
        assert!(claims.get("azp").is_none_or(|azp| *azp == claims["aud"]), "{claims}");
        let subject = claims["sub"].as_str().unwrap();
        assert!(!subject.is_empty() && subject.len() <= 255 && subject.is_ascii(), "{subject}");
        assert!(claims["exp"].as_i64().unwrap() > now, "{claims}");
        assert!((claims["iat"].as_i64().unwrap() - now).abs() <= 60, "{claims}");
        assert_eq!(claims.get("nonce").and_then(Value::as_str), asked.get("nonce"));
        assert!(claims.get("nonce").is_some() == asked.get("nonce").is_some());
        // `auth_time` is required when `max_age` was asked.
        match claims.get("auth_time") {
            Some(time) => assert!(time.as_i64().unwrap() <= now + 5, "{claims}"),
            None => assert_eq!(asked.get("max_age"), None),
        }
    }

    pub(crate) fn subject(&self) -> &str {
        self.claims["sub"].as_str().unwrap()
    }

    pub(crate) fn auth_time(&self) -> i64 {
        self.claims["auth_time"].as_i64().unwrap()
    }

    /// What userinfo says, by GET.
    pub(crate) async fn userinfo(&self, world: &World) -> Value {
        let told = userinfo(world, &self.access).await.good();
        assert_eq!(told["sub"], self.subject());
        told
    }

    /// Whether the access token still opens userinfo.
    pub(crate) async fn is_alive(&self, world: &World) -> bool {
        userinfo(world, &self.access).await.status == 200
    }
}

/// Userinfo by GET, with the token in the header.
pub(crate) async fn userinfo(world: &World, access: &str) -> Reply {
    let request = world.ask(Method::GET, &format!("{ISSUER}/userinfo"));
    Reply::of(request.bearer_auth(access)).await
}

/// The broker's keys.
pub(crate) async fn key_set(world: &World) -> Value {
    let document = crate::discovery_modules::document(world).await;
    Reply::of(world.ask(Method::GET, document["jwks_uri"].as_str().unwrap())).await.good()
}

/// Header and claims of a token that one of the broker's keys signed.
pub(crate) async fn verified(world: &World, token: &str) -> (Header, Value) {
    let keys: JwkSet = serde_json::from_value(key_set(world).await).unwrap();
    let header = decode_header(token).unwrap();
    let key = keys.find(header.kid.as_ref().unwrap()).unwrap();
    assert_eq!(key.common.key_algorithm.unwrap().to_string(), format!("{:?}", header.alg));
    let mut validation = Validation::new(header.alg);
    // Times and audience are compared by whoever asks.
    validation.validate_exp = false;
    validation.validate_aud = false;
    validation.required_spec_claims.clear();
    let claims = decode::<Value>(token, &DecodingKey::from_jwk(key).unwrap(), &validation);
    (header, claims.unwrap().claims)
}
