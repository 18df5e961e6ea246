//! The calls that read incidents (reference sections 5.1-5.4).

use super::super::fields::{Fields, Page};
use super::super::gate::Caller;
use super::super::incident::{Incident, Progress, Severity};
use super::super::refusal::Refusal;
use super::super::state::State;
use super::super::view;
use serde_json::{Value, json};

type Answer = Result<Value, Refusal>;

/// Search-backed lists stop counting here.
const TOTAL_MAX: usize = 1_000;

/// The longest window of a list, in seconds.
const WINDOW_SECONDS_MAX: i64 = 31 * 86_400;

/// `/incident/info`
pub fn info(state: &mut State, caller: Caller, fields: &Fields) -> Answer {
    let num = fields.text("num", 6)?;
    let by_num = match (fields.has("incident_id"), num) {
        (false, Some(num)) => state.incidents.values().rev().find(|one| one.num().eq_ignore_ascii_case(&num)),
        _ => None,
    };
    let id = match by_num {
        Some(incident) => incident.id.clone(),
        None => fields.required_object_id("incident_id")?,
    };
    Ok(view::incident(state, state.incident_for(caller.person_id, &id)?))
}

/// `/incident/list-by-ids`: unknown ids are left out, or refused by [`super::super::Settings::unknown_ids_refused`].
pub fn list_by_ids(state: &mut State, caller: Caller, fields: &Fields) -> Answer {
    let ids = fields.required_object_ids("incident_ids", 100)?;
    if state.settings.unknown_ids_refused {
        ids.iter().try_for_each(|id| state.incident_for(caller.person_id, id).map(|_| ()))?;
    }
    let found = ids.iter().filter_map(|id| state.incidents.get(id)).filter(|one| state.sees(caller.person_id, one));
    let items: Vec<Value> = found.map(|incident| view::incident(state, incident)).collect();
    Ok(json!({"items": items}))
}

/// `/incident/alert/list`
pub fn alert_list(state: &mut State, _: Caller, fields: &Fields) -> Answer {
    let id = fields.required_object_id("incident_id")?;
    let page = Page::of(fields, 1_000, 1_000)?;
    let (active, events) = (fields.flag("is_active")?, fields.flag("include_events")?.unwrap_or(false));
    let incident = state.incident(&id)?;
    let wanted = incident.alerts.iter().filter(|alert| active.is_none_or(|on| on == (alert.status != Severity::Ok)));
    let rows: Vec<Value> = wanted.map(|alert| view::alert(state, incident, alert, events)).collect();
    let total = rows.len();
    let (items, _) = page.cut(rows);
    Ok(json!({"items": items, "total": total}))
}

/// `/incident/war-room/default-observers`: who has handled incidents of the same channel before, other than this one's
/// responders.
pub fn default_observers(state: &mut State, _: Caller, fields: &Fields) -> Answer {
    let id = fields.required_object_id("incident_id")?;
    let incident = state.incident(&id)?;
    let here: Vec<i64> = incident.responders.iter().map(|one| one.person_id).collect();
    let like_it = state.incidents.values().filter(|other| other.channel_id == incident.channel_id && other.id != id);
    let handled = like_it.flat_map(|other| &other.responders).map(|one| one.person_id);
    let people: std::collections::BTreeSet<i64> = handled.filter(|id| !here.contains(id)).collect();
    let observers: Vec<Value> = people.into_iter().filter_map(|id| view::person_info(state, id)).collect();
    Ok(json!({"observers": observers}))
}

