//! One group in the console: how it does, what is sent to it, a test message, and who takes over when it is dead.

use super::groups::state_words;
use super::page;
use crate::moment::Clock;
use crate::pages::group_asked;
use crate::parts::moment;
use crate::parts::rule_desk::{self, Forms};
use crate::place::Place;
use crate::visit::Visit;
use contract::chat::ChatState;
use contract::console::Section;
use contract::group::{GroupAsked, GroupView};
use contract::paths;
use contract::words::group as words;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

/// `/console/{key}/groups/{chat}`
#[component]
pub fn Group() -> impl IntoView {
    let id = use_params_map().with_untracked(|params| params.get("chat")).unwrap_or_default();
    let asked = group_asked();
    let place = Place::Group { id: id.clone() };
    page(
        (Section::Groups, place),
        |door, key| async move { door.group(&key, &id, &asked).await },
        |visit, shown| show(visit, &shown),
    )
}

fn show(visit: &Visit, shown: &GroupView) -> AnyView {
    let clock = visit.clock();
    let language = clock.language;
    let place = Place::Group { id: shown.line.id.clone() };
    let act = |act: &str| paths::fill(paths::CONSOLE_GROUP_ACT, &[&visit.key, &shown.line.id, act]);
    let page = |asked: &GroupAsked| place.address_with(&visit.key, &asked.pairs());
    let forms = Forms { visit, clock, act: &act, page: &page, incident: None, fields: Vec::new() };
    let all = Place::Administer { section: Section::Groups }.address(&visit.key);
    // Observers read the subscriptions without the buttons.
    let is_open = shown.desk.form.is_some() || !visit.may_change;
    let subscriptions = (!is_open).then(|| rule_desk::subscriptions(&forms, &shown.subscriptions));
    let listed: Vec<_> = shown
        .subscriptions
        .iter()
        .filter(|_| is_open)
        .map(|one| view! { <li dir="auto">{rule_desk::sentence(one, language)}</li> })
        .collect();
    let test = (shown.line.state == ChatState::Installed && !is_open)
        .then(|| rule_desk::test(&forms, shown.desk.test.as_ref()));
    view! {
        <p><a href=all>{words::all_groups(language)}</a></p>
        <h2 class="group-title" dir="auto">{shown.line.title.clone()}</h2>
        {visit.may_change.then(|| dead(&forms, shown))}
        {visit.may_change.then(|| rule_desk::desk(&forms, &shown.desk))}
        <section class="card" data-group=shown.line.id.clone()>
            <h2>{words::subscriptions(language)}</h2>
            <ul class="lines">{listed}</ul>
            {subscriptions}
        </section>
        {test}
        {health(shown, &clock)}
        {robot(shown, &clock)}
    }
    .into_any()
}

/// A group that nothing can be sent to, and the groups that can take over.
fn dead(forms: &Forms<'_>, shown: &GroupView) -> Option<AnyView> {
    let language = forms.clock.language;
    if shown.line.state == ChatState::Installed || shown.subscriptions.is_empty() {
        return None;
    }
    let found = shown.replacements.as_ref().map(|found| {
        let lines: Vec<_> = found
            .iter()
            .map(|(id, title)| {
                let fields = view! {
                    <input type="hidden" name="chat_id" value=id.clone()/>
                    <span dir="auto">{title.clone()}</span>" "
                };
                let form = forms.button("move", "button", words::replace_here(language), fields.into_any());
                view! { <li data-replacement=id.clone()>{form}</li> }
            })
            .collect();
        let none = lines.is_empty().then(|| view! { <p class="hint">{words::no_replacement(language)}</p> });
        view! { <ul class="lines replacements">{lines}</ul>{none} }
    });
    let here = (forms.page)(&GroupAsked::default());
    view! {
        <section class="card" role="alert" data-dead>
            <h2>{words::dead_title(language)}</h2>
            <p>{words::dead_more(language)}</p>
            <form class="find" method="get" action=here role="search">
                <input type="search" name="find" maxlength="100" aria-label=words::search(language)
                    placeholder=words::search(language)/>
                <button class="button" type="submit" data-find>{words::replace(language)}</button>
            </form>
            {found}
        </section>
    }
    .into_any()
    .into()
}

fn health(shown: &GroupView, clock: &Clock) -> AnyView {
    let language = clock.language;
    let line = |label: &'static str, at_ms: Option<i64>| {
        at_ms.map(|at_ms| view! { <div><dt>{label}</dt><dd>{moment(clock, at_ms)}</dd></div> })
    };
    let members = shown.members.map(|n| view! { <div><dt>{words::members(language)}</dt><dd>{n}</dd></div> });
    let refused = shown.line.refused.clone().map(|(cause, cure)| {
        view! { <div><dt>{words::last_refused(language)}</dt><dd><span class="no">{cause}</span>" "{cure}</dd></div> }
    });
    view! {
        <section class="card integration">
            <h2>{words::health(language)}</h2>
            <dl class="times">
                <div><dt>{words::state(language)}</dt><dd>{state_words(shown.line.state, language)}</dd></div>
                {members}
                {line(words::last_event(language), shown.line.event_ms)}
                {line(words::last_read(language), shown.read_ms)}
                {line(words::last_delivered(language), shown.line.delivered_ms)}
                {refused}
            </dl>
        </section>
    }
    .into_any()
}

fn robot(shown: &GroupView, clock: &Clock) -> AnyView {
    let language = clock.language;
    let last = shown.pushed_ms.map(|at_ms| {
        view! { <p class="hint">{words::last_push(language)}" "{moment(clock, at_ms)}</p> }
    });
    if shown.robot_push_url.is_empty() {
        return ().into_any();
    }
    view! {
        <section class="card">
            <h2>{words::robot_url(language)}</h2>
            <label class="field">
                <span>{words::robot_url_more(language)}</span>
                <input type="text" readonly=true value=shown.robot_push_url.clone()/>
            </label>
            {last}
        </section>
    }
    .into_any()
}
