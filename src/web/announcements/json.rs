//! The feed in JSON (JSON Feed 1.1), with what no member of it says under `_varco`.

use serde_json::{Value, json};

use super::super::Web;
use super::feed::{Entry, Feed};
use crate::policy::{Audience, When};

/// The document.
pub(super) fn write(web: &Web, feed: &Feed<'_>) -> String {
    let items: Vec<Value> = feed.entries.iter().map(|entry| item(web, feed, entry)).collect();
    let document = json!({
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "home_page_url": feed.page,
        "feed_url": feed.own,
        "language": feed.locale.tag(),
        "authors": [{"name": feed.author}],
        "items": items,
    });
    document.to_string()
}

fn item(web: &Web, feed: &Feed<'_>, entry: &Entry<'_>) -> Value {
    let one = entry.one;
    let effective = match one.when {
        When::On(day) => Some(day.to_string()),
        When::Unstated | When::ToBeAnnounced => None,
    };
    let services: Option<Vec<&str>> = match &one.audience {
        Audience::Services(ids) => Some(ids.iter().map(crate::oidc::ClientId::as_str).collect()),
        Audience::Everybody | Audience::Tenant(_) => None,
    };
    let mut item = json!({
        "id": format!("{}/announcements/{}", feed.issuer, one.id),
        "url": entry.href,
        "title": entry.told.title.text,
        "summary": entry.told.summary.text,
        "content_text": entry.content(web, feed.locale),
        "date_published": one.from.begins().rfc3339(),
        "date_modified": one.updated.begins().rfc3339(),
        "language": entry.told.text_lang.unwrap_or(feed.locale.tag()),
        "tags": [entry.told.severity],
        "_varco": {
            "about": one.about,
            "effective": effective,
            "to_be_announced": one.when == When::ToBeAnnounced,
            "legal_ref": one.legal_ref,
            "services": services,
        },
    });
    if let (Some(link), Some(members)) = (&one.link, item.as_object_mut()) {
        members.insert("external_url".to_owned(), Value::String(link.clone()));
    }
    item
}
