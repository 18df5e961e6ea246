//! How an integration's set-up stands: what proves it, addresses to copy, groups, and what went out.

use super::paste::value_to_paste;
use super::{checks, section};
use crate::moment::Clock;
use crate::parts::moment;
use crate::place::Place;
use crate::visit::Visit;
use contract::Language;
use contract::console::{FailureLine, IntegrationView, Section};
use contract::words::{page as words, records};
use leptos::prelude::*;

/// From here on it is only said that there are so many or more.
const MANY: i64 = 100;

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
                <h2>{words::console_evidence(language)}</h2>
                <dl class="times">
                    <div><dt>{words::console_check(language)}</dt><dd>{seen(one.checked_ms)}</dd></div>
                    <div><dt>{words::console_webhook(language)}</dt><dd>{seen(one.webhook_ms)}</dd></div>
                    {failures(&one, &clock)}
                    <div><dt>{words::console_links(language)}</dt><dd>{one.links}</dd></div>
                </dl>
            </section>
            {checks::checklist(visit, &one, &clock)}
            {addresses(&one, language)}
            {deliveries(visit, &one)}
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

fn addresses(one: &IntegrationView, language: Language) -> AnyView {
    let fields: Vec<_> =
        one.addresses.iter().map(|(label, address)| value_to_paste(label, address, language)).collect();
    view! { <section class="card"><h2>{words::console_addresses(language)}</h2>{fields}</section> }.into_any()
}

/// What waits and what failed, with the way to all of it.
fn deliveries(visit: &Visit, one: &IntegrationView) -> AnyView {
    let language = visit.language;
    let count = |count: i64| if count < MANY { count.to_string() } else { records::at_least(language, MANY) };
    let to =
        |pairs: &[(&str, String)]| Place::Administer { section: Section::Deliveries }.address_with(&visit.key, pairs);
    let waiting = (one.waiting > 0).then(|| {
        let href = to(&[("state", "waiting".to_owned())]);
        view! { <li><a href=href>{records::waiting_now(language, count(one.waiting))}</a></li> }
    });
    let failed = match one.failed {
        0 => view! { <li class="yes">{records::all_well(language)}</li> }.into_any(),
        failed => {
            let href = to(&[("state", "failed".to_owned())]);
            view! { <li><a href=href>{records::failed_lately(language, count(failed))}</a></li> }.into_any()
        }
    };
    view! {
        <section class="card">
            <h2><a href=to(&[])>{records::deliveries(language)}</a></h2>
            <ul class="lines">{failed}{waiting}</ul>
        </section>
    }
    .into_any()
}
