//! One delivery: why it stands as it does, who can cure it, what its reader sees, every attempt, and sending it again.

use super::deliveries::{address, target_words};
use super::records::{number, state_mark};
use super::section;
use crate::moment::Clock;
use crate::parts::moment;
use crate::visit::Visit;
use contract::console::Section;
use contract::console::deliveries::{AttemptShown, Block, CardShown, DeliveryView, Search, Span};
use contract::words::records as words;
use contract::{Language, paths};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

/// `/console/{key}/deliveries/{id}`
#[component]
pub fn DeliveryPage() -> impl IntoView {
    let id = use_params_map().with_untracked(|params| params.get("id")).unwrap_or_default();
    let is_asked = number("sent").is_some();
    section(
        Section::Deliveries,
        |door, key| async move { door.delivery(&key, &id).await },
        move |visit, one: DeliveryView| {
            let clock = visit.clock();
            let asked =
                is_asked.then(|| view! { <p class="notice" role="status">{words::asked_again(visit.language)}</p> });
            view! {
                {asked}
                <article class="panel" data-delivery=one.row.id.clone()>
                    {head(visit, &one, &clock)}
                    {again(visit, &one)}
                    {card(&one, visit.language)}
                    {attempts(&one, &clock)}
                </article>
            }
            .into_any()
        },
    )
}

fn head(visit: &Visit, one: &DeliveryView, clock: &Clock) -> AnyView {
    let language = visit.language;
    let row = &one.row;
    let fact = |label: &'static str, value: &str| {
        let value = value.to_owned();
        (!value.is_empty()).then(|| view! { <div><dt>{label}</dt><dd dir="auto">{value}</dd></div> })
    };
    let next = row.next_ms.map(|at_ms| words::next_try(language, clock.full(at_ms))).unwrap_or_default();
    let of_incident = (!row.incident_id.is_empty()).then(|| {
        let href = address(&visit.key, &Search::default().with("incident", &row.incident_id));
        view! { <a class="button quiet" href=href>{words::about_incident(language)}</a> }
    });
    let filter = if row.target_kind == "chat" { "group" } else { "person" };
    let to_target = matches!(row.target_kind.as_str(), "chat" | "person" | "member").then(|| {
        let href = address(&visit.key, &Search::default().with(filter, &row.target_id));
        view! { <a class="button quiet" href=href>{words::about_target(language)}</a> }
    });
    let folded = one.folded_into.clone().map(|digest| {
        let href = address(&visit.key, &Search::default().with("incident", &digest));
        view! { <p><a href=href>{words::folded_into(language)}</a></p> }
    });
    view! {
        <section class="card">
            <h2 dir="auto">{if row.text.is_empty() { row.id.clone() } else { row.text.clone() }}</h2>
            <p class="row-top">
                {state_mark(&row.state, language)}
                <span class="age">"→ "<bdi>{target_words(row, language)}</bdi></span>
            </p>
            {folded}
            <dl class="times">
                {fact(words::cause(language), &row.cause)}
                {fact(words::cure(language), &row.cure)}
                {fact(words::curer(language), &row.who)}
                {fact(words::code(language), &one.code)}
                {fact(words::said(language), &one.message)}
                {fact(words::request_id(language), &one.request_id)}
                {fact(words::state_waiting(language), &next)}
                {fact(words::delivery_reason(language), &one.reason)}
                <div><dt>{words::delivery_created(language)}</dt><dd>{clock.full(row.created_ms)}</dd></div>
                <div><dt>{words::delivery_changed(language)}</dt><dd>{clock.full(row.updated_ms)}</dd></div>
            </dl>
            <p class="age">{words::attempts(language, row.attempts)}" · "{words::cost(language, row.cost)}</p>
            <p class="row-of-buttons">{of_incident}{to_target}</p>
        </section>
    }
    .into_any()
}

/// Sending it again, or why that is not simply done.
fn again(visit: &Visit, one: &DeliveryView) -> AnyView {
    let language = visit.language;
    let form = |force: bool, label: &'static str| {
        let class = if force { "button danger" } else { "button primary" };
        view! {
            <form method="post" action=paths::fill(paths::CONSOLE_RESEND, &[&visit.key, &one.row.id])>
                <input type="hidden" name="csrf" value=visit.csrf.clone()/>
                <input type="hidden" name="force" value=if force { "yes" } else { "no" }/>
                <button class=class type="submit" data-resend="">{label}</button>
            </form>
        }
    };
    if !visit.may_change {
        return ().into_any();
    }
    if one.is_final {
        let why = words::never_again(language, &one.objection);
        return view! { <section class="card"><p class="hint" dir="auto">{why}</p></section> }.into_any();
    }
    if one.can_force {
        let why = words::not_again(language, &one.objection);
        return view! {
            <details class="card fold" data-needs-force="">
                <summary>{words::send_once_more(language)}</summary>
                <p dir="auto">{why}</p>
                <p class="hint">{words::send_once_more_more(language)}</p>
                {form(true, words::send_once_more(language))}
            </details>
        }
        .into_any();
    }
    view! {
        <section class="card">
            {form(false, words::send_again(language))}
            <p class="hint">{words::send_again_more(language)}</p>
        </section>
    }
    .into_any()
}

