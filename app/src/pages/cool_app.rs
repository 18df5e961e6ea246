//! The page behind a group's quick entry: the group's incidents, and what is sent to it.

use super::{group_asked, query, signed_in};
use crate::api;
use crate::moment::Clock;
use crate::parts::frame::{Sheet, heading, live, viewing};
use crate::parts::list::{as_of, rows};
use crate::parts::live::ID;
use crate::parts::on_call::schedules;
use crate::parts::rule_desk::{self, Forms, sentence};
use crate::place::{Place, with_query};
use crate::visit::Visit;
use contract::chat::ChatPage;
use contract::group::GroupAsked;
use contract::words::{group as words, page as group};
use contract::{Problem, ProblemCode, paths};
use leptos::prelude::*;

/// `/i/{key}/cool-app?corpid=&cid=`
#[component]
pub fn CoolApp() -> impl IntoView {
    let cid = query("cid").map(|cid| conversation_id(&cid)).unwrap_or_default();
    let (place, asked) = (Place::CoolApp { cid: cid.clone() }, group_asked());
    let language = super::visit().language;
    let load = async move {
        if cid.is_empty() {
            return Err(Problem::new(ProblemCode::ChatUnknown, language, ""));
        }
        api::chat(&cid, &asked).await
    };
    signed_in(place.clone(), load, move |visit, chat: ChatPage| Sheet {
        title: chat.title.clone(),
        layout: "narrow",
        top: heading(chat.title.clone()),
        main: body(visit, chat, &place),
    })
}

/// The id as DingTalk's quick entry gives it: a literal placeholder is no id, and a blank was a plus (dingtalk.md 5.1).
fn conversation_id(cid: &str) -> String {
    if cid.starts_with('$') { String::new() } else { cid.replace(' ', "+") }
}

fn body(visit: &Visit, chat: ChatPage, place: &Place) -> AnyView {
    let href = |id: &str| with_query(Place::Incident { id: id.into() }.address(&visit.key), &[("from", place.text())]);
    let act = |act: &str| paths::fill(paths::API_CHAT_ACT, &[&visit.key, act]);
    let page = |asked: &GroupAsked| place.address_with(&visit.key, &asked.pairs());
    let cid = if let Place::CoolApp { cid } = place { cid.clone() } else { String::new() };
    let clock = viewing(visit, place).clock();
    let forms = Forms { visit, clock, act: &act, page: &page, incident: Some(&href), fields: vec![("cid", cid)] };
    // Whoever changes something has the form before them; the rest of the page comes back with the way back.
    if chat.desk.form.is_some() || chat.desk.problem.is_some() {
        return view! { {rule_desk::desk(&forms, &chat.desk)} {sent(&forms, &chat)} }.into_any();
    }
    let language = visit.language;
    let none = (group::group_empty(language), group::group_empty_more(language));
    let none = chat.incidents.is_empty().then_some(none);
    let incidents = live(visit, place, href(ID), none, rows(visit, chat.incidents.clone(), place, href, None));
    let test = chat.may_change.then(|| rule_desk::test(&forms, chat.desk.test.as_ref()));
    view! {
        {incidents}
        {on_call(&chat, &clock)}
        {sent(&forms, &chat)}
        {test}
        <p class="as-of">{as_of(visit, chat.as_of_ms, place)}</p>
    }
    .into_any()
}

/// Who is on call for what is sent here.
fn on_call(chat: &ChatPage, clock: &Clock) -> Option<AnyView> {
    let language = clock.language;
    if chat.subscriptions.is_empty() {
        return None;
    }
    let none = chat.on_call.is_empty().then(|| view! { <p class="hint">{words::on_call_none(language)}</p> });
    let schedules = schedules(&chat.on_call, clock);
    view! { <section data-on-call><h2 class="group-title">{words::on_call(language)}</h2>{schedules}{none}</section> }
        .into_any()
        .into()
}

/// What is sent here and why; for whoever may, with what changes it.
fn sent(forms: &Forms<'_>, chat: &ChatPage) -> AnyView {
    let language = forms.clock.language;
    let is_open = chat.desk.form.is_some();
    let lines = match (chat.may_change && !is_open, chat.subscriptions.is_empty()) {
        (true, _) => rule_desk::subscriptions(forms, &chat.subscriptions),
        (false, false) => {
            let lines = chat.subscriptions.iter().map(|one| view! { <li dir="auto">{sentence(one, language)}</li> });
            view! { <ul class="lines">{lines.collect::<Vec<_>>()}</ul> }.into_any()
        }
        (false, true) if chat.robot_push_ms.is_none() => {
            view! { <p>{group::group_sent_nothing(language)}</p> }.into_any()
        }
        (false, true) => ().into_any(),
    };
    let robot = chat.robot_push_ms.map(|at_ms| {
        let line = group::group_robot(language, forms.clock.ago(at_ms));
        view! { <p>{line}</p> }
    });
    let ask = (!chat.may_change).then(|| view! { <p class="hint">{words::change_ask(language)}</p> });
    let members = chat.members.map(|n| view! { <p class="hint">{group::group_members(language, n)}</p> });
    view! {
        <section class="card" data-sent><h2>{group::group_sent(language)}</h2>{lines}{robot}{ask}{members}</section>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn group_ids_from_the_quick_entry() {
        for (given, id) in [("$ENCCID$", ""), ("cidA b/c==", "cidA+b/c=="), ("cidX", "cidX")] {
            assert_eq!(conversation_id(given), id);
        }
    }
}
