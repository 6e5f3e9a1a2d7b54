//! Cookies as browsers keep them (RFC 6265bis, sections 5.6 to 5.8).
//!
//! Not complete: no domain cookies, which a `localhost` cannot set anyway, and no clock.

use url::Url;

/// The cookies of one browser.
#[derive(Debug, Default)]
pub(super) struct Jar(Vec<Cookie>);

#[derive(Debug)]
struct Cookie {
    host: String,
    name: String,
    value: String,
    path: String,
    secure: bool,
    /// `SameSite=None`: sent on cross-site POST too.
    everywhere: bool,
}

impl Jar {
    /// The header for a request; `guarded` when it is a cross-site request with an unsafe method.
    pub(super) fn cookies(&self, url: &Url, guarded: bool) -> String {
        let host = url.host_str().unwrap_or_default();
        let sent = self.0.iter().filter(|cookie| {
            // Cookies know no ports: every server on one host sees them.
            cookie.host == host
                && url.path().starts_with(&cookie.path)
                && (!cookie.secure || trustworthy(url))
                && (!guarded || cookie.everywhere)
        });
        sent.map(|cookie| format!("{}={}", cookie.name, cookie.value))
            .collect::<Vec<_>>()
            .join("; ")
    }

    /// Reads one `Set-Cookie`; what a browser would refuse is dropped.
    pub(super) fn keep(&mut self, url: &Url, header: &str) {
        let mut parts = header.split(';').map(str::trim);
        let Some((name, value)) = parts.next().and_then(|pair| pair.split_once('=')) else {
            return;
        };
        let attributes: Vec<(String, &str)> = parts
            .map(|part| part.split_once('=').unwrap_or((part, "")))
            .map(|(key, value)| (key.trim().to_ascii_lowercase(), value.trim()))
            .collect();
        let attribute = |name: &str| {
            attributes.iter().find(|(known, _)| known == name).map(|(_, value)| *value)
        };
        let secure = attribute("secure").is_some();
        let everywhere = attribute("samesite").is_some_and(|v| v.eq_ignore_ascii_case("none"));
        let path = attribute("path").filter(|path| path.starts_with('/')).unwrap_or("/");
        let host_prefix = name.starts_with("__Host-");
        let needs_secure = everywhere || name.starts_with("__Secure-");
        let refused = (secure && !trustworthy(url))
            || (needs_secure && !secure)
            || (host_prefix && (!secure || path != "/" || attribute("domain").is_some()));
        if refused {
            return;
        }
        let host = url.host_str().unwrap_or_default();
        self.0.retain(|known| known.host != host || known.name != name || known.path != path);
        if attribute("max-age").is_some_and(|age| age.starts_with(['0', '-'])) {
            return;
        }
        self.0.push(Cookie {
            host: host.to_owned(),
            name: name.to_owned(),
            value: value.to_owned(),
            path: path.to_owned(),
            secure,
            everywhere,
        });
    }
}

/// Where browsers keep and send Secure cookies: https, and loopback ("potentially trustworthy").
fn trustworthy(url: &Url) -> bool {
    url.scheme() == "https"
        || url.host_str().is_some_and(|host| host == "localhost" || host.starts_with("127."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cross_site_post_carries_no_lax_cookie() {
        let broker = Url::parse("http://localhost:8080/acs").unwrap();
        let mut jar = Jar::default();
        jar.keep(&broker, "__Host-a=1; Path=/; Secure; HttpOnly; SameSite=Lax");
        jar.keep(&broker, "b=2; Secure; SameSite=None");
        jar.keep(&broker, "__Host-c=3; Path=/sub; Secure");
        assert_eq!(jar.cookies(&broker, false), "__Host-a=1; b=2");
        assert_eq!(jar.cookies(&broker, true), "b=2");
        let elsewhere = Url::parse("http://127.0.0.1:8080/acs").unwrap();
        assert_eq!(jar.cookies(&elsewhere, false), "");
        jar.keep(&broker, "b=; Max-Age=0");
        assert_eq!(jar.cookies(&broker, true), "");
    }
}
