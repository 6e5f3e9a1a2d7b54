//! An announcement in one language, as pages and feeds tell it.
//!
//! A text that is not there in that language is told in Italian and marked so: a screen reader has to
//! know how to read it aloud (WCAG 2.2, 3.1.2).

use super::super::{Web, local_time};
use crate::oidc::ClientId;
use crate::oidc::client::Texts;
use crate::policy::{Announcement, Severity, When};
use crate::terms::Locale;

/// A text, and its language where that is not the page's.
#[derive(Debug)]
pub(in super::super) struct Spoken {
    pub(in super::super) text: String,
    pub(in super::super) lang: Option<&'static str>,
}

impl Spoken {
    pub(in super::super) fn of(texts: &Texts, locale: Locale) -> Self {
        let (spoken, text) = texts.spoken(locale);
        let lang = (spoken != locale).then(|| spoken.tag());
        Self { text: text.trim().to_owned(), lang }
    }
}

/// What a banner, a list and a page have in common.
#[derive(Debug)]
pub(in super::super) struct Told {
    pub(in super::super) severity: &'static str,
    /// The severity as a word that people read.
    pub(in super::super) kind: String,
    pub(in super::super) title: Spoken,
    pub(in super::super) summary: Spoken,
    /// The language of the text itself, where that is not the page's.
    pub(in super::super) text_lang: Option<&'static str>,
    /// The day from which it holds, or that it is to be announced.
    pub(in super::super) when: Option<String>,
    pub(in super::super) legal_ref: Option<String>,
    pub(in super::super) link: Option<String>,
    pub(in super::super) href: String,
}

impl Told {
    pub(in super::super) fn of(web: &Web, one: &Announcement, locale: Locale, href: &str) -> Self {
        let kind = match one.severity {
            Severity::Warning => "announcement-warning",
            Severity::Information => "announcement-information",
        };
        Self {
            severity: one.severity.name(),
            kind: web.text(locale, kind, &[]),
            title: Spoken::of(&one.title, locale),
            summary: Spoken::of(&one.summary, locale),
            text_lang: Spoken::of(&one.text, locale).lang,
            when: when(web, one, locale),
            legal_ref: one.legal_ref.clone(),
            link: one.link.clone(),
            href: href.to_owned(),
        }
    }
}

/// From when on, in words.
pub(super) fn when(web: &Web, one: &Announcement, locale: Locale) -> Option<String> {
    match one.when {
        When::Unstated => None,
        When::On(day) => Some(local_time::long(day, locale)),
        When::ToBeAnnounced => Some(web.text(locale, "announcement-to-be-announced", &[])),
    }
}

/// The page of an announcement, as people of a service see it; `tx` leads back to a login.
pub(in super::super) fn address(
    one: &Announcement,
    service: Option<&ClientId>,
    tx: Option<&str>,
) -> String {
    let mut address = format!("/announcements/{}", one.id);
    let parts = [("service", service.map(ClientId::as_str)), ("tx", tx)];
    let known = parts.into_iter().filter_map(|(name, value)| Some((name, value?)));
    for (at, (name, value)) in known.enumerate() {
        address.push(if at == 0 { '?' } else { '&' });
        address.push_str(name);
        address.push('=');
        address.push_str(value);
    }
    address
}

/// The paragraphs of a text: empty lines separate them.
pub(in super::super) fn paragraphs(text: &str) -> Vec<String> {
    let lines = text.lines().map(str::trim);
    let mut paragraphs = vec![String::new()];
    for line in lines {
        match paragraphs.last_mut() {
            Some(last) if !line.is_empty() => {
                if !last.is_empty() {
                    last.push(' ');
                }
                last.push_str(line);
            }
            _ => paragraphs.push(String::new()),
        }
    }
    paragraphs.retain(|paragraph| !paragraph.is_empty());
    paragraphs
}
