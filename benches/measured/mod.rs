//! What the kernel says of this process: its CPU and its memory.
//!
//! Not time on the wall: another process would be in it.

use std::fs;

/// CPU of this thread's process so far.
pub(crate) fn cpu_seconds() -> f64 {
    let text = fs::read_to_string("/proc/self/schedstat").expect("Linux");
    let nanoseconds: u64 =
        text.split(' ').next().and_then(|one| one.parse().ok()).expect("a number");
    nanoseconds as f64 / 1e9
}

/// Octets of memory that this process holds.
pub(crate) fn resident() -> usize {
    let text = fs::read_to_string("/proc/self/statm").expect("Linux");
    let pages: usize = text.split(' ').nth(1).and_then(|one| one.parse().ok()).expect("a number");
    pages * 4096
}
