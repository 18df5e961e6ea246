//! What a person sees of Flashduty and of a group: read with their own credential, so that Flashduty decides what they
//! may see. Only what Flashduty's answer leaves out (names, who acted last) comes from our side.

use super::live::sight;
use super::open_ones::open_ones;
use super::refusal::Refusal;
use super::{convert, credential, link_end, members, people};
use crate::model::chat::Chat;
use crate::model::incident::Incident;
use crate::model::integration::Integration;
use crate::model::link::Link;
use crate::model::subscription::Subscription;
use crate::state::State;
use crate::store;
use contract::bulk::BULK_MAX;
use contract::chat::{ChatPage, ChatState, SubscriptionView};
use contract::incident::{IncidentDetail, IncidentList, IncidentView, Tab};
use contract::listing::Listing;
use contract::{Language, ProblemCode};
use flashduty::{FeedPage, FlashdutyError, IncidentQuery};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

mod channels;
mod choice;
mod more;
mod on_call;
pub mod timeline;

pub use choice::{custom_actions, levels, people};
pub use more::incident_page;
pub use on_call::on_call;

/// Incidents on a page of a list.
const PAGE_ROWS: u32 = 20;
/// Flashduty reads no further than row 10,000 (reference 5.1).
const ROWS_MAX: u32 = 10_000;
/// Open incidents looked through for a group's page; as many as one call gives.
const GROUP_ROWS: u32 = 100;
/// How long a page waits for Flashduty.
const READ_TIMEOUT: Duration = Duration::from_secs(8);

/// Who reads: their link, and the language they read.
#[derive(Clone, Copy)]
pub struct Viewer<'a> {
    pub state: &'a State,
    pub integration: &'a Arc<Integration>,
    pub link: &'a Link,
    pub language: Language,
}

/// A page of the viewer's incidents.
///
/// # Errors
/// As Flashduty refuses: `LinkBroken`, `NoLicense`, `AccessDenied`, `FlashdutySlow`, `FlashdutyDown`.
pub async fn incidents(viewer: Viewer<'_>, list: &Listing) -> Result<IncidentList, Refusal> {
    page_of(viewer, list, PAGE_ROWS).await
}

/// The same with as many on a page as can be acted on at once.
///
/// # Errors
/// As [`incidents`].
pub async fn selection(viewer: Viewer<'_>, list: &Listing) -> Result<IncidentList, Refusal> {
    page_of(viewer, list, u32::try_from(BULK_MAX).unwrap_or(u32::MAX)).await
}

async fn page_of(viewer: Viewer<'_>, list: &Listing, rows: u32) -> Result<IncidentList, Refusal> {
    let page_max = ROWS_MAX / rows;
    let page = list.page.clamp(1, page_max);
    let mut query = IncidentQuery { page, limit: rows, ..open_ones(viewer.state.world.now()) };
    if list.tab == Tab::Mine {
        query.responder_ids.push(viewer.link.member.member_id);
    }
    if let Some(progress) = list.progress {
        query.progress = vec![convert::progress_of(progress)];
    }
    query.severities.extend(list.severity.map(convert::severity_of));
    query.channel_ids.extend(list.channel);
    query.query.clone_from(&list.query);
    let client = viewer.client().await?;
    let (read, channels) = tokio::join!(client.incident_list(&query), channels::of(viewer, &client));
    let read = viewer.heard(read).await?;
    let items = viewer.views(&client, read.items.iter().map(convert::incident).collect()).await?;
    let has_next = read.has_next_page && page < page_max;
    let as_of_ms = viewer.state.world.now().0;
    Ok(IncidentList { tab: list.tab, channels, items, total: read.total, page, has_next, as_of_ms })
}

/// One incident with its newest timeline entries.
///
/// # Errors
/// `NotFound` for what is no incident's id, `IncidentGone`, and as [`incidents`].
pub async fn incident(viewer: Viewer<'_>, id: &str) -> Result<IncidentDetail, Refusal> {
    checked(id)?;
    let client = viewer.client().await?;
    let (read, feed) = tokio::join!(client.incident(id), client.feed(id, 1, timeline::ROWS, false));
    let read = viewer.heard(read).await?;
    detail(viewer, &client, &read, feed).await
}

/// What an incident's panel shows, of what was read.
async fn detail(
    viewer: Viewer<'_>,
    client: &flashduty::Client,
    read: &flashduty::Incident,
    feed: Result<FeedPage, FlashdutyError>,
) -> Result<IncidentDetail, Refusal> {
    // An incident without its timeline is worth more than none.
    let feed = feed.inspect_err(|error| tracing::info!(code = error.code, "a timeline could not be read")).ok();
    let read = convert::incident(read);
    sight::learn(viewer.state, &viewer.integration.key, viewer.link.member.member_id, std::slice::from_ref(&read));
    let mut ids = people::nameless(std::slice::from_ref(&read));
    ids.extend(feed.iter().flat_map(|feed| &feed.items).flat_map(timeline::people));
    // All names in one call; completing the incident finds them remembered.
    let names = people::names(viewer.state, viewer.integration, client, ids).await;
    let complete = people::complete(viewer.state, viewer.integration, client, vec![read]).await?.pop();
    let incident = complete.ok_or(ProblemCode::IncidentGone)?;
    Ok(IncidentDetail {
        incident: viewer.view(&incident),
        timeline_cut: feed.as_ref().is_none_or(|feed| feed.has_next_page),
        timeline: feed.iter().flat_map(|feed| &feed.items).map(|item| timeline::entry(item, &names)).collect(),
        as_of_ms: viewer.state.world.now().0,
    })
}

