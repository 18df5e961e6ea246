//! PC homepage: the list and the chosen incident side by side; one column in the side bar.

use super::home::{Tabbed, load, ticked};
use super::select::select;
use super::{listing, query, signed_in};
use crate::api;
use crate::parts::detail::detail;
use crate::parts::frame::{Sheet, empty, way_back};
use crate::parts::keys::keys;
use crate::parts::list::{list, tabs};
use crate::parts::on_call::on_call;
use crate::parts::problem_box;
use crate::place::Place;
use crate::visit::Visit;
use contract::Problem;
use contract::choice::IncidentMore;
use contract::incident::{IncidentDetail, Tab};
use contract::listing::Listing;
use contract::words::page as words;
use leptos::prelude::*;

/// `/i/{key}/pc?tab=&page=&id=` and the list's filters
#[component]
pub fn PcHome() -> impl IntoView {
    let shown = listing();
    // who is on call stands alone
    let chosen = query("id").filter(|_| shown.tab != Tab::OnCall);
    let place = Place::Pc { list: shown.clone(), id: chosen.clone() };
    let (wanted, id, ticked) = (shown.clone(), chosen.clone(), ticked());
    let alerts = query("alerts").and_then(|page| page.parse().ok()).unwrap_or(1);
    let load = async move {
        let list = load(&wanted, ticked).await?;
        // an incident that cannot be read does not take the list away
        let detail = match id {
            Some(id) => Some(api::incident_page(&id, alerts).await),
            None => None,
        };
        Ok((list, detail))
    };
    signed_in(place.clone(), load, move |visit, (data, detail)| {
        let title = words::incidents(visit.language).into();
        let top = tabs(visit, shown.tab, |list| Place::Pc { list, id: None });
        let data = match data {
            Tabbed::List(data) => data,
            Tabbed::OnCall(data) => {
                return Sheet { title, layout: "narrow", top, main: on_call(visit, data, &place) };
            }
            Tabbed::Choose(data, all) => {
                let main = select(visit, data, &shown, all, |list| Place::Pc { list, id: None });
                return Sheet { title, layout: "narrow", top, main };
            }
        };
        let href = |id: &str| Place::Pc { list: shown.clone(), id: Some(id.into()) }.address(&visit.key);
        let at = |list: Listing| Place::Pc { list, id: chosen.clone() };
        let list_place = Place::Pc { list: shown.clone(), id: None };
        let layout = if chosen.is_some() { "split has-chosen" } else { "split" };
        let main = view! {
            <div class="split-list">{list(visit, data, &shown, at, href, chosen.as_deref())} {keys(visit.language)}</div>
            <div class="split-detail" data-live="">{detail_of(visit, detail, &place, &list_place)}</div>
        };
        Sheet { title, layout, top, main: main.into_any() }
    })
}

fn detail_of(
    visit: &Visit,
    shown: Option<Result<(IncidentDetail, IncidentMore), Problem>>,
    place: &Place,
    list_place: &Place,
) -> AnyView {
    let language = visit.language;
    let Some(shown) = shown else {
        return empty(words::choose_one(language), words::choose_one_more(language));
    };
    let shown = match shown {
        Ok(shown) => detail(visit, place, shown),
        Err(problem) => problem_box(&problem, language, &visit.key).into_any(),
    };
    view! { {way_back(list_place.address(&visit.key), words::back_to_list(language))} {shown} }.into_any()
}
