//! What went out, newest first: search, filters, and sending all of a kind again.

use super::records::{self, figure, number};
use super::section;
use crate::moment::Clock;
use crate::pages::query;
use crate::parts::frame::empty;
use crate::parts::moment;
use crate::place::{Place, with_query};
use crate::visit::Visit;
use contract::console::Section;
use contract::console::deliveries::{Deliveries, DeliveryRow, FILTER_CHARS_MAX, Search, SendAgain};
use contract::words::{list, records as words};
use contract::{Language, paths};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

/// `/console/{key}/deliveries`
#[component]
pub fn DeliveriesPage() -> impl IntoView {
    let mut search = Search::default();
    use_query_map().with_untracked(|map| {
        for name in Search::NAMES {
            search.read(name, &map.get(name).unwrap_or_default());
        }
    });
    let again = query("again");
    let is_asked = again.is_some();
    let run = number("sent").map(|sent| Run { sent, left: number("left").unwrap_or(0), rest: query("again_after") });
    section(
        Section::Deliveries,
        |door, key| async move { door.deliveries(&key, search, again).await },
        move |visit, page: Deliveries| {
            let clock = visit.clock();
            view! {
                {run.map(|run| resent(visit, &page, run))}
                {page.again.as_ref().filter(|_| is_asked).map(|all| confirm(visit, &page.search, all))}
                {records::misread(&page.misread, |name| label(name, visit.language), visit.language)}
                {filter(visit, &page)}
                {why(visit)}
                {chosen(visit, &page)}
                {rows(visit, &page, &clock)}
            }
            .into_any()
        },
    )
}

/// The address of a search.
pub fn address(key: &str, search: &Search) -> String {
    Place::Administer { section: Section::Deliveries }.address_with(key, &search.pairs())
}

/// What became of sending all of a kind again.
struct Run {
    sent: i64,
    left: i64,
    /// Where the rest begins.
    rest: Option<String>,
}

fn resent(visit: &Visit, page: &Deliveries, run: Run) -> AnyView {
    let language = visit.language;
    let sent = run.sent;
    let left = Some(run.left).filter(|left| *left > 0).map(|left| format!(" · {}", words::left_alone(language, left)));
    let rest = run.rest.map(|after| {
        let pairs = [("again", after)];
        let href = with_query(address(&visit.key, &page.search), &pairs);
        view! { " "<a class="button" href=href>{words::send_all_rest(language)}</a> }
    });
    view! { <div class="notice" role="status">{words::sent_again(language, sent)}{left}{rest}</div> }.into_any()
}

/// Asks before all of a kind are sent again.
fn confirm(visit: &Visit, search: &Search, all: &SendAgain) -> AnyView {
    let language = visit.language;
    let count = match all.count >= all.most {
        true => words::send_all_count_more(language, all.most),
        false => words::send_all_count(language, all.count),
    };
    let button = (all.count > 0 && visit.may_change).then(|| {
        view! { <button class="button primary" type="submit">{words::send_all_yes(language, figure(all.count))}</button> }
    });
    view! {
        <section class="card" data-again=all.outcome.clone()>
            <h2>{words::send_all_title(language, &all.cause)}</h2>
            <p>{count}</p>
            <p class="hint">{words::send_all_more(language)}</p>
            <form class="row-of-buttons" method="post" action=paths::fill(paths::CONSOLE_RESEND_ALL, &[&visit.key])>
                <input type="hidden" name="csrf" value=visit.csrf.clone()/>
                <input type="hidden" name="outcome" value=all.outcome.clone()/>
                <input type="hidden" name="since_ms" value=all.since_ms.to_string()/>
                <input type="hidden" name="since" value=search.since.clone()/>
                <input type="hidden" name="after" value=all.after.clone()/>
                {button}
                <a class="button" href=address(&visit.key, search)>{words::cancel(language)}</a>
            </form>
        </section>
    }
    .into_any()
}

