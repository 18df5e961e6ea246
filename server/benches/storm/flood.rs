//! Flashduty's side of a storm: so many webhooks a second, each sent until it is taken.

use crate::stage::{GROUPS, channel_of, http};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::{Duration, Instant};
use world::{Millis, World};

/// Senders at a time.
const WORKERS: usize = 16;
/// Of so many incidents one is Critical: twenty of ten thousand.
const ONE_CRITICAL_OF: usize = 500;

/// Whom an incident goes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fan {
    /// Every group.
    All,
    /// One group of the ten.
    OneEach,
}

/// Where webhooks are taken.
#[derive(Clone)]
pub struct Door {
    url: String,
    header: (String, String),
}

/// One incident that was taken.
#[derive(Clone, Debug)]
pub struct Sent {
    pub number: usize,
    pub critical: bool,
    /// When it was answered with 200.
    pub taken: Millis,
}

impl Door {
    /// The webhook's address of an integration at a server.
    pub fn of(urls: &Value, address: &str) -> Self {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let path = text(&urls["flashduty_webhook"]);
        let path = path.split_once("://").unwrap().1.split_once('/').unwrap().1;
        let header = &urls["flashduty_webhook_header"];
        Self { url: format!("http://{address}/{path}"), header: (text(&header["name"]), text(&header["value"])) }
    }
}

/// Whether an incident of this number is Critical.
pub fn is_critical(number: usize) -> bool {
    number % ONE_CRITICAL_OF == ONE_CRITICAL_OF / 10
}

/// The group of an incident that goes to one only.
pub fn group_of(number: usize) -> usize {
    // Critical ones too are spread over all groups.
    if is_critical(number) { (number / ONE_CRITICAL_OF) % GROUPS } else { number % GROUPS }
}

/// Sends `count` incidents, `per_second`, each at its time; one that is not taken is sent again until it is. In the
/// order of their numbers.
#[expect(clippy::disallowed_methods, reason = "a benchmark measures time and starts its own workers")]
pub async fn send(doors: &[Door], count: usize, per_second: f64) -> Vec<Sent> {
    let (doors, begin, run) = (Arc::new(doors.to_vec()), Instant::now(), World::system().id());
    let mut workers = Vec::new();
    for worker in 0..WORKERS {
        let (doors, run) = (Arc::clone(&doors), run.clone());
        workers.push(tokio::spawn(async move {
            let (http, world, mut sent) = (http(), World::system(), Vec::new());
            for number in (worker..count).step_by(WORKERS) {
                tokio::time::sleep_until((begin + Duration::from_secs_f64(number as f64 / per_second)).into()).await;
                let body = webhook(&run, number, world.now());
                let mut turn = number;
                while !take(&http, &doors[turn % doors.len()], &body).await {
                    turn += 1;
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
                sent.push(Sent { number, critical: is_critical(number), taken: world.now() });
            }
            sent
        }));
    }
    let mut sent = Vec::new();
    for worker in workers {
        sent.extend(worker.await.unwrap());
    }
    sent.sort_by_key(|one: &Sent| one.number);
    sent
}

async fn take(http: &reqwest::Client, door: &Door, body: &str) -> bool {
    let request =
        http.post(&door.url).header(&door.header.0, &door.header.1).header("content-type", "application/json");
    request.body(body.to_owned()).send().await.is_ok_and(|answer| answer.status() == 200)
}

/// What a card of this incident has in its title.
pub fn title(number: usize) -> String {
    format!("storm {number:05}")
}

fn webhook(run: &str, number: usize, now: Millis) -> String {
    let severity = match number {
        number if is_critical(number) => "Critical",
        number if number % 3 == 0 => "Info",
        _ => "Warning",
    };
    let seconds = now.seconds();
    let id = format!("64b1352e376e32c8{number:08x}");
    json!({
        "event_id": format!("{run}-{number}"), "event_time": now.0, "event_type": "i_new",
        "incident": {
            "incident_id": id, "num": format!("{number:06X}"), "channel_id": channel_of(group_of(number)),
            "channel_name": "Ops", "title": title(number), "description": "95 % of CPU for 5 minutes",
            "incident_severity": severity, "incident_status": severity, "progress": "Triggered",
            "start_time": seconds, "last_time": seconds, "created_at": seconds, "updated_at": seconds,
            "labels": {"check": "cpu idle low", "resource": format!("es-nj-{number}")}, "alert_cnt": 1,
            "responders": [],
        },
    })
    .to_string()
}
