//! XML that is written in canonical form from the start, so that it can be signed as it stands.
//!
//! Not a parser, and on purpose not the product's canonicaliser: the sample providers sign with
//! other code than the broker verifies with. Exclusive XML Canonicalization 1.0, sections 2 and 3.

use std::fmt::Write as _;

/// The prefixes of the sandbox and their namespaces.
const NAMESPACES: [(&str, &str); 9] = [
    ("ds", "http://www.w3.org/2000/09/xmldsig#"),
    ("md", "urn:oasis:names:tc:SAML:2.0:metadata"),
    ("saml", "urn:oasis:names:tc:SAML:2.0:assertion"),
    ("samlp", "urn:oasis:names:tc:SAML:2.0:protocol"),
    ("spid", "https://spid.gov.it/saml-extensions"),
    ("xenc", "http://www.w3.org/2001/04/xmlenc#"),
    ("xenc11", "http://www.w3.org/2009/xmlenc11#"),
    ("xml", "http://www.w3.org/XML/1998/namespace"),
    ("xsi", "http://www.w3.org/2001/XMLSchema-instance"),
];

/// One element: a qualified name, attributes, children.
#[derive(Clone, Debug)]
pub struct Element {
    name: &'static str,
    attributes: Vec<(&'static str, String)>,
    children: Vec<Node>,
}

/// What stands inside an element.
#[derive(Clone, Debug)]
pub enum Node {
    /// Another element.
    Element(Element),
    /// Text, not yet escaped.
    Text(String),
    /// A comment: part of the document, not of its canonical form.
    Comment(String),
}

impl Element {
    /// An empty element named `prefix:local`.
    #[must_use]
    pub const fn new(name: &'static str) -> Self {
        Self { name, attributes: Vec::new(), children: Vec::new() }
    }

    /// With one more attribute (or another value for it).
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.set(name, value);
        self
    }

    /// With one more child element.
    #[must_use]
    pub fn child(mut self, child: Self) -> Self {
        self.children.push(Node::Element(child));
        self
    }

    /// With one more piece of text.
    #[must_use]
    pub fn text(mut self, text: impl Into<String>) -> Self {
        self.children.push(Node::Text(text.into()));
        self
    }

    /// With one more node.
    #[must_use]
    pub fn node(mut self, node: Node) -> Self {
        self.children.push(node);
        self
    }

    /// Its qualified name.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// The value of an attribute, empty when it has none.
    #[must_use]
    pub fn get(&self, name: &str) -> &str {
        self.attributes
            .iter()
            .find(|(known, _)| *known == name)
            .map_or("", |(_, value)| value.as_str())
    }

    /// Sets an attribute.
    pub fn set(&mut self, name: &'static str, value: impl Into<String>) {
        self.attributes.retain(|(known, _)| *known != name);
        self.attributes.push((name, value.into()));
    }

    /// Removes an attribute.
    pub fn unset(&mut self, name: &str) {
        self.attributes.retain(|(known, _)| *known != name);
    }

    /// Its own text.
    #[must_use]
    pub fn content(&self) -> String {
        self.children
            .iter()
            .filter_map(|node| match node {
                Node::Text(text) => Some(text.as_str()),
                _ => None,
            })
            .collect()
    }

    /// Its child elements.
    pub fn elements(&self) -> impl Iterator<Item = &Self> {
        self.children.iter().filter_map(|node| match node {
            Node::Element(element) => Some(element),
            _ => None,
        })
    }

    /// The first descendant element of that name, in document order.
    pub fn find_mut(&mut self, name: &str) -> Option<&mut Self> {
        for node in &mut self.children {
            if let Node::Element(element) = node {
                if element.name == name {
                    return Some(element);
                }
                if let Some(found) = element.find_mut(name) {
                    return Some(found);
                }
            }
        }
        None
    }

    /// Takes the first child element of that name out.
    pub fn take(&mut self, name: &str) -> Option<Self> {
        let at = self
            .children
            .iter()
            .position(|node| matches!(node, Node::Element(element) if element.name == name))?;
        match self.children.remove(at) {
            Node::Element(element) => Some(element),
            _ => None,
        }
    }

