//! Application homepage on the phone: does something need me now?

use super::{listing, signed_in};
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
use leptos::either::Either;
use leptos::prelude::*;

/// `/i/{key}?tab=&page=` and the list's filters
#[component]
pub fn Home() -> impl IntoView {
    let shown = listing();
    let place = Place::Home { list: shown.clone() };
    let wanted = shown.clone();
    signed_in(place.clone(), async move { load(&wanted).await }, move |visit, data| {
        let href = |id: &str| Place::Incident { id: id.into() }.address(&visit.key);
        let at = |list: Listing| Place::Home { list };
        Sheet {
            title: words::incidents(visit.language).into(),
            layout: "narrow",
            top: tabs(visit, shown.tab, at),
            main: match data {
                Either::Left(data) => list(visit, data, &shown, at, href, None),
                Either::Right(data) => on_call(visit, data, &place),
            },
        }
    })
}

/// What a homepage's tab shows.
pub async fn load(list: &Listing) -> Result<Either<IncidentList, OnCallPage>, Problem> {
    match list.tab {
        Tab::OnCall => api::on_call().await.map(Either::Right),
        Tab::Mine | Tab::Open => api::incidents(list).await.map(Either::Left),
    }
}
