//! Robot pushes: an escalation rule of Flashduty speaks in a group. Taken at the door, carried out later: it brings the
//! group's card of the incident, or calls people to the card that is there; where no incident can be found in it, the
//! app's bot says it.

mod people;

pub use people::Known;

use super::refusal::ReceiveError;
use super::{address, caches, chats, convert, credential, incidents, mention, notify};
use crate::model::card;
use crate::model::chat::Chat;
use crate::model::delivery::{Delivery, DeliveryState, Outcome, Target};
use crate::model::hash::hex_sha256;
use crate::model::incident::Mirror;
use crate::model::integration::Integration;
use crate::model::markdown::{self, PARAGRAPH, Surface};
use crate::model::mention::{EVERYBODY, Mention, Note, not_called_yet};
use crate::model::task::TaskKind;
use crate::model::text;
use crate::state::State;
use crate::store::inbox::{Item, NewItem, Source};
use crate::store::robot_push::RobotPush;
use crate::store::{self, StoreError, Tx};
use contract::chat::ChatState;
use contract::words::card as words;
use flashduty::robot::{self, RobotMessage};
use serde::{Deserialize, Serialize};

/// The reason of a delivery that brings a card because a robot push asked for it.
pub const REASON: &str = "robot push";
/// Two equal pushes within this time, in milliseconds, are one that was repeated: the shortest repetition of an
/// escalation rule is half a minute (reference 7.2).
const REPEATED_MS: i64 = 30_000;
/// Times Flashduty is asked for an incident before the message goes out without it: somebody is waiting for it.
const ASKED_MAX: i64 = 3;
/// Open incidents that are looked through for a number.
const OPEN_MAX: i64 = 1_000;
/// Longest text of a message without an incident, in bytes of markdown: as JSON it may be half as long again, and
/// DingTalk's limit is 15,000 (reference 6.1).
const TEXT_BYTES_MAX: usize = 8_000;
/// Longest chat-list line, in bytes.
const TITLE_BYTES_MAX: usize = 300;
/// People named in one message.
const NAMED_MAX: usize = 20;

/// As it waits in the inbox.
#[derive(Serialize, Deserialize)]
struct Pushed {
    chat: String,
    body: String,
}

/// What became of carrying a push out.
pub enum CarriedOut {
    Done,
    /// Flashduty could not be asked; later then.
    Later,
}

/// Which incident a push is about.
enum Found {
    Incident(Box<Mirror>),
    Nothing,
    /// Flashduty could not be asked.
    Unknown,
}

/// Takes one push: verifies, stores durably. Calls nothing outside.
///
/// # Errors
/// Nothing was stored. A group that cannot be sent to refuses, so that Flashduty takes another way.
pub async fn receive(state: &State, key: &str, chat_id: &str, secret: &str, body: &[u8]) -> Result<(), ReceiveError> {
    let integration = caches::integration(state, key).await?.ok_or(ReceiveError::UnknownIntegration)?;
    let mut tx = state.store.read().await?;
    let chat = store::chat::by_id(&mut tx, key, chat_id).await?;
    drop(tx);
    // Nobody learns which groups there are.
    let chat = chat.filter(|chat| incidents::same(secret, &chats::robot_secret(&integration, chat)));
    let chat = chat.ok_or(ReceiveError::Forged)?;
    robot::decode(body).map_err(|error| ReceiveError::Malformed(error.to_string()))?;
    if chat.state != ChatState::Installed {
        return Err(ReceiveError::DeadChat);
    }
    let body = std::str::from_utf8(body).map_err(|_| ReceiveError::Malformed("the body is not UTF-8".to_owned()))?;
    let turn = state.world.now().0.div_euclid(REPEATED_MS);
    let event_id = format!("{chat_id}/{turn}/{}", hex_sha256(body));
    let pushed = Pushed { chat: chat.id, body: body.to_owned() };
    let body = serde_json::to_string(&pushed).map_err(|error| ReceiveError::Malformed(error.to_string()))?;
    let item = NewItem { integration: key.to_owned(), source: Source::Robot, event_id, body };
    state.store.inbox().put(item).await?;
    state.wake();
    Ok(())
}

/// Applies a stored push: from here on a task carries it out, because that may need to ask Flashduty and DingTalk.
pub async fn apply(state: &State, tx: &mut Tx, integration: &Integration, item: &Item) -> Result<(), StoreError> {
    let (key, now) = (&integration.key, state.world.now());
    match serde_json::from_str::<Pushed>(&item.body) {
        Ok(Pushed { chat, body }) => {
            let (id, integration) = (item.id.clone(), key.clone());
            store::chat_health::pushed(tx, key, &chat, item.received).await?;
            let push = RobotPush { id, integration, chat_id: chat, body, created: item.received };
            store::robot_push::insert(tx, &push).await?;
            store::task::add(tx, key, &TaskKind::RobotPush { push: push.id }, now, now).await?;
            store::inbox::done(tx, &item.id, now).await
        }
        Err(error) => store::inbox::dead(tx, &item.id, now, &error.to_string()).await,
    }
}

