//! The calendar of changes, for programs: who makes software for the services reads here what changes
//! when, by whose decision, and what is not fixed yet.
//!
//! Not announcements, which are for people. The data file's words; texts in the language of the address.

use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use serde_json::{Value, json};

use super::announcements::named_service;
use super::icalendar::{Calendar, Event};
use super::{Visit, Web, conditional, reply};
use crate::oidc::Client;
use crate::oidc::client::Texts;
use crate::policy::{self, Change, Kind};
use crate::terms::{Day, Locale};

/// Mounts both forms.
pub(super) fn configure(routes: &mut ServiceConfig) {
    let place =
        |path: &str| web::resource(path).default_service(web::to(reply::method_not_allowed));
    routes
        .service(place("/calendar.json").route(web::get().to(data)).route(web::head().to(data)))
        .service(place("/calendar.ics").route(web::get().to(events)).route(web::head().to(events)));
}

async fn data(web: Data<Web>, request: HttpRequest) -> HttpResponse {
    let visit = Visit::of(&web, &request);
    let client = match named_service(&visit) {
        Ok(client) => client,
        Err(fault) => return reply::fault(&visit, fault).await,
    };
    let locale = visit.switch().unwrap_or(Locale::It);
    let calendar = web.broker.calendar.load();
    let rows = calendar.rows();
    let instruments = rows.instruments.iter().map(|one| {
        json!({
            "id": one.id,
            "title": text(one.title.as_ref(), locale),
            "dedicated_only": one.dedicated_only,
        })
    });
    let categories = rows.categories.iter().map(|one| {
        json!({
            "id": one.id.as_str(),
            "title": text(one.title.as_ref(), locale),
            "from": written(one.from),
            "until": written(one.until),
            "legal_ref": one.legal_ref,
        })
    });
    let changes = rows.changes.iter().filter(|row| concerns(row, client.as_deref()));
    let document = json!({
        "issuer": web.broker.settings.issuer,
        "language": locale.tag(),
        "time_zone": "Europe/Rome",
        "instruments": instruments.collect::<Vec<_>>(),
        "categories": categories.collect::<Vec<_>>(),
        "changes": changes.map(|row| change(row, locale)).collect::<Vec<_>>(),
    });
    conditional::answer(&request, "application/json", locale, None, document.to_string())
}

fn change(row: &Change, locale: Locale) -> Value {
    let categories = row.categories.as_ref();
    json!({
        "id": row.id,
        "instruments": row.instruments,
        "services": row.relying_parties,
        "categories": categories.map(|all| all.iter().map(policy::Category::as_str).collect::<Vec<_>>()),
        "start": written(row.start),
        "stop_issue": written(row.stop_issue),
        "stop_renew": written(row.stop_renew),
        "natural_expiry": row.natural_expiry,
        "hard_end": written(row.hard_end),
        "to_be_fixed": row.to_be_fixed.iter().map(|kind| kind.key()).collect::<Vec<_>>(),
        "source": row.source.word(),
        "reason": text(row.reason.as_ref(), locale),
        "legal_ref": row.legal_ref,
        "decided_by": row.decided_by,
        "decided_on": written(row.decided_on),
        "superseded_by": row.superseded_by,
    })
}

async fn events(web: Data<Web>, request: HttpRequest) -> HttpResponse {
    let visit = Visit::of(&web, &request);
    let client = match named_service(&visit) {
        Ok(client) => client,
        Err(fault) => return reply::fault(&visit, fault).await,
    };
    let locale = visit.switch().unwrap_or(Locale::It);
    let issuer = web.broker.settings.issuer.as_str();
    let mut out = Calendar::new(issuer, &web.text(locale, "changes-title", &[]));
    let calendar = web.broker.calendar.load();
    let rows = calendar.rows().changes.iter();
    let rows = rows.filter(|row| row.superseded_by.is_none() && concerns(row, client.as_deref()));
    for row in rows {
        for kind in Kind::ALL {
            if let Some(date) = row.date(kind) {
                // The last day accepted changes nothing yet; the day after does.
                let day = if kind == Kind::HardEnd { date.next() } else { date };
                happens(&web, &mut out, row, kind, day, locale);
            }
        }
    }
    let media_type = "text/calendar; charset=utf-8";
    conditional::answer(&request, media_type, locale, None, out.finish())
}

fn happens(web: &Web, out: &mut Calendar, row: &Change, kind: Kind, day: Day, locale: Locale) {
    let word = match kind {
        Kind::Start => "changes-start",
        Kind::StopIssue => "changes-stop-issue",
        Kind::StopRenew => "changes-stop-renew",
        Kind::HardEnd => "changes-hard-end",
    };
    let word = web.text(locale, word, &[]);
    let summary = format!("{}: {word}", row.instruments.join(", "));
    let list = |list: &[Box<str>]| list.join(", ");
    let mut lines: Vec<String> = Vec::new();
    lines.extend(row.reason.as_ref().map(|reason| reason.get(locale).to_owned()));
    let mut say = |label: &str, value: Option<String>| {
        let value = value.filter(|value| !value.is_empty());
        lines.extend(value.map(|value| format!("{}: {value}", web.text(locale, label, &[]))));
    };
    say("announcement-services", row.relying_parties.as_deref().map(list));
    let categories = row.categories.as_ref();
    let categories =
        categories.map(|all| all.iter().map(policy::Category::as_str).collect::<Vec<_>>());
    say("changes-categories", categories.map(|all| all.join(", ")));
    say("announcement-legal", row.legal_ref.as_deref().map(str::to_owned));
    say("changes-decided-by", Some(list(&row.decided_by)));
    out.event(&Event {
        id: &format!("{}-{}", row.id, kind.key().replace('_', "-")),
        day,
        changed: row.decided_on.unwrap_or(day).begins(),
        summary: (&summary, locale),
        description: (&lines.join("\n"), locale),
        category: &word,
        href: &format!("{}/calendar.json", web.broker.settings.issuer),
    });
}

fn concerns(row: &Change, client: Option<&Client>) -> bool {
    client.is_none_or(|client| row.reaches(Some(client.id.as_str())))
}

fn text(texts: Option<&Texts>, locale: Locale) -> Option<&str> {
    texts.map(|texts| texts.get(locale))
}

fn written(day: Option<Day>) -> Option<String> {
    day.map(|day| day.to_string())
}
