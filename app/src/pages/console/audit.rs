//! The audit log: who did what, whether it stands as it was written, and the way to have all of it.

use super::records;
use super::section;
use crate::moment::Clock;
use crate::pages::query;
use crate::parts::frame::empty;
use crate::parts::moment;
use crate::place::{Place, with_query};
use crate::visit::Visit;
use contract::console::Section;
use contract::console::audit::{AuditPage as Shown, AuditRow, AuditSearch, FILTER_CHARS_MAX, Verdict};
use contract::words::{list, records as words};
use contract::{Language, paths};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

/// `/console/{key}/audit`
#[component]
pub fn AuditPage() -> impl IntoView {
    let mut search = AuditSearch::default();
    use_query_map().with_untracked(|map| {
        for name in AuditSearch::NAMES {
            search.read(name, &map.get(name).unwrap_or_default());
        }
    });
    let verify = query("verify").is_some();
    section(
        Section::Audit,
        move |door, key| async move { door.audit(&key, search, verify).await },
        |visit, page: Shown| {
            let language = visit.language;
            let clock = visit.clock();
            view! {
                {page.verdict.as_ref().map(|verdict| verdict_box(verdict, language))}
                {records::misread(&page.misread, |name| label(name, language), language)}
                {whole(visit)}
                {filter(visit, &page)}
                {rows(visit, &page, &clock)}
            }
            .into_any()
        },
    )
}

fn address(visit: &Visit, search: &AuditSearch) -> String {
    Place::Administer { section: Section::Audit }.address_with(&visit.key, &search.pairs())
}

fn label(name: &str, language: Language) -> &'static str {
    match name {
        "since" => words::since(language),
        "until" => words::until(language),
        _ => words::older(language),
    }
}

fn verdict_box(verdict: &Verdict, language: Language) -> AnyView {
    if verdict.holds {
        return view! {
            <div class="notice" role="status" data-verdict="holds">
                <p class="yes">"✓ "{words::verified(language, verdict.lines)}</p>
                <p class="hint">{words::verified_hash(language)}</p>
                <p><code class="hash">{verdict.hash.clone()}</code></p>
            </div>
        }
        .into_any();
    }
    let faults: Vec<_> = verdict.faults.iter().cloned().map(|fault| view! { <li>{fault}</li> }).collect();
    view! {
        <div class="warning" role="alert" data-verdict="broken">
            <p>{words::not_verified(language)}</p>
            <ul class="lines">{faults}</ul>
        </div>
    }
    .into_any()
}

/// What is done with the whole log.
fn whole(visit: &Visit) -> AnyView {
    let language = visit.language;
    let verify = with_query(address(visit, &AuditSearch::default()), &[("verify", "yes".to_owned())]);
    view! {
        <p class="row-of-buttons">
            <a class="button" href=verify>{words::verify(language)}</a>
            <a class="button" href=paths::fill(paths::CONSOLE_AUDIT_EXPORT, &[&visit.key]) download="">
                {words::export(language)}
            </a>
        </p>
    }
    .into_any()
}

fn filter(visit: &Visit, page: &Shown) -> AnyView {
    let language = visit.language;
    let search = &page.search;
    let field = |kind: &'static str, name: &'static str, label: &'static str, value: &str| {
        let value = value.to_owned();
        view! {
            <label class="field">
                <span>{label}</span>
                <input type=kind name=name value=value maxlength=FILTER_CHARS_MAX.to_string()/>
            </label>
        }
    };
    let clear = search.is_filtered().then(|| {
        view! { <a class="button" href=address(visit, &AuditSearch::default())>{list::clear(language)}</a> }
    });
    view! {
        <details class="filter fold" open=search.is_filtered()>
            <summary>{words::deliveries_filter(language)}</summary>
            <form class="card" method="get" action=address(visit, &AuditSearch::default())>
                <div class="fields">
                    {field("text", "actor", words::actor(language), &search.actor)}
                    {field("text", "act", words::act(language), &search.act)}
                    {field("datetime-local", "since", words::since(language), &search.since)}
                    {field("datetime-local", "until", words::until(language), &search.until)}
                </div>
                <div class="row-of-buttons">
                    <button class="button primary" type="submit">{list::show(language)}</button>
                    {clear}
                </div>
            </form>
        </details>
    }
    .into_any()
}

fn rows(visit: &Visit, page: &Shown, clock: &Clock) -> AnyView {
    let language = visit.language;
    let rows: Vec<_> = page.rows.iter().map(|row| line(visit, &page.search, row, clock)).collect();
    let older = page.next.clone().map(|after| {
        let label = if page.looked_to_ms.is_some() { words::look_further(language) } else { words::older(language) };
        let mut next = page.search.clone();
        next.after = after;
        view! { <a class="button" rel="next" href=address(visit, &next)>{label}</a> }
    });
    let newest = (!page.search.after.is_empty()).then(|| {
        let href = address(visit, &page.search.with("after", ""));
        view! { <a class="button quiet" href=href>{words::first_page(language)}</a> }
    });
    let looked = page
        .looked_to_ms
        .map(|at_ms| view! { <p class="hint">{words::looked_to(language)}" "<b>{clock.full(at_ms)}</b></p> });
    let list = match rows.is_empty() {
        false => view! { <section class="card"><ul class="lines records">{rows}</ul></section> }.into_any(),
        true => empty(words::audit_none(language), ""),
    };
    view! { {list} {looked} <nav class="row-of-buttons">{older}{newest}</nav> }.into_any()
}

fn line(visit: &Visit, search: &AuditSearch, row: &AuditRow, clock: &Clock) -> AnyView {
    let language = visit.language;
    let by = |name: &str, value: &str| address(visit, &search.with(name, value));
    let details: Vec<_> = row
        .details
        .iter()
        .map(|(name, value)| {
            let (name, value) = (name.clone(), value.clone());
            view! { <div><dt dir="auto">{name}</dt><dd dir="auto">{value}</dd></div> }
        })
        .collect();
    let details = (!details.is_empty()).then(|| view! { <dl class="times">{details}</dl> });
    let from = if row.address.is_empty() { words::this_machine(language).to_owned() } else { row.address.clone() };
    let (class, mark, told) = match (row.seq, row.holds) {
        (Some(_), true) => ("yes", "✓ ", words::line_holds(language)),
        (Some(_), false) => ("bad", "✗ ", words::line_broken(language)),
        (None, _) => ("bad", "✗ ", words::line_outside(language)),
    };
    let place = row.seq.map(|seq| words::line(language, seq));
    view! {
        <li data-line=row.seq.map(|seq| seq.to_string()) data-holds=row.holds.to_string()>
            <p class="row-top">
                <b><a href=by("act", &row.act)>{row.act.clone()}</a></b>
                <span class="age">{moment(clock, row.at_ms)}</span>
            </p>
            <p class="row-text"><a href=by("actor", &row.actor)><bdi>{row.actor.clone()}</bdi></a>" → "<bdi>{row.subject.clone()}</bdi></p>
            {details}
            <p class="age">
                {words::address(language)}" "<bdi>{from}</bdi>" · "{place}" "<span class=class title=row.hash.clone()>{mark}{told}</span>
            </p>
        </li>
    }
    .into_any()
}
