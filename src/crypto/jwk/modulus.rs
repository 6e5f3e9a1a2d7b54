//! Whether an RSA public key is one to rely on: its size, its exponent, and that it was not made by a
//! generator whose keys can be factored.
//!
//! Not a proof that a key is good, which nobody can give.

use super::JwkFault;

/// Checks modulus and exponent, big-endian and without leading zeros (RFC 7518, section 6.3.1).
pub(super) fn check(n: &[u8], e: &[u8]) -> Result<(), JwkFault> {
    let (Some(first), Some(last)) = (n.first(), n.last()) else {
        return Err(JwkFault::Member("n"));
    };
    if *first == 0 {
        return Err(JwkFault::Member("n"));
    }
    let bits = n.len() * 8 - usize::try_from(first.leading_zeros()).unwrap_or(8);
    if !(2048..=4096).contains(&bits) {
        return Err(JwkFault::Size);
    }
    let exponent = match e {
        [0, ..] | [] => return Err(JwkFault::Member("e")),
        octets if octets.len() <= 4 => {
            octets.iter().fold(0_u32, |sum, octet| (sum << 8) | u32::from(*octet))
        }
        _ => return Err(JwkFault::Weak),
    };
    let sound = exponent >= 65537 && exponent % 2 == 1 && last % 2 == 1;
    if sound && !has_roca_fingerprint(n) { Ok(()) } else { Err(JwkFault::Weak) }
}

/// Whether `n` leaves a power of 65537 with each of these primes. Keys made by a chip with CVE-2017-15361
/// do, and can be factored; another does by chance once in 2^27 keys (Nemec et al., "The Return of
/// Coppersmith's Attack", section 2).
fn has_roca_fingerprint(n: &[u8]) -> bool {
    MARKERS.iter().all(|prime| {
        let rest = n.iter().fold(0, |rest, octet| (rest * 256 + u32::from(*octet)) % prime);
        let mut power = 1;
        for _ in 0..*prime {
            if power == rest {
                return true;
            }
            power = power * 65537 % prime;
        }
        false
    })
}

/// The primes with which 65537 does not generate everything.
const MARKERS: [u32; 17] =
    [11, 13, 17, 19, 37, 53, 61, 71, 73, 79, 97, 103, 107, 109, 127, 151, 157];
