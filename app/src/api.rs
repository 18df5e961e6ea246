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
    use contract::incident::{ActRequest, ActResult, Action, IncidentDetail, IncidentList};
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

    /// Carries out an act.
    pub async fn act(_viewing: &Viewing, id: &str, action: Action, request: ActRequest) -> Result<ActResult, Problem> {
        backend()?.act(id, action, request).await
    }

    /// The page of an incident's war room; `with_url` asks for an address of its group.
    pub async fn war_room(id: &str, with_url: bool) -> Result<WarRoomPage, Problem> {
        backend()?.war_room(id, with_url).await
    }

    /// A group's page.
    pub async fn chat(open_conversation_id: &str) -> Result<ChatPage, Problem> {
        backend()?.chat(open_conversation_id).await
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
    use contract::incident::{ActRequest, ActResult, Action, IncidentDetail};
    use contract::problem::ProblemBody;
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
        answer(viewing, request, None).await
    }

    /// Carries out an act.
    pub async fn act(viewing: &Viewing, id: &str, action: Action, request: ActRequest) -> Result<ActResult, Problem> {
        let post = Request::post(&paths::fill(paths::API_ACT, &[&viewing.key, id, action.name()]));
        answer(viewing, post.header("x-csrf", &viewing.csrf), Some(&request)).await
    }

    async fn answer<T: serde::de::DeserializeOwned>(
        viewing: &Viewing,
        request: RequestBuilder,
        body: Option<&ActRequest>,
    ) -> Result<T, Problem> {
        let silent = |_| no_answer(viewing);
        let abort = web_sys::AbortController::new().map_err(|_| no_answer(viewing))?;
        let request = request.abort_signal(Some(&abort.signal())).header("accept", "application/json");
        let timer = set_timeout_with_handle(move || abort.abort(), Duration::from_millis(ANSWER_TIMEOUT_MS));
        let sent = match body {
            Some(body) => request.json(body).map_err(silent)?.send().await,
            None => request.send().await,
        };
        let answer = match sent {
            Ok(response) if response.ok() => response.json().await.map_err(silent),
            Ok(response) => Err(response.json::<ProblemBody>().await.map_err(silent)?.problem),
            Err(error) => Err(silent(error)),
        };
        if let Ok(timer) = timer {
            timer.clear();
        }
        answer
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
