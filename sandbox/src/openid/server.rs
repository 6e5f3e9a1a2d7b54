//! The addresses of the sample federation: statements, lists, marks; the provider's page and endpoints.
//!
//! Not what they say (`registry`, `provider`).

use std::collections::BTreeMap;
use std::future::ready;
use std::io::Write as _;
use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_ENCODING, LOCATION};
use actix_web::web::{self, Data, Form, Query, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};

use super::Dialect;
use super::misbehaviour::{Case, Change, Place, Reply};
use super::provider::Provider;
use super::registry::{Registry, Superior};
use super::request::Asked;
use super::token::{Draft, Read};
use super::words;
use super::wrong::Wrong;
use crate::error::SandboxError;
use crate::people::Person;

type Fields = BTreeMap<String, String>;

/// Adds the routes of all three entities.
pub fn routes(config: &mut ServiceConfig, provider: &Arc<Provider>) {
    config.app_data(Data::from(Arc::clone(provider)));
    for (who, path) in [(Superior::Anchor, ""), (Superior::Intermediate, "/intermediate")] {
        let at = |tail: &str| format!("{path}{tail}");
        config
            .route(&at(WELL_KNOWN), web::get().to(move |site: Site| superior(site, who)))
            .route(&at("/fetch"), web::get().to(move |site: Site, q: Asking| fetch(site, who, q)))
            .route(
                &at("/list"),
                web::get().to(move |site: Site, q: Asking| ready(list(&site, who, &q))),
            )
            .route(
                &at("/resolve"),
                web::get().to(move |site: Site, q: Asking| ready(resolve(&site, who, &q))),
            )
            .route(
                &at("/trust_mark_status"),
                web::post().to(move |site: Site, form: Posted| ready(status(&site, who, &form))),
            );
    }
    config
        .route("/.well-known/openid-federation-historical-jwks", web::get().to(history))
        .route(&format!("/cie{WELL_KNOWN}"), web::get().to(configuration))
        .route("/cie/authorize", web::get().to(ask_by_query))
        .route("/cie/authorize", web::post().to(ask_by_form))
        .route("/cie/login", web::post().to(login))
        .route("/cie/token", web::post().to(token))
        .route("/cie/userinfo", web::get().to(userinfo))
        .route("/cie/userinfo", web::post().to(userinfo))
        .route("/cie/revocation", web::post().to(revocation));
}

const WELL_KNOWN: &str = "/.well-known/openid-federation";

type Site = Data<Provider>;
type Asking = Query<Fields>;
type Posted = Form<Fields>;

async fn superior(site: Site, who: Superior) -> HttpResponse {
    let wrong = site.registry.wrong();
    let place = if who == Superior::Anchor { Place::Anchor } else { Place::Intermediate };
    let signed = site.registry.superior_configuration(who);
    statement(signed.map(Some), &wrong, place).await
}

async fn configuration(site: Site) -> HttpResponse {
    let wrong = site.registry.wrong();
    statement(site.registry.provider_configuration().map(Some), &wrong, Place::Ec).await
}

async fn fetch(site: Site, who: Superior, asked: Asking) -> HttpResponse {
    let registry = &site.registry;
    match asked.get("sub") {
        None => error(StatusCode::BAD_REQUEST, "invalid_request", "sub is missing"),
        Some(sub) if *sub == registry.id(who) => {
            error(StatusCode::BAD_REQUEST, "invalid_request", "sub is the issuer itself")
        }
        Some(sub) => {
            // Only what is said of the provider goes wrong here.
            let right = registry.wrong_with(None);
            let about = if *sub == registry.provider() { registry.wrong() } else { right };
            statement(registry.fetch(who, sub), &about, Place::Statement).await
        }
    }
}

async fn statement(
    signed: Result<Option<String>, SandboxError>,
    wrong: &Wrong,
    place: Place,
) -> HttpResponse {
    match signed {
        Ok(Some(signed)) => reply(signed, "application/entity-statement+jwt", wrong, place).await,
        Ok(None) => error(StatusCode::NOT_FOUND, "not_found", "nobody here is called so"),
        Err(why) => error(StatusCode::INTERNAL_SERVER_ERROR, "server_error", &why.to_string()),
    }
}

fn list(site: &Provider, who: Superior, asked: &Fields) -> HttpResponse {
    let filters = ["trust_marked", "trust_mark_type", "intermediate"];
    if filters.iter().any(|filter| asked.contains_key(*filter)) {
        return error(StatusCode::BAD_REQUEST, "unsupported_parameter", "only entity_type");
    }
    HttpResponse::Ok().json(site.registry.list(who, asked.get("entity_type").map(String::as_str)))
}

