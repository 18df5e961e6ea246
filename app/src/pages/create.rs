//! A new incident. Flashduty calls people at once, so the form says whom before it is sent.

use super::{ask, query, signed_in, visit};
use crate::api;
use crate::moment::Clock;
use crate::parts::fields::{fault, inputs, invalid, long_text, typed};
use crate::parts::frame::{Sheet, heading, way_back};
use crate::parts::severity_words;
use crate::place::Place;
use crate::visit::Visit;
use contract::form::{CreateChoice, DESCRIPTION_CHARS_MAX, RuleChoice, TITLE_CHARS_MAX, TITLE_CHARS_MIN};
use contract::incident::{Action, Severity, Tab};
use contract::listing::Listing;
use contract::paths;
use contract::words::{form as words, incident as people, page};
use leptos::prelude::*;

/// `/i/{key}/create?on=&channel=&query=`
#[component]
pub fn CreatePage() -> impl IntoView {
    let pc = query("on").as_deref() == Some("pc");
    let channel = query("channel").and_then(|id| id.parse().ok());
    let search = query("query").unwrap_or_default();
    let chosen: Vec<i64> =
        visit().typed_many.get("people").into_iter().flatten().filter_map(|id| id.parse().ok()).collect();
    let load = async move { api::create_choice(channel, &search, &chosen).await };
    signed_in(Place::Create { pc }, load, move |visit, choice| {
        let back = match pc {
            true => Place::Pc { list: Listing::of(Tab::Mine), id: None },
            false => Place::home(),
        };
        let title = words::create(visit.language);
        Sheet {
            title: title.into(),
            layout: "detail",
            top: way_back(back.address(&visit.key), page::back_to_list(visit.language)),
            main: view! { <div class="page-title">{heading(title.into())}</div> {form(visit, &choice, pc)} }.into_any(),
        }
    })
}

fn form(visit: &Visit, choice: &CreateChoice, pc: bool) -> AnyView {
    let language = visit.language;
    let token = visit.typed.get("token").cloned().unwrap_or_else(|| choice.token.clone());
    let drawn = choice.channel.map(|id| id.to_string()).unwrap_or_default();
    let fields = (!choice.fields.is_empty()).then(|| {
        view! {
            <details class="card fold" open=visit.faults.iter().any(|(name, _)| name.starts_with(contract::form::FIELD_PREFIX)) || needs_form(visit)>
                <summary>{words::form_fields(language)}</summary>
                <p class="hint">{words::form_why(language)}</p>
                {inputs(visit, &choice.fields)}
            </details>
        }
    });
    view! {
        <form method="post" action=paths::fill(paths::API_CREATE, &[&visit.key])>
            <input type="hidden" name="csrf" value=visit.csrf.clone()/>
            <input type="hidden" name="token" value=token/>
            <input type="hidden" name="drawn" value=drawn/>
            <input type="hidden" name="on" value=if pc { "pc" } else { "" }/>
            // Enter in a text field presses the first button of the form: that must be the one that creates.
            <button class="first-press" type="submit" tabindex="-1" aria-hidden="true"></button>
            <section class="card">
                <label class="field">
                    <span>{words::title(language)}</span>
                    <input
                        type="text"
                        name="title"
                        value=typed(visit, "title")
                        maxlength=TITLE_CHARS_MAX.to_string()
                        minlength=TITLE_CHARS_MIN.to_string()
                        aria-invalid=invalid(visit, "title")
                        autocomplete="off"
                        dir="auto"
                    />
                    {fault(visit, "title")}
                </label>
                {severities(visit)}
                {long_text(visit, "description", words::description(language), DESCRIPTION_CHARS_MAX)}
                {channels(visit, choice)}
            </section>
            {who(visit, choice)}
            {fields}
            <div class="dock">
                <div class="bar">
                    <button class="button primary wide" type="submit" data-act="create">{words::create_do(language)}</button>
                </div>
            </div>
        </form>
    }
    .into_any()
}

/// Flashduty has refused the form for want of a field.
fn needs_form(visit: &Visit) -> bool {
    use crate::notice::Notice;
    use contract::ProblemCode;
    matches!(&visit.notice, Some(Notice::Told(problem)) if problem.code == ProblemCode::FormNeeded)
}

