//! One attempt of one delivery: send, classify, record, decide when to try again.
//!
//! The intent is committed before the call. What can be repeated without showing it twice is marked so; everything else
//! that a dead process leaves behind ends as `unclear`.

mod card;
pub mod ended;
mod intent;
mod link;
mod note;

use super::company_text::Own;
use super::subject::Subject;
use super::{link_mode, notify, war_room, work_notice};
use crate::model::chat::Chat;
use crate::model::delivery::{Attempt, Delivery, DeliveryState, Next, Outcome, Target};
use crate::model::integration::Integration;
use crate::model::mention::Note;
use crate::model::task::TaskKind;
use crate::state::State;
use crate::store::{self, StoreError, Tx};
use contract::chat::ChatState;
use dingtalk::CardSpace;
use ended::Ended;
use intent::Intent;
use world::Millis;

/// Makes one attempt. Returns when to try again, if at all.
pub async fn deliver(
    state: &State,
    integration: &Integration,
    delivery_id: &str,
) -> Result<Option<Millis>, StoreError> {
    let mut tx = state.store.read().await?;
    let Some(mut delivery) = store::delivery::get(&mut tx, delivery_id).await? else { return Ok(None) };
    let subject = Subject::load(&mut tx, integration, &delivery.incident_id).await?;
    let chat = match &delivery.target {
        Target::Chat(id) => store::chat::by_id(&mut tx, &integration.key, id).await?,
        _ => None,
    };
    let room = match &delivery.target {
        Target::Room(id) => store::war_room::by_id(&mut tx, id).await?,
        _ => None,
    };
    let note = store::note::get(&mut tx, delivery_id).await?;
    drop(tx);
    if delivery.state != DeliveryState::Waiting {
        return Ok(None);
    }
    if work_notice::is_one(&delivery) {
        return work_notice::queue::send_again(state, integration, &delivery).await.map(|()| None);
    }
    let begun = state.world.now();
    delivery.may_be_there = delivery.is_maybe_there();
    let space = match &delivery.target {
        Target::Room(_) => war_room::space(room.as_ref(), begun),
        target => space(target, chat.as_ref()),
    };
    let died_in_it = delivery.outcome == Outcome::Unclear && !delivery.repeatable;
    let sent = match (note, &subject, space) {
        (_, _, Err(outcome)) => Some((delivery, Ended::of(outcome))),
        // A process died while it spoke, and nobody can be asked what became of it.
        _ if died_in_it => Some((delivery, Ended::of(Outcome::Unclear).unrepeatable())),
        (Some(note), _, Ok(space)) => say(state, integration, delivery, &space, chat.as_ref(), note).await,
        (None, None, _) => Some((delivery, Ended::of(Outcome::Cancelled))),
        (None, Some(subject), _) if subject.is_pointless(&delivery) => Some((delivery, Ended::of(Outcome::Cancelled))),
        (None, Some(_), _) if delivery.is_stale(begun) => Some((delivery, Ended::of(Outcome::Cancelled))),
        (None, Some(subject), Ok(space)) => send(state, integration, delivery, subject, space, chat.as_ref()).await?,
    };
    match sent.map(|(delivery, ended)| (delivery, war_room::patiently(ended, room.as_ref(), state.world.now()))) {
        Some((delivery, ended)) => record(state, delivery, ended, begun).await,
        None => Ok(None),
    }
}

fn space(target: &Target, chat: Option<&Chat>) -> Result<CardSpace, Outcome> {
    match target {
        Target::Person(user_id) => Ok(CardSpace::Person { user_id: user_id.clone() }),
        Target::Member(_) => Err(Outcome::AppNotLinked),
        // Only work notices go to everybody; they do not come here. Rooms have rules of their own.
        Target::Everybody | Target::Room(_) => Err(Outcome::Fault),
        Target::Chat(_) => match chat {
            Some(chat) if chat.state == ChatState::Installed => {
                Ok(CardSpace::Group { open_conversation_id: chat.open_conversation_id.clone() })
            }
            Some(chat) if chat.state == ChatState::Uninstalled => Err(Outcome::NotInstalled),
            _ => Err(Outcome::ChatGone),
        },
    }
}

/// A delivery as it is in the database after an attempt, and how that ended; none when somebody else has it.
type Sent = Option<(Delivery, Ended)>;

/// By card; without the permission to send cards, as without a template, by link.
async fn send(
    state: &State,
    integration: &Integration,
    mut delivery: Delivery,
    subject: &Subject,
    space: CardSpace,
    chat: Option<&Chat>,
) -> Result<Sent, StoreError> {
    let mut cost = 0;
    let Own { text: own, trouble } = subject.text(state, integration).await?;
    let own = own.as_deref();
    // What tells of a state goes where a message was before.
    if let Some(template) = integration.settings.card_template_id.as_deref().filter(|_| !delivery.is_of_state()) {
        let intent = Intent::of(state, integration, &delivery, true);
        let client = intent.client(integration);
        let ended = card::send(state, integration, &client, &delivery, subject, space.clone(), (template, own))
            .await?
            .without_own(&trouble);
        let Some(present) = intent.end().await else { return Ok(None) };
        if ended.outcome != Outcome::MissingScope {
            return Ok(Some((present, ended)));
        }
        (delivery, cost) = (present, ended.cost);
    }
    let url = subject.url(state, integration);
    let values = subject.values(notify::drawing(state, integration, &url));
    let told = subject.incident().and_then(|_| link_mode::message(&delivery, &values, state.world.now()));
    let intent = Intent::telling(state, integration, &delivery, told);
    let client = intent.client(integration);
    let ended = link::send(state, integration, &client, (subject, own), (space, chat), delivery.is_of_state()).await;
    let ended = Ended { cost: ended.cost + cost, ..ended.without_own(&trouble) };
    Ok(intent.end().await.map(|delivery| (delivery, ended)))
}

