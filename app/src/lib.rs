//! The pages: drawn complete by the server, so that everything works without scripts; in the browser only islands
//! (an incident's row, an incident's page) come alive, and a press there changes the page in place.
//!
//! Reading order: [`api`] (the door to data), [`visit`] and [`backend`] (what the server gives), `shell` (document and
//! routes), `pages`, [`parts`].

// views keep their types (see `parts`), and the compiler follows a page's type to its leaves
#![recursion_limit = "256"]

#[cfg(any(feature = "ssr", feature = "hydrate"))]
pub mod api;
pub mod moment;
pub mod notice;
pub mod parts;
pub mod place;
pub mod theme;
pub mod viewing;

#[cfg(feature = "ssr")]
pub mod backend;
#[cfg(feature = "ssr")]
mod pages;
#[cfg(feature = "ssr")]
mod shell;
#[cfg(feature = "ssr")]
pub mod visit;

#[cfg(feature = "ssr")]
pub use shell::{App, problem_shell, shell};

/// Makes ready for the islands; the page's own script then wakes each of them and sets `<html data-hydrated>`.
#[cfg(all(feature = "hydrate", not(feature = "ssr")))]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    leptos::mount::hydrate_islands();
}
