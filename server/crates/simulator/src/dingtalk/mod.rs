//! The pretend DingTalk.

mod crypto;

use crate::Core;
use axum::Router;
use std::sync::Arc;

/// The pretend DingTalk's memory.
pub struct DingTalk {
    core: Core,
    base_url: String,
}

impl DingTalk {
    /// A DingTalk that answers at `base_url`, with the company of the seed if wanted.
    pub fn new(core: Core, base_url: String, _seed: bool) -> Arc<Self> {
        Arc::new(Self { core, base_url })
    }

    /// Does what is due by the world's clock.
    pub async fn run_due(&self) {}
}

/// All its routes, already observed.
pub fn router(dingtalk: Arc<DingTalk>) -> Router {
    crate::observed(Router::new(), dingtalk.core.clone(), crate::Peer::DingTalk)
}
