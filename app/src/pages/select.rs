//! A list to choose from: boxes in place of what comes alive, and the acts that can be done on all that are ticked. It
//! stands still, so that nothing moves under the finger, and works as a plain form.

use crate::parts::frame::empty;
use crate::parts::list::as_of;
use crate::parts::{marks, moment, title};
use crate::place::Place;
use crate::visit::Visit;
use contract::incident::{Action, IncidentList, IncidentView};
use contract::listing::Listing;
use contract::paths;
use contract::words::{card, list as words, page};
use leptos::prelude::*;

/// The list with its boxes, all ticked if `all`. `at` makes the place of a list.
pub fn select(visit: &Visit, list: IncidentList, shown: &Listing, all: bool, at: impl Fn(Listing) -> Place) -> AnyView {
    let language = visit.language;
    let here = at(shown.at(1));
    let choosing = |page: u32, how: &str| at(shown.at(page)).address_with(&visit.key, &[("select", how.to_owned())]);
    let tick = if all { ("yes", words::choose_none(language)) } else { ("all", words::choose_all(language)) };
    if list.items.is_empty() {
        let back = here.address(&visit.key);
        let none = empty(page::empty_page(language), "");
        return view! { {none} <a class="button wide" href=back>{page::back_to_list(language)}</a> }.into_any();
    }
    let step = |to: u32, word| view! { <a class="button" href=choosing(to, "yes")>{word}</a> };
    let paging = (list.page > 1 || list.has_next).then(|| {
        view! {
            <nav class="paging" aria-label=page::paging(language)>
                {(list.page > 1).then(|| step(list.page - 1, page::previous(language)))}
                <span>{page::page_number(language, list.page)}</span>
                {list.has_next.then(|| step(list.page + 1, page::next(language)))}
            </nav>
        }
    });
    let as_of = as_of(visit, list.as_of_ms, &here);
    let rows: Vec<_> = list.items.iter().map(|incident| row(visit, incident, all)).collect();
    let address = |action: Action| paths::fill(paths::BULK, &[&visit.key, action.name()]);
    view! {
        <p class="hint lead-more">{words::choose_why(language)}</p>
        <div class="list-tools">
            <a class="tool" href=choosing(list.page.max(1), tick.0) data-tick=tick.0>{tick.1}</a>
            <a class="tool" href=here.address(&visit.key)>{words::choose_end(language)}</a>
        </div>
        <form method="get" action=address(Action::Acknowledge)>
            <input type="hidden" name="back" value=here.text()/>
            <ul class="card choices-list">{rows}</ul>
            {paging}
            <p class="as-of">{as_of}</p>
            <div class="dock">
                <div class="bar">
                    <button class="button primary" type="submit" data-act="acknowledge">{card::acknowledge(language)}</button>
                    <button class="button" type="submit" formaction=address(Action::Close) data-act="close">
                        {card::close(language)}
                    </button>
                </div>
            </div>
        </form>
    }
    .into_any()
}

fn row(visit: &Visit, incident: &IncidentView, checked: bool) -> AnyView {
    let language = visit.language;
    let channel =
        if incident.channel.is_empty() { page::no_channel(language).into() } else { incident.channel.clone() };
    view! {
        <li>
            <label class=format!("pick {}", crate::parts::state_class(incident))>
                <input type="checkbox" name="id" value=incident.id.clone() checked=checked/>
                <span class="pick-body">
                    <span class="row-top">
                        {marks(incident, language)}
                        <span class="age">{moment(&visit.clock(), incident.started_ms)}</span>
                    </span>
                    <span class="row-title" dir="auto">{title(incident, language)}</span>
                    <bdi class="row-facts">{channel}</bdi>
                </span>
            </label>
        </li>
    }
    .into_any()
}
