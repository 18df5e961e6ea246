//! The people of work notices: which delivery is in which batch.

use super::sql::{Row, sql};
use super::{StoreError, Tx};
use crate::model::work_notice::Person;

macro_rules! select {
    ($($rest:tt)*) => {
        concat!("SELECT delivery_id, notice_id, batch_id, user_id, sends FROM work_notice_person ", $($rest)*)
    };
}

/// Adds one. [`StoreError::Taken`] when the delivery is one of a notice already.
pub async fn insert(tx: &mut Tx, person: &Person) -> Result<(), StoreError> {
    sql(
        "INSERT INTO work_notice_person (delivery_id, notice_id, batch_id, user_id, sends) VALUES ($1, $2, $3, $4, $5)",
    )
    .text(&person.delivery_id)
    .text(&person.notice_id)
    .text(&person.batch_id)
    .text(&person.user_id)
    .number(person.sends)
    .run(tx)
    .await?;
    Ok(())
}

/// The person of a delivery.
pub async fn get(tx: &mut Tx, delivery_id: &str) -> Result<Option<Person>, StoreError> {
    let row = sql(select!("WHERE delivery_id = $1")).text(delivery_id).row(tx).await?;
    row.as_ref().map(person).transpose()
}

/// Moves somebody into another batch; the empty id is none.
pub async fn move_to(tx: &mut Tx, delivery_id: &str, batch_id: &str) -> Result<(), StoreError> {
    sql("UPDATE work_notice_person SET batch_id = $2 WHERE delivery_id = $1")
        .text(delivery_id)
        .text(batch_id)
        .run(tx)
        .await?;
    Ok(())
}

/// Counts one more sending to everybody in a batch.
pub async fn count_send(tx: &mut Tx, batch_id: &str) -> Result<(), StoreError> {
    sql("UPDATE work_notice_person SET sends = sends + 1 WHERE batch_id = $1").text(batch_id).run(tx).await?;
    Ok(())
}

/// Everybody in a batch, by delivery.
pub async fn of_batch(tx: &mut Tx, batch_id: &str) -> Result<Vec<Person>, StoreError> {
    let rows = sql(select!("WHERE batch_id = $1 ORDER BY delivery_id")).text(batch_id).rows(tx).await?;
    rows.iter().map(person).collect()
}

/// Everybody of a notice, by delivery.
pub async fn of_notice(tx: &mut Tx, notice_id: &str) -> Result<Vec<Person>, StoreError> {
    let rows = sql(select!("WHERE notice_id = $1 ORDER BY delivery_id")).text(notice_id).rows(tx).await?;
    rows.iter().map(person).collect()
}

fn person(row: &Row) -> Result<Person, StoreError> {
    Ok(Person {
        delivery_id: row.text("delivery_id")?,
        notice_id: row.text("notice_id")?,
        batch_id: row.text("batch_id")?,
        user_id: row.text("user_id")?,
        sends: row.number("sends")?,
    })
}
