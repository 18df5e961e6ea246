//! The pretend DingTalk: both API hosts, the login page, the JSAPI script, and what a test or a desk makes it do.
//!
//! `table.rs` lists every API, `gate.rs` is what each call passes, `state.rs` what is remembered; `verbs.rs`,
//! `console.rs`, `events.rs` and `click.rs` are what people, administrators and the platform do.

mod answer;
mod card;
mod card_space;
mod card_state;
mod card_values;
mod chat;
mod chat_event;
mod click;
mod console;
mod conversation;
mod crypto;
mod directory;
mod events;
mod gate;
mod identity;
mod jsapi;
mod login;
mod look;
mod meters;
mod parameters;
mod receipts;
mod robot;
mod scene;
mod scene_page;
mod seeding;
mod spelling;
mod state;
mod table;
mod template_robot;
#[cfg(test)]
pub(crate) mod tests;
mod token;
mod traffic;
mod verbs;
mod work;

pub use events::PushResult;
pub(crate) use jsapi::PERSON_COOKIE;
pub use look::CardView;
pub use meters::{Edition, Limits, Meters};
pub use seeding::{NewApp, SCOPES};
pub use spelling::Event;
pub use state::{AppPages, Chat, ChatKind, Content, Employee, Message, Place, Space, Spelling, Switches, ThrottleForm};
pub use traffic::Traffic;
pub use work::{StatusBar, WorkNotice};

use crate::{Core, Peer, observed};
use axum::Router;
use axum::middleware;
use axum::routing::{get, post};
use state::State;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::watch;

/// The pretend DingTalk.
pub struct DingTalk {
    core: Core,
    base_url: String,
    state: Mutex<State>,
    changes: watch::Sender<u64>,
}

impl DingTalk {
    /// A DingTalk that answers at `base_url`, with the company of the seed if wanted.
    pub fn new(core: Core, base_url: String, seed: bool) -> Arc<Self> {
        let mut state = State { base_url: base_url.clone(), ..State::default() };
        if seed {
            seeding::fill(&mut state, &core.world, &base_url);
        }
        Arc::new(Self { core, base_url, state: Mutex::new(state), changes: watch::Sender::new(0) })
    }

    /// A number that grows with every change; a page that shows the state can wait for it.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    pub(crate) fn look<T>(&self, read: impl FnOnce(&State) -> T) -> T {
        read(&self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Changes what nobody looks at.
    fn quietly<T>(&self, act: impl FnOnce(&mut State) -> T) -> T {
        act(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn change<T>(&self, act: impl FnOnce(&mut State) -> T) -> T {
        let result = act(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner));
        self.changes.send_modify(|number| *number += 1);
        result
    }
}

/// All routes of the platform, behind journal and faults.
pub fn router(dingtalk: Arc<DingTalk>) -> Router {
    let core = dingtalk.core.clone();
    let router = Router::new()
        .route("/jsapi.js", get(jsapi::script))
        .route("/_desk/login-code.js", get(jsapi::login_code_script))
        .route("/_desk/login-code", post(jsapi::login_code).options(jsapi::preflight))
        .route("/group/{token}", get(scene_page::open))
        .route("/oauth2/auth", get(login::page))
        .route("/oauth2/decide", get(login::decide))
        .fallback(gate::answer)
        .with_state(Arc::clone(&dingtalk));
    observed(router, core, Peer::DingTalk).layer(middleware::from_fn_with_state(dingtalk, traffic::note))
}