/// The bot's own words in a group.
async fn say(
    state: &State,
    integration: &Integration,
    delivery: Delivery,
    space: &CardSpace,
    chat: Option<&Chat>,
    note: Note,
) -> Sent {
    let intent = Intent::of(state, integration, &delivery, false);
    let client = intent.client(integration);
    let ended = match (space, chat) {
        (CardSpace::Room { open_conversation_id, .. }, _) => {
            note::send_to_room(integration, &client, open_conversation_id, note).await
        }
        (_, Some(chat)) => note::send(integration, &client, chat, note).await,
        (_, None) => return Some((delivery, Ended::of(Outcome::ChatGone))),
    };
    intent.end().await.map(|delivery| (delivery, ended))
}

async fn record(
    state: &State,
    mut delivery: Delivery,
    ended: Ended,
    begun: Millis,
) -> Result<Option<Millis>, StoreError> {
    let now = state.world.now();
    let tried = ended.held.is_none();
    let next = match ended.repeatable {
        true => next_time(state, &delivery, &ended, now),
        false => Next::Failed,
    };
    delivery.may_be_there |= ended.outcome == Outcome::Unclear;
    let lost = next == Next::Failed && delivery.may_be_there;
    let again = if let Next::At(at) = next { Some(at) } else { None };
    delivery.attempts += i64::from(tried);
    delivery.tries += i64::from(tried);
    delivery.cost += ended.cost;
    delivery.state = match next {
        Next::Done => DeliveryState::Done,
        Next::Failed => DeliveryState::Failed,
        Next::At(_) => DeliveryState::Waiting,
    };
    // What the last attempt says is not what became of it, if an earlier one may have arrived.
    delivery.outcome = if lost { Outcome::Unclear } else { ended.outcome };
    delivery.repeatable = ended.repeatable;
    delivery.code = ended.code.clone();
    delivery.message = ended.message.clone();
    delivery.request_id = ended.request_id.clone();
    delivery.next = again;
    delivery.updated = now;
    let attempt = Attempt {
        delivery_id: delivery.id.clone(),
        number: delivery.attempts,
        outcome: ended.outcome,
        code: ended.code,
        message: ended.message,
        request_id: ended.request_id,
        text: ended.text,
        cost: ended.cost,
        took: now.since(begun),
        at: now,
    };
    let mut tx = state.store.begin().await?;
    if !store::delivery::update(&mut tx, &delivery).await? {
        // Our lease ran out while DingTalk was slow: whoever has the delivery now decides how it goes on.
        return Ok(None);
    }
    if tried {
        metrics::counter!("dingduty_delivery_attempts_total", "outcome" => ended.outcome.name()).increment(1);
        store::delivery::add_attempt(&mut tx, &attempt).await?;
    }
    if tried && !matches!(ended.outcome, Outcome::Delivered | Outcome::Unclear) {
        store::link_message::remove(&mut tx, &delivery.id).await?;
    }
    if ended.cost > 0 {
        look_at_target(&mut tx, &delivery, ended.outcome, now).await?;
    }
    if lost && ended.repeatable {
        card::follow(state, &mut tx, &delivery).await?;
    }
    tx.commit().await?;
    Ok(again)
}

/// A call that was refused may mean that an event about the group was lost: the group is looked at.
async fn look_at_target(tx: &mut Tx, delivery: &Delivery, outcome: Outcome, now: Millis) -> Result<(), StoreError> {
    let kind = match &delivery.target {
        // A refused space has no promised code (reference 7.3).
        Target::Chat(chat) if matches!(outcome, Outcome::NotInstalled | Outcome::ChatGone | Outcome::Refused) => {
            TaskKind::RefreshChat { chat: chat.clone() }
        }
        // Perhaps it was disbanded by hand.
        Target::Room(room) if delivery.state == DeliveryState::Failed => TaskKind::TendRoom { room: room.clone() },
        _ => return Ok(()),
    };
    store::task::add(tx, &delivery.integration, &kind, now, now).await
}

fn next_time(state: &State, delivery: &Delivery, ended: &Ended, now: Millis) -> Next {
    if let Some(until) = ended.held {
        return Next::At(until);
    }
    let asked = delivery.asked.unwrap_or(delivery.created);
    ended.outcome.next_time(delivery.tries + 1, asked, now, ended.told, state.world.fraction())
}