/// Carries a push out. `attempts` counts this one.
pub async fn carry_out(
    state: &State,
    integration: &Integration,
    push_id: &str,
    attempts: i64,
) -> Result<CarriedOut, StoreError> {
    let mut tx = state.store.read().await?;
    let Some(push) = store::robot_push::get(&mut tx, push_id).await? else { return Ok(CarriedOut::Done) };
    let chat = store::chat::by_id(&mut tx, &integration.key, &push.chat_id).await?;
    drop(tx);
    let (Some(chat), Ok(message)) = (chat, robot::decode(push.body.as_bytes())) else {
        let mut tx = state.store.begin().await?;
        store::robot_push::delete(&mut tx, push_id).await?;
        tx.commit().await?;
        return Ok(CarriedOut::Done);
    };
    let found = match find(state, integration, &message).await? {
        Found::Unknown if attempts < ASKED_MAX => return Ok(CarriedOut::Later),
        Found::Incident(mirror) => Some(mirror),
        Found::Unknown | Found::Nothing => None,
    };
    let people = people::named(state, integration, &message).await?;
    let mut tx = state.store.begin().await?;
    if !store::robot_push::delete(&mut tx, push_id).await? {
        // Somebody else was faster.
        return Ok(CarriedOut::Done);
    }
    match found {
        Some(mirror) => bring(state, &mut tx, integration, &chat, &mirror, people, push_id).await?,
        None => {
            let note = plain(&message, &people);
            say(state, &mut tx, &chat, "", &format!("robot message {push_id}"), note).await?;
        }
    }
    tx.commit().await?;
    state.wake();
    Ok(CarriedOut::Done)
}

/// By the id in its links, else by its number.
async fn find(state: &State, integration: &Integration, message: &RobotMessage) -> Result<Found, StoreError> {
    let key = &integration.key;
    if let Some(id) = message.incident_id() {
        let mut tx = state.store.read().await?;
        if let Some(mirror) = store::incident::get(&mut tx, key, &id).await? {
            // What was merged into another one is spoken of there.
            let into = store::incident::get(&mut tx, key, mirror.incident.page_id()).await?;
            return Ok(Found::Incident(Box::new(into.unwrap_or(mirror))));
        }
        drop(tx);
        // The push may come before the webhook, or the webhook may not be sent for this channel.
        let client = credential::service(state, integration);
        let asked = state.world.now();
        match client.incident(&id).await {
            Ok(read) => {
                let read = convert::incident(&read);
                let names = super::people::nameless(std::slice::from_ref(&read));
                let names = super::people::names(state, integration, &client, names).await;
                let mut tx = state.store.begin().await?;
                incidents::take_read(state, &mut tx, key, super::people::named(read, &names), asked).await?;
                let mirror = store::incident::get(&mut tx, key, &id).await?;
                tx.commit().await?;
                return Ok(mirror.map_or(Found::Nothing, |mirror| Found::Incident(Box::new(mirror))));
            }
            Err(error) => match error.class {
                flashduty::ErrorClass::NotFound
                | flashduty::ErrorClass::AccessDenied
                | flashduty::ErrorClass::InvalidParameter => {}
                _ => return Ok(Found::Unknown),
            },
        }
    }
    let Some(num) = message.incident_num() else { return Ok(Found::Nothing) };
    let mut tx = state.store.read().await?;
    let open = store::incident::open(&mut tx, key, OPEN_MAX).await?;
    let mut same: Vec<Mirror> = open.into_iter().filter(|mirror| mirror.incident.num == num).collect();
    // Numbers are not unique; the title stands beside it. The newest comes first.
    let titled = |mirror: &Mirror| {
        let title = mirror.incident.title.as_str();
        !title.is_empty() && (message.title.contains(title) || message.text.contains(title))
    };
    let place = same.iter().position(titled).unwrap_or(0);
    if same.is_empty() {
        return Ok(Found::Nothing);
    }
    Ok(Found::Incident(Box::new(same.swap_remove(place))))
}