/// Answers for clients whose chain is known; it looks for nobody's.
fn resolve(site: &Provider, who: Superior, asked: &Fields) -> HttpResponse {
    let registry = &site.registry;
    let field = |name: &str| asked.get(name).map(String::as_str).unwrap_or_default();
    let named = if registry.dialect() == Dialect::Final { "trust_anchor" } else { "anchor" };
    if [field(named), field("trust_anchor")].iter().all(|id| *id != registry.id(Superior::Anchor)) {
        return error(StatusCode::NOT_FOUND, "invalid_trust_anchor", "there is one anchor here");
    }
    let Some(client) = site.clients().known(field("sub"), registry.now()) else {
        return error(StatusCode::NOT_FOUND, "not_found", "no chain of it is known");
    };
    let claims = json!({
        "iss": registry.id(who), "sub": client.id, "iat": registry.now(), "exp": client.expires,
        "metadata": {"openid_relying_party": client.metadata}, "trust_chain": client.chain,
    });
    let (typ, kind) = match registry.dialect() {
        Dialect::Final => ("resolve-response+jwt", "application/resolve-response+jwt"),
        Dialect::It2023 => ("entity-statement+jwt", "application/entity-statement+jwt"),
    };
    signed(Draft::new(typ, claims, registry.key(who)), registry, kind)
}

fn signed(draft: Draft<'_>, registry: &Registry, kind: &'static str) -> HttpResponse {
    match draft.sign(Place::World, &registry.wrong_with(None)) {
        Ok(text) => HttpResponse::Ok().content_type(kind).body(text),
        Err(why) => error(StatusCode::INTERNAL_SERVER_ERROR, "server_error", &why.to_string()),
    }
}

fn status(site: &Provider, who: Superior, form: &Fields) -> HttpResponse {
    let registry = &site.registry;
    let mark = form.get("trust_mark").map(String::as_str).unwrap_or_default();
    let read = Read::new(mark).and_then(|read| read.verified(&registry.key(who).jwks()));
    let Ok(read) = read else {
        return error(StatusCode::NOT_FOUND, "not_found", "nobody here issued that mark");
    };
    let expired = read.number("exp").is_some_and(|exp| exp < registry.now());
    let revoked = registry.wrong().arranged(&Change::Revoked);
    if registry.dialect() == Dialect::It2023 {
        return HttpResponse::Ok().json(json!({"active": !expired && !revoked}));
    }
    let status = match (expired, revoked) {
        (_, true) => "revoked",
        (true, _) => "expired",
        _ => "active",
    };
    let claims = json!({
        "iss": registry.id(who), "iat": registry.now(), "trust_mark": mark, "status": status});
    let draft = Draft::new("trust-mark-status-response+jwt", claims, registry.key(who));
    signed(draft, registry, "application/trust-mark-status-response+jwt")
}

async fn history(site: Site) -> HttpResponse {
    let registry = &site.registry;
    let id = registry.id(Superior::Anchor);
    let claims = json!({"iss": id, "iat": registry.now(), "keys": []});
    let draft = Draft::new("jwk-set+jwt", claims, registry.key(Superior::Anchor));
    signed(draft, registry, "application/jwk-set+jwt")
}

async fn ask_by_query(site: Site, fields: Asking, http: HttpRequest) -> HttpResponse {
    ask(&site, &fields, &http).await
}

async fn ask_by_form(site: Site, fields: Posted, http: HttpRequest) -> HttpResponse {
    ask(&site, &fields, &http).await
}

async fn ask(site: &Provider, fields: &Fields, http: &HttpRequest) -> HttpResponse {
    let english = fields.get("ui_locales").map(String::as_str).or_else(|| {
        let header = http.headers().get("accept-language");
        header.and_then(|language| language.to_str().ok())
    });
    // There are two languages: whoever reads neither reads English rather than Italian.
    let english = english.is_some_and(|language| !language.starts_with("it"));
    match site.ask(fields).await {
        Ok((request, asked)) => {
            let level = asked.acr.chars().last().unwrap_or('?');
            page(StatusCode::OK, &LoginPage { english, request, asked, level })
        }
        Err(why) => problem(english, &why),
    }
}

/// A page that leads nowhere: a client that is not trusted is never sent back to.
fn problem(english: bool, why: &SandboxError) -> HttpResponse {
    page(StatusCode::FORBIDDEN, &ProblemPage { english, why: why.to_string() })
}

async fn login(site: Site, form: Posted) -> HttpResponse {
    let field = |name: &str| form.get(name).map(String::as_str).unwrap_or_default();
    let person = Person::all().into_iter().find(|person| person.id == field("person"));
    let nobody = || SandboxError::new("sign in", "there is no such person");
    let case = Some(field("misbehave")).filter(|name| !name.is_empty()).map(str::parse::<Case>);
    let case = case.transpose().map_err(|why| SandboxError::new("misbehave", why));
    let decided = case.and_then(|case| {
        let agreed = field("action") != "cancel";
        site.decide(field("request"), person.ok_or_else(nobody)?, case, agreed)
    });
    match decided {
        Ok(place) => HttpResponse::SeeOther().insert_header((LOCATION, place)).finish(),
        Err(why) => problem(field("language") == "en", &why),
    }
}

