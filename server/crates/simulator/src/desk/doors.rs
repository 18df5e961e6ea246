//! Requests to the desk. Only the desk's own page on this machine may change anything.

use super::acts::{GroupAct, Press};
use super::jar::{self, BROWSER_COOKIE};
use super::page::{self, Look};
use super::text::Language;
use super::{Desk, FIRST_PERSON, Seat, link};
use crate::dingtalk::{Employee, PERSON_COOKIE, Place};
use axum::Json;
use axum::extract::{Form, Path, Query, Request, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HOST, LOCATION, ORIGIN, SET_COOKIE};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{AppendHeaders, IntoResponse, Response};
use serde::Deserialize;
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;

/// Frames show the product, Flashduty's console and its sign-in, all on this machine.
const POLICY: &str = "default-src 'self'; img-src 'self' data:; frame-src http://127.0.0.1:* http://localhost:*; \
                      form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// How long a request for the state waits for something to happen.
const STATE_WAIT: Duration = Duration::from_millis(700);

type Shared = State<Arc<Desk>>;

/// What the address says.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    /// `zh` or `en`.
    lang: Option<String>,
    /// `phone` or `pc`.
    device: String,
    /// `light` or `dark`; the system's when neither.
    theme: String,
    /// `messages` or `workplace`.
    tab: String,
    /// The open chat: a group's id, `bot` or `work`.
    chat: String,
    /// Key of the parts that the script has.
    have: Option<String>,
    /// Who to become.
    person: String,
}

impl Asked {
    fn look(&self, language: Language) -> Look {
        Look {
            language,
            pc: self.device == "pc",
            theme: ["light", "dark"].into_iter().find(|theme| *theme == self.theme),
            workplace: self.tab == "workplace",
            chat: self.chat.clone(),
        }
    }
}

/// Refuses other machines' names for this one, and what did not come from the desk's own page.
pub async fn only_here(request: Request, next: Next) -> Response {
    let headers = request.headers();
    let host = headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default().to_owned();
    let name = host.rsplit_once(':').map_or(host.as_str(), |(name, _)| name);
    if !["127.0.0.1", "localhost", "[::1]"].contains(&name) {
        return (StatusCode::FORBIDDEN, "the desk answers on this machine only").into_response();
    }
    if request.method().is_safe() {
        // The product's pages are on 127.0.0.1: under another name they would be third parties without cookies.
        if name != "127.0.0.1" && request.uri().path() == "/desk" {
            let port = host.rsplit_once(':').map_or("80", |(_, port)| port);
            let path = request.uri().path_and_query().map_or("/desk", |path| path.as_str());
            return see_other(&format!("http://127.0.0.1:{port}{path}"));
        }
        return next.run(request).await;
    }
    let own = format!("http://{host}");
    if headers.get(ORIGIN).and_then(|origin| origin.to_str().ok()) != Some(own.as_str()) {
        return (StatusCode::FORBIDDEN, "only the desk itself may ask that").into_response();
    }
    next.run(request).await
}

/// `GET /desk`.
pub async fn page(State(desk): Shared, Query(asked): Query<Asked>, headers: HeaderMap) -> Response {
    let Some((seat, cookies)) = desk.sit_down(&asked, &headers) else {
        return (StatusCode::NOT_FOUND, "nobody works here; start the simulator with its company").into_response();
    };
    let regions = desk.regions(&seat);
    let mut look = asked.look(seat.language);
    // Whoever became somebody who is not in the open chat sees the list of chats, not an empty phone.
    if regions.part("head").is_empty() {
        look.chat.clear();
    }
    let html = page::draw(&seat, &look, &regions, &desk.flashduty_url);
    (document(), set_cookies(cookies), html).into_response()
}

/// `GET /desk/state`: the parts that changed, as soon as DingTalk's state changes, else after a moment.
pub async fn state(State(desk): Shared, Query(asked): Query<Asked>, headers: HeaderMap) -> Response {
    let Some(seat) = desk.seat(&asked, &headers) else { return StatusCode::CONFLICT.into_response() };
    let mut changes = desk.dingtalk.changes();
    let now = desk.regions(&seat).json(&seat.person.user_id, asked.have.as_deref());
    if now.get("parts").is_some() {
        return Json(now).into_response();
    }
    // Whether it ended by a change or by time: look again.
    let _ = tokio::time::timeout(STATE_WAIT, changes.changed()).await;
    Json(desk.regions(&seat).json(&seat.person.user_id, asked.have.as_deref())).into_response()
}

/// A link to look at.
#[derive(Deserialize)]
pub struct AskedLink {
    link: String,
}

/// `GET /desk/link`: what a link that a page gave to its client opens; `{}` when nothing.
pub async fn link(Query(asked): Query<AskedLink>) -> Response {
    let opening = link::parse(&asked.link).map(|opening| {
        json!({
            "url": opening.url.as_str(), "place": opening.place(), "percent": opening.percent(), "title": opening.title,
        })
    });
    Json(opening.unwrap_or_else(|| json!({}))).into_response()
}

/// `POST /desk/person`: somebody else takes the phone, with their own cookies.
pub async fn person(State(desk): Shared, headers: HeaderMap, Form(asked): Form<Asked>) -> Response {
    let Some(next) = desk.employee(&asked.person) else { return StatusCode::BAD_REQUEST.into_response() };
    let lines = desk.become_person(&headers, &next);
    let look = asked.look(Language::of(asked.lang.as_deref(), &headers));
    (set_cookies(lines), see_other(&look.address())).into_response()
}

