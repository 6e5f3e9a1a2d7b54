//! One row of a source, whatever it came from: a role, a category of person, or both.
//!
//! Not a parser of files or answers: those give fields by name, and this says what they mean. A field that
//! nobody filled is absent.

use crate::identity::values::{Day, IpaCode, Text};
use crate::identity::{Agency, Entitlements, FiscalCode, Role};
use crate::terms::Category;

/// The names of the fields, in every kind of source.
pub const COLUMNS: [&str; 7] =
    ["role", "ipa_code", "organization", "delegated_by", "valid_from", "valid_until", "category"];

/// What is wrong with a row; never what stands in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(super) struct Malformed(pub(super) &'static str);

/// The fields, as they were written.
#[derive(Clone, Debug, Default)]
pub(super) struct Record {
    fields: [Option<String>; COLUMNS.len()],
}

impl Record {
    /// From names and values; columns with other names mean nothing here.
    pub(super) fn of_fields(fields: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut record = Self::default();
        for (name, value) in fields {
            record.set(&name, &value);
        }
        record
    }

    /// Fills a field; whether there is one of that name.
    pub(super) fn set(&mut self, name: &str, value: &str) -> bool {
        let field = COLUMNS.iter().zip(&mut self.fields).find(|(known, _)| **known == name);
        let Some((_, field)) = field else { return false };
        let value = value.trim();
        *field = (!value.is_empty()).then(|| value.to_owned());
        true
    }

    fn field<T>(
        &self,
        name: &str,
        parse: impl Fn(&str) -> Option<T>,
        otherwise: &'static str,
    ) -> Result<Option<T>, Malformed> {
        let written = COLUMNS.iter().zip(&self.fields).find(|(known, _)| **known == name);
        let Some(written) = written.and_then(|(_, value)| value.as_deref()) else {
            return Ok(None);
        };
        parse(written).map(Some).ok_or(Malformed(otherwise))
    }

    /// What it means.
    pub(super) fn read(&self) -> Result<(Option<Role>, Option<Category>), Malformed> {
        let category = self.field(
            "category",
            Category::parse,
            "has a category that is no name: 1 to 40 of a-z 0-9 _",
        )?;
        let role = |text: &str| Text::parse(&normalised(text));
        let name = self.field("role", role, "has a role that is not one line")?;
        let ipa_code = self.field("ipa_code", IpaCode::parse, "has an ipa_code of another form")?;
        let body =
            self.field("organization", Text::parse, "has an organization of several lines")?;
        let by = |text: &str| Text::parse(impersonal(text));
        let delegated_by = self.field("delegated_by", by, "has a delegated_by of several lines")?;
        let valid_from =
            self.field("valid_from", Day::parse, "has a valid_from that is no YYYY-MM-DD")?;
        let valid_until =
            self.field("valid_until", Day::parse, "has a valid_until that is no YYYY-MM-DD")?;
        let agency =
            (ipa_code.is_some() || body.is_some()).then_some(Agency { ipa_code, name: body });
        let Some(name) = name else {
            let others = agency.is_some() || delegated_by.is_some();
            return match category {
                Some(_) if !others => Ok((None, category)),
                _ => Err(Malformed("has no role")),
            };
        };
        if let (Some(first), Some(last)) = (&valid_from, &valid_until)
            && first.as_str() > last.as_str()
        {
            return Err(Malformed("has a valid_until before its valid_from"));
        }
        Ok((Some(Role { name, agency, delegated_by, valid_from, valid_until }), category))
    }
}

/// What all rows of one person mean together.
pub(super) fn entitlements(
    records: impl IntoIterator<Item = Record>,
) -> Result<Entitlements, Malformed> {
    let (mut roles, mut categories) = (Vec::new(), Vec::new());
    for record in records {
        let (role, category) = record.read()?;
        roles.extend(role);
        categories.extend(category);
    }
    if roles.len() > MOST {
        return Err(Malformed("has more roles than one person can choose from"));
    }
    Ok(Entitlements::of(roles, categories))
}

