//! Signature wrapping with every namespace and every signed octet preserved: SA-01 to SA-13.

use varco::xml::{Document, Limits, sign_enveloped};

use crate::fixture_xml::{
    EVIL, GENUINE, assertion, assertion_signed, attacker, both_signed, everything_readable,
    identity, provider, signed_assertion,
};

/// The range of an element with this local name.
fn find(text: &str, local: &str, nth: usize) -> std::ops::Range<usize> {
    let tree = roxmltree::Document::parse(text).unwrap();
    tree.descendants().filter(|node| node.tag_name().name() == local).nth(nth).unwrap().range()
}

/// The text of the first element with this local name.
fn part<'t>(text: &'t str, local: &str) -> &'t str {
    text.get(find(text, local, 0)).unwrap()
}

fn cut(text: &str, range: std::ops::Range<usize>) -> String {
    let (head, rest) = text.split_at(range.start);
    format!("{head}{}", rest.split_at(range.end - range.start).1)
}

fn put(text: &str, at: usize, what: &str) -> String {
    let (head, tail) = text.split_at(at);
    format!("{head}{what}{tail}")
}

/// A copy of the genuine assertion, unsigned, with another person in it.
fn forged(id: &str) -> String {
    assertion(id, EVIL).0
}

/// The same with the genuine signature copied into it.
fn forged_with_signature(id: &str, inside_signature: &str) -> String {
    let genuine = signed_assertion(provider(), GENUINE);
    let signature = part(&genuine, "Signature");
    let signature =
        signature.replace("</ds:Signature>", &format!("{inside_signature}</ds:Signature>"));
    let (forged, place) = assertion(id, EVIL);
    put(&forged, place, &signature)
}

/// The eight classical variants; each is a live attack on a verifier that only follows references.
pub(crate) fn classical() -> Vec<(&'static str, String)> {
    let both = both_signed();
    let single = assertion_signed();
    let original = cut(&both, find(&both, "Signature", 0));
    let signature = part(&both, "Signature").to_owned();
    let genuine = signed_assertion(provider(), GENUINE);
    let bare = assertion("_a1", GENUINE).0;
    let evil_response = |inside: &str| {
        let at = find(&original, "Status", 0).start;
        let evil = original.replace(&genuine, &forged("_evil"));
        put(&evil, at, inside).replacen("ID=\"_resp\"", "ID=\"_evilresp\"", 1)
    };
    let around = |with: &str| single.replace(&genuine, with);
    let stuffed = signature.replace("</ds:Signature>", &format!("{original}</ds:Signature>"));
    let with_child = |outer: &str, inner: &str| {
        outer.replace("</saml:Assertion>", &format!("{inner}</saml:Assertion>"))
    };
    vec![
        ("xsw1", evil_response(&stuffed)),
        ("xsw2", evil_response(&format!("{original}{signature}"))),
        ("xsw3", around(&format!("{}{genuine}", forged("_evil")))),
        ("xsw4", around(&with_child(&forged("_evil"), &genuine))),
        ("xsw5", around(&format!("{}{bare}", forged_with_signature("_evil", "")))),
        ("xsw6", around(&forged_with_signature("_evil", &bare))),
        (
            "xsw7",
            around(&format!("<samlp:Extensions>{}</samlp:Extensions>{genuine}", forged("_a1"))),
        ),
        ("xsw8", around(&forged_with_signature("_a1", &format!("<ds:Object>{bare}</ds:Object>")))),
    ]
}

/// SA-37, SA-32: the messages that the attacks start from are good.
#[test]
fn genuine_responses_are_accepted() {
    for text in [both_signed(), assertion_signed()] {
        assert_eq!(identity(&text, &provider().keys()).as_deref(), Ok(GENUINE));
        assert!(everything_readable(&text, &provider().keys()).iter().any(|v| v == GENUINE));
    }
}

/// SA-01 to SA-08.
#[test]
fn the_eight_classical_wrappings_are_refused_and_show_no_evil_value() {
    for (name, text) in classical() {
        assert!(roxmltree::Document::parse(&text).is_ok(), "{name} must be well-formed");
        assert!(text.contains(EVIL) && text.contains(GENUINE), "{name} must be a live attack");
        let refused = identity(&text, &provider().keys());
        assert!(refused.is_err(), "{name} was accepted: {refused:?}");
        let shown = everything_readable(&text, &provider().keys());
        assert!(shown.iter().all(|value| value != EVIL), "{name} showed {shown:?}");
    }
}

/// Every place of the tree, five shapes of evil assertion, both kinds of Response. Returns how many
/// documents `visit` saw.
pub(crate) fn everywhere(mut visit: impl FnMut(&str, &str)) -> usize {
    let shapes = [
        ("unsigned, new ID", forged("_evil")),
        ("unsigned, same ID", forged("_a1")),
        ("genuine signature, new ID", forged_with_signature("_evil", "")),
        ("genuine signature, same ID", forged_with_signature("_a1", "")),
        ("signed by the attacker", {
            let (canonical, place) = assertion("_evil", EVIL);
            sign_enveloped(&attacker().signer, &canonical, "_evil", place).unwrap()
        }),
    ];
    let mut seen = 0;
    for base in [both_signed(), assertion_signed()] {
        let document = Document::parse(&base, &Limits::MESSAGE).unwrap();
        for element in document.root().descendants().filter(roxmltree::Node::is_element) {
            let range = element.range();
            let inside = base.get(range.clone()).unwrap();
            let open = range.start + inside.find('>').unwrap() + 1;
            let close = range.start + inside.rfind("</").unwrap();
            for at in [range.start, open, close, range.end] {
                for (shape, evil) in &shapes {
                    visit(&format!("{shape} at {at}"), &put(&base, at, evil));
                    seen += 1;
                }
            }
        }
    }
    seen
}

/// SA-09 to SA-13.
#[test]
fn an_evil_assertion_is_refused_at_every_place_of_the_tree() {
    let keys = provider().keys();
    let seen = everywhere(|name, text| {
        let refused = identity(text, &keys);
        assert!(refused.is_err(), "{name} was accepted: {refused:?}");
        let shown = everything_readable(text, &keys);
        assert!(shown.iter().all(|value| value != EVIL), "{name} showed {shown:?}");
    });
    assert!(seen >= 140 * 5, "only {seen} documents");
}

/// SA-13: a signature that points to another element proves nothing about its parent.
#[test]
fn a_signature_that_points_to_a_sibling_or_an_ancestor_is_refused() {
    let genuine = signed_assertion(provider(), GENUINE);
    let signature = part(&genuine, "Signature");
    let (evil, place) = assertion("_evil", EVIL);
    let sibling = put(&evil, place, signature);
    let text = assertion_signed().replace(&genuine, &format!("{sibling}{genuine}"));
    assert!(identity(&text, &provider().keys()).is_err());
    assert!(everything_readable(&text, &provider().keys()).iter().all(|value| value != EVIL));
}
