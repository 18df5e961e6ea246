//! How flows say no. `http/problem.rs` turns both into a Problem; nobody else words an error.

use crate::model::text;
use crate::store::StoreError;
use contract::words::problem as words;
use contract::{Language, Problem, ProblemCode};
use dingtalk::DingTalkError;
use flashduty::{ErrorClass, FlashdutyError};
use world::Millis;

/// DingTalk's months begin in China.
const QUOTA_ZONE: &str = "Asia/Shanghai";

/// Why something that a platform sent was not taken.
#[derive(Debug, thiserror::Error)]
pub enum ReceiveError {
    #[error("no such integration")]
    UnknownIntegration,
    #[error("the secret in the address or header is wrong")]
    Forged,
    #[error("the signature does not fit")]
    SignatureWrong,
    /// What cannot be read, said for the operator; holds nothing of the body.
    #[error("malformed: {0}")]
    Malformed(String),
    /// The cool app is not in the group any more, or the group is gone.
    #[error("nothing can be sent to the group")]
    DeadChat,
    #[error("the card is not one of ours")]
    UnknownCard,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why something a person asked for was not done.
#[derive(Debug, thiserror::Error)]
#[error("{}", code.name())]
pub struct Refusal {
    pub code: ProblemCode,
    /// A more exact sentence for the person than the code's own.
    pub message: Option<Said>,
    /// For the log only.
    #[source]
    pub cause: Option<StoreError>,
}

/// A sentence for a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// In one language, whoever reads it: a platform's own.
    Exact(String),
    /// One of ours, in both.
    Ours { zh: String, en: String },
}

impl Said {
    /// A sentence of `contract::words`.
    pub fn ours<S: Into<String>>(sentence: impl Fn(Language) -> S) -> Self {
        Self::Ours { zh: sentence(Language::Zh).into(), en: sentence(Language::En).into() }
    }

    /// The sentence for a reader of `language`.
    pub fn words(self, language: Language) -> String {
        match (self, language) {
            (Self::Exact(words), _) => words,
            (Self::Ours { zh, .. }, Language::Zh) => zh,
            (Self::Ours { en, .. }, Language::En) => en,
        }
    }
}

impl Refusal {
    /// The refusal of a code with its usual sentence.
    pub fn new(code: ProblemCode) -> Self {
        Self { code, message: None, cause: None }
    }

    /// The same with a platform's own sentence.
    pub fn told(code: ProblemCode, message: impl Into<String>) -> Self {
        Self { code, message: Some(Said::Exact(message.into())), cause: None }
    }

    /// A field that is wrong, with a sentence of `contract::words::field`.
    pub fn field<S: Into<String>>(sentence: impl Fn(Language) -> S) -> Self {
        Self { code: ProblemCode::InvalidField, message: Some(Said::ours(sentence)), cause: None }
    }

    /// What its reader is told where no request's id is at hand.
    pub fn problem(self, language: Language) -> Problem {
        let problem = Problem::new(self.code, language, "");
        match self.message {
            Some(said) => problem.with_message(said.words(language)),
            None => problem,
        }
    }

    /// Whether the same may succeed in a moment without anybody changing anything.
    pub fn is_passing(&self) -> bool {
        use ProblemCode::{FlashdutyDown, FlashdutySlow, Internal, Unavailable};
        matches!(self.code, FlashdutyDown | FlashdutySlow | Internal | Unavailable)
    }
}

impl From<ProblemCode> for Refusal {
    fn from(code: ProblemCode) -> Self {
        Self::new(code)
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        let code = if error.is_unavailable() { ProblemCode::Unavailable } else { ProblemCode::Internal };
        Self { code, message: None, cause: Some(error) }
    }
}

impl From<&DingTalkError> for Refusal {
    /// What its callers have not told apart.
    fn from(error: &DingTalkError) -> Self {
        use dingtalk::{ErrorClass as Class, Held, Why};
        match error.class {
            Class::Held(Held { why: Why::Month, until }) => {
                let at = text::clock(until, Millis(0), QUOTA_ZONE);
                Self {
                    message: Some(Said::ours(|language| words::held_until(language, at.as_str()))),
                    ..ProblemCode::HeldByQuota.into()
                }
            }
            Class::QuotaSpent { .. } => ProblemCode::HeldByQuota.into(),
            _ => ProblemCode::DingtalkDown.into(),
        }
    }
}

impl From<FlashdutyError> for Refusal {
    fn from(error: FlashdutyError) -> Self {
        let code = match error.class {
            ErrorClass::Unauthorized => ProblemCode::LinkBroken,
            ErrorClass::NoLicense => ProblemCode::NoLicense,
            ErrorClass::AccessDenied | ErrorClass::NeedsVerification => ProblemCode::AccessDenied,
            ErrorClass::NotFound => ProblemCode::IncidentGone,
            ErrorClass::InvalidParameter => return Self::told(ProblemCode::NotNow, error.message),
            ErrorClass::NotAMember => ProblemCode::KeyOfAccount,
            ErrorClass::Unclear => ProblemCode::FlashdutySlow,
            ErrorClass::RateLimited { .. } => {
                return Self {
                    message: Some(Said::ours(words::too_many_requests)),
                    ..ProblemCode::FlashdutyDown.into()
                };
            }
            _ => ProblemCode::FlashdutyDown,
        };
        Self::new(code)
    }
}
