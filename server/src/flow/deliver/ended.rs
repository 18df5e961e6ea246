//! How one attempt ended.

use crate::flow::subject::Subject;
use crate::model::card::Drawing;
use crate::model::delivery::Outcome;
use crate::model::text;
use dingtalk::{DingTalkError, ErrorClass, Meter, Why};
use std::time::Duration;
use world::Millis;

/// Longest text of what was sent that is kept of an attempt, in bytes.
const TEXT_BYTES_MAX: usize = 4_096;

/// How one attempt ended.
pub struct Ended {
    pub outcome: Outcome,
    /// DingTalk's code.
    pub code: String,
    /// DingTalk's words or ours, fit to be shown.
    pub message: String,
    pub request_id: String,
    /// What was sent; empty when nothing was.
    pub text: String,
    /// How long to wait before the next, where somebody said.
    pub told: Option<Duration>,
    /// Not sent before this moment; nothing was tried.
    pub held: Option<Millis>,
    /// Counted calls spent.
    pub cost: i64,
    /// Sending again cannot show it twice.
    pub repeatable: bool,
}

impl Ended {
    /// An end without a call.
    pub fn of(outcome: Outcome) -> Self {
        Self {
            outcome,
            code: String::new(),
            message: String::new(),
            request_id: String::new(),
            text: String::new(),
            told: None,
            held: None,
            cost: 0,
            repeatable: true,
        }
    }

    /// Of a message that may have arrived, about which nobody can be asked: it is not sent again.
    pub fn unrepeatable(self) -> Self {
        let message = "the message may have arrived, so it is not sent again".to_owned();
        Self { outcome: Outcome::Unclear, message, repeatable: false, ..self }
    }

    /// The same, saying why it went out without the company's own text; empty: nothing is wrong with that.
    pub fn without_own(self, trouble: &str) -> Self {
        if trouble.is_empty() || !self.message.is_empty() {
            return self;
        }
        Self { message: format!("with our own text instead of the company's: {trouble}"), ..self }
    }

    /// An end by DingTalk's answer.
    pub fn from_answer(answer: Result<(), DingTalkError>) -> Self {
        let Err(error) = answer else { return Self::of(Outcome::Delivered) };
        let told = match error.class {
            ErrorClass::Throttled { retry_after_ms } => retry_after_ms.map(Duration::from_millis),
            _ => None,
        };
        let held = if let ErrorClass::Held(held) = error.class { Some(held.until) } else { None };
        Self {
            code: error.code,
            message: error.message,
            request_id: error.request_id.unwrap_or_default(),
            told,
            held,
            ..Self::of(outcome(&error.class))
        }
    }
}

/// What a call cost: what was refused for its speed, by a ban or for the quota is not counted, nor what never arrived
/// (reference 10.1).
pub fn cost<T>(answer: &Result<T, DingTalkError>) -> i64 {
    answer.as_ref().map_or_else(cost_of, |_| 1)
}

/// What a failed call cost.
pub fn cost_of(error: &DingTalkError) -> i64 {
    let free = matches!(
        error.class,
        ErrorClass::Held(_)
            | ErrorClass::Throttled { .. }
            | ErrorClass::Banned
            | ErrorClass::QuotaSpent { .. }
            | ErrorClass::TokenRefused
            | ErrorClass::CredentialsRefused
            | ErrorClass::IpNotAllowed
            | ErrorClass::Unreachable
    );
    i64::from(!free)
}

/// What a card or message says, as text.
pub fn rendered(subject: &Subject, drawing: Drawing) -> String {
    cut(&subject.markdown(drawing))
}

/// As much of a text as is kept.
pub fn cut(sent: &str) -> String {
    text::cut(sent, TEXT_BYTES_MAX)
}

/// The outcome of an attempt that failed so.
pub fn outcome(class: &ErrorClass) -> Outcome {
    match class {
        ErrorClass::Held(held) => match held.why {
            Why::Second | Why::Minute => Outcome::Throttled,
            Why::Month => Outcome::QuotaSpent,
            Why::Ban => Outcome::Banned,
        },
        ErrorClass::Throttled { .. } => Outcome::Throttled,
        ErrorClass::Banned => Outcome::Banned,
        ErrorClass::QuotaSpent { meter: Meter::Api | Meter::Push | Meter::Free } => Outcome::QuotaSpent,
        // A group that is being set up is not ready yet.
        ErrorClass::TokenRefused | ErrorClass::Busy | ErrorClass::Unsettled => Outcome::Busy,
        ErrorClass::CredentialsRefused => Outcome::CredentialsRefused,
        ErrorClass::IpNotAllowed => Outcome::AddressNotAllowed,
        ErrorClass::BotUnusable => Outcome::BotUnusable,
        ErrorClass::MissingScope { .. } => Outcome::MissingScope,
        ErrorClass::NotInstalled => Outcome::NotInstalled,
        ErrorClass::ChatGone => Outcome::ChatGone,
        ErrorClass::UnknownPerson => Outcome::UnknownPerson,
        ErrorClass::OutOfRange => Outcome::OutOfRange,
        ErrorClass::NoSession => Outcome::NoSession,
        ErrorClass::TemplateUnusable => Outcome::TemplateUnusable,
        ErrorClass::ContentRefused => Outcome::ContentRefused,
        ErrorClass::Unreachable => Outcome::Unreachable,
        ErrorClass::Unclear => Outcome::Unclear,
        // The card exists after all: an earlier attempt arrived.
        ErrorClass::CardExists => Outcome::Delivered,
        ErrorClass::CodeRefused | ErrorClass::CardGone | ErrorClass::Refused => Outcome::Refused,
    }
}
