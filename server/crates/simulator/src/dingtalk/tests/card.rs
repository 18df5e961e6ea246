use super::{Bench, with};
use crate::dingtalk::{Place, Switches};
use crate::seed::{CARD_TEMPLATE_ID, CLIENT_ID, DRAFT_TEMPLATE_ID};
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeMap;

pub const CREATE: &str = "/v1.0/card/instances/createAndDeliver";
pub const UPDATE: &str = "/v1.0/card/instances";
const DELIVER: &str = "/v1.0/card/instances/deliver";
pub const REGISTER: &str = "/v1.0/card/callbacks/register";

/// A card for a group.
pub fn card(out_track_id: &str, chat_id: &str) -> Value {
    json!({
        "cardTemplateId": CARD_TEMPLATE_ID,
        "outTrackId": out_track_id,
        "callbackType": "HTTP",
        "callbackRouteKey": "route",
        "cardData": { "cardParamMap": { "title": "disk full", "status": "open" } },
        "privateData": { "li.na": { "cardParamMap": { "hint": "you are on call" } } },
        "openSpaceId": format!("dtv1.card//IM_GROUP.{chat_id}"),
        "imGroupOpenSpaceModel": { "supportForward": true, "lastMessageI18n": { "ZH_CN": "磁盘满" } },
        "imGroupOpenDeliverModel": { "robotCode": CLIENT_ID },
    })
}

pub async fn register(bench: &Bench, url: &str, secret: Option<&str>) {
    let body = json!({ "callbackRouteKey": "route", "callbackUrl": url, "apiSecret": secret, "forceUpdate": true });
    let (status, answer) = bench.post(REGISTER, &body).await;
    assert_eq!((status, &answer["success"]), (200, &json!(true)), "{answer}");
}

