//! Pieces that the console's lists share.

use crate::pages::query;
use contract::Language;
use contract::words::records as words;
use leptos::prelude::*;

/// A whole number in the page's address.
pub fn number(name: &str) -> Option<i64> {
    query(name)?.parse().ok().filter(|number| *number >= 0)
}

/// How it stands with something that was to be sent.
pub fn state_mark(state: &str, language: Language) -> AnyView {
    let (class, word) = match state {
        "waiting" => ("mark is-processing", words::state_waiting(language)),
        "failed" => ("mark is-triggered", words::state_failed(language)),
        _ => ("mark is-closed", words::state_done(language)),
    };
    view! { <span class=class><span class="state">{word}</span></span> }.into_any()
}

/// A choice of one of some, or of any; what is chosen stays so although it is not among them.
pub fn select(
    label: &'static str,
    name: &'static str,
    any: &'static str,
    offered: &[(&'static str, &'static str)],
    chosen: &str,
) -> AnyView {
    let options: Vec<_> = offered
        .iter()
        .map(|(value, word)| view! { <option value=*value selected=*value == chosen>{*word}</option> })
        .collect();
    view! {
        <label class="field">
            <span>{label}</span>
            <select name=name><option value="">{any}</option>{options}</select>
        </label>
    }
    .into_any()
}
