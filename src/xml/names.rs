//! Names: the namespaces of SAML and XML Signature, and what an `NCName` is.
//!
//! Not a resolver: a namespace name is compared, never fetched.

/// SAML 2.0 assertions.
pub const ASSERTION: &str = "urn:oasis:names:tc:SAML:2.0:assertion";
/// SAML 2.0 protocol.
pub const PROTOCOL: &str = "urn:oasis:names:tc:SAML:2.0:protocol";
/// SAML 2.0 metadata.
pub const METADATA: &str = "urn:oasis:names:tc:SAML:2.0:metadata";
/// XML Signature.
pub const DSIG: &str = "http://www.w3.org/2000/09/xmldsig#";
/// XML Encryption.
pub(super) const XENC: &str = "http://www.w3.org/2001/04/xmlenc#";
/// What version 1.1 of XML Encryption added.
pub(super) const XENC11: &str = "http://www.w3.org/2009/xmlenc11#";
/// Exclusive canonicalisation without comments: algorithm and namespace of `InclusiveNamespaces`.
pub(super) const EXC_C14N: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";
/// The enveloped-signature transform.
pub(super) const ENVELOPED: &str = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";
/// The namespace of the prefix `xml`.
pub(super) const XML: &str = "http://www.w3.org/XML/1998/namespace";

/// An `NCName` of Namespaces in XML 1.0, section 3: a name without a colon.
#[must_use]
pub fn is_ncname(text: &str) -> bool {
    let mut characters = text.chars();
    characters.next().is_some_and(starts_name) && characters.all(continues_name)
}

/// `NameStartChar` of XML 1.0, section 2.3, without the colon.
fn starts_name(c: char) -> bool {
    c.is_ascii_alphabetic()
        || c == '_'
        || matches!(c,
            '\u{C0}'..='\u{D6}' | '\u{D8}'..='\u{F6}' | '\u{F8}'..='\u{2FF}'
            | '\u{370}'..='\u{37D}' | '\u{37F}'..='\u{1FFF}' | '\u{200C}'..='\u{200D}'
            | '\u{2070}'..='\u{218F}' | '\u{2C00}'..='\u{2FEF}' | '\u{3001}'..='\u{D7FF}'
            | '\u{F900}'..='\u{FDCF}' | '\u{FDF0}'..='\u{FFFD}' | '\u{10000}'..='\u{EFFFF}')
}

/// `NameChar` of XML 1.0, section 2.3, without the colon.
fn continues_name(c: char) -> bool {
    c.is_ascii_digit()
        || matches!(c, '-' | '.' | '\u{B7}' | '\u{300}'..='\u{36F}' | '\u{203F}'..='\u{2040}')
        || starts_name(c)
}

/// A namespace name on which all implementations agree: an absolute URI of RFC 3986, in the characters
/// that it may hold, without markup, user or brackets. Some refuse to canonicalise what is no URI.
pub(super) fn is_sound_namespace(name: &str) -> bool {
    let Some((scheme, rest)) = name.split_once(':') else { return false };
    let (path, fragment) = rest.split_once('#').unwrap_or((rest, ""));
    let authority = path.strip_prefix("//").and_then(|inside| inside.split(['/', '?']).next());
    scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'))
        && authority.is_none_or(is_host)
        && is_uri_part(path)
        && is_uri_part(fragment)
}

/// A host, with or without a port; `file:///` has none.
fn is_host(authority: &str) -> bool {
    let (host, port) = authority.split_once(':').unwrap_or((authority, "0"));
    let named = host.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_'));
    let numbered = (1..6).contains(&port.len()) && port.bytes().all(|b| b.is_ascii_digit());
    named && numbered && (!host.is_empty() || authority.is_empty())
}

/// Only characters of a URI (RFC 3986, section 2) but `#`, `[`, `]`, and `&`, which is markup.
fn is_uri_part(part: &str) -> bool {
    let mut octets = part.bytes();
    while let Some(octet) = octets.next() {
        let sound = match octet {
            b'%' => (0..2).all(|_| octets.next().is_some_and(|digit| digit.is_ascii_hexdigit())),
            _ => octet.is_ascii_alphanumeric() || b"-._~!$'()*+,;=:@/?".contains(&octet),
        };
        if !sound {
            return false;
        }
    }
    true
}
