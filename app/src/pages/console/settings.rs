//! The form of an integration, a new one or one that there is. Secrets are only written: the page never has a saved one.

use super::{aside, section};
use crate::moment::Clock;
use crate::parts::frame::heading;
use crate::parts::moment;
use crate::place::Place;
use crate::visit::Visit;
use contract::console::Section;
use contract::paths;
use contract::settings::{FieldGroup, FieldKind, FormField, FormSaid, SecretState, SettingsForm};
use contract::words::setting as words;
use leptos::prelude::*;

/// `/console/new`
#[component]
pub fn NewIntegration() -> impl IntoView {
    aside(
        |door| async move { door.new_integration().await },
        |visit, form| {
            let title = words::new_integration(visit.language);
            (
                title,
                heading(title.into()),
                form_of(visit, &form, paths::CONSOLE_NEW.into(), words::create(visit.language)),
            )
        },
    )
}

/// `/console/{key}/settings`
#[component]
pub fn Settings() -> impl IntoView {
    let is_saved = super::super::query("saved").is_some();
    section(
        Section::Settings,
        |door, key| async move { door.settings(&key).await },
        move |visit, form| {
            let language = visit.language;
            let address = Place::Administer { section: Section::Settings }.address(&visit.key);
            let saved = (is_saved && form.said == FormSaid::Nothing)
                .then(|| view! { <p class="notice" role="status">{words::saved(language)}</p> });
            view! {
                {saved}
                {form_of(visit, &form, address, words::save(language))}
                {visit.may_change.then(|| view! { {end_former(visit, &form)} {removal(visit, &form)} })}
            }
            .into_any()
        },
    )
}

fn form_of(visit: &Visit, form: &SettingsForm, address: String, button: &'static str) -> AnyView {
    let language = visit.language;
    let said = match form.said {
        FormSaid::Nothing => None,
        FormSaid::Mistakes => Some(words::mistakes(language)),
        FormSaid::Overtaken => Some(words::overtaken(language)),
    };
    let said = said.map(|said| view! { <p class="notice problem" role="alert" data-form-said="">{said}</p> });
    let groups: Vec<_> = form.groups.iter().map(|group| group_of(visit, group)).collect();
    view! {
        {said}
        // Nothing is judged by the browser: the server says what is wrong, in one place and with what was typed.
        <form method="post" action=address class="settings" autocomplete="off" novalidate=true>
            <input type="hidden" name="csrf" value=visit.csrf.clone()/>
            <input type="hidden" name="revision" value=form.revision.to_string()/>
            {groups}
            {visit.may_change.then(|| view! { <button class="button primary wide" type="submit" data-save="">{button}</button> })}
        </form>
    }
    .into_any()
}

fn group_of(visit: &Visit, group: &FieldGroup) -> AnyView {
    let clock = visit.clock();
    let is_marked = group.fields.iter().any(|field| field.mistake.is_some() || field.elsewhere.is_some());
    let fields: Vec<_> = group.fields.iter().map(|field| field_of(field, &clock)).collect();
    let title = group.title.clone();
    let hint = (!group.hint.is_empty()).then(|| view! { <p class="hint">{group.hint.clone()}</p> });
    match group.is_rare {
        true => view! {
            <details class="card fold" open=is_marked>
                <summary>{title}</summary>
                {hint}
                {fields}
            </details>
        }
        .into_any(),
        false => view! { <fieldset class="card"><legend>{title}</legend>{hint}{fields}</fieldset> }.into_any(),
    }
}

fn field_of(field: &FormField, clock: &Clock) -> AnyView {
    let language = clock.language;
    let id = format!("{}-said", field.name);
    let optional =
        (!field.needed && field.secret.is_none()).then(|| view! { " "<small>{words::optional(language)}</small> });
    let said = view! {
        <span id=id.clone() class="said">
            {field.mistake.clone().map(|mistake| view! { <span class="wrong" data-mistake="">{mistake}</span> })}
            {field.elsewhere.clone().map(|value| {
                view! { <span class="wrong" dir="auto" data-elsewhere="">{words::elsewhere(language, value)}</span> }
            })}
            {field.secret.as_ref().map(|secret| secret_of(secret, clock))}
            {(!field.hint.is_empty()).then(|| view! { <span class="hint">{field.hint.clone()}</span> })}
        </span>
    };
    if let FieldKind::Some(choices) = &field.kind {
        return boxes(field, choices, said);
    }
    let input = input_of(field, id);
    view! {
        <div class="field">
            <label>
                <span>{field.label.clone()}{optional}</span>
                {input}
            </label>
            {said}
        </div>
    }
    .into_any()
}

