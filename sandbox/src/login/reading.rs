//! What a scripted person reads on a page: its form, or why the broker refused.
//!
//! Not the browser: `browser` has fetched the page.

use super::Refused;
use crate::browser::Page;
use crate::browser::html::{Form, forms, tags};
use crate::error::SandboxError;

pub(crate) fn only_form(page: &Page) -> Result<Form, SandboxError> {
    forms(&page.body).into_iter().next().ok_or_else(|| unexpected("a form", page))
}

/// What an error page of the broker says, if it is one.
pub(crate) fn refusal(page: &Page) -> Option<Refused> {
    let tags = tags(&page.body);
    let slug = tags.iter().find_map(|tag| tag.get("data-error"))?.to_owned();
    let code = tags.iter().find(|tag| tag.get("data-code").is_some())?;
    // After the code an anomaly of SPID may be named too.
    let fault = code.text.split_whitespace().next()?.to_owned();
    Some(Refused { fault, slug, status: page.status })
}

pub(crate) fn unexpected(wanted: &str, page: &Page) -> SandboxError {
    // The query may hold a code: it is not shown.
    let place = format!("{}{}", page.url.origin().ascii_serialization(), page.url.path());
    let told = tags(&page.body).into_iter().find(|tag| tag.get("data-problem").is_some());
    let told = told
        .map_or_else(|| page.body.chars().take(300).collect::<String>(), |tag| tag.text.to_owned());
    SandboxError::new(
        format!("find {wanted}"),
        format!("{place} answered {}: {}", page.status, told.trim()),
    )
}
