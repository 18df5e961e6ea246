//! Interactive cards (dingtalk.md, 7.2–7.5).

use super::answer::NewError;
use super::card_space::{self, Target};
use super::card_values::{self, PRIVATE_PEOPLE_MAX, Values, invalid};
use super::gate::Turn;
use super::parameters::text;
use super::state::{
    Card, CardCallback, CardRoute, Content, Message, Place, RobotHere, Space, State, process_query_key,
};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// The longest outTrackId, in characters.
const OUT_TRACK_ID_MAX: usize = 100;

/// `POST /v1.0/card/callbacks/register`: inserts, or returns what is registered; replaces only when forced.
pub fn register(state: &mut State, turn: &Turn) -> Result<Value, NewError> {
    check_body(&turn.body)?;
    let key = text(&turn.body, "callbackRouteKey")
        .ok_or_else(|| NewError::bad("param.callbackRouteKeyEmpty", "callbackRouteKey不能为空"))?;
    let url = text(&turn.body, "callbackUrl")
        .ok_or_else(|| NewError::bad("param.callbackUrlEmpty", "callbackUrl不能为空"))?;
    let is_web = url::Url::parse(url).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    if !is_web {
        return Err(NewError::bad("system.updateCallbackFailed", "callbackUrl不正确"));
    }
    let force = match turn.body.get("forceUpdate") {
        None | Some(Value::Null) => false,
        Some(Value::Bool(force)) => *force,
        Some(_) => return Err(invalid("forceUpdate不是布尔值")),
    };
    let secret = match turn.body.get("apiSecret") {
        None | Some(Value::Null) => None,
        Some(Value::String(secret)) => Some(secret.clone()).filter(|secret| !secret.is_empty()),
        Some(_) => return Err(invalid("apiSecret不是字符串")),
    };
    let app = state.apps.get_mut(&turn.client_id).ok_or_else(|| invalid("应用不存在"))?;
    let wanted = CardRoute { url: url.to_owned(), secret };
    let route = app.card_routes.entry(key.to_owned()).or_insert_with(|| wanted.clone());
    if force {
        *route = wanted;
    }
    Ok(json!({ "success": true, "result": {
        "callbackUrl": route.url, "apiSecret": route.secret.clone().unwrap_or_default(),
    } }))
}

/// `POST /v1.0/card/instances/createAndDeliver`.
pub fn create_and_deliver(state: &mut State, turn: &Turn) -> Result<Value, NewError> {
    check_body(&turn.body)?;
    let card = card(state, turn)?;
    let targets = card_space::targets(&turn.body)?;
    card_space::check_models(&card.models, &targets)?;
    check_new(state, turn, &card)?;
    let out_track_id = card.out_track_id.clone();
    state.cards.insert(out_track_id.clone(), card);
    let results = deliver_to(state, turn, &out_track_id, &targets);
    Ok(json!({ "success": true, "result": { "outTrackId": out_track_id, "deliverResults": results } }))
}

/// `POST /v1.0/card/instances`.
pub fn create(state: &mut State, turn: &Turn) -> Result<Value, NewError> {
    check_body(&turn.body)?;
    let card = card(state, turn)?;
    check_new(state, turn, &card)?;
    let out_track_id = card.out_track_id.clone();
    state.cards.insert(out_track_id.clone(), card);
    Ok(json!({ "success": true, "result": out_track_id }))
}

/// `POST /v1.0/card/instances/deliver`.
pub fn deliver(state: &mut State, turn: &Turn) -> Result<Value, NewError> {
    check_body(&turn.body)?;
    let out_track_id = out_track_id(&turn.body)?;
    let targets = card_space::targets(&turn.body)?;
    let card = own_card(state, turn, out_track_id)?;
    card_space::check_models(&card.models, &targets)?;
    let results = deliver_to(state, turn, out_track_id, &targets);
    Ok(json!({ "success": true, "result": results }))
}

