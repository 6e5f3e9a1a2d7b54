//! Signed JSON: how the sample federation writes it (rightly, or wrong in one way), and how it reads what
//! the broker wrote.
//!
//! Not the product's reader: this is the other party, with code of its own.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::keys::{Algorithm, Key, encode, text, verifies};
use super::misbehaviour::{Change, Encoding, Place};
use super::wrong::Wrong;
use crate::error::{Doing as _, SandboxError};

/// Something that is about to be signed.
#[derive(Debug)]
pub struct Draft<'k> {
    /// `{"header": {…}, "claims": {…}}`: what a change of a case points into.
    pub content: Value,
    /// Who signs.
    pub key: &'k Key,
}

impl<'k> Draft<'k> {
    /// Of that `typ`, by that key.
    #[must_use]
    pub fn new(typ: &str, claims: Value, key: &'k Key) -> Self {
        let header = json!({"typ": typ, "alg": "RS256", "kid": key.kid});
        let mut content = json!({"header": header});
        if let Some(whole) = content.as_object_mut() {
            whole.insert("claims".to_owned(), claims);
        }
        Self { content, key }
    }

    /// Signed, wrong if `wrong` is about that place.
    ///
    /// # Errors
    /// When the library cannot sign.
    pub fn sign(mut self, place: Place, wrong: &Wrong) -> Result<String, SandboxError> {
        let mut algorithm = Algorithm::Rs256;
        let mut encoding = None;
        for change in wrong.at(place) {
            match change {
                Change::Set(pointer, said) => set(&mut self.content, pointer, wrong.value(said)),
                Change::Remove(pointer) => remove(&mut self.content, pointer),
                Change::SignAs(whose) => self.key = wrong.key(whose),
                Change::NameAs(whose) => {
                    set(&mut self.content, "/header/kid", json!(wrong.key(whose).kid));
                }
                Change::Algorithm(other) => {
                    algorithm = *other;
                    set(&mut self.content, "/header/alg", json!(other.name()));
                }
                Change::Write(how) => encoding = Some(*how),
                _ => {}
            }
        }
        let header = self.content.get("header").unwrap_or(&Value::Null).to_string();
        let claims = self.content.get("claims").unwrap_or(&Value::Null).to_string();
        write(&header, &claims, self.key, algorithm, encoding)
    }
}

fn write(
    header: &str,
    claims: &str,
    key: &Key,
    algorithm: Algorithm,
    encoding: Option<Encoding>,
) -> Result<String, SandboxError> {
    let twice = |text: &str, member: &str| text.replacen('{', &format!("{{{member},"), 1);
    let (header, claims) = match encoding {
        Some(Encoding::HeaderTwice) => (twice(header, "\"alg\":\"none\""), claims.to_owned()),
        Some(Encoding::Twice(member)) => (header.to_owned(), twice(claims, member)),
        Some(Encoding::Deep) => {
            let deep = format!("\"deep\":{}{}", "[".repeat(100_000), "]".repeat(100_000));
            (header.to_owned(), twice(claims, &deep))
        }
        Some(Encoding::Long) => {
            let long = format!("\"long\":\"{}\"", "x".repeat(10 << 20));
            (header.to_owned(), twice(claims, &long))
        }
        _ => (header.to_owned(), claims.to_owned()),
    };
    let input = format!("{}.{}", encode(header), encode(claims));
    let mut signature = key.sign(input.as_bytes(), algorithm)?;
    if encoding == Some(Encoding::Corrupt)
        && let Some(last) = signature.last_mut()
    {
        *last ^= 1;
    }
    let signature = encode(signature);
    Ok(match encoding {
        Some(Encoding::Stripped) => format!("{input}."),
        Some(Encoding::Padded) => format!("{input}.{signature}=="),
        Some(Encoding::Dots) => format!("{input}.{signature}{}", ".".repeat(100_000)),
        Some(Encoding::Json) => {
            let (header, claims) = input.split_once('.').unwrap_or_default();
            json!({"protected": header, "payload": claims, "signature": signature}).to_string()
        }
        _ => format!("{input}.{signature}"),
    })
}

/// Puts a value where a JSON pointer says; what stands above it must be there.
pub fn set(whole: &mut Value, pointer: &str, value: Value) {
    let (above, name) = pointer.rsplit_once('/').unwrap_or_default();
    match whole.pointer_mut(above) {
        Some(Value::Object(above)) => {
            above.insert(name.replace("~1", "/"), value);
        }
        Some(Value::Array(above)) => above.push(value),
        _ => {}
    }
}

/// Takes away what a JSON pointer names.
pub fn remove(whole: &mut Value, pointer: &str) {
    let (above, name) = pointer.rsplit_once('/').unwrap_or_default();
    if let Some(above) = whole.pointer_mut(above).and_then(Value::as_object_mut) {
        above.remove(&name.replace("~1", "/"));
    }
}

/// A token of the broker: read, not yet verified.
#[derive(Clone, Debug)]
pub struct Read<'t> {
    input: &'t str,
    signature: Vec<u8>,
    /// The JOSE header.
    pub header: Value,
    /// The claims, which nobody has verified.
    pub claims: Value,
}

impl<'t> Read<'t> {
    /// Reads a compact JWS.
    ///
    /// # Errors
    /// When it is none.
    pub fn new(token: &'t str) -> Result<Self, SandboxError> {
        let malformed = || SandboxError::new("read a token", "it is no compact JWS");
        let (input, signature) = token.trim_end().rsplit_once('.').ok_or_else(malformed)?;
        let (header, claims) = input.split_once('.').ok_or_else(malformed)?;
        let part = |text: &str| -> Result<Value, SandboxError> {
            let octets = URL_SAFE_NO_PAD.decode(text).doing("read a token")?;
            serde_json::from_slice(&octets).doing("read a token")
        };
        Ok(Self {
            input,
            signature: URL_SAFE_NO_PAD.decode(signature).doing("read a token")?,
            header: part(header)?,
            claims: part(claims)?,
        })
    }

    /// The same, when a key of the set verifies it.
    ///
    /// # Errors
    /// When none does.
    pub fn verified(self, jwks: &Value) -> Result<Self, SandboxError> {
        let (kid, alg) = (text(&self.header, "kid"), text(&self.header, "alg"));
        let (kid, alg) = (kid.unwrap_or_default(), alg.unwrap_or_default());
        if verifies(jwks, kid, alg, self.input.as_bytes(), &self.signature) {
            Ok(self)
        } else {
            Err(SandboxError::new("verify a token", "no key of its issuer verifies it"))
        }
    }

    /// A claim that is text.
    #[must_use]
    pub fn text(&self, name: &str) -> &str {
        text(&self.claims, name).unwrap_or_default()
    }

    /// A claim that is a number.
    #[must_use]
    pub fn number(&self, name: &str) -> Option<i64> {
        self.claims.get(name).and_then(Value::as_i64)
    }
}
