//! Whether what was set up goes on working: quota, deliveries, groups, links, work.

use super::Ground;
use crate::flow::introduce;
use crate::flow::quota::report;
use crate::flow::refusal::Refusal;
use crate::model::check::{Check, CheckState, Finding, Reason};
use crate::model::delivery::Outcome;
use crate::store::{self, StoreError, Tx, health};
use contract::Language;
use contract::words::outcome::{self, Curer};
use std::time::Duration;

/// What failed longer ago is history.
const FAILURE_AGE_MAX: Duration = Duration::from_secs(24 * 3600);
/// Who changes a secret does it on both sides within a day.
const ROTATION_AGE_MAX: Duration = Duration::from_secs(24 * 3600);
/// Inputs are worked off within seconds.
const INPUT_AGE_MAX: Duration = Duration::from_secs(300);

pub(super) async fn look(ground: &Ground<'_>) -> Result<Vec<Finding>, Refusal> {
    let quota = quota(ground).await?;
    let key = &ground.integration.key;
    let mut tx = ground.state.store.read().await?;
    let failing = failing(ground, &mut tx).await?;
    let dead = store::subscription::list(&mut tx, key, true, None, health::COUNT_MAX).await?;
    let dead = i64::try_from(dead.len()).unwrap_or(i64::MAX);
    let broken = health::links(&mut tx, key, "broken").await?;
    let mut findings = vec![
        quota,
        amiss(ground, Check::Deliveries, failing),
        amiss(ground, Check::DeadGroups, dead),
        amiss(ground, Check::BrokenLinks, broken),
    ];
    findings.push(open_incidents(ground, &mut tx).await?);
    findings.push(work(ground, &mut tx).await?);
    findings.push(rotation(ground));
    Ok(findings)
}

/// A former secret that is still accepted says that DingTalk has not been told the new one.
fn rotation(ground: &Ground<'_>) -> Finding {
    let oldest = ground.integration.secrets.former.all().map(|(_, former)| former.replaced).min();
    let count = ground.integration.secrets.former.all().count();
    match oldest {
        None => ground.found(Check::Rotation, CheckState::Proved, Reason::NoneAmiss),
        Some(replaced) if ground.now.since(replaced) <= ROTATION_AGE_MAX => {
            Finding { seen: Some(replaced), ..ground.found(Check::Rotation, CheckState::Unproved, Reason::SomeAmiss) }
                .with(count)
        }
        Some(replaced) => {
            Finding { seen: Some(replaced), ..ground.found(Check::Rotation, CheckState::Failed, Reason::SomeAmiss) }
                .with(count)
        }
    }
}

async fn quota(ground: &Ground<'_>) -> Result<Finding, Refusal> {
    let check = Check::Quota;
    let report = report::report(ground.state, &ground.integration.key).await?;
    let used = report.api.used;
    Ok(match report.api.limit {
        _ if report.banned_until.is_some() => ground.found(check, CheckState::Failed, Reason::Banned),
        _ if report.api.is_spent => ground.found(check, CheckState::Failed, Reason::Spent).with(100),
        Some(limit) if used >= limit => ground.found(check, CheckState::Failed, Reason::Spent).with(100),
        Some(limit) => {
            let percent = used.saturating_mul(100) / limit.max(1);
            ground.found(check, CheckState::Proved, Reason::Enough).with(percent)
        }
        None => ground.found(check, CheckState::Proved, Reason::Enough).with(0),
    })
}

/// Deliveries of the last day that failed for what an administrator can cure.
async fn failing(ground: &Ground<'_>, tx: &mut Tx) -> Result<i64, StoreError> {
    let since = ground.now.minus(FAILURE_AGE_MAX);
    let mut failing = 0;
    for one in Outcome::ALL {
        let curer = outcome::given_up(one.name(), Language::En).curer;
        if !matches!(curer, Curer::Nobody | Curer::Person) {
            failing += health::count_of(tx, &ground.integration.key, one.name(), since).await?;
        }
    }
    Ok(failing)
}

fn amiss(ground: &Ground<'_>, check: Check, count: i64) -> Finding {
    match count {
        0 => ground.found(check, CheckState::Proved, Reason::NoneAmiss),
        count => ground.found(check, CheckState::Failed, Reason::SomeAmiss).with(count),
    }
}

async fn open_incidents(ground: &Ground<'_>, tx: &mut Tx) -> Result<Finding, StoreError> {
    let (check, key) = (Check::OpenIncidents, &ground.integration.key);
    if let Some(failure) = introduce::failures(tx, key).await?.open_incidents {
        let found = ground.found(check, CheckState::Failed, Reason::Refused);
        return Ok(Finding { said: failure.code, seen: Some(failure.at), ..found });
    }
    let ran = store::reconcile::get(tx, key).await?.map(|run| run.ran);
    Ok(Finding::by(check, ran, None, ground.now))
}

async fn work(ground: &Ground<'_>, tx: &mut Tx) -> Result<Finding, StoreError> {
    let dead = health::dead_tasks(tx, &ground.integration.key).await?;
    let oldest = health::oldest_input(tx).await?;
    let late = oldest.is_some_and(|came| ground.now.since(came) > INPUT_AGE_MAX);
    Ok(match late {
        true => {
            let found = ground.found(Check::Work, CheckState::Failed, Reason::NotAnswered);
            Finding { seen: oldest, ..found }
        }
        false => amiss(ground, Check::Work, dead),
    })
}
