//! A room as its page and other programs see it.

use super::{Asker, client, is_on, make, tend};
use crate::flow::convert;
use crate::flow::read::Viewer;
use crate::flow::refusal::Refusal;
use crate::flow::{credential, incidents, people};
use crate::model::incident::Incident;
use crate::model::integration::Integration;
use crate::model::quota::Priority;
use crate::model::war_room::{Presence, RoomPerson, RoomState, WarRoom, objection};
use crate::state::State;
use crate::store::{self, StoreError};
use contract::war_room::{Observer, Room, RoomBrief, RoomMember, WarRoomPage};
use contract::words::{problem, war_room as words};
use contract::{Language, ProblemCode};
use std::collections::BTreeSet;
use std::time::Duration;
use url::Url;
use world::Millis;

/// How long the page waits for suggestions.
const OBSERVERS_TIMEOUT: Duration = Duration::from_secs(3);
/// Suggestions shown.
const OBSERVERS_MAX: usize = 20;

/// The incident, as the viewer may see it; our mirror learns of it.
///
/// # Errors
/// `NotFound`, and as Flashduty refuses.
pub async fn incident(viewer: Viewer<'_>, id: &str) -> Result<Incident, Refusal> {
    if !crate::flow::read::is_incident_id(id) {
        return Err(ProblemCode::NotFound.into());
    }
    let (state, integration) = (viewer.state, viewer.integration);
    let client = viewer.client().await?;
    let asked = state.world.now();
    let read = convert::incident(&viewer.heard(client.incident(id).await).await?);
    let complete = people::complete(state, integration, &client, vec![read]).await?.pop();
    let incident = complete.ok_or(ProblemCode::IncidentGone)?;
    let mut tx = state.store.begin().await?;
    incidents::take_read(state, &mut tx, &integration.key, incident.clone(), asked).await?;
    tx.commit().await?;
    state.wake();
    Ok(incident)
}

/// The page of an incident's room. `with_url` asks DingTalk for an address of the group: a counted call.
///
/// # Errors
/// As [`incident`].
pub async fn page(viewer: Viewer<'_>, id: &str, with_url: bool) -> Result<WarRoomPage, Refusal> {
    let (state, integration, language) = (viewer.state, viewer.integration, viewer.language);
    let incident = incident(viewer, id).await?;
    let mut tx = state.store.read().await?;
    let newest = store::war_room::newest(&mut tx, &integration.key, id).await?;
    let people = match &newest {
        Some(room) => store::war_room_person::of_room(&mut tx, &room.id).await?,
        None => Vec::new(),
    };
    drop(tx);
    let brief = brief(integration, &incident, newest.as_ref(), language);
    let is_live = newest.as_ref().is_some_and(|room| room.state.is_live());
    let observers = if is_live { observers(viewer, id, &people).await } else { Vec::new() };
    let room = match newest {
        Some(room) => Some(show(viewer, room, &people, with_url).await),
        None => None,
    };
    let as_of_ms = state.world.now().0;
    let (num, title) = (incident.num, incident.title);
    Ok(WarRoomPage { incident_id: incident.id, num, title, brief, room, observers, as_of_ms })
}

/// What an incident's own page says of its room.
///
/// # Errors
/// The database does not answer.
pub async fn brief_of(
    state: &State,
    integration: &Integration,
    incident: &Incident,
    language: Language,
) -> Result<RoomBrief, StoreError> {
    let mut tx = state.store.read().await?;
    let newest = store::war_room::newest(&mut tx, &integration.key, &incident.id).await?;
    Ok(brief(integration, incident, newest.as_ref(), language))
}

fn brief(integration: &Integration, incident: &Incident, newest: Option<&WarRoom>, language: Language) -> RoomBrief {
    let is_there = newest.is_some_and(|room| room.state.is_live() || room.state == RoomState::Making);
    match objection(incident) {
        _ if is_there => RoomBrief::There,
        _ if !is_on(integration) => RoomBrief::Off,
        Some(code) => RoomBrief::Disabled { reason: problem::of(code, language).0.to_owned() },
        None => RoomBrief::Offered,
    }
}

async fn show(viewer: Viewer<'_>, room: WarRoom, people: &[RoomPerson], with_url: bool) -> Room {
    let language = viewer.language;
    let me = &viewer.link.employee.user_id;
    let mine = people.iter().any(|one| one.state == Presence::In && one.user_id.as_ref() == Some(me));
    let group_url = match (with_url && mine && room.state.is_live(), &room.open_conversation_id) {
        (true, Some(conversation)) => fresh_url(viewer, conversation).await,
        _ => None,
    };
    let shown = people.iter().filter(|one| one.state != Presence::Out);
    Room {
        state: room.state.name().to_owned(),
        title: room.title,
        problem: if room.state == RoomState::Failed { why(&room.problem, language) } else { String::new() },
        mine,
        group_url,
        members: shown
            .map(|one| RoomMember {
                name: one.name.clone(),
                state: one.state.name().to_owned(),
                remedy: tend::remedy(one.reason, language).to_owned(),
            })
            .collect(),
        ends_ms: room.ends.map(|ends: Millis| ends.0),
    }
}

