//! The door of the API: path, method, content type, credential, rate, permission, licence, in this order; then the call;
//! then the envelope with its ULID (reference sections 2.1-2.4 and 11).

use super::Flashduty;
use super::calls::{self, Need};
use super::custom_action::{self, Errand};
use super::fields::Fields;
use super::people::Role;
use super::refusal::{Code, Refusal};
use super::state::State;
use axum::body::{Bytes, to_bytes};
use axum::extract::Request;
use axum::http::header::{ACCEPT_LANGUAGE, AUTHORIZATION, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use std::sync::{Arc, MutexGuard};
use world::World;

/// The largest body the API reads, in bytes.
const BODY_BYTES_MAX: usize = 1024 * 1024;

/// The path of the alert push, which has its own credential.
const PUSH_PATH: &str = "/event/push/alert/standard";

/// Whose credential a call came with: a member's id, or the account's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Caller {
    pub person_id: i64,
}

/// Answers any API request.
pub async fn answer(flashduty: Arc<Flashduty>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let chinese = prefers_chinese(&parts.headers);
    let path = parts.uri.path().to_owned();
    let query = parts.uri.query().unwrap_or_default().to_owned();
    let handled = match to_bytes(body, BODY_BYTES_MAX).await {
        Ok(body) => handle(&flashduty, &path, &query, &parts.method, &parts.headers, &body),
        Err(_) => Err(Code::EntityTooLarge.into()),
    };
    let outcome = match handled {
        Ok(Handled::Data(data)) => Ok(data),
        Ok(Handled::Errand(errand)) => Ok(flashduty.run_errand(errand).await),
        Err(refusal) => Err(refusal),
    };
    let mut response = envelope(&flashduty.core.world, outcome, chinese);
    tell_limits(flashduty.state(), &mut response);
    response
}

/// The optional headers of reference section 2.2.
fn tell_limits(state: MutexGuard<'_, State>, response: &mut Response) {
    if !state.settings.rate_limit_headers {
        return;
    }
    let (left, wait_s) = state.rates.left(state.world.now());
    let limited = response.status() == StatusCode::TOO_MANY_REQUESTS;
    let headers = response.headers_mut();
    headers.insert("x-ratelimit-limit", HeaderValue::from(state.rates.account.per_minute));
    headers.insert("x-ratelimit-remaining", HeaderValue::from(left));
    headers.insert("x-ratelimit-reset", HeaderValue::from(wait_s));
    if limited {
        headers.insert("retry-after", HeaderValue::from(wait_s));
    }
}

/// What comes of a call.
enum Handled {
    Data(Value),
    /// Somebody else has to be called first.
    Errand(Errand),
}

fn handle(
    flashduty: &Flashduty,
    path: &str,
    query: &str,
    method: &Method,
    headers: &HeaderMap,
    body: &Bytes,
) -> Result<Handled, Refusal> {
    let call = calls::find(path);
    let runs_errand = path == custom_action::PATH;
    if call.is_none() && path != PUSH_PATH && !runs_errand {
        return Err(Code::RouteNotFound.into());
    }
    if method != Method::POST {
        return Err(Code::MethodNotAllowed.into());
    }
    if !is_json(headers) {
        return Err(Code::InvalidContentType.into());
    }
    let mut state = flashduty.state();
    state.run_timers();
    let (need, call) = match call {
        Some((need, call)) => (need, Some(call)),
        None if runs_errand => (Need::IncidentsManage, None),
        None => {
            let key = parameter(query, "integration_key").unwrap_or_default();
            return calls::push_alert(&mut state, &key, &Fields::parse(body)?).map(Handled::Data);
        }
    };
    let caller = authenticate(&mut state, query, headers)?;
    let now = flashduty.core.world.now();
    if !state.rates.allow_call(now) {
        return Err(Code::RequestTooFrequently.into());
    }
    permit(&state, caller, need)?;
    let fields = Fields::parse(body)?;
    let Some(call) = call else { return custom_action::order(&mut state, caller, &fields).map(Handled::Errand) };
    let answer = call(&mut state, caller, &fields)?;
    let odd_write = need == Need::IncidentsManage && state.settings.odd_values && answer == json!({});
    Ok(Handled::Data(if odd_write { Value::Null } else { answer }))
}

/// Reads the credential: a Bearer token, else `app_key` in the query.
fn authenticate(state: &mut State, query: &str, headers: &HeaderMap) -> Result<Caller, Refusal> {
    let bearer = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    let person_id = match bearer.and_then(|value| value.strip_prefix("Bearer ")) {
        Some(token) => {
            let now = state.world.now();
            state.grants.owner_of_token(token.trim(), now).filter(|id| state.is_active(*id))
        }
        None => parameter(query, "app_key").and_then(|key| state.owner_of_key(&key)),
    };
    person_id.map(|person_id| Caller { person_id }).ok_or_else(|| Code::Unauthorized.into())
}

/// Role first, then licence: a Viewer may only read, and incidents need a licence even to be read.
pub fn permit(state: &State, caller: Caller, need: Need) -> Result<(), Refusal> {
    let Some(member) = state.members.get(&caller.person_id) else {
        // The account itself may do everything.
        return Ok(());
    };
    let refused = match need {
        Need::Nothing | Need::Read | Need::IncidentsRead => false,
        Need::IncidentsManage => member.role == Role::Viewer,
        Need::AccountOwner => true,
    };
    if refused {
        return Err(Code::AccessDenied.into());
    }
    if matches!(need, Need::IncidentsRead | Need::IncidentsManage) && !member.licensed {
        return Err(Code::NoLicense.into());
    }
    Ok(())
}

/// A parameter of a query, decoded.
pub fn parameter(query: &str, name: &str) -> Option<String> {
    url::form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

/// Whether the reader wants Chinese.
pub fn prefers_chinese(headers: &HeaderMap) -> bool {
    let language = headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    language.trim_start().to_ascii_lowercase().starts_with("zh")
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    kind.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/json")
}

fn envelope(world: &World, outcome: Result<Value, Refusal>, chinese: bool) -> Response {
    let request_id = ulid(world);
    let (status, body) = match outcome {
        Ok(data) => (StatusCode::OK, json!({"request_id": request_id, "data": data})),
        Err(refusal) => {
            let error = json!({"code": refusal.code.name(), "message": refusal.message(chinese)});
            (refusal.code.status(), json!({"request_id": request_id, "error": error}))
        }
    };
    let mut response = (status, axum::Json(body)).into_response();
    if let Ok(value) = HeaderValue::from_str(&request_id) {
        response.headers_mut().insert("flashcat-request-id", value);
    }
    response
}

/// A ULID: 48 bits of milliseconds, 80 bits of chance, in Crockford's base 32.
fn ulid(world: &World) -> String {
    const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let mut chance = [0; 16];
    chance[6..].copy_from_slice(&world.bytes::<10>());
    let time = u128::from(world.now().0.max(0).unsigned_abs() & 0xffff_ffff_ffff) << 80;
    let number = time | u128::from_be_bytes(chance);
    (0..26).rev().map(|place| char::from(LETTERS[((number >> (place * 5)) & 31) as usize])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use world::{ManualClock, Millis, SeededChance};

    #[test]
    fn a_ulid_carries_its_time() {
        // The example of the ULID specification: 1469918176385 is 01ARYZ6S41.
        let world = World::new(Arc::new(ManualClock::at(Millis(1_469_918_176_385))), Arc::new(SeededChance::new(1)));
        let id = ulid(&world);
        assert_eq!((&id[..10], id.len()), ("01ARYZ6S41", 26));
        assert_ne!(id, ulid(&world));
    }
}
