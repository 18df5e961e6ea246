//! Forms of acts. Each works by itself: without scripts it posts and the server sends the browser back; with scripts
//! the same press is carried out in place.

use super::acting::Acting;
use super::problem_box::problem_with_form;
use crate::moment::duration;
use contract::incident::{ActRequest, Action, SNOOZE_MINUTES_MAX, TEXT_CHARS_MAX};
use contract::words::{card, incident as ask, page as words};
use contract::{Language, ProblemCode, paths};
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
        Action::Reassign => ask::reassign(language),
        Action::Escalate => ask::escalate(language),
        Action::AddResponder => ask::add_responder(language),
        Action::CustomAction => ask::custom_action(language),
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
                value=typed(acting, Action::Snooze, |request| request.minutes).unwrap_or(30).to_string()
                required=true
            />
        </label>
    };
    let button = act_button(acting, Action::Snooze, "button", card::snooze(language).into());
    view! {
        <section class="card">
            <h2>{words::snooze_for(language)}</h2>
            <div class="chips">{presets.collect::<Vec<_>>()}</div>
            <details class="fold" open=failed(acting, Action::Snooze)>
                <summary>{words::snooze_custom(language)}</summary>
                {act_form(acting, Action::Snooze, None, field, button)}
            </details>
            {said(acting, |action| action == Action::Snooze)}
        </section>
    }
}

/// Root cause and resolution, submitted by the close button in the bar.
pub fn close_notes(acting: Acting) -> impl IntoView + use<> {
    let language = acting.viewing.with_untracked(|viewing| viewing.language);
    let (cause, resolution) = (words::root_cause(language), words::resolution(language));
    let root_cause = typed(acting, Action::Close, |request| request.root_cause.clone());
    let resolved = typed(acting, Action::Close, |request| request.resolution.clone());
    view! {
        <details class="card fold" open=failed(acting, Action::Close)>
            <summary>{words::close_with_notes(language)}</summary>
            {text_field(cause, "root_cause", Some(CLOSE_FORM), false, root_cause)}
            {text_field(resolution, "resolution", Some(CLOSE_FORM), false, resolved)}
            <p class="hint">{words::close_notes_hint(language)}</p>
        </details>
    }
}

/// An act that needs words: a comment, a reason to reopen.
pub fn text_act(acting: Acting, action: Action, label: &'static str, button: &'static str) -> impl IntoView + use<> {
    let language = acting.viewing.with_untracked(|viewing| viewing.language);
    let field = text_field(label, "text", None, true, typed(acting, action, |request| request.text.clone()));
    let mute = (action == Action::Comment).then(|| {
        let checked = typed(acting, action, |request| Some(request.mute)).unwrap_or_default();
        view! {
            <label class="check">
                <input type="checkbox" name="mute" value="yes" checked=checked/>
                <span>{ask::mute(language)}</span>
            </label>
        }
    });
    let button = act_button(acting, action, button, act_words(action, language).into());
    view! {
        <section class="card">
            {act_form(acting, action, None, (field, mute), button)}
            {said(acting, move |one| one == action)}
        </section>
    }
}

/// What was typed into a form that was refused; none in any other.
fn typed<T>(acting: Acting, action: Action, field: impl Fn(&ActRequest) -> Option<T>) -> Option<T> {
    acting.viewing.with_untracked(|viewing| {
        let refused = viewing.refused.as_ref().filter(|refused| refused.action == action)?;
        let mine = acting.incident.with_untracked(|incident| incident.id == refused.id);
        if mine { field(&refused.request) } else { None }
    })
}

/// Whether the page shows the refusal of such a form.
fn failed(acting: Acting, action: Action) -> bool {
    typed(acting, action, |_| Some(())).is_some()
}

fn text_field(
    label: &'static str,
    name: &'static str,
    form: Option<&'static str>,
    required: bool,
    typed: Option<String>,
) -> impl IntoView + use<> {
    // As markup, because an empty text would be drawn as a blank. A line break at its beginning would be swallowed.
    let typed = typed.map(|text| format!("\n{}", escaped(&text))).unwrap_or_default();
    view! {
        <label class="field">
            <span>{label}</span>
            <textarea
                name=name
                form=form
                rows="3"
                maxlength=TEXT_CHARS_MAX.to_string()
                required=required
                inner_html=typed
            ></textarea>
        </label>
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

/// How the last press ended: a quiet line, or what is in the way of the acts that have no place of their own for it.
pub fn outcome(acting: Acting, of: impl Fn(Action) -> bool + Copy + Send + Sync + 'static) -> impl IntoView {
    view! {
        <p class="ended" role="status">{move || acting.ended_words()}</p>
        {said(acting, of)}
    }
}

/// What is in the way of such acts, beside the form that asked for them.
fn said(acting: Acting, of: impl Fn(Action) -> bool + Copy + Send + Sync + 'static) -> impl IntoView {
    move || {
        acting.problem.get().filter(|(action, _)| of(*action)).map(|(action, problem)| {
            acting.viewing.with_untracked(|viewing| {
                let form = (problem.code == ProblemCode::FormNeeded).then(|| {
                    let id = acting.incident.with_untracked(|incident| incident.id.clone());
                    paths::fill(paths::INCIDENT_ACT, &[&viewing.key, &id, action.name()])
                });
                problem_with_form(&problem, viewing.language, &viewing.key, form)
            })
        })
    }
}
