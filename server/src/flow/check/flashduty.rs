//! What Flashduty answers, and whether both platforms' clocks and ours agree. Free.

use super::Ground;
use crate::flow::credential;
use crate::model::check::{Check, CheckState, Finding, Reason};
use flashduty::ErrorClass;

/// Signatures of card clicks are good for five minutes; far below that.
const APART_MS_MAX: i64 = 60_000;

pub(super) async fn look(ground: &Ground<'_>) -> Vec<Finding> {
    // First, so that Flashduty has told its time.
    let earlier = ground.before.as_ref().and_then(|before| before.of(Check::FlashdutyKey));
    let key = match ground.is_quiet {
        true => ground.earlier(Check::FlashdutyKey),
        false => key(ground).await.or_earlier(earlier, ground.changed(&["flashduty_app_key"])),
    };
    vec![
        key,
        clock(ground, Check::DingtalkClock, ground.state.dingtalk.clock_ahead_ms()),
        clock(ground, Check::FlashdutyClock, ground.state.flashduty.clock_ahead_ms()),
    ]
}

async fn key(ground: &Ground<'_>) -> Finding {
    let check = Check::FlashdutyKey;
    let answered = |detail: String| ground.found(check, CheckState::Proved, Reason::Answered).with(detail);
    match credential::service(ground.state, ground.integration).member_info().await {
        Ok(info) => answered(info.account_name),
        // The account's own key is a usable service key; it only cannot tell its member.
        Err(error) if error.class == ErrorClass::NotAMember => answered(String::new()),
        Err(error) => {
            let (state, reason) = match error.class {
                ErrorClass::Unauthorized => (CheckState::Failed, Reason::CredentialsRefused),
                _ => (CheckState::Unproved, Reason::NotAnswered),
            };
            let said = format!("{} {}", error.code, error.message).trim().to_owned();
            Finding { said, ..ground.found(check, state, reason) }
        }
    }
}

fn clock(ground: &Ground<'_>, check: Check, ahead_ms: Option<i64>) -> Finding {
    let Some(ahead_ms) = ahead_ms else {
        return ground.found(check, CheckState::Unproved, Reason::NotAnswered);
    };
    let (state, reason) = match ahead_ms.saturating_abs() <= APART_MS_MAX {
        true => (CheckState::Proved, Reason::ClockAgrees),
        false => (CheckState::Failed, Reason::ClockDiffers),
    };
    ground.found(check, state, reason).with(ahead_ms / 1_000)
}
