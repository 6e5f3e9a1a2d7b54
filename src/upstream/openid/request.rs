//! The authentication request: a signed request object, and beside it what OAuth wants to see outside
//! (OpenID Connect Core 1.0, section 6.1; OpenID Federation 1.0, section 12.1.1; CIE id rules).
//!
//! Not the code verifier: it is not in any type of this file, so it cannot get into the object, which the
//! browser sees.

use std::time::Duration;

use serde_json::{Value, json};
use url::Url;
use url::form_urlencoded::Serializer;

use super::attributes;
use crate::crypto::digest::hexadecimal;
use crate::effects::{Effects, Timestamp};
use crate::terms::Level;

/// How long a request may be on its way.
const LIVES: Duration = Duration::from_mins(3);
/// What is asked beside attributes. Never `offline_access`: a login is asked for, nothing lasting.
const SCOPE: &str = "openid";

/// What is asked.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asking<'a> {
    /// Our entity id.
    pub(super) client_id: &'a str,
    /// The provider's issuer.
    pub(super) issuer: &'a str,
    /// Where the answer shall come to.
    pub(super) redirect_uri: &'a str,
    /// Names the journey: letters and digits, 32 at least.
    pub(super) state: &'a str,
    /// Binds the ID token to the journey: likewise.
    pub(super) nonce: &'a str,
    /// Digest of the code verifier.
    pub(super) challenge: &'a str,
    /// The lowest level.
    pub(super) level: Level,
    /// Whether the person must authenticate afresh.
    pub(super) force: bool,
    /// The attributes, in the names that `identity` reads.
    pub(super) attributes: &'a [String],
    /// Now.
    pub(super) now: Timestamp,
}

impl Asking<'_> {
    /// The claims of the request object; `jti` is fresh. It has no `ui_locales`, which the reference provider
    /// wants as a list and the specification as a text, and no `sub`, so that it never passes for a
    /// client assertion (OpenID Federation 1.0, section 12.1.1.1).
    #[must_use]
    pub(super) fn object(&self, jti: &str) -> Value {
        json!({
            "iss": self.client_id,
            "client_id": self.client_id,
            "aud": self.issuer,
            "iat": self.now.unix_seconds(),
            "exp": self.now.plus(LIVES).unix_seconds(),
            "jti": jti,
            "response_type": "code",
            "scope": SCOPE,
            "redirect_uri": self.redirect_uri,
            "state": self.state,
            "nonce": self.nonce,
            "code_challenge": self.challenge,
            "code_challenge_method": "S256",
            "acr_values": levels(self.level),
            "prompt": if self.force { "consent login" } else { "consent" },
            "claims": {"userinfo": attributes::asked(self.attributes)},
        })
    }

    /// The address the browser goes to; `None` when `endpoint` is none.
    #[must_use]
    pub(super) fn address(&self, endpoint: &str, object: &str) -> Option<String> {
        let mut address = Url::parse(endpoint).ok()?;
        let mut query = Serializer::new(address.query().unwrap_or_default().to_owned());
        for (name, value) in [
            ("client_id", self.client_id),
            ("response_type", "code"),
            ("scope", SCOPE),
            ("code_challenge", self.challenge),
            ("code_challenge_method", "S256"),
            ("request", object),
        ] {
            query.append_pair(name, value);
        }
        address.set_query(Some(&query.finish()));
        Some(address.into())
    }
}

/// Every level that satisfies, lowest first: the order is that of preference, and the reference provider
/// answers with the last one.
fn levels(least: Level) -> String {
    let levels = Level::ALL.into_iter().filter(|level| *level >= least).map(Level::uri);
    levels.collect::<Vec<_>>().join(" ")
}

/// 64 hexadecimal digits: `-` and `_` of base64url are neither letters nor digits.
#[must_use]
pub(super) fn fresh_word(fx: &Effects) -> String {
    let mut octets = [0; 32];
    fx.fill(&mut octets);
    hexadecimal(&octets)
}

/// A UUID of version 4 (RFC 9562, section 5.4).
#[must_use]
pub(super) fn fresh_uuid(fx: &Effects) -> String {
    let mut octets = [0_u8; 16];
    fx.fill(&mut octets);
    let [_, _, _, _, _, _, version, _, variant, ..] = &mut octets;
    *version = (*version & 0x0f) | 0x40;
    *variant = (*variant & 0x3f) | 0x80;
    let digits = hexadecimal(&octets);
    let mut uuid = String::with_capacity(36);
    for (at, digit) in digits.chars().enumerate() {
        if matches!(at, 8 | 12 | 16 | 20) {
            uuid.push('-');
        }
        uuid.push(digit);
    }
    uuid
}

#[cfg(test)]
mod tests;
