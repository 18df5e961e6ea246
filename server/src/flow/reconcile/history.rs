//! Webhooks that reached nobody, from Flashduty's own history of them (reference 8.5). What is found is applied as if it
//! had come live; with it goes a read of what the incident is now, so that old news of what is over rings no bell.

use super::open::{self, Asked};
use super::{Comparing, RunError};
use crate::flow::incidents;
use crate::model::task::TaskKind;
use crate::store::reconcile::Run;
use crate::store::{self, StoreError};
use contract::paths;
use flashduty::webhook::Webhook;
use flashduty::{ErrorClass, Progress, WebhookAttempt, WebhookHistoryQuery};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// How long Flashduty keeps the history, less a moment.
const KEPT: Duration = Duration::from_secs(7 * 24 * 3600 - 60);
/// Rows a page, and pages a run.
const PAGE_ROWS: u32 = 100;
const PAGES_MAX: usize = 10;
/// Bodies that are asked for one by one where the list does not tell them.
const DETAILS_MAX: usize = 8;
/// A row appears when its attempt has ended, a little after its event.
const OVERLAP: Duration = Duration::from_secs(60);
/// Whoever has not looked for so long was away, or comes from a backup that knows less than it once did: then those
/// that did arrive are read too.
const AWAY: Duration = Duration::from_secs(15 * 60);

/// What a history tells.
#[derive(Default)]
struct News {
    /// The newest webhook of each incident.
    webhooks: BTreeMap<String, Webhook>,
    /// Rows without their body.
    bodiless: Vec<WebhookAttempt>,
    /// Incidents of which only the id is told.
    named: BTreeSet<String>,
    /// Incidents that were merged with others.
    merged: BTreeSet<String>,
}

/// Reads the history from where the last run ended, where the account offers it. False when there is more.
pub async fn catch_up(comparing: &mut Comparing<'_>, run: &mut Run) -> Result<bool, RunError> {
    let now = comparing.state.world.now();
    let from = run.history.unwrap_or(comparing.integration.created).max(now.minus(KEPT)).min(now);
    let mut query = WebhookHistoryQuery {
        start_ms: from.0,
        end_ms: now.0,
        limit: PAGE_ROWS,
        asc: true,
        failed_only: now.since(from) <= AWAY,
        search_after_ctx: String::new(),
    };
    let (mut news, mut reached, mut complete) = (News::default(), None, false);
    for _ in 0..PAGES_MAX {
        comparing.budget.spend()?;
        let page = match comparing.client.webhook_history(&query).await {
            Ok(page) => page,
            Err(error) if is_not_offered(error.class) => {
                tracing::debug!(key = comparing.integration.key, code = error.code, "no history of webhooks");
                return Ok(true);
            }
            // Bodies may be huge: fewer of them fit.
            Err(error) if error.code == "TooLarge" && query.limit > 1 => {
                query.limit = (query.limit / 10).max(1);
                continue;
            }
            Err(error) if error.code == "TooLarge" => {
                tracing::warn!(key = comparing.integration.key, "a webhook in the history is too large to be read");
                complete = true;
                break;
            }
            Err(error) => return Err(error.into()),
        };
        complete = page.items.is_empty() || page.search_after_ctx.is_empty();
        reached = page.items.iter().filter_map(|row| row.event_at).max().max(reached);
        page.items.into_iter().filter(|row| is_ours(row, &comparing.integration.key)).for_each(|row| news.note(row));
        query.search_after_ctx = page.search_after_ctx;
        if complete {
            break;
        }
    }
    ask_for_bodies(comparing, &mut news).await?;
    tell(comparing, news).await?;
    let next = if complete { now.minus(OVERLAP) } else { reached.unwrap_or(now) };
    run.history = Some(next.clamp(from, now));
    Ok(complete)
}

impl News {
    fn note(&mut self, row: WebhookAttempt) {
        if row.event_type == flashduty::MERGE && crate::flow::read::is_incident_id(&row.incident_id) {
            self.merged.insert(row.incident_id.clone());
        }
        match row.webhook() {
            Ok(webhook) => self.heard(webhook),
            Err(_) => self.bodiless.push(row),
        }
    }

