//! The server: what dingduty is when it runs.
//!
//! Layers, arrows only downwards: `http`, `work` → `flow` → `store` → `model`.

pub mod model;
pub mod store;
