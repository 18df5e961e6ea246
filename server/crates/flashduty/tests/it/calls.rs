//! What is asked, and what is read from the answers.

use crate::stand::{KEY, Seen, Stand, json, platform};
use flashduty::{
    ChannelQuery, Credential, DINGTALK_APP, ErrorClass, IncidentQuery, MemberQuery, PreviewQuery, Progress, Resolution,
    ScheduleQuery, WebhookHistoryQuery,
};
use secrecy::SecretString;
use serde_json::{Value, json};

fn fixture(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn data(value: Value) -> Value {
    json!({ "request_id": "R", "data": value })
}

#[tokio::test]
async fn the_key_goes_into_the_query_and_the_token_into_the_header() {
    let stand = Stand::json(200, fixture(include_str!("../../src/fixtures/member_info.json"))).await;
    let member = stand.client().language("zh-CN").member_info().await.unwrap();
    assert_eq!((member.account_id, member.member_id), (2_451_002_751_131, 2_476_444_212_131));
    assert_eq!((member.email.as_str(), member.email_verified), ("toby@flashcat.example", true));
    assert_eq!((member.phone.as_str(), member.phone_verified), ("+86185****0300", true));
    assert_eq!((member.role_ids.as_slice(), member.status.as_str()), ([2].as_slice(), "enabled"));
    let seen = stand.last();
    assert_eq!((seen.method.as_str(), seen.uri.path()), ("POST", "/member/info"));
    assert_eq!(seen.uri.query(), Some("app_key=leak%2Bapp%2Fkey%3D5f3a"));
    assert_eq!(seen.header("content-type"), Some("application/json"));
    assert_eq!(seen.header("accept-language"), Some("zh-CN"));
    assert_eq!((seen.header("authorization"), seen.json()), (None, json!({})));

    platform(&stand.url).with(Credential::Bearer(SecretString::from(KEY))).member_info().await.unwrap();
    let seen = stand.last();
    assert_eq!((seen.uri.query(), seen.header("authorization")), (None, Some(format!("Bearer {KEY}").as_str())));
    assert_eq!(seen.header("accept-language"), None);
}

#[tokio::test]
async fn acts_send_one_incident_each() {
    let stand = Stand::json(200, json!({ "request_id": "R", "data": null })).await;
    let client = stand.client();
    let said = Resolution { root_cause: "disk".into(), ..Resolution::default() };
    client.acknowledge("a1").await.unwrap();
    client.unacknowledge("a1").await.unwrap();
    client.resolve("a1", &said).await.unwrap();
    client.reopen("a1", "again").await.unwrap();
    client.reopen("a1", "").await.unwrap();
    client.snooze("a1", 120).await.unwrap();
    client.wake("a1").await.unwrap();
    client.comment("a1", "hello", true).await.unwrap();
    let seen: Vec<(String, Value)> =
        stand.seen().iter().map(|seen| (seen.uri.path().to_owned(), seen.json())).collect();
    let ids = json!(["a1"]);
    let expected = [
        ("/incident/ack", json!({ "incident_ids": ids })),
        ("/incident/unack", json!({ "incident_ids": ids })),
        ("/incident/resolve", json!({ "incident_ids": ids, "root_cause": "disk" })),
        ("/incident/reopen", json!({ "incident_ids": ids, "reason": "again" })),
        ("/incident/reopen", json!({ "incident_ids": ids })),
        ("/incident/snooze", json!({ "incident_ids": ids, "minutes": 120 })),
        ("/incident/wake", json!({ "incident_ids": ids })),
        ("/incident/comment", json!({ "incident_ids": ids, "comment": "hello", "mute_reply": true })),
    ];
    assert_eq!(seen, expected.map(|(path, body)| (path.to_owned(), body)));
}

#[tokio::test]
async fn incidents_are_listed_and_read() {
    let incident = fixture(include_str!("../../src/fixtures/incident.json"));
    let stand = Stand::start(move |seen: &Seen| match seen.uri.path() {
        "/incident/info" => json(200, &data(incident.clone())),
        "/incident/list" => json(
            200,
            &data(
                json!({ "items": [incident, null, 7], "total": "41", "has_next_page": true, "search_after_ctx": "c1" }),
            ),
        ),
        _ => {
            let mut found = incident.clone();
            found["incident_id"] = seen.json()["incident_ids"][0].clone();
            json(200, &data(json!({ "items": [found] })))
        }
    })
    .await;
    let client = stand.client();
    assert_eq!(client.incident("69da451ef77b1b51f40e83ee").await.unwrap().num, "0E83EE");
    assert_eq!(stand.last().json(), json!({ "incident_id": "69da451ef77b1b51f40e83ee" }));

    let query = IncidentQuery { start_s: 1, end_s: 2, progress: vec![Progress::Triggered], ..IncidentQuery::default() };
    let page = client.incident_list(&query).await.unwrap();
    assert_eq!((page.items.len(), page.total, page.has_next_page), (1, 41, true));
    assert_eq!(page.search_after_ctx, "c1");

    let ids: Vec<String> = (0..250).map(|number| format!("{number:024x}")).collect();
    assert_eq!(client.incidents(&ids).await.unwrap().len(), 3);
    let parts: Vec<usize> =
        stand.seen()[2..].iter().map(|seen| seen.json()["incident_ids"].as_array().unwrap().len()).collect();
    assert_eq!(parts, [100, 100, 50]);
    assert!(client.incidents(&[] as &[&str]).await.unwrap().is_empty());
    assert_eq!(stand.seen().len(), 5);
}

/// Whatever else such an answer says would be believed of an incident that does not exist.
#[tokio::test]
async fn incidents_that_nobody_asked_for_are_none() {
    for id in [json!(24), json!("24"), json!("../x"), json!(null), json!("69da451ef77b1b51f40e83eg")] {
        let mut incident = fixture(include_str!("../../src/fixtures/incident.json"));
        incident["incident_id"] = id.clone();
        let stand = Stand::start(move |seen: &Seen| match seen.uri.path() {
            "/incident/info" => json(200, &data(incident.clone())),
            _ => json(200, &data(json!({ "items": [incident] }))),
        })
        .await;
        let (client, asked) = (stand.client(), "69da451ef77b1b51f40e83ee");
        for error in [
            client.incident(asked).await.unwrap_err(),
            client.incidents(&[asked]).await.unwrap_err(),
            client.incident_list(&IncidentQuery::default()).await.unwrap_err(),
        ] {
            assert_eq!((error.class, error.code.as_str()), (ErrorClass::Unclear, "UnexpectedData"), "{id}");
        }
    }
}

#[tokio::test]
async fn the_timeline_is_read() {
    let stand = Stand::json(200, data(fixture(include_str!("../../src/fixtures/feed.json")))).await;
    let page = stand.client().feed("a1", 2, 50, true).await.unwrap();
    assert_eq!((page.items.len(), page.has_next_page), (5, true));
    assert_eq!(stand.last().json(), json!({ "incident_id": "a1", "p": 2, "limit": 50, "asc": true }));
    stand.client().feed_of_kinds("a1", &["i_comm"], 1).await.unwrap();
    assert_eq!(stand.last().json()["types"], json!(["i_comm"]));
}

#[tokio::test]
async fn people_channels_schedules_and_licences_are_listed() {
    let stand = Stand::start(|seen: &Seen| {
        let item = match seen.uri.path() {
            "/member/list" => json!({ "member_id": 5, "member_name": "Li", "ref_id": "staff-5", "status": "pending" }),
            "/person/infos" => {
                json!({ "person_id": 5, "person_name": "Li", "avatar": "/image/avatar1.png", "as": "member" })
            }
            "/channel/list" | "/channel/infos" => {
                json!({ "channel_id": "9", "channel_name": "Ops", "status": "enabled", "team_id": 3 })
            }
            "/schedule/list" | "/schedule/self" => json!({ "schedule_id": 7, "schedule_name": "Night" }),
            "/oncall/license/list" => json!({ "person_id": 5, "type": "fixed" }),
            other => panic!("{other} was not expected"),
        };
        json(200, &data(json!({ "items": [item], "total": 30 })))
    })
    .await;
    let client = stand.client();
    let members =
        client.member_list(&MemberQuery { query: "13800000000".into(), ..MemberQuery::default() }).await.unwrap();
    assert_eq!((members.items[0].ref_id.as_str(), members.has_next_page), ("staff-5", true));
    assert_eq!(stand.last().json(), json!({ "query": "13800000000" }));
    let members = client.member_list(&MemberQuery { page: 2, limit: 20, ..MemberQuery::default() }).await.unwrap();
    assert!(!members.has_next_page);
    let people = client.person_infos(&[5]).await.unwrap();
    assert_eq!((people[0].name.as_str(), people[0].kind.as_str()), ("Li", "member"));
    assert_eq!(stand.last().json(), json!({ "person_ids": [5] }));
    let channels = client.channel_list(&ChannelQuery { page: 1, limit: 100, ..ChannelQuery::default() }).await.unwrap();
    assert_eq!((channels.items[0].channel_id, channels.items[0].team_id), (9, 3));
    assert_eq!(client.channel_infos(&[9]).await.unwrap()[0].channel_name, "Ops");
    assert_eq!(stand.last().json(), json!({ "channel_ids": [9] }));
    assert_eq!(client.schedule_list(&ScheduleQuery::default()).await.unwrap().items[0].name, "Night");
    assert_eq!(client.schedule_self(1, 2).await.unwrap()[0].schedule_id, 7);
    assert_eq!(client.license_list().await.unwrap()[0].kind, "fixed");
}

#[tokio::test]
async fn the_account_itself_is_not_a_member() {
    let refusal = json!({ "error": { "code": "BadRequest", "message": "not a member" } });
    for (status, body) in [(400, refusal), (200, data(json!(null))), (200, data(json!({ "account_id": 5 })))] {
        let stand = Stand::json(status, body).await;
        assert_eq!(stand.client().member_info().await.unwrap_err().class, ErrorClass::NotAMember);
    }
}

#[tokio::test]
async fn absent_data_reads_as_nothing_found() {
    for body in
        [json!({}), json!({ "data": null }), json!({ "data": { "items": null } }), json!({ "data": { "items": 5 } })]
    {
        let stand = Stand::json(200, body).await;
        let client = stand.client();
        assert!(client.incident_list(&IncidentQuery::default()).await.unwrap().items.is_empty());
        assert!(client.feed("a", 1, 20, false).await.unwrap().items.is_empty());
        assert!(client.person_infos(&[1]).await.unwrap().is_empty());
        assert_eq!(client.incident("a").await.unwrap_err().class, ErrorClass::Unclear);
    }
}

#[tokio::test]
async fn templates_are_found_and_rendered() {
    let stand = Stand::start(|seen: &Seen| {
        let answer = match seen.uri.path() {
            "/channel/escalate/rule/list" => json!({ "items": [
                { "rule_id": "r1", "template_id": "t1", "layers": 5 }, { "rule_id": "r2", "template_id": null }, null,
            ] }),
            "/template/info" => json!({ "template_id": "t1", "dingtalk_app": "{{.Title}}", "sms": "x" }),
            "/template/preview" => json!({ "success": true, "content": "CPU high", "fixed_fields": null }),
            other => panic!("{other} was not expected"),
        };
        json(200, &data(answer))
    })
    .await;
    let client = stand.client();
    let rules = client.templates_of_rules(9).await.unwrap();
    assert_eq!(rules.into_iter().collect::<Vec<_>>(), [("r1".to_owned(), "t1".to_owned())]);
    assert_eq!(stand.last().json(), json!({ "channel_id": 9 }));
    let template = client.template("t1").await.unwrap();
    assert_eq!(stand.last().json(), json!({ "template_id": "t1" }));
    let query =
        PreviewQuery { kind: DINGTALK_APP, content: &template.dingtalk_app, incident_id: "a1", hidden_fields: &[] };
    let preview = client.template_preview(&query).await.unwrap();
    assert_eq!((preview.success, preview.content.as_str()), (true, "CPU high"));
    assert_eq!(stand.last().json(), json!({ "type": "dingtalk_app", "content": "{{.Title}}", "incident_id": "a1" }));
}

#[tokio::test]
async fn the_history_of_webhooks_is_read() {
    let row =
        json!({ "integration_id": 5, "event_id": "e1", "status": "failed", "ref_id": "a1", "request_body": "{}" });
    let stand = Stand::start(move |seen: &Seen| match seen.uri.path() {
        "/webhook/history/list" => {
            json(200, &data(json!({ "items": [row, null], "total": 1, "search_after_ctx": "c" })))
        }
        _ => json(200, &data(row.clone())),
    })
    .await;
    let client = stand.client();
    let query =
        WebhookHistoryQuery { start_ms: 1, end_ms: 2, limit: 100, asc: true, failed_only: true, ..Default::default() };
    let page = client.webhook_history(&query).await.unwrap();
    assert_eq!((page.items.len(), page.search_after_ctx.as_str()), (1, "c"));
    let asked = json!({
        "start_time": 1, "end_time": 2, "limit": 100, "asc": true, "status": "failed", "orderby": "event_time",
    });
    assert_eq!(stand.last().json(), asked);
    assert_eq!(client.webhook_attempt("e1", 5).await.unwrap().request_body, "{}");
    assert_eq!(stand.last().json(), json!({ "event_id": "e1", "integration_id": 5 }));
}

#[tokio::test]
async fn people_are_asked_for_as_flashduty_wants_it() {
    let stand = Stand::json(200, json!({ "request_id": "R", "data": { "message": "HTTP 500" } })).await;
    let client = stand.client();
    client.reassign("a1", &[5, 6]).await.unwrap();
    client.escalate("a1", "64abb8a687e7984845822139", 1).await.unwrap();
    client.add_responders("a1", &[7]).await.unwrap();
    assert_eq!(client.run_custom_action("a1", 9).await.unwrap().as_deref(), Some("HTTP 500"));
    client.escalation_rules(4).await.unwrap();
    client.alert_list("a1", 2, 20).await.unwrap();
    let seen: Vec<(String, Value)> =
        stand.seen().iter().map(|seen| (seen.uri.path().to_owned(), seen.json())).collect();
    let level = json!({ "escalate_rule_id": "64abb8a687e7984845822139", "layer_idx": 1, "type": "escalate" });
    let people = json!({ "person_ids": [5, 6], "type": "reassign" });
    let expected = [
        ("/incident/assign", json!({ "incident_id": "a1", "assigned_to": people })),
        ("/incident/assign", json!({ "incident_id": "a1", "assigned_to": level })),
        ("/incident/responder/add", json!({ "incident_id": "a1", "person_ids": [7] })),
        ("/incident/custom-action/do", json!({ "incident_id": "a1", "integration_id": 9 })),
        ("/channel/escalate/rule/list", json!({ "channel_id": 4 })),
        ("/incident/alert/list", json!({ "incident_id": "a1", "p": 2, "limit": 20 })),
    ];
    assert_eq!(seen, expected.map(|(path, body)| (path.to_owned(), body)));
}
