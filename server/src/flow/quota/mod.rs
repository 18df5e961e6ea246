//! The pilot: every call to DingTalk asks it before it goes out. It keeps the limit per second over all processes, spends
//! the company's month on what matters most, and believes DingTalk's refusals more than its own counting.
//!
//! One task in each process speaks for all its callers: whoever asks while it writes is answered by its next transaction.

mod desk;
mod groups;
mod pilot;
pub mod pushes;
pub mod report;
mod warning;

use crate::model::integration::Integration;
use crate::model::quota::{Limits, Priority};
use crate::model::throttle::Span;
use crate::store::Store;
use async_trait::async_trait;
use dingtalk::{Admission, Call, DingTalkError, ErrorClass, Held, Host, Meter, Permit, Why};
use pilot::Task;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};
use world::World;

/// A leave is used at once or not at all: a process that stood still meanwhile asks again. Part of
/// [`Span::untold`].
const LEAVE_LIFETIME: Duration = Duration::from_secs(2);
/// How long DingTalk bans an address, and with it every call from here (reference 10.2).
const BAN: Duration = Duration::from_secs(5 * 60);

/// Asks for leave for calls. Cheap to clone.
#[derive(Clone)]
pub struct Pilot {
    messages: mpsc::UnboundedSender<Message>,
    world: World,
    shared: Arc<Shared>,
}

struct Shared {
    /// Begins the ids of this process' turns; nobody else's begin so.
    prefix: String,
    turns: AtomicU64,
}

/// What the pilot's task is told.
enum Message {
    Ask(Box<Asking>),
    Told(Box<Told>),
    /// Answered once everything before it is written.
    Flush(oneshot::Sender<()>),
}

/// How long a bot says nothing in a group where it spoke too often, and nobody says how long.
const GROUP_REST: Duration = Duration::from_secs(30);

/// Where calls are counted per second.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    client_id: String,
    api: &'static str,
}

/// For whom a call is counted.
#[derive(Clone, Debug)]
struct Payer {
    /// The integration that asks, for the audit log.
    integration: String,
    corp_id: String,
    host: Host,
    counted: bool,
    /// The group whose minute counts the call, too.
    group: Option<String>,
    limits: Limits,
}

/// A call that wants to go.
struct Asking {
    place: Place,
    payer: Payer,
    priority: Priority,
    /// Of the turn it would take.
    id: String,
    /// Since when it waits, by the steady clock.
    since: Duration,
    answer: oneshot::Sender<Result<Leave, Held>>,
}

/// A call may go.
struct Leave {
    /// By the steady clock.
    at: Duration,
    /// Month and day it was counted in, where it was.
    counted_in: Option<(i64, i64)>,
}

/// What became of a call that had leave.
struct Told {
    place: Place,
    payer: Payer,
    id: String,
    counted_in: Option<(i64, i64)>,
    news: News,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum News {
    Answered,
    /// It did not reach DingTalk.
    Unused,
    TooFast(Duration),
    /// The bot spoke too often, in this group or elsewhere.
    TooMuch,
    MonthSpent,
    Banned,
}

impl Pilot {
    /// Starts the pilot of this process. Its task ends when nobody can ask any more.
    #[expect(clippy::disallowed_methods, reason = "one task writes for all callers; it ends with the last of them")]
    pub fn start(store: Store, world: World) -> Self {
        let (messages, inbox) = mpsc::unbounded_channel();
        let prefix = format!("{}-", world.text(10));
        tokio::spawn(Task::new(store, world.clone(), prefix.clone()).run(inbox));
        Self { messages, world, shared: Arc::new(Shared { prefix, turns: AtomicU64::new(0) }) }
    }

    /// Lets the calls of an integration go, those of one priority.
    pub fn gate(&self, integration: &Integration, priority: Priority) -> Arc<dyn Admission> {
        Arc::new(Gate {
            pilot: self.clone(),
            integration: integration.key.clone(),
            corp_id: integration.settings.corp_id.clone(),
            client_id: integration.settings.client_id.clone(),
            limits: Limits::of(&integration.settings),
            priority,
        })
    }

