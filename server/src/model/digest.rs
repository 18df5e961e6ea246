//! Storms: what comes too fast for one target is folded into one counting card. When a storm begins and ends, who is
//! spared from folding, and when the card may be painted again. [`super::digest_card`] is what it shows.

use super::delivery::Target;
use super::incident::Incident;
use contract::incident::{Progress, Severity};
use std::time::Duration;
use world::Millis;

/// The span in which new incidents of a target are counted.
pub const WINDOW: Duration = Duration::from_secs(60);
/// New incidents in [`WINDOW`] that are shown one by one, unless the integration says otherwise.
pub const CARDS_PER_MINUTE: u32 = 5;
/// The most an integration may say: folding is off for all that matters.
pub const CARDS_PER_MINUTE_MAX: u32 = 10_000;
/// Cards of Critical incidents in [`WINDOW`], over an integration, that are sent whatever storm there is.
pub const SPARED_PER_MINUTE: usize = 20;
/// Shortest time between two paintings of a digest: six calls a minute. News waits that long at most.
pub const PAINT_EVERY: Duration = Duration::from_secs(10);
/// The same where every painting is a new message, in link mode.
pub const SEND_EVERY: Duration = Duration::from_secs(5 * 60);
/// How long no more may come than is shown one by one until a storm counts as over.
pub const CALM: Duration = Duration::from_secs(3 * 60);

/// The reason of a delivery that brings a digest.
pub const REASON: &str = "digest";

/// What the ids of digests begin with. Flashduty's incidents have 24 hexadecimal digits.
const PREFIX: &str = "digest-";

/// The counting card of one storm at one target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Digest {
    /// Stands where deliveries and cards name their incident.
    pub id: String,
    pub integration: String,
    pub target: Target,
    pub target_name: String,
    pub state: DigestState,
    pub began: Millis,
    /// When more came last in [`WINDOW`] than are shown one by one.
    pub hot: Millis,
    /// When DingTalk was last given it; 0 until then.
    pub painted: Millis,
    pub version: i64,
}

/// Whether a digest still takes members.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DigestState {
    Counting,
    Over,
}

impl DigestState {
    /// The value in the database.
    pub fn name(self) -> &'static str {
        match self {
            Self::Counting => "counting",
            Self::Over => "over",
        }
    }

    /// The state of a database value.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Counting, Self::Over].into_iter().find(|state| state.name() == name)
    }
}

/// What a digest counts: its members as they are now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// How many have this severity and this progress.
    pub counts: Vec<(Severity, Progress, i64)>,
    /// The newest members, newest first.
    pub newest: Vec<Incident>,
}

impl Figures {
    /// All members.
    pub fn total(&self) -> i64 {
        self.counts.iter().map(|(_, _, count)| count).sum()
    }

    /// Those with this progress.
    pub fn in_progress(&self, progress: Progress) -> i64 {
        self.counts.iter().filter(|(_, one, _)| *one == progress).map(|(_, _, count)| count).sum()
    }

    /// Those of this severity.
    pub fn of_severity(&self, severity: Severity) -> i64 {
        self.counts.iter().filter(|(one, _, _)| *one == severity).map(|(_, _, count)| count).sum()
    }

    /// The worst severity among members that are not closed, else among all.
    pub fn worst(&self) -> Severity {
        let open = self.counts.iter().filter(|(_, progress, _)| *progress != Progress::Closed);
        let worst = |counts: &mut dyn Iterator<Item = &(Severity, Progress, i64)>| counts.map(|one| one.0).min();
        worst(&mut open.into_iter()).or_else(|| worst(&mut self.counts.iter())).unwrap_or(Severity::Info)
    }
}

/// Is this the id of a digest, and not of an incident?
pub fn is_id(incident_id: &str) -> bool {
    incident_id.starts_with(PREFIX)
}

impl Digest {
    /// A digest of a storm that begins now. `unique` makes its id.
    pub fn begin(unique: &str, integration: &str, target: Target, target_name: &str, now: Millis) -> Self {
        Self {
            id: format!("{PREFIX}{unique}"),
            integration: integration.to_owned(),
            target,
            target_name: target_name.to_owned(),
            state: DigestState::Counting,
            began: now,
            hot: now,
            painted: Millis(0),
            version: 0,
        }
    }

