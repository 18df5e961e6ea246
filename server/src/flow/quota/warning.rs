//! Half, most, almost all of the month is used: told once each.

use crate::model::quota;
use crate::store::audit::AuditEntry;
use crate::store::meter::{self, Reading};
use crate::store::{self, StoreError, Tx};
use serde_json::json;
use world::World;

/// Tells once in a month that a level is reached: in the log, in the audit log, and in what `quota` answers.
pub(super) async fn warn(
    tx: &mut Tx,
    world: &World,
    integration: &str,
    place: meter::Place<'_>,
    reading: Reading,
    limit: i64,
) -> Result<(), StoreError> {
    let level = quota::warning(reading.used, limit);
    if level <= reading.warned || !meter::warn(tx, place, level).await? {
        return Ok(());
    }
    let meter = place.meter.name();
    tracing::warn!(integration, meter, level, "so much of the month's DingTalk quota is used, in hundredths");
    let entry = AuditEntry {
        id: world.id(),
        integration: integration.to_owned(),
        actor: "dingduty".to_owned(),
        act: "quota-warning".to_owned(),
        subject: meter.to_owned(),
        detail: json!({"percent": level, "used": reading.used, "limit": limit, "month": place.month}),
        address: String::new(),
        at: world.now(),
    };
    store::audit::add(tx, &entry).await
}
