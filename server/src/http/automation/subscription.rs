//! Which incidents go to which group, set by other programs.

use super::list::{Page, page};
use super::token::{Administrator, Caller};
use super::{Filters, Listed};
use crate::flow::subscriptions;
use crate::http::problem::ApiError;
use crate::http::request::{Json, Path, Query};
use crate::model::subscription::{CHANNELS_MAX, LABEL_CHARS_MAX, LABELS_MAX, Repaint, Rule, SEVERITIES, Subscription};
use crate::state::State;
use axum::extract::State as Of;
use axum::http::StatusCode;
use contract::ProblemCode;
use contract::chat::ChatState;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

pub async fn list(_: Caller, Of(state): Of<State>, Path(key): Path<String>, Query(filters): Query<Filters>) -> Listed {
    let wanted: Page<String> = page(filters.after.as_deref(), filters.limit.as_deref())?;
    let dead = match filters.state.as_deref() {
        None | Some("") => false,
        Some("dead") => true,
        Some(_) => return Err(ApiError::field("state", "dead, or nothing for all")),
    };
    let found = subscriptions::list(&state, &key, dead, wanted.after.as_deref(), wanted.fetch()).await?;
    Ok(wanted.answer(&found, |(subscription, _)| subscription.id.clone(), |(one, chat)| show(one, *chat)))
}

pub async fn add(
    caller: Administrator,
    Of(state): Of<State>,
    Path(key): Path<String>,
    Json(body): Json<Value>,
) -> Result<(StatusCode, axum::Json<Value>), ApiError> {
    let (chat_id, rule) = read(body)?;
    let (subscription, chat) = subscriptions::add(&state, &key, &chat_id, rule, &caller.actor()).await?;
    Ok((StatusCode::CREATED, axum::Json(show(&subscription, chat))))
}

/// Points one at another group.
pub async fn replace(
    caller: Administrator,
    Of(state): Of<State>,
    Path((key, id)): Path<(String, String)>,
    Json(body): Json<Value>,
) -> Result<axum::Json<Value>, ApiError> {
    let mut fields = object(body)?;
    let chat_id = chat_id(&mut fields)?;
    nothing_left(&fields)?;
    let (subscription, chat) = subscriptions::replace(&state, &key, &id, &chat_id, &caller.actor()).await?;
    Ok(axum::Json(show(&subscription, chat)))
}

