//! The claims parameter (OpenID Connect Core 1.0, section 5.5).
//!
//! Not an entitlement: a name asked for here is released only if a granted scope covers it.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::acr::Wanted;
use super::{Asked, Draft};
use crate::fault::Fault;
use crate::identity::claims::is_told_as;
use crate::oidc::ClaimsProfile;

/// Members other than these two are ignored, as section 5.5 says.
#[derive(Deserialize)]
struct Parameter {
    #[serde(default)]
    id_token: Option<Names>,
    #[serde(default)]
    userinfo: Option<Names>,
}

type Names = BTreeMap<String, Option<Wish>>;

#[derive(Default, Deserialize)]
struct Wish {
    #[serde(default)]
    essential: bool,
    value: Option<Value>,
    #[serde(default)]
    values: Vec<Value>,
}

/// Values of `acr` that are kept: a login in progress must stay small.
const MOST: usize = 64;

pub(super) fn check(asked: &Asked<'_>, draft: &mut Draft) -> Result<(), Fault> {
    let Some(text) = asked.parameters.get("claims") else { return Ok(()) };
    let invalid = |what: &str| Fault::of_slug("claims-parameter-invalid").with_detail(what);
    // serde would take an array for the struct; it stops at 128 levels; `sizes` bounded the text.
    if !text.trim_start().starts_with('{') {
        return Err(invalid("not an object"));
    }
    let parameter: Parameter =
        serde_json::from_str(text).map_err(|_| invalid("not the JSON of section 5.5"))?;
    let mut id_token = parameter.id_token.unwrap_or_default();
    let userinfo = parameter.userinfo.unwrap_or_default();
    // Section 5.5.1: the answer is about that person, or there is none.
    for wish in [id_token.get("sub"), userinfo.get("sub")].into_iter().flatten().flatten() {
        let mut wanted = wish.value.iter().chain(&wish.values);
        let subject = match (wanted.next(), wanted.next()) {
            (None, _) => continue,
            (Some(Value::String(subject)), None) => subject,
            _ => return Err(invalid("sub with another value than one text")),
        };
        if draft.subject.as_ref().is_some_and(|other| other != subject) {
            return Err(invalid("sub with two values"));
        }
        draft.subject = Some(subject.clone());
    }
    if let Some(Some(wish)) = id_token.remove("acr") {
        let values = wish.value.into_iter().chain(wish.values);
        let values = values.filter_map(|value| value.as_str().map(str::to_owned)).take(MOST);
        draft.acr = Wanted { values: values.collect(), essential: wish.essential };
    }
    let profile = asked.client.claims_profile;
    draft.claims.id_token = names(id_token, profile);
    draft.claims.userinfo = names(userinfo, profile);
    Ok(())
}

/// A name under which nothing could be told is not remembered: a login in progress stays small, whatever is
/// asked.
fn names(asked: Names, profile: ClaimsProfile) -> Vec<String> {
    asked.into_keys().filter(|name| is_told_as(name, profile)).collect()
}
