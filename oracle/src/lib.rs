//! The differential oracle: documents made at random, and other implementations asked about them.
//!
//! Not part of the product and not of the default build: it needs libxml2 and xmlsec1. What Varco
//! accepts, the others must accept with the same octets; not the reverse, Varco refuses more.

pub mod comparison;
pub mod documents;
pub mod libxml2;
pub mod policy;
