//! The tables `name`, `reasons`, `branding` and `assistance` of a relying party's file.
//!
//! Not a theme: one colour that can be read on white, names in five languages, addresses.

use std::collections::BTreeMap;

use super::super::Problems;
use super::super::section::Section;
use crate::identity::claims::CLAIMS;
use crate::oidc::client::{Assistance, Branding, Texts};
use crate::terms::{Locale, web_address};

/// Reads them.
pub(in super::super) fn read(root: &Section<'_>, problems: &mut Problems) -> Option<Branding> {
    let names = root.section("name", problems);
    let name = texts(&names, "write the name of the service in Italian", problems);
    let reasons = reasons(root, problems);
    let section = root.section("branding", problems);
    let accent = section.optional_text("accent", problems).unwrap_or("#0066cc").to_owned();
    if contrast_with_white(&accent).is_none_or(|ratio| ratio < 4.5) {
        section.wrong(
            problems,
            "accent",
            "is not #rrggbb with a contrast of at least 4.5:1 against white",
            "choose a darker colour, such as #0066cc",
        );
    }
    let mut address = |section: &Section<'_>, key: &'static str, remedy: &str| {
        let uri = section.text(key, remedy, problems)?;
        if let Err(wrong) = web_address(uri) {
            section.wrong(problems, key, wrong, "write https://host/path (http only on loopback)");
        }
        Some(uri.to_owned())
    };
    let legal_uri = address(&section, "legal_uri", "write the address of the legal notes");
    let privacy_uri = address(&section, "privacy_uri", "write the address of the privacy notice");
    let accessibility_uri =
        address(&section, "accessibility_uri", "write the address of the accessibility statement");
    let initiate_login_uri =
        address(root, "initiate_login_uri", "write the address at which a sign-in starts again");
    let contacts = root.section("assistance", problems);
    let assistance = Assistance {
        telephone: contacts.optional_text("telephone", problems).map(str::to_owned),
        email: contacts.optional_text("email", problems).map(str::to_owned),
        uri: contacts.optional_text("uri", problems).map(str::to_owned),
    };
    if assistance.telephone.is_none() && assistance.email.is_none() && assistance.uri.is_none() {
        contacts.wrong(
            problems,
            "email",
            "no assistance contact is given",
            "write telephone, email or uri",
        );
    }
    let locales = Locale::ALL.map(|locale| (locale.tag(), locale));
    let default_locale = section.word("default_locale", &locales, problems);
    section.finish(problems);
    contacts.finish(problems);
    Some(Branding {
        name: name?,
        accent,
        legal_uri: legal_uri?,
        privacy_uri: privacy_uri?,
        accessibility_uri: accessibility_uri?,
        initiate_login_uri: initiate_login_uri?,
        assistance,
        default_locale: default_locale?,
        reasons,
    })
}

/// A text in the languages of Varco, Italian among them.
pub(in super::super) fn texts(
    section: &Section<'_>,
    italian: &str,
    problems: &mut Problems,
) -> Option<Texts> {
    let mut texts = Vec::new();
    for tag in section.keys() {
        match (
            Locale::ALL.into_iter().find(|locale| locale.tag() == tag),
            section.optional_text(tag, problems),
        ) {
            (Some(locale), Some(text)) => texts.push((locale, text.to_owned())),
            (None, _) => section.wrong(
                problems,
                tag,
                "is not a language of Varco",
                "write it, en, de, fr or sl",
            ),
            (_, None) => {}
        }
    }
    let texts = Texts::new(texts);
    if texts.is_none() {
        section.wrong(problems, "it", "is missing", italian);
    }
    section.finish(problems);
    texts
}

/// `[reasons.<claim or scope>]`: what the page of `information` says beside that claim, or beside all of
/// that scope.
fn reasons(root: &Section<'_>, problems: &mut Problems) -> BTreeMap<String, Texts> {
    let section = root.section("reasons", problems);
    let mut reasons = BTreeMap::new();
    for key in section.keys() {
        let claim = CLAIMS.iter().find(|claim| claim.label() == key || claim.scope.name() == key);
        if claim.is_none() {
            let mut known: Vec<&str> = CLAIMS.iter().map(|claim| claim.scope.name()).collect();
            known.dedup();
            let remedy = format!("write one of {}, or a claim's plain name", known.join(", "));
            section.wrong(problems, key, "is neither a scope with claims nor a claim", &remedy);
        }
        let of_it = section.section(key, problems);
        let italian = "write in Italian, in one sentence, why the service needs it";
        if let Some(texts) = texts(&of_it, italian, problems) {
            reasons.insert(key.to_owned(), texts);
        }
    }
    reasons
}

/// Contrast ratio of `#rrggbb` with white (WCAG 2.2, "relative luminance").
fn contrast_with_white(colour: &str) -> Option<f64> {
    let digits = colour.strip_prefix('#').filter(|digits| digits.len() == 6)?;
    let number = u32::from_str_radix(digits, 16).ok()?;
    let channel = |shift: u32| {
        let share = f64::from((number >> shift) & 0xff) / 255.0;
        if share <= 0.04045 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
    };
    let luminance = 0.2126 * channel(16) + 0.7152 * channel(8) + 0.0722 * channel(0);
    Some(1.05 / (luminance + 0.05))
}
