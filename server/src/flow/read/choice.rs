//! What is asked before an act that concerns other people: whom, which level with everybody it calls, which custom action.
//! All of it read from Flashduty at the moment of asking, by the viewer's own permission.

mod create;

pub use create::{create_choice, form_choice};

use super::{Viewer, checked, convert};
use crate::flow::people;
use crate::flow::refusal::Refusal;
use crate::model::incident::Incident;
use crate::model::link::LinkState;
use crate::model::rank::{self, Candidate};
use crate::model::text::{line, zone_offset_minutes};
use crate::store::{self, StoreError};
use contract::ProblemCode;
use contract::choice::{
    Called, CustomActionChoice, CustomActionsChoice, LevelChoice, LevelsChoice, PeopleChoice, PersonChoice,
};
use flashduty::{
    ChannelQuery, Client, ErrorClass, EscalationRule, FlashdutyError, IncidentQuery, LayerTarget, MemberQuery, Person,
    Schedule, ScheduleQuery, Team, TeamQuery,
};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// People listed at most; the rest is found by name.
const PEOPLE_SHOWN: usize = 50;
/// Rows of each of Flashduty's lists that are looked through, as many as a call gives.
const ROWS: u32 = 100;
/// How far back somebody who knows the channel is looked for.
const HANDLED_WITHIN: Duration = Duration::from_secs(30 * 24 * 3600);
/// Longest part of a name that is searched for.
const QUERY_CHARS_MAX: usize = 60;
/// People, chats and addresses of a level that are named.
const CALLED_MAX: usize = 60;

/// Whom an incident can be given to, the best first: on call now, of the channel's team, who handled its like.
///
/// # Errors
/// As [`super::incident`].
pub async fn people(viewer: Viewer<'_>, id: &str, query: &str) -> Result<PeopleChoice, Refusal> {
    let (client, incident) = read(viewer, id).await?;
    let query: String = query.trim().chars().take(QUERY_CHARS_MAX).collect();
    let account = Account::read(&client, incident.channel_id).await;
    let (people, cut) = candidates(viewer, &client, account, &incident, incident.channel_id, &query, &[]).await?;
    Ok(PeopleChoice { incident: viewer.view(&incident), people, query, cut, as_of_ms: viewer.state.world.now().0 })
}

/// Whom something of a channel can be given to, the best first, and whether there are more. `chosen` are there whatever
/// is searched for.
async fn candidates(
    viewer: Viewer<'_>,
    client: &Client,
    account: Account,
    incident: &Incident,
    channel_id: i64,
    query: &str,
    chosen: &[i64],
) -> Result<(Vec<PersonChoice>, bool), Refusal> {
    let members = MemberQuery { query: query.to_owned(), page: 1, limit: ROWS };
    let (members, handled) = tokio::join!(client.member_list(&members), handled(viewer, client, channel_id));
    let members = viewer.heard(members).await?;
    let mut candidates: BTreeMap<i64, Candidate> = BTreeMap::new();
    for member in members.items.iter().filter(|member| member.status != "deleted") {
        let known = candidates.entry(member.member_id).or_default();
        (known.name, known.time_zone) = (line(&member.member_name), member.time_zone.clone());
    }
    // Whoever is searched for by name is among the members found; the others come from on-call and team lists, too.
    let others = if query.is_empty() { account.ids() } else { Vec::new() };
    let others = others.into_iter().chain(handled.keys().copied().filter(|_| query.is_empty()));
    let missing = others.chain(chosen.iter().copied()).filter(|id| !candidates.contains_key(id)).collect();
    for person in persons(client, missing).await.into_values().filter(|person| person.status != "deleted") {
        let known = candidates.entry(person.person_id).or_default();
        (known.name, known.time_zone) = (line(&person.name), person.time_zone);
    }
    for (id, candidate) in &mut candidates {
        candidate.on_call = account.on_call(*id);
        candidate.team = account.team_of(*id);
        candidate.handled = handled.get(id).copied().unwrap_or_default();
    }
    let (first, ranked): (Vec<_>, Vec<_>) =
        rank::best_first(candidates).into_iter().partition(|(id, _)| chosen.contains(id));
    let cut = members.has_next_page || ranked.len() > PEOPLE_SHOWN;
    let shown: Vec<(i64, Candidate)> = first.into_iter().chain(ranked.into_iter().take(PEOPLE_SHOWN)).collect();
    let linked = linked(viewer, shown.iter().map(|(id, _)| *id)).await?;
    Ok((shown.into_iter().map(|(id, one)| choice(viewer, incident, &linked, id, one)).collect(), cut))
}

