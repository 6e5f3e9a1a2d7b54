//! One call of a relying party to the PAR, token or resource endpoint, ready to send and open to every
//! change.
//!
//! Not sent twice by itself, but for a nonce: a server may ask for one in every proof (RFC 9449,
//! section 8).

use reqwest::Method;
use reqwest::header::CONTENT_TYPE;
use serde_json::{Value, json};

use super::clients::Client;
use super::{Fapi, VERIFIER};
use crate::browser::encode;
use crate::keys::Key;
use crate::relying_party::{ASSERTION_TYPE, Asked, Reply};
use crate::world::{ISSUER, World};

/// A JWS that will be signed when it is sent.
#[derive(Clone)]
pub(crate) struct Jws {
    pub(crate) header: Value,
    pub(crate) claims: Value,
    pub(crate) key: &'static Key,
}

impl Jws {
    fn text(&self) -> String {
        self.key.sign(&self.header, &self.claims)
    }

    /// Takes a member of the header away.
    pub(crate) fn without_header(&mut self, name: &str) {
        self.header.as_object_mut().unwrap().remove(name);
    }

    /// Takes a claim away.
    pub(crate) fn without_claim(&mut self, name: &str) {
        self.claims.as_object_mut().unwrap().remove(name);
    }
}

/// A call.
#[derive(Clone)]
pub(crate) struct Call<'a> {
    world: &'a World,
    pub(crate) method: Method,
    pub(crate) url: String,
    pub(crate) fields: Vec<(String, String)>,
    /// `client_assertion`.
    pub(crate) assertion: Option<Jws>,
    /// `request`.
    pub(crate) object: Option<Jws>,
    /// The header `DPoP`.
    pub(crate) proof: Option<Jws>,
    /// Further headers, as they are.
    pub(crate) headers: Vec<(&'static str, String)>,
    /// Whose certificate the connection shows.
    pub(crate) certificate: Option<&'a Client>,
}

impl<'a> Fapi {
    /// A call to the PAR endpoint. It shows no proof: the key of the proof at the token endpoint is
    /// early enough.
    pub(crate) fn par(&'a self, client: &'a Client, asked: &Asked) -> Call<'a> {
        let mut call = self.authenticated(client, "pushed_authorization_request_endpoint");
        if self.combination.signed {
            call.object = Some(self.object(client, asked));
        } else {
            // Who asks is there already.
            let others = asked.0.iter().filter(|(name, _)| name != "client_id");
            call.fields.extend(others.cloned());
        }
        call
    }

    /// The signed request of a client (RFC 9101, section 4; FAPI 2.0 Message Signing, section 5.3.1).
    pub(crate) fn object(&self, client: &'a Client, asked: &Asked) -> Jws {
        let now = self.world.fx.now().unix_seconds();
        let mut claims = json!({"iss": client.id, "aud": ISSUER, "nbf": now, "exp": now + 300});
        for (name, value) in &asked.0 {
            claims[name] = value.as_str().into();
        }
        let key = client.key;
        let header = json!({
            "alg": key.algorithm(), "kid": key.name(), "typ": "oauth-authz-req+jwt",
        });
        Jws { header, claims, key }
    }

    /// A call to the token endpoint with a code.
    pub(crate) fn token(&'a self, client: &'a Client, code: &str) -> Call<'a> {
        let mut call = self.bound(self.authenticated(client, "token_endpoint"), client, None);
        call.set("grant_type", "authorization_code");
        call.set("code", code);
        call.set("redirect_uri", client.redirect_uri);
        call.set("code_verifier", VERIFIER);
        call
    }

    /// A call to the token endpoint with a refresh token.
    pub(crate) fn refresh(&'a self, client: &'a Client, token: &str) -> Call<'a> {
        let mut call = self.bound(self.authenticated(client, "token_endpoint"), client, None);
        call.set("grant_type", "refresh_token");
        call.set("refresh_token", token);
        call
    }

    /// A call to the resource: userinfo.
    pub(crate) fn resource(&'a self, client: &'a Client, access: &str) -> Call<'a> {
        let mut call = Call::new(self.world, Method::GET, self.endpoint("userinfo_endpoint"));
        let scheme = if self.combination.dpop { "DPoP" } else { "Bearer" };
        call.headers.push(("Authorization", format!("{scheme} {access}")));
        self.bound(call, client, Some(access))
    }

    fn authenticated(&'a self, client: &'a Client, endpoint: &str) -> Call<'a> {
        let mut call = Call::new(self.world, Method::POST, self.endpoint(endpoint));
        call.set("client_id", &client.id);
        if self.combination.key {
            call.assertion = Some(self.assertion(client));
        } else {
            call.certificate = Some(client);
        }
        call
    }

    /// A client assertion as it should be.
    pub(crate) fn assertion(&self, client: &'a Client) -> Jws {
        let now = self.world.fx.now().unix_seconds();
        let claims = json!({
            "iss": client.id, "sub": client.id, "aud": ISSUER, "jti": self.world.fresh(),
            "iat": now, "nbf": now, "exp": now + 60,
        });
        let key = client.key;
        Jws {
            header: json!({"alg": key.algorithm(), "kid": key.name(), "typ": "JWT"}),
            claims,
            key,
        }
    }

    /// With what the tokens are bound to.
    fn bound(&self, mut call: Call<'a>, client: &'a Client, access: Option<&str>) -> Call<'a> {
        if self.combination.dpop {
            call.proof = Some(self.proof(client, call.method.as_str(), &call.url, access));
        } else {
            call.certificate = Some(client);
        }
        call
    }

    /// A proof as it should be (RFC 9449, section 4.2).
    pub(crate) fn proof(
        &self,
        client: &'a Client,
        method: &str,
        url: &str,
        access: Option<&str>,
    ) -> Jws {
        use varco::crypto::digest::{base64url, sha256};
        let key = client.proof_key;
        let now = self.world.fx.now().unix_seconds();
        let mut claims = json!({"jti": self.world.fresh(), "htm": method, "htu": url, "iat": now});
        if let Some(access) = access {
            claims["ath"] = base64url(&sha256(access.as_bytes())).into();
        }
        let header = json!({"typ": "dpop+jwt", "alg": key.algorithm(), "jwk": key.shown()});
        Jws { header, claims, key }
    }
}

