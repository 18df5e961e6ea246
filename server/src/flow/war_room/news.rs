//! What happened to the incident, told in its room with the actor's name: gathered, so that a busy room stays readable.

use super::say;
use crate::flow::repaint::Left;
use crate::flow::{address, credential, notify, people};
use crate::model::card;
use crate::model::incident::{Incident, LastAct};
use crate::model::integration::Integration;
use crate::model::markdown::{self, Surface};
use crate::model::mention::Note;
use crate::model::text;
use crate::model::war_room::WarRoom;
use crate::state::State;
use crate::store::{self, StoreError};
use contract::paths;
use contract::words::war_room as words;
use flashduty::FeedItem;
use std::collections::BTreeMap;

/// What is told (Flashduty reference 3.1).
const KINDS: [&str; 13] = [
    "i_ack",
    "i_unack",
    "i_rslv",
    "i_reopen",
    "i_snooze",
    "i_wake",
    "i_comm",
    "i_assign",
    "i_a_rspd",
    "i_merge",
    "i_r_title",
    "i_r_severity",
    "i_r_desc",
];
/// Newest rows of the timeline that are looked at.
const ROWS: u32 = 50;
/// Lines of one message.
const LINES_MAX: usize = 10;
/// Longest quotation of a comment, in bytes.
const QUOTED_BYTES_MAX: usize = 400;

/// Tells what the room has not heard yet.
pub async fn tell(
    state: &State,
    integration: &Integration,
    room: &WarRoom,
    incident: &Incident,
) -> Result<Left, StoreError> {
    let client = credential::service(state, integration);
    let page = match client.feed_of_kinds(&incident.id, &KINDS, ROWS).await {
        Ok(page) => page,
        Err(error) => {
            tracing::info!(code = error.code, "a war room is not told what happened");
            let passing = crate::flow::Refusal::from(error).is_passing();
            return Ok(if passing { Left::Again } else { Left::Nothing });
        }
    };
    // Our own link is no news to those who are there.
    let own = paths::fill(paths::WAR_ROOM, &[&integration.key, &incident.id]);
    let is_news = |item: &&FeedItem| item.at > room.told && !item.text("comment").contains(&own);
    let mut news: Vec<&FeedItem> = page.items.iter().filter(is_news).collect();
    news.sort_by_key(|item| item.at);
    let Some(newest) = page.items.iter().map(|item| item.at).max().filter(|at| *at > room.told) else {
        return Ok(Left::Nothing);
    };
    let ids = news.iter().map(|item| item.creator_id).filter(|id| *id != 0).collect();
    let names = people::names(state, integration, &client, ids).await;
    let mut tx = state.store.begin().await?;
    let told = store::war_room::change(&mut tx, &room.id, |room| {
        let is_first = room.told < newest && room.state.is_live();
        if is_first {
            room.told = newest;
        }
        is_first
    });
    let Some(room) = told.await? else { return Ok(Left::Nothing) };
    if !news.is_empty() {
        let note = note(state, integration, incident, &news, &names);
        say(state, &mut tx, &room, &format!("news {}", newest.0), note).await?;
    }
    tx.commit().await?;
    state.wake();
    Ok(Left::Nothing)
}

fn note(
    state: &State,
    integration: &Integration,
    incident: &Incident,
    news: &[&FeedItem],
    names: &BTreeMap<i64, String>,
) -> Note {
    let language = integration.settings.language;
    let earlier = news.len().saturating_sub(LINES_MAX);
    let lines: Vec<String> =
        news.iter().skip(earlier).map(|item| line(state, integration, incident, item, names)).collect();
    let title = lines.last().cloned().unwrap_or_default();
    let mut text: Vec<String> = (earlier > 0).then(|| words::earlier(language, earlier)).into_iter().collect();
    for (item, line) in news.iter().skip(earlier).zip(&lines) {
        text.push(format!("- {}{}", markdown::line(line), quoted(item)));
    }
    Note { title: text::cut(&title, 200), text: text.join("\n") }
}

/// "Acknowledged by Li at 14:03".
fn line(
    state: &State,
    integration: &Integration,
    incident: &Incident,
    item: &FeedItem,
    names: &BTreeMap<i64, String>,
) -> String {
    let url = address::incident_in_dingtalk(state, &integration.key, &incident.id);
    let name = || names.get(&item.creator_id).cloned().unwrap_or_else(|| item.creator_id.to_string());
    let who = (item.creator_id != 0).then(name);
    let act = LastAct { who, kind: item.kind.clone(), at: item.at };
    card::last_act(&Incident { last_act: Some(act), ..incident.clone() }, notify::drawing(state, integration, &url))
}

/// What was said with it.
fn quoted(item: &FeedItem) -> String {
    let said = match item.kind.as_str() {
        "i_comm" | "i_merge" => item.text("comment"),
        "i_reopen" => item.text("reason"),
        "i_r_title" | "i_r_severity" => item.text("to"),
        _ => String::new(),
    };
    let said = text::line(&said);
    if said.is_empty() {
        return said;
    }
    format!(": {}", markdown::block(&said, Surface::Bot, QUOTED_BYTES_MAX))
}
