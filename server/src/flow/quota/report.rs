//! What is left of the month, for people, programs and the flows that save.

use super::pushes;
use crate::flow::refusal::Refusal;
use crate::model::integration::{Edition, Integration};
use crate::model::quota::{self, Economy, Limits, Meter, Month, Preset};
use crate::state::State;
use crate::store::meter::{self, Place};
use crate::store::{self, StoreError, Tx};
use contract::ProblemCode;
use dingtalk::Host;
use world::Millis;

/// Both meters of an integration's company.
#[derive(Clone, Debug)]
pub struct Report {
    pub edition: Edition,
    pub preset: Preset,
    pub limits: Limits,
    pub month: Month,
    pub api: MeterReport,
    pub push: MeterReport,
    /// Why less is sent than otherwise.
    pub economy: Option<Economy>,
    /// No call before this: DingTalk has banned this address.
    pub banned_until: Option<Millis>,
}

/// One meter.
#[derive(Clone, Debug)]
pub struct MeterReport {
    /// None where the contract decides.
    pub limit: Option<i64>,
    pub used: i64,
    /// Kept for the first word of an incident; of calls only.
    pub reserve: i64,
    /// DingTalk itself said that it is used up.
    pub is_spent: bool,
    /// Warnings given this month, in hundredths.
    pub warnings: Vec<i64>,
    /// When it will be used up if it goes on so, this month.
    pub forecast: Option<Millis>,
    pub by_route: Vec<(String, i64)>,
    pub by_day: Vec<(i64, i64)>,
}

/// The quota of an integration.
///
/// # Errors
/// `NotFound` for an unknown integration.
pub async fn report(state: &State, key: &str) -> Result<Report, Refusal> {
    pushes::flush(state).await?;
    state.pilot.flush().await;
    let mut tx = state.store.read().await?;
    let integration = store::integration::by_key(&mut tx, key).await?.ok_or(ProblemCode::NotFound)?;
    Ok(read(&mut tx, &integration, state.world.now()).await?)
}

/// Whether an integration has to save. Remembered for half a minute.
///
/// # Errors
/// The database cannot be read.
pub async fn is_saving(state: &State, integration: &Integration) -> Result<bool, StoreError> {
    let (now, key) = (state.world.now(), integration.key.clone());
    if let Some(known) = state.caches.saving.get(&key, now) {
        return Ok(known);
    }
    let mut tx = state.store.read().await?;
    let saving = read(&mut tx, integration, now).await?.economy.is_some();
    state.caches.saving.put(key, saving, now);
    Ok(saving)
}

/// Sets the gauges of all integrations.
///
/// # Errors
/// The database cannot be read.
pub async fn set_gauges(state: &State) -> Result<(), StoreError> {
    let mut tx = state.store.read().await?;
    for integration in store::integration::list(&mut tx).await? {
        let report = read(&mut tx, &integration, state.world.now()).await?;
        for (meter, one) in [(Meter::Api, &report.api), (Meter::Push, &report.push)] {
            let labels = [("integration", integration.key.clone()), ("meter", meter.name().to_owned())];
            metrics::gauge!("dingduty_quota_used", &labels).set(approximate(one.used));
            if let Some(limit) = one.limit {
                metrics::gauge!("dingduty_quota_limit", &labels).set(approximate(limit));
            }
        }
        let economy = if report.economy.is_some() { 1.0 } else { 0.0 };
        metrics::gauge!("dingduty_quota_economy", "integration" => integration.key.clone()).set(economy);
    }
    Ok(())
}

async fn read(tx: &mut Tx, integration: &Integration, now: Millis) -> Result<Report, StoreError> {
    let limits = Limits::of(&integration.settings);
    let month = Month::of(now);
    let api = read_meter(tx, integration, Meter::Api, limits, now).await?;
    let push = read_meter(tx, integration, Meter::Push, limits, now).await?;
    let mut banned_until = None;
    for host in [Host::Api, Host::Oapi] {
        let until = store::throttle::banned_until(tx, super::host_name(host)).await?;
        banned_until = banned_until.max(until.filter(|until| *until > now));
    }
    Ok(Report {
        edition: integration.settings.edition,
        preset: integration.settings.quota.preset,
        limits,
        month,
        economy: quota::economy(api.used, limits.api_month, api.forecast),
        api,
        push,
        banned_until,
    })
}

async fn read_meter(
    tx: &mut Tx,
    integration: &Integration,
    meter: Meter,
    limits: Limits,
    now: Millis,
) -> Result<MeterReport, StoreError> {
    let place = Place { corp_id: &integration.settings.corp_id, meter, month: Month::of(now).number };
    let reading = meter::read(tx, place).await?;
    let by_day = meter::by_day(tx, place).await?;
    let limit = limits.month(meter);
    Ok(MeterReport {
        limit,
        used: reading.used,
        reserve: if meter == Meter::Api { quota::reserve(limits.api_month) } else { 0 },
        is_spent: reading.spent_at_limit.is_some() && reading.spent_at_limit == limit,
        warnings: quota::WARNINGS.into_iter().filter(|level| *level <= reading.warned).collect(),
        forecast: limit.and_then(|limit| quota::forecast(&by_day, reading.used, limit, now)),
        by_route: meter::by_route(tx, place).await?,
        by_day,
    })
}

/// A count as Prometheus takes it: exact up to 2^53, far beyond any quota.
#[expect(clippy::cast_precision_loss, reason = "no quota is so large")]
fn approximate(count: i64) -> f64 {
    count as f64
}
