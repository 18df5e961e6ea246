//! Who is to get a work notice, written down before anything is sent.

use super::{REASON, content, new_batch};
use crate::flow::audit;
use crate::flow::refusal::Refusal;
use crate::model::delivery::{Delivery, DeliveryState, Target};
use crate::model::integration::Integration;
use crate::model::task::TaskKind;
use crate::model::text;
use crate::model::work_notice::{
    self as rules, BAR_PEOPLE_MAX, BYTES_MAX, Content, Kind, Person, VARYING_BYTES, WorkNotice,
};
use crate::state::State;
use crate::store::{self, StoreError, Tx};
use contract::ProblemCode;
use contract::words::field as words;
use serde_json::json;
use world::Millis;

/// Who asks for the notices of incidents.
const SYSTEM: &str = "system";

/// What a program asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    pub audience: Audience,
    pub content: Content,
}

/// For whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Audience {
    /// Employees by user id, none twice.
    People(Vec<String>),
    /// The whole Corp.
    Everybody,
}

/// Brings an incident to employees, by user id and name, who have not had it as a work notice. `line` is what they see
/// in their list of chats.
pub async fn for_incident(
    state: &State,
    tx: &mut Tx,
    integration: &Integration,
    incident_id: &str,
    line: &str,
    people: Vec<(String, String)>,
) -> Result<(), StoreError> {
    let mut deliveries = Vec::new();
    for (user_id, name) in people {
        let mut delivery = delivery(state, integration, incident_id, Target::Person(user_id), line);
        delivery.target_name = name;
        if store::delivery::insert(tx, &delivery).await? {
            deliveries.push(delivery);
        }
    }
    if deliveries.is_empty() {
        return Ok(());
    }
    let has_bar = deliveries.len() <= BAR_PEOPLE_MAX;
    let content = Content {
        kind: if has_bar { Kind::Oa } else { Kind::ActionCard },
        title: line.to_owned(),
        ..Content::default()
    };
    let notice = notice(state, integration, incident_id, content, SYSTEM);
    add(state, tx, &notice, &deliveries, has_bar).await
}

/// Takes what a program asks for. It is sent soon after.
///
/// # Errors
/// `NotFound` for an unknown integration, `InvalidField` for a message that is too large.
pub async fn ask(state: &State, key: &str, asked: Asked, actor: &str) -> Result<WorkNotice, Refusal> {
    let Asked { audience, content } = asked;
    let mut tx = state.store.begin().await?;
    let integration = store::integration::by_key(&mut tx, key).await?.ok_or(ProblemCode::NotFound)?;
    let bytes = content::wire(state, &content::of_program(&integration, &content)).bytes();
    let most = BYTES_MAX - VARYING_BYTES;
    if bytes > most {
        return Err(Refusal::field(|language| words::work_notice_too_large(language, bytes, most)));
    }
    let line = if content.title.is_empty() { content.text.clone() } else { content.title.clone() };
    let line = text::cut(&text::line(&line), LINE_BYTES_MAX);
    let notice = notice(state, &integration, "", content, actor);
    let targets = match audience {
        Audience::People(user_ids) => user_ids.into_iter().map(Target::Person).collect(),
        Audience::Everybody => vec![Target::Everybody],
    };
    let mut deliveries = Vec::with_capacity(targets.len());
    for target in targets {
        let mut delivery = delivery(state, &integration, "", target, &line);
        // Nothing but the notice tells two of them to one person apart.
        delivery.reason = format!("{REASON} {}", notice.id);
        store::delivery::insert(&mut tx, &delivery).await?;
        deliveries.push(delivery);
    }
    add(state, &mut tx, &notice, &deliveries, !notice.content.status.is_empty()).await?;
    let detail = json!({"kind": notice.content.kind.name(), "people": deliveries.len()});
    audit::write(state, &mut tx, key, actor, "work-notice-asked-for", &notice.id, detail).await?;
    tx.commit().await?;
    state.wake();
    Ok(notice)
}

