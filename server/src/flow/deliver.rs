//! One attempt of one delivery: send, classify, record, decide when to try again.

use super::{address, credential, notify};
use crate::model::card::{self, Card};
use crate::model::chat::Chat;
use crate::model::delivery::{Attempt, Delivery, DeliveryState, Next, Outcome, Target};
use crate::model::incident::Mirror;
use crate::model::integration::Integration;
use crate::model::task::TaskKind;
use crate::state::State;
use crate::store::{self, StoreError, Tx};
use contract::Language;
use contract::chat::ChatState;
use contract::words::card as words;
use dingtalk::{
    CardDelivered, CardSpace, DingTalkError, ErrorClass, GroupMessage, LastMessage, Meter, NewCard, RobotContent,
};
use std::collections::BTreeMap;
use std::time::Duration;
use world::Millis;

/// How long a person's messages wait whom DingTalk protects from too many; it does not say for how long.
const FLOW_CONTROL_WAIT: Duration = Duration::from_secs(60);

/// How one attempt ended.
struct Ended {
    outcome: Outcome,
    code: String,
    message: String,
    request_id: String,
    told: Option<Duration>,
    cost: i64,
    /// Sending again cannot show it twice.
    repeatable: bool,
}

/// Makes one attempt. Returns when to try again, if at all.
pub async fn deliver(
    state: &State,
    integration: &Integration,
    delivery_id: &str,
) -> Result<Option<Millis>, StoreError> {
    let mut tx = state.store.read().await?;
    let Some(mut delivery) = store::delivery::get(&mut tx, delivery_id).await? else { return Ok(None) };
    let mirror = store::incident::get(&mut tx, &integration.key, &delivery.incident_id).await?;
    let chat = match &delivery.target {
        Target::Chat(id) => store::chat::by_id(&mut tx, &integration.key, id).await?,
        _ => None,
    };
    drop(tx);
    let Some(mirror) = mirror.filter(|_| delivery.state == DeliveryState::Waiting) else { return Ok(None) };
    let ended = match space(&delivery.target, chat.as_ref()) {
        Ok(space) => {
            let before = delivery.outcome;
            if !intend(state, &mut delivery).await? {
                return Ok(None);
            }
            let by_card = match &integration.settings.card_template_id {
                Some(template) => {
                    Some(send_card(state, integration, &delivery, &mirror, space.clone(), template).await?)
                }
                None => None,
            };
            match by_card {
                Some(ended) if ended.outcome != Outcome::MissingScope => ended,
                _ if before == Outcome::Unclear => Ended::unrepeatable(),
                // Without the permission to send cards, as without a template: link mode.
                _ => send_link(state, integration, &mirror, space, chat.as_ref()).await,
            }
        }
        Err(outcome) => Ended::of(outcome),
    };
    record(state, delivery, ended).await
}

fn space(target: &Target, chat: Option<&Chat>) -> Result<CardSpace, Outcome> {
    match target {
        Target::Person(user_id) => Ok(CardSpace::Person { user_id: user_id.clone() }),
        Target::Member(_) => Err(Outcome::AppNotLinked),
        // Only work notices go to everybody; they do not come here.
        Target::Everybody => Err(Outcome::Fault),
        Target::Chat(_) => match chat {
            Some(chat) if chat.state == ChatState::Installed => {
                Ok(CardSpace::Group { open_conversation_id: chat.open_conversation_id.clone() })
            }
            Some(chat) if chat.state == ChatState::Uninstalled => Err(Outcome::NotInstalled),
            _ => Err(Outcome::ChatGone),
        },
    }
}

