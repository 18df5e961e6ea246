//! The pretend Flashduty: one account, its API, sign-in, webhooks and a small console, written from the documents.
//!
//! Read in this order: `incident` and `people` (what there is), `machine`, `assign`, `alerts`, `timers` (what happens to
//! it), `merge` (how they become one), `gate`, `calls` and `template` (the API), `webhook`, `robot` and `custom_action` (what goes out), `oauth`, `console` (what people see), `control` and
//! `verbs` (what tests do).
//!
//! Faults of requests and pushes are set in [`crate::Faults`] for [`crate::Peer::Flashduty`]; every API request is in the
//! journal. The console and `/_sim` are not, and no fault reaches them.

mod alerts;
mod assign;
mod calls;
mod config;
mod console;
mod control;
mod custom_action;
mod fields;
mod form;
mod gate;
mod incident;
mod machine;
mod merge;
mod oauth;
mod page;
mod people;
mod rate;
mod refusal;
mod robot;
pub mod seed;
mod state;
mod template;
mod timers;
mod verbs;
mod view;
mod webhook;

#[cfg(test)]
mod tests;

pub use assign::{AssignTo, Target};
pub use custom_action::CustomAction;
pub use incident::{ActRecord, Severity};
pub use machine::Act;
pub use merge::MergeInto;
pub use people::Role;
pub use rate::Limits;
pub use refusal::{Code, Refusal};
pub use robot::RobotTarget;
pub use verbs::Raise;
pub use webhook::WebhookTarget;

use crate::Core;
use axum::Router;
use axum::extract::Request;
use people::{Account, AppKey};
use serde::{Deserialize, Serialize};
use state::State;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Choices the reference leaves open, and odd behaviours a client must survive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// Acknowledge, unacknowledge, snooze and wake of a closed incident answer `InvalidParameter`; otherwise success
    /// without effect. On.
    pub closed_acts_refused: bool,
    /// Creating, acknowledging and closing need the custom field `cause`. Off.
    pub require_form: bool,
    /// There is an OAuth server; otherwise its paths, the metadata among them, are unknown routes. On.
    pub oauth: bool,
    /// The end of a snooze writes an `i_wake` row and so sends a webhook; otherwise nobody is told. Off.
    pub wake_row_at_snooze_end: bool,
    /// `/member/list` shows deleted members with that status; otherwise not at all. On.
    pub deleted_members_listed: bool,
    /// Writes answer `data: null`, optional fields are absent, an unknown field and timeline type appear. Off.
    pub odd_values: bool,
    /// A merge is told of, and written, at its sources too; otherwise they are only closed. On.
    pub merge_told_to_sources: bool,
    /// There is a history of webhooks; otherwise its paths are unknown routes. On.
    pub webhook_history: bool,
    /// Its list tells what was sent; otherwise only the detail of one attempt does. On.
    pub history_bodies: bool,
    /// Rate limits are told in headers, `Retry-After` among them; none of them is promised. Off.
    pub rate_limit_headers: bool,
    /// `/incident/list-by-ids` refuses the whole batch when one id is unknown; otherwise it is left out. Off.
    pub unknown_ids_refused: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            closed_acts_refused: true,
            require_form: false,
            oauth: true,
            wake_row_at_snooze_end: false,
            deleted_members_listed: true,
            odd_values: false,
            merge_told_to_sources: true,
            webhook_history: true,
            history_bodies: true,
            rate_limit_headers: false,
            unknown_ids_refused: false,
        }
    }
}

/// The pretend Flashduty's memory.
pub struct Flashduty {
    core: Core,
    state: Mutex<State>,
    /// Held while webhooks go out, so that they go in order.
    delivering: tokio::sync::Mutex<()>,
}

impl Flashduty {
    /// A Flashduty that answers at `base_url`. Unseeded it has the account and its owner's key only.
    pub fn new(core: Core, base_url: String, seed: bool) -> Arc<Self> {
        let mut state = State {
            world: core.world.clone(),
            settings: Settings::default(),
            base_url,
            account: Account {
                id: seed::ACCOUNT_ID,
                name: "张江科技".to_owned(),
                email: "owner@example.com".to_owned(),
                domain: "zhangjiang".to_owned(),
                locale: "zh-CN".to_owned(),
                time_zone: "Asia/Shanghai".to_owned(),
            },
            members: BTreeMap::new(),
            teams: Vec::new(),
            channels: Vec::new(),
            rules: Vec::new(),
            schedules: Vec::new(),
            integrations: Vec::new(),
            app_keys: vec![AppKey {
                id: 7_100_000_000_001,
                name: "owner".to_owned(),
                secret: seed::OWNER_APP_KEY.to_owned(),
                owner_id: seed::ACCOUNT_ID,
                enabled: true,
                by_owner: false,
                created_at: core.world.now().seconds(),
            }],
            grants: oauth::Grants::default(),
            incidents: BTreeMap::new(),
            webhooks: webhook::Webhooks::default(),
            custom_actions: Vec::new(),
            robots: robot::Robots::default(),
            custom_fields: Vec::new(),
            templates: vec![template::preset()],
            rates: rate::Rates::default(),
        };
        if seed {
            seed::fill(&mut state);
        }
        Arc::new(Self { core, state: Mutex::new(state), delivering: tokio::sync::Mutex::new(()) })
    }

    /// The memory, locked. Never held across an await.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// All its routes. The API and OAuth are observed; the console and `/_sim` beside them are not.
pub fn router(flashduty: Arc<Flashduty>) -> Router {
    let api = Arc::clone(&flashduty);
    let observed = Router::new()
        .merge(oauth::router(Arc::clone(&flashduty)))
        .fallback(move |request: Request| gate::answer(Arc::clone(&api), request));
    let core = flashduty.core.clone();
    let aside = Router::new().merge(console::router(Arc::clone(&flashduty))).merge(control::router(flashduty));
    crate::observed(observed, core, crate::Peer::Flashduty).merge(aside)
}
