//! The pages: drawn by the app with the visitor's data, guarded by a policy that lets nothing but our own scripts run.

mod administration;

pub use administration::{console_again, console_refused};

use super::forms::{address, see, with_cookies};
use super::session::{Caller, NoVisitor, Visitor};
use super::{api, bulk, console, create, group, sign_in, war_room, web_login};
use crate::flow::console::entry;
use crate::flow::{Refusal, link, session};
use crate::model::integration::Integration;
use crate::model::text::zone_offset_minutes;
use crate::state::State;
use crate::web;
use administration::show_console;
use app::backend::Backend;
use app::notice::Notice;
use app::place::Place;
use app::viewing::Refused;
use app::visit::{Assets, SetStatus, Visit};
use axum::Router;
use axum::extract::{Request, State as Of};
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY};
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use axum::routing::get;
use contract::bulk::Bulk;
use contract::{Problem, ProblemCode, paths};
use leptos::nonce::Nonce;
use leptos::prelude::provide_context;
use leptos_axum::{generate_route_list, render_app_async_with_context};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};
use url::{Host, Url};

/// Pages, their JSON, and signing in.
pub fn routes() -> Router<State> {
    // Walking the app's route table also tells Leptos what runs its futures.
    let pages = generate_route_list(app::App);
    let pages = pages.iter().fold(Router::new(), |router, page| match page.path() {
        paths::SIGN_IN => router.route(paths::SIGN_IN, get(show_sign_in)),
        path if path.starts_with(paths::CONSOLE) => router.route(path, get(show_console)),
        path => router.route(path, get(show)),
    });
    let signing_in = sign_in::routes().merge(web_login::routes());
    pages
        .merge(api::routes())
        .merge(bulk::routes())
        .merge(create::routes())
        .merge(group::routes())
        .merge(war_room::routes())
        .merge(signing_in)
        .merge(console::routes())
}

/// A problem on a page outside of every integration.
pub async fn console_problem(state: State, caller: Caller, refusal: Refusal, request: Request) -> Response {
    let problem = caller.problem(refusal, caller.language());
    let visit = outside(&state, &caller);
    draw(&state, visit, || (), Some(problem), request).await
}

async fn show(Of(state): Of<State>, caller: Caller, visitor: Result<Visitor, NoVisitor>, request: Request) -> Response {
    let visitor = match visitor {
        Ok(visitor) => visitor,
        Err(NoVisitor(refusal)) => return console_problem(state, caller, refusal, request).await,
    };
    let cookies = [visitor.caller.introduction(), visitor.stay().await];
    let offers_console = match &visitor.signed_in {
        // Without an answer the menu is shorter, not the page missing.
        Some((_, link)) => entry::is_offered(&state, link).await.unwrap_or(false),
        None => false,
    };
    let visit = Visit { offers_console, ..inside(&visitor) };
    let response = draw(&state, visit, door(visitor), None, request).await;
    with_cookies(response, cookies.into_iter().flatten())
}

/// The page a form was sent from, with what was typed and why it was not done: it can be corrected and sent again.
pub async fn refused(visitor: Visitor, back: Place, refused: Refused) -> Response {
    let status = StatusCode::from_u16(refused.problem.code.status()).unwrap_or(StatusCode::BAD_REQUEST);
    let place = match refused.action.is_asked_apart() {
        true => Place::Ask { id: refused.id.clone(), action: refused.action },
        false => back,
    };
    let shows_form = matches!(&place, Place::Incident { id } | Place::Pc { id: Some(id), .. } if *id == refused.id);
    let visit = inside(&visitor);
    // Where the form is on the page, what was wrong stands beside it; else at the top.
    let notice = (!shows_form).then(|| Notice::Told(refused.problem.clone()));
    let visit = Visit { notice, refused: Some(refused), ..visit };
    let mut request = Request::default();
    if let Ok(address) = place.address(visitor.key()).parse() {
        *request.uri_mut() = address;
    }
    let state = visitor.state.clone();
    let mut response = draw(&state, visit, door(visitor), None, request).await;
    if response.status() == StatusCode::OK {
        *response.status_mut() = status;
    }
    response
}

