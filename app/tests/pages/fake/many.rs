//! Many incidents at once, and what a new one can be.

use super::NOW_MS;
use crate::beside::people;
use contract::bulk::{Bulk, BulkMember, BulkState};
use contract::form::{CreateChoice, FieldAsked, FieldKind, RuleChoice};
use contract::incident::{Action, IncidentView};
use contract::{Language, Problem, ProblemCode};

/// What can be chosen for a new incident: one channel, one rule, some people, a field of each kind.
pub fn create_choice(channel: Option<i64>, query: &str) -> CreateChoice {
    let (id, name) = ("64abb8a687e7984845822139".into(), "Default".into());
    CreateChoice {
        channels: vec![(5, "支付 Payments".into())],
        channel,
        rules: vec![RuleChoice { id, name, calls: vec!["Li".into()] }],
        people: people(),
        query: query.to_owned(),
        fields: fields(),
        token: "once".into(),
        as_of_ms: NOW_MS,
        ..CreateChoice::default()
    }
}

/// What an act would mean for each of the incidents with these ids; of others nothing is known.
pub fn bulk(action: Action, ids: &[String], known: &[IncidentView]) -> Bulk {
    let member = |id: &String| {
        let incident = known.iter().find(|one| one.id == *id);
        BulkMember {
            id: id.clone(),
            num: incident.map(|one| one.num.clone()).unwrap_or_default(),
            title: incident.map(|one| one.title.clone()).unwrap_or_default(),
            severity: incident.map(|one| one.severity),
            progress: incident.map(|one| one.progress),
            state: match incident {
                Some(one) if one.actions.contains(&action) => BulkState::Ready,
                Some(_) => BulkState::Already,
                None => BulkState::Refused,
            },
            problem: incident.is_none().then(|| Problem::new(ProblemCode::IncidentGone, Language::En, "")),
        }
    };
    Bulk { action, members: ids.iter().map(member).collect(), as_of_ms: NOW_MS }
}

/// A custom field of each kind.
pub fn fields() -> Vec<FieldAsked> {
    let kinds = [
        ("cause", FieldKind::SingleSelect),
        ("services", FieldKind::MultiSelect),
        ("ticket", FieldKind::Text),
        ("customers", FieldKind::Checkbox),
    ];
    let field = |(name, kind): (&str, FieldKind)| FieldAsked {
        name: name.into(),
        label: format!("<{name}>"),
        hint: String::new(),
        kind,
        options: vec!["a".into(), "b, c".into()],
    };
    kinds.map(field).to_vec()
}
