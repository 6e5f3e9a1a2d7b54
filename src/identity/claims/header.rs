//! A claim as the value of an HTTP header (RFC 9110, section 5.5).
//!
//! Not RFC 8187: a whole value is percent-encoded UTF-8 without a prefix, so that whoever reads it calls
//! the decoder of URLs that every platform has, and an ASCII value stands as it is.

use std::fmt::Write as _;

use serde_json::Value;

/// One line; `None` for an object, which has no such form: the table tells its parts.
pub(super) fn line(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(encoded(text)),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Array(items) => {
            let lines: Option<Vec<String>> = items.iter().map(line).collect();
            Some(lines?.join(","))
        }
        Value::Null | Value::Object(_) => None,
    }
}

/// Visible ASCII and blanks as they are; everything else as `%XX` for each octet of its UTF-8. So is `%`
/// itself; `+`, which decoders of forms read as a blank; and what separates the members of a header. A
/// line break has no other way through, and nothing is lost.
pub(super) fn encoded(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for octet in text.bytes() {
        let plain = (octet.is_ascii_graphic() || octet == b' ')
            && !matches!(octet, b'%' | b'+' | b',' | b';' | b'"' | b'\\');
        if plain {
            line.push(char::from(octet));
        } else {
            // A string takes everything.
            let _ = write!(line, "%{octet:02X}");
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_text_is_one_line_of_visible_ascii_and_comes_back_whole() {
        for text in [
            "Ada",
            "D'Esempio",
            "Müller-Vzorčnik",
            "+39 333",
            "100%",
            "a,b;c\"d\\e",
            "a\r\nX-Other: b\0",
        ] {
            let line = encoded(text);
            assert!(line.bytes().all(|octet| octet.is_ascii_graphic() || octet == b' '), "{line}");
            // By a decoder of forms: it reads `+` as a blank.
            let form = format!("v={}", line.replace('&', "%26"));
            let decoded = url::form_urlencoded::parse(form.as_bytes()).next().unwrap().1;
            assert_eq!(decoded, text);
        }
        assert_eq!(encoded("Ada Esempio"), "Ada Esempio");
        assert_eq!(encoded("Müller"), "M%C3%BCller");
    }

    #[test]
    fn a_list_is_one_line_and_an_object_none() {
        assert_eq!(line(&json!(["a b", "c,d"])).unwrap(), "a b,c%2Cd");
        assert_eq!(line(&json!(2)).unwrap(), "2");
        assert_eq!(line(&json!({ "a": "b" })), None);
        assert_eq!(line(&json!([{ "a": "b" }])), None);
    }
}
