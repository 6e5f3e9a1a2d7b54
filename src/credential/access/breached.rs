//! Passwords that everybody tries first: those of leaks, and those made of common words and runs.
//!
//! Not a measure of strength. What an operator's file names is refused by its SHA-1, as the lists of Have I
//! Been Pwned name them; nothing is asked of anybody over the network. The words below are ours and few:
//! they catch what people make longer when they are told that twelve characters are needed.

use crate::crypto::digest::sha1;

/// Leaked passwords, by the first 64 bits of their SHA-1, in order.
#[derive(Clone, Default)]
pub struct Breached(Vec<u64>);

impl Breached {
    /// Reads lines of `SHA-1` or `SHA-1:count` in hexadecimal; at least 16 digits of each hash are wanted.
    ///
    /// # Errors
    /// The number of the first line that is something else, from one.
    pub fn read(text: &str) -> Result<Self, usize> {
        let mut all = Vec::new();
        for (line, number) in text.lines().zip(1_usize..) {
            let hash = line.split(':').next().unwrap_or_default().trim();
            if hash.is_empty() {
                continue;
            }
            let digits = hash.get(..DIGITS).filter(|_| hash.len() <= 40);
            let value = digits.and_then(|digits| u64::from_str_radix(digits, 16).ok());
            all.push(value.ok_or(number)?);
        }
        all.sort_unstable();
        all.dedup();
        Ok(Self(all))
    }

    /// How many it names.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether it names none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether `password` is one that everybody tries first, or that whoever knows `username` does.
    #[must_use]
    pub fn knows(&self, password: &str, username: &str) -> bool {
        self.names(password) || is_common(password, username)
    }

    fn names(&self, password: &str) -> bool {
        let hash = sha1(password.as_bytes());
        let first = hash.first_chunk::<8>().copied().map(u64::from_be_bytes);
        first.is_some_and(|first| self.0.binary_search(&first).is_ok())
    }
}

impl std::fmt::Debug for Breached {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Breached({})", self.0.len())
    }
}

/// Whether next to nothing is left without common words, runs and the user name.
fn is_common(password: &str, username: &str) -> bool {
    let rest = without_runs(&without_words(password.to_lowercase(), username));
    let spelt = rest.into_iter().map(letter_meant).collect();
    let mut left: Vec<char> =
        without_words(spelt, username).chars().filter(|c| *c != TAKEN_OUT).collect();
    left.sort_unstable();
    left.dedup();
    left.len() < FEWEST
}

/// Without common words and the user name. Each leaves a mark, so that what stood on both sides of it makes
/// no new word.
fn without_words(text: String, username: &str) -> String {
    let words = std::iter::once(username).chain(COMMON.iter().copied());
    words
        .filter(|word| !word.is_empty())
        .fold(text, |text, word| text.replace(word, &TAKEN_OUT.to_string()))
}

/// The letter that stands behind a digit or a sign.
const fn letter_meant(c: char) -> char {
    match c {
        '0' => 'o',
        '1' | '!' => 'i',
        '3' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '7' => 't',
        other => other,
    }
}

/// Without three or more characters in a row that count up, count down or repeat.
fn without_runs(text: &str) -> Vec<char> {
    let all: Vec<char> = text.chars().collect();
    let in_run = |at: usize| {
        let (Some(a), Some(b), Some(c)) = (all.get(at), all.get(at + 1), all.get(at + 2)) else {
            return false;
        };
        let step = i64::from(u32::from(*b)) - i64::from(u32::from(*a));
        step.abs() <= 1 && i64::from(u32::from(*c)) - i64::from(u32::from(*b)) == step
    };
    let kept = |at: usize| !(at.saturating_sub(2)..=at).any(in_run);
    all.iter().enumerate().filter(|(at, _)| kept(*at)).map(|(_, c)| *c).collect()
}

/// The mark.
const TAKEN_OUT: char = '\0';
/// How many different characters a password must have beside what everybody uses.
const FEWEST: usize = 5;
/// Digits of a hash that are looked at.
const DIGITS: usize = 16;