/// What a page is told that answers a form itself.
#[derive(Default)]
pub struct Redrawn {
    /// Of the answer, where the page has none of its own to say.
    pub status: StatusCode,
    pub notice: Option<Notice>,
    /// What was typed, by the names of the fields.
    pub typed: BTreeMap<String, String>,
    /// The same of fields that may have several values.
    pub typed_many: BTreeMap<String, Vec<String>>,
    /// What is wrong with it, by the names of the fields.
    pub faults: Vec<(String, String)>,
    pub bulk: Option<Bulk>,
}

/// The page at an address of ours, as the answer to a form.
pub async fn redraw(visitor: Visitor, address: &str, with: Redrawn) -> Response {
    let Redrawn { status, notice, typed, typed_many, faults, bulk } = with;
    let visit = Visit { notice, typed, typed_many, faults, bulk, ..inside(&visitor) };
    let mut request = Request::default();
    if let Ok(address) = address.parse() {
        *request.uri_mut() = address;
    }
    let state = visitor.state.clone();
    let mut response = draw(&state, visit, door(visitor), None, request).await;
    if response.status() == StatusCode::OK {
        *response.status_mut() = status;
    }
    response
}

/// The sign-in page keeps the attempt of its address in the browser, and gives somebody whose link broke a new one.
async fn show_sign_in(
    state: Of<State>,
    caller: Caller,
    visitor: Result<Visitor, NoVisitor>,
    request: Request,
) -> Response {
    let Ok(visitor) = visitor else { return show(state, caller, visitor, request).await };
    if let Some(named) = visitor.caller.parameter("attempt").filter(|id| sign_in::is_attempt(id)) {
        if is_done_with(&visitor, named).await {
            return with_cookies(see(&sign_in::start(&visitor).address(visitor.key())), visitor.caller.introduction());
        }
        let cookie = sign_in::keep_attempt(&visitor, named);
        return with_cookies(show(state, caller, Ok(visitor), request).await, [cookie]);
    }
    match begun(&visitor).await {
        Ok(Some(to)) => with_cookies(see(&to), visitor.caller.introduction()),
        Ok(None) => show(state, caller, Ok(visitor), request).await,
        Err(refusal) => show(state, caller, Err(NoVisitor(refusal)), request).await,
    }
}

/// Whether somebody whose link is fine came back to an attempt that is over: by the browser's way back, say.
async fn is_done_with(visitor: &Visitor, attempt: &str) -> bool {
    let is_linked = visitor.signed_in.as_ref().is_some_and(|(_, known)| session::is_living(known));
    let browser = visitor.caller.browser_hash();
    is_linked
        && matches!(
            link::look(&visitor.state, &visitor.integration, attempt, true, &browser).await,
            Err(Refusal { code: ProblemCode::LinkExpired, .. })
        )
}

/// Where somebody who is signed in goes who is in no attempt: whose link is fine has nothing to do here.
async fn begun(visitor: &Visitor) -> Result<Option<String>, Refusal> {
    let Some((_, known)) = &visitor.signed_in else { return Ok(None) };
    let browser = visitor.caller.browser_hash();
    if let Some(kept) = visitor.kept_attempt()
        && link::check(&visitor.state, &visitor.integration, &kept, &browser).await.is_ok()
    {
        return Ok(None);
    }
    let notice = Notice::from_query(visitor.caller.parameters());
    let start = sign_in::start(visitor);
    if session::is_living(known) {
        return Ok(Some(address(visitor.key(), &start, &[], notice.as_ref())));
    }
    let (employee, goal) = (known.employee.clone(), sign_in::goal_of(&start));
    let attempt = link::begin_again(&visitor.state, &visitor.integration, employee, goal, &browser).await?;
    Ok(Some(address(visitor.key(), &Place::SignIn, &[("attempt", attempt)], notice.as_ref())))
}

