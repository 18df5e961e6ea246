use crate::incident_query::is_zero;
use crate::{Client, FlashdutyError, Page, wire};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Value, json};
use world::Millis;

/// A schedule and who is on call by it (reference 7.3).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Schedule {
    /// Its id.
    pub schedule_id: i64,
    /// Display name.
    pub name: String,
    /// 0 when not told.
    pub team_id: i64,
    /// Who is on call now.
    pub current: Option<OnCall>,
    /// Who is next.
    pub next: Option<OnCall>,
    /// The shifts of the window that was asked for, by the final schedule; an end of the window cuts them.
    pub shifts: Vec<OnCall>,
}

/// One shift.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OnCall {
    /// Its beginning.
    pub start: Option<Millis>,
    /// Its end; none when it does not end.
    pub end: Option<Millis>,
    /// Each person once, in Flashduty's order.
    pub person_ids: Vec<i64>,
}

/// Which schedules to list.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ScheduleQuery {
    /// Part of a name.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub query: String,
    /// From 1; 0 is the first too.
    #[serde(rename = "p", skip_serializing_if = "is_zero")]
    pub page: u32,
    /// Rows per page, at most 100; 0 leaves it to Flashduty (10).
    #[serde(skip_serializing_if = "is_zero")]
    pub limit: u32,
    /// Only those of the teams of the credential's owner.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub is_my_team: bool,
    /// Begin of the window to compute shifts for, Unix seconds; 0 leaves it out.
    #[serde(rename = "start", skip_serializing_if = "is_zero_time")]
    pub start_s: i64,
    /// End of that window, at most 45 days later.
    #[serde(rename = "end", skip_serializing_if = "is_zero_time")]
    pub end_s: i64,
}

/// One page of schedules.
pub type SchedulePage = Page<Schedule>;

impl Client {
    /// Schedules with their present and next shift (reference 7.3).
    pub async fn schedule_list(&self, query: &ScheduleQuery) -> Result<SchedulePage, FlashdutyError> {
        let page: SchedulePage = self.read("/schedule/list", json!(query)).await?;
        Ok(page.with_next_page(query.page, if query.limit == 0 { 10 } else { query.limit }))
    }

    /// Schedules in which the credential's owner is on between two Unix times (seconds, at most 30 days apart).
    pub async fn schedule_self(&self, start_s: i64, end_s: i64) -> Result<Vec<Schedule>, FlashdutyError> {
        let page: SchedulePage = self.read("/schedule/self", json!({ "start": start_s, "end": end_s })).await?;
        Ok(page.items)
    }
}

/// The platform's form, with its older names.
#[derive(Default, Deserialize)]
#[serde(default)]
struct WireSchedule {
    #[serde(deserialize_with = "wire::integer")]
    schedule_id: i64,
    #[serde(deserialize_with = "wire::integer")]
    id: i64,
    #[serde(deserialize_with = "wire::text")]
    schedule_name: String,
    #[serde(deserialize_with = "wire::text")]
    name: String,
    #[serde(deserialize_with = "wire::integer")]
    team_id: i64,
    #[serde(deserialize_with = "wire::object")]
    cur_oncall: Option<WireOnCall>,
    #[serde(deserialize_with = "wire::object")]
    next_oncall: Option<WireOnCall>,
    #[serde(deserialize_with = "wire::object")]
    final_schedule: Option<WireFinal>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct WireFinal {
    #[serde(deserialize_with = "wire::list")]
    schedules: Vec<WireOnCall>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct WireOnCall {
    #[serde(with = "wire::seconds")]
    start: Option<Millis>,
    #[serde(with = "wire::seconds")]
    end: Option<Millis>,
    group: Value,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct WireGroup {
    #[serde(deserialize_with = "wire::list")]
    members: Vec<WireRole>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct WireRole {
    #[serde(deserialize_with = "wire::integers")]
    person_ids: Vec<i64>,
}

impl<'de> Deserialize<'de> for Schedule {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        let wire = WireSchedule::deserialize(source)?;
        Ok(Self {
            schedule_id: if wire.schedule_id == 0 { wire.id } else { wire.schedule_id },
            name: if wire.schedule_name.is_empty() { wire.name } else { wire.schedule_name },
            team_id: wire.team_id,
            current: wire.cur_oncall.map(OnCall::from),
            next: wire.next_oncall.map(OnCall::from),
            shifts: wire.final_schedule.unwrap_or_default().schedules.into_iter().map(OnCall::from).collect(),
        })
    }
}

impl From<WireOnCall> for OnCall {
    fn from(wire: WireOnCall) -> Self {
        let group: Option<WireGroup> = wire::object(wire.group).unwrap_or_default();
        let mut person_ids = Vec::new();
        for person_id in group.unwrap_or_default().members.into_iter().flat_map(|role| role.person_ids) {
            if !person_ids.contains(&person_id) {
                person_ids.push(person_id);
            }
        }
        Self { start: wire.start, end: wire.end, person_ids }
    }
}

fn is_zero_time(seconds: &i64) -> bool {
    *seconds == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_on_call() {
        let page: SchedulePage = serde_json::from_value(json!({ "items": [
            { "schedule_id": 7, "schedule_name": "Ops", "cur_oncall": { "start": 1, "end": 2, "group": { "members": [
                { "role_id": 1, "person_ids": [5, "6"] }, { "role_id": 2, "person_ids": [5] } ] } }, "next_oncall": null,
              "final_schedule": { "schedules": [{ "start": 3, "end": 4, "group": { "members": [{ "person_ids": [9] }] } }, 7] } },
            { "id": 8, "name": "Old", "cur_oncall": { "group": null }, "next_oncall": [] },
        ]}))
        .unwrap();
        let on_call = page.items[0].current.clone().unwrap();
        assert_eq!((on_call.person_ids, on_call.end), (vec![5, 6], Some(Millis(2000))));
        assert_eq!(page.items[0].next, None);
        let shift = &page.items[0].shifts[0];
        assert_eq!((shift.start, shift.person_ids.as_slice()), (Some(Millis(3000)), [9].as_slice()));
        assert_eq!((page.items[1].schedule_id, page.items[1].name.as_str()), (8, "Old"));
        assert_eq!(page.items[1].current.clone().unwrap().person_ids, [] as [i64; 0]);
    }
}
