//! How flows say no. `http/problem.rs` turns both into a Problem; nobody else words an error.

use crate::store::StoreError;
use contract::ProblemCode;
use flashduty::{ErrorClass, FlashdutyError};

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
    #[error("the card is not one of ours")]
    UnknownCard,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why something a person asked for was not done.
#[derive(Debug, thiserror::Error)]
#[error("{}: {}", code.name(), message.as_deref().unwrap_or("-"))]
pub struct Refusal {
    pub code: ProblemCode,
    /// A more exact sentence for the person, where a platform gave one.
    pub message: Option<String>,
    /// For the log only.
    #[source]
    pub cause: Option<StoreError>,
}

impl Refusal {
    /// The refusal of a code with its usual sentence.
    pub fn new(code: ProblemCode) -> Self {
        Self { code, message: None, cause: None }
    }

    /// The same with a sentence of its own.
    pub fn said(code: ProblemCode, message: impl Into<String>) -> Self {
        Self { code, message: Some(message.into()), cause: None }
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

impl From<FlashdutyError> for Refusal {
    fn from(error: FlashdutyError) -> Self {
        let code = match error.class {
            ErrorClass::Unauthorized => ProblemCode::LinkBroken,
            ErrorClass::NoLicense => ProblemCode::NoLicense,
            ErrorClass::AccessDenied | ErrorClass::NeedsVerification => ProblemCode::AccessDenied,
            ErrorClass::NotFound => ProblemCode::IncidentGone,
            ErrorClass::InvalidParameter => return Self::said(ProblemCode::NotNow, error.message),
            ErrorClass::NotAMember => ProblemCode::KeyOfAccount,
            ErrorClass::Unclear => ProblemCode::FlashdutySlow,
            _ => ProblemCode::FlashdutyDown,
        };
        Self::new(code)
    }
}
