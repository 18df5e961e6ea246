//! What callbacks and webhooks brought, kept before they were answered and worked off afterwards. Writing is the
//! business of [`InboxWriter`].

pub use super::inbox_writer::{InboxWriter, NewItem};

use super::sql::{Row, sql};
use super::{StoreError, Tx};
use world::Millis;

/// How many rows one [`sweep`] deletes at most: the only writer of SQLite must not be kept long.
pub const SWEEP_MAX: u64 = 5_000;

/// Where an item came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// DingTalk.
    Event,
    /// Flashduty.
    Webhook,
    /// A robot of Flashduty's escalation rules.
    Robot,
    /// A custom action in Flashduty's console.
    Action,
}

impl Source {
    /// The value in the database.
    pub fn name(self) -> &'static str {
        match self {
            Self::Event => "event",
            Self::Webhook => "webhook",
            Self::Robot => "robot",
            Self::Action => "action",
        }
    }

    fn from_name(name: &str) -> Option<Self> {
        [Self::Event, Self::Webhook, Self::Robot, Self::Action].into_iter().find(|source| source.name() == name)
    }
}

/// An item somebody holds the lease of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    pub id: String,
    pub integration: String,
    pub source: Source,
    pub event_id: String,
    pub body: String,
    /// Times it was leased, this one included.
    pub attempts: i64,
    pub received: Millis,
}

/// Takes up to `limit` items that are due and nobody has, until `until`, in the order they came.
pub async fn lease(tx: &mut Tx, now: Millis, until: Millis, limit: i64) -> Result<Vec<Item>, StoreError> {
    let mut due = sql("SELECT id FROM inbox WHERE done_ms IS NULL AND due_ms <= $1 \
         AND (lease_until_ms IS NULL OR lease_until_ms <= $1) ORDER BY due_ms, id LIMIT $2")
    .at(now)
    .number(limit)
    .texts(tx, "id")
    .await?;
    // As in `task::lease`: in the order of ids, so that workers wait for each other instead of deadlocking.
    due.sort_unstable();
    let mut rows = Vec::with_capacity(due.len());
    for id in due {
        let taken = sql("UPDATE inbox SET lease_until_ms = $2, attempts = attempts + 1 \
             WHERE id = $3 AND done_ms IS NULL AND due_ms <= $1 AND (lease_until_ms IS NULL OR lease_until_ms <= $1) \
             RETURNING id, integration, source, event_id, body, attempts, received_ms")
        .at(now)
        .at(until)
        .text(&id)
        .rows(tx)
        .await?;
        rows.extend(taken);
    }
    let mut items = Vec::with_capacity(rows.len());
    for row in rows {
        match Source::from_name(&row.text("source")?) {
            Some(source) => items.push(item(source, &row)?),
            None => dead(tx, &row.text("id")?, now, "unknown source").await?,
        }
    }
    items.sort_by(|one, other| (one.received, &one.id).cmp(&(other.received, &other.id)));
    Ok(items)
}

/// Keeps an item that is still being worked off until `until`; `attempts` is what its lease said. False when the lease
/// was lost or the item has ended.
pub async fn renew(tx: &mut Tx, id: &str, attempts: i64, until: Millis) -> Result<bool, StoreError> {
    sql("UPDATE inbox SET lease_until_ms = $3 WHERE id = $1 AND attempts = $2 AND done_ms IS NULL \
         AND lease_until_ms IS NOT NULL")
    .text(id)
    .number(attempts)
    .at(until)
    .changed(tx)
    .await
}

/// An item was worked off. Its body goes; that it was seen stays until [`sweep`].
pub async fn done(tx: &mut Tx, id: &str, now: Millis) -> Result<(), StoreError> {
    sql("UPDATE inbox SET done_ms = $2, lease_until_ms = NULL, failure = NULL, body = '' WHERE id = $1")
        .text(id)
        .at(now)
        .run(tx)
        .await?;
    Ok(())
}

/// Lets an item be tried again at `due`.
pub async fn again(tx: &mut Tx, id: &str, due: Millis, failure: &str) -> Result<(), StoreError> {
    sql("UPDATE inbox SET due_ms = $2, lease_until_ms = NULL, failure = $3 WHERE id = $1 AND done_ms IS NULL")
        .text(id)
        .at(due)
        .text(failure)
        .run(tx)
        .await?;
    Ok(())
}

/// Gives an item up; it keeps its body and the reason until [`sweep`].
pub async fn dead(tx: &mut Tx, id: &str, now: Millis, failure: &str) -> Result<(), StoreError> {
    sql("UPDATE inbox SET done_ms = $2, lease_until_ms = NULL, failure = $3 WHERE id = $1 AND done_ms IS NULL")
        .text(id)
        .at(now)
        .text(failure)
        .run(tx)
        .await?;
    Ok(())
}

/// Takes every item back from whoever has it: they are dead.
pub async fn take_back(tx: &mut Tx) -> Result<(), StoreError> {
    sql("UPDATE inbox SET lease_until_ms = NULL WHERE lease_until_ms IS NOT NULL").run(tx).await?;
    Ok(())
}

/// How many items were not worked off yet.
pub async fn unread(tx: &mut Tx) -> Result<i64, StoreError> {
    sql("SELECT COUNT(*) AS n FROM inbox WHERE done_ms IS NULL").count(tx).await
}

/// Deletes items that ended before `older_than`, at most [`SWEEP_MAX`], and counts them. An event that comes again
/// afterwards is new.
pub async fn sweep(tx: &mut Tx, older_than: Millis) -> Result<u64, StoreError> {
    sql("DELETE FROM inbox WHERE id IN (SELECT id FROM inbox WHERE done_ms < $1 ORDER BY done_ms LIMIT $2)")
        .at(older_than)
        .number(SWEEP_MAX.cast_signed())
        .run(tx)
        .await
}

fn item(source: Source, row: &Row) -> Result<Item, StoreError> {
    Ok(Item {
        id: row.text("id")?,
        integration: row.text("integration")?,
        source,
        event_id: row.text("event_id")?,
        body: row.text("body")?,
        attempts: row.number("attempts")?,
        received: row.at("received_ms")?,
    })
}
