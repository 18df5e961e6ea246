//! A message to a group that says it is a test: whether anything can be sent there is known when it arrives. It is a
//! delivery like any other, and the first to wait when the month's calls run short.

use super::audit;
use super::refusal::{Refusal, Said};
use crate::model::chat::Chat;
use crate::model::delivery::{Delivery, DeliveryState, Target};
use crate::model::integration::Integration;
use crate::model::markdown;
use crate::model::mention::Note;
use crate::model::task::TaskKind;
use crate::model::text;
use crate::state::State;
use crate::store::{self, StoreError, Tx};
use contract::chat::ChatState;
use contract::group::TestView;
use contract::words::{field, group as words, outcome};
use contract::{Language, ProblemCode};
use serde_json::json;
use std::time::Duration;

/// How long a group is left in peace after a test.
const APART: Duration = Duration::from_secs(30);
/// Longest name of who asked, in bytes.
const NAME_BYTES_MAX: usize = 100;

/// Sends one. `name` is who asked, as the group reads it; nobody's means an administrator.
///
/// # Errors
/// `InvalidField` for a group that cannot be sent to; `TooManyRequests` while the last one is on its way or a moment ago.
pub async fn send(
    state: &State,
    integration: &Integration,
    chat_id: &str,
    (actor, name): (&str, &str),
) -> Result<(), Refusal> {
    let (key, now) = (&integration.key, state.world.now());
    let mut tx = state.store.begin().await?;
    let chat = store::chat::by_id(&mut tx, key, chat_id).await?;
    let chat = chat.ok_or_else(|| Refusal::field(field::no_such_chat))?;
    match chat.state {
        ChatState::Installed => {}
        ChatState::Uninstalled => return Err(Refusal::field(field::chat_uninstalled)),
        ChatState::Disbanded => return Err(Refusal::field(field::chat_disbanded)),
    }
    if let Some(last) = store::delivery::last_test(&mut tx, key, &chat.id).await? {
        let passed = now.since(last.created);
        if last.state == DeliveryState::Waiting {
            return Err(too_many(Said::ours(words::test_pending)));
        }
        if passed < APART {
            let left = (APART - passed).as_secs().max(1);
            return Err(too_many(Said::ours(|language| words::test_soon(language, left))));
        }
    }
    let id = state.world.id();
    let target = Target::Chat(chat.id.clone());
    let mut delivery = Delivery::new(id.clone(), (key, ""), target, &Delivery::reason_of_test(&id), now);
    let note = note(name, integration.settings.language);
    delivery.target_name.clone_from(&chat.title);
    delivery.text.clone_from(&note.title);
    store::delivery::insert(&mut tx, &delivery).await?;
    store::note::insert(&mut tx, &id, &note, now).await?;
    store::task::add(&mut tx, key, &TaskKind::Deliver { delivery: id.clone() }, now, now).await?;
    audit::write(state, &mut tx, key, actor, "test-sent", &chat.id, json!({"delivery": id})).await?;
    tx.commit().await?;
    state.wake();
    Ok(())
}

/// What became of the newest one.
///
/// # Errors
/// The database does not answer.
pub async fn last(tx: &mut Tx, chat: &Chat, language: Language) -> Result<Option<TestView>, StoreError> {
    let Some(delivery) = store::delivery::last_test(tx, &chat.integration, &chat.id).await? else { return Ok(None) };
    let words = match delivery.state {
        DeliveryState::Failed => outcome::given_up(delivery.outcome.name(), language),
        _ => outcome::of(delivery.outcome.name(), language),
    };
    Ok(Some(TestView {
        outcome: delivery.outcome.name().to_owned(),
        waiting: delivery.state == DeliveryState::Waiting,
        arrived: delivery.state == DeliveryState::Done,
        cause: words.cause.to_owned(),
        cure: words.cure.to_owned(),
        at_ms: delivery.updated.0,
    }))
}

fn note(name: &str, language: Language) -> Note {
    let name = text::cut(&text::line(name), NAME_BYTES_MAX);
    let who = if name.is_empty() { words::an_administrator(language).to_owned() } else { name };
    let text = markdown::line(&words::test_message(language, who));
    Note { title: words::test_message_title(language).to_owned(), text }
}

fn too_many(said: Said) -> Refusal {
    Refusal { message: Some(said), ..ProblemCode::TooManyRequests.into() }
}
