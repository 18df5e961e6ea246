//! The door: one function per call, the same in the browser and on the server. In the browser it asks our JSON API;
//! on the server it asks the `Backend` of the request.

pub use side::*;

/// On the server: the request's `Backend`.
#[cfg(feature = "ssr")]
mod side {
    use crate::backend::{Backend, ConsoleBackend};
    use crate::viewing::Viewing;
    use contract::bulk::Bulk;
    use contract::chat::ChatPage;
    use contract::choice::{CustomActionsChoice, IncidentMore, LevelsChoice, PeopleChoice};
    use contract::form::{CreateChoice, FormChoice};
    use contract::group::GroupAsked;
    use contract::incident::{Action, IncidentDetail, IncidentList};
    use contract::listing::Listing;
    use contract::on_call::OnCallPage;
    use contract::person::{Me, SignIn};
    use contract::war_room::WarRoomPage;
    use contract::{Language, Problem, ProblemCode};
    use leptos::prelude::use_context;
    use std::sync::Arc;

    /// Who is looking.
    pub async fn me() -> Result<Me, Problem> {
        backend()?.me().await
    }

    /// A page of incidents.
    pub async fn incidents(list: &Listing) -> Result<IncidentList, Problem> {
        backend()?.incidents(list).await
    }

    /// As many incidents as can be acted on at once.
    pub async fn selection(list: &Listing) -> Result<IncidentList, Problem> {
        backend()?.selection(list).await
    }

    /// What an act would mean for each of these incidents.
    pub async fn bulk(action: Action, ids: &[String]) -> Result<Bulk, Problem> {
        backend()?.bulk(action, ids).await
    }

    /// What can be chosen for a new incident of a channel.
    pub async fn create_choice(channel: Option<i64>, query: &str, chosen: &[i64]) -> Result<CreateChoice, Problem> {
        backend()?.create_choice(channel, query, chosen).await
    }

    /// What a form of the account may ask for before an act on an incident.
    pub async fn form(id: &str) -> Result<FormChoice, Problem> {
        backend()?.form(id).await
    }

    /// Who is on call.
    pub async fn on_call() -> Result<OnCallPage, Problem> {
        backend()?.on_call().await
    }

    /// One incident with its timeline.
    pub async fn incident(_viewing: &Viewing, id: &str) -> Result<IncidentDetail, Problem> {
        backend()?.incident(id).await
    }

    /// One incident with everything its page shows; `alerts` is the page of alerts, from 1.
    pub async fn incident_page(id: &str, alerts: u32) -> Result<(IncidentDetail, IncidentMore), Problem> {
        backend()?.incident_page(id, alerts).await
    }

    /// Whom an incident can be given to.
    pub async fn people(id: &str, query: &str) -> Result<PeopleChoice, Problem> {
        backend()?.people(id, query).await
    }

    /// The levels an incident can be given to.
    pub async fn levels(id: &str) -> Result<LevelsChoice, Problem> {
        backend()?.levels(id).await
    }

    /// The custom actions of an incident's channel.
    pub async fn custom_actions(id: &str) -> Result<CustomActionsChoice, Problem> {
        backend()?.custom_actions(id).await
    }

    /// The page of an incident's war room; `with_url` asks for an address of its group.
    pub async fn war_room(id: &str, with_url: bool) -> Result<WarRoomPage, Problem> {
        backend()?.war_room(id, with_url).await
    }

    /// A group's page.
    pub async fn chat(open_conversation_id: &str, asked: &GroupAsked) -> Result<ChatPage, Problem> {
        backend()?.chat(open_conversation_id, asked).await
    }

    /// Where linking stands.
    pub async fn sign_in() -> Result<SignIn, Problem> {
        backend()?.sign_in().await
    }

    /// The administrator's data. Pages of the console ask it themselves: nothing of it is read in the browser.
    pub fn console() -> Result<Arc<dyn ConsoleBackend>, Problem> {
        context()
    }

    fn backend() -> Result<Arc<dyn Backend>, Problem> {
        context()
    }

    fn context<T: ?Sized + Send + Sync + 'static>() -> Result<Arc<T>, Problem> {
        // absent only when a route was wired without its context: a fault of ours, shown as one
        use_context().ok_or_else(|| {
            let language = use_context::<crate::visit::Visit>().map_or(Language::default(), |visit| visit.language);
            Problem::new(ProblemCode::Internal, language, "")
        })
    }
}

/// In the browser: the JSON API, for what islands do.
#[cfg(all(feature = "hydrate", not(feature = "ssr")))]
mod side {
    use crate::viewing::Viewing;
    use contract::incident::{ActResult, Action, IncidentDetail};
    use contract::problem::ProblemBody;
    use contract::read::{Read, Value};
    use contract::words::page as words;
    use contract::{Problem, ProblemCode, paths};
    use gloo_net::http::{Request, RequestBuilder};
    use leptos::prelude::set_timeout_with_handle;
    use std::time::Duration;

    /// The server answers sooner than this or says that it goes on in the background.
    const ANSWER_TIMEOUT_MS: u64 = 20_000;

    /// One incident with its timeline.
    pub async fn incident(viewing: &Viewing, id: &str) -> Result<IncidentDetail, Problem> {
        let request = Request::get(&paths::fill(paths::API_INCIDENT, &[&viewing.key, id]));
        read(viewing, answer(viewing, request, None).await?)
    }

    /// Carries out an act; `fields` is what its form says, as JSON.
    pub async fn act(viewing: &Viewing, id: &str, action: Action, fields: String) -> Result<ActResult, Problem> {
        let post = Request::post(&paths::fill(paths::API_ACT, &[&viewing.key, id, action.name()]));
        let post = post.header("x-csrf", &viewing.csrf).header("content-type", "application/json");
        read(viewing, answer(viewing, post, Some(fields)).await?)
    }

    fn read<T: Read>(viewing: &Viewing, value: Value) -> Result<T, Problem> {
        T::read(value).ok_or_else(|| no_answer(viewing))
    }

    /// What the server says; one function for all that is asked.
    async fn answer(viewing: &Viewing, request: RequestBuilder, body: Option<String>) -> Result<Value, Problem> {
        let abort = web_sys::AbortController::new().map_err(|_| no_answer(viewing))?;
        let request = request.abort_signal(Some(&abort.signal())).header("accept", "application/json");
        let timer = set_timeout_with_handle(move || abort.abort(), Duration::from_millis(ANSWER_TIMEOUT_MS));
        let sent = match body {
            Some(body) => request.body(body),
            None => request.build(),
        };
        let said = match sent {
            Ok(request) => said(request).await,
            Err(_) => None,
        };
        if let Ok(timer) = timer {
            timer.clear();
        }
        match said {
            Some((true, value)) => Ok(value),
            Some((false, value)) => Err(read::<ProblemBody>(viewing, value)?.problem),
            None => Err(no_answer(viewing)),
        }
    }

    /// An answer that is JSON, and whether it means success.
    async fn said(request: Request) -> Option<(bool, Value)> {
        let response = request.send().await.ok()?;
        let text = response.text().await.ok()?;
        Some((response.ok(), serde_json::from_str(&text).ok()?))
    }

    /// Nobody knows whether the server got it: offline, cut, or an answer that is not ours.
    fn no_answer(viewing: &Viewing) -> Problem {
        Problem {
            code: ProblemCode::Unavailable,
            message: words::no_answer(viewing.language).into(),
            remedy: words::no_answer_remedy(viewing.language).into(),
            id: String::new(),
        }
    }
}