/// `PUT /v1.0/card/instances`: replaces whole maps unless told to go by key. Ends what single click answers showed.
pub fn update(state: &mut State, turn: &Turn) -> Result<Value, NewError> {
    check_body(&turn.body)?;
    let out_track_id = out_track_id(&turn.body)?;
    let public = card_values::param_map(&turn.body, "cardData")?;
    let private = card_values::private_data(&turn.body)?;
    if public.is_none() && private.is_empty() {
        return Err(NewError::bad("param.cardDataAndPrivateDataBothEmpty", "cardData和privateData不能都为空"));
    }
    let by_key = |name: &str| match turn.body.get("cardUpdateOptions").and_then(|options| options.get(name)) {
        None | Some(Value::Null) => Ok(false),
        Some(Value::Bool(by_key)) => Ok(*by_key),
        Some(_) => Err(invalid("cardUpdateOptions不正确")),
    };
    let (public_by_key, private_by_key) = (by_key("updateCardDataByKey")?, by_key("updatePrivateDataByKey")?);
    let private = people(state, turn, private, by_union_id(&turn.body)?)?;
    let card = own_card(state, turn, out_track_id)?;
    let new_public = public.as_ref().map(|values| merged(&card.public, values, public_by_key));
    let mut new_private = card.private.clone();
    for (user_id, values) in &private {
        let old = new_private.remove(user_id).unwrap_or_default();
        new_private.insert(user_id.clone(), merged(&old, values, private_by_key));
    }
    check_limits(new_public.as_ref().unwrap_or(&card.public), &new_private)?;
    if let Some(card) = state.cards.get_mut(out_track_id) {
        card.version += 1;
        card.private = new_private;
        match new_public {
            Some(values) => {
                card.public = values;
                card.local.clear();
            }
            None => card.local.retain(|user_id, _| !private.contains_key(user_id)),
        }
    }
    Ok(json!({ "success": true, "result": true }))
}

/// `new` alone, or over `old`.
pub fn merged(old: &Values, new: &Values, by_key: bool) -> Values {
    let mut values = if by_key { old.clone() } else { Values::new() };
    values.extend(new.clone());
    values
}

/// The limits of one card's data.
pub fn check_limits(public: &Values, private: &BTreeMap<String, Values>) -> Result<(), NewError> {
    if private.len() > PRIVATE_PEOPLE_MAX {
        return Err(invalid("一张卡片最多500个用户有私有数据"));
    }
    card_values::check_size(std::iter::once(public).chain(private.values()))
}

fn check_body(body: &Map<String, Value>) -> Result<(), NewError> {
    if body.is_empty() { Err(NewError::bad("param.empty", "参数为空")) } else { Ok(()) }
}

fn out_track_id(body: &Map<String, Value>) -> Result<&str, NewError> {
    let id = text(body, "outTrackId").ok_or_else(|| NewError::bad("param.outTrackIdEmpty", "outTrackId不能为空"))?;
    if id.chars().count() > OUT_TRACK_ID_MAX { Err(invalid("outTrackId超过100个字符")) } else { Ok(id) }
}

fn by_union_id(body: &Map<String, Value>) -> Result<bool, NewError> {
    match body.get("userIdType") {
        None | Some(Value::Null) => Ok(false),
        Some(kind) => match kind.as_i64() {
            Some(1) => Ok(false),
            Some(2) => Ok(true),
            _ => Err(invalid("userIdType不正确")),
        },
    }
}

/// A card as the call describes it; parameters checked, nothing else.
fn card(state: &State, turn: &Turn) -> Result<Card, NewError> {
    let body = &turn.body;
    let template_id = text(body, "cardTemplateId")
        .ok_or_else(|| NewError::bad("param.cardTemplateIdEmpty", "cardTemplateId不能为空"))?;
    let out_track_id = out_track_id(body)?;
    let callback = card_space::callback(body)?;
    let public = card_values::param_map(body, "cardData")?
        .ok_or_else(|| NewError::bad("param.cardPublicDataEmpty", "cardData不能为空"))?;
    let by_union_id = by_union_id(body)?;
    let private = people(state, turn, card_values::private_data(body)?, by_union_id)?;
    check_limits(&public, &private)?;
    if let Some(creator) = text(body, "userId") {
        user_id(state, turn, creator, by_union_id)?;
    }
    Ok(Card {
        out_track_id: out_track_id.to_owned(),
        client_id: turn.client_id.clone(),
        template_id: template_id.to_owned(),
        callback,
        by_union_id,
        public,
        private,
        local: BTreeMap::new(),
        models: card_space::space_models(body)?,
        spaces: Vec::new(),
        version: 1,
        created: turn.now,
    })
}

/// What only memory can tell: template, callback route, a card of this id.
fn check_new(state: &State, turn: &Turn, card: &Card) -> Result<(), NewError> {
    match state.templates.get(&card.template_id).filter(|template| template.client_id == turn.client_id) {
        None => return Err(NewError::bad("param.templateNotExist", "卡片模板不存在")),
        Some(template) if !template.published => {
            return Err(NewError::bad("param.templateUnpublished", "卡片模板未发布"));
        }
        Some(_) => {}
    }
    if let CardCallback::Http(key) = &card.callback
        && !state.apps.get(&turn.client_id).is_some_and(|app| app.card_routes.contains_key(key))
    {
        return Err(invalid("callbackRouteKey未注册"));
    }
    if state.cards.contains_key(&card.out_track_id) {
        return Err(NewError::bad("param.cardAlreadyExist", "卡片已存在"));
    }
    Ok(())
}

