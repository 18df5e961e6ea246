//! One act on the incidents that were chosen: first each of them with what it would mean, then what became of each.

use super::{query, signed_in, visit};
use crate::api;
use crate::parts::frame::{Sheet, empty, heading, way_back};
use crate::parts::{progress_name, severity_mark};
use crate::place::Place;
use crate::visit::Visit;
use contract::bulk::{BULK_ACTIONS, Bulk, BulkMember, BulkState};
use contract::incident::{Action, Progress, TEXT_CHARS_MAX};
use contract::words::{list as words, page};
use contract::{Language, Problem, ProblemCode, paths};
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};

/// Members shown at once; the rest unfolds.
const SHOWN: usize = 20;

/// `/i/{key}/bulk/{act}?id=&id=&back=`
#[component]
pub fn BulkPage() -> impl IntoView {
    let act = use_params_map().with_untracked(|params| params.get("act")).unwrap_or_default();
    let action = Action::from_name(&act).filter(|action| BULK_ACTIONS.contains(action));
    let ids: Vec<String> = use_query_map().with_untracked(|map| map.get_all("id").unwrap_or_default());
    let back = query("back").and_then(|text| Place::parse(&text));
    let back = back.filter(|place| matches!(place, Place::Home { .. } | Place::Pc { .. })).unwrap_or(Place::home());
    let ended = visit().bulk;
    let load = async move {
        match (ended, action) {
            (Some(bulk), _) => Ok((bulk, true)),
            (None, Some(action)) => api::bulk(action, &ids).await.map(|bulk| (bulk, false)),
            (None, None) => Err(Problem::new(ProblemCode::NotFound, super::visit().language, "")),
        }
    };
    signed_in(back.clone(), load, move |visit, (bulk, ended)| {
        let language = visit.language;
        let main = if ended { result(visit, &bulk, &back) } else { confirm(visit, &bulk, &back) };
        Sheet {
            title: title(bulk.action, language).into(),
            layout: "detail",
            top: way_back(back.address(&visit.key), page::back_to_list(language)),
            main: view! { <div class="bulk-title">{heading(title(bulk.action, language).into())}</div> {main} }
                .into_any(),
        }
    })
}

/// What would be done, and the button that does it.
fn confirm(visit: &Visit, bulk: &Bulk, back: &Place) -> AnyView {
    let language = visit.language;
    let ready = bulk.count(BulkState::Ready);
    let skipped = bulk.members.len() - ready;
    let left_out = (skipped > 0).then(|| {
        let members = bulk.members.iter().filter(|member| member.state != BulkState::Ready);
        section(visit, words::bulk_skipped(language, skipped), members)
    });
    if ready == 0 {
        return view! { {empty(words::bulk_for_none(language), "")} {left_out} }.into_any();
    }
    let note = (bulk.action == Action::Close).then(|| {
        let typed = visit.typed.get("resolution").cloned().unwrap_or_default();
        view! {
            <section class="card">
                <label class="field">
                    <span>{words::bulk_note(language)}</span>
                    <textarea name="resolution" rows="3" maxlength=TEXT_CHARS_MAX.to_string()>{typed}</textarea>
                </label>
            </section>
        }
    });
    view! {
        {section(visit, words::bulk_for(language, ready), bulk.of(BulkState::Ready))}
        {left_out}
        {form(visit, bulk.action, bulk.ids(BulkState::Ready), back, note.into_any(), "button primary", ready)}
    }
    .into_any()
}

/// What became of each.
fn result(visit: &Visit, bulk: &Bulk, back: &Place) -> AnyView {
    let language = visit.language;
    let [done, already, under_way, refused] =
        [BulkState::Done, BulkState::Already, BulkState::UnderWay, BulkState::Refused].map(|state| bulk.count(state));
    let sections = [
        (done, BulkState::Done, did(bulk.action, language, done)),
        (already, BulkState::Already, words::bulk_already(language, already)),
        (under_way, BulkState::UnderWay, words::bulk_under_way(language, under_way)),
    ];
    let sections = sections.into_iter().filter(|(count, ..)| *count > 0);
    let sections: Vec<_> = sections.map(|(_, state, heading)| section(visit, heading, bulk.of(state))).collect();
    let failed =
        (refused > 0).then(|| section(visit, words::bulk_refused(language, refused), bulk.of(BulkState::Refused)));
    let summary: Vec<String> = [
        (done, did(bulk.action, language, done)),
        (already, words::bulk_already(language, already)),
        (under_way, words::bulk_under_way(language, under_way)),
        (refused, words::bulk_refused(language, refused)),
    ]
    .into_iter()
    .filter(|(count, _)| *count > 0)
    .map(|(_, words)| words)
    .collect();
    let inverse = bulk.action.inverse().filter(|_| done > 0);
    let undo = inverse.map(|inverse| {
        let reason = (inverse == Action::Reopen)
            .then(|| view! { <input type="hidden" name="text" value=words::undo_reason(language)/> });
        form(visit, inverse, bulk.ids(BulkState::Done), back, reason.into_any(), "button", done)
    });
    let class = if refused > 0 { "warning" } else { "notice" };
    view! {
        <p class=class role="status" data-done=done.to_string()>
            {summary.join(page::joiner(language))}
        </p>
        {failed}
        {sections}
        {undo}
    }
    .into_any()
}