/// `POST /desk/leave`: whoever sits here leaves the company, and the next one sits down.
pub async fn leave(State(desk): Shared, headers: HeaderMap, Form(asked): Form<Asked>) -> Response {
    let Some(seat) = desk.seat(&asked, &headers) else { return StatusCode::CONFLICT.into_response() };
    desk.leave(&seat).await;
    let lines = desk.first_person().map(|next| desk.become_person(&headers, &next)).unwrap_or_default();
    (set_cookies(lines), see_other(&asked.look(seat.language).address())).into_response()
}

/// `POST /desk/press`.
pub async fn press(
    State(desk): Shared,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
    Json(press): Json<Press>,
) -> Response {
    match desk.seat(&asked, &headers) {
        Some(seat) => Json(desk.press(&seat, &press).await).into_response(),
        None => StatusCode::CONFLICT.into_response(),
    }
}

/// `POST /desk/group`.
pub async fn group(
    State(desk): Shared,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
    Json(act): Json<GroupAct>,
) -> Response {
    match desk.seat(&asked, &headers) {
        Some(seat) => Json(desk.change_group(&seat, &act).await).into_response(),
        None => StatusCode::CONFLICT.into_response(),
    }
}

/// `POST /desk/again`: the tour from the beginning.
pub async fn again(State(desk): Shared) -> Response {
    desk.begin_again();
    StatusCode::NO_CONTENT.into_response()
}

/// `GET /desk/chaos`: the trouble panel.
pub async fn chaos(State(desk): Shared, Query(asked): Query<Asked>, headers: HeaderMap) -> Response {
    let html = desk.chaos_page(Language::of(asked.lang.as_deref(), &headers));
    (document(), html).into_response()
}

/// `POST /desk/chaos/{act}`: one of the panel's forms.
pub async fn chaos_act(
    State(desk): Shared,
    Path(act): Path<String>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
    Form(fields): Form<Vec<(String, String)>>,
) -> Response {
    match desk.chaos(&act, &fields) {
        Some(()) => {
            let language = Language::of(asked.lang.as_deref(), &headers);
            see_other(&format!("/desk/chaos?lang={}", language.short()))
        }
        None => StatusCode::BAD_REQUEST.into_response(),
    }
}

/// `GET /desk/desk.css`.
pub async fn style() -> Response {
    asset("text/css; charset=utf-8", include_str!("desk.css"))
}

/// `GET /desk/desk.js`.
pub async fn script() -> Response {
    asset("text/javascript; charset=utf-8", include_str!("desk.js"))
}

impl Desk {
    /// The seat of whoever the cookie names.
    fn seat(&self, asked: &Asked, headers: &HeaderMap) -> Option<Seat> {
        let person = jar::cookie(headers, PERSON_COOKIE).and_then(|id| self.employee(&id))?;
        Some(self.seat_of(person, asked, headers))
    }

    /// The same; when nobody sits there, or somebody who has left, the first person sits down. Answers cookies to set.
    fn sit_down(&self, asked: &Asked, headers: &HeaderMap) -> Option<(Seat, Vec<String>)> {
        let (person, mut lines) = match self.seat(asked, headers) {
            Some(seat) => (seat.person, Vec::new()),
            None => {
                let person = self.first_person()?;
                let lines = self.become_person(headers, &person);
                (person, lines)
            }
        };
        if jar::cookie(headers, BROWSER_COOKIE).is_none() {
            lines.push(jar::set(BROWSER_COOKIE, &self.world.id()));
        }
        Some((self.seat_of(person, asked, headers), lines))
    }

    fn seat_of(&self, person: Employee, asked: &Asked, headers: &HeaderMap) -> Seat {
        let open = match asked.chat.as_str() {
            "" => None,
            "bot" => Some(Place::Person(person.user_id.clone())),
            "work" => Some(Place::Work(person.user_id.clone())),
            id => Some(Place::Chat(id.to_owned())),
        };
        Seat { person, language: Language::of(asked.lang.as_deref(), headers), open }
    }

    /// Changes jars; answers the `Set-Cookie` lines.
    fn become_person(&self, headers: &HeaderMap, next: &Employee) -> Vec<String> {
        let browser = jar::cookie(headers, BROWSER_COOKIE).unwrap_or_default();
        let present = jar::cookie(headers, PERSON_COOKIE);
        self.memory().jars.swap(&browser, present.as_deref(), &next.user_id, jar::cookies(headers))
    }

    /// Somebody who works here.
    fn employee(&self, user_id: &str) -> Option<Employee> {
        self.dingtalk.users().into_iter().find(|person| person.active && person.user_id == user_id)
    }

    fn first_person(&self) -> Option<Employee> {
        self.employee(FIRST_PERSON).or_else(|| self.dingtalk.users().into_iter().find(|person| person.active))
    }
}

/// Headers of a page of the desk.
fn document() -> [(HeaderName, HeaderValue); 4] {
    [
        (CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
        (CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)),
        (HeaderName::from_static("x-content-type-options"), HeaderValue::from_static("nosniff")),
    ]
}

fn set_cookies(lines: Vec<String>) -> AppendHeaders<Vec<(HeaderName, HeaderValue)>> {
    let values = lines.iter().filter_map(|line| HeaderValue::from_str(line).ok());
    AppendHeaders(values.map(|value| (SET_COOKIE, value)).collect())
}

fn see_other(address: &str) -> Response {
    (StatusCode::SEE_OTHER, [(LOCATION, address)]).into_response()
}

fn asset(kind: &'static str, text: &'static str) -> Response {
    ([(CONTENT_TYPE, kind), (CACHE_CONTROL, "no-cache")], text).into_response()
}
