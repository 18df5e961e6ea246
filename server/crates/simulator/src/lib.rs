//! A pretend DingTalk and a pretend Flashduty: two HTTP peers with memory, for tests and for the demo.
//!
//! Both are written from the platforms' documents and share no code with the product's clients, so that one misreading
//! is not made twice. They listen on the loopback interface only.

mod control;
mod core;
mod desk;
pub mod dingtalk;
pub mod faults;
pub mod flashduty;
mod html;
mod journal;
mod listen;
mod observe;
mod secrets;
pub mod seed;
mod weather;

pub use crate::core::{Core, NoReply, Outgoing, Reply};
pub use faults::{Fault, Faults, Push};
pub use journal::{Entry, Journal, Peer};
pub use observe::observed;
pub use weather::Weather;

use dingtalk::DingTalk;
use flashduty::Flashduty;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;
use world::World;

/// How often due things are done when nobody does them by hand.
const TICK: Duration = Duration::from_millis(200);

/// What to start.
pub struct Options {
    /// Time and chance; with a manual clock nothing falls due by itself.
    pub world: World,
    /// Port of DingTalk on the loopback interface; 0 = any.
    pub dingtalk_port: u16,
    /// Port of Flashduty on the loopback interface; 0 = any.
    pub flashduty_port: u16,
    /// Fill both platforms with the people, groups and channels of [`seed`].
    pub seed: bool,
    /// Do what falls due every 200 ms of real time; tests call [`Simulator::run_due`] instead.
    pub tick: bool,
}

/// Where the simulator listens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Addresses {
    /// DingTalk: both API hosts, login, JSAPI script, desk, control.
    pub dingtalk: SocketAddr,
    /// Flashduty: API, OAuth, console, control.
    pub flashduty: SocketAddr,
}

/// Both platforms, running. Dropping it closes the listeners and all connections.
pub struct Simulator {
    /// Time and chance.
    pub world: World,
    /// Every request in and out.
    pub journal: Journal,
    /// What is to go wrong.
    pub faults: Faults,
    /// The pretend DingTalk.
    pub dingtalk: Arc<DingTalk>,
    /// The pretend Flashduty.
    pub flashduty: Arc<Flashduty>,
    /// Where they listen.
    pub addresses: Addresses,
    /// Aborted on drop.
    _tasks: JoinSet<()>,
}

impl Simulator {
    /// Starts both platforms.
    ///
    /// # Errors
    /// When a port cannot be opened.
    pub async fn start(options: Options) -> io::Result<Self> {
        let core = Core::new(options.world)?;
        let (dingtalk_listener, dingtalk_address) = listen::bind(options.dingtalk_port).await?;
        let (flashduty_listener, flashduty_address) = listen::bind(options.flashduty_port).await?;
        let dingtalk =
            DingTalk::new(core.under_clock_of(Peer::DingTalk), format!("http://{dingtalk_address}"), options.seed);
        let flashduty =
            Flashduty::new(core.under_clock_of(Peer::Flashduty), format!("http://{flashduty_address}"), options.seed);
        let mut tasks = JoinSet::new();
        let control = control::router(core.clone(), Arc::clone(&dingtalk), Arc::clone(&flashduty));
        let console_url = format!("http://{flashduty_address}");
        let desk = desk::router(&core, Arc::clone(&dingtalk), Arc::clone(&flashduty), console_url)?;
        let dingtalk_router = dingtalk::router(Arc::clone(&dingtalk)).merge(control).merge(desk);
        tasks.spawn(listen::serve(dingtalk_listener, dingtalk_router));
        tasks.spawn(listen::serve(flashduty_listener, flashduty::router(Arc::clone(&flashduty))));
        if options.tick {
            tasks.spawn(tick(Arc::clone(&dingtalk), Arc::clone(&flashduty)));
        }
        Ok(Self {
            world: core.world,
            journal: core.journal,
            faults: core.faults,
            dingtalk,
            flashduty,
            addresses: Addresses { dingtalk: dingtalk_address, flashduty: flashduty_address },
            _tasks: tasks,
        })
    }

    /// Base address of both DingTalk API hosts and of its login pages.
    pub fn dingtalk_url(&self) -> String {
        format!("http://{}", self.addresses.dingtalk)
    }

    /// Base address of Flashduty's API.
    pub fn flashduty_url(&self) -> String {
        format!("http://{}", self.addresses.flashduty)
    }

    /// The script that stands in for DingTalk's JSAPI.
    pub fn jsapi_url(&self) -> String {
        format!("{}/jsapi.js", self.dingtalk_url())
    }

    /// The page that plays a DingTalk client.
    pub fn desk_url(&self) -> String {
        format!("{}/desk", self.dingtalk_url())
    }

    /// Does everything that is due by the world's clock: repeated and late pushes, timers.
    pub async fn run_due(&self) {
        self.dingtalk.run_due().await;
        self.flashduty.run_due().await;
    }
}

async fn tick(dingtalk: Arc<DingTalk>, flashduty: Arc<Flashduty>) {
    let mut interval = tokio::time::interval(TICK);
    interval.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        interval.tick().await;
        tokio::join!(dingtalk.run_due(), flashduty.run_due());
    }
}
