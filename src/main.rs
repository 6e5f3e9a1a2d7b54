//! Varco.
fn main() {}
