//! A person presses a card's button (dingtalk.md, 7.7), and what each person then sees.

use super::DingTalk;
use super::card::{check_limits, merged};
use super::card_values::{Values, param_map};
use super::crypto::hmac_base64;
use super::state::{Card, CardCallback, CardRoute, LocalAnswer, Space, State};
use crate::{NoReply, Outgoing, Push, Reply};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::time::Duration;
use world::Millis;

/// How long the answer to a click may take.
const ANSWER_LIMIT: Duration = Duration::from_secs(2);

/// A click that a fault holds back.
pub struct LateClick {
    click: Click,
    pressed: Millis,
    /// When it goes out; after the next click when absent.
    due: Option<Millis>,
}

/// A click on its way.
struct Click {
    route: CardRoute,
    body: Value,
}

impl DingTalk {
    /// Presses a button: posts to the card's registered callback and shows the answer to the clicker. `params` is
    /// what the button is bound to. Returns the answer.
    ///
    /// # Errors
    /// What went wrong, as far as a client knows: the person then sees an error and the card stays as it was.
    pub async fn click(
        &self,
        out_track_id: &str,
        user_id: &str,
        action_ids: &[&str],
        params: Value,
    ) -> Result<Value, String> {
        let click = self.look(|state| prepare(state, out_track_id, user_id, action_ids, &params))?;
        let no_answer = || Err("no answer in 2000 ms".to_owned());
        let now = self.core.world.now();
        let reply = match self.core.faults.take_click() {
            None => self.post(&click, now).await,
            // Whoever presses twice does it before the first answer is there.
            Some(Push::Duplicate) => tokio::join!(self.post(&click, now), self.post(&click, now)).0,
            Some(Push::Lose) => return no_answer(),
            Some(Push::Reorder) => {
                self.change(|state| state.late_clicks.push(LateClick { click, pressed: now, due: None }));
                return no_answer();
            }
            Some(Push::Late { ms }) => {
                let due = Some(now.plus(Duration::from_millis(ms)));
                self.change(|state| state.late_clicks.push(LateClick { click, pressed: now, due }));
                return no_answer();
            }
        };
        self.post_late_clicks(|late| late.due.is_none()).await;
        let reply = reply.map_err(|no_reply| match no_reply {
            NoReply::TimedOut => "no answer in 2000 ms".to_owned(),
            NoReply::Unreachable => "callback not reachable".to_owned(),
        })?;
        if reply.status != 200 {
            return Err(format!("callback answered {}", reply.status));
        }
        let answer: Map<String, Value> =
            serde_json::from_str(&reply.body).map_err(|_| "answer is not a JSON object".to_owned())?;
        self.change(|state| show(state, out_track_id, user_id, &answer))?;
        Ok(Value::Object(answer))
    }

    /// Posts the clicks that are due; the client has given up waiting for their answers.
    pub(super) async fn click_due(&self) {
        let now = self.core.world.now();
        self.post_late_clicks(|late| late.due.is_some_and(|due| due <= now)).await;
    }

    async fn post_late_clicks(&self, wanted: impl Fn(&LateClick) -> bool) {
        if self.look(|state| !state.late_clicks.iter().any(&wanted)) {
            return;
        }
        let late: Vec<LateClick> = self.change(|state| {
            let (late, left) = std::mem::take(&mut state.late_clicks).into_iter().partition(wanted);
            state.late_clicks = left;
            late
        });
        for late in late {
            // Nobody waits for this answer.
            let _ = self.post(&late.click, late.pressed).await;
        }
    }

    /// Posts a click that was made at this moment.
    async fn post(&self, click: &Click, pressed: Millis) -> Result<Reply, NoReply> {
        let timestamp = pressed.0.to_string();
        let headers = click.route.secret.as_ref().map_or_else(Vec::new, |secret| {
            vec![
                ("x-ddpaas-signature".to_owned(), hmac_base64(secret, &timestamp)),
                ("x-ddpaas-signature-timestamp".to_owned(), timestamp.clone()),
            ]
        });
        let outgoing = Outgoing {
            url: click.route.url.clone(),
            headers,
            body: click.body.to_string(),
            limit: ANSWER_LIMIT,
            note: "card click".into(),
        };
        self.core.send(outgoing).await
    }

