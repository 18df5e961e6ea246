//! Work notices over HTTP.

use super::{Bench, read, with};
use crate::dingtalk::Switches;
use crate::seed::{AGENT_ID, PEOPLE};
use serde_json::{Value, json};
use std::time::Duration;

const PATH: &str = "/topapi/message/corpconversation/";

fn agent_id() -> u64 {
    AGENT_ID.parse().unwrap()
}

fn notice(people: &str, text: &str) -> Value {
    json!({ "agent_id": agent_id(), "userid_list": people, "msg": { "msgtype": "text", "text": { "content": text } } })
}

fn oa(people: &str) -> Value {
    json!({ "agent_id": agent_id(), "userid_list": people, "msg": { "msgtype": "oa", "oa": {
        "message_url": "http://127.0.0.1:9/i/k", "head": { "bgcolor": "FFBBBBBB", "text": "On-call" },
        "status_bar": { "status_value": "Triggered", "status_bg": "0xFFF65E5E" },
        "body": { "title": "disk full", "form": [{ "key": "Severity:", "value": "Critical" }] },
    } } })
}

impl Bench {
    async fn work(&self, call: &str, body: &Value) -> Value {
        self.old_host(&format!("{PATH}{call}"), body).await
    }

    /// Sends and returns the task's number.
    async fn notify(&self, body: &Value) -> Value {
        let answer = self.work("asyncsend_v2", body).await;
        assert_eq!(answer["errcode"], 0, "{answer}");
        assert!(answer.get("errmsg").is_none() && answer["task_id"].to_string().len() == 12, "{answer}");
        answer["task_id"].clone()
    }

    async fn about(&self, call: &str, task_id: &Value) -> Value {
        self.work(call, &json!({ "agent_id": agent_id(), "task_id": task_id })).await
    }

    async fn result(&self, task_id: &Value) -> Value {
        let answer = self.about("getsendresult", task_id).await;
        assert_eq!(answer["errcode"], 0, "{answer}");
        answer["send_result"].clone()
    }

    fn texts(&self, user_id: &str) -> Vec<String> {
        let notices = self.sim.dingtalk.work_notices(user_id).into_iter();
        notices.map(|notice| notice.msg["text"]["content"].as_str().unwrap_or_default().to_owned()).collect()
    }

    fn wait(&self) {
        self.clock.advance(Duration::from_secs(2));
    }
}

#[tokio::test]
async fn a_notice_goes_out_and_is_asked_about() {
    let bench = Bench::start().await;
    bench.sim.dingtalk.set_switches(Switches { work_notice_ms: 100, ..Switches::default() });
    bench.sim.dingtalk.set_visible(Some(&["alice", "li.na", "bob"]));
    let calls = bench.sim.dingtalk.meters().unwrap().calls;
    let task = bench.notify(&notice("alice,li.na, nobody,wang.fang", "disk full")).await;
    assert_eq!(bench.sim.dingtalk.meters().unwrap().calls, calls + 1, "it counts against the month");
    assert_eq!(bench.texts("alice"), ["disk full"]);
    assert!(bench.texts("wang.fang").is_empty() && bench.texts("bob").is_empty());
    let progress = bench.about("getsendprogress", &task).await["progress"].clone();
    assert_eq!(progress, json!({ "progress_in_percent": 50, "status": 1 }));
    bench.wait();
    assert_eq!(bench.about("getsendprogress", &task).await["progress"]["status"], 2);
    bench.sim.dingtalk.read_work_notices("alice");
    let result = bench.result(&task).await;
    assert_eq!(result["read_user_id_list"], json!(["alice"]));
    assert_eq!(result["unread_user_id_list"], json!(["li.na"]));
    assert_eq!(result["invalid_user_id_list"], json!(["nobody", "wang.fang"]));
    bench.clock.advance(Duration::from_secs(24 * 60 * 60));
    let (mut bench, task) = (bench, task);
    bench.renew_token().await;
    for call in ["getsendprogress", "getsendresult"] {
        assert_eq!(bench.about(call, &task).await["errcode"], 400_002, "{call} after a day");
    }
}

