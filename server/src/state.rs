//! What every part of a running server has in hand.

use crate::background::Background;
use crate::config::Config;
use crate::flow::caches::Caches;
use crate::flow::live::Live;
use crate::flow::quota::Pilot;
use crate::flow::quota::pushes::Pushes;
use crate::http::gate::Gate;
use crate::http::health::Readiness;
use crate::http::limits::Limiter;
use crate::store::Store;
use crate::work::sweep::LastSweep;
use metrics_exporter_prometheus::PrometheusHandle;
use std::ops::Deref;
use std::sync::Arc;
use tokio::sync::Notify;
use world::World;

/// What every part of a running server has in hand. Cheap to clone: every layer of every request does it.
#[derive(Clone)]
pub struct State(Arc<Parts>);

/// What [`State`] points at.
pub struct Parts {
    pub store: Store,
    pub dingtalk: dingtalk::Platform,
    /// Lets calls to DingTalk go, or holds them.
    pub pilot: Pilot,
    /// What DingTalk has pushed, until it is written down.
    pub pushes: Pushes,
    pub flashduty: flashduty::Platform,
    pub world: World,
    pub config: Arc<Config>,
    pub caches: Caches,
    /// Open pages of this process.
    pub live: Live,
    /// Work that outlives the request that began it.
    pub background: Background,
    /// Wakes the worker of this process.
    pub wake: Notify,
    pub last_sweep: LastSweep,
    pub limiter: Limiter,
    pub gate: Gate,
    pub readiness: Readiness,
    pub metrics: PrometheusHandle,
}

impl From<Parts> for State {
    fn from(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }
}

impl Deref for State {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl State {
    /// Tells the worker that something is due now. It looks by itself too, so a call that is lost costs a second.
    pub fn wake(&self) {
        self.wake.notify_one();
    }

    /// Waits until the worker is woken.
    pub async fn awake(&self) {
        self.wake.notified().await;
    }
}
