//! Cards DingTalk has.

use super::sql::{Row, from_json, known, sql, to_json};
use super::{StoreError, Tx};
use crate::model::card::Card;
use crate::model::delivery::Target;

const TABLE: &str = "card";

/// Times a change is tried against somebody else's at the same moment.
const CONFLICTS_MAX: usize = 8;

macro_rules! select {
    ($($rest:tt)*) => {
        concat!(
            "SELECT out_track_id, integration, incident_id, target_kind, target, delivered, shown, noticed, given, ",
            "created_ms, updated_ms, version FROM card ",
            $($rest)*
        )
    };
}

/// Adds a card. False when it is known already.
pub async fn insert(tx: &mut Tx, card: &Card) -> Result<bool, StoreError> {
    sql("INSERT INTO card (out_track_id, integration, incident_id, target_kind, target, delivered, shown, noticed, \
         given, created_ms, updated_ms, version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT DO NOTHING")
    .text(&card.out_track_id)
    .text(&card.integration)
    .text(&card.incident_id)
    .text(card.target.kind())
    .text(&card.target.id())
    .number(i64::from(card.delivered))
    .text(&to_json(TABLE, "shown", &card.shown)?)
    .text(&to_json(TABLE, "noticed", &card.noticed)?)
    .text(&to_json(TABLE, "given", &card.given)?)
    .at(card.created)
    .at(card.updated)
    .number(card.version)
    .changed(tx)
    .await
}

/// The card of an out-track id.
pub async fn get(tx: &mut Tx, out_track_id: &str) -> Result<Option<Card>, StoreError> {
    let row = sql(select!("WHERE out_track_id = $1")).text(out_track_id).row(tx).await?;
    row.as_ref().map(card).transpose()
}

/// Every card of an incident, oldest first.
pub async fn by_incident(tx: &mut Tx, integration: &str, incident_id: &str) -> Result<Vec<Card>, StoreError> {
    let rows = sql(select!("WHERE integration = $1 AND incident_id = $2 ORDER BY created_ms, out_track_id"))
        .text(integration)
        .text(incident_id)
        .rows(tx)
        .await?;
    rows.iter().map(card).collect()
}

/// Changes what DingTalk has, whoever else changes it meanwhile. False when there is no such card.
pub async fn change(tx: &mut Tx, out_track_id: &str, change: impl Fn(&mut Card)) -> Result<bool, StoreError> {
    for _ in 0..CONFLICTS_MAX {
        let Some(mut card) = get(tx, out_track_id).await? else { return Ok(false) };
        change(&mut card);
        if update(tx, &card).await? {
            return Ok(true);
        }
    }
    Err(StoreError::Conflict)
}

/// Compare and set of what DingTalk has.
pub async fn update(tx: &mut Tx, card: &Card) -> Result<bool, StoreError> {
    sql("UPDATE card SET delivered = $3, shown = $4, noticed = $5, given = $6, updated_ms = $7, version = version + 1 \
         WHERE out_track_id = $1 AND version = $2")
    .text(&card.out_track_id)
    .number(card.version)
    .number(i64::from(card.delivered))
    .text(&to_json(TABLE, "shown", &card.shown)?)
    .text(&to_json(TABLE, "noticed", &card.noticed)?)
    .text(&to_json(TABLE, "given", &card.given)?)
    .at(card.updated)
    .changed(tx)
    .await
}

fn card(row: &Row) -> Result<Card, StoreError> {
    let target = Target::from_columns(&row.text("target_kind")?, &row.text("target")?);
    Ok(Card {
        out_track_id: row.text("out_track_id")?,
        integration: row.text("integration")?,
        incident_id: row.text("incident_id")?,
        target: known(TABLE, "target", target)?,
        delivered: row.number("delivered")? != 0,
        shown: from_json(TABLE, "shown", &row.text("shown")?)?,
        noticed: from_json(TABLE, "noticed", &row.text("noticed")?)?,
        given: from_json(TABLE, "given", &row.text("given")?)?,
        created: row.at("created_ms")?,
        updated: row.at("updated_ms")?,
        version: row.number("version")?,
    })
}
