//! Whether everything goes on working: what came and went last, what waits, the server itself.

use super::section;
use crate::moment::Clock;
use crate::parts::moment;
use crate::visit::Visit;
use contract::console::Section;
use contract::health::{HealthGroup, HealthLine, HealthView};
use contract::words::health as words;
use leptos::prelude::*;

/// `/console/{key}/health`
#[component]
pub fn Health() -> impl IntoView {
    section(Section::Health, |door, key| async move { door.health(&key).await }, show)
}

fn show(visit: &Visit, health: HealthView) -> AnyView {
    let clock = visit.clock();
    let groups: Vec<_> = health.groups.iter().map(|group| group_of(group, &clock)).collect();
    view! { <section class="integration">{groups}{queue(&health, &clock)}</section> }.into_any()
}

fn group_of(group: &HealthGroup, clock: &Clock) -> AnyView {
    let lines: Vec<_> = group.lines.iter().map(|line| line_of(line, clock)).collect();
    view! {
        <section class="card">
            <h2>{group.title.clone()}</h2>
            <dl class="times">{lines}</dl>
        </section>
    }
    .into_any()
}

fn line_of(line: &HealthLine, clock: &Clock) -> AnyView {
    let at = line.at_ms.map(|at_ms| view! { {moment(clock, at_ms)}" " });
    let class = if line.is_amiss { "wrong" } else { "" };
    let amiss = line.is_amiss.then_some("✗ ");
    view! {
        <div data-health=line.name.clone()>
            <dt>{line.label.clone()}</dt>
            <dd class=class>{amiss}{at}<bdi>{line.text.clone()}</bdi></dd>
        </div>
    }
    .into_any()
}

fn queue(health: &HealthView, clock: &Clock) -> AnyView {
    let language = clock.language;
    let rows: Vec<_> = health
        .queue
        .iter()
        .map(|line| {
            let class = if line.is_late { "wrong" } else { "" };
            view! {
                <tr data-queue=line.kind.clone()>
                    <td>{line.label.clone()}</td>
                    <td>{line.waiting}</td>
                    <td class=class>{moment(clock, line.due_ms)}</td>
                </tr>
            }
        })
        .collect();
    let more = health.has_more.then(|| view! { <p class="hint">{words::queue_more(language)}</p> });
    let body = match rows.is_empty() {
        true => view! { <p class="hint">{words::queue_empty(language)}</p> }.into_any(),
        false => {
            let head =
                [words::kind, words::waiting, words::due].map(|word| view! { <th scope="col">{word(language)}</th> });
            view! {
                <div class="scroll" tabindex="0" role="region" aria-label=words::queue(language)>
                    <table><thead><tr>{head.to_vec()}</tr></thead><tbody>{rows}</tbody></table>
                </div>
            }
            .into_any()
        }
    };
    view! { <section class="card"><h2>{words::queue(language)}</h2>{body}{more}</section> }.into_any()
}