/// The words of a parameter.
fn label(name: &str, language: Language) -> &'static str {
    match name {
        "outcome" => words::outcome(language),
        "state" => words::state(language),
        "person" => words::person(language),
        "group" => words::group(language),
        "incident" => words::incident(language),
        "since" => words::since(language),
        "until" => words::until(language),
        "after" => words::older(language),
        _ => words::deliveries_query(language),
    }
}

fn filter(visit: &Visit, page: &Deliveries) -> AnyView {
    let language = visit.language;
    let search = &page.search;
    let states = [
        ("waiting", words::state_waiting(language)),
        ("done", words::state_done(language)),
        ("failed", words::state_failed(language)),
    ];
    let kept = [("person", &search.person), ("group", &search.group), ("incident", &search.incident)];
    let kept: Vec<_> = kept
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| view! { <input type="hidden" name=name value=value.clone()/> })
        .collect();
    let clear = search
        .is_filtered()
        .then(|| view! { <a class="button" href=address(&visit.key, &Search::default())>{list::clear(language)}</a> });
    let time = |name: &'static str, label: &'static str, value: &str| {
        let value = value.to_owned();
        view! { <label class="field"><span>{label}</span><input type="datetime-local" name=name value=value/></label> }
    };
    view! {
        <details class="filter fold" open=search.is_filtered()>
            <summary>{words::deliveries_filter(language)}</summary>
            <form class="card" method="get" action=address(&visit.key, &Search::default())>
                {kept}
                <label class="field">
                    <span>{words::deliveries_query(language)}</span>
                    <input
                        type="search"
                        name="q"
                        value=search.query.clone()
                        maxlength=FILTER_CHARS_MAX.to_string()
                        placeholder=words::deliveries_query_more(language)
                    />
                </label>
                <div class="fields">
                    {records::select(words::state(language), "state", list::any(language), &states, &search.state)}
                    {records::select(
                        words::outcome(language),
                        "outcome",
                        list::any(language),
                        &page.outcomes,
                        &search.outcome,
                    )}
                    {time("since", words::since(language), &search.since)}
                    {time("until", words::until(language), &search.until)}
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

/// The question people ask most, with a way to look and the causes in the order of how often they are it.
fn why(visit: &Visit) -> AnyView {
    let language = visit.language;
    let kind = |outcome: &str| address(&visit.key, &Search::default().with("outcome", outcome));
    let waiting = address(&visit.key, &Search::default().with("state", "waiting"));
    view! {
        <details class="filter fold" data-why="">
            <summary>{words::why_title(language)}</summary>
            <form class="card" method="get" action=address(&visit.key, &Search::default())>
                <label class="field">
                    <span>{words::why_who(language)}</span>
                    <input type="search" name="q" maxlength=FILTER_CHARS_MAX.to_string()/>
                </label>
                <p><button class="button" type="submit">{words::why_look(language)}</button></p>
                <p class="hint">{words::why_found(language)}</p>
                <ul class="lines">
                    <li><a href=kind("app not linked")>{words::why_not_linked(language)}</a></li>
                    <li><a href=kind("not installed")>{words::why_not_installed(language)}</a></li>
                    <li><a href=waiting>{words::why_late(language)}</a></li>
                    <li>{words::why_nothing(language)}</li>
                </ul>
            </form>
        </details>
    }
    .into_any()
}

/// What the search names beside the form, each with a way to leave it out; and the way to send all of a kind again.
fn chosen(visit: &Visit, page: &Deliveries) -> AnyView {
    let language = visit.language;
    let search = &page.search;
    let named = [
        ("person", &search.person, &page.person),
        ("group", &search.group, &page.group),
        ("incident", &search.incident, &search.incident),
    ];
    let chips: Vec<_> = named
        .into_iter()
        .filter(|(_, value, _)| !value.is_empty())
        .map(|(name, value, shown)| {
            let shown = if shown.is_empty() { value } else { shown };
            let text = format!("{}: {shown}", label(name, language));
            let without = words::without(language, &text);
            let href = address(&visit.key, &search.with(name, ""));
            view! {
                <li><bdi>{text}</bdi>" "<a class="button quiet" href=href aria-label=without>"✕"</a></li>
            }
        })
        .collect();
    let chips = (!chips.is_empty()).then(|| view! { <ul class="chosen">{chips}</ul> });
    let all = page.again.as_ref().filter(|all| all.count > 0).map(|_| {
        let href = with_query(address(&visit.key, &search.with("after", "")), &[("again", "yes".to_owned())]);
        view! { <p><a class="button" href=href data-all-again="">{words::send_all_again(language)}</a></p> }
    });
    view! { {chips} {all} }.into_any()
}

fn rows(visit: &Visit, page: &Deliveries, clock: &Clock) -> AnyView {
    let language = visit.language;
    let search = &page.search;
    let rows: Vec<_> = page.rows.iter().map(|row| line(visit, search, row, clock)).collect();
    let older = page.next.clone().map(|after| {
        let label = match page.looked_to_ms {
            Some(_) => words::look_further(language),
            None => words::older(language),
        };
        let mut next = search.clone();
        next.after = after;
        view! { <a class="button" rel="next" href=address(&visit.key, &next)>{label}</a> }
    });
    let newest = (!search.after.is_empty()).then(|| {
        let href = address(&visit.key, &search.with("after", ""));
        view! { <a class="button quiet" href=href>{words::first_page(language)}</a> }
    });
    let looked = page
        .looked_to_ms
        .map(|at_ms| view! { <p class="hint">{words::looked_to(language)}" "<b>{clock.full(at_ms)}</b></p> });
    let list = match (rows.is_empty(), search.is_filtered() || !search.after.is_empty()) {
        (false, _) => view! { <section class="card"><ul class="lines records">{rows}</ul></section> }.into_any(),
        (true, true) => empty(words::deliveries_none_found(language), words::deliveries_none_found_more(language)),
        (true, false) => empty(words::deliveries_none(language), words::deliveries_none_more(language)),
    };
    view! { {list} {looked} <nav class="row-of-buttons">{older}{newest}</nav> }.into_any()
}

fn line(visit: &Visit, search: &Search, row: &DeliveryRow, clock: &Clock) -> AnyView {
    let language = visit.language;
    let href = paths::fill(paths::CONSOLE_DELIVERY, &[&visit.key, &row.id]);
    let filtered = match row.target_kind.as_str() {
        "chat" => Some("group"),
        "person" | "member" => Some("person"),
        _ => None,
    };
    let target = match filtered {
        Some(name) => {
            let to = address(&visit.key, &search.with(name, &row.target_id));
            view! { <a href=to><bdi>{row.target.clone()}</bdi></a> }.into_any()
        }
        None => view! { <bdi>{target_words(row, language)}</bdi> }.into_any(),
    };
    let next = row
        .next_ms
        .map(|at_ms| view! { <span class="age">" · "{words::next_try(language, clock.short(at_ms))}</span> });
    let cure = (!row.cure.is_empty()).then(|| view! { <p class="hint" dir="auto">{row.cure.clone()}</p> });
    view! {
        <li data-delivery=row.id.clone() data-outcome=row.outcome.clone()>
            <p class="row-top">
                {records::state_mark(&row.state, language)}
                <span dir="auto">{row.cause.clone()}</span>
                {next}
                <span class="age">{moment(clock, row.created_ms)}</span>
            </p>
            <p class="row-text"><a href=href dir="auto">{text_or_id(row)}</a></p>
            <p class="age">"→ "{target}</p>
            {cure}
        </li>
    }
    .into_any()
}

/// The words of a target that has no name of its own.
pub fn target_words(row: &DeliveryRow, language: Language) -> String {
    match row.target_kind.as_str() {
        "everybody" => words::everybody(language).to_owned(),
        "room" => format!("{} {}", words::room(language), row.target),
        _ => row.target.clone(),
    }
}

fn text_or_id(row: &DeliveryRow) -> String {
    if row.text.is_empty() { row.id.clone() } else { row.text.clone() }
}
