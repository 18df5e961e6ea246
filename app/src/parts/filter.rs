//! What narrows a list: a form that leads to the list's address.

use crate::place::Place;
use crate::visit::Visit;
use contract::incident::{Progress, Severity};
use contract::listing::{Listing, QUERY_CHARS_MAX};
use contract::words::{card, list as words};
use leptos::prelude::*;

use super::severity_words;

/// The filter of a list; `channels` are those to choose from, `at` makes the place of a list.
pub fn filter(visit: &Visit, list: &Listing, channels: &[(i64, String)], at: impl Fn(Listing) -> Place) -> AnyView {
    let language = visit.language;
    let plain = at(Listing::of(list.tab)).address(&visit.key);
    let action = plain.split('?').next().unwrap_or_default().to_owned();
    let severities = [Severity::Critical, Severity::Warning, Severity::Info]
        .map(|one| (one.name().to_owned(), severity_words(one, language).to_owned()));
    let states = [
        (Progress::Triggered, card::progress_triggered(language)),
        (Progress::Processing, card::progress_processing(language)),
    ];
    let states = states.map(|(one, word)| (one.name().to_owned(), word.to_owned()));
    let mut offered: Vec<(String, String)> = channels.iter().map(|(id, name)| (id.to_string(), name.clone())).collect();
    // A channel that cannot be listed stays chosen.
    if let Some(id) = list.channel.filter(|id| channels.iter().all(|(known, _)| known != id)) {
        offered.push((id.to_string(), id.to_string()));
    }
    let count = list.filters().len();
    let label = if count > 0 { words::filtered(language, count) } else { words::filter(language).to_owned() };
    let tab = (list.tab != contract::incident::Tab::default())
        .then(|| view! { <input type="hidden" name="tab" value=list.tab.name()/> });
    let clear = list.is_filtered().then(|| view! { <a class="button" href=plain>{words::clear(language)}</a> });
    let chosen = |value: Option<&'static str>| value.unwrap_or_default().to_owned();
    let any = words::any(language);
    view! {
        <details class="filter fold" open=list.is_filtered()>
            <summary>{label}</summary>
            <form class="card" method="get" action=action>
                {tab}
                <label class="field">
                    <span>{words::search(language)}</span>
                    <input type="search" name="q" value=list.query.clone() maxlength=QUERY_CHARS_MAX.to_string()/>
                </label>
                <div class="pick">
                    {select(words::severity(language), "severity", any, &severities, &chosen(list.severity.map(Severity::name)))}
                    {select(words::progress(language), "progress", any, &states, &chosen(list.progress.map(Progress::name)))}
                    {select(
                        words::channel(language),
                        "channel",
                        any,
                        &offered,
                        &list.channel.map(|id| id.to_string()).unwrap_or_default(),
                    )}
                </div>
                <div class="chips">
                    <button class="button primary" type="submit">{words::show(language)}</button>
                    {clear}
                </div>
            </form>
        </details>
    }
    .into_any()
}

fn select(
    label: &'static str,
    name: &'static str,
    any: &'static str,
    values: &[(String, String)],
    chosen: &str,
) -> AnyView {
    let options: Vec<_> = values
        .iter()
        .map(|(value, word)| {
            view! { <option value=value.clone() selected=value == chosen>{word.clone()}</option> }
        })
        .collect();
    view! {
        <label class="field">
            <span>{label}</span>
            <select name=name>
                <option value="">{any}</option>
                {options}
            </select>
        </label>
    }
    .into_any()
}
