//! Cards (CNS) that were refused, and why.
//!
//! Not the checks: `upstream/cns` has those. Here the person is told more than of a refused response:
//! whoever holds a card can do something about it.

use super::Row;
use super::Severity::{Alert, Info, Warning};

/// 11: the national services card.
#[rustfmt::skip]
pub(super) static ROWS: &[Row] = &[
    Row::new("VARCO-1101", "cns-no-certificate",        403, Some("access_denied"),           Info,    "cns-no-certificate",
        "The browser showed no certificate: no card in the reader, no driver, or the person closed the window. If nobody can sign in, look whether a proxy ends TLS before listen.cns."),
    Row::new("VARCO-1102", "cns-unreadable",            403, Some("access_denied"),           Warning, "cns-unsuitable",
        "What was shown is not a certificate that can be read, says something twice, or has a critical extension that is not known; the detail says which."),
    Row::new("VARCO-1103", "cns-chain-too-long",        403, Some("access_denied"),           Alert,   "cns-unsuitable",
        "More certificates came along than any card has."),
    Row::new("VARCO-1104", "cns-signature-certificate", 403, Some("access_denied"),           Info,    "cns-signature-certificate",
        "The person chose the certificate for signing documents (nonRepudiation) and not the one for authentication."),
    Row::new("VARCO-1105", "cns-wrong-purpose",         403, Some("access_denied"),           Warning, "cns-unsuitable",
        "An authority's certificate, or one whose keyUsage or extendedKeyUsage does not allow to authenticate a client."),
    Row::new("VARCO-1106", "cns-unknown-authority",     403, Some("access_denied"),           Warning, "cns-unknown-authority",
        "None of certificate_authorities issued it: add the certificate of the authority that signs the cards themselves, or somebody shows a certificate of his own making. Or the authority's name constraints exclude it: the detail says so."),
    Row::new("VARCO-1107", "cns-authority-expired",     403, Some("temporarily_unavailable"), Alert,   "cns-unverifiable",
        "The authority's own certificate has expired: add its next one to certificate_authorities."),
    Row::new("VARCO-1108", "cns-expired",               403, Some("access_denied"),           Info,    "cns-expired",
        "The card has expired."),
    Row::new("VARCO-1109", "cns-not-yet-valid",         403, Some("access_denied"),           Warning, "cns-not-yet-valid",
        "The card is not valid yet: if there are many, look at our clock."),
    Row::new("VARCO-1110", "cns-weak",                  403, Some("access_denied"),           Warning, "cns-expired",
        "An RSA key below 2048 bits, or a signature with SHA-1 or MD5. Old cards with 1024 bits are taken until the day in accept_rsa_1024_until."),
    Row::new("VARCO-1111", "cns-wrong-policy",          403, Some("access_denied"),           Warning, "cns-unsuitable",
        "A certificate of a listed authority, but not of a card: it has none of the policies in upstream.cns.policies."),
    Row::new("VARCO-1112", "cns-revoked",               403, Some("access_denied"),           Warning, "cns-revoked",
        "The authority has revoked or suspended the card."),
    Row::new("VARCO-1113", "cns-revocation-unknown",    503, Some("temporarily_unavailable"), Alert,   "cns-unverifiable",
        "Neither a list in force nor a responder says whether the card was revoked: see `varco doctor`, crl_urls and ocsp. accept_unchecked_until takes cards at level 2 until a day."),
    Row::new("VARCO-1114", "cns-holder-unnamed",        403, Some("access_denied"),           Warning, "cns-unsuitable",
        "The subject does not name one person in the way of the CNS (fiscal code, slash, card); the detail says what is wrong and no value."),
    Row::new("VARCO-1115", "cns-proxy-refused",         403, Some("server_error"),            Alert,   "cns-unverifiable",
        "What the proxy before listen.cns says cannot be believed: a header is missing or doubled, its handshake did not succeed, or the peer is not in listen.trusted_proxies. See docs/reference/cns.md."),
    Row::new("VARCO-1116", "cns-too-late",              403, Some("access_denied"),           Info,    "cns-too-late",
        "More than five minutes between the choice and the card."),
];
