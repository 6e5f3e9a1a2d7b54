//! What the fuzz targets share: a fixed world in which one answer is genuine, and a second reader.
//!
//! Not part of the product. `scripts/fuzz` builds and runs the targets in `fuzz_targets/`; the seeds in
//! `corpus/` and the certificates in `fixtures/` are made by `cargo run -p varco-fuzz --bin seeds`.

pub mod messages;
pub mod second_reader;
pub mod world;