    /// Waits until what calls have come to is written.
    pub async fn flush(&self) {
        let (done, wait) = oneshot::channel();
        // Errors mean that the task has ended, and with it what it had to write.
        if self.messages.send(Message::Flush(done)).is_ok() {
            let _ = wait.await;
        }
    }

    fn new_id(&self) -> String {
        format!("{}{}", self.shared.prefix, self.shared.turns.fetch_add(1, Ordering::Relaxed))
    }
}

/// The value of the `host` column.
fn host_name(host: Host) -> &'static str {
    match host {
        Host::Api => "api",
        Host::Oapi => "oapi",
    }
}

/// The door of one integration's calls of one priority.
struct Gate {
    pilot: Pilot,
    integration: String,
    corp_id: String,
    client_id: String,
    limits: Limits,
    priority: Priority,
}

#[async_trait]
impl Admission for Gate {
    async fn admit(&self, call: &Call, group: Option<&str>) -> Result<Box<dyn Permit>, Held> {
        loop {
            let slip = self.ask(call, group).await?;
            if self.pilot.world.monotonic().saturating_sub(slip.at) <= LEAVE_LIFETIME {
                return Ok(Box::new(slip));
            }
            slip.tell(News::Unused);
        }
    }
}

impl Gate {
    async fn ask(&self, call: &Call, group: Option<&str>) -> Result<Slip, Held> {
        let place = Place { client_id: self.client_id.clone(), api: call.path };
        let payer = Payer {
            integration: self.integration.clone(),
            corp_id: self.corp_id.clone(),
            host: call.host,
            counted: call.meter == Meter::Api,
            group: group.map(str::to_owned),
            limits: self.limits,
        };
        let id = self.pilot.new_id();
        let (answer, answered) = oneshot::channel();
        let asking = Asking {
            place: place.clone(),
            payer: payer.clone(),
            priority: self.priority,
            id: id.clone(),
            since: self.pilot.world.monotonic(),
            answer,
        };
        let closing = || Held { until: self.pilot.world.now().plus(Span::Second.behind()), why: Why::Second };
        self.pilot.messages.send(Message::Ask(Box::new(asking))).map_err(|_| closing())?;
        let leave = answered.await.unwrap_or_else(|_| Err(closing()))?;
        let told = Told { place, payer, id, counted_in: leave.counted_in, news: News::Answered };
        Ok(Slip { at: leave.at, told, messages: self.pilot.messages.clone() })
    }
}

/// The permit of one call. Dropped without a word, its turn ends by time.
struct Slip {
    at: Duration,
    told: Told,
    messages: mpsc::UnboundedSender<Message>,
}

impl Slip {
    fn tell(self, news: News) {
        // Nobody listens only when the process ends: then the turn ends by time.
        let _ = self.messages.send(Message::Told(Box::new(Told { news, ..self.told })));
    }
}

impl Permit for Slip {
    fn answered(self: Box<Self>, answer: Result<(), &DingTalkError>) {
        if let Some(news) = news(answer) {
            self.tell(news);
        }
    }
}

/// What an answer says of the limits; none when nobody knows whether and when the call arrived.
fn news(answer: Result<(), &DingTalkError>) -> Option<News> {
    let Err(error) = answer else { return Some(News::Answered) };
    match &error.class {
        ErrorClass::Throttled { retry_after_ms: Some(wait_ms) } => Some(News::TooFast(Duration::from_millis(*wait_ms))),
        ErrorClass::Throttled { retry_after_ms: None } if error.http_status == Some(429) => {
            Some(News::TooFast(Duration::ZERO))
        }
        // The bot's own limit, of which DingTalk does not say how long to wait: it is not the API's.
        ErrorClass::Throttled { retry_after_ms: None } => Some(News::TooMuch),
        ErrorClass::QuotaSpent { .. } => Some(News::MonthSpent),
        ErrorClass::Banned => Some(News::Banned),
        ErrorClass::Unreachable => Some(News::Unused),
        ErrorClass::Unclear | ErrorClass::Busy if error.http_status.is_none() => None,
        _ => Some(News::Answered),
    }
}
