//! States as travel documents write them: ISO 3166-1 alpha-3 and the codes that ICAO adds (Doc 9303 part 3,
//! section 5), with their names for people.
//!
//! Not who adopts eIDAS: that is dated, and the register of states knows it.

use std::fmt;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use crate::terms::Locale;

/// Whose document it is, or whose national somebody is: a code of travel documents.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Nation([u8; 3]);

/// What a code stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// A state or one of its territories: ISO 3166-1 alpha-2.
    State(&'static str),
    /// Somebody without a state (1954 Convention).
    Stateless,
    /// A refugee (1951 Convention), or one by another rule.
    Refugee,
    /// The Union itself, to its own staff.
    Union,
    /// The United Nations' mission in Kosovo.
    UnitedNations,
}

struct Row {
    alpha3: &'static str,
    alpha2: &'static str,
    /// Italian, English, German, French, Slovenian.
    names: [&'static str; 5],
}

/// ISO 3166-1 with names, in the order of the codes.
static ROWS: LazyLock<Vec<Row>> = LazyLock::new(|| {
    let lines = include_str!("../../metadata/states.csv").lines();
    let read = |line: &'static str| {
        let mut cells = line.split(';');
        let mut cell = || cells.next();
        let (alpha3, alpha2) = (cell()?, cell()?);
        Some(Row { alpha3, alpha2, names: [cell()?, cell()?, cell()?, cell()?, cell()?] })
    };
    lines.filter(|line| !line.starts_with('#')).filter_map(read).collect()
});

/// What ICAO adds, with the names that people know.
const ADDED: [(&str, Standing, [&str; 5]); 12] = [
    ("D<<", Standing::State("DE"), ["Germania", "Germany", "Deutschland", "Allemagne", "Nemčija"]),
    ("GBD", Standing::State("GB"), BRITISH_OVERSEAS),
    ("GBN", Standing::State("GB"), BRITISH_OVERSEAS),
    ("GBO", Standing::State("GB"), BRITISH_OVERSEAS),
    ("GBP", Standing::State("GB"), BRITISH_OVERSEAS),
    ("GBS", Standing::State("GB"), BRITISH_OVERSEAS),
    ("RKS", Standing::State("XK"), ["Kosovo", "Kosovo", "Kosovo", "Kosovo", "Kosovo"]),
    (
        "UNK",
        Standing::UnitedNations,
        ["Kosovo (ONU)", "Kosovo (UN)", "Kosovo (UN)", "Kosovo (ONU)", "Kosovo (OZN)"],
    ),
    (
        "XXA",
        Standing::Stateless,
        ["Apolide", "Stateless", "Staatenlos", "Apatride", "Brez državljanstva"],
    ),
    ("XXB", Standing::Refugee, REFUGEE),
    ("XXC", Standing::Refugee, REFUGEE),
    (
        "EUE",
        Standing::Union,
        [
            "Unione europea (lasciapassare)",
            "European Union (laissez-passer)",
            "Europäische Union (Laissez-passer)",
            "Union européenne (laissez-passer)",
            "Evropska unija (prepustnica)",
        ],
    ),
];

const BRITISH_OVERSEAS: [&str; 5] = [
    "Regno Unito (altro status)",
    "United Kingdom (other status)",
    "Vereinigtes Königreich (anderer Status)",
    "Royaume-Uni (autre statut)",
    "Združeno kraljestvo (drug status)",
];
const REFUGEE: [&str; 5] = ["Rifugiato", "Refugee", "Flüchtling", "Réfugié", "Begunec"];

