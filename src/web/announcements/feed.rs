//! The feeds: announcements for readers that are programs, for each service and language.
//!
//! Not negotiated: the address alone says which service, language and form, so that anybody may keep the
//! answer.

use super::super::{Visit, Web, conditional, reply};
use super::{Told, address as page_address, atom, events, json, named_service};
use crate::effects::Timestamp;
use crate::oidc::{Client, ClientId};
use crate::policy::Announcement;
use crate::terms::{Day, Locale};
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};

/// What a feed is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// RFC 4287.
    Atom,
    /// JSON Feed 1.1.
    Json,
    /// RFC 5545.
    Calendar,
}

impl Form {
    const fn extension(self) -> &'static str {
        match self {
            Self::Atom => "atom",
            Self::Json => "json",
            Self::Calendar => "ics",
        }
    }

    /// What people call it.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Atom => "Atom",
            Self::Json => "JSON Feed",
            Self::Calendar => "iCalendar",
        }
    }

    /// Without parameters, as links name it.
    pub(super) const fn bare_media_type(self) -> &'static str {
        match self {
            Self::Atom => "application/atom+xml",
            Self::Json => "application/feed+json",
            Self::Calendar => "text/calendar",
        }
    }

    const fn media_type(self) -> &'static str {
        match self {
            // JSON is UTF-8 and has no such parameter (RFC 8259, section 8.1).
            Self::Json => "application/feed+json",
            Self::Atom => "application/atom+xml; charset=utf-8",
            Self::Calendar => "text/calendar; charset=utf-8",
        }
    }
}

/// The address of a feed.
pub(super) fn address(form: Form, service: Option<&ClientId>, locale: Locale) -> String {
    let service = service.map(|id| format!("service={}&", id.as_str())).unwrap_or_default();
    format!("/announcements.{}?{service}lang={}", form.extension(), locale.tag())
}

/// What every form of a feed says.
pub(super) struct Feed<'a> {
    /// The issuer, from which every address starts.
    pub(super) issuer: &'a str,
    pub(super) title: String,
    /// Who publishes it.
    pub(super) author: String,
    pub(super) locale: Locale,
    /// The feed's own address.
    pub(super) own: String,
    /// The list as a page.
    pub(super) page: String,
    /// When any of it changed last.
    pub(super) changed: Timestamp,
    pub(super) entries: Vec<Entry<'a>>,
}

/// One announcement.
pub(super) struct Entry<'a> {
    pub(super) one: &'a Announcement,
    pub(super) told: Told,
    /// Its page.
    pub(super) href: String,
}

impl Entry<'_> {
    /// The whole text, with when and why: what a reader shows.
    pub(super) fn content(&self, web: &Web, locale: Locale) -> String {
        let mut parts = vec![self.one.text.get(locale).trim().to_owned()];
        let mut say = |label: &str, value: Option<&String>| {
            if let Some(value) = value {
                parts.push(format!("{}: {value}", web.text(locale, label, &[])));
            }
        };
        say("announcement-effective", self.told.when.as_ref());
        say("announcement-legal", self.told.legal_ref.as_ref());
        say("announcement-link", self.told.link.as_ref());
        parts.join("\n\n")
    }
}

/// Answers one.
pub(super) async fn feed(
    web: Data<Web>,
    request: HttpRequest,
    extension: Path<String>,
) -> HttpResponse {
    let visit = Visit::of(&web, &request);
    let client = match named_service(&visit) {
        Ok(client) => client,
        Err(fault) => return reply::fault(&visit, fault).await,
    };
    let forms = [Form::Atom, Form::Json, Form::Calendar];
    let Some(form) = forms.into_iter().find(|form| form.extension() == extension.as_str()) else {
        return reply::not_found(web.clone(), request.clone()).await;
    };
    let named = client.as_ref().map(|client| client.branding.default_locale);
    let locale = visit.switch().or(named).unwrap_or(Locale::It);
    let day = Day::of(web.broker.fx.now());
    let announcements = web.announcements.load();
    let changed = announcements.changed(day).map_or(announcements.written, Day::begins);
    let shown = announcements.shown(day, client.as_deref());
    let feed = compose(&web, form, client.as_deref(), locale, day, &shown);
    let body = match form {
        Form::Atom => atom::write(&web, &feed),
        Form::Json => json::write(&web, &feed),
        Form::Calendar => events::write(&web, &feed),
    };
    let changed = changed.max(announcements.written);
    conditional::answer(&request, form.media_type(), locale, Some(changed), body)
}

fn compose<'a>(
    web: &'a Web,
    form: Form,
    client: Option<&Client>,
    locale: Locale,
    day: Day,
    shown: &[&'a Announcement],
) -> Feed<'a> {
    let issuer = web.broker.settings.issuer.as_str();
    let id = client.map(|client| &client.id);
    let name = client.map(|client| client.branding.name.get(locale).to_owned());
    let title = web.text(locale, "announcements-title", &[]);
    let entries = shown.iter().map(|one| {
        let href = format!("{issuer}{}", page_address(one, id, None));
        Entry { one, told: Told::of(web, one, locale, &href), href }
    });
    let entries: Vec<Entry<'_>> = entries.collect();
    let changed = entries.iter().map(|entry| entry.one.updated.min(day)).max();
    Feed {
        issuer,
        title: name.as_ref().map_or_else(|| title.clone(), |name| format!("{title}: {name}")),
        author: name.unwrap_or_else(|| "Varco".to_owned()),
        locale,
        own: format!("{issuer}{}", address(form, id, locale)),
        page: format!("{issuer}{}", super::list_address(id)),
        changed: changed.map_or(Timestamp::from_unix_seconds(0), Day::begins),
        entries,
    }
}
