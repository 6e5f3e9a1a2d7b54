//! A parsed document and the limits it was parsed under.
//!
//! Not a witness of anything but form: what stands in a [`Document`] is unsigned until
//! [`super::verify_enveloped`] says otherwise.

use std::collections::BTreeSet;

use roxmltree::{Node, ParsingOptions};

use super::names::{XENC, is_ncname, is_sound_namespace};
use super::{Refusal, gate};

/// How large a document may be.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Octets of text.
    pub octets: usize,
    /// Nodes of the tree, and `<` in the text.
    pub nodes: usize,
    /// Depth of elements.
    pub depth: usize,
    /// Attributes of one tag, declarations included.
    pub attributes: usize,
    /// Namespace declarations of one tag, and namespaces in scope of one element.
    pub namespaces: usize,
    /// Namespace declarations of the whole document.
    pub all_namespaces: usize,
    /// Identifiers.
    pub ids: usize,
    /// Whether comments may stand (they are never part of what is signed or read).
    pub comments: bool,
}

impl Limits {
    /// A protocol message.
    pub const MESSAGE: Self = Self {
        octets: 128 * 1024,
        nodes: 4_096,
        depth: 32,
        attributes: 64,
        namespaces: 32,
        all_namespaces: 512,
        ids: 16,
        comments: false,
    };
    /// A metadata document: an entity or a federation's aggregate of 4,000 with room to grow.
    pub const METADATA: Self = Self {
        octets: 48 * 1024 * 1024,
        nodes: 1_000_000,
        depth: 32,
        attributes: 64,
        namespaces: 32,
        all_namespaces: 100_000,
        ids: 40_000,
        comments: true,
    };
}

/// A document that passed the gate and the checks on the whole tree.
#[derive(Debug)]
pub struct Document<'t> {
    tree: roxmltree::Document<'t>,
}

impl<'t> Document<'t> {
    /// Parses `text`: lexical gate, parser without DTDs, then identifiers and namespaces.
    ///
    /// # Errors
    /// The first rule that `text` breaks.
    pub fn parse(text: &'t str, limits: &Limits) -> Result<Self, Refusal> {
        gate::check(text, limits)?;
        let nodes_limit = u32::try_from(limits.nodes).unwrap_or(u32::MAX);
        let options = ParsingOptions { allow_dtd: false, nodes_limit, ..ParsingOptions::default() };
        let tree = roxmltree::Document::parse_with_options(text, options).map_err(|e| match e {
            roxmltree::Error::DtdDetected => Refusal::Doctype,
            roxmltree::Error::NodesLimitReached => Refusal::Limit,
            _ => Refusal::NotWellFormed,
        })?;
        check_tree(&tree, limits)?;
        Ok(Self { tree })
    }

    /// The root element. Unsigned: for structure, never for identity.
    #[must_use]
    pub fn root(&self) -> Node<'_, 't> {
        self.tree.root_element()
    }

    /// Whether `node` stands in this document, and so passed its checks.
    pub(super) fn holds(&self, node: Node<'_, '_>) -> bool {
        std::ptr::addr_eq(std::ptr::from_ref(node.document()), std::ptr::from_ref(&self.tree))
    }
}

/// Line and column, from 1, at which `text` stops being XML; for operators who have to mend it.
#[must_use]
pub fn place_of_fault(text: &str, limits: &Limits) -> Option<(u32, u32)> {
    let nodes_limit = u32::try_from(limits.nodes).unwrap_or(u32::MAX);
    let options = ParsingOptions { allow_dtd: false, nodes_limit, ..ParsingOptions::default() };
    let fault = roxmltree::Document::parse_with_options(text, options).err()?;
    let place = fault.pos();
    Some((place.row, place.col))
}

/// The text of `octets`.
///
/// # Errors
/// [`Refusal::Encoding`] when they are not UTF-8.
pub fn utf8(octets: &[u8]) -> Result<&str, Refusal> {
    std::str::from_utf8(octets).map_err(|_| Refusal::Encoding)
}

/// Identifiers and namespaces of the whole tree.
fn check_tree(tree: &roxmltree::Document<'_>, limits: &Limits) -> Result<(), Refusal> {
    let mut ids: Vec<&str> = Vec::new();
    let mut sound = BTreeSet::new();
    for element in tree.root().descendants().filter(Node::is_element) {
        // Most elements declare nothing: what they inherit has been examined.
        let inherits = element.parent_element().is_some_and(|parent| {
            let (own, outer) = (element.namespaces(), parent.namespaces());
            own.len() == outer.len() && own.zip(outer).all(|(a, b)| std::ptr::eq(a, b))
        });
        if !inherits {
            check_namespaces(element, limits, &mut sound)?;
        }
        for attribute in element.attributes() {
            if looks_like_id(attribute.name()) {
                // XML Encryption names its identifiers otherwise than SAML does.
                let foreign = element.tag_name().namespace() == Some(XENC);
                let is_id = attribute.namespace().is_none()
                    && attribute.name() == if foreign { "Id" } else { "ID" };
                if !is_id || !is_ncname(attribute.value()) {
                    return Err(Refusal::IdForm);
                }
                ids.push(attribute.value());
            }
        }
    }
    if ids.len() > limits.ids {
        return Err(Refusal::Limit);
    }
    ids.sort_unstable();
    if ids.array_windows().any(|[left, right]| left == right) {
        return Err(Refusal::DuplicateId);
    }
    Ok(())
}

/// Names that some reader takes for an identifier: `ID` in any case, and that of SAML 1.1.
fn looks_like_id(name: &str) -> bool {
    name.eq_ignore_ascii_case("id") || name.eq_ignore_ascii_case("assertionid")
}

/// The namespaces in scope of one element; `sound` are those examined before, each stored once in
/// the whole tree.
fn check_namespaces<'a>(
    element: Node<'a, '_>,
    limits: &Limits,
    sound: &mut BTreeSet<*const roxmltree::Namespace<'a>>,
) -> Result<(), Refusal> {
    if element.namespaces().len() > limits.namespaces {
        return Err(Refusal::Limit);
    }
    // The parser does not notice a default namespace declared twice on one tag.
    if element.namespaces().filter(|namespace| namespace.name().is_none()).count() > 1 {
        return Err(Refusal::NotWellFormed);
    }
    for namespace in element.namespaces() {
        if sound.insert(std::ptr::from_ref(namespace)) {
            check_namespace(namespace)?;
        }
    }
    Ok(())
}

/// One namespace declaration.
fn check_namespace(namespace: &roxmltree::Namespace<'_>) -> Result<(), Refusal> {
    let undeclares_default = namespace.name().is_none() && namespace.uri().is_empty();
    if undeclares_default || is_sound_namespace(namespace.uri()) {
        Ok(())
    } else {
        Err(Refusal::Namespace)
    }
}
