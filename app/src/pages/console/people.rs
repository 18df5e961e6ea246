//! Who is linked, who is not, and finding them by the directory. Filter, search and page stand in the address.

mod look;

use super::section;
use crate::moment::Clock;
use crate::parts::frame::empty;
use crate::parts::moment;
use crate::place::Place;
use crate::visit::Visit;
use contract::console::Section;
use contract::people::{PeopleList, PeoplePage, PersonLine, QUERY_CHARS_MAX, Standing};
use contract::words::people as words;
use contract::{Language, paths};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

/// `/console/{key}/people`
#[component]
pub fn People() -> impl IntoView {
    let list = use_query_map().with_untracked(|map| {
        let names = ["state", "q", "page", "rows", "about"];
        let pairs: Vec<(&str, String)> = names.iter().filter_map(|name| Some((*name, map.get(name)?))).collect();
        PeopleList::from_pairs(pairs.iter().map(|(name, value)| (*name, value.as_str())))
    });
    let wanted = list.clone();
    section(
        Section::People,
        |door, key| async move { door.people(&key, &wanted).await },
        move |visit, page| show(visit, &list, &page),
    )
}

fn show(visit: &Visit, list: &PeopleList, page: &PeoplePage) -> AnyView {
    let clock = visit.clock();
    let language = clock.language;
    let about = page.about.as_ref().map(|one| about(visit, list, one));
    let lines: Vec<_> = page.people.iter().map(|one| line(visit, list, one, &clock)).collect();
    let people = match lines.is_empty() {
        true => empty(words::nobody(language), words::nobody_more(language)),
        false => view! { <section class="card"><ul class="lines">{lines}</ul></section> }.into_any(),
    };
    let export = |form: &str| format!("{}?form={form}", paths::fill(paths::CONSOLE_PEOPLE_EXPORT, &[&visit.key]));
    let read = page.read_ms.map(|at_ms| view! { {words::read(language)}" "{moment(&clock, at_ms)}" · " });
    view! {
        {about}
        {look::card(visit, list, page, &clock)}
        {reminder(visit, page)}
        {filter(visit, list, page)}
        {people}
        {paging(visit, list, page)}
        <p class="hint">{words::about_directory(language)}</p>
        <p class="as-of">
            {read}
            <a href=export("csv") download="">{words::export_csv(language)}</a>" · "
            <a href=export("lines") download="">{words::export_lines(language)}</a>
        </p>
    }
    .into_any()
}

/// The address of a list.
fn address(visit: &Visit, list: &PeopleList) -> String {
    format!("{}{}", Place::Administer { section: Section::People }.address(&visit.key), list.search())
}

/// A form of one button.
fn act(visit: &Visit, path: &str, fields: Vec<(&'static str, String)>, class: &'static str, word: String) -> AnyView {
    let fields: Vec<_> =
        fields.into_iter().map(|(name, value)| view! { <input type="hidden" name=name value=value/> }).collect();
    view! {
        <form method="post" action=paths::fill(path, &[&visit.key])>
            <input type="hidden" name="csrf" value=visit.csrf.clone()/>
            {fields}
            <button class=class type="submit">{word}</button>
        </form>
    }
    .into_any()
}

fn filter(visit: &Visit, list: &PeopleList, page: &PeoplePage) -> AnyView {
    let language = visit.language;
    let count = |standing| page.counts.iter().find(|(one, _)| *one == standing).map_or(0, |(_, n)| *n);
    let tab = |standing: Option<Standing>, word: &'static str, n: i64| {
        let to = PeopleList { standing, query: list.query.clone(), ..PeopleList::default() };
        let current = (list.standing == standing).then_some("page");
        view! { <a class="tab" href=address(visit, &to) aria-current=current>{word}" "{n}</a> }
    };
    let mut tabs = vec![tab(None, words::all(language), page.counts.iter().map(|(_, n)| n).sum())];
    tabs.extend(Standing::ALL.into_iter().map(|one| tab(Some(one), standing_word(one, language), count(one))));
    let action = address(visit, &PeopleList::default());
    let state = list.standing.map(|one| view! { <input type="hidden" name="state" value=one.name()/> });
    view! {
        <nav class="tabs sections" aria-label=words::filter(language)>{tabs}</nav>
        <form class="find" method="get" action=action role="search">
            {state}
            <input
                type="search"
                name="q"
                value=list.query.clone()
                maxlength=QUERY_CHARS_MAX.to_string()
                placeholder=words::search(language)
                aria-label=words::search(language)
            />
            <button class="button" type="submit">{words::find(language)}</button>
        </form>
    }
    .into_any()
}

