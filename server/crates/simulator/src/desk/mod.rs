//! The desk: DingTalk's client for one person at a time, on phone or PC, beside Flashduty's console. People read chats,
//! press cards' buttons, open the app's pages in a web view, and change groups; everything really happens.
//!
//! `page` draws the whole page, `device`, `message` and `work` what the client shows, `card` a card by its `template`;
//! `acts` are the things people do, `tour` and `hint` lead a newcomer, `jar` keeps people's cookies apart, `doors` answers
//! requests; `chaos` is the panel where things go wrong.

mod acts;
mod card;
mod chaos;
mod chaos_acts;
mod device;
mod doors;
mod hint;
mod jar;
mod link;
mod markdown;
mod message;
mod page;
mod regions;
mod template;
mod text;
mod tour;
mod work;

#[cfg(test)]
mod tests;

use crate::dingtalk::{DingTalk, Employee, Place};
use crate::flashduty::Flashduty;
use crate::{Core, Faults};
use axum::Router;
use axum::routing::{get, post};
use jar::Jars;
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use template::Template;
use text::Language;
use world::World;

/// Who sits at the desk first: somebody with incidents to come and no linked account.
const FIRST_PERSON: &str = "li.na";

/// The desk.
struct Desk {
    world: World,
    dingtalk: Arc<DingTalk>,
    flashduty: Arc<Flashduty>,
    faults: Faults,
    /// Base address of the console.
    flashduty_url: String,
    template: Template,
    memory: Mutex<Memory>,
}

/// What the desk remembers by itself; everything else is the platforms'.
#[derive(Default)]
struct Memory {
    /// Incidents that there were when the tour began.
    incidents_before: usize,
    /// User id of who pressed a card's button last.
    presser: Option<String>,
    /// The tour's last step is done.
    looked: bool,
    /// Number of the last message that a person saw in a place.
    seen: BTreeMap<(String, Place), u64>,
    /// Latest first.
    log: VecDeque<acts::LogLine>,
    jars: Jars,
}

/// Who looks, and how.
struct Seat {
    person: Employee,
    language: Language,
    /// The open chat.
    open: Option<Place>,
}

/// A piece of a list that is replaced by itself when it changes.
struct Item {
    /// The same while it is the same piece.
    key: String,
    /// One element with `data-key`.
    html: String,
}

/// The desk's routes under `/desk`. They are for people only, so they stand beside the journal and the faults.
///
/// # Errors
/// When the shipped template cannot be read.
pub(crate) fn router(
    core: &Core,
    dingtalk: Arc<DingTalk>,
    flashduty: Arc<Flashduty>,
    flashduty_url: String,
) -> Result<Router, serde_json::Error> {
    let memory = Mutex::default();
    let (world, faults) = (core.world.clone(), core.faults.clone());
    let desk = Desk { world, dingtalk, flashduty, faults, flashduty_url, template: Template::shipped()?, memory };
    desk.begin_again();
    Ok(Router::new()
        .route("/desk", get(doors::page))
        .route("/desk/state", get(doors::state))
        .route("/desk/link", get(doors::link))
        .route("/desk/person", post(doors::person))
        .route("/desk/leave", post(doors::leave))
        .route("/desk/press", post(doors::press))
        .route("/desk/group", post(doors::group))
        .route("/desk/again", post(doors::again))
        .route("/desk/chaos", get(doors::chaos))
        .route("/desk/chaos/{act}", post(doors::chaos_act))
        .route("/desk/desk.css", get(doors::style))
        .route("/desk/desk.js", get(doors::script))
        .layer(axum::middleware::from_fn(doors::only_here))
        .with_state(Arc::new(desk)))
}

impl Desk {
    /// The memory, locked. Never held across an await or a call to a platform.
    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A person's name in the reader's language.
fn name(person: &Employee, language: Language) -> &str {
    match language {
        Language::Chinese => &person.name,
        Language::English if person.english_name.is_empty() => &person.name,
        Language::English => &person.english_name,
    }
}
