//! Work notices: what one says, in which calls it goes out, and DingTalk's limits, obeyed before sending because
//! DingTalk takes what is beyond them and shows it to nobody (reference 9.2).

mod message;

pub use message::{Bar, Message, bar, for_incident};

use serde::{Deserialize, Serialize};
use std::time::Duration;
use world::Millis;

/// Most people of one request to us; DingTalk's own figure for a message.
pub const PEOPLE_MAX: usize = 5_000;
/// Most people of one call.
pub const BATCH_MAX: usize = 100;
/// Most people of one call with a status bar.
pub const BAR_PEOPLE_MAX: usize = 5;
/// Notices that one person is shown on one day.
pub const PERSON_A_DAY: i64 = 500;
/// People reached in one minute.
pub const PEOPLE_A_MINUTE: i64 = 5_000;
/// Notices to everybody on one day.
pub const EVERYBODY_A_DAY: i64 = 3;
/// Most bytes of a message, in its JSON text.
pub const BYTES_MAX: usize = 2_048;
/// Of these, kept free for the line that makes a repeated text another one.
pub const VARYING_BYTES: usize = 48;
/// How long DingTalk answers for a notice: about its result, its status bar, its recall.
pub const WINDOW: Duration = Duration::from_secs(24 * 3600);
/// Times a notice is sent to one person, the first included.
pub const SENDS_MAX: i64 = 3;

/// DingTalk's day begins at midnight in China.
const ZONE_MS: i64 = 8 * 3_600_000;
const DAY_MS: i64 = 24 * 3_600_000;

/// One message to some people or to everybody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkNotice {
    pub id: String,
    pub integration: String,
    /// Empty where a program asked for it.
    pub incident_id: String,
    pub content: Content,
    /// Who asked for it.
    pub actor: String,
    pub created: Millis,
    /// When it was taken back.
    pub recalled: Option<Millis>,
}

/// What a program asked for. Of an incident's notice only the first line: it is drawn anew when it is sent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    pub kind: Kind,
    pub title: String,
    pub text: String,
    pub url: String,
    /// The status bar's text; empty without one.
    #[serde(default)]
    pub status: String,
    /// Address of a picture; empty without one.
    #[serde(default)]
    pub picture: String,
}

/// The form of a notice. Names are fixed (automation API).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    #[default]
    Text,
    Markdown,
    Link,
    ActionCard,
    Oa,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 5] = [Self::Text, Self::Markdown, Self::Link, Self::ActionCard, Self::Oa];

    /// The fixed name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Markdown => "markdown",
            Self::Link => "link",
            Self::ActionCard => "action_card",
            Self::Oa => "oa",
        }
    }

    /// The kind of a fixed name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// One call: some of a notice's people, and what DingTalk said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    pub id: String,
    pub notice_id: String,
    pub integration: String,
    pub incident_id: String,
    pub state: BatchState,
    /// DingTalk's id of what it took; empty before.
    pub task_id: String,
    /// What the status bar was given last; empty without one.
    pub bar: String,
    /// Calls tried.
    pub attempts: i64,
    /// Times its result was asked for.
    pub asked: i64,
    pub sent: Option<Millis>,
    pub created: Millis,
    pub updated: Millis,
    pub version: i64,
}

/// Somebody who gets a notice: their delivery, and the batch they are in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    pub delivery_id: String,
    pub notice_id: String,
    /// Empty while in none.
    pub batch_id: String,
    /// Empty: everybody.
    pub user_id: String,
    /// Times it was sent to them.
    pub sends: i64,
}

/// How far a batch is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BatchState {
    /// To be sent.
    Waiting,
    /// The call is out, or its process died: not sent again.
    Sending,
    /// DingTalk took it.
    Sent,
    /// DingTalk refused it, or it may have arrived.
    Failed,
    /// To be taken back, or taken back.
    Recalled,
}

impl BatchState {
    /// The value in the database.
    pub fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Sending => "sending",
            Self::Sent => "sent",
            Self::Failed => "failed",
            Self::Recalled => "recalled",
        }
    }

    /// The state of a database value.
    pub fn from_name(name: &str) -> Option<Self> {
        let all = [Self::Waiting, Self::Sending, Self::Sent, Self::Failed, Self::Recalled];
        all.into_iter().find(|state| state.name() == name)
    }
}

/// Cuts people into calls.
pub fn batches<T: Clone>(people: &[T], has_bar: bool) -> Vec<Vec<T>> {
    people.chunks(if has_bar { BAR_PEOPLE_MAX } else { BATCH_MAX }).map(<[T]>::to_vec).collect()
}

/// The day whose limits count at a moment, in days since 1970.
pub fn day(at: Millis) -> i64 {
    at.0.saturating_add(ZONE_MS).div_euclid(DAY_MS)
}

/// When the next day begins.
pub fn next_day(at: Millis) -> Millis {
    Millis(day(at).saturating_add(1).saturating_mul(DAY_MS).saturating_sub(ZONE_MS))
}

