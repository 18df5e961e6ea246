//! What a person may do with an incident in its present state, and what the act makes of it.

use super::asked::Asked;
use super::incident::{Fate, Incident, LastAct, Responder};
use contract::ProblemCode;
use contract::incident::{Action, Progress};
use std::time::Duration;
use world::Millis;

/// What becomes of an act that somebody asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Carry it out.
    Do,
    /// It is so already, by whomever: show the truth instead of repeating it.
    Already,
    /// It makes no sense in this state.
    Refuse(ProblemCode),
}

/// Judges what somebody asks for: the act, and whether the very thing it would bring about is there already.
pub fn judge_asked(incident: &Incident, asked: &Asked, member_id: i64, now: Millis) -> Verdict {
    let verdict = judge(incident, asked.action, member_id, now);
    let has = |id: &i64| incident.responders.iter().any(|one| one.member_id == *id);
    let is_there = match asked.action {
        Action::AddResponder => asked.people.iter().all(has),
        Action::Reassign => {
            let only = |one: &Responder| asked.people.contains(&one.member_id);
            asked.people.iter().all(has) && incident.responders.iter().all(only)
        }
        // Flashduty may have escalated it by itself meanwhile: nobody is woken twice.
        Action::Escalate => match (&incident.level, &asked.level) {
            (Some(at), Some(to)) => at.rule_id == to.rule_id && at.index >= to.index,
            _ => false,
        },
        _ => false,
    };
    if verdict == Verdict::Do && is_there { Verdict::Already } else { verdict }
}

/// Judges an act by the incident's present state (Flashduty reference, section 4.1). `member_id` is who asks.
pub fn judge(incident: &Incident, action: Action, member_id: i64, now: Millis) -> Verdict {
    match incident.fate {
        Fate::Gone => return Verdict::Refuse(ProblemCode::IncidentGone),
        // What is said there nobody reads any more.
        Fate::Merged { .. } => return Verdict::Refuse(ProblemCode::AlreadyClosed),
        Fate::Live => {}
    }
    let closed = incident.progress == Progress::Closed;
    let snoozed = incident.snoozed_until(now).is_some();
    match action {
        Action::Comment => Verdict::Do,
        Action::Reopen if closed => Verdict::Do,
        Action::Reopen => Verdict::Already,
        Action::Close if closed => Verdict::Already,
        _ if closed => Verdict::Refuse(ProblemCode::AlreadyClosed),
        Action::Close => Verdict::Do,
        Action::Acknowledge if incident.progress == Progress::Triggered => Verdict::Do,
        Action::Acknowledge => Verdict::Already,
        Action::Snooze if snoozed => Verdict::Already,
        Action::Snooze => Verdict::Do,
        Action::Wake if snoozed => Verdict::Do,
        Action::Wake => Verdict::Already,
        Action::Unacknowledge if incident.progress == Progress::Triggered => Verdict::Already,
        Action::Unacknowledge if has_acknowledged(incident, member_id) => Verdict::Do,
        Action::Unacknowledge => Verdict::Refuse(ProblemCode::NotNow),
        Action::Escalate if incident.level.is_none() => Verdict::Refuse(ProblemCode::NotNow),
        Action::Escalate | Action::Reassign | Action::AddResponder | Action::CustomAction => Verdict::Do,
    }
}

/// The acts to draw for a viewer, in drawing order. Whether there are custom actions the incident does not say.
pub fn offered(incident: &Incident, member_id: Option<i64>, now: Millis) -> Vec<Action> {
    Action::ALL
        .into_iter()
        .filter(|action| *action != Action::CustomAction)
        .filter(|action| judge(incident, *action, member_id.unwrap_or(0), now) == Verdict::Do)
        .collect()
}

