//! The claims of a token: the registered ones in their own types (RFC 7519, section 4.1), the others as
//! JSON.
//!
//! Not a judgement: a claim that is missing is `None`, and the caller knows what it demands. Times are
//! whole seconds; RFC 7519 would allow a fraction, and nobody needs one.

use std::time::Duration;

use serde_json::{Map, Value};

use super::JwsFault;
use crate::effects::Timestamp;

/// What a token says.
#[derive(Clone, Debug, Default)]
pub struct Claims {
    members: Map<String, Value>,
}

/// Whom a token is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience<'c> {
    /// One name, written as text.
    One(&'c str),
    /// A list of at least one name.
    Listed(&'c [Value]),
}

impl<'c> Audience<'c> {
    /// The only name, however it is written; `None` when there are several.
    #[must_use]
    pub fn only(self) -> Option<&'c str> {
        match self {
            Self::One(name) => Some(name),
            Self::Listed([name]) => name.as_str(),
            Self::Listed(_) => None,
        }
    }

    /// Whether `name` is among them.
    #[must_use]
    pub fn holds(self, name: &str) -> bool {
        match self {
            Self::One(only) => only == name,
            Self::Listed(names) => names.iter().any(|one| one.as_str() == Some(name)),
        }
    }
}

impl Claims {
    /// Checks the registered claims that are there.
    pub(super) fn read(members: Map<String, Value>) -> Result<Self, JwsFault> {
        for name in ["iss", "sub", "jti"] {
            if members.get(name).is_some_and(|value| !value.as_str().is_some_and(is_name)) {
                return Err(JwsFault::Claim(name));
            }
        }
        for name in ["exp", "nbf", "iat"] {
            let sound = |value: &Value| value.as_i64().is_some_and(|at| (0..=LAST).contains(&at));
            if members.get(name).is_some_and(|value| !sound(value)) {
                return Err(JwsFault::Claim(name));
            }
        }
        let sound = match members.get("aud") {
            None => true,
            Some(Value::String(name)) => is_name(name),
            Some(Value::Array(names)) => {
                !names.is_empty() && names.iter().all(|name| name.as_str().is_some_and(is_name))
            }
            Some(_) => false,
        };
        if sound { Ok(Self { members }) } else { Err(JwsFault::Claim("aud")) }
    }

    /// `iss`.
    #[must_use]
    pub fn issuer(&self) -> Option<&str> {
        self.text("iss")
    }

    /// `sub`.
    #[must_use]
    pub fn subject(&self) -> Option<&str> {
        self.text("sub")
    }

    /// `jti`.
    #[must_use]
    pub fn id(&self) -> Option<&str> {
        self.text("jti")
    }

    /// `aud`.
    #[must_use]
    pub fn audience(&self) -> Option<Audience<'_>> {
        match self.members.get("aud")? {
            Value::String(name) => Some(Audience::One(name)),
            Value::Array(names) => Some(Audience::Listed(names)),
            _ => None,
        }
    }

    /// `exp`.
    #[must_use]
    pub fn expires(&self) -> Option<Timestamp> {
        self.time("exp")
    }

    /// `nbf`.
    #[must_use]
    pub fn not_before(&self) -> Option<Timestamp> {
        self.time("nbf")
    }

    /// `iat`.
    #[must_use]
    pub fn issued(&self) -> Option<Timestamp> {
        self.time("iat")
    }

    /// Any claim, as text if it is text.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        self.members.get(name)?.as_str()
    }

    /// All of them.
    #[must_use]
    pub const fn members(&self) -> &Map<String, Value> {
        &self.members
    }

    /// That `exp` is not past and that neither `nbf` nor `iat` is ahead, as far as they are there: the
    /// other clock may be ahead by `skew`, and behind by 10 s.
    ///
    /// # Errors
    /// [`JwsFault::Expired`] or [`JwsFault::Early`].
    pub fn in_time(&self, now: Timestamp, skew: Duration) -> Result<(), JwsFault> {
        if self.expires().is_some_and(|end| end <= now.minus(GRACE.min(skew))) {
            return Err(JwsFault::Expired);
        }
        let latest = now.plus(skew);
        if [self.not_before(), self.issued()].into_iter().flatten().any(|start| start > latest) {
            return Err(JwsFault::Early);
        }
        Ok(())
    }

    fn time(&self, name: &str) -> Option<Timestamp> {
        self.members.get(name)?.as_i64().map(Timestamp::from_unix_seconds)
    }
}

/// How long a token is taken after its end.
const GRACE: Duration = Duration::from_secs(10);
/// The last second of the year 9999: a time beyond is a mistake, or a trial.
const LAST: i64 = 253_402_300_799;

/// Names and identifiers: something, not endless, and no control characters (they end up in keys and
/// comparisons).
fn is_name(text: &str) -> bool {
    (1..=2048).contains(&text.len()) && !text.chars().any(char::is_control)
}