/// What every page about an integration is told.
fn about(state: &State, visit: Visit, integration: &Integration) -> Visit {
    let settings = &integration.settings;
    Visit {
        integration_name: settings.name.clone(),
        zone_offset_minutes: zone_offset_minutes(&settings.time_zone, state.world.now()),
        ..visit
    }
}

/// A visitor's door to data, put into a page's context.
fn door(visitor: Visitor) -> impl Fn() + Clone + Send + Sync + 'static {
    let backend: Arc<dyn Backend> = Arc::new(visitor);
    move || provide_context(Arc::clone(&backend))
}

/// What a page within an integration is told about its visitor.
fn inside(visitor: &Visitor) -> Visit {
    let settings = &visitor.integration.settings;
    let session = visitor.signed_in.as_ref().map(|_| visitor.session_cookie());
    Visit {
        key: visitor.key().to_owned(),
        language: visitor.language,
        snooze_minutes: settings.card.snooze_minutes().to_vec(),
        csrf: visitor.caller.form_token(session.as_deref()),
        corp_id: settings.corp_id.clone(),
        client_id: settings.client_id.clone(),
        jsapi_url: visitor.state.config.dingtalk_jsapi_url.to_string(),
        ..about(&visitor.state, outside(&visitor.state, &visitor.caller), &visitor.integration)
    }
}

/// What a page outside of every integration is told.
fn outside(state: &State, caller: &Caller) -> Visit {
    let config = &state.config;
    Visit {
        language: caller.language(),
        theme: caller.theme,
        csrf: caller.form_token(Some(&caller.cookies.console())),
        inside: caller.inside,
        now_ms: state.world.now().0,
        notice: Notice::from_query(caller.parameters()),
        // Neither platform runs on the machine its clients run on, except when it is played.
        demo: is_loopback(&config.dingtalk_api_url) && is_loopback(&config.flashduty_api_url),
        ..Visit::default()
    }
}