impl Nation {
    /// A code as documents or people write it: `CHE`, `D<<`, `D`. `None` when nobody recognises it, like
    /// the `UTO` of specimens.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        let code = code.trim();
        let padded = if code == "D" || code == "DEU" { "D<<" } else { code };
        let octets = <[u8; 3]>::try_from(padded.as_bytes()).ok()?;
        let nation = Self(octets);
        nation.found().map(|_| nation)
    }

    /// The state with that alpha-2 code.
    #[must_use]
    pub fn of_alpha2(alpha2: &str) -> Option<Self> {
        let row = ROWS.iter().find(|row| row.alpha2 == alpha2)?;
        Self::parse(row.alpha3)
    }

    /// Every code, in its order.
    pub fn all() -> impl Iterator<Item = Self> {
        let states = ROWS.iter().map(|row| row.alpha3);
        let added = ADDED.iter().map(|(code, ..)| *code).filter(|code| *code != "D<<");
        states.chain(added).filter_map(Self::parse)
    }

    /// As documents write it, padded: `CHE`, `D<<`.
    #[must_use]
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// What it stands for.
    #[must_use]
    pub fn standing(&self) -> Standing {
        self.found().map_or(Standing::Stateless, |(standing, _)| standing)
    }

    /// ISO 3166-1 alpha-2, where it stands for a state.
    #[must_use]
    pub fn alpha2(&self) -> Option<&'static str> {
        match self.standing() {
            Standing::State(alpha2) => Some(alpha2),
            _ => None,
        }
    }

    /// Its name for people.
    #[must_use]
    pub fn name(&self, locale: Locale) -> &'static str {
        let [it, en, de, fr, sl] = self.found().map_or([""; 5], |(_, names)| names);
        match locale {
            Locale::It => it,
            Locale::En => en,
            Locale::De => de,
            Locale::Fr => fr,
            Locale::Sl => sl,
        }
    }

    fn found(self) -> Option<(Standing, [&'static str; 5])> {
        let code = self.code();
        if let Some((_, standing, names)) = ADDED.iter().find(|(known, ..)| *known == code) {
            return Some((*standing, *names));
        }
        let at = ROWS.binary_search_by(|row| row.alpha3.cmp(code)).ok()?;
        ROWS.get(at).map(|row| (Standing::State(row.alpha2), row.names))
    }
}

impl TryFrom<String> for Nation {
    type Error = &'static str;

    fn try_from(code: String) -> Result<Self, Self::Error> {
        Self::parse(&code).ok_or("no code of travel documents")
    }
}

impl From<Nation> for String {
    fn from(nation: Nation) -> Self {
        nation.code().to_owned()
    }
}

impl fmt::Debug for Nation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_of_iso_3166_has_a_code_and_five_names() {
        assert_eq!(ROWS.len(), 249);
        assert!(ROWS.is_sorted_by(|one, next| one.alpha3 < next.alpha3));
        for nation in Nation::all() {
            for locale in [Locale::It, Locale::En, Locale::De, Locale::Fr, Locale::Sl] {
                assert!(!nation.name(locale).is_empty(), "{nation:?}");
            }
        }
        assert_eq!(Nation::of_alpha2("SM").map(|one| one.name(Locale::It)), Some("San Marino"));
    }

    #[test]
    fn codes_that_icao_adds_are_recognised_and_the_specimens_is_not() {
        for (code, standing) in [
            ("D<<", Standing::State("DE")),
            ("D", Standing::State("DE")),
            ("DEU", Standing::State("DE")),
            ("GBD", Standing::State("GB")),
            ("GBN", Standing::State("GB")),
            ("GBO", Standing::State("GB")),
            ("GBP", Standing::State("GB")),
            ("GBS", Standing::State("GB")),
            ("RKS", Standing::State("XK")),
            ("UNK", Standing::UnitedNations),
            ("XXA", Standing::Stateless),
            ("XXB", Standing::Refugee),
            ("EUE", Standing::Union),
            ("CHE", Standing::State("CH")),
        ] {
            assert_eq!(Nation::parse(code).map(|one| one.standing()), Some(standing), "{code}");
        }
        for unknown in ["UTO", "", "che", "CH", "D<", "ZZZ", "CHEE", "ÉÉÉ"] {
            assert_eq!(Nation::parse(unknown), None, "{unknown}");
        }
    }
}
