//! The page behind a group's quick entry: the group's incidents, and what is sent to it.

use super::{query, signed_in};
use crate::api;
use crate::parts::frame::{Sheet, heading, live, viewing};
use crate::parts::list::{as_of, rows};
use crate::parts::live::ID;
use crate::parts::severity_words;
use crate::place::{Place, with_query};
use crate::visit::Visit;
use contract::chat::{ChatPage, SubscriptionView};
use contract::incident::Severity;
use contract::words::page as words;
use contract::{Language, Problem, ProblemCode};
use leptos::prelude::*;

/// `/i/{key}/cool-app?corpid=&cid=`
#[component]
pub fn CoolApp() -> impl IntoView {
    let cid = query("cid").map(|cid| conversation_id(&cid)).unwrap_or_default();
    let place = Place::CoolApp { cid: cid.clone() };
    let language = super::visit().language;
    let load = async move {
        if cid.is_empty() {
            return Err(Problem::new(ProblemCode::ChatUnknown, language, ""));
        }
        api::chat(&cid).await
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
    let language = visit.language;
    let href = |id: &str| with_query(Place::Incident { id: id.into() }.address(&visit.key), &[("from", place.text())]);
    let none = (words::group_empty(language), words::group_empty_more(language));
    let none = chat.incidents.is_empty().then_some(none);
    let incidents = live(visit, place, href(ID), none, rows(visit, chat.incidents, place, href, None));
    let clock = viewing(visit, place).clock();
    let mut sent: Vec<AnyView> = chat
        .subscriptions
        .iter()
        .map(|one| view! { <li dir="auto">{sentence(one, language)}</li> }.into_any())
        .collect();
    if let Some(at_ms) = chat.robot_push_ms {
        let line = words::group_robot(language, clock.ago(at_ms));
        sent.push(view! { <li>{line}</li> }.into_any());
    }
    let members = chat.members.map(|n| view! { <p class="hint">{words::group_members(language, n)}</p> });
    let sent = if sent.is_empty() {
        view! {
            <p>{words::group_sent_nothing(language)}</p>
            <p class="hint">{words::group_sent_nothing_more(language)}</p>
        }
        .into_any()
    } else {
        view! { <ul class="lines">{sent}</ul> }.into_any()
    };
    view! {
        {incidents}
        <section class="card"><h2>{words::group_sent(language)}</h2>{sent}{members}</section>
        <p class="as-of">{as_of(visit, chat.as_of_ms, place)}</p>
    }
    .into_any()
}

fn sentence(subscription: &SubscriptionView, language: Language) -> String {
    let some = |names: &[String], all: &'static str| {
        if names.is_empty() { all.to_owned() } else { names.join(words::joiner(language)) }
    };
    let severities: Vec<String> = subscription.severities.iter().map(|name| severity(name, language)).collect();
    let mut parts = vec![
        some(&subscription.channels, words::all_channels(language)),
        some(&severities, words::all_severities(language)),
    ];
    parts.extend(subscription.labels.iter().map(|(name, value)| format!("{name} = {value}")));
    if subscription.mention {
        parts.push(words::mentions(language).into());
    }
    match subscription.repaint.as_str() {
        "state" => parts.push(words::follows_state(language).into()),
        "none" => parts.push(words::follows_nothing(language).into()),
        _ => {}
    }
    parts.join(" · ")
}

/// Flashduty's name of a severity in the reader's language; one this product does not know stays as it is.
fn severity(name: &str, language: Language) -> String {
    let known = [Severity::Critical, Severity::Warning, Severity::Info, Severity::Ok];
    let known = known.into_iter().find(|severity| severity.name() == name);
    known.map_or_else(|| name.to_owned(), |severity| severity_words(severity, language).to_owned())
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

    #[test]
    fn subscriptions_in_words() {
        let all = SubscriptionView {
            channels: vec![],
            severities: vec![],
            labels: vec![],
            mention: false,
            repaint: "all".into(),
        };
        assert_eq!(sentence(&all, Language::En), "all channels · all severities");
        let some = SubscriptionView {
            channels: vec!["Ops".into(), "Pay".into()],
            severities: vec!["Critical".into()],
            labels: vec![("env".into(), "prod".into())],
            mention: true,
            repaint: "state".into(),
        };
        assert_eq!(
            sentence(&some, Language::En),
            "Ops, Pay · Critical · env = prod · mentions responders · cards follow changes of state"
        );
        assert!(sentence(&some, Language::Zh).contains("严重"));
    }
}