/// A form that does an act on these incidents.
fn form(
    visit: &Visit,
    action: Action,
    ids: String,
    back: &Place,
    fields: AnyView,
    class: &'static str,
    count: usize,
) -> AnyView {
    let undoes = matches!(action, Action::Unacknowledge | Action::Reopen);
    let label = match action {
        Action::Close => words::bulk_do_close(visit.language, count),
        Action::Unacknowledge => words::bulk_do_unacknowledge(visit.language, count),
        Action::Reopen => words::bulk_do_reopen(visit.language, count),
        _ => words::bulk_do_acknowledge(visit.language, count),
    };
    let label = if undoes { format!("{} · {label}", words::undo(visit.language)) } else { label };
    view! {
        <form class="act" method="post" action=paths::fill(paths::API_BULK, &[&visit.key, action.name()])>
            <input type="hidden" name="csrf" value=visit.csrf.clone()/>
            <input type="hidden" name="back" value=back.text()/>
            <input type="hidden" name="ids" value=ids/>
            {fields}
            <div class="dock">
                <div class="bar">
                    <button class=format!("{class} wide") type="submit" data-act=action.name()>{label}</button>
                </div>
            </div>
        </form>
    }
    .into_any()
}

fn section<'a>(visit: &Visit, heading: String, members: impl Iterator<Item = &'a BulkMember>) -> AnyView {
    let lines: Vec<AnyView> = members.map(|member| line(visit, member)).collect();
    let mut lines = lines;
    let rest = lines.split_off(lines.len().min(SHOWN));
    let rest = (!rest.is_empty()).then(|| {
        view! {
            <details class="fold">
                <summary>{words::bulk_rest(visit.language, rest.len())}</summary>
                <ul class="bulk">{rest}</ul>
            </details>
        }
    });
    view! { <section class="card"><h2>{heading}</h2><ul class="bulk">{lines}</ul>{rest}</section> }.into_any()
}

fn line(visit: &Visit, member: &BulkMember) -> AnyView {
    let language = visit.language;
    let (Some(severity), Some(progress)) = (member.severity, member.progress) else {
        return view! {
            <li data-incident=member.id.clone() data-state=member.state.name()>{words::hidden_incident(language)}</li>
        }
        .into_any();
    };
    let heading = if member.title.is_empty() { page::untitled(language).into() } else { member.title.clone() };
    let address = Place::Incident { id: member.id.clone() }.address(&visit.key);
    // What was done has changed it since it was read.
    let state = (member.state != BulkState::Done)
        .then(|| view! { <span class="state">{progress_name(progress, language)}</span> });
    let class = match progress {
        Progress::Triggered => "is-triggered",
        Progress::Processing => "is-processing",
        Progress::Closed => "is-closed",
    };
    let why = match member.state {
        BulkState::Already => Some(words::bulk_is_so(language).to_owned()),
        BulkState::UnderWay => Some(words::bulk_goes_on(language).to_owned()),
        BulkState::Ready | BulkState::Done => None,
        BulkState::Refused => member.problem.as_ref().map(|problem| format!("{} {}", problem.message, problem.remedy)),
    };
    view! {
        <li class=class data-incident=member.id.clone() data-state=member.state.name()>
            <span class="row-top">
                {state}
                {severity_mark(severity, language)}
                <bdi class="number">{format!("#{}", member.num)}</bdi>
            </span>
            <a class="bulk-name" href=address dir="auto">{heading}</a>
            {why.map(|why| view! { <span class="why">{why}</span> })}
        </li>
    }
    .into_any()
}

fn title(action: Action, language: Language) -> &'static str {
    match action {
        Action::Close => words::bulk_close(language),
        Action::Unacknowledge => words::bulk_unacknowledge(language),
        Action::Reopen => words::bulk_reopen(language),
        _ => words::bulk_acknowledge(language),
    }
}

fn did(action: Action, language: Language, count: usize) -> String {
    match action {
        Action::Close => words::bulk_did_close(language, count),
        Action::Unacknowledge => words::bulk_did_unacknowledge(language, count),
        Action::Reopen => words::bulk_did_reopen(language, count),
        _ => words::bulk_did_acknowledge(language, count),
    }
}
