//! Application homepage on the phone: does something need me now?

use super::select::select;
use super::{listing, query, signed_in};
use crate::api;
use crate::parts::frame::Sheet;
use crate::parts::list::{list, tabs};
use crate::parts::on_call::on_call;
use crate::place::Place;
use contract::Problem;
use contract::incident::{IncidentList, Tab};
use contract::listing::Listing;
use contract::on_call::OnCallPage;
use contract::words::page as words;
use leptos::prelude::*;

/// `/i/{key}?tab=&page=&select=` and the list's filters
#[component]
pub fn Home() -> impl IntoView {
    let shown = listing();
    let place = Place::Home { list: shown.clone() };
    let (wanted, ticked) = (shown.clone(), ticked());
    signed_in(place.clone(), async move { load(&wanted, ticked).await }, move |visit, data| {
        let href = |id: &str| Place::Incident { id: id.into() }.address(&visit.key);
        let at = |list: Listing| Place::Home { list };
        Sheet {
            title: words::incidents(visit.language).into(),
            layout: "narrow",
            top: tabs(visit, shown.tab, at),
            main: match data {
                Tabbed::List(data) => list(visit, data, &shown, at, href, None),
                Tabbed::Choose(data, all) => select(visit, data, &shown, all, at),
                Tabbed::OnCall(data) => on_call(visit, data, &place),
            },
        }
    })
}

/// What a homepage's tab shows.
pub enum Tabbed {
    List(IncidentList),
    /// To choose from; everything is ticked at first, or nothing.
    Choose(IncidentList, bool),
    OnCall(OnCallPage),
}

/// Whether the list is one to choose from: `?select=all` with everything ticked, `?select=yes` with nothing.
pub fn ticked() -> Option<bool> {
    query("select").and_then(|how| match how.as_str() {
        "all" => Some(true),
        "yes" => Some(false),
        _ => None,
    })
}

/// Reads what a homepage's tab shows.
///
/// # Errors
/// As [`api::incidents`].
pub async fn load(list: &Listing, ticked: Option<bool>) -> Result<Tabbed, Problem> {
    match (list.tab, ticked) {
        (Tab::OnCall, _) => api::on_call().await.map(Tabbed::OnCall),
        (Tab::Mine | Tab::Open, Some(all)) => api::selection(list).await.map(|list| Tabbed::Choose(list, all)),
        (Tab::Mine | Tab::Open, None) => api::incidents(list).await.map(Tabbed::List),
    }
}