impl<'a> Call<'a> {
    fn new(world: &'a World, method: Method, url: &str) -> Self {
        Self {
            world,
            method,
            url: url.to_owned(),
            fields: Vec::new(),
            assertion: None,
            object: None,
            proof: None,
            headers: Vec::new(),
            certificate: None,
        }
    }

    /// Sets a field of the body.
    pub(crate) fn set(&mut self, name: &str, value: &str) {
        self.fields.retain(|(known, _)| known != name);
        self.fields.push((name.to_owned(), value.to_owned()));
    }

    /// Takes a field away.
    pub(crate) fn drop(&mut self, name: &str) {
        self.fields.retain(|(known, _)| known != name);
    }

    /// Sends it; once more with a nonce where the broker wants one.
    pub(crate) async fn send(&self) -> Reply {
        let reply = self.send_once().await;
        let nonce = reply.header("dpop-nonce").map(str::to_owned);
        let wanted = reply.body.contains("use_dpop_nonce")
            || reply.header("www-authenticate").is_some_and(|h| h.contains("use_dpop_nonce"));
        let (Some(nonce), Some(proof), true) = (nonce, &self.proof, wanted) else { return reply };
        let mut again = self.clone();
        let mut proof = proof.clone();
        proof.claims["nonce"] = nonce.into();
        for jws in [&mut proof].into_iter().chain(again.assertion.as_mut()) {
            if jws.claims.get("jti").is_some() {
                jws.claims["jti"] = self.world.fresh().into();
            }
        }
        again.proof = Some(proof);
        again.send_once().await
    }

    async fn send_once(&self) -> Reply {
        let mut fields = self.fields.clone();
        if let Some(assertion) = &self.assertion {
            fields.push(("client_assertion_type".to_owned(), ASSERTION_TYPE.to_owned()));
            fields.push(("client_assertion".to_owned(), assertion.text()));
        }
        if let Some(object) = &self.object {
            fields.push(("request".to_owned(), object.text()));
        }
        let identity = self.certificate.map(|client| &client.certificate);
        let mut request = self.world.ask_as(identity, self.method.clone(), &self.url);
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        if let Some(proof) = &self.proof {
            request = request.header("DPoP", proof.text());
        }
        if self.method == Method::POST {
            request = request
                .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
                .body(encode(&fields));
        }
        Reply::of(request).await
    }
}