/// The incident after a successful act, as far as it can be told before Flashduty's webhook brings the whole truth.
pub fn applied(mut incident: Incident, asked: &Asked, who: (i64, &str), at: Millis) -> Incident {
    let (member_id, name) = who;
    let (action, minutes) = (asked.action, asked.minutes);
    match action {
        Action::Acknowledge => {
            incident.progress = Progress::Processing;
            incident.acknowledged.get_or_insert(at);
            acknowledge(&mut incident.responders, member_id, name, at);
        }
        Action::Unacknowledge => {
            for responder in incident.responders.iter_mut().filter(|one| one.member_id == member_id) {
                responder.acknowledged = None;
            }
            if incident.acknowledged_by().is_none() {
                incident.progress = Progress::Triggered;
                incident.acknowledged = None;
            }
        }
        Action::Close => {
            incident.progress = Progress::Closed;
            incident.closed = Some(at);
            incident.snoozed_before = None;
        }
        Action::Reopen => {
            incident.progress = Progress::Triggered;
            incident.closed = None;
            incident.acknowledged = None;
            incident.responders.iter_mut().for_each(|one| one.acknowledged = None);
        }
        Action::Snooze => {
            incident.snoozed_before = minutes.map(|minutes| at.plus(Duration::from_secs(60 * u64::from(minutes))));
        }
        Action::Wake => incident.snoozed_before = None,
        Action::Reassign => {
            let former = std::mem::take(&mut incident.responders);
            give(&mut incident.responders, &former, &asked.people);
            incident.level = None;
            if incident.progress == Progress::Processing && incident.acknowledged_by().is_none() {
                incident.progress = Progress::Triggered;
                incident.acknowledged = None;
                incident.snoozed_before = None;
            }
        }
        Action::AddResponder => give(&mut incident.responders, &[], &asked.people),
        // Whom the level calls only Flashduty knows.
        Action::Escalate => incident.level.clone_from(&asked.level),
        Action::Comment | Action::CustomAction => {}
    }
    incident.last_act = Some(LastAct { who: Some(name.to_owned()), kind: timeline_kind(action).to_owned(), at });
    incident
}

/// The last act as far as the incident itself tells it: who acknowledged first, or that it was closed.
pub fn last_act_told(incident: &Incident) -> Option<LastAct> {
    match incident.progress {
        Progress::Closed => incident.closed.map(|at| LastAct { who: None, kind: "i_rslv".to_owned(), at }),
        Progress::Processing => incident.acknowledged_by().map(|(responder, at)| LastAct {
            who: Some(responder.name.clone()).filter(|name| !name.is_empty()),
            kind: "i_ack".to_owned(),
            at,
        }),
        Progress::Triggered => None,
    }
}

/// Flashduty's timeline type of an act.
pub fn timeline_kind(action: Action) -> &'static str {
    match action {
        Action::Acknowledge => "i_ack",
        Action::Unacknowledge => "i_unack",
        Action::Close => "i_rslv",
        Action::Reopen => "i_reopen",
        Action::Snooze => "i_snooze",
        Action::Wake => "i_wake",
        Action::Comment => "i_comm",
        Action::Reassign | Action::Escalate => "i_assign",
        Action::AddResponder => "i_a_rspd",
        Action::CustomAction => "i_custom",
    }
}

fn has_acknowledged(incident: &Incident, member_id: i64) -> bool {
    incident.responders.iter().any(|one| one.member_id == member_id && one.acknowledged.is_some())
}

fn acknowledge(responders: &mut Vec<Responder>, member_id: i64, name: &str, at: Millis) {
    match responders.iter_mut().find(|one| one.member_id == member_id) {
        Some(responder) => responder.acknowledged = Some(at),
        None => responders.push(Responder { member_id, name: name.to_owned(), acknowledged: Some(at) }),
    }
}

