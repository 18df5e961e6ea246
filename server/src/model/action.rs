//! What a person may do with an incident in its present state, and what the act makes of it.

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
    }
}

/// The acts to draw for a viewer, in drawing order.
pub fn offered(incident: &Incident, member_id: Option<i64>, now: Millis) -> Vec<Action> {
    Action::ALL
        .into_iter()
        .filter(|action| judge(incident, *action, member_id.unwrap_or(0), now) == Verdict::Do)
        .collect()
}

/// The incident after a successful act, as far as it can be told before Flashduty's webhook brings the whole truth.
pub fn applied(mut incident: Incident, action: Action, minutes: Option<u32>, who: (i64, &str), at: Millis) -> Incident {
    let (member_id, name) = who;
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
        Action::Comment => {}
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

#[cfg(test)]
mod tests {
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
        let closed = Refuse(ProblemCode::AlreadyClosed);
        let table = [
            // action, triggered, processing, processing + snoozed, closed
            (A::Acknowledge, [Do, Already, Already, closed]),
            (A::Unacknowledge, [Already, Do, Do, closed]),
            (A::Close, [Do, Do, Do, Already]),
            (A::Reopen, [Already, Already, Already, Do]),
            (A::Snooze, [Do, Do, Already, closed]),
            (A::Wake, [Already, Already, Do, closed]),
            (A::Comment, [Do, Do, Do, Do]),
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
        for action in Action::ALL.into_iter().filter(|action| *action != Action::Comment) {
            for state in [Progress::Triggered, Progress::Processing, Progress::Closed] {
                for snoozed in [false, true] {
                    let incident = in_state(state, snoozed);
                    if judge(&incident, action, 1, NOW) == Do {
                        let after = applied(incident, action, Some(120), (1, "Li"), NOW);
                        assert_ne!(judge(&after, action, 1, NOW), Do, "{action:?} {state:?} {snoozed}");
                    }
                }
            }
        }
    }
}
