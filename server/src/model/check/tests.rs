use super::*;

const NOW: Millis = Millis(1_000);
const ALL_WISHES: Wishes = Wishes { cards: true, war_rooms: true };

fn finding(check: Check, state: CheckState, reason: Reason) -> Finding {
    Finding::new(check, state, reason, NOW)
}

fn run(state: impl Fn(Check) -> CheckState) -> Run {
    let findings = Check::ALL.iter().map(|check| finding(*check, state(*check), Reason::Seen)).collect();
    Run { findings, ran: NOW }
}

#[test]
fn names_are_unique_and_read_back() {
    for (place, check) in Check::ALL.iter().enumerate() {
        assert_eq!(Check::from_name(check.name()), Some(*check));
        assert_eq!(serde_json::to_value(check).unwrap(), check.name());
        let former = place.checked_sub(1).and_then(|place| Check::ALL.get(place));
        let step = former.is_none_or(|former| (former.step() as u8) <= (check.step() as u8));
        assert!(step, "{} stands out of the guide's order", check.name());
    }
    assert!(Check::ALL.len() >= 20);
}

#[test]
fn what_was_seen_proves_until_it_is_changed() {
    for (seen, changed, state, reason) in [
        (None, None, CheckState::Unproved, Reason::NeverSeen),
        (None, Some(5), CheckState::Unproved, Reason::NeverSeen),
        (Some(5), None, CheckState::Proved, Reason::Seen),
        (Some(5), Some(4), CheckState::Proved, Reason::Seen),
        (Some(5), Some(6), CheckState::Unproved, Reason::SeenBeforeChange),
    ] {
        let found = Finding::by(Check::Webhook, seen.map(Millis), changed.map(Millis), NOW);
        assert_eq!((found.state, found.reason), (state, reason), "{seen:?} {changed:?}");
    }
}

#[test]
fn an_earlier_proof_stands_where_nothing_new_was_learned() {
    use CheckState::{Failed, Proved, Unproved};
    let check = Check::AgentId;
    let earlier = |state| Finding { at: Millis(500), ..finding(check, state, Reason::Answered) };
    for (now, before, changed, expected) in [
        (Reason::NotAsked, Some(Proved), None, Proved),
        (Reason::NotAnswered, Some(Failed), None, Failed),
        (Reason::NotAsked, Some(Proved), Some(501), Unproved),
        (Reason::NotAsked, Some(Proved), Some(500), Proved),
        (Reason::NotAsked, None, None, Unproved),
        (Reason::NeverSeen, Some(Proved), None, Unproved),
    ] {
        let found = finding(check, Unproved, now);
        let earlier = before.map(earlier);
        assert_eq!(found.or_earlier(earlier.as_ref(), changed.map(Millis)).state, expected, "{now:?} {before:?}");
    }
}

#[test]
fn only_what_is_required_keeps_a_set_up_from_being_proved() {
    let wishes = Wishes { cards: false, war_rooms: false };
    assert!(run(|_| CheckState::Proved).is_proved(ALL_WISHES));
    assert!(run(|_| CheckState::NotNeeded).is_proved(ALL_WISHES));
    for check in Check::ALL {
        let one = |state| run(move |other| if other == *check { state } else { CheckState::Proved });
        for state in [CheckState::Failed, CheckState::Unproved] {
            assert_eq!(one(state).is_proved(wishes), !check.is_required(wishes), "{}", check.name());
        }
    }
    let empty = Run { findings: Vec::new(), ran: NOW };
    assert!(!empty.is_proved(wishes), "what was not looked at is not proved");
}

#[test]
fn what_turned_red_is_told_once() {
    let fine = run(|_| CheckState::Proved);
    let red = run(|check| if check == Check::Token { CheckState::Failed } else { CheckState::Unproved });
    assert_eq!(red.turned_red(&fine), [Check::Token]);
    assert_eq!(red.turned_red(&red), []);
    assert_eq!(fine.turned_red(&red), []);
}