async fn send_card(
    state: &State,
    integration: &Integration,
    delivery: &Delivery,
    mirror: &Mirror,
    space: CardSpace,
    template: &str,
) -> Result<Ended, StoreError> {
    let detail_url = address::incident_in_dingtalk(state, &integration.key, &mirror.incident.id);
    let drawing = notify::drawing(state, integration, &detail_url);
    let values = card::values(&mirror.incident, drawing);
    let now = state.world.now();
    let out_track_id = format!("dd-{}-{}", integration.key, delivery.id);
    // The intent is on disk before the call, so that a click on the card is known whatever happens to this process.
    let mut tx = state.store.begin().await?;
    let row = Card {
        out_track_id: out_track_id.clone(),
        integration: integration.key.clone(),
        incident_id: mirror.incident.id.clone(),
        target: delivery.target.clone(),
        delivered: false,
        shown: BTreeMap::new(),
        noticed: Vec::new(),
        created: now,
        updated: now,
        version: 0,
    };
    store::card::insert(&mut tx, &row).await?;
    let mentioned = mentioned(&mut tx, integration, &delivery.target, mirror).await?;
    tx.commit().await?;

    let robot_code = integration.settings.client_id.clone();
    let in_language = |language| card::summary(&mirror.incident, card::Drawing { language, ..drawing });
    let new = NewCard {
        out_track_id: out_track_id.clone(),
        card_template_id: template.to_owned(),
        callback_route_key: integration.card_route_key(),
        card_data: values.clone(),
        private_data: BTreeMap::new(),
        space: space.clone(),
        robot_code: robot_code.clone(),
        last_message: LastMessage { zh: in_language(Language::Zh), en: in_language(Language::En) },
        at_user_ids: mentioned,
    };
    let client = credential::dingtalk(state, integration);
    let mut cost = 1;
    let mut sent = client.create_and_deliver_card(&new).await;
    let exists = sent.as_ref().is_err_and(|error| error.class == ErrorClass::CardExists);
    if exists && set_unshown(state, &out_track_id, None).await? {
        // An earlier attempt created it, and its space refused it for the moment.
        sent = client.deliver_card(&out_track_id, &space, &robot_code).await;
        cost += 1;
    } else if exists {
        // An earlier attempt arrived whose answer did not: creating and showing is one call, so it is shown. To show it
        // again could show it twice (reference 7.3, unconfirmed).
        sent = Ok(CardDelivered { out_track_id: out_track_id.clone(), carrier_id: None });
    }
    let unusable = |class: &ErrorClass| matches!(class, ErrorClass::Unclear | ErrorClass::Banned);
    if sent.as_ref().is_err_and(|error| error.http_status == Some(200) && !unusable(&error.class)) {
        // The call was taken, its space refused: the card is there and nobody sees it.
        set_unshown(state, &out_track_id, Some(&values)).await?;
    }
    if sent.is_ok() {
        // What an earlier attempt created shows what was true then.
        let values = if exists { BTreeMap::new() } else { values };
        shown(state, &integration.key, &out_track_id, mirror, values).await?;
    }
    Ok(Ended::from_answer(sent.map(|_| ()), cost))
}

/// Notes that a card exists with these values and is not shown, or takes the note back before it is shown. True when there
/// was such a note. What came between two attempts cannot make it wrong: it is no guess from the last outcome.
async fn set_unshown(
    state: &State,
    out_track_id: &str,
    values: Option<&BTreeMap<String, String>>,
) -> Result<bool, StoreError> {
    let mut tx = state.store.begin().await?;
    let Some(mut card) = store::card::get(&mut tx, out_track_id).await? else { return Ok(false) };
    let noted = !card.delivered && !card.shown.is_empty();
    card.shown = values.cloned().unwrap_or_default();
    card.updated = state.world.now();
    store::card::update(&mut tx, &card).await?;
    tx.commit().await?;
    Ok(noted)
}

