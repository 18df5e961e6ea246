//! Pushing events to the app (dingtalk.md, 2): check, encryption, time limit, retry, failed list.

use super::DingTalk;
use super::answer::OldError;
use super::crypto::{Envelope, Sealed};
use super::gate::Turn;
use super::spelling::{Event, event_id};
use super::state::State;
use crate::faults::Push;
use crate::{NoReply, Outgoing, Peer, Reply};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::time::Duration;
use world::{Millis, World};

/// How long an answer may take.
const ANSWER_LIMIT: Duration = Duration::from_millis(2500);
/// When a failed push is repeated: after the first try, after the second.
const RETRIES: [Duration; 2] = [Duration::from_secs(10), Duration::from_secs(30)];
/// From the last try until the failed list shows the event.
const FAILED_LIST_DELAY: Duration = Duration::from_secs(180);
/// Entries in one reading of the failed list.
const FAILED_LIST_MAX: usize = 200;
/// A push held back to be overtaken goes after this time even if nothing overtakes it.
const OVERTAKEN_AT_LAST: Duration = Duration::from_secs(60);

/// How a push ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PushResult {
    /// Answered as it must be.
    Delivered,
    /// Not so, for this reason; repeated later.
    Failed(String),
    /// Held back or lost by a fault.
    Held,
    /// The company's pushes of the month are used up: nothing is sent and nothing told.
    QuotaSpent,
    /// The app has no callback URL.
    NoCallback,
}

/// A push that waits for its time.
#[derive(Clone)]
pub struct Pending {
    client_id: String,
    event: Event,
    event_id: String,
    born: Millis,
    tries: usize,
    due: Millis,
    overtaken: bool,
}

/// A push that failed for good.
pub struct FailedPush {
    client_id: String,
    event: Event,
    born: Millis,
    shown_from: Millis,
}

/// The answer to a push (2.4).
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct EventAnswer {
    #[serde(rename = "msg_signature")]
    signature: String,
    time_stamp: String,
    nonce: String,
    encrypt: String,
}

impl State {
    /// Orders a push about something that an API call did; it goes with the next [`DingTalk::run_due`].
    pub fn tell_soon(&mut self, world: &World, (apps, event): (Vec<String>, Event)) {
        let now = world.now();
        for client_id in apps {
            if self.apps.get(&client_id).and_then(|app| app.callback_url.as_ref()).is_none() {
                continue;
            }
            let corp = self.corps.get_mut(&event.corp_id);
            if event.counted() && corp.is_some_and(|corp| !corp.meters.count_push(now)) {
                continue;
            }
            let event = event.clone();
            self.pending.push(Pending {
                client_id,
                event,
                event_id: event_id(world),
                born: now,
                tries: 0,
                due: now,
                overtaken: false,
            });
        }
    }
}

/// What is needed to speak to an app's receiver.
struct Receiver {
    url: String,
    envelope: Envelope,
    owner: String,
}

impl DingTalk {
    /// Saves the event subscription URL of the seed's app, after the check that the console makes.
    ///
    /// # Errors
    /// What the console says when the check fails; then the old URL stays.
    pub async fn save_callback(&self, url: &str) -> Result<(), String> {
        self.save_callback_of(&self.first_app(), url).await
    }

    /// As [`DingTalk::save_callback`], of any app.
    ///
    /// # Errors
    /// As there; also when there is no such app.
    pub async fn save_callback_of(&self, client_id: &str, url: &str) -> Result<(), String> {
        let receiver = self.look(|state| receiver(state, client_id, Some(url)))?;
        let event = r#"{"EventType":"check_url"}"#;
        match self.exchange(&receiver, event, "check_url").await {
            Ok(()) => {
                self.change(|state| {
                    if let Some(app) = state.apps.get_mut(client_id) {
                        app.callback_url = Some(url.to_owned());
                    }
                });
                Ok(())
            }
            Err(why) => Err(why),
        }
    }

    /// Pushes an event of this type with these fields (lowerCamel) to the seed's app.
    pub async fn push_event(&self, kind: &str, fields: Value) -> PushResult {
        let client_id = self.first_app();
        let corp_id = self.look(|state| state.apps.get(&client_id).map(|app| app.corp_id.clone()));
        self.push_to(&client_id, Event::new(kind, &corp_id.unwrap_or_default(), fields)).await
    }

    /// Pushes an event to an app at once, as the faults allow. What fails is repeated by [`DingTalk::run_due`].
    pub async fn push_to(&self, client_id: &str, event: Event) -> PushResult {
        let now = self.core.world.now();
        let admitted = self.change(|state| {
            if state.apps.get(client_id).and_then(|app| app.callback_url.as_ref()).is_none() {
                return Err(PushResult::NoCallback);
            }
            let corp = state.corps.get_mut(&event.corp_id);
            let spent = event.counted() && corp.is_some_and(|corp| !corp.meters.count_push(now));
            if spent { Err(PushResult::QuotaSpent) } else { Ok(()) }
        });
        if let Err(refused) = admitted {
            return refused;
        }
        let event_id = event_id(&self.core.world);
        let mut push = Pending {
            client_id: client_id.to_owned(),
            event,
            event_id,
            born: now,
            tries: 0,
            due: now,
            overtaken: false,
        };
        let result = match self.core.faults.take_push(Peer::DingTalk) {
            Some(Push::Lose) => return PushResult::Held,
            Some(Push::Reorder) => {
                push.overtaken = true;
                push.due = now.plus(OVERTAKEN_AT_LAST);
                self.change(|state| state.pending.push(push));
                return PushResult::Held;
            }
            Some(Push::Late { ms }) => {
                push.due = now.plus(Duration::from_millis(ms));
                self.change(|state| state.pending.push(push));
                return PushResult::Held;
            }
            Some(Push::Duplicate) => {
                self.try_once(push.clone()).await;
                self.try_once(push).await
            }
            None => self.try_once(push).await,
        };
        for overtaken in self.change(|state| take(&mut state.pending, |push| push.overtaken)) {
            self.try_once(overtaken).await;
        }
        result
    }

