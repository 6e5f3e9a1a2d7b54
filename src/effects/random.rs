//! Randomness: unpredictable octets in production, repeatable octets in tests.
//!
//! Not for choosing keys inside aws-lc, which draws its own.

use std::sync::atomic::{AtomicU64, Ordering};

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SecureRandom;

/// A source of octets.
pub trait Random: Send + Sync {
    /// Fills the whole slice.
    fn fill(&self, octets: &mut [u8]);
}

/// The generator of aws-lc, seeded by the operating system.
pub struct SystemRandom(aws_lc_rs::rand::SystemRandom);

impl SystemRandom {
    /// Opens the generator.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "the door to randomness")]
    pub fn new() -> Self {
        Self(aws_lc_rs::rand::SystemRandom::new())
    }
}

impl Default for SystemRandom {
    fn default() -> Self {
        Self::new()
    }
}

impl Random for SystemRandom {
    fn fill(&self, octets: &mut [u8]) {
        if self.0.fill(octets).is_err() {
            // Without randomness every handle would be guessable: there is nothing to go on with.
            std::process::abort();
        }
    }
}

/// Octets that repeat for a seed: SHA-256 over seed and counter. For tests only.
pub struct ScriptedRandom {
    seed: u64,
    counter: AtomicU64,
}

impl From<u64> for ScriptedRandom {
    fn from(seed: u64) -> Self {
        Self { seed, counter: AtomicU64::new(0) }
    }
}

impl Random for ScriptedRandom {
    fn fill(&self, octets: &mut [u8]) {
        for chunk in octets.chunks_mut(32) {
            let counter = self.counter.fetch_add(1, Ordering::SeqCst);
            let mut input = [0_u8; 16];
            for (place, octet) in input
                .iter_mut()
                .zip(self.seed.to_be_bytes().into_iter().chain(counter.to_be_bytes()))
            {
                *place = octet;
            }
            for (place, octet) in chunk.iter_mut().zip(digest(&SHA256, &input).as_ref()) {
                *place = *octet;
            }
        }
    }
}
