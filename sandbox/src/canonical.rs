//! Exclusive XML Canonicalization 1.0 of what was received, for the sample providers to verify.
//!
//! Not the product's canonicaliser, on purpose: two implementations must agree on every request.
//! Without inclusive prefixes, comments and processing instructions, which no request has.

use std::fmt::Write as _;

use roxmltree::Node;

use crate::markup::{escape_attribute, escape_text};

/// The canonical form of `apex`, leaving out one descendant (an enveloped signature).
#[must_use]
pub fn canonical(apex: Node<'_, '_>, without: Option<Node<'_, '_>>) -> String {
    let mut out = String::new();
    write(apex, without, &[], &mut out);
    out
}

fn write(
    node: Node<'_, '_>,
    without: Option<Node<'_, '_>>,
    rendered: &[(String, String)],
    out: &mut String,
) {
    if node.is_text() {
        out.push_str(&escape_text(node.text().unwrap_or_default()));
        return;
    }
    if !node.is_element() || Some(node) == without {
        return;
    }
    let source = node.document().input_text();
    let qualified = |range: std::ops::Range<usize>| source.get(range).unwrap_or_default();
    let from = node.range().start + 1;
    let name: &str = source
        .get(from..)
        .and_then(|rest| rest.split([' ', '\t', '\r', '\n', '/', '>']).next())
        .unwrap_or_default();
    let mut used = vec![(prefix(name), node.tag_name().namespace().unwrap_or_default())];
    let mut attributes = Vec::new();
    for attribute in node.attributes() {
        let qname = qualified(attribute.range_qname());
        let uri = attribute.namespace().unwrap_or_default();
        if qname.contains(':') && !qname.starts_with("xml:") {
            used.push((prefix(qname), uri));
        }
        attributes.push((uri, attribute.name(), qname, attribute.value()));
    }
    used.sort_unstable();
    used.dedup();
    used.retain(|(prefix, uri)| {
        let known = rendered.iter().rev().find(|(known, _)| known == prefix);
        known.map_or(!(prefix.is_empty() && uri.is_empty()), |(_, bound)| bound != uri)
    });
    let _ = write!(out, "<{name}");
    let mut scope = rendered.to_vec();
    for (prefix, uri) in used {
        let colon = if prefix.is_empty() { "" } else { ":" };
        let _ = write!(out, " xmlns{colon}{prefix}=\"{}\"", escape_attribute(uri));
        scope.push((prefix.to_owned(), uri.to_owned()));
    }
    attributes.sort_unstable();
    for (_, _, qname, value) in attributes {
        let _ = write!(out, " {qname}=\"{}\"", escape_attribute(value));
    }
    out.push('>');
    for child in node.children() {
        write(child, without, &scope, out);
    }
    let _ = write!(out, "</{name}>");
}

fn prefix(qualified: &str) -> &str {
    qualified.split_once(':').map_or("", |(prefix, _)| prefix)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::markup::Element;

    #[test]
    fn what_is_written_canonically_is_read_canonically() {
        let tree = Element::new("samlp:Response")
            .with("ID", "_1")
            .child(Element::new("saml:Issuer").with("Format", "a\"b<c").text("x & y > z"))
            .child(Element::new("saml:AttributeValue").with("xsi:type", "xs:string"));
        let document = tree.document();
        let parsed = roxmltree::Document::parse(&document).unwrap();
        assert_eq!(canonical(parsed.root_element(), None), tree.canonical());
    }
}
