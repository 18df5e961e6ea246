//! All cards of an incident follow its state. A card that shows the truth already costs no call.

use super::quota::report;
use super::subject::Subject;
use super::{credential, digest, notify};
use crate::model::card::{self, Card, Notice, Noticed};
use crate::model::delivery::Target;
use crate::model::digest::is_id;
use crate::model::incident::Incident;
use crate::model::integration::Integration;
use crate::model::quota::Priority;
use crate::model::subscription::Repaint;
use crate::state::State;
use crate::store::{self, StoreError};
use dingtalk::{CardUpdate, DingTalkError, ErrorClass};
use std::collections::BTreeMap;
use std::time::Duration;
use world::Millis;

/// An update must come after the answer to the click (reference 7.7), so it waits a moment; changes that come together
/// become one update.
pub const AFTER_ANSWER: Duration = Duration::from_millis(200);

/// Near the end of the month's quota a card changes no more often than this.
const SAVING_REST: Duration = Duration::from_secs(60);

/// An employee and the values only they see.
type Private = (String, BTreeMap<String, String>);

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
    let subject = Subject::load(&mut tx, &integration.key, incident_id).await?;
    let cards = store::card::by_incident(&mut tx, &integration.key, incident_id).await?;
    let digests = store::digest::of_incident(&mut tx, &integration.key, incident_id).await?;
    drop(tx);
    let Some(subject) = subject else { return Ok(Left::Nothing) };
    digest::follow(state, integration, digests).await?;
    let url = subject.url(state, integration);
    let values = subject.values(notify::drawing(state, integration, &url));
    let mut left = Left::Nothing;
    let saving = report::is_saving(state, integration).await?;
    let now = state.world.now();
    for card in cards.into_iter().filter(|card| card.delivered) {
        let follows = match subject.incident() {
            Some(mirror) => follows(state, integration, &card, &mirror.incident, &values).await?,
            None => card.shown != values,
        };
        if follows || card.noticed.iter().any(|one| !one.stays || one.is_new) {
            let rested = card.updated.plus(SAVING_REST);
            if saving && now < rested {
                left = left.max(Left::Until(rested));
                continue;
            }
            left = left.max(repaint_one(state, integration, card, &values).await?);
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
    values: &BTreeMap<String, String>,
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

async fn repaint_one(
    state: &State,
    integration: &Integration,
    mut card: Card,
    values: &BTreeMap<String, String>,
) -> Result<Left, StoreError> {
    // An update takes away whatever the answer to a click showed, so notices that stay are shown anew.
    let changed = card::state_changed(&card.shown, values);
    let (over, staying): (Vec<Noticed>, Vec<Noticed>) =
        card.noticed.iter().cloned().partition(|one| !one.stays || (changed && !one.is_new));
    let clear = over.iter().map(|one| (one.user_id.clone(), card::private_values(&Notice::default())));
    let keep = staying.iter().map(|one| (one.user_id.clone(), card::private_values(&one.notice)));
    let people: Vec<Private> = clear.chain(keep).take(dingtalk::PRIVATE_PEOPLE_MAX).collect();
    match update(state, integration, &card, values, &people).await {
        Ok(()) => {
            card.shown.clone_from(values);
            // Those that found no room in this update are cleared by the next.
            let left: Vec<Noticed> = over.into_iter().skip(dingtalk::PRIVATE_PEOPLE_MAX).collect();
            let more = !left.is_empty();
            let staying = staying.into_iter().map(|one| Noticed { is_new: false, ..one });
            card.noticed = left.into_iter().chain(staying).collect();
            card.updated = state.world.now();
            let mut tx = state.store.begin().await?;
            // Lost only against a click that came in between: its own repaint follows.
            let kept = store::card::update(&mut tx, &card).await?;
            digest::painted(&mut tx, &card.incident_id, card.updated).await?;
            tx.commit().await?;
            Ok(if !kept || more { Left::Again } else { Left::Nothing })
        }
        Err(error) if is_final(&error.class) => {
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
        Err(DingTalkError { class: ErrorClass::Held(held), .. }) => Ok(Left::Until(held.until)),
        Err(error) => {
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

/// Shows everybody the values, and `people` their private ones. One of them may have left the company, for
/// which DingTalk refuses the whole update; then each is updated alone and whoever is unknown is left out.
async fn update(
    state: &State,
    integration: &Integration,
    card: &Card,
    values: &BTreeMap<String, String>,
    people: &[Private],
) -> Result<(), DingTalkError> {
    let client = credential::dingtalk(state, integration, Priority::State);
    let refused = match client.update_card(&update_for(card, values, people)).await {
        Err(error) if error.class == ErrorClass::UnknownPerson && !people.is_empty() => error,
        other => return other,
    };
    tracing::info!(card = card.out_track_id, code = refused.code, "somebody who saw a notice is not known any more");
    client.update_card(&update_for(card, values, &[])).await?;
    if people.len() > 1 {
        for person in people {
            match client.update_card(&update_for(card, values, std::slice::from_ref(person))).await {
                Err(error) if error.class != ErrorClass::UnknownPerson => return Err(error),
                _ => {}
            }
        }
    }
    Ok(())
}

fn update_for(card: &Card, values: &BTreeMap<String, String>, people: &[Private]) -> CardUpdate {
    CardUpdate {
        out_track_id: card.out_track_id.clone(),
        card_data: values.clone(),
        private_data: people.iter().cloned().collect(),
        by_key: true,
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
