//! The feed as a calendar (RFC 5545): one event of a whole day for each announcement that has a day.
//!
//! Not those whose day is to be announced: an event needs one.

use super::super::Web;
use super::super::icalendar::{Calendar, Event};
use super::feed::Feed;
use crate::policy::When;
use crate::terms::Locale;

/// The document.
pub(super) fn write(web: &Web, feed: &Feed<'_>) -> String {
    let mut out = Calendar::new(feed.issuer, &feed.title);
    let spoken = |tag: Option<&str>| tag.and_then(Locale::from_tag).unwrap_or(feed.locale);
    for entry in &feed.entries {
        let When::On(day) = entry.one.when else { continue };
        let told = &entry.told;
        out.event(&Event {
            id: &entry.one.id,
            day,
            changed: entry.one.updated.begins(),
            summary: (&told.title.text, spoken(told.title.lang)),
            description: (&entry.content(web, feed.locale), spoken(told.text_lang)),
            category: &told.kind,
            href: &entry.href,
        });
    }
    out.finish()
}
