//! What the fuzz targets share: a fixed world in which one answer is genuine, and a second reader.
//!
//! Not part of the product. `scripts/fuzz` builds and runs the targets in `fuzz_targets/`; the seeds in
//! `corpus/` and the certificates and keys in `fixtures/` are made by `cargo run -p varco-fuzz --bin seeds`
//! (SAML) and `--bin token-seeds` (tokens, statements, policies).

pub mod chain;
pub mod jose;
pub mod messages;
pub mod second_reader;
pub mod world;
