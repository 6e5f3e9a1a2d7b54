//! A small tolerant scanner of HTML: links, forms, and single attributes.
//!
//! Not a parser: it sees tags in order and no tree, which is enough for pages that are well-formed.

/// One start tag.
#[derive(Debug)]
pub struct Tag<'a> {
    /// Its name, in lower case.
    pub name: String,
    attributes: Vec<(String, String)>,
    /// The text up to the next tag.
    pub text: &'a str,
}

impl Tag<'_> {
    /// The value of an attribute; empty for one without a value.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// A form as it would be sent: checked and selected values, no buttons.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Form {
    /// Where it goes.
    pub action: String,
    /// Whether by POST.
    pub post: bool,
    /// What it sends.
    pub fields: Vec<(String, String)>,
}

impl Form {
    /// Sets a field, as if the person had.
    pub fn set(&mut self, name: &str, value: &str) {
        self.fields.retain(|(known, _)| known != name);
        self.fields.push((name.to_owned(), value.to_owned()));
    }

    /// Whether it has such a field.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.fields.iter().any(|(known, _)| known == name)
    }
}

/// Every start tag and end tag (`/form`) of a page, in order.
#[must_use]
pub fn tags(html: &str) -> Vec<Tag<'_>> {
    let mut found = Vec::new();
    let mut rest = html;
    while let Some((_, after)) = rest.split_once('<') {
        rest = after;
        if !after.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/') {
            continue;
        }
        let end = after.find([' ', '\t', '\r', '\n', '>']).unwrap_or(after.len());
        let (name, mut inside) = after.split_at_checked(end).unwrap_or((after, ""));
        let mut attributes = Vec::new();
        while let Some((attribute, onward)) = attribute(inside) {
            attributes.push(attribute);
            inside = onward;
        }
        rest = inside.split_once('>').map_or("", |(_, onward)| onward);
        let text = rest.split('<').next().unwrap_or_default();
        found.push(Tag { name: name.to_ascii_lowercase(), attributes, text });
    }
    found
}

/// The next attribute inside a tag, and what follows it.
fn attribute(inside: &str) -> Option<((String, String), &str)> {
    let inside = inside.trim_start().trim_start_matches('/').trim_start();
    let end = inside.find(['=', '>', ' ', '\t', '\r', '\n', '/'])?;
    let (name, rest) = inside.split_at_checked(end)?;
    if name.is_empty() {
        return None;
    }
    let name = name.to_ascii_lowercase();
    let Some(value) = rest.strip_prefix('=') else { return Some(((name, String::new()), rest)) };
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''));
    let (value, rest) = match quote {
        Some(quote) => value.strip_prefix(quote)?.split_once(quote)?,
        None => value.split_at_checked(value.find([' ', '>', '\n'])?)?,
    };
    Some(((name, decode(value)), rest))
}

/// The addresses of all links.
#[must_use]
pub fn links(html: &str) -> Vec<String> {
    let anchors = tags(html).into_iter().filter(|tag| tag.name == "a");
    anchors.filter_map(|tag| tag.get("href").map(str::to_owned)).collect()
}

/// All forms.
#[must_use]
pub fn forms(html: &str) -> Vec<Form> {
    let mut forms: Vec<Form> = Vec::new();
    let mut open = false;
    let mut select: Option<(String, bool)> = None;
    for tag in tags(html) {
        let value = || tag.get("value").unwrap_or_default().to_owned();
        match (tag.name.as_str(), forms.last_mut()) {
            ("form", _) => {
                open = true;
                forms.push(Form {
                    action: tag.get("action").unwrap_or_default().to_owned(),
                    post: tag.get("method").is_some_and(|m| m.eq_ignore_ascii_case("post")),
                    fields: Vec::new(),
                });
            }
            ("/form", _) => open = false,
            ("input", Some(form)) if open => {
                let optional = matches!(tag.get("type"), Some("radio" | "checkbox"));
                if let Some(name) = tag.get("name")
                    && (!optional || tag.get("checked").is_some())
                {
                    form.fields.push((name.to_owned(), value()));
                }
            }
            ("select", _) => select = tag.get("name").map(|name| (name.to_owned(), false)),
            ("/select", _) => select = None,
            ("option", Some(form)) if open => {
                if let Some((name, chosen)) = &mut select
                    && !*chosen
                    && tag.get("selected").is_some()
                {
                    *chosen = true;
                    form.fields.push((name.clone(), value()));
                }
            }
            _ => {}
        }
    }
    forms
}

/// Character references that pages of ours use.
fn decode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        rest = after;
        let Some((name, onward)) = after.split_once(';').filter(|(name, _)| name.len() <= 8) else {
            out.push('&');
            continue;
        };
        let number =
            name.strip_prefix('#').and_then(|digits| match digits.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok(),
                None => digits.parse().ok(),
            });
        let character = match name {
            "amp" => Some('&'),
            "lt" => Some('<'),
            "gt" => Some('>'),
            "quot" => Some('"'),
            "apos" => Some('\''),
            _ => number.and_then(char::from_u32),
        };
        match character {
            Some(character) => {
                out.push(character);
                rest = onward;
            }
            None => out.push('&'),
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_read_as_a_browser_would_send_it() {
        let html = "<p>1 < 2</p><form method=\"POST\" action='/a?x=1&amp;y=2'>\
            <input type=\"hidden\" name=\"t\" value=\"&quot;&#38;\">\
            <input type=\"radio\" name=\"r\" value=\"1\"><input type=radio name=r value=2 checked>\
            <select name=\"s\"><option value=\"\" selected>-</option><option value=\"z\">z</option>\
            </select><button>Go</button></form><a href=\"/b\">b</a>";
        let pairs = [("t", "\"&"), ("r", "2"), ("s", "")];
        let fields = pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
        let expected = Form { action: "/a?x=1&y=2".to_owned(), post: true, fields };
        assert_eq!(forms(html), [expected]);
        assert_eq!(links(html), ["/b"]);
    }
}
