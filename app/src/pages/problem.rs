//! Pages that are nothing but a problem.

use super::{in_the_way, visit};
use crate::place::Place;
use crate::visit::SetStatus;
use contract::{Problem, ProblemCode};
use leptos::prelude::*;

/// Any problem as a page, for answers that have no page of their own.
#[component]
pub fn ProblemPage(problem: Problem) -> impl IntoView {
    let visit = visit();
    let place = if visit.key.is_empty() { Place::Console } else { Place::home() };
    in_the_way(&visit, use_context::<SetStatus>().as_ref(), None, &place, &problem)
}

/// What the router shows where it knows no page.
#[component]
pub fn NotFound() -> impl IntoView {
    let problem = Problem::new(ProblemCode::NotFound, visit().language, "");
    view! { <ProblemPage problem=problem/> }
}
