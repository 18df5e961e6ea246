//! The pretend Flashduty.

use crate::Core;
use axum::Router;
use std::sync::Arc;

/// The pretend Flashduty's memory.
pub struct Flashduty {
    _core: Core,
}

impl Flashduty {
    /// A Flashduty that answers at `base_url`, with the people and channels of the seed if wanted.
    pub fn new(core: Core, _base_url: String, _seed: bool) -> Arc<Self> {
        Arc::new(Self { _core: core })
    }

    /// Does what is due by the world's clock.
    pub async fn run_due(&self) {}
}

/// All its routes, already observed.
pub fn router(_flashduty: Arc<Flashduty>) -> Router {
    Router::new()
}
