//! The letter with the first part of an activation code (H8), for printing, in the applicant's language and in
//! Italian. It is shown once: nobody gets it a second time, and neither part alone opens anything.
//!
//! Not its content: `helpdesk` makes that.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;

use super::Inside;
use crate::helpdesk::Letter;
use crate::oidc::ClientId;
use crate::terms::Locale;
use crate::web::local_time;
use crate::web::own;
use crate::web::shell::Shell;

#[derive(Template)]
#[template(path = "console/letter.html")]
struct Page<'a> {
    shell: Shell<'a>,
    back: &'a str,
    letters: Vec<Text>,
}

/// The letter in one language.
struct Text {
    tag: &'static str,
    title: String,
    lines: Vec<String>,
    facts: Vec<(String, String)>,
    after: Vec<String>,
}

/// The page.
pub(super) fn page(inside: &Inside<'_>, letter: &Letter) -> HttpResponse {
    let mut locales = vec![letter.locale];
    if letter.locale != Locale::It {
        locales.push(Locale::It);
    }
    let title = inside.text_with("console-letter-title", &[("number", &letter.number)]);
    let page = Page {
        shell: Shell::once(inside.visit, title),
        back: "/console",
        letters: locales.into_iter().map(|locale| text(inside, letter, locale)).collect(),
    };
    own::page(inside.visit, StatusCode::OK, page.render())
}

fn text(inside: &Inside<'_>, letter: &Letter, locale: Locale) -> Text {
    let web = inside.visit.web;
    let say = |key: &str, values: &[(&str, &str)]| web.text(locale, key, values);
    let clients = web.broker.clients.load();
    let name = |id: &String| {
        let client = ClientId::parse(id).and_then(|id| clients.get(&id));
        client.map_or_else(|| id.clone(), |client| client.branding.name.get(locale).to_owned())
    };
    let services: Vec<String> = letter.services.iter().map(name).collect();
    let last = letter.last_day.map(|day| local_time::long(day, locale)).unwrap_or_default();
    let fact = |key: &str, value: String| (say(key, &[]), value);
    Text {
        tag: locale.tag(),
        title: say("letter-title", &[]),
        lines: vec![
            say("letter-to", &[("name", &letter.name)]),
            say("letter-issued", &[("office", &letter.office)]),
        ],
        facts: vec![
            fact("letter-number", letter.number.clone()),
            fact("letter-part", letter.part.as_str().to_owned()),
            fact("letter-until", local_time::in_rome(letter.until, locale)),
            fact("letter-services", services.join(", ")),
            fact("letter-last-day", last),
        ],
        after: vec![
            say("letter-activate", &[("address", &letter.activate)]),
            say("letter-revoke", &[("address", &letter.account)]),
            say("letter-privacy", &[]),
        ],
    }
}
