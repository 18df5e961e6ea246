use super::*;
use contract::chat::ChatState;
use server::model::chat::{Change, Chat};
use server::model::subscription::{Rule, Subscription};
use server::store::{chat, subscription};

fn titled(id: &str, title: &str) -> Chat {
    let mut chat = Chat::unknown(id.into(), "alpha", &format!("cid-{id}"), "robot".into(), NOW);
    chat.apply(Change::Titled(title.into()), NOW);
    chat
}

#[tokio::test]
async fn a_group_comes_back_as_it_was() {
    in_both(async |tx| {
        let mut group = titled("1", "支付\0告警");
        assert!(chat::insert(tx, &group).await.unwrap());
        assert!(!chat::insert(tx, &group).await.unwrap());
        let same_conversation = Chat { id: "2".into(), ..group.clone() };
        assert!(!chat::insert(tx, &same_conversation).await.unwrap());

        group.title = "支付\u{fffd}告警".into();
        assert_eq!(chat::by_id(tx, "alpha", "1").await.unwrap().as_ref(), Some(&group), "both databases take a NUL");
        assert_eq!(chat::by_conversation(tx, "alpha", "cid-1").await.unwrap().as_ref(), Some(&group));
        assert_eq!(chat::by_id(tx, "beta", "1").await.unwrap(), None);
        assert_eq!(chat::by_conversation(tx, "beta", "cid-1").await.unwrap(), None);

        let installed = Change::Installed { robot_code: Some("r".into()), cool_app_code: Some("c".into()) };
        group.apply(installed, Millis(NOW.0 + 1));
        assert!(chat::update(tx, &group).await.unwrap());
        assert!(!chat::update(tx, &group).await.unwrap());
        let found = chat::by_id(tx, "alpha", "1").await.unwrap().unwrap();
        assert_eq!(found, Chat { version: group.version + 1, ..group });
        assert_eq!(found.state, ChatState::Installed);
    })
    .await;
}

#[tokio::test]
async fn groups_are_searched_by_title() {
    in_both(async |tx| {
        for (id, title) in [("1", "Ops ÄPFEL"), ("2", "100% pay_ments!"), ("3", "支付告警"), ("4", "ops 2")] {
            chat::insert(tx, &titled(id, title)).await.unwrap();
        }
        for (query, expected) in [
            (None, "1234"),
            (Some(""), "1234"),
            (Some("OPS"), "14"),
            (Some("äpfel"), "1"),
            (Some("%"), "2"),
            (Some("_"), "2"),
            (Some("!"), "2"),
            (Some("0% P"), "2"),
            (Some("付告"), "3"),
            (Some("\\"), ""),
            (Some("'; DROP TABLE chat; --"), ""),
            (Some("\0"), ""),
        ] {
            let found = chat::list(tx, "alpha", query, None, 9).await.unwrap();
            assert_eq!(found.iter().map(|one| one.id.as_str()).collect::<String>(), expected, "{query:?}");
        }
        let page = chat::list(tx, "alpha", None, Some("1"), 2).await.unwrap();
        assert_eq!(page.iter().map(|one| one.id.as_str()).collect::<String>(), "23");
        assert_eq!(chat::list(tx, "beta", None, None, 9).await.unwrap(), []);
    })
    .await;
}

#[tokio::test]
async fn subscriptions_by_group_and_by_page() {
    in_both(async |tx| {
        let one = |id: &str, chat_id: &str| Subscription {
            id: id.into(),
            integration: "alpha".into(),
            chat_id: chat_id.into(),
            rule: Rule { channel_ids: vec![7], mention: true, ..Rule::default() },
            created: NOW,
        };
        for (id, chat_id) in [("1", "ops"), ("2", "pay"), ("3", "ops")] {
            subscription::insert(tx, &one(id, chat_id)).await.unwrap();
        }
        assert_eq!(subscription::of_chat(tx, "alpha", "ops").await.unwrap(), [one("1", "ops"), one("3", "ops")]);
        assert_eq!(subscription::all(tx, "alpha").await.unwrap().len(), 3);
        assert_eq!(subscription::all(tx, "beta").await.unwrap(), []);
        assert_eq!(subscription::list(tx, "alpha", false, Some("1"), 1).await.unwrap(), [one("2", "pay")]);
        assert_eq!(subscription::list(tx, "alpha", false, None, 9).await.unwrap().len(), 3);
        assert_eq!(subscription::by_id(tx, "alpha", "2").await.unwrap(), Some(one("2", "pay")));
        assert_eq!(subscription::by_id(tx, "beta", "2").await.unwrap(), None);
        // The group "pay" is not there any more.
        let mut ops = titled("ops", "Ops");
        ops.apply(Change::Installed { robot_code: None, cool_app_code: None }, NOW);
        chat::insert(tx, &ops).await.unwrap();
        assert_eq!(subscription::list(tx, "alpha", true, None, 9).await.unwrap(), [one("2", "pay")]);
        assert!(!subscription::set_chat(tx, "beta", "2", "ops").await.unwrap());
        assert!(subscription::set_chat(tx, "alpha", "2", "ops").await.unwrap());
        assert_eq!(subscription::list(tx, "alpha", true, None, 9).await.unwrap(), []);
        assert!(subscription::set_chat(tx, "alpha", "2", "pay").await.unwrap());
        assert!(!subscription::delete(tx, "beta", "1").await.unwrap());
        assert!(subscription::delete(tx, "alpha", "1").await.unwrap());
        assert!(!subscription::delete(tx, "alpha", "1").await.unwrap());
        assert_eq!(subscription::of_chat(tx, "alpha", "ops").await.unwrap(), [one("3", "ops")]);
    })
    .await;
}