    /// Repeats and sends what is due by the world's clock.
    pub async fn run_due(&self) {
        self.click_due().await;
        let now = self.core.world.now();
        if self.look(|state| state.pending.iter().all(|push| push.due > now)) {
            return;
        }
        let mut due = self.change(|state| take(&mut state.pending, |push| push.due <= now));
        due.sort_by_key(|push| push.due);
        for push in due {
            self.try_once(push).await;
        }
    }

    /// How many pushes wait to be sent or repeated.
    pub fn pushes_waiting(&self) -> usize {
        self.look(|state| state.pending.len())
    }

    async fn try_once(&self, mut push: Pending) -> PushResult {
        let told = self.look(|state| {
            let receiver = receiver(state, &push.client_id, None)?;
            Ok::<_, String>((receiver, push.event.written(&push.event_id, push.born, &state.switches)))
        });
        let outcome = match told {
            Ok((receiver, text)) => self.exchange(&receiver, &text, &push.event.kind).await,
            Err(why) => Err(why),
        };
        let Err(why) = outcome else { return PushResult::Delivered };
        let now = self.core.world.now();
        push.tries += 1;
        push.overtaken = false;
        self.change(|state| match RETRIES.get(push.tries - 1) {
            Some(wait) => {
                push.due = now.plus(*wait);
                state.pending.push(push);
            }
            None => state.failed.push(FailedPush {
                client_id: push.client_id,
                event: push.event,
                born: push.born,
                shown_from: now.plus(FAILED_LIST_DELAY),
            }),
        });
        PushResult::Failed(why)
    }

    /// One request and the full check of its answer.
    async fn exchange(&self, receiver: &Receiver, text: &str, note: &str) -> Result<(), String> {
        let world = &self.core.world;
        let timestamp = world.now().0.to_string();
        let sealed = receiver.envelope.seal(text, &receiver.owner, world.bytes(), &timestamp, &world.text(8));
        let joint = if receiver.url.contains('?') { '&' } else { '?' };
        let url = format!(
            "{}{joint}msg_signature={s}&signature={s}&timestamp={}&nonce={}",
            receiver.url,
            sealed.timestamp,
            sealed.nonce,
            s = sealed.signature
        );
        let body = json!({ "encrypt": sealed.encrypt }).to_string();
        let outgoing = Outgoing { url, headers: Vec::new(), body, limit: ANSWER_LIMIT, note: format!("event {note}") };
        match self.core.send(outgoing).await {
            Ok(reply) => check_reply(receiver, &reply),
            Err(NoReply::TimedOut) => Err("400054: no answer in 2500 ms".into()),
            Err(NoReply::Unreachable) => Err("400051: url not reachable".into()),
        }
    }
}

/// `GET /call_back/get_call_back_failed_result`: reading removes.
pub fn failed_result(state: &mut State, turn: &Turn) -> Result<Value, OldError> {
    let readable = |failed: &FailedPush| failed.client_id == turn.client_id && failed.shown_from <= turn.now;
    let mut list = Vec::new();
    let mut has_more = false;
    state.failed.retain(|failed| {
        if !readable(failed) {
            return true;
        }
        if list.len() == FAILED_LIST_MAX {
            has_more = true;
            return true;
        }
        list.push(failed.event.as_failed(failed.born));
        false
    });
    Ok(json!({ "has_more": has_more, "failed_list": list }))
}

/// Who to speak to; `url` is the one being saved, otherwise the saved one.
fn receiver(state: &State, client_id: &str, url: Option<&str>) -> Result<Receiver, String> {
    let app = state.apps.get(client_id).ok_or("no such app")?;
    let url = url.map(str::to_owned).or_else(|| app.callback_url.clone()).ok_or("no callback url")?;
    let envelope = Envelope::new(&app.aes_key, &app.callback_token).map_err(|fault| fault.to_string())?;
    let owner = if state.switches.owner_is_corp_id { &app.corp_id } else { &app.client_id };
    Ok(Receiver { url, envelope, owner: owner.clone() })
}

/// 200, the four texts, signed, sealed for the owner the request used, and saying `success`.
fn check_reply(receiver: &Receiver, reply: &Reply) -> Result<(), String> {
    if reply.status != 200 {
        return Err(format!("400052: http statusCode is:{}", reply.status));
    }
    let answer: EventAnswer = serde_json::from_str(&reply.body)
        .map_err(|_| "400052: HTTP请求结果校验返回字段值失败: not the four fields".to_owned())?;
    let EventAnswer { signature, time_stamp, nonce, encrypt } = answer;
    let sealed = Sealed { encrypt, timestamp: time_stamp, nonce, signature };
    match receiver.envelope.open(&sealed, &receiver.owner) {
        Ok(text) if text == "success" => Ok(()),
        Ok(_) => Err("400052: HTTP请求结果校验返回字段值失败: text is not success".into()),
        Err(fault) => Err(format!("400052: HTTP请求结果校验返回字段值失败: {fault}")),
    }
}

fn take(pending: &mut Vec<Pending>, wanted: impl Fn(&Pending) -> bool) -> Vec<Pending> {
    let (taken, left) = std::mem::take(pending).into_iter().partition(wanted);
    *pending = left;
    taken
}
