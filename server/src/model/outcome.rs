//! How an attempt or a delivery ended, and when to try again.

use serde::{Deserialize, Serialize};
use std::time::Duration;
use world::Millis;

/// Tries after which a delivery fails for good.
pub const TRIES_MAX: i64 = 8;
/// Age after which nobody is helped by the message any more.
pub const AGE_MAX: Duration = Duration::from_secs(6 * 3600);
/// What is held until the next month is still worth sending then, if its incident is open.
pub const HELD_AGE_MAX: Duration = Duration::from_secs(32 * 24 * 3600);
const TROUBLE_WAIT: Duration = Duration::from_secs(2);
const TROUBLE_WAIT_MAX: Duration = Duration::from_secs(10 * 60);
const THROTTLED_WAIT: Duration = Duration::from_secs(1);
const THROTTLED_WAIT_MAX: Duration = Duration::from_secs(60);
/// Section 10.2 of the DingTalk reference: an address stays banned for five minutes.
const BANNED_WAIT: Duration = Duration::from_secs(5 * 60);
const HELD_WAIT: Duration = Duration::from_secs(3600);
/// Jitter is half of the wait, but never more than half of this.
const JITTERED_MAX: Duration = Duration::from_secs(10 * 60);

macro_rules! outcomes {
    ($($(#[$doc:meta])* $variant:ident = $name:literal;)+) => {
        /// How an attempt or a delivery ended: a closed list. Names are fixed (automation API, filters).
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
        pub enum Outcome {
            $($(#[$doc])* #[serde(rename = $name)] $variant,)+
        }

        impl Outcome {
            /// Every outcome there is.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The fixed name.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }

            /// The outcome of a fixed name.
            pub fn from_name(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|outcome| outcome.name() == name)
            }
        }
    };
}

outcomes! {
    /// Not tried yet.
    Waiting = "waiting";
    /// DingTalk took it.
    Delivered = "delivered";
    /// DingTalk took a work notice; what became of it is asked for later.
    Accepted = "accepted";
    /// A work notice that was read.
    Read = "read";
    /// A work notice that was taken back.
    Recalled = "recalled";
    /// The responder has never linked accounts.
    AppNotLinked = "app not linked";
    /// The cool app or its bot is not in the group.
    NotInstalled = "not installed";
    /// The group is gone.
    ChatGone = "group gone";
    /// DingTalk knows no such person.
    UnknownPerson = "unknown person";
    /// The person is outside the app's visible range.
    OutOfRange = "outside visible range";
    /// The bot has no conversation with the person.
    NoSession = "no conversation with the bot";
    /// A permission point is missing.
    MissingScope = "permission missing";
    /// Client ID or Client Secret are wrong.
    CredentialsRefused = "credentials refused";
    /// The card template is missing, unpublished or does not take our variables.
    TemplateUnusable = "card template unusable";
    /// DingTalk's content check refused it.
    ContentRefused = "content refused";
    /// A work notice that DingTalk took and showed to nobody.
    Withheld = "withheld";
    /// A work notice whose sending failed at DingTalk.
    SendingFailed = "sending failed";
    /// The person has had as many work notices today as DingTalk shows, or the company as many to everybody.
    DayLimit = "limit of the day";
    /// The app's list of allowed addresses lacks this server's.
    AddressNotAllowed = "address not allowed";
    /// The bot is disabled, muted or another app's.
    BotUnusable = "bot unusable";
    /// Held back until the time it was told, so that what is more important gets through.
    Held = "held";
    /// Too fast; waits as told.
    Throttled = "throttled";
    /// The address is banned for some minutes.
    Banned = "address banned";
    /// The month's quota is used up.
    QuotaSpent = "quota spent";
    /// DingTalk is busy.
    Busy = "platform busy";
    /// DingTalk could not be reached.
    Unreachable = "unreachable";
    /// Sent, but no answer came: it may have arrived.
    Unclear = "unclear";
    /// Part of a digest card, whose id is in the message.
    Folded = "folded";
    /// The incident was over before it could be sent.
    Cancelled = "cancelled";
    /// Any other refusal.
    Refused = "refused";
    /// A fault of ours.
    Fault = "fault";
}

impl Outcome {
    /// What becomes of a delivery whose last attempt ended so. `tries` and `asked` count from when it was last asked
    /// for. `told` is how long to wait, where somebody said; `jitter` is in `0.0..1.0`. Only for what can be sent again
    /// without showing it twice.
    pub fn next_time(self, tries: i64, asked: Millis, now: Millis, told: Option<Duration>, jitter: f64) -> Next {
        let wait = match self {
            Self::Delivered | Self::Accepted | Self::Read | Self::Recalled | Self::Folded | Self::Cancelled => {
                return Next::Done;
            }
            Self::Throttled => told.unwrap_or(THROTTLED_WAIT).max(doubled(THROTTLED_WAIT, tries, THROTTLED_WAIT_MAX)),
            Self::Banned => told.unwrap_or(BANNED_WAIT),
            Self::QuotaSpent | Self::Held => told.unwrap_or(HELD_WAIT),
            Self::Waiting | Self::Busy | Self::Unreachable | Self::Unclear | Self::Fault => {
                doubled(TROUBLE_WAIT, tries, TROUBLE_WAIT_MAX)
            }
            _ => return Next::Failed,
        };
        let is_trying = !matches!(self, Self::Throttled | Self::Banned | Self::QuotaSpent | Self::Held);
        let age_max = if matches!(self, Self::QuotaSpent | Self::Held) { HELD_AGE_MAX } else { AGE_MAX };
        if (is_trying && tries >= TRIES_MAX) || now.since(asked) >= age_max {
            return Next::Failed;
        }
        // Many that were refused together do not come back together.
        Next::At(now.plus(wait + wait.min(JITTERED_MAX).mul_f64(jitter.clamp(0.0, 1.0) / 2.0)))
    }

    /// Whether it passes by itself.
    pub fn is_passing(self) -> bool {
        matches!(self.next_time(1, Millis(0), Millis(0), None, 0.0), Next::At(_))
    }
}

/// `first`, twice that, four times …, `most` at most.
fn doubled(first: Duration, tries: i64, most: Duration) -> Duration {
    let exponent = u32::try_from(tries.clamp(1, 12) - 1).unwrap_or(0);
    first.saturating_mul(1 << exponent).min(most)
}

/// What becomes of a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    Done,
    Failed,
    At(Millis),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retry_by_outcome() {
        let at = |outcome: Outcome, tries| outcome.next_time(tries, Millis(0), Millis(1_000), None, 0.0);
        assert_eq!(at(Outcome::Delivered, 1), Next::Done);
        assert_eq!(at(Outcome::Folded, 1), Next::Done);
        assert_eq!(at(Outcome::AppNotLinked, 1), Next::Failed);
        assert_eq!(at(Outcome::Unreachable, 1), Next::At(Millis(3_000)));
        assert_eq!(at(Outcome::Unreachable, 3), Next::At(Millis(9_000)));
        assert_eq!(at(Outcome::Busy, TRIES_MAX), Next::Failed);
        assert_eq!(at(Outcome::Throttled, 1), Next::At(Millis(2_000)));
        assert_eq!(at(Outcome::Throttled, 50), Next::At(Millis(61_000)), "waiting is not trying, but it is spaced");
        assert_eq!(Outcome::Throttled.next_time(1, Millis(0), Millis(21_600_000), None, 0.0), Next::Failed);
    }

    #[test]
    fn what_is_held_until_the_month_ends_is_not_too_old_then() {
        let day = Duration::from_secs(86_400);
        let next = Outcome::QuotaSpent.next_time(90, Millis(0), Millis(86_400_000), Some(day * 20), 0.0);
        assert_eq!(next, Next::At(Millis(21 * 86_400_000)));
        let late = Outcome::Held.next_time(1, Millis(0), Millis(33 * 86_400_000), Some(day), 0.0);
        assert_eq!(late, Next::Failed);
    }

    #[test]
    fn names_are_unique() {
        for outcome in Outcome::ALL {
            assert_eq!(Outcome::from_name(outcome.name()), Some(*outcome));
        }
    }
}