pub async fn remove(
    caller: Administrator,
    Of(state): Of<State>,
    Path((key, id)): Path<(String, String)>,
) -> Result<StatusCode, ApiError> {
    subscriptions::remove(&state, &key, &id, None, &caller.actor()).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn show(subscription: &Subscription, chat: ChatState) -> Value {
    let Rule { channel_ids, severities, labels, mention, repaint } = &subscription.rule;
    json!({
        "id": subscription.id,
        "chat_id": subscription.chat_id,
        "channel_ids": channel_ids,
        "severities": severities,
        "labels": labels,
        "mention": mention,
        "repaint": repaint.name(),
        "chat_state": chat.name(),
        "created_ms": subscription.created.0,
    })
}

/// Reads a wanted subscription field by field, so that a mistake names its field. A field that is not known is refused:
/// misspelled, it would send more than was meant.
fn read(body: Value) -> Result<(String, Rule), ApiError> {
    let mut fields = object(body)?;
    let chat_id = chat_id(&mut fields)?;
    let rule = Rule {
        channel_ids: fields.remove("channel_ids").map_or(Ok(Vec::new()), channel_ids)?,
        severities: fields.remove("severities").map_or(Ok(Vec::new()), severities)?,
        labels: fields.remove("labels").map_or(Ok(BTreeMap::new()), labels)?,
        mention: match fields.remove("mention") {
            None => false,
            Some(Value::Bool(mention)) => mention,
            Some(_) => return Err(ApiError::field("mention", "true or false")),
        },
        repaint: match fields.remove("repaint") {
            None => Repaint::default(),
            Some(name) => {
                let repaint = name.as_str().and_then(Repaint::from_name);
                repaint.ok_or_else(|| ApiError::field("repaint", "all, state or none"))?
            }
        },
    };
    nothing_left(&fields)?;
    Ok((chat_id, rule))
}

/// The fields of a body; null counts as absent.
fn object(body: Value) -> Result<Map<String, Value>, ApiError> {
    let Value::Object(mut fields) = body else {
        return Err(ApiError::new(ProblemCode::BadRequest).with_message("not a JSON object"));
    };
    fields.retain(|_, value| !value.is_null());
    Ok(fields)
}

fn chat_id(fields: &mut Map<String, Value>) -> Result<String, ApiError> {
    match fields.remove("chat_id") {
        Some(Value::String(id)) if !id.is_empty() => Ok(id),
        _ => Err(ApiError::field("chat_id", "the chat_id of a group, as `chats` lists it")),
    }
}

fn nothing_left(fields: &Map<String, Value>) -> Result<(), ApiError> {
    match fields.keys().next() {
        None => Ok(()),
        // The name is the caller's own and may be long.
        Some(name) => Err(ApiError::field(&name.chars().take(64).collect::<String>(), "no such field")),
    }
}

fn channel_ids(value: Value) -> Result<Vec<i64>, ApiError> {
    let wrong = || ApiError::field("channel_ids", "a list of at most 100 numbers of Flashduty channels");
    let Value::Array(items) = value else { return Err(wrong()) };
    if items.len() > CHANNELS_MAX {
        return Err(wrong());
    }
    items.iter().map(|item| item.as_i64().filter(|id| *id > 0).ok_or_else(wrong)).collect()
}

fn severities(value: Value) -> Result<Vec<String>, ApiError> {
    let wrong = || ApiError::field("severities", "a list of Critical, Warning, Info");
    let Value::Array(items) = value else { return Err(wrong()) };
    let mut named = Vec::new();
    for item in &items {
        let name = item.as_str().filter(|name| SEVERITIES.contains(name)).ok_or_else(wrong)?;
        if !named.iter().any(|known| known == name) {
            named.push(name.to_owned());
        }
    }
    Ok(named)
}

fn labels(value: Value) -> Result<BTreeMap<String, String>, ApiError> {
    let wrong = || ApiError::field("labels", "an object of at most 50 texts");
    let Value::Object(items) = value else { return Err(wrong()) };
    label_map(items).ok_or_else(wrong)
}

fn label_map(items: Map<String, Value>) -> Option<BTreeMap<String, String>> {
    let fits = |text: &str| text.chars().count() <= LABEL_CHARS_MAX;
    let mut labels = BTreeMap::new();
    for (name, value) in items {
        let value = value.as_str().filter(|value| fits(value))?.to_owned();
        if name.is_empty() || !fits(&name) {
            return None;
        }
        labels.insert(name, value);
    }
    (labels.len() <= LABELS_MAX).then_some(labels)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_whole_subscription_and_the_least_one() {
        let (chat_id, rule) = read(json!({
            "chat_id": "c1", "channel_ids": [7], "severities": ["Critical", "Critical"], "labels": {"service": "pay"},
            "mention": true, "repaint": "state",
        }))
        .unwrap();
        assert_eq!(chat_id, "c1");
        let labels = BTreeMap::from([("service".to_owned(), "pay".to_owned())]);
        let (channel_ids, severities) = (vec![7], vec!["Critical".into()]);
        assert_eq!(rule, Rule { channel_ids, severities, labels, mention: true, repaint: Repaint::State });
        assert_eq!(read(json!({"chat_id": "c1", "labels": null})).unwrap().1, Rule::default());
    }

    #[test]
    fn a_mistake_names_its_field() {
        let many: Vec<i64> = (1..=101).collect();
        for (body, code) in [
            (json!([]), "bad-request"),
            (json!({}), "chat_id"),
            (json!({"chat_id": 5}), "chat_id"),
            (json!({"chat_id": "c", "channel_ids": ["7"]}), "channel_ids"),
            (json!({"chat_id": "c", "channel_ids": [1.5]}), "channel_ids"),
            (json!({"chat_id": "c", "channel_ids": many}), "channel_ids"),
            (json!({"chat_id": "c", "severities": ["critical"]}), "severities"),
            (json!({"chat_id": "c", "severities": "Critical"}), "severities"),
            (json!({"chat_id": "c", "labels": {"a": 1}}), "labels"),
            (json!({"chat_id": "c", "labels": {"": "x"}}), "labels"),
            (json!({"chat_id": "c", "mention": "yes"}), "mention"),
            (json!({"chat_id": "c", "repaint": "always"}), "repaint"),
            (json!({"chat_id": "c", "repaint": true}), "repaint"),
            (json!({"chat_id": "c", "channels": [1]}), "channels"),
        ] {
            let error = format!("{:?}", read(body.clone()).unwrap_err());
            let expected = if code == "bad-request" { "BadRequest".to_owned() } else { format!("\"{code}: ") };
            assert!(error.contains(&expected), "{body}: {error}");
        }
    }
}