/// What a standing is called.
pub fn standing_word(standing: Standing, language: Language) -> &'static str {
    match standing {
        Standing::Linked => words::linked(language),
        Standing::Directory => words::by_directory(language),
        Standing::Unlinked => words::unlinked(language),
        Standing::Broken => words::broken(language),
    }
}

fn line(visit: &Visit, list: &PeopleList, one: &PersonLine, clock: &Clock) -> AnyView {
    let language = clock.language;
    let on_call = one.on_call_ms.map(|at_ms| {
        let now = at_ms <= clock.now_ms;
        let when = (!now).then(|| moment(clock, at_ms));
        let word = if now { words::on_call_now(language) } else { words::on_call_from(language) };
        view! { <span class="chip">{word}" "{when}</span> }
    });
    let to = PeopleList { about: Some(one.member_id), ..list.clone() };
    let mark = match one.standing {
        Standing::Linked => view! { <span class="yes">"✓ "{words::linked(language)}</span> }.into_any(),
        standing => view! { <span class="no">{standing_word(standing, language)}</span> }.into_any(),
    };
    let linked_as = one.linked_as.clone().map(|(name, _)| view! { " · "<bdi>{name}</bdi> });
    let role = one.role.as_deref().map(|role| view! { " · "{words::role(role, language)} });
    let since = one.updated_ms.map(|at_ms| view! { " · "{moment(clock, at_ms)} });
    view! {
        <li data-member=one.member_id.to_string() data-state=one.standing.name()>
            <a class="member" href=address(visit, &to)><bdi>{one.name.clone()}</bdi></a>{on_call}
            <span class="age">{mark}{linked_as}{role}{since}</span>
        </li>
    }
    .into_any()
}

/// One person, and what can be done about them.
fn about(visit: &Visit, list: &PeopleList, one: &PersonLine) -> AnyView {
    let language = visit.language;
    let back = PeopleList { about: None, ..list.clone() };
    let member = || vec![("member_id", one.member_id.to_string()), ("back", list.search())];
    let unlink = one.linked_as.is_some().then(|| {
        view! {
            <p class="hint">{words::unlink_why(language)}</p>
            {act(visit, paths::CONSOLE_PEOPLE_UNLINK, member(), "button danger", words::unlink(language).into())}
        }
    });
    let grants = (one.standing == Standing::Linked).then(|| {
        let buttons: Vec<_> = ["administrator", "observer", ""]
            .into_iter()
            .filter(|role| one.role.as_deref().unwrap_or_default() != *role)
            .map(|role| {
                let mut fields = member();
                fields.push(("role", role.to_owned()));
                act(visit, paths::CONSOLE_PEOPLE_GRANT, fields, "button", words::give(role, language).into())
            })
            .collect();
        view! { <h3>{words::role_title(language)}</h3><p class="hint">{words::role_why(language)}</p><div class="chips">{buttons}</div> }
    });
    let acts = visit.may_change.then(|| view! { {grants}{unlink} });
    let role = one.role.as_deref().map(|role| view! { <p>{words::role(role, language)}</p> });
    view! {
        <section class="card" data-about=one.member_id.to_string()>
            <h2><bdi>{one.name.clone()}</bdi></h2>
            <p>{standing_word(one.standing, language)}{one.linked_as.clone().map(|(name, _)| view! { " · "<bdi>{name}</bdi> })}</p>
            {role}
            {acts}
            <p><a class="button" href=address(visit, &back)>{words::cancel(language)}</a></p>
        </section>
    }
    .into_any()
}

/// Asks people who are known in DingTalk to sign in to Flashduty once.
fn reminder(visit: &Visit, page: &PeoplePage) -> Option<AnyView> {
    let language = visit.language;
    (page.to_remind > 0 && visit.may_change).then(|| {
        view! {
            <section class="card">
                <h2>{words::remind_title(language)}</h2>
                <p class="hint">{words::remind_why(language)}</p>
                {act(visit, paths::CONSOLE_PEOPLE_REMIND, Vec::new(), "button", words::remind(language, page.to_remind))}
            </section>
        }
        .into_any()
    })
}

fn paging(visit: &Visit, list: &PeopleList, page: &PeoplePage) -> Option<AnyView> {
    let language = visit.language;
    let number = list.number();
    let to = |number| address(visit, &PeopleList { page: number, about: None, ..list.clone() });
    (number > 1 || page.has_next).then(|| {
        let previous =
            (number > 1).then(|| view! { <a class="button" href=to(number - 1)>{words::previous(language)}</a> });
        let next = page.has_next.then(|| view! { <a class="button" href=to(number + 1)>{words::next(language)}</a> });
        view! { <nav class="paging" aria-label=words::filter(language)>{previous}<span>{number}</span>{next}</nav> }
            .into_any()
    })
}
