//! The authority that says whether a fiscal code is somebody's: a gateway to ANPR, or a list of an office.
//!
//! Not a source of data: it is told a code with the names and the day of birth that came with the person,
//! and says yes, no or that it cannot tell. Whatever else it says, or nothing in time, is no match.

use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::crypto::digest::sha256;
use crate::effects::{Effects, FetchLimits, FetchRequest, FetchUrl, OutboundFault};
use crate::identity::{FiscalCode, Profile};

/// What it is told.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// The code, upper case.
    pub fiscal_code: String,
    /// As the person's state writes it, in Latin script.
    pub family_name: String,
    /// All of them.
    pub given_name: String,
    /// `YYYY-MM-DD`.
    pub birthdate: String,
}

impl Question {
    /// `None` when a part of the minimum data set is missing.
    pub(super) fn of(code: &FiscalCode, profile: &Profile) -> Option<Self> {
        Some(Self {
            fiscal_code: code.as_str().to_owned(),
            family_name: profile.family_name.as_ref()?.as_str().to_owned(),
            given_name: profile.given_name.as_ref()?.as_str().to_owned(),
            birthdate: profile.birthdate.as_ref()?.as_str().to_owned(),
        })
    }

    /// The same whoever writes the names in capitals.
    fn digest(&self) -> [u8; 32] {
        let names = [&self.family_name, &self.given_name].map(|name| name.trim().to_uppercase());
        let [family, given] = names;
        sha256(
            [&self.fiscal_code, &family, &given, &self.birthdate]
                .map(String::as_str)
                .join("\n")
                .as_bytes(),
        )
    }
}

/// What it says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The code is this person's and nobody else's.
    Match,
    /// It is not.
    NoMatch,
    /// It could be more than one person's.
    Ambiguous,
}

/// Why it says nothing.
#[derive(Debug, thiserror::Error)]
pub enum VerifierFault {
    /// It does not answer, or not in time.
    #[error("{0}")]
    Outbound(#[from] OutboundFault),
    /// It answers something else.
    #[error("status {0}")]
    Status(u16),
    /// Its answer is no verdict.
    #[error("the answer is not {{\"result\": \"match\" | \"no_match\" | \"ambiguous\"}}")]
    Answer,
}

/// Whom to ask.
pub enum Verifier {
    /// A list that an office keeps.
    List {
        /// As pages and the registry call it.
        name: String,
        /// Who is on it; digests, so that memory holds no names.
        people: Vec<[u8; 32]>,
    },
    /// A service.
    Http {
        /// As pages and the registry call it.
        name: String,
        /// Where it is asked, by POST.
        url: FetchUrl,
        /// What it knows us by.
        token: Option<SecretString>,
        /// From the first lookup to the last octet.
        time: Duration,
    },
}

impl Verifier {
    /// A list of people.
    #[must_use]
    pub fn list(name: String, people: &[Question]) -> Self {
        Self::List { name, people: people.iter().map(Question::digest).collect() }
    }

    /// As pages and the registry call it.
    #[must_use]
    pub fn name(&self) -> &str {
        let (Self::List { name, .. } | Self::Http { name, .. }) = self;
        name
    }

    /// Asks.
    ///
    /// # Errors
    /// [`VerifierFault`]: then nothing is verified.
    pub async fn ask(&self, question: &Question, fx: &Effects) -> Result<Verdict, VerifierFault> {
        let (url, token, time) = match self {
            Self::List { people, .. } => {
                let digest = question.digest();
                let found = people.iter().filter(|known| **known == digest).count();
                return Ok(match found {
                    0 => Verdict::NoMatch,
                    1 => Verdict::Match,
                    _ => Verdict::Ambiguous,
                });
            }
            Self::Http { url, token, time, .. } => (url, token, *time),
        };
        let Question { fiscal_code, family_name, given_name, birthdate } = question;
        let told = json!({
            "fiscal_code": fiscal_code, "family_name": family_name,
            "given_name": given_name, "birthdate": birthdate,
        });
        let limits = FetchLimits { octets: LARGEST, time };
        let told = told.to_string().into_bytes();
        let mut request = FetchRequest::post(url.clone(), JSON, told, JSON, limits);
        if let Some(token) = token {
            let bearer = format!("Bearer {}", token.expose_secret());
            request = request.with_header("authorization", bearer.into());
        }
        let fetched = fx.fetch(&request).await?;
        if fetched.status != 200 {
            return Err(VerifierFault::Status(fetched.status));
        }
        let said: Map<String, Value> =
            serde_json::from_slice(&fetched.body).map_err(|_| VerifierFault::Answer)?;
        let result = said.get("result").ok_or(VerifierFault::Answer)?;
        Verdict::deserialize(result).map_err(|_| VerifierFault::Answer)
    }
}

/// Neither people nor secrets.
impl std::fmt::Debug for Verifier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Verifier").field("name", &self.name()).finish_non_exhaustive()
    }
}

const JSON: &str = "application/json";
/// Octets of the longest answer.
const LARGEST: usize = 4096;

#[cfg(test)]
mod tests;