fn severities(visit: &Visit) -> AnyView {
    let language = visit.language;
    let typed = typed(visit, "severity");
    let choices: Vec<_> = [Severity::Critical, Severity::Warning, Severity::Info]
        .map(|one| {
            let checked = if typed.is_empty() { one == Severity::Warning } else { typed == one.name() };
            view! {
                <label class="radio">
                    <input type="radio" name="severity" value=one.name() checked=checked/>
                    <span>{severity_words(one, language)}</span>
                </label>
            }
        })
        .into_iter()
        .collect();
    view! {
        <fieldset class="field">
            <legend>{contract::words::list::severity(language)}</legend>
            <div class="radios">{choices}</div>
            {fault(visit, "severity")}
        </fieldset>
    }
    .into_any()
}

fn channels(visit: &Visit, choice: &CreateChoice) -> AnyView {
    let language = visit.language;
    let chosen = choice.channel;
    let mut offered = choice.channels.clone();
    if let Some(id) = chosen.filter(|id| offered.iter().all(|(known, _)| known != id)) {
        offered.push((id, id.to_string()));
    }
    let options: Vec<_> = offered
        .into_iter()
        .map(|(id, name)| view! { <option value=id.to_string() selected=Some(id) == chosen>{name}</option> })
        .collect();
    view! {
        <div class="with-button">
            <label class="field">
                <span>{words::channel(language)}</span>
                <select name="channel" data-submits="channel">
                    <option value="">{page::no_channel(language)}</option>
                    {options}
                </select>
                {fault(visit, "channel")}
            </label>
            <button class="button" type="submit" name="step" value="channel">{words::channel_show(language)}</button>
        </div>
    }
    .into_any()
}

/// The rules of the channel, or people. Which people stands open only while they are what was chosen.
fn who(visit: &Visit, choice: &CreateChoice) -> AnyView {
    let language = visit.language;
    let to = typed(visit, "to");
    let known = to == "people" || choice.rules.iter().any(|rule| rule.id == to);
    let first = choice.rules.first().map_or("people", |rule| rule.id.as_str());
    let to = if known { to.as_str() } else { first };
    let rules: Vec<_> = choice.rules.iter().map(|rule| rule_choice(visit, rule, rule.id == to)).collect();
    let clock = Clock { now_ms: choice.as_of_ms, ..visit.clock() };
    let lines: Vec<_> =
        choice.people.iter().map(|one| ask::person_line(visit, Action::Reassign, one, &clock)).collect();
    let none = choice.people.is_empty().then(|| {
        view! { <p class="hint">{people::found_none(language, &choice.query)}</p> }
    });
    view! {
        <fieldset class="card who">
            <legend class="who-title">{words::who(language)}</legend>
            <p class="hint">{words::create_why(language)}</p>
            {fault(visit, "to")}
            {rules}
            <input type="radio" name="to" value="people" id="to-people" checked=to == "people"/>
            <label class="who-choice" for="to-people"><span>{words::who_people(language)}</span></label>
            <div class="who-people">
                <div class="with-button">
                    <label class="field">
                        <span>{people::search_name(language)}</span>
                        <input type="search" name="query" value=choice.query.clone() maxlength="60"/>
                    </label>
                    <button class="button" type="submit" name="step" value="search">{people::search(language)}</button>
                </div>
                <ul class="choices-list">{lines}</ul>
                {none}
                {choice.cut.then(|| view! { <p class="hint">{people::people_cut(language)}</p> })}
            </div>
        </fieldset>
    }
    .into_any()
}

fn rule_choice(visit: &Visit, rule: &RuleChoice, checked: bool) -> AnyView {
    let language = visit.language;
    let calls = match rule.calls.is_empty() {
        true => words::who_calls_nobody(language).to_owned(),
        false => words::who_calls(language, rule.calls.join(page::joiner(language))),
    };
    let id = format!("to-{}", rule.id);
    view! {
        <input type="radio" name="to" value=rule.id.clone() id=id.clone() checked=checked/>
        <label class="who-choice" for=id>
            <span dir="auto">{words::who_rule(language, &rule.name)}</span>
            <span class="hint" dir="auto">{calls}</span>
        </label>
    }
    .into_any()
}