fn own_card<'a>(state: &'a State, turn: &Turn, out_track_id: &str) -> Result<&'a Card, NewError> {
    let card = state.cards.get(out_track_id).filter(|card| card.client_id == turn.client_id);
    card.ok_or_else(|| NewError::bad("param.cardNotExist", "卡片不存在"))
}

/// Private data by user id.
fn people(
    state: &State,
    turn: &Turn,
    named: BTreeMap<String, Values>,
    by_union_id: bool,
) -> Result<BTreeMap<String, Values>, NewError> {
    named.into_iter().map(|(name, values)| Ok((user_id(state, turn, &name, by_union_id)?, values))).collect()
}

fn user_id(state: &State, turn: &Turn, name: &str, by_union_id: bool) -> Result<String, NewError> {
    let corp = state.corps.get(&turn.corp_id);
    let employee = corp
        .into_iter()
        .flat_map(|corp| corp.employees.values())
        .find(|employee| employee.active && name == if by_union_id { &employee.union_id } else { &employee.user_id });
    let found = employee.map(|employee| employee.user_id.clone());
    found.ok_or_else(|| NewError::bad("param.userIdNotExist", "用户不存在"))
}

/// Delivers to each target and says for each how it went.
fn deliver_to(state: &mut State, turn: &Turn, out_track_id: &str, targets: &[Target]) -> Vec<Value> {
    let mut results = Vec::new();
    for target in targets {
        let result = deliver_one(state, turn, out_track_id, target);
        results.push(json!({
            "spaceType": target.kind,
            "spaceId": target.id,
            "success": result.is_ok(),
            "carrierId": result.as_deref().unwrap_or_default(),
            "errorMsg": result.err().unwrap_or_default(),
        }));
    }
    results
}

fn deliver_one(state: &mut State, turn: &Turn, out_track_id: &str, target: &Target) -> Result<String, String> {
    let place = reachable(state, turn, target)?;
    let twice = state.switches.redelivery_shows_twice;
    let card = state.cards.get_mut(out_track_id).ok_or("card not exist")?;
    let there = card.spaces.iter().find(|space| space.kind == target.kind && space.id == target.id);
    if let Some(there) = there.filter(|_| !twice) {
        return Ok(there.carrier_id.clone());
    }
    let key = process_query_key(turn.world);
    let space = Space { kind: target.kind.to_owned(), id: target.id.clone(), carrier_id: key.clone() };
    card.spaces.push(space);
    let Some(place) = place else { return Ok(key) };
    let last_message = card.models.get(target.kind).map(card_space::last_message).unwrap_or_default();
    state.say(Message {
        n: 0,
        at: turn.now,
        place,
        robot_code: target.robot_code.clone(),
        key: key.clone(),
        content: Content::Card { out_track_id: out_track_id.to_owned(), last_message },
        only_for: target.recipients.clone(),
        mentions: target.mentions.clone(),
    });
    Ok(key)
}

/// Where the message appears, if the target can be reached; nowhere for a card at the top of a group.
fn reachable(state: &State, turn: &Turn, target: &Target) -> Result<Option<Place>, String> {
    let app = state.apps.get(&turn.client_id).ok_or("app not exist")?;
    if target.kind == "IM_SINGLE" {
        return Err("IM_SINGLE is not available to this app".into());
    }
    if let Some(why) = state.switches.undeliverable.get(&target.id) {
        return Err(why.clone());
    }
    if state.switches.stopped_robots.contains(&target.robot_code) {
        return Err("robot stopped".into());
    }
    if target.kind == "IM_ROBOT" {
        if target.robot_code != app.client_id {
            return Err("robotCode invalid".into());
        }
        let known = state.employee(&turn.corp_id, &target.id).is_some() && app.sees(&target.id);
        return if known { Ok(Some(Place::Person(target.id.clone()))) } else { Err("user not exist".into()) };
    }
    let chat = state.chats.get(&target.id).filter(|chat| chat.corp_id == turn.corp_id);
    let chat = chat.ok_or("openConversationId invalid")?;
    if chat.disbanded {
        return Err("group disbanded".into());
    }
    if !chat.is_settled(turn.now) {
        return Err("robot not in group".into());
    }
    if target.kind == "ONE_BOX" {
        if state.switches.top_cards_refused {
            return Err("top card not permitted".into());
        }
        let ours = chat.robot(app, &app.client_id) != RobotHere::No || chat.template_id.is_some();
        return if ours { Ok(None) } else { Err("cool app not installed".into()) };
    }
    match chat.robot(app, &target.robot_code) {
        RobotHere::No => Err("robot not in group".into()),
        RobotHere::ByItself | RobotHere::ByCoolApp => Ok(Some(Place::Chat(target.id.clone()))),
    }
}
