//! Calls under way and just behind us, by app and API, messages by API and group; and hosts that have banned this address. All processes share them.

use super::sql::{from_json, sql, to_json};
use super::{StoreError, Tx};
use crate::model::throttle::{Span, Window};
use world::Millis;

const TABLE: &str = "throttle";

/// The window of an app at an API, kept from everybody else until the transaction ends. A group's is locked after its
/// API's, by the name that [`of_group`] gives.
pub async fn lock(tx: &mut Tx, client_id: &str, api: &str, span: Span) -> Result<Window, StoreError> {
    // The update that changes nothing is what locks the row.
    let row = sql("INSERT INTO throttle (client_id, api, turns, pause_until_ms, careful_until_ms, strikes) \
         VALUES ($1, $2, '[]', 0, 0, 0) ON CONFLICT (client_id, api) DO UPDATE SET strikes = throttle.strikes \
         RETURNING turns, pause_until_ms, careful_until_ms, strikes")
    .text(client_id)
    .text(api)
    .row(tx)
    .await?;
    let Some(row) = row else { return Ok(Window { span, ..Window::default() }) };
    Ok(Window {
        span,
        turns: from_json(TABLE, "turns", &row.text("turns")?)?,
        pause_until: row.at("pause_until_ms")?,
        careful_until: row.at("careful_until_ms")?,
        strikes: row.number("strikes")?,
    })
}

/// Where the `api` column stands for messages to one group: paths have no spaces.
pub fn of_group(api: &str, open_conversation_id: &str) -> String {
    format!("{api} {open_conversation_id}")
}

/// Keeps what [`lock`] gave.
pub async fn put(tx: &mut Tx, client_id: &str, api: &str, window: &Window) -> Result<(), StoreError> {
    sql("UPDATE throttle SET turns = $3, pause_until_ms = $4, careful_until_ms = $5, strikes = $6 \
         WHERE client_id = $1 AND api = $2")
    .text(client_id)
    .text(api)
    .text(&to_json(TABLE, "turns", &window.turns)?)
    .at(window.pause_until)
    .at(window.careful_until)
    .number(window.strikes)
    .run(tx)
    .await?;
    Ok(())
}

/// Until when a host is not to be called, as it was noted.
pub async fn banned_until(tx: &mut Tx, host: &str) -> Result<Option<Millis>, StoreError> {
    let row = sql("SELECT until_ms FROM ban WHERE host = $1").text(host).row(tx).await?;
    row.map(|row| row.at("until_ms")).transpose()
}

/// Notes a ban.
pub async fn ban(tx: &mut Tx, host: &str, until: Millis) -> Result<(), StoreError> {
    sql("INSERT INTO ban (host, until_ms) VALUES ($1, $2) ON CONFLICT (host) DO UPDATE SET until_ms = excluded.until_ms")
        .text(host)
        .at(until)
        .run(tx)
        .await?;
    Ok(())
}
