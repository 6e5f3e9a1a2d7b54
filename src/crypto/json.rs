//! JSON that somebody else wrote, read so that two readers cannot take it differently: a member that
//! stands twice is refused, wherever it stands, and so is deep nesting (RFC 8259, section 4; RFC 7519,
//! section 4).
//!
//! Not for our own state or configuration. The caller bounds the octets.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// Objects and arrays inside each other; what JOSE, claims requests and client metadata need is six.
const DEPTH: u8 = 16;

/// Not one JSON object, or one with a member twice, or nested too deeply. One reason, on purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a JSON object in which each member stands once")]
pub struct JsonFault;

/// The object that `octets` are: one value, nothing after it.
///
/// # Errors
/// [`JsonFault`].
pub fn object(octets: &[u8]) -> Result<Map<String, Value>, JsonFault> {
    match value(octets)? {
        Value::Object(members) => Ok(members),
        _ => Err(JsonFault),
    }
}

/// The value that `octets` are, of any type.
///
/// # Errors
/// [`JsonFault`].
pub fn value(octets: &[u8]) -> Result<Value, JsonFault> {
    let mut reader = serde_json::Deserializer::from_slice(octets);
    let value = Strict { room: DEPTH }.deserialize(&mut reader).map_err(|_| JsonFault)?;
    reader.end().map_err(|_| JsonFault)?;
    Ok(value)
}

/// A value with so many levels left.
#[derive(Clone, Copy)]
struct Strict {
    room: u8,
}

impl Strict {
    fn inside<E: Error>(self) -> Result<Self, E> {
        let room = self.room.checked_sub(1).ok_or_else(|| E::custom("nested too deeply"))?;
        Ok(Self { room })
    }
}

impl<'de> DeserializeSeed<'de> for Strict {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Value, D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value).map(Value::Number).ok_or_else(|| E::custom("not a number"))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        let inside = self.inside()?;
        let mut values = Vec::new();
        while let Some(value) = list.next_element_seed(inside)? {
            values.push(value);
        }
        Ok(Value::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Value, A::Error> {
        let inside = self.inside()?;
        let mut members = Map::new();
        while let Some(name) = object.next_key::<String>()? {
            let value = object.next_value_seed(inside)?;
            if members.insert(name, value).is_some() {
                return Err(A::Error::custom("a member stands twice"));
            }
        }
        Ok(Value::Object(members))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ordinary_object_is_read_as_it_is_written() {
        let text = br#" {"a":[1,-2,1.5,"x\u00e8",true,null],"b":{"c":{}}} "#;
        let expected: Value = serde_json::from_slice(text).unwrap();
        assert_eq!(Value::Object(object(text).unwrap()), expected);
    }

    #[test]
    fn a_member_that_stands_twice_is_refused_at_every_depth() {
        for text in [r#"{"a":1,"a":1}"#, r#"{"a":{"b":1,"b":2}}"#, r#"{"x":[{"a":1,"\u0061":2}]}"#]
        {
            assert_eq!(object(text.as_bytes()), Err(JsonFault), "{text}");
        }
    }

    #[test]
    fn anything_but_one_shallow_object_is_refused() {
        let deep = |levels: usize| "[".repeat(levels) + &"]".repeat(levels);
        for text in
            ["", "[]", "\"{}\"", "null", "{}{}", "{} x", "{'a':1}", "{\"a\":1,}", "\u{feff}{}"]
        {
            assert_eq!(object(text.as_bytes()), Err(JsonFault), "{text}");
        }
        assert_eq!(object(b"{\"a\":\"\xff\"}"), Err(JsonFault));
        assert!(object(format!("{{\"a\":{}}}", deep(15)).as_bytes()).is_ok());
        for levels in [16, 100_000] {
            assert_eq!(object(format!("{{\"a\":{}}}", deep(levels)).as_bytes()), Err(JsonFault));
        }
    }
}
