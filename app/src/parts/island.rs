//! Islands: parts of a page that the server draws and the browser wakes. Leptos' `#[island]` does the same, but its
//! browser half writes what it has just read as JSON once more and keeps the views of children it never draws: 8 kB of
//! brotli that nobody needs.

use leptos::prelude::*;
use leptos::tachys::html::islands::Island;
use leptos::tachys::reactive_graph::OwnedView;

/// What makes an island of a view; the same on both sides, so that the browser walks what the server wrote.
fn island<V: IntoView + 'static>(name: &'static str, view: impl FnOnce() -> V + 'static) -> Island<OwnedView<View<V>>> {
    let owned = Owner::new().with(|| Owner::with_hydration(|| OwnedView::new(view().into_view())));
    Island::new(name, owned)
}

/// An island as the server writes it: `name` is the function that wakes it, `given` what that function reads.
#[cfg(feature = "ssr")]
pub fn drawn<T: serde::Serialize + 'static, V: IntoView + 'static>(
    name: &'static str,
    given: T,
    view: impl FnOnce(T) -> V + 'static,
) -> AnyView {
    // Types that are printed into pages can be written; without them an island sleeps on, and its forms work.
    let props = leptos::serde_json::to_string(&given).unwrap_or_default();
    island(name, move || view(given)).with_props(props).into_any()
}

/// A part inside of an island that never changes in the browser and costs nothing there.
#[cfg(feature = "ssr")]
pub fn still(part: AnyView) -> impl IntoView {
    use leptos::tachys::html::islands::IslandChildren;
    Owner::new().with(|| Owner::with_no_hydration(move || OwnedView::new(IslandChildren::new(part))))
}

/// What stands for such a part in the browser.
#[cfg(all(feature = "hydrate", not(feature = "ssr")))]
pub fn still() -> impl IntoView {
    leptos::tachys::html::islands::IslandChildren::new(())
}

/// Wakes an island at its element; what cannot be read sleeps on.
#[cfg(all(feature = "hydrate", not(feature = "ssr")))]
pub fn wake<T: contract::read::Read + 'static, V: IntoView + 'static>(
    element: &leptos::web_sys::HtmlElement,
    view: impl FnOnce(T) -> V + 'static,
) {
    use leptos::tachys::view::Position;
    let given = element.get_attribute("data-props");
    let Some(given) = given.and_then(|given| serde_json::from_str(&given).ok()).and_then(T::read) else { return };
    let state = island("", move || view(given)).hydrate_from_position::<true>(element, Position::Current);
    // It lives as long as the page.
    std::mem::forget(state);
}
