//! Which peers are proxies of ours: what they say about a connection in a header is believed.
//!
//! Not the client's address: no header ever says who the peer is.

use std::net::IpAddr;

/// Addresses and networks. Empty: nobody is believed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TrustedProxies(Vec<Network>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Network {
    address: u128,
    mask: u128,
}

impl TrustedProxies {
    /// Adds an address, or a network in CIDR notation with no bit set behind its prefix. `false`: it
    /// is neither, and nothing was added.
    #[must_use]
    pub fn add(&mut self, written: &str) -> bool {
        let network = network(written);
        self.0.extend(network);
        network.is_some()
    }

    /// Whether `peer` is one of them.
    #[must_use]
    pub fn contain(&self, peer: IpAddr) -> bool {
        let peer = octets(peer);
        self.0.iter().any(|network| peer & network.mask == network.address)
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

fn network(written: &str) -> Option<Network> {
    let (address, prefix) = match written.split_once('/') {
        Some((address, prefix)) => (address, Some(prefix)),
        None => (written, None),
    };
    let address: IpAddr = address.parse().ok()?;
    let bits = if address.is_ipv4() { 32 } else { 128 };
    let prefix = match prefix {
        None => bits,
        Some(text) if text.bytes().all(|b| b.is_ascii_digit()) => text.parse::<u32>().ok()?,
        Some(_) => return None,
    };
    let behind = bits.checked_sub(prefix)?;
    let mask = u128::MAX.checked_shl(behind).unwrap_or(0);
    let address = octets(address);
    (address & mask == address).then_some(Network { address, mask })
}

/// A peer over IPv4 may come to an IPv6 socket: both are written alike.
fn octets(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => address.to_ipv6_mapped().to_bits(),
        IpAddr::V6(address) => address.to_bits(),
    }
}

#[cfg(test)]
mod tests {
    use super::TrustedProxies;

    #[test]
    fn only_who_is_written_is_believed() {
        let mut proxies = TrustedProxies::default();
        for written in ["192.0.2.7", "10.1.0.0/16", "2001:db8:1::/48", "::1"] {
            assert!(proxies.add(written), "{written}");
        }
        for (peer, expected) in [
            ("192.0.2.7", true),
            ("::ffff:192.0.2.7", true),
            ("192.0.2.8", false),
            ("192.0.2.6", false),
            ("10.1.255.255", true),
            ("10.2.0.0", false),
            ("10.0.255.255", false),
            ("2001:db8:1:ffff::9", true),
            ("2001:db8:2::", false),
            ("::1", true),
            ("127.0.0.1", false),
            ("::", false),
        ] {
            assert_eq!(proxies.contain(peer.parse().unwrap()), expected, "{peer}");
        }
        assert!(!TrustedProxies::default().contain("127.0.0.1".parse().unwrap()));
    }

    #[test]
    fn every_address_is_a_network_and_a_slip_is_none() {
        let mut proxies = TrustedProxies::default();
        assert!(proxies.add("::/0"));
        assert!(proxies.contain("192.0.2.1".parse().unwrap()));
        for written in [
            "",
            "proxy.test",
            "10.0.0.0/33",
            "10.0.0.1/8",
            "::/129",
            "10.0.0.0/",
            "10.0.0.0/+8",
            "10/8",
        ] {
            assert!(!TrustedProxies::default().add(written), "{written}");
        }
    }
}
