//! What stands around every page: ribbon, top line with the menu, notice.

use super::acting::done;
use super::menu::menu;
use super::problem_box;
use crate::notice::{Change, Notice};
use crate::place::Place;
use crate::viewing::Viewing;
use crate::visit::Visit;
use contract::Problem;
use contract::incident::Action;
use contract::paths;
use contract::person::Me;
use contract::words::{form, group, list, page as words};
use leptos::prelude::*;
use leptos_meta::Title;

/// A page before it is framed.
pub struct Sheet {
    /// The document's title; DingTalk shows it in its own bar.
    pub title: String,
    /// Class of `<main>`: its layout.
    pub layout: &'static str,
    /// Left part of the top line: tabs, a heading, a way back.
    pub top: AnyView,
    pub main: AnyView,
}

/// Frames a page.
pub fn framed(visit: &Visit, me: Option<&Me>, place: &Place, sheet: Sheet) -> AnyView {
    let language = visit.language;
    let title = if visit.integration_name.is_empty() {
        sheet.title
    } else {
        format!("{} · {}", sheet.title, visit.integration_name)
    };
    view! {
        <Title text=escaped(&title)/>
        <a class="skip" href="#main">{words::skip(language)}</a>
        {visit.demo.then(|| view! { <aside class="ribbon">{words::demo(language)}</aside> })}
        <header class=format!("top {}", sheet.layout)>
            <div class="top-left">{sheet.top}</div>
            {menu(visit, me, place)}
        </header>
        <main id="main" class=sheet.layout>
            {visit.notice.as_ref().map(|notice| notice_box(visit, place, notice))}
            {sheet.main}
        </main>
    }
    .into_any()
}

/// A heading for the top line.
pub fn heading(text: String) -> AnyView {
    view! { <h1 class="top-title" dir="auto">{text}</h1> }.into_any()
}

/// A way back for the top line.
pub fn way_back(address: String, text: &'static str) -> AnyView {
    view! { <a class="way-back" href=address>{text}</a> }.into_any()
}

/// A view that has nothing to show, and says why that is so.
pub fn empty(sentence: &'static str, more: &'static str) -> AnyView {
    view! { <div class="empty"><p class="empty-title">{sentence}</p><p class="hint">{more}</p></div> }.into_any()
}

/// A part of the page that changes by itself. `href` is the address of a row with [`super::live::ID`] for its id, `empty`
/// what stands there while there are no rows.
pub fn live(
    visit: &Visit,
    place: &Place,
    href: String,
    empty: Option<(&'static str, &'static str)>,
    main: AnyView,
) -> AnyView {
    let empty = empty.map(|(sentence, more)| (sentence.to_owned(), more.to_owned()));
    view! {
        <div data-live="">
            {super::live::live(viewing(visit, place), place.text(), href, empty)}
            {main}
        </div>
    }
    .into_any()
}

/// What islands of this page know.
pub fn viewing(visit: &Visit, back: &Place) -> Viewing {
    Viewing {
        key: visit.key.clone(),
        language: visit.language,
        zone_offset_minutes: visit.zone_offset_minutes,
        now_ms: visit.now_ms,
        snooze_minutes: visit.snooze_minutes.clone(),
        csrf: visit.csrf.clone(),
        back: back.text(),
        refused: visit.refused.clone(),
    }
}

fn notice_box(visit: &Visit, place: &Place, notice: &Notice) -> AnyView {
    let language = visit.language;
    let sentence = match notice {
        Notice::Done(action) | Notice::DoneTo { action, .. } => done(*action, language),
        Notice::Already(_) => words::already_so(language),
        Notice::Created => form::created(language),
        Notice::Linked => words::linked(language),
        Notice::Unlinked => words::unlinked(language),
        Notice::Changed(Change::Saved) => group::saved(language),
        Notice::Changed(Change::Removed) => group::removed(language),
        Notice::Changed(Change::Moved) => group::moved(language),
        Notice::Changed(Change::TestSent) => group::test_sent(language),
        Notice::Told(problem) => return problem_box(problem, language, &visit.key).into_any(),
        Notice::Problem { code, id } => {
            return problem_box(&Problem::new(*code, language, id.clone()), language, &visit.key).into_any();
        }
    };
    if let Notice::DoneTo { action, id } = notice
        && let Some(inverse) = action.inverse()
    {
        let form = undo(visit, place, id, inverse);
        return view! { <div class="notice undoable"><p role="status">{sentence}</p>{form}</div> }.into_any();
    }
    view! { <p class="notice" role="status">{sentence}</p> }.into_any()
}

/// Takes an act back.
fn undo(visit: &Visit, place: &Place, id: &str, inverse: Action) -> AnyView {
    let language = visit.language;
    let reason = (inverse == Action::Reopen)
        .then(|| view! { <input type="hidden" name="text" value=list::undo_reason(language)/> });
    view! {
        <form method="post" action=paths::fill(paths::API_ACT, &[&visit.key, id, inverse.name()])>
            <input type="hidden" name="csrf" value=visit.csrf.clone()/>
            <input type="hidden" name="back" value=place.text()/>
            {reason}
            <button class="button quiet" type="submit" data-undo=inverse.name()>{list::undo(language)}</button>
        </form>
    }
    .into_any()
}

/// `leptos_meta` writes a title as it is given: without this, `</title>` in an incident's title would end it.
fn escaped(title: &str) -> String {
    title.replace('&', "&amp;").replace('<', "&lt;")
}
