//! Templates, rate limit headers, and the detail of the webhook history.

use super::super::seed::{LI_NA, PAYMENTS, PAYMENTS_RULE};
use super::super::{Limits, Raise};
use super::Bench;
use serde_json::json;

#[tokio::test]
async fn a_template_is_found_by_its_rule_and_rendered() {
    let bench = Bench::start().await;
    let labels = [("service".to_owned(), "pay".to_owned()), ("region".to_owned(), "cn".to_owned())].into();
    let raise = Raise { labels, description: "**5xx**".into(), ..Raise::default() };
    let id = bench.flashduty.raise(raise).await.unwrap();
    let rule = async |bench: &Bench| {
        let rules = bench.by(LI_NA, "/channel/escalate/rule/list", json!({"channel_id": PAYMENTS})).await;
        rules.data()["items"][0]["template_id"].as_str().unwrap().to_owned()
    };
    assert_eq!(rule(&bench).await, "6321aad26c12104586a88916");
    let text = "{{if eq .IncidentSeverity \"Critical\"}}!! {{end}}{{.Title | upper}}{{range .Responders}} @{{.PersonName}}{{else}}";
    let text =
        text.replace("{{else}}", "{{end}}{{- /* nothing */ -}}\n{{range $k, $v := .Labels}} {{$k}}={{$v}}{{end}}");
    assert!(bench.flashduty.set_template(PAYMENTS_RULE, &text));
    let info = bench.by(LI_NA, "/template/info", json!({"template_id": rule(&bench).await})).await;
    let content = info.data()["dingtalk_app"].clone();
    let ask = json!({
        "type": "dingtalk_app", "content": content, "incident_id": id, "incident_card_hidden_fields": ["channel"],
    });
    let preview = bench.by(LI_NA, "/template/preview", ask).await;
    assert_eq!(preview.data()["content"], "!! CPU USAGE HIGH - WEB-SERVER-01 @张伟 @李娜 region=cn service=pay");
    let fields: Vec<&str> =
        preview.data()["fixed_fields"].as_array().unwrap().iter().map(|one| one["field"].as_str().unwrap()).collect();
    assert_eq!(fields, ["snoozed_before", "severity", "responders", "aggregate_alert_count"]);
    let usual =
        bench.by(LI_NA, "/template/preview", json!({"type": "dingtalk_app", "content": "", "incident_id": id})).await;
    assert_eq!(usual.data()["content"], "**5xx**\n\n**region**: cn\n\n**service**: pay\n\n");
}

#[tokio::test]
async fn a_broken_template_says_why() {
    let bench = Bench::start().await;
    for (text, why) in [
        ("{{.Nothing}}", "template: can't evaluate field Nothing"),
        ("{{.Title", "template: unclosed action"),
        ("{{if .Title}}x", "template: unexpected EOF"),
        ("{{end}}", "template: unexpected {{end}}"),
        ("{{shout .Title}}", "template: function \"shout\" not defined"),
    ] {
        let preview = bench.by(LI_NA, "/template/preview", json!({"type": "dingtalk", "content": text})).await;
        assert_eq!((&preview.data()["success"], &preview.data()["message"]), (&json!(false), &json!(why)));
    }
    for wrong in [json!({"type": "fax", "content": ""}), json!({"type": "sms"})] {
        assert_eq!(bench.by(LI_NA, "/template/preview", wrong).await.code(), (400, "InvalidParameter"));
    }
    let unknown = json!({"template_id": "64b1352e376e32c85c56e25b"});
    assert_eq!(bench.by(LI_NA, "/template/info", unknown).await.code(), (400, "ResourceNotFound"));
    assert_eq!(bench.by(LI_NA, "/template/list", json!({})).await.data()["total"], 1);
}

#[tokio::test]
async fn limits_are_told_in_headers_on_demand() {
    let bench = Bench::start().await;
    bench.flashduty.set_rate_limits(Limits { per_second: 1, per_minute: 2 });
    let call = async || bench.by(LI_NA, "/role/list", json!({})).await;
    assert!(!call().await.headers.contains_key("x-ratelimit-limit"), "not promised");
    bench.flashduty.change_settings(|settings| settings.rate_limit_headers = true);
    assert_eq!(call().await.headers["x-ratelimit-remaining"], "0");
    let refused = call().await;
    assert_eq!(refused.code(), (429, "RequestTooFrequently"));
    assert_eq!(refused.headers["retry-after"], "58");
}

#[tokio::test]
async fn the_history_tells_bodies_in_the_list_or_in_the_detail_alone() {
    let bench = Bench::start().await;
    bench.flashduty.set_webhook("http://127.0.0.1:9/hook", &[]);
    bench.raised().await;
    let now = bench.core.world.now().0;
    let ask = json!({"start_time": now - 60_000, "end_time": now + 60_000, "limit": 10, "asc": true});
    let list = async || bench.by(LI_NA, "/webhook/history/list", ask.clone()).await.data().clone();
    let row = list().await["items"][0].clone();
    let body: serde_json::Value = serde_json::from_str(row["request_body"].as_str().unwrap()).unwrap();
    assert_eq!(body["event_type"], "i_new");
    let id = row["event_id"].as_str().unwrap();
    assert!(id.starts_with("20250618X") && body["event_id"] != id, "{id}");
    bench.flashduty.change_settings(|settings| settings.history_bodies = false);
    assert!(list().await["items"][0].get("request_body").is_none());
    let detail = json!({"event_id": id, "integration_id": row["integration_id"]});
    let told = bench.by(LI_NA, "/webhook/history/detail", detail.clone()).await;
    assert_eq!(
        (&told.data()["request_body"], &told.data()["channel_name"]),
        (&row["request_body"], &json!("支付 Payments"))
    );
    bench.flashduty.change_settings(|settings| settings.webhook_history = false);
    assert_eq!(bench.by(LI_NA, "/webhook/history/detail", detail).await.code(), (404, "RouteNotFound"));
    assert_eq!(bench.by(LI_NA, "/webhook/history/list", ask.clone()).await.code(), (404, "RouteNotFound"));
}
