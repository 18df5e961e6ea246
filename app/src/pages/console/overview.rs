//! How an integration's set-up stands: what proves it, addresses to copy, groups, and what went out.

use super::{checks, section};
use crate::moment::Clock;
use crate::parts::moment;
use crate::visit::Visit;
use contract::Language;
use contract::chat::ChatState;
use contract::console::{FailureLine, IntegrationView, Section};
use contract::words::page as words;
use leptos::prelude::*;

/// `/console/{key}`
#[component]
pub fn Overview() -> impl IntoView {
    section(Section::Overview, |door, key| async move { door.overview(&key).await }, show)
}

fn show(visit: &Visit, one: IntegrationView) -> AnyView {
    let clock = visit.clock();
    let language = clock.language;
    let seen = |at_ms: Option<i64>| match at_ms {
        Some(at_ms) => view! { <span class="yes">"✓ "{moment(&clock, at_ms)}</span> }.into_any(),
        None => view! { <span class="no">{words::console_never(language)}</span> }.into_any(),
    };
    view! {
        <section class="integration">
            <section class="card">
                <h3>{words::console_evidence(language)}</h3>
                <dl class="times">
                    <div><dt>{words::console_check(language)}</dt><dd>{seen(one.checked_ms)}</dd></div>
                    <div><dt>{words::console_webhook(language)}</dt><dd>{seen(one.webhook_ms)}</dd></div>
                    {failures(&one, &clock)}
                    <div><dt>{words::console_links(language)}</dt><dd>{one.links}</dd></div>
                </dl>
            </section>
            {checks::checklist(visit, &one, &clock)}
            {addresses(&one, language)}
            {chats(&one, &clock)}
            {deliveries(&one, &clock)}
        </section>
    }
    .into_any()
}

fn failures(one: &IntegrationView, clock: &Clock) -> Vec<AnyView> {
    let line = |failure: &FailureLine| {
        let (what, said) = (failure.what.clone(), failure.said.clone());
        view! { <div><dt>{what}</dt><dd><span class="no" dir="auto">{said}</span>" "{moment(clock, failure.at_ms)}</dd></div> }
            .into_any()
    };
    one.failures.iter().map(line).collect()
}

/// Read-only fields: they select as a whole and can be copied without scripts.
fn addresses(one: &IntegrationView, language: Language) -> AnyView {
    let fields: Vec<_> = one
        .addresses
        .iter()
        .map(|(label, address)| {
            view! {
                <label class="field">
                    <span dir="auto">{label.clone()}</span>
                    <input type="text" readonly=true value=address.clone()/>
                </label>
            }
        })
        .collect();
    view! { <section class="card"><h3>{words::console_addresses(language)}</h3>{fields}</section> }.into_any()
}

fn chats(one: &IntegrationView, clock: &Clock) -> AnyView {
    let language = clock.language;
    let state = |state| match state {
        ChatState::Installed => words::chat_installed(language),
        ChatState::Uninstalled => words::chat_uninstalled(language),
        ChatState::Disbanded => words::chat_disbanded(language),
    };
    let lines: Vec<_> = one
        .chats
        .iter()
        .map(|chat| {
            let is_dead = chat.state != ChatState::Installed && chat.subscriptions > 0;
            let subscriptions = match is_dead {
                true => words::console_chat_dead(language, chat.subscriptions),
                false => words::console_chat_subscriptions(language, chat.subscriptions),
            };
            let line = format!("{} · {subscriptions}", state(chat.state));
            let at = |label: &'static str, at_ms: Option<i64>| {
                at_ms.map(|at_ms| view! { <span class="age">" · "{label}" "{moment(clock, at_ms)}</span> })
            };
            let refused = chat.refused.clone().map(|(cause, cure)| {
                view! { <p class="hint"><span class="no">{cause}</span>" "{cure}</p> }
            });
            view! {
                <li>
                    <bdi>{chat.title.clone()}</bdi>" "<span class="age">{line}</span>
                    {at(words::console_chat_event(language), chat.event_ms)}
                    {at(words::console_chat_card(language), chat.delivered_ms)}
                    {refused}
                </li>
            }
        })
        .collect();
    let none = lines.is_empty().then(|| view! { <p class="hint">{words::console_no_chats(language)}</p> });
    view! {
        <section class="card"><h3>{words::console_chats(language)}</h3><ul class="lines">{lines}</ul>{none}</section>
    }
    .into_any()
}

fn deliveries(one: &IntegrationView, clock: &Clock) -> AnyView {
    let language = clock.language;
    let rows: Vec<_> = one
        .deliveries
        .iter()
        .map(|delivery| {
            let cell = |text: &str| {
                let text = text.to_owned();
                view! { <td dir="auto">{text}</td> }
            };
            view! {
                <tr>
                    <td>{moment(clock, delivery.at_ms)}</td>
                    {cell(&delivery.target)}
                    {cell(&delivery.incident)}
                    {cell(&delivery.outcome)}
                    {cell(&delivery.remedy)}
                </tr>
            }
        })
        .collect();
    let body = if rows.is_empty() {
        view! { <p class="hint">{words::console_no_deliveries(language)}</p> }.into_any()
    } else {
        let head = [words::console_at, words::console_target, words::console_incident, words::console_outcome]
            .map(|word| view! { <th scope="col">{word(language)}</th> });
        view! {
            <div class="scroll" tabindex="0" role="region" aria-label=words::console_deliveries(language)>
                <table>
                    <thead><tr>{head.to_vec()}<th scope="col">{words::console_remedy(language)}</th></tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        }
        .into_any()
    };
    view! { <section class="card"><h3>{words::console_deliveries(language)}</h3>{body}</section> }.into_any()
}
