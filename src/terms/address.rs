//! Which addresses a registration may name.
//!
//! Not a redirect check: `oidc::ReturnTo` compares what a client asks with what stands here.

/// An address that a browser may be sent to: https, or http on loopback; no fragment, no user name.
///
/// # Errors
/// What is wrong with it, as the end of a sentence.
pub fn web_address(text: &str) -> Result<url::Url, &'static str> {
    let url = url::Url::parse(text).map_err(|_| "is not an address")?;
    let loopback = match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => return Err("has no host"),
    };
    if url.scheme() != "https" && !(url.scheme() == "http" && loopback) {
        return Err("is not https");
    }
    if url.fragment().is_some() || !url.username().is_empty() || url.password().is_some() {
        return Err("has a fragment or a user name");
    }
    Ok(url)
}

/// The same for an address to which paths are added: no query, no trailing slash.
///
/// # Errors
/// What is wrong with it, as the end of a sentence.
pub fn base_address(text: &str) -> Result<(), &'static str> {
    web_address(text)?;
    if text.ends_with('/') || text.contains('?') {
        Err("has a query or a trailing slash")
    } else {
        Ok(())
    }
}

/// An address that codes may be sent to: https and a fully qualified host, no wildcard; an address of this
/// machine only where that is `allowed` (RFC 9700, section 4.1; RFC 8252, sections 7.3 and 8.3).
///
/// # Errors
/// What is wrong with it, as the end of a sentence.
pub fn redirect_address(text: &str, allowed: ThisMachine) -> Result<url::Url, &'static str> {
    let url = web_address(text)?;
    let (loopback, named) = match url.host() {
        Some(url::Host::Domain("localhost")) => (true, true),
        Some(url::Host::Domain(name)) if !name.contains('.') || name.ends_with('.') => {
            return Err("names a host that is not fully qualified");
        }
        Some(url::Host::Domain(_)) | None => (false, true),
        Some(url::Host::Ipv4(address)) => (address.is_loopback(), false),
        Some(url::Host::Ipv6(address)) => (address.is_loopback(), false),
    };
    if text.split('?').next().unwrap_or_default().contains('*') {
        return Err("holds a wildcard");
    }
    match (loopback, named, allowed) {
        (false, true, _) | (true, _, ThisMachine::Yes) | (true, false, ThisMachine::ByAddress) => {
            Ok(url)
        }
        (true, true, ThisMachine::ByAddress) => Err("names localhost"),
        (true, _, ThisMachine::No) => Err("is on the machine of whoever opens it"),
        (false, false, _) => Err("names an IP address"),
    }
}

/// Whether an address of this machine is good enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ThisMachine {
    /// Never: the browser's machine is a person's.
    No,
    /// By `127.0.0.1` or `::1`, where applications on a person's device listen; `localhost` may resolve
    /// elsewhere.
    ByAddress,
    /// In any way, while developing.
    Yes,
}
