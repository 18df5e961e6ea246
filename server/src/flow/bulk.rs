//! One act on the incidents that somebody chose in a list: what it would mean for each of them, seen with the viewer's own
//! permission, and the act itself, once for each, however many ask.

use super::act::PAGE_BUDGET;
use super::batch::{self, Batch, CALL_LIMIT, Fate, ROUNDS_MAX};
use super::read::{Viewer, is_incident_id};
use super::refusal::Refusal;
use super::{act, convert, credential, link_end};
use crate::model::action::{self, Verdict};
use crate::model::asked::Asked;
use crate::model::incident::Incident;
use crate::model::integration::Integration;
use crate::model::link::Link;
use crate::model::text::line;
use crate::state::State;
use contract::bulk::{BULK_ACTIONS, BULK_MAX, Bulk, BulkMember, BulkState};
use contract::words::list as words;
use contract::{Problem, ProblemCode};
use flashduty::{Client, ErrorClass};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

/// Calls spent on finding which ids spoil an answer.
const SEARCHES_MAX: usize = 40;

/// What became of those that came to an end.
type Fates = BTreeMap<String, Fate>;

/// What the act would mean for each of them.
///
/// # Errors
/// `InvalidField` for ids that are none or too many, and as Flashduty refuses the viewer.
pub async fn look(viewer: Viewer<'_>, asked: &Asked, ids: &[String]) -> Result<Bulk, Refusal> {
    let ids = checked(asked, ids)?;
    let client = viewer.client().await?;
    let read = read(viewer, &client, &ids).await?;
    Ok(told(viewer, asked, &ids, &read, &Fates::new(), None))
}

/// Carries the act out on all of them and waits for the end for as long as a page does. What takes longer goes on.
///
/// # Errors
/// As [`look`], and what is wrong with the act's own words.
pub async fn act(viewer: Viewer<'_>, asked: Asked, ids: &[String]) -> Result<Bulk, Refusal> {
    let ids = checked(&asked, ids)?;
    if let Some(fault) = asked.fault() {
        return Err(act::wrong(fault));
    }
    let client = viewer.client().await?;
    let at = viewer.state.world.now();
    let read = read(viewer, &client, &ids).await?;
    let truth = read.values().cloned().collect();
    batch::learn(viewer.state, &viewer.integration.key, truth, at).await?;
    let wanted: Vec<String> = ids.iter().filter(|id| read.contains_key(*id)).cloned().collect();
    let (state, integration, link) = (viewer.state.clone(), viewer.integration.clone(), viewer.link.clone());
    let work = {
        let asked = asked.clone();
        async move { carry_out(&state, &integration, &link, &asked, wanted, at).await }
    };
    let Some(running) = viewer.state.background.start(work) else { return Err(ProblemCode::Unavailable.into()) };
    let (fates, rest) = match tokio::time::timeout(PAGE_BUDGET, running).await {
        Ok(Ok(ended)) => ended?,
        Ok(Err(_panicked)) => return Err(ProblemCode::Internal.into()),
        Err(_too_slow) => (Fates::new(), BulkState::UnderWay),
    };
    Ok(told(viewer, &asked, &ids, &read, &fates, Some(rest)))
}

/// What became of each that has ended, and what is to be said of the others.
async fn carry_out(
    state: &State,
    integration: &Integration,
    link: &Link,
    asked: &Asked,
    ids: Vec<String>,
    at: world::Millis,
) -> Result<(Fates, BulkState), Refusal> {
    let client = credential::person(state, integration, link).await?.within(CALL_LIMIT);
    let mut batch = Batch::new(state, integration, link, asked, json!({ "together": ids.len() }), Some(at));
    for round in 1..=ROUNDS_MAX {
        match batch.act_on(&client, ids.clone()).await {
            Ok(0) => break,
            Ok(_) if round == ROUNDS_MAX => break,
            Ok(_) => batch::pause().await,
            // Each of those without an answer is looked into by itself.
            Err(Refusal { code: ProblemCode::FlashdutySlow, .. }) => return Ok((batch.fates, BulkState::UnderWay)),
            Err(refusal) => {
                if refusal.code == ProblemCode::LinkBroken {
                    link_end::broke(state, link).await?;
                }
                // What was done until then is not kept from whoever asked.
                if !batch.fates.values().any(|fate| *fate == Fate::Done) {
                    return Err(refusal);
                }
                break;
            }
        }
    }
    Ok((batch.fates, BulkState::Refused))
}

