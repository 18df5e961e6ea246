//! Interactive cards (section 7).

use crate::answer::Answer;
use crate::classify::class_of;
use crate::fields::Fields;
use crate::{Call, Client, DingTalkError, ErrorClass};
use secrecy::SecretString;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use world::Millis;

/// Longest out-track id, in characters (7.3).
pub const OUT_TRACK_ID_CHARACTERS_MAX: usize = 100;
/// Most people with data of their own in one call (7.3).
pub const PRIVATE_PEOPLE_MAX: usize = 20;

/// Variables of a card template by name: text, or JSON as text for other types.
pub type CardData = BTreeMap<String, String>;

/// Where a card is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CardSpace {
    /// In a group, for all of it.
    Group {
        /// The group.
        open_conversation_id: String,
    },
    /// In a group made from a template, and at its top until the given time where that is permitted (7.6).
    Room {
        /// The group.
        open_conversation_id: String,
        /// Until when the card stays at the top; not there at all without it.
        top_until: Option<Millis>,
    },
    /// In one person's conversation with the bot.
    Person {
        /// The employee.
        user_id: String,
    },
}

/// The line shown in the list of chats.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LastMessage {
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
}

/// A card to be created and shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCard {
    /// Our id of the card, never used before, at most [`OUT_TRACK_ID_CHARACTERS_MAX`].
    pub out_track_id: String,
    /// The published template.
    pub card_template_id: String,
    /// Where clicks go, as registered by [`Client::register_card_callback`].
    pub callback_route_key: String,
    /// What everybody sees.
    pub card_data: CardData,
    /// What one employee sees instead, by user id; at most [`PRIVATE_PEOPLE_MAX`].
    pub private_data: BTreeMap<String, CardData>,
    /// Where it is shown.
    pub space: CardSpace,
    /// The bot that shows it.
    pub robot_code: String,
    /// The line in the list of chats.
    pub last_message: LastMessage,
    /// Who is mentioned, name by user id; only in groups.
    pub at_user_ids: BTreeMap<String, String>,
}

/// A card that is on display.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardDelivered {
    /// Our id of the card.
    pub out_track_id: String,
    /// The platform's handle of the message that carries it.
    pub carrier_id: Option<String>,
}

/// A change of an existing card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardUpdate {
    /// Which card.
    pub out_track_id: String,
    /// What everybody sees from now on; empty: no change.
    pub card_data: CardData,
    /// What single employees see instead; empty: no change.
    pub private_data: BTreeMap<String, CardData>,
    /// True: only the given variables change. False: variables that are not given are emptied.
    pub by_key: bool,
}

/// What is registered for clicks.
#[derive(Debug, Clone)]
pub struct RegisteredCallback {
    /// The address that clicks are sent to.
    pub callback_url: String,
    /// The secret that clicks are signed with, if any.
    pub api_secret: Option<SecretString>,
}

impl Client {
    /// Says where clicks are sent. Without `force` an earlier registration stays and is what is returned: compare, and
    /// repeat with `force` (7.2).
    ///
    /// # Errors
    /// `MissingScope` where the app may not send cards.
    pub async fn register_card_callback(
        &self,
        route_key: &str,
        url: &str,
        api_secret: Option<&str>,
        force: bool,
    ) -> Result<RegisteredCallback, DingTalkError> {
        let mut body = json!({ "callbackRouteKey": route_key, "callbackUrl": url, "forceUpdate": force });
        if let Some(secret) = api_secret {
            body["apiSecret"] = json!(secret);
        }
        let answer = self.call(&Call::REGISTER_CARD_CALLBACK, &body).await?;
        let result = answer.fields().object("result").ok_or_else(|| answer.lacks("result"))?;
        Ok(RegisteredCallback {
            callback_url: result.text("callbackUrl").ok_or_else(|| answer.lacks("callbackUrl"))?,
            api_secret: result.text("apiSecret").map(SecretString::from),
        })
    }

