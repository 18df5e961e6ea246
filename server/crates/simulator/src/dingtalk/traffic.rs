//! How calls arrive: how many of each API in any sliding second, which were refused by a limit, and the ban of an
//! address that calls far too often (dingtalk.md, 10.2).

use super::state::State;
use super::table::find;
use super::{DingTalk, gate, parameters};
use crate::listen::CameFrom;
use axum::extract::{Request, State as Shared};
use axum::http::header::CONTENT_TYPE;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::json;
use std::collections::{BTreeMap, VecDeque};
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;
use world::{Millis, World};

const SECOND: Duration = Duration::from_secs(1);
/// An address that makes more calls than this…
const BAN_CALLS_MAX: usize = 10_000;
/// …in this time…
const BAN_SPAN: Duration = Duration::from_secs(20);
/// …is answered nothing useful for so long.
pub const BAN: Duration = Duration::from_secs(5 * 60);
/// The code under which calls of a banned address are counted; it is the one in the JSON form of that answer.
pub const BANNED: u32 = 1111;

/// What was seen of one API by one app.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Traffic {
    /// The app; empty for calls without an app's token.
    pub client_id: String,
    /// Method and path, `{}` for a segment that varies.
    pub api: String,
    /// Calls that arrived, whatever became of them.
    pub calls: u64,
    /// The most that arrived in any sliding second, whatever became of them.
    pub most_in_a_second: usize,
    /// Calls refused by a limit, by code of the old host: 90018, 90002, 90020, 1111 for the ban.
    pub refused: BTreeMap<u32, u64>,
}

/// All of it.
#[derive(Default)]
pub struct Arrivals {
    lanes: BTreeMap<(String, String), Lane>,
    addresses: BTreeMap<IpAddr, VecDeque<Millis>>,
    banned: BTreeMap<IpAddr, Millis>,
    everybody_banned: Option<Millis>,
}

#[derive(Default)]
struct Lane {
    recent: VecDeque<Millis>,
    calls: u64,
    most: usize,
    refused: BTreeMap<u32, u64>,
}

/// The moment a request arrived, on the steady clock; in its extensions.
#[derive(Clone, Copy)]
pub struct Arrived(pub Millis);

/// Notes every API call before anything may happen to it.
pub async fn note(Shared(dingtalk): Shared<Arc<DingTalk>>, mut request: Request, next: Next) -> Response {
    if let Some(api) = find(request.method(), request.uri().path()) {
        let from = request.extensions().get::<CameFrom>().map(|from| from.0.ip());
        let query = parameters::decode(request.uri().query().unwrap_or_default());
        let token = gate::token(request.headers(), &query);
        let arrived = dingtalk.quietly(|state| {
            // Read under the lock: times of arrival never run backwards.
            let (now, arrived) = (dingtalk.core.world.now(), steady(&dingtalk.core.world));
            let client_id = state.app_of(token, now).map(|app| app.client_id.clone()).unwrap_or_default();
            state.arrivals.note(&client_id, &api.name(), from, arrived);
            arrived
        });
        request.extensions_mut().insert(Arrived(arrived));
    }
    next.run(request).await
}

/// The moment on a clock that nobody sets: the platform counts seconds right whatever its callers do to theirs.
pub fn steady(world: &World) -> Millis {
    Millis::default().plus(world.monotonic())
}

impl Arrivals {
    fn note(&mut self, client_id: &str, api: &str, from: Option<IpAddr>, now: Millis) {
        let lane = self.lane(client_id, api);
        slide(&mut lane.recent, SECOND, now);
        lane.calls += 1;
        lane.most = lane.most.max(lane.recent.len());
        let Some(from) = from else { return };
        let times = self.addresses.entry(from).or_default();
        slide(times, BAN_SPAN, now);
        if times.len() > BAN_CALLS_MAX {
            times.clear();
            self.banned.insert(from, now.plus(BAN));
        }
    }

    /// Counts a call that a limit refused.
    pub fn refuse(&mut self, client_id: &str, api: &str, code: u32) {
        *self.lane(client_id, api).refused.entry(code).or_default() += 1;
    }

