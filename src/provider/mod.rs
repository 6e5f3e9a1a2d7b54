//! What a relying party calls: `/authorize`, `/token`, `/userinfo`, `/jwks` and discovery.
//!
//! Not pages: `web` speaks with people. Handlers here extract, call a verb of `login`, and reply.

mod checks;
mod hint;
mod parameters;