/// The levels of the escalation rule an incident came through, with everybody each of them calls.
///
/// # Errors
/// `NotNow` when it came through none; as [`super::incident`].
pub async fn levels(viewer: Viewer<'_>, id: &str) -> Result<LevelsChoice, Refusal> {
    let (client, incident) = read(viewer, id).await?;
    let at = incident.level.clone().ok_or(ProblemCode::NotNow)?;
    let rules = viewer.heard(client.escalation_rules(incident.channel_id).await).await?;
    let rule = rules.into_iter().find(|rule| rule.rule_id == at.rule_id).ok_or(ProblemCode::NotNow)?;
    let account = Account::read(&client, 0).await;
    let called: Vec<Vec<(i64, Option<String>)>> = rule
        .layers
        .iter()
        .map(|layer| layer.target.as_ref().map(|to| account.called(to)).unwrap_or_default())
        .collect();
    let ids: BTreeSet<i64> = called.iter().flatten().map(|(id, _)| *id).collect();
    let persons = persons(&client, ids.clone()).await;
    let linked = linked(viewer, ids.into_iter()).await?;
    let now = viewer.state.world.now();
    let person = |(id, by): (i64, Option<String>)| {
        let known = persons.get(&id);
        Called {
            name: known.map_or_else(|| id.to_string(), |person| line(&person.name)),
            by,
            zone_offset_minutes: zone_offset_minutes(known.map_or("", |person| &person.time_zone), now),
            linked: linked.contains(&id),
        }
    };
    let levels = called.into_iter().zip(&rule.layers).enumerate().map(|(index, (people, layer))| {
        let index = u32::try_from(index).unwrap_or(u32::MAX);
        LevelChoice {
            number: index.saturating_add(1),
            people: people.into_iter().map(person).collect(),
            others: layer.target.as_ref().map(others).unwrap_or_default(),
            current: index == at.index,
            next: index == at.index.saturating_add(1),
        }
    });
    let levels = levels.collect();
    let EscalationRule { rule_id, name, .. } = rule;
    Ok(LevelsChoice { incident: viewer.view(&incident), rule_id, rule_name: line(&name), levels, as_of_ms: now.0 })
}

/// The custom actions that Flashduty offers for an incident's channel. None where this deployment has no list of them.
///
/// # Errors
/// As [`super::incident`].
pub async fn custom_actions(viewer: Viewer<'_>, id: &str) -> Result<CustomActionsChoice, Refusal> {
    let (client, incident) = read(viewer, id).await?;
    let all = match client.custom_actions().await {
        Err(error) if matches!(error.class, ErrorClass::NoSuchRoute | ErrorClass::AccessDenied) => Vec::new(),
        answer => viewer.heard(answer).await?,
    };
    let fits = |ids: &[i64]| ids.is_empty() || ids.contains(&incident.channel_id);
    let actions = all.into_iter().filter(|one| fits(&one.channel_ids));
    let actions = actions.map(|one| CustomActionChoice { id: one.integration_id, name: line(&one.name) }).collect();
    Ok(CustomActionsChoice { incident: viewer.view(&incident), actions, as_of_ms: viewer.state.world.now().0 })
}

async fn read(viewer: Viewer<'_>, id: &str) -> Result<(Client, Incident), Refusal> {
    checked(id)?;
    let client = viewer.client().await?;
    let read = convert::incident(&viewer.heard(client.incident(id).await).await?);
    let complete = people::complete(viewer.state, viewer.integration, &client, vec![read]).await?.pop();
    Ok((client, complete.ok_or(ProblemCode::IncidentGone)?))
}

/// Who is on call and in which team. What cannot be read is missing: people can be chosen without it.
#[derive(Default)]
struct Account {
    schedules: Vec<Schedule>,
    teams: Vec<Team>,
    /// The team of the incident's channel; 0 where there is none.
    team_id: i64,
}

impl Account {
    async fn read(client: &Client, channel_id: i64) -> Self {
        let schedules = ScheduleQuery { page: 1, limit: ROWS, ..ScheduleQuery::default() };
        let teams = TeamQuery { page: 1, limit: ROWS };
        let channels = ChannelQuery { channel_ids: vec![channel_id], page: 1, limit: 1, ..ChannelQuery::default() };
        let channels = async {
            if channel_id == 0 {
                Vec::new()
            } else {
                known(client.channel_list(&channels).await.map(|page| page.items))
            }
        };
        let (schedules, teams, channels) =
            tokio::join!(client.schedule_list(&schedules), client.team_list(&teams), channels);
        Self {
            schedules: known(schedules.map(|page| page.items)),
            teams: known(teams.map(|page| page.items)),
            team_id: channels.first().map_or(0, |channel| channel.team_id),
        }
    }