/// One card of an incident in a group, whoever asks for it; a card that is there follows, and people are called to it.
async fn bring(
    state: &State,
    tx: &mut Tx,
    integration: &Integration,
    chat: &Chat,
    mirror: &Mirror,
    people: Vec<Mention>,
    push_id: &str,
) -> Result<(), StoreError> {
    let (key, incident, now) = (&integration.key, &mirror.incident, state.world.now());
    let card = store::delivery::card_in_chat(tx, key, &incident.id, &chat.id).await?;
    let target = Target::Chat(chat.id.clone());
    let mut before = store::mention::of_card(tx, key, &incident.id, &chat.id).await?;
    if let Some(card) = &card {
        let called = mention::called(tx, key, &target, incident).await?;
        let at = card.updated;
        let newly =
            called.at.into_iter().map(|(person, name)| Mention { person, name, linked: true, number: None, at });
        before.extend(newly.filter(|one| !before.iter().any(|known| known.person == one.person)).collect::<Vec<_>>());
    }
    for person in &people {
        store::mention::put(tx, key, &incident.id, &chat.id, person).await?;
    }
    let Some(mut card) = card else {
        // Whoever inserts first brings it: the other finds it there.
        return match notify::bring_card(state, tx, integration, incident, (&target, &chat.title), REASON).await? {
            true => Ok(()),
            false => Err(StoreError::Conflict),
        };
    };
    if card.outcome == Outcome::Folded {
        // In a storm one card counts them all, and nobody is called for each.
        return Ok(());
    }
    if card.state == DeliveryState::Failed && card.outcome != Outcome::Unclear {
        ask_anew(&mut card, now);
        store::delivery::update(tx, &card).await?;
        return store::task::add(tx, key, &TaskKind::Deliver { delivery: card.id }, now, now).await;
    }
    if card.state == DeliveryState::Waiting && card.outcome != Outcome::Unclear {
        // It calls them when it goes out.
        return Ok(());
    }
    store::task::add(tx, key, &TaskKind::Repaint { incident: incident.id.clone() }, now, now).await?;
    let called = not_called_yet(people, &before);
    if called.is_empty() {
        return Ok(());
    }
    let note = calling(state, integration, mirror, &called);
    say(state, tx, chat, &incident.id, &format!("mention {push_id}"), note).await
}

/// The group could not be sent to then, and can now.
fn ask_anew(card: &mut Delivery, now: world::Millis) {
    (card.state, card.outcome) = (DeliveryState::Waiting, Outcome::Waiting);
    (card.tries, card.asked, card.next, card.updated) = (0, Some(now), Some(now), now);
}

/// The bot says something in a group, once.
async fn say(
    state: &State,
    tx: &mut Tx,
    chat: &Chat,
    incident_id: &str,
    reason: &str,
    note: Note,
) -> Result<(), StoreError> {
    let (key, now) = (&chat.integration, state.world.now());
    let target = Target::Chat(chat.id.clone());
    let mut delivery = Delivery::new(state.world.id(), (key.as_str(), incident_id), target, reason, now);
    delivery.target_name.clone_from(&chat.title);
    delivery.text.clone_from(&note.title);
    store::delivery::insert(tx, &delivery).await?;
    store::note::insert(tx, &delivery.id, &note, now).await?;
    store::task::add(tx, key, &TaskKind::Deliver { delivery: delivery.id }, now, now).await
}

/// People are called to a card that is in the group already. A bot's message cannot mention (reference 6.3), so it names
/// them.
fn calling(state: &State, integration: &Integration, mirror: &Mirror, people: &[Mention]) -> Note {
    let language = integration.settings.language;
    let called = words::called(language, names(people, language));
    let title = text::cut(&card::title(&mirror.incident), TITLE_BYTES_MAX);
    let link = address::incident_in_dingtalk(state, &integration.key, &mirror.incident.id);
    Note {
        title: text::cut(&format!("{called} {title}"), TITLE_BYTES_MAX),
        text: format!(
            "**{}**{PARAGRAPH}{}",
            markdown::line(&called),
            markdown::link(&title, &link).unwrap_or_else(|| markdown::line(&title)),
        ),
    }
}

fn names(people: &[Mention], language: contract::Language) -> String {
    let name = |one: &Mention| match one.person.as_str() {
        EVERYBODY => words::everybody(language).to_owned(),
        _ => text::cut(&text::line(&one.name), 100),
    };
    let shown = people.iter().take(NAMED_MAX).map(|one| format!("@{}", name(one)));
    shown.collect::<Vec<_>>().join(" ")
}

/// A push that is about no incident, as it came. What was markdown is shown as text: nothing in it may look like ours.
fn plain(message: &RobotMessage, people: &[Mention]) -> Note {
    let mut said = text::cut(&text::block(&message.text), TEXT_BYTES_MAX);
    // A mobile number is nobody's business but DingTalk's.
    for mobile in &message.at_mobiles {
        let person = people.iter().find(|one| one.number.as_ref() == Some(mobile));
        said = said.replace(mobile, person.map_or("…", |person| &person.name));
    }
    let title = Some(text::line(&message.title)).filter(|title| !title.is_empty()).unwrap_or_else(|| text::line(&said));
    Note { title: text::cut(&title, TITLE_BYTES_MAX), text: markdown::block(&said, Surface::Bot, TEXT_BYTES_MAX) }
}
