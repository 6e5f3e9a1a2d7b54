//! FAPI 2.0: the four ways to authenticate and to bind tokens, their clients, and a login by each.
//!
//! Not the modules: each file beside this one holds some of them. A call can be changed in every part
//! before it is sent, because modules do.

pub(crate) mod assertions;
pub(crate) mod call;
pub(crate) mod clients;
pub(crate) mod codes;
pub(crate) mod dpop;
pub(crate) mod logins;
pub(crate) mod pushed;
pub(crate) mod refresh;
pub(crate) mod requests;
pub(crate) mod signed;

use serde_json::Value;

pub(crate) use self::call::{Call, Jws};
use self::clients::Client;
use crate::browser::{Arrival, Browser, Shown};
use crate::discovery_modules::document;
use crate::relying_party::{Asked, Reply};
use crate::tokens::verified;
use crate::world::{ISSUER, World};

/// Which rows of the plan apply, and how its clients behave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Combination {
    /// `private_key_jwt`; otherwise a certificate authenticates.
    pub(crate) key: bool,
    /// `DPoP`; otherwise tokens are bound to the certificate.
    pub(crate) dpop: bool,
    /// Message Signing: signed requests, and answers as JWTs.
    pub(crate) signed: bool,
}

/// A plan of FAPI 2.0, in one combination.
pub(crate) struct Fapi {
    pub(crate) world: &'static World,
    pub(crate) combination: Combination,
    pub(crate) first: &'static Client,
    pub(crate) second: &'static Client,
    endpoints: Value,
}

/// What a login gave.
#[derive(Debug)]
pub(crate) struct Granted {
    pub(crate) access: String,
    pub(crate) refresh: Option<String>,
    /// Claims of the ID token.
    pub(crate) claims: Value,
}

/// The verifier of every request's challenge (RFC 7636, appendix B).
pub(crate) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

impl Fapi {
    /// The plan against the shared broker.
    pub(crate) async fn new(key: bool, dpop: bool, signed: bool) -> Self {
        Self::at(World::shared().await, Combination { key, dpop, signed }).await
    }

    /// The same against the broker whose codes and requests expire soon.
    pub(crate) async fn in_haste(&self) -> Self {
        Self::at(World::hasty().await, self.combination).await
    }

    async fn at(world: &'static World, combination: Combination) -> Self {
        let endpoints = document(world).await;
        let [first, second] = clients::of(combination);
        Self { world, combination, first, second, endpoints }
    }

    /// The address of an endpoint; that of the listener for certificates where one is needed.
    pub(crate) fn endpoint(&self, name: &str) -> &str {
        let certificate = !(self.combination.key && self.combination.dpop);
        let alias = self.endpoints["mtls_endpoint_aliases"][name].as_str();
        alias.filter(|_| certificate).or(self.endpoints[name].as_str()).unwrap()
    }

    pub(crate) fn browser(&self) -> Browser {
        Browser::new(self.world)
    }

    /// The request of most modules, by the first client.
    pub(crate) fn request(&self) -> Asked {
        self.request_of(self.first)
    }

    /// The same by any client.
    pub(crate) fn request_of(&self, client: &Client) -> Asked {
        let asked = Asked(Vec::new())
            .with("client_id", &client.id)
            .with("redirect_uri", client.redirect_uri)
            .with("response_type", "code")
            .with("scope", "openid profile")
            .with("state", &self.world.fresh())
            .with("nonce", &self.world.fresh())
            .with("code_challenge", CHALLENGE)
            .with("code_challenge_method", "S256");
        if self.combination.signed { asked.with("response_mode", "jwt") } else { asked }
    }

    /// Pushes a request of the first client.
    pub(crate) async fn push(&self, asked: &Asked) -> String {
        self.pushed(&self.par(self.first, asked)).await
    }

    /// Sends a good call to the PAR endpoint.
    pub(crate) async fn pushed(&self, call: &Call<'_>) -> String {
        let reply = call.send().await;
        assert_eq!(reply.status, 201, "{reply:?}");
        let answer = reply.json();
        assert!(answer["expires_in"].as_u64().is_some_and(|seconds| seconds > 0), "{answer}");
        answer["request_uri"].as_str().unwrap().to_owned()
    }