#[tokio::test]
async fn what_is_over_a_limit_is_dropped_in_silence() {
    let bench = Bench::start().await;
    bench.notify(&notice("alice", "disk full")).await;
    let again = bench.notify(&notice("alice,li.na", "disk full")).await;
    bench.wait();
    let result = bench.result(&again).await;
    assert_eq!(result["forbidden_user_id_list"], json!(["alice"]));
    assert_eq!(result["forbidden_list"], json!([{ "code": "143106", "count": 1, "userid": "alice" }]));
    assert_eq!((bench.texts("alice").len(), bench.texts("li.na").len()), (1, 1));
    for n in 0..499 {
        bench.notify(&notice("alice", &format!("alert {n}"))).await;
    }
    let over = bench.notify(&notice("alice", "alert 499")).await;
    bench.wait();
    let forbidden = bench.result(&over).await["forbidden_list"].clone();
    assert_eq!(forbidden, json!([{ "code": "143105", "count": 500, "userid": "alice" }]));
    assert_eq!(bench.texts("alice").len(), 500);
    let (mut bench, day) = (bench, Duration::from_secs(24 * 60 * 60));
    bench.clock.advance(day);
    bench.renew_token().await;
    bench.notify(&notice("alice", "disk full")).await;
    assert_eq!(bench.texts("alice").len(), 501, "tomorrow the same text arrives again");
}

#[tokio::test]
async fn everybody_is_reached_three_times_a_day_and_their_result_is_too_long() {
    let bench = Bench::start().await;
    let to_all = |n: usize| {
        let all = json!({ "userid_list": null, "to_all_user": true });
        with(&notice("", &format!("to all {n}")), all)
    };
    for n in 0..3 {
        bench.notify(&to_all(n)).await;
    }
    let fourth = bench.notify(&to_all(3)).await;
    bench.wait();
    assert_eq!(bench.texts("bob").len(), 3);
    assert_eq!(bench.result(&fourth).await["forbidden_user_id_list"].as_array().unwrap().len(), PEOPLE.len());
    for n in 0..100 {
        let id: &'static str = Box::leak(format!("extra{n}").into_boxed_str());
        bench.sim.dingtalk.add_person(crate::seed::CORP_ID, crate::seed::Person { id, ..PEOPLE[11] });
    }
    let root = json!({ "userid_list": null, "dept_id_list": "1,77" });
    let task = bench.notify(&with(&notice("", "to the root department"), root)).await;
    bench.wait();
    assert_eq!(bench.texts("extra99"), ["to the root department"]);
    assert_eq!(bench.about("getsendresult", &task).await["errcode"], 41_052);
}

#[tokio::test]
async fn a_minute_reaches_five_thousand_people() {
    let bench = Bench::start().await;
    let people: Vec<String> = (0..100).map(|n| format!("p{n}")).collect();
    for id in &people {
        let id: &'static str = Box::leak(id.clone().into_boxed_str());
        bench.sim.dingtalk.add_person(crate::seed::CORP_ID, crate::seed::Person { id, ..PEOPLE[11] });
    }
    let everybody = people.join(",");
    for n in 0..50 {
        bench.notify(&notice(&everybody, &format!("alert {n}"))).await;
    }
    let over = bench.notify(&notice("alice", "one too many")).await;
    bench.wait();
    assert_eq!(bench.result(&over).await["forbidden_list"][0]["code"], "143103");
    bench.clock.advance(Duration::from_secs(60));
    bench.notify(&notice("alice", "one too many")).await;
    assert_eq!(bench.texts("alice"), ["one too many"]);
}

#[tokio::test]
async fn people_are_forbidden_and_notices_fail_by_hand() {
    let bench = Bench::start().await;
    bench.sim.dingtalk.forbid_work_notices("alice", Some(143_104));
    bench.sim.dingtalk.fail_work_notices("li.na", 1);
    let task = bench.notify(&notice("alice,li.na,bob", "disk full")).await;
    bench.wait();
    let result = bench.result(&task).await;
    assert_eq!(result["forbidden_list"][0]["code"], "143104");
    assert_eq!(result["failed_user_id_list"], json!(["li.na"]));
    assert_eq!(result["unread_user_id_list"], json!(["bob"]));
    bench.sim.dingtalk.forbid_work_notices("alice", None);
    bench.notify(&notice("alice,li.na", "disk full")).await;
    assert_eq!((bench.texts("alice").len(), bench.texts("li.na").len()), (1, 1), "what failed was not received");
}