    /// Creates a card and shows it (7.3). May be repeated with the same out-track id: `CardExists` then means that it
    /// was created, and [`Client::deliver_card`] shows it if that is in doubt.
    ///
    /// # Errors
    /// `CardExists`, `TemplateUnusable`, `MissingScope`, and why the space refused the card.
    pub async fn create_and_deliver_card(&self, card: &NewCard) -> Result<CardDelivered, DingTalkError> {
        check_id(&card.out_track_id)?;
        let mut body = json!({
            "cardTemplateId": card.card_template_id,
            "outTrackId": card.out_track_id,
            "callbackType": "HTTP",
            "callbackRouteKey": card.callback_route_key,
            "cardData": { "cardParamMap": card.card_data },
            "openSpaceId": card.space.open_space_id()?,
            // 1: people are named by user id, here and in the clicks.
            "userIdType": 1,
        });
        if !card.private_data.is_empty() {
            body["privateData"] = private_data(&card.private_data)?;
        }
        // Not to be forwarded: the buttons would go to people who were never asked.
        body[card.space.space_model()] = json!({
            "supportForward": false,
            "lastMessageI18n": { "ZH_CN": card.last_message.zh, "EN_US": card.last_message.en },
        });
        body[card.space.deliver_model()] = card.space.deliver_value(&card.robot_code, &card.at_user_ids);
        card.space.add_top(&mut body, true);
        let answer = self.call(&Call::CREATE_AND_DELIVER_CARD, &body).await?;
        let result = answer.fields().object("result").ok_or_else(|| answer.lacks("result"))?;
        let delivered = result.objects("deliverResults").unwrap_or_default();
        judge_delivery(&Call::CREATE_AND_DELIVER_CARD, &answer, &delivered, &card.out_track_id)
    }

    /// Shows a card that exists (7.4).
    ///
    /// # Errors
    /// `CardGone`, and why the space refused the card.
    pub async fn deliver_card(
        &self,
        out_track_id: &str,
        space: &CardSpace,
        robot_code: &str,
    ) -> Result<CardDelivered, DingTalkError> {
        check_id(out_track_id)?;
        let mut body = json!({ "outTrackId": out_track_id, "openSpaceId": space.open_space_id()?, "userIdType": 1 });
        body[space.deliver_model()] = space.deliver_value(robot_code, &BTreeMap::new());
        space.add_top(&mut body, false);
        let answer = self.call(&Call::DELIVER_CARD, &body).await?;
        let delivered = answer.fields().objects("result").unwrap_or_default();
        judge_delivery(&Call::DELIVER_CARD, &answer, &delivered, out_track_id)
    }

    /// Changes a card for everybody who sees it (7.5). The order of concurrent changes is not defined: one at a time
    /// per card.
    ///
    /// # Errors
    /// `CardGone`, `ContentRefused`, `UnknownPerson`.
    pub async fn update_card(&self, update: &CardUpdate) -> Result<(), DingTalkError> {
        check_id(&update.out_track_id)?;
        let mut body = json!({
            "outTrackId": update.out_track_id,
            "cardUpdateOptions": { "updateCardDataByKey": update.by_key, "updatePrivateDataByKey": update.by_key },
            "userIdType": 1,
        });
        if !update.card_data.is_empty() {
            body["cardData"] = json!({ "cardParamMap": update.card_data });
        }
        if !update.private_data.is_empty() {
            body["privateData"] = private_data(&update.private_data)?;
        }
        let answer = self.call(&Call::UPDATE_CARD, &body).await?;
        match answer.fields().truth("result") {
            Some(false) => {
                Err(DingTalkError::new(ErrorClass::Refused, "answer.unsuccessful", "the card was not updated"))
            }
            _ => Ok(()),
        }
    }
}

impl CardSpace {
    fn open_space_id(&self) -> Result<String, DingTalkError> {
        let (kind, id) = match self {
            Self::Group { open_conversation_id } | Self::Room { open_conversation_id, .. } => {
                ("IM_GROUP", open_conversation_id)
            }
            Self::Person { user_id } => ("IM_ROBOT", user_id),
        };
        // A semicolon would begin another space.
        if id.is_empty() || id.contains(';') {
            return Err(DingTalkError::new(ErrorClass::Refused, "local.space", "this is no place for a card"));
        }
        let top = if self.top_until().is_some() { format!(";ONE_BOX.{id}") } else { String::new() };
        Ok(format!("dtv1.card//{kind}.{id}{top}"))
    }

    /// The same place, and not at its top.
    #[must_use]
    pub fn without_top(&self) -> Self {
        match self {
            Self::Room { open_conversation_id, .. } => {
                Self::Room { open_conversation_id: open_conversation_id.clone(), top_until: None }
            }
            other => other.clone(),
        }
    }

    /// Until when the card is to stay at the top of its group.
    pub fn top_until(&self) -> Option<Millis> {
        if let Self::Room { top_until, .. } = self { *top_until } else { None }
    }

    /// The models of the place at the top.
    fn add_top(&self, body: &mut Value, creates: bool) {
        let Some(until) = self.top_until() else { return };
        if creates {
            body["topOpenSpaceModel"] = json!({ "spaceType": "ONE_BOX" });
        }
        body["topOpenDeliverModel"] = json!({ "spaceType": "ONE_BOX", "expiredTimeMillis": until.0 });
    }

