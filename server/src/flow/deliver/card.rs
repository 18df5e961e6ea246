//! A card: created and shown by one call, which can be repeated.

use super::ended::{self, Ended};
use crate::flow::subject::Subject;
use crate::flow::{digest, mention, notify, viewers, war_room};
use crate::model::card::viewer::{self, Values};
use crate::model::card::{self, Card, Drawing, Given};
use crate::model::delivery::Delivery;
use crate::model::integration::Integration;
use crate::model::mention::Called;
use crate::model::task::TaskKind;
use crate::state::State;
use crate::store::{self, StoreError, Tx};
use contract::Language;
use dingtalk::{CardDelivered, CardSpace, Client, DingTalkError, ErrorClass, LastMessage, NewCard, PRIVATE_PEOPLE_MAX};
use std::collections::BTreeMap;

/// Sends the card, or finds out what became of it. Sending it again shows it once: its out-track id can be used once only.
pub async fn send(
    state: &State,
    integration: &Integration,
    client: &Client,
    delivery: &Delivery,
    subject: &Subject,
    space: CardSpace,
    (template, own): (&str, Option<&str>),
) -> Result<Ended, StoreError> {
    let url = subject.url(state, integration);
    let drawing = Drawing { text: own, ..notify::drawing(state, integration, &url) };
    let values = subject.values(drawing);
    let Intended { row, called, views } = intend(state, integration, delivery, subject).await?;
    let out_track_id = row.out_track_id.clone();
    let views = viewers::of_target(&views, &delivery.target);
    let mut people = viewer::telling(&row, &views, false, &values).people;
    // Whom one call does not take is told by the update that follows.
    let follows = people.len() > PRIVATE_PEOPLE_MAX;
    people.truncate(PRIVATE_PEOPLE_MAX);
    let own_bot = &integration.settings.client_id;
    let robot_code = match &space {
        CardSpace::Room { .. } => integration.settings.war_room_bot_id.as_ref().unwrap_or(own_bot).clone(),
        _ => own_bot.clone(),
    };
    let in_language = |language| {
        let summary = subject.summary(Drawing { language, ..drawing });
        card::calling(summary, &called.named, language)
    };
    let new = NewCard {
        out_track_id: out_track_id.clone(),
        card_template_id: template.to_owned(),
        callback_route_key: integration.card_route_key(),
        card_data: values.clone(),
        private_data: people.into_iter().collect(),
        space: space.clone(),
        robot_code: robot_code.clone(),
        last_message: LastMessage { zh: in_language(Language::Zh), en: in_language(Language::En) },
        at_user_ids: called.at,
    };
    let Created { mut sent, given, mut cost, follows } = create(client, new, follows).await;
    let exists = sent.as_ref().is_err_and(|error| error.class == ErrorClass::CardExists);
    let noted = exists && set_unshown(state, &out_track_id, None).await?;
    if noted {
        // An earlier attempt created it, and its space refused it for the moment.
        sent = client.deliver_card(&out_track_id, &space, &robot_code).await;
        cost += ended::cost(&sent);
    } else if exists {
        // An earlier attempt arrived whose answer did not: creating and showing is one call, so it is shown. To show it
        // again could show it twice (reference 7.3, unconfirmed).
        sent = Ok(CardDelivered { out_track_id: out_track_id.clone(), carrier_id: None });
    }
    let is_unshown = |error: &DingTalkError| error.by_space || (noted && error.class != ErrorClass::Unclear);
    if sent.as_ref().is_err_and(is_unshown) {
        // Its space refused it inside a call that was carried out, or it was not shown now either: it is there and nobody
        // sees it. Another refusal inside HTTP 200 says nothing of the kind.
        set_unshown(state, &out_track_id, Some(&values)).await?;
    }
    if sent.is_ok() {
        // What an earlier attempt created shows what was true then.
        let (values, given) = if exists { <_>::default() } else { (values, given) };
        let follows = follows || exists;
        shown(state, &integration.key, &out_track_id, subject, Shown { values, given, follows }).await?;
    }
    let text = ended::rendered(subject, drawing);
    Ok(Ended { text, cost, ..Ended::from_answer(sent.map(|_| ())) })
}

/// A card that is to be sent, as the database has it.
struct Intended {
    row: Card,
    /// Whom it mentions.
    called: Called,
    /// What single people see instead of everybody's values.
    views: viewers::Views,
}