    /// Puts a child element at a place, counted in nodes; at the end when there are fewer.
    pub fn insert(&mut self, at: usize, child: Self) {
        let at = at.min(self.children.len());
        self.children.insert(at, Node::Element(child));
    }

    /// Replaces all children.
    pub fn replace(&mut self, children: Vec<Node>) {
        self.children = children;
    }

    /// The canonical form: what a signature digests.
    #[must_use]
    pub fn canonical(&self) -> String {
        let mut out = String::with_capacity(4096);
        self.write(&mut out, &[], &[], false);
        out
    }

    /// The document: the canonical form, the comments, and on the root the namespace of `xs:string`,
    /// which only attribute *values* use and which exclusive canonicalization therefore leaves out.
    #[must_use]
    pub fn document(&self) -> String {
        let mut out = String::with_capacity(12 * 1024);
        out.push_str("<?xml version=\"1.0\" encoding=\"UTF-8\"?>");
        self.write(&mut out, &[], &[("xs", "http://www.w3.org/2001/XMLSchema")], true);
        out
    }

    fn write(
        &self,
        out: &mut String,
        declared: &[&'static str],
        extra: &[(&'static str, &'static str)],
        comments: bool,
    ) {
        let mut used: Vec<&'static str> = prefix(self.name).into_iter().collect();
        used.extend(self.attributes.iter().filter_map(|(name, _)| prefix(name)));
        used.sort_unstable();
        used.dedup();
        used.retain(|known| *known != "xml" && !declared.contains(known));
        let _ = write!(out, "<{}", self.name);
        for known in &used {
            let _ = write!(out, " xmlns:{known}=\"{}\"", namespace(known));
        }
        for (known, uri) in extra {
            let _ = write!(out, " xmlns:{known}=\"{uri}\"");
        }
        let mut attributes: Vec<&(&'static str, String)> = self.attributes.iter().collect();
        // By namespace, then by local name; attributes without a prefix have no namespace.
        attributes.sort_by_key(|(name, _)| (prefix(name).map_or("", namespace), *name));
        for (name, value) in attributes {
            let _ = write!(out, " {name}=\"{}\"", escape_attribute(value));
        }
        out.push('>');
        let mut scope = declared.to_vec();
        scope.extend(used);
        for node in &self.children {
            match node {
                Node::Element(element) => element.write(out, &scope, &[], comments),
                Node::Text(text) => out.push_str(&escape_text(text)),
                Node::Comment(text) if comments => {
                    let _ = write!(out, "<!--{text}-->");
                }
                Node::Comment(_) => {}
            }
        }
        let _ = write!(out, "</{}>", self.name);
    }
}

fn prefix(name: &'static str) -> Option<&'static str> {
    name.split_once(':').map(|(prefix, _)| prefix)
}

fn namespace(prefix: &str) -> &'static str {
    NAMESPACES.iter().find(|(known, _)| *known == prefix).map_or("", |(_, uri)| uri)
}

pub(crate) fn escape_text(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('\r', "&#xD;")
}

pub(crate) fn escape_attribute(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('"', "&quot;")
        .replace('\t', "&#x9;")
        .replace('\n', "&#xA;")
        .replace('\r', "&#xD;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_canonical_form_declares_a_prefix_where_it_is_first_used() {
        let tree = Element::new("samlp:Response")
            .with("Version", "2.0")
            .with("ID", "_1")
            .child(Element::new("saml:Issuer").text("a & b"))
            .child(Element::new("samlp:Status").node(Node::Comment("x".to_owned())));
        assert_eq!(
            tree.canonical(),
            "<samlp:Response xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" ID=\"_1\" \
             Version=\"2.0\"><saml:Issuer xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\">\
             a &amp; b</saml:Issuer><samlp:Status></samlp:Status></samlp:Response>"
        );
        assert!(tree.document().contains("<!--x-->"));
    }
}