/// Adds people to responders; `former` knows their names and whether they acknowledged.
fn give(responders: &mut Vec<Responder>, former: &[Responder], people: &[i64]) {
    for member_id in people {
        if !responders.iter().any(|one| one.member_id == *member_id) {
            let known = former.iter().find(|one| one.member_id == *member_id).cloned();
            let unknown = || Responder { member_id: *member_id, name: String::new(), acknowledged: None };
            responders.push(known.unwrap_or_else(unknown));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::asked::Level;
    use super::*;
    use Verdict::{Already, Do, Refuse};

    const NOW: Millis = Millis(1_000_000);

    fn in_state(progress: Progress, snoozed: bool) -> Incident {
        let acknowledged = (progress == Progress::Processing).then_some(Millis(5));
        Incident {
            progress,
            snoozed_before: snoozed.then_some(Millis(2_000_000)),
            responders: vec![Responder { member_id: 1, name: "Li".into(), acknowledged }],
            ..Incident::empty("i")
        }
    }

    #[test]
    fn verdict_by_state() {
        use Action as A;
        let [closed, not_now] = [ProblemCode::AlreadyClosed, ProblemCode::NotNow].map(Refuse);
        let table = [
            // action, triggered, processing, processing + snoozed, closed
            (A::Acknowledge, [Do, Already, Already, closed]),
            (A::Unacknowledge, [Already, Do, Do, closed]),
            (A::Close, [Do, Do, Do, Already]),
            (A::Reopen, [Already, Already, Already, Do]),
            (A::Snooze, [Do, Do, Already, closed]),
            (A::Wake, [Already, Already, Do, closed]),
            (A::Comment, [Do, Do, Do, Do]),
            (A::Reassign, [Do, Do, Do, closed]),
            (A::AddResponder, [Do, Do, Do, closed]),
            (A::Escalate, [not_now, not_now, not_now, closed]),
            (A::CustomAction, [Do, Do, Do, closed]),
        ];
        let states = [
            in_state(Progress::Triggered, false),
            in_state(Progress::Processing, false),
            in_state(Progress::Processing, true),
            in_state(Progress::Closed, true),
        ];
        for (action, verdicts) in table {
            for (state, verdict) in states.iter().zip(verdicts) {
                assert_eq!(judge(state, action, 1, NOW), verdict, "{action:?} {:?}", state.progress);
            }
        }
        assert_eq!(judge(&states[1], A::Unacknowledge, 2, NOW), Refuse(ProblemCode::NotNow));
    }

    #[test]
    fn nothing_is_offered_on_what_is_gone_or_merged() {
        let merged = Fate::Merged { into: "j".into(), num: "N".into() };
        for (fate, code) in [(Fate::Gone, ProblemCode::IncidentGone), (merged, ProblemCode::AlreadyClosed)] {
            let incident = Incident { fate, ..in_state(Progress::Closed, false) };
            assert!(offered(&incident, Some(1), NOW).is_empty());
            assert_eq!(judge(&incident, Action::Reopen, 1, NOW), Refuse(code));
        }
    }

    #[test]
    fn whatever_was_done_is_not_offered_again() {
        for action in Action::ALL.into_iter().filter(|action| *action != Action::Comment && !action.is_asked_apart()) {
            for state in [Progress::Triggered, Progress::Processing, Progress::Closed] {
                for snoozed in [false, true] {
                    let incident = in_state(state, snoozed);
                    if judge(&incident, action, 1, NOW) == Do {
                        let asked = Asked { minutes: Some(120), ..Asked::plain("i", action) };
                        let after = applied(incident, &asked, (1, "Li"), NOW);
                        assert_ne!(judge(&after, action, 1, NOW), Do, "{action:?} {state:?} {snoozed}");
                    }
                }
            }
        }
    }
    #[test]
    fn nobody_is_given_an_incident_or_woken_twice() {
        let level = |index| Some(Level { rule_id: "r".into(), index });
        let incident = Incident { level: level(1), ..in_state(Progress::Processing, true) };
        let asked = |action, people: &[i64], level| Asked { people: people.into(), level, ..Asked::plain("i", action) };
        use Action as A;
        for (asked, verdict) in [
            (asked(A::Reassign, &[1], None), Already),
            (asked(A::Reassign, &[1, 2], None), Do),
            (asked(A::Reassign, &[2], None), Do),
            (asked(A::AddResponder, &[1], None), Already),
            (asked(A::AddResponder, &[1, 2], None), Do),
            (asked(A::Escalate, &[], level(0)), Already),
            (asked(A::Escalate, &[], level(1)), Already),
            (asked(A::Escalate, &[], level(2)), Do),
            (asked(A::Escalate, &[], Some(Level { rule_id: "s".into(), index: 0 })), Do),
        ] {
            assert_eq!(judge_asked(&incident, &asked, 9, NOW), verdict, "{asked:?}");
            if verdict == Do {
                let after = applied(incident.clone(), &asked, (9, "Wang"), NOW);
                assert_eq!(judge_asked(&after, &asked, 9, NOW), Already, "{asked:?}");
            }
        }
    }

    #[test]
    fn others_begin_anew_and_one_who_has_acknowledged_does_not() {
        for (people, progress, snoozed) in
            [(vec![2], Progress::Triggered, false), (vec![2, 1], Progress::Processing, true)]
        {
            let asked = Asked { people, ..Asked::plain("i", Action::Reassign) };
            let after = applied(in_state(Progress::Processing, true), &asked, (9, "Wang"), NOW);
            assert_eq!((after.progress, after.snoozed_until(NOW).is_some()), (progress, snoozed));
        }
    }
}
