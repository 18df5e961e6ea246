//! What a form of the account may ask for before an incident is acknowledged or closed. Flashduty tells nobody which of its
//! fields it demands, so all of them are offered.

use super::{address, hidden};
use crate::parts::fields::{inputs, long_text};
use crate::visit::Visit;
use contract::form::FormChoice;
use contract::incident::{Action, TEXT_CHARS_MAX};
use contract::words::{form as words, page};
use leptos::prelude::*;

/// Longest summary Flashduty takes, in characters.
const SUMMARY_CHARS_MAX: usize = 6144;

/// The form of an act, with what was typed where it was refused.
pub fn form(visit: &Visit, action: Action, choice: &FormChoice) -> AnyView {
    let language = visit.language;
    let id = &choice.incident.id;
    let closes = (action == Action::Close).then(|| {
        view! {
            {long_text(visit, "root_cause", page::root_cause(language), TEXT_CHARS_MAX)}
            {long_text(visit, "resolution", page::resolution(language), TEXT_CHARS_MAX)}
        }
    });
    let fields = match choice.fields.is_empty() {
        true => view! { <p class="hint">{words::form_nothing(language)}</p> }.into_any(),
        false => inputs(visit, &choice.fields),
    };
    let label = match action {
        Action::Close => contract::words::card::close(language),
        _ => contract::words::card::acknowledge(language),
    };
    view! {
        <p class="hint lead-more">{words::form_why(language)}</p>
        <form class="act" method="post" action=address(visit, id, action)>
            {hidden(visit, id)}
            <input type="hidden" name="form" value="yes"/>
            <section class="card">
                {closes}
                {long_text(visit, "summary", words::form_summary(language), SUMMARY_CHARS_MAX)}
            </section>
            <section class="card"><h2>{words::form_fields(language)}</h2>{fields}</section>
            <div class="dock">
                <div class="bar">
                    <button class="button primary wide" type="submit" data-act=action.name()>{label}</button>
                </div>
            </div>
        </form>
    }
    .into_any()
}
