//! Any text as metadata: with the pinned certificate nothing is read but what it signed.

#![no_main]

use libfuzzer_sys::fuzz_target;
use varco::saml::metadata::provider::{Reading, read};
use varco_fuzz::messages::{IDP, OTHER_IDP};
use varco_fuzz::world::{federation, now};

fuzz_target!(|text: &str| {
    let mut open = Reading::default();
    let _ = read(text, None, now(), &mut open);
    for provider in open.providers.iter() {
        assert!(!provider.keys.is_empty() && !provider.entity_id.is_empty());
        assert!(provider.redirect.is_some() || provider.post.is_some());
        assert!(provider.is_valid(now()));
    }
    let mut pinned = Reading::default();
    if read(text, Some(federation()), now(), &mut pinned).is_err() {
        assert!(pinned.providers.is_empty(), "unsigned metadata was read");
    }
    for provider in pinned.providers.iter() {
        let host = match provider.entity_id.as_str() {
            IDP => "idp.example",
            OTHER_IDP => "other.example",
            stranger => panic!("{stranger} was read from forged metadata"),
        };
        assert_eq!(provider.redirect, Some(format!("https://{host}/sso/redirect")));
        assert_eq!(provider.post, Some(format!("https://{host}/sso/post")));
    }
});
