//! From what happens to logins to numbers: which event adds to which metric.
//!
//! Not the numbers themselves. What a login's faults mean is read from their catalogue row alone.

#[cfg(test)]
mod tests;

use super::metrics::{LoginResult, Metrics};
use crate::login::{Event, Observer};

impl Observer for Metrics {
    fn observe(&self, event: Event<'_>) {
        match event {
            Event::Departed { client, upstream } => self.login_started(client.as_str(), upstream),
            Event::Refused { provider, row, .. } => match row.spid_anomaly {
                Some(number) => self.upstream_anomaly(provider, number),
                None => self.upstream_rejected(provider, row.slug),
            },
            Event::Ended { client, upstream, level, lasted } => {
                // Without a person, either a provider had answered with a refusal, or the person turned
                // back before any provider answered.
                let result = match level {
                    Some(_) => LoginResult::Success,
                    None if upstream.is_empty() => LoginResult::Cancelled,
                    None => LoginResult::Failed,
                };
                self.login_completed(client.as_str(), upstream, level, result, lasted);
            }
            Event::TokensIssued { client } => {
                self.token_issued(client.as_str(), "authorization_code");
            }
            Event::Fault { row } => {
                self.fault(row.code);
                if let (Some(error), true) = (row.oauth, row.code.starts_with(TOKEN_AREA)) {
                    self.token_error(error);
                }
            }
        }
    }
}

/// Rows of the token and userinfo endpoints.
const TOKEN_AREA: &str = "VARCO-02";
