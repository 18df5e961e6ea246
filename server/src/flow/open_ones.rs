//! What is open at Flashduty now, as pages and reconciliation ask for it.

use flashduty::{IncidentQuery, Progress};
use std::time::Duration;
use world::Millis;

/// Longest window Flashduty lists (reference 5.1).
const WINDOW: Duration = Duration::from_secs(31 * 24 * 3600);
/// Flashduty's clock may be ahead of ours: what it began just now must not be left out.
const CLOCK_MARGIN: Duration = Duration::from_secs(60);

/// Everything open that Flashduty lists, without a page yet.
pub fn open_ones(now: Millis) -> IncidentQuery {
    let end = now.plus(CLOCK_MARGIN);
    IncidentQuery {
        start_s: end.minus(WINDOW).seconds(),
        end_s: end.seconds(),
        progress: vec![Progress::Triggered, Progress::Processing],
        ..IncidentQuery::default()
    }
}