/// Whom a group's card mentions: the linked responders, where a subscription of the group that fits says so.
async fn mentioned(
    tx: &mut Tx,
    integration: &Integration,
    target: &Target,
    mirror: &Mirror,
) -> Result<BTreeMap<String, String>, StoreError> {
    let Target::Chat(chat_id) = target else { return Ok(BTreeMap::new()) };
    let subscriptions = store::subscription::of_chat(tx, &integration.key, chat_id).await?;
    if !subscriptions.iter().any(|one| one.rule.mention && one.rule.fits(&mirror.incident)) {
        return Ok(BTreeMap::new());
    }
    let member_ids: Vec<i64> = mirror.incident.responders.iter().map(|one| one.member_id).collect();
    let links = store::link::by_members(tx, &integration.key, &member_ids).await?;
    Ok(links.into_iter().map(|link| (link.employee.user_id, link.employee.name)).collect())
}

/// Remembers what DingTalk shows now, nothing where that is unknown; then, or if the incident moved on meanwhile, the
/// card follows.
async fn shown(
    state: &State,
    key: &str,
    out_track_id: &str,
    drawn: &Mirror,
    values: BTreeMap<String, String>,
) -> Result<(), StoreError> {
    let now = state.world.now();
    let unknown = values.is_empty();
    let mut tx = state.store.begin().await?;
    store::card::change(&mut tx, out_track_id, |card| {
        card.delivered = true;
        card.shown.clone_from(&values);
        card.updated = now;
    })
    .await?;
    let id = &drawn.incident.id;
    let present = store::incident::get(&mut tx, key, id).await?;
    if unknown || present.is_none_or(|present| present.version != drawn.version) {
        store::task::add(&mut tx, key, &TaskKind::Repaint { incident: id.clone() }, now, now).await?;
    }
    tx.commit().await
}

/// Writes down that something is about to be sent: should this process die now, nobody can know whether it was. False
/// when somebody else has the delivery.
async fn intend(state: &State, delivery: &mut Delivery) -> Result<bool, StoreError> {
    delivery.outcome = Outcome::Unclear;
    delivery.updated = state.world.now();
    let mut tx = state.store.begin().await?;
    let mine = store::delivery::update(&mut tx, delivery).await?;
    tx.commit().await?;
    delivery.version += 1;
    Ok(mine)
}

/// Link mode: a message whose button opens the page that does the act, for apps that may not send cards.
async fn send_link(
    state: &State,
    integration: &Integration,
    mirror: &Mirror,
    space: CardSpace,
    chat: Option<&Chat>,
) -> Ended {
    let detail_url = address::incident_in_dingtalk(state, &integration.key, &mirror.incident.id);
    let drawing = notify::drawing(state, integration, &detail_url);
    let content = RobotContent::ActionCard {
        title: card::summary(&mirror.incident, drawing),
        text: card::markdown(&mirror.incident, drawing),
        buttons: vec![(words::details(drawing.language).to_owned(), detail_url.clone())],
    };
    let client = credential::dingtalk(state, integration);
    let robot_code = integration.settings.client_id.clone();
    let sent = match space {
        CardSpace::Group { open_conversation_id } => {
            let robot_code = chat.and_then(|chat| chat.robot_code.clone()).unwrap_or(robot_code);
            let cool_app_code = chat.and_then(|chat| chat.cool_app_code.clone());
            let message = GroupMessage { open_conversation_id, robot_code, cool_app_code, content };
            client.send_to_group(&message).await.map(|_| ())
        }
        CardSpace::Person { user_id } => match client.send_to_people(&robot_code, &[user_id], &content).await {
            Ok(sent) if !sent.invalid.is_empty() => return Ended { cost: 1, ..Ended::of(Outcome::UnknownPerson) },
            Ok(sent) if !sent.flow_controlled.is_empty() => {
                return Ended { cost: 1, told: Some(FLOW_CONTROL_WAIT), ..Ended::of(Outcome::Throttled) };
            }
            other => other.map(|_| ()),
        },
    };
    let ended = Ended::from_answer(sent, 1);
    if ended.outcome == Outcome::Unclear { Ended { cost: 1, ..Ended::unrepeatable() } } else { ended }
}

