//! Of the flows, the one that is pure: Flashduty's words into ours.

#[path = "../../src/flow/convert.rs"]
pub mod convert;
