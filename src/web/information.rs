//! The page that says what is released, to whom, why, and who proved it, before the answer leaves.
//!
//! Not a choice of claims: a service gets what it is entitled to and asked for, or nothing. The reasons
//! are the service's own: where it states none, none is made up.

use actix_web::HttpResponse;
use askama::Template;
use serde_json::Value;

use super::local_time::{day, in_rome};
use super::shell::Shell;
use super::{Visit, reply};
use crate::identity::claims::Claim;
use crate::login::{Disclosure, Login};
use crate::oidc::client::SubjectType;
use crate::terms::{Level, Locale};

#[derive(Template)]
#[template(path = "information.html")]
struct Information<'a> {
    shell: Shell<'a>,
    service: String,
    provider: String,
    asks: bool,
    /// What `sub` is at this service.
    subject: &'static str,
    released: Vec<Told>,
    /// Key of the label, and the value.
    proof: Vec<(&'static str, String)>,
    privacy: &'a str,
    tx: &'a str,
    shown: String,
}

/// One claim about the person.
struct Told {
    /// Key of its label.
    label: String,
    value: String,
    /// Why the service asks for it, in its own words.
    reason: Option<String>,
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
    let provider = name.unwrap_or_else(|| provider.clone());
    let told = |(claim, value): &(&'static Claim, Value)| Told {
        label: format!("claim-{}", claim.label()),
        value: value_of(visit, claim, value),
        reason: disclosure.reason(claim).map(|texts| texts.get(visit.locale()).to_owned()),
    };
    let page = Information {
        service: branding.name.get(visit.locale()).to_owned(),
        asks: disclosure.asks,
        subject: match disclosure.client.subject_type {
            SubjectType::Pairwise => "information-sub",
            SubjectType::Public => "information-sub-public",
            SubjectType::FiscalCode => "information-sub-fiscal-code",
        },
        released: disclosure.released.iter().map(told).collect(),
        proof: proof(visit, disclosure, &provider),
        provider,
        privacy: &branding.privacy_uri,
        tx: tx.reveal(),
        shown: disclosure.proof(&tx),
        shell: Shell::new(visit, title),
    };
    reply::form_page(visit, login.request.return_to.as_str(), page.render())
}

/// In plain words what [`crate::identity::assurance`] tells every service, and the name of the login.
fn proof(
    visit: &Visit<'_>,
    disclosure: &Disclosure,
    provider: &str,
) -> Vec<(&'static str, String)> {
    let text = |key: &str, values: &[(&str, &str)]| visit.web.text(visit.locale(), key, values);
    let level = disclosure.level;
    let factors = if level == Level::L1 && disclosure.strength.is_none() {
        "proof-one-factor"
    } else {
        "proof-more-factors"
    };
    let method = format!("method-{}", disclosure.origin.auth_method);
    vec![
        ("proof-method", text(&method, &[])),
        ("proof-provider", provider.to_owned()),
        match disclosure.strength {
            None => (
                "proof-level",
                text("proof-level-value", &[("level", &level.number().to_string())]),
            ),
            Some(strength) => {
                ("proof-strength", text("proof-strength-value", &[("strength", strength.number())]))
            }
        },
        ("proof-factors", text(factors, &[])),
        ("proof-time", in_rome(disclosure.authenticated_at, visit.locale())),
        ("proof-sid", text("proof-sid-value", &[])),
    ]
}

fn value_of(visit: &Visit<'_>, claim: &Claim, value: &Value) -> String {
    match (claim.label(), value.as_str()) {
        ("gender", Some("female" | "F")) => {
            visit.web.text(visit.locale(), "claim-gender-female", &[])
        }
        ("gender", Some("male" | "M")) => visit.web.text(visit.locale(), "claim-gender-male", &[]),
        ("fiscal_number_match", Some(how)) => {
            visit.web.text(visit.locale(), &format!("claim-fiscal_number_match-{how}"), &[])
        }
        _ => readable(value, visit.locale()),
    }
}

/// A value as a person reads it: its parts, without the names of members.
fn readable(value: &Value, locale: Locale) -> String {
    match value {
        Value::String(text) => day(text, locale).unwrap_or_else(|| text.clone()),
        Value::Object(members) => join(members.values(), locale),
        Value::Array(items) => join(items.iter(), locale),
        other => other.to_string(),
    }
}

fn join<'v>(values: impl Iterator<Item = &'v Value>, locale: Locale) -> String {
    values.map(|value| readable(value, locale)).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Locale, Value, readable};

    #[test]
    fn a_value_is_shown_without_its_json() {
        let readable = |value: &Value| readable(value, Locale::It);
        assert_eq!(readable(&json!("Ada")), "Ada");
        assert_eq!(readable(&json!(["1980-05-14"])), "14/05/1980");
        let place = json!({"locality": "Roma", "issuer": {"name": "Comune"}, "n": 1});
        assert_eq!(readable(&place), "Comune, Roma, 1");
    }
}