fn is_loopback(address: &Url) -> bool {
    match address.host() {
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

/// Draws a page whole: data, status and title are settled before its first byte leaves.
async fn draw(
    state: &State,
    visit: Visit,
    provide_door: impl Fn() + Clone + Send + Sync + 'static,
    problem: Option<Problem>,
    request: Request,
) -> Response {
    let nonce: Arc<str> = state.world.secret().into();
    let is_console = request.uri().path().starts_with(paths::CONSOLE);
    let status = Arc::new(AtomicU16::new(200));
    let context = {
        let (nonce, status, assets) = (Arc::clone(&nonce), Arc::clone(&status), assets());
        move || {
            let status = Arc::clone(&status);
            provide_context(Nonce::from_value(Arc::clone(&nonce)));
            provide_context(visit.clone());
            provide_context(assets.clone());
            provide_door();
            provide_context(SetStatus::new(move |code| status.store(code, Ordering::Relaxed)));
        }
    };
    let mut response = match problem {
        Some(problem) => {
            render_app_async_with_context(context, move || app::problem_shell(problem.clone()))(request).await
        }
        None => render_app_async_with_context(context, app::shell)(request).await,
    };
    *response.status_mut() =
        StatusCode::from_u16(status.load(Ordering::Relaxed)).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    let framers = if is_console { "'none'".to_owned() } else { framers(state) };
    if let Ok(policy) = HeaderValue::from_str(&policy(state, &nonce, &framers)) {
        headers.insert(CONTENT_SECURITY_POLICY, policy);
    }
    response
}

fn assets() -> Assets {
    let path = |name| web::plain_script(name).map(|asset| asset.path.to_owned()).unwrap_or_default();
    Assets {
        style: web::style_text().to_owned(),
        script: web::script().map(|asset| asset.path.to_owned()),
        wasm: web::wasm().map(|asset| asset.path.to_owned()),
        arrive: path("arrive.js"),
        page: path("page.js"),
        console: path("console.js"),
        icon: path("icon.svg"),
    }
}

/// What a page may load, run and be framed by. DingTalk frames us on PC, but nobody frames the console.
fn policy(state: &State, nonce: &str, framers: &str) -> String {
    let jsapi = script_source(&state.config.dingtalk_jsapi_url);
    let base = state.config.flashduty_api_url.to_string();
    let metadata = state.caches.oauth.get(&base, state.world.now()).flatten();
    // Chromium applies this to the redirects that a form leads to.
    let sign_in = metadata.map(|metadata| sign_in_sources(&metadata.authorization_endpoint)).unwrap_or_default();
    let login = state.config.dingtalk_login_url.origin().ascii_serialization();
    format!(
        "default-src 'self'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval' {jsapi}; \
         style-src 'self' 'nonce-{nonce}'; img-src 'self' data: https:; connect-src 'self'; \
         frame-ancestors {framers}; base-uri 'none'; object-src 'none'; \
         form-action 'self' {login}{sign_in}"
    )
}

/// Where DingTalk's script, which gives the login code, may come from and find further ones: its publisher's folder, for
/// others publish on its host too.
fn script_source(script: &Url) -> String {
    let mut segments = script.path_segments().into_iter().flatten();
    let folder = segments.next().filter(|_| segments.next().is_some());
    let folder = folder.map(|folder| format!("{folder}/")).unwrap_or_default();
    format!("{}/{folder}", script.origin().ascii_serialization())
}

/// DingTalk's clients, and the address of its API, from which the pretend DingTalk shows our pages.
fn framers(state: &State) -> String {
    let api = state.config.dingtalk_api_url.origin().ascii_serialization();
    format!("'self' https://*.dingtalk.com {api}")
}

/// Where Flashduty's sign-in may lead: its own address and its neighbours, such as console and single sign-on.
fn sign_in_sources(authorization_endpoint: &Url) -> String {
    let own = authorization_endpoint.origin().ascii_serialization();
    let neighbours = match authorization_endpoint.host() {
        Some(Host::Domain(name)) if name.matches('.').count() >= 2 => {
            name.split_once('.').map(|(_, parent)| format!(" {}://*.{parent}", authorization_endpoint.scheme()))
        }
        _ => None,
    };
    format!(" {own}{}", neighbours.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_a_sign_in_may_lead() {
        for (endpoint, sources) in [
            ("https://api.flashcat.cloud/oauth/authorize", " https://api.flashcat.cloud https://*.flashcat.cloud"),
            ("http://127.0.0.1:4001/x", " http://127.0.0.1:4001"),
            ("https://duty.example/x", " https://duty.example"),
        ] {
            assert_eq!(sign_in_sources(&Url::parse(endpoint).unwrap()), sources);
        }
    }

    #[test]
    fn scripts_come_from_their_publisher_alone() {
        for (script, source) in [
            ("https://g.alicdn.com/dingding/dingtalk-jsapi/3.1.0/dingtalk.open.js", "https://g.alicdn.com/dingding/"),
            ("http://127.0.0.1:4001/jsapi.js?x=1", "http://127.0.0.1:4001/"),
            ("https://cdn.example", "https://cdn.example/"),
        ] {
            assert_eq!(script_source(&Url::parse(script).unwrap()), source);
        }
    }

    #[test]
    fn only_a_played_platform_is_on_this_machine() {
        for (address, expected) in
            [("http://127.0.0.1:1", true), ("http://[::1]:1", true), ("https://api.dingtalk.com", false)]
        {
            assert_eq!(is_loopback(&Url::parse(address).unwrap()), expected);
        }
    }
}
