//! The one-click link: a dry run, its table, links for it, and the way back.

use super::{act, address};
use crate::moment::Clock;
use crate::parts::moment;
use crate::visit::Visit;
use contract::directory::Kind;
use contract::people::{LookView, PeopleList, PeoplePage, RowLine};
use contract::words::people as words;
use contract::{Language, paths};
use leptos::prelude::*;

/// How the look stands, with what can be done next.
pub fn card(visit: &Visit, list: &PeopleList, page: &PeoplePage, clock: &Clock) -> AnyView {
    let language = visit.language;
    let look = page.look.as_ref();
    let busy = look.is_some_and(|look| matches!(look.state.as_str(), "looking" | "applying" | "undoing"));
    let state = look.map(|look| {
        let when = moment(clock, look.updated_ms);
        view! { <p role="status" data-look=look.state.clone()>{standing(look, language)}" "<span class="age">{when}</span></p> }
    });
    let failure = look.filter(|look| !look.failure.is_empty());
    let failure = failure.map(|look| view! { <p class="hint" dir="auto">{look.failure.clone()}</p> });
    let groups = look.filter(|look| look.groups_all > 0);
    let groups = groups
        .map(|look| view! { <p class="hint">{words::groups_read(language, look.groups_read, look.groups_all)}</p> });
    let again = busy.then(|| view! { <a class="button" href=address(visit, list)>{words::reload(language)}</a> });
    let acts = (visit.may_change && !busy).then(|| acts(visit, list, page));
    let table = look.filter(|look| !matches!(look.state.as_str(), "looking" | "failed"));
    view! {
        <section class="card" data-one-click="">
            <h2>{words::one_click(language)}</h2>
            <p class="hint">{words::one_click_why(language)}" "{words::one_click_whom(language)}</p>
            {state}
            {failure}
            {groups}
            {table.map(|look| table_of(visit, list, look))}
            <div class="chips">{again}{acts}</div>
        </section>
    }
    .into_any()
}

fn standing(look: &LookView, language: Language) -> String {
    match look.state.as_str() {
        "looking" if look.step != "people" => words::reading(language).to_owned(),
        "looking" => words::looking(language, look.done, look.total),
        "shown" => words::shown(language).to_owned(),
        "applying" => words::applying(language, look.done, look.total),
        "applied" => {
            let moved_on = (look.moved_on > 0).then(|| words::moved_on(language, look.moved_on));
            [Some(words::applied(language, look.linked + look.kept)), moved_on]
                .into_iter()
                .flatten()
                .collect::<Vec<_>>()
                .join(" · ")
        }
        "undoing" => words::undoing(language, look.done, look.total),
        "undone" => {
            let kept = (look.kept > 0).then(|| words::kept(language, look.kept));
            [Some(words::undone(language, look.undone)), kept].into_iter().flatten().collect::<Vec<_>>().join(" · ")
        }
        _ => words::failed(language).to_owned(),
    }
}

fn acts(visit: &Visit, list: &PeopleList, page: &PeoplePage) -> AnyView {
    let language = visit.language;
    let run = |look: &LookView| vec![("run", look.run.clone()), ("back", list.search())];
    let look = page.look.as_ref();
    let appliable = look
        .filter(|look| look.state == "shown")
        .map(|look| (look, count(look, Kind::New) + count(look, Kind::Changed)));
    let apply = appliable.filter(|(_, n)| *n > 0).map(|(look, n)| {
        act(visit, paths::CONSOLE_PEOPLE_APPLY, run(look), "button primary", words::apply(language, n))
    });
    let to_undo = look.into_iter().chain(&page.applied).find(|look| look.state == "applied" && look.linked > 0);
    let undo = to_undo.map(|look| {
        view! {
            {act(visit, paths::CONSOLE_PEOPLE_UNDO, run(look), "button", words::undo(language).into())}
            <p class="hint">{words::undo_why(language)}</p>
        }
    });
    let word = if look.is_some() { words::dry_run_again(language) } else { words::dry_run(language) };
    let class = if apply.is_some() { "button" } else { "button primary" };
    let dry_run = act(visit, paths::CONSOLE_PEOPLE_LOOK, Vec::new(), class, word.into());
    view! { {apply}{dry_run}{undo} }.into_any()
}

fn count(look: &LookView, kind: Kind) -> i64 {
    look.counts.iter().find(|(one, _)| *one == kind).map_or(0, |(_, n)| *n)
}

fn table_of(visit: &Visit, list: &PeopleList, look: &LookView) -> AnyView {
    let language = visit.language;
    let tabs: Vec<_> = Kind::SHOWN
        .into_iter()
        .map(|kind| {
            let to = PeopleList { rows: Some(kind), about: None, ..list.clone() };
            let current = (list.rows.unwrap_or(Kind::New) == kind).then_some("true");
            view! { <a class="tab" href=address(visit, &to) aria-current=current data-kind=kind.name()>{words::kind(kind, language)}" "{count(look, kind)}</a> }
        })
        .collect();
    let rows: Vec<_> = look.rows.iter().map(|row| line(row, language)).collect();
    let cut = look.cut.then(|| view! { <p class="hint">{words::more_rows(language)}</p> });
    view! {
        <nav class="tabs sections" aria-label=words::one_click(language)>{tabs}</nav>
        <ul class="lines">{rows}</ul>
        {cut}
    }
    .into_any()
}

fn line(row: &RowLine, language: Language) -> AnyView {
    let employee = row.employee.clone().map(|name| view! { " → "<bdi>{name}</bdi> });
    let reason = words::reason(row.reason, language);
    view! { <li data-row=row.kind.name()><span><bdi>{row.member.clone()}</bdi>{employee}</span><span class="age">{reason}</span></li> }
        .into_any()
}
