//! Browser stories: the real server between two simulated platforms, seen through a real Chromium.
//!
//! `find` finds a browser, or installs one; `browser` starts it; `protocol` speaks to it over its debugging pipe; `page`
//! is what a person does in it, on one of the `device`s; `stage` is the product and the platforms; `person` arrives and
//! links; `tour` visits every page in every state, `audit` says whether everybody can use it; `tell` runs one story and keeps evidence when it fails.
//!
//! The debugging protocol is spoken directly: JSON over two pipes is a hundred lines, and the crates that wrap it bring
//! a generated copy of the whole protocol (minutes of compilation) and no pages inside frames, which the desk needs.

pub mod audit;
pub mod browser;
pub mod device;
mod find;
pub mod page;
pub mod person;
mod protocol;
pub mod stage;
mod tell;
pub mod tour;

pub use device::{Device, Way};
pub use page::Page;
pub use stage::Stage;
pub use tell::{evidence_folder, tell};

use std::time::Duration;

/// Lets others work for a moment.
#[expect(clippy::disallowed_methods, reason = "stories wait for a browser, whose time is the real one")]
pub(crate) async fn pause(duration: Duration) {
    tokio::time::sleep(duration).await;
}

/// Starts work beside the story.
#[expect(clippy::disallowed_methods, reason = "browser and server run beside the story")]
pub(crate) fn beside<T: Send + 'static>(work: impl Future<Output = T> + Send + 'static) -> tokio::task::JoinHandle<T> {
    tokio::spawn(work)
}

/// A variable of the environment that is set and not empty.
#[expect(clippy::disallowed_methods, reason = "says which browser to use; no setting of the product")]
pub(crate) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
