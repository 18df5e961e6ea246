//! "Is my set-up right?": every step of the guide by evidence. What was seen costs nothing; what nobody has seen yet is
//! asked of the platforms, with calls that change nothing and reach nobody.

mod dingtalk;
mod flashduty;
mod notice;
mod operation;
mod paste;
mod seen;
mod server;

pub use crate::model::check::{Check, CheckState, Finding, Run, Wishes};
pub use paste::{Value, values};

use super::refusal::Refusal;
use super::{audit, introduce};
use crate::model::integration::Integration;
use crate::state::State;
use crate::store::{self, StoreError};
use contract::ProblemCode;
use serde_json::json;
use std::collections::BTreeMap;
use std::time::Duration;
use world::Millis;

/// Every night at half past two in China, when nobody waits for DingTalk's attention.
const NIGHT: Duration = Duration::from_secs(18 * 3600 + 1800);
const DAY: Duration = Duration::from_secs(24 * 3600);
/// How often what has come is looked at for those who watch.
const WATCH_EVERY: Duration = Duration::from_secs(3);
/// How far apart the nights of several integrations begin, at most.
const APART_MAX: u64 = 3600;

/// What checks may spend.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spending {
    /// Nothing that DingTalk counts.
    Nothing,
    /// The same for somebody who watches: the platforms are asked once in a while, what has come here is looked at each
    /// time.
    Watching,
    /// One counted call for each step that nothing proves, four at most.
    Calls,
}

/// What every check looks at.
struct Ground<'a> {
    state: &'a State,
    integration: &'a Integration,
    spending: Spending,
    /// The platforms were asked a moment ago: what they said then stands.
    is_quiet: bool,
    now: Millis,
    /// When what was seen or changed.
    evidence: BTreeMap<String, Millis>,
    /// The same of the whole server.
    server: BTreeMap<String, Millis>,
    before: Option<Run>,
}

impl Ground<'_> {
    /// When something was last seen.
    fn seen(&self, name: &str) -> Option<Millis> {
        self.evidence.get(name).copied()
    }

    /// When one of these fields was last changed.
    fn changed(&self, fields: &[&str]) -> Option<Millis> {
        fields.iter().filter_map(|field| self.seen(&changed_name(field))).max()
    }

    /// What was found before, of what is not asked again.
    fn earlier(&self, check: Check) -> Finding {
        let earlier = self.before.as_ref().and_then(|before| before.of(check)).cloned();
        earlier.unwrap_or_else(|| self.found(check, CheckState::Unproved, crate::model::check::Reason::NotAsked))
    }

    /// A finding of now.
    fn found(&self, check: Check, state: CheckState, reason: crate::model::check::Reason) -> Finding {
        Finding::new(check, state, reason, self.now)
    }
}

/// The name under which it is noted that a field was changed.
pub fn changed_name(field: &str) -> String {
    format!("changed:{field}")
}

/// The name under which it is noted that an event of this type came.
pub fn event_name(event_type: &str) -> String {
    format!("event:{event_type}")
}

/// What an integration wants to do.
pub fn wishes(integration: &Integration) -> Wishes {
    let settings = &integration.settings;
    Wishes { cards: settings.card_template_id.is_some(), war_rooms: settings.war_room_template_id.is_some() }
}

