//! Signing in and linking, as forms and as JSON: arrival with DingTalk's code, proof of the Flashduty side,
//! confirmation, switching, unlinking. Every redirect goes to a page of ours, or to Flashduty's sign-in.

use super::forms::{self, Posted, address, see, with_cookies};
use super::session::Visitor;
use crate::flow::act::Acted;
use crate::flow::arrive::{self, Arrival, Arrived, CodeOf};
use crate::flow::link::{self, Followed};
use crate::flow::{Refusal, prove, session};
use crate::model::link_attempt::{Goal, LIFETIME as ATTEMPT_LIFETIME};
use crate::model::session::LIFETIME;
use crate::state::State;
use app::notice::Notice;
use app::place::Place;
use axum::Router;
use axum::http::HeaderValue;
use axum::response::Response;
use axum::routing::{get, post};
use contract::incident::Tab;
use contract::listing::Listing;
use contract::{ProblemCode, paths};
use serde_json::json;

/// Longest attempt id that is looked up; ours have 32 characters.
const ATTEMPT_BYTES_MAX: usize = 64;

/// Doors of signing in.
pub fn routes() -> Router<State> {
    Router::new()
        .route(paths::API_SESSION, post(arrive))
        .route(paths::API_LINK_APP_KEY, post(prove_by_key))
        .route(paths::API_LINK_OAUTH, post(leave))
        .route(paths::API_LINK_RETURN, get(come_back))
        .route(paths::API_LINK_CONFIRM, post(confirm))
        .route(paths::API_LINK_SWITCH, post(switch))
        .route(paths::API_LINK_UNLINK, post(unlink))
}

/// The header that keeps an attempt in this browser: forms of the sign-in page need not carry it.
pub fn keep_attempt(visitor: &Visitor, id: &str) -> HeaderValue {
    let cookies = visitor.caller.cookies;
    cookies.keep(&cookies.attempt(visitor.key()), id, ATTEMPT_LIFETIME)
}