/// Why a room could not be made, for people.
pub fn why(problem: &str, language: Language) -> String {
    let code = problem.to_ascii_lowercase();
    match code.as_str() {
        make::NOBODY => words::why_nobody(language).to_owned(),
        _ if code.starts_with("grouptemplate.") => words::why_template(language).to_owned(),
        _ if code.starts_with("permession.") || code.contains("permissiondenied") => {
            words::why_permission(language).to_owned()
        }
        _ => words::why_other(language, problem),
    }
}

/// An address of the group that is good now. It ends with the next change of the group, so it is never kept.
async fn fresh_url(viewer: Viewer<'_>, conversation: &str) -> Option<String> {
    let (state, integration) = (viewer.state, viewer.integration);
    let info = client(state, integration, Priority::State).group_info(conversation, None).await;
    let url = info
        .inspect_err(|error| tracing::info!(class = error.class.name(), "a group's address could not be read"))
        .ok()?
        .group_url?;
    is_dingtalks(&url, &state.config.dingtalk_api_url).then_some(url)
}

/// Whether an address is one of DingTalk's own, or of the platform that plays it: nothing else is offered as a link.
fn is_dingtalks(url: &str, platform: &Url) -> bool {
    let Ok(url) = Url::parse(url) else { return false };
    let host = url.host_str().unwrap_or_default();
    let own = host == "dingtalk.com" || host.ends_with(".dingtalk.com");
    match url.scheme() {
        "https" => own || url.origin() == platform.origin(),
        "http" => url.origin() == platform.origin(),
        "dingtalk" => true,
        _ => false,
    }
}

/// Whom Flashduty suggests: people who handled incidents like this one and are not in the room.
async fn observers(viewer: Viewer<'_>, id: &str, people: &[RoomPerson]) -> Vec<Observer> {
    let (state, integration) = (viewer.state, viewer.integration);
    let Ok(client) = credential::person(state, integration, viewer.link).await else { return Vec::new() };
    let suggested = client.within(OBSERVERS_TIMEOUT).default_observers(id).await.unwrap_or_else(|error| {
        tracing::info!(code = error.code, "no observers are suggested");
        Vec::new()
    });
    let known: BTreeSet<&str> = people.iter().map(|one| one.person.as_str()).collect();
    let is_new = |person: &flashduty::Person| {
        let key = crate::model::war_room::member_key(person.person_id);
        person.person_id != 0 && !known.contains(key.as_str())
    };
    let observer = |person: flashduty::Person| Observer { member_id: person.person_id, name: person.name };
    suggested.into_iter().filter(is_new).take(OBSERVERS_MAX).map(observer).collect()
}

/// A page of rooms with their people, newest first.
///
/// # Errors
/// `NotFound` for an unknown integration.
pub async fn list(
    state: &State,
    key: &str,
    wanted: Option<RoomState>,
    after: Option<(Millis, String)>,
    limit: i64,
) -> Result<Vec<(WarRoom, Vec<RoomPerson>)>, Refusal> {
    let mut tx = state.store.read().await?;
    store::integration::by_key(&mut tx, key).await?.ok_or(ProblemCode::NotFound)?;
    let mut rooms = Vec::new();
    for room in store::war_room::list(&mut tx, key, wanted, after, limit).await? {
        let people = store::war_room_person::of_room(&mut tx, &room.id).await?;
        rooms.push((room, people));
    }
    Ok(rooms)
}

/// Dismisses a room for another program, which has asked whoever uses it.
///
/// # Errors
/// `NotFound`, `NoWarRoom`.
pub async fn dismiss_by_program(state: &State, key: &str, room_id: &str, token: &str) -> Result<WarRoom, Refusal> {
    let mut tx = state.store.read().await?;
    let integration = store::integration::by_key(&mut tx, key).await?.ok_or(ProblemCode::NotFound)?;
    let room = store::war_room::by_id(&mut tx, room_id).await?.filter(|room| room.integration == key);
    drop(tx);
    let asker = Asker { user_id: token.to_owned(), name: token.to_owned() };
    super::end::dismiss(state, &integration, &room.ok_or(ProblemCode::NotFound)?, &asker).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_dingtalks_own_addresses_are_shown() {
        let platform = Url::parse("http://127.0.0.1:4001").unwrap();
        for (url, fine) in [
            ("https://qr.dingtalk.com/action/joingroup?code=v1", true),
            ("http://127.0.0.1:4001/group/x", true),
            ("dingtalk://dingtalkclient/action/openchat", true),
            ("http://qr.dingtalk.com/x", false),
            ("https://dingtalk.com.evil.example/x", false),
            ("https://evil.example/dingtalk.com", false),
            ("javascript:alert(1)", false),
            ("", false),
        ] {
            assert_eq!(is_dingtalks(url, &platform), fine, "{url}");
        }
    }
}
