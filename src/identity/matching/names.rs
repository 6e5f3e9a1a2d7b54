//! The three letters that a fiscal code has of a name (decree of 23 December 1976, art. 2 and 3).
//!
//! Not a way to make a code. Names are in Latin script, as eIDAS demands (CIR (EU) 2015/1501); a letter with
//! a sign is read without it or, as travel documents write it (ICAO 9303-3, section 6), with two letters:
//! offices do both. A name with any other letter has no code, so it agrees with none.

/// The codes of a family name: its consonants, then its vowels, then `X`.
pub(super) fn family(name: &str) -> Vec<[u8; 3]> {
    codes(name, |consonants, vowels| {
        first_three(consonants.iter().chain(vowels).chain(b"XXX").copied())
    })
}

/// The codes of the given names: as a family name's, but of four consonants or more the second is left out.
pub(super) fn given(names: &str) -> Vec<[u8; 3]> {
    codes(names, |consonants, vowels| match consonants {
        [first, _, third, fourth, ..] => [*first, *third, *fourth],
        few => first_three(few.iter().chain(vowels).chain(b"XXX").copied()),
    })
}

fn first_three(mut letters: impl Iterator<Item = u8>) -> [u8; 3] {
    [(); 3].map(|()| letters.next().unwrap_or(b'X'))
}

/// The code of both spellings, once when they are alike.
fn codes(name: &str, code: impl Fn(&[u8], &[u8]) -> [u8; 3]) -> Vec<[u8; 3]> {
    let spelled = [Spelling::WithoutSigns, Spelling::AsInDocuments].map(|how| spell(name, how));
    let mut found = Vec::with_capacity(2);
    for letters in spelled.into_iter().flatten().filter(|letters| !letters.is_empty()) {
        let (vowels, consonants): (Vec<u8>, Vec<u8>) =
            letters.iter().partition(|letter| b"AEIOU".contains(letter));
        let code = code(&consonants, &vowels);
        if !found.contains(&code) {
            found.push(code);
        }
    }
    found
}

#[derive(Clone, Copy)]
enum Spelling {
    WithoutSigns,
    AsInDocuments,
}

/// `A` to `Z` alone; `None` when a letter is none of ours.
fn spell(name: &str, how: Spelling) -> Option<Vec<u8>> {
    let mut letters = Vec::with_capacity(name.len());
    for letter in name.chars() {
        let (plain, long) = match letter {
            'A'..='Z' | 'a'..='z' => {
                letters.extend(u8::try_from(letter.to_ascii_uppercase()));
                continue;
            }
            _ if is_between_letters(letter) => continue,
            _ => transliterated(letter)?,
        };
        let written = match how {
            Spelling::WithoutSigns => plain,
            Spelling::AsInDocuments => long,
        };
        letters.extend(written.bytes());
    }
    Some(letters)
}

/// Blanks, hyphens, apostrophes, dots, and signs that stand by themselves.
const fn is_between_letters(letter: char) -> bool {
    matches!(
        letter,
        ' ' | '\u{a0}'
            | '-'
            | '\u{2010}'
            | '\u{2011}'
            | '\u{2013}'
            | '\''
            | '\u{2019}'
            | '\u{2bc}'
            | '`'
            | '\u{b4}'
            | '.'
            | ','
            | '\u{300}'..='\u{36f}'
    )
}

/// A Latin letter with a sign: without it, and as travel documents write it (ICAO 9303-3, section 6.A).
/// `None` for every other letter, `A` to `Z` among them.
#[must_use]
pub const fn transliterated(letter: char) -> Option<(&'static str, &'static str)> {
    Some(match letter {
        'À'..='Ã' | 'à'..='ã' | 'Ā'..='ą' | 'Ǎ' | 'ǎ' => ("A", "A"),
        'Ä' | 'ä' | 'Æ' | 'æ' => ("A", "AE"),
        'Å' | 'å' => ("A", "AA"),
        'Ç' | 'ç' | 'Ć'..='č' => ("C", "C"),
        'Ď'..='đ' | 'Ð' | 'ð' => ("D", "D"),
        'È'..='Ë' | 'è'..='ë' | 'Ē'..='ě' => ("E", "E"),
        'Ĝ'..='ģ' | 'Ǧ' | 'ǧ' => ("G", "G"),
        'Ĥ'..='ħ' => ("H", "H"),
        'Ì'..='Ï' | 'ì'..='ï' | 'Ĩ'..='ı' => ("I", "I"),
        'Ĳ' | 'ĳ' => ("IJ", "IJ"),
        'Ĵ' | 'ĵ' => ("J", "J"),
        'Ķ'..='ĸ' | 'Ǩ' | 'ǩ' => ("K", "K"),
        'Ĺ'..='ł' => ("L", "L"),
        'Ñ' | 'ñ' | 'Ń'..='ŋ' => ("N", "N"),
        'Ò'..='Õ' | 'ò'..='õ' | 'Ō'..='ő' => ("O", "O"),
        'Ö' | 'ö' | 'Ø' | 'ø' => ("O", "OE"),
        'Œ' | 'œ' => ("OE", "OE"),
        'Ŕ'..='ř' => ("R", "R"),
        'Ś'..='š' | 'Ș' | 'ș' => ("S", "S"),
        'ß' | 'ẞ' => ("SS", "SS"),
        'Ţ'..='ŧ' | 'Ț' | 'ț' => ("T", "T"),
        'Þ' | 'þ' => ("TH", "TH"),
        'Ù'..='Û' | 'ù'..='û' | 'Ũ'..='ų' => ("U", "U"),
        'Ü' | 'ü' => ("U", "UE"),
        'Ŵ' | 'ŵ' | 'Ẁ'..='ẅ' => ("W", "W"),
        'Ý' | 'ý' | 'ÿ' | 'Ŷ'..='Ÿ' => ("Y", "Y"),
        'Ź'..='ž' => ("Z", "Z"),
        _ => return None,
    })
}
