//! Any query as a redirected message: nothing is accepted but what was signed; and the codings round
//! it undo each other and stay in bounds.

#![no_main]

use libfuzzer_sys::fuzz_target;
use varco::saml::binding::{deflate, inflate, percent_decode, percent_encode, read_redirect};
use varco::xml::Limits;
use varco_fuzz::messages::{LOGOUT_REQUEST, RELAY_STATE};
use varco_fuzz::world::{asked, providers};

fuzz_target!(|octets: &[u8]| {
    if let Some(text) = inflate(octets) {
        assert!(text.len() <= Limits::MESSAGE.octets);
    }
    let Ok(query) = std::str::from_utf8(octets) else { return };
    let keys = &asked(providers()).keys;
    for parameter in ["SAMLRequest", "SAMLResponse"] {
        if let Ok(redirected) = read_redirect(query, parameter, keys) {
            assert_eq!(parameter, "SAMLRequest");
            assert_eq!(redirected.message, LOGOUT_REQUEST);
            assert!(redirected.relay_state.is_none_or(|state| state == RELAY_STATE));
        }
    }
    let encoded = percent_encode(query);
    assert!(
        encoded.bytes().all(|octet| octet.is_ascii_alphanumeric() || b"%-._~".contains(&octet))
    );
    assert_eq!(percent_decode(&encoded).as_deref(), Some(query));
    if let Some(decoded) = percent_decode(query) {
        assert!(decoded.len() <= query.len());
        assert_eq!(percent_decode(&percent_encode(&decoded)), Some(decoded));
    }
    let fits = query.len() <= Limits::MESSAGE.octets;
    assert_eq!(inflate(&deflate(octets)).as_deref(), fits.then_some(query));
});
