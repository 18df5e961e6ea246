//! The pages, drawn by the server. Each asks the door for its data and shows it, or shows what stands in the way.

mod account;
mod arrive;
mod ask;
mod bulk;
mod console;
mod cool_app;
mod create;
mod home;
mod incident;
mod pc_home;
mod problem;
mod select;
mod sign_in;
mod war_room;

pub use account::Account;
pub use ask::AskPage;
pub use bulk::BulkPage;
pub use console::{
    AuditPage, ConsolePage, DeliveriesPage, DeliveryPage, Group, Groups, Health, NewIntegration, Overview, People,
    QuotaPage, RoomsPage, Settings,
};
pub use cool_app::CoolApp;
pub use create::CreatePage;
pub use home::Home;
pub use incident::IncidentPage;
pub use pc_home::PcHome;
pub use problem::{NotFound, ProblemPage};
pub use sign_in::SignInPage;
pub use war_room::WarRoomPage;

use crate::api;
use crate::parts::frame::{Sheet, framed, heading};
use crate::parts::problem_box;
use crate::place::Place;
use crate::visit::{SetStatus, Visit};
use contract::group::GroupAsked;
use contract::listing::Listing;
use contract::person::Me;
use contract::words::page as words;
use contract::{Problem, ProblemCode};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use std::future::Future;

/// The visitor's circumstances; empty ones where a route was wired without them.
pub fn visit() -> Visit {
    use_context::<Visit>().unwrap_or_default()
}

/// A page for somebody who is signed in: `load` reads its data, `show` draws it.
fn signed_in<T: 'static>(
    place: Place,
    load: impl Future<Output = Result<T, Problem>> + Send + 'static,
    show: impl FnOnce(&Visit, T) -> Sheet + Send + 'static,
) -> impl IntoView {
    let visit = visit();
    let status = use_context::<SetStatus>();
    Suspend::new(async move {
        let me = api::me().await;
        let data = match &me {
            Ok(_) => load.await,
            Err(problem) => Err(problem.clone()),
        };
        match data {
            Ok(data) => {
                let sheet = show(&visit, data);
                framed(&visit, me.as_ref().ok(), &place, sheet)
            }
            Err(problem) => in_the_way(&visit, status.as_ref(), me.as_ref().ok(), &place, &problem),
        }
    })
}

/// What stands in the way of a page: DingTalk has not said who this is, or a problem. The answer's status follows.
fn in_the_way(visit: &Visit, status: Option<&SetStatus>, me: Option<&Me>, place: &Place, problem: &Problem) -> AnyView {
    // arriving is the usual first step of a visit, not an error: some web views replace a 401 by a page of their own
    if problem.code == ProblemCode::NotSignedIn && !place.is_console() {
        return framed(visit, me, place, arrive::sheet(visit, place));
    }
    if let Some(status) = status {
        status.set(problem.code.status());
    }
    let problem = &console_entrance(visit, place, problem);
    let title = words::problem(visit.language);
    let sheet = Sheet {
        title: title.into(),
        layout: "narrow",
        top: heading(title.into()),
        main: problem_box(problem, visit.language, &visit.key).into_any(),
    };
    framed(visit, me, place, sheet)
}

/// The way into the console is a link from the server's command line, not DingTalk.
fn console_entrance(visit: &Visit, place: &Place, problem: &Problem) -> Problem {
    let mut problem = problem.clone();
    if problem.code == ProblemCode::NotSignedIn && place.is_console() {
        problem.message = words::console_enter(visit.language).into();
        problem.remedy = words::console_enter_more(visit.language).into();
    }
    problem
}

/// A parameter of the page's query, if it is there and not empty.
fn query(name: &str) -> Option<String> {
    use_query_map().with_untracked(|map| map.get(name)).filter(|value| !value.is_empty())
}

/// What a group's page is asked to show besides the group.
fn group_asked() -> GroupAsked {
    use_query_map().with_untracked(|map| {
        let pairs: Vec<(&str, String)> =
            GroupAsked::NAMES.iter().filter_map(|name| Some((*name, map.get(name)?))).collect();
        GroupAsked::from_pairs(pairs.iter().map(|(name, value)| (*name, value.as_str())))
    })
}

/// The list that the page's address means.
fn listing() -> Listing {
    use_query_map().with_untracked(|map| {
        let names = ["tab", "page", "severity", "progress", "channel", "q"];
        let pairs: Vec<(&str, String)> = names.iter().filter_map(|name| Some((*name, map.get(name)?))).collect();
        Listing::from_pairs(pairs.iter().map(|(name, value)| (*name, value.as_str())))
    })
}