fn checked(asked: &Asked, ids: &[String]) -> Result<Vec<String>, Refusal> {
    if !BULK_ACTIONS.contains(&asked.action) {
        return Err(ProblemCode::NotFound.into());
    }
    let mut seen = BTreeSet::new();
    let ids: Vec<String> = ids.iter().map(|id| id.to_ascii_lowercase()).filter(|id| seen.insert(id.clone())).collect();
    if ids.is_empty() {
        return Err(Refusal::field(words::choose_missing));
    }
    if ids.len() > BULK_MAX {
        return Err(Refusal::field(|language| words::choose_too_many(language, BULK_MAX)));
    }
    if !ids.iter().all(|id| is_incident_id(id)) {
        return Err(Refusal::field(words::choose_wrong));
    }
    Ok(ids)
}

/// Those that Flashduty shows the viewer. One that is not there may spoil the whole answer: halves find it.
async fn read(viewer: Viewer<'_>, client: &Client, ids: &[String]) -> Result<BTreeMap<String, Incident>, Refusal> {
    let (mut found, mut searches) = (BTreeMap::new(), 0);
    let mut parts = vec![ids];
    while let Some(part) = parts.pop() {
        match client.incidents(part).await {
            Ok(read) => found.extend(read.iter().map(convert::incident).map(|one| (one.id.clone(), one))),
            Err(error) if error.class == ErrorClass::NotFound && part.len() > 1 && searches < SEARCHES_MAX => {
                searches += 1;
                parts.extend(<[_; 2]>::from(part.split_at(part.len() / 2)));
            }
            Err(error) if error.class == ErrorClass::NotFound => {}
            Err(error) => return viewer.heard(Err(error)).await,
        }
    }
    // What was not asked for is nobody's answer.
    found.retain(|id, _| ids.contains(id));
    Ok(found)
}

/// `rest` is what became of those without a fate; none before anything was done.
fn told(
    viewer: Viewer<'_>,
    asked: &Asked,
    ids: &[String],
    read: &BTreeMap<String, Incident>,
    fates: &Fates,
    rest: Option<BulkState>,
) -> Bulk {
    let now = viewer.state.world.now();
    let problem = |code| Some(Problem::new(code, viewer.language, ""));
    let member = |id: &String| {
        let Some(incident) = read.get(id) else {
            let (state, problem) = (BulkState::Refused, problem(ProblemCode::IncidentGone));
            let (num, title) = (String::new(), String::new());
            return BulkMember { id: id.clone(), num, title, severity: None, progress: None, state, problem };
        };
        let verdict = action::judge(incident, asked.action, viewer.link.member.member_id, now);
        let (state, problem) = match (fates.get(id), rest, verdict) {
            (Some(Fate::Done), ..) => (BulkState::Done, None),
            (Some(Fate::Already), ..) => (BulkState::Already, None),
            (Some(Fate::Refused(code)), ..) => (BulkState::Refused, problem(*code)),
            (None, Some(BulkState::UnderWay), _) => (BulkState::UnderWay, None),
            (None, Some(_), _) => (BulkState::Refused, problem(ProblemCode::FlashdutyDown)),
            (None, None, Verdict::Do) => (BulkState::Ready, None),
            (None, None, Verdict::Already) => (BulkState::Already, None),
            (None, None, Verdict::Refuse(code)) => (BulkState::Refused, problem(code)),
        };
        BulkMember {
            id: id.clone(),
            num: incident.num.clone(),
            title: line(&incident.title),
            severity: Some(incident.severity),
            progress: Some(incident.progress),
            state,
            problem,
        }
    };
    Bulk { action: asked.action, members: ids.iter().map(member).collect(), as_of_ms: now.0 }
}
