//! The page that says what is released, to whom, and who proved it, before the answer leaves.
//!
//! Not a choice of claims: a service gets what it is entitled to and asked for, or nothing.

use actix_web::HttpResponse;
use askama::Template;
use serde_json::Value;

use super::shell::Shell;
use super::{Visit, reply};
use crate::login::{Disclosure, Login};

#[derive(Template)]
#[template(path = "information.html")]
struct Information<'a> {
    shell: Shell<'a>,
    service: String,
    provider: String,
    asks: bool,
    /// Key of the label, and the value.
    released: Vec<(String, String)>,
    privacy: &'a str,
    tx: &'a str,
    shown: String,
}

/// The page, for a login whose person is known.
pub(super) fn page(visit: &Visit<'_>, disclosure: &Disclosure, login: &Login) -> HttpResponse {
    let Some(tx) = visit.tx() else { return reply::see_other("/") };
    let branding = &disclosure.client.branding;
    let key = if disclosure.asks { "consent-title" } else { "information-title" };
    let title = visit.web.text(visit.locale(), key, &[]);
    let provider = &disclosure.origin.provider;
    let upstreams = &visit.web.broker.upstreams;
    let name = upstreams.iter().find_map(|upstream| upstream.provider_name(provider));
    let released = disclosure.released.iter();
    let page = Information {
        service: branding.name.get(visit.locale()).to_owned(),
        provider: name.unwrap_or_else(|| provider.clone()),
        asks: disclosure.asks,
        released: released
            .map(|(claim, value)| (format!("claim-{}", claim.label()), readable(value)))
            .collect(),
        privacy: &branding.privacy_uri,
        tx: tx.reveal(),
        shown: disclosure.proof(&tx),
        shell: Shell::new(visit, title),
    };
    reply::form_page(visit, login.request.return_to.as_str(), page.render())
}

/// A value as a person reads it: its parts, without the names of members.
fn readable(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Object(members) => join(members.values()),
        Value::Array(items) => join(items.iter()),
        other => other.to_string(),
    }
}

fn join<'v>(values: impl Iterator<Item = &'v Value>) -> String {
    values.map(readable).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::readable;

    #[test]
    fn a_value_is_shown_without_its_json() {
        assert_eq!(readable(&json!("Ada")), "Ada");
        let place = json!({"locality": "Roma", "issuer": {"name": "Comune"}, "n": 1});
        assert_eq!(readable(&place), "Comune, Roma, 1");
    }
}
