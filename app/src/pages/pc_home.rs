//! PC homepage: the list and the chosen incident side by side; one column in the side bar.

use super::{page_number, query, signed_in};
use crate::api;
use crate::parts::detail::detail;
use crate::parts::frame::{Sheet, empty, way_back};
use crate::parts::list::{list, tabs};
use crate::parts::problem_box;
use crate::place::{Place, tab_of};
use crate::visit::Visit;
use contract::Problem;
use contract::choice::IncidentMore;
use contract::incident::IncidentDetail;
use contract::words::page as words;
use leptos::prelude::*;

/// `/i/{key}/pc?tab=&page=&id=`
#[component]
pub fn PcHome() -> impl IntoView {
    let tab = tab_of(&query("tab").unwrap_or_default());
    let page = page_number();
    let chosen = query("id");
    let place = Place::Pc { tab, page, id: chosen.clone() };
    let id = chosen.clone();
    let alerts = query("alerts").and_then(|page| page.parse().ok()).unwrap_or(1);
    let load = async move {
        let list = api::incidents(tab, page).await?;
        // an incident that cannot be read does not take the list away
        let detail = match id {
            Some(id) => Some(api::incident_page(&id, alerts).await),
            None => None,
        };
        Ok((list, detail))
    };
    signed_in(place.clone(), load, move |visit, (data, detail)| {
        let href = |id: &str| Place::Pc { tab, page, id: Some(id.into()) }.address(&visit.key);
        let list_place = Place::Pc { tab, page, id: None };
        let layout = if chosen.is_some() { "split has-chosen" } else { "split" };
        let main = view! {
            <div class="split-list">
                {list(visit, data, |page| Place::Pc { tab, page, id: chosen.clone() }, href, chosen.as_deref())}
            </div>
            <div class="split-detail" data-live="">{detail_of(visit, detail, &place, &list_place)}</div>
        };
        Sheet {
            title: words::incidents(visit.language).into(),
            layout,
            top: tabs(visit, tab, |tab| Place::Pc { tab, page: 1, id: None }),
            main: main.into_any(),
        }
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
