//! What may stand in a card (dingtalk.md, 7.3): texts only, within limits.

use super::answer::NewError;
use super::parameters::object;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Values of a card, by variable.
pub type Values = BTreeMap<String, String>;

/// The longest name of a variable, in bytes.
const KEY_BYTES_MAX: usize = 100;
/// The longest value, in bytes.
const VALUE_BYTES_MAX: usize = 1024;
/// All data of one card, in bytes.
const CARD_BYTES_MAX: usize = 100 * 1024;
/// Most people with private data in one call.
const PRIVATE_PEOPLE_PER_CALL_MAX: usize = 20;
/// Most people with private data on one card.
pub const PRIVATE_PEOPLE_MAX: usize = 500;

/// `{"cardParamMap": {…}}` under `name`; `None` when absent or without values.
pub fn param_map(body: &Map<String, Value>, name: &str) -> Result<Option<Values>, NewError> {
    match body.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Object(data)) => values(data).map(|values| (!values.is_empty()).then_some(values)),
        Some(_) => Err(invalid(&format!("{name}不是对象"))),
    }
}

/// `privateData`: values by person, as named in the call.
pub fn private_data(body: &Map<String, Value>) -> Result<BTreeMap<String, Values>, NewError> {
    let people = match body.get("privateData") {
        None | Some(Value::Null) => return Ok(BTreeMap::new()),
        Some(Value::Object(people)) => people,
        Some(_) => return Err(invalid("privateData不是对象")),
    };
    if people.len() > PRIVATE_PEOPLE_PER_CALL_MAX {
        return Err(invalid("privateData一次最多20个用户"));
    }
    let of_person = |(person, data): (&String, &Value)| {
        let data = data.as_object().ok_or_else(|| invalid("privateData的值不是对象"))?;
        Ok((person.clone(), values(data)?))
    };
    people.iter().map(of_person).collect()
}

/// Refuses a card whose data are too much altogether.
pub fn check_size<'a>(maps: impl Iterator<Item = &'a Values>) -> Result<(), NewError> {
    let bytes: usize = maps.flat_map(|values| values.iter().map(|(key, value)| key.len() + value.len())).sum();
    if bytes > CARD_BYTES_MAX { Err(invalid("卡片数据超过100KB")) } else { Ok(()) }
}

/// `param.invalid`.
pub fn invalid(why: &str) -> NewError {
    NewError::bad("param.invalid", why)
}

fn values(data: &Map<String, Value>) -> Result<Values, NewError> {
    let Some(map) = object(data, "cardParamMap") else {
        return match data.get("cardParamMap") {
            None | Some(Value::Null) => Ok(Values::new()),
            Some(_) => Err(invalid("cardParamMap不是对象")),
        };
    };
    let checked = |(key, value): (&String, &Value)| {
        let value = value.as_str().ok_or_else(|| invalid(&format!("变量{key}的值不是字符串")))?;
        if key.is_empty() || key.len() > KEY_BYTES_MAX {
            return Err(invalid("变量名为空或超过100字节"));
        }
        if value.len() > VALUE_BYTES_MAX {
            return Err(invalid(&format!("变量{key}的值超过1KB")));
        }
        Ok((key.clone(), value.to_owned()))
    };
    map.iter().map(checked).collect()
}
