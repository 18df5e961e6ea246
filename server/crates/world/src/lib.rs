//! Time and chance, the two things a program cannot compute.
//!
//! Everything that needs to know the time or to draw something at random takes a [`World`], so that tests can move
//! the clock by hand and fix chance with a seed. Nothing else in the product may read the clock (the linter refuses).

mod chance;
mod clock;
mod millis;
mod peer_clock;

pub use chance::{Chance, SeededChance, SystemChance};
pub use clock::{Clock, ManualClock, SystemClock};
pub use millis::Millis;
pub use peer_clock::{PeerClock, http_date};

use std::sync::Arc;
use std::time::Duration;

/// The clock and the source of chance of one running program. Cheap to clone.
#[derive(Clone)]
pub struct World {
    clock: Arc<dyn Clock>,
    chance: Arc<dyn Chance>,
}

impl World {
    /// The real world: system clock, system randomness.
    pub fn system() -> Self {
        Self::new(Arc::new(SystemClock), Arc::new(SystemChance))
    }

    /// A world of the caller's making, for tests.
    pub fn new(clock: Arc<dyn Clock>, chance: Arc<dyn Chance>) -> Self {
        Self { clock, chance }
    }

    /// The same chance under another clock.
    #[must_use]
    pub fn with_clock(&self, clock: Arc<dyn Clock>) -> Self {
        Self { clock, chance: Arc::clone(&self.chance) }
    }

    /// The present moment.
    pub fn now(&self) -> Millis {
        self.clock.now()
    }

    /// Time since some fixed moment, which setting the clock does not move: see [`Clock::monotonic`].
    pub fn monotonic(&self) -> Duration {
        self.clock.monotonic()
    }

    /// Whether time passes by itself: see [`Clock::runs`].
    pub fn runs(&self) -> bool {
        self.clock.runs()
    }

    /// `N` random bytes, fit for keys.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.chance.fill(&mut bytes);
        bytes
    }

    /// A random text of `length` characters of `[a-z0-9]`: about 5.17 bits each.
    pub fn text(&self, length: usize) -> String {
        const ALPHABET: &[u8; 36] = b"abcdefghijklmnopqrstuvwxyz0123456789";
        let mut text = String::with_capacity(length);
        while text.len() < length {
            for byte in self.bytes::<32>() {
                // 252 is the largest multiple of 36 below 256: above it the draw would favour some letters.
                if byte < 252 && text.len() < length {
                    text.push(char::from(ALPHABET[usize::from(byte % 36)]));
                }
            }
        }
        text
    }

    /// A new identifier: 20 characters, 103 bits.
    pub fn id(&self) -> String {
        self.text(20)
    }

    /// A new unguessable secret for addresses and tokens: 32 characters, 165 bits.
    pub fn secret(&self) -> String {
        self.text(32)
    }

    /// A fraction in `0.0..1.0`, for jitter.
    pub fn fraction(&self) -> f64 {
        f64::from(u32::from_le_bytes(self.bytes())) / (f64::from(u32::MAX) + 1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seeded_world_repeats_itself() {
        let make = || World::new(Arc::new(ManualClock::at(Millis(7))), Arc::new(SeededChance::new(42)));
        let (one, two) = (make(), make());
        assert_eq!(one.id(), two.id());
        assert_eq!(one.secret().len(), 32);
        assert_ne!(one.id(), one.id());
        assert!(one.fraction() < 1.0);
        assert_eq!(one.now(), Millis(7));
    }

    #[test]
    fn setting_the_clock_lets_no_time_pass() {
        let clock = ManualClock::at(Millis(7));
        clock.advance(Duration::from_millis(5));
        clock.set(Millis(3));
        assert_eq!((clock.now(), clock.monotonic()), (Millis(3), Duration::from_millis(5)));
    }
}
