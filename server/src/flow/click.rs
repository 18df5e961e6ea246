//! A pressed card button: verified, tied to the clicker's link, carried out, and answered in time.

mod all;
mod room;

use super::act::{self, Acted, Asked, Begun};
use super::refusal::{ReceiveError, Refusal};
use super::{address, caches, company_text, incidents, notify, viewers};
use crate::model::card::viewer::{self, Values};
use crate::model::card::{self, Card, Drawing, Given, Notice, Noticed};
use crate::model::delivery::Target;
use crate::model::digest::is_id;
use crate::model::incident::Incident;
use crate::model::integration::Integration;
use crate::model::link::{Link, LinkState};
use crate::model::link_attempt::{Goal, LinkAttempt};
use crate::model::task::TaskKind;
use crate::state::State;
use crate::store::{self, StoreError};
use contract::incident::Action;
use contract::words::{card as words, digest as storm};
use contract::{Problem, ProblemCode};
use dingtalk::click::{self, Answer, Click, ClickKind};
use secrecy::ExposeSecret;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinHandle;

/// How long Flashduty may take before the clicker is told that it goes on: DingTalk waits 2 s and wants less than 1.
const BUDGET: Duration = Duration::from_millis(800);
/// How old a click's signature may be, also into the future.
const SIGNATURE_WINDOW_MS: i64 = 5 * 60 * 1000;

/// Longest employee id DingTalk makes.
const USER_ID_CHARS_MAX: usize = 64;

/// The address a click came to and what proves it.
pub struct Door<'a> {
    pub key: &'a str,
    pub secret: &'a str,
    pub timestamp: Option<&'a str>,
    pub signature: Option<&'a str>,
}

/// Takes a click and gives DingTalk's answer: the clicker's copy of the card.
///
/// # Errors
/// The click is not DingTalk's, not for this corp, or on no card of ours; nothing was done.
pub async fn receive(state: &State, door: Door<'_>, body: &[u8]) -> Result<Answer, ReceiveError> {
    let integration = caches::integration(state, door.key).await?.ok_or(ReceiveError::UnknownIntegration)?;
    let routes = &integration.secrets.routes;
    if !incidents::same(door.secret, routes.cards.expose_secret()) {
        return Err(ReceiveError::Forged);
    }
    let signing = routes.card_signing.expose_secret();
    click::verify(signing, door.timestamp, door.signature, state.world.now(), SIGNATURE_WINDOW_MS)
        .map_err(|_| ReceiveError::SignatureWrong)?;
    let click = click::decode(body).map_err(|error| ReceiveError::Malformed(error.to_string()))?;
    if click.corp_id != integration.settings.corp_id {
        return Err(ReceiveError::Forged);
    }
    if click.user_id.chars().count() > USER_ID_CHARS_MAX {
        return Err(ReceiveError::Malformed("no employee has such an id".to_owned()));
    }
    if click.kind != ClickKind::Action {
        return Ok(Answer { card_data: BTreeMap::new(), user_private_data: BTreeMap::new() });
    }
    let wanted = asked_for(&click)?;
    let mut tx = state.store.read().await?;
    let card = store::card::get(&mut tx, &click.out_track_id).await?;
    let card = card.filter(|card| card.integration == integration.key).ok_or(ReceiveError::UnknownCard)?;
    // The signature does not cover the body, and a card of one person cannot be passed on (reference 7.3).
    if matches!(&card.target, Target::Person(user_id) if *user_id != click.user_id) {
        return Err(ReceiveError::Forged);
    }
    if is_id(&card.incident_id) != (wanted == Wanted::AcknowledgeAll) {
        return Err(ReceiveError::Malformed("this card has no button for that".to_owned()));
    }
    let link = store::link::by_user(&mut tx, &integration.key, &click.user_id).await?;
    drop(tx);
    if wanted == Wanted::JoinRoom {
        // DingTalk says who pressed, and that is all it takes to come into a group that one sees the card of.
        return room::join(state, &integration, card, &click.user_id, link.as_ref()).await;
    }
    let link = link.filter(|link| link.state == LinkState::Linked && link.credential.is_some());
    match (link, wanted) {
        (None, wanted) => Ok(ask_to_link(state, &integration, card, &click.user_id, wanted).await?),
        (Some(link), Wanted::AcknowledgeAll) => all::answer(state, &integration, card, &link).await,
        (Some(link), Wanted::MakeRoom | Wanted::JoinRoom) => room::make(state, &integration, card, &link).await,
        (Some(link), Wanted::Act(action, minutes)) => {
            answer(state, &integration, card, &link, Asked { minutes, ..Asked::plain("", action) }).await
        }
    }
}

