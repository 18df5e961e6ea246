//! Application homepage on the phone: does something need me now?

use super::{page_number, query, signed_in};
use crate::api;
use crate::parts::frame::Sheet;
use crate::parts::list::{list, tabs};
use crate::place::{Place, tab_of};
use contract::words::page as words;
use leptos::prelude::*;

/// `/i/{key}?tab=&page=`
#[component]
pub fn Home() -> impl IntoView {
    let tab = tab_of(&query("tab").unwrap_or_default());
    let page = page_number();
    signed_in(Place::Home { tab, page }, api::incidents(tab, page), move |visit, data| {
        let href = |id: &str| Place::Incident { id: id.into() }.address(&visit.key);
        Sheet {
            title: words::incidents(visit.language).into(),
            layout: "narrow",
            top: tabs(visit, tab, |tab| Place::Home { tab, page: 1 }),
            main: list(visit, data, |page| Place::Home { tab, page }, href, None),
        }
    })
}
