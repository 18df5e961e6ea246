//! Own account: who one is here, and how to change or end that.

use super::signed_in;
use crate::api;
use crate::parts::frame::{Sheet, viewing, way_back};
use crate::parts::menu::switch_account;
use crate::parts::moment;
use crate::place::Place;
use crate::visit::Visit;
use contract::paths;
use contract::person::{Me, SignInWay};
use contract::words::page as words;
use leptos::prelude::*;

/// `/i/{key}/account`
#[component]
pub fn Account() -> impl IntoView {
    signed_in(Place::Account, api::me(), |visit, me: Me| Sheet {
        title: words::account(visit.language).into(),
        layout: "narrow",
        top: way_back(Place::home().address(&visit.key), words::back_to_list(visit.language)),
        main: body(visit, &me),
    })
}

fn body(visit: &Visit, me: &Me) -> AnyView {
    let language = visit.language;
    let proof = match me.proof {
        SignInWay::Oauth => words::proof_oauth(language),
        SignInWay::AppKey => words::proof_key(language),
        SignInWay::Directory => words::proof_directory(language),
    };
    let name = |word, name: &str| {
        let name = name.to_owned();
        view! { <div><dt>{word}</dt><dd><bdi>{name}</bdi></dd></div> }
    };
    let clock = viewing(visit, &Place::Account).clock();
    view! {
        <section class="card">
            <h1>{words::account(language)}</h1>
            <dl class="times">
                {name(words::dingtalk_person(language), &me.dingtalk_name)}
                {name(words::flashduty_member(language), &me.flashduty_name)}
                {name(words::account_of(language), &me.account_name)}
                {name(words::proof(language), proof)}
                <div><dt>{words::linked_at(language)}</dt><dd>{moment(&clock, me.linked_ms)}</dd></div>
            </dl>
        </section>
        <section class="card">
            <p class="hint">{words::switch_more(language)}</p>
            {switch_account(visit, "button wide")}
        </section>
        <details class="card fold">
            <summary>{words::unlink(language)}</summary>
            <p class="hint">{words::unlink_more(language)}</p>
            <form method="post" action=paths::fill(paths::API_LINK_UNLINK, &[&visit.key])>
                <input type="hidden" name="csrf" value=visit.csrf.clone()/>
                <button class="button danger wide" type="submit" data-act="unlink">{words::unlink_confirm(language)}</button>
            </form>
        </details>
    }
    .into_any()
}
