//! One incident.

use super::{query, signed_in};
use crate::api;
use crate::parts::detail::detail;
use crate::parts::frame::{Sheet, live, way_back};
use crate::place::Place;
use contract::choice::IncidentMore;
use contract::incident::IncidentDetail;
use contract::words::page as words;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

/// `/i/{key}/incidents/{id}`; `?from=` is the list it was opened from, `?alerts=` the page of alerts.
#[component]
pub fn IncidentPage() -> impl IntoView {
    let id = use_params_map().with_untracked(|params| params.get("id")).unwrap_or_default();
    let from = query("from").and_then(|from| Place::parse(&from)).unwrap_or(Place::home());
    let place = Place::Incident { id: id.clone() };
    let alerts = query("alerts").and_then(|page| page.parse().ok()).unwrap_or(1);
    let load = async move { api::incident_page(&id, alerts).await };
    signed_in(place.clone(), load, move |visit, shown: (IncidentDetail, IncidentMore)| {
        let title = format!("#{} {}", shown.0.incident.num, shown.0.incident.title);
        Sheet {
            title,
            layout: "detail",
            top: way_back(from.address(&visit.key), words::back_to_list(visit.language)),
            main: live(visit, &place, String::new(), None, detail(visit, &place, shown)),
        }
    })
}
