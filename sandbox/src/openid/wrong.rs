//! What is wrong just now: asked by whoever makes a token or an answer, place by place.
//!
//! Not the list of cases (`misbehaviour`).

use serde_json::Value;

use super::keys::{Key, Keys};
use super::misbehaviour::{Case, Change, Place, Reply};

/// What is wrong just now, if anything.
#[derive(Clone, Debug)]
pub struct Wrong {
    /// The case.
    pub case: Option<Case>,
    /// Everybody's keys.
    pub keys: &'static Keys,
    /// The address of the federation.
    pub base: String,
    /// The time, in seconds.
    pub now: i64,
}

impl Wrong {
    /// What is to be changed at that place.
    pub fn at(&self, place: Place) -> impl Iterator<Item = &'static Change> + use<> {
        let changes = self.case.map_or(&[][..], Case::changes);
        changes.iter().filter(move |(known, _)| *known == place).map(|(_, change)| change)
    }

    /// What the server answers instead at that place.
    #[must_use]
    pub fn reply(&self, place: Place) -> Option<Reply> {
        self.at(place).find_map(|change| match change {
            Change::Reply(reply) => Some(*reply),
            _ => None,
        })
    }

    /// Whether the federation is arranged so.
    #[must_use]
    pub fn arranged(&self, how: &Change) -> bool {
        self.at(Place::World).any(|change| change == how)
    }

    /// Somebody's key.
    #[must_use]
    pub fn key(&self, whose: &str) -> &'static Key {
        match whose {
            "anchor" => &self.keys.anchor,
            "provider" => &self.keys.provider,
            "tokens" => &self.keys.tokens,
            _ => &self.keys.stranger,
        }
    }

    /// The value that a case says.
    #[must_use]
    pub fn value(&self, said: &str) -> Value {
        let mut text = said.replace("$here", &self.base);
        for whose in ["anchor", "provider", "tokens", "stranger"] {
            let key = self.key(whose);
            text = text.replace(&format!("$keys:{whose}"), &key.jwks().to_string());
            text = text.replace(&format!("$key:{whose}"), &key.jwk("sig", "RS256").to_string());
        }
        if let Some(seconds) = text.strip_prefix("$now").and_then(|more| more.parse::<i64>().ok()) {
            return (self.now + seconds).into();
        }
        if text == "$thousand" {
            return (0..1000).map(|number| format!("{}/nobody/{number}", self.base)).collect();
        }
        // A test reads every one of them.
        serde_json::from_str(&text).unwrap_or_default()
    }
}
