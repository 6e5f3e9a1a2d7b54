//! Any form field, and any octets as the message in one: nothing is accepted but the genuine assertion.

#![no_main]

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use libfuzzer_sys::fuzz_target;
use varco_fuzz::world::{is_genuine, judge, providers};

fuzz_target!(|octets: &[u8]| {
    if let Ok(field) = std::str::from_utf8(octets) {
        attempt(field);
    }
    attempt(&STANDARD.encode(octets));
});

fn attempt(field: &str) {
    if let Ok(proof) = judge(field, providers(), false) {
        assert!(is_genuine(&proof), "a forged answer was accepted: {proof:?}");
        assert!(judge(field, providers(), true).is_err(), "the answer is good for two providers");
    }
}
