//! Whom to give an incident to.

use super::{address, hidden};
use crate::moment::Clock;
use crate::parts::frame::empty;
use crate::place::Place;
use crate::visit::Visit;
use contract::choice::{PeopleChoice, PersonChoice};
use contract::incident::{Action, Progress};
use contract::words::{incident as words, page};
use leptos::prelude::*;

/// The people, the best first, with a search by name before them.
pub fn people(visit: &Visit, action: Action, choice: PeopleChoice) -> AnyView {
    let language = visit.language;
    let id = &choice.incident.id;
    let (why, button) = match action {
        Action::AddResponder => (words::add_why(language), words::add_do(language)),
        _ => (words::reassign_why(language), words::reassign_do(language)),
    };
    let falls_back = action == Action::Reassign && choice.incident.progress == Progress::Processing;
    let none = choice.people.is_empty().then(|| match choice.query.is_empty() {
        true => empty(words::people_none(language), ""),
        false => view! { <p class="hint">{words::found_none(language, &choice.query)}</p> }.into_any(),
    });
    let any = none.is_none();
    let clock = Clock { now_ms: choice.as_of_ms, ..visit.clock() };
    let lines: Vec<_> = choice.people.iter().map(|one| line(visit, action, one, &clock)).collect();
    view! {
        <p class="hint lead-more">{why}{falls_back.then(|| view! { <br/>{words::reassign_falls_back(language)} })}</p>
        {search(visit, action, &choice)}
        <form class="act" method="post" action=address(visit, id, action)>
            {hidden(visit, id)}
            <ul class="card choices-list">{lines}</ul>
            {none}
            {choice.cut.then(|| view! { <p class="hint lead-more">{words::people_cut(language)}</p> })}
            {any.then(|| view! {
                <div class="dock">
                    <div class="bar">
                        <button class="button primary wide" type="submit" data-act=action.name()>{button}</button>
                    </div>
                </div>
            })}
        </form>
    }
    .into_any()
}

fn search(visit: &Visit, action: Action, choice: &PeopleChoice) -> AnyView {
    let language = visit.language;
    let page = Place::Ask { id: choice.incident.id.clone(), action }.address(&visit.key);
    let all = (!choice.query.is_empty()).then(|| {
        view! { <a class="button quiet" href=page.clone()>{words::search_all(language)}</a> }
    });
    view! {
        <form class="search" method="get" action=page role="search">
            <label class="field">
                <span>{words::search_name(language)}</span>
                <input type="search" name="query" value=choice.query.clone() maxlength="60" enterkeyhint="search"/>
            </label>
            <button class="button" type="submit">{words::search(language)}</button>
            {all}
        </form>
    }
    .into_any()
}

/// One of them with a box to tick; what makes them the right ones stands beside their name.
pub fn line(visit: &Visit, action: Action, one: &PersonChoice, clock: &Clock) -> AnyView {
    let language = clock.language;
    // Whoever has it cannot be added; they can be among those it is given to anew.
    let fixed = action == Action::AddResponder && one.responder;
    let refused = visit.refused.as_ref().filter(|refused| refused.action == action);
    let typed = visit.typed_many.get("people").is_some_and(|people| people.contains(&one.member_id.to_string()));
    let chosen = typed || refused.is_some_and(|refused| refused.request.people.contains(&one.member_id));
    let on_call = (!one.on_call.is_empty()).then(|| {
        let schedules = one.on_call.join(page::joiner(language));
        view! { <span class="mark on-call">{words::on_call_now(language, schedules)}</span> }
    });
    let team = one.team.as_ref().map(|team| view! { <span class="mark">{words::same_team(language, team)}</span> });
    let handled = (one.handled > 0).then(|| {
        view! { <span class="mark">{words::handled(language, one.handled)}</span> }
    });
    let has_it = one.responder.then(|| view! { <span class="mark">{words::is_responder(language)}</span> });
    let there = Clock { zone_offset_minutes: one.zone_offset_minutes, ..*clock };
    let linked = if one.linked { words::linked(language) } else { words::not_linked(language) };
    view! {
        <li>
            <label class="pick">
                <input type="checkbox" name="people" value=one.member_id.to_string() checked=chosen disabled=fixed/>
                <span class="pick-body">
                    <span class="pick-name">
                        <bdi class="who">{one.name.clone()}</bdi>
                        {one.me.then(|| view! { <span class="me">{page::you(language)}</span> })}
                        <span class="age">{words::local_time(language, there.short(clock.now_ms))}</span>
                    </span>
                    <span class="marks">{on_call}{team}{handled}{has_it}</span>
                    <span class=if one.linked { "link-mark yes" } else { "link-mark no" }>{linked}</span>
                </span>
            </label>
        </li>
    }
    .into_any()
}
