//! Incident webhooks out (reference sections 8.1, 8.2 and 8.5): 200 within two seconds or failed, one retry at most and
//! only after a network error, history kept for seven days.

use super::Flashduty;
use crate::{NoReply, Outgoing, Peer, Push};
use serde_json::{Value, json};
use std::borrow::Cow;
use std::collections::VecDeque;
use std::time::Duration;
use world::Millis;

/// How long the platform waits for the answer, by real time.
const ANSWER_LIMIT: Duration = Duration::from_secs(2);

/// When a broken connection is tried again, by the world's clock.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// How long the history is kept.
const HISTORY_AGE: Duration = Duration::from_secs(7 * 86_400);

/// How many attempts and waiting parcels are kept at most.
const KEPT_MAX: usize = 10_000;

/// A configured receiver of incident webhooks.
#[derive(Clone, Debug, Default)]
pub struct WebhookTarget {
    /// Where to, with its query.
    pub url: String,
    /// Headers sent with every webhook.
    pub headers: Vec<(String, String)>,
    /// Only these channels; empty = all.
    pub channel_ids: Vec<i64>,
    /// Only these event types; empty = all.
    pub event_types: Vec<String>,
}

impl WebhookTarget {
    fn wants(&self, kind: &str, channel_id: i64) -> bool {
        (self.channel_ids.is_empty() || self.channel_ids.contains(&channel_id))
            && (self.event_types.is_empty() || self.event_types.iter().any(|wanted| wanted == kind))
    }
}

/// Something that receivers are told of.
#[derive(Clone)]
pub struct Event {
    /// The id in the body.
    pub event_id: String,
    /// The id in the history, which has another form.
    pub history_id: String,
    pub kind: Cow<'static, str>,
    pub channel_id: i64,
    pub incident_id: String,
    pub body: String,
    pub at: Millis,
}

/// One webhook on its way.
#[derive(Clone)]
struct Parcel {
    integration_id: i64,
    url: String,
    headers: Vec<(String, String)>,
    event: Event,
    attempt: i64,
    due: Millis,
    /// It has met its fault already and is sent plainly.
    spared: bool,
}

/// Targets, what waits for them, and what was tried.
#[derive(Default)]
pub struct Webhooks {
    pub targets: Vec<(i64, WebhookTarget)>,
    waiting: VecDeque<Parcel>,
    /// Held back until another one has gone out.
    held: Vec<Parcel>,
    /// Rows of `/webhook/history/list`, oldest first, with their time.
    pub history: VecDeque<(Millis, Value)>,
}

impl Webhooks {
    /// Whether any target wants this.
    pub fn wanted(&self, kind: &str, channel_id: i64) -> bool {
        self.targets.iter().any(|(_, target)| target.wants(kind, channel_id))
    }

    /// Queues an event for every target that wants it.
    pub fn queue(&mut self, event: &Event) {
        let wants = |(_, target): &&(i64, WebhookTarget)| target.wants(&event.kind, event.channel_id);
        for (integration_id, target) in self.targets.iter().filter(wants) {
            if self.waiting.len() >= KEPT_MAX {
                self.waiting.pop_front();
            }
            self.waiting.push_back(Parcel {
                integration_id: *integration_id,
                url: target.url.clone(),
                headers: target.headers.clone(),
                event: event.clone(),
                attempt: 1,
                due: event.at,
                spared: false,
            });
        }
    }

    /// Forgets what waits.
    pub fn clear_waiting(&mut self) {
        self.waiting.clear();
        self.held.clear();
    }

    fn take_due(&mut self, now: Millis) -> Option<Parcel> {
        let place = self.waiting.iter().position(|parcel| parcel.due <= now)?;
        self.waiting.remove(place)
    }

    fn note(&mut self, now: Millis, row: Value) {
        let too_old = |(at, _): &(Millis, Value)| now.since(*at) > HISTORY_AGE;
        while self.history.len() >= KEPT_MAX || self.history.front().is_some_and(too_old) {
            self.history.pop_front();
        }
        self.history.push_back((now, row));
    }
}

impl Flashduty {
    /// Sends every webhook that is due, then what waits for group robots, and waits for the answers. One caller at a time,
    /// so the order holds.
    pub async fn deliver_webhooks(&self) {
        let _turn = self.delivering.lock().await;
        loop {
            let now = self.core.world.now();
            let Some(mut parcel) = self.state().webhooks.take_due(now) else { break };
            let fault = if parcel.spared { None } else { self.core.faults.take_push(Peer::Flashduty) };
            parcel.spared = true;
            match fault {
                Some(Push::Lose) => continue,
                Some(Push::Late { ms }) => {
                    parcel.due = now.plus(Duration::from_millis(ms));
                    self.state().webhooks.waiting.push_back(parcel);
                    continue;
                }
                Some(Push::Reorder) => {
                    self.state().webhooks.held.push(parcel);
                    continue;
                }
                Some(Push::Duplicate) => self.send_webhook(parcel.clone()).await,
                None => {}
            }
            self.send_webhook(parcel).await;
            let held = std::mem::take(&mut self.state().webhooks.held);
            for parcel in held {
                self.send_webhook(parcel).await;
            }
        }
        self.deliver_robots().await;
    }

    async fn send_webhook(&self, mut parcel: Parcel) {
        let started = self.core.world.now();
        let outgoing = Outgoing {
            url: parcel.url.clone(),
            headers: parcel.headers.clone(),
            body: parcel.event.body.clone(),
            limit: ANSWER_LIMIT,
            note: format!("webhook {}", parcel.event.kind),
        };
        let answer = self.core.send(outgoing).await;
        let now = self.core.world.now();
        let (status_code, error) = match &answer {
            Ok(reply) => (reply.status, (reply.status != 200).then(|| format!("unexpected status {}", reply.status))),
            Err(no_reply) => (0, Some(no_reply.to_string())),
        };
        let event = &parcel.event;
        let endpoint = parcel.url.split('?').next().unwrap_or_default();
        let row = json!({
            "integration_id": parcel.integration_id, "event_id": event.history_id, "webhook_type": "incident",
            "event_type": event.kind, "channel_id": event.channel_id, "ref_id": event.incident_id,
            "endpoint": endpoint, "attempt": parcel.attempt,
            "duration": u64::try_from(now.since(started).as_millis()).unwrap_or(u64::MAX),
            "status": if error.is_none() { "success" } else { "failed" }, "status_code": status_code,
            "error_message": error.unwrap_or_default(), "request_body": event.body,
            "response_body": answer.as_ref().map(|reply| reply.body.chars().take(1_000).collect()).unwrap_or(String::new()),
            "event_time": super::view::local_time(event.at),
        });
        let mut state = self.state();
        state.webhooks.note(event.at, row);
        // A time-out means waiting for headers, which is not retried; neither is any answer, not even a 500.
        if answer == Err(NoReply::Unreachable) && parcel.attempt == 1 {
            parcel.attempt = 2;
            parcel.due = now.plus(RETRY_AFTER);
            state.webhooks.waiting.push_back(parcel);
        }
    }
}
