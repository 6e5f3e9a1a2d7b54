//! What people read, in five languages: the files of `locales/`, parsed once (Project Fluent).
//!
//! Not the choice of a language: `web/language.rs` makes it. Values are put in as they are; whoever
//! writes them into a page escapes them.

use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};
use unic_langid::LanguageIdentifier;

use crate::terms::Locale;

/// The texts of every language.
pub struct Texts(Vec<(Locale, FluentBundle<FluentResource>)>);

static EMBEDDED: LazyLock<Texts> = LazyLock::new(|| {
    Texts(Locale::ALL.into_iter().map(|locale| (locale, bundle(locale))).collect())
});

impl Texts {
    /// The texts that are part of the program.
    #[must_use]
    pub fn embedded() -> &'static Self {
        &EMBEDDED
    }

    /// The text of `key` with its values put in: in `locale`, else in Italian, else the key itself
    /// (a test forbids both).
    #[must_use]
    pub fn get(&self, locale: Locale, key: &str, values: &[(&str, &str)]) -> String {
        self.find(locale, key, values)
            .or_else(|| self.find(Locale::It, key, values))
            .unwrap_or_else(|| key.to_owned())
    }

    fn find(&self, locale: Locale, key: &str, values: &[(&str, &str)]) -> Option<String> {
        let (_, bundle) = self.0.iter().find(|(known, _)| *known == locale)?;
        let pattern = bundle.get_message(key)?.value()?;
        let values: FluentArgs<'_> = values.iter().copied().collect();
        // A value that is missing shows its name in braces, which is better than no text.
        let mut faults = Vec::new();
        Some(bundle.format_pattern(pattern, Some(&values), &mut faults).into_owned())
    }
}

impl std::fmt::Debug for Texts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Texts")
    }
}

/// The files of a language: what every login needs, then what the help desk's own parts need. The console
/// speaks two languages: whoever works there with another browser reads English.
const fn source(locale: Locale) -> [&'static str; 4] {
    const CONSOLE: &str = include_str!("../../locales/console/en.ftl");
    match locale {
        Locale::It => [
            include_str!("../../locales/it.ftl"),
            include_str!("../../locales/credential/it.ftl"),
            include_str!("../../locales/account/it.ftl"),
            include_str!("../../locales/console/it.ftl"),
        ],
        Locale::En => [
            include_str!("../../locales/en.ftl"),
            include_str!("../../locales/credential/en.ftl"),
            include_str!("../../locales/account/en.ftl"),
            CONSOLE,
        ],
        Locale::De => [
            include_str!("../../locales/de.ftl"),
            include_str!("../../locales/credential/de.ftl"),
            include_str!("../../locales/account/de.ftl"),
            CONSOLE,
        ],
        Locale::Fr => [
            include_str!("../../locales/fr.ftl"),
            include_str!("../../locales/credential/fr.ftl"),
            include_str!("../../locales/account/fr.ftl"),
            CONSOLE,
        ],
        Locale::Sl => [
            include_str!("../../locales/sl.ftl"),
            include_str!("../../locales/credential/sl.ftl"),
            include_str!("../../locales/account/sl.ftl"),
            CONSOLE,
        ],
    }
}

fn bundle(locale: Locale) -> FluentBundle<FluentResource> {
    let language: LanguageIdentifier = locale.tag().parse().unwrap_or_default();
    let mut bundle = FluentBundle::new_concurrent(vec![language]);
    // The marks that isolate values by direction of writing would only be seen by tests and readers
    // of the source: all five languages run from left to right.
    bundle.set_use_isolating(false);
    // The good part of a file with a mistake is used; a test forbids mistakes.
    for part in source(locale) {
        let part = FluentResource::try_new(part.to_owned()).unwrap_or_else(|(good, _)| good);
        bundle.add_resource_overriding(part);
    }
    bundle
}

#[cfg(test)]
mod tests;
