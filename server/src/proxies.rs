//! Which machines in front of us are believed when they say for whom they ask.

use std::fmt;
use std::net::IpAddr;

/// Addresses of reverse proxies whose `X-Forwarded-For` is believed; by default none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proxies(Vec<Network>);

/// A range of addresses, such as `10.0.0.0/8`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Network {
    address: IpAddr,
    bits: u8,
}

impl Proxies {
    /// Reads addresses and ranges separated by commas. None when one of them is neither.
    pub fn parse(text: &str) -> Option<Self> {
        text.split(',')
            .map(str::trim)
            .filter(|part| !part.is_empty())
            .map(Network::parse)
            .collect::<Option<_>>()
            .map(Self)
    }

    /// Whether an address is a proxy's.
    pub fn has(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|network| network.contains(address))
    }

    /// Who asks: `peer` itself, unless it is a proxy; then the nearest machine in `forwarded` (the values of
    /// `X-Forwarded-For`, in order) that is none. What strangers wrote further left is not looked at.
    pub fn client<'a>(&self, peer: IpAddr, forwarded: impl DoubleEndedIterator<Item = &'a str>) -> IpAddr {
        let mut nearest = peer.to_canonical();
        for hop in forwarded.rev().flat_map(|value| value.rsplit(',')) {
            if !self.has(nearest) {
                break;
            }
            match hop.trim().parse::<IpAddr>() {
                Ok(address) => nearest = address.to_canonical(),
                Err(_) => break,
            }
        }
        nearest
    }
}

impl fmt::Display for Proxies {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, Network { address, bits }) in self.0.iter().enumerate() {
            write!(formatter, "{}{address}/{bits}", if index == 0 { "" } else { ", " })?;
        }
        Ok(())
    }
}

impl Network {
    fn parse(text: &str) -> Option<Self> {
        let (address, bits) = text.split_once('/').map_or((text, None), |(address, bits)| (address, Some(bits)));
        let address: IpAddr = address.parse().ok()?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let bits = bits.map_or(Some(most), |bits| bits.parse().ok())?;
        (bits <= most).then_some(Self { address, bits })
    }

    fn contains(&self, other: IpAddr) -> bool {
        match (self.address, other) {
            (IpAddr::V4(own), IpAddr::V4(other)) => {
                let differing = u32::from(own) ^ u32::from(other);
                differing.leading_zeros() >= u32::from(self.bits)
            }
            (IpAddr::V6(own), IpAddr::V6(other)) => {
                let differing = u128::from(own) ^ u128::from(other);
                differing.leading_zeros() >= u32::from(self.bits)
            }
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_addresses_and_ranges() {
        for (text, expected) in [
            ("127.0.0.1, ::1", Some("127.0.0.1/32, ::1/128")),
            ("10.0.0.0/8", Some("10.0.0.0/8")),
            ("", Some("")),
            ("10.0.0.0/33", None),
            ("proxy.example.com", None),
            ("10.0.0.0/", None),
        ] {
            assert_eq!(Proxies::parse(text).map(|proxies| proxies.to_string()).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn only_a_proxy_is_believed() {
        let proxies = Proxies::parse("127.0.0.1,10.0.0.0/8").unwrap();
        for (peer, forwarded, expected) in [
            ("203.0.113.9", vec!["198.51.100.1"], "203.0.113.9"),
            ("127.0.0.1", vec![], "127.0.0.1"),
            ("127.0.0.1", vec!["198.51.100.1"], "198.51.100.1"),
            ("127.0.0.1", vec!["1.2.3.4, 198.51.100.1, 10.1.2.3"], "198.51.100.1"),
            ("127.0.0.1", vec!["1.2.3.4", "198.51.100.1"], "198.51.100.1"),
            ("127.0.0.1", vec!["198.51.100.1, junk"], "127.0.0.1"),
            ("::ffff:127.0.0.1", vec!["198.51.100.1"], "198.51.100.1"),
        ] {
            let client = proxies.client(peer.parse().unwrap(), forwarded.iter().copied());
            assert_eq!(client.to_string(), expected, "{peer} {forwarded:?}");
        }
    }
}
