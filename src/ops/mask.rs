//! Fiscal codes in log lines become `****************`, whoever wrote them there.
//!
//! Not the rule (the rule is that no line holds one), but what stands behind it when the text of another
//! program's error quotes what it was given.

use std::borrow::Cow;

/// The same text without anything that has the shape of a person's fiscal code.
pub(super) fn masked(text: &str) -> Cow<'_, str> {
    // Most lines are shorter than a fiscal code or hold none: they are not copied.
    if !words(text).any(is_fiscal_code) {
        return Cow::Borrowed(text);
    }
    let mut clean = text.to_owned();
    for code in words(text).filter(|word| is_fiscal_code(word)) {
        clean = clean.replace(code, "****************");
    }
    Cow::Owned(clean)
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|word| word.len() == 16)
}

/// Six letters, two digits, a letter, two digits, a letter, three digits, a letter; where two persons
/// would share a code, digits are replaced by letters.
fn is_fiscal_code(word: &str) -> bool {
    word.bytes().zip("LLLLLLDDLDDLDDDL".bytes()).all(|(letter, kind)| match kind {
        b'L' => letter.is_ascii_alphabetic(),
        _ => letter.is_ascii_digit() || b"LMNPQRSTUV".contains(&letter.to_ascii_uppercase()),
    }) && word.bytes().any(|letter| letter.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::masked;

    #[test]
    fn a_fiscal_code_does_not_reach_a_line() {
        for (text, clean) in [
            ("TINIT-RSSMRA80A01H501U", "TINIT-****************"),
            (
                "got rssmra80a01h501u, twice: RSSMRA80A01H501U",
                "got ****************, twice: ****************",
            ),
            ("RSSMRA80A01H50MU and BNCLCU85T10A56NS", "**************** and ****************"),
        ] {
            assert_eq!(masked(text), clean);
        }
        for innocent in
            ["", "VARCO-0001", "0123456789abcdef", "authorizationcod", "XRSSMRA80A01H501U"]
        {
            assert_eq!(masked(innocent), innocent);
        }
    }
}
