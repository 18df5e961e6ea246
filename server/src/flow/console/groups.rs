//! Groups in the console: which there are and how they do, and what is sent to one of them.

use crate::flow::chats::{self, ChatReport};
use crate::flow::read::channels;
use crate::flow::refusal::Refusal;
use crate::flow::subscriptions::{self, typed};
use crate::flow::{automation, credential, test_message};
use crate::model::chat::Chat;
use crate::model::incident::Incident;
use crate::model::integration::Integration;
use crate::model::subscription::Rule;
use crate::state::State;
use crate::store::{self, StoreError, Tx};
use contract::chat::ChatState;
use contract::group::{GroupAsked, GroupFilter, GroupLine, GroupView, GroupsPage, GroupsWanted, Preview, RuleDesk};
use contract::words::{field, outcome};
use contract::{Language, ProblemCode};
use flashduty::Client;
use std::time::Duration;
use world::Millis;

/// Groups on a page.
const PAGE_ROWS: usize = 20;
/// Groups offered to take over.
const REPLACEMENTS_MAX: usize = 20;
/// Incidents that a preview looks through.
const PREVIEW_LOOKED: i64 = 200;
/// How long a page waits for the names of channels.
const READ_TIMEOUT: Duration = Duration::from_secs(3);

/// A page of groups, the newest first.
///
/// # Errors
/// The database does not answer.
pub async fn list(
    state: &State,
    integration: &Integration,
    wanted: &GroupsWanted,
    language: Language,
) -> Result<GroupsPage, StoreError> {
    let key = &integration.key;
    let mut tx = state.store.read().await?;
    let query = Some(wanted.query.as_str()).filter(|query| !query.is_empty());
    let filter = (wanted.filter.state(), wanted.filter == GroupFilter::Dead);
    let after = wanted.after.as_deref().and_then(place);
    let limit = i64::try_from(PAGE_ROWS).unwrap_or(i64::MAX).saturating_add(1);
    let mut chats = store::chat::page(&mut tx, key, query, filter, after, limit).await?;
    let has_more = chats.len() > PAGE_ROWS;
    chats.truncate(PAGE_ROWS);
    let next = chats.last().filter(|_| has_more).map(|last| format!("{}-{}", last.created.0, last.id));
    let mut items = Vec::new();
    for chat in chats {
        items.push(line(&mut tx, chat, language).await?);
    }
    Ok(GroupsPage { items, counts: counts(&mut tx, key).await?, next })
}

/// One group with what is sent to it, and with what an address asks for besides.
///
/// # Errors
/// `NotFound`.
pub async fn one(
    state: &State,
    integration: &Integration,
    chat_id: &str,
    asked: &GroupAsked,
    language: Language,
) -> Result<GroupView, Refusal> {
    let mut tx = state.store.read().await?;
    let chat = store::chat::by_id(&mut tx, &integration.key, chat_id).await?.ok_or(ProblemCode::NotFound)?;
    let test = test_message::last(&mut tx, &chat, language).await?;
    let report = chats::report(state, &mut tx, integration, chat).await?;
    let replacements = match &asked.find {
        Some(find) => Some(replacements(&mut tx, &report.chat, find).await?),
        None => None,
    };
    drop(tx);
    let client = client(state, integration);
    let named = channels::named(state, integration, &client, 0, &report.subscriptions).await;
    let listed = match asked.edit {
        Some(_) => channels::of_member(state, integration, &client, 0).await,
        None => Vec::new(),
    };
    let (form, problem) = match typed::form(asked, &report.subscriptions, &listed, true) {
        Ok(form) => (form, None),
        Err(refusal) => (None, Some(refusal)),
    };
    let mut desk = RuleDesk { form, preview: None, problem: problem.map(|refusal| refusal.problem(language)), test };
    if asked.preview && desk.form.is_some() {
        match typed::rule_of(asked, &report.subscriptions) {
            Ok(rule) => desk.preview = Some(preview(state, integration, &rule).await?),
            Err(refusal) => desk.problem = Some(refusal.problem(language)),
        }
    }
    let subscriptions = report.subscriptions.clone();
    let views = subscriptions.into_iter().map(|one| crate::flow::read::subscription_view(one, &named)).collect();
    let robot_push_url = report.robot_push_url.clone();
    let (members, read_ms, pushed_ms) =
        (report.health.members, report.health.read.map(|at| at.0), report.health.pushed.map(|at| at.0));
    let line = line_of(report, language);
    Ok(GroupView { line, members, read_ms, pushed_ms, robot_push_url, subscriptions: views, desk, replacements })
}

/// The group of an id, to do something with it.
///
/// # Errors
/// `InvalidField` for one that is not the integration's.
pub async fn chat(state: &State, integration: &Integration, chat_id: &str) -> Result<Chat, Refusal> {
    let mut tx = automation::read(state, &integration.key).await?;
    let chat = store::chat::by_id(&mut tx, &integration.key, chat_id).await?;
    chat.ok_or_else(|| Refusal::field(field::no_such_chat))
}

