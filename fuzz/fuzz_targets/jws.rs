//! Any text as a token: nothing verifies but what was signed, whatever header it has.

#![no_main]

use libfuzzer_sys::fuzz_target;
use varco::crypto::jwk::SignatureAlgorithm;
use varco::crypto::jws::{Compact, Expected, SelfSigned};
use varco_fuzz::jose::{CLAIMS, keys};

const EXPECTED: Expected = Expected { longest: 16384, types: &["JWT"], untyped: true };

fuzz_target!(|text: &str| {
    if let Ok(compact) = Compact::read(text, &EXPECTED) {
        if let Ok(verified) = compact.verify(keys(), &SignatureAlgorithm::ALL) {
            let claims = serde_json::to_string(verified.claims().members()).expect("JSON");
            let genuine: serde_json::Value = serde_json::from_str(CLAIMS).expect("JSON");
            assert_eq!(claims, genuine.to_string());
        }
        assert!(compact.verify_with_secret(&[7; 32]).is_err(), "a MAC was forged");
    }
    if let Ok(proof) = SelfSigned::read(text, &EXPECTED) {
        let _ = proof.verify(&SignatureAlgorithm::ALL);
    }
});