fn input_of(field: &FormField, described_by: String) -> AnyView {
    let invalid = field.mistake.is_some().then_some("true");
    let (name, value) = (field.name.clone(), field.value.clone());
    match &field.kind {
        FieldKind::One(choices) => {
            let options: Vec<_> = choices
                .iter()
                .map(|(value, label)| {
                    let selected = *value == field.value;
                    view! { <option value=value.clone() selected=selected>{label.clone()}</option> }
                })
                .collect();
            view! {
                <select name=name aria-describedby=described_by aria-invalid=invalid>{options}</select>
            }
            .into_any()
        }
        kind => {
            let kind = if *kind == FieldKind::Secret { "password" } else { "text" };
            view! {
                <input
                    type=kind
                    name=name
                    value=value
                    autocomplete="off"
                    autocapitalize="none"
                    spellcheck="false"
                    required=field.needed
                    aria-describedby=described_by
                    aria-invalid=invalid
                />
            }
            .into_any()
        }
    }
}

fn boxes(field: &FormField, choices: &[(String, String)], said: impl IntoView + 'static) -> AnyView {
    let chosen: Vec<&str> = field.value.split(',').map(str::trim).collect();
    let boxes: Vec<_> = choices
        .iter()
        .map(|(value, label)| {
            let checked = chosen.contains(&value.as_str());
            view! {
                <label class="check">
                    <input type="checkbox" name=field.name.clone() value=value.clone() checked=checked/>
                    <span>{label.clone()}</span>
                </label>
            }
        })
        .collect();
    view! {
        <fieldset class="ticks">
            <legend>{field.label.clone()}</legend>
            <div class="boxes">{boxes}</div>
            {said}
        </fieldset>
    }
    .into_any()
}

fn secret_of(secret: &SecretState, clock: &Clock) -> AnyView {
    let language = clock.language;
    if !secret.is_set {
        return view! { <span class="hint">{words::secret_not_set(language)}</span> }.into_any();
    }
    let used = match secret.used_ms {
        Some(at_ms) => view! { {words::secret_used(language)}" "{moment(clock, at_ms)} }.into_any(),
        None => words::secret_never_used(language).into_any(),
    };
    let former = secret.replaced_ms.map(|at_ms| {
        view! { <span class="wrong" data-former="">{words::former_accepted(language)}" "{moment(clock, at_ms)}</span> }
    });
    view! {
        <span class="hint">{words::secret_set(language)}" · "{used}" · "{words::secret_keep(language)}</span>
        {former}
    }
    .into_any()
}

/// Only where a former secret is still accepted.
fn end_former(visit: &Visit, form: &SettingsForm) -> Option<AnyView> {
    let has_former = |field: &FormField| field.secret.as_ref().is_some_and(|secret| secret.replaced_ms.is_some());
    let language = visit.language;
    form.groups.iter().flat_map(|group| &group.fields).any(has_former).then(|| {
        view! {
            <form class="card" method="post" action=paths::fill(paths::CONSOLE_END_FORMER, &[&form.key])>
                <input type="hidden" name="csrf" value=visit.csrf.clone()/>
                <p class="hint">{words::end_former_more(language)}</p>
                <button class="button danger" type="submit" data-end-former="">{words::end_former(language)}</button>
            </form>
        }
        .into_any()
    })
}

fn removal(visit: &Visit, form: &SettingsForm) -> AnyView {
    let language = visit.language;
    let wrong = form.removal.clone().map(|wrong| view! { <span class="wrong" data-mistake="">{wrong}</span> });
    view! {
        <details class="card fold" open=form.removal.is_some()>
            <summary>{words::remove(language)}</summary>
            <p class="hint">{words::remove_more(language)}</p>
            <form method="post" action=paths::fill(paths::CONSOLE_REMOVE, &[&form.key]) autocomplete="off">
                <input type="hidden" name="csrf" value=visit.csrf.clone()/>
                <div class="field">
                    <label>
                        <span dir="auto">{form.name.clone()}</span>
                        <input type="text" name="name" autocomplete="off" required=true/>
                    </label>
                    {wrong}
                </div>
                <button class="button danger wide" type="submit" data-remove="">{words::remove_confirm(language)}</button>
            </form>
        </details>
    }
    .into_any()
}
