use secrecy::{ExposeSecret, SecretString};

/// Why a call to Flashduty failed. Neither the text nor `Debug` ever holds a credential.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {message}")]
pub struct FlashdutyError {
    /// What to do about it.
    pub class: ErrorClass,
    /// Flashduty's `error.code` (reference 2.3), OAuth's `error`, or one of our own: `NotReached`, `TimeOut`, `Cut`,
    /// `NotSent`, `NotAnEnvelope`, `TooLarge`, `UnexpectedData`, `BadCredential`, `BadMetadata`, `NoRegistration`.
    pub code: String,
    /// Flashduty's sentence in the client's language, or ours in English. At most 500 characters, one line.
    pub message: String,
    /// What Flashduty's support asks for.
    pub request_id: Option<String>,
    /// The HTTP status, where there was an answer.
    pub http_status: Option<u16>,
}

/// The failures a caller tells apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorClass {
    /// The credential is missing, invalid or expired: the person signs in again.
    Unauthorized,
    /// The person has no Flashduty licence, or the account has none left.
    NoLicense,
    /// The person's role does not allow this.
    AccessDenied,
    /// The object does not exist (any more).
    NotFound,
    /// A value was refused; on acknowledge and resolve also "a required form field is missing" (reference 5.6).
    InvalidParameter,
    /// Too many requests.
    RateLimited {
        /// How long Flashduty asks to wait, if it says.
        retry_after_ms: Option<u64>,
    },
    /// The credential belongs to the account itself, not to a member (reference 6.1).
    NotAMember,
    /// This deployment does not have the operation.
    NoSuchRoute,
    /// Flashduty wants a second factor: the person goes to its console.
    NeedsVerification,
    /// Locked after repeated failures: wait.
    Locked,
    /// Flashduty failed inside; see [`FlashdutyError::may_have_happened`].
    Busy,
    /// No connection: the request has certainly not arrived.
    Unreachable,
    /// The request was sent and there is no usable answer: it may or may not have been carried out.
    Unclear,
    /// Anything else; the message says it.
    Other,
}

impl FlashdutyError {
    /// Whether the act may have been carried out in spite of the error: ask Flashduty for the truth before repeating
    /// what is not naturally repeatable.
    pub fn may_have_happened(&self) -> bool {
        match self.class {
            ErrorClass::Unclear => true,
            ErrorClass::Busy => self.code != "ServiceUnavailable",
            _ => false,
        }
    }

    /// Whether the same call may succeed later without anybody changing anything.
    pub fn is_transient(&self) -> bool {
        use ErrorClass::{Busy, Locked, RateLimited, Unclear, Unreachable};
        matches!(self.class, Busy | Locked | RateLimited { .. } | Unclear | Unreachable)
    }

    /// An error of our own finding, before or without an answer.
    pub(crate) fn ours(class: ErrorClass, code: &str, message: impl Into<String>) -> Self {
        Self { class, code: code.to_owned(), message: message.into(), request_id: None, http_status: None }
    }

    /// The form in which an error leaves this crate: without the secrets that were sent (a server may echo them),
    /// on one line, and bounded.
    pub(crate) fn without<'a>(mut self, secrets: impl IntoIterator<Item = &'a SecretString>) -> Self {
        let mut hide: Vec<String> = Vec::new();
        for secret in secrets {
            hide.push(secret.expose_secret().to_owned());
            hide.push(url::form_urlencoded::byte_serialize(secret.expose_secret().as_bytes()).collect());
        }
        hide.retain(|text| !text.is_empty());
        self.code = clean(&self.code, &hide, 80);
        self.message = clean(&self.message, &hide, 500);
        self.request_id = self.request_id.map(|id| clean(&id, &hide, 80)).filter(|id| !id.is_empty());
        self
    }
}

fn clean(text: &str, hide: &[String], chars_max: usize) -> String {
    // Hidden before it is cut, or the cut could leave half a secret that no longer matches.
    let text = hide.iter().fold(text.to_owned(), |text, secret| text.replace(secret, "…"));
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(chars_max).collect::<String>().trim().to_owned()
}

/// The class of Flashduty's `error.code` (reference 2.3). The status counts only for codes not in the list.
pub(crate) fn class_of(code: &str, http_status: u16, retry_after_ms: Option<u64>) -> ErrorClass {
    match code {
        "Unauthorized" => ErrorClass::Unauthorized,
        "NoLicense" => ErrorClass::NoLicense,
        "AccessDenied" => ErrorClass::AccessDenied,
        "ResourceNotFound" => ErrorClass::NotFound,
        "InvalidParameter" => ErrorClass::InvalidParameter,
        "RequestTooFrequently" => ErrorClass::RateLimited { retry_after_ms },
        "RouteNotFound" => ErrorClass::NoSuchRoute,
        "RequestVerifyRequired" | "DangerousOperation" => ErrorClass::NeedsVerification,
        "RequestLocked" => ErrorClass::Locked,
        "InternalError" | "ServiceUnavailable" => ErrorClass::Busy,
        "BadRequest" | "InvalidContentType" | "ReferenceExist" | "BalanceNotEnough" | "MethodNotAllowed"
        | "UndonedOrderExist" | "EntityTooLarge" => ErrorClass::Other,
        _ if http_status == 429 => ErrorClass::RateLimited { retry_after_ms },
        _ if http_status >= 500 => ErrorClass::Busy,
        _ => ErrorClass::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_echoed_secret_is_hidden_also_when_encoded_or_at_the_cut() {
        let key = SecretString::from("k+y/0123");
        let long = format!("{}k+y/0123 tail", "x".repeat(495));
        for message in ["bad key k+y/0123", "?app_key=k%2By%2F0123&x", long.as_str()] {
            let error = FlashdutyError::ours(ErrorClass::Other, "k+y/0123", message).without([&key]);
            let shown = format!("{error} {error:?}");
            assert!(!shown.contains("k+y") && !shown.contains("k%2By"), "{shown}");
        }
    }

    #[test]
    fn text_from_outside_stays_on_one_bounded_line() {
        let error = FlashdutyError::ours(ErrorClass::Other, "A\nB", format!("one\ntwo\u{1b}[2J{}", "y".repeat(9_999)));
        let error = error.without([&SecretString::default()]);
        assert_eq!(error.code, "A B");
        assert!(error.message.starts_with("one two [2J"), "{}", error.message);
        assert_eq!(error.message.chars().count(), 500);
    }

    #[test]
    fn what_may_have_happened() {
        let error = |class, code| FlashdutyError::ours(class, code, "");
        assert!(error(ErrorClass::Unclear, "TimeOut").may_have_happened());
        assert!(error(ErrorClass::Busy, "InternalError").may_have_happened());
        assert!(!error(ErrorClass::Busy, "ServiceUnavailable").may_have_happened());
        assert!(!error(ErrorClass::Unreachable, "NotReached").may_have_happened());
        assert!(!error(ErrorClass::AccessDenied, "AccessDenied").may_have_happened());
    }
}
