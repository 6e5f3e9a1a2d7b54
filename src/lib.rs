//! Varco: an identity broker. A citizen signs in once with a public digital identity; Varco checks
//! the answer, normalises the person, and issues OpenID Connect tokens to agency portals.
//!
//! The modules below stand in order: each uses only what stands before it, and
//! `tests/architecture.rs` fails the build when one does not.
//! A login has five verbs, one file each in [`login`]: begin, redirect, receive, complete, redeem.
//! An upstream ([`upstream`]) sees no HTTP framework, no other upstream and no store.
//! A fault ([`fault`]) is one row with three readers: the person, the relying party, the operator.
//! `docs/architecture.md` walks through a login; `docs/glossary.md` fixes the words.

pub mod effects;
pub mod terms;
pub mod crypto;
pub mod state;
pub mod registry;
pub mod xml;
pub mod saml;
pub mod oidc;
pub mod federation;
pub mod identity;
pub mod policy;
pub mod credential;
pub mod upstream;
pub mod fault;
pub mod entitlement;
pub mod audit;
pub mod delegation;
pub mod login;
pub mod helpdesk;
pub mod telephone;
pub mod web;
pub mod provider;
pub mod ops;
pub mod config;
pub mod app;
