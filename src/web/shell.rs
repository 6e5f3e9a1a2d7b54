//! The frame of every page: language, service name, navigation, legal links.
//!
//! Not a page: `templates/shell.html` draws it around one.

use std::sync::Arc;

use super::Visit;
use crate::oidc::Client;
use crate::oidc::client::Branding;
use crate::terms::Locale;

/// What the frame shows, and the texts of whatever stands in it.
#[derive(Debug)]
pub(super) struct Shell<'a> {
    visit: &'a Visit<'a>,
    /// The language of the page.
    pub(super) locale: Locale,
    client: Option<Arc<Client>>,
    /// Whether the page can be asked for again.
    repeatable: bool,
    /// `<title>` and `<h1>` may differ: this is the title.
    pub(super) title: String,
}

/// One entry of the language switch.
#[derive(Debug)]
pub(super) struct Language {
    pub(super) locale: Locale,
    pub(super) href: String,
}

impl<'a> Shell<'a> {
    /// The frame for this visit.
    pub(super) fn new(visit: &'a Visit<'a>, title: String) -> Self {
        Self { visit, locale: visit.locale(), client: visit.client(), repeatable: true, title }
    }

    /// The same for a page that a second request would not give: no link leads to it.
    pub(super) fn once(visit: &'a Visit<'a>, title: String) -> Self {
        Self { repeatable: false, ..Self::new(visit, title) }
    }

    /// A text without values.
    pub(super) fn text(&self, key: &str) -> String {
        self.visit.web.text(self.locale, key, &[])
    }

    /// A text with one value.
    pub(super) fn text_with(&self, key: &str, name: &str, value: &str) -> String {
        self.visit.web.text(self.locale, key, &[(name, value)])
    }

    /// The languages a link can lead to; empty when the page cannot be asked for again.
    pub(super) fn languages(&self) -> Vec<Language> {
        Locale::ALL
            .into_iter()
            .filter(|_| self.repeatable)
            .filter_map(|locale| Some(Language { locale, href: self.visit.in_language(locale)? }))
            .collect()
    }

    /// Whether `locale` is the one spoken now.
    pub(super) fn speaks(&self, locale: Locale) -> bool {
        self.locale == locale
    }

    /// What the service looks like.
    pub(super) fn branding(&self) -> Option<&Branding> {
        self.client.as_deref().map(|client| &client.branding)
    }

    /// The service's name.
    pub(super) fn service(&self) -> Option<&str> {
        self.branding().map(|branding| branding.name.get(self.locale))
    }

    /// The address of the generated stylesheet with the service's colour. One that a federation knows has
    /// the usual colour: its name does not fit into an address.
    pub(super) fn brand_stylesheet(&self) -> Option<String> {
        let named = self.client.as_deref().filter(|client| !client.id.is_entity());
        named.map(|client| format!("/brand/{}.css", client.id.as_str()))
    }

    /// The address of a static file, with its version.
    #[expect(clippy::unused_self, reason = "templates reach functions through the shell")]
    pub(super) fn asset(&self, name: &str) -> String {
        super::assets::address(name)
    }
}