/// The circular writes *amministrazione procedente* and *precedente* for one role (INPS 146/2021): here
/// it gets its right name, and nowhere else.
fn normalised(role: &str) -> String {
    if role.to_ascii_lowercase().starts_with("amministrazion") {
        role.replace("precedent", "procedent")
            .replace("Precedent", "Procedent")
            .replace("PRECEDENT", "PROCEDENT")
    } else {
        role.to_owned()
    }
}

/// A person who delegated is a kind here: a service learns that there is one, not who.
fn impersonal(delegated_by: &str) -> &str {
    let is_code = |word: &str| FiscalCode::parse(word).is_ok_and(|code| !code.is_provisional());
    let mut words = delegated_by.split(|sign: char| !sign.is_ascii_alphanumeric());
    if words.any(is_code) { PERSON } else { delegated_by }
}

/// Who delegated, when it is a person.
const PERSON: &str = "persona fisica";
/// Roles of one person.
const MOST: usize = 100;

#[cfg(test)]
mod tests {
    use super::*;

    fn record(fields: &[(&str, &str)]) -> Record {
        Record::of_fields(
            fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())),
        )
    }

    fn role(fields: &[(&str, &str)]) -> Role {
        record(fields).read().unwrap().0.unwrap()
    }

    #[test]
    fn a_row_is_a_role_a_category_or_both() {
        let (role, category) = record(&[
            ("role", " Stazione appaltante "),
            ("ipa_code", "c_h501"),
            ("organization", "Comune di Roma"),
            ("valid_from", "2021-10-01"),
            ("category", "patronato"),
            ("cost_centre", "not ours"),
        ])
        .read()
        .unwrap();
        let role = role.unwrap();
        assert_eq!(role.name.as_str(), "Stazione appaltante");
        assert_eq!(role.agency.unwrap().ipa_code.unwrap().as_str(), "c_h501");
        assert_eq!(category.unwrap().as_str(), "patronato");
        let (role, category) = record(&[("role", " "), ("category", "patronato")]).read().unwrap();
        assert!(role.is_none() && category.is_some());
    }

    #[test]
    fn one_role_has_one_name_however_the_circular_writes_it() {
        for (written, name) in [
            ("Amministrazione precedente", "Amministrazione procedente"),
            ("AMMINISTRAZIONE PRECEDENTE", "AMMINISTRAZIONE PROCEDENTE"),
            ("amministrazione_precedente", "amministrazione_procedente"),
            ("Amministrazione procedente", "Amministrazione procedente"),
            ("Titolare precedente", "Titolare precedente"),
        ] {
            assert_eq!(role(&[("role", written)]).name.as_str(), name);
        }
    }

    #[test]
    fn who_delegated_is_never_told_by_fiscal_code() {
        for by in ["RSSMRA80A01H501U", "Mario Rossi (rssmra80a01h501u)", "TINIT-RSSMRA80A01H501U"] {
            let role = role(&[("role", "Sub-delegato"), ("delegated_by", by)]);
            assert_eq!(role.delegated_by.unwrap().as_str(), PERSON, "{by}");
        }
        for by in ["Comune di Roma", "80051280584", "responsabile"] {
            let role = role(&[("role", "Sub-delegato"), ("delegated_by", by)]);
            assert_eq!(role.delegated_by.unwrap().as_str(), by);
        }
    }

    #[test]
    fn a_row_that_means_nothing_is_refused_without_its_words() {
        for fields in [
            &[("organization", "Comune")][..],
            &[],
            &[("category", "Not a name")],
            &[("category", "patronato"), ("ipa_code", "c_h501")],
            &[("role", "a\nb")],
            &[("role", "a"), ("ipa_code", "c h501")],
            &[("role", "a"), ("valid_from", "1/10/2021")],
            &[("role", "a"), ("valid_until", "2021-02-30")],
            &[("role", "a"), ("valid_from", "2021-10-02"), ("valid_until", "2021-10-01")],
        ] {
            let said = record(fields).read().unwrap_err().to_string();
            assert!(said.starts_with("has "), "{said}");
        }
        let many = (0..=MOST).map(|number| record(&[("role", &format!("r{number}"))]));
        assert!(entitlements(many).is_err());
    }
}