/// Commits the intent before the call, so that a click on the card is known whatever happens to this process.
async fn intend(
    state: &State,
    integration: &Integration,
    delivery: &Delivery,
    subject: &Subject,
) -> Result<Intended, StoreError> {
    let now = state.world.now();
    let row = Card {
        out_track_id: delivery.out_track_id(),
        integration: integration.key.clone(),
        incident_id: subject.id().to_owned(),
        target: delivery.target.clone(),
        delivered: false,
        shown: BTreeMap::new(),
        noticed: Vec::new(),
        given: BTreeMap::new(),
        created: now,
        updated: now,
        version: 0,
    };
    let mut tx = state.store.begin().await?;
    store::card::insert(&mut tx, &row).await?;
    let (called, views) = match subject.incident() {
        Some(mirror) => (
            mention::called(&mut tx, &integration.key, &delivery.target, &mirror.incident).await?,
            viewers::views(state, &mut tx, integration, &mirror.incident).await?,
        ),
        None => <_>::default(),
    };
    tx.commit().await?;
    Ok(Intended { row, called, views })
}

/// What became of the call that creates a card and shows it.
struct Created {
    sent: Result<CardDelivered, DingTalkError>,
    /// What single people were given to see.
    given: BTreeMap<String, Values>,
    /// Counted calls.
    cost: i64,
    /// An update has to tell the rest.
    follows: bool,
}

/// Creates and shows a card by one call. A person or a place that DingTalk refuses keeps it from nobody else.
async fn create(client: &Client, mut new: NewCard, mut follows: bool) -> Created {
    let mut sent = client.create_and_deliver_card(&new).await;
    let mut cost = ended::cost(&sent);
    let nobody_knows = |error: &DingTalkError| error.class == ErrorClass::UnknownPerson && !error.by_space;
    if sent.as_ref().is_err_and(nobody_knows) && !new.private_data.is_empty() {
        // A responder has left the company, which must not keep the card from the others.
        follows = true;
        new.private_data.clear();
        sent = client.create_and_deliver_card(&new).await;
        cost += ended::cost(&sent);
    }
    if new.space.top_until().is_some() && sent.as_ref().is_err_and(war_room::is_about_the_top) {
        // The place at the top is not permitted: the card goes into the group alone.
        new.space = new.space.without_top();
        sent = client.create_and_deliver_card(&new).await;
        cost += ended::cost(&sent);
    }
    Created { sent, given: new.private_data, cost, follows }
}

/// Notes that a card exists with these values and is not shown, or takes the note back before it is shown. True when there
/// was such a note. What came between two attempts cannot make it wrong: it is no guess from the last outcome.
async fn set_unshown(state: &State, out_track_id: &str, values: Option<&Values>) -> Result<bool, StoreError> {
    let mut tx = state.store.begin().await?;
    let Some(mut card) = store::card::get(&mut tx, out_track_id).await? else { return Ok(false) };
    let noted = !card.delivered && !card.shown.is_empty();
    card.shown = values.cloned().unwrap_or_default();
    card.updated = state.world.now();
    store::card::update(&mut tx, &card).await?;
    tx.commit().await?;
    Ok(noted)
}

/// What a card shows once it was sent.
struct Shown {
    /// To everybody; nothing where that is unknown.
    values: Values,
    /// To single people.
    given: BTreeMap<String, Values>,
    /// Something is unknown or left to tell.
    follows: bool,
}

/// Remembers what DingTalk shows now. Where that is not all, or if the incident moved on meanwhile, an update follows.
async fn shown(state: &State, key: &str, out_track_id: &str, drawn: &Subject, shown: Shown) -> Result<(), StoreError> {
    let now = state.world.now();
    let mut tx = state.store.begin().await?;
    store::card::change(&mut tx, out_track_id, |card| {
        card.delivered = true;
        card.shown.clone_from(&shown.values);
        card.given = shown.given.iter().map(|(user_id, values)| (user_id.clone(), Given::of(values))).collect();
        card.updated = now;
    })
    .await?;
    digest::painted(&mut tx, drawn.id(), now).await?;
    if shown.follows || !drawn.is_current(&mut tx, key).await? {
        store::task::add(&mut tx, key, &TaskKind::Repaint { incident: drawn.id().to_owned() }, now, now).await?;
    }
    tx.commit().await
}

/// A card that may be there after all follows its incident like the others; an update tells whether it exists.
pub async fn follow(state: &State, tx: &mut Tx, delivery: &Delivery) -> Result<(), StoreError> {
    let now = state.world.now();
    let out_track_id = delivery.out_track_id();
    let follows = store::card::change(tx, &out_track_id, |card| {
        card.delivered = true;
        card.shown.clear();
        card.updated = now;
    });
    if follows.await? {
        let kind = TaskKind::Repaint { incident: delivery.incident_id.clone() };
        store::task::add(tx, &delivery.integration, &kind, now, now).await?;
    }
    Ok(())
}
