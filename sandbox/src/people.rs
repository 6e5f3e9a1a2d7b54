//! The people of the sandbox: obviously fictional, formally valid.
//!
//! Not test data for parsing fiscal codes: these are all right ones (check character included).

use crate::saml::kind::Kind;

/// The kinds of SPID identity (Avviso 18 v2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdentityKind {
    /// 1: a natural person.
    Natural,
    /// 2: a legal person.
    Legal,
    /// 3: professional use of a natural person.
    Professional,
    /// 4: professional use for a legal person.
    ProfessionalForLegal,
}

impl IdentityKind {
    /// Whether a provider lets it in for that `spid:Purpose`; otherwise it answers anomaly 30.
    #[must_use]
    pub fn suits(self, purpose: Option<&str>) -> bool {
        match purpose {
            None => matches!(self, Self::Natural | Self::Professional),
            Some("P") => matches!(self, Self::Professional | Self::ProfessionalForLegal),
            Some("LP") => matches!(self, Self::Legal | Self::ProfessionalForLegal),
            Some("PG") => self == Self::ProfessionalForLegal,
            Some("PF") => self == Self::Professional,
            Some("PX") => self != Self::Natural,
            Some(_) => false,
        }
    }
}

/// One scripted person.
#[derive(Clone, Debug)]
pub struct Person {
    /// Names the person on command lines: `ada`.
    pub id: &'static str,
    /// What the login page says about the person, in Italian.
    pub description: &'static str,
    /// Which kind of SPID identity the person has.
    pub kind: IdentityKind,
    /// The state whose means the person has, as the eIDAS node names it; `None`: Italy's.
    pub country: Option<&'static str>,
    /// SPID attribute names and values; an attribute that is not here is not sent.
    attributes: Vec<(&'static str, String)>,
}

impl Person {
    /// The value of a SPID attribute.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str())
    }

