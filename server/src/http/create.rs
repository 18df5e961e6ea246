//! A new incident: what can be chosen, and the form that makes it. A form that lacks something is drawn again with what
//! was typed.

use super::api::answered;
use super::forms::{self, Posted};
use super::pages::{self, Redrawn};
use super::problem::ApiError;
use super::session::Visitor;
use crate::flow::Refusal;
use crate::flow::create::{self, NotMade};
use crate::flow::form::{self, Fault};
use crate::flow::refusal::Said;
use crate::state::State;
use app::backend::Backend;
use app::notice::Notice;
use app::place::{Place, with_query};
use axum::Router;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use contract::form::{CreateRequest, Created};
use contract::incident::{Severity, Tab};
use contract::listing::Listing;
use contract::words::form as words;
use contract::{Problem, ProblemCode, paths};

/// Choosing and making.
pub fn routes() -> Router<State> {
    Router::new().route(paths::API_CREATE, get(choose).post(make))
}

async fn choose(visitor: Visitor) -> Response {
    let channel = visitor.caller.parameter("channel").and_then(|id| id.parse().ok());
    let query = visitor.caller.parameter("query").unwrap_or_default().to_owned();
    answered(visitor.create_choice(channel, &query, &[]).await)
}

async fn make(visitor: Visitor, posted: Posted) -> Result<Response, ApiError> {
    let pc = posted.get("on") == Some("pc");
    if posted.is_form() && posted.get("step").is_some() {
        return Ok(again(visitor, &posted, pc, StatusCode::OK, None, Vec::new()).await);
    }
    let made = match (visitor.viewer(), request(&visitor, &posted)) {
        (Ok(viewer), Ok(request)) => create::create(viewer, request).await,
        (Ok(_), Err(faults)) => Err(NotMade::Faults(faults)),
        (Err(refusal), _) => Err(NotMade::Refused(refusal)),
    };
    Ok(match made {
        Ok(created) => done(&visitor, &posted, pc, &created),
        Err(not_made) if !posted.is_form() => forms::told(told(&visitor, not_made)),
        Err(NotMade::Faults(faults)) => {
            let faults = faults.into_iter().map(|(name, said)| (name, said.words(visitor.language))).collect();
            again(visitor, &posted, pc, StatusCode::BAD_REQUEST, None, faults).await
        }
        Err(not_made) => {
            let problem = told(&visitor, not_made);
            let status = StatusCode::from_u16(problem.code.status()).unwrap_or(StatusCode::BAD_REQUEST);
            again(visitor, &posted, pc, status, Some(problem), Vec::new()).await
        }
    })
}

/// The way to the incident.
fn done(visitor: &Visitor, posted: &Posted, pc: bool, created: &Created) -> Response {
    let id = created.id.clone();
    let place = match pc {
        true => Place::Pc { list: Listing::of(Tab::Open), id: Some(id) },
        false => Place::Incident { id },
    };
    posted.answer(&forms::address(visitor.key(), &place, &[], Some(&Notice::Created)), created)
}

/// The page again, as it was filled in.
async fn again(
    visitor: Visitor,
    posted: &Posted,
    pc: bool,
    status: StatusCode,
    problem: Option<Problem>,
    faults: Vec<(String, String)>,
) -> Response {
    let mut pairs = Vec::new();
    for name in ["channel", "query"] {
        pairs.extend(posted.get(name).map(|value| (name, value.to_owned())));
    }
    let address = with_query(Place::Create { pc }.address(visitor.key()), &pairs);
    let (typed, typed_many) = (posted.typed().clone(), posted.typed_many().clone());
    let redrawn =
        Redrawn { status, notice: problem.map(Notice::Told), typed, typed_many, faults, ..Redrawn::default() };
    pages::redraw(visitor, &address, redrawn).await
}

fn told(visitor: &Visitor, not_made: NotMade) -> Problem {
    match not_made {
        NotMade::Faults(faults) => visitor.problem(form::first(faults)),
        NotMade::Refused(refusal) => visitor.problem(refusal),
        NotMade::Unclear => Problem {
            message: words::create_unclear(visitor.language).into(),
            remedy: words::create_unclear_remedy(visitor.language).into(),
            ..visitor.problem(Refusal::new(ProblemCode::FlashdutySlow))
        },
    }
}

fn request(visitor: &Visitor, posted: &Posted) -> Result<CreateRequest, Vec<Fault>> {
    let fault = |name: &str, said: Said| vec![(name.to_owned(), said)];
    let severity = posted.get("severity").and_then(Severity::from_name).filter(|one| *one != Severity::Ok);
    let severity = severity.ok_or_else(|| fault("severity", Said::ours(words::severity_missing)))?;
    let number = |refusal: Refusal, name: &str| fault(name, refusal.message.unwrap_or(Said::Exact(name.to_owned())));
    let channel = posted.number::<i64>("channel").map_err(|refusal| number(refusal, "channel"))?;
    let mut people = posted.numbers("people").map_err(|refusal| number(refusal, "to"))?;
    let rule_id = match posted.get("to") {
        Some("people") => None,
        Some(rule) => Some(rule.to_owned()),
        None => posted.get("rule_id").map(str::to_owned),
    };
    // The rules that were shown are of another channel.
    if rule_id.is_some() && posted.get("drawn").is_some_and(|drawn| posted.get("channel") != Some(drawn)) {
        return Err(fault("to", Said::ours(words::who_changed)));
    }
    if rule_id.is_some() {
        people.clear();
    }
    let token = posted.get("token").map_or_else(|| visitor.state.world.secret(), str::to_owned);
    Ok(CreateRequest {
        title: posted.get("title").unwrap_or_default().to_owned(),
        description: posted.get("description").unwrap_or_default().to_owned(),
        severity,
        channel: channel.filter(|id| *id > 0),
        rule_id,
        people,
        fields: posted.custom(),
        token,
    })
}
