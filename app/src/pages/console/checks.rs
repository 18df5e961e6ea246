//! The set-up as a checklist: the guide's steps in their order, what each stands at by evidence, and the exact value to
//! paste. `public/console.js` marks what was proved meanwhile.

use super::paste::value_to_paste;
use crate::moment::Clock;
use crate::parts::moment;
use crate::visit::Visit;
use contract::console::{CheckLine, IntegrationView};
use contract::words::{check as words, setting};
use contract::{Language, paths};
use leptos::prelude::*;

/// The checklist of an integration, with a button that looks again.
pub fn checklist(visit: &Visit, one: &IntegrationView, clock: &Clock) -> AnyView {
    let language = clock.language;
    let open = one.checks.iter().filter(|line| line.required && !is_fine(line)).count();
    let when = one.checks_ms.map(|at_ms| moment(clock, at_ms));
    let state = match (one.checks_ms, open) {
        (None, _) => words::never_looked(language).to_owned(),
        (_, 0) => words::all_proved(language).to_owned(),
        (_, open) => words::some_open(language, open),
    };
    let mut steps: Vec<(String, Vec<AnyView>)> = Vec::new();
    for line in &one.checks {
        let shown = step(line, clock);
        match steps.last_mut().filter(|(heading, _)| *heading == line.step) {
            Some((_, lines)) => lines.push(shown),
            None => steps.push((line.step.clone(), vec![shown])),
        }
    }
    let steps: Vec<_> =
        steps.into_iter().map(|(heading, lines)| view! { <h3>{heading}</h3><ul class="lines">{lines}</ul> }).collect();
    let watched = visit.may_change.then(|| paths::fill(paths::CONSOLE_CHECKS, &[&one.key]));
    let form = visit.may_change.then(|| {
        view! {
            <form method="post" action=paths::fill(paths::CONSOLE_CHECKS, &[&one.key])>
                <input type="hidden" name="csrf" value=visit.csrf.clone()/>
                <button class="button" type="submit" data-look="">{words::look_now(language)}</button>
            </form>
        }
    });
    view! {
        <section class="card" data-checks=one.key.clone() data-watch=watched>
            <h2>{words::checklist(language)}</h2>
            <p id="checks-said" role="status">{state}" "<span class="age">{when}</span></p>
            {(open > 0 && visit.may_change).then(|| by_itself(language))}
            {form}
            {steps}
        </section>
    }
    .into_any()
}

/// Without scripts the page is asked for again, but only once somebody wants it: it takes what is chosen on it away.
fn by_itself(language: Language) -> AnyView {
    let is_watched = super::super::query("watch").is_some();
    view! {
        <noscript>
            {is_watched.then(|| view! { <meta http-equiv="refresh" content="5"/> })}
            <p><a href="?watch=yes">{setting::watch(language)}</a></p>
        </noscript>
    }
    .into_any()
}

fn is_fine(line: &CheckLine) -> bool {
    matches!(line.state.as_str(), "proved" | "not-needed")
}

fn step(line: &CheckLine, clock: &Clock) -> AnyView {
    let language = clock.language;
    let mark = match line.state.as_str() {
        "proved" => view! { <span class="yes">"✓ "{words::proved(language)}</span> }.into_any(),
        "failed" => view! { <span class="no">"✗ "{words::failed(language)}</span> }.into_any(),
        state => view! { <span>{words::state(state, language)}</span> }.into_any(),
    };
    let advice = (!line.required && !is_fine(line)).then(|| words::advice(language));
    let seen = line.seen_ms.map(|at_ms| moment(clock, at_ms));
    let more = (!is_fine(line)).then(|| cure(line, language));
    view! {
        <li data-check=line.check.clone() data-state=line.state.clone() data-required=line.required.then_some("")>
            <span>{line.title.clone()}" "{advice}</span>
            <span class="age">{mark}" "{line.cause.clone()}" "{seen}</span>
            {more}
        </li>
    }
    .into_any()
}

fn cure(line: &CheckLine, language: Language) -> AnyView {
    let said = (!line.said.is_empty()).then(|| view! { <p class="hint" dir="auto">{line.said.clone()}</p> });
    let apply = line.apply_url.clone().map(|address| {
        view! { <p><a href=address rel="noreferrer noopener" target="_blank">{words::apply(language)}</a></p> }
    });
    let values: Vec<_> = line.values.iter().map(|(label, value)| value_to_paste(label, value, language)).collect();
    view! {
        <div class="wide">
            <p class="hint">{line.cure.clone()}" · "{line.place.clone()}" · "{line.who.clone()}</p>
            {said}
            {apply}
            {values}
        </div>
    }
    .into_any()
}