    /// The names of all attributes.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.attributes.iter().map(|(name, _)| *name)
    }

    /// Full years on the day that `now` (RFC 3339) begins with.
    #[must_use]
    pub fn age(&self, now: &str) -> Option<i32> {
        let parts = |text: &str| {
            let mut parts = text.splitn(3, '-');
            let year: i32 = parts.next()?.parse().ok()?;
            let month: u8 = parts.next()?.parse().ok()?;
            let day: u8 = parts.next()?.split('T').next()?.parse().ok()?;
            Some((year, (month, day)))
        };
        let (born, birthday) = parts(self.attribute("dateOfBirth")?)?;
        let (year, today) = parts(now)?;
        Some(year - born - i32::from(today < birthday))
    }

    /// Replaces or adds a value; `None` removes it.
    pub fn set(&mut self, name: &'static str, value: Option<&str>) {
        self.attributes.retain(|(known, _)| *known != name);
        if let Some(value) = value {
            self.attributes.push((name, value.to_owned()));
        }
    }

    /// Name and family name.
    #[must_use]
    pub fn full_name(&self) -> String {
        let part = |name| self.attribute(name).unwrap_or_default();
        format!("{} {}", part("name"), part("familyName"))
    }

    /// Everybody with an Italian identity; the first is the default, the same human being at SPID and
    /// at CIE.
    #[must_use]
    pub fn all() -> Vec<Self> {
        use IdentityKind::{Legal, Natural, Professional, ProfessionalForLegal};
        let native = |birth: Birth, id, kind, description, code| Self {
            kind,
            ..birth.person(id, description, code)
        };
        vec![
            native(
                Birth("Ada", "Esempio", "F", "1980-05-14", "H501", "RM"),
                "ada",
                Natural,
                "persona ordinaria",
                "SMPDAA80E54H501",
            ),
            native(
                Birth("Bruno", "Campione", "M", "1975-01-01", "F205", "MI"),
                "bruno",
                Natural,
                "codice fiscale con omocodia",
                "CMPBRN75A01F20R",
            ),
            native(
                Birth("Chiara", "Modello", "F", "1990-11-03", "Z404", "EE"),
                "chiara",
                Natural,
                "persona nata all'estero",
                "MDLCHR90S43Z404",
            ),
            company(native(
                Birth("Dario", "Finzione", "M", "1969-07-20", "L219", "TO"),
                "dario",
                Professional,
                "uso professionale, con i dati dell'impresa",
                "FNZDRA69L20L219",
            )),
            native(
                Birth("Elena", "Minore", "F", "2012-03-08", "D612", "FI"),
                "elena",
                Natural,
                "persona minorenne",
                "MNRLNE12C48D612",
            ),
            company(native(
                Birth("Fabio", "Facsimile", "M", "1971-02-02", "H501", "RM"),
                "fabio",
                Legal,
                "identità di persona giuridica",
                "FCSFBA71B02H501",
            )),
            company(native(
                Birth("Gina", "Prototipo", "F", "1985-09-30", "F205", "MI"),
                "gina",
                ProfessionalForLegal,
                "uso professionale per la persona giuridica",
                "PRTGNI85P70F205",
            )),
        ]
    }

    /// Everybody with an identity of another state, reached through the eIDAS node. Nobody of them has
    /// a fiscal code, and states render the optional attributes each in their own way.
    #[must_use]
    pub fn all_abroad() -> Vec<Self> {
        let foreign = |id, country, description, attributes: &[(&'static str, &str)]| Self {
            id,
            description,
            kind: IdentityKind::Natural,
            country: Some(country),
            attributes: attributes.iter().map(|(name, text)| (*name, (*text).to_owned())).collect(),
        };
        vec![
            foreign(
                "greta",
                "DE",
                "tutti gli attributi",
                &[
                    ("spidCode", "DE/IT/5f1c8e0a2b7d4936a1e0c3b5d7f90214"),
                    ("name", "Greta"),
                    ("familyName", "Müller-Muster"),
                    ("dateOfBirth", "1982-06-30"),
                    ("placeOfBirth", "Musterstadt"),
                    ("address", "Musterweg 3, 12345 Musterstadt"),
                    ("gender", "F"),
                ],
            ),
            foreign(
                "hugo",
                "FR",
                "solo gli attributi minimi",
                &[
                    ("spidCode", "FR/IT/hugo-0001-exemple"),
                    ("name", "Hugo"),
                    ("familyName", "D'Exemple"),
                    ("dateOfBirth", "1994-12-01"),
                ],
            ),
            foreign(
                "irena",
                "SI",
                "agisce per una persona giuridica",
                &[
                    ("spidCode", "SI/IT/9a8b7c6d5e4f"),
                    ("name", "Irena"),
                    ("familyName", "Vzorčnik"),
                    ("dateOfBirth", "1977-02-11"),
                    ("placeOfBirth", "Vzorčno mesto"),
                    ("gender", "Female"),
                    (
                        "http://eidas.europa.eu/attributes/legalperson/LegalPersonIdentifier",
                        "SI/IT/1234567",
                    ),
                    ("http://eidas.europa.eu/attributes/legalperson/LegalName", "Primer d.o.o."),
                ],
            ),
        ]
    }

    /// The fiscal code that a person from abroad has in Italy, and that the office of the sandbox knows.
    /// The node says it of nobody.
    #[must_use]
    pub fn italian_code(&self) -> Option<String> {
        let code = match self.id {
            "greta" => "MLLGRT82H70Z112",
            "irena" => "VZRRNI77B51Z150",
            _ => return None,
        };
        Some(format!("{code}{}", check_character(code)))
    }

    /// Everybody who can sign in at a provider of that kind.
    #[must_use]
    pub fn at(kind: Kind) -> Vec<Self> {
        if kind == Kind::Eidas { Self::all_abroad() } else { Self::all() }
    }

    /// The person of that id.
    #[must_use]
    pub fn named(id: &str) -> Option<Self> {
        Self::all().into_iter().chain(Self::all_abroad()).find(|person| person.id == id)
    }
}

/// The states of the node's page: code, and name in Italian.
pub const STATES: [(&str, &str); 3] = [("DE", "Germania"), ("FR", "Francia"), ("SI", "Slovenia")];

/// Name, family name, gender, date, place (Belfiore code) and province of birth.
struct Birth(&'static str, &'static str, &'static str, &'static str, &'static str, &'static str);

