//! A network, as an address and the length of its prefix (RFC 4632; RFC 4291, section 2.3).
//!
//! Not a firewall: it says from where the console opens, by the address of the connection. Behind a proxy
//! that is the proxy's.

use std::net::IpAddr;

/// `192.0.2.0/24` or `2001:db8::/32`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    bits: u128,
    prefix: u32,
    is_v4: bool,
}

impl Network {
    /// `None` when it is no network, or when bits are set behind its prefix.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (address, prefix) = text.split_once('/')?;
        let (bits, width, is_v4) = bits(address.parse().ok()?);
        let prefix: u32 = prefix.parse().ok().filter(|prefix| *prefix <= width)?;
        let prefix = prefix + (128 - width);
        (bits & mask(prefix) == bits).then_some(Self { bits, prefix, is_v4 })
    }

    /// Whether the address is one of its own.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        let (bits, _, is_v4) = bits(address.to_canonical());
        is_v4 == self.is_v4 && bits & mask(self.prefix) == self.bits
    }
}

/// The bits on the left of 128 that are fixed; an IPv4 address stands on the right.
fn bits(address: IpAddr) -> (u128, u32, bool) {
    match address {
        IpAddr::V4(address) => (u128::from(address.to_bits()), 32, true),
        IpAddr::V6(address) => (address.to_bits(), 128, false),
    }
}

const fn mask(prefix: u32) -> u128 {
    match u128::MAX.checked_shl(128 - prefix) {
        Some(mask) => mask,
        None => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_holds_its_own_addresses_and_no_other() {
        for (network, inside, outside) in [
            ("10.1.0.0/16", "10.1.255.9", "10.2.0.1"),
            ("192.0.2.7/32", "192.0.2.7", "192.0.2.8"),
            ("0.0.0.0/0", "203.0.113.1", "2001:db8::1"),
            ("2001:db8::/32", "2001:db8:1::1", "2001:db9::1"),
            ("::/0", "2001:db8::1", "192.0.2.1"),
            ("10.1.0.0/16", "::ffff:10.1.2.3", "::a01:203"),
        ] {
            let network = Network::parse(network).unwrap();
            assert!(network.contains(inside.parse().unwrap()), "{network:?} {inside}");
            assert!(!network.contains(outside.parse().unwrap()), "{network:?} {outside}");
        }
    }

    #[test]
    fn what_is_no_network_is_refused() {
        for text in ["", "10.0.0.0", "10.0.0.1/8", "10.0.0.0/33", "2001:db8::/129", "a/8", "::1/64"]
        {
            assert_eq!(Network::parse(text), None, "{text}");
        }
    }
}
