//! The server: what dingduty is when it runs.
//!
//! Layers, arrows only downwards: `http`, `work` → `flow` → `store` → `model`.

pub mod application;
mod background;
pub mod command;
pub mod config;
#[cfg(feature = "simulator")]
pub mod demo;
pub mod flow;
pub mod http;
pub mod model;
mod origin;
mod proxies;
pub mod state;
pub mod store;
pub mod web;
pub mod work;
