//! Plain data and rules. No I/O, no async, no clock: time comes in as a value.

pub mod action;
pub mod asked;
pub mod audit_chain;
pub mod card;
pub mod chat;
pub mod delivery;
pub mod digest;
pub mod digest_card;
pub mod hash;
pub mod incident;
pub mod integration;
pub mod link;
pub mod link_attempt;
pub mod markdown;
pub mod mention;
pub mod outcome;
pub mod plain;
pub mod quota;
pub mod secret;
pub mod session;
pub mod subscription;
pub mod task;
pub mod text;
pub mod throttle;
pub mod work_notice;
