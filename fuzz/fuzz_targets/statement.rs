//! Any text as a statement of a federation, in both dialects: nothing is believed but what was signed.

#![no_main]

use libfuzzer_sys::fuzz_target;
use varco::federation::{Dialect, EntityConfiguration, SubordinateStatement};
use varco_fuzz::jose::{ENTITY, SUPERIOR, entity, keys, reader};

fuzz_target!(|text: &str| {
    let (subject, superior) = (entity(ENTITY), entity(SUPERIOR));
    for dialect in Dialect::ALL {
        let reader = reader(dialect);
        if let Ok(own) = EntityConfiguration::verify(text, &subject, &reader) {
            assert_eq!(own.subject(), &subject);
            assert!(own.expires() > reader.now && !own.hints().is_empty());
            assert!(!own.claims().contains_key("metadata_policy"));
            let _ = own.endpoint("federation_fetch_endpoint");
        }
        let said = SubordinateStatement::verify(text, &superior, &subject, keys(), &reader);
        if let Ok(said) = said {
            assert_eq!((said.issuer(), said.subject()), (&superior, &subject));
            let _ = said.constraints(dialect);
            assert!(said.claims().contains_key("genuine"), "a forged statement was believed");
        }
    }
});