    fn ids(&self) -> Vec<i64> {
        let on_call = self.schedules.iter().filter_map(|one| one.current.as_ref()).flat_map(|shift| &shift.person_ids);
        let team = self.teams.iter().filter(|team| team.team_id == self.team_id).flat_map(|team| &team.person_ids);
        on_call.chain(team).copied().collect()
    }

    fn on_call(&self, id: i64) -> Vec<String> {
        let has = |schedule: &&Schedule| schedule.current.as_ref().is_some_and(|shift| shift.person_ids.contains(&id));
        self.schedules.iter().filter(has).map(|schedule| line(&schedule.name)).collect()
    }

    fn team_of(&self, id: i64) -> Option<String> {
        let team = self.teams.iter().find(|team| team.team_id == self.team_id && team.person_ids.contains(&id))?;
        Some(line(&team.name))
    }

    /// Everybody a level calls now, each once, with the schedule or team that makes it them.
    fn called(&self, target: &LayerTarget) -> Vec<(i64, Option<String>)> {
        let mut called: Vec<(i64, Option<String>)> = target.person_ids.iter().map(|id| (*id, None)).collect();
        let teams = self.teams.iter().filter(|team| target.team_ids.contains(&team.team_id));
        called.extend(teams.flat_map(|team| team.person_ids.iter().map(|id| (*id, Some(line(&team.name))))));
        let wanted = target.schedule_ids();
        for schedule in self.schedules.iter().filter(|schedule| wanted.contains(&schedule.schedule_id)) {
            let shift = schedule.current.iter().flat_map(|shift| &shift.person_ids);
            called.extend(shift.map(|id| (*id, Some(line(&schedule.name)))));
        }
        let mut once = BTreeSet::new();
        called.retain(|(id, _)| once.insert(*id));
        called.truncate(CALLED_MAX);
        called
    }
}

fn known<T>(read: Result<Vec<T>, FlashdutyError>) -> Vec<T> {
    read.inspect_err(|error| tracing::info!(code = error.code, "part of an account could not be read"))
        .unwrap_or_default()
}

fn others(target: &LayerTarget) -> Vec<String> {
    target.chats().into_iter().chain(target.emails.iter().cloned()).map(|name| line(&name)).take(CALLED_MAX).collect()
}

/// How many of the channel's recent incidents each person acknowledged.
async fn handled(viewer: Viewer<'_>, client: &Client, channel_id: i64) -> BTreeMap<i64, u32> {
    if channel_id == 0 {
        return BTreeMap::new();
    }
    let now = viewer.state.world.now();
    let query = IncidentQuery {
        start_s: now.minus(HANDLED_WITHIN).0 / 1000,
        end_s: now.0 / 1000,
        channel_ids: vec![channel_id],
        page: 1,
        limit: ROWS,
        ..IncidentQuery::default()
    };
    let incidents = known(client.incident_list(&query).await.map(|page| page.items));
    let mut handled = BTreeMap::new();
    let responders = incidents.iter().flat_map(|incident| &incident.responders);
    for responder in responders.filter(|one| one.acknowledged_at.is_some()) {
        *handled.entry(responder.person_id).or_default() += 1;
    }
    handled
}

async fn persons(client: &Client, ids: BTreeSet<i64>) -> BTreeMap<i64, Person> {
    let ids: Vec<i64> = ids.into_iter().take(ROWS as usize).collect();
    if ids.is_empty() {
        return BTreeMap::new();
    }
    known(client.person_infos(&ids).await).into_iter().map(|person| (person.person_id, person)).collect()
}

/// Who of them gets personal cards in DingTalk.
async fn linked(viewer: Viewer<'_>, ids: impl Iterator<Item = i64>) -> Result<BTreeSet<i64>, StoreError> {
    let ids: Vec<i64> = ids.collect();
    let mut tx = viewer.state.store.read().await?;
    let links = store::link::by_members(&mut tx, &viewer.integration.key, &ids).await?;
    Ok(links.into_iter().filter(|link| link.state == LinkState::Linked).map(|link| link.member.member_id).collect())
}

fn choice(viewer: Viewer<'_>, incident: &Incident, linked: &BTreeSet<i64>, id: i64, one: Candidate) -> PersonChoice {
    PersonChoice {
        member_id: id,
        zone_offset_minutes: zone_offset_minutes(&one.time_zone, viewer.state.world.now()),
        name: one.name,
        on_call: one.on_call,
        team: one.team,
        handled: one.handled,
        linked: linked.contains(&id),
        responder: incident.responders.iter().any(|responder| responder.member_id == id),
        me: viewer.link.member.member_id == id,
    }
}
