//! Client of the Flashduty open API, the bodies of its incoming webhooks, and its OAuth sign-in.
//!
//! [`Platform`] knows where Flashduty is. [`Platform::with`] gives a [`Client`] that acts as the owner of one
//! [`Credential`]; [`Platform::oauth`] signs people in; [`webhook::decode`] reads what Flashduty sends to us.
//! Whatever comes from Flashduty is read tolerantly (`wire`) and every failure is a [`FlashdutyError`].
//! Credentials never appear in an error text, a log line or `Debug` output.

mod act;
mod alert;
mod assign;
mod channel;
mod client;
mod create;
mod credential;
mod custom_action;
mod custom_field;
mod envelope;
mod error;
mod feed;
mod incident;
mod incident_query;
mod level;
mod member;
mod merge;
pub mod oauth;
mod page;
mod patience;
mod person;
mod platform;
pub mod robot;
mod rule;
mod schedule;
mod team;
mod template;
mod transport;
pub mod webhook;
mod webhook_history;
mod wire;

pub use act::{COMMENT_CHARS_MAX, Resolution, SNOOZE_MINUTES};
pub use alert::{Alert, AlertPage};
pub use channel::{Channel, ChannelPage, ChannelQuery};
pub use client::Client;
pub use create::{AssignNew, NewIncident};
pub use credential::Credential;
pub use custom_action::CustomAction;
pub use custom_field::CustomField;
pub use error::{ErrorClass, FlashdutyError};
pub use feed::{FeedItem, FeedPage};
pub use incident::{AssignedTo, Image, Incident, Link, Responder};
pub use incident_query::{IncidentPage, IncidentQuery};
pub use level::{Progress, Severity};
pub use member::{License, Member, MemberInfo, MemberPage, MemberQuery};
pub use merge::{MERGE, Merge};
pub use oauth::{ClientRegistration, Metadata, OAuth, Pkce, Tokens};
pub use page::Page;
pub use person::Person;
pub use platform::Platform;
pub use rule::{EscalationRule, Layer, LayerTarget};
pub use schedule::{OnCall, Schedule, SchedulePage, ScheduleQuery};
pub use team::{Team, TeamPage, TeamQuery};
pub use template::{DINGTALK_APP, FixedField, PRESET_TEMPLATE_ID, Preview, PreviewQuery, Template};
pub use webhook_history::{WebhookAttempt, WebhookHistoryPage, WebhookHistoryQuery};
