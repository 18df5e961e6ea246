//! How much one sender may ask of one door, and how large it may be. Pure: the time comes in as a value.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use world::Millis;

/// Senders remembered at once. One that came long enough ago costs nothing and is forgotten first.
const SENDERS_MAX: usize = 50_000;
/// Time between two looks for senders to forget.
const SWEEP_INTERVAL: Duration = Duration::from_secs(1);

/// What a path is for, as far as limits go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Door {
    /// DingTalk's event push.
    Events,
    /// DingTalk's card buttons.
    Clicks,
    /// Flashduty's incident webhook.
    Webhook,
    /// Flashduty's robots.
    Robots,
    /// Where something secret could be guessed: APP key, console code.
    Secrets,
    /// Arrival with DingTalk's code. Each one is a call to DingTalk, which takes only so many a second.
    Arrivals,
    /// Pages and their JSON.
    Pages,
    /// Other programs, by token.
    Automation,
    /// Watching, and files that never change.
    Open,
}

/// Who comes to a door.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    Platforms,
    People,
    Watchers,
}

/// A request that was counted, for [`Limiter::give_back`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Paid {
    door: Door,
    sender: u64,
}

/// A sustained rate with room for a burst.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Rate {
    /// Time one request pays for.
    interval_ms: i64,
    /// Requests that may come at once.
    burst: i64,
}

impl Door {
    /// The door of a route template, `None` for a path nobody answers at.
    pub fn of(route: Option<&str>) -> Self {
        use contract::paths;
        match route {
            Some(paths::DINGTALK_EVENTS) => Self::Events,
            Some(paths::DINGTALK_CARDS) => Self::Clicks,
            // A custom action carries the incident's alerts, as a webhook of a storm may.
            Some(paths::FLASHDUTY_WEBHOOK | paths::FLASHDUTY_ACTION) => Self::Webhook,
            Some(paths::FLASHDUTY_ROBOT) => Self::Robots,
            Some(paths::API_LINK_APP_KEY | paths::CONSOLE_ENTER) => Self::Secrets,
            Some(paths::API_SESSION | paths::API_LOGIN_RETURN) => Self::Arrivals,
            Some(paths::LIVE | paths::READY | paths::METRICS | paths::ASSETS | paths::OPENAPI) => Self::Open,
            Some(route) if route.starts_with("/api/integrations/") => Self::Automation,
            _ => Self::Pages,
        }
    }

    /// Largest body, in bytes.
    pub fn body_bytes_max(self) -> usize {
        match self {
            Self::Events => 256 * 1024,
            // A webhook may carry every alert of a storm.
            Self::Webhook => 4 * 1024 * 1024,
            // A work notice may name 5,000 people.
            Self::Automation => 512 * 1024,
            // DingTalk's robots take 20,000 bytes.
            Self::Robots | Self::Clicks | Self::Secrets | Self::Arrivals | Self::Pages | Self::Open => 64 * 1024,
        }
    }

    /// Who comes to it.
    pub fn side(self) -> Side {
        match self {
            Self::Events | Self::Clicks | Self::Webhook | Self::Robots => Side::Platforms,
            Self::Secrets | Self::Arrivals | Self::Pages | Self::Automation => Side::People,
            Self::Open => Side::Watchers,
        }
    }

    /// The rate for one sender; none where watching must work under any load.
    fn rate(self) -> Option<Rate> {
        match self {
            // Platforms send from few addresses, and in a storm all at once; what is genuine is given back.
            Self::Events | Self::Clicks | Self::Webhook | Self::Robots => Some(Rate { interval_ms: 2, burst: 2000 }),
            // Ten a minute, with room for an office behind one address.
            Self::Secrets => Some(Rate { interval_ms: 6000, burst: 30 }),
            // Those who arrive get it back: what counts is codes that DingTalk refuses.
            Self::Arrivals => Some(Rate { interval_ms: 2000, burst: 60 }),
            // A whole company may come from one address when its service is down.
            Self::Pages | Self::Automation => Some(Rate { interval_ms: 10, burst: 1000 }),
            Self::Open => None,
        }
    }
}

