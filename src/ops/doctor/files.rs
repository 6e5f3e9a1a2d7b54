//! Checks of what the broker reads beside its configuration: data files, and sources of roles.
//!
//! Not their rules: whoever reads a file knows those.

use std::path::Path;

use super::{Check, first};
use crate::entitlement::{Examined, SourceFault};

impl Check {
    /// A data file that is followed: what it says, and its problems.
    #[must_use]
    pub fn followed(name: &str, path: Option<&Path>, says: &str, problems: &[String]) -> Self {
        let place =
            path.map_or_else(|| "no file is named".to_owned(), |it| it.display().to_string());
        match problems {
            [] => Self::ok(name, format!("{place}: {says}")),
            problems => Self::fail(
                name,
                format!("{} problems; the first: {}", problems.len(), first(problems)),
                "run `varco check`; a running broker goes on with what it read before, and does not \
                 start again like this",
            ),
        }
    }

    /// A source of roles, as it answered a moment ago.
    #[must_use]
    pub fn source_of_roles(source: &str, found: &Result<Examined, SourceFault>) -> Self {
        let name = format!("roles {source}");
        match found {
            Ok(Examined::File(people)) => Self::ok(&name, format!("a file: {people} people")),
            Ok(Examined::Answers) => Self::ok(&name, "answers within its time"),
            Ok(Examined::Indiscriminate) => Self::fail(
                &name,
                "gives roles to somebody who does not exist",
                "have it answer for the fiscal code that is asked about, and for no other",
            ),
            Err(fault) => Self::fail(&name, fault.to_string(), remedy(fault)),
        }
    }
}

const fn remedy(fault: &SourceFault) -> &'static str {
    match fault {
        SourceFault::Query(_) => {
            "check the database, its address and credentials, the query, and timeout_ms; on_failure \
             says what a login comes to meanwhile"
        }
        SourceFault::Malformed(_) => {
            "correct what the source answers: roles, and an empty list for people whom it does not know"
        }
        SourceFault::Unknown
        | SourceFault::Outbound(_)
        | SourceFault::Redirected
        | SourceFault::Status(_) => {
            "check the server, its url, secret and certificate, and timeout_ms; it answers 200 with an \
             empty list for people whom it does not know; on_failure says what a login comes to meanwhile"
        }
    }
}
