//! A category of person, by name: `citizen`, `minor`, `company` and those that a calendar adds.
//!
//! Not the list of them, nor from when to when each one counts: that is the calendar's.

use std::borrow::Cow;

/// 1 to 40 characters of `a–z 0–9 _`, a letter first.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Category(Cow<'static, str>);

impl Category {
    /// A natural person on their own behalf, of whatever state.
    pub const CITIZEN: Self = Self(Cow::Borrowed("citizen"));
    /// A natural person who is not eighteen yet.
    pub const MINOR: Self = Self(Cow::Borrowed("minor"));
    /// Whoever acts for a legal person, or the legal person itself.
    pub const COMPANY: Self = Self(Cow::Borrowed("company"));

    /// `None` when the text has another form.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let known = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
        let well_formed = (1..=40).contains(&text.len())
            && text.starts_with(|first: char| first.is_ascii_lowercase())
            && text.bytes().all(known);
        well_formed.then(|| Self(Cow::Owned(text.to_owned())))
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
