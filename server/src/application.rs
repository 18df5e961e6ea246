//! A server put together: the same one whether `main` runs it on a port or a test inside its own process.

use crate::background::Background;
use crate::config::Config;
use crate::flow::caches::Caches;
use crate::flow::live::Live;
use crate::flow::quota::Pilot;
use crate::flow::quota::pushes::Pushes;
use crate::http::{self, crowd::Crowd, gate::Gate, health, limits::Limiter};
use crate::state::{Parts, State};
use crate::store::{Store, StoreError, seal::KeysError};
use crate::work::sweep::LastSweep;
use axum::Router;
use secrecy::ExposeSecret;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::sync::Notify;
use world::World;

/// A server that is ready to serve. Its worker is not running: see `work`.
#[derive(Clone)]
pub struct Application {
    pub state: State,
    pub router: Router,
}

/// Why a server cannot be put together, in words for the operator.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    #[error("the database cannot be opened: {0}")]
    Store(#[from] StoreError),
    #[error("secret_key: {0}")]
    Keys(#[from] KeysError),
    #[error(transparent)]
    DingTalk(#[from] dingtalk::NoHttpClient),
    #[error("metrics cannot be kept: {0}")]
    Metrics(#[from] metrics_exporter_prometheus::BuildError),
}

impl Application {
    /// Opens the database, brings it up to date, and puts everything together.
    ///
    /// # Errors
    /// What an operator has to cure.
    pub async fn build(config: Config, world: World) -> Result<Self, BuildError> {
        // Already installed by another part of the program is just as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let endpoints =
            dingtalk::Endpoints { api: config.dingtalk_api_url.clone(), oapi: config.dingtalk_oapi_url.clone() };
        let store = Store::open(config.database_url.expose_secret(), config.sealing_keys()?, world.clone()).await?;
        let state = State::from(Parts {
            pilot: Pilot::start(store.clone(), world.clone()),
            pushes: Pushes::default(),
            store,
            dingtalk: dingtalk::Platform::new(endpoints, world.clone())?,
            flashduty: flashduty::Platform::new(config.flashduty_api_url.clone(), world.clone()),
            world,
            config: Arc::new(config),
            caches: Caches::default(),
            live: Live::default(),
            background: Background::default(),
            wake: Notify::new(),
            last_sweep: LastSweep::default(),
            limiter: Limiter::default(),
            gate: Gate::default(),
            readiness: health::Readiness::default(),
            metrics: health::metrics_handle()?,
        });
        Ok(Self { router: http::router(state.clone()), state })
    }

    /// Serves until `stop` ends; then finishes what is under way, but not for ever.
    pub async fn serve(self, listener: TcpListener, stop: impl Future<Output = ()>) {
        let live = &self.state.live;
        let stop = async {
            stop.await;
            // Streams never end by themselves.
            live.stop();
        };
        let config = &self.state.config;
        let crowd = Crowd::new(config.connections_per_address, config.trusted_proxies.clone());
        http::listen::serve(listener, self.router, crowd, stop).await;
        if !self.state.background.stop(http::listen::STOP_TIMEOUT).await {
            tracing::warn!("some acts had not ended; they are looked into at the next start");
        }
    }
}
