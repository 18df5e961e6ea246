//! Forms of acts. Each works by itself: without scripts it posts and the server sends the browser back; with scripts
//! the same press is carried out in place.

use super::acting::Acting;
use super::problem_box::problem_box;
use crate::moment::duration;
use contract::incident::{Action, SNOOZE_MINUTES_MAX, TEXT_CHARS_MAX};
use contract::words::{card, page as words};
use contract::{Language, paths};
use leptos::prelude::*;

/// Id of the form that closes an incident: the notes stand elsewhere on the page and belong to it.
pub const CLOSE_FORM: &str = "act-close";

/// The words on an act's button.
pub fn act_words(action: Action, language: Language) -> &'static str {
    match action {
        Action::Acknowledge => card::acknowledge(language),
        Action::Unacknowledge => words::unacknowledge(language),
        Action::Close => card::close(language),
        Action::Reopen => words::reopen(language),
        Action::Snooze => card::snooze(language),
        Action::Wake => card::wake(language),
        Action::Comment => words::comment_send(language),
    }
}

/// A form with one act; `fields` stand before the button.
pub fn act_form<F: IntoView + 'static, B: IntoView + 'static>(
    acting: Acting,
    action: Action,
    id: Option<&'static str>,
    fields: F,
    button: B,
) -> impl IntoView + use<F, B> {
    let viewing = acting.viewing.get_untracked();
    let address = paths::fill(
        paths::API_ACT,
        &[&viewing.key, &acting.incident.with_untracked(|incident| incident.id.clone()), action.name()],
    );
    view! {
        <form class="act" id=id method="post" action=address on:submit=move |event| acting.submit(event, action)>
            <input type="hidden" name="csrf" value=viewing.csrf/>
            <input type="hidden" name="back" value=viewing.back/>
            {fields}
            {button}
        </form>
    }
}

/// The button of an act.
pub fn act_button(acting: Acting, action: Action, class: &'static str, label: String) -> impl IntoView + use<> {
    let busy = move || acting.busy.get() == Some(action);
    view! {
        <button
            class=class
            type="submit"
            data-act=action.name()
            class:busy=busy
            aria-busy=move || busy().then_some("true")
            disabled=move || acting.busy.get().is_some()
        >
            {label}
        </button>
    }
}

/// A form that is nothing but its button.
pub fn plain_act(acting: Acting, action: Action, class: &'static str) -> impl IntoView + use<> {
    let language = acting.viewing.with_untracked(|viewing| viewing.language);
    let id = (action == Action::Close).then_some(CLOSE_FORM);
    act_form(acting, action, id, (), act_button(acting, action, class, act_words(action, language).into()))
}

/// Snooze: one press for a usual time, or a number of minutes.
pub fn snooze_forms(acting: Acting) -> impl IntoView + use<> {
    let language = acting.viewing.with_untracked(|viewing| viewing.language);
    let presets = acting.viewing.with_untracked(|viewing| viewing.snooze_minutes.clone());
    let presets = presets.into_iter().map(|minutes| {
        let field = view! { <input type="hidden" name="minutes" value=minutes.to_string()/> };
        let button = act_button(acting, Action::Snooze, "button", duration(language, minutes));
        act_form(acting, Action::Snooze, None, field, button)
    });
    let field = view! {
        <label class="field">
            <span>{words::snooze_minutes(language)}</span>
            <input
                type="number"
                name="minutes"
                inputmode="numeric"
                min="1"
                max=SNOOZE_MINUTES_MAX.to_string()
                step="1"
                value="30"
                required=true
            />
        </label>
    };
    let button = act_button(acting, Action::Snooze, "button", card::snooze(language).into());
    view! {
        <section class="card">
            <h2>{words::snooze_for(language)}</h2>
            <div class="chips">{presets.collect::<Vec<_>>()}</div>
            <details class="fold">
                <summary>{words::snooze_custom(language)}</summary>
                {act_form(acting, Action::Snooze, None, field, button)}
            </details>
        </section>
    }
}

/// Root cause and resolution, submitted by the close button in the bar.
pub fn close_notes(language: Language) -> impl IntoView + use<> {
    view! {
        <details class="card fold">
            <summary>{words::close_with_notes(language)}</summary>
            {text_field(words::root_cause(language), "root_cause", Some(CLOSE_FORM), false)}
            {text_field(words::resolution(language), "resolution", Some(CLOSE_FORM), false)}
            <p class="hint">{words::close_notes_hint(language)}</p>
        </details>
    }
}

/// An act that needs words: a comment, a reason to reopen.
pub fn text_act(acting: Acting, action: Action, label: &'static str, button: &'static str) -> impl IntoView + use<> {
    let language = acting.viewing.with_untracked(|viewing| viewing.language);
    let field = text_field(label, "text", None, true);
    let button = act_button(acting, action, button, act_words(action, language).into());
    view! { <section class="card">{act_form(acting, action, None, field, button)}</section> }
}

fn text_field(
    label: &'static str,
    name: &'static str,
    form: Option<&'static str>,
    required: bool,
) -> impl IntoView + use<> {
    view! {
        <label class="field">
            <span>{label}</span>
            <textarea name=name form=form rows="3" maxlength=TEXT_CHARS_MAX.to_string() required=required></textarea>
        </label>
    }
}

/// How the last press ended: a quiet line, or what is in the way.
pub fn outcome(acting: Acting) -> impl IntoView + use<> {
    let problem = move || {
        acting.problem.get().map(|problem| {
            acting.viewing.with_untracked(|viewing| problem_box(&problem, viewing.language, &viewing.key))
        })
    };
    view! {
        <p class="ended" role="status">{move || acting.ended_words()}</p>
        {problem}
    }
}
