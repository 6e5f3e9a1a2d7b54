//! A server of roles: one POST of JSON, one answer of JSON.
//!
//! Not a general client: the fiscal code stands in the body and never in the address, which servers and
//! proxies log; nothing but a 200 with JSON is an answer.

use std::time::Duration;

use secrecy::SecretString;
use serde::Deserialize;
use serde_json::json;

use super::SourceFault;
use super::record::{Record, entitlements};
use crate::effects::{Effects, FetchLimits, FetchRequest, FetchUrl};
use crate::identity::{Entitlements, FiscalCode};

/// Where to ask, and what we prove ourselves with.
#[derive(Clone, Debug)]
pub struct HttpSource {
    /// The address.
    pub url: FetchUrl,
    /// Header fields that hold a secret: lower-case name, and value.
    pub headers: Vec<(String, SecretString)>,
    /// From the first lookup to the last octet.
    pub timeout: Duration,
}

/// The answer. `roles` must be there: a person without any has an empty list.
#[derive(Deserialize)]
struct Answer {
    roles: Vec<Told>,
    #[serde(default)]
    categories: Vec<String>,
}

#[derive(Deserialize)]
struct Told {
    role: String,
    organization: Option<Body>,
    delegated_by: Option<String>,
    valid_from: Option<String>,
    valid_until: Option<String>,
}

#[derive(Deserialize)]
struct Body {
    ipa_code: Option<String>,
    name: Option<String>,
}

impl HttpSource {
    pub(super) async fn ask(
        &self,
        code: &FiscalCode,
        fx: &Effects,
    ) -> Result<Entitlements, SourceFault> {
        let limits = FetchLimits { octets: LARGEST, time: self.timeout };
        let told = json!({ "fiscal_code": code.as_str() }).to_string().into_bytes();
        let request = FetchRequest::post(self.url.clone(), JSON, told, JSON, limits);
        let answer = fx.fetch(&FetchRequest { headers: self.headers.clone(), ..request }).await?;
        if answer.status != 200 {
            return Err(SourceFault::Status(answer.status));
        }
        if !answer.is_of(JSON) {
            return Err(SourceFault::Malformed("is not application/json"));
        }
        read(&answer.body)
    }
}

fn read(body: &[u8]) -> Result<Entitlements, SourceFault> {
    // serde would take an array for the struct.
    let is_object = body.trim_ascii_start().starts_with(b"{");
    let answer: Answer = Some(body)
        .filter(|_| is_object)
        .and_then(|body| serde_json::from_slice(body).ok())
        .ok_or(SourceFault::Malformed("is not the JSON of a source: {\"roles\":[…]}"))?;
    let roles = answer.roles.into_iter().map(|told| {
        let body = told.organization.unwrap_or(Body { ipa_code: None, name: None });
        let fields = [
            ("role", Some(told.role)),
            ("ipa_code", body.ipa_code),
            ("organization", body.name),
            ("delegated_by", told.delegated_by),
            ("valid_from", told.valid_from),
            ("valid_until", told.valid_until),
        ];
        let present = fields.into_iter();
        Record::of_fields(present.filter_map(|(name, value)| Some((name.to_owned(), value?))))
    });
    let categories = answer.categories.into_iter();
    let categories = categories.map(|name| Record::of_fields([("category".to_owned(), name)]));
    Ok(entitlements(roles.chain(categories))?)
}

const JSON: &str = "application/json";
/// Octets of the longest answer.
const LARGEST: usize = 256 * 1024;
