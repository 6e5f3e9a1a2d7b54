//! A chain of statements, changed at will and signed all the same: what is believed leads from the subject to
//! the anchor link by link, has not ended, and hangs on each of its signatures.

#![no_main]

use std::sync::{Arc, OnceLock};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use varco::crypto::jwk::PublicKeys;
use varco::effects::Effects;
use varco::federation::{AskStatus, Dialect, Federation, Reach, Settings, TrustAnchor};
use varco_fuzz::chain::{NAMES, changed, jwks, keys};
use varco_fuzz::jose::entity;
use varco_fuzz::messages::SENT;

/// A federation of each dialect, in which somebody is asked by nobody.
fn federations() -> &'static [(Federation, Effects)] {
    static ALL: OnceLock<Vec<(Federation, Effects)>> = OnceLock::new();
    ALL.get_or_init(|| {
        Dialect::ALL
            .into_iter()
            .map(|dialect| {
                let (fx, _) = Effects::scripted(SENT + 30, 7);
                let set = jwks(&keys()[2]);
                let pinned = PublicKeys::from_members(set.as_object().expect("a set"));
                let anchor = TrustAnchor {
                    id: entity(NAMES[2]),
                    keys: Arc::new(pinned.expect("keys")),
                    dialect,
                    marks: std::collections::BTreeMap::default(),
                    mark_status: AskStatus::default(),
                    auto_roll: false,
                };
                let settings =
                    Settings { anchors: vec![anchor], reach: Reach::default(), folder: None };
                (Federation::new(settings, &fx), fx)
            })
            .collect()
    })
}

fn part(token: &str, at: usize) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(token.split('.').nth(at).expect("three parts")).expect("base64url")
}

fn claim<'c>(claims: &'c Value, name: &str) -> &'c str {
    claims[name].as_str().expect("a text")
}

fuzz_target!(|text: &str| {
    let chain = changed(text);
    let subject = entity(NAMES[0]);
    for (federation, fx) in federations() {
        let Ok(found) = federation.offered(&subject, &chain, fx) else { continue };
        assert_eq!((found.subject(), found.statements()), (&subject, chain.as_slice()));
        assert_eq!(found.anchor().as_str(), NAMES[2]);
        assert!(found.expires() > fx.now());
        let said: Vec<Value> = chain
            .iter()
            .map(|token| serde_json::from_slice(&part(token, 1)).expect("JSON"))
            .collect();
        let end = said.iter().map(|claims| claims["exp"].as_f64().expect("an instant") as i64);
        assert_eq!(found.expires().unix_seconds(), end.min().expect("statements"));
        // The first and the last are about themselves, and each between is about the issuer below it.
        let (Some(first), Some(last)) = (said.first(), said.last()) else { panic!("no statement") };
        assert_eq!((claim(first, "iss"), claim(first, "sub")), (NAMES[0], NAMES[0]));
        assert_eq!((claim(last, "iss"), claim(last, "sub")), (NAMES[2], NAMES[2]));
        for pair in said.windows(2).take(said.len() - 2) {
            assert_eq!(claim(&pair[1], "sub"), claim(&pair[0], "iss"));
        }
        assert_eq!(claim(&said[said.len() - 2], "iss"), NAMES[2]);
        // Which octet is changed follows from the text.
        let salt =
            text.bytes().fold(text.len(), |sum, octet| sum * 31 % 65521 + usize::from(octet));
        let (at, mut broken) = (salt % chain.len(), chain.clone());
        let (input, _) = chain[at].rsplit_once('.').expect("three parts");
        let mut signature = part(&chain[at], 2);
        let place = salt / 8 % signature.len();
        signature[place] ^= 1 << (salt % 8);
        broken[at] = format!("{input}.{}", URL_SAFE_NO_PAD.encode(signature));
        assert!(federation.offered(&subject, &broken, fx).is_err(), "a forged statement");
    }
});
