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
