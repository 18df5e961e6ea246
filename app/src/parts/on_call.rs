//! Who is on call.

use super::frame::{empty, viewing};
use super::list::as_of;
use crate::moment::Clock;
use crate::place::Place;
use crate::visit::Visit;
use contract::Language;
use contract::on_call::{OnCallPage, ScheduleView, Shift, Turn};
use contract::words::{list as words, page};
use leptos::prelude::*;

const MINUTE_MS: i64 = 60_000;

/// The viewer's shifts, then who is on call now and next.
pub fn on_call(visit: &Visit, shown: OnCallPage, here: &Place) -> AnyView {
    let language = visit.language;
    let clock = viewing(visit, here).clock();
    let shifts: Vec<_> = shown.shifts.iter().map(|one| shift(one, &clock)).collect();
    let none = shifts.is_empty().then(|| view! { <p class="hint">{words::no_shifts(language)}</p> });
    let (own, others): (Vec<_>, Vec<_>) = shown.schedules.iter().partition(|one| one.own);
    let heading = (!own.is_empty() && !others.is_empty()).then(|| {
        view! { <h2 class="group-title">{words::others(language)}</h2> }
    });
    let no_schedules =
        shown.schedules.is_empty().then(|| empty(words::no_schedules(language), words::no_schedules_more(language)));
    let cut = shown.cut.then(|| view! { <p class="hint">{words::schedules_cut(language)}</p> });
    let cards = |all: Vec<&ScheduleView>| all.into_iter().map(|one| schedule(one, &clock)).collect::<Vec<_>>();
    view! {
        <section class="card">
            <h2>{words::my_shifts(language)}</h2>
            <ul class="lines shifts">{shifts}</ul>
            {none}
        </section>
        {cards(own)}
        {heading}
        {cards(others)}
        {no_schedules}
        {cut}
        <p class="as-of">{as_of(visit, shown.as_of_ms, here)}</p>
    }
    .into_any()
}

/// Who is on call now and next, a card a schedule.
pub fn schedules(all: &[ScheduleView], clock: &Clock) -> Vec<AnyView> {
    all.iter().map(|one| schedule(one, clock)).collect()
}

fn shift(shift: &Shift, clock: &Clock) -> AnyView {
    let language = clock.language;
    let is_on = shift.start_ms <= clock.now_ms;
    let when = if is_on {
        words::until(language, clock.short(shift.end_ms))
    } else {
        words::from_to(language, clock.short(shift.start_ms), clock.short(shift.end_ms))
    };
    let distance = if is_on {
        words::left(language, span(language, shift.end_ms - clock.now_ms))
    } else {
        words::starts_in(language, span(language, shift.start_ms - clock.now_ms))
    };
    let mark = is_on.then(|| view! { <span class="me">{words::on_now(language)}</span> });
    view! {
        <li>
            <bdi class="who">{shift.schedule.clone()}</bdi>
            {mark}
            <span class="age">{when}" · "{distance}</span>
        </li>
    }
    .into_any()
}

fn schedule(schedule: &ScheduleView, clock: &Clock) -> AnyView {
    let language = clock.language;
    let turns = [(words::now(language), &schedule.now, true), (words::next(language), &schedule.next, false)];
    let lines: Vec<_> = turns.into_iter().map(|(word, one, is_now)| turn(word, one.as_ref(), is_now, clock)).collect();
    view! {
        <section class="card on-call">
            <h2 dir="auto">{schedule.name.clone()}</h2>
            <dl class="turns">{lines}</dl>
        </section>
    }
    .into_any()
}

fn turn(word: &'static str, turn: Option<&Turn>, is_now: bool, clock: &Clock) -> AnyView {
    let language = clock.language;
    let nobody = || words::nobody(language).to_owned();
    let names = match turn {
        Some(turn) if !turn.people.is_empty() => turn.people.join(page::joiner(language)),
        _ => nobody(),
    };
    let me = turn.is_some_and(|turn| turn.me).then(|| view! { <span class="me">{page::you(language)}</span> });
    let when = turn.and_then(|turn| {
        if is_now {
            turn.end_ms.map(|at_ms| words::until(language, clock.short(at_ms)))
        } else {
            turn.start_ms.map(|at_ms| words::from(language, clock.short(at_ms)))
        }
    });
    view! {
        <div>
            <dt>{word}</dt>
            <dd><bdi class="who">{names}</bdi>{me}<span class="age">{when}</span></dd>
        </div>
    }
    .into_any()
}

/// A length of time in two units at most.
fn span(language: Language, ms: i64) -> String {
    let minutes = ms / MINUTE_MS;
    match (minutes / 1_440, minutes / 60, minutes) {
        (_, _, ..1) => words::less_than_a_minute(language).into(),
        (0, 0, minutes) => contract::words::card::minutes(language, minutes),
        (0, hours, minutes) => words::hours_minutes(language, hours, minutes % 60),
        (days, hours, _) => words::days_hours(language, days, hours % 24),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_time() {
        for (minutes, words) in
            [(0, "less than a minute"), (59, "59 min"), (61, "1 h 1 min"), (1_439, "23 h 59 min"), (3_000, "2 d 2 h")]
        {
            assert_eq!(span(Language::En, minutes * MINUTE_MS), words);
        }
    }
}
