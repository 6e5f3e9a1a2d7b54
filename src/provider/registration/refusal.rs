//! Why a registration is refused, and how its sender is told (RFC 7591, section 3.2.2).
//!
//! Not a person's page: whoever registers is a program, and its developer reads the description. It
//! holds what they sent, and nothing of ours.

use actix_web::HttpResponse;

use crate::fault::Fault;
use crate::login::Broker;
use crate::oidc::client::Wrong;
use crate::provider::answer;

/// Why.
#[derive(Debug)]
pub(super) enum Refusal {
    /// One cause, described by its code.
    Fault(Fault),
    /// Everything that is wrong with the metadata.
    Metadata(Vec<Wrong>),
}

impl Refusal {
    /// No token, another's, one without a use left, or one of a client that is gone.
    pub(super) fn token() -> Self {
        Self::Fault(Fault::of_slug("registration-token-invalid"))
    }

    /// The answer; the operator's line names members alone.
    pub(super) fn answer(self, broker: &Broker) -> HttpResponse {
        let (fault, description) = match self {
            Self::Fault(fault) => {
                let code = fault.row().code.to_owned();
                (fault, code)
            }
            Self::Metadata(wrongs) => {
                let redirects = wrongs.iter().any(|wrong| wrong.member == "redirect_uris");
                let slug =
                    if redirects { "registration-redirect-uri" } else { "registration-metadata" };
                let members: Vec<&str> = wrongs.iter().map(|wrong| wrong.member).collect();
                let fault = Fault::of_slug(slug).with_detail(members.join(", "));
                let described = described(fault.row().code, &wrongs);
                (fault, described)
            }
        };
        answer::described_fault(broker, fault, &description, |fault| {
            let error = fault.row().oauth.unwrap_or("server_error");
            format!(r#"Bearer realm="varco", error="{error}""#)
        })
    }
}

impl From<Fault> for Refusal {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

/// Code, members and remedies, in the characters that a description may have (RFC 6749, section 5.2).
fn described(code: &str, wrongs: &[Wrong]) -> String {
    let mut text = code.to_owned();
    for Wrong { member, wrong, remedy } in wrongs {
        text.push_str("; ");
        text.push_str(member);
        text.push(' ');
        text.push_str(wrong);
        text.push_str(": ");
        text.push_str(remedy);
    }
    let plain = |c: char| match c {
        '"' => '\'',
        ' '..='~' if c != '\\' => c,
        _ => '?',
    };
    text.chars().map(plain).take(MOST).collect()
}

/// Characters of a description.
const MOST: usize = 1000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_description_has_the_characters_it_may_have_and_an_end() {
        let wrong = |wrong: &str| Wrong {
            member: "redirect_uris",
            wrong: wrong.to_owned(),
            remedy: "write another",
        };
        assert_eq!(
            described("VARCO-0802", &[wrong("\"https://a\\è\n\" is bad")]),
            "VARCO-0802; redirect_uris 'https://a???' is bad: write another"
        );
        assert_eq!(described("VARCO-0802", &[wrong(&"x".repeat(5000))]).len(), MOST);
    }
}
