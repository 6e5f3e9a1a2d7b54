//! Names as the machine-readable zone spells them (ICAO Doc 9303 part 3, section 6), to compare what
//! somebody typed with what a document says.
//!
//! Not a way to write a zone: many states leave a letter's sign out where others write two letters, so a
//! name has several right spellings and all of them are tried. Scripts whose table is not certain here are
//! not compared: somebody else looks.

use crate::identity::matching::transliterated;

/// What a comparison of two names says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Likeness {
    /// One of the spellings of the typed name is the one in the zone.
    Same,
    /// None of them is.
    Other,
    /// It begins like the zone, which was full: the rest was cut off.
    Cut,
    /// A letter has no certain spelling here, or its states spell it in their own ways.
    Uncertain,
}

/// Compares a typed name with the one of a zone, in which `<` stands between words; `full` says that the
/// zone had no room left.
#[must_use]
pub fn compare(typed: &str, zone: &str, full: bool) -> Likeness {
    let zone: Vec<u8> = zone.bytes().collect();
    let mut certain = true;
    // Everywhere in the zone that some spelling of what was read so far leads to.
    let mut places = vec![0_usize];
    let mut cut = false;
    for letter in joined(typed).chars() {
        let Some((spellings, sure)) = spellings(letter) else { return Likeness::Uncertain };
        certain &= sure;
        let mut next = Vec::new();
        for place in &places {
            for spelling in &spellings {
                let rest = zone.get(*place..).unwrap_or_default();
                if rest.starts_with(spelling.as_bytes()) {
                    next.push(place + spelling.len());
                } else if spelling.as_bytes().starts_with(rest) {
                    cut = true;
                }
            }
        }
        next.sort_unstable();
        next.dedup();
        places = next;
        if places.is_empty() {
            break;
        }
    }
    match (places.contains(&zone.len()), cut && full, certain) {
        (true, ..) => Likeness::Same,
        (_, true, _) => Likeness::Cut,
        (_, _, false) => Likeness::Uncertain,
        _ => Likeness::Other,
    }
}

/// One blank between words, none at the ends; apostrophes, dots and commas are left out.
fn joined(typed: &str) -> String {
    let kept =
        |sign: char| !matches!(sign, '\'' | '\u{2019}' | '\u{2bc}' | '`' | '\u{b4}' | '.' | ',');
    let blank = |sign: char| {
        sign.is_whitespace() || matches!(sign, '-' | '\u{2010}' | '\u{2011}' | '\u{2013}')
    };
    let typed: String = typed.chars().filter(|sign| kept(*sign)).collect();
    typed.split(blank).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// The spellings of one letter, and whether they are all that there are.
fn spellings(letter: char) -> Option<(Vec<&'static str>, bool)> {
    const LATIN: [&str; 26] = [
        "A", "B", "C", "D", "E", "F", "G", "H", "I", "J", "K", "L", "M", "N", "O", "P", "Q", "R",
        "S", "T", "U", "V", "W", "X", "Y", "Z",
    ];
    let upper = letter.to_ascii_uppercase();
    if upper.is_ascii_uppercase() {
        let at = u32::from(upper) - u32::from('A');
        return Some((vec![LATIN.get(usize::try_from(at).ok()?)?], true));
    }
    if letter == ' ' {
        return Some((vec!["<"], true));
    }
    if let Some((plain, long)) = transliterated(letter) {
        let mut all = vec![long, plain];
        match letter {
            'Ñ' | 'ñ' => all.push("NXX"),
            'Ü' | 'ü' => all.push("UXX"),
            _ => {}
        }
        return Some((all, true));
    }
    cyrillic(letter).map(|all| (all.to_vec(), false))
}

/// Cyrillic (section 6.B). States print their own romanisations beside it, so that a difference proves
/// nothing.
fn cyrillic(letter: char) -> Option<&'static [&'static str]> {
    let lower = letter.to_lowercase().next()?;
    Some(match lower {
        'а' => &["A"],
        'б' => &["B"],
        'в' => &["V"],
        'г' => &["G", "H"],
        'ґ' => &["G"],
        'д' => &["D"],
        'е' | 'э' => &["E"],
        'ё' => &["E", "IO"],
        'є' => &["IE", "YE"],
        'ж' => &["ZH", "Z"],
        'з' => &["Z"],
        'и' | 'й' => &["I", "Y"],
        'і' => &["I"],
        'ї' => &["I", "YI"],
        'к' => &["K"],
        'л' => &["L"],
        'м' => &["M"],
        'н' => &["N"],
        'о' => &["O"],
        'п' => &["P"],
        'р' => &["R"],
        'с' => &["S"],
        'т' => &["T"],
        'у' => &["U"],
        'ф' => &["F"],
        'х' => &["KH", "H"],
        'ц' => &["TS", "C"],
        'ч' => &["CH", "C"],
        'ш' => &["SH", "S"],
        'щ' => &["SHCH", "SHT"],
        'ъ' => &["IE"],
        'ы' => &["Y"],
        'ю' => &["IU", "YU"],
        'я' => &["IA", "YA"],
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_every_spelling_that_states_use_and_no_other() {
        for (typed, zone, likeness) in [
            ("Müller", "MUELLER", Likeness::Same),
            ("Müller", "MULLER", Likeness::Same),
            ("Müller", "MUXXLLER", Likeness::Same),
            ("Müller", "MILLER", Likeness::Other),
            ("Weiß", "WEISS", Likeness::Same),
            ("Åse Ærø", "AASE<AEROE", Likeness::Same),
            ("Núñez", "NUNXXEZ", Likeness::Same),
            ("O’Connor", "OCONNOR", Likeness::Same),
            ("Anna-Maria", "ANNA<MARIA", Likeness::Same),
            ("Anna", "ANNA<MARIA", Likeness::Other),
            ("Anna Maria", "ANNA", Likeness::Other),
            ("Шевченко", "SHEVCHENKO", Likeness::Same),
            ("Шевченко", "CHEVTCHENKO", Likeness::Uncertain),
            ("محمد", "MUHAMMAD", Likeness::Uncertain),
            ("", "ANNA", Likeness::Other),
        ] {
            assert_eq!(compare(typed, zone, false), likeness, "{typed} {zone}");
        }
    }

    #[test]
    fn a_name_that_was_cut_off_is_told_apart_from_another_one() {
        assert_eq!(compare("Nilavadhanananda", "NILAVADHAN", true), Likeness::Cut);
        assert_eq!(compare("Nilavadhanananda", "NILAVADHAN", false), Likeness::Other);
        assert_eq!(compare("Nilavaxhanananda", "NILAVADHAN", true), Likeness::Other);
    }
}
