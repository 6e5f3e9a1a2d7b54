//! What pages about a client show, and how to reach its assistance.
//!
//! Not how it speaks: that is `protocol`.

use std::collections::BTreeMap;

use crate::terms::Locale;

/// What pages about this client show.
#[derive(Clone, Debug)]
pub struct Branding {
    /// The name of the service.
    pub name: Texts,
    /// Colour of the brand bar as `#rrggbb`, contrast-checked (≥ 4.5:1 with white).
    pub accent: String,
    /// Legal notes.
    pub legal_uri: String,
    /// Privacy notice.
    pub privacy_uri: String,
    /// Accessibility statement.
    pub accessibility_uri: String,
    /// Where a person starts again: the client's initiate-login address.
    pub initiate_login_uri: String,
    /// Assistance contacts, shown on every error page.
    pub assistance: Assistance,
    /// The language of last resort before Italian.
    pub default_locale: Locale,
    /// Why the service asks for what it is told, by the plain name of a claim or by scope.
    pub reasons: BTreeMap<String, Texts>,
}

/// How to reach the assistance of a service.
#[derive(Clone, Debug, Default)]
pub struct Assistance {
    /// Telephone, international form.
    pub telephone: Option<String>,
    /// Mailbox.
    pub email: Option<String>,
    /// Web page.
    pub uri: Option<String>,
}

/// A text in several languages; Italian is always there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Texts {
    it: String,
    others: Vec<(Locale, String)>,
}

impl Texts {
    /// `None` without an Italian text.
    #[must_use]
    pub fn new(mut texts: Vec<(Locale, String)>) -> Option<Self> {
        let at =
            texts.iter().position(|(locale, text)| *locale == Locale::It && !text.is_empty())?;
        let (_, it) = texts.swap_remove(at);
        Some(Self { it, others: texts })
    }

    /// The text in `locale`, or in Italian.
    #[must_use]
    pub fn get(&self, locale: Locale) -> &str {
        self.spoken(locale).1
    }

    /// The same, with the language that it is in: who reads it aloud has to know.
    #[must_use]
    pub fn spoken(&self, locale: Locale) -> (Locale, &str) {
        self.others
            .iter()
            .find(|(known, _)| *known == locale)
            .map_or((Locale::It, self.it.as_str()), |(known, text)| (*known, text))
    }

    /// Every text.
    pub fn all(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.it.as_str()).chain(self.others.iter().map(|(_, text)| text.as_str()))
    }
}
