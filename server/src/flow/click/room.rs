//! *War room* on a card: asked for, or entered. Only the presser's copy tells how it goes; the group itself, and the button
//! that leads into it, follow for everybody.

use super::{BUDGET, noticed, private_only};
use crate::flow::refusal::{ReceiveError, Refusal};
use crate::flow::war_room::{self, Asker};
use crate::flow::{address, credential};
use crate::model::card::{Card, Notice};
use crate::model::integration::Integration;
use crate::model::link::Link;
use crate::model::quota::Priority;
use crate::model::war_room::RoomState;
use crate::state::State;
use contract::words::{card as words, war_room as room_words};
use dingtalk::click::Answer;
use std::sync::Arc;

/// Asks for the incident's room; where there is one, its presser is brought in.
pub async fn make(
    state: &State,
    integration: &Arc<Integration>,
    card: Card,
    link: &Link,
) -> Result<Answer, ReceiveError> {
    let user_id = &link.employee.user_id;
    match war_room::ask(state, integration, &card.incident_id, &Asker::of(link)).await {
        Ok(room) if room.state.is_live() => join(state, integration, card, user_id, Some(link)).await,
        Ok(room) => {
            let text = match room.state {
                RoomState::Making => room_words::making_notice(integration.settings.language),
                _ => words::working(integration.settings.language),
            };
            tell(state, integration, card, user_id, text).await
        }
        Err(refusal) => refuse(state, integration, card, user_id, refusal).await,
    }
}

/// Brings somebody into the room. Who has to wait for DingTalk is told that it goes on.
pub async fn join(
    state: &State,
    integration: &Arc<Integration>,
    card: Card,
    user_id: &str,
    link: Option<&Link>,
) -> Result<Answer, ReceiveError> {
    let language = integration.settings.language;
    let (worker, owner, incident_id) = (state.clone(), Arc::clone(integration), card.incident_id.clone());
    let known = link.map(Asker::of);
    let id = user_id.to_owned();
    let joining = async move {
        let asker = match known {
            Some(asker) => asker,
            None => Asker { name: name_of(&worker, &owner, &id).await, user_id: id },
        };
        war_room::join::join(&worker, &owner, &incident_id, &asker).await
    };
    let Some(mut running) = state.background.start(joining) else {
        return tell(state, integration, card, user_id, words::working(language)).await;
    };
    match tokio::time::timeout(BUDGET, &mut running).await {
        Ok(Ok(Ok(_))) => tell(state, integration, card, user_id, room_words::joined_notice(language)).await,
        Ok(Ok(Err(refusal))) => refuse(state, integration, card, user_id, refusal).await,
        Ok(Err(_)) | Err(_) => tell(state, integration, card, user_id, words::working(language)).await,
    }
}

/// The name of somebody who is not linked, for the list of who is in the room.
async fn name_of(state: &State, integration: &Integration, user_id: &str) -> String {
    let user = credential::dingtalk(state, integration, Priority::Page).user(user_id).await;
    user.ok().and_then(|user| user.name).unwrap_or_else(|| user_id.to_owned())
}

async fn tell(
    state: &State,
    integration: &Integration,
    card: Card,
    user_id: &str,
    text: &str,
) -> Result<Answer, ReceiveError> {
    let language = integration.settings.language;
    let notice = Notice {
        text: text.to_owned(),
        button: room_words::open_page(language).to_owned(),
        url: address::war_room_in_dingtalk(state, &integration.key, &card.incident_id),
    };
    let answer = private_only(&card, user_id, &notice);
    noticed(state, card, user_id, &notice, &answer, false).await?;
    Ok(answer)
}

async fn refuse(
    state: &State,
    integration: &Integration,
    card: Card,
    user_id: &str,
    refusal: Refusal,
) -> Result<Answer, ReceiveError> {
    if let Some(cause) = refusal.cause {
        return Err(cause.into());
    }
    let url = address::incident_in_dingtalk(state, &integration.key, &card.incident_id);
    let notice = super::cure(state, integration, url, refusal);
    let answer = private_only(&card, user_id, &notice);
    noticed(state, card, user_id, &notice, &answer, true).await?;
    Ok(answer)
}
