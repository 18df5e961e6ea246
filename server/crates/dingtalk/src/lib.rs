//! Client of the DingTalk open platform, and the reader of what DingTalk sends to us.
//!
//! Outwards: [`Platform`] is the connection shared by all integrations, [`Client`] speaks for one app. Every method of
//! `Client` is one call of the platform; what it is called and what it costs stands in [`Call`]; what can go wrong is
//! one [`DingTalkError`] whose [`ErrorClass`] decides what to do next.
//!
//! Nothing goes out that an [`Admission`] has not let go: it keeps the limits per second and month.
//!
//! Inwards: [`callback`] verifies and opens an encrypted request, [`event`] says what happened, [`click`] reads a
//! pressed card button. [`links`] builds the links that DingTalk's own clients understand.

mod admission;
mod answer;
mod call;
mod classify;
mod client;
mod error;
mod fields;
mod identity;
mod platform;
mod token;
mod web_login;

pub mod callback;
pub mod card;
pub mod chat;
pub mod click;
pub mod event;
pub mod failed;
pub mod links;
pub mod robot;
pub mod scene;
pub mod work_notice;

pub use admission::{Admission, Held, Permit, Why};
pub use call::{Call, Host, Meter};
pub use card::{CardData, CardDelivered, CardSpace, CardUpdate, LastMessage, NewCard, RegisteredCallback};
pub use card::{OUT_TRACK_ID_CHARACTERS_MAX, PRIVATE_PEOPLE_MAX};
pub use chat::{GroupInfo, GroupStatus, Members};
pub use client::Client;
pub use error::{DingTalkError, ErrorClass};
pub use failed::{FAILED_EVENTS_MAX, FailedEvents};
pub use identity::{CodeUser, UserDetails};
pub use platform::{AppCredentials, CALL_TIMEOUT, Endpoints, NoHttpClient, Platform};
pub use robot::{BUTTONS_MAX, CONTENT_BYTES_MAX, GroupMessage, PEOPLE_MAX, PeopleSent, RobotContent};
pub use scene::{NewSceneGroup, SCENE_MEMBERS_A_CALL, SCENE_TITLE_CHARACTERS_MAX, SceneGroup};
pub use web_login::sign_in_page;
pub use work_notice::{Forbidden, NoticeAudience, NoticeProgress, NoticeResult};
pub use work_notice::{NOTICE_BYTES_MAX, NOTICE_PEOPLE_MAX, STATUS_BAR_PEOPLE_MAX};
pub use work_notice::{OaContent, StatusBar, WorkNoticeContent};

#[cfg(test)]
mod tests;
