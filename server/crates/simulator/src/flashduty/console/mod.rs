//! The pretend Flashduty console: raise an incident, see what becomes of it, act as somebody, make an APP key. Plain
//! pages and forms that work without scripts, from 360 px; a small script keeps them fresh.
//!
//! Who acts is in the address (`?as=li.na`), because there is nothing to protect here.

mod ends;
mod render;
mod trouble;

use super::Flashduty;
use super::calls::Need;
use super::gate::{Caller, parameter, permit};
use super::incident::Severity;
use super::machine::Act;
use super::merge::MergeInto;
use super::page::{Language, SCRIPT, STYLE, page};
use super::people::Member;
use super::refusal::{Code, Refusal};
use super::verbs::Raise;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, RawQuery, State};
use axum::http::header::{CONTENT_TYPE, LOCATION};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use render::View;
use std::collections::BTreeMap;
use std::sync::Arc;

type Shared = State<Arc<Flashduty>>;

/// The console's routes, and the address that `detail_url` of an incident names.
pub fn router(flashduty: Arc<Flashduty>) -> Router {
    Router::new()
        .route("/console", get(list))
        .route("/console/raise", axum::routing::post(raise))
        .route("/console/incidents/{id}", get(detail).post(act))
        .route("/console/keys", get(keys).post(make_key))
        .route(trouble::PATH, get(trouble::show).post(trouble::change))
        .route("/incident/detail/{id}", get(from_detail_url))
        .route("/console/style.css", get(|| asset("text/css; charset=utf-8", STYLE)))
        .route("/console/live.js", get(|| asset("text/javascript; charset=utf-8", SCRIPT)))
        .with_state(flashduty)
}

async fn asset(kind: &'static str, text: &'static str) -> Response {
    ([(CONTENT_TYPE, kind)], text).into_response()
}

/// Who looks at what, in which language.
fn view(flashduty: &Flashduty, query: &str, headers: &HeaderMap, path: &str) -> View {
    let wanted = parameter(query, "as").unwrap_or_default();
    let state = flashduty.state();
    let mut people = state.members.values().filter(|member| is_choosable(member));
    let chosen = people.clone().find(|member| member.key == wanted).or_else(|| people.next());
    View {
        language: Language::of(query, headers),
        person: chosen.map(|member| (member.id, member.key.clone())).unwrap_or_default(),
        path: path.to_owned(),
        problem: parameter(query, "problem").as_deref().and_then(Code::named),
    }
}

fn is_choosable(member: &Member) -> bool {
    !member.deleted && !member.is_service
}

async fn list(State(flashduty): Shared, RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    let view = view(&flashduty, &query.unwrap_or_default(), &headers, "/console");
    let mut state = flashduty.state();
    state.run_timers();
    let body = view.list(&state);
    page(StatusCode::OK, view.language, view.say("故障", "Incidents"), &body)
}

async fn detail(
    State(flashduty): Shared,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let view = view(&flashduty, &query.unwrap_or_default(), &headers, &format!("/console/incidents/{id}"));
    let mut state = flashduty.state();
    state.run_timers();
    match state.incidents.get(&id) {
        Some(incident) => page(StatusCode::OK, view.language, &incident.title, &view.detail(&state, incident)),
        None => page(
            StatusCode::NOT_FOUND,
            view.language,
            view.say("没有这个故障", "No such incident"),
            &view.absent(&state),
        ),
    }
}

async fn from_detail_url(Path(id): Path<String>) -> Response {
    let id: String = id.chars().filter(char::is_ascii_alphanumeric).collect();
    (StatusCode::SEE_OTHER, [(LOCATION, format!("/console/incidents/{id}"))]).into_response()
}

async fn keys(State(flashduty): Shared, RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    let view = view(&flashduty, &query.unwrap_or_default(), &headers, "/console/keys");
    let body = view.keys(&flashduty.state(), None);
    page(StatusCode::OK, view.language, view.say("我的 APP Key", "My APP keys"), &body)
}

/// Shows the new key on the page that answers: the full value is shown once.
async fn make_key(State(flashduty): Shared, RawQuery(query): RawQuery, headers: HeaderMap, body: Bytes) -> Response {
    let mut view = view(&flashduty, &query.unwrap_or_default(), &headers, "/console/keys");
    let form = String::from_utf8_lossy(&body);
    let name: String = parameter(&form, "key_name").unwrap_or_default().trim().chars().take(39).collect();
    let name = if name.is_empty() { "dingduty" } else { &name };
    let made = flashduty.make_key(view.person.0, name);
    view.problem = made.as_ref().err().map(|refusal| refusal.code);
    let body = view.keys(&flashduty.state(), made.ok().as_deref());
    page(StatusCode::OK, view.language, view.say("我的 APP Key", "My APP keys"), &body)
}

