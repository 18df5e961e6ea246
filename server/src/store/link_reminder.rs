//! Who was reminded to link, and when.

use super::sql::sql;
use super::{StoreError, Tx};
use world::Millis;

/// Employees whose link lets them not act, and who were not reminded since `since`: by the directory alone, or broken.
pub async fn due(tx: &mut Tx, integration: &str, since: Millis, limit: i64) -> Result<Vec<String>, StoreError> {
    sql("SELECT l.user_id FROM link l LEFT JOIN link_reminder r ON r.integration = l.integration \
         AND r.user_id = l.user_id WHERE l.integration = $1 AND (l.credential_sealed IS NULL OR l.state = 'broken') \
         AND (r.sent_ms IS NULL OR r.sent_ms <= $2) ORDER BY l.user_id LIMIT $3")
    .text(integration)
    .at(since)
    .number(limit)
    .texts(tx, "user_id")
    .await
}

/// Notes that an employee is being reminded. False when somebody else did so since `since`.
pub async fn take(
    tx: &mut Tx,
    integration: &str,
    user_id: &str,
    since: Millis,
    now: Millis,
) -> Result<bool, StoreError> {
    sql("INSERT INTO link_reminder (integration, user_id, sent_ms) VALUES ($1, $2, $3) \
         ON CONFLICT (integration, user_id) DO UPDATE SET sent_ms = excluded.sent_ms \
         WHERE link_reminder.sent_ms <= $4")
    .text(integration)
    .text(user_id)
    .at(now)
    .at(since)
    .changed(tx)
    .await
}

/// Forgets reminders before `older_than`.
pub async fn sweep(tx: &mut Tx, older_than: Millis) -> Result<u64, StoreError> {
    sql("DELETE FROM link_reminder WHERE sent_ms < $1").at(older_than).run(tx).await
}
