//! What the writer writes is its own canonical form.

use proptest::prelude::*;

use super::*;
use crate::xml::{Document, Limits, canonicalize};

fn canonical(text: &str) -> String {
    let document = Document::parse(text, &Limits::METADATA).unwrap();
    let mut buffer = Vec::new();
    canonicalize(&document, document.root(), None, &[], &mut buffer).unwrap();
    String::from_utf8(buffer).unwrap()
}

proptest! {
    #[test]
    fn whatever_the_values_the_document_is_canonical_and_reads_back(
        value in "[\\PC\t\n\r]{0,40}",
        content in "[\\PC\t\n\r]{0,40}",
    ) {
        let mut w = Writer::new();
        w.start("q:a", &[("q", "urn:q")], &[("z", &value), ("b", "1")]);
        w.leaf("p:b", &[("p", "urn:p")], &[], &content);
        w.leaf("q:c", &[("q", "urn:q"), ("p", "urn:a")], &[("q:x", "1"), ("p:y", "2")], "");
        let text = w.finish();
        prop_assert_eq!(&canonical(&text), &text);
        let document = Document::parse(&text, &Limits::MESSAGE).unwrap();
        prop_assert_eq!(document.root().attribute("z"), Some(value.as_str()));
        let read = document.root().first_element_child().unwrap().text().unwrap_or_default();
        prop_assert_eq!(read, content.as_str());
    }
}

#[test]
fn elements_left_open_are_closed_and_scopes_end() {
    let mut w = Writer::new();
    w.start("a", &[], &[]).start("p:b", &[("p", "urn:p")], &[]).end();
    w.leaf("p:c", &[("p", "urn:p")], &[], "x");
    let text = w.finish();
    assert_eq!(text, "<a><p:b xmlns:p=\"urn:p\"></p:b><p:c xmlns:p=\"urn:p\">x</p:c></a>");
}
