//! Exclusive XML Canonicalization 1.0 without comments, of one subtree.
//!
//! Not inclusive canonicalisation, and not a transform engine: one element may be left out (the
//! enveloped signature). Any trouble is a refusal, never empty octets.
//! <https://www.w3.org/TR/xml-exc-c14n/>, sections 1.1 and 3.

use roxmltree::{Attribute, Node, NodeId, NodeType};

use super::names::{XML, is_sound_namespace};
use super::{Document, Refusal};

/// Writes the canonical octets of `node` into `buffer` (cleared first).
///
/// `exclude` is one element that is left out; `prefixes` is the `PrefixList` of
/// `InclusiveNamespaces` (`#default` means the default namespace).
///
/// # Errors
/// [`Refusal::CanonicalForm`] or [`Refusal::Namespace`]; the buffer is then empty and must not be
/// digested.
pub fn canonicalize(
    document: &Document<'_>,
    node: Node<'_, '_>,
    exclude: Option<Node<'_, '_>>,
    prefixes: &[&str],
    buffer: &mut Vec<u8>,
) -> Result<(), Refusal> {
    buffer.clear();
    let excluded = exclude.map(|node| node.id());
    if !document.holds(node) || !node.is_element() || excluded == Some(node.id()) {
        return Err(Refusal::CanonicalForm);
    }
    let mut form = Form {
        source: node.document().input_text(),
        exclude: excluded,
        prefixes,
        rendered: Vec::with_capacity(16),
        attributes: Vec::with_capacity(16),
        out: buffer,
    };
    let written = form.element(node, 0);
    if written.is_err() {
        buffer.clear();
    }
    written
}

/// Deeper than any document that passed the gate.
const DEEPEST: usize = 256;

/// The canonical form being written.
struct Form<'f, 'a, 't> {
    source: &'t str,
    exclude: Option<NodeId>,
    prefixes: &'f [&'f str],
    /// What output ancestors have declared: prefix and namespace name, cut back at element ends.
    rendered: Vec<(&'a str, &'a str)>,
    /// The attributes of the element being written.
    attributes: Vec<Attribute<'a, 't>>,
    out: &'f mut Vec<u8>,
}

impl<'a, 't: 'a> Form<'_, 'a, 't> {
    /// One element with everything in it.
    fn element(&mut self, node: Node<'a, 't>, depth: usize) -> Result<(), Refusal> {
        if depth > DEEPEST {
            return Err(Refusal::CanonicalForm);
        }
        let name = self.element_name(node)?;
        let outer = self.rendered.len();
        self.out.push(b'<');
        self.out.extend_from_slice(name.as_bytes());
        self.declarations(node, name)?;
        self.attributes(node)?;
        self.out.push(b'>');
        for child in node.children() {
            match child.node_type() {
                NodeType::Element if Some(child.id()) == self.exclude => {}
                NodeType::Element => self.element(child, depth + 1)?,
                NodeType::Text => push_text(self.out, child.text().unwrap_or_default()),
                NodeType::Comment => {}
                NodeType::Root | NodeType::PI => return Err(Refusal::CanonicalForm),
            }
        }
        self.out.extend_from_slice(b"</");
        self.out.extend_from_slice(name.as_bytes());
        self.out.push(b'>');
        self.rendered.truncate(outer);
        Ok(())
    }