    /// What one person sees on a card: public values, over them the private ones, over them what the last click's
    /// answer showed. Empty when there is no such card.
    pub fn card_as(&self, out_track_id: &str, user_id: &str) -> BTreeMap<String, String> {
        self.look(|state| state.cards.get(out_track_id).map(|card| seen(card, user_id)).unwrap_or_default())
    }
}

fn prepare(
    state: &State,
    out_track_id: &str,
    user_id: &str,
    action_ids: &[&str],
    params: &Value,
) -> Result<Click, String> {
    let card = state.cards.get(out_track_id).ok_or("no such card")?;
    let app = state.apps.get(&card.client_id).ok_or("no such app")?;
    let person = state.employee(&app.corp_id, user_id).ok_or("no such person")?;
    let space = card.spaces.iter().find(|space| sees(state, space, user_id));
    let space = space.ok_or("this person does not have the card")?;
    let route = match &card.callback {
        CardCallback::None => return Err("the card has no callback".into()),
        CardCallback::Stream => return Err("no stream connection".into()),
        CardCallback::Http(key) => app.card_routes.get(key).cloned().ok_or("callback route not registered")?,
    };
    let (clicker, kind) = if card.by_union_id { (&person.union_id, 2) } else { (&person.user_id, 1) };
    let content = json!({ "cardPrivateData": { "actionIds": action_ids, "params": params } });
    let body = json!({
        "type": "actionCallback",
        "outTrackId": out_track_id,
        "corpId": app.corp_id,
        "userId": clicker,
        "userIdType": kind,
        "spaceType": space.kind,
        "spaceId": space.id,
        "extension": "{}",
        "content": content.to_string(),
    });
    Ok(Click { route, body })
}

fn sees(state: &State, space: &Space, user_id: &str) -> bool {
    match space.kind.as_str() {
        "IM_ROBOT" => space.id == user_id,
        _ => state.chats.get(&space.id).is_some_and(|chat| chat.members.contains(user_id)),
    }
}

/// Takes over a click's answer; `{}` changes nothing.
fn show(state: &mut State, out_track_id: &str, user_id: &str, answer: &Map<String, Value>) -> Result<(), String> {
    let bad = |_| "answer is not card data".to_owned();
    let public = param_map(answer, "cardData").map_err(bad)?;
    let private = param_map(answer, "userPrivateData").map_err(bad)?;
    let options = answer.get("cardUpdateOptions");
    let by_key = |name: &str| options.and_then(|options| options.get(name)).and_then(Value::as_bool).unwrap_or(false);
    let reaches_all = state.switches.click_reaches_all;
    let card = state.cards.get_mut(out_track_id).ok_or("the card is gone")?;
    let mut new_private = card.private.clone();
    if let Some(values) = private {
        let old = new_private.remove(user_id).unwrap_or_default();
        new_private.insert(user_id.to_owned(), merged(&old, &values, by_key("updatePrivateDataByKey")));
    }
    let no_values = Values::new();
    let shown = public.as_ref().unwrap_or(&no_values);
    let new_public = merged(&card.public, shown, public.is_none() || by_key("updateCardDataByKey"));
    check_limits(&new_public, &new_private).map_err(bad)?;
    card.private = new_private;
    if let Some(values) = public {
        if reaches_all {
            card.public = new_public;
            card.local.clear();
            card.version += 1;
        } else {
            let replaces = !by_key("updateCardDataByKey");
            let before = card.local.remove(user_id).filter(|_| !replaces);
            let replaces = replaces || before.as_ref().is_some_and(|before| before.replaces);
            let values = merged(&before.map(|before| before.values).unwrap_or_default(), &values, true);
            card.local.insert(user_id.to_owned(), LocalAnswer { values, replaces });
        }
    }
    Ok(())
}

fn seen(card: &Card, user_id: &str) -> Values {
    let local = card.local.get(user_id);
    let mut values = if local.is_some_and(|local| local.replaces) { Values::new() } else { card.public.clone() };
    values.extend(card.private.get(user_id).into_iter().flatten().map(|(key, value)| (key.clone(), value.clone())));
    values.extend(local.into_iter().flat_map(|local| local.values.clone()));
    values
}
