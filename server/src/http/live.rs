//! The stream of changes, as server-sent events. It is small: an id to come back with, one JSON text an event.

use super::request::Query;
use super::session::Visitor;
use super::{forms, problem::ApiError};
use crate::flow::Refusal;
use crate::flow::live::{List, SHOWN_MAX, Shown, Watch};
use crate::flow::read::{self, Viewer};
use app::place::Place;
use axum::http::header::CACHE_CONTROL;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse, Response};
use contract::ProblemCode;
use contract::live::Told;
use futures::stream;
use serde::Deserialize;
use std::convert::Infallible;
use std::time::Duration;
use world::Millis;

/// How soon a browser comes back whose stream was cut.
const RETRY: Duration = Duration::from_secs(1);

/// What a page says of itself.
#[derive(Deserialize)]
pub struct Asked {
    /// The page, as a [`Place`].
    view: String,
    /// Ids of the incidents on it, separated by commas.
    shown: Option<String>,
    /// Up to when it knows everything, in Unix milliseconds. What the browser remembers of an earlier stream is newer.
    after: Option<i64>,
}

/// Tells an open page what changes, until it is closed.
pub async fn stream(visitor: Visitor, headers: HeaderMap, Query(asked): Query<Asked>) -> Result<Response, ApiError> {
    let last = headers.get("last-event-id").and_then(|id| id.to_str().ok()?.parse().ok());
    let known = last.or(asked.after).map(Millis);
    let shown = shown(&asked).ok_or(ProblemCode::BadRequest)?;
    let watch = match open(&visitor, shown, known).await {
        Ok(watch) => watch,
        Err(refusal) => return Ok(forms::told(visitor.problem(refusal))),
    };
    let first = Event::default().retry(RETRY);
    let events = stream::unfold((Some(first), watch), async |(first, mut watch)| {
        let event = match first {
            Some(first) => first,
            None => {
                let (known, told) = watch.next().await?;
                event(known, &told)
            }
        };
        Some((Ok::<_, Infallible>(event), (None, watch)))
    });
    let mut response = Sse::new(events).into_response();
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // Reverse proxies of the nginx family would keep events back until there are enough of them.
    response.headers_mut().insert(HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));
    Ok(response)
}

async fn open(visitor: &Visitor, shown: Shown, known: Option<Millis>) -> Result<Watch, Refusal> {
    let link = visitor.living()?;
    let session = visitor.session_hash().ok_or(ProblemCode::NotSignedIn)?;
    let (state, integration, language) = (&visitor.state, &visitor.integration, visitor.language);
    let viewer = Viewer { state, integration, link, language };
    Watch::open(viewer, session, shown, known).await
}

fn event(known: Millis, told: &Told) -> Event {
    let event = Event::default().id(known.0.to_string());
    // Our own types always become JSON; an event without data would only be passed over.
    event.json_data(told).unwrap_or_default()
}

/// What a page shows. None for what is no page that changes by itself.
fn shown(asked: &Asked) -> Option<Shown> {
    let ids = asked.shown.as_deref().unwrap_or_default().split(',').filter(|id| read::is_incident_id(id));
    let mut shown = Shown { ids: ids.take(SHOWN_MAX).map(str::to_owned).collect(), ..Shown::default() };
    match Place::parse(&asked.view)? {
        Place::Home { list } => shown.list = List::of(list),
        Place::Pc { list, id } => {
            shown.list = List::of(list);
            shown.detail = id;
        }
        Place::CoolApp { cid } => shown.list = List::Group(cid),
        Place::Incident { id } => shown.detail = Some(id),
        Place::Ask { .. }
        | Place::WarRoom { .. }
        | Place::Create { .. }
        | Place::SignIn
        | Place::Account
        | Place::Console
        | Place::Administer { .. }
        | Place::Group { .. } => return None,
    }
    shown.ids.extend(shown.detail.clone().filter(|id| read::is_incident_id(id)));
    Some(shown)
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::incident::Tab;
    use contract::listing::Listing;

    fn asked(view: &str, ids: &str) -> Option<Shown> {
        shown(&Asked { view: view.to_owned(), shown: Some(ids.to_owned()), after: None })
    }

    #[test]
    fn what_a_page_shows() {
        const ID: &str = "69da451ef77b1b51f40e83ee";
        let home = asked("home", &format!("{ID},nonsense,,../x")).unwrap();
        assert_eq!((home.list, home.ids.len()), (List::Filtered(Listing::of(Tab::Mine)), 1));
        assert_eq!(asked("home:open:2", "").unwrap().list, List::Fixed, "what is new comes on the first page");
        assert_eq!(asked("home:on-call", "").unwrap().list, List::Fixed);
        assert_eq!(asked("home:open?q=disk", "").unwrap().list, List::Fixed, "Flashduty alone can search");
        let pc = asked(&format!("pc:open:1:{ID}"), "").unwrap();
        assert_eq!(
            (pc.list, pc.detail.as_deref(), pc.ids.contains(ID)),
            (List::Filtered(Listing::of(Tab::Open)), Some(ID), true)
        );
        assert_eq!(asked("cool-app:cidA+b==", "").unwrap().list, List::Group("cidA+b==".into()));
        for nothing in ["", "account", "sign-in", "console", "//evil"] {
            assert!(asked(nothing, ID).is_none(), "{nothing}");
        }
        let many: Vec<String> = (0..1_000).map(|n| format!("{n:024x}")).collect();
        assert_eq!(asked("home", &many.join(",")).unwrap().ids.len(), SHOWN_MAX);
    }
}
