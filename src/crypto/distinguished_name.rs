//! Distinguished names: as RFC 4514 writes them, and as a certificate holds them.
//!
//! Not a search: two names are one when their RDNs are one by one the same sets of types and values.
//! Values are compared as they are decoded, letter by letter; the looser rules of directories
//! (RFC 4518) would call names equal that an authority issues as different ones.

use std::collections::BTreeSet;
use std::str::Chars;

use x509_parser::asn1_rs::{Any, FromDer as _, Tag};
use x509_parser::x509::{AttributeTypeAndValue, X509Name};

/// A name as parsed: the RDNs in the order of the certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DistinguishedName(Vec<BTreeSet<Attribute>>);

/// Type (dotted) and value.
type Attribute = (String, Value);

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Value {
    /// What a string type holds.
    Text(String),
    /// The tag and the content of anything else.
    Encoded(u32, Vec<u8>),
}

/// Why a text is no distinguished name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NameFault {
    /// Names nobody.
    #[error("is empty")]
    Empty,
    /// Not `type=value`.
    #[error("has a part without a type and `=`")]
    NoType,
    /// Neither a known short name nor a dotted number.
    #[error("has a type that is neither a short name of RFC 4519 nor a dotted number")]
    UnknownType,
    /// A value that has to be escaped, or a wrong escape.
    #[error("has a value that is not escaped as RFC 4514 wants")]
    BadValue,
}

impl DistinguishedName {
    /// From a text in the form of RFC 4514, the most significant RDN last.
    ///
    /// # Errors
    /// [`NameFault`]
    pub fn parse(text: &str) -> Result<Self, NameFault> {
        if text.is_empty() {
            return Err(NameFault::Empty);
        }
        let mut rdns = Vec::new();
        let mut rdn = BTreeSet::new();
        let mut rest = text;
        loop {
            let (kind, after) = rest.split_once('=').ok_or(NameFault::NoType)?;
            let kind = type_of(kind.trim_start_matches(' '))?;
            let (value, end, after) = value(after)?;
            if !rdn.insert((kind, value)) {
                return Err(NameFault::BadValue);
            }
            match end {
                Some('+') => {}
                Some(_) => rdns.push(std::mem::take(&mut rdn)),
                None => break,
            }
            rest = after;
        }
        rdns.push(rdn);
        rdns.reverse();
        Ok(Self(rdns))
    }

    /// As a certificate holds it.
    #[must_use]
    pub fn of(name: &X509Name<'_>) -> Self {
        let attribute = |attribute: &AttributeTypeAndValue<'_>| {
            (attribute.attr_type().to_id_string(), Value::of(attribute.attr_value()))
        };
        Self(name.iter_rdn().map(|rdn| rdn.iter().map(attribute).collect()).collect())
    }

    /// Whether it names nobody: a certificate that has only alternative names.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// The dotted number of a type.
fn type_of(written: &str) -> Result<String, NameFault> {
    let upper = written.to_ascii_uppercase();
    if let Some((_, number)) = SHORT_NAMES.iter().find(|(name, _)| *name == upper) {
        return Ok((*number).to_owned());
    }
    let arc = |arc: &str| {
        !arc.is_empty()
            && arc.bytes().all(|b| b.is_ascii_digit())
            && (arc == "0" || !arc.starts_with('0'))
    };
    if written.contains('.') && written.split('.').all(arc) {
        Ok(written.to_owned())
    } else {
        Err(NameFault::UnknownType)
    }
}

/// The value at the beginning of `text`, the separator after it, and the rest.
fn value(text: &str) -> Result<(Value, Option<char>, &str), NameFault> {
    let mut characters = text.chars();
    let hexadecimal = text.starts_with('#').then(|| characters.next());
    let mut octets = Vec::new();
    // A blank, or the sign for hexadecimal, that stands for itself where it has another meaning.
    let mut bare_blank = false;
    let end = loop {
        let Some(character) = characters.next() else { break None };
        let bare_blank_before = std::mem::replace(&mut bare_blank, character == ' ');
        match character {
            ',' | '+' => {
                bare_blank = bare_blank_before;
                break Some(character);
            }
            '\\' => octets.push(escaped(&mut characters)?),
            '"' | ';' | '<' | '>' | '\0' => return Err(NameFault::BadValue),
            ' ' if octets.is_empty() => return Err(NameFault::BadValue),
            other => octets.extend_from_slice(other.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    };
    if bare_blank {
        return Err(NameFault::BadValue);
    }
    let text = String::from_utf8(octets).map_err(|_| NameFault::BadValue)?;
    let value = if hexadecimal.is_some() { encoded(&text)? } else { Value::Text(text) };
    Ok((value, end, characters.as_str()))
}

/// The octet that an escape stands for: a special character, or two hexadecimal digits.
fn escaped(characters: &mut Chars<'_>) -> Result<u8, NameFault> {
    let first = characters.next().ok_or(NameFault::BadValue)?;
    if SPECIAL.contains(first) {
        return u8::try_from(first).map_err(|_| NameFault::BadValue);
    }
    let second = characters.next().ok_or(NameFault::BadValue)?;
    octet(first, second)
}

fn octet(high: char, low: char) -> Result<u8, NameFault> {
    let digit = |character: char| character.to_digit(16).ok_or(NameFault::BadValue);
    u8::try_from(digit(high)? * 16 + digit(low)?).map_err(|_| NameFault::BadValue)
}

/// A value as DER, in hexadecimal digits.
fn encoded(digits: &str) -> Result<Value, NameFault> {
    let mut octets = Vec::with_capacity(digits.len() / 2);
    let mut characters = digits.chars();
    while let Some(high) = characters.next() {
        octets.push(octet(high, characters.next().ok_or(NameFault::BadValue)?)?);
    }
    match Any::from_der(&octets) {
        Ok(([], any)) => Ok(Value::of(&any)),
        _ => Err(NameFault::BadValue),
    }
}

impl Value {
    fn of(any: &Any<'_>) -> Self {
        let text = match any.tag() {
            Tag::NumericString | Tag::PrintableString | Tag::Utf8String | Tag::Ia5String => {
                std::str::from_utf8(any.data).ok()
            }
            _ => None,
        };
        text.map_or_else(
            || Self::Encoded(any.tag().0, any.data.to_vec()),
            |text| Self::Text(text.to_owned()),
        )
    }
}

/// What an escape may stand before (RFC 4514, section 2.4).
const SPECIAL: &str = "\\\"+,;<> #=";

/// RFC 4519, and what certificates hold beside it (X.520, PKCS #9, ETSI EN 319 412-1).
const SHORT_NAMES: [(&str, &str); 18] = [
    ("CN", "2.5.4.3"),
    ("SN", "2.5.4.4"),
    ("SERIALNUMBER", "2.5.4.5"),
    ("C", "2.5.4.6"),
    ("L", "2.5.4.7"),
    ("ST", "2.5.4.8"),
    ("STREET", "2.5.4.9"),
    ("O", "2.5.4.10"),
    ("OU", "2.5.4.11"),
    ("TITLE", "2.5.4.12"),
    ("BUSINESSCATEGORY", "2.5.4.15"),
    ("POSTALCODE", "2.5.4.17"),
    ("GIVENNAME", "2.5.4.42"),
    ("DNQUALIFIER", "2.5.4.46"),
    ("ORGANIZATIONIDENTIFIER", "2.5.4.97"),
    ("DC", "0.9.2342.19200300.100.1.25"),
    ("UID", "0.9.2342.19200300.100.1.1"),
    ("EMAILADDRESS", "1.2.840.113549.1.9.1"),
];

#[cfg(test)]
mod tests;
