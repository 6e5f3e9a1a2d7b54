//! Tests against the whole crate, one binary: names are true sentences.

#![cfg(test)]
#![expect(
    clippy::string_slice,
    clippy::format_collect,
    clippy::disallowed_methods,
    unreachable_pub,
    reason = "tests cut documents apart, sign with broken keys on purpose, and fail by panicking"
)]

mod configuration;
mod fixture_redis;
mod fixture_xml;
mod journeys;
mod provider_authorize;
mod provider_token;
mod provider_world;
mod saml_xsw;
mod state_conformance;
mod state_redis;
mod state_redis_many;
mod xml_document;
mod xml_signature;
mod xml_wrapping;
