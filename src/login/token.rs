//! The texts that a client shows: access tokens and refresh tokens.
//!
//! Not what they stand for: a token names its grant, and the record of that says what is live. The
//! store has digests of the texts and never a text.

use zeroize::Zeroizing;

use crate::crypto::Handle;
use crate::crypto::digest::sha256;
use crate::crypto::jws::{Compact, Expected};
use crate::effects::Effects;

/// An access token: opaque (the grant's name and a secret, 80 hexadecimal digits), or a JWT of ours (RFC
/// 9068). Either way the record knows it by the digest of the whole text, so a JWT is live only as it was
/// issued, octet by octet.
pub struct AccessToken {
    grant: Handle,
    text: Zeroizing<String>,
}

impl AccessToken {
    /// A new opaque one for a grant.
    #[must_use]
    pub fn opaque(grant: &Handle, fx: &Effects) -> Self {
        let secret = Handle::fresh(fx);
        let text = Zeroizing::new(format!("{}{}", grant.reveal(), secret.reveal()));
        Self { grant: grant.clone(), text }
    }

    /// A signed one, whose `jti` was made by [`Self::id`].
    #[must_use]
    pub fn signed(grant: &Handle, jwt: String) -> Self {
        Self { grant: grant.clone(), text: Zeroizing::new(jwt) }
    }

    /// A new `jti`: it finds the grant and opens nothing.
    #[must_use]
    pub fn id(grant: &Handle, fx: &Effects) -> String {
        format!("{}.{}", grant.reveal(), Handle::fresh(fx).reveal())
    }

    /// What somebody showed; `None` when it cannot be one of ours. Nothing is proven yet.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let grant = if text.contains('.') {
            let id = Compact::read(text, &JWT).ok()?.claimed_id()?.to_owned();
            Handle::parse(id.split_once('.')?.0)?
        } else {
            let (grant, secret) = text.split_at_checked(HANDLE)?;
            Handle::parse(secret)?;
            Handle::parse(grant)?
        };
        Some(Self { grant, text: Zeroizing::new(text.to_owned()) })
    }

    /// The grant it names.
    #[must_use]
    pub const fn grant(&self) -> &Handle {
        &self.grant
    }

    /// The text for the token answer.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.text
    }

    /// What the record keeps of it.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        sha256(self.text.as_bytes())
    }
}

impl std::fmt::Debug for AccessToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("AccessToken(…)")
    }
}

/// A refresh token: the grant's name, a secret that all tokens of the grant share (the family), and one of
/// its own; 120 hexadecimal digits. Whoever shows the family and an old secret had a genuine token once: that
/// is a replay. Whoever knows the grant's name alone, which is no secret, is nobody.
#[derive(Clone)]
pub struct RefreshToken {
    grant: Handle,
    family: Handle,
    secret: Handle,
}

impl RefreshToken {
    /// The first of a grant.
    #[must_use]
    pub fn first(grant: &Handle, fx: &Effects) -> Self {
        Self { grant: grant.clone(), family: Handle::fresh(fx), secret: Handle::fresh(fx) }
    }

    /// The next one of the family.
    #[must_use]
    pub fn successor(&self, fx: &Effects) -> Self {
        Self { secret: Handle::fresh(fx), ..self.clone() }
    }

    /// What somebody showed; `None` when it cannot be one of ours.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (grant, rest) = text.split_at_checked(HANDLE)?;
        let (family, secret) = rest.split_at_checked(HANDLE)?;
        Some(Self {
            grant: Handle::parse(grant)?,
            family: Handle::parse(family)?,
            secret: Handle::parse(secret)?,
        })
    }

    /// The grant it names.
    #[must_use]
    pub const fn grant(&self) -> &Handle {
        &self.grant
    }

    /// The text for the token answer.
    #[must_use]
    pub fn reveal(&self) -> String {
        [&self.grant, &self.family, &self.secret].map(Handle::reveal).concat()
    }

    /// What the record keeps of the family.
    #[must_use]
    pub fn family_digest(&self) -> [u8; 32] {
        sha256(self.family.reveal().as_bytes())
    }

    /// What the record keeps of this one.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        sha256(self.secret.reveal().as_bytes())
    }
}

impl std::fmt::Debug for RefreshToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RefreshToken(…)")
    }
}

/// Digits of a handle.
const HANDLE: usize = 40;
/// What an access token that is a JWT looks like.
const JWT: Expected = Expected { longest: 16 * 1024, types: &["at+jwt"], untyped: false };