    /// The name as written: the tree does not keep prefixes.
    fn element_name(&self, node: Node<'a, 't>) -> Result<&'t str, Refusal> {
        let tag = self.source.get(node.range().start + 1..).ok_or(Refusal::CanonicalForm)?;
        let end = tag
            .bytes()
            .position(|b| b.is_ascii_whitespace() || matches!(b, b'/' | b'>'))
            .ok_or(Refusal::CanonicalForm)?;
        let name = tag.get(..end).ok_or(Refusal::CanonicalForm)?;
        let (_, local) = split(name);
        if local == node.tag_name().name() { Ok(name) } else { Err(Refusal::CanonicalForm) }
    }

    /// Namespace declarations: those visibly used, and those of the list that are in scope.
    fn declarations(&mut self, node: Node<'a, 't>, name: &'t str) -> Result<(), Refusal> {
        let start = self.rendered.len();
        let (prefix, _) = split(name);
        self.declare(start, prefix, node.tag_name().namespace().unwrap_or_default())?;
        for attribute in node.attributes() {
            if let Some(uri) = attribute.namespace() {
                let (prefix, _) = split(self.attribute_name(&attribute)?);
                self.declare(start, prefix, uri)?;
            }
        }
        for token in self.prefixes {
            let prefix = if *token == "#default" { None } else { Some(*token) };
            let found = node.namespaces().find(|namespace| namespace.name() == prefix);
            match found {
                Some(namespace) => {
                    self.declare(start, namespace.name().unwrap_or_default(), namespace.uri())?;
                }
                None if prefix.is_none() => self.declare(start, "", "")?,
                None => {}
            }
        }
        if let Some(new) = self.rendered.get_mut(start..) {
            new.sort_unstable();
            for (prefix, uri) in new {
                self.out.extend_from_slice(if prefix.is_empty() { b" xmlns" } else { b" xmlns:" });
                self.out.extend_from_slice(prefix.as_bytes());
                self.out.extend_from_slice(b"=\"");
                self.out.extend_from_slice(uri.as_bytes());
                self.out.push(b'"');
            }
        }
        Ok(())
    }

    /// Marks a prefix for declaration unless an output ancestor says the same. What stands from
    /// `start` on belongs to the element being written.
    fn declare(&mut self, start: usize, prefix: &'a str, uri: &'a str) -> Result<(), Refusal> {
        if prefix == "xml" {
            return if uri == XML { Ok(()) } else { Err(Refusal::Namespace) };
        }
        let known = self.rendered.iter().rev().find(|(p, _)| *p == prefix).map(|(_, uri)| *uri);
        if known == Some(uri) || (known.is_none() && prefix.is_empty() && uri.is_empty()) {
            return Ok(());
        }
        let clashes = self.rendered.iter().skip(start).any(|(p, _)| *p == prefix);
        let sound = is_sound_namespace(uri) || (prefix.is_empty() && uri.is_empty());
        if clashes || !sound || prefix == "xmlns" {
            return Err(Refusal::Namespace);
        }
        self.rendered.push((prefix, uri));
        Ok(())
    }

    /// Attributes by namespace name, then local name; those without a namespace first.
    fn attributes(&mut self, node: Node<'a, 't>) -> Result<(), Refusal> {
        let mut attributes = std::mem::take(&mut self.attributes);
        attributes.clear();
        attributes.extend(node.attributes());
        attributes.sort_unstable_by_key(|a| (a.namespace().unwrap_or_default(), a.name()));
        for attribute in &attributes {
            let name = self.attribute_name(attribute)?;
            self.out.push(b' ');
            self.out.extend_from_slice(name.as_bytes());
            self.out.extend_from_slice(b"=\"");
            push_attribute(self.out, attribute.value());
            self.out.push(b'"');
        }
        self.attributes = attributes;
        Ok(())
    }

    /// The attribute's name as written.
    fn attribute_name(&self, attribute: &Attribute<'a, 't>) -> Result<&'t str, Refusal> {
        let name = self.source.get(attribute.range_qname()).ok_or(Refusal::CanonicalForm)?;
        let (prefix, local) = split(name);
        let agrees =
            local == attribute.name() && prefix.is_empty() == attribute.namespace().is_none();
        if agrees { Ok(name) } else { Err(Refusal::CanonicalForm) }
    }
}

/// Prefix (empty when absent) and local name.
fn split(name: &str) -> (&str, &str) {
    name.split_once(':').unwrap_or(("", name))
}

/// Character data: `&`, `<`, `>` and CR are escaped.
pub(super) fn push_text(out: &mut Vec<u8>, text: &str) {
    push(out, text, |octet| match octet {
        b'&' => Some("&amp;"),
        b'<' => Some("&lt;"),
        b'>' => Some("&gt;"),
        b'\r' => Some("&#xD;"),
        _ => None,
    });
}

/// Attribute values: `&`, `<`, `"`, TAB, LF and CR are escaped; `>` is not.
pub(super) fn push_attribute(out: &mut Vec<u8>, value: &str) {
    push(out, value, |octet| match octet {
        b'&' => Some("&amp;"),
        b'<' => Some("&lt;"),
        b'"' => Some("&quot;"),
        b'\t' => Some("&#x9;"),
        b'\n' => Some("&#xA;"),
        b'\r' => Some("&#xD;"),
        _ => None,
    });
}

/// Copies `text`, replacing single octets.
fn push(out: &mut Vec<u8>, text: &str, escape: impl Fn(u8) -> Option<&'static str>) {
    let mut rest = text.as_bytes();
    while let Some(at) = rest.iter().position(|octet| escape(*octet).is_some()) {
        let (plain, special) = rest.split_at(at);
        out.extend_from_slice(plain);
        let Some((&octet, following)) = special.split_first() else { return };
        out.extend_from_slice(escape(octet).unwrap_or_default().as_bytes());
        rest = following;
    }
    out.extend_from_slice(rest);
}

#[cfg(test)]
mod tests;
