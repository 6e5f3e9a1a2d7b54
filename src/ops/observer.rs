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
            Event::Ended { client, upstream, outcome, lasted } => {
                let result = match outcome {
                    Ok(_) => LoginResult::Success,
                    // Who turned back, refused consent or cancelled at the provider meant to.
                    Err(row) if row.slug == "login-declined" => LoginResult::Cancelled,
                    Err(row) if matches!(row.spid_anomaly, Some(22 | 25)) => LoginResult::Cancelled,
                    Err(row) if row.is_of_policy() => LoginResult::Denied,
                    Err(_) => LoginResult::Failed,
                };
                self.login_completed(client.as_str(), upstream, outcome.ok(), result, lasted);
            }
            Event::Denied { client, instrument, reason } => {
                self.policy_denied(client.as_str(), instrument, reason);
            }
            Event::TokensIssued { client, grant } => self.token_issued(client.as_str(), grant),
            Event::Entitlements { source, outcome, lasted } => {
                self.entitlement_asked(source, outcome.name(), lasted);
            }
            Event::Matching { client, outcome } => self.matched(client.as_str(), outcome),
            Event::Delegation { source, action, result } => self.delegated(source, action, result),
            Event::TelephonePin { action, result } => self.telephoned(action, result),
            Event::LoggedOut { channel } => self.logged_out(channel.name()),
            Event::Told { client, outcome } => self.client_told(client.as_str(), outcome),
            Event::Retired { entry_point } => self.entry_point_visited(entry_point),
            Event::Desk { act, outcome } => self.desk_acted(act, outcome),
            Event::DeskAlert { alert } => self.desk_alarmed(alert),
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
