//! What the client wants of the person: a page or none, a fresh proof, to be somebody.
//!
//! Not whether that is so: nobody is known yet. The level stands in `acr.rs`.

use std::time::Duration;

use super::{Asked, Draft};
use crate::fault::Fault;
use crate::oidc::Prompt;

pub(super) fn prompt(asked: &Asked<'_>, draft: &mut Draft) -> Result<(), Fault> {
    let Some(text) = asked.parameters.get("prompt") else { return Ok(()) };
    let mut found = [false; 4];
    let [none, login, select, consent] = &mut found;
    for word in text.split(' ') {
        *match word {
            "none" => &mut *none,
            "login" => &mut *login,
            "select_account" => &mut *select,
            "consent" => &mut *consent,
            _ => return Err(Fault::of_slug("prompt-invalid")),
        } = true;
    }
    // Several may stand together: the one that asks most of the person counts.
    draft.prompt = match found {
        [true, false, false, false] => Prompt::None,
        [true, ..] => return Err(Fault::of_slug("prompt-invalid")),
        [_, true, ..] => Prompt::Login,
        [_, _, true, _] => Prompt::SelectAccount,
        _ => Prompt::Consent,
    };
    Ok(())
}

/// The client's `default_max_age` counts where a request names none (Registration 1.0, section 2).
pub(super) fn max_age(asked: &Asked<'_>, draft: &mut Draft) -> Result<(), Fault> {
    let Some(text) = asked.parameters.get("max_age") else {
        draft.max_age = asked.client.protocol.requests.default_max_age;
        return Ok(());
    };
    let digits = text.len() <= 10 && text.bytes().all(|b| b.is_ascii_digit());
    let seconds = digits.then(|| text.parse().ok()).flatten();
    let seconds = seconds.ok_or_else(|| Fault::of_slug("parameter-invalid").with_detail("max_age"));
    draft.max_age = Some(Duration::from_secs(seconds?));
    Ok(())
}

/// An ID token that is not ours, or not for this client, hints at nobody. An expired one does. With a
/// `sub` in the claims parameter as well, both must name one person.
pub(super) fn id_token_hint(asked: &Asked<'_>, draft: &mut Draft) -> Result<(), Fault> {
    let Some(token) = asked.parameters.get("id_token_hint") else { return Ok(()) };
    let subject = (asked.hinted)(token).ok_or_else(|| Fault::of_slug("id-token-hint-invalid"))?;
    if draft.subject.as_ref().is_some_and(|other| *other != subject) {
        return Err(Fault::of_slug("id-token-hint-invalid"));
    }
    draft.subject = Some(subject);
    Ok(())
}
