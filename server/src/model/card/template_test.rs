//! The card's template, its documentation and what the code sends name the same variables.

use super::tests::drawing;
use super::{room_values, template, values, viewer};
use crate::model::delivery::Target;
use crate::model::digest::{Digest, Figures};
use crate::model::digest_card;
use crate::model::incident::Incident;
use crate::model::war_room::OnCard;
use contract::Language;
use contract::incident::Action;
use std::collections::BTreeSet;
use world::Millis;

const README: &str = include_str!("../../../card-template/README.md");

/// Variables the code sends: to everybody, and to single people.
fn sent() -> (BTreeSet<String>, BTreeSet<String>) {
    let digest = Digest::begin("x", "k", Target::Chat("c".into()), "ops", Millis(0));
    let of_storm = digest_card::values(&digest, &Figures::default(), drawing());
    let of_room = room_values(OnCard::Make, drawing().language);
    let of_incident = values(&Incident::empty("i"), drawing());
    let public = of_incident.into_keys().chain(of_room.into_keys()).chain(of_storm.into_keys()).collect();
    (public, viewer::nobodys().into_keys().collect())
}

/// The first column of the tables below a heading.
fn documented(heading: &str) -> BTreeSet<String> {
    let (_, rest) = README.split_once(heading).expect("the heading");
    let section = rest.split("\n#").next().unwrap_or_default();
    let first = section.lines().filter_map(|line| line.strip_prefix("| `")?.split_once('`'));
    first.map(|(name, _)| name.to_owned()).collect()
}

#[test]
fn template_documentation_and_code_name_the_same_variables() {
    let (public, private) = sent();
    let all = template::variables(Language::En, "dingtalk://x");
    let of = |wanted: bool| all.iter().filter(move |one| one.private == wanted).map(|one| one.name.clone());
    assert_eq!(of(false).collect::<BTreeSet<_>>(), public);
    assert_eq!(of(true).collect::<BTreeSet<_>>(), private.difference(&public).cloned().collect());
    assert_eq!(documented("### Public"), public);
    assert_eq!(documented("### Private"), private.difference(&public).cloned().collect());
}

#[test]
fn the_example_has_a_value_for_what_is_always_there_and_none_is_too_long() {
    for language in [Language::En, Language::Zh] {
        let all = template::variables(language, "dingtalk://x");
        let empty: Vec<_> = all.iter().filter(|one| one.example.is_empty()).map(|one| one.name.as_str()).collect();
        let may_be_empty = |name: &&str| {
            matches!(*name, "more" | "snoozed_until" | "notice" | "notice_button" | "notice_url")
                || name.starts_with("snooze_4")
                || name.starts_with("snooze_5")
        };
        assert!(empty.iter().all(may_be_empty), "{empty:?}");
        assert!(all.iter().all(|one| one.kind == "text" && one.example.len() <= super::VALUE_BYTES_MAX));
    }
}

/// Parameters are those that clicks are read by, and what says when a button is there is a variable.
#[test]
fn every_button_asks_for_something_that_can_be_done_from_a_card() {
    let variables = template::variables(Language::En, "dingtalk://x");
    let buttons = template::buttons();
    assert_eq!(buttons.len(), 16, "{buttons:?}");
    for button in buttons {
        let known = |name: &str| variables.iter().any(|one| one.name == name);
        assert!(button.visible.is_empty() || known(&button.visible), "{button:?}");
        let action = button.params.get("action").map(String::as_str).unwrap_or_default();
        let opens = button.params.is_empty() && button.link.ends_with("_url}");
        let ours = matches!(action, "acknowledge-all" | "war-room" | "join-war-room");
        assert!(opens || ours || Action::from_name(action).is_some(), "{button:?}");
        assert_eq!(button.params.contains_key("minutes"), action == "snooze", "{button:?}");
    }
}
