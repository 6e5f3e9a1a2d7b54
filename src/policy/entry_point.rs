//! Entry points: addresses of retired portals that still have visitors.
//!
//! Not redirects: people read why the address is no longer in use before they follow a link, and every
//! link stands in the file, so that no request can choose where it leads. INPS circular 146/2021 retires
//! a registry site and moves its functions to another agency's portal.

use crate::oidc::client::{ClientId, Texts};
use crate::terms::Day;

/// An address that is no longer in use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryPoint {
    /// Its name in metrics: `a–z 0–9 -`.
    pub id: String,
    /// The retired host, in lower case; `None`: any host that reaches the broker.
    pub host: Option<String>,
    /// The path below which everything is retired; `None`: the whole host.
    pub path: Option<String>,
    /// The first day on which it is retired.
    pub from: Day,
    /// The service whose name and assistance the page shows.
    pub service: Option<ClientId>,
    /// What happened, in a few words.
    pub title: Texts,
    /// Why; an empty line separates paragraphs.
    pub text: Texts,
    /// The law, decree or circular that it rests on.
    pub legal_ref: String,
    /// Where to go now.
    pub moved_to: String,
    /// Where single pages went.
    pub links: Vec<DeepLink>,
}

/// Where one page of a retired portal went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeepLink {
    /// The page and all below it.
    pub path: String,
    /// Where it is now.
    pub moved_to: String,
}

impl EntryPoint {
    /// Whether a request for `path` at `host` is for this one, on `day`.
    #[must_use]
    pub fn is_at(&self, host: Option<&str>, path: &str, day: Day) -> bool {
        let this_host = match (&self.host, host) {
            (None, _) => true,
            (Some(retired), Some(asked)) => retired.eq_ignore_ascii_case(asked),
            (Some(_), None) => false,
        };
        let this_path = self.path.as_deref().is_none_or(|retired| is_below(path, retired));
        self.from <= day && this_host && this_path
    }

    /// Where the page at `path` is now.
    #[must_use]
    pub fn target(&self, path: &str) -> &str {
        let matching = self.links.iter().filter(|link| is_below(path, &link.path));
        let deepest = matching.max_by_key(|link| link.path.len());
        deepest.map_or(self.moved_to.as_str(), |link| link.moved_to.as_str())
    }
}

/// Whether `path` is `above` or lies below it, segment by segment.
fn is_below(path: &str, above: &str) -> bool {
    let above = above.trim_end_matches('/');
    path.strip_prefix(above).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_below_another_by_whole_segments() {
        for (path, above, below) in [
            ("/durc", "/durc", true),
            ("/durc/", "/durc", true),
            ("/durc/a/b", "/durc/", true),
            ("/durcx", "/durc", false),
            ("/x/durc", "/durc", false),
            ("/anything", "/", true),
            ("/DURC", "/durc", false),
        ] {
            assert_eq!(is_below(path, above), below, "{path} below {above}");
        }
    }
}
