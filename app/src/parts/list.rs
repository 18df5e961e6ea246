//! A list of incidents with its tabs, its age and its pages: all of it in the address, so that every state of it can
//! be opened, sent and gone back to.

use super::filter::filter;
use super::frame::{live, viewing};
use super::live::ID;
use super::row::incident_row;
use crate::place::Place;
use crate::visit::Visit;
use contract::incident::{IncidentList, IncidentView, Tab};
use contract::listing::Listing;
use contract::words::{form, list as more, page as words};
use leptos::prelude::*;

/// The tabs; `at` makes the place of a tab.
pub fn tabs(visit: &Visit, chosen: Tab, at: impl Fn(Listing) -> Place) -> AnyView {
    let language = visit.language;
    let all = [
        (Tab::Mine, words::tab_mine(language)),
        (Tab::Open, words::tab_open(language)),
        (Tab::OnCall, more::tab_on_call(language)),
    ];
    let links: Vec<_> = all
        .into_iter()
        .map(|(tab, word)| {
            let current = (tab == chosen).then_some("page");
            view! { <a class="tab" href=at(Listing::of(tab)).address(&visit.key) aria-current=current>{word}</a> }
        })
        .collect();
    view! {
        <h1 class="unseen">{words::incidents(language)}</h1>
        <nav class="tabs" aria-label=words::tabs(language)>{links}</nav>
    }
    .into_any()
}

/// The rows. `back` is where acts return to, `href` a row's page, `chosen` the row whose detail stands beside.
pub fn rows(
    visit: &Visit,
    incidents: Vec<IncidentView>,
    back: &Place,
    href: impl Fn(&str) -> String,
    chosen: Option<&str>,
) -> AnyView {
    let viewing = viewing(visit, back);
    let rows: Vec<_> = incidents
        .into_iter()
        .map(|incident| {
            let chosen = chosen == Some(incident.id.as_str());
            let href = href(&incident.id);
            view! { <li>{incident_row(incident, viewing.clone(), href, chosen)}</li> }
        })
        .collect();
    view! { <ul class="rows">{rows}</ul> }.into_any()
}

/// A whole list with its filter and what stands below it. `at` makes the place of a list.
pub fn list(
    visit: &Visit,
    list: IncidentList,
    shown: &Listing,
    at: impl Fn(Listing) -> Place,
    href: impl Fn(&str) -> String,
    chosen: Option<&str>,
) -> AnyView {
    let language = visit.language;
    let (page, has_next, total, as_of_ms) = (list.page.max(1), list.has_next, list.total, list.as_of_ms);
    let here = at(shown.at(page));
    let filter = filter(visit, shown, &list.channels, &at);
    let tools = tools(visit, &here, shown, !list.items.is_empty());
    let stale = list.stale.then(|| {
        let at = viewing(visit, &here).clock().short(as_of_ms);
        view! { <p class="warning" role="status" data-stale="">{more::stale(language, at)}</p> }
    });
    let none = match (list.items.is_empty(), page, list.tab) {
        (false, ..) => None,
        _ if page == 1 && shown.is_filtered() => Some((more::none_fits(language), more::none_fits_more(language))),
        (true, 2.., _) => Some((words::empty_page(language), "")),
        (true, _, Tab::Mine) => Some((words::empty_mine(language), words::empty_mine_more(language))),
        (true, _, Tab::Open | Tab::OnCall) => Some((words::empty_open(language), words::empty_open_more(language))),
    };
    let row = href(ID);
    let body = live(visit, &here, row, none, rows(visit, list.items, &here, href, chosen));
    let step = |to: u32, word| view! { <a class="button" href=at(shown.at(to)).address(&visit.key)>{word}</a> };
    let paging = (page > 1 || has_next).then(|| {
        view! {
            <nav class="paging" aria-label=words::paging(language)>
                {(page > 1).then(|| step(page - 1, words::previous(language)))}
                <span>{words::page_number(language, page)}</span>
                {has_next.then(|| step(page + 1, words::next(language)))}
            </nav>
        }
    });
    let total = (total > 0).then(|| view! { <span>{words::total(language, total)}</span> });
    view! { <div class="list-tools">{filter} {tools}</div> {stale} {body} {paging} <p class="as-of">{total}{as_of(visit, as_of_ms, &here)}</p> }.into_any()
}

/// What can be done from a list besides opening one of it.
fn tools(visit: &Visit, here: &Place, shown: &Listing, any: bool) -> AnyView {
    let language = visit.language;
    let choose = here.address_with(&visit.key, &[("select", "yes".into())]);
    let choose = any.then(|| view! { <a class="tool" href=choose data-choose="">{more::choose(language)}</a> });
    let create = Place::Create { pc: matches!(here, Place::Pc { .. }) };
    let channel = shown.channel.map(|id| ("channel", id.to_string()));
    let create = create.address_with(&visit.key, channel.as_slice());
    view! {
        {choose}
        <a class="tool" href=create data-create="">{form::create(language)}</a>
    }
    .into_any()
}

/// How old the data is, with a way to read it again.
pub fn as_of(visit: &Visit, as_of_ms: i64, here: &Place) -> AnyView {
    let language = visit.language;
    let clock = viewing(visit, here).clock();
    view! {
        <span>{words::as_of(language, clock.short(as_of_ms))}</span>
        <a href=here.address(&visit.key)>{words::refresh(language)}</a>
    }
    .into_any()
}
