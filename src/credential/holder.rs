//! What a relying party may be told of the holder of a credential.
//!
//! Not under which names: `identity` says that.

use std::collections::BTreeMap;

use super::case::Case;
use super::field::Field;
use super::reading::typed_day;

impl Case {
    /// What is told of the holder, under the names of SPID's attributes. The fiscal code that an applicant
    /// states is not among them: nobody has verified it, and a code makes a person somebody.
    #[must_use]
    pub fn attributes(&self) -> BTreeMap<String, String> {
        let last = self.granted().map(|granted| granted.to.to_string()).unwrap_or_default();
        let typed = self.typed();
        let born = typed_day(typed.get(Field::BirthDate)).map(|day| day.to_string());
        let born = born.unwrap_or_default();
        let all = [
            ("spidCode", self.person_id()),
            ("name", typed.get(Field::GivenNames)),
            ("familyName", typed.get(Field::Surname)),
            ("dateOfBirth", &born),
            ("email", typed.get(Field::Email)),
            ("expirationDate", &last),
        ];
        let known = all.into_iter().filter(|(_, value)| !value.is_empty());
        known.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    }
}
