//! The part of control that makes things go wrong, and tells how calls came in.

use super::{Reach, answer, done};
use crate::{Fault, Peer, Push, Weather};
use axum::extract::State;
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;

/// Its routes.
pub(super) fn routes() -> Router<Reach> {
    Router::new()
        .route("/_sim/faults", post(add_fault).delete(clear_faults))
        .route("/_sim/push-faults", post(add_push_fault))
        .route("/_sim/click-faults", post(add_click_fault))
        .route("/_sim/weather", post(set_weather))
        .route("/_sim/clock", post(set_clock))
        .route("/_sim/traffic", get(traffic).delete(forget_traffic))
        .route("/_sim/ban", post(ban))
}

async fn add_fault(State(reach): State<Reach>, Json(fault): Json<Fault>) -> Response {
    reach.core.faults.add(fault);
    done()
}

#[derive(Deserialize)]
struct PushFault {
    from: Peer,
    push: Push,
    times: Option<u32>,
}

async fn add_push_fault(State(reach): State<Reach>, Json(fault): Json<PushFault>) -> Response {
    reach.core.faults.add_push(fault.from, fault.push, fault.times);
    done()
}

#[derive(Deserialize)]
struct WeatherOver {
    peer: Peer,
    #[serde(default)]
    weather: Weather,
}

async fn set_weather(State(reach): State<Reach>, Json(body): Json<WeatherOver>) -> Response {
    reach.core.faults.set_weather(body.peer, body.weather);
    done()
}

async fn clear_faults(State(reach): State<Reach>) -> Response {
    reach.core.faults.clear();
    done()
}

#[derive(Deserialize)]
struct ClickFault {
    click: Push,
    times: Option<u32>,
}

async fn add_click_fault(State(reach): State<Reach>, Json(fault): Json<ClickFault>) -> Response {
    reach.core.faults.add_click(fault.click, fault.times);
    done()
}

#[derive(Deserialize)]
struct ClockOffset {
    peer: Peer,
    offset_ms: i64,
}

async fn set_clock(State(reach): State<Reach>, Json(body): Json<ClockOffset>) -> Response {
    reach.core.faults.set_clock_offset(body.peer, body.offset_ms);
    done()
}

async fn traffic(State(reach): State<Reach>) -> Response {
    answer(Ok(reach.dingtalk.traffic()))
}

async fn forget_traffic(State(reach): State<Reach>) -> Response {
    reach.dingtalk.forget_traffic();
    done()
}

#[derive(Deserialize)]
struct Ban {
    banned: bool,
}

async fn ban(State(reach): State<Reach>, Json(body): Json<Ban>) -> Response {
    match body.banned {
        true => reach.dingtalk.ban_callers(),
        false => reach.dingtalk.lift_bans(),
    }
    done()
}