fn map(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

#[tokio::test]
async fn a_route_stays_until_forced() {
    let bench = Bench::start().await;
    let cases = [
        (json!({}), "param.empty"),
        (json!({ "callbackUrl": "http://x/" }), "param.callbackRouteKeyEmpty"),
        (json!({ "callbackRouteKey": "k" }), "param.callbackUrlEmpty"),
        (json!({ "callbackRouteKey": "k", "callbackUrl": "nowhere" }), "system.updateCallbackFailed"),
    ];
    bench.refuses(Method::POST, REGISTER, &cases).await;
    let put = async |url: &str, force: bool| {
        let body = json!({ "callbackRouteKey": "k", "callbackUrl": url, "apiSecret": "s", "forceUpdate": force });
        bench.post(REGISTER, &body).await.1["result"]["callbackUrl"].clone()
    };
    assert_eq!(put("http://one/", false).await, "http://one/");
    assert_eq!(put("http://two/", false).await, "http://one/");
    assert_eq!(put("http://two/", true).await, "http://two/");
}

#[tokio::test]
async fn cards_are_refused_by_parameter() {
    let bench = Bench::start().await;
    register(&bench, "http://127.0.0.1:9/", None).await;
    let good = card("c1", &bench.installed_chat().await);
    let many: Value = (0..21).map(|n| (format!("u{n}"), json!({ "cardParamMap": { "a": "b" } }))).collect();
    let big: Value = (0..110).map(|n| (format!("key{n}"), json!("x".repeat(1000)))).collect();
    let data = |map: Value| json!({ "cardData": { "cardParamMap": map } });
    let cases = [
        (json!({ "cardTemplateId": null }), "param.cardTemplateIdEmpty"),
        (json!({ "cardTemplateId": "none.schema" }), "param.templateNotExist"),
        (json!({ "cardTemplateId": DRAFT_TEMPLATE_ID }), "param.templateUnpublished"),
        (json!({ "outTrackId": null }), "param.outTrackIdEmpty"),
        (json!({ "outTrackId": "x".repeat(101) }), "param.invalid"),
        (json!({ "callbackType": "http" }), "param.invalid"),
        (json!({ "callbackRouteKey": null }), "param.invalid"),
        (json!({ "callbackRouteKey": "unregistered" }), "param.invalid"),
        (json!({ "cardData": null }), "param.cardPublicDataEmpty"),
        (data(json!({})), "param.cardPublicDataEmpty"),
        (data(json!({ "count": 5 })), "param.invalid"),
        (data(json!({ "text": "字".repeat(342) })), "param.invalid"),
        (data(json!({ "k".repeat(101): "v" })), "param.invalid"),
        (data(big), "param.invalid"),
        (json!({ "privateData": many }), "param.invalid"),
        (json!({ "privateData": { "nobody": { "cardParamMap": {} } } }), "param.userIdNotExist"),
        (json!({ "userId": "nobody" }), "param.userIdNotExist"),
        (json!({ "openSpaceId": null }), "param.openSpaceIdEmpty"),
        (json!({ "openSpaceId": "IM_GROUP.cid" }), "param.openSpaceIdInvalid"),
        (json!({ "openSpaceId": "dtv1.card//IM_CLUB.cid" }), "param.openSpaceIdInvalid"),
        (json!({ "imGroupOpenDeliverModel": null }), "param.openDeliverModelEmpty"),
        (json!({ "imGroupOpenDeliverModel": {} }), "param.openDeliverModelError"),
        (json!({ "imGroupOpenSpaceModel": null }), "param.openSpaceModelInvalid"),
        (json!({ "imGroupOpenSpaceModel": { "supportForward": "true" } }), "param.openSpaceModelInvalid"),
    ];
    let cases = cases.map(|(changes, code)| (with(&good, changes), code));
    bench.refuses(Method::POST, CREATE, &cases).await;
    bench.refuses(Method::POST, CREATE, &[(json!({}), "param.empty")]).await;
    assert_eq!(bench.post(CREATE, &good).await.0, 200);
    bench.refuses(Method::POST, CREATE, &[(good, "param.cardAlreadyExist")]).await;
}

#[tokio::test]
async fn a_failed_delivery_is_told_inside_a_success() {
    let bench = Bench::start().await;
    register(&bench, "http://127.0.0.1:9/", None).await;
    let chat_id = bench.installed_chat().await;
    let elsewhere = bench.sim.dingtalk.chat("平台组").unwrap().id;
    let mut body = card("c1", &chat_id);
    body["openSpaceId"] =
        json!(format!("dtv1.card//IM_GROUP.{chat_id};IM_GROUP.{elsewhere};IM_ROBOT.alice;IM_ROBOT.nobody"));
    body["imRobotOpenSpaceModel"] = json!({ "supportForward": false });
    body["imRobotOpenDeliverModel"] = json!({ "spaceType": "IM_ROBOT", "robotCode": CLIENT_ID });
    let (status, answer) = bench.post(CREATE, &body).await;
    assert_eq!((status, &answer["success"]), (200, &json!(true)));
    let results = answer["result"]["deliverResults"].as_array().unwrap();
    let successes: Vec<_> = results.iter().map(|result| result["success"].as_bool().unwrap()).collect();
    assert_eq!(successes, [true, false, true, false]);
    assert!(!results[1]["errorMsg"].as_str().unwrap().is_empty() && results[1]["carrierId"] == "");
    assert_eq!(bench.sim.dingtalk.cards_in(&Place::Chat(chat_id)).len(), 1);
    assert_eq!(bench.sim.dingtalk.cards_in(&Place::Person("alice".into())).len(), 1);
}

#[tokio::test]
async fn a_card_made_first_is_delivered_afterwards() {
    let bench = Bench::start().await;
    register(&bench, "http://127.0.0.1:9/", None).await;
    let chat_id = bench.installed_chat().await;
    let body = card("c1", &chat_id);
    assert_eq!(bench.post(UPDATE, &body).await.1["result"], "c1");
    assert!(bench.sim.dingtalk.cards_in(&Place::Chat(chat_id.clone())).is_empty());
    bench.refuses(Method::POST, DELIVER, &[(with(&body, json!({"outTrackId": "c2"})), "param.cardNotExist")]).await;
    for times in 1..=2 {
        assert_eq!(bench.post(DELIVER, &body).await.1["result"][0]["success"], true);
        assert_eq!(bench.sim.dingtalk.cards_in(&Place::Chat(chat_id.clone())).len(), times);
    }
    bench.sim.dingtalk.set_switches(Switches { redelivery_shows_twice: false, ..Switches::default() });
    bench.post(DELIVER, &body).await;
    assert_eq!(bench.sim.dingtalk.cards_in(&Place::Chat(chat_id)).len(), 2);
}

#[tokio::test]
async fn updates_replace_unless_told_to_go_by_key() {
    let bench = Bench::start().await;
    register(&bench, "http://127.0.0.1:9/", None).await;
    bench.post(CREATE, &card("c1", &bench.installed_chat().await)).await;
    let seen = |user_id: &str| bench.sim.dingtalk.card_as("c1", user_id);
    assert_eq!(seen("li.na"), map(&[("title", "disk full"), ("status", "open"), ("hint", "you are on call")]));
    let put = async |body: Value| assert_eq!(bench.new_host(Method::PUT, UPDATE, &body).await.1["result"], true);
    put(json!({
        "outTrackId": "c1", "cardData": { "cardParamMap": { "status": "acked" } },
        "cardUpdateOptions": { "updateCardDataByKey": true },
    }))
    .await;
    assert_eq!(seen("alice"), map(&[("title", "disk full"), ("status", "acked")]));
    put(json!({ "outTrackId": "c1", "cardData": { "cardParamMap": { "status": "closed" } } })).await;
    assert_eq!(seen("alice"), map(&[("status", "closed")]));
    put(json!({ "outTrackId": "c1", "privateData": { "li.na": { "cardParamMap": { "status": "yours" } } } })).await;
    assert_eq!(seen("li.na"), map(&[("status", "yours")]), "private values cover public ones and were replaced");
    assert_eq!(bench.sim.dingtalk.card("c1").unwrap().version, 4);
    let cases = [
        (json!({}), "param.empty"),
        (json!({ "cardData": {} }), "param.outTrackIdEmpty"),
        (json!({ "outTrackId": "c1", "cardData": { "cardParamMap": {} } }), "param.cardDataAndPrivateDataBothEmpty"),
        (json!({ "outTrackId": "c9", "cardData": { "cardParamMap": { "a": "b" } } }), "param.cardNotExist"),
        (json!({ "outTrackId": "c1", "cardData": { "cardParamMap": { "a": 1 } } }), "param.invalid"),
    ];
    bench.refuses(Method::PUT, UPDATE, &cases).await;
}

#[test]
fn five_hundred_people_may_have_private_data() {
    let values = map(&[("a", "b")]);
    let people = |count: usize| (0..count).map(|n| (format!("u{n}"), values.clone())).collect();
    assert!(crate::dingtalk::card::check_limits(&values, &people(500)).is_ok());
    assert!(crate::dingtalk::card::check_limits(&values, &people(501)).is_err());
}

#[tokio::test]
async fn private_values_merge_by_key_and_twenty_people_fit_into_a_call() {
    let bench = Bench::start().await;
    register(&bench, "http://127.0.0.1:9/", None).await;
    bench.post(CREATE, &card("c1", &bench.installed_chat().await)).await;
    let hint = |by_key: bool| {
        json!({
            "outTrackId": "c1", "privateData": { "li.na": { "cardParamMap": { "mine": "true" } } },
            "cardUpdateOptions": { "updatePrivateDataByKey": by_key },
        })
    };
    let private = || bench.sim.dingtalk.card("c1").unwrap().private["li.na"].clone();
    bench.new_host(Method::PUT, UPDATE, &hint(true)).await;
    assert_eq!(private(), map(&[("hint", "you are on call"), ("mine", "true")]));
    bench.new_host(Method::PUT, UPDATE, &hint(false)).await;
    assert_eq!(private(), map(&[("mine", "true")]));
    let many: Value = (0..21).map(|n| (format!("u{n}"), json!({ "cardParamMap": { "a": "b" } }))).collect();
    let cases = [
        (json!({ "outTrackId": "c1", "privateData": many }), "param.invalid"),
        (json!({ "outTrackId": "c1", "privateData": { "nobody": {} } }), "param.userIdNotExist"),
    ];
    bench.refuses(Method::PUT, UPDATE, &cases).await;
    assert_eq!(bench.sim.dingtalk.card("c1").unwrap().private.len(), 1);
}

#[tokio::test]
async fn single_deliveries_fail_on_demand_with_a_reason() {
    let bench = Bench::start().await;
    register(&bench, "http://127.0.0.1:9/", None).await;
    let chat_id = bench.installed_chat().await;
    let undeliverable = [(chat_id.clone(), "group muted".to_owned())].into();
    bench.sim.dingtalk.set_switches(Switches { undeliverable, ..Switches::default() });
    let (status, answer) = bench.post(CREATE, &card("c1", &chat_id)).await;
    let result = &answer["result"]["deliverResults"][0];
    assert_eq!((status, &result["success"], &result["errorMsg"]), (200, &json!(false), &json!("group muted")));
    bench.sim.dingtalk.set_switches(Switches { stopped_robots: [CLIENT_ID.to_owned()].into(), ..Switches::default() });
    let deliver = card("c1", &chat_id);
    assert_eq!(bench.post(DELIVER, &deliver).await.1["result"][0]["errorMsg"], "robot stopped");
    bench.sim.dingtalk.set_switches(Switches::default());
    assert_eq!(bench.post(DELIVER, &deliver).await.1["result"][0]["success"], true);
}
