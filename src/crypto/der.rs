//! A strict reader of DER, for the few structures that no library of ours reads (X.690, section 10).
//!
//! Not ASN.1: it knows tags and lengths, and whoever reads knows the structure. Every length is definite
//! and minimal, and what is left over is an error.

use time::{Date, Month, PrimitiveDateTime, Time};

use crate::effects::Timestamp;

/// The octets are not the structure that was looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not the DER that was expected")]
pub struct Malformed;

/// What is left to read.
#[derive(Clone, Copy, Debug)]
pub struct Der<'a>(&'a [u8]);

/// One value.
#[derive(Clone, Copy, Debug)]
pub struct Value<'a> {
    /// The identifier octet.
    pub tag: u8,
    /// The contents octets.
    pub contents: &'a [u8],
    /// All of it, identifier and length included.
    pub whole: &'a [u8],
}

impl<'a> Der<'a> {
    /// Reads `octets` from the start.
    #[must_use]
    pub const fn new(octets: &'a [u8]) -> Self {
        Self(octets)
    }

    /// The contents of the one value that `octets` are, of kind `tag`.
    ///
    /// # Errors
    /// [`Malformed`] for any other kind, and when something follows.
    pub fn only(octets: &'a [u8], tag: u8) -> Result<Self, Malformed> {
        let mut reader = Self(octets);
        let inner = reader.expect(tag)?;
        reader.finish()?;
        Ok(Self(inner.contents))
    }

    /// The next value, whatever it is.
    ///
    /// # Errors
    /// [`Malformed`] when there is none, or its length is not written as DER demands.
    pub fn any(&mut self) -> Result<Value<'a>, Malformed> {
        let (&tag, rest) = self.0.split_first().ok_or(Malformed)?;
        // Tag numbers above 30 take more octets; no structure that is read here has one.
        if tag & 0x1F == 0x1F {
            return Err(Malformed);
        }
        let (&first, rest) = rest.split_first().ok_or(Malformed)?;
        let (length, rest) = match first {
            0..=0x7F => (usize::from(first), rest),
            0x81..=0x84 => {
                let (digits, rest) =
                    rest.split_at_checked(usize::from(first & 0x7F)).ok_or(Malformed)?;
                let number =
                    digits.iter().fold(0_usize, |sum, digit| sum << 8 | usize::from(*digit));
                let shortest = digits.first() != Some(&0) && number > 0x7F;
                (if shortest { number } else { return Err(Malformed) }, rest)
            }
            _ => return Err(Malformed),
        };
        let (contents, after) = rest.split_at_checked(length).ok_or(Malformed)?;
        let (whole, _) = self.0.split_at_checked(self.0.len() - after.len()).ok_or(Malformed)?;
        self.0 = after;
        Ok(Value { tag, contents, whole })
    }

    /// The next value, which must be of kind `tag`.
    ///
    /// # Errors
    /// [`Malformed`]
    pub fn expect(&mut self, tag: u8) -> Result<Value<'a>, Malformed> {
        let value = self.any()?;
        if value.tag == tag { Ok(value) } else { Err(Malformed) }
    }

    /// The next value if it is of kind `tag`.
    ///
    /// # Errors
    /// [`Malformed`] when it begins as one and is none.
    pub fn optional(&mut self, tag: u8) -> Result<Option<Value<'a>>, Malformed> {
        if self.0.first() == Some(&tag) { self.any().map(Some) } else { Ok(None) }
    }

    /// The next value, entered.
    ///
    /// # Errors
    /// [`Malformed`]
    pub fn enter(&mut self, tag: u8) -> Result<Self, Malformed> {
        Ok(Self(self.expect(tag)?.contents))
    }

    /// What is left, as it stands.
    #[must_use]
    pub const fn rest(&self) -> &'a [u8] {
        self.0
    }

    /// Whether nothing is left.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Nothing may be left.
    ///
    /// # Errors
    /// [`Malformed`]
    pub const fn finish(self) -> Result<(), Malformed> {
        if self.0.is_empty() { Ok(()) } else { Err(Malformed) }
    }
}

/// The octets of a BIT STRING that is made of whole octets.
///
/// # Errors
/// [`Malformed`] when bits are left over.
pub fn whole_bits(contents: &[u8]) -> Result<&[u8], Malformed> {
    match contents.split_first() {
        Some((0, octets)) => Ok(octets),
        _ => Err(Malformed),
    }
}

