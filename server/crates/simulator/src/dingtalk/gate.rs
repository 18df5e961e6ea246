//! What every API call passes: token → address → per second → per month → permission → parameters (dingtalk.md, 13).

use super::answer::{NewError, OldError, new_answer, old_answer, unknown};
use super::state::{State, ThrottleForm};
use super::table::{Api, Auth, Run, find, known_path};
use super::traffic::{Arrived, BANNED, ban_page, steady};
use super::{DingTalk, parameters};
use crate::listen::CameFrom;
use crate::observe::LoseEffect;
use axum::body::{Bytes, to_bytes};
use axum::extract::{Request, State as Shared};
use axum::http::{HeaderMap, Method};
use axum::response::Response;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;
use world::{Millis, World};

/// The header of the new host's token.
const TOKEN_HEADER: &str = "x-acs-dingtalk-access-token";

/// Any second of this length holds no more calls than the edition allows.
const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// The largest body that is read, in bytes.
const BODY_BYTES_MAX: usize = 2 * 1024 * 1024;

/// A call as it came in.
pub struct Call {
    /// HTTP method.
    pub method: Method,
    /// Path.
    pub path: String,
    /// Query, decoded.
    pub query: BTreeMap<String, String>,
    /// Headers.
    pub headers: HeaderMap,
    /// Body.
    pub body: Bytes,
    /// Address it came from.
    pub from: Option<IpAddr>,
    /// When it arrived, on the steady clock.
    pub arrived: Millis,
    /// Whether it is to be accepted and lost.
    pub lost: bool,
}

/// A call that has passed the gate.
pub struct Turn<'a> {
    /// Time and chance.
    pub world: &'a World,
    /// The present moment.
    pub now: Millis,
    /// The calling app; empty on calls without a token.
    pub client_id: String,
    /// Its company; empty as above.
    pub corp_id: String,
    /// The person of a user token; empty otherwise.
    pub user_id: String,
    /// Path.
    pub path: &'a str,
    /// Query, decoded.
    pub query: &'a BTreeMap<String, String>,
    /// Body, `{}` when there is none.
    pub body: Map<String, Value>,
    /// Whether the body is a form, where everything is text.
    pub form: bool,
}

/// Answers a call of either API host.
pub async fn answer(Shared(dingtalk): Shared<Arc<DingTalk>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, BODY_BYTES_MAX).await else {
        return unknown(&dingtalk.core.world, "");
    };
    let call = Call {
        path: parts.uri.path().to_owned(),
        query: parameters::decode(parts.uri.query().unwrap_or_default()),
        method: parts.method,
        headers: parts.headers,
        body,
        from: parts.extensions.get::<CameFrom>().map(|from| from.0.ip()),
        arrived: parts.extensions.get::<Arrived>().map_or_else(|| steady(&dingtalk.core.world), |arrived| arrived.0),
        lost: parts.extensions.get::<LoseEffect>().is_some(),
    };
    dingtalk.call(&call)
}

impl Call {
    /// The token it shows, wherever it stands; empty without one.
    fn token(&self) -> &str {
        token(&self.headers, &self.query)
    }
}

/// The token among these, wherever it stands; empty without one.
pub fn token<'a>(headers: &'a HeaderMap, query: &'a BTreeMap<String, String>) -> &'a str {
    let header = headers.get(TOKEN_HEADER).and_then(|value| value.to_str().ok()).filter(|token| !token.is_empty());
    header.or_else(|| query.get("access_token").map(String::as_str)).unwrap_or_default()
}

impl DingTalk {
    /// Carries out a call and answers it.
    pub(super) fn call(&self, call: &Call) -> Response {
        let world = &self.core.world;
        let Some(api) = find(&call.method, &call.path) else {
            return match known_path(&call.path) {
                // Codes of the old host's list for a wrong method.
                Some(method) if !call.path.starts_with("/v1.0/") => {
                    let (code, needed) = if method == Method::POST { (43002, "POST") } else { (43001, "GET") };
                    old_answer(world, Err(OldError::plain(code, format!("需要{needed}请求"))))
                }
                _ => unknown(world, &call.path),
            };
        };
        self.change(|state| {
            if state.arrivals.is_banned(call.from, call.arrived) {
                let app = state.app_of(call.token(), world.now());
                let client_id = app.map(|app| app.client_id.clone()).unwrap_or_default();
                state.arrivals.refuse(&client_id, &api.name(), BANNED);
                return ban_page(world, state.switches.ban_as_json);
            }
            let shown = state.last_message;
            let gate = Gate { state, world, call, api };
            let response = match api.run {
                Run::New(run) => new_answer(world, gate.new_host(run)),
                Run::Old(run) => old_answer(world, gate.old_host(run)),
            };
            if call.lost {
                state.show_no_more_than(shown);
            }
            response
        })
    }
}

