//! Tests against the whole crate, one binary: names are true sentences.

mod configuration;
