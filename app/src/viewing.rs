//! What an island knows besides its incident. It is printed into the page, so it holds nothing secret but the form
//! token, which the page's own forms show anyway.

use crate::moment::Clock;
use contract::incident::{ActRequest, Action};
use contract::{Language, Problem, read};
use serde::Serialize;

/// The circumstances of an island.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Viewing {
    /// The integration's key.
    pub key: String,
    pub language: Language,
    pub zone_offset_minutes: i32,
    /// When the page was made; the browser uses it too, so that both print the same times.
    pub now_ms: i64,
    /// Snooze presets, in minutes.
    pub snooze_minutes: Vec<u32>,
    /// The form token.
    pub csrf: String,
    /// Where a form returns to without scripts: a [`crate::place::Place`] as text.
    pub back: String,
    /// The form that was sent here and refused, to be corrected.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refused: Option<Refused>,
}

read!(Viewing { key, language, zone_offset_minutes, now_ms, snooze_minutes, csrf, back, refused });

/// An act that was asked for by a form and not carried out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Refused {
    /// The incident's id.
    pub id: String,
    pub action: Action,
    /// What was typed.
    pub request: ActRequest,
    pub problem: Problem,
}

read!(Refused { id, action, request, problem });

impl Viewing {
    /// How to print times.
    pub fn clock(&self) -> Clock {
        Clock { language: self.language, zone_offset_minutes: self.zone_offset_minutes, now_ms: self.now_ms }
    }

    /// The same at a later moment: after an act the page's own moment lies in the past.
    #[must_use]
    pub fn at(mut self, now_ms: i64) -> Self {
        self.now_ms = self.now_ms.max(now_ms);
        self
    }
}
