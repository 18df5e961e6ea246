//! Who is worth asking first.

use std::cmp::Reverse;
use std::collections::BTreeMap;

/// What is known of somebody who could be given an incident.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Candidate {
    pub name: String,
    /// IANA name.
    pub time_zone: String,
    /// Schedules that have them on call now.
    pub on_call: Vec<String>,
    /// The team they share with the incident's channel.
    pub team: Option<String>,
    /// Incidents of the same channel that they acknowledged.
    pub handled: u32,
}

/// Whoever is on call now, then the channel's team, then those who handled the most of its kind; then by name.
pub fn best_first(candidates: BTreeMap<i64, Candidate>) -> Vec<(i64, Candidate)> {
    let mut ranked: Vec<(i64, Candidate)> = candidates.into_iter().collect();
    ranked.sort_by_cached_key(|(_, one)| {
        (one.on_call.is_empty(), one.team.is_none(), Reverse(one.handled), one.name.to_lowercase())
    });
    ranked
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn on_call_before_team_before_experience_before_name() {
        let one = |name: &str, on_call: bool, team: bool, handled| Candidate {
            name: name.into(),
            on_call: on_call.then(|| "rota".to_owned()).into_iter().collect(),
            team: team.then(|| "team".to_owned()),
            handled,
            ..Candidate::default()
        };
        let candidates = [
            (1, one("a", false, false, 0)),
            (2, one("B", false, false, 0)),
            (3, one("c", false, false, 9)),
            (4, one("d", false, true, 0)),
            (5, one("e", true, false, 0)),
            (6, one("f", true, true, 0)),
        ];
        let order: Vec<i64> = best_first(BTreeMap::from(candidates)).into_iter().map(|(id, _)| id).collect();
        assert_eq!(order, [6, 5, 4, 3, 1, 2]);
    }
}