struct Gate<'a> {
    state: &'a mut State,
    world: &'a World,
    call: &'a Call,
    api: &'static Api,
}

/// A limit that a call runs into.
#[derive(Clone, Copy)]
enum Limit {
    Second,
    Minute,
    Platform,
    Month,
}

/// Who is calling.
#[derive(Default)]
struct Caller {
    client_id: String,
    corp_id: String,
    user_id: String,
}

impl Gate<'_> {
    fn new_host(mut self, run: fn(&mut State, &Turn) -> Result<Value, NewError>) -> Result<Value, NewError> {
        let (now, scope) = (self.world.now(), self.api.scope);
        let token = self.call.headers.get(TOKEN_HEADER).and_then(|value| value.to_str().ok()).unwrap_or_default();
        if self.api.auth != Auth::Nobody && token.is_empty() {
            let message = "缺少参数：x-acs-dingtalk-access-token";
            return Err(NewError::bad("AuthenticationFailed.MissingParameter", message));
        }
        let caller =
            self.caller(token, now).ok_or_else(|| NewError::bad("InvalidAuthentication", "不合法的access_token"))?;
        if !self.address_allowed(&caller) {
            return Err(NewError::forbidden("IpNotInWhiteList", "访问ip不在白名单之中"));
        }
        if let Some(limit) = self.over_a_limit(&caller, now) {
            return Err(NewError::forbidden(limit.name(), limit.message()));
        }
        if !self.state.granted(&caller.client_id, scope) {
            return Err(NewError::scope(scope));
        }
        let body = parameters::json_body(self.call)
            .ok_or_else(|| NewError::bad("invalidParameter.body", "请求体不是合法的JSON对象"))?;
        run(self.state, &turn(self.world, self.call, caller, body, now))
    }

    fn old_host(mut self, run: fn(&mut State, &Turn) -> Result<Value, OldError>) -> Result<Value, OldError> {
        let (now, scope) = (self.world.now(), self.api.scope);
        let token = self.call.query.get("access_token").map(String::as_str).unwrap_or_default();
        if self.api.auth != Auth::Nobody && token.is_empty() {
            return Err(OldError::wrapped(40000, "access_token is blank"));
        }
        let caller = self.caller(token, now).ok_or_else(|| OldError::wrapped(40014, "不合法的access_token"))?;
        if !self.address_allowed(&caller) {
            return Err(OldError::wrapped(60020, "访问ip不在白名单之中"));
        }
        if let Some(limit) = self.over_a_limit(&caller, now) {
            let plain = match self.state.switches.throttle_form {
                ThrottleForm::Seen => matches!(limit, Limit::Platform),
                ThrottleForm::Plain => true,
                ThrottleForm::Wrapped => false,
            };
            let shape = if plain { OldError::plain } else { OldError::wrapped };
            return Err(shape(i64::from(limit.code()), limit.message().to_owned()));
        }
        if !self.state.granted(&caller.client_id, scope) {
            return Err(OldError::scope(scope, &caller.client_id));
        }
        let body = parameters::json_or_form_body(self.call)
            .ok_or_else(|| OldError::plain(40035, "不合法的参数：请求体不是JSON对象"))?;
        run(self.state, &turn(self.world, self.call, caller, body, now))
    }

    /// Who this token belongs to. Calls without one are nobody's.
    fn caller(&self, token: &str, now: Millis) -> Option<Caller> {
        match self.api.auth {
            Auth::Nobody => Some(Caller::default()),
            Auth::App => {
                let app = self.state.app_of(token, now)?;
                Some(Caller { client_id: app.client_id.clone(), corp_id: app.corp_id.clone(), user_id: String::new() })
            }
            Auth::Person => {
                let known = self.state.user_tokens.get(token).filter(|known| known.until > now)?;
                Some(Caller {
                    client_id: known.client_id.clone(),
                    corp_id: known.corp_id.clone(),
                    user_id: known.user_id.clone(),
                })
            }
        }
    }

    fn address_allowed(&self, caller: &Caller) -> bool {
        let allowed = self.state.apps.get(&caller.client_id).and_then(|app| app.allowed_addresses.as_ref());
        allowed.is_none_or(|allowed| self.call.from.is_some_and(|from| allowed.contains(&from)))
    }

    /// Counts the call, unless a limit refuses it.
    fn over_a_limit(&mut self, caller: &Caller, now: Millis) -> Option<Limit> {
        let (api, arrived) = (self.api.name(), self.call.arrived);
        // On token calls it is the app that asks for itself whose second is used up.
        let client_id = match caller.client_id.as_str() {
            "" => parameters::claimed_app(self.call),
            client_id => client_id.to_owned(),
        };
        let everywhere = |path: &String| self.call.path.starts_with(path.as_str());
        let limit = if !self.state.admit(&client_id, &api, arrived) {
            Some(Limit::Second)
        } else if !self.state.admit_in_minute(&client_id, &api, arrived) {
            Some(Limit::Minute)
        } else if self.state.switches.throttled_paths.iter().any(everywhere) {
            Some(Limit::Platform)
        } else if self.api.counted && !self.state.count_call(&caller.corp_id, now) {
            Some(Limit::Month)
        } else {
            None
        };
        if let Some(limit) = limit {
            self.state.arrivals.refuse(&caller.client_id, &api, limit.code());
        }
        limit
    }
}

