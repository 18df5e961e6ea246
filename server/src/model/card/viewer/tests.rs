use super::*;
use crate::model::card::CardSettings;
use crate::model::delivery::Target;
use crate::model::incident::Responder;
use contract::Language;
use world::Millis;

const NOW: Millis = Millis(1_790_000_000_000);
const LINK: &str = "dingtalk://dingtalkclient/page/link?url=x&pc_slide=true";

fn drawing() -> Drawing<'static> {
    let settings = Box::leak(Box::new(CardSettings::default()));
    Drawing { language: Language::En, zone: "Asia/Shanghai", detail_url: LINK, settings, text: None, now: NOW }
}

fn card() -> Card {
    Card {
        out_track_id: "card".into(),
        integration: "k".into(),
        incident_id: "i".into(),
        target: Target::Chat("ops".into()),
        delivered: true,
        shown: BTreeMap::new(),
        noticed: Vec::new(),
        given: BTreeMap::new(),
        created: NOW,
        updated: NOW,
        version: 0,
    }
}

fn named(user_id: &str, stays: bool, is_new: bool) -> Noticed {
    let notice = Notice { text: format!("to {user_id}"), ..Notice::default() };
    Noticed { user_id: user_id.into(), notice, stays, is_new }
}

fn of(you: &str) -> Values {
    values(you, false, &Notice::default())
}

fn names(telling: &Telling) -> Vec<&str> {
    telling.people.iter().map(|(user_id, _)| user_id.as_str()).collect()
}

#[test]
fn everyone_sees_what_is_theirs() {
    use Progress::{Closed, Processing, Triggered};
    let (li, zhang, stranger) = (1, 2, 9);
    let yes = "You are a responder";
    let at = "You acknowledged at 22:13";
    let table = [
        // who, linked, state, who acknowledged: line, may withdraw, is asked to link
        (li, true, Triggered, None, yes, false, false),
        (li, true, Processing, Some(li), at, true, false),
        (li, true, Processing, Some(zhang), yes, false, false),
        (li, true, Closed, Some(li), at, false, false),
        (li, false, Triggered, None, yes, false, true),
        (li, false, Processing, Some(li), at, false, true),
        (li, false, Closed, None, yes, false, false),
        (stranger, true, Triggered, None, "", false, false),
        (stranger, true, Processing, Some(li), "", false, false),
        (stranger, false, Triggered, None, "", false, false),
    ];
    for (member_id, linked, progress, acknowledged, you, withdraw, asked) in table {
        let responder = |member_id| Responder {
            member_id,
            name: "name".into(),
            acknowledged: (acknowledged == Some(member_id)).then_some(NOW),
        };
        let incident = Incident { progress, responders: vec![responder(li), responder(zhang)], ..Incident::empty("i") };
        let viewer = Viewer { user_id: "u".into(), member_id, linked };
        let seen = view(&incident, &viewer, drawing(), LINK);
        let case = format!("{member_id} {linked} {progress:?} {acknowledged:?}");
        assert_eq!((seen["you"].as_str(), seen["can_unacknowledge"].as_str()), (you, &*withdraw.to_string()), "{case}");
        assert_eq!((seen["notice"].is_empty(), seen["notice_url"].is_empty()), (!asked, !asked), "{case}");
        assert_eq!(seen.keys().collect::<Vec<_>>(), nobodys().keys().collect::<Vec<_>>(), "the same variables: {case}");
    }
}

#[test]
fn only_who_sees_something_else_than_before_is_told() {
    let public = Values::new();
    let given = |values: &Values| Given::of(values);
    let mut card = card();
    card.given = [("same", of("a")), ("other", of("a")), ("left", of("a"))]
        .map(|(user_id, values)| (user_id.to_owned(), given(&values)))
        .into();
    card.given.insert("gone".into(), Given::unknown());
    let views = [("same", of("a")), ("other", of("b")), ("new", of("a")), ("plain", nobodys()), ("gone", of("a"))]
        .map(|(user_id, values)| (user_id.to_owned(), values))
        .into();
    let telling = telling(&card, &views, false, &public);
    assert_eq!(names(&telling), ["new", "other", "left"], "viewers first, then whoever is none any more");
    assert!(telling.views_due && !telling.notices_due);
    assert_eq!(telling.people[2].1, nobodys());
    let told = telling.people.iter().map(|(user_id, values)| (user_id.clone(), given(values)));
    card.given.extend(told.collect::<Vec<_>>());
    let again = super::telling(&card, &views, true, &public);
    assert_eq!(
        (again.views_due, again.notices_due, names(&again).len()),
        (false, false, 0),
        "a change of state alone tells nobody"
    );
}

#[test]
fn notices_stay_until_the_state_changes_and_are_shown_anew() {
    let public = Values::new();
    let mut card = card();
    card.noticed = vec![named("asks", true, false), named("reports", false, false)];
    let views: BTreeMap<String, Values> = [("asks".to_owned(), of("a"))].into();
    for (changed, staying) in [(false, vec!["asks"]), (true, vec![])] {
        let telling = telling(&card, &views, changed, &public);
        assert_eq!(telling.staying.iter().map(|one| one.user_id.as_str()).collect::<Vec<_>>(), staying);
        assert!(telling.notices_due, "somebody's notice is over");
        let of_asks = &telling.people.iter().find(|(user_id, _)| user_id == "asks").unwrap().1;
        assert_eq!((of_asks["you"].as_str(), of_asks["notice"].is_empty()), ("a", changed), "over its view");
    }
    card.noticed = vec![named("asks", true, false)];
    let there = telling(&card, &BTreeMap::new(), false, &public);
    assert!(!there.notices_due && !there.views_due, "it is there already");
    card.noticed = vec![named("late", true, true)];
    let late = telling(&card, &BTreeMap::new(), true, &public);
    assert!(late.notices_due && !late.staying[0].is_new, "a refusal that came late is told whatever the state");
}

#[test]
fn a_card_is_never_overfilled() {
    let public = Values::from([("title".to_owned(), "x".repeat(6_000))]);
    let crowd = |count: usize, text: &str| -> BTreeMap<String, Values> {
        (0..count).map(|n| (format!("user{n:04}"), of(&text.repeat(10)))).collect()
    };
    for (count, text, most) in [(600, "a", 500), (600, "名名名名名名名名名名", 500), (40, "a", 40)] {
        let mut card = card();
        let views = crowd(count, text);
        let telling = telling(&card, &views, false, &public);
        assert!(telling.people.len() <= most, "{} people", telling.people.len());
        let bytes = size(&public) + telling.people.iter().map(|(_, values)| size(values)).sum::<usize>();
        assert!(bytes <= CARD_BYTES_MAX, "{bytes} bytes");
        card.given = telling.people.iter().map(|(user_id, values)| (user_id.clone(), Given::of(values))).collect();
        card.shown.clone_from(&public);
        assert_eq!(has_room(&card, "one.more", &of(&text.repeat(10))), count == 40, "{count} {text}");
        assert!(has_room(&card, "user0000", &nobodys()), "to take something away there is always room");
    }
}
