use crate::Millis;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Tells the present moment.
pub trait Clock: Send + Sync {
    /// The present moment.
    fn now(&self) -> Millis;

    /// Time since some fixed moment of this clock. It never goes back, and setting the clock does not move it.
    fn monotonic(&self) -> Duration;

    /// Whether time passes by itself. Where it does not, there is no use in waiting for it.
    fn runs(&self) -> bool {
        true
    }
}

/// The machine's clock.
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the machine's clock")]
    fn now(&self) -> Millis {
        // A clock before 1970 counts as 1970: nothing sensible can be done with it, and it must not panic.
        Millis::default().plus(SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO))
    }

    #[expect(clippy::disallowed_methods, reason = "the one place that reads the machine's steady clock")]
    fn monotonic(&self) -> Duration {
        static BEGIN: LazyLock<Instant> = LazyLock::new(Instant::now);
        BEGIN.elapsed()
    }
}

/// A clock that stands still until it is moved.
pub struct ManualClock {
    now_ms: AtomicI64,
    monotonic_ms: AtomicU64,
}

impl ManualClock {
    /// A clock standing at `moment`.
    pub fn at(moment: Millis) -> Self {
        Self { now_ms: AtomicI64::new(moment.0), monotonic_ms: AtomicU64::new(0) }
    }

    /// Lets time pass.
    pub fn advance(&self, duration: Duration) {
        let passed_ms = u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
        self.monotonic_ms.fetch_add(passed_ms, Ordering::SeqCst);
        self.set(self.now().plus(duration));
    }

    /// Sets the clock, also backwards, as an operator does: no time passes by that.
    pub fn set(&self, moment: Millis) {
        self.now_ms.store(moment.0, Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Millis {
        Millis(self.now_ms.load(Ordering::SeqCst))
    }

    fn monotonic(&self) -> Duration {
        Duration::from_millis(self.monotonic_ms.load(Ordering::SeqCst))
    }

    fn runs(&self) -> bool {
        false
    }
}
