//! The document around the pages, and the table of routes. The server's side only: the browser hydrates islands.

use crate::pages::{
    Account, AskPage, AuditPage, BulkPage, ConsolePage, CoolApp, CreatePage, DeliveriesPage, DeliveryPage, Group,
    Groups, Health, Home, IncidentPage, NewIntegration, NotFound, Overview, PcHome, People, QuotaPage, RoomsPage,
    Settings, SignInPage, WarRoomPage, visit,
};
use crate::visit::{Assets, Visit};
use leptos::nonce::use_nonce;
use leptos::prelude::*;
use leptos_meta::{MetaTags, provide_meta_context};
use leptos_router::SsrMode;
use leptos_router::components::{Route, Router, Routes};
use leptos_router::path;

/// The whole document, with the page of the request's path in it.
pub fn shell() -> impl IntoView {
    document(|| view! { <App/> }.into_any())
}

/// The whole document with one problem in it, for answers that no route makes.
pub fn problem_shell(problem: contract::Problem) -> impl IntoView {
    document(move || {
        provide_meta_context();
        view! { <crate::pages::ProblemPage problem=problem/> }.into_any()
    })
}

/// The pages. Every one is complete before it leaves the server: it works with scripts off.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    view! {
        <Router>
            <Routes fallback=NotFound>
                <Route path=path!("/i/:key") view=Home ssr=SsrMode::Async/>
                <Route path=path!("/i/:key/pc") view=PcHome ssr=SsrMode::Async/>
                <Route path=path!("/i/:key/cool-app") view=CoolApp ssr=SsrMode::Async/>
                <Route path=path!("/i/:key/incidents/:id") view=IncidentPage ssr=SsrMode::Async/>
                <Route path=path!("/i/:key/incidents/:id/war-room") view=WarRoomPage ssr=SsrMode::Async/>
                <Route path=path!("/i/:key/incidents/:id/:act") view=AskPage ssr=SsrMode::Async/>
                <Route path=path!("/i/:key/create") view=CreatePage ssr=SsrMode::Async/>
                <Route path=path!("/i/:key/bulk/:act") view=BulkPage ssr=SsrMode::Async/>
                <Route path=path!("/i/:key/sign-in") view=SignInPage ssr=SsrMode::Async/>
                <Route path=path!("/i/:key/account") view=Account ssr=SsrMode::Async/>
                <Route path=path!("/console") view=ConsolePage ssr=SsrMode::Async/>
                <Route path=path!("/console/new") view=NewIntegration ssr=SsrMode::Async/>
                <Route path=path!("/console/:key") view=Overview ssr=SsrMode::Async/>
                <Route path=path!("/console/:key/people") view=People ssr=SsrMode::Async/>
                <Route path=path!("/console/:key/deliveries") view=DeliveriesPage ssr=SsrMode::Async/>
                <Route path=path!("/console/:key/deliveries/:id") view=DeliveryPage ssr=SsrMode::Async/>
                <Route path=path!("/console/:key/groups") view=Groups ssr=SsrMode::Async/>
                <Route path=path!("/console/:key/groups/:chat") view=Group ssr=SsrMode::Async/>
                <Route path=path!("/console/:key/quota") view=QuotaPage ssr=SsrMode::Async/>
                <Route path=path!("/console/:key/war-rooms") view=RoomsPage ssr=SsrMode::Async/>
                <Route path=path!("/console/:key/audit") view=AuditPage ssr=SsrMode::Async/>
                <Route path=path!("/console/:key/settings") view=Settings ssr=SsrMode::Async/>
                <Route path=path!("/console/:key/health") view=Health ssr=SsrMode::Async/>
            </Routes>
        </Router>
    }
}

fn document(body: impl FnOnce() -> AnyView) -> impl IntoView {
    let visit = visit();
    let assets = use_context::<Assets>().unwrap_or_default();
    let scripts = scripts(&assets);
    let comforts = (!visit.key.is_empty()).then(|| comforts(&visit, assets.page.clone()));
    view! {
        <!DOCTYPE html>
        <html lang=visit.language.tag() data-theme=visit.theme.attribute() data-dingtalk-theme=client_theme(&visit)>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover"/>
                <meta name="format-detection" content="telephone=no"/>
                <link rel="icon" href=assets.icon/>
                <style nonce=use_nonce() inner_html=assets.style></style>
                <MetaTags/>
            </head>
            <body>{body()} {scripts} {comforts}</body>
        </html>
    }
}

/// What the client says about its theme (Android does, in its user agent); its own script may set it later.
fn client_theme(visit: &Visit) -> Option<&'static str> {
    visit.inside.and_then(|client| client.dark).map(|dark| if dark { "dark" } else { "white" })
}

/// What no page needs (`public/page.js`): it comes when everything stands.
fn comforts(visit: &Visit, address: String) -> AnyView {
    use contract::words::page as words;
    let language = visit.language;
    view! {
        <script
            nonce=use_nonce()
            defer=true
            src=address
            data-now=visit.now_ms.to_string()
            data-ago-0=words::just_now(language)
            data-ago-1=words::minutes_ago(language, "#")
            data-ago-2=words::hours_ago(language, "#")
            data-ago-3=words::days_ago(language, "#")
        ></script>
    }
    .into_any()
}

/// The last thing on the page, so that nothing of it stands before the first paint. An engine that cannot run it keeps
/// the page as it is, with working forms.
fn scripts(assets: &Assets) -> Option<AnyView> {
    let (script, wasm) = (assets.script.as_ref()?, assets.wasm.as_ref()?);
    // the addresses are this build's own; quoting them as JSON strings keeps the script whole whatever they are
    let code = format!(
        "import start,*as app from {script:?};start({{module_or_path:{wasm:?}}}).then(function(){{app.hydrate();\
         document.querySelectorAll('leptos-island').forEach(function(island){{app[island.dataset.component](island)}});\
         document.documentElement.setAttribute('data-hydrated','')}})"
    );
    Some(view! { <script type="module" nonce=use_nonce() inner_html=code></script> }.into_any())
}