/// What a button asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wanted {
    /// An act, with the minutes of a snooze.
    Act(Action, Option<u32>),
    /// Acknowledge every member of a digest.
    AcknowledgeAll,
    /// Make the incident's war room.
    MakeRoom,
    /// Come into it.
    JoinRoom,
}

/// The name of the button on a digest.
const ACKNOWLEDGE_ALL: &str = "acknowledge-all";
/// The names of the buttons of war rooms.
const MAKE_ROOM: &str = "war-room";
const JOIN_ROOM: &str = "join-war-room";

async fn answer(
    state: &State,
    integration: &Arc<Integration>,
    card: Card,
    link: &Link,
    asked: Asked,
) -> Result<Answer, ReceiveError> {
    let (action, minutes) = (asked.action, asked.minutes);
    let asked = Asked { incident_id: card.incident_id.clone(), ..asked };
    let language = integration.settings.language;
    let user_id = link.employee.user_id.clone();
    match act::begin(state, integration, link, asked, BUDGET).await {
        Ok(Begun { acted: Acted::Done(incident), .. }) => {
            let mine = viewers::of_link(state, integration, &incident, link);
            Ok(painted(state, integration, (&card, &link.employee.user_id), &incident, mine).await?)
        }
        Ok(Begun { acted: Acted::Already(incident), .. }) => {
            let detail_url = address::incident_in_dingtalk(state, &integration.key, incident.page_id());
            let sentence = card::last_act(&incident, notify::drawing(state, integration, &detail_url));
            let notice = Notice { text: words::already(language, sentence), ..Notice::default() };
            let mine = viewer::with_notice(viewers::of_link(state, integration, &incident, link), &notice);
            let answer = painted(state, integration, (&card, &link.employee.user_id), &incident, mine).await?;
            noticed(state, card, &user_id, &notice, &answer, false).await?;
            Ok(answer)
        }
        Ok(Begun { acted: Acted::Working, rest }) => {
            let notice = Notice { text: words::working(language).to_owned(), ..Notice::default() };
            let out_track_id = card.out_track_id.clone();
            let answer = private_only(&card, &user_id, &notice);
            noticed(state, card, &user_id, &notice, &answer, false).await?;
            if let Some(rest) = rest {
                tell_later(state, integration, out_track_id, user_id, rest);
            }
            Ok(answer)
        }
        Err(Refusal { code: ProblemCode::LinkBroken | ProblemCode::NotLinked, .. }) => {
            Ok(ask_to_link(state, integration, card, &user_id, Wanted::Act(action, minutes)).await?)
        }
        Err(refusal) => refuse(state, integration, card, link, refusal).await,
    }
}

/// A refusal is for the clicker only and names the cure; the shared card never shows one person's error.
async fn refuse(
    state: &State,
    integration: &Integration,
    card: Card,
    link: &Link,
    refusal: Refusal,
) -> Result<Answer, ReceiveError> {
    if let Some(cause) = refusal.cause {
        return Err(cause.into());
    }
    let url = address::incident_in_dingtalk(state, &integration.key, &card.incident_id);
    let notice = cure(state, integration, url, refusal);
    let truth = truth(state, integration, &card.incident_id).await?;
    let answer = match truth {
        // The clicker sees the state as it is, beside why their act was not done.
        Some(incident) => {
            let mine = viewer::with_notice(viewers::of_link(state, integration, &incident, link), &notice);
            painted(state, integration, (&card, &link.employee.user_id), &incident, mine).await?
        }
        None => private_only(&card, &link.employee.user_id, &notice),
    };
    noticed(state, card, &link.employee.user_id, &notice, &answer, true).await?;
    Ok(answer)
}

