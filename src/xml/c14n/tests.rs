//! The fifteen traps of exclusive canonicalisation, one row each.

use super::*;
use crate::xml::Limits;

/// The canonical form of the first element named `apex` in `text`.
fn form(text: &str, apex: &str, prefixes: &[&str]) -> Result<String, Refusal> {
    let document = Document::parse(text, &Limits::METADATA)?;
    let mut all = document.root().descendants();
    let node = all.find(|node| node.tag_name().name() == apex).unwrap();
    let mut buffer = b"left over".to_vec();
    canonicalize(&document, node, None, prefixes, &mut buffer)?;
    Ok(String::from_utf8(buffer).unwrap())
}

#[track_caller]
fn becomes(text: &str, apex: &str, prefixes: &[&str], expected: &str) {
    assert_eq!(form(text, apex, prefixes).as_deref(), Ok(expected));
}

#[test]
fn only_visibly_used_namespaces_are_declared() {
    becomes(
        "<n0:a xmlns:n0='a:b' xmlns:n3='urn:x'><n1:b xmlns:n1='urn:y' xmlns:z='urn:z'/></n0:a>",
        "a",
        &[],
        "<n0:a xmlns:n0=\"a:b\"><n1:b xmlns:n1=\"urn:y\"></n1:b></n0:a>",
    );
}

/// The example of Exclusive C14N, section 2.2: the same octets in every surrounding.
#[test]
fn the_form_does_not_depend_on_what_surrounds_the_apex() {
    let expected = "<n1:elem2 xmlns:n1=\"http://example.net\" xml:lang=\"en\"><n3:stuff xmlns:n3=\"ftp://example.org\"></n3:stuff></n1:elem2>";
    let elem2 = "<n1:elem2 xmlns:n1='http://example.net' xml:lang='en'><n3:stuff xmlns:n3='ftp://example.org'/></n1:elem2>";
    becomes(elem2, "elem2", &[], expected);
    let around = format!(
        "<n0:pdu xmlns:n0='http://a.example' xmlns:n1='http://b.example' xmlns:n3='ftp://example.org' xml:lang='fr' xml:space='retain'>{elem2}</n0:pdu>"
    );
    becomes(&around, "elem2", &[], expected);
}

#[test]
fn the_apex_declares_what_its_ancestors_declared() {
    becomes(
        "<d:a xmlns:d='urn:d'><d:b d:c='1'/></d:a>",
        "b",
        &[],
        "<d:b xmlns:d=\"urn:d\" d:c=\"1\"></d:b>",
    );
}

#[test]
fn an_empty_default_namespace_is_written_only_against_another() {
    becomes("<a><b/></a>", "a", &[], "<a><b></b></a>");
    becomes(
        "<a xmlns='urn:a'><b xmlns=''><c/></b><p:d xmlns:p='urn:p'><e xmlns=''/></p:d></a>",
        "a",
        &[],
        "<a xmlns=\"urn:a\"><b xmlns=\"\"><c></c></b><p:d xmlns:p=\"urn:p\"><e xmlns=\"\"></e></p:d></a>",
    );
    becomes("<a xmlns='urn:a'><b xmlns=''/></a>", "b", &[], "<b></b>");
}

#[test]
fn a_prefix_bound_again_is_declared_again_and_forgotten_at_the_end() {
    becomes(
        "<p:a xmlns:p='urn:1'><p:b xmlns:p='urn:2'><p:c/></p:b><p:d/></p:a>",
        "a",
        &[],
        "<p:a xmlns:p=\"urn:1\"><p:b xmlns:p=\"urn:2\"><p:c></p:c></p:b><p:d></p:d></p:a>",
    );
    // Two siblings declare it each: no ancestor in the output did.
    becomes(
        "<a xmlns:p='urn:1'><p:b/><p:c/></a>",
        "a",
        &[],
        "<a><p:b xmlns:p=\"urn:1\"></p:b><p:c xmlns:p=\"urn:1\"></p:c></a>",
    );
}

