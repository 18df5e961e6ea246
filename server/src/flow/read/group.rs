//! A group's own page: its incidents and who is on call for them, by the viewer's own permission; what is sent there, and
//! the form that changes it for whoever may.

use super::{READ_TIMEOUT, Viewer, channels, on_call, subscription_view};
use crate::flow::open_ones::open_ones;
use crate::flow::refusal::Refusal;
use crate::flow::subscriptions::{self, typed};
use crate::flow::{convert, group_editor, members, test_message};
use crate::model::chat::Chat;
use crate::model::incident::Incident;
use crate::model::integration::Integration;
use crate::model::subscription::{Rule, Subscription};
use crate::state::State;
use crate::store;
use contract::ProblemCode;
use contract::chat::{ChatPage, ChatState};
use contract::group::{GroupAsked, Preview, RuleDesk};
use contract::on_call::ScheduleView;
use contract::words::field;
use flashduty::{Client, IncidentQuery, ScheduleQuery};
use futures::future::join_all;
use std::collections::BTreeSet;

/// Open incidents looked through; as many as one call gives.
const ROWS: u32 = 100;
/// Channels whose escalation rules are read to know their schedules: a call each.
const CHANNELS_MAX: usize = 8;
/// Schedules shown at most.
const SCHEDULES_SHOWN: usize = 20;

/// A group's page for one of its members: what comes to the group, seen with the viewer's own permission. The id in the
/// address is a hint that anybody can write, so membership is asked of DingTalk (reference 5.1).
///
/// # Errors
/// `ChatUnknown`, `NotInChat`, `HeldByQuota`, `DingtalkDown`, and as [`super::incidents`].
pub async fn chat(viewer: Viewer<'_>, open_conversation_id: &str, asked: &GroupAsked) -> Result<ChatPage, Refusal> {
    let (state, integration) = (viewer.state, viewer.integration);
    let (chat, subscriptions) = group(state, integration, open_conversation_id).await?;
    let user_id = &viewer.link.employee.user_id;
    if !members::has(state, integration, &chat, user_id).await? {
        return Err(ProblemCode::NotInChat.into());
    }
    let client = viewer.client().await?;
    let member_id = viewer.link.member.member_id;
    let (incidents, on_call, names) = tokio::join!(
        incidents(viewer, &client, &subscriptions),
        turns(viewer, &client, &subscriptions),
        channels::named(state, integration, &client, member_id, &subscriptions),
    );
    let incidents = viewer.views(&client, incidents?).await?;
    let mut tx = state.store.read().await?;
    let health = store::chat_health::get(&mut tx, &chat.id).await?;
    let may_change = group_editor::is_offered(&mut tx, integration, &chat, user_id).await?;
    let test = test_message::last(&mut tx, &chat, viewer.language).await?.filter(|_| may_change);
    drop(tx);
    let desk = match may_change && asked.edit.is_some() {
        true => desk(viewer, &client, &subscriptions, asked).await?,
        false => RuleDesk::default(),
    };
    let views = subscriptions.into_iter().map(|one| subscription_view(one, &names)).collect();
    Ok(ChatPage {
        title: chat.title,
        incidents,
        subscriptions: views,
        members: health.members,
        robot_push_ms: health.pushed.map(|at| at.0),
        on_call,
        may_change,
        desk: RuleDesk { test, ..desk },
        as_of_ms: state.world.now().0,
    })
}

/// The group an address means, and what is sent to it.
///
/// # Errors
/// `ChatUnknown`.
pub async fn group(
    state: &State,
    integration: &Integration,
    open_conversation_id: &str,
) -> Result<(Chat, Vec<Subscription>), Refusal> {
    let id = conversation_id(open_conversation_id).ok_or(ProblemCode::ChatUnknown)?;
    let mut tx = state.store.read().await?;
    let chat = store::chat::by_conversation(&mut tx, &integration.key, &id).await?;
    let chat = chat.filter(|chat| chat.state == ChatState::Installed).ok_or(ProblemCode::ChatUnknown)?;
    let subscriptions = store::subscription::of_chat(&mut tx, &integration.key, &chat.id).await?;
    Ok((chat, subscriptions))
}

/// Saves what a member typed on their group's page. Only channels that Flashduty shows them can be sent: else a group
/// would read what its owner may not.
///
/// # Errors
/// `InvalidField`, `ChangedMeanwhile`, and as [`super::incidents`].
pub async fn save(viewer: Viewer<'_>, chat: &Chat, asked: &GroupAsked) -> Result<(), Refusal> {
    let form = asked.typed.clone().unwrap_or_default();
    let rule = typed::read(&form)?;
    if rule.channel_ids.is_empty() {
        return Err(Refusal::field(field::channel_missing));
    }
    let client = viewer.client().await?;
    let shown = channels::of(viewer, &client).await.into_iter().map(|(id, _)| id);
    subscriptions::check_channels(&client, shown, &rule).await?;
    let actor = &viewer.link.employee.user_id;
    match asked.edit.as_deref().filter(|id| *id != "new") {
        Some(id) => subscriptions::change(viewer.state, chat, id, rule, &form.revision, actor).await,
        None => subscriptions::add(viewer.state, &chat.integration, &chat.id, rule, actor).await.map(drop),
    }
}