async fn raise(State(flashduty): Shared, RawQuery(query): RawQuery, headers: HeaderMap, body: Bytes) -> Response {
    let view = view(&flashduty, &query.unwrap_or_default(), &headers, "/console");
    let form = String::from_utf8_lossy(&body);
    let field = |name: &str| parameter(&form, name).unwrap_or_default();
    let title: String = field("title").trim().chars().take(512).collect();
    let responder_ids = url::form_urlencoded::parse(&body)
        .filter(|(name, _)| name == "responder")
        .filter_map(|(_, value)| value.parse().ok())
        .collect();
    let wanted = Raise {
        title,
        description: field("description").chars().take(2_048).collect(),
        severity: Severity::named(&field("severity")).filter(|one| *one != Severity::Ok).unwrap_or(Severity::Critical),
        channel_id: field("channel").parse().unwrap_or(0),
        responder_ids,
        labels: BTreeMap::from([("source".to_owned(), "console".to_owned())]),
        ..Raise::default()
    };
    let outcome = if wanted.title.is_empty() {
        Err(Refusal::parameter("title"))
    } else {
        flashduty.raise(wanted).await.map(|_| ())
    };
    back(&view, "/console", outcome)
}

async fn act(
    State(flashduty): Shared,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let view = view(&flashduty, &query.unwrap_or_default(), &headers, "/console");
    let form = String::from_utf8_lossy(&body);
    let outcome = carry_out(&flashduty, &view, &id, &form).await;
    let exists = flashduty.state().incidents.contains_key(&id);
    let page = if exists && parameter(&form, "from").as_deref() == Some("detail") {
        format!("/console/incidents/{id}")
    } else {
        "/console".to_owned()
    };
    back(&view, &page, outcome)
}

async fn carry_out(flashduty: &Flashduty, view: &View, id: &str, form: &str) -> Result<(), Refusal> {
    let field = |name: &str| parameter(form, name).unwrap_or_default().chars().take(1_024).collect::<String>();
    let filled = |name: &str| Some(field(name)).filter(|text| !text.trim().is_empty());
    let act = match field("act").as_str() {
        // The alert source recovers, not a person: nobody's permission is asked.
        "recover" => return flashduty.recover(id).await.map(|_| ()),
        "remove" => {
            permit(&flashduty.state(), Caller { person_id: view.person.0 }, Need::IncidentsManage)?;
            return flashduty.remove(id).then_some(()).ok_or_else(|| Code::ResourceNotFound.into());
        }
        "merge" => {
            permit(&flashduty.state(), Caller { person_id: view.person.0 }, Need::IncidentsManage)?;
            let (target_id, source_ids) = (field("target"), vec![id.to_owned()]);
            let wanted = MergeInto { target_id, source_ids, ..MergeInto::default() };
            return flashduty.merge_as(view.person.0, &wanted).await;
        }
        "acknowledge" => Act::Acknowledge,
        "unacknowledge" => Act::Unacknowledge,
        "resolve" => Act::Resolve { root_cause: filled("root_cause"), resolution: filled("resolution") },
        "reopen" => Act::Reopen { reason: field("reason") },
        "snooze" => Act::Snooze { minutes: field("minutes").parse().unwrap_or(120).clamp(1, 1_440) },
        "wake" => Act::Wake,
        "comment" => {
            Act::Comment { comment: filled("comment").ok_or_else(|| Refusal::parameter("comment"))?, mute_reply: false }
        }
        _ => return Err(Refusal::parameter("act")),
    };
    permit(&flashduty.state(), Caller { person_id: view.person.0 }, Need::IncidentsManage)?;
    flashduty.act_as(view.person.0, id, act).await.map(|_| ())
}

fn back(view: &View, path: &str, outcome: Result<(), Refusal>) -> Response {
    let mut address = view.address(path);
    if let Err(refusal) = outcome {
        address.push_str("&problem=");
        address.push_str(refusal.code.name());
    }
    (StatusCode::SEE_OTHER, [(LOCATION, address)]).into_response()
}