/// `/incident/feed`: newest first unless `asc`.
pub fn feed(state: &mut State, caller: Caller, fields: &Fields) -> Answer {
    let id = fields.required_object_id("incident_id")?;
    let page = Page::of(fields, 20, 100)?;
    let types = fields.texts("types", 0..=100)?.unwrap_or_default();
    let ascending = fields.flag("asc")?.unwrap_or(false);
    let incident = state.incident_for(caller.person_id, &id)?;
    let wanted = |kind: &str| types.is_empty() || types.iter().any(|one| one == kind);
    let mut rows: Vec<Value> =
        incident.feed.iter().filter(|row| wanted(&row.kind)).map(|row| view::feed_row(state, row)).collect();
    if state.settings.odd_values && types.is_empty() {
        rows.push(json!({
            "ref_id": "ffffffffffffffffffffffff", "type": "i_of_the_future", "detail": null,
            "account_id": state.account.id, "creator_id": 0, "created_at": state.world.now().0,
            "updated_at": state.world.now().0, "deleted_at": 0,
        }));
    }
    if !ascending {
        rows.reverse();
    }
    let (items, has_next_page) = page.cut(rows);
    Ok(json!({"items": items, "has_next_page": has_next_page}))
}

/// `/incident/list`: newest first unless `asc`.
pub fn list(state: &mut State, caller: Caller, fields: &Fields) -> Answer {
    let filter = Filter::read(state, caller, fields)?;
    let page = Page::of(fields, 20, 100)?;
    let ascending = fields.flag("asc")?.unwrap_or(false);
    let after = fields.text("search_after_ctx", 100)?.filter(|context| !context.is_empty());
    let after = after.map(|context| position(&context)).transpose()?;
    let mut found: Vec<&Incident> =
        state.incidents.values().filter(|one| state.sees(caller.person_id, one) && filter.keeps(state, one)).collect();
    found.sort_by_key(|incident| place(incident));
    if !ascending {
        found.reverse();
    }
    let total = found.len().min(TOTAL_MAX);
    if let Some(after) = &after {
        found.retain(|incident| if ascending { place(incident) > *after } else { place(incident) < *after });
    }
    // With a context the page number has no meaning: it always is the next page.
    let page = if after.is_some() { Page { number: 1, limit: page.limit } } else { page };
    let (found, has_next_page) = page.cut(found);
    let context = found.last().map(|last| format!("{}.{}", last.start_time, last.id)).unwrap_or_default();
    let items: Vec<Value> = found.into_iter().map(|incident| view::incident(state, incident)).collect();
    Ok(json!({"items": items, "total": total, "has_next_page": has_next_page, "search_after_ctx": context}))
}

fn place(incident: &Incident) -> (i64, String) {
    (incident.start_time, incident.id.clone())
}

fn position(context: &str) -> Result<(i64, String), Refusal> {
    let refused = || Refusal::parameter("search_after_ctx");
    let (time, id) = context.split_once('.').ok_or_else(refused)?;
    Ok((time.parse().map_err(|_| refused())?, id.to_owned()))
}

/// The conditions of a list; an absent one lets everything pass.
struct Filter {
    start_time: i64,
    end_time: i64,
    progress: Option<Vec<&'static str>>,
    severity: Option<Vec<&'static str>>,
    channel_ids: Option<Vec<i64>>,
    responder_ids: Option<Vec<i64>>,
    acker_ids: Option<Vec<i64>>,
    creator_ids: Option<Vec<i64>>,
    closer_ids: Option<Vec<i64>>,
    incident_ids: Option<Vec<String>>,
    nums: Option<Vec<String>>,
    query: String,
    is_snoozed: Option<bool>,
    ever_muted: Option<bool>,
    is_rare: Option<bool>,
}