async fn record(state: &State, mut delivery: Delivery, ended: Ended) -> Result<Option<Millis>, StoreError> {
    let now = state.world.now();
    delivery.attempts += 1;
    delivery.cost += ended.cost;
    let next = if ended.repeatable {
        ended.outcome.next_time(delivery.attempts, delivery.created, now, ended.told, state.world.fraction())
    } else {
        Next::Failed
    };
    let again = if let Next::At(at) = next { Some(at) } else { None };
    delivery.state = match next {
        Next::Done => DeliveryState::Done,
        Next::Failed => DeliveryState::Failed,
        Next::At(_) => DeliveryState::Waiting,
    };
    delivery.outcome = ended.outcome;
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
        at: now,
    };
    metrics::counter!("dingduty_delivery_attempts_total", "outcome" => ended.outcome.name()).increment(1);
    let mut tx = state.store.begin().await?;
    if !store::delivery::update(&mut tx, &delivery).await? {
        // Our lease ran out while DingTalk was slow: whoever has the delivery now decides how it goes on.
        return Ok(None);
    }
    store::delivery::add_attempt(&mut tx, &attempt).await?;
    tx.commit().await?;
    Ok(again)
}

impl Ended {
    fn of(outcome: Outcome) -> Self {
        Self {
            outcome,
            code: String::new(),
            message: String::new(),
            request_id: String::new(),
            told: None,
            cost: 0,
            repeatable: true,
        }
    }

    /// Whether a message with link buttons arrived cannot be asked, so one that may have been sent is not sent again.
    fn unrepeatable() -> Self {
        let message = "the message may have arrived, so it is not sent again".to_owned();
        Self { message, repeatable: false, ..Self::of(Outcome::Unclear) }
    }

    fn from_answer(answer: Result<(), DingTalkError>, cost: i64) -> Self {
        let Err(error) = answer else { return Self { cost, ..Self::of(Outcome::Delivered) } };
        let told = match error.class {
            ErrorClass::Throttled { retry_after_ms } => retry_after_ms.map(Duration::from_millis),
            _ => None,
        };
        Self {
            outcome: outcome(&error.class),
            code: error.code,
            message: error.message,
            request_id: error.request_id.unwrap_or_default(),
            told,
            cost,
            repeatable: true,
        }
    }
}

/// The outcome of an attempt that failed so.
pub(super) fn outcome(class: &ErrorClass) -> Outcome {
    match class {
        ErrorClass::Throttled { .. } => Outcome::Throttled,
        ErrorClass::Banned => Outcome::Banned,
        ErrorClass::QuotaSpent { meter: Meter::Api | Meter::Push | Meter::Free } => Outcome::QuotaSpent,
        ErrorClass::TokenRefused | ErrorClass::Busy => Outcome::Busy,
        ErrorClass::CredentialsRefused | ErrorClass::IpNotAllowed => Outcome::CredentialsRefused,
        ErrorClass::MissingScope { .. } => Outcome::MissingScope,
        ErrorClass::NotInstalled => Outcome::NotInstalled,
        ErrorClass::ChatGone => Outcome::ChatGone,
        ErrorClass::UnknownPerson => Outcome::UnknownPerson,
        ErrorClass::OutOfRange => Outcome::OutOfRange,
        ErrorClass::NoSession => Outcome::NoSession,
        ErrorClass::TemplateUnusable => Outcome::TemplateUnusable,
        ErrorClass::ContentRefused => Outcome::ContentRefused,
        ErrorClass::Unreachable => Outcome::Unreachable,
        ErrorClass::Unclear => Outcome::Unclear,
        // The card exists after all: an earlier attempt arrived.
        ErrorClass::CardExists => Outcome::Delivered,
        ErrorClass::CodeRefused | ErrorClass::BotUnusable | ErrorClass::CardGone | ErrorClass::Refused => {
            Outcome::Refused
        }
    }
}
