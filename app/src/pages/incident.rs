//! One incident.

use super::{query, signed_in};
use crate::api;
use crate::parts::frame::{Sheet, viewing, way_back};
use crate::parts::panel::IncidentPanel;
use crate::place::Place;
use crate::viewing::Viewing;
use contract::incident::IncidentDetail;
use contract::words::page as words;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

/// `/i/{key}/incidents/{id}`; `?from=` is the list it was opened from.
#[component]
pub fn IncidentPage() -> impl IntoView {
    let id = use_params_map().with_untracked(|params| params.get("id")).unwrap_or_default();
    let from = query("from").and_then(|from| Place::parse(&from)).unwrap_or(Place::home());
    let place = Place::Incident { id: id.clone() };
    let load = async move { api::incident(&Viewing::default(), &id).await };
    signed_in(place.clone(), load, move |visit, detail: IncidentDetail| {
        let title = format!("#{} {}", detail.incident.num, detail.incident.title);
        Sheet {
            title,
            layout: "detail",
            top: way_back(from.address(&visit.key), words::back_to_list(visit.language)),
            main: view! { <IncidentPanel detail=detail viewing=viewing(visit, &place)/> }.into_any(),
        }
    })
}
