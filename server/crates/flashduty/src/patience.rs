//! A call that Flashduty refuses because there were too many (reference 2.3, 2.4) was not carried out, and is taken a
//! moment later. For somebody who waits it is made again, also where it changes something.

use crate::{ErrorClass, FlashdutyError};
use std::time::Duration;
use tokio::sync::Semaphore;
use world::World;

/// How often one call is made again.
const REPEATS_MAX: u32 = 2;
/// How long to wait where Flashduty does not say: the shorter of its limits is one of a sliding second.
const SECOND: Duration = Duration::from_secs(1);
/// Those who were refused together must not come back together.
const SPREAD: Duration = Duration::from_millis(700);
/// Calls of one process that wait at a time. To more of them the refusal is told at once.
pub(crate) const WAITING_MAX: usize = 256;

/// How long calls may go on being made again.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Patience {
    /// No call is made again after this, by the steady clock.
    until: Duration,
}

impl Patience {
    pub fn new(world: &World, budget: Duration) -> Self {
        Self { until: world.monotonic() + budget }
    }

    /// Waits as long as a refusal asks. True when the call may be made again.
    pub async fn wait(self, world: &World, waiting: &Semaphore, error: &FlashdutyError, repeats: u32) -> bool {
        let left = self.until.saturating_sub(world.monotonic());
        let Some(rest) = rest(error.class, repeats, left, world.fraction()) else { return false };
        // Where time stands still nobody can wait.
        let Some(_place) = waiting.try_acquire().ok().filter(|_| world.runs()) else { return false };
        pause(rest).await;
        true
    }
}

/// How long to wait after a refusal, if what is left of the time allows it. `chance` is from 0 to 1.
fn rest(class: ErrorClass, repeats: u32, left: Duration, chance: f64) -> Option<Duration> {
    let ErrorClass::RateLimited { retry_after_ms } = class else { return None };
    let asked = retry_after_ms.map_or(SECOND, Duration::from_millis);
    // Whoever is refused again is one of many, and comes back later, but before the patience ends.
    let rest = asked.saturating_mul(1 + repeats).saturating_add(SPREAD.mul_f64(chance)).min(left);
    (repeats < REPEATS_MAX && asked <= left).then_some(rest)
}

#[expect(clippy::disallowed_methods, reason = "this is where a call waits for its turn at Flashduty")]
async fn pause(rest: Duration) {
    tokio::time::sleep(rest).await;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_waits_and_how_long() {
        let limited = |retry_after_ms| ErrorClass::RateLimited { retry_after_ms };
        for (class, repeats, left_ms, chance, rest_ms) in [
            (limited(None), 0, 4_000, 0.0, Some(1_000)),
            (limited(None), 0, 4_000, 0.5, Some(1_350)),
            (limited(None), 1, 4_000, 0.0, Some(2_000)),
            (limited(None), 2, 4_000, 0.0, None),
            (limited(Some(0)), 0, 4_000, 1.0, Some(700)),
            (limited(Some(3_000)), 0, 4_000, 0.0, Some(3_000)),
            (limited(Some(3_000)), 1, 4_000, 0.0, Some(4_000)),
            (limited(None), 1, 2_400, 1.0, Some(2_400)),
            (limited(Some(40_000)), 0, 4_000, 0.0, None),
            (limited(Some(u64::MAX)), 1, 4_000, 1.0, None),
            (limited(None), 0, 999, 0.0, None),
            (limited(None), 0, 1_000, 0.1, Some(1_000)),
            (ErrorClass::Busy, 0, 4_000, 0.0, None),
            (ErrorClass::Unclear, 0, 4_000, 0.0, None),
            (ErrorClass::Unreachable, 0, 4_000, 0.0, None),
        ] {
            let found = rest(class, repeats, Duration::from_millis(left_ms), chance);
            assert_eq!(found, rest_ms.map(Duration::from_millis), "{class:?} {repeats} {left_ms} {chance}");
        }
    }
}