    fn space_model(&self) -> &'static str {
        match self {
            Self::Group { .. } | Self::Room { .. } => "imGroupOpenSpaceModel",
            Self::Person { .. } => "imRobotOpenSpaceModel",
        }
    }

    fn deliver_model(&self) -> &'static str {
        match self {
            Self::Group { .. } | Self::Room { .. } => "imGroupOpenDeliverModel",
            Self::Person { .. } => "imRobotOpenDeliverModel",
        }
    }

    fn deliver_value(&self, robot_code: &str, at_user_ids: &BTreeMap<String, String>) -> Value {
        match self {
            Self::Group { .. } | Self::Room { .. } if at_user_ids.is_empty() => json!({ "robotCode": robot_code }),
            Self::Group { .. } | Self::Room { .. } => json!({ "robotCode": robot_code, "atUserIds": at_user_ids }),
            Self::Person { .. } => json!({ "spaceType": "IM_ROBOT", "robotCode": robot_code }),
        }
    }
}

fn check_id(out_track_id: &str) -> Result<(), DingTalkError> {
    if out_track_id.is_empty() || out_track_id.chars().count() > OUT_TRACK_ID_CHARACTERS_MAX {
        return Err(DingTalkError::new(ErrorClass::Refused, "local.outTrackId", "the card's id is empty or too long"));
    }
    Ok(())
}

fn private_data(data: &BTreeMap<String, CardData>) -> Result<Value, DingTalkError> {
    if data.len() > PRIVATE_PEOPLE_MAX {
        let message = format!("{} people with data of their own, more than {PRIVATE_PEOPLE_MAX}", data.len());
        return Err(DingTalkError::new(ErrorClass::Refused, "local.people", &message));
    }
    let people = data.iter().map(|(user_id, data)| (user_id.clone(), json!({ "cardParamMap": data })));
    Ok(Value::Object(people.collect::<Map<String, Value>>()))
}

/// A failed delivery is reported inside HTTP 200, for each space; only `success` counts, a success may carry a text
/// too (7.3).
fn judge_delivery(
    call: &Call,
    answer: &Answer,
    results: &[Fields<'_>],
    out_track_id: &str,
) -> Result<CardDelivered, DingTalkError> {
    if results.is_empty() {
        return Err(answer.lacks("deliverResults"));
    }
    // A place at the top that is refused takes nothing away: the card is in the group.
    for result in results.iter().filter(|result| result.text("spaceType").as_deref() != Some("ONE_BOX")) {
        match result.truth("success") {
            Some(true) => {}
            None if result.text("carrierId").is_some() => {}
            None => return Err(answer.lacks("deliverResults.success")),
            Some(false) => return Err(delivery_failure(call, &result.text("errorMsg").unwrap_or_default())),
        }
    }
    let carrier_id = results.iter().find_map(|result| result.text("carrierId"));
    Ok(CardDelivered { out_track_id: out_track_id.to_owned(), carrier_id })
}

/// The text has no code of its own; a known code standing in it as a word is taken for one.
fn delivery_failure(call: &Call, text: &str) -> DingTalkError {
    let separates = |character: char| !(character.is_ascii_alphanumeric() || "._".contains(character));
    let words = text.split(separates).map(|word| word.trim_matches('.')).filter(|word| word.len() >= 5);
    let known = words.filter_map(|word| Some((word, class_of(word, call)?))).next();
    let (code, class) = known.unwrap_or(("answer.delivery", ErrorClass::Refused));
    DingTalkError { by_space: true, ..DingTalkError::new(class, code, text).with_http_status(200) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_delivery_is_classified_by_a_code_in_its_text() {
        let table = [
            ("robot.oto.notExist", "no_session", "robot.oto.notExist"),
            ("deliver failed: [group.disbanded].", "chat_gone", "group.disbanded"),
            ("ding talk error[subcode=90018,submsg=qps]", "throttled", "90018"),
            ("something else", "refused", "answer.delivery"),
            ("", "refused", "answer.delivery"),
        ];
        for (text, class, code) in table {
            let error = delivery_failure(&Call::CREATE_AND_DELIVER_CARD, text);
            assert_eq!((error.class.name(), error.code.as_str(), error.by_space), (class, code, true), "{text}");
        }
    }

    #[test]
    fn a_space_cannot_smuggle_another() {
        let group = |id: &str| CardSpace::Group { open_conversation_id: id.into() }.open_space_id();
        assert_eq!(group("cidA+/==").unwrap(), "dtv1.card//IM_GROUP.cidA+/==");
        assert!(group("cidA;IM_ROBOT.boss").is_err());
        assert!(group("").is_err());
    }
}
