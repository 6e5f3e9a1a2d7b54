//! Style, fonts, the scripts, and a generated stylesheet with each service's colour.
//!
//! Nothing from elsewhere: every file is compiled in. A link carries the version of the file, so an
//! answer may be kept for a year.

use std::sync::LazyLock;

use actix_web::http::header;
use actix_web::web::{self, Data, Path, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};

use super::{Web, reply};
use crate::crypto::digest::{base64url, sha256};
use crate::oidc::ClientId;

/// Mounts the files.
pub(super) fn configure(routes: &mut ServiceConfig) {
    let file = |path: &str| web::resource(path).default_service(web::to(reply::method_not_allowed));
    routes
        .service(file("/static/{name:.*}").route(web::get().to(asset)))
        .service(file("/brand/{client}.css").route(web::get().to(brand)))
        .service(file("/favicon.ico").route(web::get().to(favicon)));
}

/// The address of a file with its version.
pub(super) fn address(name: &str) -> String {
    VERSIONED.iter().find(|asset| asset.name == name).map_or_else(
        || format!("/static/{name}"),
        |asset| format!("/static/{name}?v={}", asset.version),
    )
}

struct Asset {
    name: &'static str,
    media_type: &'static str,
    body: &'static [u8],
    version: String,
}

/// The files with their versions: the first octets of their digest.
static VERSIONED: LazyLock<Vec<Asset>> = LazyLock::new(|| {
    FILES
        .iter()
        .map(|&(name, media_type, body)| {
            let mut version = base64url(&sha256(body));
            version.truncate(12);
            Asset { name, media_type, body, version }
        })
        .collect()
});

async fn asset(web: Data<Web>, request: HttpRequest, name: Path<String>) -> HttpResponse {
    let Some(asset) = VERSIONED.iter().find(|asset| asset.name == name.as_str()) else {
        return reply::not_found(web, request).await;
    };
    let tag = format!("\"{}\"", asset.version);
    // A font has no version in the stylesheet, but it never changes under its name.
    let fixed =
        name.ends_with(".woff2") || request.query_string() == format!("v={}", asset.version);
    let lives = if fixed { "public, max-age=31536000, immutable" } else { "public, max-age=3600" };
    let known = request.headers().get(header::IF_NONE_MATCH);
    let kept = known.is_some_and(|value| value.as_bytes() == tag.as_bytes());
    let mut answer = if kept { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    answer.insert_header((header::ETAG, tag)).insert_header((header::CACHE_CONTROL, lives));
    if kept {
        return answer.finish();
    }
    answer.content_type(asset.media_type).body(asset.body)
}

/// The colour of a service: the only thing it can change, and not on official buttons.
async fn brand(web: Data<Web>, request: HttpRequest, client: Path<String>) -> HttpResponse {
    let clients = web.broker.clients.load();
    let known = ClientId::parse(&client).and_then(|id| clients.get(&id).cloned());
    let accent = known.map(|client| client.branding.accent.clone());
    match accent.filter(|accent| is_colour(accent)) {
        Some(accent) => HttpResponse::Ok()
            .content_type("text/css; charset=utf-8")
            .insert_header((header::CACHE_CONTROL, "public, max-age=300"))
            .body(format!(":root{{--rp-accent:{accent}}}\n")),
        None => reply::not_found(web.clone(), request).await,
    }
}

/// Browsers ask for it unbidden.
async fn favicon() -> HttpResponse {
    HttpResponse::NoContent()
        .insert_header((header::CACHE_CONTROL, "public, max-age=86400"))
        .finish()
}

/// `#rrggbb`, so that nothing else reaches the stylesheet.
fn is_colour(text: &str) -> bool {
    text.strip_prefix('#')
        .is_some_and(|digits| digits.len() == 6 && digits.bytes().all(|b| b.is_ascii_hexdigit()))
}

/// Name, media type, content.
const FILES: [(&str, &str, &[u8]); 14] = [
    ("style.css", "text/css; charset=utf-8", include_bytes!("../../static/style.css")),
    // Our own pages and the console: nobody else's have forms and tables of that kind.
    ("own.css", "text/css; charset=utf-8", include_bytes!("../../static/own.css")),
    ("logout.js", "text/javascript; charset=utf-8", include_bytes!("../../static/logout.js")),
    ("frames.js", "text/javascript; charset=utf-8", include_bytes!("../../static/frames.js")),
    ("session.js", "text/javascript; charset=utf-8", include_bytes!("../../static/session.js")),
    ("passkey.js", "text/javascript; charset=utf-8", include_bytes!("../../static/passkey.js")),
    ("autopost.js", "text/javascript; charset=utf-8", include_bytes!("../../static/autopost.js")),
    // Official marks, as their owners publish them.
    (
        "img/spid-ico-circle-bb.svg",
        "image/svg+xml",
        include_bytes!("../../static/img/spid-ico-circle-bb.svg"),
    ),
    (
        "img/entra-con-cie.svg",
        "image/svg+xml",
        include_bytes!("../../static/img/entra-con-cie.svg"),
    ),
    (
        "img/ficep-it-eidas-ywb.svg",
        "image/svg+xml",
        include_bytes!("../../static/img/ficep-it-eidas-ywb.svg"),
    ),
    (
        "fonts/titillium-web-regular.woff2",
        "font/woff2",
        include_bytes!("../../static/fonts/titillium-web-regular.woff2"),
    ),
    (
        "fonts/titillium-web-600.woff2",
        "font/woff2",
        include_bytes!("../../static/fonts/titillium-web-600.woff2"),
    ),
    (
        "fonts/titillium-web-700.woff2",
        "font/woff2",
        include_bytes!("../../static/fonts/titillium-web-700.woff2"),
    ),
    ("fonts/OFL.txt", "text/plain; charset=utf-8", include_bytes!("../../static/fonts/OFL.txt")),
];