    /// Has it been calm for long enough? A clock that was set back ends no storm early.
    pub fn has_calmed(&self, now: Millis) -> bool {
        self.state == DigestState::Counting && now.since(self.hot.min(now)) >= CALM
    }

    /// The earliest time of the next painting. `every` is [`PAINT_EVERY`] or longer.
    pub fn next_painting(&self, every: Duration, now: Millis) -> Millis {
        // A clock that was set back must not keep the card from following for longer than usual.
        self.painted.min(now).plus(every).max(now)
    }
}

/// Do so many new incidents make a storm, `recent` in the window before and `coming` now?
pub fn is_storm(recent: usize, coming: usize, cards_per_minute: u32) -> bool {
    recent.saturating_add(coming) > usize::try_from(cards_per_minute).unwrap_or(usize::MAX)
}

/// Does an incident get a card of its own in the middle of a storm? `spared` counts those of the last minute over the
/// integration.
pub fn is_spared(severity: Severity, spared: usize) -> bool {
    severity == Severity::Critical && spared < SPARED_PER_MINUTE
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digest() -> Digest {
        Digest::begin("x", "k", Target::Chat("c".into()), "ops", Millis(1_000_000))
    }

    #[test]
    fn what_makes_a_storm() {
        for (recent, coming, limit, expected) in [
            (0, 1, 5, false),
            (4, 1, 5, false),
            (5, 1, 5, true),
            (0, 6, 5, true),
            (0, 1, 1, false),
            (1, 1, 1, true),
            (usize::MAX, 1, CARDS_PER_MINUTE_MAX, true),
        ] {
            assert_eq!(is_storm(recent, coming, limit), expected, "{recent} + {coming} of {limit}");
        }
    }

    #[test]
    fn who_is_spared() {
        for (severity, spared, expected) in [
            (Severity::Critical, 0, true),
            (Severity::Critical, SPARED_PER_MINUTE - 1, true),
            (Severity::Critical, SPARED_PER_MINUTE, false),
            (Severity::Warning, 0, false),
            (Severity::Info, 0, false),
        ] {
            assert_eq!(is_spared(severity, spared), expected, "{severity:?} after {spared}");
        }
    }

    #[test]
    fn a_storm_ends_in_calm_whatever_the_clock_does() {
        let at = |hot: i64, now: i64| Digest { hot: Millis(hot), ..digest() }.has_calmed(Millis(now));
        assert!(!at(1_000_000, 1_000_000));
        assert!(!at(1_000_000, 1_179_999));
        assert!(at(1_000_000, 1_180_000));
        assert!(!at(9_000_000, 1_000_000), "the clock was set back");
        assert!(!Digest { state: DigestState::Over, ..digest() }.has_calmed(Millis(9_000_000)), "it is over already");
    }

    #[test]
    fn paintings_keep_their_distance() {
        let next = |painted: i64, now: i64| {
            Digest { painted: Millis(painted), ..digest() }.next_painting(PAINT_EVERY, Millis(now)).0
        };
        assert_eq!(next(0, 1_000_000), 1_000_000, "never painted");
        assert_eq!(next(995_000, 1_000_000), 1_005_000);
        assert_eq!(next(980_000, 1_000_000), 1_000_000, "long ago");
        assert_eq!(next(9_000_000, 1_000_000), 1_010_000, "the clock was set back");
    }

    #[test]
    fn figures_add_up() {
        use Progress::{Closed, Processing, Triggered};
        let counts =
            vec![(Severity::Critical, Closed, 2), (Severity::Warning, Triggered, 3), (Severity::Info, Processing, 4)];
        let figures = Figures { counts, newest: Vec::new() };
        assert_eq!(
            (figures.total(), figures.in_progress(Triggered), figures.of_severity(Severity::Critical)),
            (9, 3, 2)
        );
        assert_eq!(figures.worst(), Severity::Warning, "what is closed colours nothing");
        assert_eq!(Figures::default().worst(), Severity::Info);
        assert!(is_id(&digest().id) && !is_id("69da451ef77b1b51f40e83ee"));
    }
}
