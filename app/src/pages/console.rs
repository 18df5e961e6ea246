//! The administrator's console: all integrations, and for each a page a section.

mod audit;
mod checks;
mod deliveries;
mod delivery;
mod group;
mod groups;
mod health;
mod overview;
mod paste;
mod people;
mod quota;
mod records;
mod rooms;
mod settings;

pub use audit::AuditPage;
pub use deliveries::DeliveriesPage;
pub use delivery::DeliveryPage;
pub use group::Group;
pub use groups::Groups;
pub use health::Health;
pub use overview::Overview;
pub use people::People;
pub use quota::QuotaPage;
pub use rooms::RoomsPage;
pub use settings::{NewIntegration, Settings};

use super::{in_the_way, visit};
use crate::api;
use crate::backend::ConsoleBackend;
use crate::parts::frame::{Sheet, empty, framed, heading, way_back};
use crate::place::Place;
use crate::visit::{Assets, SetStatus, Visit};
use contract::console::{Console, IntegrationLine, Section};
use contract::words::{health as health_words, page as words, records as kept, setting};
use contract::{Language, Problem, paths};
use leptos::nonce::use_nonce;
use leptos::prelude::*;
use std::future::Future;
use std::sync::Arc;

/// `/console`: all integrations.
#[component]
pub fn ConsolePage() -> impl IntoView {
    let visit = visit();
    let status = use_context::<SetStatus>();
    let door = api::console();
    Suspend::new(async move {
        let read = async { door?.integrations().await };
        match read.await {
            Ok(console) => framed(&visit, None, &Place::Console, integrations(&visit, &console)),
            Err(problem) => in_the_way(&visit, status.as_ref(), None, &Place::Console, &problem),
        }
    })
}

/// A page of the console about the integration of the visit's key: `load` reads its data, `show` draws what stands under
/// the navigation.
fn section<T, F>(
    section: Section,
    load: impl FnOnce(Arc<dyn ConsoleBackend>, String) -> F + Send + 'static,
    show: impl FnOnce(&Visit, T) -> AnyView + Send + 'static,
) -> impl IntoView
where
    T: 'static,
    F: Future<Output = Result<T, Problem>> + Send + 'static,
{
    page((section, Place::Administer { section }), load, show)
}

/// The same for a page below a section's own, at its own place.
fn page<T, F>(
    (section, place): (Section, Place),
    load: impl FnOnce(Arc<dyn ConsoleBackend>, String) -> F + Send + 'static,
    show: impl FnOnce(&Visit, T) -> AnyView + Send + 'static,
) -> impl IntoView
where
    T: 'static,
    F: Future<Output = Result<T, Problem>> + Send + 'static,
{
    let visit = visit();
    let status = use_context::<SetStatus>();
    let door = api::console();
    Suspend::new(async move {
        let key = visit.key.clone();
        let read = async { load(door?, key).await };
        match read.await {
            Ok(data) => {
                let main = view! { {navigation(&visit, section)} {show(&visit, data)} {comfort()} }.into_any();
                let language = visit.language;
                let top = way_back(Place::Console.address(""), words::console_integrations(language));
                framed(&visit, None, &place, Sheet { title: name(section, language).into(), layout: "wide", top, main })
            }
            Err(problem) => in_the_way(&visit, status.as_ref(), None, &place, &problem),
        }
    })
}

/// A page of the console about no integration that there is: `show` gives its title, top line and main part.
fn aside<T, F>(
    load: impl FnOnce(Arc<dyn ConsoleBackend>) -> F + Send + 'static,
    show: impl FnOnce(&Visit, T) -> (&'static str, AnyView, AnyView) + Send + 'static,
) -> impl IntoView
where
    T: 'static,
    F: Future<Output = Result<T, Problem>> + Send + 'static,
{
    let visit = visit();
    let status = use_context::<SetStatus>();
    let door = api::console();
    Suspend::new(async move {
        let place = Place::Console;
        let read = async { load(door?).await };
        match read.await {
            Ok(data) => {
                let (title, top, main) = show(&visit, data);
                framed(&visit, None, &place, Sheet { title: title.into(), layout: "wide", top, main })
            }
            Err(problem) => in_the_way(&visit, status.as_ref(), None, &place, &problem),
        }
    })
}

/// The script of buttons that copy and of the checklist.
fn comfort() -> AnyView {
    let assets = use_context::<Assets>().unwrap_or_default();
    view! { <script src=assets.console nonce=use_nonce() defer=true></script> }.into_any()
}

fn navigation(visit: &Visit, chosen: Section) -> AnyView {
    let language = visit.language;
    let links: Vec<_> = Section::ALL
        .into_iter()
        .map(|section| {
            let current = (section == chosen).then_some("page");
            let address = Place::Administer { section }.address(&visit.key);
            view! { <a class="tab" href=address aria-current=current>{name(section, language)}</a> }
        })
        .collect();
    view! {
        <h1 class="console-title" dir="auto">{visit.integration_name.clone()}</h1>
        {(!visit.may_change).then(|| view! { <p class="hint" data-observer="">{words::console_observer(language)}</p> })}
        <nav class="tabs sections" aria-label=words::console_sections(language)>{links}</nav>
    }
    .into_any()
}

fn name(section: Section, language: Language) -> &'static str {
    match section {
        Section::Overview => words::console_overview(language),
        Section::People => words::console_people(language),
        Section::Deliveries => kept::deliveries(language),
        Section::Groups => contract::words::group::groups(language),
        Section::Quota => kept::quota(language),
        Section::WarRooms => kept::war_rooms(language),
        Section::Audit => kept::audit(language),
        Section::Settings => setting::settings(language),
        Section::Health => health_words::health(language),
    }
}

fn integrations(visit: &Visit, console: &Console) -> Sheet {
    let language = visit.language;
    let add = visit.may_add.then(|| {
        let label = setting::add(language);
        view! { <p class="acts"><a class="button primary" href=paths::CONSOLE_NEW data-add="">{label}</a></p> }
    });
    let main = if console.integrations.is_empty() {
        empty(words::console_empty(language), words::console_empty_more(language))
    } else {
        let lines: Vec<_> = console.integrations.iter().map(|one| line(one, language)).collect();
        view! { <section class="card"><ul class="lines">{lines}</ul></section> }.into_any()
    };
    let main = view! { {main} {add} }.into_any();
    let title = words::console(language);
    Sheet { title: title.into(), layout: "wide", top: heading(title.into()), main }
}

fn line(one: &IntegrationLine, language: Language) -> AnyView {
    let address = Place::Administer { section: Section::Overview }.address(&one.key);
    let open = one.open_checks.filter(|open| *open > 0);
    let open = open.map(|open| view! { <span class="no">{words::console_open_checks(language, open)}" · "</span> });
    view! {
        <li class="integration">
            <h2><a href=address><bdi>{one.name.clone()}</bdi></a></h2>
            <span class="age">{open}{words::console_links(language)}" "{one.links}" · "<bdi>{one.corp_id.clone()}</bdi></span>
        </li>
    }
    .into_any()
}
