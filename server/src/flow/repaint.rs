//! All cards of an incident follow its state. A card that shows the truth already costs no call.

mod send;

use super::company_text::Own;
use super::quota::report;
use super::subject::Subject;
use super::viewers::{self, Views};
use super::{digest, link_mode, notify};
use crate::model::card::viewer::{self, Telling, Values};
use crate::model::card::{self, Card, Drawing, Given};
use crate::model::delivery::Target;
use crate::model::digest::is_id;
use crate::model::incident::Incident;
use crate::model::integration::Integration;
use crate::model::subscription::Repaint;
use crate::state::State;
use crate::store::{self, StoreError};
use dingtalk::{DingTalkError, ErrorClass};
use std::time::Duration;
use world::Millis;

/// An update must come after the answer to the click (reference 7.7), so it waits a moment; changes that come together
/// become one update.
pub const AFTER_ANSWER: Duration = Duration::from_millis(200);

/// Near the end of the month's quota a card changes no more often than this.
const SAVING_REST: Duration = Duration::from_secs(60);

/// What a repaint leaves to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Left {
    Nothing,
    /// Some cards wait for this moment. They were not tried.
    Until(Millis),
    /// Some cards have to be tried again.
    Again,
}

/// Updates every card of an incident, or of a digest, that shows something else than the truth.
pub async fn repaint(state: &State, integration: &Integration, incident_id: &str) -> Result<Left, StoreError> {
    if is_id(incident_id) && !digest::may_paint(state, integration, incident_id).await? {
        return Ok(Left::Nothing);
    }
    let mut tx = state.store.read().await?;
    let subject = Subject::load(&mut tx, integration, incident_id).await?;
    let cards = store::card::by_incident(&mut tx, &integration.key, incident_id).await?;
    let digests = store::digest::of_incident(&mut tx, &integration.key, incident_id).await?;
    let Some(subject) = subject else { return Ok(Left::Nothing) };
    let views = match subject.incident() {
        Some(mirror) => viewers::views(state, &mut tx, integration, &mirror.incident).await?,
        None => Views::new(),
    };
    drop(tx);
    digest::follow(state, integration, digests).await?;
    let url = subject.url(state, integration);
    let own = match cards.iter().any(|card| card.delivered) {
        true => subject.text(state, integration).await?,
        false => Own::default(),
    };
    let drawing = Drawing { text: own.text.as_deref(), ..notify::drawing(state, integration, &url) };
    let values = subject.values(drawing);
    if let Some(mirror) = subject.incident() {
        link_mode::follow(state, integration, mirror, &cards, &values).await?;
    }
    let mut left = Left::Nothing;
    let saving = report::is_saving(state, integration).await?;
    let now = state.world.now();
    for card in cards.into_iter().filter(|card| card.delivered) {
        let telling = telling(&card, &views, &values);
        let follows = match subject.incident() {
            Some(mirror) => follows(state, integration, &card, &mirror.incident, &values).await?,
            None => card.shown != values,
        };
        // Where a group's card is not to follow, only what somebody pressed there is answered.
        if follows || telling.notices_due || (telling.views_due && card.shown == values) {
            let rested = card.updated.plus(SAVING_REST);
            if saving && now < rested {
                left = left.max(Left::Until(rested));
                continue;
            }
            left = left.max(repaint_one(state, integration, card, &values, telling).await?);
        }
    }
    Ok(left)
}

/// Whether a card that shows something else than the truth is to follow it: in groups their subscriptions say.
async fn follows(
    state: &State,
    integration: &Integration,
    card: &Card,
    incident: &Incident,
    values: &Values,
) -> Result<bool, StoreError> {
    if card.shown == *values {
        return Ok(false);
    }
    let Target::Chat(chat_id) = &card.target else { return Ok(true) };
    let mut tx = state.store.read().await?;
    let subscriptions = store::subscription::of_chat(&mut tx, &integration.key, chat_id).await?;
    Ok(match Repaint::of_card(&subscriptions, incident) {
        Repaint::All => true,
        Repaint::State => card::state_changed(&card.shown, values),
        Repaint::None => false,
    })
}

/// What an update to these public values has to tell single people.
fn telling(card: &Card, views: &Views, values: &Values) -> Telling {
    let changed = card::state_changed(&card.shown, values);
    viewer::telling(card, &viewers::of_target(views, &card.target), changed, values)
}

async fn repaint_one(
    state: &State,
    integration: &Integration,
    mut card: Card,
    values: &Values,
    telling: Telling,
) -> Result<Left, StoreError> {
    let told = send::update(state, integration, &card.out_track_id, values, &telling.people).await;
    if told.is_painted {
        card.shown.clone_from(values);
        let known = told.known.iter().map(|(user_id, values)| (user_id.clone(), Given::of(values)));
        let unknown = told.unknown.iter().map(|user_id| (user_id.clone(), Given::unknown()));
        card.given.extend(known.chain(unknown).collect::<Vec<_>>());
        let is_left = |user_id: &String| told.error.is_some() && !told.known.contains_key(user_id);
        // Those whom a call that failed left out are told by the next.
        let left = card.noticed.iter().filter(|one| is_left(&one.user_id)).cloned();
        let staying = telling.staying.into_iter().filter(|one| !is_left(&one.user_id));
        card.noticed = left.chain(staying).filter(|one| !told.unknown.contains(&one.user_id)).collect();
        card.updated = state.world.now();
        let mut tx = state.store.begin().await?;
        // Lost only against a click that came in between: its own repaint follows.
        let kept = store::card::update(&mut tx, &card).await?;
        digest::painted(&mut tx, &card.incident_id, card.updated).await?;
        tx.commit().await?;
        if told.error.is_none() {
            return Ok(if kept { Left::Nothing } else { Left::Again });
        }
    }
    match told.error {
        None => Ok(Left::Nothing),
        Some(error) if is_final(&error.class) => {
            tracing::warn!(
                card = card.out_track_id,
                class = error.class.name(),
                code = error.code,
                "a card stays as it is"
            );
            if error.class == ErrorClass::CardGone {
                let mut tx = state.store.begin().await?;
                store::card::change(&mut tx, &card.out_track_id, |card| card.delivered = false).await?;
                tx.commit().await?;
            }
            Ok(Left::Nothing)
        }
        Some(DingTalkError { class: ErrorClass::Held(held), .. }) => Ok(Left::Until(held.until)),
        Some(error) => {
            tracing::info!(
                card = card.out_track_id,
                class = error.class.name(),
                code = error.code,
                "card update waits"
            );
            Ok(Left::Again)
        }
    }
}

fn is_final(class: &ErrorClass) -> bool {
    matches!(
        class,
        ErrorClass::CardGone
            | ErrorClass::Refused
            | ErrorClass::ContentRefused
            | ErrorClass::TemplateUnusable
            | ErrorClass::UnknownPerson
    )
}
