//! Pieces of pages. Those that islands use are built for the browser too; the frame around a page is the server's.
//!
//! Islands' views keep their types: an `AnyView` carries two ways of hydration with it, used or not; that was a fifth of
//! the module. What they are given is read by `contract::read`, which was another.

mod acting;
#[cfg(feature = "ssr")]
mod alerts;
#[cfg(feature = "ssr")]
mod beside;
pub mod chart;
#[cfg(feature = "ssr")]
pub mod detail;
#[cfg(feature = "ssr")]
pub mod fields;
#[cfg(feature = "ssr")]
pub mod filter;
mod forms;
#[cfg(feature = "ssr")]
pub mod frame;
mod island;
#[cfg(feature = "ssr")]
pub mod keys;
#[cfg(feature = "ssr")]
pub mod list;
pub mod live;
mod marks;
#[cfg(feature = "ssr")]
pub mod menu;
#[cfg(feature = "ssr")]
pub mod on_call;
mod overview;
pub mod panel;
mod problem_box;
pub mod row;
#[cfg(feature = "ssr")]
pub mod rule_desk;
mod timeline;
#[cfg(feature = "ssr")]
pub mod war_room;

pub use marks::{marks, moment, progress_words, severity_words, state_class, title};
#[cfg(feature = "ssr")]
pub use marks::{progress_name, severity_mark};
pub use problem_box::problem_box;
