//! How many connections one address may have where cards are shown: its share, so that nobody takes the
//! places of everybody.
//!
//! Not how many there are in all, and not what comes over them. An address is one of IPv4, or the /64 of IPv6
//! that one customer has. Whoever has its share is not served; proxies of ours speak for many, and have none.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use crate::terms::TrustedProxies;

/// The connections of every address that has any.
#[derive(Clone, Debug)]
pub struct Shares {
    each: usize,
    exempt: TrustedProxies,
    held: Held,
}

/// One connection of an address, until it is dropped.
#[derive(Debug)]
pub struct Share(Option<(u128, Held)>);

/// How many connections each address has.
type Held = Arc<Mutex<HashMap<u128, usize>>>;

impl Shares {
    /// So many connections for each address but `exempt` ones.
    #[must_use]
    pub fn new(each: usize, exempt: TrustedProxies) -> Self {
        Self { each, exempt, held: Arc::default() }
    }

    /// One more connection of `peer`; `None` when it has its share already.
    #[must_use]
    pub fn take(&self, peer: IpAddr) -> Option<Share> {
        if self.exempt.contain(peer) {
            return Some(Share(None));
        }
        let place = place(peer);
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let count = held.entry(place).or_default();
        // An address is there only while it has connections.
        if *count >= self.each {
            return None;
        }
        *count += 1;
        drop(held);
        Some(Share(Some((place, self.held.clone()))))
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        let Some((place, held)) = &self.0 else { return };
        let mut held = held.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = held.get_mut(place) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                held.remove(place);
            }
        }
    }
}

/// A peer over IPv4 may come to an IPv6 socket.
fn place(peer: IpAddr) -> u128 {
    match peer.to_canonical() {
        IpAddr::V4(address) => address.to_ipv6_mapped().to_bits(),
        IpAddr::V6(address) => address.to_bits() >> 64 << 64,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn peer(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn an_address_has_its_share_and_no_more_and_gets_it_back() {
        let shares = Shares::new(2, TrustedProxies::default());
        let first = shares.take(peer("192.0.2.1")).unwrap();
        let second = shares.take(peer("::ffff:192.0.2.1")).unwrap();
        assert!(shares.take(peer("192.0.2.1")).is_none());
        assert!(shares.take(peer("192.0.2.2")).is_some(), "another one has its own");
        drop(first);
        let third = shares.take(peer("192.0.2.1")).unwrap();
        assert!(shares.take(peer("192.0.2.1")).is_none());
        drop((second, third));
        assert!(shares.held.lock().unwrap().is_empty(), "nobody is remembered");
    }

    #[test]
    fn a_network_of_sixty_four_bits_is_one_address() {
        let shares = Shares::new(1, TrustedProxies::default());
        let _held = shares.take(peer("2001:db8:1:2::1")).unwrap();
        assert!(shares.take(peer("2001:db8:1:2:ffff::9")).is_none());
        assert!(shares.take(peer("2001:db8:1:3::1")).is_some());
        assert!(shares.take(peer("::1")).is_some() && shares.take(peer("127.0.0.1")).is_some());
    }

    #[test]
    fn a_trusted_proxy_speaks_for_many() {
        let mut proxies = TrustedProxies::default();
        assert!(proxies.add("192.0.2.0/28"));
        let shares = Shares::new(1, proxies);
        let all: Vec<_> = (0..100).map(|_| shares.take(peer("192.0.2.7"))).collect();
        assert!(all.iter().all(Option::is_some));
        let _held = shares.take(peer("192.0.2.99")).unwrap();
        assert!(shares.take(peer("192.0.2.99")).is_none());
    }

    #[test]
    fn a_share_is_never_given_twice() {
        let shares = Shares::new(50, TrustedProxies::default());
        let taken: Vec<Option<Share>> = std::thread::scope(|scope| {
            let many = || (0..20).map(|_| shares.take(peer("192.0.2.1"))).collect::<Vec<_>>();
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(many)).collect();
            threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
        });
        assert_eq!(taken.iter().flatten().count(), 50);
    }
}
