//! The HTTP client of the sandbox, and its bridge to `openidconnect`.
//!
//! Not the product's outbound door: the product of today fetches nothing.

use openidconnect::{HttpRequest, HttpResponse};

use crate::error::{Doing as _, SandboxError};

/// A client that follows no redirect and asks no proxy: everything it calls is on this machine.
///
/// # Errors
/// When the TLS library cannot be set up.
pub fn http_client() -> Result<reqwest::Client, SandboxError> {
    // It fails when a provider is installed already, which is just as well.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .tls_certs_only([])
        .build()
        .doing("set up an HTTP client")
}

/// One call of `openidconnect`.
///
/// # Errors
/// When the server does not answer.
pub async fn call(
    http: reqwest::Client,
    request: HttpRequest,
) -> Result<HttpResponse, SandboxError> {
    let request = reqwest::Request::try_from(request).doing("call the broker")?;
    let answer = http.execute(request).await.doing("call the broker")?;
    let mut copy = openidconnect::http::Response::builder().status(answer.status());
    for (name, value) in answer.headers() {
        copy = copy.header(name, value);
    }
    let body = answer.bytes().await.doing("read the broker's answer")?;
    copy.body(body.to_vec()).doing("read the broker's answer")
}
