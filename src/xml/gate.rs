//! The lexical gate: one pass over the octets before anything is allocated.
//!
//! Not a parser: it never accepts, it only refuses early what no genuine message holds (DTDs,
//! comments, processing instructions, other encodings, bombs). Every tag is walked with its quotes,
//! so depth and attributes are counted exactly. XML 1.0, sections 2.4 to 2.8, 3.1 and 4.3.3.

use memchr::{memchr, memchr_iter, memchr3, memmem};

use super::{Limits, Refusal};

/// Refuses `text` or lets it through to the parser.
pub(super) fn check(text: &str, limits: &Limits) -> Result<(), Refusal> {
    let octets = text.as_bytes();
    if octets.len() > limits.octets {
        return Err(Refusal::Limit);
    }
    if octets.starts_with(b"\xEF\xBB\xBF") {
        return Err(Refusal::Encoding);
    }
    // The parser does not turn every lone CR into LF, so two readers could see two texts.
    if memchr_iter(b'\r', octets).any(|at| octets.get(at + 1) != Some(&b'\n')) {
        return Err(Refusal::Encoding);
    }
    let mut rest = after_declaration(octets)?;
    // `]]>` may not stand in character data (2.4) and the parser does not look for it.
    if memmem::find(rest, b"]]>").is_some() {
        return Err(Refusal::NotWellFormed);
    }
    check_references(rest)?;
    let (mut depth, mut tags, mut declarations) = (0_usize, 0_usize, 0_usize);
    while let Some(at) = memchr(b'<', rest) {
        tags += 1;
        if tags > limits.nodes {
            return Err(Refusal::Limit);
        }
        rest = after(rest, at);
        match rest.first() {
            Some(b'!') => rest = after_comment(rest, limits)?,
            Some(b'?') => return Err(Refusal::ProcessingInstruction),
            Some(b'/') if rest.get(1) == Some(&b':') => return Err(Refusal::NotWellFormed),
            Some(b'/') => depth = depth.checked_sub(1).ok_or(Refusal::NotWellFormed)?,
            _ => {
                let tag = start_tag(rest, limits)?;
                declarations += tag.declarations;
                if depth >= limits.depth || declarations > limits.all_namespaces {
                    return Err(Refusal::Limit);
                }
                depth += usize::from(!tag.empty);
                rest = tag.rest;
            }
        }
    }
    Ok(())
}

/// The most digits of a character reference: other readers stop at ten, and seven are enough.
const MOST_DIGITS: usize = 8;

/// Refuses references to what is no character, which the parser would read as U+FFFD, and those of
/// more digits than every reader takes (XML 1.0, 4.1).
fn check_references(mut rest: &[u8]) -> Result<(), Refusal> {
    while let Some(at) = memmem::find(rest, b"&#") {
        rest = rest.get(at + 2..).unwrap_or_default();
        let end = memchr(b';', rest).ok_or(Refusal::NotWellFormed)?;
        let digits = rest.get(..end).and_then(|digits| std::str::from_utf8(digits).ok());
        let number = digits.and_then(|digits| match digits.strip_prefix('x') {
            Some(digits) if digits.len() <= MOST_DIGITS => u32::from_str_radix(digits, 16).ok(),
            None if digits.len() <= MOST_DIGITS => digits.parse().ok(),
            _ => None,
        });
        number.and_then(char::from_u32).ok_or(Refusal::NotWellFormed)?;
    }
    Ok(())
}

/// What follows position `at`.
fn after(octets: &[u8], at: usize) -> &[u8] {
    octets.get(at + 1..).unwrap_or_default()
}

/// Skips an XML declaration of version 1.0 in UTF-8: its parts in the order of XML 1.0, rule 23.
fn after_declaration(octets: &[u8]) -> Result<&[u8], Refusal> {
    let Some(inside) = octets.strip_prefix(b"<?xml") else { return Ok(octets) };
    if !inside.first().is_some_and(u8::is_ascii_whitespace) {
        return Err(Refusal::ProcessingInstruction);
    }
    let end = memmem::find(inside, b"?>").ok_or(Refusal::NotWellFormed)?;
    let (inside, rest) = inside.split_at_checked(end).ok_or(Refusal::NotWellFormed)?;
    let mut parts =
        inside.split(u8::is_ascii_whitespace).filter(|part| !part.is_empty()).peekable();
    let version = |part: &&[u8]| matches!(*part, b"version=\"1.0\"" | b"version='1.0'");
    let encoding = |part: &&[u8]| {
        part.starts_with(b"encoding=")
            && matches!(
                part.to_ascii_lowercase().as_slice(),
                b"encoding=\"utf-8\"" | b"encoding='utf-8'"
            )
    };
    let standalone = |part: &&[u8]| {
        matches!(
            *part,
            b"standalone=\"yes\"" | b"standalone='yes'" | b"standalone=\"no\"" | b"standalone='no'"
        )
    };
    let versioned = parts.next_if(version).is_some();
    parts.next_if(encoding);
    parts.next_if(standalone);
    if !versioned || parts.next().is_some() {
        return Err(Refusal::Encoding);
    }
    Ok(rest.get(2..).unwrap_or_default())
}

