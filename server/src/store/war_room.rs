//! War rooms.

use super::sql::{Row, Sql, from_json, known, sql, to_json};
use super::{StoreError, Tx};
use crate::model::war_room::{Posted, RoomState, WarRoom};
use world::Millis;

const TABLE: &str = "war_room";

/// Times a change is tried against somebody else's at the same moment.
const CONFLICTS_MAX: usize = 8;

macro_rules! select {
    ($($rest:tt)*) => {
        concat!(
            "SELECT id, integration, incident_id, generation, uuid, state, open_conversation_id, title, titled_by_hand, ",
            "titled_ms, asked_by, asked_name, problem, link_posted, told_ms, missing_told, made_ms, ends_ms, ended_by, ",
            "created_ms, updated_ms, version FROM war_room ",
            $($rest)*
        )
    };
}

/// Adds a room. False when the incident has one of this generation.
pub async fn insert(tx: &mut Tx, room: &WarRoom) -> Result<bool, StoreError> {
    let statement = sql(
        "INSERT INTO war_room (id, version, state, open_conversation_id, title, titled_by_hand, titled_ms, \
                         asked_by, asked_name, problem, link_posted, told_ms, missing_told, made_ms, ends_ms, ended_by, \
                         updated_ms, integration, incident_id, generation, uuid, created_ms) \
                         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, \
                         $20, $21, $22) ON CONFLICT DO NOTHING",
    );
    bind(statement, room)?
        .text(&room.integration)
        .text(&room.incident_id)
        .number(room.generation)
        .text(&room.uuid)
        .at(room.created)
        .changed(tx)
        .await
}

/// Compare and set.
pub async fn update(tx: &mut Tx, room: &WarRoom) -> Result<bool, StoreError> {
    let statement = sql("UPDATE war_room SET state = $3, open_conversation_id = $4, title = $5, titled_by_hand = $6, \
                         titled_ms = $7, asked_by = $8, asked_name = $9, problem = $10, link_posted = $11, told_ms = $12, \
                         missing_told = $13, made_ms = $14, ends_ms = $15, ended_by = $16, updated_ms = $17, \
                         version = version + 1 WHERE id = $1 AND version = $2");
    bind(statement, room)?.changed(tx).await
}

/// Which room in which version, $1 and $2, and what changes of it, $3 to $17.
fn bind(statement: Sql, room: &WarRoom) -> Result<Sql, StoreError> {
    Ok(statement
        .text(&room.id)
        .number(room.version)
        .text(room.state.name())
        .maybe_text(room.open_conversation_id.as_deref())
        .text(&room.title)
        .number(i64::from(room.titled_by_hand))
        .at(room.titled)
        .text(&room.asked_by)
        .text(&room.asked_name)
        .text(&room.problem)
        .number(room.link_posted.number())
        .at(room.told)
        .text(&to_json(TABLE, "missing_told", &room.missing_told)?)
        .maybe_at(room.made)
        .maybe_at(room.ends)
        .text(&room.ended_by)
        .at(room.updated))
}

/// Changes a room, whoever else changes it meanwhile. `change` says whether it did; the room as it is then, none when
/// there is no such room or nothing was changed.
pub async fn change(
    tx: &mut Tx,
    id: &str,
    change: impl Fn(&mut WarRoom) -> bool,
) -> Result<Option<WarRoom>, StoreError> {
    for _ in 0..CONFLICTS_MAX {
        let Some(mut room) = by_id(tx, id).await? else { return Ok(None) };
        if !change(&mut room) {
            return Ok(None);
        }
        if update(tx, &room).await? {
            room.version += 1;
            return Ok(Some(room));
        }
    }
    Err(StoreError::Conflict)
}

/// The room of an id.
pub async fn by_id(tx: &mut Tx, id: &str) -> Result<Option<WarRoom>, StoreError> {
    let row = sql(select!("WHERE id = $1")).text(id).row(tx).await?;
    row.as_ref().map(room).transpose()
}

/// The newest room of an incident.
pub async fn newest(tx: &mut Tx, integration: &str, incident_id: &str) -> Result<Option<WarRoom>, StoreError> {
    let row = sql(select!("WHERE integration = $1 AND incident_id = $2 ORDER BY generation DESC LIMIT 1"))
        .text(integration)
        .text(incident_id)
        .row(tx)
        .await?;
    row.as_ref().map(room).transpose()
}

/// The room of a DingTalk conversation.
pub async fn by_conversation(
    tx: &mut Tx,
    integration: &str,
    open_conversation_id: &str,
) -> Result<Option<WarRoom>, StoreError> {
    let row = sql(select!("WHERE integration = $1 AND open_conversation_id = $2"))
        .text(integration)
        .text(open_conversation_id)
        .row(tx)
        .await?;
    row.as_ref().map(room).transpose()
}

/// Live rooms in which this person is missing, by id.
pub async fn missing(tx: &mut Tx, integration: &str, person: &str) -> Result<Vec<String>, StoreError> {
    sql("SELECT war_room.id AS id FROM war_room_person JOIN war_room ON war_room.id = war_room_person.room_id \
         WHERE war_room_person.person = $2 AND war_room_person.state = 'missing' AND war_room.integration = $1 \
         AND war_room.state IN ('open', 'ending') ORDER BY war_room.id")
    .text(integration)
    .text(person)
    .texts(tx, "id")
    .await
}

/// A page of rooms, newest first, in one state if `state`: `after` is where the last page ended.
pub async fn list(
    tx: &mut Tx,
    integration: &str,
    state: Option<RoomState>,
    after: Option<(Millis, String)>,
    limit: i64,
) -> Result<Vec<WarRoom>, StoreError> {
    let (at, id) = after.unzip();
    let rows = sql(select!(
        "WHERE integration = $1 AND ($2 IS NULL OR state = $2) \
         AND ($3 IS NULL OR created_ms < $3 OR (created_ms = $3 AND id < $4)) ORDER BY created_ms DESC, id DESC LIMIT $5"
    ))
    .text(integration)
    .maybe_text(state.map(RoomState::name))
    .maybe_at(at)
    .maybe_text(id.as_deref())
    .number(limit)
    .rows(tx)
    .await?;
    rows.iter().map(room).collect()
}

fn room(row: &Row) -> Result<WarRoom, StoreError> {
    Ok(WarRoom {
        id: row.text("id")?,
        integration: row.text("integration")?,
        incident_id: row.text("incident_id")?,
        generation: row.number("generation")?,
        uuid: row.text("uuid")?,
        state: known(TABLE, "state", RoomState::from_name(&row.text("state")?))?,
        open_conversation_id: row.maybe_text("open_conversation_id")?,
        title: row.text("title")?,
        titled_by_hand: row.number("titled_by_hand")? != 0,
        titled: row.at("titled_ms")?,
        asked_by: row.text("asked_by")?,
        asked_name: row.text("asked_name")?,
        problem: row.text("problem")?,
        link_posted: known(TABLE, "link_posted", Posted::from_number(row.number("link_posted")?))?,
        told: row.at("told_ms")?,
        missing_told: from_json(TABLE, "missing_told", &row.text("missing_told")?)?,
        made: row.maybe_at("made_ms")?,
        ends: row.maybe_at("ends_ms")?,
        ended_by: row.text("ended_by")?,
        created: row.at("created_ms")?,
        updated: row.at("updated_ms")?,
        version: row.number("version")?,
    })
}