/// Whether a text can be the id of an attempt.
pub fn is_attempt(text: &str) -> bool {
    !text.is_empty() && text.len() <= ATTEMPT_BYTES_MAX && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// Where somebody starts who wants nothing in particular.
pub fn start(visitor: &Visitor) -> Place {
    let on_pc = visitor.caller.inside.is_some_and(|client| client.pc);
    if on_pc { Place::Pc { list: Listing::of(Tab::Mine), id: None } } else { Place::home() }
}

async fn arrive(visitor: Visitor, posted: Posted) -> Response {
    let place = posted.place("goal").unwrap_or(Place::home());
    // Only the sign-in page goes on with an attempt that this browser kept; every other page is a new wish.
    let kept = || visitor.kept_attempt().filter(|_| place == Place::SignIn);
    let attempt = named_attempt(&posted).or_else(kept);
    let (browser, former) = (visitor.caller.browser_hash(), visitor.session_hash());
    let arrival = Arrival {
        code: posted.get("code").unwrap_or_default(),
        code_of: CodeOf::Client,
        goal: goal_of(&place),
        attempt: attempt.as_deref(),
        browser: &browser,
        former_session: former.as_deref(),
    };
    match come_in(&visitor, &place, arrival).await {
        Ok(way) => with_cookies(posted.answer(&way.to, &way.body), way.cookies),
        Err(refusal) => posted.refuse(&visitor, &place, &[], refusal),
    }
}

/// Where somebody goes whom DingTalk has named.
pub struct Way {
    pub to: String,
    /// The same for a program.
    pub body: serde_json::Value,
    pub cookies: Vec<HeaderValue>,
}

/// Takes an arrival that wants to the page `place`.
pub async fn come_in(visitor: &Visitor, place: &Place, arrival: Arrival<'_>) -> Result<Way, Refusal> {
    let arrived = arrive::arrive(&visitor.state, &visitor.integration, arrival).await?;
    visitor.caller.give_back(&visitor.state.limiter);
    Ok(match arrived {
        Arrived::SignedIn { secret, followed } => {
            let to = match followed {
                Some(followed) => destination(visitor, *followed, None),
                None if *place == Place::SignIn => start(visitor).address(visitor.key()),
                None => place.address(visitor.key()),
            };
            let body = json!({ "signed_in": true, "to": to });
            Way { to, body, cookies: signed_in_cookies(visitor, &secret).collect() }
        }
        Arrived::ToLink { attempt, lapsed } => {
            let id = visitor.caller.id.clone();
            let notice = lapsed.then_some(Notice::Problem { code: ProblemCode::LinkExpired, id });
            let to = sign_in_page(visitor, &attempt, notice.as_ref());
            let body = json!({ "signed_in": false, "to": to, "attempt": attempt });
            let cookies = [Some(keep_attempt(visitor, &attempt)), visitor.caller.introduction()];
            Way { to, body, cookies: cookies.into_iter().flatten().collect() }
        }
    })
}

async fn prove_by_key(visitor: Visitor, posted: Posted) -> Response {
    let browser = visitor.caller.browser_hash();
    let Some(attempt) = attempt(&visitor, &posted) else { return refuse(&visitor, &posted, None, expired()) };
    let key = match posted.needed("app_key") {
        Ok(key) => key,
        Err(refusal) => return refuse(&visitor, &posted, Some(&attempt), refusal),
    };
    match prove::by_app_key(&visitor.state, &visitor.integration, &attempt, &browser, key).await {
        Ok(()) => go_on(&visitor, &posted, &attempt),
        Err(refusal) => refuse(&visitor, &posted, Some(&attempt), refusal),
    }
}

async fn leave(visitor: Visitor, posted: Posted) -> Response {
    let browser = visitor.caller.browser_hash();
    let Some(attempt) = attempt(&visitor, &posted) else { return refuse(&visitor, &posted, None, expired()) };
    match prove::leave(&visitor.state, &visitor.integration, &attempt, &browser).await {
        Ok(to) => posted.answer(to.as_str(), &json!({ "to": to.as_str() })),
        Err(refusal) => refuse(&visitor, &posted, Some(&attempt), refusal),
    }
}

async fn come_back(visitor: Visitor) -> Response {
    let caller = &visitor.caller;
    let returned = caller.parameter("state").unwrap_or_default();
    let attempt = prove::attempt_of(returned);
    let result = match (caller.parameter("error"), caller.parameter("code")) {
        (None, Some(code)) => {
            let browser = caller.browser_hash();
            prove::come_back(&visitor.state, &visitor.integration, returned, code, &browser).await
        }
        _ => Err(ProblemCode::OauthRefused.into()),
    };
    match (result, attempt) {
        (Ok(()), Some(attempt)) => see(&sign_in_page(&visitor, attempt, None)),
        (result, attempt) => {
            let refusal = result.err().unwrap_or_else(expired);
            let attempt = attempt.filter(|_| refusal.code != ProblemCode::LinkExpired);
            let problem = visitor.problem(refusal);
            let notice = Notice::Problem { code: problem.code, id: problem.id };
            see(&match attempt {
                Some(attempt) => sign_in_page(&visitor, attempt, Some(&notice)),
                None => address(visitor.key(), &Place::SignIn, &[], Some(&notice)),
            })
        }
    }
}

async fn confirm(visitor: Visitor, posted: Posted) -> Response {
    let browser = visitor.caller.browser_hash();
    let Some(attempt) = attempt(&visitor, &posted) else { return refuse(&visitor, &posted, None, expired()) };
    let take_over = posted.get("take_over") == Some("yes");
    let former = visitor.session_hash();
    let (state, integration) = (&visitor.state, &visitor.integration);
    match link::confirm(state, integration, &attempt, &browser, take_over, former.as_deref()).await {
        Ok(confirmed) => {
            let to = destination(&visitor, confirmed.followed, Some(Notice::Linked));
            let answer = posted.answer(&to, &json!({ "signed_in": true, "to": to }));
            with_cookies(answer, signed_in_cookies(&visitor, &confirmed.secret))
        }
        Err(refusal) => refuse(&visitor, &posted, Some(&attempt), refusal),
    }
}

/// Starts again with another Flashduty member: as the person who is signed in, or else in the attempt this browser has.
async fn switch(visitor: Visitor, posted: Posted) -> Response {
    let browser = visitor.caller.browser_hash();
    let (state, integration) = (&visitor.state, &visitor.integration);
    let kept = attempt(&visitor, &posted);
    let link = visitor.signed_in.as_ref().map(|(_, link)| link);
    let result = match (link, kept) {
        (link, Some(kept)) if !link.is_some_and(session::is_living) => {
            link::choose_again(state, integration, &kept, &browser).await
        }
        _ => Ok(None),
    };
    let result = match (result, link) {
        (Ok(None), Some(link)) => {
            let (employee, goal) = (link.employee.clone(), goal_of(&start(&visitor)));
            link::begin_again(state, integration, employee, goal, &browser).await.map(Some)
        }
        (result, _) => result,
    };
    match result {
        Ok(Some(attempt)) => go_on(&visitor, &posted, &attempt),
        Ok(None) => {
            let to = Place::SignIn.address(visitor.key());
            posted.answer(&to, &json!({ "to": to }))
        }
        Err(refusal) => posted.refuse(&visitor, &Place::Account, &[], refusal),
    }
}

async fn unlink(visitor: Visitor, posted: Posted) -> Response {
    let Some((_, link)) = visitor.signed_in.clone() else {
        return posted.refuse(&visitor, &Place::home(), &[], ProblemCode::NotSignedIn.into());
    };
    match link::unlink(&visitor.state, &visitor.integration, link).await {
        Ok(()) => {
            let to = address(visitor.key(), &start(&visitor), &[], Some(&Notice::Unlinked));
            let cookies = visitor.caller.cookies;
            with_cookies(posted.answer(&to, &json!({ "to": to })), [cookies.drop(&visitor.session_cookie())])
        }
        Err(refusal) => posted.refuse(&visitor, &Place::Account, &[], refusal),
    }
}

/// Back to the sign-in page, which shows the attempt's next step.
fn go_on(visitor: &Visitor, posted: &Posted, attempt: &str) -> Response {
    let to = sign_in_page(visitor, attempt, None);
    with_cookies(posted.answer(&to, &json!({ "to": to })), [keep_attempt(visitor, attempt)])
}

/// Back to the sign-in page with what is wrong; an attempt that is over is not named again.
fn refuse(visitor: &Visitor, posted: &Posted, attempt: Option<&str>, refusal: Refusal) -> Response {
    match attempt.filter(|_| refusal.code != ProblemCode::LinkExpired) {
        Some(attempt) => posted.refuse(visitor, &Place::SignIn, &[("attempt", attempt.to_owned())], refusal),
        None => {
            let cookies = visitor.caller.cookies;
            let gone = cookies.drop(&cookies.attempt(visitor.key()));
            with_cookies(posted.refuse(visitor, &Place::SignIn, &[], refusal), [gone])
        }
    }
}

fn sign_in_page(visitor: &Visitor, attempt: &str, notice: Option<&Notice>) -> String {
    forms::address(visitor.key(), &Place::SignIn, &[("attempt", attempt.to_owned())], notice)
}

/// Where a goal leads, with what became of the act that waited for it, or `otherwise`.
fn destination(visitor: &Visitor, followed: Followed, otherwise: Option<Notice>) -> String {
    let problem = |refusal| {
        let problem = visitor.problem(refusal);
        Notice::Problem { code: problem.code, id: problem.id }
    };
    let notice = match followed.act {
        None => otherwise,
        Some((action, Ok(Acted::Done(_)))) => Some(Notice::Done(action)),
        Some((action, Ok(Acted::Already(_)))) => Some(Notice::Already(action)),
        Some((_, Ok(Acted::Working))) => Some(problem(ProblemCode::FlashdutySlow.into())),
        Some((_, Err(refusal))) => Some(problem(refusal)),
    };
    address(visitor.key(), &place_of(followed.goal), &[], notice.as_ref())
}

fn signed_in_cookies(visitor: &Visitor, secret: &str) -> impl Iterator<Item = HeaderValue> {
    let cookies = visitor.caller.cookies;
    let session = cookies.keep(&visitor.session_cookie(), secret, LIFETIME);
    let attempt = cookies.drop(&cookies.attempt(visitor.key()));
    [Some(session), Some(attempt), visitor.caller.introduction()].into_iter().flatten()
}

/// The attempt a form names, or the one this browser kept.
fn attempt(visitor: &Visitor, posted: &Posted) -> Option<String> {
    named_attempt(posted).or_else(|| visitor.kept_attempt())
}

fn named_attempt(posted: &Posted) -> Option<String> {
    posted.get("attempt").filter(|id| is_attempt(id)).map(str::to_owned)
}

fn expired() -> Refusal {
    ProblemCode::LinkExpired.into()
}

/// What is remembered of a page while accounts are being linked: lists open at their beginning afterwards.
pub fn goal_of(place: &Place) -> Goal {
    match place {
        Place::Pc { id: Some(id), .. } | Place::Incident { id } | Place::Ask { id, .. } => {
            Goal::Incident { id: id.clone() }
        }
        Place::Pc { id: None, .. } => Goal::PcHome,
        Place::CoolApp { cid } => Goal::CoolApp { open_conversation_id: cid.clone() },
        Place::WarRoom { id } => Goal::RoomPage { incident_id: id.clone() },
        Place::Home { .. }
        | Place::Create { .. }
        | Place::SignIn
        | Place::Account
        | Place::Console
        | Place::Administer { .. }
        | Place::Group { .. } => Goal::Home,
    }
}

fn place_of(goal: Goal) -> Place {
    match goal {
        Goal::Home | Goal::AcknowledgeAll { .. } => Place::home(),
        Goal::PcHome => Place::Pc { list: Listing::of(Tab::Mine), id: None },
        Goal::CoolApp { open_conversation_id } => Place::CoolApp { cid: open_conversation_id },
        Goal::RoomPage { incident_id } | Goal::WarRoom { incident_id } => Place::WarRoom { id: incident_id },
        Goal::Incident { id } | Goal::Act { incident_id: id, .. } => Place::Incident { id },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn goals_lead_back_to_their_pages() {
        for (from, to) in [
            ("home:open:3", "home"),
            ("pc", "pc"),
            ("pc:open:2", "pc"),
            ("pc:open:2:69da451ef77b1b51f40e83ee", "incident:69da451ef77b1b51f40e83ee"),
            ("cool-app:cidA+b/c==", "cool-app:cidA+b/c=="),
            ("incident:69da451ef77b1b51f40e83ee", "incident:69da451ef77b1b51f40e83ee"),
            ("ask:escalate:69da451ef77b1b51f40e83ee", "incident:69da451ef77b1b51f40e83ee"),
            ("war-room:69da451ef77b1b51f40e83ee", "war-room:69da451ef77b1b51f40e83ee"),
            ("sign-in", "home"),
            ("account", "home"),
            ("console", "home"),
        ] {
            let place = place_of(goal_of(&Place::parse(from).unwrap()));
            let expected = Place::parse(to).unwrap();
            assert_eq!(place.address("k"), expected.address("k"), "{from}");
        }
    }

    #[test]
    fn ids_of_attempts() {
        for (text, fine) in [("abc123", true), ("", false), ("a.b", false), ("a;b", false), (&"a".repeat(65), false)] {
            assert_eq!(is_attempt(text), fine, "{text}");
        }
    }
}