    /// Of two at the same moment the later row is the later one.
    fn heard(&mut self, webhook: Webhook) {
        let id = webhook.incident.incident_id.clone();
        if self.webhooks.get(&id).is_none_or(|known| known.event_at <= webhook.event_at) {
            self.webhooks.insert(id, webhook);
        }
    }
}

/// The newest bodies are worth a call each, for they tell who did what; of the rest the state alone is read.
async fn ask_for_bodies(comparing: &mut Comparing<'_>, news: &mut News) -> Result<(), RunError> {
    for (place, row) in std::mem::take(&mut news.bodiless).into_iter().rev().enumerate() {
        if place < DETAILS_MAX && comparing.budget.spend().is_ok() {
            match comparing.client.webhook_attempt(&row.event_id, row.integration_id).await {
                Ok(told) => {
                    if let Ok(webhook) = told.webhook() {
                        news.heard(webhook);
                        continue;
                    }
                }
                Err(error) if error.is_transient() => return Err(error.into()),
                Err(_) => {}
            }
        }
        if crate::flow::read::is_incident_id(&row.incident_id) {
            news.named.insert(row.incident_id);
        }
    }
    Ok(())
}

/// Applies what was found, incident by incident, together with what it is now.
async fn tell(comparing: &mut Comparing<'_>, news: News) -> Result<(), RunError> {
    let open = news.webhooks.values().filter(|webhook| webhook.incident.progress != Progress::Closed);
    let ids: BTreeSet<String> = open.map(|webhook| webhook.incident.incident_id.clone()).chain(news.named).collect();
    let truth = truth(comparing, &ids.into_iter().collect::<Vec<_>>()).await?;
    let count = news.webhooks.len();
    for (id, webhook) in news.webhooks {
        tell_one(comparing, &id, webhook, &truth).await?;
    }
    open::heal_all(comparing, truth.found).await?;
    let (state, key, now) = (comparing.state, &comparing.integration.key, comparing.state.world.now());
    let mut tx = state.store.begin().await?;
    for incident in news.merged {
        store::task::add(&mut tx, key, &TaskKind::FollowMerge { incident }, now, now).await?;
    }
    tx.commit().await?;
    if count > 0 {
        tracing::info!(key, incidents = count, "webhooks that did not arrive were read from Flashduty's history");
    }
    Ok(())
}

/// Nobody is told of an incident that we never heard of and that does not exist any more.
async fn tell_one(comparing: &Comparing<'_>, id: &str, webhook: Webhook, truth: &Asked) -> Result<(), StoreError> {
    let (state, key) = (comparing.state, &comparing.integration.key);
    let mut tx = state.store.begin().await?;
    let absent = truth.missing.contains(id) || truth.gone.contains(id);
    if absent && store::incident::get(&mut tx, key, id).await?.is_none() {
        return Ok(());
    }
    let heard = state.world.now();
    incidents::take_webhook(state, &mut tx, key, webhook, heard).await?;
    tx.commit().await
}

/// What the incidents are now, as far as the budget allows to ask. A key that may not read incidents leaves the webhooks to speak for themselves.
async fn truth(comparing: &mut Comparing<'_>, ids: &[String]) -> Result<Asked, RunError> {
    match open::by_id(comparing, ids).await {
        Err(RunError::Flashduty(error)) if !error.is_transient() => Ok(Asked::default()),
        other => other,
    }
}

/// Only what was sent to our door: another receiver of the account may be told of channels we are not to hear of.
fn is_ours(row: &WebhookAttempt, key: &str) -> bool {
    let door = paths::fill(paths::FLASHDUTY_WEBHOOK, &[key, ""]);
    let kind = row.webhook_type.is_empty() || row.webhook_type == "incident";
    kind && row.endpoint.contains(&door)
}

/// Older deployments have no history, and a key may lack the permission to read it.
fn is_not_offered(class: ErrorClass) -> bool {
    use ErrorClass::{AccessDenied, InvalidParameter, NoLicense, NoSuchRoute, NotFound, Other};
    matches!(class, AccessDenied | InvalidParameter | NoLicense | NoSuchRoute | NotFound | Other)
}
