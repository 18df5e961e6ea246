//! The menu at the top right: account, language, appearance. A `<details>`, so it opens without scripts.

use crate::place::Place;
use crate::theme::Theme;
use crate::visit::Visit;
use contract::person::Me;
use contract::words::page as words;
use contract::{Language, paths};
use leptos::prelude::*;

/// The menu of the page `place`, as `me` sees it; nobody is signed in when none.
pub fn menu(visit: &Visit, me: Option<&Me>, place: &Place) -> AnyView {
    let language = visit.language;
    let initial = me.and_then(|me| me.dingtalk_name.chars().next()).map_or_else(|| "…".to_owned(), String::from);
    view! {
        <details class="menu">
            <summary aria-label=words::menu(language)><span class="avatar" aria-hidden="true">{initial}</span></summary>
            <div class="menu-panel">
                {person(visit, me, place)}
                {choices(
                    visit,
                    place,
                    words::menu_language(language),
                    "language",
                    [(Language::Zh, words::language_zh(language)), (Language::En, words::language_en(language))]
                        .map(|(one, word)| (one.tag(), word, one == language))
                        .to_vec(),
                )}
                {choices(
                    visit,
                    place,
                    words::menu_theme(language),
                    "theme",
                    Theme::ALL.map(|one| (one.name(), theme_words(one, language), one == visit.theme)).to_vec(),
                )}
            </div>
        </details>
    }
    .into_any()
}

fn person(visit: &Visit, me: Option<&Me>, place: &Place) -> AnyView {
    let language = visit.language;
    match me {
        Some(me) => view! {
            <p class="menu-name"><bdi>{me.dingtalk_name.clone()}</bdi></p>
            <a class="menu-item" href=Place::Account.address(&visit.key)>{words::menu_account(language)}</a>
            {visit.offers_console.then(|| console(visit, paths::fill(paths::API_CONSOLE, &[&visit.key]), words::console(language)))}
            // the account's own page has the button in its text
            {(*place != Place::Account).then(|| switch_account(visit, "menu-item"))}
        }
        .into_any(),
        None if visit.in_console => console(visit, paths::CONSOLE_LEAVE.to_owned(), words::console_leave(language)),
        None if visit.key.is_empty() || place.is_console() => ().into_any(),
        None => view! {
            <a class="menu-item" href=Place::SignIn.address(&visit.key)>{words::menu_sign_in(language)}</a>
        }
        .into_any(),
    }
}

/// The way into the console or out of it.
fn console(visit: &Visit, action: String, word: &'static str) -> AnyView {
    view! {
        <form method="post" action=action data-console="">
            <input type="hidden" name="csrf" value=visit.csrf.clone()/>
            <button class="menu-item" type="submit">{word}</button>
        </form>
    }
    .into_any()
}

/// Starts linking again, as another Flashduty member.
pub fn switch_account(visit: &Visit, class: &'static str) -> AnyView {
    switch_account_as(visit, class, words::menu_switch(visit.language))
}

/// The same with other words on the button.
pub fn switch_account_as(visit: &Visit, class: &'static str, label: &'static str) -> AnyView {
    view! {
        <form method="post" action=paths::fill(paths::API_LINK_SWITCH, &[&visit.key])>
            <input type="hidden" name="csrf" value=visit.csrf.clone()/>
            <button class=class type="submit" data-act="switch-account">{label}</button>
        </form>
    }
    .into_any()
}

/// One press per choice; the server remembers it in a cookie and comes back to the page.
fn choices(
    visit: &Visit,
    place: &Place,
    heading: &'static str,
    name: &'static str,
    values: Vec<(&'static str, &'static str, bool)>,
) -> AnyView {
    let buttons: Vec<_> = values
        .into_iter()
        .map(|(value, word, chosen)| {
            view! {
                <button class="choice" type="submit" name=name value=value aria-pressed=chosen.to_string()>{word}</button>
            }
        })
        .collect();
    view! {
        <form class="menu-choices" method="post" action=paths::API_PREFERENCES>
            <input type="hidden" name="csrf" value=visit.csrf.clone()/>
            <input type="hidden" name="key" value=visit.key.clone()/>
            <input type="hidden" name="back" value=place.text()/>
            <p class="menu-heading">{heading}</p>
            <div class="choices">{buttons}</div>
        </form>
    }
    .into_any()
}

fn theme_words(theme: Theme, language: Language) -> &'static str {
    match theme {
        Theme::System => words::theme_system(language),
        Theme::Light => words::theme_light(language),
        Theme::Dark => words::theme_dark(language),
    }
}