impl Filter {
    fn read(state: &State, caller: Caller, fields: &Fields) -> Result<Self, Refusal> {
        let start_time = fields.required_int("start_time", 0..=i64::from(u32::MAX))?;
        let end_time = fields.required_int("end_time", 0..=i64::from(u32::MAX))?;
        if end_time < start_time || end_time - start_time > WINDOW_SECONDS_MAX {
            return Err(Refusal::parameter("end_time"));
        }
        let mut channel_ids = fields.ints("channel_ids", 0..=1_000)?.filter(|ids| !ids.is_empty());
        for ids in channel_restrictions(state, caller, fields)? {
            channel_ids = Some(match channel_ids {
                Some(former) => former.into_iter().filter(|id| ids.contains(id)).collect(),
                None => ids,
            });
        }
        let people = |name: &str| Ok::<_, Refusal>(fields.ints(name, 0..=100)?.filter(|ids| !ids.is_empty()));
        Ok(Self {
            start_time,
            end_time,
            progress: fields.comma("progress", &Progress::NAMES)?,
            severity: fields.comma("incident_severity", &Severity::NAMES)?,
            channel_ids,
            responder_ids: people("responder_ids")?,
            acker_ids: people("acker_ids")?,
            creator_ids: people("creator_ids")?,
            closer_ids: people("closer_ids")?,
            incident_ids: fields.object_ids("incident_ids", 0..=100)?.filter(|ids| !ids.is_empty()),
            nums: fields.texts("nums", 0..=100)?.filter(|nums| !nums.is_empty()),
            query: fields.text("query", 200)?.unwrap_or_default().to_lowercase(),
            is_snoozed: fields.flag("is_snoozed")?,
            ever_muted: fields.flag("ever_muted")?,
            is_rare: fields.flag("is_rare")?,
        })
    }

    fn keeps(&self, state: &State, one: &Incident) -> bool {
        let within = |wanted: &Option<Vec<i64>>, id: i64| wanted.as_ref().is_none_or(|ids| ids.contains(&id));
        let anyone = |wanted: &Option<Vec<i64>>, acknowledged: bool| {
            wanted.as_ref().is_none_or(|ids| {
                one.responders
                    .iter()
                    .any(|person| ids.contains(&person.person_id) && (!acknowledged || person.acknowledged_at > 0))
            })
        };
        let named = |wanted: &Option<Vec<&str>>, name: &str| wanted.as_ref().is_none_or(|names| names.contains(&name));
        (self.start_time..=self.end_time).contains(&one.start_time)
            && named(&self.progress, one.progress.name())
            && named(&self.severity, one.severity.name())
            && within(&self.channel_ids, one.channel_id)
            && anyone(&self.responder_ids, false)
            && anyone(&self.acker_ids, true)
            && within(&self.creator_ids, one.creator_id)
            && (self.closer_ids.is_none() || (!one.is_open() && within(&self.closer_ids, one.closer_id)))
            && self.incident_ids.as_ref().is_none_or(|ids| ids.contains(&one.id))
            && self.nums.as_ref().is_none_or(|nums| nums.iter().any(|num| num.eq_ignore_ascii_case(&one.num())))
            && (self.query.is_empty() || text_of(one).contains(&self.query))
            && self.is_snoozed.is_none_or(|wanted| wanted == one.is_snoozed(state.now()))
            && self.ever_muted != Some(true)
            && self.is_rare != Some(false)
    }
}

/// Channel lists that teams and the `is_my_…` flags stand for; these follow the credential's owner.
fn channel_restrictions(state: &State, caller: Caller, fields: &Fields) -> Result<Vec<Vec<i64>>, Refusal> {
    let of_teams = |teams: &[i64]| -> Vec<i64> {
        state.channels.iter().filter(|channel| teams.contains(&channel.team_id)).map(|channel| channel.id).collect()
    };
    let mut lists = Vec::new();
    if let Some(teams) = fields.ints("team_ids", 0..=100)?.filter(|ids| !ids.is_empty()) {
        lists.push(of_teams(&teams));
    }
    for name in ["is_my_team", "is_my_channel"] {
        if fields.flag(name)? == Some(true) {
            let own = state.teams.iter().filter(|team| team.person_ids.contains(&caller.person_id));
            lists.push(of_teams(&own.map(|team| team.id).collect::<Vec<_>>()));
        }
    }
    Ok(lists)
}

fn text_of(incident: &Incident) -> String {
    format!("{} {} #{}", incident.title, incident.description, incident.num()).to_lowercase()
}
