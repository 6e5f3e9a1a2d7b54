//! What the client wants back, and how.
//!
//! Not where: the address was checked before.

use super::{Asked, Draft};
use crate::fault::Fault;
use crate::oidc::ResponseMode;

pub(super) fn response_type(asked: &Asked<'_>, _: &mut Draft) -> Result<(), Fault> {
    match asked.parameters.get("response_type") {
        Some("code") => Ok(()),
        Some(_) => Err(Fault::of_slug("response-type-unsupported")),
        None => Err(Fault::of_slug("parameter-invalid").with_detail("response_type")),
    }
}

/// `fragment` and `web_message` are not served: a code has no business in either (RFC 9700, sections
/// 2.1.2 and 4.17).
pub(super) fn response_mode(asked: &Asked<'_>, draft: &mut Draft) -> Result<(), Fault> {
    let Some(name) = asked.parameters.get("response_mode") else { return Ok(()) };
    let mode = ResponseMode::from_name(name);
    draft.response_mode = mode.ok_or_else(|| Fault::of_slug("response-mode-unsupported"))?;
    Ok(())
}