/// Counts requests by door, integration and sender.
#[derive(Default)]
pub struct Limiter {
    counters: Mutex<Counters>,
    /// Keyed afresh in each process, so that nobody can aim at somebody else's counter.
    hasher: RandomState,
}

#[derive(Default)]
struct Counters {
    /// When a sender will have paid for what it has asked so far; a time in the past is no debt.
    paid: HashMap<(Door, u64), Millis>,
    /// When those without debt were last forgotten.
    swept: Millis,
}

impl Limiter {
    /// Counts one request; refused, it says after what time the next one is welcome.
    ///
    /// # Errors
    /// The time to wait.
    pub fn take(&self, door: Door, key: &str, from: IpAddr, now: Millis) -> Result<Paid, Duration> {
        let paid = Paid { door, sender: self.hasher.hash_one((key, network(from))) };
        let Some(Rate { interval_ms, burst }) = door.rate() else { return Ok(paid) };
        let sender = (door, paid.sender);
        let mut counters = self.counters.lock().unwrap_or_else(PoisonError::into_inner);
        let known = counters.paid.contains_key(&sender);
        if !known && counters.paid.len() >= SENDERS_MAX {
            counters.sweep(now);
        }
        // When all places are taken by senders in debt, newcomers share one: it is an attack from many addresses.
        let full = !known && counters.paid.len() >= SENDERS_MAX;
        let until = counters.paid.entry(if full { (door, 0) } else { sender }).or_insert(now);
        let room_ms = interval_ms * burst;
        // A clock set back must not lock anybody out for longer than a full debt lasts.
        *until = Millis(until.0.clamp(now.0, now.0.saturating_add(room_ms)));
        let next = until.0.saturating_add(interval_ms);
        let over_ms = next.saturating_sub(now.0).saturating_sub(room_ms);
        if over_ms > 0 {
            return Err(Duration::from_millis(over_ms.unsigned_abs()));
        }
        *until = Millis(next);
        Ok(paid)
    }

    /// Makes a request free that turned out to be none of those the rate is for.
    pub fn give_back(&self, Paid { door, sender }: Paid) {
        let Some(Rate { interval_ms, .. }) = door.rate() else { return };
        let mut counters = self.counters.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(until) = counters.paid.get_mut(&(door, sender)) {
            *until = Millis(until.0.saturating_sub(interval_ms));
        }
    }
}

/// Whom an address belongs to, as far as one can tell: with IPv6 everybody has 2^64 of them.
pub(super) fn network(from: IpAddr) -> IpAddr {
    match from.to_canonical() {
        IpAddr::V6(from) => IpAddr::V6(Ipv6Addr::from_bits(from.to_bits() & !u128::from(u64::MAX))),
        from => from,
    }
}