#[tokio::test]
async fn a_page_of_groups_is_the_newest_first_by_state_and_by_need() {
    in_both(async |tx| {
        let installed = || Change::Installed { robot_code: None, cool_app_code: None };
        for (id, created, change) in [
            ("1", 5, Some(installed())),
            ("2", 5, None),
            ("3", 9, Some(Change::Disbanded)),
            ("4", 1, Some(installed())),
        ] {
            let mut group = Chat { created: Millis(created), ..titled(id, &format!("Group {id}")) };
            if let Some(change) = change {
                group.apply(change, NOW);
            }
            chat::insert(tx, &group).await.unwrap();
        }
        let to_dead = Subscription {
            id: "s".into(),
            integration: "alpha".into(),
            chat_id: "3".into(),
            rule: Rule::default(),
            created: NOW,
        };
        subscription::insert(tx, &to_dead).await.unwrap();
        for (query, filter, after, expected) in [
            (None, (None, false), None, vec!["3", "2", "1", "4"]),
            (None, (None, false), Some((Millis(5), "2".to_owned())), vec!["1", "4"]),
            (None, (Some(ChatState::Installed), false), None, vec!["1", "4"]),
            (None, (None, true), None, vec!["3"]),
            (Some("group 2"), (None, false), None, vec!["2"]),
        ] {
            let found = chat::page(tx, "alpha", query, filter, after, 9).await.unwrap();
            assert_eq!(found.iter().map(|one| one.id.as_str()).collect::<Vec<_>>(), expected);
        }
        assert_eq!(chat::page(tx, "alpha", None, (None, false), None, 1).await.unwrap().len(), 1);
        assert!(chat::page(tx, "beta", None, (None, false), None, 9).await.unwrap().is_empty());
        let mut counts = chat::counts(tx, "alpha").await.unwrap();
        counts.sort_by_key(|(state, _)| state.name());
        let expected = [(ChatState::Disbanded, 1), (ChatState::Installed, 2), (ChatState::Uninstalled, 1)];
        assert_eq!(counts, expected);
        assert_eq!(chat::count_dead(tx, "alpha").await.unwrap(), 1);
        assert_eq!(subscription::count_of_chat(tx, "alpha", "3").await.unwrap(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_rule_changes_only_if_nobody_was_faster() {
    in_both(async |tx| {
        let rule = |severity: &str| Rule { severities: vec![severity.into()], ..Rule::default() };
        let before = Subscription {
            id: "s".into(),
            integration: "alpha".into(),
            chat_id: "ops".into(),
            rule: rule("Info"),
            created: NOW,
        };
        subscription::insert(tx, &before).await.unwrap();
        assert!(subscription::set_rule(tx, &before, &rule("Critical")).await.unwrap());
        assert!(!subscription::set_rule(tx, &before, &rule("Warning")).await.unwrap(), "it is not as it was");
        let present = subscription::by_id(tx, "alpha", "s").await.unwrap().unwrap();
        assert_eq!(present.rule, rule("Critical"));
        assert!(subscription::set_chat(tx, "alpha", "s", "pay").await.unwrap());
        assert!(!subscription::set_rule(tx, &present, &rule("Warning")).await.unwrap(), "it is another group's");
        let gone = Subscription { id: "none".into(), ..present };
        assert!(!subscription::set_rule(tx, &gone, &rule("Warning")).await.unwrap());
    })
    .await;
}