/// Looks at everything now and keeps what was found; what turned red is told.
///
/// # Errors
/// `NotFound` for an unknown integration.
pub async fn run(state: &State, key: &str, spending: Spending, actor: &str) -> Result<(Integration, Run), Refusal> {
    let mut tx = state.store.read().await?;
    let integration = store::integration::by_key(&mut tx, key).await?.ok_or(ProblemCode::NotFound)?;
    let failures = introduce::failures(&mut tx, key).await?;
    drop(tx);
    if spending == Spending::Calls && (failures.card_callback.is_some() || failures.account.is_some()) {
        // What failed then may be cured now; it is one call.
        introduce::introduce(state, &integration).await?;
    }
    let mut tx = state.store.read().await?;
    let integration = store::integration::by_key(&mut tx, key).await?.ok_or(ProblemCode::NotFound)?;
    let (now, before) = (state.world.now(), store::check_run::get(&mut tx, key).await?);
    let was_asked = before.is_some() && state.caches.asked.get(&key.to_owned(), now).is_some();
    let ground = Ground {
        state,
        integration: &integration,
        spending,
        is_quiet: spending == Spending::Watching && was_asked,
        now,
        evidence: store::evidence::all(&mut tx, key).await?,
        server: store::evidence::all(&mut tx, "").await?,
        before,
    };
    drop(tx);
    if !ground.is_quiet {
        state.caches.asked.put(key.to_owned(), (), now);
    }
    let mut findings = server::look(&ground).await;
    findings.extend(dingtalk::look(&ground).await?);
    findings.extend(seen::look(&ground).await?);
    findings.extend(flashduty::look(&ground).await);
    findings.extend(operation::look(&ground).await?);
    findings.sort_by_key(|finding| finding.check);
    let run = Run { findings, ran: ground.now };
    let red = ground.before.as_ref().map(|before| run.turned_red(before)).unwrap_or_default();
    keep(state, key, &run, &red, actor).await?;
    if !red.is_empty() {
        notice::tell(state, &integration, &red).await;
    }
    Ok((integration, run))
}

/// What somebody who watches is shown: looked at anew every three seconds, by one for all who watch.
///
/// # Errors
/// `NotFound` for an unknown integration.
pub async fn watch(state: &State, key: &str) -> Result<(Integration, Run), Refusal> {
    let _one_at_a_time = state.caches.watching.lock(key.to_owned()).await;
    let (integration, run) = last(state, key).await?;
    match run.filter(|run| state.world.now().since(run.ran) < WATCH_EVERY) {
        Some(run) => Ok((integration, run)),
        None => self::run(state, key, Spending::Watching, "dingduty").await,
    }
}

/// How the checks ended last; none before the first time.
///
/// # Errors
/// `NotFound` for an unknown integration.
pub async fn last(state: &State, key: &str) -> Result<(Integration, Option<Run>), Refusal> {
    let mut tx = state.store.read().await?;
    let integration = store::integration::by_key(&mut tx, key).await?.ok_or(ProblemCode::NotFound)?;
    let run = store::check_run::get(&mut tx, key).await?;
    Ok((integration, run))
}

/// The nightly look, which spends nothing. Returns when the next one is due.
///
/// # Errors
/// The database does not answer.
pub async fn nightly(state: &State, integration: &Integration) -> Result<Millis, StoreError> {
    // Any other refusal says that the integration is gone, and its task with it.
    if let Err(Refusal { cause: Some(error), .. }) = run(state, &integration.key, Spending::Nothing, "dingduty").await {
        return Err(error);
    }
    Ok(next_night(&integration.key, state.world.now()))
}

/// The next moment of an integration's nightly look.
pub fn next_night(key: &str, now: Millis) -> Millis {
    let apart = key.bytes().fold(0_u64, |sum, byte| sum.wrapping_mul(31).wrapping_add(u64::from(byte))) % APART_MAX;
    let day = i64::try_from(DAY.as_millis()).unwrap_or(i64::MAX);
    let today = Millis(now.0 - now.0.rem_euclid(day)).plus(NIGHT).plus(Duration::from_secs(apart));
    if today > now { today } else { today.plus(DAY) }
}

async fn keep(state: &State, key: &str, run: &Run, red: &[Check], actor: &str) -> Result<(), StoreError> {
    let mut tx = state.store.begin().await?;
    // An integration that was removed meanwhile leaves nothing.
    if store::integration::by_key(&mut tx, key).await?.is_none() {
        return Ok(());
    }
    store::check_run::put(&mut tx, key, run, run.ran).await?;
    if !red.is_empty() {
        let names: Vec<_> = red.iter().map(|check| check.name()).collect();
        tracing::warn!(integration = key, checks = names.join(", "), "checks that were fine have failed");
        audit::write(state, &mut tx, key, actor, "checks-failed", key, json!({ "checks": names })).await?;
    }
    tx.commit().await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_night_is_ahead_and_within_a_day() {
        for now in [0, 1_790_000_000_000, 1_790_015_400_000, 1_790_015_400_001] {
            let next = next_night("benchbench", Millis(now));
            assert!(next.0 > now && next.0 <= now + 86_400_000, "{now} {next:?}");
            assert_eq!(next_night("benchbench", next), next.plus(DAY));
        }
    }
}