    /// Signs in for a pushed request, and comes back with what the relying party was told.
    pub(crate) async fn answer(&self, client: &Client, request_uri: &str) -> Arrival {
        let mut browser = self.browser();
        let shown = browser.open(&client.address(request_uri).address()).await;
        let arrival = browser.sign_in(shown).await.arrival();
        self.opened(client, arrival).await
    }

    /// The answer itself; out of its JWT where answers are signed (JARM, section 2.4).
    pub(crate) async fn opened(&self, client: &Client, arrival: Arrival) -> Arrival {
        if !self.combination.signed {
            return arrival;
        }
        let token = arrival.get("response").unwrap_or_else(|| panic!("no JWT: {arrival:?}"));
        let (header, claims) = verified(self.world, token).await;
        assert!(matches!(&*format!("{:?}", header.alg), "PS256" | "ES256" | "EdDSA"));
        assert_eq!(claims["iss"], ISSUER);
        assert_eq!(claims["aud"], client.id);
        assert!(claims["exp"].as_i64().unwrap() > self.world.fx.now().unix_seconds());
        arrival.with_fields(&claims)
    }

    /// A code for what was asked, with every check of the answer.
    pub(crate) async fn code(&self, client: &Client, asked: &Asked) -> String {
        let request_uri = self.pushed(&self.par(client, asked)).await;
        let arrival = self.answer(client, &request_uri).await;
        client.code_of(asked, &arrival)
    }

    /// From the request to tokens that were checked.
    pub(crate) async fn login(&self, client: &Client, asked: &Asked) -> Granted {
        let code = self.code(client, asked).await;
        self.accept(client, asked, &self.token(client, &code).send().await).await
    }

    /// Accepts the answer of the token endpoint.
    pub(crate) async fn accept(&self, client: &Client, asked: &Asked, reply: &Reply) -> Granted {
        let answer = reply.good();
        assert!(reply.header("cache-control").unwrap_or_default().contains("no-store"));
        let kind = if self.combination.dpop { "DPoP" } else { "Bearer" };
        assert!(answer["token_type"].as_str().unwrap().eq_ignore_ascii_case(kind), "{answer}");
        let (header, claims) = verified(self.world, answer["id_token"].as_str().unwrap()).await;
        assert!(matches!(&*format!("{:?}", header.alg), "PS256" | "ES256" | "EdDSA"));
        assert_eq!(claims["iss"], ISSUER);
        assert_eq!(claims["aud"], client.id);
        assert_eq!(claims.get("nonce").and_then(Value::as_str), asked.get("nonce"));
        assert_eq!(claims.get("s_hash"), None);
        assert!(claims["exp"].as_i64().unwrap() > self.world.fx.now().unix_seconds());
        let text = |name: &str| answer[name].as_str().map(str::to_owned);
        Granted { access: text("access_token").unwrap(), refresh: text("refresh_token"), claims }
    }

    /// Whether the access token opens userinfo for who holds its key or certificate.
    pub(crate) async fn opens(&self, client: &Client, granted: &Granted) -> bool {
        let reply = self.resource(client, &granted.access).send().await;
        assert!(matches!(reply.status, 200 | 401), "{reply:?}");
        reply.status == 200
    }

    /// The request went wrong somewhere that the suite allows: at the PAR endpoint, on a page, or at
    /// the relying party.
    pub(crate) async fn is_refused(&self, call: &Call<'_>, client: &Client, errors: &[&str]) {
        let reply = call.send().await;
        if reply.status != 201 {
            assert!((400..500).contains(&reply.status), "{reply:?}");
            let error = reply.json()["error"].as_str().unwrap().to_owned();
            assert!(errors.contains(&&*error), "{error} is none of {errors:?}");
            return;
        }
        let request_uri = reply.json()["request_uri"].as_str().unwrap().to_owned();
        let shown = self.browser().open(&client.address(&request_uri).address()).await;
        self.is_error(client, shown, errors).await;
    }

    /// An error page, or one of these errors at the relying party.
    pub(crate) async fn is_error(&self, client: &Client, shown: Shown, errors: &[&str]) {
        match shown {
            Shown::Arrival(arrival) => {
                let arrival = self.opened(client, arrival).await;
                assert_eq!(arrival.get("code"), None, "{arrival:?}");
                let error = arrival.get("error").unwrap();
                assert!(errors.contains(&error), "{error} is none of {errors:?}");
            }
            shown => {
                shown.error_page();
            }
        }
    }
}
