//! What deliveries say that are no card: the bot's own words in a group.

use super::sql::sql;
use super::{StoreError, Tx};
use crate::model::mention::Note;
use world::Millis;

/// Keeps the words of a delivery. [`StoreError::Taken`] when it has some.
pub async fn insert(tx: &mut Tx, delivery_id: &str, note: &Note, now: Millis) -> Result<(), StoreError> {
    sql("INSERT INTO note (delivery_id, title, text, created_ms) VALUES ($1, $2, $3, $4)")
        .text(delivery_id)
        .text(&note.title)
        .text(&note.text)
        .at(now)
        .run(tx)
        .await?;
    Ok(())
}

/// The words of a delivery.
pub async fn get(tx: &mut Tx, delivery_id: &str) -> Result<Option<Note>, StoreError> {
    let row = sql("SELECT title, text FROM note WHERE delivery_id = $1").text(delivery_id).row(tx).await?;
    row.map(|row| Ok(Note { title: row.text("title")?, text: row.text("text")? })).transpose()
}

/// Forgets words older than `older_than`: nobody sends them any more.
pub async fn sweep(tx: &mut Tx, older_than: Millis) -> Result<u64, StoreError> {
    sql("DELETE FROM note WHERE created_ms < $1").at(older_than).run(tx).await
}
