//! Flashduty hardly repeats a webhook. So the history of those that reached nobody is read, what is open there is read
//! again now and then, and what we believe open but is not there any more is asked for by id.
//!
//! The account's limits (50 calls a second, 1,000 a minute, reference 2.4) are shared with everything else its owner
//! runs: a run has a budget below one second's limit, one integration runs at a time, and a refusal is waited out.

mod budget;
mod history;
mod open;

use super::credential;
use crate::model::integration::Integration;
use crate::state::State;
use crate::store::reconcile::Run;
use crate::store::{self, StoreError};
use budget::Budget;
use flashduty::{Client, ErrorClass, FlashdutyError};
use std::time::Duration;
use world::Millis;

/// How often, give or take a tenth, so that integrations do not fall into step.
const EVERY: Duration = Duration::from_secs(180);
/// When a run goes on that had more to do than its budget allowed: a quarter of an account's minute at most.
const CONTINUE: Duration = Duration::from_secs(15);
/// The rest between the runs of two integrations.
const SPACING: Duration = Duration::from_secs(2);
/// The first wait after Flashduty found us too frequent, doubled with each further one, and the longest.
const BACK_OFF: Duration = Duration::from_secs(60);
const BACK_OFF_MAX: Duration = Duration::from_secs(30 * 60);
/// How long one call may take.
const CALL_MAX: Duration = Duration::from_secs(5);

/// Why a run did not come to an end.
#[derive(Debug, thiserror::Error)]
enum RunError {
    #[error(transparent)]
    Flashduty(#[from] FlashdutyError),
    #[error(transparent)]
    Store(#[from] StoreError),
    /// It goes on in a moment.
    #[error("the budget is spent")]
    Later,
}

/// One run.
struct Comparing<'a> {
    state: &'a State,
    integration: &'a Integration,
    client: Client,
    budget: Budget,
}

/// Compares our mirror of an integration's incidents with Flashduty and applies what is newer there. Returns when to do
/// it again; what failed is logged and kept in the table of runs.
pub async fn run(state: &State, integration: &Integration) -> Millis {
    let Ok(mut free_at) = state.caches.reconciling.try_lock() else { return later(state, SPACING) };
    let now = state.world.now();
    // A clock that was set back must not stop the runs.
    if *free_at > now && free_at.since(now) <= SPACING {
        return later(state, SPACING);
    }
    let due = match keep_run(state, integration).await {
        Ok(due) => due,
        Err(error) => {
            tracing::warn!(key = integration.key, %error, "a comparison with Flashduty could not be kept");
            later(state, EVERY)
        }
    };
    *free_at = state.world.now().plus(SPACING);
    due
}

async fn keep_run(state: &State, integration: &Integration) -> Result<Millis, StoreError> {
    let mut tx = state.store.read().await?;
    let mut run = store::reconcile::get(&mut tx, &integration.key).await?.unwrap_or_default();
    drop(tx);
    let client = credential::service(state, integration).within(CALL_MAX);
    let mut comparing = Comparing { state, integration, client, budget: Budget::new(&state.world) };
    let result = compare(&mut comparing, &mut run).await;
    let failed = match &result {
        Err(RunError::Flashduty(error)) => Some(error),
        Err(RunError::Store(_) | RunError::Later) | Ok(()) => None,
    };
    run.failures = if failed.is_some() { run.failures.saturating_add(1) } else { 0 };
    run.failure = failed.map(|error| error.code.clone());
    run.ran = state.world.now();
    let mut tx = state.store.begin().await?;
    store::reconcile::put(&mut tx, &integration.key, &run).await?;
    tx.commit().await?;
    match result {
        Ok(()) => Ok(later(state, EVERY)),
        Err(RunError::Later) => Ok(later(state, CONTINUE)),
        Err(RunError::Store(error)) => Err(error),
        Err(RunError::Flashduty(error)) => {
            let rest = rest(&error, run.failures);
            tracing::warn!(
                key = integration.key,
                code = error.code,
                request_id = error.request_id,
                failures = run.failures,
                rest_s = rest.as_secs(),
                "incidents could not be compared with Flashduty"
            );
            Ok(later(state, rest))
        }
    }
}

async fn compare(comparing: &mut Comparing<'_>, run: &mut Run) -> Result<(), RunError> {
    // First what happened, with who did it; then what is.
    let complete = history::catch_up(comparing, run).await?;
    open::compare(comparing).await?;
    if complete { Ok(()) } else { Err(RunError::Later) }
}

/// How long to leave Flashduty alone after a failure: as long as it asks for, longer each time it finds us too frequent.
fn rest(error: &FlashdutyError, failures: i64) -> Duration {
    let ErrorClass::RateLimited { retry_after_ms } = error.class else { return EVERY };
    let doublings = u32::try_from(failures.clamp(1, 6) - 1).unwrap_or(0);
    let own = BACK_OFF.saturating_mul(1 << doublings);
    own.max(Duration::from_millis(retry_after_ms.unwrap_or(0))).min(BACK_OFF_MAX)
}

/// So much later, give or take a tenth.
fn later(state: &State, rest: Duration) -> Millis {
    state.world.now().plus(rest.mul_f64(0.9 + state.world.fraction() / 5.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(class: ErrorClass) -> FlashdutyError {
        FlashdutyError { class, code: String::new(), message: String::new(), request_id: None, http_status: None }
    }

    #[test]
    fn who_is_too_frequent_waits_longer_each_time() {
        let limited = |retry_after_ms| error(ErrorClass::RateLimited { retry_after_ms });
        for (failures, retry_after_ms, seconds) in [
            (1, None, 60),
            (2, None, 120),
            (3, None, 240),
            (9, None, 1_800),
            (1, Some(5_000), 60),
            (1, Some(90_000), 90),
            (1, Some(u64::MAX), 1_800),
        ] {
            let rest = rest(&limited(retry_after_ms), failures);
            assert_eq!(rest.as_secs(), seconds, "{failures} {retry_after_ms:?}");
        }
        assert_eq!(rest(&error(ErrorClass::Unclear), 50), EVERY);
    }
}
