//! The feed in Atom (RFC 4287).
//!
//! Every value is escaped by the writer; nothing is put in raw.

use super::super::Web;
use super::feed::Feed;
use super::spoken::Spoken;
use crate::xml::Writer;

/// The document.
pub(super) fn write(web: &Web, feed: &Feed<'_>) -> String {
    let mut out = Writer::new();
    let attributes = [("xml:lang", feed.locale.tag())];
    out.start("feed", &[("", "http://www.w3.org/2005/Atom")], &attributes);
    out.leaf("id", &[], &[], &feed.own);
    out.leaf("title", &[], &[], &feed.title);
    out.leaf("updated", &[], &[], &feed.changed.rfc3339());
    link(&mut out, "self", "application/atom+xml", &feed.own);
    link(&mut out, "alternate", "text/html", &feed.page);
    out.start("author", &[], &[]).leaf("name", &[], &[], &feed.author).end();
    for entry in &feed.entries {
        out.start("entry", &[], &[]);
        out.leaf("id", &[], &[], &format!("{}/announcements/{}", feed.issuer, entry.one.id));
        spoken(&mut out, "title", &entry.told.title);
        let published = entry.one.from.begins().rfc3339();
        out.leaf("published", &[], &[], &published);
        let updated = entry.one.updated.begins().rfc3339();
        out.leaf("updated", &[], &[], &updated);
        link(&mut out, "alternate", "text/html", &entry.href);
        out.start("category", &[], &[("term", entry.told.severity), ("label", &entry.told.kind)]);
        out.end();
        spoken(&mut out, "summary", &entry.told.summary);
        let lang = entry.told.text_lang.map(|tag| ("xml:lang", tag));
        let attributes: Vec<(&str, &str)> = std::iter::once(("type", "text")).chain(lang).collect();
        out.leaf("content", &[], &attributes, &entry.content(web, feed.locale));
        out.end();
    }
    format!("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n{}\n", out.finish())
}

fn link(out: &mut Writer, rel: &str, media_type: &str, href: &str) {
    out.start("link", &[], &[("rel", rel), ("type", media_type), ("href", href)]).end();
}

fn spoken(out: &mut Writer, name: &str, spoken: &Spoken) {
    let lang = spoken.lang.map(|tag| ("xml:lang", tag));
    out.leaf(name, &[], lang.as_slice(), &spoken.text);
}
