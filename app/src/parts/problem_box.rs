//! An error as people read it: what happened, what to do, and the id that finds it.

use contract::words::page as words;
use contract::{Language, Problem, ProblemCode, paths};
use leptos::prelude::*;

/// The box; where linking is the cure, with the way to it. `key` is the integration's, empty outside of one.
pub fn problem_box(problem: &Problem, language: Language, key: &str) -> impl IntoView + use<> {
    problem_with_form(problem, language, key, None)
}

/// The same with the address of the form that is demanded, where it is known.
pub fn problem_with_form(
    problem: &Problem,
    language: Language,
    key: &str,
    form: Option<String>,
) -> impl IntoView + use<> {
    let form = form.map(|address| {
        view! { <a class="button primary" href=address data-form="">{words::fill_form(language)}</a> }
    });
    let sign_in = (leads_to_sign_in(problem.code) && !key.is_empty()).then(|| {
        let address = paths::fill(paths::SIGN_IN, &[key]);
        view! { <a class="button primary" href=address>{words::go_sign_in(language)}</a> }
    });
    // Whoever may not see a group may see their own incidents.
    let home = (leads_home(problem.code) && !key.is_empty()).then(|| {
        let address = paths::fill(paths::HOME, &[key]);
        view! { <a class="button primary" href=address>{words::see_own(language)}</a> }
    });
    let id = (!problem.id.is_empty()).then(|| {
        view! { <p class="problem-id">{words::problem_id(language, &problem.id)}</p> }
    });
    view! {
        <div class="problem" role="alert" data-problem=problem.code.name()>
            <p class="problem-message">{problem.message.clone()}</p>
            <p class="problem-remedy">{problem.remedy.clone()}</p>
            {form}
            {sign_in}
            {home}
            {id}
        </div>
    }
}

/// A group's page shows nothing here.
fn leads_home(code: ProblemCode) -> bool {
    matches!(code, ProblemCode::NotInChat | ProblemCode::ChatUnknown)
}

/// Linking, or linking again, is the cure.
fn leads_to_sign_in(code: ProblemCode) -> bool {
    matches!(
        code,
        ProblemCode::NotSignedIn | ProblemCode::NotLinked | ProblemCode::LinkBroken | ProblemCode::LinkExpired
    )
}
