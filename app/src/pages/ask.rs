//! What an act asks before it is done: whom to give the incident to, which level to wake, which custom action to run.
//! Plain pages: what they show is read from Flashduty at that moment, and pressing the button is the confirmation.

mod form;
mod levels;
mod people;

pub use people::line as person_line;

use super::{query, signed_in};
use crate::api;
use crate::parts::frame::{Sheet, way_back};
use crate::parts::{progress_words, severity_words};
use crate::place::Place;
use crate::visit::Visit;
use contract::choice::{CustomActionsChoice, LevelsChoice, PeopleChoice};
use contract::form::FormChoice;
use contract::incident::{Action, IncidentView};
use contract::words::incident as words;
use contract::words::{form as forms, page};
use contract::{Language, Problem, ProblemCode, paths};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

/// What was read for the act.
enum Asked {
    People(PeopleChoice),
    Levels(LevelsChoice),
    CustomActions(CustomActionsChoice),
    Form(FormChoice),
}

/// `/i/{key}/incidents/{id}/{act}`; `?query=` is a part of a name.
#[component]
pub fn AskPage() -> impl IntoView {
    let parameter = |name: &str| use_params_map().with_untracked(|params| params.get(name)).unwrap_or_default();
    let (id, act) = (parameter("id"), parameter("act"));
    let action = Action::from_name(&act).filter(|action| action.has_page());
    let place = match action {
        Some(action) => Place::Ask { id: id.clone(), action },
        None => Place::Incident { id: id.clone() },
    };
    let search = query("query").unwrap_or_default();
    let read = id.clone();
    let load = async move {
        match action {
            Some(Action::Reassign | Action::AddResponder) => api::people(&read, &search).await.map(Asked::People),
            Some(Action::Escalate) => api::levels(&read).await.map(Asked::Levels),
            Some(Action::Acknowledge | Action::Close) => api::form(&read).await.map(Asked::Form),
            Some(Action::CustomAction) => api::custom_actions(&read).await.map(Asked::CustomActions),
            _ => Err(Problem::new(ProblemCode::NotFound, super::visit().language, "")),
        }
    };
    signed_in(place, load, move |visit, asked| {
        let language = visit.language;
        let action = action.unwrap_or(Action::Reassign);
        let (incident, main) = match asked {
            Asked::People(choice) => (choice.incident.clone(), people::people(visit, action, choice)),
            Asked::Levels(choice) => (choice.incident.clone(), levels::levels(visit, choice)),
            Asked::Form(choice) => (choice.incident.clone(), form::form(visit, action, &choice)),
            Asked::CustomActions(choice) => (choice.incident.clone(), custom_actions(visit, choice)),
        };
        let back = Place::Incident { id: id.clone() }.address(&visit.key);
        Sheet {
            title: format!("{} · #{}", title(action, language), incident.num),
            layout: "detail",
            top: way_back(back, words::back_to_incident(language)),
            main: view! { {about(visit, action, &incident)} {main} }.into_any(),
        }
    })
}

fn title(action: Action, language: Language) -> &'static str {
    match action {
        Action::Escalate => words::escalate(language),
        Action::AddResponder => words::add_responder(language),
        Action::CustomAction => words::custom_action(language),
        Action::Acknowledge => forms::form_acknowledge(language),
        Action::Close => forms::form_close(language),
        _ => words::reassign(language),
    }
}

/// Which incident it is about, and who has it.
fn about(visit: &Visit, action: Action, incident: &IncidentView) -> AnyView {
    let language = visit.language;
    let names: Vec<&str> = incident.responders.iter().map(|one| one.name.as_str()).collect();
    let names = match names.is_empty() {
        true => page::nobody_assigned(language).to_owned(),
        false => words::now_handled_by(language, names.join(page::joiner(language))),
    };
    let heading =
        if incident.title.trim().is_empty() { page::untitled(language).into() } else { incident.title.clone() };
    view! {
        <header class="lead" data-incident=incident.id.clone() data-progress=incident.progress.name()>
            <h1 class="lead-title">{title(action, language)}</h1>
            <p dir="auto">
                <bdi class="number">{format!("#{}", incident.num)}</bdi>
                " "
                <bdi>{heading}</bdi>
            </p>
            <p>
                {severity_words(incident.severity, language)}" · "{progress_words(incident, language)}" · "<bdi>{names}</bdi>
            </p>
        </header>
    }
    .into_any()
}

fn custom_actions(visit: &Visit, choice: CustomActionsChoice) -> AnyView {
    let language = visit.language;
    if choice.actions.is_empty() {
        return view! {
            <section class="card">
                <p>{words::custom_none(language)}</p>
                <p class="hint">{words::custom_none_more(language)}</p>
            </section>
        }
        .into_any();
    }
    let forms: Vec<_> = choice
        .actions
        .iter()
        .map(|one| {
            view! {
                <section class="card">
                    <form class="act" method="post" action=address(visit, &choice.incident.id, Action::CustomAction)>
                        {hidden(visit, &choice.incident.id)}
                        <input type="hidden" name="custom_action" value=one.id.to_string()/>
                        <button class="button primary wide" type="submit" data-act="custom-action">
                            {words::custom_do(language, &one.name)}
                        </button>
                    </form>
                </section>
            }
        })
        .collect();
    view! { <p class="warning">{words::custom_why(language)}</p> {forms} }.into_any()
}

/// Where the act's form goes.
fn address(visit: &Visit, id: &str, action: Action) -> String {
    paths::fill(paths::API_ACT, &[&visit.key, id, action.name()])
}

/// What every form of an act carries.
fn hidden(visit: &Visit, id: &str) -> AnyView {
    let back = Place::Incident { id: id.into() }.text();
    view! {
        <input type="hidden" name="csrf" value=visit.csrf.clone()/>
        <input type="hidden" name="back" value=back/>
    }
    .into_any()
}