/// Sends a notice to one person again whose delivery waits, unless it is on its way.
pub async fn send_again(state: &State, integration: &Integration, delivery: &Delivery) -> Result<(), StoreError> {
    let mut tx = state.store.begin().await?;
    let Some(person) = store::work_notice_person::get(&mut tx, &delivery.id).await? else { return Ok(()) };
    let Some(notice) = store::work_notice::get(&mut tx, &integration.key, &person.notice_id).await? else {
        return Ok(());
    };
    let under_way = match store::work_notice_batch::get(&mut tx, &person.batch_id).await? {
        Some(batch) => batch.state == rules::BatchState::Waiting || batch.state == rules::BatchState::Sending,
        None => false,
    };
    if delivery.state == DeliveryState::Waiting && !under_way && notice.recalled.is_none() {
        into_new_batch(state, &mut tx, &notice, &[person.delivery_id], state.world.now()).await?;
    }
    tx.commit().await
}

/// Sends a notice anew to people, by delivery, whose deliveries wait for it: as few calls as DingTalk allows.
pub async fn anew(state: &State, tx: &mut Tx, notice: &WorkNotice, delivery_ids: &[String]) -> Result<(), StoreError> {
    let has_bar =
        notice.content.kind == Kind::Oa && (!notice.incident_id.is_empty() || !notice.content.status.is_empty());
    for some in rules::batches(delivery_ids, has_bar) {
        into_new_batch(state, tx, notice, &some, state.world.now()).await?;
    }
    Ok(())
}

/// Puts people, by delivery, into a batch of their own that is sent at `due`.
pub async fn into_new_batch(
    state: &State,
    tx: &mut Tx,
    notice: &WorkNotice,
    delivery_ids: &[String],
    due: Millis,
) -> Result<(), StoreError> {
    let batch = new_batch(state, notice);
    store::work_notice_batch::insert(tx, &batch).await?;
    for delivery_id in delivery_ids {
        store::work_notice_person::move_to(tx, delivery_id, &batch.id).await?;
    }
    let kind = TaskKind::SendWorkNotice { batch: batch.id };
    store::task::add(tx, &notice.integration, &kind, due, state.world.now()).await
}

/// Longest line of a chat list that is kept, in bytes.
const LINE_BYTES_MAX: usize = 300;

async fn add(
    state: &State,
    tx: &mut Tx,
    notice: &WorkNotice,
    deliveries: &[Delivery],
    has_bar: bool,
) -> Result<(), StoreError> {
    let now = state.world.now();
    store::work_notice::insert(tx, notice).await?;
    for some in rules::batches(deliveries, has_bar) {
        let batch = new_batch(state, notice);
        store::work_notice_batch::insert(tx, &batch).await?;
        for delivery in some {
            let user_id = match &delivery.target {
                Target::Person(user_id) => user_id.clone(),
                Target::Chat(_) | Target::Member(_) | Target::Everybody | Target::Room(_) => String::new(),
            };
            let (delivery_id, notice_id) = (delivery.id, notice.id.clone());
            let person = Person { delivery_id, notice_id, batch_id: batch.id.clone(), user_id, sends: 0 };
            store::work_notice_person::insert(tx, &person).await?;
        }
        let kind = TaskKind::SendWorkNotice { batch: batch.id };
        store::task::add(tx, &notice.integration, &kind, now, now).await?;
    }
    Ok(())
}

fn notice(state: &State, integration: &Integration, incident_id: &str, content: Content, actor: &str) -> WorkNotice {
    WorkNotice {
        id: state.world.id(),
        integration: integration.key.clone(),
        incident_id: incident_id.to_owned(),
        content,
        actor: actor.to_owned(),
        created: state.world.now(),
        recalled: None,
    }
}

fn delivery(state: &State, integration: &Integration, incident_id: &str, target: Target, line: &str) -> Delivery {
    let owner = (integration.key.as_str(), incident_id);
    let mut delivery = Delivery::new(state.world.id(), owner, target, REASON, state.world.now());
    delivery.text = line.to_owned();
    delivery
}
