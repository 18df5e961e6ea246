//! Who belongs into war rooms.

use super::sql::{Row, known, sql};
use super::{StoreError, Tx};
use crate::model::war_room::{Missing, Presence, RoomPerson};
use world::Millis;

const TABLE: &str = "war_room_person";

/// Keeps what is known of a person, unless they came in or left already.
pub async fn put(tx: &mut Tx, person: &RoomPerson) -> Result<bool, StoreError> {
    sql("INSERT INTO war_room_person (room_id, person, user_id, name, state, reason, updated_ms) \
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (room_id, person) DO UPDATE SET user_id = excluded.user_id, \
         name = excluded.name, state = excluded.state, reason = excluded.reason, updated_ms = excluded.updated_ms \
         WHERE war_room_person.state IN ('wanted', 'missing')")
    .text(&person.room_id)
    .text(&person.person)
    .maybe_text(person.user_id.as_deref())
    .text(&person.name)
    .text(person.state.name())
    .text(person.reason.map(Missing::name).unwrap_or_default())
    .at(person.updated)
    .changed(tx)
    .await
}

/// Notes that somebody is in the room.
pub async fn enter(tx: &mut Tx, person: &RoomPerson) -> Result<(), StoreError> {
    sql("INSERT INTO war_room_person (room_id, person, user_id, name, state, reason, updated_ms) \
         VALUES ($1, $2, $3, $4, 'in', '', $5) ON CONFLICT (room_id, person) DO UPDATE SET user_id = excluded.user_id, \
         name = excluded.name, state = 'in', reason = '', updated_ms = excluded.updated_ms")
    .text(&person.room_id)
    .text(&person.person)
    .maybe_text(person.user_id.as_deref())
    .text(&person.name)
    .at(person.updated)
    .run(tx)
    .await?;
    Ok(())
}

/// Notes that an employee came into the room (`is_in`) or left it. Who left is not invited again unless they ask.
pub async fn moved(tx: &mut Tx, room_id: &str, user_id: &str, is_in: bool, now: Millis) -> Result<u64, StoreError> {
    let presence = if is_in { Presence::In } else { Presence::Out };
    sql("UPDATE war_room_person SET state = $3, reason = '', updated_ms = $4 WHERE room_id = $1 AND user_id = $2")
        .text(room_id)
        .text(user_id)
        .text(presence.name())
        .at(now)
        .run(tx)
        .await
}

/// Everybody of a room, by name.
pub async fn of_room(tx: &mut Tx, room_id: &str) -> Result<Vec<RoomPerson>, StoreError> {
    let rows = sql("SELECT room_id, person, user_id, name, state, reason, updated_ms FROM war_room_person \
         WHERE room_id = $1 ORDER BY name, person")
    .text(room_id)
    .rows(tx)
    .await?;
    rows.iter().map(person).collect()
}

fn person(row: &Row) -> Result<RoomPerson, StoreError> {
    let reason = row.text("reason")?;
    let reason = match reason.as_str() {
        "" => None,
        reason => Some(known(TABLE, "reason", Missing::from_name(reason))?),
    };
    Ok(RoomPerson {
        room_id: row.text("room_id")?,
        person: row.text("person")?,
        user_id: row.maybe_text("user_id")?,
        name: row.text("name")?,
        state: known(TABLE, "state", Presence::from_name(&row.text("state")?))?,
        reason,
        updated: row.at("updated_ms")?,
    })
}
