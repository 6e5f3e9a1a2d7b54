//! Writes XML directly in its canonical form, so that it can be signed without a tree.
//!
//! Not a serialiser of trees. Every value is escaped here; nothing is concatenated raw but
//! fragments that this writer made. Exclusive C14N 1.0: no self-closing tags, declarations and
//! attributes sorted, a namespace declared only where no ancestor has declared it alike.

use super::c14n::{push_attribute, push_text};

/// A document being written.
#[derive(Debug, Default)]
pub struct Writer {
    out: Vec<u8>,
    /// Open elements: name, and how many declarations were in scope before it.
    open: Vec<(String, usize)>,
    /// Declarations in scope: prefix and namespace name.
    scope: Vec<(String, String)>,
}

impl Writer {
    /// An empty document.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Opens the element `name` (`prefix:local` or `local`).
    ///
    /// `namespaces` are (prefix, namespace name), the prefix empty for the default one: give those
    /// that the name and the attributes use, those already in scope are left out. `attributes` are
    /// (name, value) in any order.
    pub fn start(
        &mut self,
        name: &str,
        namespaces: &[(&str, &str)],
        attributes: &[(&str, &str)],
    ) -> &mut Self {
        let outer = self.scope.len();
        for (prefix, uri) in namespaces {
            if lookup(&self.scope, prefix) != Some(*uri) {
                self.scope.push(((*prefix).to_owned(), (*uri).to_owned()));
            }
        }
        if let Some(new) = self.scope.get_mut(outer..) {
            new.sort_unstable();
        }
        self.out.push(b'<');
        self.out.extend_from_slice(name.as_bytes());
        for (prefix, uri) in self.scope.get(outer..).unwrap_or_default() {
            self.out.extend_from_slice(if prefix.is_empty() { b" xmlns" } else { b" xmlns:" });
            self.out.extend_from_slice(prefix.as_bytes());
            self.out.extend_from_slice(b"=\"");
            push_attribute(&mut self.out, uri);
            self.out.push(b'"');
        }
        let mut sorted: Vec<_> = attributes
            .iter()
            .map(|(name, value)| match name.split_once(':') {
                Some((prefix, local)) => {
                    ((lookup(&self.scope, prefix).unwrap_or(prefix), local), *name, *value)
                }
                None => (("", *name), *name, *value),
            })
            .collect();
        sorted.sort_unstable();
        for (_, name, value) in sorted {
            self.out.push(b' ');
            self.out.extend_from_slice(name.as_bytes());
            self.out.extend_from_slice(b"=\"");
            push_attribute(&mut self.out, value);
            self.out.push(b'"');
        }
        self.out.push(b'>');
        self.open.push((name.to_owned(), outer));
        self
    }

    /// Character data, escaped.
    pub fn text(&mut self, text: &str) -> &mut Self {
        push_text(&mut self.out, text);
        self
    }

    /// Closes the innermost open element.
    pub fn end(&mut self) -> &mut Self {
        if let Some((name, outer)) = self.open.pop() {
            self.out.extend_from_slice(b"</");
            self.out.extend_from_slice(name.as_bytes());
            self.out.push(b'>');
            self.scope.truncate(outer);
        }
        self
    }

    /// A whole element that holds only text.
    pub fn leaf(
        &mut self,
        name: &str,
        namespaces: &[(&str, &str)],
        attributes: &[(&str, &str)],
        text: &str,
    ) -> &mut Self {
        self.start(name, namespaces, attributes).text(text).end()
    }

    /// A fragment that is canonical already, such as a signed assertion. It declares its own
    /// namespaces; the result is canonical when none of them is in scope here.
    pub fn fragment(&mut self, canonical: &str) -> &mut Self {
        self.out.extend_from_slice(canonical.as_bytes());
        self
    }

    /// How many octets are written: the place to give to [`super::sign_enveloped`].
    #[must_use]
    pub fn place(&self) -> usize {
        self.out.len()
    }

    /// The document; elements still open are closed.
    #[must_use]
    pub fn finish(mut self) -> String {
        while !self.open.is_empty() {
            self.end();
        }
        // Only whole `str`s and ASCII were written.
        String::from_utf8(self.out).unwrap_or_default()
    }
}

/// The namespace name of `prefix` in scope.
fn lookup<'s>(scope: &'s [(String, String)], prefix: &str) -> Option<&'s str> {
    scope.iter().rev().find(|(known, _)| known == prefix).map(|(_, uri)| uri.as_str())
}

/// `text` escaped as character data.
#[must_use]
pub fn escape_text(text: &str) -> String {
    let mut out = Vec::with_capacity(text.len());
    push_text(&mut out, text);
    String::from_utf8(out).unwrap_or_default()
}

/// `value` escaped as an attribute value in double quotes.
#[must_use]
pub fn escape_attribute(value: &str) -> String {
    let mut out = Vec::with_capacity(value.len());
    push_attribute(&mut out, value);
    String::from_utf8(out).unwrap_or_default()
}

#[cfg(test)]
mod tests;
