//! Which level to wake, and whom that means.

use super::{address, hidden};
use crate::moment::Clock;
use crate::visit::Visit;
use contract::choice::{Called, LevelChoice, LevelsChoice};
use contract::incident::Action;
use contract::words::{incident as words, page};
use leptos::prelude::*;

/// The levels of the rule. Those it has passed have no button.
pub fn levels(visit: &Visit, choice: LevelsChoice) -> AnyView {
    let language = visit.language;
    let clock = Clock { now_ms: choice.as_of_ms, ..visit.clock() };
    let current = choice.levels.iter().find(|level| level.current).map_or(0, |level| level.number);
    let last = choice.levels.iter().all(|level| level.number <= current);
    let cards: Vec<_> = choice.levels.iter().map(|level| card(visit, &choice, level, current, &clock)).collect();
    view! {
        <p class="hint lead-more">
            <bdi>{choice.rule_name.clone()}</bdi>" · "{words::escalate_why(language)}
        </p>
        {last.then(|| view! { <p class="warning" role="status">{words::level_last(language)}</p> })}
        {cards}
    }
    .into_any()
}

fn card(visit: &Visit, choice: &LevelsChoice, level: &LevelChoice, current: u32, clock: &Clock) -> AnyView {
    let language = clock.language;
    let mark = match (level.current, level.next) {
        (true, _) => Some(words::level_current(language)),
        (_, true) => Some(words::level_next(language)),
        _ => None,
    };
    let mark = mark.map(|word| view! { " " <span class="mark">{word}</span> });
    let people: Vec<_> = level.people.iter().map(|one| called(one, clock)).collect();
    let wakes = match people.len() {
        0 => words::level_nobody(language).to_owned(),
        count => words::level_wakes(language, count),
    };
    let others = (!level.others.is_empty()).then(|| {
        // A group of a messenger's app has no name here, only the app's.
        let name = |one: &String| match one.strip_suffix("_app") {
            Some(messenger) => words::level_group(language, messenger),
            None => one.clone(),
        };
        let names = level.others.iter().map(name).collect::<Vec<_>>().join(page::joiner(language));
        view! { <p class="hint" dir="auto">{words::level_others(language, names)}</p> }
    });
    // Escalating upwards wakes nobody anew for what has been passed already.
    let form = (level.number > current).then(|| {
        let class = if level.next { "button primary wide" } else { "button wide" };
        view! {
            <form class="act" method="post" action=address(visit, &choice.incident.id, Action::Escalate)>
                {hidden(visit, &choice.incident.id)}
                <input type="hidden" name="rule_id" value=choice.rule_id.clone()/>
                <input type="hidden" name="level" value=level.number.to_string()/>
                <button class=class type="submit" data-act="escalate">{words::escalate_do(language, level.number)}</button>
            </form>
        }
    });
    view! {
        <section class="card level-card" class:current=level.current>
            <h2>{words::level_of(language, level.number)}{mark}</h2>
            <p class="hint">{wakes}</p>
            <ul class="people">{people}</ul>
            {others}
            {form}
        </section>
    }
    .into_any()
}

fn called(one: &Called, clock: &Clock) -> AnyView {
    let language = clock.language;
    let there = Clock { zone_offset_minutes: one.zone_offset_minutes, ..*clock };
    let by = one.by.as_ref().map(|source| view! { <span class="mark">{words::level_by(language, source)}</span> });
    let linked = if one.linked { words::linked(language) } else { words::not_linked(language) };
    view! {
        <li class=if one.linked { "acknowledged" } else { "waiting" }>
            <bdi class="who">{one.name.clone()}</bdi>
            {by}
            <span class="age">{words::local_time(language, there.short(clock.now_ms))}</span>
            <span class="why"><span class=if one.linked { "yes" } else { "no" }>{linked}</span></span>
        </li>
    }
    .into_any()
}