#[test]
fn attributes_are_ordered_by_namespace_name_then_local_name() {
    becomes(
        "<e xmlns:b='urn:1' xmlns:a='urn:2' a:x='1' b:y='2' b:attr='3' z='4' attr='5' xml:lang='it'/>",
        "e",
        &[],
        "<e xmlns:a=\"urn:2\" xmlns:b=\"urn:1\" attr=\"5\" z=\"4\" xml:lang=\"it\" b:attr=\"3\" b:y=\"2\" a:x=\"1\"></e>",
    );
}

#[test]
fn xml_attributes_are_not_inherited() {
    becomes("<a xml:lang='it'><b/></a>", "b", &[], "<b></b>");
}

#[test]
fn a_prefix_in_content_is_not_used_unless_listed() {
    let text = "<a xmlns:xs='urn:xs' xmlns:xsi='urn:xsi'><b xsi:type='xs:string'><c/></b></a>";
    becomes(text, "b", &[], "<b xmlns:xsi=\"urn:xsi\" xsi:type=\"xs:string\"><c></c></b>");
    becomes(
        text,
        "b",
        &["xs"],
        "<b xmlns:xs=\"urn:xs\" xmlns:xsi=\"urn:xsi\" xsi:type=\"xs:string\"><c></c></b>",
    );
    becomes(text, "b", &["nobody"], "<b xmlns:xsi=\"urn:xsi\" xsi:type=\"xs:string\"><c></c></b>");
}

#[test]
fn the_listed_default_namespace_follows_the_inclusive_rule() {
    let text = "<a xmlns='urn:a'><p:b xmlns:p='urn:p'><p:c xmlns=''><p:d/></p:c></p:b></a>";
    becomes(
        text,
        "b",
        &["#default"],
        "<p:b xmlns=\"urn:a\" xmlns:p=\"urn:p\"><p:c xmlns=\"\"><p:d></p:d></p:c></p:b>",
    );
    becomes(text, "b", &[], "<p:b xmlns:p=\"urn:p\"><p:c><p:d></p:d></p:c></p:b>");
}

#[test]
fn text_and_attributes_are_escaped_each_in_its_way() {
    becomes(
        "<a b='&amp;&lt;>&quot;&apos;&#9;&#10;&#13;\u{1F980}'>&amp;&lt;&gt;\"'&#9;&#10;&#13;\u{1F980}</a>",
        "a",
        &[],
        "<a b=\"&amp;&lt;>&quot;'&#x9;&#xA;&#xD;\u{1F980}\">&amp;&lt;&gt;\"'\t\n&#xD;\u{1F980}</a>",
    );
}

#[test]
fn line_ends_are_the_parsers_and_references_are_kept() {
    becomes(
        "<a b='1\r\n2'>x\r\ny&#65;\r\nz&#xD;\n</a>",
        "a",
        &[],
        "<a b=\"1 2\">x\nyA\nz&#xD;\n</a>",
    );
}

#[test]
fn comments_vanish_and_white_space_stays() {
    becomes("<a> <!-- x --> <b/>\n</a>", "a", &[], "<a>  <b></b>\n</a>");
}

#[test]
fn exactly_the_excluded_element_is_left_out() {
    let text = "<a> <s/> <b><s/></b></a>";
    let document = Document::parse(text, &Limits::MESSAGE).unwrap();
    let root = document.root();
    let mut buffer = Vec::new();
    let out = root.first_element_child();
    canonicalize(&document, root, out, &[], &mut buffer).unwrap();
    assert_eq!(buffer, b"<a>  <b><s></s></b></a>");
}

#[test]
fn a_refusal_leaves_no_octets_behind() {
    let document = Document::parse("<a/>", &Limits::MESSAGE).unwrap();
    let other = Document::parse("<a/>", &Limits::MESSAGE).unwrap();
    for (node, exclude) in [
        (other.root(), None),
        (document.root(), Some(document.root())),
        (document.root().document().root(), None),
    ] {
        let mut buffer = b"left over".to_vec();
        let refused = canonicalize(&document, node, exclude, &[], &mut buffer);
        assert_eq!(refused, Err(Refusal::CanonicalForm));
        assert!(buffer.is_empty());
    }
}