impl Limit {
    /// Code of the old host.
    fn code(self) -> u32 {
        match self {
            Limit::Second | Limit::Minute => 90018,
            Limit::Platform => 90002,
            Limit::Month => 90020,
        }
    }

    /// End of the code of the new host.
    fn name(self) -> &'static str {
        match self {
            Limit::Second => "QpsLimitForAppkeyAndApi",
            Limit::Minute => "QpmLimitForAppkeyAndApi",
            Limit::Platform => "QpsLimitForApi",
            Limit::Month => "ApiCountLimitForOrg",
        }
    }

    fn message(self) -> &'static str {
        match self {
            Limit::Second => "您的服务器调用该接口的频率过高，触发qps流控，请降低频率后重试",
            Limit::Minute => "您的服务器调用该接口的频率过高，触发qpm流控，请降低频率后重试",
            Limit::Platform => "该接口在全平台被限流，请稍后重试",
            Limit::Month => "企业本月接口调用量已达上限",
        }
    }
}

fn turn<'a>(world: &'a World, call: &'a Call, caller: Caller, body: Map<String, Value>, now: Millis) -> Turn<'a> {
    let Caller { client_id, corp_id, user_id } = caller;
    let form = parameters::is_form(call);
    Turn { world, now, client_id, corp_id, user_id, path: &call.path, query: &call.query, body, form }
}

impl State {
    /// Whether this app may call this API once more in this second. An app we do not know has no limit of its own.
    fn admit(&mut self, client_id: &str, api: &str, now: Millis) -> bool {
        let corp = self.apps.get(client_id).and_then(|app| self.corps.get(&app.corp_id));
        let Some(most) = corp.map(|corp| corp.meters.limits.calls_per_second) else { return true };
        self.windows.admit((client_id, api), most, SECOND, now)
    }

    fn admit_in_minute(&mut self, client_id: &str, api: &str, now: Millis) -> bool {
        let most = self.switches.calls_per_minute;
        most.is_none_or(|most| self.minute_windows.admit((client_id, api), most, MINUTE, now))
    }

    fn count_call(&mut self, corp_id: &str, now: Millis) -> bool {
        let grace = DAY * u32::from(self.switches.quota_grace_days);
        self.corps.get_mut(corp_id).is_none_or(|corp| corp.meters.count_call(now, grace))
    }

    fn granted(&self, client_id: &str, scope: &str) -> bool {
        scope.is_empty() || self.apps.get(client_id).is_some_and(|app| app.scopes.contains(scope))
    }
}
