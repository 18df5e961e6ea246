//! Channels, escalation rules, schedules and alert integrations (reference section 7).

use super::incident::Severity;

/// A collaboration space incidents belong to.
pub struct Channel {
    pub id: i64,
    pub name: String,
    pub description: String,
    pub team_id: i64,
    /// Its incidents are shown to its team and to those who handle them.
    pub is_private: bool,
    pub disable_auto_close: bool,
    /// Seconds after which an open incident closes by itself; 0 = never.
    pub auto_resolve_timeout: i64,
    pub created_at: i64,
}

/// Who is told about a channel's incidents, level by level.
pub struct Rule {
    pub id: String,
    pub name: String,
    pub channel_id: i64,
    pub priority: i64,
    /// Whose texts its messages have.
    pub template_id: String,
    pub layers: Vec<Layer>,
    pub created_at: i64,
    pub updated_by: i64,
}

/// One level of an escalation rule.
pub struct Layer {
    pub person_ids: Vec<i64>,
    pub team_ids: Vec<i64>,
    pub schedule_ids: Vec<i64>,
    /// Minutes without acknowledgement until the next level; 0 = never.
    pub escalate_window: i64,
    pub force_escalate: bool,
    /// Repeats, and the minutes between them.
    pub max_times: i64,
    pub notify_step: f64,
    /// Chat targets as they stand on the wire: `{type, settings}`.
    pub webhooks: Vec<serde_json::Value>,
}

/// A rota in which one member is on call at a time, in turns of equal length since 1970.
pub struct Schedule {
    pub id: i64,
    pub name: String,
    pub description: String,
    pub team_id: i64,
    pub turn_seconds: i64,
    pub person_ids: Vec<i64>,
    pub created_at: i64,
}

impl Schedule {
    /// The turn that contains the second `at`: its start, its end and the position in the rota.
    pub fn turn(&self, at: i64) -> Turn {
        let number = at.div_euclid(self.turn_seconds);
        let index = number.rem_euclid(self.person_ids.len().max(1) as i64) as usize;
        let start = number * self.turn_seconds;
        Turn {
            start,
            end: start + self.turn_seconds,
            index,
            person_id: self.person_ids.get(index).copied().unwrap_or(0),
        }
    }
}

/// One turn of a schedule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Turn {
    pub start: i64,
    pub end: i64,
    pub index: usize,
    pub person_id: i64,
}

/// A source of alerts, known by the key in its push address.
pub struct AlertIntegration {
    pub id: i64,
    pub name: String,
    pub key: String,
    pub channel_id: i64,
}

/// The worst of some severities; `Ok` when there is none.
pub fn worst(severities: impl Iterator<Item = Severity>) -> Severity {
    severities.min().unwrap_or(Severity::Ok)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn turns_follow_each_other() {
        let schedule = Schedule {
            id: 1,
            name: String::new(),
            description: String::new(),
            team_id: 1,
            turn_seconds: 100,
            person_ids: vec![7, 8],
            created_at: 0,
        };
        assert_eq!(schedule.turn(0), Turn { start: 0, end: 100, index: 0, person_id: 7 });
        assert_eq!(schedule.turn(199), Turn { start: 100, end: 200, index: 1, person_id: 8 });
        assert_eq!(schedule.turn(200).person_id, 7);
    }
}