/// Saves what was typed into a group's form.
///
/// # Errors
/// `InvalidField`, `ChangedMeanwhile`, and as Flashduty refuses to tell of channels that are not known.
pub async fn save(
    state: &State,
    integration: &Integration,
    chat: &Chat,
    asked: &GroupAsked,
    actor: &str,
) -> Result<(), Refusal> {
    let form = asked.typed.clone().unwrap_or_default();
    let rule = typed::read(&form)?;
    let client = client(state, integration);
    let known = channels::of_member(state, integration, &client, 0).await;
    let kept = already(state, chat, asked).await?;
    let known = known.into_iter().map(|(id, _)| id).chain(kept.channel_ids);
    subscriptions::check_channels(&client, known, &rule).await.map_err(of_the_service)?;
    match asked.edit.as_deref().filter(|id| *id != "new") {
        Some(id) => subscriptions::change(state, chat, id, rule, &form.revision, actor).await,
        None => subscriptions::add(state, &integration.key, &chat.id, rule, actor).await.map(drop),
    }
}

/// What the subscription that is changed sends now; nothing for a new one.
async fn already(state: &State, chat: &Chat, asked: &GroupAsked) -> Result<Rule, StoreError> {
    let Some(id) = asked.edit.as_deref() else { return Ok(Rule::default()) };
    let mut tx = state.store.read().await?;
    let known = store::subscription::by_id(&mut tx, &chat.integration, id).await?;
    Ok(known.filter(|one| one.chat_id == chat.id).map(|one| one.rule).unwrap_or_default())
}

async fn preview(state: &State, integration: &Integration, rule: &Rule) -> Result<Preview, StoreError> {
    let mut tx = state.store.read().await?;
    let newest = store::incident::newest(&mut tx, &integration.key, PREVIEW_LOOKED).await?;
    let newest: Vec<(Incident, i64)> = newest.into_iter().map(|one| (one.incident, one.event_at.0)).collect();
    Ok(subscriptions::preview(rule, &newest))
}

/// It is the integration's key that Flashduty refused, nobody's own.
fn of_the_service(refusal: Refusal) -> Refusal {
    match refusal.code {
        ProblemCode::LinkBroken => ProblemCode::KeyRefused.into(),
        _ => refusal,
    }
}

fn client(state: &State, integration: &Integration) -> Client {
    credential::service(state, integration).within(READ_TIMEOUT)
}

/// Groups that can be sent to whose title contains `find`.
async fn replacements(tx: &mut Tx, chat: &Chat, find: &str) -> Result<Vec<(String, String)>, StoreError> {
    let query = Some(find).filter(|find| !find.is_empty());
    let limit = i64::try_from(REPLACEMENTS_MAX).unwrap_or(i64::MAX);
    let installed = (Some(ChatState::Installed), false);
    let found = store::chat::page(tx, &chat.integration, query, installed, None, limit).await?;
    let others = found.into_iter().filter(|one| one.id != chat.id);
    Ok(others.map(|one| (one.id.clone(), titled(one))).collect())
}

async fn counts(tx: &mut Tx, key: &str) -> Result<Vec<(GroupFilter, i64)>, StoreError> {
    let by_state = store::chat::counts(tx, key).await?;
    let dead = store::chat::count_dead(tx, key).await?;
    let count = |filter: GroupFilter| match filter {
        GroupFilter::All => by_state.iter().map(|(_, n)| n).sum(),
        GroupFilter::Dead => dead,
        one => by_state.iter().filter(|(state, _)| Some(*state) == one.state()).map(|(_, n)| n).sum(),
    };
    Ok(GroupFilter::ALL.map(|filter| (filter, count(filter))).into())
}

/// A group of the list: read with as little as it shows.
async fn line(tx: &mut Tx, chat: Chat, language: Language) -> Result<GroupLine, StoreError> {
    let key = chat.integration.clone();
    let delivered = store::delivery::last_arrived(tx, &key, &chat.id).await?;
    let refused = store::delivery::last_failed(tx, &key, &chat.id).await?;
    let refused = refused.filter(|refused| delivered.is_none_or(|at| at < refused.updated));
    Ok(GroupLine {
        id: chat.id.clone(),
        state: chat.state,
        subscriptions: store::subscription::count_of_chat(tx, &key, &chat.id).await?,
        event_ms: store::chat_health::get(tx, &chat.id).await?.event.map(|at| at.0),
        delivered_ms: delivered.map(|at| at.0),
        refused: refused.map(|refused| said(refused.outcome.name(), language)),
        title: titled(chat),
    })
}

fn line_of(report: ChatReport, language: Language) -> GroupLine {
    GroupLine {
        id: report.chat.id.clone(),
        state: report.chat.state,
        subscriptions: i64::try_from(report.subscriptions.len()).unwrap_or(i64::MAX),
        event_ms: report.health.event.map(|at| at.0),
        delivered_ms: report.delivered.map(|at| at.0),
        refused: report.refused.map(|refused| said(refused.outcome.name(), language)),
        title: titled(report.chat),
    }
}

fn said(outcome: &str, language: Language) -> (String, String) {
    let words = outcome::given_up(outcome, language);
    (words.cause.to_owned(), words.cure.to_owned())
}

/// A group whose name was never read is known by its id.
fn titled(chat: Chat) -> String {
    if chat.title.is_empty() { chat.id } else { chat.title }
}

/// Where a page begins: creation and id of the last group of the one before.
fn place(after: &str) -> Option<(Millis, String)> {
    let (created, id) = after.split_once('-')?;
    Some((Millis(created.parse().ok()?), id.to_owned()))
}