/// The line that makes the `serial`-th sending of a text on a day another text: the time, and from the second on its
/// number. The first needs none.
pub fn varying_line(at: Millis, serial: i64) -> Option<String> {
    let seconds = at.0.saturating_add(ZONE_MS).rem_euclid(DAY_MS) / 1000;
    let clock = format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
    match serial {
        ..=1 => None,
        2 => Some(clock),
        more => Some(format!("{clock} · {more}")),
    }
}

/// How long a notice that was taken is left alone before its progress is asked for, after `asked` questions that found
/// it under way.
pub fn progress_wait(asked: i64) -> Duration {
    let exponent = u32::try_from(asked.clamp(0, 10)).unwrap_or(0);
    Duration::from_secs(5).saturating_mul(1 << exponent).min(Duration::from_secs(1800))
}

/// When its result is asked for again, as long as somebody has not read it: each question costs a call, so an hour
/// after sending, and shortly before DingTalk forgets.
pub fn next_look(sent: Millis, now: Millis) -> Option<Millis> {
    let looks = [Duration::from_secs(3600), Duration::from_secs(23 * 3600)];
    looks.into_iter().map(|after| sent.plus(after)).find(|at| *at > now)
}

/// How long a person's notice waits that DingTalk failed to send, after `sends` sendings.
pub fn resend_wait(sends: i64) -> Duration {
    let exponent = u32::try_from(sends.clamp(1, 5) - 1).unwrap_or(0);
    Duration::from_secs(60).saturating_mul(5_u32.saturating_pow(exponent))
}

/// Why DingTalk showed a taken notice to nobody (codes of 9.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Withheld {
    /// The person had this text today: another one will do.
    Repeated,
    /// The person has had enough today.
    DayLimit,
    /// Too many people in that minute.
    MinuteLimit,
    /// Not told.
    Unknown,
}

impl Withheld {
    /// The reason of a code.
    pub fn from_code(code: &str) -> Self {
        match code.trim() {
            "143106" => Self::Repeated,
            "143105" => Self::DayLimit,
            "143103" | "143104" => Self::MinuteLimit,
            _ => Self::Unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-09-21 22:13:20 in China.
    const NOW: Millis = Millis(1_790_000_000_000);

    #[test]
    fn a_day_ends_at_midnight_in_china() {
        let midnight = next_day(NOW);
        assert_eq!(midnight.since(NOW), Duration::from_secs(3600 + 46 * 60 + 40));
        assert_eq!(day(Millis(midnight.0 - 1)), day(NOW));
        assert_eq!(day(midnight), day(NOW) + 1);
        assert!(next_day(Millis(i64::MAX)).0 > 0, "absurd times saturate");
        assert_eq!(day(Millis(-ZONE_MS - 1)), -1);
    }

    #[test]
    fn people_go_in_batches() {
        let people: Vec<usize> = (0..201).collect();
        let sizes = |has_bar, count: usize| batches(&people[..count], has_bar).iter().map(Vec::len).collect::<Vec<_>>();
        assert_eq!(sizes(false, 201), [100, 100, 1]);
        assert_eq!(sizes(false, 100), [100]);
        assert_eq!(sizes(true, 5), [5]);
        assert_eq!(sizes(true, 6), [5, 1]);
        assert!(sizes(false, 0).is_empty());
    }

    #[test]
    fn a_repeated_text_is_varied_by_time_and_number() {
        assert_eq!(varying_line(NOW, 1), None);
        assert_eq!(varying_line(NOW, 2).as_deref(), Some("22:13:20"));
        assert_eq!(varying_line(NOW, 3).as_deref(), Some("22:13:20 · 3"));
        let longest = varying_line(Millis(i64::MAX), i64::MAX).unwrap();
        assert!(longest.len() + 8 <= VARYING_BYTES, "{longest}");
    }

    #[test]
    fn results_are_asked_for_seldom_and_within_a_day() {
        assert_eq!(next_look(NOW, NOW), Some(NOW.plus(Duration::from_secs(3600))));
        let later = NOW.plus(Duration::from_secs(3600));
        assert_eq!(next_look(NOW, later), Some(NOW.plus(Duration::from_secs(23 * 3600))));
        assert_eq!(next_look(NOW, NOW.plus(Duration::from_secs(23 * 3600))), None);
        let waits: Vec<u64> = (0..12).map(|asked| progress_wait(asked).as_secs()).collect();
        assert_eq!(waits, [5, 10, 20, 40, 80, 160, 320, 640, 1280, 1800, 1800, 1800]);
        assert_eq!((1..5).map(|sends| resend_wait(sends).as_secs()).collect::<Vec<_>>(), [60, 300, 1500, 7500]);
    }

    #[test]
    fn names_come_back() {
        for kind in Kind::ALL {
            assert_eq!(Kind::from_name(kind.name()), Some(kind));
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.name());
        }
        for (code, reason) in [
            ("143106", Withheld::Repeated),
            (" 143105", Withheld::DayLimit),
            ("143103", Withheld::MinuteLimit),
            ("", Withheld::Unknown),
        ] {
            assert_eq!(Withheld::from_code(code), reason, "{code}");
        }
    }
}
