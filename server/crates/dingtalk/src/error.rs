use crate::{Held, Meter};
use std::fmt;

/// Longest message kept of the platform's own words, in characters: enough to recognise, too short to flood a page.
const MESSAGE_CHARACTERS_MAX: usize = 300;
/// Longest code or request id kept.
const CODE_CHARACTERS_MAX: usize = 100;

/// Why a call did not give what was asked for. The class decides what to do; code, message and request id are for the
/// operator (section 1.5). Neither contains a token or an app secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DingTalkError {
    /// What to do about it.
    pub class: ErrorClass,
    /// The platform's code (sub-code when wrapped); codes of our own start with `local.`, `http.` or `answer.`.
    pub code: String,
    /// The platform's words, at most 300 characters.
    pub message: String,
    /// What DingTalk's support asks for.
    pub request_id: Option<String>,
    /// HTTP status of the answer, if there was one.
    pub http_status: Option<u16>,
    /// The call was carried out, and a space inside it refused the card: it exists and is not shown there (7.3).
    pub by_space: bool,
}

/// What kind of failure it is. Everything that is not listed as worth a repeat will fail the same way again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ErrorClass {
    /// Too fast: repeat later, and not before the given time if there is one (10.2).
    Throttled {
        /// Milliseconds to wait, if known.
        retry_after_ms: Option<u64>,
    },
    /// The address of this server is banned: no call at all for five minutes (10.2).
    Banned,
    /// The month's quota of the company is used up: nothing until the 1st of the next month, 00:00 UTC+8 (10.2).
    QuotaSpent {
        /// Which quota.
        meter: Meter,
    },
    /// Not sent: DingTalk would refuse it. Nothing was spent, and it costs nothing to ask again at the given time.
    Held(Held),
    /// The token was refused, and so was a fresh one.
    TokenRefused,
    /// Client ID or Client Secret is wrong.
    CredentialsRefused,
    /// A permission point is missing (11). Boxed texts, because every result carries room for the largest error.
    MissingScope {
        /// Its name, as the console knows it.
        name: Option<Box<str>>,
        /// A page of DingTalk where it can be applied for.
        apply_url: Option<Box<str>>,
    },
    /// The console's list of allowed addresses does not contain this server's.
    IpNotAllowed,
    /// The login code is unknown, used or expired: ask for a new one.
    CodeRefused,
    /// The cool app, and with it the bot, is not installed in this group.
    NotInstalled,
    /// The group is disbanded, or its id is not one.
    ChatGone,
    /// No right on this group. That is also the answer while a new one from a template is being set up: repeat after some
    /// seconds (8.2).
    Unsettled,
    /// There is no such employee.
    UnknownPerson,
    /// The employee is outside the app's visible range.
    OutOfRange,
    /// The employee never opened the bot, so there is no conversation to write to.
    NoSession,
    /// The bot is disabled, muted, or not the app's own: a fault of the set-up.
    BotUnusable,
    /// A card with this out-track id exists already.
    CardExists,
    /// There is no card with this out-track id.
    CardGone,
    /// The card template does not exist or is not published.
    TemplateUnusable,
    /// The content check refused text, link or picture, or the content is malformed.
    ContentRefused,
    /// Refused for another reason; the code says which.
    Refused,
    /// The platform is busy: repeat with back-off.
    Busy,
    /// The request certainly did not arrive: repeat with back-off.
    Unreachable,
    /// The request was sent but no usable answer came: it may have been carried out.
    Unclear,
}

impl ErrorClass {
    /// The class as one word, for logs, counters and the database.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Throttled { .. } => "throttled",
            Self::Banned => "banned",
            Self::QuotaSpent { .. } => "quota_spent",
            Self::Held(_) => "held",
            Self::TokenRefused => "token_refused",
            Self::CredentialsRefused => "credentials_refused",
            Self::MissingScope { .. } => "missing_scope",
            Self::IpNotAllowed => "ip_not_allowed",
            Self::CodeRefused => "code_refused",
            Self::NotInstalled => "not_installed",
            Self::ChatGone => "chat_gone",
            Self::Unsettled => "unsettled",
            Self::UnknownPerson => "unknown_person",
            Self::OutOfRange => "out_of_range",
            Self::NoSession => "no_session",
            Self::BotUnusable => "bot_unusable",
            Self::CardExists => "card_exists",
            Self::CardGone => "card_gone",
            Self::TemplateUnusable => "template_unusable",
            Self::ContentRefused => "content_refused",
            Self::Refused => "refused",
            Self::Busy => "busy",
            Self::Unreachable => "unreachable",
            Self::Unclear => "unclear",
        }
    }
}

impl DingTalkError {
    /// An error with texts cut to their limits.
    pub(crate) fn new(class: ErrorClass, code: &str, message: &str) -> Self {
        Self {
            class,
            code: cut(code, CODE_CHARACTERS_MAX),
            message: cut(message, MESSAGE_CHARACTERS_MAX),
            request_id: None,
            http_status: None,
            by_space: false,
        }
    }

    pub(crate) fn held(held: Held) -> Self {
        let code = format!("local.held.{}", held.why.name());
        Self::new(ErrorClass::Held(held), &code, "not sent, because the platform would refuse it now")
    }

    pub(crate) fn with_request_id(mut self, request_id: Option<String>) -> Self {
        self.request_id = request_id.map(|id| cut(&id, CODE_CHARACTERS_MAX));
        self
    }

    pub(crate) fn with_http_status(mut self, http_status: u16) -> Self {
        self.http_status = Some(http_status);
        self
    }
}

impl fmt::Display for DingTalkError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "DingTalk: {} ({}): {}", self.class.name(), self.code, self.message)
    }
}

impl std::error::Error for DingTalkError {}

/// The first `characters_max` characters, without control characters.
fn cut(text: &str, characters_max: usize) -> String {
    text.chars().filter(|character| !character.is_control()).take(characters_max).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_cut() {
        let error = DingTalkError::new(ErrorClass::Refused, "40014", &format!("bad\n{}", "错".repeat(500)))
            .with_request_id(Some("r".repeat(1000)));
        assert!(error.message.starts_with("bad错"));
        assert_eq!(error.message.chars().count(), MESSAGE_CHARACTERS_MAX);
        assert_eq!(error.request_id.map(|id| id.len()), Some(CODE_CHARACTERS_MAX));
    }
}