fn card(one: &DeliveryView, language: Language) -> Option<AnyView> {
    let card = one.card.as_ref()?;
    let title = if card.is_there { words::shown_now(language) } else { words::shown_not_there(language) };
    Some(view! { <section class="card"><h2>{title}</h2>{drawn(card)}</section> }.into_any())
}

/// A card as DingTalk draws it; its buttons are only shown.
fn drawn(card: &CardShown) -> AnyView {
    let fields: Vec<_> = card
        .fields
        .iter()
        .map(|(label, text)| {
            let (label, text) = (label.clone(), text.clone());
            view! { <div><dt dir="auto">{label}</dt><dd dir="auto">{text}</dd></div> }
        })
        .collect();
    let texts: Vec<_> = card
        .texts
        .iter()
        .map(|(style, text)| {
            let class = match style.as_str() {
                "strong" => "shown-text is-strong",
                "quiet" | "tags" => "shown-text is-quiet",
                _ => "shown-text",
            };
            let text = text.clone();
            view! { <p class=class dir="auto">{text}</p> }
        })
        .collect();
    let buttons: Vec<_> = card
        .buttons
        .iter()
        .map(|text| {
            let text = text.clone();
            view! { <li class="shown-button">{text}</li> }
        })
        .collect();
    let tone = match card.tone.as_str() {
        "red" => "shown is-red",
        "orange" => "shown is-orange",
        "blue" => "shown is-blue",
        "green" => "shown is-green",
        _ => "shown",
    };
    view! {
        <div class=tone data-shown="">
            <p class="shown-head"><b dir="auto">{card.title.clone()}</b>" "<span class="state">{card.badge.clone()}</span></p>
            <dl class="times">{fields}</dl>
            {texts}
            <ul class="chosen">{buttons}</ul>
        </div>
    }
    .into_any()
}

fn attempts(one: &DeliveryView, clock: &Clock) -> AnyView {
    let language = clock.language;
    let lines: Vec<_> = one.attempts.iter().map(|attempt| line(attempt, clock)).collect();
    let none = lines.is_empty().then(|| view! { <p class="hint">{words::tries_none(language)}</p> });
    view! {
        <section class="card"><h2>{words::tries(language)}</h2>{none}<ol class="lines records">{lines}</ol></section>
    }
    .into_any()
}

fn line(attempt: &AttemptShown, clock: &Clock) -> AnyView {
    let language = clock.language;
    let said = [&attempt.code, &attempt.message].map(String::as_str).join(" ").trim().to_owned();
    let said = (!said.is_empty()).then(|| view! { <p class="hint" dir="auto">{said}</p> });
    let request = (!attempt.request_id.is_empty()).then(
        || view! { <p class="hint">{words::request_id(language)}" "<code>{attempt.request_id.clone()}</code></p> },
    );
    let text: Vec<_> = attempt.text.iter().map(block).collect();
    let text = (!text.is_empty()).then(|| view! { <div class="shown" data-text="">{text}</div> });
    view! {
        <li data-attempt=attempt.number.to_string() data-outcome=attempt.outcome.clone()>
            <p class="row-top">
                <b>{words::attempt(language, attempt.number)}</b>
                <span dir="auto">{attempt.cause.clone()}</span>
                <span class="age">{moment(clock, attempt.at_ms)}</span>
            </p>
            <p class="age">{words::cost(language, attempt.cost)}" · "{words::took(language, attempt.took_ms)}</p>
            {said}
            {request}
            {text}
        </li>
    }
    .into_any()
}

fn block(block: &Block) -> AnyView {
    match block {
        Block::Heading(line) => view! { <p class="shown-text is-strong" dir="auto">{spans(line)}</p> }.into_any(),
        Block::Paragraph(line) => view! { <p class="shown-text" dir="auto">{spans(line)}</p> }.into_any(),
        Block::Item(line) => view! { <p class="shown-text" dir="auto">"• "{spans(line)}</p> }.into_any(),
        Block::Quote(line) => view! { <p class="shown-text is-quiet" dir="auto">{spans(line)}</p> }.into_any(),
    }
}

/// Links are shown, not followed: their text may have come from outside.
fn spans(line: &[Span]) -> Vec<AnyView> {
    let span = |span: &Span| {
        let text = span.text.clone();
        match (&span.link, span.is_bold) {
            (Some(link), _) => view! { <u title=link.clone()>{text}</u> }.into_any(),
            (None, true) => view! { <b>{text}</b> }.into_any(),
            (None, false) => view! { <span>{text}</span> }.into_any(),
        }
    };
    line.iter().map(span).collect()
}
