//! Inputs for custom fields of the account, with what was typed and what is wrong with it.

use crate::visit::Visit;
use contract::form::{FIELD_CHARS_MAX, FIELD_PREFIX, FieldAsked, FieldKind};
use contract::words::form as words;
use leptos::prelude::*;

/// All fields of an account.
pub fn inputs(visit: &Visit, fields: &[FieldAsked]) -> AnyView {
    let inputs: Vec<_> = fields.iter().map(|field| input(visit, field)).collect();
    inputs.into_any()
}

/// What is wrong with a field of a form.
pub fn fault(visit: &Visit, name: &str) -> Option<AnyView> {
    let (_, words) = visit.faults.iter().find(|(known, _)| known == name)?;
    Some(view! { <span class="fault" role="alert" id=format!("fault-{name}")>{words.clone()}</span> }.into_any())
}

/// Whether something is wrong with a field, for `aria-invalid`.
pub fn invalid(visit: &Visit, name: &str) -> Option<&'static str> {
    visit.faults.iter().any(|(known, _)| known == name).then_some("true")
}

/// What was typed into a field.
pub fn typed(visit: &Visit, name: &str) -> String {
    visit.typed.get(name).cloned().unwrap_or_default()
}

/// A text of several lines.
pub fn long_text(visit: &Visit, name: &'static str, label: &'static str, chars_max: usize) -> AnyView {
    // As markup, because an empty text would be drawn as a blank. A line break at its beginning would be swallowed.
    let typed = format!("\n{}", typed(visit, name).replace('&', "&amp;").replace('<', "&lt;"));
    view! {
        <label class="field">
            <span>{label}</span>
            <textarea
                name=name
                rows="4"
                maxlength=chars_max.to_string()
                aria-invalid=invalid(visit, name)
                inner_html=typed
            ></textarea>
            {fault(visit, name)}
        </label>
    }
    .into_any()
}

fn input(visit: &Visit, field: &FieldAsked) -> AnyView {
    let name = format!("{FIELD_PREFIX}{}", field.name);
    let hint = (!field.hint.is_empty()).then(|| view! { <span class="hint">{field.hint.clone()}</span> }.into_any());
    match field.kind {
        FieldKind::Text => view! {
            <label class="field">
                <span dir="auto">{field.label.clone()}</span>
                <input
                    type="text"
                    name=name.clone()
                    value=typed(visit, &name)
                    maxlength=FIELD_CHARS_MAX.to_string()
                    aria-invalid=invalid(visit, &name)
                />
                {hint}
                {fault(visit, &name)}
            </label>
        }
        .into_any(),
        FieldKind::SingleSelect => one_of(visit, field, name, hint),
        FieldKind::Checkbox => {
            let checked = is_chosen(visit, &name, "yes");
            view! {
                <label class="check">
                    <input type="checkbox" name=name value="yes" checked=checked/>
                    <span dir="auto">{field.label.clone()}{hint}</span>
                </label>
            }
            .into_any()
        }
        FieldKind::MultiSelect => several_of(visit, field, name, hint),
    }
}

fn one_of(visit: &Visit, field: &FieldAsked, name: String, hint: Option<AnyView>) -> AnyView {
    let options: Vec<_> = field
        .options
        .iter()
        .map(|option| {
            let selected = is_chosen(visit, &name, option);
            view! { <option value=option.clone() selected=selected>{option.clone()}</option> }
        })
        .collect();
    view! {
        <label class="field">
            <span dir="auto">{field.label.clone()}</span>
            <select name=name.clone() aria-invalid=invalid(visit, &name)>
                <option value="">{words::form_none(visit.language)}</option>
                {options}
            </select>
            {hint}
            {fault(visit, &name)}
        </label>
    }
    .into_any()
}

fn several_of(visit: &Visit, field: &FieldAsked, name: String, hint: Option<AnyView>) -> AnyView {
    let options: Vec<_> = field
        .options
        .iter()
        .map(|option| {
            let checked = is_chosen(visit, &name, option);
            view! {
                <label class="check">
                    <input type="checkbox" name=name.clone() value=option.clone() checked=checked/>
                    <span dir="auto">{option.clone()}</span>
                </label>
            }
        })
        .collect();
    view! {
        <fieldset class="field">
            <legend dir="auto">{field.label.clone()}</legend>
            {hint}
            {options}
            {fault(visit, &name)}
        </fieldset>
    }
    .into_any()
}

fn is_chosen(visit: &Visit, name: &str, option: &str) -> bool {
    visit.typed_many.get(name).is_some_and(|given| given.iter().any(|one| one == option))
}