/// Words and rows of keys that stand in most lists, longer ones before those they contain.
#[rustfmt::skip]
const COMMON: &[&str] = &[
    "qwertyuiop", "qwertzuiop", "azertyuiop", "asdfghjkl", "qsdfghjklm", "zxcvbnm", "yxcvbnm", "wxcvbn",
    "1qaz2wsx", "q1w2e3r4", "1q2w3e4r", "qazwsx", "qwerty", "qwertz", "azerty", "asdfgh", "asdf", "qwer",
    "passwort", "password", "motdepasse", "parolachiave", "parola", "geslo", "passord", "segreto", "secret",
    "geheim", "skrivnost", "welcome", "benvenuto", "willkommen", "bienvenue", "dobrodosli", "letmein",
    "iloveyou", "tiamo", "jetaime", "ichliebedich", "amore", "amour", "princess", "principessa", "sunshine",
    "football", "calcio", "juventus", "inter", "milan", "napoli", "roma", "torino", "italia", "italien",
    "italy", "svizzera", "schweiz", "suisse", "slovenija", "germany", "france", "forza", "dragon", "monkey",
    "superman", "batman", "pokemon", "starwars", "master", "shadow", "michael", "francesco", "alessandro",
    "andrea", "giuseppe", "antonio", "giovanni", "marco", "maria", "anna", "giulia", "martina", "chiara",
    "admin", "administrator", "utente", "user", "login", "access", "accesso", "account", "credential",
    "credenziale", "varco", "helpdesk", "assistenza", "ministero", "lavoro", "inps", "inail", "spid", "cie",
    "gennaio", "febbraio", "marzo", "aprile", "maggio", "giugno", "luglio", "agosto", "settembre",
    "ottobre", "novembre", "dicembre", "january", "february", "august", "summer", "winter", "spring",
    "autumn", "estate", "inverno", "primavera", "autunno", "monday", "friday", "lunedi", "ciao", "hello",
    "test", "prova", "change", "cambia", "computer", "internet", "google", "facebook", "abc", "2019",
    "2020", "2021", "2022", "2023", "2024", "2025", "2026", "2027", "2028",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_everybody_tries_first_is_common_whatever_is_put_behind_it() {
        for password in [
            "password1234",
            "Password2026!",
            "P@ssw0rd123456",
            "qwertyuiop12",
            "123456789012",
            "abcdefghijkl",
            "aaaaaaaaaaaa",
            "abababababab",
            "benvenuto2026",
            "ForzaNapoli!!",
            "987654321098",
            "482917305482",
            "varco-varco-varco",
            "admin admin admin",
        ] {
            assert!(Breached::default().knows(password, "482917305"), "{password}");
        }
    }

    #[test]
    fn what_nobody_tries_is_not() {
        for password in [
            "gelso ombra7 quando",
            "correct horse battery staple",
            "x7#Lq-92vT!mz",
            "пчела на лугу",
        ] {
            assert!(!Breached::default().knows(password, "482917305"), "{password}");
        }
    }

    /// HD-AU-1: whatever the operator's list names cannot be chosen.
    #[test]
    fn a_list_names_passwords_by_the_beginning_of_their_hash() {
        // `correct horse battery staple`, as Have I Been Pwned would list it, and half of another.
        let list = "ABF7AAD6438836DBE526AA231ABDE2D0EEF74D42:12\n\n00000000000000ff\n";
        let breached = Breached::read(list).unwrap();
        assert_eq!(breached.len(), 2);
        assert!(breached.knows("correct horse battery staple", ""));
        assert!(!breached.knows("correct horse battery stapler", ""));
        for wrong in [
            "ABF7AAD64388",
            "password",
            "ABF7AAD6438836DBE526AA231ABDE2D0EEF74D4200",
            "ABF7AAD6438836DZ:1",
        ] {
            assert_eq!(Breached::read(&format!("\n{wrong}")).err(), Some(2), "{wrong}");
        }
    }
}
