//! Limits as a caller meets them, and what a test sees of its calls.

use super::{Bench, read};
use crate::dingtalk::{Limits, Switches, ThrottleForm};
use crate::faults::Kind;
use crate::seed::CLIENT_ID;
use crate::{Fault, Peer};
use serde_json::{Value, json};
use std::time::Duration;

const CHAT: &str = "/v1.0/im/sceneGroups/query";
const RESULT: &str = "/topapi/message/corpconversation/getsendresult";

impl Bench {
    fn switch(&self, switches: Switches) {
        self.sim.dingtalk.set_switches(switches);
    }

    /// Code of the new host's and of the old host's refusal; of the latter also whether it is wrapped.
    async fn refused(&self) -> (Value, Value, bool) {
        let (status, new) = self.post(CHAT, &json!({})).await;
        assert_eq!(status, 403, "{new}");
        let old = self.old_host(RESULT, &json!({})).await;
        let wrapped = old["errcode"] == 88;
        (new["code"].clone(), old[if wrapped { "sub_code" } else { "errcode" }].clone(), wrapped)
    }
}

#[tokio::test]
async fn the_codes_of_the_limits_come_in_both_shapes() {
    let bench = Bench::start().await;
    let name = |end: &str| json!(format!("Forbidden.AccessDenied.{end}"));
    let everywhere = |throttle_form| Switches {
        throttle_form,
        throttled_paths: [CHAT.to_owned(), "/topapi/message".to_owned()].into(),
        ..Switches::default()
    };
    let calls = bench.sim.dingtalk.meters().unwrap().calls;
    bench.switch(everywhere(ThrottleForm::Seen));
    assert_eq!(bench.refused().await, (name("QpsLimitForApi"), json!(90002), false));
    bench.switch(everywhere(ThrottleForm::Wrapped));
    assert_eq!(bench.refused().await, (name("QpsLimitForApi"), json!("90002"), true));
    assert_eq!(bench.sim.dingtalk.meters().unwrap().calls, calls, "refused calls are not counted");
    bench.switch(Switches { calls_per_minute: Some(0), ..Switches::default() });
    assert_eq!(bench.refused().await, (name("QpmLimitForAppkeyAndApi"), json!("90018"), true));
    bench.sim.dingtalk.set_limits(Limits { calls_per_month: 0, pushes_per_month: 0, calls_per_second: 20 });
    bench.switch(Switches { throttle_form: ThrottleForm::Plain, ..Switches::default() });
    assert_eq!(bench.refused().await, (name("ApiCountLimitForOrg"), json!(90020), false));
    bench.switch(Switches { quota_grace_days: 5, ..Switches::default() });
    assert_eq!(bench.post(CHAT, &json!({})).await.1["code"], "paramBlank", "the days of grace");
    let refused = bench.sim.dingtalk.refused_by_limits();
    assert_eq!(refused, [(90002, 4), (90018, 2), (90020, 2)].into());
}

#[tokio::test]
async fn arrivals_are_counted_by_app_api_and_sliding_second() {
    let bench = Bench::start().await;
    bench.sim.dingtalk.forget_traffic();
    let refuse = Kind::Refuse { status: 500, body: json!({}) };
    bench.sim.faults.add(Fault { peer: Peer::DingTalk, path: CHAT.into(), kind: refuse, times: Some(3) });
    let send = async || {
        let request = bench.http.post(format!("{}{CHAT}", bench.sim.dingtalk_url())).json(&json!({}));
        read(request.header("x-acs-dingtalk-access-token", &bench.token).send().await.unwrap()).await.0
    };
    for ms in [0, 500, 499, 1, 400] {
        bench.clock.advance(Duration::from_millis(ms));
        for _ in 0..5 {
            send().await;
        }
    }
    let traffic = bench.sim.dingtalk.traffic();
    let chat = traffic.iter().find(|traffic| traffic.api == format!("POST {CHAT}")).unwrap();
    assert_eq!((chat.client_id.as_str(), chat.calls, chat.most_in_a_second), (CLIENT_ID, 25, 20));
    assert_eq!(bench.sim.dingtalk.most_in_a_second(), 20, "what a fault refused has arrived too");
    assert!(bench.sim.dingtalk.refused_by_limits().is_empty());
    for _ in 0..10 {
        send().await;
    }
    assert_eq!(bench.sim.dingtalk.most_in_a_second(), 30);
    assert_eq!(bench.sim.dingtalk.refused_by_limits()[&90018], 10);
}

#[tokio::test]
async fn a_banned_address_gets_a_page_for_five_minutes() {
    let bench = Bench::start().await;
    bench.sim.dingtalk.ban_callers();
    let send = async |path: &str| {
        let url = format!("{}{path}?access_token={}", bench.sim.dingtalk_url(), bench.token);
        let response = bench.http.post(url).header("x-acs-dingtalk-access-token", &bench.token).send().await.unwrap();
        (response.status().as_u16(), response.text().await.unwrap())
    };
    for path in [CHAT, RESULT, "/v1.0/oauth2/accessToken"] {
        let (status, page) = send(path).await;
        assert!(status == 200 && page.starts_with("<!doctypehtml>"), "{path}: {page}");
    }
    bench.switch(Switches { ban_as_json: true, ..Switches::default() });
    assert!(send(CHAT).await.1.starts_with(r#"{"#) && send(CHAT).await.1.contains(r#""status":1111"#));
    assert_eq!(bench.sim.dingtalk.refused_by_limits()[&1111], 5);
    bench.clock.advance(Duration::from_secs(300));
    assert!(send(CHAT).await.1.contains("paramBlank"));
    bench.sim.dingtalk.ban_callers();
    bench.sim.dingtalk.lift_bans();
    assert!(send(CHAT).await.1.contains("paramBlank"));
}

#[tokio::test]
async fn setting_the_clock_empties_no_second() {
    let bench = Bench::start().await;
    let send = async || {
        let request = bench.http.post(format!("{}{CHAT}", bench.sim.dingtalk_url())).json(&json!({}));
        read(request.header("x-acs-dingtalk-access-token", &bench.token).send().await.unwrap()).await.0
    };
    for _ in 0..20 {
        assert_eq!(send().await, 400);
    }
    let now = bench.sim.world.now();
    for moment in [now.plus(Duration::from_secs(60)), now.minus(Duration::from_secs(60))] {
        bench.clock.set(moment);
        assert_eq!(send().await, 403);
    }
    bench.clock.advance(Duration::from_secs(1));
    assert_eq!((send().await, bench.sim.dingtalk.most_in_a_second()), (400, 22));
}
