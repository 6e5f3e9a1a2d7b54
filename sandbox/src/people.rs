//! The people of the sandbox: obviously fictional, formally valid.
//!
//! Not test data for parsing fiscal codes: these are all right ones (check character included).

/// One scripted person.
#[derive(Clone, Debug)]
pub struct Person {
    /// Names the person on command lines: `ada`.
    pub id: &'static str,
    /// What the login page says about the person, in Italian.
    pub description: &'static str,
    /// SPID attribute names and values; an attribute that is not here is not sent.
    attributes: Vec<(&'static str, String)>,
}

impl Person {
    /// The value of a SPID attribute.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str())
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

    /// Everybody; the first is the default, the same human being at every upstream.
    #[must_use]
    pub fn all() -> Vec<Self> {
        vec![
            Birth("Ada", "Esempio", "F", "1980-05-14", "H501", "RM").person(
                "ada",
                "persona ordinaria",
                "SMPDAA80E54H501",
            ),
            Birth("Bruno", "Campione", "M", "1975-01-01", "F205", "MI").person(
                "bruno",
                "codice fiscale con omocodia",
                "CMPBRN75A01F20R",
            ),
            Birth("Chiara", "Modello", "F", "1990-11-03", "Z404", "EE").person(
                "chiara",
                "persona nata all'estero",
                "MDLCHR90S43Z404",
            ),
            company(Birth("Dario", "Finzione", "M", "1969-07-20", "L219", "TO").person(
                "dario",
                "uso professionale, con i dati dell'impresa",
                "FNZDRA69L20L219",
            )),
            Birth("Elena", "Minore", "F", "2012-03-08", "D612", "FI").person(
                "elena",
                "persona minorenne",
                "MNRLNE12C48D612",
            ),
        ]
    }

    /// The person of that id.
    #[must_use]
    pub fn named(id: &str) -> Option<Self> {
        Self::all().into_iter().find(|person| person.id == id)
    }
}

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
        Person { id, description, attributes }
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
