//! Answers that only the client reads: encrypted to a key that it published (RFC 7516; OpenID Connect
//! Core 1.0, section 10.2).
//!
//! Not the choice whether: the registration says so, and without a usable key nothing is sent instead.

use super::Provider;
use crate::crypto::jwe::{Encryption, encrypt};
use crate::fault::Fault;
use crate::oidc::Client;

/// `plain`, encrypted to `client`; `content_type` is `JWT` for a nested token.
///
/// # Errors
/// `encryption-key-missing` when the client has no key for what it registered.
pub(super) async fn to_client(
    provider: &Provider,
    client: &Client,
    how: Encryption,
    content_type: Option<&str>,
    plain: &[u8],
) -> Result<String, Fault> {
    let fx = &provider.broker.fx;
    let missing = || Fault::of_slug("encryption-key-missing").with_detail(client.id.as_str());
    let keys = client.keys.current(fx).await.map_err(|cause| missing().caused_by(cause))?;
    encrypt(&keys, how, content_type, plain, fx).map_err(|cause| missing().caused_by(cause))
}
