//! Linking of accounts: DingTalk says who this is, Flashduty says who that is, the person confirms both.

use super::{arrive, in_the_way, visit};
use crate::api;
use crate::parts::frame::{Sheet, framed, heading};
use crate::parts::menu::switch_account_as;
use crate::place::Place;
use crate::visit::{SetStatus, Visit};
use contract::incident::Action;
use contract::person::{PendingAct, SignIn, SignInWay};
use contract::words::{incident as ask, page as words};
use contract::{Language, paths};
use leptos::prelude::*;

/// `/i/{key}/sign-in`
#[component]
pub fn SignInPage() -> impl IntoView {
    let visit = visit();
    let status = use_context::<SetStatus>();
    Suspend::new(async move {
        let place = Place::SignIn;
        match api::sign_in().await {
            Ok(SignIn::Arrive) => framed(&visit, None, &place, arrive::sheet(&visit, &place)),
            Ok(step) => framed(&visit, None, &place, sheet(&visit, step)),
            Err(problem) => in_the_way(&visit, status.as_ref(), None, &place, &problem),
        }
    })
}

fn sheet(visit: &Visit, step: SignIn) -> Sheet {
    let language = visit.language;
    let (number, main) = match step {
        SignIn::Arrive => (0, ().into_any()),
        SignIn::Choose { dingtalk_name, ways, act } => (1, choose(visit, &dingtalk_name, &ways, act.as_ref())),
        SignIn::Confirm { dingtalk_name, flashduty_name, account_name, act, taken_from } => {
            let both = Both { dingtalk_name, flashduty_name, account_name };
            (2, confirm(visit, &both, act.as_ref(), taken_from))
        }
    };
    Sheet {
        title: words::sign_in(language).into(),
        layout: "narrow",
        top: heading(words::sign_in(language).into()),
        main: view! { {steps(number, language)} {main} }.into_any(),
    }
}

fn steps(number: usize, language: Language) -> AnyView {
    let steps: Vec<_> = [words::step_arrive(language), words::step_choose(language), words::step_confirm(language)]
        .into_iter()
        .enumerate()
        .map(|(place, word)| {
            let class = if place < number { "step done" } else { "step" };
            view! { <li class=class aria-current=(place == number).then_some("step")>{word}</li> }
        })
        .collect();
    view! { <ol class="steps">{steps}</ol> }.into_any()
}

fn choose(visit: &Visit, name: &str, ways: &[SignInWay], act: Option<&PendingAct>) -> AnyView {
    let language = visit.language;
    let oauth = ways.contains(&SignInWay::Oauth).then(|| oauth(visit));
    let key = ways.contains(&SignInWay::AppKey).then(|| app_key(visit));
    let or = (oauth.is_some() && key.is_some()).then(|| view! { <p class="or">{words::way_or(language)}</p> });
    let none = (oauth.is_none() && key.is_none()).then(|| {
        view! {
            <section class="card"><p>{words::no_ways(language)}</p><p class="hint">{words::no_ways_more(language)}</p></section>
        }
    });
    view! {
        <section class="lead">
            <h2 dir="auto">{words::hello(language, name)}</h2>
            <p>{words::choose_why(language)}</p>
        </section>
        {act.map(|act| pending(act, language))}
        {oauth}
        {or}
        {key}
        {none}
    }
    .into_any()
}

fn oauth(visit: &Visit) -> AnyView {
    let language = visit.language;
    view! {
        <form class="card" method="post" action=paths::fill(paths::API_LINK_OAUTH, &[&visit.key])>
            <input type="hidden" name="csrf" value=visit.csrf.clone()/>
            <button class="button primary wide" type="submit" data-sign-in=SignInWay::Oauth.name()>
                {words::way_oauth(language)}
            </button>
            <p class="hint">{words::way_oauth_more(language)}</p>
        </form>
    }
    .into_any()
}

fn app_key(visit: &Visit) -> AnyView {
    let language = visit.language;
    view! {
        <form class="card" method="post" action=paths::fill(paths::API_LINK_APP_KEY, &[&visit.key])>
            <h2>{words::way_key(language)}</h2>
            <input type="hidden" name="csrf" value=visit.csrf.clone()/>
            <label class="field">
                <span>{words::way_key_field(language)}</span>
                <input
                    type="password"
                    name="app_key"
                    data-field="app-key"
                    autocomplete="off"
                    autocapitalize="none"
                    spellcheck="false"
                    maxlength="256"
                    required=true
                />
            </label>
            <button class="button wide" type="submit" data-sign-in=SignInWay::AppKey.name()>
                {words::way_key_send(language)}
            </button>
            <p class="hint">{words::way_key_more(language)}</p>
        </form>
    }
    .into_any()
}

struct Both {
    dingtalk_name: String,
    flashduty_name: String,
    account_name: String,
}

fn confirm(visit: &Visit, both: &Both, act: Option<&PendingAct>, taken_from: Option<String>) -> AnyView {
    let language = visit.language;
    let taken = taken_from.map(|name| {
        view! {
            <div class="warning">
                <p dir="auto">{words::taken_from(language, &name)}</p>
                <label class="check">
                    <input type="checkbox" name="take_over" value="yes" required=true/>
                    <span dir="auto">{words::taken_confirm(language, &name)}</span>
                </label>
            </div>
        }
    });
    view! {
        <section class="lead"><h2>{words::confirm_title(language)}</h2><p>{words::confirm_why(language)}</p></section>
        <section class="card both">
            <div class="side">
                <span class="side-of">{words::dingtalk_person(language)}</span>
                <bdi class="side-name">{both.dingtalk_name.clone()}</bdi>
            </div>
            <span class="side-and" aria-hidden="true">"↔"</span>
            <div class="side">
                <span class="side-of">{words::flashduty_member(language)}</span>
                <bdi class="side-name">{both.flashduty_name.clone()}</bdi>
                <bdi class="side-of">{both.account_name.clone()}</bdi>
            </div>
        </section>
        {act.map(|act| pending(act, language))}
        <form class="confirm" method="post" action=paths::fill(paths::API_LINK_CONFIRM, &[&visit.key])>
            <input type="hidden" name="csrf" value=visit.csrf.clone()/>
            {taken}
            <button class="button primary wide" type="submit" data-confirm-link="">{words::confirm_link(language)}</button>
        </form>
        {switch_account_as(visit, "button quiet wide", words::confirm_other(language))}
    }
    .into_any()
}

/// The act that waits for the link.
fn pending(act: &PendingAct, language: Language) -> AnyView {
    let verb = match act.action {
        Action::Acknowledge => words::then_acknowledge(language),
        Action::Unacknowledge => words::then_unacknowledge(language),
        Action::Close => words::then_close(language),
        Action::Reopen => words::then_reopen(language),
        Action::Snooze => words::then_snooze(language),
        Action::Wake => words::then_wake(language),
        Action::Comment => words::then_comment(language),
        // No card has a button for what is asked apart.
        Action::Reassign | Action::Escalate | Action::AddResponder | Action::CustomAction => ask::then_given(language),
    };
    view! {
        <section class="card pending">
            <p class="pending-act">{words::then(language, &act.incident_num, verb)}</p>
            <p class="hint" dir="auto">{act.incident_title.clone()}</p>
        </section>
    }
    .into_any()
}
