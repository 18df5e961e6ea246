//! What a person sees of Flashduty and of a group: read with their own credential, so that Flashduty decides what they
//! may see. Only what Flashduty's answer leaves out (names, who acted last) comes from our side.

use super::live::sight;
use super::open_ones::open_ones;
use super::refusal::Refusal;
use super::{convert, credential, link_end, people};
use crate::model::incident::Incident;
use crate::model::integration::Integration;
use crate::model::link::Link;
use crate::model::subscription::Subscription;
use crate::state::State;
use contract::bulk::BULK_MAX;
use contract::chat::SubscriptionView;
use contract::incident::{IncidentDetail, IncidentList, IncidentView, Tab};
use contract::listing::Listing;
use contract::{Language, ProblemCode};
use flashduty::{FeedPage, FlashdutyError, IncidentQuery};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

pub mod channels;
mod choice;
mod group;
mod more;
mod on_call;
mod stale;
pub mod timeline;

pub use choice::{create_choice, custom_actions, form_choice, levels, people};
pub use group::{chat, group, save};
pub use more::incident_page;
pub use on_call::on_call;

/// Incidents on a page of a list.
const PAGE_ROWS: u32 = 20;
/// Flashduty reads no further than row 10,000 (reference 5.1).
const ROWS_MAX: u32 = 10_000;
/// How long a page waits for Flashduty.
const READ_TIMEOUT: Duration = Duration::from_secs(8);
/// How long a page goes on asking where Flashduty says that there are too many requests.
const PATIENCE: Duration = Duration::from_secs(4);

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
    let read = match viewer.heard(read).await {
        Ok(read) => read,
        Err(refusal) if refusal.code == ProblemCode::FlashdutyDown => {
            let kept = stale::list(viewer, list, usize::try_from(rows).unwrap_or(usize::MAX)).await?;
            return kept.map(|kept| IncidentList { channels, ..kept }).ok_or(refusal);
        }
        Err(refusal) => return Err(refusal),
    };
    let items = viewer.views(&client, read.items.iter().map(convert::incident).collect()).await?;
    let has_next = read.has_next_page && page < page_max;
    let as_of_ms = viewer.state.world.now().0;
    Ok(IncidentList { tab: list.tab, channels, items, total: read.total, page, has_next, as_of_ms, stale: false })
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

/// Whether a text has the form of an incident's id: 24 hexadecimal digits.
pub fn is_incident_id(id: &str) -> bool {
    id.len() == 24 && id.bytes().all(|byte| byte.is_ascii_hexdigit())
}

impl Viewer<'_> {
    /// An incident as the viewer's page shows it.
    pub fn view(&self, incident: &Incident) -> IncidentView {
        convert::incident_view(incident, self.link.member.member_id, self.state.world.now())
    }

    /// Flashduty as the viewer, who waits for a page.
    pub async fn client(&self) -> Result<flashduty::Client, Refusal> {
        let client = credential::person(self.state, self.integration, self.link).await?;
        Ok(client.within(READ_TIMEOUT).patient(PATIENCE))
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

/// A subscription as pages show it, with the names of channels that are known.
pub fn subscription_view(subscription: Subscription, channels: &BTreeMap<i64, String>) -> SubscriptionView {
    let revision = subscription.revision();
    let Subscription { id, rule, .. } = subscription;
    let channel =
        |id: &i64| channels.get(id).filter(|name| !name.is_empty()).cloned().unwrap_or_else(|| id.to_string());
    SubscriptionView {
        id,
        revision,
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
    }
}
