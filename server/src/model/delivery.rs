//! One notification to one target for one reason; its attempts; how it ended; when to try again.

use serde::{Deserialize, Serialize};
use std::time::Duration;
use world::Millis;

/// Attempts after which a delivery fails for good.
pub const ATTEMPTS_MAX: i64 = 8;
/// Age after which nobody is helped by the message any more.
pub const AGE_MAX: Duration = Duration::from_secs(6 * 3600);

/// Whom a delivery is for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Target {
    /// A group, by `Chat::id`.
    Chat(String),
    /// An employee, by DingTalk user id.
    Person(String),
    /// A responder to whom nobody in DingTalk is linked, by Flashduty member id.
    Member(i64),
    /// The whole Corp, by a work notice.
    Everybody,
}

impl Target {
    /// The value of the `target_kind` column.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Chat(_) => "chat",
            Self::Person(_) => "person",
            Self::Member(_) => "member",
            Self::Everybody => "everybody",
        }
    }

    /// The value of the `target` column.
    pub fn id(&self) -> String {
        match self {
            Self::Chat(id) | Self::Person(id) => id.clone(),
            Self::Member(id) => id.to_string(),
            Self::Everybody => String::new(),
        }
    }

    /// The target of two columns.
    pub fn from_columns(kind: &str, id: &str) -> Option<Self> {
        match kind {
            "chat" => Some(Self::Chat(id.to_owned())),
            "person" => Some(Self::Person(id.to_owned())),
            "member" => id.parse().ok().map(Self::Member),
            "everybody" => Some(Self::Everybody),
            _ => None,
        }
    }
}

/// One notification to one target for one reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    pub id: String,
    pub integration: String,
    pub incident_id: String,
    pub target: Target,
    pub target_name: String,
    /// Why it exists; with incident and target it is unique.
    pub reason: String,
    pub state: DeliveryState,
    pub outcome: Outcome,
    /// DingTalk's code of the last attempt.
    pub code: String,
    pub message: String,
    pub request_id: String,
    /// What its reader sees in the chat list.
    pub text: String,
    pub attempts: i64,
    /// Counted calls spent.
    pub cost: i64,
    pub next: Option<Millis>,
    pub created: Millis,
    pub updated: Millis,
    pub version: i64,
}

/// One try.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    pub delivery_id: String,
    pub number: i64,
    pub outcome: Outcome,
    pub code: String,
    pub message: String,
    pub request_id: String,
    pub at: Millis,
}

/// Whether anything is left to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeliveryState {
    Waiting,
    Done,
    Failed,
}

impl DeliveryState {
    /// The value in the database.
    pub fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Done => "done",
            Self::Failed => "failed",
        }
    }

    /// The state of a database value.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Waiting, Self::Done, Self::Failed].into_iter().find(|state| state.name() == name)
    }
}

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
    /// Any other refusal.
    Refused = "refused";
    /// A fault of ours.
    Fault = "fault";
}

impl Outcome {
    /// What becomes of a delivery whose last attempt ended so. `told` is how long DingTalk asked to wait; `jitter` is
    /// in `0.0..1.0`. Sending a card again is safe: its out-track id makes the call idempotent.
    pub fn next_time(self, attempts: i64, created: Millis, now: Millis, told: Option<Duration>, jitter: f64) -> Next {
        let wait = match self {
            Self::Delivered | Self::Accepted | Self::Read | Self::Recalled => return Next::Done,
            Self::Throttled => told.unwrap_or(Duration::from_secs(1)),
            // Section 10.2 of the DingTalk reference: an address stays banned for five minutes.
            Self::Banned => Duration::from_secs(5 * 60),
            Self::QuotaSpent => Duration::from_secs(3600),
            Self::Waiting | Self::Busy | Self::Unreachable | Self::Unclear | Self::Fault => {
                let exponent = u32::try_from(attempts.clamp(1, 10) - 1).unwrap_or(0);
                Duration::from_secs(2).saturating_mul(1 << exponent).min(Duration::from_secs(10 * 60))
            }
            _ => return Next::Failed,
        };
        // Being throttled, banned or out of quota is waiting, not trying: only age ends it.
        let tries_count = !matches!(self, Self::Throttled | Self::Banned | Self::QuotaSpent);
        if (tries_count && attempts >= ATTEMPTS_MAX) || now.since(created) >= AGE_MAX {
            return Next::Failed;
        }
        Next::At(now.plus(wait + wait.mul_f64(jitter.clamp(0.0, 1.0) / 2.0)))
    }
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
        let at = |outcome: Outcome, attempts| outcome.next_time(attempts, Millis(0), Millis(1_000), None, 0.0);
        assert_eq!(at(Outcome::Delivered, 1), Next::Done);
        assert_eq!(at(Outcome::AppNotLinked, 1), Next::Failed);
        assert_eq!(at(Outcome::Unreachable, 1), Next::At(Millis(3_000)));
        assert_eq!(at(Outcome::Unreachable, 3), Next::At(Millis(9_000)));
        assert_eq!(at(Outcome::Busy, ATTEMPTS_MAX), Next::Failed);
        assert_eq!(at(Outcome::Throttled, 50), Next::At(Millis(2_000)), "waiting is not trying");
        assert_eq!(Outcome::Throttled.next_time(1, Millis(0), Millis(21_600_000), None, 0.0), Next::Failed);
    }

    #[test]
    fn names_are_unique() {
        for outcome in Outcome::ALL {
            assert_eq!(Outcome::from_name(outcome.name()), Some(*outcome));
        }
    }
}