async fn token(site: Site, form: Posted) -> HttpResponse {
    match site.redeem(&form) {
        Ok(answer) => {
            let wrong = site.registry.wrong_with(answer.case);
            reply(answer.body, "application/json", &wrong, Place::Token).await
        }
        Err(why) => error(StatusCode::BAD_REQUEST, "invalid_grant", &why.to_string()),
    }
}

async fn userinfo(site: Site, http: HttpRequest) -> HttpResponse {
    let header = http.headers().get("authorization").and_then(|value| value.to_str().ok());
    let token = header.and_then(|value| value.strip_prefix("Bearer ")).unwrap_or_default();
    match site.userinfo(token) {
        Ok(answer) => {
            let wrong = site.registry.wrong_with(answer.case);
            reply(answer.body, "application/jwt", &wrong, Place::UserinfoAnswer).await
        }
        Err(why) => error(StatusCode::UNAUTHORIZED, "invalid_token", &why.to_string()),
    }
}

async fn revocation(site: Site, form: Posted) -> HttpResponse {
    match site.revoke(&form) {
        Ok(()) => HttpResponse::Ok().finish(),
        Err(why) => error(StatusCode::UNAUTHORIZED, "invalid_client", &why.to_string()),
    }
}

fn error(status: StatusCode, code: &str, why: &str) -> HttpResponse {
    HttpResponse::build(status).json(json!({"error": code, "error_description": why}))
}

/// What is answered, unless something is wrong at that place.
async fn reply(body: String, kind: &'static str, wrong: &Wrong, place: Place) -> HttpResponse {
    let ok = |kind: &'static str, body: String| {
        HttpResponse::Ok().content_type(kind).insert_header((CACHE_CONTROL, "no-store")).body(body)
    };
    match wrong.reply(place) {
        None => ok(kind, body),
        Some(Reply::Type(other)) => ok(other, body),
        Some(Reply::Body(other)) => ok("application/json", other.to_owned()),
        Some(Reply::Long) => ok(kind, body + &" ".repeat(10 << 20)),
        Some(Reply::Slow) => {
            actix_web::rt::time::sleep(std::time::Duration::from_secs(30)).await;
            ok(kind, body)
        }
        Some(Reply::Status(status)) => {
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::IM_A_TEAPOT);
            HttpResponse::build(status).finish()
        }
        Some(Reply::Redirect) => {
            let place = format!("{}/elsewhere", wrong.base);
            HttpResponse::Found().insert_header((LOCATION, place)).finish()
        }
        Some(Reply::Bomb) => {
            let mut packed = GzEncoder::new(Vec::new(), Compression::best());
            let blanks = vec![b' '; 1 << 20];
            // Writing into memory does not fail.
            let _ = packed.write_all(body.as_bytes());
            for _ in 0..64 {
                let _ = packed.write_all(&blanks);
            }
            let packed = packed.finish().unwrap_or_default();
            let mut answer = HttpResponse::Ok();
            answer.content_type(kind).insert_header((CONTENT_ENCODING, "gzip")).body(packed)
        }
    }
}

fn page(status: StatusCode, page: &impl Template) -> HttpResponse {
    page.render().map_or_else(
        |why| error(StatusCode::INTERNAL_SERVER_ERROR, "server_error", &why.to_string()),
        |text| {
            HttpResponse::build(status)
                .content_type("text/html; charset=utf-8")
                .insert_header((CACHE_CONTROL, "no-store"))
                .body(text)
        },
    )
}

/// Who signs in, and how the provider behaves.
#[derive(Template)]
#[template(path = "openid-login.html")]
struct LoginPage {
    english: bool,
    request: String,
    asked: Asked,
    level: char,
}

impl LoginPage {
    fn people() -> Vec<Person> {
        Person::all()
    }

    fn cases() -> impl Iterator<Item = Case> {
        Case::of_answers()
    }

    /// What the client asks for, in words.
    fn data(&self) -> String {
        words::listed(&self.asked.userinfo, self.english)
    }

    /// The client's name, as the federation knows it.
    fn client(&self) -> &str {
        let name = self.asked.client.metadata.get("client_name").and_then(Value::as_str);
        name.unwrap_or(&self.asked.client.id)
    }
}

/// Why a client is turned away.
#[derive(Template)]
#[template(path = "openid-problem.html")]
struct ProblemPage {
    english: bool,
    why: String,
}
