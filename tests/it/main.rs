//! Tests against the whole crate, one binary: names are true sentences.

#![cfg(test)]

mod configuration;
mod fixture_redis;
mod provider_authorize;
mod provider_token;
mod provider_world;
mod state_conformance;
mod state_redis;
mod state_redis_many;
