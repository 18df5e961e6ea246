//! The one error people and other programs see: a code, a sentence, a remedy and an id that finds it in the log.

use crate::Language;
use crate::read;
use crate::words::problem as sentences;
use serde::Serialize;

/// The body of every error of the JSON API.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ProblemBody {
    pub problem: Problem,
}

read!(ProblemBody { problem });

/// An error as people read it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    pub code: ProblemCode,
    /// What happened.
    pub message: String,
    /// What its reader can do about it.
    pub remedy: String,
    /// Finds the error in the server's log.
    pub id: String,
}

read!(Problem { code, message, remedy, id });

impl Problem {
    /// The problem of `code` in `language`; `id` is the request's.
    pub fn new(code: ProblemCode, language: Language, id: impl Into<String>) -> Self {
        let (message, remedy) = sentences::of(code, language);
        Self { code, message: message.into(), remedy: remedy.into(), id: id.into() }
    }

    /// The same with more exact words: instead of the general sentence where they name a field, after it where a platform
    /// said them, perhaps in another language.
    #[must_use]
    pub fn with_message(mut self, message: impl Into<String>) -> Self {
        let message = message.into();
        // A problem that is passed on carries its general sentence already.
        let whole = self.code == ProblemCode::InvalidField || message.starts_with(&self.message);
        self.message = if whole { message } else { format!("{} ({message})", self.message) };
        self
    }
}

macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident = $name:literal, $status:literal;)+) => {
        /// What kind of error it is. Names are fixed: `data-problem` and other programs use them.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
        pub enum ProblemCode {
            $($(#[$doc])* #[serde(rename = $name)] $variant,)+
        }

        impl ProblemCode {
            /// Every code there is.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The fixed name.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }

            /// The HTTP status it travels with.
            pub fn status(self) -> u16 {
                match self { $(Self::$variant => $status,)+ }
            }

            /// The code of a fixed name.
            pub fn from_name(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|code| code.name() == name)
            }
        }
    };
}

read!(ProblemCode by from_name);

codes! {
    /// The request cannot be read.
    BadRequest = "bad-request", 400;
    /// A field is wrong; the message names it.
    InvalidField = "invalid-field", 400;
    /// The event's or click's signature does not fit.
    SignatureWrong = "signature-wrong", 403;
    /// The secret in the address is wrong.
    Forged = "forged", 403;
    /// The request comes from another site.
    CrossSite = "cross-site", 403;
    /// No such page, integration or object.
    NotFound = "not-found", 404;
    /// Wrong HTTP method.
    MethodNotAllowed = "method-not-allowed", 405;
    /// The sender took too long.
    TooSlow = "too-slow", 408;
    /// The body is too large.
    TooLarge = "too-large", 413;
    /// The body is of a type that is not taken here.
    UnsupportedMediaType = "unsupported-media-type", 415;
    /// Too many requests from one place.
    TooManyRequests = "too-many-requests", 429;
    /// A fault of ours.
    Internal = "internal", 500;
    /// The server cannot store anything now.
    Unavailable = "unavailable", 503;

    /// No session.
    NotSignedIn = "not-signed-in", 401;
    /// No or unknown API token.
    TokenRefused = "token-refused", 401;
    /// The token's role does not allow it.
    RoleTooLow = "role-too-low", 403;
    /// DingTalk did not accept the login-free code.
    CodeRefused = "code-refused", 401;
    /// The person who signed in at DingTalk is not of this company.
    OtherCompany = "other-company", 403;
    /// This DingTalk person is not linked.
    NotLinked = "not-linked", 403;
    /// The stored Flashduty credential is no longer accepted.
    LinkBroken = "link-broken", 403;
    /// The attempt to link is over, used up, or belongs to another browser or person.
    LinkExpired = "link-expired", 410;
    /// Taking over a link needs a second confirmation.
    LinkTaken = "link-taken", 409;
    /// Flashduty did not accept the APP key.
    KeyRefused = "key-refused", 400;
    /// The key belongs to the account, not to a person.
    KeyOfAccount = "key-of-account", 400;
    /// The credential belongs to a person of another Flashduty account.
    OtherAccount = "other-account", 400;
    /// The person cancelled or Flashduty refused the sign-in.
    OauthRefused = "oauth-refused", 400;
    /// The one-time console link is over or used.
    ConsoleLinkExpired = "console-link-expired", 410;

    /// The viewer has no Flashduty licence.
    NoLicense = "no-license", 403;
    /// The viewer's Flashduty role does not allow it.
    AccessDenied = "access-denied", 403;
    /// The incident does not exist any more.
    IncidentGone = "incident-gone", 404;
    /// The incident is closed already.
    AlreadyClosed = "already-closed", 409;
    /// Somebody else has changed it since the form was opened.
    ChangedMeanwhile = "changed-meanwhile", 409;
    /// What is sent to a group is not this person's to change.
    NotGroupEditor = "not-group-editor", 403;
    /// The act makes no sense in the present state.
    NotNow = "not-now", 409;
    /// Flashduty wants a form filled in for this act.
    FormNeeded = "form-needed", 409;
    /// Flashduty ran a custom action, and what it called says that it failed.
    CustomActionFailed = "custom-action-failed", 502;
    /// The delivery may be there already, or nobody needs it any more; it is sent anew only if that is wanted all the same.
    NeedsForce = "needs-force", 409;
    /// The delivery waits and is sent by itself.
    StillWaiting = "still-waiting", 409;
    /// The delivery cannot be sent anew.
    CannotResend = "cannot-resend", 409;
    /// Flashduty did not answer in time; the act goes on in the background.
    FlashdutySlow = "flashduty-slow", 504;
    /// Flashduty cannot be reached or is busy.
    FlashdutyDown = "flashduty-down", 502;
    /// DingTalk cannot be reached or is busy.
    DingtalkDown = "dingtalk-down", 502;
    /// It needs a call of DingTalk, and the month has none left for it; the message says until when.
    HeldByQuota = "held-by-quota", 503;
    /// The card is not one of ours.
    CardUnknown = "card-unknown", 404;
    /// The group is unknown here, or has not our cool app.
    ChatUnknown = "chat-unknown", 404;
    /// The viewer is not a member of the group.
    NotInChat = "not-in-chat", 403;
    /// The integration has no group template for war rooms.
    WarRoomsOff = "war-rooms-off", 409;
    /// Nobody responds to the incident, so there is nobody to make a war room for.
    NoResponders = "no-responders", 409;
    /// The incident has no war room, or not any more.
    NoWarRoom = "no-war-room", 404;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_platforms_words_follow_ours_once() {
        let problem = Problem::new(ProblemCode::FormNeeded, Language::En, "1").with_message("参数不合法");
        assert_eq!(problem.message, "Flashduty wants a form filled in for this (参数不合法)");
        let passed_on = Problem::new(ProblemCode::FormNeeded, Language::En, "1").with_message(problem.message.clone());
        assert_eq!(passed_on.message, problem.message);
        let field = Problem::new(ProblemCode::InvalidField, Language::En, "1").with_message("minutes: 1 to 1440");
        assert_eq!(field.message, "minutes: 1 to 1440");
    }
}