impl Birth {
    fn person(self, id: &'static str, description: &'static str, code: &str) -> Person {
        let Self(name, family, gender, date, place, province) = self;
        let fiscal_code = format!("TINIT-{code}{}", check_character(code));
        let attributes = vec![
            ("spidCode", format!("VRCO{:0>10}", id.to_uppercase())),
            ("name", name.to_owned()),
            ("familyName", family.to_owned()),
            ("placeOfBirth", place.to_owned()),
            ("countyOfBirth", province.to_owned()),
            ("dateOfBirth", date.to_owned()),
            ("gender", gender.to_owned()),
            ("fiscalNumber", fiscal_code),
            ("idCard", "cartaIdentita AA00000AA comuneDiProva 2024-01-15 2034-05-14".to_owned()),
            ("mobilePhone", "+393330000000".to_owned()),
            ("email", format!("{id}@esempio.example")),
            ("domicileStreetAddress", "Via degli Esempi 1".to_owned()),
            ("domicilePostalCode", "00100".to_owned()),
            ("domicileMunicipality", "Roma".to_owned()),
            ("domicileProvince", "RM".to_owned()),
            ("domicileNation", "IT".to_owned()),
            ("expirationDate", "2034-05-14".to_owned()),
            ("digitalAddress", format!("{id}@pec.esempio.example")),
        ];
        Person { id, description, kind: IdentityKind::Natural, country: None, attributes }
    }
}

fn company(mut person: Person) -> Person {
    for (name, value) in [
        ("companyName", "Finzione S.p.A."),
        ("registeredOffice", "via dei Modelli 2 10100 Torino TO"),
        ("ivaCode", "VATIT-12345678903"),
        ("companyFiscalNumber", "TINIT-12345678903"),
    ] {
        person.set(name, Some(value));
    }
    person
}

/// The sixteenth character of a fiscal code (D.M. 23/12/1976, article 8).
fn check_character(fifteen: &str) -> char {
    /// Values of 0–9 and A–Z at the odd places (first, third, …).
    const ODD: [u32; 26] = [
        1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24,
        23,
    ];
    let sum: u32 = fifteen
        .bytes()
        .enumerate()
        .map(|(at, octet)| {
            let value = match octet {
                b'0'..=b'9' => octet - b'0',
                other => other.saturating_sub(b'A'),
            };
            if at % 2 == 0 {
                ODD.get(usize::from(value)).copied().unwrap_or_default()
            } else {
                u32::from(value)
            }
        })
        .sum();
    char::from_u32(u32::from(b'A') + sum % 26).unwrap_or('A')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_check_character_is_the_published_one() {
        // The specimen that the Revenue Agency prints on its sample card.
        assert_eq!(check_character("RSSMRA85T10A562"), 'S');
    }

    #[test]
    fn a_birthday_counts_from_its_own_day() {
        let elena = Person::named("elena").unwrap();
        assert_eq!(elena.age("2026-03-07T23:59:59Z"), Some(13));
        assert_eq!(elena.age("2026-03-08T00:00:00Z"), Some(14));
    }

    #[test]
    fn a_purpose_lets_in_exactly_its_kinds() {
        let suited = |purpose| {
            let all = Person::all().into_iter();
            all.filter(|person| person.kind.suits(purpose)).map(|person| person.id).collect()
        };
        let all: [Vec<&str>; 5] =
            [Some("P"), Some("LP"), Some("PG"), Some("PF"), Some("PX")].map(suited);
        let expected: [&[&str]; 5] = [
            &["dario", "gina"],
            &["fabio", "gina"],
            &["gina"],
            &["dario"],
            &["dario", "fabio", "gina"],
        ];
        assert_eq!(all, expected);
        assert_eq!(suited(None), ["ada", "bruno", "chiara", "dario", "elena"]);
    }

    #[test]
    fn nobody_from_abroad_has_a_fiscal_code_and_every_state_has_somebody() {
        let abroad = Person::all_abroad();
        assert!(abroad.iter().all(|person| person.attribute("fiscalNumber").is_none()));
        for (state, _) in STATES {
            let of_state = abroad.iter().filter(|person| person.country == Some(state));
            let code = format!("{state}/IT/");
            assert!(of_state.clone().count() > 0);
            for person in of_state {
                assert!(person.attribute("spidCode").unwrap().starts_with(&code));
            }
        }
    }

    #[test]
    fn nobody_shares_a_fiscal_code() {
        let mut codes: Vec<String> = Person::all()
            .iter()
            .filter_map(|person| person.attribute("fiscalNumber").map(str::to_owned))
            .collect();
        codes.sort();
        codes.dedup();
        assert_eq!(codes.len(), Person::all().len());
    }
}
