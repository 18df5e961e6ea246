//! Connections of one address: so many at once and no more, so that one machine cannot take all there are. A reverse
//! proxy speaks for everybody and is not counted; it knows better who asks through it.

use super::limits::network;
use crate::proxies::Proxies;
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

/// Who is connected. Cheap to clone.
#[derive(Clone)]
pub struct Crowd {
    each_max: usize,
    proxies: Proxies,
    counted: Arc<Mutex<Counted>>,
}

#[derive(Default)]
struct Counted {
    /// By address; with IPv6 by network. Nobody is in it without a connection.
    open: HashMap<IpAddr, usize>,
    refused: u64,
}

/// One connection's place; given back when dropped.
pub struct Seat {
    crowd: Crowd,
    /// None for a proxy.
    address: Option<IpAddr>,
}

impl Crowd {
    /// Nobody is connected; each address may have `each_max` connections, a proxy as many as it likes.
    pub fn new(each_max: usize, proxies: Proxies) -> Self {
        Self { each_max, proxies, counted: Arc::default() }
    }

    /// A place for one more connection, if its address has not too many.
    pub fn seat(&self, from: IpAddr) -> Option<Seat> {
        if self.proxies.has(from) {
            return Some(Seat { crowd: self.clone(), address: None });
        }
        let address = network(from);
        let mut counted = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
        if counted.open.get(&address).is_some_and(|open| *open >= self.each_max) {
            counted.refused += 1;
            let refused = counted.refused;
            drop(counted);
            tell(refused);
            return None;
        }
        *counted.open.entry(address).or_default() += 1;
        Some(Seat { crowd: self.clone(), address: Some(address) })
    }
}

/// A flood must not fill the log as well: told of the first one, the second, the fourth, the eighth …
fn tell(refused: u64) {
    metrics::counter!("dingduty_connections_refused_total").increment(1);
    if refused.is_power_of_two() {
        tracing::warn!(
            refused,
            "one address has too many connections (connections_per_address); if it is a reverse proxy, name it in \
             trusted_proxies"
        );
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let Some(address) = self.address else { return };
        let mut counted = self.crowd.counted.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(open) = counted.open.get_mut(&address) {
            *open -= 1;
            if *open == 0 {
                counted.open.remove(&address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_address_has_its_share_and_proxies_are_not_counted() {
        let crowd = Crowd::new(2, Proxies::parse("10.0.0.0/8").unwrap());
        let seats = |address: &str, count: usize| {
            let address = address.parse().unwrap();
            (0..count).map_while(|_| crowd.seat(address)).collect::<Vec<_>>()
        };
        let first = seats("203.0.113.9", 5);
        assert_eq!(first.len(), 2);
        assert_eq!(seats("203.0.113.10", 5).len(), 2, "a neighbour");
        assert_eq!(seats("::ffff:203.0.113.9", 5).len(), 0, "the same machine");
        assert_eq!(seats("10.1.2.3", 5).len(), 5, "a proxy");
        assert_eq!(seats("::ffff:10.1.2.3", 5).len(), 5, "the same proxy");
        let networks = [seats("2001:db8:0:1::1", 1), seats("2001:db8:0:1::2", 5)];
        assert_eq!(networks.map(|seats| seats.len()), [1, 1], "one network");
        drop(first);
        assert_eq!(seats("203.0.113.9", 5).len(), 2);
        assert!(crowd.counted.lock().unwrap().open.is_empty(), "nobody is remembered who is gone");
    }
}