/// Open incidents that come to the group.
async fn incidents(
    viewer: Viewer<'_>,
    client: &Client,
    subscriptions: &[Subscription],
) -> Result<Vec<Incident>, Refusal> {
    if subscriptions.is_empty() {
        return Ok(Vec::new());
    }
    let channel_ids = channels_of(subscriptions);
    let query = IncidentQuery { channel_ids, page: 1, limit: ROWS, ..open_ones(viewer.state.world.now()) };
    let read = viewer.heard(client.incident_list(&query).await).await?;
    let read = read.items.iter().map(convert::incident);
    Ok(read.filter(|incident| subscriptions.iter().any(|one| one.rule.fits(incident))).collect())
}

/// Who is on call now and next for the channels sent to the group: the schedules of their escalation rules. What cannot
/// be read is left out: incidents are worth showing without it.
async fn turns(viewer: Viewer<'_>, client: &Client, subscriptions: &[Subscription]) -> Vec<ScheduleView> {
    if subscriptions.is_empty() {
        return Vec::new();
    }
    let channel_ids = channels_of(subscriptions);
    let all = ScheduleQuery { limit: ROWS, ..ScheduleQuery::default() };
    let rules = channel_ids.iter().take(CHANNELS_MAX).map(|id| client.escalation_rules(*id));
    let (schedules, rules) = tokio::join!(client.schedule_list(&all), join_all(rules));
    let rules = rules.into_iter().flatten().flatten().filter(|rule| rule.status != "disabled");
    let targets = rules.flat_map(|rule| rule.layers).filter_map(|layer| layer.target);
    let wanted: BTreeSet<i64> = targets.flat_map(|target| target.schedule_ids()).collect();
    let mut schedules = match schedules {
        Ok(page) => page.items,
        Err(error) => {
            tracing::info!(code = error.code, "who is on call could not be read");
            return Vec::new();
        }
    };
    // Every channel is sent to the group: any schedule may matter.
    schedules.retain(|one| channel_ids.is_empty() || wanted.contains(&one.schedule_id));
    schedules.truncate(SCHEDULES_SHOWN);
    on_call::views(viewer, client, &schedules, &wanted).await
}

/// The open form and what it would have brought, by what Flashduty shows the viewer.
async fn desk(
    viewer: Viewer<'_>,
    client: &Client,
    subscriptions: &[Subscription],
    asked: &GroupAsked,
) -> Result<RuleDesk, Refusal> {
    let listed = channels::of(viewer, client).await;
    let mut desk = RuleDesk::default();
    match typed::form(asked, subscriptions, &listed, false) {
        Ok(form) => desk.form = form,
        Err(refusal) => desk.problem = Some(refusal.problem(viewer.language)),
    }
    if asked.preview && desk.form.is_some() {
        match typed::rule_of(asked, subscriptions) {
            Ok(rule) => desk.preview = Some(preview(viewer, client, &rule).await?),
            Err(refusal) => desk.problem = Some(refusal.problem(viewer.language)),
        }
    }
    Ok(desk)
}

async fn preview(viewer: Viewer<'_>, client: &Client, rule: &Rule) -> Result<Preview, Refusal> {
    let channel_ids = rule.channel_ids.clone();
    let open = open_ones(viewer.state.world.now());
    let query = IncidentQuery { channel_ids, progress: Vec::new(), page: 1, limit: ROWS, ..open };
    let read = viewer.heard(client.within(READ_TIMEOUT).incident_list(&query).await).await?;
    let read = read.items.iter().map(|one| {
        let incident = convert::incident(one);
        let at_ms = incident.started.0;
        (incident, at_ms)
    });
    Ok(subscriptions::preview(rule, &read.collect::<Vec<_>>()))
}

/// The conversation an address means: DingTalk's placeholder left as it is means none, and a `+` that was not encoded
/// has become a blank (reference 5.1).
fn conversation_id(text: &str) -> Option<String> {
    let fine = !text.is_empty() && text.len() <= 256 && !text.starts_with('$') && !text.chars().any(char::is_control);
    fine.then(|| text.replace(' ', "+"))
}

/// The channels that all subscriptions together name; empty when one of them takes every channel.
fn channels_of(subscriptions: &[Subscription]) -> Vec<i64> {
    if subscriptions.iter().any(|one| one.rule.channel_ids.is_empty()) {
        return Vec::new();
    }
    let ids: BTreeSet<i64> = subscriptions.iter().flat_map(|one| one.rule.channel_ids.iter().copied()).collect();
    ids.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use world::Millis;

    #[test]
    fn groups_from_addresses() {
        for (text, id) in [
            ("cidA+b/c==", Some("cidA+b/c==")),
            ("cidA b/c==", Some("cidA+b/c==")),
            ("$ENCCID$", None),
            ("", None),
            ("a\nb", None),
        ] {
            assert_eq!(conversation_id(text).as_deref(), id, "{text}");
        }
    }

    #[test]
    fn one_subscription_to_everything_asks_for_everything() {
        let subscription = |channel_ids: Vec<i64>| Subscription {
            id: "1".into(),
            integration: "k".into(),
            chat_id: "c".into(),
            rule: Rule { channel_ids, ..Rule::default() },
            created: Millis(0),
        };
        assert_eq!(channels_of(&[subscription(vec![2, 1]), subscription(vec![2])]), [1, 2]);
        assert!(channels_of(&[subscription(vec![2]), subscription(vec![])]).is_empty());
    }
}
