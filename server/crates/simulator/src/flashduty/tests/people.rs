//! Reading: people, channels, rotas, incidents.

use super::super::seed::{self, ALICE, LI_NA, PAYMENTS, SCHEDULE_ID, WANG_FANG, ZHANG_WEI, ZHAO_MIN};
use super::super::{Act, Raise};
use super::Bench;
use serde_json::{Value, json};

fn column(items: &Value, name: &str) -> Vec<Value> {
    items.as_array().unwrap().iter().map(|item| item[name].clone()).collect()
}

#[tokio::test]
async fn members_are_found_by_name_mail_and_exact_phone() {
    let bench = Bench::start().await;
    let own = bench.by(LI_NA, "/member/info", json!({})).await;
    assert_eq!((&own.data()["member_name"], &own.data()["phone"]), (&json!("李娜"), &json!("+86138****0002")));
    assert_eq!(own.data()["account_role_ids"], json!([6]));
    for (query, found) in [
        ("li.na@", vec![LI_NA]),
        ("伟", vec![ZHANG_WEI]),
        ("ALICE", vec![ALICE]),
        ("13800000002", vec![LI_NA]),
        ("+8613800000002", vec![LI_NA]),
        ("1380000000", vec![]),
        ("138****0002", vec![]),
    ] {
        let list = bench.by(LI_NA, "/member/list", json!({"query": query})).await;
        assert_eq!(column(&list.data()["items"], "member_id"), found, "{query}");
        assert_eq!(list.data()["total"], found.len());
    }
    let gone = bench.by(LI_NA, "/member/list", json!({"query": "zhao.min"})).await;
    assert_eq!(gone.data()["items"][0]["status"], "deleted");
    bench.flashduty.change_settings(|settings| settings.deleted_members_listed = false);
    let gone = bench.by(LI_NA, "/member/list", json!({"query": "zhao.min"})).await;
    assert_eq!(gone.data()["total"], 0);
    let infos = bench.by(LI_NA, "/person/infos", json!({"person_ids": [ZHAO_MIN, 1, seed::ACCOUNT_ID]})).await;
    assert_eq!(column(&infos.data()["items"], "as"), ["member", "account"]);
}

#[tokio::test]
async fn keys_made_by_the_owner_act_as_the_member() {
    let bench = Bench::start().await;
    let make = json!({"key_name": "robot", "is_enabled": true, "person_id": LI_NA});
    let made = bench.call(seed::OWNER_APP_KEY, "/person/app-key/create", make.clone()).await;
    let (id, key) = (made.data()["key_id"].clone(), made.data()["key"].as_str().unwrap().to_owned());
    assert_eq!(bench.call(&key, "/member/info", json!({})).await.data()["member_id"], LI_NA);
    let list = bench.call(seed::OWNER_APP_KEY, "/person/app-key/list", json!({"person_id": LI_NA})).await;
    assert_eq!((column(&list.data()["items"], "key_id"), list.data()["items"][0].get("key")), (vec![id.clone()], None));
    for (path, works) in [("disable", 401), ("enable", 200), ("delete", 401)] {
        let path = format!("/person/app-key/{path}");
        bench.call(seed::OWNER_APP_KEY, &path, json!({"key_id": id})).await.data();
        assert_eq!(bench.call(&key, "/member/info", json!({})).await.status, works, "{path}");
    }
    for number in 1..=6 {
        let answer = bench.call(seed::OWNER_APP_KEY, "/person/app-key/create", make.clone()).await;
        assert_eq!(answer.status, if number > 5 { 400 } else { 200 }, "five keys per member");
    }
}

#[tokio::test]
async fn channels_rules_and_teams() {
    let bench = Bench::start().await;
    let list = bench.by(LI_NA, "/channel/list", json!({})).await;
    assert_eq!(column(&list.data()["items"], "channel_name"), ["支付 Payments", "平台 Platform", "客服 Support"]);
    assert_eq!(list.data()["items"][0]["progress_to_incident_cnts"], json!({"Triggered": 2, "Processing": 1}));
    let mine = bench.by(LI_NA, "/channel/list", json!({"is_my_team": true})).await;
    assert_eq!(column(&mine.data()["items"], "channel_id"), [PAYMENTS]);
    let infos = bench.by(LI_NA, "/channel/infos", json!({"channel_ids": [1, PAYMENTS]})).await;
    assert_eq!(
        infos.data()["items"],
        json!([{"channel_id": PAYMENTS, "channel_name": "支付 Payments", "status": "enabled"}])
    );
    let rules = bench.by(LI_NA, "/channel/escalate/rule/list", json!({"channel_id": PAYMENTS})).await;
    let layers = rules.data()["items"][0]["layers"].as_array().unwrap();
    assert_eq!(layers.len(), 2);
    assert_eq!(column(&layers[0]["target"]["webhooks"], "type"), ["dingtalk", "dingtalk_app"]);
    let none = bench.by(LI_NA, "/channel/escalate/rule/list", json!({"channel_id": seed::SUPPORT})).await;
    assert_eq!(none.data()["items"], json!([]));
    let teams = bench.by(LI_NA, "/team/list", json!({"person_id": LI_NA})).await;
    assert_eq!(column(&teams.data()["items"], "team_id"), [seed::PAYMENTS_TEAM]);
    let licences = bench.by(LI_NA, "/oncall/license/list", json!({})).await;
    assert_eq!(licences.data()["total"], 6);
}

