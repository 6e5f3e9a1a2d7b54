//! What the kernel says of this process: its CPU and its memory.
//!
//! Not time on the wall: another process would be in it.

use std::fs;

/// CPU of this process so far, of all its threads, in steps of a hundredth of a second.
pub(crate) fn cpu_seconds() -> f64 {
    let text = fs::read_to_string("/proc/self/stat").expect("Linux");
    // The name of the program, which may hold anything, ends at the last parenthesis.
    let (_, fields) = text.rsplit_once(") ").expect("a name");
    let ticks: u64 =
        fields.split(' ').skip(11).take(2).map(|ticks| ticks.parse::<u64>().expect("ticks")).sum();
    ticks as f64 / 100.0
}

/// Octets of memory that this process holds.
pub(crate) fn resident() -> usize {
    let text = fs::read_to_string("/proc/self/statm").expect("Linux");
    let pages: usize = text.split(' ').nth(1).and_then(|one| one.parse().ok()).expect("a number");
    pages * 4096
}
