//! Answers that anybody may keep, sent once: conditional requests (RFC 9110, section 13).
//!
//! Not pages, which belong to one browser. The strong `ETag` is a digest of the body: nothing in a body
//! may depend on when it was asked for.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse};

use super::local_time;
use crate::crypto::digest::{base64url, sha256};
use crate::effects::Timestamp;
use crate::terms::Locale;

/// The body, or that the reader has it already.
pub(super) fn answer(
    request: &HttpRequest,
    media_type: &str,
    locale: Locale,
    changed: Option<Timestamp>,
    body: String,
) -> HttpResponse {
    let mut digest = base64url(&sha256(body.as_bytes()));
    digest.truncate(22);
    let tag = format!("\"{digest}\"");
    let kept = has(request, &tag, changed);
    let mut answer = if kept { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    answer
        .insert_header((header::ETAG, tag))
        .insert_header((header::CACHE_CONTROL, "public, max-age=300"));
    if let Some(changed) = changed {
        answer.insert_header((header::LAST_MODIFIED, local_time::http_date(changed)));
    }
    if kept {
        return answer.finish();
    }
    answer.content_type(media_type).insert_header((header::CONTENT_LANGUAGE, locale.tag()));
    answer.body(body)
}

/// `If-None-Match` decides alone where it is sent (section 13.2.2).
fn has(request: &HttpRequest, tag: &str, changed: Option<Timestamp>) -> bool {
    let value = |name| {
        let values = request.headers().get_all(name).filter_map(|value| value.to_str().ok());
        values.collect::<Vec<_>>().join(",")
    };
    if request.headers().contains_key(header::IF_NONE_MATCH) {
        let known = value(header::IF_NONE_MATCH);
        let mut tags = known.split(',').map(|one| one.trim().trim_start_matches("W/"));
        return tags.any(|one| one == tag || one == "*");
    }
    let since = local_time::from_http_date(&value(header::IF_MODIFIED_SINCE));
    let times = since.zip(changed);
    times.is_some_and(|(since, changed)| changed.unix_seconds() <= since.unix_seconds())
}
