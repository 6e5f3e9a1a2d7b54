//! Structured fields of HTTP whose items are octets (RFC 8941), as far as certificates travel in them
//! (RFC 9440).
//!
//! Not trust: who may send such a field is decided where it is read.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// An item that is one byte sequence without parameters (section 3.3.5), if it is not longer than
/// `longest` characters.
#[must_use]
pub fn byte_sequence(value: &[u8], longest: usize) -> Option<Vec<u8>> {
    if value.len() > longest {
        return None;
    }
    let inner = value.strip_prefix(b":")?.strip_suffix(b":")?;
    STANDARD.decode(inner).ok()
}

#[cfg(test)]
mod tests {
    use super::byte_sequence;

    #[test]
    fn a_byte_sequence_stands_between_colons() {
        assert_eq!(byte_sequence(b":AQID:", 64).as_deref(), Some(&[1, 2, 3][..]));
        for value in
            [&b""[..], b":", b"AQID", b":AQID", b":AQ ID:", b":AQID:;a=1", b":AQID:, :AQID:"]
        {
            assert_eq!(byte_sequence(value, 64), None, "{value:?}");
        }
        assert_eq!(byte_sequence(b":AQID:", 5), None, "longer than allowed");
    }
}
