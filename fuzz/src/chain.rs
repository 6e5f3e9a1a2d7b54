//! A chain of a federation that a text changes at will: provider, intermediate, anchor. Its statements are
//! signed afterwards, by whoever the text says, so that what is wrong is never the signature alone.
//!
//! Each line changes one thing; what cannot be read is passed over.
//!
//! | line | does |
//! |---|---|
//! | `1 metadata/openid_provider/issuer "x"` | sets a claim of the second statement |
//! | `1 exp` | takes it away |
//! | `1 !2` | has it signed with the third key |
//! | `1 -` | drops the statement |
//! | `1 +` | puts it there once more |
//!
//! In values `"@0"` is the name of the first entity, `"#0"` its keys; an instant is relative to [`SENT`].

use std::sync::OnceLock;

use serde_json::{Map, Value, json};
use varco::crypto::jose::{SigningAlgorithm, TokenType};
use varco::crypto::signer::{Answer, LocalKey, Signer as _};

use crate::messages::SENT;

/// From below; the last one is nobody in the chain.
pub const NAMES: [&str; 4] =
    ["https://op.example", "https://sa.example", "https://ta.example", "https://evil.example"];

/// Statements at most: more only cost time.
const MOST: usize = 8;

/// Keys of those entities, made anew each time: what a text does is the same with any.
pub fn keys() -> &'static [LocalKey; 4] {
    static KEYS: OnceLock<[LocalKey; 4]> = OnceLock::new();
    KEYS.get_or_init(|| {
        NAMES.map(|_| {
            let der = LocalKey::generate(SigningAlgorithm::ES256).expect("a key");
            LocalKey::from_pkcs8(SigningAlgorithm::ES256, &der).expect("a key")
        })
    })
}

/// The JWK set of one of them.
#[must_use]
pub fn jwks(of: &LocalKey) -> Value {
    json!({"keys": [of.jwk()]})
}

/// A statement before it is signed.
#[derive(Clone, PartialEq)]
struct Unsigned {
    claims: Value,
    key: usize,
}

/// A chain that holds.
fn sound() -> Vec<Unsigned> {
    let claims = |issuer: &str, subject: &str, keys: &str| json!({"iss": issuer, "sub": subject, "iat": 0, "exp": 1800, "jwks": keys});
    let mut own = claims("@0", "@0", "#0");
    own["authority_hints"] = json!(["@1"]);
    own["metadata"] = json!({"openid_provider": {
        "issuer": "@0",
        "authorization_endpoint": "https://op.example/authorize",
        "token_endpoint": "https://op.example/token",
        "response_types_supported": ["code"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["ES256"],
        "client_registration_types_supported": ["automatic"],
        "jwks": "#0",
    }});
    let all = [own, claims("@1", "@0", "#0"), claims("@2", "@1", "#1"), claims("@2", "@2", "#2")];
    all.into_iter().zip([0, 1, 2, 2]).map(|(claims, key)| Unsigned { claims, key }).collect()
}

/// The chain that the text makes.
#[must_use]
pub fn changed(text: &str) -> Vec<String> {
    let mut chain = sound();
    for line in text.lines().take(64) {
        let mut words = line.splitn(3, ' ');
        let (Some(place), Some(what)) = (words.next(), words.next()) else { continue };
        let Some(at) = place.parse().ok().filter(|at| *at < chain.len()) else { continue };
        let long = chain.len() >= MOST;
        let statement = &mut chain[at];
        match (what, what.strip_prefix('!')) {
            ("-", _) => {
                chain.remove(at);
            }
            ("+", _) if !long => {
                let again = statement.clone();
                chain.insert(at, again);
            }
            (_, Some(key)) => {
                statement.key = key.parse().ok().filter(|key| *key < 4).unwrap_or(statement.key);
            }
            _ => match words.next().map(serde_json::from_str) {
                None => drop(put(&mut statement.claims, what, None)),
                Some(Ok(value)) => drop(put(&mut statement.claims, what, Some(value))),
                Some(Err(_)) => {}
            },
        }
    }
    chain.iter().map(sign).collect()
}

fn put(claims: &mut Value, path: &str, value: Option<Value>) -> Option<()> {
    let (way, name) = path.rsplit_once('/').map_or(("", path), |(way, name)| (way, name));
    let mut place = claims;
    for step in way.split('/').filter(|step| !step.is_empty()) {
        let members = place.as_object_mut()?;
        place = members.entry(step).or_insert_with(|| Value::Object(Map::new()));
    }
    let members = place.as_object_mut()?;
    match value {
        Some(value) => members.insert(name.to_owned(), value),
        None => members.remove(name),
    };
    Some(())
}

/// What the sound chain has was signed once.
fn sign(statement: &Unsigned) -> String {
    static SOUND: OnceLock<Vec<(Unsigned, String)>> = OnceLock::new();
    let known = SOUND.get_or_init(|| {
        sound().into_iter().map(|statement| (statement.clone(), signed(&statement))).collect()
    });
    let known = known.iter().find(|(known, _)| known == statement);
    known.map_or_else(|| signed(statement), |(_, token)| token.clone())
}

fn signed(statement: &Unsigned) -> String {
    let mut claims = statement.claims.clone();
    fill(&mut claims, "");
    let key = keys().get(statement.key).expect("one of four");
    let text = claims.to_string();
    let Answer::Now(Ok(token)) = key.jws(TokenType::EntityStatement, text.as_bytes()) else {
        panic!("not signed")
    };
    token
}

fn fill(value: &mut Value, name: &str) {
    match value {
        Value::String(text) => {
            let (sign, number) = text.split_at_checked(1).unwrap_or_default();
            let Some(at) = number.parse::<usize>().ok().filter(|at| *at < 4) else { return };
            match sign {
                "@" => *value = json!(NAMES[at]),
                "#" => *value = jwks(&keys()[at]),
                _ => {}
            }
        }
        Value::Number(number) if ["iat", "exp", "nbf"].contains(&name) => {
            if let Some(whole) = number.as_i64() {
                *value = json!(SENT.saturating_add(whole));
            }
        }
        Value::Array(values) => values.iter_mut().for_each(|value| fill(value, name)),
        Value::Object(members) => {
            members.iter_mut().for_each(|(name, value)| fill(value, name));
        }
        _ => {}
    }
}