/// `20261122160000Z`: a `GeneralizedTime` in the one form that RFC 5280 allows (section 4.1.2.5.2).
///
/// # Errors
/// [`Malformed`]
pub fn moment(contents: &[u8]) -> Result<Timestamp, Malformed> {
    let digits =
        contents.strip_suffix(b"Z").filter(|digits| digits.len() == 14).ok_or(Malformed)?;
    if !digits.iter().all(u8::is_ascii_digit) {
        return Err(Malformed);
    }
    let (year, rest) = digits.split_at_checked(4).ok_or(Malformed)?;
    let number =
        |part: &[u8]| part.iter().fold(0_u16, |sum, digit| sum * 10 + u16::from(digit - b'0'));
    let year = i32::from(number(year));
    let mut pairs = rest.chunks_exact(2).map(|pair| u8::try_from(number(pair)).unwrap_or(u8::MAX));
    let mut next = || pairs.next().ok_or(Malformed);
    let month = Month::try_from(next()?).map_err(|_| Malformed)?;
    let date = Date::from_calendar_date(year, month, next()?).map_err(|_| Malformed)?;
    let time = Time::from_hms(next()?, next()?, next()?).map_err(|_| Malformed)?;
    let at = PrimitiveDateTime::new(date, time).assume_utc();
    Ok(Timestamp::from_unix_seconds(at.unix_timestamp()))
}

/// One value of kind `tag` with these contents.
#[must_use]
pub fn write(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let contents = parts.concat();
    let mut out = vec![tag];
    match u8::try_from(contents.len()) {
        Ok(short) if short < 0x80 => out.push(short),
        _ => {
            let digits: Vec<u8> =
                contents.len().to_be_bytes().into_iter().skip_while(|digit| *digit == 0).collect();
            out.push(0x80 | u8::try_from(digits.len()).unwrap_or(0x7F));
            out.extend_from_slice(&digits);
        }
    }
    out.extend_from_slice(&contents);
    out
}

/// `SEQUENCE`.
pub const SEQUENCE: u8 = 0x30;
/// `OCTET STRING`.
pub const OCTET_STRING: u8 = 0x04;
/// `BIT STRING`.
pub const BIT_STRING: u8 = 0x03;
/// `OBJECT IDENTIFIER`.
pub const OBJECT: u8 = 0x06;
/// `INTEGER`.
pub const INTEGER: u8 = 0x02;
/// `GeneralizedTime`.
pub const GENERALIZED_TIME: u8 = 0x18;

/// `[number]`, constructed.
#[must_use]
pub const fn tagged(number: u8) -> u8 {
    0xA0 | number
}

/// `[number]`, primitive.
#[must_use]
pub const fn implicit(number: u8) -> u8 {
    0x80 | number
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        for length in [0, 1, 127, 128, 255, 256, 65_536] {
            let octets = vec![7; length];
            let written = write(OCTET_STRING, &[&octets]);
            let mut reader = Der::new(&written);
            let value = reader.expect(OCTET_STRING).unwrap();
            assert_eq!((value.contents, value.whole), (octets.as_slice(), written.as_slice()));
            assert!(reader.finish().is_ok());
        }
    }

    #[test]
    fn lengths_that_der_forbids_are_refused() {
        for octets in [
            &[][..],
            &[0x30],
            &[0x30, 0x80, 0, 0],
            &[0x30, 0x81, 0x01, 0],
            &[0x30, 0x82, 0x00, 0x81],
            &[0x30, 0x85, 1, 0, 0, 0, 0],
            &[0x30, 0xFF],
            &[0x30, 2, 0],
            &[0x1F, 0x81, 0, 0],
            &[0x30, 0x84, 0xFF, 0xFF, 0xFF, 0xFF],
        ] {
            assert!(Der::new(octets).any().is_err(), "{octets:?}");
        }
        assert!(Der::only(&[0x30, 0, 0x30, 0], SEQUENCE).is_err(), "something follows");
        assert!(Der::only(&[0x31, 0], SEQUENCE).is_err());
    }

    #[test]
    fn times_are_whole_seconds_of_utc() {
        assert_eq!(moment(b"19700101000001Z"), Ok(Timestamp::from_unix_seconds(1)));
        for text in [
            "",
            "Z",
            "1970010100000Z",
            "19701301000000Z",
            "19700230000000Z",
            "19700101250000Z",
            "19700101000000",
            "19700101000000.5Z",
            "19700101000000+0100",
            "+9700101000000Z",
        ] {
            assert!(moment(text.as_bytes()).is_err(), "{text}");
        }
    }

    #[test]
    fn a_bit_string_has_whole_octets() {
        assert_eq!(whole_bits(&[0, 5]), Ok(&[5][..]));
        assert!(whole_bits(&[1, 4]).is_err());
        assert!(whole_bits(&[]).is_err());
    }
}
