//! Tests against the whole crate, one binary: names are true sentences.

#![cfg(test)]
#![expect(
    clippy::disallowed_methods,
    reason = "tests sign with algorithms that the product never uses"
)]

mod addresses;
mod announcements;
mod calendar_file;
mod circulars;
mod card_authorities;
mod card_crypto;
mod card_flood;
mod card_judged;
mod card_login;
mod card_openssl;
mod card_proxies;
mod card_walk;
mod citizens;
mod claims;
mod configuration;
mod configuration_federation;
mod configuration_listen;
mod denial;
mod doctor;
mod entitlements;
mod entitlements_postgres;
mod fixture_openssl;
mod fixture_postgres;
mod fixture_proxy;
mod fixture_redis;
mod fixture_xml;
mod followed_files;
mod journeys;
mod key_rotation;
mod key_token;
mod log;
mod logout;
mod matching;
mod matches_command;
mod metadata_examined;
mod metadata_published;
mod one_person;
mod openid_federation;
mod openid_journeys;
mod openid_modules;
mod openid_reload;
mod outcome;
mod policy_command;
mod policy_oracle;
mod policy_replay;
mod prover;
mod provider_answer;
mod provider_assertion;
mod provider_authorize;
mod provider_dpop;
mod provider_exchange;
mod provider_federation;
mod provider_federation_explicit;
mod provider_federation_modules;
mod provider_federation_world;
mod provider_first_login;
mod provider_introspect;
mod provider_mtls;
mod provider_pushed;
mod provider_refresh;
mod provider_register;
mod provider_registration;
mod provider_signer;
mod provider_token;
mod provider_userinfo;
mod provider_world;
mod receiver;
mod relying_party_files;
mod saml_acs;
mod saml_encryption;
mod saml_world;
mod saml_xsw;
mod state_conformance;
mod state_redis;
mod state_redis_many;
mod tls;
mod tls_client;
mod xml_document;
mod xml_signature;
mod xml_wrapping;
