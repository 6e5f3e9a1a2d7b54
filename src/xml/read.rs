//! Reading a tree by exact names.
//!
//! Not a search: no "first descendant", no name without its namespace. The parser's own
//! `attribute("ID")` also finds `x:ID`; these functions do not.

use std::borrow::Cow;

use roxmltree::Node;

use super::Refusal;

/// Whether `node` is the element `{namespace}local`.
#[must_use]
pub fn is(node: Node<'_, '_>, namespace: &str, local: &str) -> bool {
    let name = node.tag_name();
    node.is_element() && name.name() == local && name.namespace() == Some(namespace)
}

/// The value of the un-namespaced attribute `name`.
#[must_use]
pub fn attribute<'a>(node: Node<'a, '_>, name: &str) -> Option<&'a str> {
    node.attributes().find(|a| a.namespace().is_none() && a.name() == name).map(|a| a.value())
}

/// The child elements of `node`, in order.
pub fn elements<'a, 't: 'a>(node: Node<'a, 't>) -> impl Iterator<Item = Node<'a, 't>> {
    node.children().filter(Node::is_element)
}

/// The child `{namespace}local`, which may stand once.
///
/// # Errors
/// [`Refusal::Value`] when it stands twice.
pub fn only_child<'a, 't: 'a>(
    node: Node<'a, 't>,
    namespace: &str,
    local: &str,
) -> Result<Option<Node<'a, 't>>, Refusal> {
    let mut found = elements(node).filter(|child| is(*child, namespace, local));
    let first = found.next();
    if found.next().is_some() { Err(Refusal::Value) } else { Ok(first) }
}

/// The whole text of `node`, whatever splits it; not trimmed.
///
/// # Errors
/// [`Refusal::Value`] when an element stands inside.
pub fn text<'a>(node: Node<'a, '_>) -> Result<Cow<'a, str>, Refusal> {
    let mut whole = Cow::Borrowed("");
    for child in node.children() {
        if child.is_element() || child.is_pi() {
            return Err(Refusal::Value);
        }
        if child.is_text() {
            let part = child.text().unwrap_or_default();
            if whole.is_empty() {
                whole = Cow::Borrowed(part);
            } else {
                whole.to_mut().push_str(part);
            }
        }
    }
    Ok(whole)
}
