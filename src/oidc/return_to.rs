//! A place it is safe to send the browser to: with a code, or after a logout.
//!
//! Not a URL type: the only way to make one is to compare it with what the client registered, so an
//! open redirect does not compile (RFC 9700, section 4.1.3: exact string comparison).

use serde::{Deserialize, Serialize};

use super::Client;
use super::client::ApplicationType;

/// A redirect URI of a known client.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ReturnTo(String);

impl ReturnTo {
    /// `asked`, if the client registered exactly that; the port of a loopback address is left to an
    /// application on a person's device (RFC 8252, section 7.3).
    #[must_use]
    pub fn of(client: &Client, asked: &str) -> Option<Self> {
        let native = client.protocol.application_type == ApplicationType::Native;
        let same = |known: &String| {
            known == asked
                || (native
                    && without_port(known).is_some_and(|known| Some(known) == without_port(asked)))
        };
        client.protocol.redirect_uris.iter().any(same).then(|| Self(asked.to_owned()))
    }

    /// The URI as it was registered.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The same place with answer parameters added to its query (RFC 6749, section 4.1.2).
    #[must_use]
    pub fn with(&self, parameters: &[(&str, &str)]) -> Self {
        Self(with(&self.0, parameters))
    }
}

/// A post-logout redirect URI of a known client (OpenID Connect RP-Initiated Logout 1.0, section 3).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AfterLogout(String);

impl AfterLogout {
    /// `asked`, if the client registered exactly that; `state` is added to its query.
    #[must_use]
    pub fn of(client: &Client, asked: &str, state: Option<&str>) -> Option<Self> {
        let known =
            client.protocol.post_logout_redirect_uris.iter().find(|known| *known == asked)?;
        Some(Self(state.map_or_else(|| known.clone(), |state| with(known, &[("state", state)]))))
    }

    /// The address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Host and rest of a loopback address, whatever its port.
fn without_port(uri: &str) -> Option<(&str, &str)> {
    let host = LOOPBACK.into_iter().find(|host| uri.starts_with(host))?;
    let rest = uri.strip_prefix(host)?;
    let Some(rest) = rest.strip_prefix(':') else {
        return rest.starts_with('/').then_some((host, rest));
    };
    let (port, path) = rest.split_at_checked(rest.find('/')?)?;
    let digits = (1..=5).contains(&port.len()) && port.bytes().all(|b| b.is_ascii_digit());
    digits.then_some((host, path))
}

const LOOPBACK: [&str; 2] = ["http://127.0.0.1", "http://[::1]"];

fn with(place: &str, parameters: &[(&str, &str)]) -> String {
    let mut text = place.to_owned();
    for (name, value) in parameters {
        text.push(if text.contains('?') { '&' } else { '?' });
        text.push_str(name);
        text.push('=');
        text.extend(url::form_urlencoded::byte_serialize(value.as_bytes()));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oidc::sample;

    /// OP-LO-1.
    #[test]
    fn every_variant_of_a_registered_address_is_refused_after_a_logout_too() {
        let client = sample::client("rp");
        for variant in sample::variants() {
            let asked = variant.replacen("/cb", "/bye", 1);
            assert!(AfterLogout::of(&client, &asked, None).is_none(), "{asked:?}");
        }
        for other in
            ["", "https://rp.test/cb", "https://evil.test/bye", "https://rp.test/bye?fixed=2"]
        {
            assert!(AfterLogout::of(&client, other, None).is_none(), "{other}");
        }
        let place = AfterLogout::of(&client, "https://rp.test/bye", Some("a&b")).unwrap();
        assert_eq!(place.as_str(), "https://rp.test/bye?state=a%26b");
    }

    /// RFC 8252, section 7.3.
    #[test]
    fn a_native_application_chooses_its_port_on_loopback_and_nothing_else() {
        let mut client = sample::client("rp");
        let registered = ["http://127.0.0.1/cb", "http://[::1]:1/cb", "https://rp.test/cb"];
        client.protocol.redirect_uris = registered.map(str::to_owned).into();
        client.protocol.application_type = ApplicationType::Native;
        let good = ["http://127.0.0.1:50123/cb", "http://127.0.0.1/cb", "http://[::1]:9/cb"];
        for asked in good {
            assert!(ReturnTo::of(&client, asked).is_some(), "{asked}");
        }
        for asked in [
            "http://localhost:50123/cb",
            "http://127.0.0.2:50123/cb",
            "http://127.0.0.1:50123/CB",
            "http://127.0.0.1:50123/cb?a=1",
            "http://127.0.0.1:50123/cb#a",
            "http://127.0.0.1:/cb",
            "http://127.0.0.1:123456/cb",
            "http://127.0.0.1:80@evil.test/cb",
            "http://127.0.0.1.evil.test/cb",
            "http://user@127.0.0.1:80/cb",
            "https://127.0.0.1:50123/cb",
            "https://rp.test:50123/cb",
        ] {
            assert!(ReturnTo::of(&client, asked).is_none(), "{asked}");
        }
        client.protocol.application_type = ApplicationType::Web;
        assert!(
            ReturnTo::of(&client, "http://127.0.0.1:50123/cb").is_none(),
            "a server has a port"
        );
    }
}
