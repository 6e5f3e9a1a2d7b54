//! The members that a registration has beside those of the protocol: names, addresses, keys.
//!
//! Not their use: the parent makes a client of them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{CertificateName, FetchUrl, Locale, Wrong, web_address, wrong};

/// What the client says of itself.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Said {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) client_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) client_uri: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) logo_uri: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) policy_uri: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) tos_uri: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) initiate_login_uri: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) contacts: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) jwks: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) jwks_uri: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) sector_identifier_uri: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) subject_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) scope: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) software_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) software_version: Option<String>,
    /// `client_name#it` and its like (RFC 7591, section 2.2).
    #[serde(skip)]
    names: BTreeMap<&'static str, String>,
    /// The members of RFC 8705, section 2.1.2.
    #[serde(skip)]
    pub(super) certificate_names: BTreeMap<&'static str, String>,
}

impl Said {
    pub(super) fn parse(members: &Map<String, Value>) -> Result<Self, Wrong> {
        let mut said: Self = Self::deserialize(members).map_err(|_| TYPES)?;
        let text = |name: &str| members.get(name).and_then(Value::as_str).map(str::to_owned);
        for (member, locale) in NAMES {
            said.names.extend(text(member).map(|name| (locale.tag(), name)));
        }
        for member in CertificateName::MEMBERS {
            said.certificate_names.extend(text(member).map(|name| (member, name)));
        }
        Ok(said)
    }

    pub(super) fn value(&self) -> Result<Value, serde_json::Error> {
        let mut value = serde_json::to_value(self)?;
        if let Value::Object(members) = &mut value {
            for (member, locale) in NAMES {
                if let Some(name) = self.names.get(locale.tag()) {
                    members.insert(member.to_owned(), name.clone().into());
                }
            }
            for (member, name) in &self.certificate_names {
                members.insert((*member).to_owned(), name.clone().into());
            }
        }
        Ok(value)
    }

    /// The name in that language; the one without a language counts as Italian.
    pub(super) fn name(&self, locale: Locale) -> Option<&str> {
        let named = self.names.get(locale.tag());
        let usual = self.client_name.as_ref().filter(|_| locale == Locale::It);
        named.or(usual).map(String::as_str)
    }

    pub(super) fn any_name(&self) -> Option<&str> {
        self.names.values().next().map(String::as_str)
    }

    /// Names that can be shown, addresses that a browser may be sent to, and not too many of anything.
    pub(super) fn check(&self, redirect_uris: &[String], development: bool) -> Vec<Wrong> {
        let mut wrongs = Vec::new();
        if redirect_uris.len() > MANY || self.contacts.len() > MANY {
            let member = if self.contacts.len() > MANY { "contacts" } else { "redirect_uris" };
            wrongs.push(wrong(member, format!("has more than {MANY} entries"), "write fewer"));
        }
        let names = self.names.values().chain(&self.client_name);
        if names.into_iter().any(|name| !is_shown_as_written(name)) {
            let remedy = "write up to 100 characters without controls";
            wrongs.push(wrong("client_name", "is empty, long or holds controls", remedy));
        }
        let lines = [&self.software_id, &self.software_version].into_iter().flatten();
        if lines.chain(&self.contacts).any(|line| !is_shown_as_written(line)) {
            let remedy = "write up to 100 characters without controls";
            wrongs.push(wrong("contacts", "or software_… is long or holds controls", remedy));
        }
        for (member, address) in [
            ("client_uri", &self.client_uri),
            ("logo_uri", &self.logo_uri),
            ("policy_uri", &self.policy_uri),
            ("tos_uri", &self.tos_uri),
            ("initiate_login_uri", &self.initiate_login_uri),
        ] {
            let Some(address) = address else { continue };
            let outcome = web_address(address).map_err(str::to_owned).and_then(|url| {
                let secure = development || url.scheme() == "https";
                if secure { Ok(()) } else { Err("is not https".to_owned()) }
            });
            if let Err(found) = outcome {
                wrongs.push(wrong(member, found, "write https://host/path"));
            }
        }
        if let Some(uri) = &self.sector_identifier_uri
            && let Err(fault) = FetchUrl::parse(uri, &[], development)
        {
            let remedy = "write a public https address";
            wrongs.push(wrong("sector_identifier_uri", fault.to_string(), remedy));
        }
        wrongs
    }
}

/// Nothing that turns, hides or breaks what stands around it (Unicode Technical Report 36, section 2.5).
fn is_shown_as_written(text: &str) -> bool {
    let hides = |c: char| {
        c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
                | '\u{2060}'..='\u{2069}' | '\u{feff}')
    };
    !text.trim().is_empty() && text.chars().count() <= 100 && !text.chars().any(hides)
}

/// What is wrong with a request that is no set of members of the right types.
pub(super) const TYPES: Wrong = Wrong {
    member: "client metadata",
    wrong: String::new(),
    remedy: "a member has another JSON type than its specification says",
};

const NAMES: [(&str, Locale); 5] = [
    ("client_name#it", Locale::It),
    ("client_name#en", Locale::En),
    ("client_name#de", Locale::De),
    ("client_name#fr", Locale::Fr),
    ("client_name#sl", Locale::Sl),
];

/// More redirect URIs or contacts than any service has.
const MANY: usize = 20;