/// What was refused, and what its reader can do about it.
fn cure(state: &State, integration: &Integration, url: String, refusal: Refusal) -> Notice {
    let language = integration.settings.language;
    let id = state.world.id();
    let mut problem = Problem::new(refusal.code, language, id.as_str());
    if let Some(words) = refusal.message {
        problem = problem.with_message(words.words(language));
    }
    tracing::info!(id, code = refusal.code.name(), "a click was refused");
    Notice { text: format!("{} {}", problem.message, problem.remedy), button: words::details(language).to_owned(), url }
}

/// Whoever was told that their act goes on learns by an update of the card if it is refused in the end.
fn tell_later(
    state: &State,
    integration: &Arc<Integration>,
    out_track_id: String,
    user_id: String,
    rest: JoinHandle<Result<Acted, Refusal>>,
) {
    let (worker, integration) = (state.clone(), Arc::clone(integration));
    let telling = async move {
        let Ok(Err(refusal)) = rest.await else { return };
        // What is passing is tried again.
        if refusal.is_passing() {
            return;
        }
        if let Err(error) = late_refusal(&worker, &integration, &out_track_id, user_id, refusal).await {
            tracing::warn!(%error, "nobody was told of a refused click");
        }
    };
    if state.background.start(telling).is_none() {
        tracing::info!("nobody is told if a click is refused: too much is under way");
    }
}

async fn late_refusal(
    state: &State,
    integration: &Integration,
    out_track_id: &str,
    user_id: String,
    refusal: Refusal,
) -> Result<(), StoreError> {
    let now = state.world.now();
    let mut tx = state.store.begin().await?;
    let Some(card) = store::card::get(&mut tx, out_track_id).await? else { return Ok(()) };
    let url = address::incident_in_dingtalk(state, &integration.key, &card.incident_id);
    let notice = cure(state, integration, url, refusal);
    let one = Noticed { user_id, notice, stays: true, is_new: true };
    store::card::change(&mut tx, out_track_id, |card| card.note(one.clone())).await?;
    let kind = TaskKind::Repaint { incident: card.incident_id };
    store::task::add(&mut tx, &integration.key, &kind, now, now).await?;
    tx.commit().await?;
    state.wake();
    Ok(())
}

/// Only the clicker's copy asks them to link; the act they asked for is kept in the attempt.
async fn ask_to_link(
    state: &State,
    integration: &Integration,
    card: Card,
    user_id: &str,
    wanted: Wanted,
) -> Result<Answer, StoreError> {
    let id = card.incident_id.clone();
    let language = integration.settings.language;
    let (goal, text) = match wanted {
        Wanted::Act(action, minutes) => (Goal::Act { incident_id: id, action, minutes }, words::link_first(language)),
        Wanted::AcknowledgeAll => (Goal::AcknowledgeAll { digest_id: id }, storm::link_first(language)),
        Wanted::MakeRoom | Wanted::JoinRoom => (Goal::WarRoom { incident_id: id }, words::link_first(language)),
    };
    let now = state.world.now();
    let attempt = LinkAttempt::open(state.world.secret(), &integration.key, goal, Some(user_id.to_owned()), now);
    let mut tx = state.store.begin().await?;
    store::link_attempt::insert(&mut tx, &attempt).await?;
    tx.commit().await?;
    let notice = Notice {
        text: text.to_owned(),
        button: words::link_button(language).to_owned(),
        url: address::sign_in_in_dingtalk(state, &integration.key, &attempt.id),
    };
    let answer = private_only(&card, user_id, &notice);
    noticed(state, card, user_id, &notice, &answer, true).await?;
    Ok(answer)
}

