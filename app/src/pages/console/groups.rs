//! The groups of an integration: found by name and state, each with how it does.

use super::section;
use crate::moment::Clock;
use crate::parts::frame::empty;
use crate::parts::moment;
use crate::place::{Place, with_query};
use crate::visit::Visit;
use contract::Language;
use contract::chat::ChatState;
use contract::console::Section;
use contract::group::{GroupFilter, GroupLine, GroupsPage, GroupsWanted};
use contract::words::{group as words, page};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

/// `/console/{key}/groups`
#[component]
pub fn Groups() -> impl IntoView {
    let wanted = wanted();
    let asked = wanted.clone();
    section(
        Section::Groups,
        |door, key| async move { door.groups(&key, &asked).await },
        move |visit, shown| show(visit, &wanted, &shown),
    )
}

/// Whether the app is in a group, in words.
pub fn state_words(state: ChatState, language: Language) -> &'static str {
    match state {
        ChatState::Installed => page::chat_installed(language),
        ChatState::Uninstalled => page::chat_uninstalled(language),
        ChatState::Disbanded => page::chat_disbanded(language),
    }
}

fn wanted() -> GroupsWanted {
    use_query_map().with_untracked(|map| {
        let pairs = GroupsWanted::NAMES.map(|name| (name, map.get(name).unwrap_or_default()));
        GroupsWanted::from_pairs(pairs.iter().map(|(name, value)| (*name, value.as_str())))
    })
}

fn show(visit: &Visit, wanted: &GroupsWanted, shown: &GroupsPage) -> AnyView {
    let clock = visit.clock();
    let language = clock.language;
    let lines: Vec<_> = shown.items.iter().map(|one| line(visit, one, &clock)).collect();
    let is_asked = wanted != &GroupsWanted::default();
    let list = match (lines.is_empty(), is_asked) {
        (false, _) => view! { <section class="card"><ul class="lines">{lines}</ul></section> }.into_any(),
        (true, true) => empty(words::none_fits(language), words::none_fits_more(language)),
        (true, false) => empty(words::empty(language), words::empty_more(language)),
    };
    view! { {search(visit, wanted, shown)} {list} {paging(visit, wanted, shown)} }.into_any()
}

fn search(visit: &Visit, wanted: &GroupsWanted, shown: &GroupsPage) -> AnyView {
    let language = visit.language;
    let filters: Vec<_> = shown
        .counts
        .iter()
        .filter(|(filter, n)| *n > 0 || *filter == wanted.filter || *filter == GroupFilter::All)
        .map(|(filter, n)| {
            let current = (*filter == wanted.filter).then_some("page");
            let to = GroupsWanted { filter: *filter, after: None, ..wanted.clone() };
            let label = format!("{} {n}", filter_words(*filter, language));
            view! { <a class="tab" href=address(visit, &to) aria-current=current>{label}</a> }
        })
        .collect();
    let state = (wanted.filter != GroupFilter::All)
        .then(|| view! { <input type="hidden" name="state" value=wanted.filter.name()/> });
    view! {
        <form class="find" method="get" action=address(visit, &GroupsWanted::default()) role="search">
            {state}
            <input type="search" name="q" value=wanted.query.clone() maxlength="100" aria-label=words::search(language)
                placeholder=words::search(language)/>
            <button class="button" type="submit">{words::search_button(language)}</button>
        </form>
        <nav class="tabs" aria-label=words::state(language)>{filters}</nav>
    }
    .into_any()
}

fn line(visit: &Visit, one: &GroupLine, clock: &Clock) -> AnyView {
    let language = clock.language;
    let is_dead = one.state != ChatState::Installed && one.subscriptions > 0;
    let subscriptions = match is_dead {
        true => view! { <span class="no">{page::console_chat_dead(language, one.subscriptions)}</span> }.into_any(),
        false => page::console_chat_subscriptions(language, one.subscriptions).into_any(),
    };
    let at =
        |label: &'static str, at_ms: Option<i64>| at_ms.map(|at_ms| view! { " · "{label}" "{moment(clock, at_ms)} });
    let refused = one.refused.clone().map(|(cause, cure)| {
        view! { <p class="hint"><span class="no">{cause}</span>" "{cure}</p> }
    });
    let address = Place::Group { id: one.id.clone() }.address(&visit.key);
    view! {
        <li data-group=one.id.clone()>
            <a class="group-name" href=address><bdi>{one.title.clone()}</bdi></a>
            <p class="age">
                {state_words(one.state, language)}" · "{subscriptions}
                {at(words::last_event(language), one.event_ms)}
                {at(words::last_delivered(language), one.delivered_ms)}
            </p>
            {refused}
        </li>
    }
    .into_any()
}

fn paging(visit: &Visit, wanted: &GroupsWanted, shown: &GroupsPage) -> Option<AnyView> {
    let language = visit.language;
    let first = wanted.after.is_some().then(|| {
        let to = GroupsWanted { after: None, ..wanted.clone() };
        view! { <a class="button" href=address(visit, &to)>{words::first_page(language)}</a> }
    });
    let next = shown.next.clone().map(|next| {
        let to = GroupsWanted { after: Some(next), ..wanted.clone() };
        view! { <a class="button" href=address(visit, &to) rel="next">{words::more_groups(language)}</a> }
    });
    (first.is_some() || next.is_some())
        .then(|| view! { <nav class="paging" aria-label=page::paging(language)>{first}{next}</nav> }.into_any())
}

fn address(visit: &Visit, wanted: &GroupsWanted) -> String {
    with_query(Place::Administer { section: Section::Groups }.address(&visit.key), &wanted.pairs())
}

fn filter_words(filter: GroupFilter, language: Language) -> &'static str {
    match (filter, filter.state()) {
        (_, Some(state)) => state_words(state, language),
        (GroupFilter::Dead, _) => words::filter_dead(language),
        _ => words::filter_all(language),
    }
}