    /// Whether calls from this address are answered nothing useful.
    pub fn is_banned(&self, from: Option<IpAddr>, now: Millis) -> bool {
        let own = from.and_then(|from| self.banned.get(&from)).copied();
        [own, self.everybody_banned].into_iter().flatten().any(|until| now < until)
    }

    fn lane(&mut self, client_id: &str, api: &str) -> &mut Lane {
        self.lanes.entry((client_id.to_owned(), api.to_owned())).or_default()
    }
}

/// Adds `now` and forgets what lies outside the span.
fn slide(times: &mut VecDeque<Millis>, span: Duration, now: Millis) {
    let begin = now.minus(span);
    while times.front().is_some_and(|time| *time <= begin) {
        times.pop_front();
    }
    times.push_back(now);
}

/// What a banned address is answered: a page, or the other form.
pub fn ban_page(world: &World, as_json: bool) -> Response {
    if as_json {
        let body = json!({ "status": BANNED, "wait": 5, "source": "x5", "punish": "deny", "uuid": world.text(32) });
        return ([(CONTENT_TYPE, "application/json;charset=UTF-8")], body.to_string()).into_response();
    }
    let page = "<!doctypehtml><html><head><title>405</title></head><body>很抱歉，由于您访问的URL有可能对网站造成安全威胁，\
                您的访问被阻断。</body></html>";
    ([(CONTENT_TYPE, "text/html; charset=utf-8")], page).into_response()
}

impl DingTalk {
    /// What was seen of every app and API so far.
    pub fn traffic(&self) -> Vec<Traffic> {
        self.look(|state: &State| {
            let lanes = state.arrivals.lanes.iter();
            let traffic = lanes.map(|((client_id, api), lane)| Traffic {
                client_id: client_id.clone(),
                api: api.clone(),
                calls: lane.calls,
                most_in_a_second: lane.most,
                refused: lane.refused.clone(),
            });
            traffic.collect()
        })
    }

    /// The most calls of one API by one app that arrived in any sliding second so far.
    pub fn most_in_a_second(&self) -> usize {
        self.traffic().iter().map(|traffic| traffic.most_in_a_second).max().unwrap_or(0)
    }

    /// Calls refused by a limit so far, by code of the old host: 90018, 90002, 90020, 1111 for the ban.
    pub fn refused_by_limits(&self) -> BTreeMap<u32, u64> {
        let mut sums = BTreeMap::new();
        for (code, count) in self.traffic().into_iter().flat_map(|traffic| traffic.refused) {
            *sums.entry(code).or_default() += count;
        }
        sums
    }

    /// Begins to count anew; bans stay.
    pub fn forget_traffic(&self) {
        self.change(|state| state.arrivals.lanes.clear());
    }

    /// Bans every caller for five minutes, as if there had been too many calls from its address.
    pub fn ban_callers(&self) {
        let until = steady(&self.core.world).plus(BAN);
        self.change(|state| state.arrivals.everybody_banned = Some(until));
    }

    /// Ends all bans.
    pub fn lift_bans(&self) {
        self.change(|state| {
            state.arrivals.banned.clear();
            state.arrivals.everybody_banned = None;
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_in_a_sliding_second_is_kept() {
        let mut arrivals = Arrivals::default();
        for ms in [0, 500, 999, 1_000, 1_400, 1_499, 4_000, 5_000] {
            arrivals.note("app", "api", None, Millis(ms));
        }
        let lane = arrivals.lane("app", "api");
        assert_eq!((lane.calls, lane.most), (8, 5), "500 to 1499 are one second, 0 is not in it");
    }

    #[test]
    fn ten_thousand_in_twenty_seconds_are_still_allowed() {
        let mut arrivals = Arrivals::default();
        let from = Some("127.0.0.1".parse().unwrap());
        for n in 0..10_000 {
            arrivals.note("app", "api", from, Millis(n));
        }
        assert!(!arrivals.is_banned(from, Millis(10_000)));
        arrivals.note("app", "api", from, Millis(19_999));
        assert!(arrivals.is_banned(from, Millis(20_000)));
        assert!(!arrivals.is_banned(Some("127.0.0.2".parse().unwrap()), Millis(20_000)));
        assert!(!arrivals.is_banned(from, Millis(319_999)));
    }
}
