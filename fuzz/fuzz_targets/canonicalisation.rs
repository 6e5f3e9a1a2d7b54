//! Any document: the canonical octets of every subtree are those of libxml2, and the canonical form is
//! its own canonical form.

#![no_main]

use std::sync::{Mutex, OnceLock};

use libfuzzer_sys::{Corpus, fuzz_target};
use varco::xml::{Document, Limits, canonicalize};
use varco_oracle::comparison::{Outcome, compare};
use varco_oracle::documents::Dice;
use varco_oracle::libxml2::Libxml2;

static LIBXML2: OnceLock<Mutex<Libxml2>> = OnceLock::new();

fuzz_target!(|text: &str| -> Corpus {
    let libxml2 = LIBXML2
        .get_or_init(|| Mutex::new(Libxml2::start(&std::env::temp_dir()).expect("libxml2 starts")));
    // The same text always asks the same questions.
    let seed = text.bytes().fold(0xCBF2_9CE4_8422_2325_u64, |seed, octet| {
        (seed ^ u64::from(octet)).wrapping_mul(0x100_0000_01B3)
    });
    let mut libxml2 = libxml2.lock().expect("one thread");
    match compare(text, &mut Dice::new(seed), &mut libxml2).expect("libxml2 answers") {
        Outcome::Refused(_) => return Corpus::Keep,
        Outcome::Same(_) => {}
        Outcome::Different(how) => panic!("{how}"),
    }
    let once = canonical(text).expect("what was compared has a canonical form");
    // `]]>` may stand in a canonical attribute value; the gate refuses it everywhere.
    if !once.contains("]]>") {
        assert_eq!(canonical(&once).as_deref(), Some(once.as_str()), "not its own canonical form");
    }
    Corpus::Keep
});

fn canonical(text: &str) -> Option<String> {
    let document =
        Document::parse(text, &Limits { octets: usize::MAX, ..Limits::METADATA }).ok()?;
    let mut octets = Vec::new();
    canonicalize(&document, document.root(), None, &[], &mut octets).ok()?;
    String::from_utf8(octets).ok()
}
