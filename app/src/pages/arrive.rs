//! Arriving: DingTalk is asked who this is. A small plain script (public/arrive.js) does it, fills the form and sends
//! it; everything people may have to read is here, hidden until it is true.

use crate::notice::Notice;
use crate::parts::frame::{Sheet, heading};
use crate::place::Place;
use crate::visit::{Assets, Visit};
use contract::paths;
use contract::words::page as words;
use leptos::nonce::use_nonce;
use leptos::prelude::*;

/// The view in place of the page `goal`, which opens once the visitor is known.
pub fn sheet(visit: &Visit, goal: &Place) -> Sheet {
    let language = visit.language;
    let refused = matches!(visit.notice, Some(Notice::Problem { .. }));
    let block = |id: &'static str, sentence: &'static str, remedy: &'static str, retry: bool| {
        let again = retry.then(|| {
            view! {
                <button class="button primary" type="button" data-retry="">{words::arrive_retry(language)}</button>
            }
        });
        view! {
            <div id=id class="empty" hidden=true role="alert">
                <p class="empty-title">{sentence}</p>
                <p class="hint">{remedy}</p>
                {again}
            </div>
        }
    };
    // whoever has just unlinked wants to read that, not to be led to linking again at once
    if visit.notice == Some(Notice::Unlinked) {
        let address = goal.address(&visit.key);
        let again = view! { <a class="button wide" href=address>{words::go_sign_in(language)}</a> };
        return around(visit, again.into_any());
    }
    let main = view! {
        <form id="arrive" method="post" action=paths::fill(paths::API_SESSION, &[&visit.key])>
            <input type="hidden" name="csrf" value=visit.csrf.clone()/>
            <input type="hidden" name="goal" value=goal.text()/>
            <input type="hidden" name="code" value=""/>
        </form>
        <div id="arrive-wait" class="empty" hidden=true role="status">
            <p class="empty-title arriving">{words::arriving(language)}</p>
        </div>
        <div id="arrive-outside" class="empty" hidden=true role="alert">
            <p class="empty-title">{words::arrive_outside(language)}</p>
            <p class="hint">{words::arrive_outside_remedy(language)}</p>
            {login(visit, goal)}
        </div>
        {block("arrive-failed", words::arrive_failed(language), words::arrive_failed_remedy(language), true)}
        {block("arrive-kept", words::arrive_kept(language), words::arrive_kept_remedy(language), true)}
        <noscript>
            <p class="notice">{words::arrive_no_script(language)}</p>
            {login(visit, goal)}
        </noscript>
        {script(visit, refused)}
    }
    .into_any();
    around(visit, main)
}

/// The way in outside of DingTalk's clients: its own sign-in page.
fn login(visit: &Visit, goal: &Place) -> AnyView {
    view! {
        <form class="act" method="post" action=paths::fill(paths::API_LOGIN, &[&visit.key])>
            <input type="hidden" name="csrf" value=visit.csrf.clone()/>
            <input type="hidden" name="goal" value=goal.text()/>
            <button class="button primary" type="submit" data-login="">{words::arrive_login(visit.language)}</button>
        </form>
    }
    .into_any()
}

fn around(visit: &Visit, main: AnyView) -> Sheet {
    Sheet {
        title: words::product(visit.language).into(),
        layout: "narrow",
        top: heading(visit.integration_name.clone()),
        main,
    }
}

fn script(visit: &Visit, refused: bool) -> AnyView {
    let address = use_context::<Assets>().map(|assets| assets.arrive).unwrap_or_default();
    view! {
        <script
            src=address
            nonce=use_nonce()
            data-corp=visit.corp_id.clone()
            data-client=visit.client_id.clone()
            data-jsapi=visit.jsapi_url.clone()
            data-refused=refused.then_some("")
        ></script>
    }
    .into_any()
}