#[tokio::test]
async fn the_status_bar_follows_and_is_refused_by_rule() {
    let bench = Bench::start().await;
    let task = bench.notify(&oa("alice,li.na")).await;
    let change = json!({
        "agent_id": agent_id(), "task_id": task, "status_value": "Acknowledged", "status_bg": "0xFF15BC83",
    });
    assert_eq!(bench.work("status_bar/update", &change).await["errcode"], 41_052, "not done yet");
    bench.wait();
    assert_eq!(bench.work("status_bar/update", &change).await["errcode"], 0);
    let notice_of_alice = bench.sim.dingtalk.work_notices("alice").pop().unwrap();
    assert_eq!(notice_of_alice.msg["oa"]["status_bar"]["status_value"], "Acknowledged");
    assert_eq!(notice_of_alice.status_bar.unwrap().background, "0xFF15BC83");
    let text = bench.notify(&notice("alice", "no bar")).await;
    bench.wait();
    let cases = [
        (json!({ "status_bg": "15BC83" }), 40_035),
        (json!({ "status_value": null }), 40_035),
        (json!({ "task_id": 5 }), 40_035),
        (json!({ "task_id": text }), 40_035),
        (json!({ "agent_id": 7 }), 40_056),
    ];
    for (changes, code) in cases {
        assert_eq!(
            bench.work("status_bar/update", &with(&change, changes.clone())).await["errcode"],
            code,
            "{changes}"
        );
    }
    let six: Vec<&str> = PEOPLE.iter().take(6).map(|person| person.id).collect();
    let to_all = json!({ "userid_list": null, "to_all_user": true });
    for body in [oa(&six.join(",")), with(&oa("alice"), json!({ "dept_id_list": "1" })), with(&oa(""), to_all)] {
        assert_eq!(bench.work("asyncsend_v2", &body).await["errcode"], 40_035);
    }
}

#[tokio::test]
async fn a_recalled_notice_is_gone() {
    let bench = Bench::start().await;
    let task = bench.notify(&notice("alice", "wrong")).await;
    assert_eq!(bench.about("recall", &task).await["errcode"], 400_002, "the number has another name here");
    let recall = json!({ "agent_id": agent_id(), "msg_task_id": task });
    let answer = bench.work("recall", &recall).await;
    assert_eq!((&answer["errcode"], &answer["errmsg"]), (&json!(0), &json!("ok")));
    assert!(bench.texts("alice").is_empty());
    assert_eq!(bench.work("recall", &with(&recall, json!({ "msg_task_id": 3 }))).await["errcode"], 400_002);
}

#[tokio::test]
async fn sending_is_refused_by_parameter() {
    let bench = Bench::start().await;
    let good = notice("alice", "x");
    let many = vec!["alice"; 101].join(",");
    let departments = vec!["1"; 21].join(",");
    let cases = [
        (json!({ "agent_id": null }), 40_035),
        (json!({ "agent_id": AGENT_ID }), 40_035),
        (json!({ "agent_id": 1 }), 40_056),
        (json!({ "userid_list": null }), 40_035),
        (json!({ "userid_list": ["alice"] }), 40_035),
        (json!({ "userid_list": "alice,,bob" }), 40_035),
        (json!({ "userid_list": many }), 40_035),
        (json!({ "dept_id_list": departments }), 40_035),
        (json!({ "to_all_user": "true" }), 40_035),
        (json!({ "msg": null }), 40_035),
        (json!({ "msg": good["msg"].to_string() }), 40_035),
        (json!({ "msg": { "msgtype": "text", "text": { "content": "x".repeat(2048) } } }), 40_035),
    ];
    for (changes, code) in cases {
        assert_eq!(bench.work("asyncsend_v2", &with(&good, changes.clone())).await["errcode"], code, "{changes}");
    }
    bench.sim.dingtalk.set_permission("qyapi_base", false);
    assert_eq!(bench.work("asyncsend_v2", &good).await["sub_code"], "60011");
    assert!(bench.texts("alice").is_empty());
}

#[tokio::test]
async fn a_form_is_as_good_as_json() {
    let bench = Bench::start().await;
    let url = format!("{}{PATH}asyncsend_v2?access_token={}", bench.sim.dingtalk_url(), bench.token);
    let msg = json!({ "msgtype": "markdown", "markdown": { "title": "t", "text": "**x**" } }).to_string();
    let form = [("agent_id", AGENT_ID), ("userid_list", "alice"), ("to_all_user", "false"), ("msg", msg.as_str())];
    let (_, answer) = read(bench.http.post(&url).form(&form).send().await.unwrap()).await;
    assert_eq!(answer["errcode"], 0, "{answer}");
    assert_eq!(bench.sim.dingtalk.work_notices("alice")[0].msg["markdown"]["text"], "**x**");
}
