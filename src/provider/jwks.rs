//! `/jwks`: the public keys, those that will sign and those that signed too (RFC 7517, section 5).
//!
//! Not a store: the ring keeps the document ready.

use actix_web::HttpResponse;
use actix_web::web::{Bytes, Data};

use super::{Provider, answer};

pub(super) async fn get(provider: Data<Provider>) -> HttpResponse {
    let body = Bytes::copy_from_slice(provider.broker.issuer.ring().publish().as_bytes());
    answer::public(body, "public, max-age=300")
}