#[tokio::test]
async fn the_rota_turns() {
    let bench = Bench::start().await;
    let now = bench.now();
    let on_call = |answer: &Value, which: &str| answer[which]["group"]["members"][0]["person_ids"][0].as_i64().unwrap();
    let day = json!({"start": now, "end": now + 86_400, "schedule_id": SCHEDULE_ID});
    let first = bench.by(LI_NA, "/schedule/info", day.clone()).await;
    let next = on_call(first.data(), "next_oncall");
    assert_ne!(on_call(first.data(), "cur_oncall"), next);
    assert_eq!(first.data()["final_schedule"]["schedules"][0]["start"], now + 1 - 1);
    bench.advance(12 * 3_600);
    let second = bench.by(LI_NA, "/schedule/info", day).await;
    assert_eq!(on_call(second.data(), "cur_oncall"), next);
    let window = json!({"start": now, "end": now + 5 * 86_400});
    assert_eq!(
        bench.by(WANG_FANG, "/schedule/self", window.clone()).await.data()["items"].as_array().unwrap().len(),
        1
    );
    assert_eq!(bench.by(ALICE, "/schedule/self", window).await.data()["items"], json!([]));
    assert_eq!(bench.by(ALICE, "/schedule/list", json!({})).await.data()["total"], 1);
}

#[tokio::test]
async fn incidents_are_filtered_and_paged() {
    let bench = Bench::start().await;
    let window = |change: Value| {
        let mut body = json!({"start_time": bench.now() - 30 * 86_400, "end_time": bench.now() + 60});
        body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        body
    };
    for (change, count) in [
        (json!({}), 12),
        (json!({"progress": "Triggered,Processing"}), 8),
        (json!({"incident_severity": "Critical"}), 4),
        (json!({"channel_ids": [0]}), 1),
        (json!({"responder_ids": [ALICE]}), 3),
        (json!({"acker_ids": [WANG_FANG]}), 3),
        (json!({"is_snoozed": true}), 2),
        (json!({"closer_ids": [0]}), 1),
        (json!({"query": "redis"}), 1),
        (json!({"query": "no such thing"}), 0),
        (json!({"is_my_team": true, "progress": "Triggered,Processing"}), 3),
        (json!({"creator_ids": [ZHANG_WEI]}), 1),
    ] {
        let list = bench.by(ZHANG_WEI, "/incident/list", window(change.clone())).await;
        assert_eq!(list.data()["total"], count, "{change}");
    }
    let (mut seen, mut context) = (Vec::new(), String::new());
    for _ in 0..3 {
        let page =
            bench.by(ZHANG_WEI, "/incident/list", window(json!({"limit": 5, "search_after_ctx": context}))).await;
        seen.extend(column(&page.data()["items"], "incident_id"));
        context = page.data()["search_after_ctx"].as_str().unwrap().to_owned();
        assert_eq!(page.data()["has_next_page"], seen.len() < 12);
    }
    seen.dedup();
    assert_eq!(seen.len(), 12, "pages neither repeat nor lose");
    let second = bench.by(ZHANG_WEI, "/incident/list", window(json!({"limit": 5, "p": 2}))).await;
    assert_eq!(column(&second.data()["items"], "incident_id"), seen[5..10]);
    let by_ids = json!({"incident_ids": [seen[0], seen[1]]});
    let found = bench.by(ZHANG_WEI, "/incident/list-by-ids", by_ids).await;
    assert_eq!(column(&found.data()["items"], "incident_id"), seen[..2]);
    let absent = bench.by(ZHANG_WEI, "/incident/info", json!({"incident_id": "0123456789abcdef01234567"})).await;
    assert_eq!(absent.code(), (400, "ResourceNotFound"));
}

#[tokio::test]
async fn totals_stop_at_a_thousand() {
    let bench = Bench::start().await;
    for _ in 0..1_005 {
        bench.flashduty.raise(Raise::default()).await.unwrap();
    }
    let body = json!({"start_time": bench.now() - 86_400, "end_time": bench.now() + 60});
    let list = bench.by(ZHANG_WEI, "/incident/list", body).await;
    assert_eq!(list.data()["total"], 1_000);
    assert_eq!(list.data()["has_next_page"], true);
}

#[tokio::test]
async fn the_timeline_is_filtered_ordered_and_paged() {
    let bench = Bench::start().await;
    let id = bench.raised().await;
    bench.flashduty.act_as(ALICE, &id, Act::comment("one")).await.unwrap();
    bench
        .by(LI_NA, "/incident/comment", json!({"incident_ids": [id], "comment": "two", "mute_reply": true}))
        .await
        .data();
    let ask = |change: Value| {
        let mut body = json!({"incident_id": id});
        body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        body
    };
    let comments = bench.by(LI_NA, "/incident/feed", ask(json!({"types": ["i_comm"]}))).await;
    assert_eq!(column(&comments.data()["items"], "creator_id"), [LI_NA, ALICE]);
    assert_eq!(comments.data()["items"][0]["detail"], json!({"comment": "two", "mute_reply": true}));
    let first = bench.by(LI_NA, "/incident/feed", ask(json!({"asc": true, "limit": 1}))).await;
    assert_eq!(column(&first.data()["items"], "type"), ["i_new"]);
    assert_eq!(first.data()["has_next_page"], true);
    assert!(first.data().get("total").is_none());
}