/// Remembers the notice that this person sees. One that asks for something stays until the state changes; one that only
/// reports goes with the repaint that follows anyway.
async fn noticed(
    state: &State,
    card: Card,
    user_id: &str,
    notice: &Notice,
    answer: &Answer,
    stays: bool,
) -> Result<(), StoreError> {
    if answer.user_private_data.is_empty() {
        return Ok(());
    }
    let now = state.world.now();
    let one = Noticed { user_id: user_id.to_owned(), notice: notice.clone(), stays, is_new: false };
    let mut tx = state.store.begin().await?;
    store::card::change(&mut tx, &card.out_track_id, |card| {
        card.note(one.clone());
        card.given.insert(user_id.to_owned(), Given::of(&answer.user_private_data));
        card.updated = now;
    })
    .await?;
    if !stays {
        let due = now.plus(NOTICE_STAYS);
        let kind = TaskKind::Repaint { incident: card.incident_id };
        store::task::add(&mut tx, &card.integration, &kind, due, now).await?;
    }
    tx.commit().await
}

/// How long a notice that only reports stays on the clicker's copy.
const NOTICE_STAYS: Duration = Duration::from_secs(20);

async fn truth(state: &State, integration: &Integration, incident_id: &str) -> Result<Option<Incident>, StoreError> {
    let mut tx = state.store.read().await?;
    Ok(store::incident::get(&mut tx, &integration.key, incident_id).await?.map(|mirror| mirror.incident))
}

/// The incident as it is now, with what only the clicker sees. The company's own text is the one rendered last: an answer
/// waits for nobody but whom the act needs.
async fn painted(
    state: &State,
    integration: &Integration,
    (card, user_id): (&Card, &str),
    incident: &Incident,
    mine: Values,
) -> Result<Answer, StoreError> {
    let detail_url = address::incident_in_dingtalk(state, &integration.key, incident.page_id());
    let mut tx = state.store.read().await?;
    let own = company_text::known(&mut tx, integration, &incident.id).await?;
    drop(tx);
    let drawing = Drawing { text: own.as_deref(), ..notify::drawing(state, integration, &detail_url) };
    let card_data = card::values(incident, drawing);
    Ok(Answer { card_data, user_private_data: fitting(card, user_id, mine) })
}

/// A notice on a card that otherwise stays as the clicker saw it.
fn private_only(card: &Card, user_id: &str, notice: &Notice) -> Answer {
    let values = card::private_values(notice);
    Answer { card_data: BTreeMap::new(), user_private_data: fitting(card, user_id, values) }
}

/// A card that is full of other people's values shows this person what everybody sees.
fn fitting(card: &Card, user_id: &str, values: Values) -> Values {
    if viewer::has_room(card, user_id, &values) { values } else { Values::new() }
}

/// The act and the minutes of a snooze. The card may send more; that is not needed.
fn asked_for(click: &Click) -> Result<Wanted, ReceiveError> {
    let name = click.params.get("action").or(click.action_ids.first()).map(String::as_str).unwrap_or_default();
    match name {
        ACKNOWLEDGE_ALL => return Ok(Wanted::AcknowledgeAll),
        MAKE_ROOM => return Ok(Wanted::MakeRoom),
        JOIN_ROOM => return Ok(Wanted::JoinRoom),
        _ => {}
    }
    let action = Action::from_name(name)
        .filter(|action| !matches!(action, Action::Comment | Action::Reopen))
        .ok_or_else(|| ReceiveError::Malformed("no act of this name can be done from a card".to_owned()))?;
    let minutes = click.params.get("minutes").and_then(|minutes| minutes.trim().parse().ok());
    if action == Action::Snooze && minutes.is_none() {
        return Err(ReceiveError::Malformed("a snooze needs minutes".to_owned()));
    }
    Ok(Wanted::Act(action, minutes))
}
