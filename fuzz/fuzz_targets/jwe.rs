//! Any text as an encrypted token: what opens is what was sealed, and nothing is inflated.

#![no_main]

use libfuzzer_sys::fuzz_target;
use varco::crypto::jwe::{Accepted, ContentEncryption, KeyManagement, decrypt};
use varco_fuzz::jose::{INSIDE, receivers};

const ACCEPTED: Accepted =
    Accepted { longest: 16384, management: &KeyManagement::ALL, content: &ContentEncryption::ALL };

fuzz_target!(|text: &str| {
    if let Ok(opened) = decrypt(text, receivers(), &ACCEPTED) {
        assert_eq!(opened.text(), Some(INSIDE));
        assert_eq!(text.split('.').count(), 5);
        assert!(!text.contains("zip"), "the header is base64url");
    }
});