impl Counters {
    /// Forgets who owes nothing, once a second at most: under attack this would cost more than what it limits.
    fn sweep(&mut self, now: Millis) {
        if now < self.swept || now.since(self.swept) >= SWEEP_INTERVAL {
            self.paid.retain(|_, until| *until > now);
            self.swept = now;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Ipv4Addr;

    const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

    fn accepted(limiter: &Limiter, door: Door, key: &str, now: Millis) -> usize {
        (0..3000).take_while(|_| limiter.take(door, key, HERE, now).is_ok()).count()
    }

    #[test]
    fn a_burst_then_a_rate() {
        let limiter = Limiter::default();
        assert_eq!(accepted(&limiter, Door::Secrets, "k", Millis(0)), 30);
        assert_eq!(limiter.take(Door::Secrets, "k", HERE, Millis(0)), Err(Duration::from_secs(6)));
        assert_eq!(limiter.take(Door::Secrets, "k", HERE, Millis(5_999)), Err(Duration::from_millis(1)));
        assert_eq!(accepted(&limiter, Door::Secrets, "k", Millis(60_000)), 10, "a minute later");
        assert_eq!(accepted(&limiter, Door::Secrets, "k", Millis(3_600_000)), 30, "rest is not saved beyond the burst");
    }

    #[test]
    fn doors_keys_and_addresses_count_apart() {
        let limiter = Limiter::default();
        assert_eq!(accepted(&limiter, Door::Events, "k", Millis(0)), 2000);
        assert_eq!(accepted(&limiter, Door::Clicks, "k", Millis(0)), 2000);
        assert_eq!(accepted(&limiter, Door::Events, "other", Millis(0)), 2000);
        let elsewhere = IpAddr::V4(Ipv4Addr::new(203, 0, 113, 9));
        assert!(limiter.take(Door::Events, "k", elsewhere, Millis(0)).is_ok());
        assert_eq!(accepted(&limiter, Door::Open, "k", Millis(0)), 3000);
    }

    #[test]
    fn all_addresses_of_a_network_of_version_six_count_as_one() {
        let limiter = Limiter::default();
        let take = |address: &str| limiter.take(Door::Secrets, "k", address.parse().unwrap(), Millis(0));
        let accepted = (0..100).filter(|n| take(&format!("2001:db8:0:1::{n:x}")).is_ok()).count();
        assert_eq!(accepted, 30);
        assert!(take("2001:db8:0:2::1").is_ok(), "a neighbour");
        assert_eq!(take("::ffff:203.0.113.9"), take("203.0.113.9"), "the same machine");
    }

    #[test]
    fn what_is_given_back_is_not_owed() {
        let limiter = Limiter::default();
        for _ in 0..200 {
            limiter.give_back(limiter.take(Door::Arrivals, "k", HERE, Millis(0)).unwrap());
        }
        assert_eq!(accepted(&limiter, Door::Arrivals, "k", Millis(0)), 60);
    }

    #[test]
    fn a_clock_set_back_locks_nobody_out() {
        let limiter = Limiter::default();
        accepted(&limiter, Door::Secrets, "k", Millis(9_000_000));
        assert_eq!(limiter.take(Door::Secrets, "k", HERE, Millis(0)), Err(Duration::from_secs(6)));
        assert!(limiter.take(Door::Secrets, "k", HERE, Millis(6_000)).is_ok());
    }

    #[test]
    fn memory_is_bounded_and_a_flood_of_addresses_shares_one_counter() {
        let limiter = Limiter::default();
        let address = |n: u32| IpAddr::V4(Ipv4Addr::from(n));
        let accepted =
            (0..60_000_u32).filter(|n| limiter.take(Door::Secrets, "k", address(*n), Millis(0)).is_ok()).count();
        assert_eq!(accepted, SENDERS_MAX + 30);
        assert!(limiter.counters.lock().unwrap().paid.len() <= SENDERS_MAX + 1);
        assert!(limiter.take(Door::Secrets, "k", address(99_999), Millis(7_000)).is_ok(), "debts paid, places free");
    }

    #[test]
    fn every_route_has_its_door() {
        for (route, door) in [
            (Some("/dingtalk/{key}/events"), Door::Events),
            (Some("/dingtalk/{key}/cards/{secret}"), Door::Clicks),
            (Some("/flashduty/{key}/webhook/{secret}"), Door::Webhook),
            (Some("/flashduty/{key}/robot/{chat}/{secret}"), Door::Robots),
            (Some("/api/i/{key}/link/app-key"), Door::Secrets),
            (Some("/api/i/{key}/session"), Door::Arrivals),
            (Some("/api/i/{key}/login/return"), Door::Arrivals),
            (Some("/api/integrations/{key}/chats"), Door::Automation),
            (Some("/ready"), Door::Open),
            (Some("/i/{key}"), Door::Pages),
            (None, Door::Pages),
        ] {
            assert_eq!(Door::of(route), door, "{route:?}");
        }
    }
}
