//! Every call of the client, answered by what is no answer: each becomes an error with a class and a code, and never
//! holds the key.

use crate::stand::{Seen, Stand};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use flashduty::*;
use std::pin::Pin;

type Asked<'a> = Pin<Box<dyn Future<Output = Result<(), FlashdutyError>> + Send + 'a>>;

fn calls(client: &Client) -> Vec<(&'static str, Asked<'_>)> {
    fn done<'a, T>(call: impl Future<Output = Result<T, FlashdutyError>> + Send + 'a) -> Asked<'a> {
        Box::pin(async move { call.await.map(|_| ()) })
    }
    vec![
        ("acknowledge", done(client.acknowledge("a"))),
        ("acknowledge_all", done(client.acknowledge_all(&["a", "b"]))),
        ("unacknowledge", done(client.unacknowledge("a"))),
        ("resolve", done(async { client.resolve("a", &Resolution::default()).await })),
        ("reopen", done(client.reopen("a", "why"))),
        ("snooze", done(client.snooze("a", 5))),
        ("wake", done(client.wake("a"))),
        ("comment", done(client.comment("a", "x", false))),
        ("reassign", done(client.reassign("a", &[1]))),
        ("escalate", done(client.escalate("a", "r", 0))),
        ("add_responders", done(client.add_responders("a", &[1]))),
        ("escalation_rules", done(client.escalation_rules(1))),
        ("custom_actions", done(client.custom_actions())),
        ("run_custom_action", done(client.run_custom_action("a", 1))),
        ("alert_list", done(client.alert_list("a", 1, 10))),
        ("team_list", done(async { client.team_list(&TeamQuery::default()).await })),
        ("default_observers", done(client.default_observers("a"))),
        ("license_list", done(client.license_list())),
        ("channel_list", done(async { client.channel_list(&ChannelQuery::default()).await })),
        ("channel_infos", done(client.channel_infos(&[1]))),
        ("feed", done(client.feed("a", 1, 10, true))),
        ("merges", done(merges(client))),
        ("incident_list", done(async { client.incident_list(&IncidentQuery::default()).await })),
        ("incident", done(client.incident("a"))),
        ("incidents", done(client.incidents(&["a"]))),
        ("member_info", done(client.member_info())),
        ("member_list", done(async { client.member_list(&MemberQuery::default()).await })),
        ("person_infos", done(client.person_infos(&[1]))),
        ("schedule_list", done(async { client.schedule_list(&ScheduleQuery::default()).await })),
        ("schedule_self", done(client.schedule_self(1, 2))),
        ("template", done(client.template("a"))),
        ("template_preview", done(async { client.template_preview(&PreviewQuery::default()).await })),
        ("templates_of_rules", done(client.templates_of_rules(1))),
        ("webhook_history", done(async { client.webhook_history(&WebhookHistoryQuery::default()).await })),
        ("webhook_attempt", done(client.webhook_attempt("e", 1))),
    ]
}

/// The rows of a timeline that tell of merges, read to the end.
async fn merges(client: &Client) -> Result<Vec<Merge>, FlashdutyError> {
    let page = client.feed_of_kinds("a", &[MERGE], 10).await?;
    Ok(page.items.iter().filter_map(FeedItem::merge).collect())
}

#[tokio::test]
async fn what_is_no_answer_is_unclear_in_every_call() {
    for said in ["<html>login</html>", "", "{\"request_id\":\"r\",\"data\":{", "[]", "null", "\"ok\""] {
        let stand = Stand::start(move |_: &Seen| (StatusCode::OK, said).into_response()).await;
        let client = stand.client();
        for (name, call) in calls(&client) {
            let error = call.await.expect_err(name);
            assert_eq!(error.class, ErrorClass::Unclear, "{name}: {said:?}");
            assert!(!error.code.is_empty() && !format!("{error:?}").contains("leak"), "{name}: {error:?}");
        }
        assert_eq!(stand.seen().len(), calls(&client).len(), "none was repeated");
    }
}

/// Whatever stands where something else is expected: it is read as far as it makes sense, or refused with a code.
#[tokio::test]
async fn values_of_wrong_types_are_read_or_refused_by_every_call() {
    let odd = [
        "null",
        "[]",
        "{}",
        "-1",
        "1e300",
        "true",
        "\"\"",
        "\"x\"",
        "[[null]]",
        r#"[{"incident_id":[]}]"#,
        r#"{"items":7}"#,
    ];
    for (data, code) in odd.iter().flat_map(|data| odd.iter().step_by(3).map(move |code| (*data, *code))) {
        for said in [
            format!(r#"{{"request_id":{code},"data":{data},"error":{code}}}"#),
            format!(r#"{{"data":{{"items":{data},"total":{code},"content":{code},"success":{code},"docs":{data}}}}}"#),
            format!(r#"{{"error":{{"code":{code},"message":{data}}}}}"#),
        ] {
            let stand = Stand::start(move |_: &Seen| (StatusCode::OK, said.clone()).into_response()).await;
            for (name, call) in calls(&stand.client()) {
                if let Err(error) = call.await {
                    assert!(
                        !error.code.is_empty() || error.class != ErrorClass::Unclear,
                        "{name}: {data} {code} {error:?}"
                    );
                }
            }
        }
    }
}