/// Skips a comment where comments are allowed; `rest` starts at the exclamation mark.
fn after_comment<'t>(rest: &'t [u8], limits: &Limits) -> Result<&'t [u8], Refusal> {
    match rest.strip_prefix(b"!--") {
        Some(comment) if limits.comments => {
            let end = memmem::find(comment, b"-->").ok_or(Refusal::NotWellFormed)?;
            Ok(comment.get(end + 3..).unwrap_or_default())
        }
        Some(_) => Err(Refusal::Comment),
        None if rest.starts_with(b"![CDATA[") => Err(Refusal::Cdata),
        None => Err(Refusal::Doctype),
    }
}

/// A start tag or an empty-element tag.
struct Tag<'t> {
    rest: &'t [u8],
    empty: bool,
    declarations: usize,
}

/// Walks one tag; `rest` starts after its `<`.
fn start_tag<'t>(mut rest: &'t [u8], limits: &Limits) -> Result<Tag<'t>, Refusal> {
    let (mut attributes, mut declarations) = (0_usize, 0_usize);
    loop {
        let at = memchr3(b'"', b'\'', b'>', rest).ok_or(Refusal::NotWellFormed)?;
        let (before, found) = rest.split_at_checked(at).ok_or(Refusal::NotWellFormed)?;
        let (&mark, following) = found.split_first().ok_or(Refusal::NotWellFormed)?;
        if memchr(b'<', before).is_some() || has_odd_colon(before) {
            return Err(Refusal::NotWellFormed);
        }
        if mark == b'>' {
            return Ok(Tag { rest: following, empty: before.ends_with(b"/"), declarations });
        }
        let end = memchr(mark, following).ok_or(Refusal::NotWellFormed)?;
        if following.get(..end).is_none_or(|value| memchr(b'<', value).is_some()) {
            return Err(Refusal::NotWellFormed);
        }
        attributes += 1;
        declarations += usize::from(memmem::find(before, b"xmlns").is_some());
        if attributes > limits.attributes || declarations > limits.namespaces {
            return Err(Refusal::Limit);
        }
        rest = after(following, end);
    }
}

/// Whether a name begins with its colon or is `xmlns` with a prefix. The parser would take `:xmlns`
/// and `a:xmlns` for `xmlns`, where others see an attribute (Namespaces in XML, 3 and 4).
fn has_odd_colon(outside_values: &[u8]) -> bool {
    let ends = |octet: &u8| octet.is_ascii_whitespace() || matches!(octet, b'=' | b'/');
    memchr_iter(b':', outside_values).any(|at| {
        let before = at.checked_sub(1).and_then(|at| outside_values.get(at));
        before.is_none_or(u8::is_ascii_whitespace)
            || after(outside_values, at)
                .strip_prefix(b"xmlns")
                .is_some_and(|rest| rest.first().is_none_or(ends))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// SA-55: this pass walks each octet once and allocates nothing, so what it refuses costs less
    /// than a genuine message of the same length.
    #[test]
    fn what_would_be_dear_is_refused_before_a_tree_is_built() {
        let many = |count: usize, text: fn(usize) -> String| -> String {
            (0..count).map(text).collect::<Vec<_>>().concat()
        };
        let attributes = many(80_000, |n| format!(" a{n}=''"));
        let declarations = many(20_000, |n| format!(" xmlns:a{n}='u:{n}'"));
        for (what, text) in [
            ("depth", "<a>".repeat(20_000)),
            ("depth hidden in values", "<a b='>/>'>".repeat(200)),
            ("attributes", format!("<r{attributes}/>")),
            ("declarations", format!("<r{declarations}/>")),
            (
                "declarations, a few on each tag",
                many(300, |n| format!("<a xmlns:b='u:{n}' xmlns:c='u:{n}'/>")),
            ),
            ("text nodes", format!("<r>{}</r>", "<a/>x".repeat(1_000_000))),
            ("tags", format!("<r>{}</r>", "<a/>".repeat(4_096))),
            ("length", "x".repeat(Limits::MESSAGE.octets + 1)),
        ] {
            assert_eq!(check(&text, &Limits::MESSAGE), Err(Refusal::Limit), "{what}");
            let cut = text.get(..text.len().min(Limits::MESSAGE.octets)).unwrap_or_default();
            assert!(check(cut, &Limits::MESSAGE).is_err() || what == "length", "{what}");
        }
    }
}