fn checked(id: &str) -> Result<(), Refusal> {
    if is_incident_id(id) { Ok(()) } else { Err(ProblemCode::NotFound.into()) }
}

/// A group's page for one of its members: what comes to the group, seen with the viewer's own permission. The id in the
/// address is a hint that anybody can write, so membership is asked of DingTalk (reference 5.1).
///
/// # Errors
/// `ChatUnknown`, `NotInChat`, `HeldByQuota`, `DingtalkDown`, and as [`incidents`].
pub async fn chat(viewer: Viewer<'_>, open_conversation_id: &str) -> Result<ChatPage, Refusal> {
    let (chat, subscriptions) = group(viewer.state, viewer.integration, open_conversation_id).await?;
    if !members::has(viewer.state, viewer.integration, &chat, &viewer.link.employee.user_id).await? {
        return Err(ProblemCode::NotInChat.into());
    }
    let client = viewer.client().await?;
    let incidents = if subscriptions.is_empty() {
        Vec::new()
    } else {
        let channel_ids = channels_of(&subscriptions);
        let query = IncidentQuery { channel_ids, page: 1, limit: GROUP_ROWS, ..open_ones(viewer.state.world.now()) };
        viewer.heard(client.incident_list(&query).await).await?.items
    };
    let fitting = incidents.iter().map(convert::incident);
    let fitting: Vec<Incident> =
        fitting.filter(|incident| subscriptions.iter().any(|one| one.rule.fits(incident))).collect();
    let channels = channel_names(&client, &subscriptions, &fitting).await;
    let mut tx = viewer.state.store.read().await?;
    let health = store::chat_health::get(&mut tx, &chat.id).await?;
    drop(tx);
    Ok(ChatPage {
        title: chat.title,
        incidents: viewer.views(&client, fitting).await?,
        subscriptions: subscriptions.into_iter().map(|one| subscription_view(one, &channels)).collect(),
        members: health.members,
        robot_push_ms: health.pushed.map(|at| at.0),
        as_of_ms: viewer.state.world.now().0,
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

/// Whether a text has the form of an incident's id: 24 hexadecimal digits.
pub fn is_incident_id(id: &str) -> bool {
    id.len() == 24 && id.bytes().all(|byte| byte.is_ascii_hexdigit())
}

impl Viewer<'_> {
    /// An incident as the viewer's page shows it.
    pub fn view(&self, incident: &Incident) -> IncidentView {
        convert::incident_view(incident, self.link.member.member_id, self.state.world.now())
    }

    pub(super) async fn client(&self) -> Result<flashduty::Client, Refusal> {
        Ok(credential::person(self.state, self.integration, self.link).await?.within(READ_TIMEOUT))
    }

    /// Flashduty's answer; a credential it no longer accepts breaks the link.
    pub(super) async fn heard<T>(&self, answer: Result<T, FlashdutyError>) -> Result<T, Refusal> {
        let error = match answer {
            Ok(read) => return Ok(read),
            Err(error) => error,
        };
        if error.class == flashduty::ErrorClass::Unauthorized {
            link_end::broke(self.state, self.link).await?;
        }
        Err(match error.class {
            // A read that was not answered has no effect that could go on.
            flashduty::ErrorClass::Unclear => ProblemCode::FlashdutyDown.into(),
            _ => error.into(),
        })
    }

    async fn views(&self, client: &flashduty::Client, incidents: Vec<Incident>) -> Result<Vec<IncidentView>, Refusal> {
        sight::learn(self.state, &self.integration.key, self.link.member.member_id, &incidents);
        let complete = people::complete(self.state, self.integration, client, incidents).await?;
        Ok(complete.iter().map(|incident| self.view(incident)).collect())
    }
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

/// Names of the channels that subscriptions name, as far as the viewer may see them.
async fn channel_names(
    client: &flashduty::Client,
    subscriptions: &[Subscription],
    incidents: &[Incident],
) -> BTreeMap<i64, String> {
    let known = incidents.iter().filter(|incident| !incident.channel_name.is_empty());
    let mut names: BTreeMap<i64, String> =
        known.map(|incident| (incident.channel_id, incident.channel_name.clone())).collect();
    let all = subscriptions.iter().flat_map(|one| one.rule.channel_ids.iter().copied());
    let missing: BTreeSet<i64> = all.filter(|id| *id != 0 && !names.contains_key(id)).collect();
    if missing.is_empty() {
        return names;
    }
    match client.channel_infos(&missing.into_iter().collect::<Vec<_>>()).await {
        Ok(channels) => names.extend(channels.into_iter().map(|channel| (channel.channel_id, channel.channel_name))),
        Err(error) => tracing::info!(code = error.code, "names of channels could not be read"),
    }
    names
}

fn subscription_view(subscription: Subscription, channels: &BTreeMap<i64, String>) -> SubscriptionView {
    let rule = subscription.rule;
    let channel =
        |id: &i64| channels.get(id).filter(|name| !name.is_empty()).cloned().unwrap_or_else(|| id.to_string());
    SubscriptionView {
        channels: rule.channel_ids.iter().map(channel).collect(),
        severities: rule.severities,
        labels: rule.labels.into_iter().collect(),
        mention: rule.mention,
        repaint: rule.repaint.name().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::subscription::Rule;
    use world::Millis;

    #[test]
    fn ids_from_addresses() {
        for (id, fine) in [
            ("69da451ef77b1b51f40e83ee", true),
            ("69DA451EF77B1B51F40E83EE", true),
            ("69da451ef77b1b51f40e83e", false),
            ("../../incident/list/69da4", false),
            ("", false),
        ] {
            assert_eq!(is_incident_id(id), fine, "{id}");
        }
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
